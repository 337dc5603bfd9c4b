//! NetBSD: room on tmpfs is taken with the length. A `memfd` is mapped in whole pages only, so
//! that is what an object has.

use std::os::fd::BorrowedFd;

use super::extend_to;
use crate::{Result, errno::Errno, os::page_size};

pub(crate) fn extend(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    let whole = len.checked_next_multiple_of(page_size() as u64);
    extend_to(object, whole.ok_or(Errno::EFBIG)?)
}

pub(crate) fn account(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    extend(object, len)
}

pub(crate) fn allocate(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    extend(object, len)
}
