//! Private anonymous memory: map and unmap, make ready, release, give back and use again.

use std::{cell::RefCell, hint::black_box, num::NonZeroUsize, ptr, rc::Rc};

use memmap2::{Advice, MmapMut};
use mman::{Anon, HugePages, MapOptions, Prefault, Protection};

use super::{PAGE, sizes, touch, touch_by_two};
use crate::row::{EQUAL, Role, Row, by, ending, in_words, threads_in_words, with_own};

pub(super) fn rows(largest: u64) -> Vec<Row> {
    let mut rows: Vec<Row> = sizes(largest).map(|size| map_and_unmap(size as usize, 1)).collect();
    rows.extend([PAGE, 16 << 20].map(|size| map_and_unmap(size, 2)));
    rows.extend([1000, 60_000].map(among));
    rows.extend([1, 1000, 60_000].map(values));
    for size in sizes(largest).map(|size| size as usize) {
        rows.push(ready(size));
        if size >= FRESH {
            rows.push(ready_by_two(size));
        }
        rows.extend([release(size, 1), discard(size), free_lazily(size)]);
    }
    rows.extend([release(256 << 20, 2), discard_by_two(256 << 20)]);
    rows
}

/// How much faster we mean to be than those who do not ask for huge pages.
fn with_huge_pages(size: usize, goal: f64) -> f64 {
    if size >= 4 << 20 { goal } else { EQUAL }
}

/// From this size on a vector is new memory each time.
const FRESH: usize = 64 << 20;

/// Nothing is touched: what is left is the library and two system calls.
fn map_and_unmap(size: usize, threads: usize) -> Row {
    let (with, len) = (threads_in_words(threads), in_words(size as u64));
    Row::new(format!("anonymous/map+unmap{with}/{len}"), move |contest| {
        let ours = by(threads, move || Anon::new(size).expect("memory"));
        let system = by(threads, move || as_the_system_does().anon(size).expect("memory"));
        let memmap2 = by(threads, move || MmapMut::map_anon(size).expect("memory"));
        let mmap_rs = by(threads, move || {
            mmap_rs::MmapOptions::new(size).expect("a length").map_mut().expect("memory")
        });
        let region = by(threads, move || {
            region::alloc(size, region::Protection::READ_WRITE).expect("memory")
        });
        contest
            .with("Anon::new", Role::Ours, ours)
            .with("HugePages::System", Role::Ours, system)
            .with("memmap2", Role::Peer, memmap2)
            .with("mmap-rs", Role::Peer, mmap_rs)
            .with("region", Role::Peer, region)
            .with("system calls", Role::Limit, by(threads, move || raw_map_and_unmap(size)))
    })
}

fn as_the_system_does() -> MapOptions {
    let mut options = MapOptions::new();
    options.huge_pages(HugePages::System);
    options
}

fn raw_map_and_unmap(size: usize) {
    let prot = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
    // SAFETY: new memory, at an address that the system picks.
    let start = unsafe { libc::mmap(ptr::null_mut(), size, prot, flags, -1, 0) };
    // SAFETY: it was just mapped, and nobody has its address.
    unsafe { libc::munmap(black_box(start), size) };
}

/// The same in a process that has so many mappings already.
fn among(count: usize) -> Row {
    Row::new(format!("anonymous/map+unmap among others/{count}"), move |contest| {
        let others = Rc::new(mappings(count));
        let (ours, peer, raw) = (others.clone(), others.clone(), others);
        contest
            .ours("Anon::new", move || {
                let _ = &ours;
                Anon::new(PAGE).expect("memory")
            })
            .peer("memmap2", move || {
                let _ = &peer;
                MmapMut::map_anon(PAGE).expect("memory")
            })
            .limit("system calls", move || {
                let _ = &raw;
                raw_map_and_unmap(PAGE);
            })
    })
}

/// Memory in so many mappings: its pages are by turns for writing and not.
pub(super) fn mappings(count: usize) -> Anon {
    let page = mman::page_size();
    let mut memory = Anon::new(count.max(1) * page).expect("memory");
    for odd in (1..count).step_by(2).map(|index| index * page) {
        // SAFETY: nothing refers to the page.
        unsafe { memory.protect_range(odd..odd + page, Protection::Read) }.expect("a page");
    }
    memory
}

