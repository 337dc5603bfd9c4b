//! x86, 32 and 64 bits.

use core::arch::asm;

use super::WORD;

/// # Safety
///
/// - The word is mapped for reading.
#[inline(always)]
pub(crate) unsafe fn load(at: *const usize) -> usize {
    let word;
    // SAFETY: it reads the word, which the caller says is mapped.
    unsafe {
        asm!(
            "mov {word}, [{at}]",
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
            "mov {a}, [{at}]",
            "mov {b}, [{at} + {one}]",
            "mov {c}, [{at} + {two}]",
            "mov {d}, [{at} + {three}]",
            at = in(reg) at,
            a = out(reg) a,
            b = out(reg) b,
            c = out(reg) c,
            d = lateout(reg) d,
            one = const WORD,
            two = const 2 * WORD,
            three = const 3 * WORD,
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
            "mov [{at}], {word}",
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
            "mov [{at}], {a}",
            "mov [{at} + {one}], {b}",
            "mov [{at} + {two}], {c}",
            "mov [{at} + {three}], {d}",
            at = in(reg) at,
            a = in(reg) a,
            b = in(reg) b,
            c = in(reg) c,
            d = in(reg) d,
            one = const WORD,
            two = const 2 * WORD,
            three = const 3 * WORD,
            options(nostack, preserves_flags),
        );
    }
}

/// # Safety
///
/// - As `store`, and the word is mapped for reading too.
#[inline(always)]
pub(crate) unsafe fn merge(at: *mut usize, mask: usize, bits: usize) {
    // SAFETY: the caller's promise is that of the call.
    let mut old = unsafe { load(at) };
    loop {
        let new = old & !mask | bits;
        let seen;
        // SAFETY: it reads and writes the word, which the caller says may be done.
        unsafe {
            asm!(
                "lock cmpxchg [{at}], {new}",
                at = in(reg) at,
                new = in(reg) new,
                inlateout("eax") old => seen,
                options(nostack),
            );
        }
        if seen == old {
            return;
        }
        old = seen;
    }
}
