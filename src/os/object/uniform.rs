//! All systems but Linux and Android: objects have pages of the system's size.

use std::os::fd::BorrowedFd;

use crate::{Result, os::page_size};

pub(crate) fn granule(_object: BorrowedFd<'_>) -> Result<usize> {
    Ok(page_size())
}
