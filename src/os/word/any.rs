//! Processors whose assembly stable Rust lacks, or that nobody has written here: relaxed atomics.
//!
//! The instructions are the same, but the compiler sees a width, and by the letter of Rust's rules
//! accesses of another width must not meet them. Its back ends have no such rule.

use core::sync::atomic::{AtomicUsize, Ordering};

use super::WORD;

/// # Safety
///
/// - The word is mapped for reading.
#[inline(always)]
pub(crate) unsafe fn load(at: *const usize) -> usize {
    // SAFETY: the word is mapped, and aligned; nothing is written.
    unsafe { &*at.cast::<AtomicUsize>() }.load(Ordering::Relaxed)
}

/// # Safety
///
/// - The four words are mapped for reading.
#[inline(always)]
pub(crate) unsafe fn load4(at: *const usize) -> [usize; 4] {
    // SAFETY: the words are mapped, and aligned; nothing is written.
    let words = unsafe { &*at.cast::<[AtomicUsize; 4]>() };
    words.each_ref().map(|word| word.load(Ordering::Relaxed))
}

/// # Safety
///
/// - The word is mapped for writing, and no reference in use says that it does not change.
#[inline(always)]
pub(crate) unsafe fn store(at: *mut usize, word: usize) {
    // SAFETY: the word is mapped, and aligned.
    unsafe { AtomicUsize::from_ptr(at) }.store(word, Ordering::Relaxed);
}

/// # Safety
///
/// - As `store`, of four words.
#[inline(always)]
pub(crate) unsafe fn store4(at: *mut usize, words: [usize; 4]) {
    for (number, word) in words.into_iter().enumerate() {
        // SAFETY: the caller's promise is that of the call.
        unsafe { store(at.wrapping_byte_add(number * WORD), word) };
    }
}

/// # Safety
///
/// - As `store`, and the word is mapped for reading too.
#[inline(always)]
pub(crate) unsafe fn merge(at: *mut usize, mask: usize, bits: usize) {
    // SAFETY: the word is mapped, and aligned.
    let word = unsafe { AtomicUsize::from_ptr(at) };
    let merged = |old| Some(old & !mask | bits);
    // It always succeeds: the closure never declines.
    let _ = word.fetch_update(Ordering::Relaxed, Ordering::Relaxed, merged);
}
