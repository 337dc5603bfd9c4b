//! The accesses of x86-64, as functions of the C calling convention.
//!
//! A copy takes the destination in `rdi`, the source in `rsi`, the length in `rdx`, and in `rcx`
//! which of the two is foreign; `fill` has the byte in `rsi`. These four stay to the end, for the
//! handler to see. `rax` is at every access how many bytes are surely done, so that after a fault
//! the rest is done byte by byte, up to the one that is gone; it is the answer. Of the bytes after
//! it some may have been stored already, but no other values than they should have.
//!
//! `touch` has the step in `rdi`, and reads foreign memory at `rsi`; it stores nothing.
//!
//! A single access takes the address in `rdi`, where it stays, the operand in `rsi`, and what is
//! expected in `rdx`. It answers in `rax`, and in `rdx` whether the page is gone. Each is one
//! instruction; on this processor plain loads acquire, plain stores release, and what is locked, as
//! `xchg` always is, is sequentially consistent.

#[macro_use]
#[path = "object.rs"]
mod object;

use core::{arch::asm, mem::MaybeUninit};
use std::arch::is_x86_feature_detected;

use super::{
    native::Functions,
    ranges::{Kind, Range},
};

/// The distance between two of the single accesses.
pub(super) const SLOT: usize = 16;

/// The number of ranges that may fault.
pub(super) const RANGES: usize = 9;

/// The single accesses of one width, in the order of [`Operation`](super::access::Operation).
macro_rules! singles {
    ($load:literal, $size:literal, $operand:literal) => {
        concat!(
            concat!(".p2align 4\n", $load, $size, "[rdi]\nxor edx, edx\nret\n"),
            concat!(".p2align 4\nmov ", $size, "[rdi], ", $operand, "\nxor edx, edx\nret\n"),
            concat!(".p2align 4\n", $load, $size, "[rdi]\nxor edx, edx\nret\n"),
            concat!(".p2align 4\nxchg ", $size, "[rdi], ", $operand, "\nxor edx, edx\nret\n"),
            concat!(".p2align 4\nxchg ", $size, "[rdi], ", $operand, "\n"),
            "mov rax, rsi\nxor edx, edx\nret\n",
            concat!(".p2align 4\nlock xadd ", $size, "[rdi], ", $operand, "\n"),
            "mov rax, rsi\nxor edx, edx\nret\n",
            ".p2align 4\nmov rax, rdx\n",
            concat!("lock cmpxchg ", $size, "[rdi], ", $operand, "\nmov edx, 0\nret"),
        )
    };
}

