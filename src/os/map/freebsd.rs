//! FreeBSD: `MAP_EXCL`.

use core::ffi::c_void;

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
) -> Result<*mut c_void> {
    let flags = flags | MapFlags::MAP_FIXED | MapFlags::MAP_EXCL;
    // SAFETY: with MAP_EXCL nothing is replaced.
    let mapped = unsafe { mman::mmap(addr, len, protection, flags, -1, 0) };
    // EINVAL is its answer where something is mapped; the arguments are right.
    mapped.map_err(|errno| if errno == Errno::EINVAL { Errno::EEXIST } else { errno })
}
