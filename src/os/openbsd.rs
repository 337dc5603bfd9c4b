//! OpenBSD.

use core::ffi::c_void;

use crate::{Result, errno::Errno};

/// There is no `mincore`, nor anything like it.
pub(crate) fn residency(_start: *const c_void, _len: usize, _vec: &mut [u8]) -> Result<()> {
    Err(Errno::ENOSYS)
}
