//! Which part of a file is mapped.

use std::{
    fs::File,
    ops::{Bound, RangeBounds},
    os::unix::fs::FileExt as _,
};

use mman::{FileMap, FileMapCow, FileMapExec, FileMapMut, MapOptions};

use super::{get, is_marked, marked, read_only, set, text};
use crate::util::{
    child::{BUS_ADRERR, faults, in_child},
    page, smaps, temp,
};

/// Any offset, any length.
#[test]
fn every_range_shows_its_bytes_and_maps_its_pages() {
    let size = page();
    let len = 3 * size + 123;
    let file = marked(len);
    let mut ranges = vec![0..len, 0..0, 0..1, len..len, len - 1..len, size..size, 7..7];
    for at in [1, size - 1, size, size + 1, 2 * size - 3] {
        for n in [1, 2, 5, size - 1, size, size + 1, size + 120] {
            ranges.push(at..at + n);
        }
    }
    for range in ranges {
        let bytes = range.start as u64..range.end as u64;
        let pages =
            if range.is_empty() { 0 } else { (range.start % size + range.len()).div_ceil(size) };
        let map = MapOptions::new().file(&file, bytes.clone()).unwrap();
        assert_eq!((range.len(), pages * size), (map.len(), map.mapped_len()), "{range:?}");
        assert_eq!((range.start as u64, size), (map.file_offset(), map.page_size()));
        assert_eq!(range.is_empty(), map.is_empty());
        assert!(is_marked(&map), "{range:?}");
        assert!(is_marked(&MapOptions::new().file_mut(&file, bytes.clone()).unwrap()));
        assert!(is_marked(&MapOptions::new().file_cow(&file, bytes.clone()).unwrap()));
        assert!(is_marked(&MapOptions::new().file_exec(&file, bytes).unwrap()));
    }
}

#[test]
fn every_form_of_a_range_is_taken() {
    fn of(file: &File, range: impl RangeBounds<u64>) -> (u64, usize) {
        let map = MapOptions::new().file(file, range).unwrap();
        assert!(is_marked(&map));
        (map.file_offset(), map.len())
    }
    let file = marked(5000);
    let file = file.as_file();
    assert_eq!((0, 5000), of(file, ..));
    assert_eq!((4999, 1), of(file, 4999..));
    assert_eq!((5000, 0), of(file, 5000..));
    assert_eq!((0, 10), of(file, ..10));
    assert_eq!((0, 11), of(file, ..=10));
    assert_eq!((3, 8), of(file, 3..=10));
    assert_eq!((4, 6), of(file, (Bound::Excluded(3), Bound::Excluded(10))));
}

/// What is mapped, and how, as the kernel says.
#[test]
fn the_kernel_has_mapped_what_was_asked_for() {
    let file = marked(3 * page());
    let offset = page() as u64 + 10;
    let perms = |start: *const u8| {
        let vma = smaps::at(start);
        assert_eq!((page() as u64, file.path().to_str().unwrap()), (vma.offset, &*vma.path));
        vma.perms
    };
    let map = MapOptions::new().file(&file, offset..).unwrap();
    assert_eq!("r--s", perms(map.as_ptr()));
    let map = MapOptions::new().file_mut(&file, offset..).unwrap();
    assert_eq!("rw-s", perms(map.as_ptr()));
    let map = MapOptions::new().file_cow(&file, offset..).unwrap();
    assert_eq!("rw-p", perms(map.as_ptr()));
    let map = MapOptions::new().file_exec(&file, offset..).unwrap();
    assert_eq!("r-xp", perms(map.as_ptr()));
}

#[test]
fn open_takes_the_access_that_its_type_needs() {
    let file = marked(100);
    assert!(is_marked(&FileMap::open(file.path()).unwrap()));
    assert!(is_marked(&FileMapCow::open(file.path()).unwrap()));
    assert!(is_marked(&FileMapExec::open(file.path()).unwrap()));
    let map = FileMapMut::open(file.path()).unwrap();
    set(&map, 3, 200);
    let mut byte = [0];
    file.as_file().read_exact_at(&mut byte, 3).unwrap();
    assert_eq!([200], byte);
}

/// The descriptor, and the name, are not needed any more.
#[test]
fn a_map_outlives_its_descriptor_and_its_name() {
    let file = marked(page() + 1);
    let map = FileMap::new(read_only(&file)).unwrap();
    let fds = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    in_child(|| {
        let before = fds();
        let _second = FileMap::open(file.path()).unwrap();
        assert_eq!(before, fds());
    });
    drop(file);
    assert!(is_marked(&map));
}

#[test]
fn an_open_end_is_the_end_as_it_was_then() {
    let file = marked(100);
    let map = FileMap::new(&file).unwrap();
    file.as_file().set_len(200).unwrap();
    assert_eq!((100, 200), (map.len(), FileMap::new(&file).unwrap().len()));
}

