//! The offsets of [`LAYOUT`], compared with the structures of the libc crate when this is compiled.

use super::layout::LAYOUT;

/// Fails to compile unless these are the offsets of [`LAYOUT`].
#[allow(dead_code, reason = "where the structure is known")]
const fn compare(mask: usize, counter: usize, arguments: [usize; 4]) {
    let ([a, b, c, d], [e, f, g, h]) = (arguments, LAYOUT.arguments);
    assert!(mask == LAYOUT.mask);
    assert!(counter == LAYOUT.counter);
    assert!(a == e && b == f && c == g && d == h);
}

#[cfg(all(
    any(target_os = "linux", target_os = "android"),
    target_arch = "x86_64",
    target_pointer_width = "64"
))]
#[allow(dead_code, reason = "it is compared when this is compiled, and that is all")]
mod structure {
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

#[cfg(all(target_os = "linux", target_arch = "x86"))]
#[allow(dead_code, reason = "it is compared when this is compiled, and that is all")]
mod structure {
    use core::mem::offset_of;

    use libc::{REG_EIP, ucontext_t};

    const _: () = super::compare(
        offset_of!(ucontext_t, uc_sigmask),
        offset_of!(ucontext_t, uc_mcontext.gregs) + 4 * REG_EIP as usize,
        [0; 4],
    );
}

#[cfg(all(
    any(target_os = "linux", target_os = "android"),
    target_arch = "aarch64",
    target_pointer_width = "64",
    target_endian = "little"
))]
#[allow(dead_code, reason = "it is compared when this is compiled, and that is all")]
mod structure {
    use core::mem::offset_of;

    use libc::ucontext_t;

    const fn x(number: usize) -> usize {
        offset_of!(ucontext_t, uc_mcontext.regs) + 8 * number
    }

    const _: () = super::compare(
        offset_of!(ucontext_t, uc_sigmask),
        offset_of!(ucontext_t, uc_mcontext.pc),
        [x(0), x(1), x(2), x(3)],
    );
}

#[cfg(all(any(target_os = "freebsd", target_os = "dragonfly"), target_arch = "x86_64"))]
#[allow(dead_code, reason = "it is compared when this is compiled, and that is all")]
mod structure {
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

#[cfg(all(target_os = "freebsd", target_arch = "aarch64"))]
#[allow(dead_code, reason = "it is compared when this is compiled, and that is all")]
mod structure {
    use core::mem::offset_of;

    use libc::ucontext_t;

    const fn x(number: usize) -> usize {
        offset_of!(ucontext_t, uc_mcontext.mc_gpregs.gp_x) + 8 * number
    }

    const _: () = super::compare(
        offset_of!(ucontext_t, uc_sigmask),
        offset_of!(ucontext_t, uc_mcontext.mc_gpregs.gp_elr),
        [x(0), x(1), x(2), x(3)],
    );
}

#[cfg(all(target_os = "netbsd", target_arch = "x86_64"))]
#[allow(dead_code, reason = "it is compared when this is compiled, and that is all")]
mod structure {
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

/// The array of registers is too short there, but starts at the right place.
#[cfg(all(target_os = "netbsd", target_arch = "aarch64"))]
#[allow(dead_code, reason = "it is compared when this is compiled, and that is all")]
mod structure {
    use core::mem::offset_of;

    use libc::{_REG_PC, ucontext_t};

    const fn x(number: usize) -> usize {
        offset_of!(ucontext_t, uc_mcontext.__gregs) + 8 * number
    }

    const _: () = super::compare(
        offset_of!(ucontext_t, uc_sigmask),
        x(_REG_PC as usize),
        [x(0), x(1), x(2), x(3)],
    );
}

#[cfg(all(target_os = "openbsd", target_arch = "x86_64"))]
#[allow(dead_code, reason = "it is compared when this is compiled, and that is all")]
mod structure {
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

#[cfg(all(target_os = "openbsd", target_arch = "aarch64"))]
#[allow(dead_code, reason = "it is compared when this is compiled, and that is all")]
mod structure {
    use core::mem::offset_of;

    use libc::ucontext_t;

    const fn x(number: usize) -> usize {
        offset_of!(ucontext_t, sc_x) + 8 * number
    }

    const _: () = super::compare(
        offset_of!(ucontext_t, sc_mask),
        offset_of!(ucontext_t, sc_elr),
        [x(0), x(1), x(2), x(3)],
    );
}

#[cfg(all(target_vendor = "apple", target_arch = "x86_64"))]
#[allow(dead_code, reason = "it is compared when this is compiled, and that is all")]
mod structure {
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
    const _: () = assert!(super::LAYOUT.pointer == offset_of!(ucontext_t, uc_mcontext));
}

#[cfg(all(target_vendor = "apple", target_arch = "aarch64"))]
#[allow(dead_code, reason = "it is compared when this is compiled, and that is all")]
mod structure {
    use core::mem::offset_of;

    use libc::{__darwin_mcontext64 as registers, ucontext_t};

    const fn x(number: usize) -> usize {
        offset_of!(registers, __ss.__x) + 8 * number
    }

    const _: () = super::compare(
        offset_of!(ucontext_t, uc_sigmask),
        offset_of!(registers, __ss.__pc),
        [x(0), x(1), x(2), x(3)],
    );
    const _: () = assert!(super::LAYOUT.pointer == offset_of!(ucontext_t, uc_mcontext));
}
