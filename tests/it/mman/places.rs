//! `mmap`: the flags that say where.

use std::{os::fd::AsRawFd as _, ptr};

use mman::{
    errno::Errno,
    sys::mman::{MapFlags, mmap, mmap64, munmap},
};

use super::{ANON, RW, map_anon, plus, read, write};
use crate::util::{
    child::{SEGV_MAPERR, faults, in_child},
    map::Area,
    page, smaps, temp,
};

#[test]
fn fixed_replaces_whole_pages_and_keeps_the_neighbours() {
    let area = Area::anon(3);
    area.fill(0..3, 9);
    let fixed = ANON | MapFlags::MAP_FIXED;
    let middle = unsafe { mmap(area.page(1), 1, RW, fixed, -1, 0) };
    assert_eq!(Ok(area.page(1)), middle);
    assert!(area.holds(0..1, 9) && area.holds(1..2, 0) && area.holds(2..3, 9));
}

/// Nothing of the old place is remembered: not by the processor either.
#[test]
fn two_files_change_places() {
    let files = [temp::pages_on_disk(1), temp::pages_in_memory(2)];
    let areas = [Area::reserve(1), Area::reserve(1)];
    let map = |area: &Area, file: usize| {
        // The second file by its second page, which holds 2.
        let offset = (file * page()) as u64;
        let (fd, flags) = (files[file].as_raw_fd(), MapFlags::MAP_SHARED | MapFlags::MAP_FIXED);
        let at = unsafe { mmap64(area.ptr(), page(), RW, flags, fd, offset) };
        assert_eq!(Ok(area.ptr()), at);
    };
    for _ in 0..100 {
        map(&areas[0], 0);
        map(&areas[1], 1);
        assert_eq!((1, 2), (areas[0].get(0), areas[1].get(0)));
        map(&areas[0], 1);
        map(&areas[1], 0);
        assert_eq!((2, 1), (areas[0].get(0), areas[1].get(0)));
    }
}

#[test]
fn fixed_noreplace_replaces_nothing() {
    in_child(|| {
        let area = Area::anon(3);
        area.fill(0..3, 9);
        let flags = ANON | MapFlags::MAP_FIXED_NOREPLACE;
        let over = unsafe { mmap(area.page(1), page(), RW, flags, -1, 0) };
        assert_eq!(Err(Errno::EEXIST), over);
        let partly = unsafe { mmap(area.page(0), 100 * page(), RW, flags, -1, 0) };
        assert_eq!(Err(Errno::EEXIST), partly);
        let both = unsafe { mmap(area.page(1), page(), RW, flags | MapFlags::MAP_FIXED, -1, 0) };
        assert_eq!(Err(Errno::EEXIST), both);
        assert!(area.holds(0..3, 9));
        unsafe { munmap(area.page(1), page()) }.unwrap();
        let free = unsafe { mmap(area.page(1), page(), RW, flags, -1, 0) };
        assert_eq!(Ok(area.page(1)), free);
        assert!(area.holds(0..1, 9) && area.holds(1..2, 0) && area.holds(2..3, 9));
    });
}

#[test]
fn a_hint_is_taken_where_the_place_is_free_only() {
    in_child(|| {
        let area = Area::anon(3);
        area.fill(0..3, 9);
        unsafe { munmap(area.page(1), page()) }.unwrap();
        let free = unsafe { mmap(area.page(1), page(), RW, ANON, -1, 0) };
        assert_eq!(Ok(area.page(1)), free);
        let taken = unsafe { mmap(area.page(1), page(), RW, ANON, -1, 0) }.unwrap();
        assert_ne!(area.page(1), taken);
    });
}

#[cfg(target_arch = "x86_64")]
#[test]
fn map_32bit_is_in_the_first_2_gib() {
    let memory = map_anon(4, RW, ANON | MapFlags::MAP_32BIT).unwrap();
    assert!(memory.addr() + 4 * page() <= 1 << 31, "{memory:?}");
    let elsewhere = map_anon(4, RW, ANON).unwrap();
    assert!(elsewhere.addr() > 1 << 32, "{elsewhere:?}");
    for map in [memory, elsewhere] {
        unsafe { munmap(map, 4 * page()) }.unwrap();
    }
}

/// The kernel looks from the top down, so there must be no room above for the flag to show.
#[cfg(target_arch = "x86_64")]
#[test]
fn above4g_is_never_below() {
    const GIB: usize = 1 << 30;
    if !have!("linux-6.6") {
        return;
    }
    in_child(|| {
        let map = |len, flags| {
            let flags = ANON | MapFlags::MAP_NORESERVE | flags;
            let none = mman::sys::mman::ProtFlags::PROT_NONE;
            unsafe { mmap(ptr::null_mut(), len, none, flags, -1, 0) }
        };
        let mut len = 1 << 47;
        while len >= GIB {
            match map(len, MapFlags::MAP_ABOVE4G) {
                Ok(memory) => assert!(memory.addr() >= 4 * GIB, "{memory:?}"),
                Err(_) => len /= 2,
            }
        }
        assert_eq!(Err(Errno::ENOMEM), map(GIB, MapFlags::MAP_ABOVE4G));
        let below = map(GIB, MapFlags::empty()).unwrap();
        assert!(below.addr() < 4 * GIB, "{below:?}");
    });
}

/// The room below the mapping, in pages. A touch must stay clear of what is mapped below it.
const ROOM: usize = 16;

/// A page with `ROOM` free pages below it.
fn top_of_a_hole(flags: MapFlags) -> *mut libc::c_void {
    // Nothing accessible lies below the hole: the kernel keeps 256 pages from such.
    let area = Area::reserve(ROOM + 1);
    unsafe { munmap(area.ptr(), (ROOM + 1) * page()) }.unwrap();
    let top = area.page(ROOM);
    std::mem::forget(area);
    assert_eq!(Ok(top), unsafe {
        mmap(top, page(), RW, ANON | MapFlags::MAP_FIXED | flags, -1, 0)
    });
    top
}

#[test]
fn growsdown_grows_when_the_page_below_is_touched() {
    in_child(|| {
        let top = top_of_a_hole(MapFlags::MAP_GROWSDOWN);
        let vma = smaps::at(top);
        assert!(vma.has("gd") && vma.range.start == top.addr(), "{vma:?}");
        let below = top.wrapping_byte_sub(page());
        write(below, 7);
        assert_eq!((0, 7), (read(top), read(below)));
        assert_eq!(below.addr(), smaps::at(top).range.start);
    });
    // Without the flag the same touch is a fault.
    in_child(|| {
        let below = top_of_a_hole(MapFlags::empty()).wrapping_byte_sub(page());
        faults(libc::SIGSEGV, SEGV_MAPERR, below, || write(below, 7));
    });
}

#[test]
fn mmap_without_a_hint_never_answers_null() {
    for _ in 0..50 {
        let memory = map_anon(1, RW, ANON).unwrap();
        assert_ne!(ptr::null_mut(), memory);
        assert_eq!(0, read(plus(memory, 0)));
        unsafe { munmap(memory, page()) }.unwrap();
    }
}
