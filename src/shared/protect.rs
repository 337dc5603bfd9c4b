//! Shared memory that this process cannot write, or not even read, for a while.

use core::{
    fmt,
    ops::{Range, RangeBounds},
};

use super::{Shared, bulk::copy_out};
use crate::{MapError, Protection, Result, memory::Memory, protect::Shield};

impl Shared {
    /// Makes whole pages read-only, or inaccessible, until the guard is dropped: for this process.
    /// Others write to them as ever.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Protection, Shared};
    ///
    /// let mut shared = Shared::anonymous(10_000)?;
    /// shared.write_at(0, b"hello")?;
    /// let guard = shared.protect(.., Protection::Read)?;
    /// // Who writes there now dies of it.
    /// let mut bytes = [0; 5];
    /// guard.read_at(0, &mut bytes)?;
    /// assert_eq!(&bytes, b"hello");
    /// drop(guard);
    /// shared.write_at(0, b"H")?;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The memory is as it was. (It is empty, and leaks, if the system has changed a part of it and
    /// refuses to undo that.)
    ///
    /// - Without a code: the range is not within the length, or not made of whole pages; the
    ///   protection is more than reading and writing.
    /// - `ENOMEM`: too many mappings would arise.
    /// - `EPERM`: the pages are sealed by `mseal` (Linux).
    #[doc(alias = "mprotect")]
    pub fn protect(
        &mut self,
        range: impl RangeBounds<usize>,
        protection: Protection,
    ) -> Result<SharedProtectGuard<'_>, MapError> {
        let owner = &mut self.memory;
        let shield = Shield::less(&owner.region, range, protection, Protection::ReadWrite)?;
        let memory = owner.take();
        let mut guard = SharedProtectGuard { owner, memory, shield };
        // SAFETY: the memory was borrowed for change, and is taken: nothing refers to it. If this
        // fails half-way, the guard restores.
        unsafe { guard.shield.raise(&mut guard.memory.region) }?;
        Ok(guard)
    }
}

/// Keeps pages of shared memory protected until it is dropped.
///
/// Made by [`Shared::protect`]. It is to [`Shared`] what [`ProtectGuard`](crate::ProtectGuard) is to
/// memory of one's own, which tells what becomes of it when it cannot restore, or is forgotten; but
/// it gives copies of bytes, neither slices nor atomics, which could be written.
///
/// # Examples
///
/// ```
/// use mman::{Protection, Shared};
///
/// let page = mman::page_size();
/// let mut shared = Shared::anonymous(2 * page)?;
/// let guard = shared.protect(page.., Protection::None)?;
/// assert!(guard.read_at(0, &mut [0; 8]).is_ok());
/// assert!(guard.read_at(page, &mut [0; 8]).is_err());
/// guard.restore().map_err(|(_, error)| error)?;
/// shared.fill(.., 1)?;
/// # Ok::<(), mman::MapError>(())
/// ```
#[must_use = "the protection is restored when the guard is dropped"]
pub struct SharedProtectGuard<'a> {
    /// Empty while the guard lives.
    owner: &'a mut Memory,
    memory: Memory,
    shield: Shield,
}

impl SharedProtectGuard<'_> {
    /// The protected bytes, as offsets into the memory.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.shield.range()
    }

    /// What may be done with them.
    #[must_use]
    pub fn protection(&self) -> Protection {
        self.shield.now()
    }

    /// The first of them.
    #[must_use]
    pub fn as_ptr(&self) -> *mut u8 {
        self.memory.region.start().wrapping_add(self.range().start)
    }

    /// Copies bytes out of the memory, from an offset into all of it: [`Shared::read_at`].
    ///
    /// # Errors
    ///
    /// - Without a code: they do not lie within the length, or among them are some that may not be
    ///   read.
    pub fn read_at(&self, offset: usize, bytes: &mut [u8]) -> Result<(), MapError> {
        const OPERATION: &str = "read_at";
        let region = &self.memory.region;
        let range = region.range(OPERATION, offset..offset.saturating_add(bytes.len()))?;
        let shut = self.range();
        let meets = range.start.max(shut.start) < range.end.min(shut.end);
        if meets && !self.protection().allows_reading() {
            return Err(MapError::rule(OPERATION, "bytes of it may not be read"));
        }
        // SAFETY: the range lies within the memory, which is mapped for reading but for pages that
        // have no byte of it, nor of its words: a page begins with a word.
        unsafe { copy_out(region.start().wrapping_add(range.start), bytes) };
        Ok(())
    }

    /// Restores the protection, and tells if the system refuses to.
    ///
    /// # Errors
    ///
    /// The guard comes back: the memory is as protected as it was, or in part as it is to be.
    ///
    /// - `ENOMEM`: too many mappings would arise.
    /// - `EPERM`: the pages are sealed by `mseal` (Linux).
    #[allow(clippy::result_large_err, reason = "a guard is not to allocate")]
    pub fn restore(mut self) -> Result<(), (Self, MapError)> {
        // SAFETY: the guard alone reaches the memory, and nothing refers to it.
        match unsafe { self.shield.lift(&mut self.memory.region) } {
            Ok(()) => Ok(()),
            Err(error) => Err((self, error)),
        }
    }
}

impl Drop for SharedProtectGuard<'_> {
    fn drop(&mut self) {
        // SAFETY: the guard alone reaches the memory, and nothing refers to it.
        unsafe { self.shield.end(self.owner, &mut self.memory) };
    }
}

impl fmt::Debug for SharedProtectGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedProtectGuard").field(&self.range()).field(&self.protection()).finish()
    }
}
