//! The systems that know the page cache by maps only: all but Linux and Android.

use std::{fs::Metadata, os::fd::BorrowedFd};

use super::{Footprint, PageCache};
use crate::Result;

pub(crate) fn cached(_file: BorrowedFd<'_>) -> Result<Option<PageCache>> {
    Ok(None)
}

pub(crate) fn tells_residency(_file: BorrowedFd<'_>, _metadata: &Metadata) -> bool {
    true
}

pub(crate) fn footprint(_start: *const u8, _len: usize) -> Footprint {
    Footprint::default()
}