assemble! {
    begin!(),

    // Copies with AVX. Small ones load all before they store anything, from both ends.
    label!("copy_avx"),
    "xor eax, eax",
    "cmp rdx, 32",
    "ja 20f",
    "10:",
    "cmp edx, 16",
    "jae 14f",
    "cmp edx, 8",
    "jb 11f",
    "mov r8, qword ptr [rsi]",
    "mov r9, qword ptr [rsi + rdx - 8]",
    "mov qword ptr [rdi], r8",
    "mov qword ptr [rdi + rdx - 8], r9",
    "mov rax, rdx",
    "ret",
    "11:",
    "cmp edx, 4",
    "jb 12f",
    "mov r8d, dword ptr [rsi]",
    "mov r9d, dword ptr [rsi + rdx - 4]",
    "mov dword ptr [rdi], r8d",
    "mov dword ptr [rdi + rdx - 4], r9d",
    "mov rax, rdx",
    "ret",
    "12:",
    "test edx, edx",
    "je 13f",
    "mov r10, rdx",
    "shr r10",
    "movzx r8d, byte ptr [rsi]",
    "movzx r9d, byte ptr [rsi + r10]",
    "movzx r11d, byte ptr [rsi + rdx - 1]",
    "mov byte ptr [rdi], r8b",
    "mov byte ptr [rdi + r10], r9b",
    "mov byte ptr [rdi + rdx - 1], r11b",
    "13:",
    "mov rax, rdx",
    "ret",
    "14:",
    "movups xmm0, xmmword ptr [rsi]",
    "movups xmm1, xmmword ptr [rsi + rdx - 16]",
    "movups xmmword ptr [rdi], xmm0",
    "movups xmmword ptr [rdi + rdx - 16], xmm1",
    "mov rax, rdx",
    "ret",

    // Copies without AVX.
    label!("copy"),
    "xor eax, eax",
    "cmp rdx, 32",
    "jbe 10b",
    "cmp rdx, 64",
    "ja 15f",
    "movups xmm0, xmmword ptr [rsi]",
    "movups xmm1, xmmword ptr [rsi + 16]",
    "movups xmm2, xmmword ptr [rsi + rdx - 32]",
    "movups xmm3, xmmword ptr [rsi + rdx - 16]",
    "movups xmmword ptr [rdi], xmm0",
    "movups xmmword ptr [rdi + 16], xmm1",
    "movups xmmword ptr [rdi + rdx - 32], xmm2",
    "movups xmmword ptr [rdi + rdx - 16], xmm3",
    "mov rax, rdx",
    "ret",
    // In blocks of 64 bytes from where the destination is aligned; the last one overlaps.
    "15:",
    "movups xmm0, xmmword ptr [rsi]",
    "movups xmmword ptr [rdi], xmm0",
    "mov r9, rdi",
    "and r9d, 15",
    "mov eax, 16",
    "sub rax, r9",
    "lea r8, [rdx - 64]",
    "cmp rax, r8",
    "ja 17f",
    ".p2align 5",
    "16:",
    "movups xmm0, xmmword ptr [rsi + rax]",
    "movups xmm1, xmmword ptr [rsi + rax + 16]",
    "movups xmm2, xmmword ptr [rsi + rax + 32]",
    "movups xmm3, xmmword ptr [rsi + rax + 48]",
    "movaps xmmword ptr [rdi + rax], xmm0",
    "movaps xmmword ptr [rdi + rax + 16], xmm1",
    "movaps xmmword ptr [rdi + rax + 32], xmm2",
    "movaps xmmword ptr [rdi + rax + 48], xmm3",
    "add rax, 64",
    "cmp rax, r8",
    "jbe 16b",
    "17:",
    "movups xmm0, xmmword ptr [rsi + r8]",
    "movups xmm1, xmmword ptr [rsi + r8 + 16]",
    "movups xmm2, xmmword ptr [rsi + r8 + 32]",
    "movups xmm3, xmmword ptr [rsi + r8 + 48]",
    "movups xmmword ptr [rdi + r8], xmm0",
    "movups xmmword ptr [rdi + r8 + 16], xmm1",
    "movups xmmword ptr [rdi + r8 + 32], xmm2",
    "movups xmmword ptr [rdi + r8 + 48], xmm3",
    "mov rax, rdx",
    "ret",

    // What of the copies with AVX has to clear the upper halves.
    ".p2align 4",
    label!("upper"),
    "20:",
    "cmp rdx, 64",
    "ja 21f",
    "vmovups ymm0, ymmword ptr [rsi]",
    "vmovups ymm1, ymmword ptr [rsi + rdx - 32]",
    "vmovups ymmword ptr [rdi], ymm0",
    "vmovups ymmword ptr [rdi + rdx - 32], ymm1",
    "mov rax, rdx",
    "vzeroupper",
    "ret",
    "21:",
    "cmp rdx, 128",
    "ja 22f",
    "vmovups ymm0, ymmword ptr [rsi]",
    "vmovups ymm1, ymmword ptr [rsi + 32]",
    "vmovups ymm2, ymmword ptr [rsi + rdx - 64]",
    "vmovups ymm3, ymmword ptr [rsi + rdx - 32]",
    "vmovups ymmword ptr [rdi], ymm0",
    "vmovups ymmword ptr [rdi + 32], ymm1",
    "vmovups ymmword ptr [rdi + rdx - 64], ymm2",
    "vmovups ymmword ptr [rdi + rdx - 32], ymm3",
    "mov rax, rdx",
    "vzeroupper",
    "ret",
    "22:",
    "cmp rdx, 256",
    "ja 23f",
    "vmovups ymm0, ymmword ptr [rsi]",
    "vmovups ymm1, ymmword ptr [rsi + 32]",
    "vmovups ymm2, ymmword ptr [rsi + 64]",
    "vmovups ymm3, ymmword ptr [rsi + 96]",
    "vmovups ymm4, ymmword ptr [rsi + rdx - 128]",
    "vmovups ymm5, ymmword ptr [rsi + rdx - 96]",
    "vmovups ymm6, ymmword ptr [rsi + rdx - 64]",
    "vmovups ymm7, ymmword ptr [rsi + rdx - 32]",
    "vmovups ymmword ptr [rdi], ymm0",
    "vmovups ymmword ptr [rdi + 32], ymm1",
    "vmovups ymmword ptr [rdi + 64], ymm2",
    "vmovups ymmword ptr [rdi + 96], ymm3",
    "vmovups ymmword ptr [rdi + rdx - 128], ymm4",
    "vmovups ymmword ptr [rdi + rdx - 96], ymm5",
    "vmovups ymmword ptr [rdi + rdx - 64], ymm6",
    "vmovups ymmword ptr [rdi + rdx - 32], ymm7",
    "mov rax, rdx",
    "vzeroupper",
    "ret",
    // In blocks of 128 bytes from where the destination is aligned; the last one overlaps.
    "23:",
    "vmovups ymm0, ymmword ptr [rsi]",
    "vmovups ymm1, ymmword ptr [rsi + 32]",
    "vmovups ymmword ptr [rdi], ymm0",
    "vmovups ymmword ptr [rdi + 32], ymm1",
    "mov r9, rdi",
    "and r9d, 63",
    "mov eax, 64",
    "sub rax, r9",
    "lea r8, [rdx - 128]",
    ".p2align 5",
    "24:",
    "vmovups ymm0, ymmword ptr [rsi + rax]",
    "vmovups ymm1, ymmword ptr [rsi + rax + 32]",
    "vmovups ymm2, ymmword ptr [rsi + rax + 64]",
    "vmovups ymm3, ymmword ptr [rsi + rax + 96]",
    "vmovaps ymmword ptr [rdi + rax], ymm0",
    "vmovaps ymmword ptr [rdi + rax + 32], ymm1",
    "vmovaps ymmword ptr [rdi + rax + 64], ymm2",
    "vmovaps ymmword ptr [rdi + rax + 96], ymm3",
    "sub rax, -128",
    "cmp rax, r8",
    "jbe 24b",
    "vmovups ymm0, ymmword ptr [rsi + r8]",
    "vmovups ymm1, ymmword ptr [rsi + r8 + 32]",
    "vmovups ymm2, ymmword ptr [rsi + r8 + 64]",
    "vmovups ymm3, ymmword ptr [rsi + r8 + 96]",
    "vmovups ymmword ptr [rdi + r8], ymm0",
    "vmovups ymmword ptr [rdi + r8 + 32], ymm1",
    "vmovups ymmword ptr [rdi + r8 + 64], ymm2",
    "vmovups ymmword ptr [rdi + r8 + 96], ymm3",
    "mov rax, rdx",
    "vzeroupper",
    "ret",

    // After a fault: byte by byte up to the one that is gone.
    label!("upper_bytes"),
    "vzeroupper",
    label!("bytes"),
    "30:",
    "cmp rax, rdx",
    "jae 31f",
    "movzx r8d, byte ptr [rsi + rax]",
    "mov byte ptr [rdi + rax], r8b",
    "inc rax",
    "jmp 30b",
    label!("stop"),
    "31:",
    "ret",

    // Stores of one byte again and again, with AVX and without.
    ".p2align 4",
    label!("fill_avx"),
    "cmp rdx, 128",
    "jae 46f",
    label!("fill"),
    "xor eax, eax",
    "movzx r8d, sil",
    "mov r9, 0x0101010101010101",
    "imul r8, r9",
    "cmp rdx, 16",
    "jae 42f",
    "cmp edx, 8",
    "jb 50f",
    "mov qword ptr [rdi], r8",
    "mov qword ptr [rdi + rdx - 8], r8",
    "mov rax, rdx",
    "ret",
    "42:",
    "movq xmm0, r8",
    "punpcklqdq xmm0, xmm0",
    "cmp rdx, 64",
    "jae 43f",
    "mov r9, rdx",
    "shr r9",
    "and r9d, 16",
    "mov r10, rdx",
    "sub r10, r9",
    "movups xmmword ptr [rdi], xmm0",
    "movups xmmword ptr [rdi + r9], xmm0",
    "movups xmmword ptr [rdi + r10 - 16], xmm0",
    "movups xmmword ptr [rdi + rdx - 16], xmm0",
    "mov rax, rdx",
    "ret",
    "43:",
    "movups xmmword ptr [rdi], xmm0",
    "mov r9, rdi",
    "and r9d, 15",
    "mov eax, 16",
    "sub rax, r9",
    "lea r8, [rdx - 64]",
    "cmp rax, r8",
    "ja 45f",
    ".p2align 5",
    "44:",
    "movaps xmmword ptr [rdi + rax], xmm0",
    "movaps xmmword ptr [rdi + rax + 16], xmm0",
    "movaps xmmword ptr [rdi + rax + 32], xmm0",
    "movaps xmmword ptr [rdi + rax + 48], xmm0",
    "add rax, 64",
    "cmp rax, r8",
    "jbe 44b",
    "45:",
    "movups xmmword ptr [rdi + r8], xmm0",
    "movups xmmword ptr [rdi + r8 + 16], xmm0",
    "movups xmmword ptr [rdi + r8 + 32], xmm0",
    "movups xmmword ptr [rdi + r8 + 48], xmm0",
    "mov rax, rdx",
    "ret",
    label!("fill_upper"),
    "46:",
    "xor eax, eax",
    "movzx r8d, sil",
    "mov r9, 0x0101010101010101",
    "imul r8, r9",
    "vmovq xmm0, r8",
    "vpunpcklqdq xmm0, xmm0, xmm0",
    "vinsertf128 ymm0, ymm0, xmm0, 1",
    "vmovups ymmword ptr [rdi], ymm0",
    "mov r9, rdi",
    "and r9d, 31",
    "mov eax, 32",
    "sub rax, r9",
    "lea r8, [rdx - 128]",
    "cmp rax, r8",
    "ja 48f",
    ".p2align 5",
    "47:",
    "vmovaps ymmword ptr [rdi + rax], ymm0",
    "vmovaps ymmword ptr [rdi + rax + 32], ymm0",
    "vmovaps ymmword ptr [rdi + rax + 64], ymm0",
    "vmovaps ymmword ptr [rdi + rax + 96], ymm0",
    "sub rax, -128",
    "cmp rax, r8",
    "jbe 47b",
    "48:",
    "vmovups ymmword ptr [rdi + r8], ymm0",
    "vmovups ymmword ptr [rdi + r8 + 32], ymm0",
    "vmovups ymmword ptr [rdi + r8 + 64], ymm0",
    "vmovups ymmword ptr [rdi + r8 + 96], ymm0",
    "mov rax, rdx",
    "vzeroupper",
    "ret",
    label!("fill_upper_bytes"),
    "vzeroupper",
    label!("fill_bytes"),
    "50:",
    "cmp rax, rdx",
    "jae 31b",
    "mov byte ptr [rdi + rax], sil",
    "inc rax",
    "jmp 50b",
    label!("fill_end"),

    // Loads of one byte at each step: four at a time, which keeps more of them under way, and after
    // a fault one by one.
    ".p2align 4",
    label!("touch"),
    "xor eax, eax",
    "lea r9, [rdi + 2*rdi]",
    "60:",
    "lea r10, [rax + r9]",
    "cmp r10, rdx",
    "jae 61f",
    "lea r11, [rsi + rax]",
    "movzx r8d, byte ptr [r11]",
    "movzx r8d, byte ptr [r11 + rdi]",
    "movzx r8d, byte ptr [r11 + 2*rdi]",
    "movzx r8d, byte ptr [rsi + r10]",
    "lea rax, [rax + 4*rdi]",
    "jmp 60b",
    label!("touch_each"),
    "61:",
    "cmp rax, rdx",
    "jae 31b",
    "movzx r8d, byte ptr [rsi + rax]",
    "add rax, rdi",
    "jmp 61b",
    label!("touch_end"),

    ".p2align 4",
    label!("single"),
    singles!("movzx eax, ", "byte ptr ", "sil"),
    singles!("movzx eax, ", "word ptr ", "si"),
    singles!("mov eax, ", "dword ptr ", "esi"),
    singles!("mov rax, ", "qword ptr ", "rsi"),
    ".p2align 4",
    label!("gone"),
    "mov edx, 1",
    "ret",
    end!(),
}

