//! The verbs that all kinds of maps have.

use std::{mem, os::unix::fs::MetadataExt as _};

use mman::{
    Advice, Error, FileMap, FileMapCow, FileMapExec, FileMapMut, MapError, MapOptions, MappedFile,
    Protection, access::Access,
};

use super::{
    contents, get, is_marked, marked, marked_in_memory, returned, set, shown, text, three_pages,
};
use crate::util::{
    child::{End, SEGV_ACCERR, child, faults, in_child},
    page, seccomp, smaps, temp,
};

/// Of each page of the map, whether its mapping has this flag.
fn has<A: Access>(map: &MappedFile<A>, flag: &str) -> Vec<bool> {
    let first = map.as_ptr().map_addr(|start| start - start % page());
    let pages = 0..map.mapped_len() / page();
    pages.map(|number| smaps::at(first.wrapping_add(number * page())).has(flag)).collect()
}

#[test]
fn advice_reaches_the_pages_of_the_range_and_no_other() {
    let file = marked(5 * page());
    let map = three_pages(&file);
    // The last byte of the first page, as the map counts them, and the first of the second.
    map.advise(page() - 11..page() - 9, Advice::NoDump).unwrap();
    assert_eq!([true, true, false], has(&map, "dd")[..]);
    map.advise(.., Advice::Dump).unwrap();
    map.advise(page() - 10..page() - 9, Advice::NoDump).unwrap();
    assert_eq!([false, true, false], has(&map, "dd")[..]);
    map.advise(.., Advice::Dump).unwrap();
    for (advice, flag) in [(Advice::Random, "rr"), (Advice::Sequential, "sr")] {
        map.advise(.., advice).unwrap();
        assert_eq!([true; 3], has(&map, flag)[..]);
        map.advise(.., Advice::Normal).unwrap();
        assert_eq!([false; 3], has(&map, flag)[..]);
    }
    for advice in [Advice::WillNeed, Advice::Cold, Advice::PageOut, Advice::Collapse] {
        let _ = map.advise(.., advice);
        assert!(is_marked(&map), "{advice:?}");
    }
}

#[test]
fn locks_count_pages_from_the_first() {
    let file = marked(5 * page());
    in_child(|| {
        let map = three_pages(&file);
        let first = map.lock(..1).unwrap();
        assert_eq!((0..page() - 10, page()), (first.range(), smaps::status("VmLck")));
        let second = map.lock(0..page()).unwrap();
        assert_eq!(0..2 * page() - 10, second.range());
        assert_eq!([true, true, false], has(&map, "lo")[..]);
        drop(first);
        assert_eq!([true, true, false], has(&map, "lo")[..]);
        let whole = map.lock_on_fault(..).unwrap();
        assert_eq!((0..3 * page() - 10, 3 * page()), (whole.range(), smaps::status("VmLck")));
        drop(second);
        assert_eq!([true; 3], has(&map, "lo")[..]);
        let empty = map.lock(50..50).unwrap();
        assert!(empty.range().is_empty());
        drop((empty, whole));
        assert_eq!(0, smaps::status("VmLck"));
        mem::forget(map.lock(..).unwrap());
        drop(map);
        assert_eq!(0, smaps::status("VmLck"));
    });
}

#[test]
fn residency_is_that_of_the_file() {
    let file = marked_in_memory(5 * page());
    let map = three_pages(&file);
    let told = map.residency(..).unwrap();
    assert_eq!((3, 3), (told.pages(), told.resident()));
    let told = map.residency(page() - 10..page() - 9).unwrap();
    assert_eq!((1, Some(true), None), (told.pages(), told.is_resident(0), told.is_resident(1)));
    in_child(|| {
        let hole = temp::in_memory();
        hole.as_file().set_len(4 * page() as u64).unwrap();
        let map = FileMapMut::new(&hole).unwrap();
        assert_eq!(0, map.residency(..).unwrap().resident());
        set(&map, 2 * page(), 1);
        let told: Vec<_> = map.residency(..).unwrap().iter().collect();
        assert_eq!([false, false, true, false], told[..]);
    });
}

