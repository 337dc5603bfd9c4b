//! aarch64.

use core::arch::asm;

/// # Safety
///
/// - The word is mapped for reading.
#[inline(always)]
pub(crate) unsafe fn load(at: *const usize) -> usize {
    let word;
    // SAFETY: it reads the word, which the caller says is mapped.
    unsafe {
        asm!(
            "ldr {word}, [{at}]",
            at = in(reg) at,
            word = lateout(reg) word,
            options(nostack, preserves_flags, readonly),
        );
    }
    word
}

/// Each register of a pair is an access of its own.
///
/// # Safety
///
/// - The four words are mapped for reading.
#[inline(always)]
pub(crate) unsafe fn load4(at: *const usize) -> [usize; 4] {
    let (a, b, c, d);
    // SAFETY: it reads the words, which the caller says are mapped.
    unsafe {
        asm!(
            "ldp {a}, {b}, [{at}]",
            "ldp {c}, {d}, [{at}, #16]",
            at = in(reg) at,
            a = out(reg) a,
            b = out(reg) b,
            c = out(reg) c,
            d = out(reg) d,
            options(nostack, preserves_flags, readonly),
        );
    }
    [a, b, c, d]
}

/// # Safety
///
/// - The word is mapped for writing, and no reference in use says that it does not change.
#[inline(always)]
pub(crate) unsafe fn store(at: *mut usize, word: usize) {
    // SAFETY: it writes the word, which the caller says may be written.
    unsafe {
        asm!(
            "str {word}, [{at}]",
            at = in(reg) at,
            word = in(reg) word,
            options(nostack, preserves_flags),
        );
    }
}

/// # Safety
///
/// - As `store`, of four words.
#[inline(always)]
pub(crate) unsafe fn store4(at: *mut usize, words: [usize; 4]) {
    let [a, b, c, d] = words;
    // SAFETY: it writes the words, which the caller says may be written.
    unsafe {
        asm!(
            "stp {a}, {b}, [{at}]",
            "stp {c}, {d}, [{at}, #16]",
            at = in(reg) at,
            a = in(reg) a,
            b = in(reg) b,
            c = in(reg) c,
            d = in(reg) d,
            options(nostack, preserves_flags),
        );
    }
}

/// # Safety
///
/// - As `store`, and the word is mapped for reading too.
#[inline(always)]
pub(crate) unsafe fn merge(at: *mut usize, mask: usize, bits: usize) {
    // SAFETY: it reads and writes the word, which the caller says may be done.
    unsafe {
        asm!(
            "2:",
            "ldxr {word}, [{at}]",
            "bic {word}, {word}, {mask}",
            "orr {word}, {word}, {bits}",
            "stxr {failed:w}, {word}, [{at}]",
            "cbnz {failed:w}, 2b",
            at = in(reg) at,
            mask = in(reg) mask,
            bits = in(reg) bits,
            word = out(reg) _,
            failed = out(reg) _,
            options(nostack, preserves_flags),
        );
    }
}
