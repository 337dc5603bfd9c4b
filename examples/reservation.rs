//! Addresses first, memory later: `cargo run --release --example reservation`.
//!
//! A small database in memory: a log that one thread appends to and others read, an index that
//! grows beside it, and a heap of pages by raw pointers. All lie in one reservation, none of them
//! ever moves, and whoever runs beyond its own memory dies at once.

use std::{error::Error, thread, time::Instant};

use mman::{Appender, HugePages, MapOptions, Placement, Prefault, Reservation};

fn main() -> Result<(), Box<dyn Error>> {
    let page = mman::page_size();
    let everything = Reservation::new(1 << 36)?;
    println!("{} GiB of addresses at {:p}", everything.len() >> 30, everything.as_ptr());

    // A part of it for the log, with a guard behind it.
    let for_log = everything.reserve(0..1 << 32)?;
    let _guard = everything.reserve(1 << 32..(1 << 32) + page)?;
    let mut options = MapOptions::new();
    options.placement(Placement::Within(for_log, 0)).growth_step(4 << 20);
    // Huge pages, brought in ahead of use, where the system has them.
    options.huge_pages(HugePages::Transparent).prefault(Prefault::Write);
    let memory = options.anon(0)?;
    let start = Instant::now();
    log(memory, 64 << 20)?;
    println!("64 MiB appended and read in {:?}", start.elapsed());

    // Plain memory, wherever there is room.
    let mut index = everything.carve(10 * page)?;
    index.fill(1);
    let before = index.as_ptr();
    index.resize(1000 * page)?;
    assert_eq!((before, index.first()), (index.as_ptr(), Some(&1)));

    // A thousand small values, and all of them gone at once.
    let small: Vec<_> = (0..1000).map(|_| everything.carve(page)).collect::<Result<_, _>>()?;
    let start = Instant::now();
    everything.give_back(small);
    println!("1000 values given back in {:?}", start.elapsed());

    // Memory by raw pointers, for those who keep their own account.
    let heap = (1 << 34)..(1 << 34) + 16 * page;
    let first = everything.commit(heap.clone())?;
    // SAFETY: the page was just committed, and nobody else knows of it.
    unsafe { first.write(7) };
    // SAFETY: nothing uses the pages from here on.
    unsafe { everything.decommit(heap) }?;

    let largest = everything.free_ranges().into_iter().max_by_key(|range| range.len());
    println!("the largest free range is {largest:?}");
    Ok(())
}

/// Appends records while two threads read whatever is there.
fn log(memory: mman::Anon, len: usize) -> Result<(), mman::MapError> {
    let mut log = Appender::new(memory);
    let record = [1; 64];
    thread::scope(|scope| {
        for _ in 0..2 {
            let reader = log.reader();
            scope.spawn(move || {
                let mut sum = 0;
                while sum < len {
                    let seen: &[u8] = &reader;
                    sum += seen
                        .get(sum..)
                        .unwrap_or_default()
                        .iter()
                        .map(|byte| usize::from(*byte))
                        .sum::<usize>();
                    thread::yield_now();
                }
            });
        }
        (0..len / record.len()).try_for_each(|_| log.append(&record).map(drop))
    })
}
