//! FreeBSD 13 and NetBSD 11.

use core::ffi::CStr;
use std::os::fd::OwnedFd;

use crate::{
    Result,
    errno::Errno,
    sys::mman::{MemFdFlags, memfd_create},
};

pub(crate) fn create(name: &CStr, huge: Option<usize>) -> Result<OwnedFd> {
    if huge.is_some() {
        return Err(Errno::ENOSYS);
    }
    memfd_create(name, MemFdFlags::MFD_CLOEXEC | MemFdFlags::MFD_ALLOW_SEALING)
}
