//! Accesses to maps of files, in all ways.

use std::{
    io::{BufRead as _, Read as _, Seek as _, SeekFrom, Write as _},
    ops::Range,
    os::unix::fs::FileExt as _,
    thread,
};

use mman::{
    MapCursor, MappedFile,
    access::{Access, Writable},
    page_size,
};

use super::{
    World,
    files::{MEMORY, READING},
    input::Input,
    model::accepted,
    tell,
};

/// What a map of a file that nobody changes now shows is what reading the file gives, up to the end
/// of the file's last page, and there it ends.
pub(super) fn check<A: Access>(world: &mut World<'_>, map: &MappedFile<A>, file: usize) {
    assert_eq!(map.is_empty(), map.mapped_len() == 0);
    if map.is_empty() || map.is_private() || map.lost().is_some() || file > READING {
        return;
    }
    let range = within(&mut world.input, map.len());
    let mut bytes = vec![0; range.len()];
    let done = map.read_at(range.start, &mut bytes);
    let file = world.files.get(file);
    let (page, end) = (page_size() as u64, file.metadata().unwrap().len());
    let from = map.file_offset() + range.start as u64;
    let there = end.next_multiple_of(page).saturating_sub(from).min(bytes.len() as u64) as usize;
    match done {
        Ok(()) => assert_eq!(there, bytes.len(), "read beyond the file"),
        Err(error) => {
            let told = error.fault().expect("another error");
            let expected = (range.start, bytes.len(), there);
            assert_eq!(expected, (told.offset, told.len, told.done), "{error}");
            assert!(there < bytes.len());
        }
    }
    let mut expected = vec![0; end.saturating_sub(from).min(there as u64) as usize];
    file.read_exact_at(&mut expected, from).unwrap();
    assert!(bytes.starts_with(&expected), "not what the file holds");
}

/// A range within a length, of up to 64 KiB.
fn within(input: &mut Input<'_>, len: usize) -> Range<usize> {
    let start = input.number(len) % (len + 1);
    let count = input.number(len - start) % (1 << 16);
    start..start + count.min(len - start)
}

/// Reads in all ways.
pub(super) fn read<A: Access>(input: &mut Input<'_>, map: &MappedFile<A>) {
    let len = map.len();
    let (at, range) = (input.number(len), input.range(len));
    match input.below(9) {
        #[cfg(feature = "zerocopy")]
        8 => tell(map.load_as::<[u16; 7]>(at).and(map.load_as::<u64>(at).map(|_| [0; 7]))),
        0 => {
            let mut bytes = input.bytes();
            tell(map.read_at(at, &mut bytes));
        }
        1 => match map.to_vec(range) {
            Ok(all) => assert_eq!(accepted(range, len).len(), all.len()),
            failed => tell(failed),
        },
        2 => match map.chunks(range, input.number(len)) {
            Ok(mut chunks) => {
                let mut at = chunks.offset();
                for _ in 0..50 {
                    let Some(chunk) = chunks.next_chunk() else { break };
                    match chunk {
                        Ok(chunk) => at += chunk.len(),
                        failed => tell(failed),
                    }
                    assert_eq!(at, chunks.offset());
                }
            }
            failed => tell(failed.map(drop)),
        },
        3 => tell(map.load::<u8>(at).and(map.load::<u16>(at)).and(map.load::<u32>(at))),
        4 => tell(map.load::<u64>(at).and(map.load::<u128>(at).map(|value| value as u64))),
        5 => tell(map.load::<[u32; 5]>(at)),
        6 => tell(map.load_atomic::<u8>(at).and(map.load_atomic::<i16>(at).map(|_| 0))),
        _ => tell(map.load_atomic::<u64>(at).and(map.load_atomic::<u32>(at).map(u64::from))),
    }
}

