//! `mseal`: mappings that stay as they are.
//!
//! Nothing takes a seal off again, so each test is a child.

use std::{ffi::c_void, os::fd::AsRawFd as _};

use mman::{
    errno::Errno,
    sys::{
        mman::{
            MRemapFlags, MapFlags, MmapAdvise, ProtFlags, madvise, mlock, mmap, mprotect, mremap,
            mseal, munmap, pkey_mprotect,
        },
        syscall,
    },
};

use super::{ANON, RW};
use crate::util::{
    child::{SEGV_ACCERR, faults, in_child},
    map::Area,
    page,
    seccomp::passes_on,
    smaps, temp,
};

/// Three pages for reading and writing, the middle one sealed. Leaked, as it cannot be unmapped.
fn sealed() -> &'static Area {
    let area = Box::leak(Box::new(Area::anon(3)));
    area.fill(0..3, 7);
    unsafe { mseal(area.page(1), page()) }.unwrap();
    area
}

fn unmap(address: *mut c_void, pages: usize) -> mman::Result<()> {
    unsafe { munmap(address, pages * page()) }
}

#[test]
fn a_sealed_page_is_neither_unmapped_nor_protected_nor_replaced() {
    if !have!("linux-6.10") {
        return;
    }
    in_child(|| {
        let area = sealed();
        assert!(smaps::at(area.page(1)).has("sl"));
        assert!(!smaps::at(area.page(0)).has("sl"));
        let (middle, one) = (area.page(1), page());

        assert_eq!(Err(Errno::EPERM), unmap(middle, 1));
        // And nothing of a range that holds it.
        assert_eq!(Err(Errno::EPERM), unmap(area.page(0), 3));
        assert!(area.holds(0..3, 7));
        let none = ProtFlags::PROT_NONE;
        assert_eq!(Err(Errno::EPERM), unsafe { mprotect(middle, one, none) });
        assert_eq!(Err(Errno::EPERM), unsafe { pkey_mprotect(middle, one, none, None) });
        let fixed = ANON | MapFlags::MAP_FIXED;
        assert_eq!(Err(Errno::EPERM), unsafe { mmap(middle, one, RW, fixed, -1, 0) });
        let may_move = MRemapFlags::MREMAP_MAYMOVE;
        assert_eq!(Err(Errno::EPERM), unsafe { mremap(middle, one, 2 * one, may_move, None) });
        let onto = may_move | MRemapFlags::MREMAP_FIXED;
        let answer = unsafe { mremap(area.page(0), one, one, onto, Some(middle)) };
        assert_eq!(Err(Errno::EPERM), answer);
        assert!(area.holds(0..3, 7));

        // The neighbours are free.
        assert_eq!(Ok(()), unmap(area.page(0), 1));
        assert_eq!(Ok(()), unmap(area.page(2), 1));
    });
}

#[test]
fn contents_of_writable_pages_change_as_before() {
    if !have!("linux-6.10") {
        return;
    }
    in_child(|| {
        let area = sealed();
        area.set(page(), 9);
        assert_eq!(9, area.get(page()));
        unsafe { mlock(area.page(1), page()) }.unwrap();
        unsafe { mman::sys::mman::munlock(area.page(1), page()) }.unwrap();
        unsafe { madvise(area.page(1), page(), MmapAdvise::MADV_DONTNEED) }.unwrap();
        assert!(area.holds(1..2, 0));
        // Sealing again changes nothing.
        unsafe { mseal(area.page(1), page()) }.unwrap();
    });
}

#[test]
fn what_cannot_be_written_cannot_be_dropped_by_advice() {
    if !have!("linux-6.10") {
        return;
    }
    in_child(|| {
        let area: &Area = Box::leak(Box::new(Area::anon(1)));
        area.fill(0..1, 7);
        unsafe { mprotect(area.ptr(), page(), ProtFlags::PROT_READ) }.unwrap();
        unsafe { mseal(area.ptr(), page()) }.unwrap();
        for advice in [MmapAdvise::MADV_DONTNEED, MmapAdvise::MADV_FREE] {
            assert_eq!(Err(Errno::EPERM), unsafe { madvise(area.ptr(), page(), advice) });
        }
        unsafe { madvise(area.ptr(), page(), MmapAdvise::MADV_WILLNEED) }.unwrap();
        assert!(area.holds(0..1, 7));
        faults(libc::SIGSEGV, SEGV_ACCERR, area.at(0), || area.set(0, 1));
    });
}

