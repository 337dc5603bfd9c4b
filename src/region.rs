//! One owned range of mapped pages: the only place that unmaps, checks ranges, rounds to pages.
//!
//! ```text
//!   base           first page   start                    start + len            base + mapped
//!     | guard pages | skew      | what was asked for     | rest of the page | guard pages |
//!                   |<------------------------ body ---------------------->|
//! ```
//!
//! The ends of the body are multiples of the granule: the page size, or the size of explicit huge
//! pages, which the system maps, changes and unmaps only whole. Anonymous memory starts where its
//! first page does; the part of a file that was asked for may start within one (`skew`). Memory
//! that grows by steps has further pages behind its body, all zeros: its `room` ends behind them.
//!
//! What only hints or reads takes the pages that hold any byte of a range. What destroys or
//! protects would reach beyond such a range, so it takes whole pages only, or from the start, or
//! to the end.

use core::{
    fmt, iter, mem,
    ops::{Bound, Range, RangeBounds},
    ptr::{self, NonNull},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};
use std::{format, process};

use crate::{MapError, Reservation, Result, errno::Errno, os, reservation::Part};

mod bring_in;
mod footprint;
mod place;
mod refusal;
mod residency;
mod resize;
mod verbs;

pub use footprint::{Footprint, PageNodes};
pub(crate) use place::{Layout, no_huge_pages};
pub(crate) use refusal::{check_room, no_room, refused};
pub use residency::Residency;

/// A range of pages that this value has mapped and will unmap.
pub(crate) struct Region {
    /// The first byte that was asked for, to be at hand for each access.
    start: NonNull<u8>,
    mapped: usize,
    /// From what is mapped to the start: guard pages, and less than a page of what is not asked for.
    offset: usize,
    len: usize,
    /// The guard pages behind it, in bytes.
    after: usize,
    granule: usize,
    /// The mapping that it is a part of. Only parts of one are one allocation to the compiler.
    origin: usize,
    /// Of memory that forked children do not get: the process that has it.
    owner: Option<u32>,
    /// Whom the addresses belong to, and go back to.
    home: Option<Reservation>,
    /// Whether the system was told anything of the pages that outlives what they hold.
    marked: AtomicBool,
}

// SAFETY: it owns its pages as a `Box<[u8]>` does, and no thread has a special part in them.
unsafe impl Send for Region {}
// SAFETY: through `&self` it changes nothing of itself, and gives hints to the system only.
unsafe impl Sync for Region {}

/// What a memory of mapped pages consists of, for keeping it across foreign code.
///
/// See [`Anon::into_raw_parts`](crate::Anon::into_raw_parts).
///
/// # Examples
///
/// ```
/// use mman::Anon;
///
/// let memory = Anon::new(10_000)?;
/// let start = memory.as_ptr();
/// let parts = memory.into_raw_parts();
/// assert_eq!(parts.base.as_ptr().wrapping_add(parts.offset).cast_const(), start);
/// assert_eq!((parts.len, parts.mapped_len % parts.page_size, parts.file), (10_000, 0, None));
/// // SAFETY: the parts are those of memory of this type, and are used once.
/// let memory = unsafe { Anon::from_raw_parts(parts) };
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct RawParts {
    /// The first byte that is mapped, guard pages included; dangling if nothing is.
    pub base: NonNull<u8>,
    /// How many bytes are mapped from there on.
    pub mapped_len: usize,
    /// From `base` to the first byte that may be used.
    pub offset: usize,
    /// How many bytes may be used.
    pub len: usize,
    /// How many bytes it may grow to without mapping more.
    pub capacity: usize,
    /// The size of the pages: the system's, or that of explicit huge pages.
    pub page_size: usize,
    /// Of a [`MappedFile`](crate::MappedFile), and of memory of an object: what it shows.
    pub file: Option<FilePart>,
    /// Of a [`MappedFile`](crate::MappedFile): from where to where its pages are lost.
    pub(crate) lost: Option<(usize, usize)>,
}

