//! Guarded copies and loads, on pages that are there, and the price of one that is not.

use std::{hint::black_box, rc::Rc};

use mman::{FileMap, FileMapMut};

use crate::row::{Row, in_words};

/// What the copies are out of.
const SIZE: usize = 1 << 20;

pub(super) fn rows() -> Vec<Row> {
    let file = tempfile::tempfile().expect("a file");
    let map = Rc::new(FileMapMut::with_len(&file, SIZE).expect("a map"));
    map.fill(.., 1).expect("all of it");
    let mut rows = Vec::new();
    for size in [1, 8, 64, 4096, 64 << 10, SIZE] {
        for offset in [0, 1] {
            if size + offset <= SIZE {
                rows.push(read(&map, size, offset));
            }
        }
    }
    rows.push(load(&map));
    rows.push(fault());
    rows
}

fn read(map: &Rc<FileMapMut>, size: usize, offset: usize) -> Row {
    let start = map.as_ptr().wrapping_add(offset).addr();
    let start = map.as_ptr().with_addr(start);
    let (mut ours, mut plain) = (vec![0u8; size], vec![0u8; size]);
    let map = Rc::clone(map);
    let name = if offset == 0 { "aligned" } else { "odd" };
    Row::new(format!("guarded/read_at, {name}/{}", in_words(size as u64)))
        .bytes(size as u64)
        .ours("read_at", move || {
            map.read_at(black_box(offset), black_box(&mut ours)).expect("all of it");
        })
        .limit("memcpy", move || {
            let to = black_box(&mut plain);
            // SAFETY: the bytes are mapped, nobody changes them, and the buffer is apart.
            unsafe { black_box(start).copy_to_nonoverlapping(to.as_mut_ptr(), to.len()) };
        })
}

fn load(map: &Rc<FileMapMut>) -> Row {
    let start = map.as_ptr().cast::<u64>();
    let map = Rc::clone(map);
    Row::new("guarded/load of u64")
        .ours("load", move || map.load::<u64>(black_box(8)).expect("it is there"))
        .limit("read_volatile", move || {
            // SAFETY: the bytes are mapped, and nobody changes them.
            unsafe { black_box(start).wrapping_add(1).read_volatile() }
        })
}

/// An access to a page that is gone: there is no peer, who would be killed.
fn fault() -> Row {
    let file = tempfile::tempfile().expect("a file");
    file.set_len(1 << 16).expect("a length");
    let map = FileMap::new(&file).expect("a map");
    file.set_len(0).expect("a length");
    Row::new("guarded/a page that is gone")
        .ours("read_at", move || map.read_at(black_box(0), &mut [0; 64]).expect_err("it is gone"))
}
