//! Memory in a reservation for those who use raw pointers: allocators, collectors, runtimes.

use core::ops::Range;
use std::{format, vec::Vec};

use super::{Part, Reservation};
use crate::{
    MapError, MapOptions, Placement, Protection, Result,
    os::{self, Place},
    region::{Span, refused},
};

impl Reservation {
    /// Makes free pages readable and writable, zeros, for use by raw pointers.
    ///
    /// For allocators, collectors and runtimes that keep their own account of a reservation. The
    /// pages belong to no value: they are there until [`decommit`](Self::decommit), or until the
    /// reservation is unmapped with its last handle and the last memory in it. Nobody is given
    /// them in the meantime; with owned memory elsewhere in the reservation they get along.
    ///
    /// The pointer may be used for the whole range, and for what is committed next to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::Reservation;
    ///
    /// let page = mman::page_size();
    /// let heap = Reservation::new(1 << 30)?;
    /// let start = heap.commit(0..4 * page)?;
    /// // SAFETY: the page is committed, and nobody else knows of it.
    /// unsafe { start.write(1) };
    /// // SAFETY: nothing uses these pages from here on.
    /// unsafe { heap.decommit(2 * page..4 * page) }?;
    /// assert_eq!(heap.free_ranges(), [2 * page..heap.len()]);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the reservation, not made of whole pages, or not
    ///   free.
    /// - `ENOMEM`: no memory, or a limit, which the message names.
    #[doc(alias = "VirtualAlloc")]
    #[doc(alias = "mprotect")]
    pub fn commit(&self, range: Range<usize>) -> Result<*mut u8, MapError> {
        const OPERATION: &str = "commit";
        let span = self.span(OPERATION, &range)?;
        let mut options = MapOptions::new();
        options.placement(Placement::Within(self.clone(), range.start));
        let mut memory = options.private(OPERATION, span.len)?;
        // From now on it belongs to the reservation.
        memory.region.disown();
        self.taken().set(&range, Some(Part::Raw));
        Ok(self.as_ptr().wrapping_add(range.start))
    }

    /// Takes committed pages back: they are inaccessible, and free.
    ///
    /// # Examples
    ///
    /// ```
    /// let heap = mman::Reservation::new(1 << 20)?;
    /// let page = mman::page_size();
    /// heap.commit(0..2 * page)?;
    /// // SAFETY: nothing uses the pages.
    /// unsafe { heap.decommit(page..2 * page) }?;
    /// assert!(heap.commit(0..page).is_err());
    /// heap.commit(page..2 * page)?;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the reservation, not made of whole pages, or not
    ///   all [committed](Self::commit).
    /// - `ENOMEM`: too many mappings would arise. The pages are as they were.
    ///
    /// # Safety
    ///
    /// - Nothing uses the pages from now on.
    #[doc(alias = "VirtualFree")]
    pub unsafe fn decommit(&self, range: Range<usize>) -> Result<(), MapError> {
        const OPERATION: &str = "decommit";
        let span = self.span(OPERATION, &range)?;
        self.on_raw(OPERATION, &[range], None, || {
            if span.len == 0 {
                return Ok(());
            }
            let nothing = os::inaccessible(Place::Over(span.start), span.len);
            // SAFETY: nobody else changes the pages now, and the caller says that nothing uses
            // them.
            unsafe { os::map(&nothing) }.map(drop).map_err(|errno| refused(OPERATION, errno, 0))
        })
    }