/// vmap: maps of nothing at the end of a file leak a page each.
#[test]
fn vmap_nothing_is_mapped_of_nothing() {
    let (file, empty) = (marked(2 * page()), temp::on_disk());
    in_child(|| {
        // The first calls make the allocator grow.
        for round in 0..2 {
            let before = smaps::count();
            for _ in 0..50 {
                let maps = [
                    FileMap::new(&empty).unwrap(),
                    FileMap::open(empty.path()).unwrap(),
                    MapOptions::new().file(&file, 2 * page() as u64..).unwrap(),
                    MapOptions::new().file(&file, 77..77).unwrap(),
                    MapOptions::new().guard_pages(1, 1).file(&file, 5..5).unwrap(),
                    MapOptions::new().file(&file, 1 << 40..1 << 40).unwrap(),
                    FileMap::default(),
                ];
                for map in &maps {
                    assert_eq!((0, 0), (map.len(), map.mapped_len()));
                    assert!(map.is_empty() && !map.as_ptr().is_null());
                    assert_eq!([0; 0], *super::shown(map));
                }
            }
            drop(FileMapMut::new(&empty).unwrap());
            drop(FileMapCow::new(&empty).unwrap());
            drop(FileMapExec::new(&empty).unwrap());
            assert!(round == 0 || before == smaps::count());
        }
    });
}

/// As many as there is room for in 32 bits is not enough.
#[test]
fn offsets_have_64_bits() {
    let file = temp::in_memory();
    let place = (5 << 30) + 123_u64;
    file.as_file().write_all_at(b"far away", place).unwrap();
    let map = MapOptions::new().file(&file, place..).unwrap();
    assert_eq!((place, b"far away"), (map.file_offset(), super::shown(&map).try_into().unwrap()));
    let map = MapOptions::new().file_mut(&file, place + 4..place + 8).unwrap();
    set(&map, 0, b'A');
    let mut bytes = [0; 8];
    file.as_file().read_exact_at(&mut bytes, place).unwrap();
    assert_eq!(b"far Away", &bytes);
}

/// Pages behind the end are a fault until the file is longer.
#[test]
fn what_is_read_may_be_beyond_the_end() {
    let size = page() as u64;
    let file = marked(10);
    let map = MapOptions::new().file(&file, 5..3 * size).unwrap();
    assert_eq!((mark_at(5), 0), (get(&map, 0), get(&map, page() - 6)));
    let beyond = map.as_ptr().wrapping_add(page() - 5);
    faults(libc::SIGBUS, BUS_ADRERR, beyond, || get(&map, page() - 5));
    let far = MapOptions::new().file(&file, 1 << 40..(1 << 40) + 1).unwrap();
    faults(libc::SIGBUS, BUS_ADRERR, far.as_ptr(), || get(&far, 0));
    let copy = MapOptions::new().file_cow(&file, size..3 * size).unwrap();
    faults(libc::SIGBUS, BUS_ADRERR, copy.as_ptr(), || set(&copy, 0, 1));
    file.as_file().write_all_at(b"x", size + 1).unwrap();
    assert_eq!((0, b'x'), (get(&map, page() - 5), get(&map, page() - 4)));
    assert_eq!(b'x', get(&copy, 1));
}

fn mark_at(at: u64) -> u8 {
    super::mark(at)
}

/// A store there would be lost without a word.
#[test]
fn what_is_written_is_within_the_file() {
    let file = marked(100);
    let error = text(MapOptions::new().file_mut(&file, 0..101));
    assert_eq!("map: 0..101 is beyond the end of the file, 100", error);
    let error = text(MapOptions::new().file_mut(&file, 200..300));
    assert_eq!("map: 200..300 is beyond the end of the file, 100", error);
    assert_eq!(40, MapOptions::new().file_mut(&file, 60..).unwrap().len());
}

/// Files whose length is told as 0 hold something all the same; they cannot be mapped.
#[test]
fn files_of_proc_are_empty_maps() {
    assert!(FileMap::open("/proc/self/maps").unwrap().is_empty());
    let file = File::open("/proc/self/maps").unwrap();
    let error = text(MapOptions::new().file(&file, ..100));
    assert_eq!("map: this kind of file cannot be mapped (ENODEV)", error);
}

#[test]
fn debug_shows_the_place_and_not_the_contents() {
    let file = marked(page());
    let map = MapOptions::new().file_cow(&file, 9..12).unwrap();
    let expected =
        format!("FileMapCow({:p}, 3 bytes of {}, from 9 of the file)", map.as_ptr(), page());
    assert_eq!(expected, format!("{map:?}"));
}
