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
pub(super) const LAYOUT: Option<Layout> =
    Some(Layout { mask: (296, 8), registers: None, counter: 168, arguments: [104, 112, 136, 152] });

/// `<asm/ucontext.h>`, `<asm/sigcontext.h>`.
#[cfg(all(
    any(target_os = "linux", target_os = "android"),
    target_arch = "aarch64",
    target_pointer_width = "64",
    target_endian = "little"
))]
pub(super) const LAYOUT: Option<Layout> =
    Some(Layout { mask: (40, 8), registers: None, counter: 440, arguments: [184, 192, 200, 208] });

/// `<sys/_ucontext.h>`, `<x86/ucontext.h>`.
#[cfg(all(target_os = "freebsd", target_arch = "x86_64"))]
pub(super) const LAYOUT: Option<Layout> =
    Some(Layout { mask: (0, 16), registers: None, counter: 176, arguments: [24, 32, 40, 48] });

/// `<sys/_ucontext.h>`, `<machine/ucontext.h>`.
#[cfg(all(target_os = "freebsd", target_arch = "aarch64"))]
pub(super) const LAYOUT: Option<Layout> =
    Some(Layout { mask: (0, 16), registers: None, counter: 272, arguments: [16, 24, 32, 40] });

/// `<sys/ucontext.h>`, `<cpu/ucontext.h>`; the registers are aligned to 64 bytes.
#[cfg(all(target_os = "dragonfly", target_arch = "x86_64"))]
pub(super) const LAYOUT: Option<Layout> =
    Some(Layout { mask: (0, 16), registers: None, counter: 232, arguments: [72, 80, 88, 96] });

/// `<sys/ucontext.h>`, `<amd64/mcontext.h>`.
#[cfg(all(target_os = "netbsd", target_arch = "x86_64"))]
pub(super) const LAYOUT: Option<Layout> =
    Some(Layout { mask: (16, 16), registers: None, counter: 224, arguments: [56, 64, 72, 80] });

/// `<sys/ucontext.h>`, `<aarch64/mcontext.h>`; the registers are aligned to 16 bytes.
#[cfg(all(target_os = "netbsd", target_arch = "aarch64"))]
pub(super) const LAYOUT: Option<Layout> =
    Some(Layout { mask: (16, 16), registers: None, counter: 320, arguments: [64, 72, 80, 88] });

/// `<amd64/signal.h>`.
#[cfg(all(target_os = "openbsd", target_arch = "x86_64"))]
pub(super) const LAYOUT: Option<Layout> =
    Some(Layout { mask: (220, 4), registers: None, counter: 168, arguments: [0, 8, 16, 24] });

/// `<arm64/signal.h>`.
#[cfg(all(target_os = "openbsd", target_arch = "aarch64"))]
pub(super) const LAYOUT: Option<Layout> =
    Some(Layout { mask: (4, 4), registers: None, counter: 24, arguments: [40, 48, 56, 64] });

/// `<sys/_types/_ucontext.h>`, `<mach/i386/_structs.h>`.
#[cfg(all(target_vendor = "apple", target_arch = "x86_64"))]
pub(super) const LAYOUT: Option<Layout> =
    Some(Layout { mask: (4, 4), registers: Some(48), counter: 144, arguments: [48, 56, 40, 32] });

/// `<sys/_types/_ucontext.h>`, `<mach/arm/_structs.h>`.
#[cfg(all(target_vendor = "apple", target_arch = "aarch64"))]
pub(super) const LAYOUT: Option<Layout> =
    Some(Layout { mask: (4, 4), registers: Some(48), counter: 272, arguments: [16, 24, 32, 40] });

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
    all(target_os = "dragonfly", target_arch = "x86_64")
)))]
pub(super) const LAYOUT: Option<Layout> = None;

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
    let bits = unsafe { (&raw const *info).cast::<u8>().add(OFFSET).cast::<i16>().read() };
    1_usize.checked_shl(u32::from(bits.unsigned_abs())).unwrap_or(1)
}

/// The address is told exactly.
#[cfg(not(all(any(target_os = "linux", target_os = "android"), target_pointer_width = "64")))]
pub(super) fn granule(_info: &SigInfo) -> usize {
    1
}

/// The same by the structures of the libc crate.
#[cfg(all(
    any(target_os = "linux", target_os = "android"),
    target_arch = "x86_64",
    target_pointer_width = "64"
))]
mod check {
    use core::mem::offset_of;

    use libc::{REG_RCX, REG_RDI, REG_RDX, REG_RIP, REG_RSI, ucontext_t};

    #[cfg(target_os = "linux")]
    const MASK: usize = offset_of!(ucontext_t, uc_sigmask);
    #[cfg(target_os = "android")]
    const MASK: usize = offset_of!(ucontext_t, uc_sigmask64);

    const fn register(number: core::ffi::c_int) -> usize {
        offset_of!(ucontext_t, uc_mcontext.gregs) + 8 * number as usize
    }

    const _: () = super::compare(
        MASK,
        register(REG_RIP),
        [register(REG_RDI), register(REG_RSI), register(REG_RDX), register(REG_RCX)],
    );
}

/// The same by the structures of the libc crate.
#[cfg(all(
    any(target_os = "linux", target_os = "android"),
    target_arch = "aarch64",
    target_pointer_width = "64",
    target_endian = "little"
))]
mod check {
    use core::mem::offset_of;

    use libc::ucontext_t;

    const X0: usize = offset_of!(ucontext_t, uc_mcontext.regs);
    const _: () = super::compare(
        offset_of!(ucontext_t, uc_sigmask),
        offset_of!(ucontext_t, uc_mcontext.pc),
        [X0, X0 + 8, X0 + 16, X0 + 24],
    );
}

