//! FreeBSD: `MAP_EXCL`.

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
    let flags = flags | MapFlags::MAP_FIXED | MapFlags::MAP_EXCL;
    let file = file.map_or(-1, |file| file.as_raw_fd());
    // SAFETY: with MAP_EXCL nothing is replaced.
    let mapped = unsafe { mman::mmap64(addr, len, protection, flags, file, offset) };
    // EINVAL is its answer where something is mapped; the arguments are right.
    mapped.map_err(|errno| if errno == Errno::EINVAL { Errno::EEXIST } else { errno })
}