/// Which part of which file is mapped, and how.
///
/// # Examples
///
/// ```
/// use std::os::unix::fs::MetadataExt;
///
/// use mman::{FileMap, MapOptions};
///
/// let file = std::fs::File::open("Cargo.toml")?;
/// let parts = MapOptions::new().file(&file, 7..20)?.into_raw_parts();
/// let part = parts.file.unwrap();
/// assert_eq!((part.offset, part.private, part.inode), (7, false, file.metadata()?.ino()));
/// # // SAFETY: the parts are those of a map of this type, and are used once.
/// # drop(unsafe { FileMap::from_raw_parts(parts) });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct FilePart {
    /// Where in the file the first byte is.
    pub offset: u64,
    /// Whether what is written is this map's own, and never reaches the file.
    pub private: bool,
    /// The file's device, as `stat` tells it.
    pub device: u64,
    /// The file's inode, as `stat` tells it.
    pub inode: u64,
}

/// Whole pages of a region.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Span {
    pub(crate) start: *mut u8,
    pub(crate) len: usize,
}

// SAFETY: an address; whoever uses it has a reason of its own to do so.
unsafe impl Send for Span {}

impl Region {
    /// Pages that were just mapped.
    fn of_pages(base: *mut u8, mapped: usize, granule: usize) -> Result<Self> {
        static ORIGIN: AtomicUsize = AtomicUsize::new(0);
        let base = NonNull::new(base).ok_or(Errno::ENOMEM)?;
        let origin = ORIGIN.fetch_add(1, Ordering::Relaxed);
        let mut region = Self::nothing(base, granule);
        (region.mapped, region.len, region.origin) = (mapped, mapped, origin);
        Ok(region)
    }

    /// No memory at all.
    pub(crate) fn empty(granule: usize) -> Self {
        let base =
            NonNull::new(ptr::without_provenance_mut(granule)).unwrap_or(NonNull::dangling());
        Self::nothing(base, granule)
    }

    fn nothing(base: NonNull<u8>, granule: usize) -> Self {
        let (start, mapped, offset, len, after, origin) = (base, 0, 0, 0, 0, 0);
        let (owner, home, marked) = (None, None, AtomicBool::new(false));
        Self { start, mapped, offset, len, after, granule, origin, owner, home, marked }
    }

    /// The parts, which the caller owns from now on.
    pub(crate) fn into_parts(self) -> RawParts {
        let parts = RawParts {
            base: NonNull::new(self.base()).unwrap_or(self.start),
            mapped_len: self.mapped,
            offset: self.offset,
            len: self.len,
            capacity: self.room().saturating_sub(self.skew()),
            page_size: self.granule,
            file: None,
            lost: None,
        };
        // A reservation is never unmapped then, and gives nobody these addresses.
        mem::forget(self);
        parts
    }

    /// # Safety
    ///
    /// - `parts` come from [`into_parts`](Self::into_parts), and are used once.
    pub(crate) unsafe fn from_parts(parts: RawParts) -> Self {
        let RawParts { base, mapped_len: mapped, offset, len, page_size: granule, .. } = parts;
        match Self::of_pages(base.as_ptr(), mapped, granule) {
            Ok(mut region) => {
                region.begin(offset);
                region.len = len;
                region.after = mapped.saturating_sub(offset).saturating_sub(parts.capacity);
                region
            }
            Err(_) => Self::empty(granule),
        }
    }

    /// The first byte that is mapped.
    pub(crate) fn base(&self) -> *mut u8 {
        self.start().wrapping_sub(self.offset)
    }

    /// Has the first byte that was asked for so far behind the first that is mapped.
    fn begin(&mut self, offset: usize) {
        let start = self.base().wrapping_add(offset);
        self.start = NonNull::new(start).unwrap_or(self.start);
        self.offset = offset;
    }

