//! Seals: what can never again be done to a file in memory.

use std::os::fd::{AsFd, AsRawFd};

use super::SealFlags;
use crate::{Result, errno::Errno, sys::ffi};

#[doc = on!(linux, android, freebsd, netbsd)]
/// Adds seals to a file in memory, for good and for everyone who has it.
///
/// # Examples
///
/// ```
/// use mman::{
///     fcntl::{SealFlags, fcntl_add_seals, fcntl_get_seals},
///     sys::mman::{MemFdFlags, memfd_create},
/// };
///
/// let file = memfd_create("example", MemFdFlags::MFD_CLOEXEC | MemFdFlags::MFD_ALLOW_SEALING)?;
/// fcntl_add_seals(&file, SealFlags::F_SEAL_SHRINK)?;
/// assert_eq!(fcntl_get_seals(&file)?, SealFlags::F_SEAL_SHRINK);
/// # Ok::<(), mman::Error>(())
/// ```
///
/// # Errors
///
/// - `EBADF`: not an open file.
/// - `EBUSY`: `F_SEAL_WRITE`, and someone has mapped the file shared and writable.
/// - `EINVAL`: not a file in memory; seals that the kernel does not know.
/// - `EPERM`: the file is not open for writing; it has `F_SEAL_SEAL`, which it has from the start
///   unless it was made with `MFD_ALLOW_SEALING`.
///
/// # Platforms
///
/// Linux 3.17, Android, FreeBSD 13, NetBSD 11.
///
#[doc = man!(fcntl(2) on linux freebsd netbsd)]
#[doc(alias = "F_ADD_SEALS")]
#[inline]
pub fn fcntl_add_seals(fd: impl AsFd, seals: SealFlags) -> Result<()> {
    // SAFETY: this command takes a number, and touches no memory.
    let answer = unsafe { libc::fcntl(fd.as_fd().as_raw_fd(), ffi::F_ADD_SEALS, seals.bits()) };
    Errno::result(answer).map(drop)
}

#[doc = on!(linux, android, freebsd, netbsd)]
/// The seals of a file in memory.
///
/// # Errors
///
/// - `EBADF`: not an open file.
/// - `EINVAL`: not a file in memory.
///
/// # Platforms
///
/// Linux 3.17, Android, FreeBSD 13, NetBSD 11.
///
#[doc = man!(fcntl(2) on linux freebsd netbsd)]
#[doc(alias = "F_GET_SEALS")]
#[inline]
pub fn fcntl_get_seals(fd: impl AsFd) -> Result<SealFlags> {
    // SAFETY: this command takes nothing, and touches no memory.
    let answer = unsafe { libc::fcntl(fd.as_fd().as_raw_fd(), ffi::F_GET_SEALS) };
    Errno::result(answer).map(SealFlags::from_bits_retain)
}