/// The parent sees what the child writes to the file, and nothing of what it writes to a copy.
#[test]
fn a_forked_child_has_the_same_map() {
    let file = marked(page());
    let shared = FileMapMut::new(&file).unwrap();
    let copy = FileMapCow::new(&file).unwrap();
    set(&copy, 1, 101);
    in_child(|| {
        assert_eq!((101, super::mark(2)), (get(&copy, 1), get(&shared, 2)));
        set(&copy, 1, 102);
        set(&shared, 2, 202);
        // What the parent has is not unmapped here.
        drop((copy, shared));
    });
    let (shared, copy) = (FileMapMut::new(&file).unwrap(), FileMapCow::new(&file).unwrap());
    assert_eq!((202, 1), (get(&shared, 2), get(&copy, 1)));
    assert_eq!(202, contents(file.as_file())[2]);
}

#[test]
fn parts_know_their_place_in_the_file() {
    let file = marked(5 * page());
    let mut map = three_pages(&file);
    let (start, len) = (map.as_ptr(), map.len());
    let error = text(map.split_off(page()));
    let first = page() - 10;
    let size = page();
    let words =
        format!("split_off: offset {size} is within a page: they begin at {first} + n × {size}");
    assert_eq!(words, error);
    let mut second = map.split_off(page() - 10).unwrap();
    assert_eq!((page() - 10, page()), (map.len(), map.mapped_len()));
    assert_eq!((2 * page() as u64, len - map.len()), (second.file_offset(), second.len()));
    let third = second.split_off(page()).unwrap();
    assert!(is_marked(&map) && is_marked(&second) && is_marked(&third));
    let (third, error) = returned(map.join(third));
    assert_eq!("join: the second does not begin where the first ends", error);
    let (other, error) = returned(map.join(three_pages(&file)));
    assert_eq!("join: they are not parts of one mapping", error);
    assert!(is_marked(&other));
    second.join(third).unwrap();
    map.join(second).unwrap();
    assert_eq!((start, len, page() as u64 + 10), (map.as_ptr(), map.len(), map.file_offset()));
    // Nothing takes the place of what is joined to it.
    let mut nothing = FileMap::default();
    map.join(FileMap::default()).unwrap();
    nothing.join(map).unwrap();
    assert!(is_marked(&nothing) && nothing.file_offset() == page() as u64 + 10);
    let all = nothing.split_off(0).unwrap();
    assert!(nothing.is_empty() && is_marked(&all) && all.len() == len);
    assert!(nothing.split_off(0).unwrap().is_empty());
}

#[test]
fn parts_are_unmapped_each_on_its_own() {
    let file = marked(5 * page());
    in_child(|| {
        let mut map = three_pages(&file);
        let tail = map.split_off(page() - 10).unwrap();
        let (first, second) = (map.as_ptr(), tail.as_ptr());
        map.unmap().unwrap();
        assert!(smaps::find(first).is_none() && is_marked(&tail));
        drop(tail);
        assert!(smaps::find(second).is_none());
    });
}

#[test]
fn raw_parts_are_all_of_it() {
    let file = marked(5 * page());
    let map = MapOptions::new().guard_pages(1, 1).file_cow(&file, 10..100).unwrap();
    set(&map, 0, 200);
    let (start, mapped) = (map.as_ptr(), map.mapped_len());
    let parts = map.into_raw_parts();
    assert_eq!((mapped, page() + 10, 90), (parts.mapped_len, parts.offset, parts.len));
    let about = file.as_file().metadata().unwrap();
    let part = parts.file.unwrap();
    let told = (part.offset, part.private, part.device, part.inode);
    assert_eq!((10, true, about.dev(), about.ino()), told);
    let map = unsafe { FileMapCow::from_raw_parts(parts) };
    assert_eq!((start, 200, 10), (map.as_ptr(), get(&map, 0), map.file_offset()));
    assert!(map.make_read_only().unwrap().make_mut().is_err());
    let parts = FileMap::default().into_raw_parts();
    assert!(unsafe { FileMap::from_raw_parts(parts) }.is_empty());
}

