//! Copies: which bytes they are, which they leave alone, and what races see.

use std::{
    sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed},
    thread,
};

use mman::{MapOptions, Shared};

use super::bytes;
use crate::util::{child::in_child, page};

const WORD: usize = size_of::<usize>();

/// Memory of one page, each byte its offset, and the same as a vector.
fn numbered(len: usize) -> (Shared, Vec<u8>) {
    let shared = Shared::anonymous(len).unwrap();
    let model: Vec<u8> = (0..len).map(|at| at as u8).collect();
    shared.write_at(0, &model).unwrap();
    (shared, model)
}

/// Every offset in a word with every length of a few words.
fn small_ranges() -> impl Iterator<Item = (usize, usize)> {
    (0..WORD + 2).flat_map(|offset| (0..10 * WORD).map(move |len| (offset, len)))
}

#[test]
fn a_copy_is_the_bytes_of_its_range_and_no_other() {
    let (shared, mut model) = numbered(256);
    for (offset, len) in small_ranges() {
        let mut out = vec![0xee; len];
        shared.read_at(offset, &mut out).unwrap();
        assert_eq!(model[offset..offset + len], out, "{offset} {len}");
        let new: Vec<u8> = (0..len).map(|at| (at + offset * 7 + len) as u8).collect();
        shared.write_at(offset, &new).unwrap();
        model[offset..offset + len].copy_from_slice(&new);
        assert_eq!(model, bytes(&shared), "{offset} {len}");
        shared.fill(offset..offset + len, len as u8).unwrap();
        model[offset..offset + len].fill(len as u8);
        assert_eq!(model, bytes(&shared), "{offset} {len}");
    }
}

#[test]
fn a_copy_within_is_as_that_of_a_slice() {
    // Larger than the buffer that it goes through.
    let len = 3 * page().max(4096) - 1;
    let (shared, mut model) = numbered(len);
    let lengths = [0, 1, 3, WORD, 100, 2047, 2048, 2049, 5000];
    for len in lengths {
        for (from, to) in [(0, 0), (0, 1), (1, 0), (5, 2500), (2500, 5), (100, 2000), (2001, 3)] {
            model.copy_within(from..from + len, to);
            shared.copy_within(from..from + len, to).unwrap();
            assert!(model == bytes(&shared), "{from} {to} {len}");
        }
    }
    let end = len - 4000;
    model.copy_within(..4000, end);
    shared.copy_within(..4000, end).unwrap();
    assert!(model == bytes(&shared));
}

#[test]
fn what_is_beyond_the_length_is_an_error() {
    let (shared, model) = numbered(100);
    let outside = |what: &str, range: &str| format!("{what}: {range} is not within 0..100");
    let mut two = [0; 2];
    let error = |result: Result<(), mman::MapError>| result.unwrap_err().to_string();
    assert_eq!(outside("read_at", "99..101"), error(shared.read_at(99, &mut two)));
    assert_eq!(outside("write_at", "99..101"), error(shared.write_at(99, &two)));
    assert_eq!(outside("read_at", "101..101"), error(shared.read_at(101, &mut [])));
    assert_eq!(outside("fill", "0..101"), error(shared.fill(..101, 1)));
    assert_eq!(outside("copy_within", "98..103"), error(shared.copy_within(..5, 98)));
    assert_eq!(outside("copy_within", "98..101"), error(shared.copy_within(98..101, 0)));
    let most = usize::MAX;
    let beyond = format!("write_at: 2 bytes from offset {most} on are beyond the largest number");
    assert_eq!(beyond, error(shared.write_at(most, &two)));
    shared.read_at(100, &mut []).unwrap();
    shared.write_at(100, &[]).unwrap();
    shared.copy_within(100.., 100).unwrap();
    shared.fill(100.., 9).unwrap();
    assert_eq!(model, bytes(&shared));
}

/// The last page ends where a guard begins: no copy touches a byte beyond, nor before the first.
#[test]
fn no_copy_leaves_the_memory() {
    in_child(|| {
        for len in [page(), 2 * page(), page() + 1, 2 * page() - 1] {
            let shared = MapOptions::new().guard_pages(1, 1).shared(len).unwrap();
            for (offset, n) in small_ranges() {
                let mut out = vec![0; n];
                for at in [offset, len - n - offset] {
                    shared.read_at(at, &mut out).unwrap();
                    shared.write_at(at, &out).unwrap();
                    shared.fill(at..at + n, 1).unwrap();
                    shared.copy_within(at..at + n, len - n).unwrap();
                    shared.copy_within(len - n.., at).unwrap();
                }
            }
        }
    });
}

/// Someone writes a byte again and again, while copies end in the middle of the same word: no write
/// of either is lost by the other's.
#[test]
fn neighbours_keep_their_bytes() {
    let shared = Shared::memfd(c"neighbours", 4096).unwrap();
    let theirs = shared.atomic::<AtomicU8>(WORD + 1).unwrap();
    let (rounds, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut value = 0_u8;
            while !stop.load(Relaxed) {
                for _ in 0..1000 {
                    assert_eq!(value, theirs.fetch_add(1, Relaxed));
                    value = value.wrapping_add(1);
                }
                rounds.fetch_add(1, Relaxed);
            }
        });
        let mut value = 0_u8;
        while rounds.load(Relaxed) < 1000 && !other.is_finished() {
            for offset in [0, WORD + 2] {
                value = value.wrapping_add(1);
                let ours = [value; WORD + 1];
                shared.write_at(offset, &ours).unwrap();
                let mut there = [0; WORD + 1];
                shared.read_at(offset, &mut there).unwrap();
                assert_eq!(ours, there);
            }
        }
        stop.store(true, Relaxed);
    });
}

