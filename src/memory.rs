//! What every type of owned memory has: a region, the locks on it, and how it was made.

use core::{mem, ops::RangeBounds};
use std::boxed::Box;

use crate::{
    Advice, Footprint, LockGuard, MapError, MapOptions, PageNodes, Placement, Residency, Result,
    lock::Locks,
    region::{Region, refused},
};

pub(crate) mod object;
mod resize;

/// A region with the locks on its pages.
pub(crate) struct Memory {
    pub(crate) region: Region,
    pub(crate) locks: Locks,
    /// Those that it was made with, if memory that moves or grows must know.
    pub(crate) options: Option<Box<MapOptions>>,
}

impl Memory {
    pub(crate) fn new(region: Region, locks: Locks, options: Option<Box<MapOptions>>) -> Self {
        Self { region, locks, options }
    }

    /// Memory of which only the region is known.
    pub(crate) fn of(region: Region) -> Self {
        Self::new(region, Locks::new(false), None)
    }

    /// Takes it, and leaves nothing.
    pub(crate) fn take(&mut self) -> Self {
        let nothing = Self::of(Region::empty(self.region.granule()));
        mem::replace(self, nothing)
    }

    pub(crate) fn advise(
        &self,
        range: impl RangeBounds<usize>,
        advice: Advice,
    ) -> Result<(), MapError> {
        self.region.advise(range, advice)
    }

    pub(crate) fn lock(
        &self,
        range: impl RangeBounds<usize>,
        on_fault: bool,
    ) -> Result<LockGuard<'_>, MapError> {
        LockGuard::new(&self.region, &self.locks, range, on_fault)
    }

    /// Brings pages in for reading.
    ///
    /// # Safety
    ///
    /// - All memory is for reading.
    pub(crate) unsafe fn prefault_read(
        &self,
        range: impl RangeBounds<usize>,
    ) -> Result<(), MapError> {
        const OPERATION: &str = "prefault";
        let range = self.region.range(OPERATION, range)?;
        // SAFETY: the caller's promise.
        unsafe { self.region.populate(OPERATION, &range, false, 1) }
    }

    pub(crate) fn residency(&self, range: impl RangeBounds<usize>) -> Result<Residency, MapError> {
        self.region.residency_of("residency", range)
    }

    pub(crate) fn footprint(&self, range: impl RangeBounds<usize>) -> Result<Footprint, MapError> {
        self.region.footprint("footprint", range)
    }

    pub(crate) fn nodes(&self, range: impl RangeBounds<usize>) -> Result<PageNodes, MapError> {
        self.region.nodes("nodes", range)
    }

    pub(crate) fn unmap(self) -> Result<(), (Self, MapError)> {
        let Self { region, locks, options } = self;
        region.unmap().map_err(|(region, errno)| {
            (Self { region, locks, options }, refused("unmap", errno, 0))
        })
    }

    pub(crate) fn split_off(&mut self, at: usize) -> Result<Self, MapError> {
        const OPERATION: &str = "split_off";
        let range = self.region.range(OPERATION, at..)?;
        self.region.whole(OPERATION, &range)?;
        self.locks.clear();
        let options = self.options_at(at);
        self.options = self.options_at(0);
        let region = self.region.split_off(at);
        let mut tail = Self::new(region, Locks::new(self.locks.for_life), options);
        // Each part has the guard pages at its end; one that is empty has none.
        for part in [self, &mut tail] {
            if let Some(options) = &mut part.options {
                options.guard_pages(0, 0);
            }
            part.note_guards();
        }
        Ok(tail)
    }

    /// The options, with the place in its reservation of what is `offset` bytes behind the start.
    fn options_at(&self, offset: usize) -> Option<Box<MapOptions>> {
        let mut options = self.options.clone();
        if let (Some(home), Some(options)) = (self.region.home(), &mut options) {
            let byte = self.region.start().addr() + offset;
            let page = byte - byte % self.region.granule();
            options.placement(Placement::Within(home.clone(), page - home.as_ptr().addr()));
        }
        options
    }

    pub(crate) fn join(&mut self, other: Self) -> Result<(), (Self, MapError)> {
        const OPERATION: &str = "join";
        if other.region.mapped() == 0 {
            return Ok(());
        }
        let replaced = self.region.mapped() == 0;
        if !replaced && !self.is_like(&other) {
            return Err((other, MapError::rule(OPERATION, "they are not of the same kind")));
        }
        let Self { region, locks, options } = other;
        match self.region.join(region) {
            Ok(()) => {
                if replaced {
                    (self.locks, self.options) = (locks, options);
                }
                self.locks.clear();
                Ok(())
            }
            Err((region, why)) => {
                let other = Self { region, locks, options };
                Err((other, MapError::rule(OPERATION, why)))
            }
        }
    }

    /// Whether both were made in the same way, but for the place.
    fn is_like(&self, other: &Self) -> bool {
        const PLAIN: &MapOptions = &MapOptions::new();
        let [one, two] = [self, other].map(|memory| memory.options.as_deref().unwrap_or(PLAIN));
        self.locks.for_life == other.locks.for_life && one.are_alike(two)
    }

    /// Whether it grows where it is, or not at all.
    pub(crate) fn stays(&self) -> bool {
        let placed = self.options.as_ref().is_some_and(|options| options.is_in_reservation());
        self.region.home().is_some() || (self.region.mapped() == 0 && placed)
    }
}