#[test]
fn protect_range_is_exact() {
    let file = marked(3 * page());
    let mut map = FileMapMut::new(&file).unwrap();
    unsafe { map.protect_range(page()..2 * page(), Protection::None) }.unwrap();
    let perms = |at: usize| smaps::at(map.as_ptr().wrapping_add(at * page())).perms;
    assert_eq!(["rw-s", "---s", "rw-s"], [0, 1, 2].map(perms));
    let middle = map.as_ptr().wrapping_add(page());
    faults(libc::SIGSEGV, SEGV_ACCERR, middle, || get(&map, page()));
    unsafe { map.protect_range(.., Protection::ReadWrite) }.unwrap();
    assert!(is_marked(&map));
    let error = text(unsafe { map.protect_range(1.., Protection::None) });
    assert!(error.starts_with("protect_range: offset 1 is not a multiple"), "{error}");
}

/// mapr, wasmtime, region: a failed `munmap` panics in `Drop`.
#[test]
fn drop_does_not_panic_where_munmap_fails() {
    let file = marked(3 * page());
    in_child(|| {
        let (first, mut second) = (FileMap::new(&file).unwrap(), FileMapMut::new(&file).unwrap());
        seccomp::deny(&[libc::SYS_munmap], libc::EPERM);
        drop(first);
        let error = text(second.resize(&file, 1));
        assert_eq!("resize: Operation not permitted (EPERM)", error);
        assert!(second.resize(&file, 0).is_err());
        let (second, error) = returned(second.unmap());
        assert_eq!("unmap: Operation not permitted (EPERM)", error);
        assert_eq!(3 * page(), second.len());
        assert!(is_marked(&second));
    });
}

/// What a map of pages that are gone becomes by way of an executable one; a 64-bit Arm reads it all
/// for that, and so gives it back.
fn executable<A: Access, B: Access>(
    map: MappedFile<A>,
    next: impl FnOnce(FileMapExec) -> Result<MappedFile<B>, (FileMapExec, MapError)>,
) -> Result<MappedFile<B>, MappedFile<A>> {
    let made = map.make_exec();
    assert_eq!(cfg!(target_arch = "aarch64"), made.is_err());
    match made {
        Ok(map) => Ok(next(map).unwrap()),
        Err((map, error)) => {
            assert_eq!(page(), error.fault().unwrap().done);
            Err(map)
        }
    }
}

/// A map of a file that another process makes shorter: no safe call dies.
#[test]
fn no_call_dies_of_pages_that_are_gone() {
    let file = marked(4 * page());
    let end = child(|| {
        let mut map = FileMapMut::new(&file).unwrap();
        let copy = FileMapCow::new(&file).unwrap();
        set(&copy, 3 * page(), 1);
        file.as_file().set_len(10).unwrap();
        for advice in [Advice::WillNeed, Advice::Normal, Advice::PageOut] {
            map.advise(.., advice).unwrap();
        }
        assert_eq!(4, map.residency(..).unwrap().pages());
        assert_eq!(Some(Error::ENOMEM), map.lock(..).map(drop).unwrap_err().errno());
        map.flush(..).unwrap();
        map.flush_async(..).unwrap();
        map.flush_durable(&file, ..).unwrap();
        assert_eq!(page(), map.prefault(..).unwrap_err().fault().unwrap().done);
        let tail = map.split_off(page()).unwrap();
        map.join(tail).unwrap();
        let _ = map.remove(page()..);
        let map = executable(map.make_read_only().unwrap(), FileMapExec::make_mut);
        let map = map.unwrap_or_else(|map| map.make_mut().unwrap());
        let copy = executable(copy, FileMapExec::make_cow);
        let mut copy = copy.unwrap_or_else(|copy| copy);
        copy.discard(..).unwrap();
        assert_eq!(10, shown(&FileMap::new(&file).unwrap()).len());
        drop((map, copy));
    });
    assert_eq!(End::Exited(0), end);
}
