//! The accesses of 64-bit Arm, as functions of the C calling convention.
//!
//! A copy takes the destination in `x0`, the source in `x1`, the length in `x2`, and in `x3` which
//! of the two is foreign; `fill` has the byte in `x1`. These four stay to the end, for the handler
//! to see. `x4` is at every access how many bytes are surely done, so that after a fault the rest
//! is done byte by byte, up to the one that is gone; it is the answer. Of the bytes after it some
//! may have been stored already, but no other values than they should have.
//!
//! `touch` has the step in `x0`, and reads foreign memory at `x1`; it stores nothing.
//!
//! A single access takes the address in `x0`, where it stays to the end, the operand in `x1`, and
//! what is expected in `x2`. It answers in `x0`, and in `x1` whether the page is gone. Those that
//! are sequentially consistent are what the compiler makes of such atomics where there are no later
//! instructions for them: `ldar`, `stlr`, and loops of `ldaxr` and `stlxr`.

#[macro_use]
#[path = "object.rs"]
mod object;

use core::{arch::asm, mem::MaybeUninit};

use super::{
    native::Functions,
    ranges::{Kind, Range},
};

/// The distance between two of the single accesses.
pub(super) const SLOT: usize = 64;

/// The number of ranges that may fault.
pub(super) const RANGES: usize = 6;

/// The single accesses of one width, in the order of [`Operation`](super::access::Operation).
macro_rules! singles {
    ($suffix:literal, $register:literal) => {
        concat!(
            concat!(".p2align 6\nhint #34\nldr", $suffix, " ", $register, "5, [x0]\n"),
            "mov x0, x5\nmov x1, #0\nret\n",
            concat!(".p2align 6\nhint #34\nstr", $suffix, " ", $register, "1, [x0]\n"),
            "mov x1, #0\nret\n",
            concat!(".p2align 6\nhint #34\nldar", $suffix, " ", $register, "5, [x0]\n"),
            "mov x0, x5\nmov x1, #0\nret\n",
            concat!(".p2align 6\nhint #34\nstlr", $suffix, " ", $register, "1, [x0]\n"),
            "mov x1, #0\nret\n",
            // Swap.
            concat!(".p2align 6\nhint #34\n2:\nldaxr", $suffix, " ", $register, "5, [x0]\n"),
            concat!("stlxr", $suffix, " w4, ", $register, "1, [x0]\ncbnz w4, 2b\n"),
            "mov x0, x5\nmov x1, #0\nret\n",
            // Add.
            concat!(".p2align 6\nhint #34\n2:\nldaxr", $suffix, " ", $register, "5, [x0]\n"),
            "add x6, x5, x1\n",
            concat!("stlxr", $suffix, " w4, ", $register, "6, [x0]\ncbnz w4, 2b\n"),
            "mov x0, x5\nmov x1, #0\nret\n",
            // Exchange.
            concat!(".p2align 6\nhint #34\n2:\nldaxr", $suffix, " ", $register, "5, [x0]\n"),
            "cmp x5, x2\nb.ne 3f\n",
            concat!("stlxr", $suffix, " w4, ", $register, "1, [x0]\ncbnz w4, 2b\n"),
            "3:\nmov x0, x5\nmov x1, #0\nret"
        )
    };
}