/// So many values of a page each are made, and all dropped.
fn values(count: usize) -> Row {
    Row::new(format!("anonymous/values of 4 KiB, made and dropped/{count}"), move |contest| {
        let reservation = mman::Reservation::new(count * PAGE).expect("addresses");
        contest
            .things(count as u64)
            .ours("Anon::new", move || {
                (0..count).map(|_| Anon::new(PAGE).expect("memory")).collect::<Vec<_>>()
            })
            .ours("carve, give_back", move || {
                let pieces = (0..count).map(|_| reservation.carve(PAGE).expect("room"));
                let pieces = pieces.collect::<Vec<_>>();
                reservation.give_back(pieces);
            })
            .peer("memmap2", move || {
                (0..count).map(|_| MmapMut::map_anon(PAGE).expect("memory")).collect::<Vec<_>>()
            })
    })
}

fn ready_memory(size: usize) -> Anon {
    MapOptions::new().prefault(Prefault::Write).anon(size).expect("memory")
}

/// All that the peer can be asked for.
fn tuned(size: usize) -> MmapMut {
    let memory = MmapMut::map_anon(size).expect("memory");
    memory.advise(Advice::HugePage).expect("advice");
    memory.advise(Advice::PopulateWrite).expect("memory");
    memory
}

fn populated(size: usize) -> MmapMut {
    memmap2::MmapOptions::new().len(size).populate().map_anon().expect("memory")
}

fn tuned_mmap_rs(size: usize) -> mmap_rs::MmapMut {
    use mmap_rs::{MmapFlags, MmapOptions};
    let flags = MmapFlags::TRANSPARENT_HUGE_PAGES | MmapFlags::POPULATE;
    MmapOptions::new(size).expect("a length").with_flags(flags).map_mut().expect("memory")
}

/// Memory that can be written without a fault, and its end.
fn ready(size: usize) -> Row {
    Row::new(format!("anonymous/ready/{}", in_words(size as u64)), move |contest| {
        let mut hot = vec![1u8; size];
        let goal = with_huge_pages(size, 4.0);
        contest
            .bytes(size as u64)
            .ours("Prefault::Write", move || ready_memory(size))
            .ours("Anon::new, touched", move || {
                let mut memory = Anon::new(size).expect("memory");
                touch(&mut memory);
                memory
            })
            .goal(goal)
            .peer("memmap2, touched", move || {
                let mut memory = MmapMut::map_anon(size).expect("memory");
                touch(&mut memory);
                memory
            })
            .peer("memmap2, populate", move || populated(size))
            // Below 32 MiB an allocator keeps what is freed, and gives out the same again.
            .goal(if size >= FRESH { goal } else { EQUAL })
            .peer("vec![0; n], touched", move || {
                let mut memory = vec![0u8; size];
                touch(&mut memory);
                memory
            })
            .goal(EQUAL)
            .peer("memmap2, HugePage + PopulateWrite", move || tuned(size))
            .peer("mmap-rs, huge pages + populate", move || tuned_mmap_rs(size))
            .limit("memset of hot memory", move || {
                hot.fill(black_box(1));
            })
    })
}

/// The same by two threads.
fn ready_by_two(size: usize) -> Row {
    Row::new(format!("anonymous/ready, two threads/{}", in_words(size as u64)), move |contest| {
        let mut options = MapOptions::new();
        options.prefault(Prefault::Write);
        options.prefault_threads(NonZeroUsize::new(2).unwrap_or(NonZeroUsize::MIN));
        contest
            .bytes(size as u64)
            .ours("Prefault::Write", move || options.anon(size).expect("memory"))
            .ours("Anon::new, touched", move || {
                let mut memory = Anon::new(size).expect("memory");
                touch_by_two(&mut memory);
                memory
            })
            .goal(with_huge_pages(size, 4.0))
            .peer("memmap2, touched", move || {
                let mut memory = MmapMut::map_anon(size).expect("memory");
                touch_by_two(&mut memory);
                memory
            })
            .goal(EQUAL)
            .peer("memmap2, HugePage, touched", move || {
                let mut memory = MmapMut::map_anon(size).expect("memory");
                memory.advise(Advice::HugePage).expect("advice");
                touch_by_two(&mut memory);
                memory
            })
    })
}

