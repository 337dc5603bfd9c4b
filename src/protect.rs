//! [`ProtectGuard`]: pages protected otherwise for a while.

use core::{
    fmt, mem,
    ops::{Range, RangeBounds},
    slice,
};
use std::format;

use crate::{MapError, Protection, Result, memory::Memory, region::Region};

/// Keeps pages protected otherwise than the memory's type says, until it is dropped.
///
/// Made by [`Anon::protect`](crate::Anon::protect) and its siblings, and by
/// [`Sealed::protect`](crate::Sealed::protect). Meanwhile the bytes are reached through the guard, as far
/// as the protection allows, and the memory itself is not there: the guard has taken it, and gives
/// it back when it is dropped.
///
/// Should the system refuse to restore the protection then, the memory stays taken: it leaks, and
/// what it was taken from is empty, since nothing safe could be done with it. It is given back all
/// the same if what its type allows can be done: reading for all but [`Anon`](crate::Anon).
/// [`restore`](Self::restore) tells, and lets one try again. A guard that is forgotten
/// (`mem::forget`) leaves the memory empty too.
///
/// # Examples
///
/// ```
/// use mman::{Anon, Protection};
///
/// let mut memory = Anon::new(10_000)?;
/// memory[0] = 1;
/// let mut guard = memory.protect(.., Protection::Read)?;
/// assert_eq!(guard.as_slice().unwrap()[0], 1);
/// assert!(guard.as_mut_slice().is_none());
/// drop(guard);
/// memory[0] = 2;
///
/// let mut table = memory.make_read_only().map_err(|(_, error)| error)?;
/// table.protect(.., Protection::ReadWrite)?.as_mut_slice().unwrap()[1] = 3;
/// assert_eq!(table[..2], [2, 3]);
/// # Ok::<(), mman::MapError>(())
/// ```
#[must_use = "the protection is restored when the guard is dropped"]
pub struct ProtectGuard<'a> {
    /// Empty while the guard lives.
    owner: &'a mut Memory,
    memory: Memory,
    shield: Shield,
}

impl<'a> ProtectGuard<'a> {
    /// Takes memory, all of which has the usual protection and may be referred to as that allows.
    pub(crate) fn new(
        owner: &'a mut Memory,
        bounds: impl RangeBounds<usize>,
        now: Protection,
        usual: Protection,
    ) -> Result<Self, MapError> {
        let shield = Shield::new(&owner.region, bounds, now, usual)?;
        let memory = owner.take();
        let mut guard = Self { owner, memory, shield };
        // SAFETY: the memory was borrowed for change, and is taken: nothing refers to it. If this
        // fails half-way, the guard restores.
        unsafe { guard.shield.raise(&mut guard.memory.region) }?;
        Ok(guard)
    }

    /// The protected bytes, as offsets into the memory.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.shield.range()
    }

    /// What may be done with them.
    #[must_use]
    pub fn protection(&self) -> Protection {
        self.shield.now
    }

    /// The first of them.
    #[must_use]
    pub fn as_ptr(&self) -> *mut u8 {
        self.memory.region.start().wrapping_add(self.shield.range.start)
    }

    /// The bytes, if they may be read.
    #[must_use]
    pub fn as_slice(&self) -> Option<&[u8]> {
        // SAFETY: the bytes are the guard's, which is borrowed, and mapped for reading.
        let bytes = || unsafe { slice::from_raw_parts(self.as_ptr(), self.shield.range.len()) };
        self.shield.now.allows_reading().then(bytes)
    }

    /// The bytes, if they may be written.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> Option<&mut [u8]> {
        if self.shield.now != Protection::ReadWrite {
            return None;
        }
        // SAFETY: the bytes are the guard's, which is borrowed for change, and mapped for reading
        // and writing.
        Some(unsafe { slice::from_raw_parts_mut(self.as_ptr(), self.shield.range.len()) })
    }

    /// Restores the protection, and tells if the system refuses to.
    ///
    /// # Errors
    ///
    /// The guard comes back: the memory is as protected as it was, or in part as it is to be.
    ///
    /// - `ENOMEM`: too many mappings would arise, or no memory is promised.
    /// - `EACCES`, `EPERM`: a policy forbids it, or the pages are sealed.
    #[allow(clippy::result_large_err, reason = "a guard is not to allocate")]
    pub fn restore(mut self) -> Result<(), (Self, MapError)> {
        // SAFETY: the guard alone reaches the memory, and nothing refers to it.
        match unsafe { self.shield.lift(&mut self.memory.region) } {
            Ok(()) => Ok(()),
            Err(error) => Err((self, error)),
        }
    }
}

