//! Guarded copies and loads, on pages that are there, and the price of one that is not.

use std::{
    cell::UnsafeCell,
    fs::File,
    hint::black_box,
    os::unix::fs::FileExt as _,
    rc::Rc,
    slice,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use mman::{FileMap, FileMapMut};

use super::PAGE;
use crate::row::{EQUAL, Role, Row, by, in_words, threads_in_words, with_own};

/// What the copies are out of: the largest of them, and where it may start.
const SIZE: usize = (1 << 20) + 4096;

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for size in [1, 8, 64, 256, 4096, 64 << 10, 1 << 20] {
        // Where the bytes lie in their pages: those of the map, those of the buffer.
        for (name, from, to) in [("aligned", 0, 0), ("odd source", 1, 0), ("odd buffer", 0, 1)] {
            rows.push(read(name, size, from, to));
        }
        rows.push(write(size));
    }
    rows.extend([64, 4096, 1 << 20].map(read_by_two));
    for (name, offset) in [("", 8), (", unaligned", 13)] {
        rows.extend([load(name, offset, 1), store(name, offset)]);
    }
    rows.push(load("", 8, 2));
    rows.extend([fill(), copy_within(), fetch_add(), fault(1), fault(2), fault_in_a_slice()]);
    rows
}

fn map() -> (File, FileMapMut) {
    let file = tempfile::tempfile().expect("a file");
    let map = FileMapMut::with_len(&file, SIZE).expect("a map");
    map.fill(.., 1).expect("all of it");
    (file, map)
}

/// A buffer that the contenders of a row use by turns. Were it one for each, then how it lies to the
/// map in its page would tell them apart: that makes a copy three times as slow, or not.
#[derive(Clone)]
struct Buffer {
    start: *mut u8,
    size: usize,
    _bytes: Rc<UnsafeCell<Vec<u8>>>,
}

impl Buffer {
    /// Its first byte lies so far behind a multiple of 4096.
    fn new(size: usize, offset: usize) -> Self {
        let mut bytes = vec![1; size + offset + 4096];
        let start = bytes.as_mut_ptr().wrapping_add(bytes.as_ptr().align_offset(4096) + offset);
        Self { start, size, _bytes: Rc::new(UnsafeCell::new(bytes)) }
    }

    /// A length that the compiler does not know.
    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: they are a part of the vector, which nobody else refers to: of the contenders, who
        // have a buffer each and hold it for one run, one runs at a time.
        unsafe { slice::from_raw_parts_mut(black_box(self.start), black_box(self.size)) }
    }
}

/// Where a buffer lies in its page, while the map's bytes start with theirs.
const APART: usize = 64;

fn read(name: &str, size: usize, from: usize, to: usize) -> Row {
    Row::new(format!("guarded/read_at, {name}/{}", in_words(size as u64)), move |contest| {
        let (file, map) = map();
        let start = map.as_ptr().wrapping_add(from);
        let mut ours = Buffer::new(size, APART + to);
        let (mut peer, mut plain) = (ours.clone(), ours.clone());
        contest
            .bytes(size as u64)
            .limit_goal(EQUAL)
            .ours("read_at", move || {
                map.read_at(black_box(from), ours.bytes()).expect("all of it");
            })
            .peer("pread", move || {
                file.read_exact_at(peer.bytes(), from as u64).expect("all of it");
            })
            .limit("memcpy", move || {
                let to = plain.bytes();
                // SAFETY: the bytes are mapped while the row lives, nobody changes them, and the
                // buffer is apart.
                unsafe { black_box(start).copy_to_nonoverlapping(to.as_mut_ptr(), to.len()) };
            })
    })
}

fn write(size: usize) -> Row {
    Row::new(format!("guarded/write_at/{}", in_words(size as u64)), move |contest| {
        let (file, map) = map();
        let start = map.as_ptr().cast_mut();
        let mut ours = Buffer::new(size, APART);
        let (mut peer, mut plain) = (ours.clone(), ours.clone());
        contest
            .bytes(size as u64)
            .limit_goal(EQUAL)
            .ours("write_at", move || {
                map.write_at(black_box(0), ours.bytes()).expect("all of it");
            })
            .peer("pwrite", move || {
                file.write_all_at(peer.bytes(), 0).expect("all of it");
            })
            .limit("memcpy", move || {
                let from = plain.bytes();
                // SAFETY: the bytes are mapped while the row lives, nobody else uses them, and the
                // buffer is apart.
                unsafe { black_box(start).copy_from_nonoverlapping(from.as_ptr(), from.len()) };
            })
    })
}

/// Both threads read the same bytes.
fn read_by_two(size: usize) -> Row {
    Row::new(format!("guarded/read_at, two threads/{}", in_words(size as u64)), move |contest| {
        let (_, map) = map();
        let map = Arc::new(map);
        let (ours, plain) = (Arc::clone(&map), map);
        let buffer = move || Buffer::new(size, APART);
        contest
            .bytes(size as u64)
            .limit_goal(EQUAL)
            .with("read_at", Role::Ours, {
                with_own(2, buffer, move |buffer| {
                    ours.read_at(black_box(0), buffer.bytes()).expect("all of it");
                })
            })
            .with("memcpy", Role::Limit, {
                with_own(2, buffer, move |buffer| {
                    let to = buffer.bytes();
                    let from = black_box(plain.as_ptr());
                    // SAFETY: the bytes are mapped, nobody changes them, and the buffer is apart.
                    unsafe { from.copy_to_nonoverlapping(to.as_mut_ptr(), to.len()) };
                })
            })
    })
}

