//! Reservations: buffers that grow, and many ranges given back at once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use mman::{
    Anon, Appender, HugePages, MapOptions, Placement, Reservation,
    sys::{
        mman::{MmapAdvise, process_madvise},
        pidfd::{PidfdFlags, pidfd_open},
    },
};

use super::{PAGE, touch};
use crate::row::{EQUAL, Role, Row, by, in_words, prepared, threads_in_words, with_own};

const MANY: usize = 1000;

pub(super) fn rows(largest: u64) -> Vec<Row> {
    let sizes = [64 << 10, 1 << 20, 4 << 20, 64 << 20, 1 << 30, 4 << 30].into_iter();
    let sizes = sizes.filter(|size| *size as u64 <= largest);
    let mut rows: Vec<Row> = sizes.map(|size| grow(size, 1)).collect();
    rows.push(grow(64 << 20, 2));
    let ranges = [(10, 1), (100, 1), (MANY, 1), (10 * MANY, 1), (MANY, 16)];
    rows.extend(ranges.map(|(count, pages)| discard(count, pages, false)));
    rows.push(discard(MANY, 1, true));
    rows.extend([(1, 1), (16, 1), (1, 0)].map(|(pages, gap)| give_back(pages, gap)));
    rows
}

/// How much faster we mean to be with so many ranges of so many pages: where there are few, or where
/// they are large, the entries into the kernel count for little.
fn goal_of(count: usize, pages: usize) -> f64 {
    if count >= MANY && pages == 1 { 3.0 } else { EQUAL }
}

/// A buffer that grows by 4 KiB at a time; each thread has one.
fn grow(size: usize, threads: usize) -> Row {
    let (with, len) = (threads_in_words(threads), in_words(size as u64));
    Row::new(format!("reservation/grow by 4 KiB{with}/{len}"), move |contest| {
        // A smaller vector grows in memory that the allocator has kept.
        let goal = if size >= 64 << 20 { 4.0 } else { EQUAL };
        let appender = by(threads, move || {
            let mut log = Appender::new(growing(size).anon(0).expect("memory"));
            append(size, |bytes| {
                log.append(bytes).expect("memory");
            });
            log
        });
        let resized = by(threads, move || {
            let mut buffer = growing(size).anon(0).expect("memory");
            append(size, |bytes| {
                let len = buffer.len();
                buffer.resize(len + PAGE).expect("memory");
                buffer.get_mut(len..).expect("its end").copy_from_slice(bytes);
            });
            buffer
        });
        let vector = move |mut buffer: Vec<u8>| {
            append(size, |bytes| buffer.extend_from_slice(bytes));
            buffer
        };
        let hot = with_own(
            threads,
            move || vec![1; size],
            move |ready: &mut Vec<u8>| {
                let mut places = ready.chunks_exact_mut(PAGE);
                append(size, |bytes| {
                    places.next().expect("room").copy_from_slice(bytes);
                });
            },
        );
        contest
            .bytes(size as u64)
            .fewer_rounds(size)
            .with("Appender, huge pages", Role::Ours, appender)
            .with("resize, huge pages", Role::Ours, resized)
            .goal(goal)
            .with("Vec", Role::Peer, by(threads, move || vector(Vec::new())))
            .with("Vec with capacity", Role::Peer, {
                by(threads, move || vector(Vec::with_capacity(size)))
            })
            .with("memcpy to hot memory", Role::Limit, hot)
    })
}

fn append(size: usize, mut one: impl FnMut(&[u8])) {
    let bytes = [7; PAGE];
    for _ in 0..size / PAGE {
        one(std::hint::black_box(&bytes));
    }
}

fn growing(size: usize) -> MapOptions {
    let mut options = MapOptions::new();
    let reservation = Reservation::new(size + (64 << 20)).expect("addresses");
    options.placement(Placement::Within(reservation, 0));
    options.huge_pages(HugePages::Transparent).growth_step(size.min(8 << 20));
    options
}

/// A thread that runs until this is dropped: another processor whose translations are flushed.
struct Busy(Arc<AtomicBool>);

impl Busy {
    fn new() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&over);
        std::thread::spawn(move || while !seen.load(Ordering::Relaxed) {});
        Self(over)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// So many ranges of one memory, all of them touched; `busy` with another thread at work.
