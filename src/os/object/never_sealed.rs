//! The systems without seals.

use std::os::fd::BorrowedFd;

use super::Seals;
use crate::{Result, errno::Errno};

pub(crate) const WRITE_SEALS_HOLD: bool = false;

pub(crate) fn seals(_object: BorrowedFd<'_>) -> Result<Option<Seals>> {
    Err(Errno::ENOSYS)
}

pub(crate) fn seal(_object: BorrowedFd<'_>, _write: bool) -> Result<()> {
    Err(Errno::ENOSYS)
}