impl Drop for ProtectGuard<'_> {
    fn drop(&mut self) {
        // SAFETY: the guard alone reaches the memory, and nothing refers to it.
        unsafe { self.shield.end(self.owner, &mut self.memory) };
    }
}

impl fmt::Debug for ProtectGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProtectGuard").field(&self.shield.range).field(&self.shield.now).finish()
    }
}

/// What a guard knows of the pages that it keeps protected.
#[derive(Debug)]
pub(crate) struct Shield {
    range: Range<usize>,
    now: Protection,
    usual: Protection,
}

impl Shield {
    /// For whole pages of memory, all of which has the usual protection.
    pub(crate) fn new(
        region: &Region,
        bounds: impl RangeBounds<usize>,
        now: Protection,
        usual: Protection,
    ) -> Result<Self, MapError> {
        let range = region.range(PROTECT, bounds)?;
        region.whole(PROTECT, &range)?;
        Ok(Self { range, now, usual })
    }

    /// [`new`](Self::new) for memory that is not the process's own alone: only less may be done with
    /// its pages.
    pub(crate) fn less(
        region: &Region,
        bounds: impl RangeBounds<usize>,
        now: Protection,
        usual: Protection,
    ) -> Result<Self, MapError> {
        check_less(now, usual)?;
        Self::new(region, bounds, now, usual)
    }

    pub(crate) fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Has all `len` bytes of the memory protected as usual at the end.
    pub(crate) fn widen(&mut self, len: usize) {
        self.range = 0..len;
    }

    pub(crate) fn now(&self) -> Protection {
        self.now
    }

    /// Protects the pages.
    ///
    /// # Safety
    ///
    /// - Nothing refers to them.
    pub(crate) unsafe fn raise(&self, region: &mut Region) -> Result<(), MapError> {
        // What can be run as ever has no new code in it.
        let is_told = self.usual == Protection::ReadExecute;
        // SAFETY: the caller's promise.
        unsafe { region.protect_told(PROTECT, self.range.clone(), self.now, is_told) }
    }

    /// Protects them as usual.
    ///
    /// # Safety
    ///
    /// - Nothing refers to them.
    pub(crate) unsafe fn lift(&mut self, region: &mut Region) -> Result<(), MapError> {
        // In a child that does not have these pages, something else may be mapped there.
        if region.is_here() {
            let is_told = self.now != Protection::ReadWrite;
            // SAFETY: the caller's promise.
            unsafe { region.protect_told("restore", self.range.clone(), self.usual, is_told) }?;
        }
        // There is nothing to be done any more.
        self.range = 0..0;
        Ok(())
    }

    /// Gives memory back to whom it was taken from, if what is usual can be done with it; else it
    /// leaks. Tells which.
    ///
    /// # Safety
    ///
    /// - Nothing refers to it.
    pub(crate) unsafe fn end(&mut self, owner: &mut Memory, memory: &mut Memory) -> bool {
        // Nobody writes to what is usually not written, or asks whether it can be run.
        let read_only = self.usual != Protection::ReadWrite;
        let needed = if read_only { Protection::Read } else { Protection::ReadWrite };
        // SAFETY: the caller's promise.
        let lifted = unsafe { self.lift(&mut memory.region) };
        let usable = lifted.is_ok()
            || (read_only && self.now.allows_reading())
            || memory.region.permits(&self.range, needed);
        if usable {
            mem::swap(owner, memory);
        } else {
            mem::forget(memory.take());
        }
        usable
    }
}

/// Whether no more may be done with pages than usually.
pub(crate) fn check_less(now: Protection, usual: Protection) -> Result<(), MapError> {
    if now == usual || matches!(now, Protection::None | Protection::Read) {
        return Ok(());
    }
    Err(MapError::rule(PROTECT, format!("{now:?} is more than this memory is for, {usual:?}")))
}

const PROTECT: &str = "protect";
