//! All systems but Linux and Android.

use core::ffi::CStr;
use std::{format, string::String};

use super::{Advice, Moved, Pool, Protection, in_words, native_dump, protect};
use crate::{
    Numa, Result,
    errno::Errno,
    sys::{
        mman::{MapFlags, MmapAdvise},
        resource::{Resource, getrlimit},
    },
};

/// Large pages are the system's own affair, or are asked for otherwise.
pub(super) fn huge_flags(_size: usize) -> Option<MapFlags> {
    None
}

pub(super) fn native(advice: Advice) -> Option<MmapAdvise> {
    match advice {
        Advice::Normal => Some(MmapAdvise::MADV_NORMAL),
        Advice::Random => Some(MmapAdvise::MADV_RANDOM),
        Advice::Sequential => Some(MmapAdvise::MADV_SEQUENTIAL),
        Advice::WillNeed => Some(MmapAdvise::MADV_WILLNEED),
        _ => native_dump(advice),
    }
}

/// # Safety
///
/// - The caller owns the pages, and nothing uses them.
pub(crate) unsafe fn guard(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: the caller's promise is more than the call needs.
    unsafe { protect(start, len, Protection::None) }
}

/// No advice here promises zeros.
///
/// # Safety
///
/// - None is needed; on other systems it changes the pages.
pub(crate) unsafe fn discard(_start: *mut u8, _len: usize) -> Result<()> {
    Err(Errno::ENOSYS)
}

/// # Safety
///
/// - None is needed; on other systems it changes the pages.
pub(crate) unsafe fn remove(_start: *mut u8, _len: usize) -> Result<()> {
    Err(Errno::ENOSYS)
}

pub(crate) fn lock_on_fault(_start: *mut u8, _len: usize) -> Result<()> {
    Err(Errno::ENOSYS)
}

pub(crate) fn populate(_start: *mut u8, _len: usize, _write: bool) -> Result<()> {
    Err(Errno::ENOSYS)
}

/// # Safety
///
/// - None is needed; on other systems it moves the pages.
pub(crate) unsafe fn grow(
    _start: *mut u8,
    _old: usize,
    _new: usize,
    _may_move: bool,
) -> Result<Option<*mut u8>> {
    Ok(None)
}

/// # Safety
///
/// - As `grow`.
pub(crate) unsafe fn grow_onto(
    _start: *mut u8,
    _old: usize,
    _new: usize,
    _place: *mut u8,
) -> Moved {
    Moved::Stayed(Errno::ENOSYS)
}

pub(crate) fn name(_start: *mut u8, _len: usize, _name: &'static CStr) {}

pub(crate) fn transparent_size() -> Option<usize> {
    None
}

pub(crate) fn huge_pool(_size: usize) -> Option<Pool> {
    None
}

pub(crate) fn huge_shortage(_size: usize, _len: usize, _numa: Numa) -> Option<String> {
    None
}

pub(crate) fn shortage(_len: usize, _memory: usize) -> Option<String> {
    None
}

pub(crate) fn lock_shortage(len: usize) -> Option<String> {
    let limit = getrlimit(Resource::RLIMIT_MEMLOCK).ok()?.rlim_cur;
    (len as u64 > limit).then(|| format!("RLIMIT_MEMLOCK is {}", in_words(limit)))
}
