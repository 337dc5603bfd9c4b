//! Machine code for tests.

use super::capability::lacking;

/// Makes the 8 bytes of a function that returns a small number; `None` is a skip (`code`).
#[track_caller]
pub(crate) fn returning() -> Option<fn(u8) -> [u8; 8]> {
    let known: Option<fn(u8) -> [u8; 8]> = if cfg!(any(target_arch = "x86_64", target_arch = "x86"))
    {
        // mov eax, number; ret
        Some(|number| [0xb8, number, 0, 0, 0, 0xc3, 0, 0])
    } else if cfg!(target_arch = "aarch64") {
        // mov w0, number; ret
        Some(|number| words([0x5280_0000 | u32::from(number) << 5, 0xd65f_03c0]))
    } else if cfg!(target_arch = "riscv64") {
        // li a0, number; ret
        Some(|number| words([0x0000_0513 | u32::from(number) << 20, 0x0000_8067]))
    } else if cfg!(target_arch = "s390x") {
        // lghi %r2, number; br %r14
        Some(|number| [0xa7, 0x29, 0, number, 0x07, 0xfe, 0, 0])
    } else {
        None
    };
    if known.is_none() {
        lacking("code", "no code for this processor is written down");
    }
    known
}

fn words(words: [u32; 2]) -> [u8; 8] {
    let [first, second] = words.map(u32::to_le_bytes);
    [first, second].concat().try_into().unwrap()
}
