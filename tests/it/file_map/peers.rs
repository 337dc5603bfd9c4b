//! The defects of other crates that concern files, each on the same sequence of calls.

use std::ops::Bound;

use mman::{Advice, FileMap, FileMapCow, FileMapMut, MapError, MapOptions};

use super::{get, is_marked, marked, read_only, set, text};
use crate::util::{child::in_child, page, smaps};

/// vmap, mmap-io: two maps of one file, each giving a reference, are made by safe calls. Here they
/// are made as well, and give none: to read changing bytes takes a pointer. (That the slice is
/// `unsafe` is a test of `MappedFile`'s documentation.)
#[test]
fn vmap_mmap_io_maps_of_one_file_see_each_other() {
    let file = marked(100);
    let reader = FileMap::new(&file).unwrap();
    let (one, two) = (FileMapMut::new(&file).unwrap(), FileMapMut::open(file.path()).unwrap());
    set(&one, 5, 200);
    assert_eq!((200, 200), (get(&two, 5), get(&reader, 5)));
    set(&two, 5, 201);
    assert_eq!((201, 201), (get(&one, 5), get(&reader, 5)));
}

/// vmap: a file that is open for reading becomes a map that is typed for writing, and a store dies.
#[test]
fn vmap_a_map_that_is_written_is_writable() {
    let file = marked(100);
    let reader = read_only(&file);
    assert!(FileMapMut::new(&reader).is_err());
    assert!(FileMap::new(&reader).unwrap().make_mut().is_err());
    assert!(MapOptions::new().file_mut(&reader, 5..10).is_err());
}

/// vmap: `DONTNEED` is a hint there, and clears what a `&[u8]` shows. Here no hint does.
#[test]
fn vmap_hints_keep_what_was_written() {
    let file = marked(3 * page());
    let copy = FileMapCow::new(&file).unwrap();
    set(&copy, 0, 200);
    for advice in [
        Advice::Normal,
        Advice::Random,
        Advice::Sequential,
        Advice::WillNeed,
        Advice::Cold,
        Advice::PageOut,
        Advice::HugePages,
        Advice::NoHugePages,
        Advice::Collapse,
        Advice::Mergeable,
        Advice::NotMergeable,
        Advice::Dump,
        Advice::NoDump,
    ] {
        let _ = copy.advise(.., advice);
        assert_eq!(200, get(&copy, 0), "{advice:?}");
    }
}

/// memmap2 0.9.12: `advise_range(advice, len, len)` flags the neighbouring mapping.
#[test]
fn memmap2_advice_at_the_end_leaves_the_neighbour_alone() {
    let file = marked(2 * page());
    let mut map = FileMap::new(&file).unwrap();
    let neighbour = map.split_off(page()).unwrap();
    map.advise(page()..page(), Advice::NoDump).unwrap();
    map.advise(page().., Advice::NoDump).unwrap();
    drop(map.lock(page()..page()).unwrap());
    map.prefault(page()..).unwrap();
    assert!(!smaps::at(neighbour.as_ptr()).has("dd"));
    map.advise(.., Advice::NoDump).unwrap();
    assert!(smaps::at(map.as_ptr()).has("dd") && !smaps::at(neighbour.as_ptr()).has("dd"));
}

/// mmap-rs: `flush` adds what it is given to addresses; vmap: `read_unaligned(usize::MAX - 7)` dies.
#[test]
fn mmap_rs_vmap_ranges_are_checked_without_overflow() {
    let file = marked(100);
    let mut map = FileMapMut::new(&file).unwrap();
    let mut copy = FileMapCow::new(&file).unwrap();
    let most = usize::MAX;
    let ranges = [
        (Bound::Included(most - 7), Bound::Unbounded),
        (Bound::Included(most - 7), Bound::Included(most)),
        (Bound::Included(most - 7), Bound::Excluded(most)),
        (Bound::Excluded(most), Bound::Unbounded),
        (Bound::Included(0), Bound::Excluded(101)),
        (Bound::Included(101), Bound::Excluded(101)),
        (Bound::Included(101), Bound::Unbounded),
        (Bound::Included(most), Bound::Included(most)),
        (Bound::Included(60), Bound::Excluded(most)),
        (Bound::Included(50), Bound::Excluded(40)),
    ];
    for range in ranges {
        let results: [Result<(), MapError>; 10] = [
            map.flush(range),
            map.flush_async(range),
            map.flush_durable(&file, range),
            map.advise(range, Advice::Normal),
            map.lock(range).map(drop),
            map.residency(range).map(drop),
            map.prefault(range),
            map.prefault_write(range),
            map.remove(range),
            copy.discard(range),
        ];
        for result in results {
            assert_eq!(None, result.unwrap_err().errno(), "{range:?}");
        }
    }
    assert!(map.split_off(101).is_err() && map.split_off(most).is_err());
    assert!(is_marked(&map) && is_marked(&copy));
}

/// What is mapped is unmapped, whatever is done in between.
#[test]
fn no_map_leaks() {
    let file = marked(5 * page());
    in_child(|| {
        for round in 0..3 {
            let before = smaps::count();
            for offset in [0, 1, page() as u64 - 1, 3 * page() as u64] {
                let map = MapOptions::new().file_mut(&file, offset..).unwrap();
                map.advise(..1, Advice::Random).unwrap();
                let map = map.make_read_only().unwrap().make_exec().unwrap().make_mut().unwrap();
                let mut map = map.make_read_only().unwrap();
                let tail = map.split_off(map.len()).unwrap();
                map.join(tail).unwrap();
                map.resize(&file, 1).unwrap();
                map.resize(&file, 3 * page()).unwrap();
                let error = text(map.resize(&file, usize::MAX));
                assert!(error.contains("more than a slice"), "{error}");
                drop(map);
                drop(MapOptions::new().guard_pages(2, 2).file_cow(&file, offset..).unwrap());
            }
            assert!(round == 0 || before == smaps::count());
        }
    });
}
