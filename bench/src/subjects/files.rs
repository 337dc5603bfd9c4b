//! Files: open and read whole, by size; sum a large cached one.

use std::{
    cell::OnceCell,
    fs::{self, File},
    io::Read as _,
    path::PathBuf,
    rc::Rc,
};

use mman::{Contents, FileMap};
use tempfile::NamedTempFile;

use super::{residency::fill, sizes};
use crate::row::{Row, in_words};

pub(super) fn rows(largest: u64) -> Vec<Row> {
    let mut rows = vec![map_and_unmap()];
    rows.extend(sizes(largest).map(whole));
    for folder in ["", "/dev/shm"] {
        rows.push(sum(folder, largest));
    }
    rows
}

/// A file that is filled when it is first needed.
#[derive(Clone)]
struct Filled(Rc<(NamedTempFile, u64, OnceCell<()>)>);

impl Filled {
    fn new(folder: &str, size: u64) -> Self {
        let file = match folder {
            "" => NamedTempFile::new(),
            _ => NamedTempFile::new_in(folder),
        };
        Self(Rc::new((file.expect("a file"), size, OnceCell::new())))
    }

    fn path(&self) -> PathBuf {
        let (file, size, filled) = &*self.0;
        filled.get_or_init(|| fill(file.as_file(), *size));
        file.path().to_owned()
    }

    fn open(&self) -> File {
        File::open(self.path()).expect("the file")
    }
}

/// An open file is mapped and unmapped, and nothing is touched.
fn map_and_unmap() -> Row {
    let file = Filled::new("", 1 << 16);
    let (ours, peer) = (file.clone(), file);
    let (opened, also) = (OnceCell::new(), OnceCell::new());
    Row::new("files/map+unmap/64 KiB")
        .ours("FileMap::new", move || {
            FileMap::new(opened.get_or_init(|| ours.open())).expect("a map")
        })
        .peer("memmap2", move || {
            // SAFETY: the contents are never looked at.
            unsafe { memmap2::Mmap::map(also.get_or_init(|| peer.open())) }.expect("a map")
        })
}

fn sum_of(bytes: &[u8]) -> u64 {
    let words = bytes.chunks_exact(8).map(|word| word.try_into().map_or(0, u64::from_ne_bytes));
    words.fold(0, u64::wrapping_add)
}

/// From the path to all of the bytes, and to the sum of them.
fn whole(size: u64) -> Row {
    let file = Filled::new("", size);
    let file = || file.clone();
    let (ours, std, peer) = (file(), file(), file());
    Row::new(format!("files/open, read whole/{}", in_words(size)))
        .bytes(size)
        .goal(if size <= 1 << 18 { 2.0 } else { 0.95 })
        .ours("Contents", move || {
            let contents = Contents::open(ours.path()).expect("contents");
            // SAFETY: nobody writes to the file.
            unsafe { contents.with_slice(.., sum_of) }.expect("all of it")
        })
        .peer("fs::read", move || sum_of(&fs::read(std.path()).expect("contents")))
        .peer("memmap2", move || {
            // SAFETY: nobody writes to the file.
            sum_of(&unsafe { memmap2::Mmap::map(&peer.open()) }.expect("a map"))
        })
}

/// A large file that is in memory.
fn sum(folder: &str, size: u64) -> Row {
    let file = Filled::new(folder, size);
    let file = || file.clone();
    let (ours, peer, read, hot) = (file(), file(), file(), OnceCell::new());
    let place = if folder.is_empty() { "disk" } else { "tmpfs" };
    Row::new(format!("files/sum a cached file, {place}/{}", in_words(size)))
        .bytes(size)
        .goal(1.2)
        .ours("Contents", move || {
            let contents = Contents::open(ours.path()).expect("contents");
            // SAFETY: nobody writes to the file.
            unsafe { contents.with_slice(.., sum_of) }.expect("all of it")
        })
        .peer("memmap2", move || {
            // SAFETY: nobody writes to the file.
            sum_of(&unsafe { memmap2::Mmap::map(&peer.open()) }.expect("a map"))
        })
        .peer("read, 128 KiB", move || {
            let mut buffer = vec![0; 128 << 10];
            let (mut file, mut sum) = (read.open(), 0u64);
            loop {
                match file.read(&mut buffer).expect("contents") {
                    0 => return sum,
                    n => sum = sum.wrapping_add(sum_of(buffer.get(..n).unwrap_or_default())),
                }
            }
        })
        .limit("hot memory", move || {
            sum_of(hot.get_or_init(|| vec![1u8; usize::try_from(size).unwrap_or(usize::MAX)]))
        })
}
