//! By the calls of the systems. They differ, and so for each of them the files here owe, beside what
//! the calls are not the same for:
//!
//! - `map_free(addr, …)`: maps at exactly `addr` if nothing is there, else `EEXIST`.
//! - `huge_flags(size)`: what to map with for explicit huge pages of this size.
//! - `NORESERVE`: what to map with to leave memory unaccounted.
//! - `native(advice)`: the number of an advice.

use core::{ffi::c_void, ptr};
use std::os::fd::AsRawFd;

use super::{Advice, Backing, Fork, Moved, Place, Pool, Protection, Request, in_words};
use crate::{
    Result,
    errno::Errno,
    os::mapping_at,
    sys::mman::{self, MapFlags, MmapAdvise, MsFlags, ProtFlags},
};

#[cfg(any(target_os = "linux", target_os = "android"))]
mod limits;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod linux;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod other;

#[cfg(any(target_os = "netbsd", target_os = "openbsd", target_vendor = "apple"))]
mod accounted;
#[cfg(target_os = "linux")]
mod batch;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
mod exact;
#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(target_os = "linux")]
mod guard;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod minherit;
#[cfg(any(target_os = "freebsd", target_os = "dragonfly"))]
mod nocore;
#[cfg(not(target_os = "linux"))]
mod one_by_one;

#[cfg(any(target_os = "netbsd", target_os = "openbsd", target_vendor = "apple"))]
pub(crate) use accounted::*;
#[cfg(target_os = "linux")]
pub(crate) use batch::*;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
use exact::map_free;
#[cfg(target_os = "freebsd")]
use freebsd::map_free;
#[cfg(target_os = "linux")]
pub(crate) use guard::{guard, unguard};
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use limits::*;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use linux::*;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) use minherit::inherit;
#[cfg(any(target_os = "freebsd", target_os = "dragonfly"))]
pub(crate) use nocore::*;
#[cfg(not(target_os = "linux"))]
pub(crate) use one_by_one::*;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) use other::*;

/// Maps memory.
///
/// `Place::Over` that fails may have unmapped the pages there, unless it is [`inaccessible`]: that
/// needs neither a file nor a promise of memory.
///
/// # Safety
///
/// - `Place::Over`: nothing uses the pages there, and the caller owns them.
/// - `Place::Free`: the range does not end right below a stack that grows by itself.
pub(crate) unsafe fn map(request: &Request<'_>) -> Result<*mut u8> {
    let (mut flags, file, offset) = match request.backing {
        Backing::Private => (MapFlags::MAP_PRIVATE | MapFlags::MAP_ANON, None, 0),
        Backing::Shared => (MapFlags::MAP_SHARED | MapFlags::MAP_ANON, None, 0),
        Backing::File(file, offset) => (MapFlags::MAP_SHARED, Some(file), offset),
        Backing::Copy(file, offset) => (MapFlags::MAP_PRIVATE, Some(file), offset),
    };
    if !request.commit {
        flags |= NORESERVE.ok_or(Errno::ENOSYS)?;
    }
    if let Some(size) = request.huge {
        flags |= huge_flags(size).ok_or(Errno::ENOSYS)?;
    }
    let (len, protection) = (request.len, request.protection.flags());
    let (place, flags) = match request.place {
        Place::Anywhere => (ptr::null_mut(), flags),
        Place::Near(address) => (ptr::without_provenance_mut(address), flags),
        Place::Free(address) => {
            let address = ptr::without_provenance_mut(address);
            // SAFETY: the caller's promise is that of the call.
            let mapped = unsafe { map_free(address, len, protection, flags, file, offset) };
            return mapped.map(<*mut c_void>::cast);
        }
        Place::Over(start) => (start.cast(), flags | MapFlags::MAP_FIXED),
    };
    let file = file.map_or(-1, |file| file.as_raw_fd());
    // SAFETY: MAP_FIXED is given only for pages that the caller owns and nothing uses.
    unsafe { mman::mmap64(place, len, protection, flags, file, offset) }.map(<*mut c_void>::cast)
}

