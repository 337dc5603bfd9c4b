//! `mremap`.

use std::{ffi::c_void, os::fd::AsRawFd as _, ptr};

use mman::{
    Result,
    errno::Errno,
    sys::mman::{MRemapFlags, MapFlags, ProtFlags, mlock, mmap, mprotect, mremap, munmap},
};

use super::{ANON, RW, map_anon, map_file, plus, read, write};
use crate::util::{
    capability,
    child::{SEGV_MAPERR, faults, in_child},
    map::Area,
    page,
    seccomp::passes_on,
    smaps, temp,
    unprivileged::{become_nobody, limit},
};

const STAY: MRemapFlags = MRemapFlags::empty();
const MAYMOVE: MRemapFlags = MRemapFlags::MREMAP_MAYMOVE;
const FIXED: MRemapFlags = MAYMOVE.union(MRemapFlags::MREMAP_FIXED);
const DONTUNMAP: MRemapFlags = MAYMOVE.union(MRemapFlags::MREMAP_DONTUNMAP);

fn remap(
    address: *mut c_void,
    from: usize,
    to: usize,
    flags: MRemapFlags,
    new: Option<*mut c_void>,
) -> Result<*mut c_void> {
    unsafe { mremap(address, from * page(), to * page(), flags, new) }
}

/// As in nix's own tests: in bytes, from 1 KiB to 10 KiB and back.
#[test]
fn grow_and_shrink_by_bytes() {
    in_child(|| {
        const KIB: usize = 1024;
        let small = unsafe { mmap(ptr::null_mut(), KIB, RW, ANON, -1, 0) }.unwrap();
        write(small, 0xff);
        let large = unsafe { mremap(small, KIB, 10 * KIB, MAYMOVE, None) }.unwrap();
        assert_eq!(0xff, read(large));
        let last = large.wrapping_byte_add(10 * KIB - 1);
        write(last, 0xee);
        let again = unsafe { mremap(large, 10 * KIB, KIB, STAY, None) }.unwrap();
        assert_eq!((large, 0xff), (again, read(again)));
        if page() < 10 * KIB {
            faults(libc::SIGSEGV, SEGV_MAPERR, last, || read(last));
        }
        assert_eq!(Ok(()), unsafe { munmap(again, KIB) });
    });
}

#[test]
fn it_grows_where_it_is_if_there_is_room() {
    in_child(|| {
        let area = Area::anon(4);
        area.fill(0..2, 5);
        unsafe { munmap(area.page(2), 2 * page()) }.unwrap();
        assert_eq!(Ok(area.ptr()), remap(area.ptr(), 2, 4, STAY, None));
        assert!(area.holds(0..2, 5) && area.holds(2..4, 0));
    });
}

#[test]
fn without_room_it_moves_if_it_may() {
    in_child(|| {
        let area = Area::anon(2);
        area.fill(0..2, 5);
        assert_eq!(Err(Errno::ENOMEM), remap(area.ptr(), 2, 3, STAY, None));
        assert!(area.holds(0..2, 5));
        let moved = remap(area.ptr(), 2, 3, MAYMOVE, None).unwrap();
        assert_ne!(area.ptr(), moved);
        assert_eq!((5, 5, 0), (read(moved), read(plus(moved, 1)), read(plus(moved, 2))));
        assert!(smaps::find(area.ptr()).is_none());
    });
}

/// rustix's libc backend passes MAP_FIXED here, which is an unknown flag.
#[test]
fn fixed_moves_to_the_place_and_replaces_what_is_there() {
    in_child(|| {
        let (from, to) = (Area::anon(2), Area::anon(3));
        from.fill(0..2, 5);
        to.fill(0..3, 6);
        assert_eq!(Ok(to.ptr()), remap(from.ptr(), 2, 2, FIXED, Some(to.ptr())));
        assert!(to.holds(0..2, 5) && to.holds(2..3, 6));
        assert!(smaps::find(from.ptr()).is_none());
    });
}

