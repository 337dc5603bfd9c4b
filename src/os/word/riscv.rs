//! RISC-V, 64 bits.

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
            "ld {word}, 0({at})",
            at = in(reg) at,
            word = lateout(reg) word,
            options(nostack, preserves_flags, readonly),
        );
    }
    word
}

/// # Safety
///
/// - The four words are mapped for reading.
#[inline(always)]
pub(crate) unsafe fn load4(at: *const usize) -> [usize; 4] {
    let (a, b, c, d);
    // SAFETY: it reads the words, which the caller says are mapped.
    unsafe {
        asm!(
            "ld {a}, 0({at})",
            "ld {b}, 8({at})",
            "ld {c}, 16({at})",
            "ld {d}, 24({at})",
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
            "sd {word}, 0({at})",
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
            "sd {a}, 0({at})",
            "sd {b}, 8({at})",
            "sd {c}, 16({at})",
            "sd {d}, 24({at})",
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
            "lr.d {word}, ({at})",
            "and {word}, {word}, {keep}",
            "or {word}, {word}, {bits}",
            "sc.d {word}, {word}, ({at})",
            "bnez {word}, 2b",
            at = in(reg) at,
            keep = in(reg) !mask,
            bits = in(reg) bits,
            word = out(reg) _,
            options(nostack, preserves_flags),
        );
    }
}
