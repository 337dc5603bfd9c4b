//! [`ProtectGuard`]: pages protected otherwise for a while.

use core::{
    fmt, mem,
    ops::{Range, RangeBounds},
    slice,
};

use crate::{MapError, Protection, Result, memory::Memory};

/// Keeps pages protected otherwise than the memory's type says, until it is dropped.
///
/// Made by [`Anon::protect`](crate::Anon::protect) and its siblings. Meanwhile the bytes are
/// reached through the guard, as far as the protection allows, and the memory itself is not there:
/// the guard has taken it, and gives it back when it is dropped.
///
/// Should the system refuse to restore the protection then, the memory stays taken: it leaks, and
/// what it was taken from is empty, since nothing safe could be done with it. It is given back all
/// the same if what its type allows can be done: reading for
/// [`AnonReadOnly`](crate::AnonReadOnly) and [`AnonExec`](crate::AnonExec).
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
    range: Range<usize>,
    now: Protection,
    usual: Protection,
}

impl<'a> ProtectGuard<'a> {
    /// Takes memory, all of which has the usual protection and may be referred to as that allows.
    pub(crate) fn new(
        owner: &'a mut Memory,
        bounds: impl RangeBounds<usize>,
        now: Protection,
        usual: Protection,
    ) -> Result<Self, MapError> {
        const OPERATION: &str = "protect";
        let range = owner.region.range(OPERATION, bounds)?;
        owner.region.whole(OPERATION, &range)?;
        let memory = owner.take();
        let mut guard = Self { owner, memory, range: range.clone(), now, usual };
        // SAFETY: the memory was borrowed for change, and is taken: nothing refers to it. If this
        // fails half-way, the guard restores.
        unsafe { guard.memory.region.protect(OPERATION, range, now) }?;
        Ok(guard)
    }

    /// The protected bytes, as offsets into the memory.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// What may be done with them.
    #[must_use]
    pub fn protection(&self) -> Protection {
        self.now
    }

    /// The first of them.
    #[must_use]
    pub fn as_ptr(&self) -> *mut u8 {
        self.memory.region.start().wrapping_add(self.range.start)
    }

    /// The bytes, if they may be read.
    #[must_use]
    pub fn as_slice(&self) -> Option<&[u8]> {
        // SAFETY: the bytes are the guard's, which is borrowed, and mapped for reading.
        let bytes = || unsafe { slice::from_raw_parts(self.as_ptr(), self.range.len()) };
        self.now.allows_reading().then(bytes)
    }

    /// The bytes, if they may be written.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> Option<&mut [u8]> {
        if self.now != Protection::ReadWrite {
            return None;
        }
        // SAFETY: the bytes are the guard's, which is borrowed for change, and mapped for reading
        // and writing.
        Some(unsafe { slice::from_raw_parts_mut(self.as_ptr(), self.range.len()) })
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
        match self.reset() {
            Ok(()) => Ok(()),
            Err(error) => Err((self, error)),
        }
    }

    fn reset(&mut self) -> Result<(), MapError> {
        let region = &mut self.memory.region;
        // In a child that does not have these pages, something else may be mapped there.
        if region.is_here() {
            // SAFETY: the guard alone reaches the memory, and nothing refers to it.
            unsafe { region.protect("restore", self.range.clone(), self.usual) }?;
        }
        // There is nothing to be done any more.
        self.range = 0..0;
        Ok(())
    }
}

impl Drop for ProtectGuard<'_> {
    fn drop(&mut self) {
        // Nobody writes to what is usually not written, or asks whether it can be run.
        let read_only = self.usual != Protection::ReadWrite;
        let needed = if read_only { Protection::Read } else { Protection::ReadWrite };
        if self.reset().is_ok()
            || (read_only && self.now.allows_reading())
            || self.memory.region.permits(&self.range, needed)
        {
            mem::swap(self.owner, &mut self.memory);
        } else {
            mem::forget(self.memory.take());
        }
    }
}

impl fmt::Debug for ProtectGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProtectGuard").field(&self.range).field(&self.now).finish()
    }
}