/// The end of memory that is all there.
fn release(size: usize, threads: usize) -> Row {
    let (with, len) = (threads_in_words(threads), in_words(size as u64));
    Row::new(format!("anonymous/release{with}/{len}"), move |contest| {
        contest
            .bytes(size as u64)
            .with("drop of Anon", Role::Ours, ending(threads, move || ready_memory(size)))
            .goal(with_huge_pages(size, 4.0))
            .with("memmap2", Role::Peer, ending(threads, move || populated(size)))
            .goal(EQUAL)
            .with("memmap2, huge pages", Role::Peer, ending(threads, move || tuned(size)))
    })
}

/// Pages are given back, and brought in again.
fn discard(size: usize) -> Row {
    Row::new(format!("anonymous/discard, use again/{}", in_words(size as u64)), move |contest| {
        // Pages lie well in the processor's cache, or not so well: the bare calls get the same ones.
        let ours = Rc::new(RefCell::new(ready_memory(size)));
        let (same, mut peer) = (ours.clone(), populated(size));
        contest
            .bytes(size as u64)
            .fewer_rounds(size)
            .ours("discard, prefault", move || discard_by_us(&mut ours.borrow_mut()))
            .goal(with_huge_pages(size, 4.0))
            .peer("memmap2, DontNeed, touched", move || discard_by_memmap2(&mut peer))
            .goal(EQUAL)
            .peer("madvise on huge pages", move || discard_bare(&mut same.borrow_mut()))
    })
}

/// The same by two threads, each of its own.
fn discard_by_two(size: usize) -> Row {
    let name = format!("anonymous/discard, use again, two threads/{}", in_words(size as u64));
    Row::new(name, move |contest| {
        contest
            .bytes(size as u64)
            .with("discard, prefault", Role::Ours, {
                with_own(2, move || ready_memory(size), discard_by_us)
            })
            .goal(with_huge_pages(size, 4.0))
            .with("memmap2, DontNeed, touched", Role::Peer, {
                with_own(2, move || populated(size), discard_by_memmap2)
            })
            .goal(EQUAL)
            .with("madvise on huge pages", Role::Peer, {
                with_own(2, move || tuned(size), |memory| discard_bare(memory))
            })
    })
}

fn discard_by_us(memory: &mut Anon) {
    memory.discard(..).expect("whole pages");
    memory.prefault(..).expect("memory");
}

fn discard_by_memmap2(memory: &mut MmapMut) {
    // SAFETY: the memory is private, and nothing refers to it.
    unsafe { memory.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) }.expect("advice");
    touch(memory);
}

fn discard_bare(memory: &mut [u8]) {
    let (start, len) = (memory.as_mut_ptr().cast(), memory.len());
    // SAFETY: the memory is private, and nothing refers to it.
    unsafe { libc::madvise(start, len, libc::MADV_DONTNEED) };
    // SAFETY: the memory is for writing.
    unsafe { libc::madvise(start, len, libc::MADV_POPULATE_WRITE) };
}

/// Pages that the system may take are written again.
fn free_lazily(size: usize) -> Row {
    let name = format!("anonymous/free lazily, use again/{}", in_words(size as u64));
    Row::new(name, move |contest| {
        let ours = with_own(
            1,
            move || ready_memory(size),
            |memory| {
                // SAFETY: nobody counts on what the pages hold.
                unsafe { memory.free_lazily_unchanged(..) }.expect("whole pages");
                touch(memory);
            },
        );
        let zeroed = with_own(
            1,
            move || ready_memory(size),
            |memory| {
                memory.free_lazily(..).expect("whole pages");
                touch(memory);
            },
        );
        let peer = with_own(
            1,
            move || populated(size),
            |memory| {
                // SAFETY: the memory is private, and nothing refers to it.
                unsafe { memory.unchecked_advise(memmap2::UncheckedAdvice::Free) }.expect("advice");
                touch(memory);
            },
        );
        let raw = with_own(
            1,
            move || tuned(size),
            move |memory| {
                // SAFETY: the memory is private, and nothing refers to it.
                unsafe { libc::madvise(memory.as_mut_ptr().cast(), size, libc::MADV_FREE) };
                touch(memory);
            },
        );
        contest
            .bytes(size as u64)
            .fewer_rounds(size)
            .with("free_lazily_unchanged, touched", Role::Ours, ours)
            .with("free_lazily, touched", Role::Ours, zeroed)
            .goal(with_huge_pages(size, 4.0))
            .with("memmap2, Free, touched", Role::Peer, peer)
            .goal(EQUAL)
            .with("madvise on huge pages", Role::Peer, raw)
    })
}