fn load(name: &str, offset: usize, threads: usize) -> Row {
    let with = threads_in_words(threads);
    Row::new(format!("guarded/load of u64{name}{with}"), move |contest| {
        let (file, map) = map();
        let map = Arc::new(map);
        let plain = Arc::clone(&map);
        contest
            .with("load", Role::Ours, {
                by(threads, move || map.load::<u64>(black_box(offset)).expect("it is there"))
            })
            .with("pread", Role::Peer, {
                by(threads, move || {
                    let mut word = [0; 8];
                    file.read_exact_at(&mut word, black_box(offset as u64)).expect("it is there");
                    u64::from_ne_bytes(word)
                })
            })
            .with("one instruction", Role::Limit, {
                by(threads, move || {
                    let from = black_box(plain.as_ptr()).wrapping_add(offset).cast::<u64>();
                    // SAFETY: the bytes are mapped while the row lives, and nobody changes them.
                    unsafe { from.read_unaligned() }
                })
            })
    })
}

fn store(name: &str, offset: usize) -> Row {
    Row::new(format!("guarded/store of u64{name}"), move |contest| {
        let (file, map) = map();
        let start = map.as_ptr().cast_mut();
        contest
            .ours("store", move || {
                map.store(black_box(offset), black_box(7u64)).expect("it is there");
            })
            .peer("pwrite", move || {
                let word = black_box(7u64).to_ne_bytes();
                file.write_all_at(&word, offset as u64).expect("it is there");
            })
            .limit("one instruction", move || {
                let to = black_box(start).wrapping_add(offset).cast::<u64>();
                // SAFETY: the bytes are mapped while the row lives, and nobody else uses them.
                unsafe { to.write_unaligned(black_box(7)) };
            })
    })
}

fn fill() -> Row {
    Row::new("guarded/fill/4 KiB", |contest| {
        let (_, map) = map();
        let start = map.as_ptr().cast_mut();
        contest
            .bytes(PAGE as u64)
            .limit_goal(EQUAL)
            .ours("fill", move || map.fill(..black_box(PAGE), black_box(7)).expect("all of it"))
            .limit("ptr::write_bytes", move || {
                // SAFETY: the bytes are mapped while the row lives, and nobody else uses them.
                unsafe { black_box(start).write_bytes(black_box(7), black_box(PAGE)) };
            })
    })
}

/// To bytes apart, as a program moves what is in a file.
fn copy_within() -> Row {
    Row::new("guarded/copy_within/4 KiB", |contest| {
        const TO: usize = 2 * PAGE + APART;
        let (_, map) = map();
        let start = map.as_ptr().cast_mut();
        contest
            .bytes(PAGE as u64)
            .limit_goal(EQUAL)
            .ours("copy_within", move || {
                map.copy_within(..black_box(PAGE), black_box(TO)).expect("all of it");
            })
            .limit("ptr::copy", move || {
                let to = start.wrapping_add(black_box(TO));
                // SAFETY: the bytes are mapped while the row lives, and nobody else uses them.
                unsafe { black_box(start).copy_to(to, black_box(PAGE)) };
            })
    })
}

fn fetch_add() -> Row {
    Row::new("guarded/fetch_add of u64", |contest| {
        let (_, map) = map();
        let start = map.as_ptr().cast_mut().cast::<u64>();
        contest
            .ours("fetch_add", move || {
                map.fetch_add(black_box(8), black_box(1u64)).expect("it is there")
            })
            .limit("AtomicU64", move || {
                // SAFETY: the aligned number is mapped while the row lives, and nobody else uses it.
                let number = unsafe { AtomicU64::from_ptr(black_box(start).wrapping_add(1)) };
                number.fetch_add(black_box(1), Ordering::SeqCst)
            })
    })
}

/// An access to a page that is gone: there is no peer, who would be killed.
fn fault(threads: usize) -> Row {
    let with = threads_in_words(threads);
    Row::new(format!("guarded/a page that is gone{with}"), move |contest| {
        let file = tempfile::tempfile().expect("a file");
        file.set_len(1 << 16).expect("a length");
        let map = FileMap::new(&file).expect("a map");
        file.set_len(0).expect("a length");
        contest.with("read_at", Role::Ours, {
            by(threads, move || map.read_at(black_box(0), &mut [0; 64]).expect_err("it is gone"))
        })
    })
}

/// A slice over a page that is gone, which zeros replace: with a new map each time.
fn fault_in_a_slice() -> Row {
    Row::new("guarded/a page that is gone, in a slice", |contest| {
        let file = tempfile::tempfile().expect("a file");
        contest.ours("map, with_slice", move || {
            file.set_len(1 << 16).expect("a length");
            let map = FileMap::new(&file).expect("a map");
            file.set_len(0).expect("a length");
            // SAFETY: nobody writes to the file.
            unsafe { map.with_slice(.., |bytes| black_box(bytes.first().copied())) }
                .expect_err("it is gone")
        })
    })
}
