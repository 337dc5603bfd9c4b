//! The systems that know the page cache by maps only: all but Linux and Android.

use core::ops::Range;
use std::{fs::Metadata, os::fd::BorrowedFd};

pub(crate) use super::pipe::{peek, poke};
use super::{Footprint, PageCache};
use crate::{Result, errno::Errno, sys::signal::SigInfo};

pub(crate) fn cached(_file: BorrowedFd<'_>, _range: &Range<u64>) -> Result<Option<PageCache>> {
    Ok(None)
}

pub(crate) fn cached_at_once(
    _file: BorrowedFd<'_>,
    _metadata: &Metadata,
) -> Result<Option<PageCache>> {
    Ok(None)
}

pub(crate) fn tells_residency(_file: BorrowedFd<'_>, _metadata: &Metadata) -> bool {
    true
}

/// There is no such call.
///
/// # Safety
///
/// - None.
pub(crate) unsafe fn send_again(_signal: i32, _info: *mut SigInfo) -> Result<()> {
    Err(Errno::ENOSYS)
}

pub(crate) fn footprint(_start: *const u8, _len: usize) -> Footprint {
    Footprint::default()
}
