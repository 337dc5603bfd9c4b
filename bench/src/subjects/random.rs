//! Random access: words that are read one after the other, each at an address that the one before
//! has its part in.

use std::{
    ops::DerefMut,
    os::unix::fs::FileExt as _,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use memmap2::{Advice, MmapMut};
use mman::{Anon, FileMap, HugePages, MapOptions, Prefault};

use super::{Filled, touch};
use crate::row::{EQUAL, Role, Row, in_words, threads_in_words, with_own};

/// How many words a run reads.
const STEPS: u64 = 100_000;

pub(super) fn rows(largest: u64) -> Vec<Row> {
    let sizes = [64 << 20, 1 << 30, 4 << 30].into_iter().filter(|size| *size <= largest);
    let mut rows: Vec<Row> = sizes.map(|size| memory(size as usize, 1)).collect();
    rows.push(memory(64 << 20, 2));
    rows.push(file(largest.min(256 << 20)));
    rows
}

/// Reads words by offset, as many as there are steps; `size` is a power of two.
///
/// A run goes on where the one before ended. The words of one run, read again and again, would lie in
/// the processor's caches or just not, by chance: so few are not what memory of this size costs.
fn steps(state: &mut u64, size: usize, mut load: impl FnMut(usize) -> u64) -> u64 {
    let words = size / 8;
    for _ in 0..STEPS {
        let next = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let word = (next >> 20) as usize & (words - 1);
        *state = next.wrapping_add(load(word * 8));
    }
    *state
}

/// A job that does so, over and over.
fn walk(size: usize, mut load: impl FnMut(usize) -> u64) -> impl FnMut() -> u64 {
    let mut state = 1;
    move || steps(&mut state, size, &mut load)
}

fn word(bytes: &[u8], offset: usize) -> u64 {
    let word = bytes.get(offset..offset + 8).and_then(|word| word.try_into().ok());
    word.map_or(0, u64::from_ne_bytes)
}

/// Each thread reads memory of its own.
fn memory(size: usize, threads: usize) -> Row {
    let (with, len) = (threads_in_words(threads), in_words(size as u64));
    Row::new(format!("random access/memory{with}/{len}"), move |contest| {
        let mut small = MapOptions::new();
        small.huge_pages(HugePages::Never);
        let map = move || MmapMut::map_anon(size).expect("memory");
        let huge = move || {
            let memory = map();
            memory.advise(Advice::HugePage).expect("advice");
            memory
        };
        contest
            .things(STEPS)
            .fewer_rounds(size)
            .with("Anon", Role::Ours, {
                in_touched(threads, move || Anon::new(size).expect("memory"))
            })
            .with("HugePages::Never", Role::Ours, {
                in_touched(threads, move || small.anon(size).expect("memory"))
            })
            .goal(1.2)
            .with("memmap2", Role::Peer, in_touched(threads, map))
            .goal(EQUAL)
            .with("Vec", Role::Peer, in_touched(threads, move || vec![0; size]))
            .with("memmap2, HugePage", Role::Peer, in_touched(threads, huge))
    })
}

/// In memory that is there for a turn only, since all at once would be too much.
fn in_touched<M: DerefMut<Target = [u8]>>(
    threads: usize,
    make: impl Fn() -> M + Sync,
) -> impl FnMut(u64) -> Duration {
    let touched = move || {
        let mut memory = make();
        touch(&mut memory);
        memory
    };
    let last = AtomicU64::new(1);
    with_own(threads, touched, move |memory| {
        let mut state = last.load(Ordering::Relaxed);
        steps(&mut state, memory.len(), |offset| word(memory, offset));
        last.store(state, Ordering::Relaxed);
    })
}

/// Of a file that is cached and whose pages are mapped.
fn file(size: u64) -> Row {
    Row::new(format!("random access/file/{}", in_words(size)), move |contest| {
        let file = Filled::on_disk(size);
        let len = size as usize;
        let map = |file: &Filled| {
            MapOptions::new().prefault(Prefault::Read).file(file.open(), ..).expect("a map")
        };
        let (ours, slice): (FileMap, FileMap) = (map(&file), map(&file));
        let populated = || memmap2::MmapOptions::new().populate().clone();
        // SAFETY: nobody writes to the file.
        let peer = unsafe { populated().map(&file.open()) }.expect("a map");
        let opened = file.open();
        let other = file.open();
        let options = mmap_rs::MmapOptions::new(len).expect("a length");
        // SAFETY: nobody writes to the file.
        let options = unsafe { options.with_file(&other, 0) };
        let other = options.with_flags(mmap_rs::MmapFlags::POPULATE).map().expect("a map");
        let load = move |offset: usize| {
            let _ = &file;
            ours.load::<u64>(offset).expect("it is there")
        };
        let pread = move |offset: usize| {
            let mut word = [0; 8];
            opened.read_exact_at(&mut word, offset as u64).expect("it is there");
            u64::from_ne_bytes(word)
        };
        let mut state = 1;
        let in_slice = move || {
            let mut read = |bytes: &[u8]| steps(&mut state, len, |offset| word(bytes, offset));
            // SAFETY: nobody writes to the file.
            unsafe { slice.with_slice(.., &mut read) }
        };
        contest
            .things(STEPS)
            .ours("FileMap::load", walk(len, load))
            .ours("FileMap::with_slice", in_slice)
            .peer("memmap2", walk(len, move |offset| word(&peer, offset)))
            .peer("mmap-rs", walk(len, move |offset| word(other.as_slice(), offset)))
            .peer("pread", walk(len, pread))
    })
}
