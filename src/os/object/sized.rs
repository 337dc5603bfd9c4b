//! FreeBSD, DragonFly, Apple's systems: memory for an object is accounted for with its length, as
//! swap space or as room on tmpfs, or it is paged out like any other.

use std::os::fd::BorrowedFd;

use super::extend_to;
use crate::Result;

pub(crate) fn extend(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    extend_to(object, len)
}

pub(crate) fn account(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    extend_to(object, len)
}

pub(crate) fn allocate(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    extend_to(object, len)
}
