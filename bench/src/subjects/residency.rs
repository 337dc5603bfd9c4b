//! What is in memory of a file: by the library.

use std::{fs::File, ptr};

use mman::observe;

use super::{Filled, sizes};
use crate::row::{EQUAL, Row, in_words};

pub(super) fn rows(largest: u64) -> Vec<Row> {
    let mut rows = Vec::new();
    for size in sizes(largest) {
        rows.push(of("disk", Filled::on_disk, size));
        if size >= 1 << 20 {
            rows.push(of("tmpfs", Filled::on_tmpfs, size));
        }
    }
    rows
}

fn of(place: &str, make: fn(u64) -> Filled, size: u64) -> Row {
    Row::new(format!("residency/{place}/{}", in_words(size)), move |contest| {
        let file = make(size);
        let (ours, peer, raw, known) = (file.open(), file.open(), file.open(), file.open());
        let metadata = known.metadata().expect("the file");
        contest
            .bytes(size)
            .ours("observe::page_cache", move || {
                let _ = &file;
                observe::page_cache(&ours).expect("an answer")
            })
            .ours("page_cache_with", move || {
                observe::page_cache_with(&known, &metadata).expect("an answer")
            })
            .goal(if size >= 16 << 20 && place_is_disk(&raw) { 3.0 } else { EQUAL })
            .peer("memmap2 + mincore", move || resident_by_mincore(&peer))
            .limit("cachestat", move || mman::sys::mman::cachestat(&raw, 0, 0).expect("an answer"))
    })
}

/// Where folios are large.
fn place_is_disk(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let tmpfs = std::fs::metadata("/dev/shm").map_or(0, |about| about.dev());
    file.metadata().is_ok_and(|about| about.dev() != tmpfs)
}

fn resident_by_mincore(file: &File) -> usize {
    // SAFETY: the contents are never looked at.
    let map = unsafe { memmap2::Mmap::map(file) }.expect("a map");
    let mut pages = vec![0u8; map.len().div_ceil(4096)];
    let start = ptr::from_ref(map.as_ref()).cast::<libc::c_void>().cast_mut();
    // SAFETY: the range is mapped, and there is a byte for each of its pages.
    unsafe { libc::mincore(start, map.len(), pages.as_mut_ptr()) };
    pages.iter().filter(|page| **page & 1 == 1).count()
}