    /// The first byte that was asked for.
    pub(crate) fn start(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    /// From the start of the first page to the first byte.
    pub(crate) fn skew(&self) -> usize {
        self.in_page(self.start().addr())
    }

    /// How far behind the start of a page it is: a page's size is a power of two, and to divide by it
    /// would take longer than all else.
    fn in_page(&self, at: usize) -> usize {
        at & (self.granule - 1)
    }

    /// The page of the first byte.
    pub(crate) fn first_page(&self) -> *mut u8 {
        self.start().wrapping_sub(self.skew())
    }

    /// The reservation that it lies in.
    pub(crate) fn home(&self) -> Option<&Reservation> {
        self.home.as_ref()
    }

    /// The length that was asked for.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// What is mapped, guard pages included.
    pub(crate) fn mapped(&self) -> usize {
        self.mapped
    }

    /// The size of a page.
    pub(crate) fn granule(&self) -> usize {
        self.granule
    }

    /// The length in whole pages.
    pub(crate) fn body(&self) -> usize {
        if self.len == 0 { 0 } else { (self.skew() + self.len).next_multiple_of(self.granule) }
    }

    /// All that is mapped, guard pages included.
    pub(crate) fn all_pages(&self) -> Span {
        Span { start: self.base(), len: self.mapped }
    }

    /// The whole pages that it may use without the system: the body, and what is ahead of it.
    pub(crate) fn room(&self) -> usize {
        let (before, after) = self.guards();
        self.mapped - before - after
    }

    /// How many bytes of guard pages lie before and after it.
    pub(crate) fn guards(&self) -> (usize, usize) {
        (self.offset - if self.len == 0 { 0 } else { self.skew() }, self.after)
    }

    /// Whether there are guard pages.
    pub(crate) fn is_guarded(&self) -> bool {
        self.guards() != (0, 0)
    }

    /// Of memory that forked children do not get: the process that has it.
    pub(crate) fn owner(&self) -> Option<u32> {
        self.owner
    }

    /// Whether the pages are this process's: a forked child may not have got them.
    pub(crate) fn is_here(&self) -> bool {
        self.owner.is_none_or(|owner| owner == process::id())
    }

    /// What its place in a reservation is.
    pub(crate) fn part(&self) -> Part {
        self.owner.map_or(Part::Owned, Part::Only)
    }

    /// Notes that the system was told something of the pages.
    pub(crate) fn mark(&self) {
        self.marked.store(true, Ordering::Relaxed);
    }

    /// Whether its pages are as if new, apart from what they hold.
    pub(crate) fn is_unmarked(&self) -> bool {
        let is_marked = self.marked.load(Ordering::Relaxed);
        !is_marked && self.owner.is_none() && !self.is_guarded() && self.granule == os::page_size()
    }

    /// Owns nothing any more.
    pub(crate) fn disown(&mut self) {
        self.begin(0);
        (self.mapped, self.len, self.after) = (0, 0, 0);
    }

    /// [`checked`] against the length.
    pub(crate) fn range(
        &self,
        operation: &'static str,
        bounds: impl RangeBounds<usize>,
    ) -> Result<Range<usize>, MapError> {
        checked(operation, bounds, self.len)
    }

    /// The pages that hold any byte of a range.
    pub(crate) fn touching(&self, range: &Range<usize>) -> Span {
        if range.is_empty() {
            return Span { start: self.start(), len: 0 };
        }
        let start = self.skew() + range.start;
        let first = start - self.in_page(start);
        let last = self.skew() + range.end - 1;
        let end = last - self.in_page(last) + self.granule;
        Span { start: self.first_page().wrapping_add(first), len: end - first }
    }

    /// The pages of a range that is made of whole ones.
    pub(crate) fn whole(
        &self,
        operation: &'static str,
        range: &Range<usize>,
    ) -> Result<Span, MapError> {
        let is_end = |offset| offset == 0 || offset == self.len;
        self.made_of_pages(operation, range, is_end)
    }

    /// The pages of a range that is made of whole ones, where what else is in the first and the last
    /// page is not this value's either.
    pub(crate) fn exactly(
        &self,
        operation: &'static str,
        range: &Range<usize>,
    ) -> Result<Span, MapError> {
        self.made_of_pages(operation, range, |_| false)
    }

    fn made_of_pages(
        &self,
        operation: &'static str,
        range: &Range<usize>,
        may_cut: impl Fn(usize) -> bool,
    ) -> Result<Span, MapError> {
        let cuts = |offset| self.in_page(self.skew() + offset) != 0 && !may_cut(offset);
        let broken = if range.is_empty() {
            None
        } else if cuts(range.start) {
            Some(("offset", range.start))
        } else if cuts(range.end) {
            Some(("end", range.end))
        } else {
            None
        };
        match broken {
            None => Ok(self.touching(range)),
            Some((what, at)) => {
                let (granule, first) = (self.granule, self.granule - self.skew());
                let rule = if self.skew() == 0 {
                    format!("{what} {at} is not a multiple of the page size {granule}")
                } else {
                    format!("{what} {at} is within a page: they begin at {first} + n × {granule}")
                };
                Err(MapError::rule(operation, rule))
            }
        }
    }

    /// Unmaps, and gives the value back if that fails.
    pub(crate) fn unmap(mut self) -> Result<(), (Self, Errno)> {
        match self.release() {
            Ok(()) => Ok(()),
            Err(errno) => Err((self, errno)),
        }
    }

    /// Unmaps what is mapped, which is nothing then.
    fn release(&mut self) -> Result<()> {
        self.end()?;
        self.disown();
        Ok(())
    }

    /// The only place where a region ends: nothing is to be done with it after that.
    fn end(&mut self) -> Result<()> {
        // In a child that does not have these pages, something else may be mapped there.
        if self.mapped == 0 || !self.is_here() {
            return Ok(());
        }
        // SAFETY: the range is this value's own, and nobody has been given its address for longer
        // than the value lives.
        unsafe { self.free(self.base(), self.mapped) }
    }

    /// Unmaps all but some ranges of it, which are in ascending order. It is in no reservation.
    pub(crate) fn release_but(&mut self, holes: impl Iterator<Item = Range<usize>>) {
        let mut from = 0;
        for hole in holes.chain(iter::once(self.mapped..self.mapped)) {
            let start = self.base().wrapping_add(from);
            if hole.start > from {
                // SAFETY: the range is this value's own, and nothing uses it.
                let _ = unsafe { os::unmap(start, hole.start - from) };
            }
            from = hole.end;
        }
        self.disown();
    }

    /// Gives pages back to where they come from.
    ///
    /// # Safety
    ///
    /// - They are this value's own, and nothing uses them.
    unsafe fn free(&self, start: *mut u8, len: usize) -> Result<()> {
        match &self.home {
            // SAFETY: the caller's promise is that of the call.
            Some(home) => unsafe { home.give_back_pages(start, len) },
            // SAFETY: as above.
            None => unsafe { os::unmap(start, len) },
        }
    }
}

/// The range check: `offset <= len && n <= len - offset`.
pub(crate) fn checked(
    operation: &'static str,
    bounds: impl RangeBounds<usize>,
    len: usize,
) -> Result<Range<usize>, MapError> {
    let start = match bounds.start_bound() {
        Bound::Included(start) => Some(*start),
        Bound::Excluded(before) => before.checked_add(1),
        Bound::Unbounded => Some(0),
    };
    let end = match bounds.end_bound() {
        Bound::Included(last) => last.checked_add(1),
        Bound::Excluded(end) => Some(*end),
        Bound::Unbounded => Some(len),
    };
    let (Some(offset), Some(end)) = (start, end) else {
        return Err(MapError::rule(operation, "the range is beyond the largest number"));
    };
    match end.checked_sub(offset) {
        Some(n) if offset <= len && n <= len - offset => Ok(offset..end),
        None if end == len => {
            let rule = format!("offset {offset} is beyond the length {}", len);
            Err(MapError::rule(operation, rule))
        }
        None => Err(MapError::rule(operation, format!("{offset}..{end} ends before it starts"))),
        Some(_) => {
            let rule = format!("{offset}..{end} is not within 0..{}", len);
            Err(MapError::rule(operation, rule))
        }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // That it failed leaks address space and no more.
        let _ = self.end();
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:p}, {} bytes of {}", self.start(), self.len, self.mapped)
    }
}
