//! What is in memory of a file: by the library.

use std::{fs::File, hint::black_box, mem::MaybeUninit, os::fd::AsRawFd as _, ptr};

use mman::{observe, sys::mman::cachestat};

use super::{Filled, sizes};
use crate::row::{EQUAL, Role, Row, by, in_words, threads_in_words};

pub(super) fn rows(largest: u64) -> Vec<Row> {
    let mut rows = Vec::new();
    for size in sizes(largest) {
        rows.push(of("disk", Filled::on_disk, size, 1));
        rows.push(of_known("disk", Filled::on_disk, size));
        if size >= 1 << 20 {
            rows.push(of("tmpfs", Filled::on_tmpfs, size, 1));
        }
    }
    rows.push(of("disk", Filled::on_disk, 16 << 20, 2));
    rows
}

/// Each thread asks about the same file.
fn of(place: &str, make: fn(u64) -> Filled, size: u64, threads: usize) -> Row {
    let (with, len) = (threads_in_words(threads), in_words(size));
    Row::new(format!("residency/{place}{with}/{len}"), move |contest| {
        let file = make(size);
        let (ours, peer, raw) = (file.open(), file.open(), file.open());
        let is_on_disk = place_is_disk(&raw);
        let bare = by(threads, move || {
            black_box(kind_of(&raw));
            cachestat(&raw, 0, 0).expect("an answer")
        });
        let page_cache = by(threads, move || {
            let _ = &file;
            observe::page_cache(&ours).expect("an answer")
        });
        let contest = contest
            .bytes(size)
            .with("observe::page_cache", Role::Ours, page_cache)
            .goal(if size >= 16 << 20 && is_on_disk { 3.0 } else { EQUAL })
            .with("memmap2 + mincore", Role::Peer, {
                by(threads, move || resident_by_mincore(&peer))
            });
        match is_on_disk {
            // Of a directory, too, some file systems keep pages: so it has to be asked what it is.
            true => contest.with("fstat, cachestat", Role::Limit, bare),
            // No limit: without swap space nobody has to look at each page.
            false => contest.goal(EQUAL).with("fstat, cachestat", Role::Peer, bare),
        }
    })
}

/// The same for who knows what the file is.
fn of_known(place: &str, make: fn(u64) -> Filled, size: u64) -> Row {
    Row::new(format!("residency/{place}, metadata known/{}", in_words(size)), move |contest| {
        let file = make(size);
        let (ours, raw) = (file.open(), file.open());
        let metadata = ours.metadata().expect("the file");
        contest
            .bytes(size)
            .ours("page_cache_with", move || {
                let _ = &file;
                observe::page_cache_with(&ours, &metadata).expect("an answer")
            })
            .limit("cachestat", move || cachestat(&raw, 0, 0).expect("an answer"))
    })
}

/// By libc's function.
pub(super) fn kind_of(file: &File) -> libc::mode_t {
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the file is open, and there is room for what is told of it.
    let answer = unsafe { libc::fstat(file.as_raw_fd(), stat.as_mut_ptr()) };
    assert_eq!(answer, 0, "the file is open");
    // SAFETY: the call has told all of it.
    unsafe { stat.assume_init() }.st_mode & libc::S_IFMT
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
