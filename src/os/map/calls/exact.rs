//! The systems that take an address for a hint, or replace what is there.

use core::ffi::c_void;
use std::os::fd::{AsRawFd, BorrowedFd};

use crate::{
    Result,
    errno::Errno,
    sys::mman::{self, MapFlags, ProtFlags},
};

/// # Safety
///
/// - The range does not end right below a stack that grows by itself.
pub(super) unsafe fn map_free(
    addr: *mut c_void,
    len: usize,
    protection: ProtFlags,
    flags: MapFlags,
    file: Option<BorrowedFd<'_>>,
    offset: u64,
) -> Result<*mut c_void> {
    let file = file.map_or(-1, |file| file.as_raw_fd());
    // SAFETY: without MAP_FIXED nothing is replaced.
    let mapped = unsafe { mman::mmap64(addr, len, protection, flags, file, offset) }?;
    if mapped == addr {
        return Ok(mapped);
    }
    // SAFETY: this mapping was just made, and nobody else has its address.
    unsafe { mman::munmap(mapped, len) }?;
    Err(Errno::EEXIST)
}
