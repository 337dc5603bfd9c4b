//! What becomes of what is written.

use std::os::unix::fs::{FileExt as _, MetadataExt as _};

use mman::{Error, FileMap, FileMapCow, FileMapMut, MapOptions, observe::page_cache};

use super::{contents, get, is_marked, marked, marked_in_memory, memfd, set, text};
use crate::util::{child::in_child, page, seccomp, smaps, temp};

#[test]
fn what_is_written_reaches_the_file_and_all_its_maps() {
    let file = marked(2 * page());
    let offset = page() as u64 - 5;
    let map = MapOptions::new().file_mut(&file, offset..offset + 10).unwrap();
    let other = FileMap::new(&file).unwrap();
    for at in 0..10 {
        set(&map, at, 240 + at as u8);
    }
    let now = contents(file.as_file());
    for (at, &byte) in now.iter().enumerate() {
        let written = at as u64 >= offset && (at as u64) < offset + 10;
        let expected =
            if written { 240 + (at as u64 - offset) as u8 } else { super::mark(at as u64) };
        assert_eq!((expected, expected), (byte, get(&other, at)), "{at}");
    }
    // And the other way round.
    file.as_file().write_all_at(&[99], offset + 3).unwrap();
    assert_eq!(99, get(&map, 3));
}

#[test]
fn what_is_written_to_a_copy_reaches_nobody() {
    let file = marked(3 * page());
    let (copy, other) = (FileMapCow::new(&file).unwrap(), FileMapCow::new(&file).unwrap());
    set(&copy, 7, 200);
    set(&copy, 2 * page(), 201);
    assert!(is_marked(&other));
    assert_eq!((200, 201), (get(&copy, 7), get(&copy, 2 * page())));
    drop(copy);
    let bytes = contents(file.as_file());
    assert!(bytes.iter().zip(0..).all(|(byte, at)| *byte == super::mark(at)));
}

#[test]
fn a_written_copy_is_changed_by_nobody() {
    let file = marked(2 * page());
    let copy = FileMapCow::new(&file).unwrap();
    copy.prefault_write(..page()).unwrap();
    assert_eq!(page(), smaps::at(copy.as_ptr()).bytes("Anonymous"));
    file.as_file().write_all_at(&[250; 10], 0).unwrap();
    assert_eq!(super::mark(3), get(&copy, 3));
}

/// Bytes behind the end of the file in its last page never reach it.
#[test]
fn a_map_ends_where_the_file_does() {
    let file = marked(10);
    let map = FileMapMut::new(&file).unwrap();
    unsafe { map.as_mut_ptr().add(11).write_volatile(1) };
    map.flush(..).unwrap();
    assert_eq!((10, 10), (map.len(), file.as_file().metadata().unwrap().len()));
}

fn dirty(file: &tempfile::NamedTempFile) -> u64 {
    page_cache(file).unwrap().dirty.unwrap()
}

#[test]
fn flush_leaves_nothing_dirty() {
    if !have!("linux-6.5", "disk") {
        return;
    }
    let file = marked(4 * page());
    file.as_file().sync_all().unwrap();
    assert_eq!(0, dirty(&file));
    let map = MapOptions::new().file_mut(&file, 10..3 * page() as u64).unwrap();
    set(&map, 5, 1);
    set(&map, 2 * page(), 1);
    assert!(dirty(&file) > 0);
    map.flush(..).unwrap();
    assert_eq!(0, dirty(&file));
    set(&map, 3 * page() - 11, 2);
    assert!(dirty(&file) > 0);
    map.flush(3 * page() - 11..).unwrap();
    assert_eq!(0, dirty(&file));
    set(&map, 0, 3);
    map.flush_durable(&file, ..1).unwrap();
    assert_eq!(0, dirty(&file));
    // Of the whole file, not only of the range.
    file.as_file().write_all_at(&[1], 3 * page() as u64 + 5).unwrap();
    map.flush(..).unwrap();
    map.flush_durable(&file, ..1).unwrap();
    assert_eq!(0, dirty(&file));
    set(&map, 0, 4);
    map.flush_async(..).unwrap();
    assert_eq!(4, contents(file.as_file())[10]);
}

