//! OpenBSD and Apple's systems: no call that allocates for good.

use std::os::fd::BorrowedFd;

use crate::{Result, errno::Errno};

pub(crate) fn allocate_blocks(_file: BorrowedFd<'_>, _offset: u64, _len: u64) -> Result<()> {
    Err(Errno::ENOSYS)
}
