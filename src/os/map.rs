//! Mapped pages: what a port owes, and what is the same for all. There are two: [`calls`], by the
//! calls of the systems, and [`heap`], which needs no system.
//!
//! Addresses and lengths are multiples of the page size (of the huge page's size where there are
//! explicit huge pages), lengths are not 0, and ranges belong to one owner, who calls. A function
//! is `unsafe` where a wrong range breaks memory of others. `ENOSYS` always means that this
//! system, or this kernel, has no such thing; the caller decides whether that is an error. A port
//! owes:
//!
//! - `map(request)`, `map_private(len)`, `map_zeros(start, len, protection)`, `unmap(start, len)`:
//!   pages come, in place of others or not, and go. They are all zeros, or a file's.
//! - `protect(start, len, protection)`, and `permits` of the same: what may be done with pages.
//! - `advise(start, len, advice)`, `free_lazily(start, len)`, `flush(start, len, wait)`,
//!   `lock(start, len)`, `unlock(start, len)`. `LOCKS_ADD_UP`: whether each lock has to be undone by
//!   itself.
//! - `guard(start, len)`: accesses fault from now on, and nothing is kept; by a mapping of its own
//!   or not.
//! - `inherit(start, len, fork)`: what a forked child gets.
//! - `discard(start, len)`: the pages are zero, those of a private map of a file as the file has
//!   them; or nothing is promised and it is an error.
//! - `lock_on_fault`, `populate(start, len, write)`: pages are locked as they are touched; are
//!   brought in now, a shortage being an error. A length of 0 asks whether there is such a call.
//! - `grow(start, old, new, may_move)`: a larger mapping with the same pages, maybe elsewhere, or
//!   `None` where the caller has to copy. `grow_onto(start, old, new, place)`: the same, in place of
//!   `new` bytes of inaccessible pages.
//! - `unguard(start, len)`: undoes `guard`, where that is no mapping of its own.
//! - `discard_each`, `guard_each`: `discard` and `guard` of many ranges in one call; how many of
//!   them, from the first on, it was done with.
//! - `name(start, len, name)`: a hint.
//! - `transparent_size()`: the size of transparent huge pages. `huge_pool(size)`: how many explicit
//!   huge pages are free, and of how many.
//! - `shortage(len, memory)`, `lock_shortage(len)`: which limit keeps the process from mapping `len`
//!   bytes more with so much memory behind them, or from locking them, if one is known to.
//!   `huge_shortage(size, len, numa)`: which one keeps it from explicit huge pages for `len` bytes
//!   that the pool has.
//! - `remove(start, len)`: pages of a shared file are zero, in the file too, and take no place.

use std::{format, os::fd::BorrowedFd, string::String};

use crate::{Result, errno::Errno, sys::mman::ProtFlags};

#[cfg(not(any(miri, mman_heap)))]
mod calls;
#[cfg(any(miri, mman_heap))]
mod heap;

#[cfg(not(any(miri, mman_heap)))]
pub(crate) use calls::*;
#[cfg(any(miri, mman_heap))]
pub(crate) use heap::*;

/// How memory will be used: hints, none of which changes what it holds.
///
/// # Examples
///
/// ```
/// use mman::{Advice, Anon};
///
/// let memory = Anon::new(1 << 20)?;
/// memory.advise(.., Advice::Sequential)?;
/// match memory.advise(.., Advice::Cold) {
///     // A later kernel's, or another system's.
///     Err(error) if error.is_unsupported() => {}
///     told => told?,
/// }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Advice {
    /// In no particular order: undoes `Random` and `Sequential`.
    Normal,
    /// In random order.
    Random,
    /// From the start to the end.
    Sequential,
    /// Soon: what is on swap is read in.
    WillNeed,
    /// Not soon: reclaimed before other pages when memory is short. Linux 5.4.
    Cold,
    /// Not soon: reclaimed now, if there is swap space. Linux 5.4.
    PageOut,
    /// With transparent huge pages. Linux.
    HugePages,
    /// Without transparent huge pages. Linux.
    NoHugePages,
    /// Make huge pages of it now, where it is aligned for them
    /// ([`Placement::Aligned`](crate::Placement::Aligned)). Linux 6.1.
    Collapse,
    /// Equal pages may be kept once. Linux.
    Mergeable,
    /// Undoes `Mergeable`. Linux.
    NotMergeable,
    /// Part of core dumps: undoes `NoDump`. Linux, FreeBSD, DragonFly.
    Dump,
    /// Not part of core dumps. Linux, FreeBSD, DragonFly.
    NoDump,
}

/// What may be done with pages.
///
/// # Examples
///
/// ```
/// use mman::{Anon, Protection};
///
/// let mut memory = Anon::new(4096)?;
/// let guard = memory.protect(.., Protection::None)?;
/// assert!(guard.as_slice().is_none());
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Protection {
    /// Nothing: every access faults.
    None,
    /// Reading.
    Read,
    /// Reading and writing.
    ReadWrite,
    /// Reading and running.
    ReadExecute,
}

impl Protection {
    pub(crate) fn allows_reading(self) -> bool {
        self != Self::None
    }

    fn flags(self) -> ProtFlags {
        match self {
            Self::None => ProtFlags::PROT_NONE,
            Self::Read => ProtFlags::PROT_READ,
            Self::ReadWrite => ProtFlags::PROT_READ | ProtFlags::PROT_WRITE,
            Self::ReadExecute => ProtFlags::PROT_READ | ProtFlags::PROT_EXEC,
        }
    }
}