#[test]
fn flush_is_refused_where_it_cannot_be_right() {
    let (file, other) = (marked(100), marked(100));
    let map = FileMapMut::new(&file).unwrap();
    let error = text(map.flush_durable(&other, ..));
    assert_eq!("flush_durable: it is not the file that is mapped", error);
    for error in [text(map.flush(..101)), text(map.flush_async(..101))] {
        assert!(error.ends_with(": 0..101 is not within 0..100"), "{error}");
    }
    in_child(|| {
        seccomp::deny(&[libc::SYS_msync], libc::EIO);
        let error = map.flush(..).unwrap_err();
        assert_eq!("flush: I/O error (EIO)", error.to_string());
        assert_eq!(Some(Error::EIO), map.flush_durable(&file, ..).unwrap_err().errno());
        map.flush(7..7).unwrap();
    });
}

fn blocks(file: &std::fs::File) -> u64 {
    file.metadata().unwrap().blocks() * 512
}

/// Not in the harness: a child that locks its memory would fill the hole again.
#[test]
fn remove_makes_a_hole() {
    in_child(|| {
        let size = page();
        for file in [marked_in_memory(4 * size), marked(4 * size)] {
            file.as_file().sync_all().unwrap();
            let before = blocks(file.as_file());
            let mut map = MapOptions::new().file_mut(&file, 7..).unwrap();
            let other = FileMap::new(&file).unwrap();
            if let Err(error) = map.remove(size - 7..3 * size - 7) {
                assert_eq!(Some(Error::EOPNOTSUPP), error.errno());
                continue;
            }
            // Before the hole is read by way of a map, which fills it in memory.
            assert!(blocks(file.as_file()) < before);
            for (at, byte) in contents(file.as_file()).into_iter().enumerate() {
                let gone = at / size == 1 || at / size == 2;
                let expected = if gone { 0 } else { super::mark(at as u64) };
                assert_eq!((expected, expected), (byte, get(&other, at)), "{at}");
            }
        }
    });
}

/// What else is in a page of a file is somebody's.
#[test]
fn remove_takes_whole_pages_only() {
    let size = page();
    let file = marked_in_memory(3 * size);
    let mut map = MapOptions::new().file_mut(&file, 7..2 * size as u64 + 10).unwrap();
    for range in [0..size - 7, size - 7..map.len(), 1..2] {
        let error = text(map.remove(range.clone()));
        assert!(error.contains("is within a page: they begin at"), "{range:?}: {error}");
    }
    assert!(is_marked(&map));
    map.remove(3..3).unwrap();
    let guard = map.lock(..).unwrap();
    std::mem::forget(guard);
    let error = map.remove(size - 7..2 * size - 7).unwrap_err();
    assert_eq!("remove: the pages are locked (EINVAL)", error.to_string());
    assert!(is_marked(&map));
}

#[test]
fn discard_drops_what_was_written() {
    let size = page();
    let file = marked(3 * size);
    let mut copy = MapOptions::new().file_cow(&file, 10..3 * size as u64 - 10).unwrap();
    for at in [0, size, 2 * size, copy.len() - 1] {
        set(&copy, at, 200);
    }
    let error = text(copy.discard(1..));
    assert!(error.starts_with("discard: offset 1 is within a page"), "{error}");
    copy.discard(size - 10..2 * size - 10).unwrap();
    let written = |copy: &FileMapCow| [0, size, 2 * size].map(|at| get(copy, at) == 200);
    assert_eq!([true, false, true], written(&copy));
    copy.discard(2 * size - 10..).unwrap();
    assert_eq!([true, false, false], written(&copy));
    copy.discard(..).unwrap();
    assert!(is_marked(&copy));
    assert_eq!(0, smaps::at(copy.as_ptr()).bytes("Anonymous"));
    // Locked pages too.
    set(&copy, 0, 7);
    std::mem::forget(copy.lock(..).unwrap());
    copy.discard(..).unwrap();
    assert!(is_marked(&copy));
    in_child(|| {
        seccomp::deny(&[libc::SYS_madvise], libc::ENOSYS);
        let error = text(copy.discard(..));
        assert_eq!("discard: unsupported: this system has no call for it", error);
    });
}

/// Pages that are brought in for writing have their blocks.
#[test]
fn prefault_write_allocates() {
    let file = temp::in_memory();
    file.as_file().set_len(4 * page() as u64).unwrap();
    let map = FileMapMut::new(&file).unwrap();
    map.prefault(..2 * page()).unwrap();
    map.prefault_write(2 * page()..).unwrap();
    assert!(blocks(file.as_file()) >= 2 * page() as u64);
    assert_eq!([0; 1], contents(file.as_file())[..1]);
    let file = memfd();
    let error = text(FileMapMut::new(&file).unwrap().prefault_write(..1));
    assert_eq!("prefault_write: 0..1 is not within 0..0", error);
}