/// Writes in all ways.
pub(super) fn write<A: Writable>(input: &mut Input<'_>, map: &mut MappedFile<A>) {
    let len = map.len();
    let (at, range, value) = (input.number(len), input.range(len), input.byte());
    match input.below(15) {
        #[cfg(feature = "zerocopy")]
        14 => tell(map.store_as(at, &*input.bytes()).and(map.store_as(at, &value))),
        0 | 1 => tell(map.write_at(at, &input.bytes())),
        2 => tell(map.fill(range, value)),
        3 => tell(map.copy_within(range, at)),
        4 => tell(map.prefault_write(range)),
        5 => tell(map.store(at, value).and(map.store(at, 1_u16)).and(map.store(at, 2_i32))),
        6 => {
            tell(map.store(at, 1.5_f64).and(map.store(at, [value; 11])).and(map.store(at, 3_i128)))
        }
        7 => tell(map.store_atomic(at, 4_u64).and(map.store_atomic(at, value))),
        8 => tell(map.swap(at, 5_u16)),
        9 => tell(map.compare_exchange(at, u32::from(value), 7)),
        10 => tell(map.fetch_add(at, u64::MAX)),
        11 => tell(map.fetch_update(at, |old: u8| old ^ value)),
        12 => {
            let mut cursor = map.cursor();
            seek(input, &mut cursor);
            drop(cursor.write(&input.bytes()));
            drop(cursor.read(&mut input.bytes()));
            drop(cursor.write_all(&input.bytes()));
        }
        _ => {
            // SAFETY: this thread alone has the map, and nobody else changes the file now.
            let done = unsafe { map.with_slice_mut(range, |bytes| bytes.fill(value)) };
            tell(done);
        }
    }
}

fn seek<A: Access>(input: &mut Input<'_>, cursor: &mut MapCursor<'_, A>) {
    let by = input.number(0);
    let to = match input.below(3) {
        0 => SeekFrom::Start(by as u64),
        1 => SeekFrom::End((by as i64).wrapping_neg()),
        _ => SeekFrom::Current(by as i64),
    };
    drop(cursor.seek(to));
}

pub(super) fn cursor<A: Access>(input: &mut Input<'_>, map: &MappedFile<A>) {
    let mut cursor = map.cursor();
    for _ in 0..input.below(5) {
        match input.below(5) {
            0 | 1 => seek(input, &mut cursor),
            2 => drop(cursor.read(&mut input.bytes())),
            3 => drop(cursor.fill_buf().map(<[u8]>::len)),
            _ => cursor.consume(input.number(0)),
        }
    }
    drop(cursor.read_until(7, &mut Vec::new()));
}

/// A slice of a file that becomes shorter, which is all that happens to it meanwhile.
pub(super) fn scoped<A: Access>(world: &mut World<'_>, map: &MappedFile<A>) {
    let input = &mut world.input;
    let (range, inner) = (input.range(map.len()), input.range(map.len()));
    let shorter = input.flag().then(|| input.number(map.len()) as u64);
    let file = world.files.changeable(input);
    let sum = |bytes: &[u8]| bytes.iter().step_by(97).map(|byte| u64::from(*byte)).sum::<u64>();
    let outer = |bytes: &[u8]| {
        let first = sum(bytes);
        if let Some(len) = shorter.filter(|len| *len < file.metadata().unwrap().len()) {
            file.set_len(len).unwrap();
        }
        // SAFETY: as below.
        tell(unsafe { map.with_slice(inner, sum) });
        first.wrapping_add(sum(bytes))
    };
    // SAFETY: this thread alone has the map and the file, and makes it shorter at most.
    tell(unsafe { map.with_slice(range, outer) });
    let lost = map.lost();
    assert!(lost.is_none_or(|lost| lost.end <= map.len() && !lost.is_empty()));
}

/// Calls while another thread makes the file shorter and longer.
pub(super) fn race<A: Access>(world: &mut World<'_>, map: &MappedFile<A>) {
    let input = &mut world.input;
    let (len, range) = (map.len(), within(input, map.len()));
    let file = world.files.get(MEMORY);
    let old = file.metadata().unwrap().len();
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            for round in 0..20_u64 {
                file.set_len(if round % 2 == 0 { 0 } else { old }).unwrap();
            }
        });
        for _ in 0..10 {
            tell(map.to_vec(range.clone()));
            tell(map.load::<u64>(range.start));
            tell(map.prefault(..));
            verbs!(&mut *input, map, len);
        }
        // The scope waits for the closure only, and not for the end of the thread.
        other.join().unwrap();
    });
}
