//! How a file was opened.

use std::os::fd::{AsRawFd, BorrowedFd};

use super::OFlag;
use crate::{Result, errno::Errno};

/// The access mode and the flags of an open file (`F_GETFL`).
pub(crate) fn getfl(fd: BorrowedFd<'_>) -> Result<OFlag> {
    // SAFETY: this command takes nothing, and touches no memory.
    let answer = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFL) };
    Errno::result(answer).map(OFlag::from_bits_retain)
}
