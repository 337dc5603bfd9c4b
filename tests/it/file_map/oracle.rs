//! What an access to a file map must have done, by what the file has now: for random calls, between
//! which nobody else changes it.

use std::{fs::File, ops::Bound, os::unix::fs::FileExt as _};

use mman::{
    MapError, MappedFile,
    access::{Access, Writable},
};

use crate::util::page;

type Arg = (Bound<usize>, Bound<usize>);

/// How many bytes of a range are there: those of the pages that the file has.
fn there<A: Access>(map: &MappedFile<A>, file: &File, offset: usize, len: usize) -> usize {
    let end = file.metadata().unwrap().len().next_multiple_of(page() as u64);
    let start = map.file_offset() + offset as u64;
    usize::try_from(end.saturating_sub(start)).unwrap().min(len)
}

/// An access has done what it must have, if it was for these ranges.
fn judge<A: Access>(
    map: &MappedFile<A>,
    file: &File,
    ranges: &[(usize, usize)],
    done: Result<(), &MapError>,
) -> bool {
    let within =
        |(offset, len): &(usize, usize)| *offset <= map.len() && *len <= map.len() - *offset;
    if !ranges.iter().all(within) {
        let error = done.unwrap_err();
        assert_eq!((None, None), (error.fault(), error.errno()), "{error}");
        return false;
    }
    if map.lost().is_some() {
        // Pages may be lost that were there.
        return false;
    }
    let there = ranges.iter().map(|(offset, len)| there(map, file, *offset, *len));
    let (least, len) = (there.min().unwrap(), ranges[0].1);
    match done {
        Ok(()) => assert_eq!(len, least),
        Err(error) => {
            let fault = error.fault().unwrap();
            assert_eq!((ranges[0], true), ((fault.offset, fault.len), least < len), "{error}");
            // Overlapping bytes may be moved from the end: then none counts.
            assert!(fault.done == least || ranges.len() == 2 && fault.done == 0, "{error}");
        }
    }
    done.is_ok()
}

/// Compares bytes with the file's, as far as it goes.
fn compare<A: Access>(map: &MappedFile<A>, file: &File, offset: usize, bytes: &[u8]) {
    if !map.is_private() {
        let mut wanted = vec![0; bytes.len()];
        let read = file.read_at(&mut wanted, map.file_offset() + offset as u64).unwrap();
        assert!(wanted[..read] == bytes[..read]);
    }
}

pub(super) fn read<A: Access>(
    map: &MappedFile<A>,
    file: &File,
    kind: u8,
    offset: usize,
    len: usize,
) {
    match kind % 3 {
        0 => {
            let mut buffer = vec![0; len.min(50_000)];
            let done = map.read_at(offset, &mut buffer);
            if judge(map, file, &[(offset, buffer.len())], done.as_ref().map(drop)) {
                compare(map, file, offset, &buffer);
            }
        }
        1 => {
            let done = map.load::<u64>(offset);
            if judge(map, file, &[(offset, 8)], done.as_ref().map(drop)) {
                compare(map, file, offset, &done.unwrap().to_ne_bytes());
            }
        }
        _ => {
            let end = offset.saturating_add(len);
            let done = map.to_vec(offset..end);
            let ranges = [(offset, end - offset)];
            if judge(map, file, &ranges, done.as_ref().map(drop)) {
                compare(map, file, offset, &done.unwrap());
            }
        }
    }
}

/// A slice of what is there and what is not.
pub(super) fn scope<A: Access>(map: &MappedFile<A>, file: &File, range: Arg) {
    let place = |bytes: &[u8]| bytes.as_ptr().addr() - map.as_ptr().addr();
    let intact = map.lost().is_none();
    let read = |bytes: &[u8]| {
        let whole = bytes.is_empty() || there(map, file, place(bytes), bytes.len()) == bytes.len();
        std::hint::black_box(bytes.iter().map(|byte| usize::from(*byte)).sum::<usize>());
        whole
    };
    // Nobody changes the file meanwhile.
    match unsafe { map.with_slice(range, read) } {
        Ok(whole) => assert!(whole),
        Err(error) => assert!(!intact || error.fault().is_none() || map.lost().is_some()),
    }
}

pub(super) fn write<A: Writable>(
    map: &MappedFile<A>,
    file: &File,
    kind: u8,
    offset: usize,
    len: usize,
) {
    match kind % 3 {
        0 => {
            let bytes = vec![3; len.min(50_000)];
            let done = map.write_at(offset, &bytes);
            if judge(map, file, &[(offset, bytes.len())], done.as_ref().map(drop)) {
                compare(map, file, offset, &bytes);
            }
        }
        1 => {
            let end = offset.saturating_add(len);
            let done = map.fill(offset..end, 4);
            if judge(map, file, &[(offset, end - offset)], done.as_ref().map(drop)) {
                compare(map, file, offset, &vec![4; len]);
            }
        }
        _ => {
            let n = (len / 3).min(offset);
            let done = map.copy_within(offset..offset.saturating_add(n), len);
            let _ = judge(
                map,
                file,
                &[(offset, offset.saturating_add(n) - offset), (len, n)],
                done.as_ref().map(drop),
            );
        }
    }
}