/// The verbs that every type has on `&self`, each on what its `memory` method gives.
///
/// `$make` is an expression that makes one, for the examples.
macro_rules! verbs {
    ($type:ident $(<$access:ident: $bound:path>)?, $make:literal) => {
        impl $(<$access: $bound>)? $type $(<$access>)? {
            /// The size of the pages it is made of: the system's, or that of explicit huge pages.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("let memory = ", $make, ";")]
            /// assert_eq!(memory.page_size(), mman::page_size());
            /// # Ok::<(), std::io::Error>(())
            /// ```
            #[must_use]
            pub fn page_size(&self) -> usize {
                self.memory().region.granule()
            }

            /// How many bytes are mapped: whole pages, and the guard pages.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("let memory = ", $make, ";")]
            /// assert_eq!(memory.mapped_len(), memory.len().next_multiple_of(mman::page_size()));
            /// # Ok::<(), std::io::Error>(())
            /// ```
            #[must_use]
            pub fn mapped_len(&self) -> usize {
                self.memory().region.mapped()
            }

            /// Whether it was made with a [`Lock`](crate::Lock), and so is locked until it is
            /// unmapped.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("let memory = ", $make, ";")]
            /// assert!(!memory.is_locked());
            /// # Ok::<(), std::io::Error>(())
            /// ```
            #[must_use]
            pub fn is_locked(&self) -> bool {
                self.memory().locks.for_life
            }

            /// Tells the system how the memory will be used.
            ///
            /// # Examples
            ///
            /// ```
            /// use mman::Advice;
            ///
            #[doc = concat!("let memory = ", $make, ";")]
            /// memory.advise(.., Advice::Random)?;
            /// # Ok::<(), std::io::Error>(())
            /// ```
            ///
            /// # Errors
            ///
            /// - Without a code: the range is not within the length; or
            ///   [unsupported](crate::MapError::is_unsupported).
            /// - `EINVAL`: the advice is not for these pages: `Cold` and `PageOut` on locked ones.
            /// - `ENOMEM`, `EAGAIN`: too many mappings would arise.
            #[doc(alias = "madvise")]
            pub fn advise(
                &self,
                range: impl core::ops::RangeBounds<usize>,
                advice: crate::Advice,
            ) -> crate::Result<(), crate::MapError> {
                self.memory().advise(range, advice)
            }

            /// Brings pages in and keeps them in RAM until the guard is dropped.
            ///
            /// Guards may overlap; a page is unlocked when the last one over it goes. To lock
            /// memory for as long as it is mapped, make it with
            /// [`MapOptions::lock`](crate::MapOptions::lock). Locks are not inherited by forked
            /// children.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("let memory = ", $make, ";")]
            /// let guard = memory.lock(..)?;
            /// assert_eq!(guard.range().end, memory.mapped_len());
            /// # drop(guard);
            /// # Ok::<(), std::io::Error>(())
            /// ```
            ///
            /// # Errors
            ///
            /// - Without a code: the range is not within the length.
            /// - `ENOMEM`, `EPERM`, `EAGAIN`: a limit, which the message names, or no memory.
            #[doc(alias = "mlock")]
            pub fn lock(
                &self,
                range: impl core::ops::RangeBounds<usize>,
            ) -> crate::Result<crate::LockGuard<'_>, crate::MapError> {
                self.memory().lock(range, false)
            }

            /// [`lock`](Self::lock) that brings nothing in: each page stays from its first touch on.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("let memory = ", $make, ";")]
            /// match memory.lock_on_fault(..) {
            ///     Ok(guard) => assert_eq!(guard.range().end, memory.mapped_len()),
            ///     // Not every system can, and there is a limit.
            ///     Err(error) => println!("{error}"),
            /// }
            /// # Ok::<(), std::io::Error>(())
            /// ```
            ///
            /// # Errors
            ///
            /// As [`lock`](Self::lock); [unsupported](crate::MapError::is_unsupported) on all but
            /// Linux 4.4.
            #[doc(alias = "mlock2")]
            pub fn lock_on_fault(
                &self,
                range: impl core::ops::RangeBounds<usize>,
            ) -> crate::Result<crate::LockGuard<'_>, crate::MapError> {
                self.memory().lock(range, true)
            }

            /// Tells which pages are in RAM.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("let memory = ", $make, ";")]
            /// match memory.residency(..) {
            ///     Ok(told) => assert_eq!(told.pages(), memory.len().div_ceil(mman::page_size())),
            ///     // Not every system tells.
            ///     Err(error) => assert!(error.is_unsupported()),
            /// }
            /// # Ok::<(), std::io::Error>(())
            /// ```
            ///
            /// # Errors
            ///
            /// - Without a code: the range is not within the length; or
            ///   [unsupported](crate::MapError::is_unsupported) (OpenBSD).
            #[doc(alias = "mincore")]
            pub fn residency(
                &self,
                range: impl core::ops::RangeBounds<usize>,
            ) -> crate::Result<crate::Residency, crate::MapError> {
                self.memory().residency(range)
            }

            /// Tells what the system has given: what of it is in RAM, in huge pages, locked.
            ///
            /// Not for where it has to be quick: Linux looks at every mapping of the process.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("let memory = ", $make, ";")]
            /// let got = memory.footprint(..)?;
            /// println!("{:?} of {} bytes are in huge pages", got.huge, memory.mapped_len());
            /// # Ok::<(), std::io::Error>(())
            /// ```
            ///
            /// # Errors
            ///
            /// - Without a code: the range is not within the length.
            #[doc(alias = "smaps")]
            #[doc(alias = "PAGEMAP_SCAN")]
            pub fn footprint(
                &self,
                range: impl core::ops::RangeBounds<usize>,
            ) -> crate::Result<crate::Footprint, crate::MapError> {
                self.memory().footprint(range)
            }

            /// Tells on which NUMA nodes the pages are.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("let memory = ", $make, ";")]
            /// if let Ok(nodes) = memory.nodes(..) {
            ///     let there = nodes.iter().flatten().count();
            ///     println!("{there} of {} pages are there", nodes.pages());
            /// }
            /// # Ok::<(), std::io::Error>(())
            /// ```
            ///
            /// # Errors
            ///
            /// - Without a code: the range is not within the length; or
            ///   [unsupported](crate::MapError::is_unsupported) (all but Linux with `CONFIG_NUMA`).
            /// - `EPERM`: a filter of system calls forbids it.
            #[doc(alias = "move_pages")]
            pub fn nodes(
                &self,
                range: impl core::ops::RangeBounds<usize>,
            ) -> crate::Result<crate::PageNodes, crate::MapError> {
                self.memory().nodes(range)
            }
        }
    };
}
pub(crate) use verbs;
