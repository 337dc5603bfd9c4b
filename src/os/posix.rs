//! What is the same on every system.

use core::{
    mem::ManuallyDrop,
    sync::atomic::{AtomicUsize, Ordering},
};
use std::{
    fs::{File, Metadata},
    os::fd::{AsRawFd, BorrowedFd, FromRawFd},
};

use crate::{
    Result,
    errno::Errno,
    sys::{cachectl, unistd},
};

/// The size of a page of the system, in bytes: a power of two.
///
/// # Examples
///
/// ```
/// assert!(mman::page_size() >= 4096);
/// ```
#[must_use]
pub fn page_size() -> usize {
    static SIZE: AtomicUsize = AtomicUsize::new(0);
    match SIZE.load(Ordering::Relaxed) {
        0 => {
            let size = unistd::getpagesize();
            SIZE.store(size, Ordering::Relaxed);
            size
        }
        size => size,
    }
}

/// `fstat`, by way of the standard library.
pub(crate) fn metadata(file: BorrowedFd<'_>) -> Result<Metadata> {
    // SAFETY: the descriptor is open while it is borrowed, and the `File` never closes it.
    let file = ManuallyDrop::new(unsafe { File::from_raw_fd(file.as_raw_fd()) });
    file.metadata().map_err(|error| Errno::try_from(error).unwrap_or(Errno::UnknownErrno))
}

/// Makes what was stored in memory be what is run from there. `ENOSYS` where the processor has to be
/// told and this crate does not know how.
///
/// # Safety
///
/// - The memory can be read.
pub(crate) unsafe fn flush_instructions(start: *mut u8, len: usize) -> Result<()> {
    if len == 0 {
        return Ok(());
    }
    // SAFETY: the caller's promise is that of the call.
    unsafe { cachectl::clear_cache(start, len) }
}