assemble! {
    begin!(),

    // `hint #34` is `bti c`: this place may be branched to by its address. Older processors take it
    // for nothing.

    // Up to 128 bytes: all is loaded before anything is stored, from both ends.
    label!("copy"),
    "hint #34",
    "mov x4, #0",
    "add x5, x1, x2",
    "add x6, x0, x2",
    "cmp x2, #16",
    "b.hs 5f",
    "tbnz w2, #3, 4f",
    "tbnz w2, #2, 3f",
    "cbz x2, 2f",
    "lsr x7, x2, #1",
    "ldrb w8, [x1]",
    "ldrb w9, [x1, x7]",
    "ldrb w10, [x5, #-1]",
    "strb w8, [x0]",
    "strb w9, [x0, x7]",
    "strb w10, [x6, #-1]",
    "2:",
    "mov x0, x2",
    "ret",
    "3:",
    "ldr w8, [x1]",
    "ldr w9, [x5, #-4]",
    "str w8, [x0]",
    "str w9, [x6, #-4]",
    "mov x0, x2",
    "ret",
    "4:",
    "ldr x8, [x1]",
    "ldr x9, [x5, #-8]",
    "str x8, [x0]",
    "str x9, [x6, #-8]",
    "mov x0, x2",
    "ret",
    "5:",
    "cmp x2, #32",
    "b.hi 6f",
    "ldr q0, [x1]",
    "ldr q1, [x5, #-16]",
    "str q0, [x0]",
    "str q1, [x6, #-16]",
    "mov x0, x2",
    "ret",
    "6:",
    "cmp x2, #64",
    "b.hi 7f",
    "ldp q0, q1, [x1]",
    "ldp q2, q3, [x5, #-32]",
    "stp q0, q1, [x0]",
    "stp q2, q3, [x6, #-32]",
    "mov x0, x2",
    "ret",
    "7:",
    "cmp x2, #128",
    "b.hi 8f",
    "ldp q0, q1, [x1]",
    "ldp q2, q3, [x1, #32]",
    "ldp q4, q5, [x5, #-64]",
    "ldp q6, q7, [x5, #-32]",
    "stp q0, q1, [x0]",
    "stp q2, q3, [x0, #32]",
    "stp q4, q5, [x6, #-64]",
    "stp q6, q7, [x6, #-32]",
    "mov x0, x2",
    "ret",
    // More: in blocks of 64 bytes from where the destination is aligned; the last ones overlap.
    "8:",
    "ldr q0, [x1]",
    "str q0, [x0]",
    "and x7, x0, #15",
    "mov x8, #16",
    "sub x4, x8, x7",
    "sub x7, x2, #64",
    ".p2align 5",
    "9:",
    "add x8, x1, x4",
    "add x9, x0, x4",
    "ldp q0, q1, [x8]",
    "ldp q2, q3, [x8, #32]",
    "stp q0, q1, [x9]",
    "stp q2, q3, [x9, #32]",
    "add x4, x4, #64",
    "cmp x4, x7",
    "b.ls 9b",
    "ldp q0, q1, [x5, #-64]",
    "ldp q2, q3, [x5, #-32]",
    "stp q0, q1, [x6, #-64]",
    "stp q2, q3, [x6, #-32]",
    "mov x0, x2",
    "ret",

    // After a fault: byte by byte up to the one that is gone.
    label!("bytes"),
    "10:",
    "cmp x4, x2",
    "b.hs 11f",
    "ldrb w8, [x1, x4]",
    "strb w8, [x0, x4]",
    "add x4, x4, #1",
    "b 10b",
    label!("stop"),
    "11:",
    "mov x0, x4",
    "ret",

    label!("fill"),
    "hint #34",
    "mov x4, #0",
    "add x6, x0, x2",
    "dup v0.16b, w1",
    "cmp x2, #16",
    "b.hs 3f",
    "cmp x2, #8",
    "b.lo 12f",
    "str d0, [x0]",
    "str d0, [x6, #-8]",
    "mov x0, x2",
    "ret",
    "3:",
    "cmp x2, #64",
    "b.hs 4f",
    "lsr x7, x2, #1",
    "and x7, x7, #16",
    "str q0, [x0]",
    "str q0, [x0, x7]",
    "sub x8, x6, x7",
    "str q0, [x8, #-16]",
    "str q0, [x6, #-16]",
    "mov x0, x2",
    "ret",
    "4:",
    "str q0, [x0]",
    "and x7, x0, #15",
    "mov x8, #16",
    "sub x4, x8, x7",
    "sub x7, x2, #64",
    ".p2align 5",
    "5:",
    "cmp x4, x7",
    "b.hi 6f",
    "add x9, x0, x4",
    "stp q0, q0, [x9]",
    "stp q0, q0, [x9, #32]",
    "add x4, x4, #64",
    "b 5b",
    "6:",
    "stp q0, q0, [x6, #-64]",
    "stp q0, q0, [x6, #-32]",
    "mov x0, x2",
    "ret",
    label!("fill_bytes"),
    "12:",
    "cmp x4, x2",
    "b.hs 11b",
    "strb w1, [x0, x4]",
    "add x4, x4, #1",
    "b 12b",
    label!("fill_end"),

    // Loads of one byte at each step.
    label!("touch"),
    "hint #34",
    "mov x4, #0",
    "cbz x2, 11b",
    "13:",
    "ldrb w8, [x1, x4]",
    "add x4, x4, x0",
    "cmp x4, x2",
    "b.lo 13b",
    label!("touch_end"),
    "mov x0, x4",
    "ret",

    ".p2align 6",
    label!("single"),
    singles!("b", "w"),
    singles!("h", "w"),
    singles!("", "w"),
    singles!("", "x"),
    ".p2align 6",
    label!("gone"),
    "clrex",
    "mov x1, #1",
    "ret",
    end!(),
}

