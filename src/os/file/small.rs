//! All systems but Linux and Android: a file is mapped by pages of the system's size, and what is no
//! file is not mapped.

use std::{fs::Metadata, os::fd::BorrowedFd};

pub(crate) fn file_granule(_file: BorrowedFd<'_>, _metadata: &Metadata) -> usize {
    crate::os::page_size()
}

pub(crate) fn acts_on_stores(_metadata: &Metadata) -> bool {
    false
}
