//! [`Reservation`]: addresses first, memory later.

use core::{fmt, ops::Range};
use std::{
    format,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    vec::Vec,
};

use crate::{
    Anon, MapError, MapOptions, Placement, Result,
    os::{self, Place, Protection},
    region::{Layout, Region},
};

mod batch;
mod raw;
mod taken;

pub(crate) use taken::Part;
use taken::Taken;

/// Addresses without memory, in which memory is placed later.
///
/// What is carved from it are values of the usual types: [`anon`](Self::anon) and
/// [`carve`](Self::carve) make plain memory, and any other is made with [`MapOptions`] and
/// [`Placement::Within`] or [`Placement::FirstFit`]. Memory is never placed over memory that is
/// there; its place is free again when it is dropped. What is free is inaccessible, so it guards
/// what lies beside it. Memory grows in place while what is behind it is free
/// ([`Anon::resize`]), and what it gives back by shrinking is free.
///
/// It is a handle: clones are the same reservation, which is unmapped when the last of them and
/// the last memory in it are gone. Threads may share it.
///
/// # Examples
///
/// ```
/// use mman::{MapOptions, Placement, Reservation};
///
/// let page = mman::page_size();
/// let reservation = Reservation::new(1 << 30)?;
/// let place = Placement::Within(reservation.clone(), 16 * page);
/// let mut memory = MapOptions::new().placement(place).anon(page)?;
/// memory[0] = 1;
/// assert!(reservation.anon(16 * page..17 * page).is_err());
/// // It grows in place while there is room behind it.
/// memory.resize(100 * page)?;
/// assert_eq!(memory.as_ptr().addr(), reservation.as_ptr().addr() + 16 * page);
/// # Ok::<(), mman::MapError>(())
/// ```
///
/// A buffer that grows fast to any length, without its contents ever moving:
///
/// ```
/// use mman::{HugePages, MapOptions, Placement, Prefault, Reservation};
///
/// let reservation = Reservation::new(1 << 30)?;
/// let mut options = MapOptions::new();
/// options.placement(Placement::Within(reservation, 0)).growth_step(4 << 20);
/// # if cfg!(target_os = "linux") && std::path::Path::new("/sys/kernel/mm/transparent_hugepage").exists() {
/// options.huge_pages(HugePages::Transparent).prefault(Prefault::Write);
/// # }
/// let mut buffer = options.anon(0)?;
/// for number in 0..1000 {
///     let len = buffer.len();
///     buffer.resize(len + 100)?;
///     buffer[len..].fill(number as u8);
/// }
/// # Ok::<(), mman::MapError>(())
/// ```
///
/// # Forks
///
/// A forked child has a copy of the reservation and of what is in it, apart from memory with
/// [`Fork::Exclude`](crate::Fork::Exclude): there, the child has a hole, which it never unmaps. If
/// another thread was at work on the reservation when the process forked, the child waits for it
/// for ever, as with any lock.
///
/// # Shortage
///
/// With fewer than about six mappings left of `vm.max_map_count` (Linux), memory that the system
/// refuses to place may keep its addresses for ever: whose they are then cannot be told.
#[derive(Clone)]
pub struct Reservation(Arc<Inner>);

struct Inner {
    region: Region,
    taken: Mutex<Taken>,
}

impl Reservation {
    /// Reserves `len` bytes of addresses, rounded up to whole pages.
    ///
    /// One that is large enough for a transparent huge page is aligned for it, if there is room.
    ///
    /// # Examples
    ///
    /// ```
    /// let reservation = mman::Reservation::new(1 << 30)?;
    /// assert_eq!(reservation.free_ranges(), [0..1 << 30]);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: more than `isize::MAX` bytes.
    /// - `ENOMEM`: no address space, or a limit, which the message names.
    #[doc(alias = "mmap")]
    #[doc(alias = "PROT_NONE")]
    pub fn new(len: usize) -> Result<Self, MapError> {
        let align = os::transparent_size().filter(|size| len >= *size);
        let aligned = align.and_then(|size| Self::at(Placement::Aligned(size), len).ok());
        aligned.map_or_else(|| Self::at(Placement::Anywhere, len), Ok)
    }

    /// [`new`](Self::new) at a place of one's own choice, which may be in another reservation.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and:
    ///
    /// - Without a code: the placement breaks a rule, as with [`MapOptions::anon`].
    /// - `EEXIST`: [`Placement::At`], and something is mapped there.
    pub fn at(placement: Placement, len: usize) -> Result<Self, MapError> {
        let page = os::page_size();
        let layout = Layout {
            len: len.checked_next_multiple_of(page).unwrap_or(len),
            protection: Protection::None,
            ..Layout::new(&placement, page)
        };
        let region = Region::map("reserve", &layout)?;
        Ok(Self(Arc::new(Inner { region, taken: Mutex::default() })))
    }

