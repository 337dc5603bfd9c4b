//! The offsets, by system and processor, as the systems' headers have them. Where the libc crate has
//! the structure too, the two are compared when the crate is compiled.

use core::ffi::c_int;

use super::Layout;
use crate::sys::signal::SigInfo;

/// `<asm/ucontext.h>`, `<asm/sigcontext.h>`.
#[cfg(all(
    any(target_os = "linux", target_os = "android"),
    target_arch = "x86_64",
    target_pointer_width = "64"
))]
pub(super) const LAYOUT: Layout =
    Layout { mask: 296, mask_len: 8, pointer: 0, counter: 168, arguments: [104, 112, 136, 152] };

/// `<asm/ucontext.h>`, `<asm/sigcontext.h>`.
#[cfg(all(
    any(target_os = "linux", target_os = "android"),
    target_arch = "aarch64",
    target_pointer_width = "64",
    target_endian = "little"
))]
pub(super) const LAYOUT: Layout =
    Layout { mask: 40, mask_len: 8, pointer: 0, counter: 440, arguments: [184, 192, 200, 208] };

/// `<asm/ucontext.h>`, `<asm/sigcontext.h>`. Arguments are on the stack.
#[cfg(all(any(target_os = "linux", target_os = "android"), target_arch = "x86"))]
pub(super) const LAYOUT: Layout =
    Layout { mask: 108, mask_len: 8, pointer: 0, counter: 76, arguments: [0; 4] };

/// `<sys/_ucontext.h>`, `<x86/ucontext.h>`.
#[cfg(all(target_os = "freebsd", target_arch = "x86_64"))]
pub(super) const LAYOUT: Layout =
    Layout { mask: 0, mask_len: 16, pointer: 0, counter: 176, arguments: [24, 32, 40, 48] };

/// `<sys/_ucontext.h>`, `<machine/ucontext.h>`.
#[cfg(all(target_os = "freebsd", target_arch = "aarch64"))]
pub(super) const LAYOUT: Layout =
    Layout { mask: 0, mask_len: 16, pointer: 0, counter: 272, arguments: [16, 24, 32, 40] };

/// `<sys/ucontext.h>`, `<cpu/ucontext.h>`; the registers are aligned to 64 bytes.
#[cfg(all(target_os = "dragonfly", target_arch = "x86_64"))]
pub(super) const LAYOUT: Layout =
    Layout { mask: 0, mask_len: 16, pointer: 0, counter: 232, arguments: [72, 80, 88, 96] };

/// `<sys/ucontext.h>`, `<amd64/mcontext.h>`.
#[cfg(all(target_os = "netbsd", target_arch = "x86_64"))]
pub(super) const LAYOUT: Layout =
    Layout { mask: 16, mask_len: 16, pointer: 0, counter: 224, arguments: [56, 64, 72, 80] };

/// `<sys/ucontext.h>`, `<aarch64/mcontext.h>`; the registers are aligned to 16 bytes.
#[cfg(all(target_os = "netbsd", target_arch = "aarch64"))]
pub(super) const LAYOUT: Layout =
    Layout { mask: 16, mask_len: 16, pointer: 0, counter: 320, arguments: [64, 72, 80, 88] };

/// `<amd64/signal.h>`.
#[cfg(all(target_os = "openbsd", target_arch = "x86_64"))]
pub(super) const LAYOUT: Layout =
    Layout { mask: 220, mask_len: 4, pointer: 0, counter: 168, arguments: [0, 8, 16, 24] };

/// `<arm64/signal.h>`.
#[cfg(all(target_os = "openbsd", target_arch = "aarch64"))]
pub(super) const LAYOUT: Layout =
    Layout { mask: 4, mask_len: 4, pointer: 0, counter: 24, arguments: [40, 48, 56, 64] };

/// `<sys/_types/_ucontext.h>`, `<mach/i386/_structs.h>`.
#[cfg(all(target_vendor = "apple", target_arch = "x86_64"))]
pub(super) const LAYOUT: Layout =
    Layout { mask: 4, mask_len: 4, pointer: 48, counter: 144, arguments: [48, 56, 40, 32] };

/// `<sys/_types/_ucontext.h>`, `<mach/arm/_structs.h>`.
#[cfg(all(target_vendor = "apple", target_arch = "aarch64"))]
pub(super) const LAYOUT: Layout =
    Layout { mask: 4, mask_len: 4, pointer: 48, counter: 272, arguments: [16, 24, 32, 40] };

#[cfg(not(any(
    all(
        any(
            target_os = "linux",
            target_os = "android",
            target_os = "freebsd",
            target_os = "netbsd",
            target_os = "openbsd",
            target_vendor = "apple"
        ),
        any(target_arch = "x86_64", target_arch = "aarch64"),
        target_pointer_width = "64",
        target_endian = "little"
    ),
    all(any(target_os = "linux", target_os = "android"), target_arch = "x86"),
    all(target_os = "dragonfly", target_arch = "x86_64")
)))]
/// Not known.
pub(super) const LAYOUT: Layout =
    Layout { mask: 0, mask_len: 0, pointer: 0, counter: 0, arguments: [0; 4] };

/// `BUS_MCEERR_AO`: memory was found to be damaged, and nobody has accessed it.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) const NOT_BY_ACCESS: c_int = 5;

/// There is no such code.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) const NOT_BY_ACCESS: c_int = 0;

/// An address without the tag that the processor ignores, which handlers may ask for
/// (`SA_EXPOSE_TAGBITS`).
#[cfg(target_arch = "aarch64")]
pub(super) fn untagged(address: usize) -> usize {
    address & 0x00ff_ffff_ffff_ffff
}

/// There are no tags.
#[cfg(not(target_arch = "aarch64"))]
pub(super) fn untagged(address: usize) -> usize {
    address
}

/// `si_addr_lsb`, where there is one: of damaged memory the kernel tells a whole page, which may be
/// a huge one.
#[cfg(all(any(target_os = "linux", target_os = "android"), target_pointer_width = "64"))]
pub(super) fn granule(info: &SigInfo) -> usize {
    /// `BUS_MCEERR_AR`.
    const DAMAGED: c_int = 4;
    /// It follows `si_addr`.
    const OFFSET: usize = 24;
    if info.si_code != DAMAGED {
        return 1;
    }
    // SAFETY: the kernel has filled this field in for this code; the structure is larger.
    let bits = unsafe { (&raw const *info).cast::<u8>().wrapping_add(OFFSET).cast::<i16>().read() };
    1_usize.checked_shl(u32::from(bits.unsigned_abs())).unwrap_or(1)
}

/// The address is told exactly.
#[cfg(not(all(any(target_os = "linux", target_os = "android"), target_pointer_width = "64")))]
pub(super) fn granule(_info: &SigInfo) -> usize {
    1
}
