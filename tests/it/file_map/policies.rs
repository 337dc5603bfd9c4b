//! `MapOptions` for files: each policy by what the kernel says of the memory.

use std::ops::Range;

use mman::{
    Commit, CoreDump, FileMap, Fork, HugePages, Lock, MapOptions, MappedFile, Placement, Prefault,
    Reservation, access::Access,
};

use super::{get, is_marked, marked, marked_in_memory, returned, set, text};
use crate::util::{
    child::{End, SEGV_ACCERR, SEGV_MAPERR, child, faults, in_child},
    machine::huge,
    map::{Area, at},
    page, smaps,
    unprivileged::{drop_capabilities, limit},
};

fn flags<A: Access>(map: &MappedFile<A>) -> smaps::Vma {
    smaps::at(map.as_ptr())
}

#[test]
fn plain_maps_have_no_policy() {
    in_child(|| {
        let file = marked(3 * page() - 1);
        let map = FileMap::new(&file).unwrap();
        let about = flags(&map);
        for flag in ["dc", "wf", "dd", "lo", "nr", "hg", "nh", "ht"] {
            assert!(!about.has(flag), "{flag}");
        }
        assert_eq!((0, false, false), (about.bytes("Rss"), map.is_locked(), map.is_private()));
    });
}

/// What is placed is the page of the first byte.
#[test]
fn placement() {
    let file = marked(3 * page());
    let offset = page() as u64 + 7;
    for align in [1, page(), 1 << 21] {
        let mut options = MapOptions::new();
        let map = options.placement(Placement::Aligned(align)).file(&file, offset..).unwrap();
        assert_eq!(7, map.as_ptr().addr() % align.max(8));
        assert!(is_marked(&map));
        let map = options.guard_pages(2, 1).file(&file, offset..).unwrap();
        assert_eq!(7, map.as_ptr().addr() % align.max(8));
        assert!(is_marked(&map));
    }
    let area = Area::anon(3);
    area.fill(0..3, 0xa5);
    let mut options = MapOptions::new();
    options.placement(at(area.page(1).addr()));
    let error = text(options.file(&file, offset..));
    assert_eq!("map: something is mapped there (EEXIST)", error);
    assert!(area.holds(0..3, 0xa5));
    let error = text(MapOptions::new().placement(at(page() + 7)).file(&file, 7..));
    assert!(error.contains("is not a multiple of the page size"), "{error}");
    in_child(|| {
        assert_eq!(0, unsafe { libc::munmap(area.page(1), page()) });
        let map = options.file(&file, offset..offset + 100).unwrap();
        assert_eq!(area.page(1).addr() + 7, map.as_ptr().addr());
        assert!(is_marked(&map) && area.holds(0..1, 0xa5) && area.holds(2..3, 0xa5));
        std::mem::forget(area);
    });
}

#[test]
fn guard_pages_are_around_the_pages() {
    let file = marked(3 * page());
    let map = MapOptions::new().guard_pages(1, 2).file(&file, 5..page() as u64 + 5).unwrap();
    assert_eq!((page(), 5 * page()), (map.len(), map.mapped_len()));
    assert!(is_marked(&map));
    let first = map.as_ptr().wrapping_sub(5);
    for guard in [first.wrapping_sub(1), first.wrapping_add(2 * page())] {
        faults(libc::SIGSEGV, SEGV_ACCERR, guard, || unsafe { guard.read_volatile() });
    }
    let end = first.wrapping_add(4 * page() - 1);
    in_child(|| {
        drop(map);
        assert!(smaps::find(first.wrapping_sub(1)).is_none() && smaps::find(end).is_none());
    });
}

#[test]
fn files_lie_in_reservations() {
    let file = marked(3 * page());
    let reservation = Reservation::new(8 * page()).unwrap();
    let place = |pages: usize| Placement::Within(reservation.clone(), pages * page());
    let within = |pages: usize| {
        let mut options = MapOptions::new();
        options.placement(place(pages));
        options
    };
    let map = within(2).file(&file, page() as u64 + 9..).unwrap();
    let start = reservation.as_ptr().addr() + 2 * page() + 9;
    assert_eq!((start, 2 * page() - 9), (map.as_ptr().addr(), map.len()));
    assert!(is_marked(&map));
    let copy = within(4).file_cow(&file, ..page() as u64).unwrap();
    set(&copy, 0, 99);
    let (len, offset) = (3 * page(), page());
    let words = format!("map: {len} bytes from {offset} on are not free in the reservation");
    assert_eq!(words, text(within(1).file(&file, ..)));
    // Beside them nothing can be reached, and their place is free again.
    let beside = reservation.as_ptr().wrapping_add(5 * page());
    faults(libc::SIGSEGV, SEGV_ACCERR, beside, || unsafe { beside.read_volatile() });
    let old = copy.as_ptr();
    drop(copy);
    faults(libc::SIGSEGV, SEGV_ACCERR, old, || unsafe { old.read_volatile() });
    assert!(is_marked(&within(4).file_exec(&file, ..).unwrap()));
    map.unmap().unwrap();
    assert!(is_marked(&within(1).file(&file, ..).unwrap()));
}

