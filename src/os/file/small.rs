//! All systems but Linux and Android: a file is mapped by pages of the system's size, and how much
//! room there is for it is not asked.

use std::{fs::Metadata, os::fd::BorrowedFd, string::String};

use crate::errno::Errno;

pub(crate) fn file_granule(_file: BorrowedFd<'_>, _metadata: &Metadata) -> usize {
    crate::os::page_size()
}

pub(crate) fn lacks_room(_file: BorrowedFd<'_>, _more: u64) -> Option<(Errno, String)> {
    None
}
