//! Words of memory that others read and write at the same time.
//!
//! Each access is one instruction of the processor's on one aligned word, which is never seen in
//! part. They are written in assembly, so that the compiler knows of no width: see
//! [`Shared`](crate::Shared) for what that is good for. Addresses are multiples of the size of a
//! word. A port owes:
//!
//! - `load(at)`, `store(at, word)`; `load4(at)`, `store4(at, words)`: the same of four words, in
//!   any order.
//! - `merge(at, mask, bits)`: puts `bits` in place of the bits of `mask`, in one step, and leaves
//!   the others to who writes them.

#[cfg(any(
    miri,
    mman_heap,
    not(any(
        target_arch = "x86",
        all(target_arch = "x86_64", target_pointer_width = "64"),
        all(target_arch = "aarch64", target_pointer_width = "64"),
        target_arch = "riscv64"
    ))
))]
mod any;
#[cfg(all(target_arch = "aarch64", target_pointer_width = "64", not(any(miri, mman_heap))))]
mod arm;
#[cfg(all(target_arch = "riscv64", not(any(miri, mman_heap))))]
mod riscv;
#[cfg(all(
    any(target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")),
    not(any(miri, mman_heap))
))]
mod x86;

#[cfg(any(
    miri,
    mman_heap,
    not(any(
        target_arch = "x86",
        all(target_arch = "x86_64", target_pointer_width = "64"),
        all(target_arch = "aarch64", target_pointer_width = "64"),
        target_arch = "riscv64"
    ))
))]
pub(crate) use any::*;
#[cfg(all(target_arch = "aarch64", target_pointer_width = "64", not(any(miri, mman_heap))))]
pub(crate) use arm::*;
#[cfg(all(target_arch = "riscv64", not(any(miri, mman_heap))))]
pub(crate) use riscv::*;
#[cfg(all(
    any(target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")),
    not(any(miri, mman_heap))
))]
pub(crate) use x86::*;

/// The size of a word in bytes.
pub(crate) const WORD: usize = size_of::<usize>();

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering::Relaxed};
    use std::{
        thread,
        time::{Duration, Instant},
    };

    use super::*;

    #[test]
    fn four_words_are_in_order() {
        let mut words = [0; 6];
        let first = words.as_mut_ptr().wrapping_add(1);
        // SAFETY: the four words are among the six, which nothing else uses.
        unsafe { store4(first, [1, 2, 3, 4]) };
        // SAFETY: as above.
        unsafe { store(first.wrapping_add(2), 9) };
        // SAFETY: as above.
        assert_eq!([1, 2, 9, 4], unsafe { load4(first) });
        // SAFETY: as above.
        assert_eq!(4, unsafe { load(first.wrapping_add(3)) });
        assert_eq!([0, 1, 2, 9, 4, 0], words);
    }

    /// A byte is counted up while its neighbours are merged: not a step of it is undone.
    #[test]
    #[cfg_attr(miri, ignore = "accesses of two widths are a race by the letter of the rules")]
    fn a_merge_is_one_step() {
        let mut word = usize::MAX;
        let at = &raw mut word;
        let theirs = at.cast::<u8>().wrapping_add(1);
        let mut mask = [u8::MAX; WORD];
        mask[1] = 0;
        let mask = usize::from_ne_bytes(mask);
        // SAFETY: the byte lives as long as the word, which all here use by atomics or the like.
        let theirs = unsafe { AtomicU8::from_ptr(theirs) };
        let (stop, steps) = (AtomicBool::new(false), AtomicUsize::new(0));
        thread::scope(|scope| {
            let other = scope.spawn(|| {
                let mut count = u8::MAX;
                while !stop.load(Relaxed) {
                    for _ in 0..100 {
                        assert_eq!(count, theirs.fetch_add(1, Relaxed));
                        count = count.wrapping_add(1);
                    }
                    steps.fetch_add(1, Relaxed);
                }
            });
            // Until both have run at the same time for a while, if they ever do.
            let (start, limit) = (Instant::now(), Duration::from_secs(4));
            let mut together = 0;
            while together < 2000 && start.elapsed() < limit && !other.is_finished() {
                let before = steps.load(Relaxed);
                for round in 0..1000_usize {
                    // SAFETY: the word is this function's own.
                    unsafe { merge(at, mask, round & mask) };
                }
                // SAFETY: as above.
                assert_eq!(999 & mask, unsafe { load(at) } & mask);
                together += usize::from(steps.load(Relaxed) != before);
            }
            stop.store(true, Relaxed);
        });
    }
}
