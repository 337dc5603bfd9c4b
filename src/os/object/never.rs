//! The heap, which is nobody else's.

use core::ffi::CStr;
use std::os::fd::OwnedFd;

use crate::{Result, errno::Errno};

pub(crate) fn create(_name: &CStr, _huge: Option<usize>) -> Result<OwnedFd> {
    Err(Errno::ENOSYS)
}
