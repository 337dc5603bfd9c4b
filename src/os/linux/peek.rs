//! Copies from and to memory that may not be there, by way of the kernel.

use core::sync::atomic::{AtomicBool, Ordering};

use crate::{
    Result,
    errno::Errno,
    os::pipe,
    sys::{
        uio::{read_range, write_range},
        unistd::getpid,
    },
};

/// Whether a filter or an old kernel refuses the calls on other processes, of which this is one to
/// them. Then it is a pipe's work.
static REFUSED: AtomicBool = AtomicBool::new(false);

/// # Safety
///
/// - The caller owns `len` bytes at `to`, and `from` lies in mappings of the caller's.
pub(crate) unsafe fn peek(from: *const u8, to: *mut u8, len: usize) -> Result<usize> {
    if !REFUSED.load(Ordering::Relaxed) {
        // SAFETY: the caller's promise.
        match unsafe { read_range(getpid(), to, from, len) } {
            Err(Errno::EPERM | Errno::ENOSYS) => REFUSED.store(true, Ordering::Relaxed),
            answer => return answer,
        }
    }
    // SAFETY: the caller's promise is that of the call.
    unsafe { pipe::peek(from, to, len) }
}

/// # Safety
///
/// - The caller owns `len` bytes at `from`, and `to` lies in mappings of the caller's.
pub(crate) unsafe fn poke(from: *const u8, to: *mut u8, len: usize) -> Result<usize> {
    if !REFUSED.load(Ordering::Relaxed) {
        // SAFETY: the caller's promise, and nothing refers to foreign memory.
        match unsafe { write_range(getpid(), from, to, len) } {
            Err(Errno::EPERM | Errno::ENOSYS) => REFUSED.store(true, Ordering::Relaxed),
            answer => return answer,
        }
    }
    // SAFETY: the caller's promise is that of the call.
    unsafe { pipe::poke(from, to, len) }
}
