//! What the heap does as a kernel would, and what it says it cannot. What is leaked or used too late
//! is told by who looks on.

use std::{slice, vec::Vec};

use super::*;
use crate::{Anon, Contents, FileMap, MapError, MapOptions, Placement, Reservation, Shared, os};

fn new(pages: usize) -> *mut u8 {
    map_private(pages * page_size()).unwrap()
}

fn page(start: *mut u8, number: usize) -> *mut u8 {
    start.wrapping_add(number * page_size())
}

fn bytes(start: *mut u8, pages: usize) -> Vec<u8> {
    // SAFETY: the test's own pages, which are for reading.
    let all = unsafe { slice::from_raw_parts(start, pages * page_size()) };
    all.chunks(page_size()).map(|page| page[0]).collect()
}

fn fill(start: *mut u8, pages: usize, value: u8) {
    // SAFETY: the test's own pages, which are for writing.
    unsafe { start.write_bytes(value, pages * page_size()) };
}

fn unmap_pages(start: *mut u8, pages: usize) -> Result<()> {
    // SAFETY: the test's own pages, which it does not use any more.
    unsafe { unmap(start, pages * page_size()) }
}

#[test]
fn pages_go_one_by_one_and_the_allocation_with_the_last() {
    let start = new(3);
    fill(start, 3, 7);
    unmap_pages(page(start, 1), 1).unwrap();
    assert_eq!(
        ([7], [7]),
        (bytes(start, 1)[..].try_into().unwrap(), [bytes(page(start, 2), 1)[0]])
    );
    // What is not there is neither unmapped nor protected nor hinted at.
    for len in [page_size(), 2 * page_size()] {
        // SAFETY: it is an error.
        let refused = unsafe { protect(page(start, 1), len, Protection::Read) };
        assert_eq!(Err(Errno::ENOMEM), refused);
    }
    assert_eq!(Err(Errno::ENOMEM), unmap_pages(start, 3));
    assert_eq!(Err(Errno::ENOMEM), advise(start, 3 * page_size(), Advice::Normal));
    unmap_pages(page(start, 2), 1).unwrap();
    unmap_pages(start, 1).unwrap();
    assert_eq!(Err(Errno::ENOMEM), unmap_pages(start, 1));
}

#[test]
fn what_was_inaccessible_and_new_is_zero() {
    let len = 4 * page_size();
    // SAFETY: nothing is replaced.
    let start = unsafe { map(&os::inaccessible(Place::Anywhere, len)) }.unwrap();
    let mut there = [2; 4];
    residency(start.cast_const().cast(), len, &mut there).unwrap();
    assert_eq!([0; 4], there);
    // SAFETY: the test's own pages.
    unsafe { protect(page(start, 1), 2 * page_size(), Protection::ReadWrite) }.unwrap();
    assert_eq!([0, 0], bytes(page(start, 1), 2)[..]);
    residency(start.cast_const().cast(), len, &mut there).unwrap();
    assert_eq!([0, 1, 1, 0], there);
    assert!(permits(page(start, 1), 2 * page_size(), Protection::Read));
    assert!(!permits(start, 2 * page_size(), Protection::Read));
    assert_eq!(Err(Errno::ENOMEM), lock(start, len));
    fill(page(start, 1), 2, 1);
    // What is protected keeps what it holds.
    for protection in [Protection::None, Protection::ReadWrite] {
        // SAFETY: as above.
        unsafe { protect(page(start, 1), 2 * page_size(), protection) }.unwrap();
    }
    assert_eq!([1, 1], bytes(page(start, 1), 2)[..]);
    // A guard keeps nothing.
    // SAFETY: as above.
    unsafe { guard(page(start, 2), page_size()) }.unwrap();
    // SAFETY: as above.
    unsafe { unguard(start, len) }.unwrap();
    assert_eq!([1, 0], bytes(page(start, 1), 2)[..]);
    assert!(!permits(start, page_size(), Protection::Read));
    unmap_pages(start, 4).unwrap();
}

#[test]
fn memory_grows_in_its_allocation_or_moves() {
    let len = page_size();
    let start = new(4);
    fill(start, 4, 5);
    unmap_pages(page(start, 2), 2).unwrap();
    // SAFETY: the test's own pages.
    let grown = unsafe { grow(start, 2 * len, 3 * len, false) };
    assert_eq!(Ok(Some(start)), grown);
    assert_eq!([5, 5, 0], bytes(start, 3)[..]);
    // SAFETY: as above.
    assert_eq!(Err(Errno::ENOMEM), unsafe { grow(start, 3 * len, 5 * len, false) });
    // SAFETY: as above.
    let moved = unsafe { grow(start, 3 * len, 5 * len, true) }.unwrap().unwrap();
    assert_ne!(start, moved);
    assert_eq!([5, 5, 0, 0, 0], bytes(moved, 5)[..]);
    // SAFETY: as above; nothing is replaced.
    let place = unsafe { map(&os::inaccessible(Place::Anywhere, 8 * len)) }.unwrap();
    // SAFETY: as above.
    let there = unsafe { grow_onto(moved, 5 * len, 6 * len, page(place, 1)) };
    assert!(matches!(there, Moved::There));
    assert_eq!([5, 5, 0, 0, 0, 0], bytes(page(place, 1), 6)[..]);
    // Pages that differ are copied by the caller.
    // SAFETY: as above.
    unsafe { protect(page(place, 2), len, Protection::Read) }.unwrap();
    // SAFETY: as above.
    assert_eq!(Ok(None), unsafe { grow(page(place, 1), 2 * len, 3 * len, true) });
    unmap_pages(place, 8).unwrap();
}

#[test]
fn what_a_heap_is_not_is_unsupported() {
    let refused = |result: Result<Anon, MapError>| result.unwrap_err().is_unsupported();
    let memory = Anon::new(1).unwrap();
    let at = |address| {
        // SAFETY: nothing is mapped.
        let place = unsafe { crate::ExactAddress::new(address) };
        MapOptions::new().placement(Placement::At(place)).anon(1)
    };
    assert_eq!(Some(Errno::EEXIST), at(memory.as_ptr().addr()).unwrap_err().errno());
    assert!(refused(at(64 * page_size())));
    assert!(refused(MapOptions::new().fork(Fork::Wipe).anon(1)));
    assert!(refused(MapOptions::new().huge_pages(crate::HugePages::Explicit(2 << 20)).anon(1)));
    assert!(Shared::anonymous(1).unwrap_err().is_unsupported());
    assert!(Shared::memfd(c"heap", 1).unwrap_err().is_unsupported());
    let name = crate::ShmName::new("/mman-heap").unwrap();
    assert!(Shared::create(&name, 1).unwrap_err().is_unsupported());
    let file = std::fs::File::open("Cargo.toml").unwrap();
    assert!(FileMap::new(&file).unwrap_err().is_unsupported());
    // What cannot be mapped is read.
    assert!(Contents::new(&file).unwrap().as_bytes().is_some());
    let (_, error) = memory.make_exec().unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    // More than any heap has.
    assert_eq!(Some(Errno::ENOMEM), Reservation::new(isize::MAX as usize / 2).unwrap_err().errno());
}