/// The functions for this processor.
pub(super) fn functions() -> Functions {
    let at = Addresses::get();
    let avx = is_x86_feature_detected!("avx");
    let (copy, fill) = if avx { (at.copy_avx, at.fill_avx) } else { (at.copy, at.fill) };
    Functions { copy, fill, touch: at.touch, single: at.single }
}

/// The functions for processors without AVX.
#[cfg(test)]
pub(super) fn functions_without_avx() -> Functions {
    let at = Addresses::get();
    Functions { copy: at.copy, fill: at.fill, touch: at.touch, single: at.single }
}

/// All code above that may fault.
pub(super) fn ranges() -> [Range; RANGES] {
    let at = Addresses::get();
    [
        Range::new(Kind::Bulk, at.copy_avx, at.upper, at.bytes),
        Range::new(Kind::Bulk, at.upper, at.upper_bytes, at.upper_bytes),
        Range::new(Kind::Bulk, at.bytes, at.stop, at.stop),
        Range::new(Kind::Bulk, at.fill_avx, at.fill_upper, at.fill_bytes),
        Range::new(Kind::Bulk, at.fill_upper, at.fill_upper_bytes, at.fill_upper_bytes),
        Range::new(Kind::Bulk, at.fill_bytes, at.fill_end, at.stop),
        Range::new(Kind::Bulk, at.touch, at.touch_each, at.touch_each),
        Range::new(Kind::Bulk, at.touch_each, at.touch_end, at.stop),
        Range::new(Kind::Single, at.single, at.gone, at.gone),
    ]
}