#[test]
fn pages_of_files_and_shared_pages_can_be_dropped_whatever_their_protection() {
    if !have!("linux-6.10") {
        return;
    }
    in_child(|| {
        let file = temp::pages_in_memory(1);
        for flags in [libc::MAP_SHARED, libc::MAP_PRIVATE] {
            let area: &Area = Box::leak(Box::new(Area::reserve(1)));
            area.place(libc::PROT_READ, flags, file.as_raw_fd());
            unsafe { mseal(area.ptr(), page()) }.unwrap();
            assert!(area.holds(0..1, 1));
            let dropped = unsafe { madvise(area.ptr(), page(), MmapAdvise::MADV_DONTNEED) };
            assert_eq!(Ok(()), dropped, "{flags}");
            assert!(area.holds(0..1, 1));
        }
    });
}

#[test]
fn a_child_has_the_seals() {
    if !have!("linux-6.10") {
        return;
    }
    in_child(|| {
        let area = sealed();
        in_child(|| {
            assert!(smaps::at(area.page(1)).has("sl"));
            assert_eq!(Err(Errno::EPERM), unmap(area.page(1), 1));
            assert_eq!(Ok(()), unmap(area.page(0), 1));
        });
        assert!(area.holds(0..3, 7));
    });
}

#[test]
fn a_sealed_page_keeps_its_size_and_its_place() {
    if !have!("linux-6.10") {
        return;
    }
    in_child(|| {
        let area: &Area = Box::leak(Box::new(Area::anon(4)));
        area.fill(0..4, 7);
        unsafe { mseal(area.page(0), 2 * page()) }.unwrap();
        let to = Area::reserve(2);
        let (may_move, stay) = (MRemapFlags::MREMAP_MAYMOVE, MRemapFlags::empty());
        let fixed = may_move | MRemapFlags::MREMAP_FIXED;
        let leave = may_move | MRemapFlags::MREMAP_DONTUNMAP;
        for (pages, flags, target) in [
            (1, stay, None),
            (1, may_move, None),
            (2, fixed, Some(to.ptr())),
            (2, leave, None),
            (3, may_move, None),
        ] {
            let at = area.page(0);
            let answer = unsafe { mremap(at, 2 * page(), pages * page(), flags, target) };
            assert_eq!(Err(Errno::EPERM), answer, "{pages} {flags}");
        }
        // A part of it, and it with its neighbours.
        assert_eq!(Err(Errno::EPERM), unmap(area.page(1), 2));
        let read = ProtFlags::PROT_READ;
        assert_eq!(Err(Errno::EPERM), unsafe { mprotect(area.page(1), page(), read) });
        assert!(area.holds(0..4, 7));
    });
}

#[test]
fn arguments() {
    if !have!("linux-6.10") {
        return;
    }
    in_child(|| {
        let area = Area::anon(3);
        unsafe { munmap(area.page(1), page()) }.unwrap();
        assert_eq!(Err(Errno::ENOMEM), unsafe { mseal(area.ptr(), area.len()) });
        assert_eq!(Err(Errno::ENOMEM), unsafe { mseal(area.page(1), page()) });
        assert_eq!(Err(Errno::EINVAL), unsafe { mseal(area.at(1).cast(), page()) });
        let too_long = usize::MAX - 2 * page() + 1;
        // 32 bits do not overflow the kernel's 64.
        let wide = cfg!(target_pointer_width = "64");
        let refused = if wide { Errno::EINVAL } else { Errno::ENOMEM };
        assert_eq!(Err(refused), unsafe { mseal(area.ptr(), too_long) });
        assert_eq!(Ok(()), unsafe { mseal(area.ptr(), 0) });
        // Of all these none has sealed anything.
        assert_eq!(Ok(()), unmap(area.ptr(), 1));
    });
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let area = Area::anon(1);
    passes_on(syscall::SYS_mseal, || unsafe { mseal(area.ptr(), page()) });
}
