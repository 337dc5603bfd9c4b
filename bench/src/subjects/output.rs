//! Output files: an empty one is filled, by a map and by `write`.

use std::{fs::File, os::unix::fs::FileExt as _, rc::Rc};

use memmap2::MmapMut;
use mman::{FileMapMut, fcntl::posix_fallocate};

use crate::row::{Role, Row, in_words, prepared};

pub(super) fn rows(largest: u64) -> Vec<Row> {
    let sizes = [1 << 12, 1 << 16, 1 << 20, 1 << 24, 1 << 28].into_iter();
    let sizes = sizes.filter(|size| *size as u64 <= largest);
    let mut rows: Vec<Row> = sizes.map(|size| fill("disk", tempfile::tempfile, size)).collect();
    rows.push(fill("tmpfs", || tempfile::tempfile_in("/dev/shm"), 1 << 24));
    rows
}

/// A file of no bytes becomes one of so many. It is always the same one, since ext4 takes the longer to
/// find a number for a new one the more have just been deleted; and how it was emptied does not
/// count, since the disk is told of freed blocks.
fn fill(place: &str, make: fn() -> std::io::Result<File>, size: usize) -> Row {
    Row::new(format!("output/an empty file, {place}/{}", in_words(size as u64)), move |contest| {
        let emptied = || {
            let file = Rc::new(make().expect("a file"));
            move || {
                file.set_len(0).expect("no length");
                Rc::clone(&file)
            }
        };
        let bytes = Rc::new(vec![1u8; size]);
        let (ours, write, peer) = (Rc::clone(&bytes), Rc::clone(&bytes), bytes);
        let ours = prepared(emptied(), move |file| {
            let map = FileMapMut::with_len(&*file, size).expect("a map");
            map.write_at(0, &ours).expect("all of it");
        });
        let write = prepared(emptied(), move |file| {
            file.write_all_at(&write, 0).expect("all of it");
        });
        let peer = prepared(emptied(), move |file| {
            posix_fallocate(&*file, 0, size as u64).expect("room on the disk");
            // SAFETY: nobody else knows of the file.
            let mut map = unsafe { MmapMut::map_mut(&*file) }.expect("a map");
            map.copy_from_slice(&peer);
        });
        contest
            .bytes(size as u64)
            .with("FileMapMut::with_len", Role::Ours, ours)
            .with("write", Role::Peer, write)
            .with("memmap2, posix_fallocate", Role::Peer, peer)
    })
}
