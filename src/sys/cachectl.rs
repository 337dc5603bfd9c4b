//! `<sys/cachectl.h>` and its like: instruction caches that do not see what was stored.
//!
//! In C this is `__builtin___clear_cache`, which calls a function of the compiler's own library.

#![allow(
    dead_code,
    unused_imports,
    unused_variables,
    reason = "without std nothing here is used; some processors ask for nothing"
)]

use crate::{Result, errno::Errno};

/// Whether it reads the memory, so that pages which are not there are a fault.
pub(crate) const READS: bool = cfg!(target_arch = "aarch64");

/// Makes what was stored in memory be what is run from there.
///
/// A thread that may already have run what was there before has to synchronise on its own.
///
/// # Safety
///
/// - The memory can be read.
///
/// # Errors
///
/// - `ENOSYS`: this crate does not know how the processor is told.
#[cfg(any(target_arch = "x86", target_arch = "x86_64", target_arch = "s390x"))]
pub(crate) unsafe fn clear_cache(start: *mut u8, len: usize) -> Result<()> {
    // The processor sees to it itself.
    Ok(())
}

/// See above.
///
/// # Safety
///
/// - The memory can be read.
#[cfg(all(target_arch = "aarch64", not(target_vendor = "apple")))]
pub(crate) unsafe fn clear_cache(start: *mut u8, len: usize) -> Result<()> {
    use core::arch::asm;

    const IDC: u64 = 1 << 28;
    const DIC: u64 = 1 << 29;
    let (start, end) = (start.addr(), start.addr() + len);
    let control: u64;
    // SAFETY: it reads a register that all of these systems let programs read.
    unsafe { asm!("mrs {}, ctr_el0", out(reg) control, options(nomem, nostack, preserves_flags)) };
    // In words of four bytes, as a logarithm.
    let lines = |shift: u64| {
        let line = 4 << (control >> shift & 0xf);
        (start - start % line..end).step_by(line)
    };
    if control & IDC == 0 {
        for line in lines(16) {
            // SAFETY: it writes a line of the data cache back; the memory can be read.
            unsafe { asm!("dc cvau, {}", in(reg) line, options(nostack, preserves_flags)) };
        }
    }
    // SAFETY: a barrier.
    unsafe { asm!("dsb ish", options(nostack, preserves_flags)) };
    if control & DIC == 0 {
        for line in lines(0) {
            // SAFETY: it forgets a line of the instruction cache; the memory can be read.
            unsafe { asm!("ic ivau, {}", in(reg) line, options(nostack, preserves_flags)) };
        }
        // SAFETY: a barrier.
        unsafe { asm!("dsb ish", options(nostack, preserves_flags)) };
    }
    // SAFETY: a barrier.
    unsafe { asm!("isb", options(nostack, preserves_flags)) };
    Ok(())
}

/// See above; `<libkern/OSCacheControl.h>`.
///
/// # Safety
///
/// - The memory can be read.
#[cfg(all(target_arch = "aarch64", target_vendor = "apple"))]
pub(crate) unsafe fn clear_cache(start: *mut u8, len: usize) -> Result<()> {
    use core::ffi::c_void;

    unsafe extern "C" {
        fn sys_icache_invalidate(start: *mut c_void, len: usize);
    }
    // SAFETY: the memory can be read.
    unsafe { sys_icache_invalidate(start.cast(), len) };
    Ok(())
}

/// See above; Linux does it for the program.
///
/// # Safety
///
/// - The memory can be read.
#[cfg(all(target_arch = "arm", any(target_os = "linux", target_os = "android")))]
pub(crate) unsafe fn clear_cache(start: *mut u8, len: usize) -> Result<()> {
    const ARM_NR_CACHEFLUSH: libc::c_long = 0xf_0002;
    let end = start.wrapping_add(len);
    // SAFETY: it changes no memory.
    Errno::result(unsafe { libc::syscall(ARM_NR_CACHEFLUSH, start, end, 0) }).map(drop)
}

/// See above; Linux does it on every processor that runs the program.
///
/// # Safety
///
/// - The memory can be read.
#[cfg(all(
    any(target_arch = "riscv32", target_arch = "riscv64"),
    any(target_os = "linux", target_os = "android")
))]
pub(crate) unsafe fn clear_cache(start: *mut u8, len: usize) -> Result<()> {
    const SYS_RISCV_FLUSH_ICACHE: libc::c_long = 259;
    let end = start.wrapping_add(len);
    // SAFETY: it changes no memory.
    Errno::result(unsafe { libc::syscall(SYS_RISCV_FLUSH_ICACHE, start, end, 0) }).map(drop)
}

/// See above; Linux does it for the program.
///
/// # Safety
///
/// - The memory can be read.
#[cfg(all(
    any(
        target_arch = "mips",
        target_arch = "mips32r6",
        target_arch = "mips64",
        target_arch = "mips64r6"
    ),
    target_os = "linux"
))]
pub(crate) unsafe fn clear_cache(start: *mut u8, len: usize) -> Result<()> {
    /// Instructions and data.
    const BCACHE: libc::c_int = 3;
    // SAFETY: it changes no memory.
    let answer = unsafe { libc::syscall(libc::SYS_cacheflush, start, len, BCACHE) };
    Errno::result(answer).map(drop)
}

/// See above: a barrier, since the caches agree with each other.
///
/// # Safety
///
/// - The memory can be read.
#[cfg(target_arch = "loongarch64")]
pub(crate) unsafe fn clear_cache(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: a barrier.
    unsafe { core::arch::asm!("ibar 0", options(nostack, preserves_flags)) };
    Ok(())
}

/// See above: PowerPC and SPARC need instructions that stable Rust cannot write.
///
/// # Safety
///
/// - The memory can be read.
#[cfg(not(any(
    target_arch = "x86",
    target_arch = "x86_64",
    target_arch = "s390x",
    target_arch = "aarch64",
    target_arch = "loongarch64",
    all(
        any(
            target_arch = "arm",
            target_arch = "riscv32",
            target_arch = "riscv64",
            target_arch = "mips",
            target_arch = "mips32r6",
            target_arch = "mips64",
            target_arch = "mips64r6"
        ),
        any(target_os = "linux", target_os = "android")
    )
)))]
pub(crate) unsafe fn clear_cache(start: *mut u8, len: usize) -> Result<()> {
    Err(Errno::ENOSYS)
}