/// What a forked child gets.
///
/// Whatever is chosen, a `fork` without `exec` is the business of `unsafe` code, which has to
/// know what the child finds.
///
/// # Examples
///
/// ```
/// use mman::{Fork, MapOptions};
///
/// let mut key = MapOptions::new().fork(Fork::Exclude).anon(4096)?;
/// key[0] = 7;
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Fork {
    /// A copy.
    #[default]
    Inherit,
    /// Nothing: **the child faults where it touches the memory**, and must not use the value at
    /// all, since something else may be mapped there later. Dropping the value in the child does
    /// nothing. (The child is told by its number: a process of number 1 must not drop such a value that
    /// it has from a parent of number 1, of whose children it begins a new namespace.)
    Exclude,
    /// Zeros, whatever a reference that the child has inherited promises. Linux 4.14, FreeBSD 12,
    /// NetBSD, OpenBSD.
    Wipe,
}

/// Where to map.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Place {
    /// Wherever there is room.
    Anywhere,
    /// There if it is free, else elsewhere.
    Near(usize),
    /// Exactly there, and only if it is free: else `EEXIST`.
    Free(usize),
    /// Exactly there, in place of pages that the caller owns.
    Over(*mut u8),
}

/// What the pages hold, and who else sees what is written to them.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Backing<'fd> {
    /// Zeros, nobody else's.
    Private,
    /// Zeros, shared with forked children.
    Shared,
    /// A file from this offset on, shared with all that map or write it.
    File(BorrowedFd<'fd>, u64),
    /// The same, but what is written is nobody else's.
    Copy(BorrowedFd<'fd>, u64),
}

impl Backing<'_> {
    /// The same, so many bytes further on.
    pub(crate) fn further(self, bytes: u64) -> Self {
        match self {
            Self::File(file, offset) => Self::File(file, offset.saturating_add(bytes)),
            Self::Copy(file, offset) => Self::Copy(file, offset.saturating_add(bytes)),
            anonymous => anonymous,
        }
    }

    /// Whether nothing of it is a file's, and so no page can be gone.
    pub(crate) fn is_anonymous(self) -> bool {
        matches!(self, Self::Private | Self::Shared)
    }
}

/// Memory to be mapped.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Request<'fd> {
    pub(crate) place: Place,
    pub(crate) len: usize,
    pub(crate) protection: Protection,
    pub(crate) backing: Backing<'fd>,
    /// Made of explicit huge pages of this size; not with a file, which has its own.
    pub(crate) huge: Option<usize>,
    /// Whether the system shall account for the memory.
    pub(crate) commit: bool,
}

impl Request<'_> {
    /// Whether it differs from [`inaccessible`] addresses by no more than protection.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.backing, Backing::Private) && self.huge.is_none() && self.commit
    }
}

/// What became of pages that were to move.
#[derive(Copy, Clone, Debug)]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    allow(dead_code, reason = "none moves there")
)]
pub(crate) enum Moved {
    /// They have moved.
    There,
    /// They are where they were, and so are those in whose place they were to come.
    Stayed(Errno),
    /// They are where they were; the others are gone, and their place may be somebody's.
    Lost(Errno),
}

/// Addresses without memory, which every access to faults.
pub(crate) fn inaccessible(place: Place, len: usize) -> Request<'static> {
    let (protection, backing) = (Protection::None, Backing::Private);
    // They are accounted for once they can be written.
    Request { place, len, protection, backing, huge: None, commit: true }
}

/// Explicit huge pages of one size.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Pool {
    pub(crate) free: usize,
    pub(crate) total: usize,
}

/// Why pages could not be replaced, and whether they are gone: unmapped, or something else's.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Failed {
    pub(crate) errno: Errno,
    pub(crate) lost: bool,
}

/// Maps memory in place of pages that are there, and leaves no gap if it can help it.
///
/// What a system refuses, it may refuse when the old pages are gone, and whoever maps something in
/// the meantime may be given their addresses. So the memory is made elsewhere first, and moved.
///
/// # Safety
///
/// - The caller owns the pages, inaccessible ones, and nothing uses them.
pub(crate) unsafe fn replace(start: *mut u8, request: &Request<'_>) -> Result<(), Failed> {
    let len = request.len;
    let kept = |errno| Failed { errno, lost: false };
    let elsewhere = Request { place: Place::Anywhere, ..*request };
    // SAFETY: nothing is replaced.
    let made = unsafe { map(&elsewhere) }.map_err(kept)?;
    // SAFETY: this mapping was just made; for the other pages the caller speaks.
    let moved = unsafe { grow_onto(made, len, len, start) };
    if matches!(moved, Moved::There) {
        return Ok(());
    }
    // SAFETY: as above.
    let _ = unsafe { unmap(made, len) };
    match moved {
        // Mappings of this kind do not move; that this one can be made is known.
        Moved::There | Moved::Stayed(Errno::EINVAL | Errno::ENOSYS | Errno::EPERM) => {}
        Moved::Stayed(errno) => return Err(kept(errno)),
        Moved::Lost(errno) => return Err(Failed { errno, lost: true }),
    }
    let over = Request { place: Place::Over(start), ..*request };
    // SAFETY: the caller's promise.
    let Err(errno) = (unsafe { map(&over) }) else { return Ok(()) };
    // They may be gone. If anything is there now, nobody knows whose it is.
    // SAFETY: the caller had the range, whatever lies below it.
    let lost = unsafe { map(&inaccessible(Place::Free(start.addr()), len)) }.is_err();
    Err(Failed { errno, lost })
}

/// Bytes as people write them: `8 MiB`, `2 MiB`, `100 bytes`.
pub(crate) fn in_words(bytes: u64) -> String {
    let units = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
    let fits = |shift: u32| bytes != 0 && bytes.trailing_zeros() >= shift;
    match units.into_iter().find(|(shift, _)| fits(*shift)) {
        Some((shift, unit)) => format!("{} {unit}", bytes >> shift),
        None => format!("{bytes} bytes"),
    }
}