/// The addresses of the symbols above, in the order in which they are found out.
#[derive(Copy, Clone, Debug)]
#[repr(C)]
struct Addresses {
    copy_avx: *const (),
    copy: *const (),
    upper: *const (),
    upper_bytes: *const (),
    bytes: *const (),
    stop: *const (),
    fill_avx: *const (),
    fill: *const (),
    fill_upper: *const (),
    fill_upper_bytes: *const (),
    fill_bytes: *const (),
    fill_end: *const (),
    touch: *const (),
    touch_each: *const (),
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
                concat!("lea {place}, [rip + ", symbol!("copy_avx"), "]\nmov [{to} + 0], {place}"),
                concat!("lea {place}, [rip + ", symbol!("copy"), "]\nmov [{to} + 8], {place}"),
                concat!("lea {place}, [rip + ", symbol!("upper"), "]\nmov [{to} + 16], {place}"),
                concat!("lea {place}, [rip + ", symbol!("upper_bytes"), "]\nmov [{to} + 24], {place}"),
                concat!("lea {place}, [rip + ", symbol!("bytes"), "]\nmov [{to} + 32], {place}"),
                concat!("lea {place}, [rip + ", symbol!("stop"), "]\nmov [{to} + 40], {place}"),
                concat!("lea {place}, [rip + ", symbol!("fill_avx"), "]\nmov [{to} + 48], {place}"),
                concat!("lea {place}, [rip + ", symbol!("fill"), "]\nmov [{to} + 56], {place}"),
                concat!("lea {place}, [rip + ", symbol!("fill_upper"), "]\nmov [{to} + 64], {place}"),
                concat!("lea {place}, [rip + ", symbol!("fill_upper_bytes"), "]\nmov [{to} + 72], {place}"),
                concat!("lea {place}, [rip + ", symbol!("fill_bytes"), "]\nmov [{to} + 80], {place}"),
                concat!("lea {place}, [rip + ", symbol!("fill_end"), "]\nmov [{to} + 88], {place}"),
                concat!("lea {place}, [rip + ", symbol!("touch"), "]\nmov [{to} + 96], {place}"),
                concat!("lea {place}, [rip + ", symbol!("touch_each"), "]\nmov [{to} + 104], {place}"),
                concat!("lea {place}, [rip + ", symbol!("touch_end"), "]\nmov [{to} + 112], {place}"),
                concat!("lea {place}, [rip + ", symbol!("single"), "]\nmov [{to} + 120], {place}"),
                concat!("lea {place}, [rip + ", symbol!("gone"), "]\nmov [{to} + 128], {place}"),
                id = const ID,
                place = out(reg) _,
                to = in(reg) addresses.as_mut_ptr(),
                options(nostack, preserves_flags),
            );
        }
        // SAFETY: all fields were stored.
        unsafe { addresses.assume_init() }
    }
}