/// Maps zeros in place of pages. It may be called in a signal handler.
///
/// # Safety
///
/// - The caller owns the pages, and nothing counts on what they hold.
pub(crate) unsafe fn map_zeros(start: *mut u8, len: usize, protection: Protection) -> Result<()> {
    let commit = NORESERVE.is_none();
    let (place, backing) = (Place::Over(start), Backing::Private);
    let request = Request { place, len, protection, backing, huge: None, commit };
    // SAFETY: the caller's promise is that of the call.
    unsafe { map(&request) }.map(drop)
}

/// Maps private memory to read and write, wherever there is room: [`map`] without choices.
#[inline]
pub(crate) fn map_private(len: usize) -> Result<*mut u8> {
    let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_ANON;
    // SAFETY: the system picks the place.
    let mapped = unsafe { mman::mmap64(ptr::null_mut(), len, protection, flags, -1, 0) };
    mapped.map(<*mut c_void>::cast)
}

/// Unmaps pages.
///
/// # Safety
///
/// - The caller owns the pages, and nothing uses them.
pub(crate) unsafe fn unmap(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: the caller's promise is that of the call.
    unsafe { mman::munmap(start.cast(), len) }
}

/// Changes what may be done with pages. An error may leave the first of them changed.
///
/// # Safety
///
/// - The caller owns the pages, and no reference to them is in use for what is taken away.
pub(crate) unsafe fn protect(start: *mut u8, len: usize, protection: Protection) -> Result<()> {
    // SAFETY: the caller's promise is that of the call.
    unsafe { mman::mprotect(start.cast(), len, protection.flags()) }
}

/// Gives a hint.
pub(crate) fn advise(start: *mut u8, len: usize, advice: Advice) -> Result<()> {
    let advice = native(advice).ok_or(Errno::ENOSYS)?;
    // SAFETY: none of these advices changes what pages hold, or whether they can be accessed.
    unsafe { known(start, len, advice) }
}

/// Leaves each page as it is, or makes it zero, whenever the system likes before the next write.
///
/// # Safety
///
/// - The caller owns the pages, and until they are written nothing counts on what they hold, or
///   they are all zeros now.
pub(crate) unsafe fn free_lazily(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: the caller's promise is what this advice needs.
    unsafe { known(start, len, MmapAdvise::MADV_FREE) }
}

/// `madvise`, with `ENOSYS` where the kernel does not know the advice.
///
/// # Safety
///
/// - As `madvise`.
unsafe fn known(start: *mut u8, len: usize, advice: MmapAdvise) -> Result<()> {
    // SAFETY: the caller's promise is that of the call.
    let answer = unsafe { mman::madvise(start.cast(), len, advice) };
    if answer != Err(Errno::EINVAL) {
        return answer;
    }
    // SAFETY: an empty range has no pages that anything could happen to.
    let probe = unsafe { mman::madvise(ptr::null_mut(), 0, advice) };
    Err(if probe.is_ok() { Errno::EINVAL } else { Errno::ENOSYS })
}

/// Writes what was changed in pages of a shared file to it, and with `wait` waits until it is there.
pub(crate) fn flush(start: *mut u8, len: usize, wait: bool) -> Result<()> {
    let flags = if wait { MsFlags::MS_SYNC } else { MsFlags::MS_ASYNC };
    // SAFETY: the range is the caller's own, and without MS_INVALIDATE no page changes.
    unsafe { mman::msync(start.cast(), len, flags) }
}

/// Whether the system says that all of these pages can be used so.
pub(crate) fn permits(start: *mut u8, len: usize, protection: Protection) -> bool {
    let (mut at, end) = (start.addr() as u64, start.addr().saturating_add(len) as u64);
    while at < end {
        match mapping_at(at, false) {
            Ok(Some(mapping)) if mapping.protection.contains(protection.flags()) => {
                at = mapping.end;
            }
            _ => return false,
        }
    }
    true
}

/// Keeps pages in memory, and brings them in now.
pub(crate) fn lock(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: the range is the caller's own; that advices fail on locked pages is told there.
    unsafe { mman::mlock(start.cast(), len) }
}

/// Whether each lock has to be undone by itself. Elsewhere one `unlock` undoes any number of them.
pub(crate) const LOCKS_ADD_UP: bool = cfg!(target_vendor = "apple");

/// Lets pages leave memory again.
pub(crate) fn unlock(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: the range is the caller's own, and so are the locks on it.
    unsafe { mman::munlock(start.cast(), len) }
}
