//! Private anonymous memory: map and unmap, make ready, release, give back and use again.

use std::{
    hint::black_box,
    ptr,
    time::{Duration, Instant},
};

use mman::{Anon, HugePages, MapOptions, Prefault};

use super::sizes;
use crate::row::{Role, Row, in_words};

const PAGE: usize = 4096;

pub(super) fn rows(largest: u64) -> Vec<Row> {
    let mut rows = Vec::new();
    for size in sizes(largest) {
        rows.push(map_and_unmap(size as usize));
    }
    for size in sizes(largest).filter(|size| *size >= 1 << 16) {
        rows.push(ready(size as usize));
        rows.push(release(size as usize));
        rows.push(use_again(size as usize));
    }
    rows
}

/// Nothing is touched: what is left is the library and two system calls.
fn map_and_unmap(size: usize) -> Row {
    Row::new(format!("anonymous/map+unmap/{}", in_words(size as u64)))
        .ours("Anon::new", move || Anon::new(size).expect("memory"))
        .peer("memmap2", move || memmap2::MmapMut::map_anon(size).expect("memory"))
        .peer("mmap-rs", move || {
            mmap_rs::MmapOptions::new(size).expect("a length").map_mut().expect("memory")
        })
        .peer("region", move || {
            region::alloc(size, region::Protection::READ_WRITE).expect("memory")
        })
        .limit("system calls", move || raw_map_and_unmap(size))
}

fn raw_map_and_unmap(size: usize) {
    let prot = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
    // SAFETY: new memory, at an address that the system picks.
    let start = unsafe { libc::mmap(ptr::null_mut(), size, prot, flags, -1, 0) };
    // SAFETY: it was just mapped, and nobody has its address.
    unsafe { libc::munmap(black_box(start), size) };
}

fn touch(memory: &mut [u8]) {
    for page in memory.chunks_mut(PAGE) {
        if let Some(byte) = page.first_mut() {
            *byte = 1;
        }
    }
}

/// Memory that can be written without a fault, and its end.
fn ready(size: usize) -> Row {
    let mut hot = vec![1u8; size];
    Row::new(format!("anonymous/ready/{}", in_words(size as u64)))
        .bytes(size as u64)
        .goal(if size >= 4 << 20 { 4.0 } else { 0.95 })
        .ours("Prefault::Write", move || {
            MapOptions::new().prefault(Prefault::Write).anon(size).expect("memory")
        })
        .peer("memmap2, touched", move || {
            let mut memory = memmap2::MmapMut::map_anon(size).expect("memory");
            touch(&mut memory);
            memory
        })
        .peer("memmap2, populate", move || {
            memmap2::MmapOptions::new().len(size).populate().map_anon().expect("memory")
        })
        .peer("vec![0; n], touched", move || {
            let mut memory = vec![0u8; size];
            touch(&mut memory);
            memory
        })
        .limit("memset", move || {
            hot.fill(black_box(1));
        })
}

/// The end of memory that is all there.
fn release(size: usize) -> Row {
    fn ends<T>(mut make: impl FnMut() -> T + 'static) -> impl FnMut(u64) -> Duration + 'static {
        move |times| {
            let mut spent = Duration::ZERO;
            for _ in 0..times {
                let memory = make();
                let start = Instant::now();
                drop(memory);
                spent += start.elapsed();
            }
            spent
        }
    }
    Row::new(format!("anonymous/release/{}", in_words(size as u64)))
        .bytes(size as u64)
        .with("drop of Anon", Role::Ours, {
            ends(move || MapOptions::new().prefault(Prefault::Write).anon(size).expect("memory"))
        })
        .with("memmap2", Role::Peer, {
            ends(move || {
                memmap2::MmapOptions::new().len(size).populate().map_anon().expect("memory")
            })
        })
}

/// Pages are given back and written again.
fn use_again(size: usize) -> Row {
    let of = |huge_pages| {
        let mut options = MapOptions::new();
        options.huge_pages(huge_pages).prefault(Prefault::Write);
        options.anon(size).expect("memory")
    };
    let (mut ours, mut small) = (of(HugePages::Default), of(HugePages::Never));
    let mut peer = memmap2::MmapOptions::new().len(size).populate().map_anon().expect("memory");
    Row::new(format!("anonymous/give back and use again/{}", in_words(size as u64)))
        .things((size / PAGE) as u64)
        .ours("discard, prefault", move || {
            ours.discard(..).expect("whole pages");
            ours.prefault(..).expect("memory");
        })
        .peer("memmap2, DONTNEED", move || {
            // SAFETY: the memory is private, and nothing refers to it.
            unsafe { peer.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) }.expect("advice");
            touch(&mut peer);
        })
        .peer("mman, small pages", move || {
            small.discard(..).expect("whole pages");
            small.prefault(..).expect("memory");
        })
}
