//! Maps that change their length.

use std::os::unix::fs::{FileExt as _, MetadataExt as _};

use mman::{Advice, FileMap, FileMapMut, Lock, MapOptions, Placement, Prefault, Reservation};

use super::{get, is_marked, mark, marked, marked_in_memory, read_only, set, text};
use crate::util::{child::in_child, page, smaps, temp};

#[test]
fn a_read_map_follows_its_file() {
    let file = marked(5 * page());
    let reader = read_only(&file);
    let mut map = MapOptions::new().file(&reader, 7..page() as u64).unwrap();
    for len in
        [1, page() - 7, page() - 6, 4 * page(), 2 * page(), 5 * page() - 7, 10, 5 * page() - 7]
    {
        map.resize(&reader, len).unwrap();
        assert_eq!((len, (len + 7).next_multiple_of(page())), (map.len(), map.mapped_len()));
        assert!(is_marked(&map), "{len}");
    }
    // The file stays as it is, and there may be pages that it does not have yet.
    map.resize(&reader, 9 * page()).unwrap();
    assert_eq!(5 * page() as u64, reader.metadata().unwrap().len());
    file.as_file().write_all_at(&[1], 8 * page() as u64).unwrap();
    assert_eq!(1, get(&map, 8 * page() - 7));
}

#[test]
fn a_written_map_makes_its_file_longer_and_never_shorter() {
    let file = marked(100);
    let mut map = MapOptions::new().file_mut(&file, 10..50).unwrap();
    map.resize(&file, 60).unwrap();
    assert_eq!((60, 100), (map.len(), file.as_file().metadata().unwrap().len()));
    assert!(is_marked(&map));
    map.resize(&file, 100_000).unwrap();
    let about = file.as_file().metadata().unwrap();
    assert_eq!((100_000, 100_010), (map.len(), about.len()));
    assert!(about.blocks() * 512 >= 100_010, "{}", about.blocks());
    assert_eq!((mark(99), 0, 0), (get(&map, 89), get(&map, 90), get(&map, 99_999)));
    set(&map, 99_999, 5);
    map.resize(&file, 1).unwrap();
    assert_eq!((1, page()), (map.len(), map.mapped_len()));
    map.resize(&file, 100_000).unwrap();
    assert_eq!((100_010, 5), (file.as_file().metadata().unwrap().len(), get(&map, 99_999)));
}

#[test]
fn from_nothing_and_to_nothing() {
    let file = temp::on_disk();
    let mut map = FileMapMut::new(&file).unwrap();
    map.resize(&file, 0).unwrap();
    map.resize(&file, 10).unwrap();
    set(&map, 9, 9);
    map.resize(&file, 0).unwrap();
    assert_eq!((0, 0, true), (map.len(), map.mapped_len(), map.is_empty()));
    let mut map = MapOptions::new().file_mut(&file, 3..3).unwrap();
    map.resize(&file, 7).unwrap();
    assert_eq!((3, 9), (map.file_offset(), get(&map, 6)));
}

/// Pages that cannot be moved as one mapping, or are aligned, are mapped anew.
#[test]
fn what_cannot_be_moved_is_mapped_anew() {
    let file = marked(64 * page());
    let mut map = MapOptions::new().file(&file, 5..3 * page() as u64).unwrap();
    map.advise(page().., Advice::NoDump).unwrap();
    map.resize(&file, 60 * page()).unwrap();
    assert!(is_marked(&map));
    let mut options = MapOptions::new();
    options.placement(Placement::Aligned(1 << 21));
    let mut map = options.file_mut(&file, page() as u64..2 * page() as u64).unwrap();
    map.resize(&file, 63 * page()).unwrap();
    assert_eq!(0, map.as_ptr().addr() % (1 << 21));
    assert!(is_marked(&map));
}

