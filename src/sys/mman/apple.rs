//! What macOS adds: memory for code that is written at run time (`MAP_JIT`), of `<pthread.h>`.

use core::ffi::c_int;

#[doc = on!(macos)]
/// Whether the calling thread can write to `MAP_JIT` memory, or execute it, but not both.
///
/// So it is on Apple's own processors. On Intel's, such memory can be both, as it was mapped.
///
/// # Platforms
///
/// macOS 11.
///
#[doc = man!(pthread_jit_write_protect_np(3) on apple)]
#[must_use]
pub fn pthread_jit_write_protect_supported_np() -> bool {
    // SAFETY: it takes nothing, and touches no memory.
    unsafe { libc::pthread_jit_write_protect_supported_np() != 0 }
}

#[doc = on!(macos)]
/// Lets the calling thread execute all `MAP_JIT` memory of the process, or write to it.
///
/// `true` is to execute, and not to write; `false` the other way round. Other threads keep what
/// they have; a thread starts with `true`. What was written must be made known to the processor
/// (`sys_icache_invalidate`) before it is executed. Does nothing where
/// [`pthread_jit_write_protect_supported_np`] is false.
///
/// # Safety
///
/// - With `true`: this thread writes to no `MAP_JIT` memory until the next change, nor has it a
///   reference in use by which it may.
/// - With `false`: this thread executes nothing in `MAP_JIT` memory until the next change, not
///   even by returning to it, or in a handler of a signal.
///
/// # Platforms
///
/// macOS 11. A program with the hardened runtime that forbids it by
/// `com.apple.security.cs.jit-write-allowlist` is killed.
///
#[doc = man!(pthread_jit_write_protect_np(3) on apple)]
pub unsafe fn pthread_jit_write_protect_np(enabled: bool) {
    // SAFETY: the caller's promises are those of the C function.
    unsafe { libc::pthread_jit_write_protect_np(c_int::from(enabled)) }
}
