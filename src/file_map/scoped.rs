//! A map's bytes as a slice, for code that needs one, with a page that is gone becoming zeros.

use core::{ops::RangeBounds, slice};

use super::{
    MappedFile,
    access::{Access, Writable},
    guard::unguarded,
};
use crate::{
    MapError, Protection, Result,
    guarded::scope::{self, Pages, Scope},
};

/// Slices for the time of a call: for parsers, searchers, and whatever else takes a `&[u8]`.
impl<A: Access> MappedFile<A> {
    /// Calls `f` with the bytes of a range; a page that is gone is an error after it has returned.
    ///
    /// At the fault, whichever thread has it, the rest of the range becomes zeros, and `f` goes on.
    /// Its result is dropped then. These pages stay zeros, no part of the file, until the map is
    /// unmapped: every safe access to them is an error ([`lost`](Self::lost) tells which they are).
    /// Bytes before the first of them were right all the time.
    ///
    /// Calls may be nested, and run in many threads over the same pages; `f` may panic. What a child
    /// that `f` forks does in the range is guarded in the child.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMap::open("Cargo.toml")?;
    /// // SAFETY: nobody changes this file meanwhile; that it is truncated would be an error.
    /// let lines = unsafe { map.with_slice(.., |bytes| bytes.split(|byte| *byte == b'\n').count()) }?;
    /// assert!(lines > 10);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length; or pages of it are gone, then
    ///   [`MapError::fault`] tells from where on.
    ///
    /// # Panics
    ///
    /// If `f` does.
    ///
    /// # Safety
    ///
    /// While `f` runs:
    ///
    /// - Nobody changes bytes of the range: no other map, no process that writes to the file, no
    ///   safe access to this map, not even to other bytes of the range's pages. (That the file is
    ///   made shorter is no change in this sense, nor is it that its storage fails.)
    /// - The thread does not end without unwinding (`pthread_exit`), and the program does not take
    ///   the handler of `SIGBUS` away.
    pub unsafe fn with_slice<R>(
        &self,
        range: impl RangeBounds<usize>,
        f: impl FnOnce(&[u8]) -> R,
    ) -> Result<R, MapError> {
        const OPERATION: &str = "with_slice";
        let (offset, len, scope) = self.scope(OPERATION, range)?;
        // SAFETY: the bytes are mapped for reading while the value is borrowed; what is gone of
        // them is there again before it is seen; for the rest the caller speaks.
        let bytes = unsafe { slice::from_raw_parts(self.as_ptr().wrapping_add(offset), len) };
        let result = f(bytes);
        self.left(OPERATION, offset, len, scope)?;
        Ok(result)
    }

    /// The range, and the scope over its pages.
    pub(super) fn scope(
        &self,
        operation: &'static str,
        range: impl RangeBounds<usize>,
    ) -> Result<(usize, usize, Option<Scope<'_>>), MapError> {
        let region = &self.memory.region;
        let range = region.range(operation, range)?;
        let (offset, len) = (range.start, range.end - range.start);
        if range.is_empty() {
            return Ok((offset, len, None));
        }
        self.intact(operation, offset, len)?;
        let span = region.touching(&range);
        let pages = Pages {
            start: span.start,
            len: span.len,
            granule: region.granule(),
            writable: A::PROTECTION == Protection::ReadWrite,
            owner: region.owner(),
        };
        // SAFETY: the pages are the map's own while it is borrowed; it has one `damage`, which does
        // not move meanwhile; and the scope is dropped by whoever called.
        let scope = unsafe { scope::enter(pages, &self.guard.damage) };
        let scope = scope.map_err(|why| unguarded(operation, why))?;
        Ok((offset, len, Some(scope)))
    }

    /// Closes the scope: whether all pages were there.
    pub(super) fn left(
        &self,
        operation: &'static str,
        offset: usize,
        len: usize,
        scope: Option<Scope<'_>>,
    ) -> Result<(), MapError> {
        match scope.and_then(Scope::leave) {
            None => Ok(()),
            Some(_) => self.intact(operation, offset, len),
        }
    }
}

/// The same for code that writes.
impl<A: Writable> MappedFile<A> {
    /// [`with_slice`](Self::with_slice) with bytes that `f` may change.
    ///
    /// What it has written to pages that were lost is lost too.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut map = mman::FileMapCow::open("Cargo.toml")?;
    /// // SAFETY: nobody changes this file meanwhile, and nobody else has the map.
    /// unsafe { map.with_slice_mut(1..10, |bytes| bytes.make_ascii_uppercase()) }?;
    /// assert_eq!(map.to_vec(..11)?, b"[WORKSPACE]");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`with_slice`](Self::with_slice).
    ///
    /// # Panics
    ///
    /// If `f` does.
    ///
    /// # Safety
    ///
    /// As [`with_slice`](Self::with_slice), and nobody reads the bytes either.
    pub unsafe fn with_slice_mut<R>(
        &mut self,
        range: impl RangeBounds<usize>,
        f: impl FnOnce(&mut [u8]) -> R,
    ) -> Result<R, MapError> {
        const OPERATION: &str = "with_slice_mut";
        let start = self.as_mut_ptr();
        let (offset, len, scope) = self.scope(OPERATION, range)?;
        // SAFETY: as in `with_slice`, and for writing; the value is borrowed for change.
        let bytes = unsafe { slice::from_raw_parts_mut(start.wrapping_add(offset), len) };
        let result = f(bytes);
        self.left(OPERATION, offset, len, scope)?;
        Ok(result)
    }
}