#[test]
fn dontunmap_leaves_empty_pages_behind() {
    in_child(|| {
        let from = Area::anon(2);
        from.fill(0..2, 5);
        let moved = remap(from.ptr(), 2, 2, DONTUNMAP, None).unwrap();
        assert_ne!(from.ptr(), moved);
        assert_eq!((5, 5), (read(moved), read(plus(moved, 1))));
        assert!(from.holds(0..2, 0));
    });
}

/// C libraries do not pass the hint on: of two holes the kernel then takes the same one each time.
#[test]
fn with_dontunmap_an_address_is_a_hint() {
    for hole in [1, 3] {
        in_child(|| {
            let (from, to) = (Area::anon(1), Area::anon(5));
            unsafe { munmap(to.page(1), page()) }.unwrap();
            unsafe { munmap(to.page(3), page()) }.unwrap();
            from.fill(0..1, 5);
            let hint = to.page(hole);
            assert_eq!(Ok(hint), remap(from.ptr(), 1, 1, DONTUNMAP, Some(hint)));
            assert!(to.holds(hole..hole + 1, 5) && from.holds(0..1, 0));
        });
    }
}

#[test]
fn a_hint_gives_way_and_a_fixed_address_does_not() {
    in_child(|| {
        let (from, to) = (Area::anon(1), Area::anon(1));
        to.fill(0..1, 5);
        from.fill(0..1, 6);
        let elsewhere = remap(from.ptr(), 1, 1, DONTUNMAP, Some(to.ptr())).unwrap();
        assert!(elsewhere != to.ptr() && read(elsewhere) == 6 && to.holds(0..1, 5));
        from.fill(0..1, 7);
        let both = DONTUNMAP | FIXED;
        assert_eq!(Ok(to.ptr()), remap(from.ptr(), 1, 1, both, Some(to.ptr())));
        assert!(to.holds(0..1, 7) && from.holds(0..1, 0));
    });
}

#[test]
fn an_old_size_of_0_doubles_a_shared_mapping() {
    in_child(|| {
        let shared = Area::shared(1);
        let double = remap(shared.ptr(), 0, 1, MAYMOVE, None).unwrap();
        assert_ne!(shared.ptr(), double);
        write(double, 7);
        assert_eq!(7, shared.get(0));
        let private = Area::anon(1);
        assert_eq!(Err(Errno::EINVAL), remap(private.ptr(), 0, 1, MAYMOVE, None));
    });
}

#[test]
fn a_file_mapping_grows_over_more_of_the_file() {
    in_child(|| {
        let file = temp::pages_on_disk(3);
        let map = map_file(1, RW, MapFlags::MAP_SHARED, file.as_raw_fd()).unwrap();
        let map = remap(map, 1, 3, MAYMOVE, None).unwrap();
        assert_eq!((1, 2, 3), (read(map), read(plus(map, 1)), read(plus(map, 2))));
    });
}

#[test]
fn each_piece_of_a_file_mapping_keeps_its_part_of_the_file() {
    in_child(|| {
        let file = temp::pages_on_disk(3);
        let (area, to) = (Area::file(3, libc::MAP_SHARED, file.as_raw_fd()), Area::reserve(3));
        for (number, target) in [(0, 2), (1, 0), (2, 1)] {
            let target = to.page(target);
            assert_eq!(Ok(target), remap(area.page(number), 1, 1, FIXED, Some(target)));
        }
        assert!(to.holds(0..1, 2) && to.holds(1..2, 3) && to.holds(2..3, 1));
        let part = |number| smaps::at(to.page(number)).offset as usize / page();
        // Those that follow each other in the file are one mapping again.
        assert_eq!((1, 1, 0), (part(0), part(1), part(2)));
        to.set(0, 9);
        assert_eq!(9, std::fs::read(file.path()).unwrap()[page()]);
    });
}