/// The same by the structures of the libc crate.
#[cfg(all(any(target_os = "freebsd", target_os = "dragonfly"), target_arch = "x86_64"))]
mod check {
    use core::mem::offset_of;

    use libc::ucontext_t;

    const _: () = super::compare(
        offset_of!(ucontext_t, uc_sigmask),
        offset_of!(ucontext_t, uc_mcontext.mc_rip),
        [
            offset_of!(ucontext_t, uc_mcontext.mc_rdi),
            offset_of!(ucontext_t, uc_mcontext.mc_rsi),
            offset_of!(ucontext_t, uc_mcontext.mc_rdx),
            offset_of!(ucontext_t, uc_mcontext.mc_rcx),
        ],
    );
}

/// The same by the structures of the libc crate.
#[cfg(all(target_os = "freebsd", target_arch = "aarch64"))]
mod check {
    use core::mem::offset_of;

    use libc::ucontext_t;

    const X0: usize = offset_of!(ucontext_t, uc_mcontext.mc_gpregs.gp_x);
    const _: () = super::compare(
        offset_of!(ucontext_t, uc_sigmask),
        offset_of!(ucontext_t, uc_mcontext.mc_gpregs.gp_elr),
        [X0, X0 + 8, X0 + 16, X0 + 24],
    );
}

/// The same by the structures of the libc crate.
#[cfg(all(target_os = "netbsd", target_arch = "x86_64"))]
mod check {
    use core::mem::offset_of;

    use libc::{_REG_RCX, _REG_RDI, _REG_RDX, _REG_RIP, _REG_RSI, ucontext_t};

    const fn register(number: core::ffi::c_int) -> usize {
        offset_of!(ucontext_t, uc_mcontext.__gregs) + 8 * number as usize
    }

    const _: () = super::compare(
        offset_of!(ucontext_t, uc_sigmask),
        register(_REG_RIP),
        [register(_REG_RDI), register(_REG_RSI), register(_REG_RDX), register(_REG_RCX)],
    );
}

/// The same by the structures of the libc crate, whose array of registers is too short but starts
/// at the right place.
#[cfg(all(target_os = "netbsd", target_arch = "aarch64"))]
mod check {
    use core::mem::offset_of;

    use libc::{_REG_PC, ucontext_t};

    const X0: usize = offset_of!(ucontext_t, uc_mcontext.__gregs);
    const _: () = super::compare(
        offset_of!(ucontext_t, uc_sigmask),
        X0 + 8 * _REG_PC as usize,
        [X0, X0 + 8, X0 + 16, X0 + 24],
    );
}

/// The same by the structures of the libc crate.
#[cfg(all(target_os = "openbsd", target_arch = "x86_64"))]
mod check {
    use core::mem::offset_of;

    use libc::ucontext_t;

    const _: () = super::compare(
        offset_of!(ucontext_t, sc_mask),
        offset_of!(ucontext_t, sc_rip),
        [
            offset_of!(ucontext_t, sc_rdi),
            offset_of!(ucontext_t, sc_rsi),
            offset_of!(ucontext_t, sc_rdx),
            offset_of!(ucontext_t, sc_rcx),
        ],
    );
}

/// The same by the structures of the libc crate.
#[cfg(all(target_os = "openbsd", target_arch = "aarch64"))]
mod check {
    use core::mem::offset_of;

    use libc::ucontext_t;

    const X0: usize = offset_of!(ucontext_t, sc_x);
    const _: () = super::compare(
        offset_of!(ucontext_t, sc_mask),
        offset_of!(ucontext_t, sc_elr),
        [X0, X0 + 8, X0 + 16, X0 + 24],
    );
}

/// The same by the structures of the libc crate.
#[cfg(all(target_vendor = "apple", target_arch = "x86_64"))]
mod check {
    use core::mem::offset_of;

    use libc::{__darwin_mcontext64 as registers, ucontext_t};

    const _: () = super::compare(
        offset_of!(ucontext_t, uc_sigmask),
        offset_of!(registers, __ss.__rip),
        [
            offset_of!(registers, __ss.__rdi),
            offset_of!(registers, __ss.__rsi),
            offset_of!(registers, __ss.__rdx),
            offset_of!(registers, __ss.__rcx),
        ],
    );
    const _: () = super::compare_pointer(offset_of!(ucontext_t, uc_mcontext));
}

/// The same by the structures of the libc crate.
#[cfg(all(target_vendor = "apple", target_arch = "aarch64"))]
mod check {
    use core::mem::offset_of;

    use libc::{__darwin_mcontext64 as registers, ucontext_t};

    const X0: usize = offset_of!(registers, __ss.__x);
    const _: () = super::compare(
        offset_of!(ucontext_t, uc_sigmask),
        offset_of!(registers, __ss.__pc),
        [X0, X0 + 8, X0 + 16, X0 + 24],
    );
    const _: () = super::compare_pointer(offset_of!(ucontext_t, uc_mcontext));
}

/// Fails to compile unless these are the offsets of [`LAYOUT`].
#[allow(dead_code, reason = "where the structure is known")]
const fn compare(mask: usize, counter: usize, arguments: [usize; 4]) {
    if let Some(layout) = LAYOUT {
        let [a, b, c, d] = arguments;
        let [e, f, g, h] = layout.arguments;
        assert!(mask == layout.mask.0);
        assert!(counter == layout.counter);
        assert!(a == e && b == f && c == g && d == h);
    }
}

/// Fails to compile unless the pointer to the registers is there.
#[cfg(target_vendor = "apple")]
const fn compare_pointer(offset: usize) {
    assert!(matches!(LAYOUT, Some(Layout { registers: Some(pointer), .. }) if pointer == offset));
}
