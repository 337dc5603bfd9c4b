//! `Views`: which offsets and lengths are taken, and that it is the memory itself that is seen.

use mman::{Anon, FileMap, FileMapMut, MapError, Views};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::util::{page, temp};

#[derive(Debug, Eq, FromBytes, Immutable, IntoBytes, KnownLayout, PartialEq)]
#[repr(C)]
struct Entry {
    key: u32,
    value: [u8; 4],
}

fn text<T>(result: Result<T, MapError>) -> String {
    result.err().unwrap().to_string()
}

#[test]
fn views_are_of_the_memory_itself() {
    let mut memory = Anon::new(page()).unwrap();
    *memory.view_mut::<u64>(8).unwrap() = u64::MAX;
    assert_eq!([0, 0xff, 0xff, 0], [7, 8, 15, 16].map(|offset| memory[offset]));
    let entries = memory.views_mut::<Entry>(page() - 16, 2).unwrap();
    entries[1] = Entry { key: 7, value: *b"four" };
    assert_eq!(b"four", &memory[page() - 4..]);
    let table = memory.make_read_only().unwrap();
    assert_eq!(&Entry { key: 7, value: *b"four" }, table.view::<Entry>(page() - 8).unwrap());
    let numbers = table.views::<u64>(0, page() / 8).unwrap();
    assert_eq!(
        (table.as_ptr(), [0, u64::MAX]),
        (numbers.as_ptr().cast(), [numbers[0], numbers[1]])
    );
    let mut memory = table.make_mut().unwrap();
    let mut guard = memory.lock_mut(8..24).unwrap();
    assert_eq!(u64::MAX, *guard.view::<u64>(0).unwrap());
    *guard.view_mut::<u64>(8).unwrap() = 1;
}

/// Against the rule itself, at every offset.
#[test]
fn what_is_not_within_or_not_aligned_is_refused() {
    let mut memory = Anon::new(40).unwrap();
    for offset in 0..50 {
        for count in 0..8 {
            let aligned = offset % 4 == 0;
            let within = offset <= 40 && count * 8 <= 40 - offset;
            assert_eq!(aligned && within, memory.views::<Entry>(offset, count).is_ok());
            assert_eq!(aligned && within, memory.views_mut::<Entry>(offset, count).is_ok());
        }
        let fits = offset % 8 == 0 && offset + 8 <= 40;
        assert_eq!(fits, memory.view::<u64>(offset).is_ok());
        assert_eq!(fits, memory.view_mut::<u64>(offset).is_ok());
    }
    let size = align_of::<u64>();
    let aligned = format!("view: the address of offset 4 is not a multiple of {size}");
    assert_eq!(aligned, text(memory.view::<u64>(4)));
    let beyond = "view_mut: what begins at 40 does not end within the length 40";
    assert_eq!(beyond, text(memory.view_mut::<u64>(40)));
    assert_eq!("views: offset 41 is beyond the length 40", text(memory.views::<u8>(41, 0)));
    let most = usize::MAX;
    assert!(memory.view::<u64>(most).is_err() && memory.views::<u64>(0, most).is_err());
    assert!(memory.views_mut::<u16>(most - 1, most).is_err());
}

/// Any bytes are one, though not all of its own bytes count.
#[derive(Debug, FromBytes, PartialEq)]
#[repr(C)]
struct Padded {
    kind: u8,
    number: u32,
}

#[test]
fn values_are_loaded_from_maps_and_stored() {
    if !have!("kernel") {
        return;
    }
    let file = temp::pages_in_memory(2);
    let map = FileMapMut::new(file.as_file()).unwrap();
    for offset in [0, 1, 7, 8, page() - 3, 2 * page() - 16] {
        let entry = Entry { key: 0x0102_0304, value: *b"four" };
        map.store_as(offset, &entry).unwrap();
        assert_eq!(Ok(entry), map.load_as(offset).map_err(drop));
        assert_eq!(b"four".to_vec(), map.to_vec(offset + 4..offset + 8).unwrap());
        let entries = [1, 2].map(|key| Entry { key, value: [9; 4] });
        map.store_as(offset, &entries[..]).unwrap();
        assert_eq!(Ok(entries), map.load_as(offset).map_err(drop));
        map.store_as(offset, &5u16).unwrap();
        assert_eq!(Ok(5), map.load::<u16>(offset).map_err(drop));
        map.store_as(offset, &[7u8, 0, 0, 0, 1, 2, 3, 4]).unwrap();
        let padded = Padded { kind: 7, number: u32::from_ne_bytes([1, 2, 3, 4]) };
        assert_eq!(Ok(padded), map.load_as(offset).map_err(drop));
    }
    map.store_as(5, "text").unwrap();
    assert_eq!(b"text".to_vec(), std::fs::read(file.path()).unwrap()[5..9]);
    let beyond = format!("{}..{} is not within 0..{}", 2 * page() - 7, 2 * page() + 1, 2 * page());
    assert_eq!(format!("load_as: {beyond}"), text(map.load_as::<Entry>(2 * page() - 7)));
    assert_eq!(format!("store_as: {beyond}"), text(map.store_as(2 * page() - 7, &[0u32; 2])));
    map.store_as(2 * page(), &[0u32; 0]).unwrap();

    let reader = FileMap::new(file.as_file()).unwrap();
    file.as_file().set_len(page() as u64).unwrap();
    let done = |result: Result<(), MapError>| result.unwrap_err().fault().unwrap().done;
    assert_eq!(0, done(reader.load_as::<Entry>(page()).map(drop)));
    assert_eq!(5, done(reader.load_as::<[Entry; 2]>(page() - 5).map(drop)));
    assert_eq!(5, done(map.store_as(page() - 5, &[0u8; 16])));
}
