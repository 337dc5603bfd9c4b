//! Pages of file maps that cannot be written, or not even read, for a while.

use core::{
    fmt,
    marker::PhantomData,
    mem,
    ops::{Range, RangeBounds},
};

use super::{FileMap, MappedFile, access::Access, guard::Guard};
use crate::{MapError, Protection, Result, protect::Shield};

impl<A: Access> MappedFile<A> {
    /// Lets less be done with whole pages until the guard is dropped: nothing, or only reading.
    ///
    /// Other maps of the file are as they were. What lets more be done is a conversion, such as
    /// [`make_mut`](Self::make_mut).
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{FileMapCow, Protection};
    ///
    /// let mut map = FileMapCow::open("Cargo.toml")?;
    /// let guard = map.protect(.., Protection::Read)?;
    /// // Who writes there now dies of it.
    /// assert_eq!(guard.as_map().unwrap().load::<u8>(0)?, b'[');
    /// drop(guard);
    /// map.store(0, b'#')?;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The map is as it was. (It is empty, and its memory leaks, if the system has changed a part of
    /// it and refuses to undo that.)
    ///
    /// - Without a code: the range is not within the length, or not made of whole pages; the
    ///   protection is more than the map is for.
    /// - `ENOMEM`: too many mappings would arise.
    /// - `EPERM`: the pages are sealed by `mseal` (Linux).
    #[doc(alias = "mprotect")]
    pub fn protect(
        &mut self,
        range: impl RangeBounds<usize>,
        protection: Protection,
    ) -> Result<FileProtectGuard<'_, A>, MapError> {
        let shield = Shield::less(&self.memory.region, range, protection, A::PROTECTION)?;
        let map = MappedFile {
            memory: self.memory.take(),
            part: self.part,
            guard: mem::replace(&mut self.guard, Guard::new()),
            access: PhantomData,
        };
        let mut guard = FileProtectGuard { owner: self, map, shield };
        // SAFETY: the memory was borrowed for change, and is taken: nothing that the map has given
        // refers to it. If this fails half-way, the guard restores.
        unsafe { guard.shield.raise(&mut guard.map.memory.region) }?;
        Ok(guard)
    }
}

/// Keeps pages of a file map protected until it is dropped.
///
/// Made by [`MappedFile::protect`]. It is to file maps what [`ProtectGuard`](crate::ProtectGuard) is
/// to memory of one's own, which tells what becomes of it when it cannot restore, or is forgotten; but
/// it gives no slice: where the bytes may be read, they are reached by a [`FileMap`] of all that is
/// mapped.
///
/// # Examples
///
/// ```
/// use mman::{FileMap, Protection};
///
/// let mut map = FileMap::open("Cargo.toml")?;
/// let guard = map.protect(.., Protection::None)?;
/// assert!(guard.as_map().is_none());
/// guard.restore().map_err(|(_, error)| error)?;
/// assert_eq!(map.load::<u8>(0)?, b'[');
/// # Ok::<(), mman::MapError>(())
/// ```
#[must_use = "the protection is restored when the guard is dropped"]
pub struct FileProtectGuard<'a, A: Access> {
    /// Empty while the guard lives.
    owner: &'a mut MappedFile<A>,
    map: FileMap,
    shield: Shield,
}

impl<A: Access> FileProtectGuard<'_, A> {
    /// The protected bytes, as offsets into the map.
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
        self.map.memory.region.start().wrapping_add(self.range().start)
    }

    /// All of the map, for reading, if the protected bytes may be read.
    #[must_use]
    pub fn as_map(&self) -> Option<&FileMap> {
        self.protection().allows_reading().then_some(&self.map)
    }

    /// Restores the protection, and tells if the system refuses to.
    ///
    /// # Errors
    ///
    /// The guard comes back: the map is as protected as it was, or in part as it is to be.
    ///
    /// - `ENOMEM`: too many mappings would arise, or no memory is promised.
    /// - `EACCES`, `EPERM`: a policy or a seal forbids it.
    #[allow(clippy::result_large_err, reason = "a guard is not to allocate")]
    pub fn restore(mut self) -> Result<(), (Self, MapError)> {
        self.reach_what_is_lost();
        // SAFETY: the guard alone reaches the map, which it has not lent to anybody now.
        match unsafe { self.shield.lift(&mut self.map.memory.region) } {
            Ok(()) => Ok(()),
            Err(error) => Err((self, error)),
        }
    }
}

impl<A: Access> FileProtectGuard<'_, A> {
    /// A slice of the map that met a page that is gone has zeros for reading in its place and behind it,
    /// also beyond the protected bytes.
    fn reach_what_is_lost(&mut self) {
        if self.map.lost().is_some() {
            self.shield.widen(self.map.len());
        }
    }
}

impl<A: Access> Drop for FileProtectGuard<'_, A> {
    fn drop(&mut self) {
        self.reach_what_is_lost();
        // SAFETY: as above.
        if unsafe { self.shield.end(&mut self.owner.memory, &mut self.map.memory) } {
            mem::swap(&mut self.owner.guard, &mut self.map.guard);
        }
    }
}

impl<A: Access> fmt::Debug for FileProtectGuard<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FileProtectGuard").field(&self.range()).field(&self.protection()).finish()
    }
}
