//! `mseal`: mappings that stay as they are.
//!
//! Nothing takes a seal off again, so each test is a child.

use std::ffi::c_void;

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
    smaps,
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
        if usize::BITS == 64 {
            // To a 64-bit kernel, what overflows for a 32-bit program does not.
            let too_long = usize::MAX - 2 * page() + 1;
            assert_eq!(Err(Errno::EINVAL), unsafe { mseal(area.ptr(), too_long) });
        }
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