#[test]
fn in_a_reservation_it_grows_in_place() {
    let file = marked(5 * page());
    let reservation = Reservation::new(8 * page()).unwrap();
    let place = |pages: usize| Placement::Within(reservation.clone(), pages * page());
    let mut options = MapOptions::new();
    options.placement(place(1)).lock(Lock::OnFault);
    let mut map = options.file_mut(&file, 5..page() as u64 + 7).unwrap();
    let start = map.as_ptr();
    for len in [page() + 20, 2 * page(), 4 * page() + 9, 3, 5 * page() - 5] {
        map.resize(&file, len).unwrap();
        assert_eq!((start, len), (map.as_ptr(), map.len()));
        assert!(is_marked(&map), "{len}");
        assert!(smaps::at(map.as_ptr().wrapping_add(len - 1)).has("lo"));
    }
    let guard = MapOptions::new().placement(place(7)).anon(1).unwrap();
    map.resize(&file, 6 * page() - 5).unwrap();
    let error = text(map.resize(&file, 6 * page() - 4));
    assert!(error.ends_with("are not free in the reservation"), "{error}");
    assert_eq!((6 * page() - 5, start), (map.len(), map.as_ptr()));
    drop(guard);
    map.resize(&file, 6 * page() - 4).unwrap();
    let error = text(map.resize(&file, 8 * page()));
    assert!(error.contains("are not within 0.."), "{error}");
}

#[test]
fn what_is_new_is_made_as_the_old_was() {
    let file = marked_in_memory(8 * page());
    in_child(|| {
        let mut options = MapOptions::new();
        options.prefault(Prefault::Read).lock(Lock::Now);
        let mut map = options.file(&file, ..2 * page() as u64).unwrap();
        assert_eq!(2 * page(), smaps::status("VmLck"));
        map.resize(&file, 6 * page()).unwrap();
        assert_eq!((6 * page(), 6 * page()), {
            (smaps::status("VmLck"), smaps::at(map.as_ptr()).bytes("Rss"))
        });
        map.resize(&file, page()).unwrap();
        assert_eq!(page(), smaps::status("VmLck"));
    });
    // Where it cannot be brought in the map is as it was.
    let mut map = MapOptions::new().prefault(Prefault::Read).file(&file, ..9).unwrap();
    let error = map.resize(&file, 9 * page()).unwrap_err();
    let fault = error.fault().unwrap();
    assert_eq!(("resize", 9, 8 * page()), (error.operation(), fault.offset, fault.at()));
    assert_eq!((9, page()), (map.len(), map.mapped_len()));
    assert!(is_marked(&map));
}

#[test]
fn rules() {
    let (file, other) = (marked(100), marked(100));
    let mut map = FileMap::new(&file).unwrap();
    assert_eq!("resize: it is not the file that is mapped", text(map.resize(&other, 200)));
    let mut map = FileMapMut::new(&file).unwrap();
    assert_eq!("resize: it is not the file that is mapped", text(map.resize(&other, 200)));
    assert_eq!(
        "resize: it is not the file that is mapped",
        text(FileMap::default().resize(&file, 1))
    );
    for len in [usize::MAX, usize::MAX / 2 + 1, usize::MAX / 2] {
        let error = text(map.resize(&file, len));
        assert_eq!(format!("resize: {len} bytes are more than a slice can have"), error);
    }
    let mut guarded = MapOptions::new().guard_pages(1, 0).file_mut(&file, ..).unwrap();
    let error = text(guarded.resize(&file, 1000));
    assert_eq!("resize: memory with guard pages keeps its length", error);
    // What was refused has not made the file longer.
    assert_eq!(100, file.as_file().metadata().unwrap().len());
    let reader = read_only(&file);
    let error = text(map.resize(&reader, 200));
    assert_eq!("resize: the file is not open for writing (EBADF)", error);
    assert_eq!(100, map.len());
}

/// A map that is moved leaves nothing behind.
#[test]
fn nothing_is_left_of_the_old_place() {
    let file = marked(4 * page());
    in_child(|| {
        for round in 0..2 {
            let before = smaps::count();
            for _ in 0..20 {
                let mut map = FileMap::new(&file).unwrap();
                let neighbour = map.split_off(page()).unwrap();
                let old = map.as_ptr();
                map.resize(&file, 3 * page()).unwrap();
                assert!(map.as_ptr() != old && is_marked(&map) && is_marked(&neighbour));
            }
            assert!(round == 0 || before == smaps::count());
        }
    });
}