    /// The first address.
    #[must_use]
    pub fn as_ptr(&self) -> *mut u8 {
        self.0.region.start()
    }

    /// How many bytes are reserved.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.region.len()
    }

    /// Whether nothing is reserved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Private anonymous memory at these offsets: [`MapOptions::anon`] with
    /// [`Placement::Within`].
    ///
    /// # Examples
    ///
    /// ```
    /// let page = mman::page_size();
    /// let reservation = mman::Reservation::new(1 << 30)?;
    /// let mut memory = reservation.anon(4 * page..8 * page)?;
    /// assert_eq!(memory.as_ptr(), reservation.as_ptr().wrapping_add(4 * page).cast_const());
    /// memory[0] = 1;
    /// assert!(reservation.anon(7 * page..9 * page).is_err());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the reservation, does not start at a multiple of
    ///   the page size, or is somebody's already.
    /// - `ENOMEM`: no memory, or a limit, which the message names.
    pub fn anon(&self, range: Range<usize>) -> Result<Anon, MapError> {
        let range = self.0.region.range("anon", range)?;
        let place = Placement::Within(self.clone(), range.start);
        MapOptions::new().placement(place).anon(range.end - range.start)
    }

    /// Private anonymous memory at the first free place: [`MapOptions::anon`] with
    /// [`Placement::FirstFit`].
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::Reservation;
    ///
    /// let page = mman::page_size();
    /// let reservation = Reservation::new(1 << 30)?;
    /// let (first, second) = (reservation.carve(page)?, reservation.carve(page)?);
    /// assert_eq!(first.as_ptr().wrapping_add(page), second.as_ptr());
    /// drop(first);
    /// assert_eq!(reservation.carve(1)?.as_ptr(), reservation.as_ptr());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: there is no room for so much.
    /// - `ENOMEM`: no memory, or a limit, which the message names.
    pub fn carve(&self, len: usize) -> Result<Anon, MapError> {
        MapOptions::new().placement(Placement::FirstFit(self.clone(), 1)).anon(len)
    }

    /// A reservation of these offsets of this one: nobody else places memory there.
    ///
    /// Nothing in it is a guard, until it is dropped; so is what its own user leaves free.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::Reservation;
    ///
    /// let page = mman::page_size();
    /// let reservation = Reservation::new(1 << 30)?;
    /// let memory = reservation.carve(16 * page)?;
    /// let guard = reservation.reserve(16 * page..17 * page)?;
    /// assert_eq!(reservation.carve(page)?.as_ptr(), memory.as_ptr().wrapping_add(17 * page).cast_mut());
    /// # drop(guard);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the reservation, does not start at a multiple of
    ///   the page size, or is somebody's already.
    #[doc(alias = "guard")]
    pub fn reserve(&self, range: Range<usize>) -> Result<Self, MapError> {
        let range = self.0.region.range("reserve", range)?;
        Self::at(Placement::Within(self.clone(), range.start), range.end - range.start)
    }

    /// What is free, in ascending order, each range as long as can be.
    ///
    /// Other threads may take it at any time.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::Reservation;
    ///
    /// let page = mman::page_size();
    /// let reservation = Reservation::new(100 * page)?;
    /// let _memory = reservation.anon(10 * page..30 * page)?;
    /// assert_eq!(reservation.free_ranges(), [0..10 * page, 30 * page..100 * page]);
    /// let largest = reservation.free_ranges().into_iter().max_by_key(|range| range.len());
    /// assert_eq!(largest, Some(30 * page..100 * page));
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[must_use]
    pub fn free_ranges(&self) -> Vec<Range<usize>> {
        self.taken().free(self.len()).collect()
    }

    pub(crate) fn region(&self) -> &Region {
        &self.0.region
    }

    /// Whether both are handles of one reservation.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The offset of a place in it.
    fn offset(&self, start: *mut u8) -> usize {
        start.addr() - self.as_ptr().addr()
    }

    /// Sees to it that pages which are this part never become free, until they are not kept.
    pub(crate) fn keep(&self, range: Range<usize>, part: Part) {
        if !range.is_empty() {
            self.taken().keep(range, part);
        }
    }

    /// Undoes [`keep`](Self::keep), and tells whether the pages are this part still.
    pub(crate) fn keep_no_longer(&self, range: &Range<usize>, part: Part) -> bool {
        range.is_empty() || self.taken().keep_no_longer(range, part)
    }

    /// Takes free pages for the caller, whole ones, and tells how many bytes of them are
    /// [guarded](Part::Guarded); the others are inaccessible, and as if new. The first `own` bytes are
    /// the caller's already.
    pub(crate) fn take(
        &self,
        operation: &'static str,
        offset: usize,
        (own, len): (usize, usize),
        part: Part,
    ) -> Result<usize, MapError> {
        if offset > self.len() || len > self.len() - offset {
            let rule = format!("{len} bytes from {offset} on are not within 0..{}", self.len());
            return Err(MapError::rule(operation, rule));
        }
        let range = offset..offset + len;
        let mut taken = self.taken();
        if taken.is_free(&(range.start + own.min(len)..range.end)) {
            return Ok(taken.take(&range, part));
        }
        drop(taken);
        let rule = format!("{len} bytes from {offset} on are not free in the reservation");
        Err(MapError::rule(operation, rule))
    }

    /// [`take`](Self::take) where `aligned` first gives a place for it, and the offset of that.
    ///
    /// `aligned` gives the first place at or behind an offset.
    pub(crate) fn take_first(
        &self,
        operation: &'static str,
        len: usize,
        aligned: impl Fn(usize) -> Option<usize>,
        part: Part,
    ) -> Result<(usize, usize), MapError> {
        let mut taken = self.taken();
        let fits = |gap: Range<usize>| {
            let offset = aligned(gap.start)?;
            (offset <= gap.end && len <= gap.end - offset).then_some(offset)
        };
        let found = taken.free(self.len()).find_map(fits);
        if let Some(offset) = found {
            return Ok((offset, taken.take(&(offset..offset + len), part)));
        }
        drop(taken);
        let rule = format!("{len} bytes fit into no free place of the reservation");
        Err(MapError::rule(operation, rule))
    }

    /// Takes memory out of pages that [`take`](Self::take) has given, and frees their place.
    ///
    /// # Safety
    ///
    /// - The caller has taken the pages, and nothing uses them.
    pub(crate) unsafe fn give_back_pages(&self, start: *mut u8, len: usize) -> Result<()> {
        // SAFETY: the pages are the caller's, and nothing uses them.
        unsafe { os::map(&os::inaccessible(Place::Over(start), len)) }?;
        self.put_back(start, len);
        Ok(())
    }

    /// Frees the place of pages that [`take`](Self::take) has given, and that are as they were.
    pub(crate) fn put_back(&self, start: *mut u8, len: usize) {
        let offset = self.offset(start);
        self.taken().set(&(offset..offset + len), None);
    }

    /// Frees the place of a reservation that was one within this one.
    ///
    /// # Safety
    ///
    /// - The pages were taken for it, and nothing uses them.
    unsafe fn take_back(&self, start: *mut u8, all: &Range<usize>, inner: &Taken) {
        let offset = self.offset(start);
        let here = |range: &Range<usize>| offset + range.start..offset + range.end;
        let mut kept = Vec::new();
        for (range, part) in inner.parts(all) {
            if part.is_elsewhere() {
                kept.push((here(&range), part));
                continue;
            }
            let place = Place::Over(start.wrapping_add(range.start));
            // SAFETY: the caller's promise.
            let cleared = unsafe { os::map(&os::inaccessible(place, range.len())) };
            if cleared.is_err() {
                kept.push((here(&range), Part::Owned));
            }
        }
        let mut taken = self.taken();
        taken.set(&here(all), None);
        for (range, part) in kept {
            taken.set(&range, Some(part));
        }
    }

    /// Notes that others may have mapped something in place of pages that were taken.
    pub(crate) fn lose(&self, start: *mut u8, len: usize) {
        let offset = self.offset(start);
        self.taken().set(&(offset..offset + len), Some(Part::LOST));
    }
}

impl Drop for Inner {
    /// What is left in it is raw, or guarded, or could not be given back, or is elsewhere.
    fn drop(&mut self) {
        let taken = self.taken.get_mut().unwrap_or_else(PoisonError::into_inner);
        let (start, all) = (self.region.start(), 0..self.region.len());
        if let Some(home) = self.region.home() {
            // SAFETY: the pages are this reservation's, and nobody has any of them.
            unsafe { home.take_back(start, &all, taken) };
            self.region.disown();
        } else {
            let parts = taken.parts(&all).filter(|(_, part)| part.is_elsewhere());
            self.region.release_but(parts.map(|(range, _)| range));
        }
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reservation({:?})", self.0.region)
    }
}