fn discard(count: usize, pages: usize, busy: bool) -> Row {
    let size = in_words((pages * PAGE) as u64);
    let with = if busy { ", a thread runs" } else { "" };
    Row::new(format!("reservation/discard {count} ranges{with}/{size}"), move |contest| {
        let busy = busy.then(Busy::new);
        let ranges = move || {
            (0..count).map(move |at| at * 2 * pages * PAGE).map(move |at| at..at + pages * PAGE)
        };
        let touched = move || {
            let mut options = MapOptions::new();
            options.huge_pages(HugePages::Never);
            let mut memory = options.anon(count * 2 * pages * PAGE).expect("memory");
            ranges().for_each(|range| touch(memory.get_mut(range).expect("a range")));
            memory
        };
        let own = pidfd_open(std::process::id() as libc::pid_t, PidfdFlags::empty());
        let own = own.expect("a descriptor");
        contest
            .things(count as u64)
            .with(
                "discard_ranges",
                Role::Ours,
                prepared(touched, move |mut memory| {
                    let _ = &busy;
                    memory.discard_ranges(ranges()).expect("ranges");
                    memory
                }),
            )
            .with(
                "process_madvise, bare",
                Role::Limit,
                prepared(
                    move || {
                        let mut memory = touched();
                        let vectors = ranges().map(|range| {
                            let bytes = memory.get_mut(range).expect("a range");
                            libc::iovec {
                                iov_base: bytes.as_mut_ptr().cast(),
                                iov_len: bytes.len(),
                            }
                        });
                        let vectors = vectors.collect::<Vec<_>>();
                        (memory, vectors)
                    },
                    move |(memory, vectors)| {
                        let advice = MmapAdvise::MADV_DONTNEED;
                        // No more at once: `UIO_MAXIOV`.
                        for vectors in vectors.chunks(1024) {
                            // SAFETY: the pages are this function's own, and nobody counts on what
                            // they hold.
                            unsafe { process_madvise(&own, vectors, advice) }.expect("ranges");
                        }
                        memory
                    },
                ),
            )
            .goal(goal_of(count, pages))
            .with(
                "madvise for each",
                Role::Peer,
                prepared(touched, move |mut memory| {
                    for range in ranges() {
                        let bytes = memory.get_mut(range).expect("a range");
                        let start = bytes.as_mut_ptr().cast();
                        // SAFETY: the pages are this function's own, and nobody counts on what
                        // they hold.
                        unsafe { libc::madvise(start, bytes.len(), libc::MADV_DONTNEED) };
                    }
                    memory
                }),
            )
    })
}

/// A thousand small memories in a reservation, all of them touched.
fn give_back(pages: usize, gap: usize) -> Row {
    let apart = if gap == 0 { "together" } else { "apart" };
    let size = in_words((pages * PAGE) as u64);
    Row::new(format!("reservation/give back 1000 values {apart}/{size}"), move |contest| {
        let at = move |number: usize| number * (pages + gap) * PAGE;
        let reservation = Reservation::new(at(MANY)).expect("addresses");
        let made = move |reservation: &Reservation| {
            let piece = |number| reservation.anon(at(number)..at(number) + pages * PAGE);
            let mut pieces: Vec<_> =
                (0..MANY).map(|number| piece(number).expect("memory")).collect();
            pieces.iter_mut().for_each(|piece| touch(piece));
            pieces
        };
        let (one, two) = (reservation.clone(), reservation.clone());
        let plain = move || {
            let piece = || memmap2::MmapMut::map_anon(pages * PAGE).expect("memory");
            let mut pieces: Vec<_> = (0..MANY).map(|_| piece()).collect();
            pieces.iter_mut().for_each(|piece| touch(piece));
            pieces
        };
        contest
            .things(MANY as u64)
            .with("give_back", Role::Ours, {
                prepared(move || made(&one), move |pieces| reservation.give_back(pieces))
            })
            .with("drop", Role::Ours, prepared(move || made(&two), drop::<Vec<Anon>>))
            .goal(goal_of(MANY, pages))
            .with("memmap2", Role::Peer, prepared(plain, drop))
    })
}
