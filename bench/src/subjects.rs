//! The rows, by subject. A new subject is a file here and a line below.

mod anonymous;
mod calls;
mod files;
mod guarded;
mod output;
mod processes;
mod random;
mod reservation;
mod residency;
mod tools;

use std::{fs::File, hint::black_box, os::unix::fs::FileExt as _, path::Path};

use tempfile::NamedTempFile;

use crate::row::Row;

const PAGE: usize = 4096;

/// All rows; those that grow do so up to `largest` bytes.
pub(crate) fn rows(largest: u64) -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(calls::rows());
    rows.extend(anonymous::rows(largest));
    rows.extend(reservation::rows(largest));
    rows.extend(random::rows(largest));
    rows.extend(files::rows(largest));
    rows.extend(output::rows(largest));
    rows.extend(guarded::rows());
    rows.extend(residency::rows(largest));
    rows.extend(processes::rows());
    rows.extend(tools::rows(largest));
    rows
}

/// 4 KiB, 64 KiB … up to `largest`.
fn sizes(largest: u64) -> impl Iterator<Item = u64> {
    (0..).map(|step| 4096u64 << (4 * step)).take_while(move |size| *size <= largest)
}

/// A file whose contents are all in the page cache; it goes when this is dropped.
struct Filled(NamedTempFile);

impl Filled {
    /// On the disk, where temporary files are.
    fn on_disk(size: u64) -> Self {
        Self::with(NamedTempFile::new(), size)
    }

    /// In memory.
    fn on_tmpfs(size: u64) -> Self {
        Self::with(NamedTempFile::new_in("/dev/shm"), size)
    }

    /// On the disk, written page by page: so its folios are single pages.
    fn by_pages(size: u64) -> Self {
        Self::by(NamedTempFile::new(), size, PAGE)
    }

    /// Without contents, which nobody looks at.
    fn sparse(size: u64) -> Self {
        let file = NamedTempFile::new().expect("a file");
        file.as_file().set_len(size).expect("a length");
        Self(file)
    }

    fn with(file: std::io::Result<NamedTempFile>, size: u64) -> Self {
        Self::by(file, size, 1 << 20)
    }

    fn by(file: std::io::Result<NamedTempFile>, size: u64, block: usize) -> Self {
        let file = file.expect("a file");
        let block = vec![1u8; block];
        let mut offset = 0;
        while offset < size {
            let len = (size - offset).min(block.len() as u64);
            let part = block.get(..len as usize).unwrap_or(&block);
            file.as_file().write_all_at(part, offset).expect("room on the disk");
            offset += len;
        }
        // Whoever writes it back later would disturb what is measured.
        file.as_file().sync_all().expect("it is on the disk");
        Self(file)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn open(&self) -> File {
        File::open(self.path()).expect("the file")
    }
}

/// Writes to each page. One function for all: how a loop lies in the program must not count.
#[inline(never)]
fn touch(memory: &mut [u8]) {
    for page in memory.chunks_mut(PAGE) {
        if let Some(byte) = page.first_mut() {
            *byte = black_box(1);
        }
    }
}

/// The same on two threads, half of it each.
fn touch_by_two(memory: &mut [u8]) {
    let half = memory.len() / 2 / PAGE * PAGE;
    let (one, two) = memory.split_at_mut(half);
    std::thread::scope(|scope| {
        scope.spawn(|| touch(one));
        touch(two);
    });
}

/// The sum of words, by lines of 64 bytes, so that it costs little: one function for all, too.
#[inline(never)]
fn sum_of(bytes: &[u8]) -> u64 {
    let mut sums = [0u64; 8];
    for line in bytes.chunks_exact(64) {
        for (sum, word) in sums.iter_mut().zip(line.chunks_exact(8)) {
            *sum = sum.wrapping_add(word.try_into().map_or(0, u64::from_ne_bytes));
        }
    }
    sums.into_iter().fold(0, u64::wrapping_add)
}