/// Writes blocks of one byte each, in another process; here no word is ever seen in part.
#[test]
fn no_word_is_torn_between_processes() {
    const LEN: usize = 4096;
    // The words are further on, and end at the memory's end.
    const WORDS: usize = 64;
    let shared = Shared::anonymous(WORDS + LEN).unwrap();
    let stop = shared.atomic::<AtomicU32>(0).unwrap();
    let rounds = shared.atomic::<AtomicU64>(8).unwrap();
    thread::scope(|scope| {
        let child = scope.spawn(|| {
            in_child(|| {
                let mut value = 0_u8;
                while stop.load(Relaxed) == 0 {
                    value = value.wrapping_add(1);
                    match value % 3 {
                        0 => shared.write_at(WORDS, &[value; LEN]).unwrap(),
                        1 => shared.fill(WORDS.., value).unwrap(),
                        _ => shared.copy_within(WORDS..WORDS + LEN / 2, WORDS + LEN / 2).unwrap(),
                    }
                    rounds.fetch_add(1, Relaxed);
                }
            });
        });
        let (mut mixed, mut seen) = (false, vec![0; LEN]);
        while rounds.load(Relaxed) < 5_000 || !mixed {
            shared.read_at(WORDS, &mut seen).unwrap();
            for word in seen.chunks(WORD) {
                assert!(word.iter().all(|byte| *byte == word[0]), "{word:?}");
            }
            // A copy as a whole may be.
            mixed |= seen.iter().any(|byte| *byte != seen[0]);
            if child.is_finished() {
                break;
            }
        }
        stop.store(1, Relaxed);
        child.join().unwrap();
    });
}

/// What is told by an atomic was written before.
#[test]
fn a_release_publishes_a_copy() {
    use std::sync::atomic::Ordering::{Acquire, Release};
    let shared = Shared::anonymous(8192).unwrap();
    let turn = shared.atomic::<AtomicU32>(0).unwrap();
    let rounds = 2_000_u32;
    thread::scope(|scope| {
        let child = scope.spawn(|| {
            in_child(|| {
                for round in 1..=rounds {
                    while turn.load(Acquire) != 2 * round - 1 {
                        thread::yield_now();
                    }
                    let mut there = [0; 1000];
                    shared.read_at(101, &mut there).unwrap();
                    assert_eq!([round as u8; 1000], there);
                    turn.store(2 * round, Release);
                }
            });
        });
        for round in 1..=rounds {
            while turn.load(Acquire) != 2 * (round - 1) {
                assert!(!child.is_finished(), "round {round}");
                thread::yield_now();
            }
            shared.write_at(101, &[round as u8; 1000]).unwrap();
            turn.store(2 * round - 1, Release);
        }
        child.join().unwrap();
    });
}

/// On kernels without a call for it pages are touched, and nobody's writes are lost to that.
#[test]
fn prefault_changes_nothing() {
    use crate::util::seccomp;
    in_child(|| {
        let shared = Shared::anonymous(8 * page()).unwrap();
        seccomp::deny(&[libc::SYS_madvise], libc::EINVAL);
        shared.write_at(3 * page(), &[7; 8]).unwrap();
        assert_eq!(1, shared.residency(..).unwrap().resident());
        shared.prefault(page() + 1..3 * page() + 1).unwrap();
        let told: Vec<_> = shared.residency(..).unwrap().iter().collect();
        assert_eq!([false, true, true, true, false, false, false, false], told[..]);
        let done = AtomicBool::new(false);
        let counter = shared.atomic::<AtomicU64>(5 * page()).unwrap();
        let rounds = 5_000_000;
        let other = crate::util::thread::spawn({
            // The child has no other threads that end before this one.
            let (counter, done): (&'static AtomicU64, &'static AtomicBool) =
                unsafe { (&*std::ptr::from_ref(counter), &*std::ptr::from_ref(&done)) };
            move || {
                for _ in 0..rounds {
                    counter.fetch_add(1, Relaxed);
                }
                done.store(true, Relaxed);
            }
        });
        while !done.load(Relaxed) {
            shared.prefault(5 * page()..5 * page() + 1).unwrap();
        }
        other.join();
        shared.prefault(..).unwrap();
        assert_eq!(rounds, counter.load(Relaxed));
        assert_eq!(8, shared.residency(..).unwrap().resident());
    });
}

#[test]
fn slices_are_for_those_who_vouch() {
    let (mut shared, model) = numbered(100);
    assert_eq!(model, unsafe { shared.as_slice() });
    let bytes_of_it = unsafe { shared.as_mut_slice() };
    bytes_of_it[99] = 1;
    assert_eq!(1, bytes(&shared)[99]);
}