/// Puts the address of a symbol of the block into `x8`.
#[cfg(not(target_vendor = "apple"))]
macro_rules! address {
    ($name:literal) => {
        concat!("adrp x8, ", symbol!($name), "\nadd x8, x8, :lo12:", symbol!($name))
    };
}

/// Puts the address of a symbol of the block into `x8`.
#[cfg(target_vendor = "apple")]
macro_rules! address {
    ($name:literal) => {
        concat!("adrp x8, ", symbol!($name), "@PAGE\nadd x8, x8, ", symbol!($name), "@PAGEOFF")
    };
}

/// The functions for this processor.
pub(super) fn functions() -> Functions {
    let at = Addresses::get();
    Functions { copy: at.copy, fill: at.fill, touch: at.touch, single: at.single }
}

/// All code above that may fault.
pub(super) fn ranges() -> [Range; RANGES] {
    let at = Addresses::get();
    [
        Range::new(Kind::Bulk, at.copy, at.bytes, at.bytes),
        Range::new(Kind::Bulk, at.bytes, at.stop, at.stop),
        Range::new(Kind::Bulk, at.fill, at.fill_bytes, at.fill_bytes),
        Range::new(Kind::Bulk, at.fill_bytes, at.fill_end, at.stop),
        Range::new(Kind::Bulk, at.touch, at.touch_end, at.stop),
        Range::new(Kind::Single, at.single, at.gone, at.gone),
    ]
}

/// The addresses of the symbols above, in the order in which they are found out.
#[derive(Copy, Clone, Debug)]
#[repr(C)]
struct Addresses {
    copy: *const (),
    bytes: *const (),
    stop: *const (),
    fill: *const (),
    fill_bytes: *const (),
    fill_end: *const (),
    touch: *const (),
    touch_end: *const (),
    single: *const (),
    gone: *const (),
}

impl Addresses {
    fn get() -> Self {
        let mut addresses = MaybeUninit::<Self>::uninit();
        // SAFETY: it stores as many addresses as the structure has, and no instruction changes the
        // flags.
        unsafe {
            asm!(
                concat!(address!("copy"), "\nstr x8, [{to}, #0]"),
                concat!(address!("bytes"), "\nstr x8, [{to}, #8]"),
                concat!(address!("stop"), "\nstr x8, [{to}, #16]"),
                concat!(address!("fill"), "\nstr x8, [{to}, #24]"),
                concat!(address!("fill_bytes"), "\nstr x8, [{to}, #32]"),
                concat!(address!("fill_end"), "\nstr x8, [{to}, #40]"),
                concat!(address!("touch"), "\nstr x8, [{to}, #48]"),
                concat!(address!("touch_end"), "\nstr x8, [{to}, #56]"),
                concat!(address!("single"), "\nstr x8, [{to}, #64]"),
                concat!(address!("gone"), "\nstr x8, [{to}, #72]"),
                id = const ID,
                out("x8") _,
                to = in(reg) addresses.as_mut_ptr(),
                options(nostack, preserves_flags),
            );
        }
        // SAFETY: all fields were stored.
        unsafe { addresses.assume_init() }
    }
}
