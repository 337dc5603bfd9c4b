//! Seals: what can never again be done to a file in memory, of Linux.

use core::ffi::c_int;
use std::os::fd::{AsFd, AsRawFd};

use crate::{Result, errno::Errno, sys::ffi};

table! {
    /// What cannot be done to a file any more, by anyone.
    ///
    /// Only files of `memfd_create` have them.
    pub struct SealFlags: c_int {
        on(linux, android) {
            /// No more seals can be added.
            F_SEAL_SEAL;
            /// The file cannot be made smaller.
            F_SEAL_SHRINK;
            /// The file cannot be made larger.
            F_SEAL_GROW;
            /// The file's contents cannot be changed, nor can it be mapped shared and writable.
            F_SEAL_WRITE;
            /// As `F_SEAL_WRITE`, but shared mappings that exist stay writable (Linux 5.1).
            F_SEAL_FUTURE_WRITE;
            /// The execute bits of the file's mode cannot be changed (Linux 6.3).
            ///
            /// On a file that can be executed it also adds `F_SEAL_SHRINK`, `F_SEAL_GROW`,
            /// `F_SEAL_WRITE` and `F_SEAL_FUTURE_WRITE`.
            F_SEAL_EXEC;
        }
    }
}

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
/// Linux 3.17, Android.
///
#[doc = man!(fcntl(2) on linux)]
#[doc(alias = "F_ADD_SEALS")]
pub fn fcntl_add_seals(fd: impl AsFd, seals: SealFlags) -> Result<()> {
    // SAFETY: this command takes a number, and touches no memory.
    let answer = unsafe { libc::fcntl(fd.as_fd().as_raw_fd(), ffi::F_ADD_SEALS, seals.bits()) };
    Errno::result(answer).map(drop)
}

/// The seals of a file in memory.
///
/// # Errors
///
/// - `EBADF`: not an open file.
/// - `EINVAL`: not a file in memory.
///
/// # Platforms
///
/// Linux 3.17, Android.
///
#[doc = man!(fcntl(2) on linux)]
#[doc(alias = "F_GET_SEALS")]
pub fn fcntl_get_seals(fd: impl AsFd) -> Result<SealFlags> {
    // SAFETY: this command takes nothing, and touches no memory.
    let answer = unsafe { libc::fcntl(fd.as_fd().as_raw_fd(), ffi::F_GET_SEALS) };
    Errno::result(answer).map(SealFlags::from_bits_retain)
}
