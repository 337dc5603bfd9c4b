//! All systems but Linux and Android: a file is mapped by pages of the system's size, how much room
//! there is for it is not asked, and what is neither file nor device is not mapped by the system.

use core::ops::Range;
use std::{
    fs::Metadata,
    os::{fd::BorrowedFd, unix::fs::FileTypeExt},
    string::String,
};

use crate::errno::Errno;

pub(crate) fn file_granule(_file: BorrowedFd<'_>, _metadata: &Metadata) -> usize {
    crate::os::page_size()
}

pub(crate) fn lacks_room(_file: BorrowedFd<'_>, _more: u64) -> Option<(Errno, String)> {
    None
}

pub(crate) fn allocated(_file: BorrowedFd<'_>, _range: &Range<u64>) -> Option<u64> {
    None
}

/// Objects of shared memory have no kind on Apple's systems.
pub(crate) fn acts_on_stores(metadata: &Metadata) -> bool {
    metadata.file_type().is_char_device()
}