    /// Changes what may be done with committed pages.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Protection, Reservation};
    ///
    /// let heap = Reservation::new(1 << 20)?;
    /// let page = mman::page_size();
    /// heap.commit(0..2 * page)?;
    /// // SAFETY: nobody knows of the pages yet.
    /// unsafe { heap.protect(0..page, Protection::None) }?;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Some of the pages may have been changed.
    ///
    /// - Without a code: the range is not within the reservation, not made of whole pages, or not
    ///   all [committed](Self::commit).
    /// - `EACCES`: a policy forbids it.
    /// - `ENOMEM`: too many mappings would arise.
    ///
    /// # Safety
    ///
    /// - From now on nothing does with the pages what they are not for.
    #[doc(alias = "mprotect")]
    pub unsafe fn protect(
        &self,
        range: Range<usize>,
        protection: Protection,
    ) -> Result<(), MapError> {
        const OPERATION: &str = "protect";
        let span = self.span(OPERATION, &range)?;
        self.on_raw(OPERATION, &[range], Some(Part::Raw), || {
            if span.len == 0 {
                return Ok(());
            }
            // SAFETY: nobody else changes the pages now, and for their use the caller speaks.
            unsafe { os::protect(span.start, span.len, protection) }
                .map_err(|errno| refused(OPERATION, errno, span.len))
        })
    }

    /// Makes committed pages zero, and gives their memory back; they stay committed.
    ///
    /// Thousands of ranges cost one call of the system (Linux 6.13).
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::Reservation;
    ///
    /// let page = mman::page_size();
    /// let heap = Reservation::new(1 << 20)?;
    /// let start = heap.commit(0..16 * page)?;
    /// // SAFETY: the page is committed, and nobody else knows of it.
    /// unsafe { start.write(1) };
    /// // SAFETY: nothing counts on what the pages hold.
    /// unsafe { heap.discard(&[0..page, 8 * page..9 * page]) }?;
    /// // SAFETY: as above.
    /// assert_eq!(unsafe { start.read() }, 0);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Without a code: a range is not within the reservation, not made of whole pages, not all
    /// [committed](Self::commit), or overlaps another one. Nothing was changed then.
    ///
    /// # Safety
    ///
    /// - No reference to the pages is in use, and nobody counts on what they hold.
    /// - They are for reading and writing.
    #[doc(alias = "process_madvise")]
    #[doc(alias = "MADV_DONTNEED")]
    pub unsafe fn discard(&self, ranges: &[Range<usize>]) -> Result<(), MapError> {
        const OPERATION: &str = "discard";
        let spans = ranges.iter().map(|range| self.span(OPERATION, range));
        let spans = spans.collect::<Result<Vec<_>, _>>()?;
        self.on_raw(OPERATION, ranges, Some(Part::Raw), || {
            // SAFETY: nobody else changes the pages now, and for what they hold the caller speaks.
            unsafe { Span::discard_all(&spans) };
            Ok(())
        })
    }

    fn span(&self, operation: &'static str, range: &Range<usize>) -> Result<Span, MapError> {
        let range = self.region().range(operation, range.clone())?;
        self.region().whole(operation, &range)
    }

    /// Does something with ranges of raw pages, which are nobody else's for so long, and `after`
    /// if it could be done.
    fn on_raw(
        &self,
        operation: &'static str,
        ranges: &[Range<usize>],
        after: Option<Part>,
        change: impl FnOnce() -> Result<(), MapError>,
    ) -> Result<(), MapError> {
        let set_all = |ranges: &[Range<usize>], part| {
            let mut taken = self.taken();
            ranges.iter().for_each(|range| taken.set(range, part));
        };
        let mut taken = self.taken();
        let mut claim = |range: &Range<usize>| {
            let is_raw = taken.is_all(range, Part::Raw);
            if is_raw {
                taken.set(range, Some(Part::Owned));
            }
            is_raw
        };
        let refused = ranges.iter().position(|range| !claim(range));
        drop(taken);
        if let Some((index, range)) = refused.and_then(|at| Some((at, ranges.get(at)?))) {
            set_all(ranges.get(..index).unwrap_or_default(), Some(Part::Raw));
            let rule = format!("{range:?} is not committed, or not all of it");
            return Err(MapError::rule(operation, rule));
        }
        let done = change();
        set_all(ranges, if done.is_ok() { after } else { Some(Part::Raw) });
        done
    }
}
