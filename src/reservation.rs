//! [`Reservation`]: addresses first, memory later.

use core::{fmt, ops::Range};
use std::{
    collections::BTreeMap,
    format,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    Anon, MapError, MapOptions, Placement, Result,
    os::{self, Place, Protection},
    region::{Layout, Region},
};

/// Addresses without memory, in which memory is placed later.
///
/// It is a handle: clones are the same reservation, which is unmapped when the last of them and
/// the last memory in it are gone. Memory is placed in it by [`Placement::Within`], never over
/// memory that is there, and its place is free again when it is dropped. What nobody has placed is
/// inaccessible, so it guards what lies beside it.
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
#[derive(Clone)]
pub struct Reservation(Arc<Inner>);

struct Inner {
    region: Region,
    taken: Mutex<Taken>,
}

/// Which parts are somebody's: the end of each by its start.
#[derive(Default)]
struct Taken(BTreeMap<usize, usize>);

impl Reservation {
    /// Reserves `len` bytes of addresses, rounded up to whole pages.
    ///
    /// # Errors
    ///
    /// - Without a code: more than `isize::MAX` bytes.
    /// - `ENOMEM`: no address space, or a limit, which the message names.
    #[doc(alias = "mmap")]
    #[doc(alias = "PROT_NONE")]
    pub fn new(len: usize) -> Result<Self, MapError> {
        Self::at(Placement::Anywhere, len)
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

    pub(crate) fn region(&self) -> &Region {
        &self.0.region
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes inaccessible pages, whole ones, for the caller.
    pub(crate) fn take(
        &self,
        operation: &'static str,
        offset: usize,
        len: usize,
    ) -> Result<(), MapError> {
        if offset > self.len() || len > self.len() - offset {
            let rule = format!("{len} bytes from {offset} on are not within 0..{}", self.len());
            return Err(MapError::rule(operation, rule));
        }
        if self.taken().insert(offset..offset + len) {
            return Ok(());
        }
        let rule = format!("{len} bytes from {offset} on are not free in the reservation");
        Err(MapError::rule(operation, rule))
    }

    /// Takes memory out of pages that [`take`](Self::take) has given, and frees their place.
    ///
    /// # Safety
    ///
    /// - The caller has taken the pages, and nothing uses them.
    pub(crate) unsafe fn give_back(&self, start: *mut u8, len: usize) -> Result<()> {
        // SAFETY: the pages are the caller's, and nothing uses them.
        unsafe { os::map(&os::inaccessible(Place::Over(start), len)) }?;
        let offset = start.addr() - self.as_ptr().addr();
        self.taken().remove(offset..offset + len);
        Ok(())
    }
}

impl Taken {
    /// Adds a range, if no byte of it is there.
    fn insert(&mut self, range: Range<usize>) -> bool {
        let before = self.0.range(..range.end).next_back();
        if before.is_some_and(|(_, end)| *end > range.start) {
            return false;
        }
        self.0.insert(range.start, range.end);
        true
    }

    /// Removes a range, which may be part of one that was inserted, or of several: memory that has
    /// grown is in as many as it has grown by.
    fn remove(&mut self, range: Range<usize>) {
        while let Some((&start, &end)) = self.0.range(..range.end).next_back() {
            if end <= range.start {
                break;
            }
            self.0.remove(&start);
            for rest in [start..range.start, range.end..end] {
                if !rest.is_empty() {
                    self.0.insert(rest.start, rest.end);
                }
            }
        }
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reservation({:?})", self.0.region)
    }
}
