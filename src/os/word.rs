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
    not(any(
        target_arch = "x86",
        all(target_arch = "x86_64", target_pointer_width = "64"),
        all(target_arch = "aarch64", target_pointer_width = "64"),
        target_arch = "riscv64"
    ))
))]
mod any;
#[cfg(all(target_arch = "aarch64", target_pointer_width = "64", not(miri)))]
mod arm;
#[cfg(all(target_arch = "riscv64", not(miri)))]
mod riscv;
#[cfg(all(
    any(target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")),
    not(miri)
))]
mod x86;

#[cfg(any(
    miri,
    not(any(
        target_arch = "x86",
        all(target_arch = "x86_64", target_pointer_width = "64"),
        all(target_arch = "aarch64", target_pointer_width = "64"),
        target_arch = "riscv64"
    ))
))]
pub(crate) use any::*;
#[cfg(all(target_arch = "aarch64", target_pointer_width = "64", not(miri)))]
pub(crate) use arm::*;
#[cfg(all(target_arch = "riscv64", not(miri)))]
pub(crate) use riscv::*;
#[cfg(all(
    any(target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")),
    not(miri)
))]
pub(crate) use x86::*;

/// The size of a word in bytes.
pub(crate) const WORD: usize = size_of::<usize>();