#[test]
fn several_mappings_and_holes_move_together() {
    in_child(|| {
        let (area, to) = (Area::anon(4), Area::anon(4));
        area.fill(0..4, 5);
        to.fill(0..4, 6);
        unsafe { mprotect(area.page(1), page(), ProtFlags::PROT_READ) }.unwrap();
        unsafe { munmap(area.page(2), page()) }.unwrap();
        let moved = remap(area.ptr(), 4, 4, FIXED, Some(to.ptr()));
        if capability::probe("linux-6.17").is_err() {
            assert_eq!(Err(Errno::EFAULT), moved);
            return;
        }
        assert_eq!(Ok(to.ptr()), moved);
        assert!(to.holds(0..2, 5) && to.holds(3..4, 5));
        // A hole replaces nothing.
        assert!(to.holds(2..3, 6));
        assert_eq!("r--p", smaps::at(to.page(1)).perms);
        assert!((0..4).all(|number| smaps::find(area.page(number)).is_none()));
        // To another size, or where the system likes, goes one mapping only.
        unsafe { mprotect(to.page(1), page(), ProtFlags::PROT_NONE) }.unwrap();
        assert_eq!(Err(Errno::EFAULT), remap(to.ptr(), 2, 3, MAYMOVE, None));
    });
}

/// S10: nix ignores an address without the flag, and maps at null with the flag alone.
#[test]
fn s10_an_address_and_its_flag_go_together() {
    in_child(|| {
        let (area, other) = (Area::anon(2), Area::anon(2));
        area.fill(0..2, 5);
        other.fill(0..2, 6);
        let before = smaps::count();
        for flags in [STAY, MAYMOVE] {
            let ignored = remap(area.ptr(), 2, 1, flags, Some(other.ptr()));
            assert_eq!(Err(Errno::EINVAL), ignored);
        }
        for flags in [FIXED, MRemapFlags::MREMAP_FIXED, DONTUNMAP | FIXED] {
            assert_eq!(Err(Errno::EINVAL), remap(area.ptr(), 2, 2, flags, None));
        }
        assert!(area.holds(0..2, 5) && other.holds(0..2, 6));
        assert_eq!(before, smaps::count());
        assert!(smaps::find(ptr::null::<u8>()).is_none());
    });
}

#[test]
fn arguments() {
    in_child(|| {
        let (area, other) = (Area::anon(4), Area::anon(4));
        let (at, new) = (area.ptr(), Some(other.ptr()));
        let odd = |address: *mut c_void| address.wrapping_byte_add(1);
        assert_eq!(Err(Errno::EINVAL), remap(at, 1, 0, MAYMOVE, None));
        assert_eq!(Err(Errno::EINVAL), remap(odd(at), 1, 2, MAYMOVE, None));
        assert_eq!(Err(Errno::EINVAL), remap(at, 1, 1, FIXED, Some(odd(other.ptr()))));
        assert_eq!(Err(Errno::EINVAL), remap(at, 1, 1, MRemapFlags::MREMAP_FIXED, new));
        assert_eq!(Err(Errno::EINVAL), remap(at, 2, 2, FIXED, Some(area.page(1))));
        assert_eq!(Err(Errno::EINVAL), remap(at, 1, 2, DONTUNMAP, None));
        assert_eq!(Err(Errno::EINVAL), remap(at, 1, 1, MRemapFlags::MREMAP_DONTUNMAP, None));
        let unknown = MRemapFlags::from_bits_retain(8);
        assert_eq!(Err(Errno::EINVAL), remap(at, 1, 2, MAYMOVE | unknown, None));
        assert_eq!(4 * page(), smaps::at(at).range.len());
        unsafe { munmap(area.page(1), page()) }.unwrap();
        assert_eq!(Err(Errno::EFAULT), remap(area.page(1), 1, 2, MAYMOVE, None));
        assert_eq!(Err(Errno::EFAULT), remap(at, 3, 4, MAYMOVE, None));
        limit(libc::RLIMIT_AS, 1 << 20);
        assert_eq!(Err(Errno::ENOMEM), remap(at, 1, 2, MAYMOVE, None));
    });
}

#[test]
fn a_locked_mapping_grows_up_to_the_limit() {
    in_child(|| {
        become_nobody();
        limit(libc::RLIMIT_MEMLOCK, page());
        let memory = map_anon(1, RW, ANON).unwrap();
        unsafe { mlock(memory, page()) }.unwrap();
        assert_eq!(Err(Errno::EAGAIN), remap(memory, 1, 2, MAYMOVE, None));
    });
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let area = Area::anon(2);
    passes_on(libc::SYS_mremap, || remap(area.ptr(), 2, 1, STAY, None));
}
