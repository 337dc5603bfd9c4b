//! Android has no objects with a name.

use core::ffi::CStr;
use std::os::fd::OwnedFd;

use crate::{Result, errno::Errno, sys::stat::Mode};

pub(crate) fn create_named(_name: &CStr, _mode: Mode) -> Result<OwnedFd> {
    Err(Errno::ENOSYS)
}

pub(crate) fn open_named(_name: &CStr) -> Result<OwnedFd> {
    Err(Errno::ENOSYS)
}

pub(crate) fn unlink_named(_name: &CStr) -> Result<()> {
    Err(Errno::ENOSYS)
}