/// What lies next to each other is one map only if it is in the file too, and equally private.
#[test]
fn neighbours_in_a_reservation_join_if_the_file_goes_on() {
    let (file, other) = (marked(6 * page()), marked(6 * page()));
    let reservation = Reservation::new(8 * page()).unwrap();
    let within = |pages: usize| {
        let mut options = MapOptions::new();
        options.placement(Placement::Within(reservation.clone(), pages * page()));
        options
    };
    let bytes = |pages: Range<u64>| pages.start * page() as u64..pages.end * page() as u64;
    let mut map = within(0).file(&file, bytes(1..2)).unwrap();
    let refused = "join: the second does not show what follows in the file";
    let no_part = within(1).file(&file, bytes(3..4)).unwrap();
    assert_eq!(refused, returned(map.join(no_part)).1);
    let of_another = within(1).file(&other, bytes(2..3)).unwrap();
    assert_eq!(refused, returned(map.join(of_another)).1);
    let private = within(1).file_cow(&file, bytes(2..3)).unwrap().make_read_only().unwrap();
    assert_eq!(refused, returned(map.join(private)).1);
    map.join(within(1).file(&file, bytes(2..3)).unwrap()).unwrap();
    assert!(is_marked(&map) && map.len() == 2 * page());
    map.resize(&file, 3 * page()).unwrap();
    assert!(is_marked(&map) && map.len() == 3 * page());
}

#[test]
fn prefault_brings_pages_in() {
    let file = marked_in_memory(3 * page());
    in_child(|| {
        let mut options = MapOptions::new();
        options.prefault(Prefault::Read);
        let rss = |about: smaps::Vma| about.bytes("Rss");
        let map = options.file(&file, 3..).unwrap();
        assert_eq!(3 * page(), rss(flags(&map)));
        let copy = options.file_cow(&file, ..).unwrap();
        assert_eq!((3 * page(), 0), (rss(flags(&copy)), flags(&copy).bytes("Anonymous")));
        options.prefault(Prefault::Write);
        let copy = options.file_cow(&file, ..).unwrap();
        assert_eq!(3 * page(), flags(&copy).bytes("Anonymous"));
        let map = options.file_mut(&file, ..).unwrap();
        assert_eq!(3 * page(), rss(flags(&map)));
        assert!(is_marked(&map) && is_marked(&copy));
    });
}

#[test]
fn locks_for_life() {
    let file = marked_in_memory(3 * page());
    in_child(|| {
        let map = MapOptions::new().lock(Lock::Now).file(&file, 10..2 * page() as u64).unwrap();
        assert_eq!((true, 2 * page()), (map.is_locked(), smaps::status("VmLck")));
        assert!(flags(&map).has("lo") && flags(&map).bytes("Rss") == 2 * page());
        drop(map);
        assert_eq!(0, smaps::status("VmLck"));
        let map = MapOptions::new().lock(Lock::OnFault).file(&file, ..).unwrap();
        assert_eq!((3 * page(), 0), (smaps::status("VmLck"), flags(&map).bytes("Rss")));
        drop(map);
        drop_capabilities();
        limit(libc::RLIMIT_MEMLOCK, page());
        let error = text(MapOptions::new().lock(Lock::Now).file(&file, ..));
        let words = format!("map: RLIMIT_MEMLOCK is {} KiB (EAGAIN)", page() / 1024);
        assert!([words.clone(), words.replace("EAGAIN", "ENOMEM")].contains(&error), "{error}");
    });
}

#[test]
fn fork_and_core_dump() {
    let file = marked(2 * page());
    let mut options = MapOptions::new();
    let map = options.fork(Fork::Exclude).core_dump(CoreDump::Exclude).file(&file, 1..).unwrap();
    assert!(flags(&map).has("dc") && flags(&map).has("dd"));
    let start = map.as_ptr();
    let end = child(|| {
        faults(libc::SIGSEGV, SEGV_MAPERR, start, || get(&map, 0));
        // What is mapped there now is none of the map's.
        drop(map);
    });
    assert_eq!(End::Exited(0), end);
}

#[test]
fn accounting_is_for_copies() {
    let file = marked(page());
    let mut options = MapOptions::new();
    let map = options.commit(Commit::NoReserve).file_cow(&file, ..).unwrap();
    assert!(flags(&map).has("nr"));
    set(&map, 0, 77);
    assert_eq!(77, get(&map, 0));
}

/// A huge page of a file is one in memory only at the same distance from a multiple of its size.
#[test]
fn transparent_huge_pages_lie_as_in_the_file() {
    if !have!("thp") {
        return;
    }
    let size = huge();
    let file = marked_in_memory(3 * page());
    file.as_file().set_len(4 * size as u64).unwrap();
    let mut options = MapOptions::new();
    options.huge_pages(HugePages::Transparent);
    for offset in [0, size, page(), size + 3 * page() + 11] {
        for guards in [0, 1] {
            options.guard_pages(guards, guards);
            let map = options.file(&file, offset as u64..(offset + 2 * size) as u64).unwrap();
            assert_eq!(offset % size, map.as_ptr().addr() % size, "{offset}, {guards}");
            assert!(flags(&map).has("hg"));
        }
    }
    let never = options.huge_pages(HugePages::Never).file(&file, ..).unwrap();
    assert!(flags(&never).has("nh"));
}
