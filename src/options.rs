//! [`MapOptions`]: how memory is mapped, and what becomes of it.

use core::{ffi::CStr, num::NonZeroUsize};
use std::{boxed::Box, format, process};

use crate::{
    Anon, MapError, Reservation, Result,
    errno::Errno,
    lock::{Locks, lock},
    memory::Memory,
    os::{self, Advice, Backing, Fork, Numa, Protection},
    region::{Layout, Region, refused},
};

mod pages;

pub(crate) use pages::{LARGE, is_lack};

/// The operation of errors at creation.
pub(crate) const MAP: &str = "map";

/// Where memory is placed.
///
/// # Examples
///
/// ```
/// use mman::{MapOptions, Placement, Reservation};
///
/// let memory = MapOptions::new().placement(Placement::Aligned(1 << 21)).anon(1)?;
/// assert_eq!(memory.as_ptr().addr() % (1 << 21), 0);
///
/// let home = Reservation::new(1 << 20)?;
/// let memory = MapOptions::new().placement(Placement::FirstFit(home.clone(), 1)).anon(1)?;
/// assert_eq!(memory.as_ptr(), home.as_ptr().cast_const());
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Placement {
    /// Where the system likes.
    #[default]
    Anywhere,
    /// At a multiple of this power of two.
    Aligned(usize),
    /// At this address if there is room, else elsewhere.
    Near(usize),
    /// At exactly this address, and only if nothing is mapped there; else it is an error.
    At(ExactAddress),
    /// In a reservation, at this offset, and only if that is free; else it is an error.
    ///
    /// The offset is that of the first page behind the guard pages. Transparent huge pages are
    /// used where whole ones lie in it.
    Within(Reservation, usize),
    /// In a reservation, at the first free place that is a multiple of this power of two, which
    /// may be 1; an error if there is none.
    FirstFit(Reservation, usize),
}

/// An address that somebody has vouched for.
///
/// # Examples
///
/// ```
/// use mman::{ExactAddress, MapOptions, Placement};
///
/// // A place that is free: the system has just chosen it, and it is free again.
/// let place = MapOptions::new().anon(4096)?.as_ptr().addr();
/// // SAFETY: the system keeps its distance from the stack.
/// let place = unsafe { ExactAddress::new(place) };
/// let memory = MapOptions::new().placement(Placement::At(place)).anon(4096)?;
/// assert_eq!(memory.as_ptr().addr(), place.get());
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
pub struct ExactAddress(usize);

impl ExactAddress {
    /// Vouches for an address.
    ///
    /// # Safety
    ///
    /// - What is mapped at it does not end right below a stack that grows by itself: the main
    ///   thread's, or a mapping with `MAP_GROWSDOWN`. The system keeps a distance of 256 pages
    ///   where it chooses itself, and none here; the stack would grow into the memory.
    #[must_use]
    pub const unsafe fn new(address: usize) -> Self {
        Self(address)
    }

    /// The address.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }
}

/// Which pages memory is made of.
///
/// Sizes are in bytes. [`footprint`](Anon::footprint) and [`page_size`](Anon::page_size) tell what
/// came of it.
///
/// # Examples
///
/// ```
/// use mman::{HugePages, MapOptions};
///
/// let mut options = MapOptions::new();
/// options.huge_pages(HugePages::ExplicitElseTransparent(2 << 20));
/// match options.anon(8 << 20) {
///     Ok(memory) => println!("made of pages of {} bytes", memory.page_size()),
///     // A system without huge pages of either kind.
///     Err(error) => println!("{error}"),
/// }
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum HugePages {
    /// `Transparent` for private memory of at least two huge pages that is placed [`Anywhere`] or
    /// [`Aligned`] and accounted for; else, and where the system lacks them, `System`.
    ///
    /// Such memory is ready and released several times faster, and random accesses are cheaper.
    /// The price is that the first touch of a byte takes a whole huge page: for memory that is used
    /// in a few places only, say `System` or `Never`.
    ///
    /// [`Anywhere`]: Placement::Anywhere
    /// [`Aligned`]: Placement::Aligned
    #[default]
    Default,
    /// As the system is set: nothing is aligned or advised for them.
    System,
    /// Small ones only. Linux.
    Never,
    /// Huge ones where the system has some at hand, now or later. Memory of at least a huge page
    /// is aligned for it. Linux.
    Transparent,
    /// Huge ones of this size, from the machine's pool of them. They are taken at creation, so
    /// that a shortage is an error then; the length is rounded up to whole ones. (Before Linux 5.14
    /// what the control group and the nodes still have is looked at first: who takes it in between
    /// has the process killed.) What a *forked child* writes takes further ones, and kills it
    /// (`SIGBUS`) if there are none. Linux.
    Explicit(usize),
    /// `Explicit` if there are enough of them, else `Transparent`. Linux.
    ExplicitElseTransparent(usize),
}

/// Whether memory is brought in at creation, not at the first touch.
///
/// # Examples
///
/// ```
/// use mman::{MapOptions, Prefault};
///
/// let memory = MapOptions::new().prefault(Prefault::Write).anon(1 << 20)?;
/// // No access waits for a page.
/// assert_eq!(memory[1 << 19], 0);
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Prefault {
    /// At the first touch.
    #[default]
    No,
    /// For reading: private memory that was never written is one page of zeros, and of a file what
    /// [`prefault`](crate::MappedFile::prefault) does is done, which installs a handler of `SIGBUS`.
    Read,
    /// For writing: the memory is there.
    Write,
}

/// Whether memory is locked for as long as it is mapped.
///
/// # Examples
///
/// ```
/// use mman::{Lock, MapOptions};
///
/// match MapOptions::new().lock(Lock::Now).anon(4096) {
///     Ok(memory) => assert!(memory.is_locked()),
///     // Its text names `RLIMIT_MEMLOCK` and what it is.
///     Err(error) => println!("{error}"),
/// }
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Lock {
    /// It may leave RAM.
    #[default]
    No,
    /// All of it is brought in now, and stays.
    Now,
    /// Each page stays once it was touched. Linux 4.4.
    OnFault,
}

/// Whether a core dump of the process has the memory.
///
/// # Examples
///
/// ```
/// use mman::{CoreDump, MapOptions};
///
/// match MapOptions::new().core_dump(CoreDump::Exclude).anon(4096) {
///     Ok(mut secret) => secret[0] = 1,
///     // Not every system can.
///     Err(error) => assert!(error.is_unsupported()),
/// }
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CoreDump {
    /// It has.
    #[default]
    Include,
    /// It has not. Linux, FreeBSD, DragonFly.
    Exclude,
}

/// Whether the system promises that there is memory for every page.
///
/// A shared memory object with a name gets all its memory when it is created, unless nothing is
/// promised.
///
/// # Examples
///
/// ```
/// use mman::{Commit, MapOptions};
///
/// // More than is ever used of it.
/// match MapOptions::new().commit(Commit::NoReserve).anon(1 << 24) {
///     Ok(mut sparse) => sparse[1 << 20] = 1,
///     // Not every system can.
///     Err(error) => println!("{error}"),
/// }
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Commit {
    /// As the system is set: on Linux `vm.overcommit_memory` decides.
    #[default]
    Account,
    /// It does not: more may be mapped than there is, and using too much may kill. Explicit huge
    /// pages are accounted all the same. All but FreeBSD and DragonFly.
    NoReserve,
}

/// How memory is mapped, and what becomes of it: a builder.
///
/// Nothing that contradicts itself can be written. What the system lacks is an error with
/// [`is_unsupported`](MapError::is_unsupported), apart from [`name`](Self::name), a hint. A shortage
/// is an error at creation that names the limit and its value.
///
/// Each kind of memory is made by a method of its own, the last call: [`anon`](Self::anon) and
/// [`shared`](Self::shared), [`shared_memfd`](Self::shared_memfd), [`shared_fd`](Self::shared_fd),
/// [`shared_create`](Self::shared_create), [`shared_open`](Self::shared_open), and
/// [`sealed`](Self::sealed).
///
/// # Examples
///
/// ```
/// use mman::{CoreDump, MapOptions, Prefault};
///
/// let mut options = MapOptions::new();
/// options.prefault(Prefault::Write).guard_pages(1, 1).name(c"buffer");
/// # #[cfg(target_os = "linux")]
/// options.core_dump(CoreDump::Exclude);
/// let mut buffer = options.anon(1 << 20)?;
/// buffer.fill(7);
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "it maps nothing yet"]
pub struct MapOptions {
    placement: Placement,
    pub(crate) huge_pages: HugePages,
    pub(crate) prefault: Prefault,
    threads: Option<NonZeroUsize>,
    lock: Lock,
    numa: Numa,
    fork: Fork,
    core_dump: CoreDump,
    pub(crate) commit: Commit,
    guards: (usize, usize),
    name: Option<&'static CStr>,
    step: usize,
    /// See [`Layout::own`].
    own: usize,
}

impl MapOptions {
    /// Memory as the system gives it: anywhere, zero, brought in when it is touched.
    ///
    /// # Examples
    ///
    /// ```
    /// const PLAIN: mman::MapOptions = mman::MapOptions::new();
    /// assert_eq!(PLAIN.anon(10_000)?.len(), 10_000);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    pub const fn new() -> Self {
        Self {
            placement: Placement::Anywhere,
            huge_pages: HugePages::Default,
            prefault: Prefault::No,
            threads: None,
            lock: Lock::No,
            numa: Numa::Default,
            fork: Fork::Inherit,
            core_dump: CoreDump::Include,
            commit: Commit::Account,
            guards: (0, 0),
            name: None,
            step: 0,
            own: 0,
        }
    }

    /// Where it is placed.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{MapOptions, Placement};
    ///
    /// let memory = MapOptions::new().placement(Placement::Aligned(1 << 20)).anon(4096)?;
    /// assert_eq!(memory.as_ptr().addr() % (1 << 20), 0);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    pub fn placement(&mut self, placement: Placement) -> &mut Self {
        self.placement = placement;
        self
    }

    /// Which pages it is made of.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{HugePages, MapOptions};
    ///
    /// let memory = MapOptions::new().huge_pages(HugePages::System).anon(8 << 20)?;
    /// assert_eq!(memory.page_size(), mman::page_size());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    pub fn huge_pages(&mut self, huge_pages: HugePages) -> &mut Self {
        self.huge_pages = huge_pages;
        self
    }

    /// Whether it is brought in at creation.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{MapOptions, Prefault};
    ///
    /// let memory = MapOptions::new().prefault(Prefault::Write).anon(1 << 20)?;
    /// # if cfg!(target_os = "linux") {
    /// assert_eq!(memory.residency(..)?.resident(), (1 << 20) / mman::page_size());
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    pub fn prefault(&mut self, prefault: Prefault) -> &mut Self {
        self.prefault = prefault;
        self
    }

    /// On how many threads it is brought in: one, unless this is called.
    ///
    /// A thread gets at least 32 MiB to do; more threads than processors gain nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::num::NonZeroUsize;
    ///
    /// use mman::{MapOptions, Prefault};
    ///
    /// let two = NonZeroUsize::new(2).unwrap();
    /// let memory = MapOptions::new().prefault(Prefault::Write).prefault_threads(two).anon(1 << 20)?;
    /// assert_eq!(memory[(1 << 20) - 1], 0);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    pub fn prefault_threads(&mut self, threads: NonZeroUsize) -> &mut Self {
        self.threads = Some(threads);
        self
    }

    /// Whether it is locked.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Lock, MapOptions};
    ///
    /// match MapOptions::new().lock(Lock::Now).anon(4096) {
    ///     Ok(memory) => assert!(memory.is_locked()),
    ///     // Its text names `RLIMIT_MEMLOCK` and what it is.
    ///     Err(error) => println!("{error}"),
    /// }
    /// ```
    pub fn lock(&mut self, lock: Lock) -> &mut Self {
        self.lock = lock;
        self
    }

    /// From which NUMA nodes it comes.
    ///
    /// It is set before any page is there; [`nodes`](Anon::nodes) tells where pages are.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{MapOptions, Node, Numa};
    ///
    /// // On node 0 if it has room, else elsewhere.
    /// match MapOptions::new().numa(Numa::Prefer(Node::new(0).unwrap().into())).anon(1 << 20) {
    ///     Ok(memory) => println!("{:?}", memory.nodes(..)),
    ///     Err(error) => println!("{error}"),
    /// }
    /// ```
    pub fn numa(&mut self, numa: Numa) -> &mut Self {
        self.numa = numa;
        self
    }

    /// What a forked child gets.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Fork, MapOptions};
    ///
    /// match MapOptions::new().fork(Fork::Wipe).anon(4096) {
    ///     // A child that is forked now finds zeros.
    ///     Ok(mut key) => key.fill(7),
    ///     // Not every system can.
    ///     Err(error) => assert!(error.is_unsupported()),
    /// }
    /// ```
    pub fn fork(&mut self, fork: Fork) -> &mut Self {
        self.fork = fork;
        self
    }

    /// Whether a core dump has it.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{CoreDump, MapOptions};
    ///
    /// match MapOptions::new().core_dump(CoreDump::Exclude).anon(4096) {
    ///     Ok(mut secret) => secret.fill(7),
    ///     // Not every system can.
    ///     Err(error) => assert!(error.is_unsupported()),
    /// }
    /// ```
    pub fn core_dump(&mut self, core_dump: CoreDump) -> &mut Self {
        self.core_dump = core_dump;
        self
    }

    /// Whether the system promises memory for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Commit, MapOptions};
    ///
    /// match MapOptions::new().commit(Commit::NoReserve).anon(1 << 24) {
    ///     // Of all these pages it takes one.
    ///     Ok(mut sparse) => sparse[1 << 20] = 1,
    ///     // Not every system can.
    ///     Err(error) => println!("{error}"),
    /// }
    /// ```
    pub fn commit(&mut self, commit: Commit) -> &mut Self {
        self.commit = commit;
        self
    }

    /// How many inaccessible pages, of the system's page size, lie before and after it.
    ///
    /// An access there is a fault (`SIGSEGV`). Where the length is no multiple of the page size,
    /// the rest of the last page lies between the last byte and the guard. On Linux 6.13 they are
    /// made as part of the same mapping, of which a process may have a limited number.
    ///
    /// # Examples
    ///
    /// ```
    /// let memory = mman::MapOptions::new().guard_pages(1, 1).anon(4096)?;
    /// assert_eq!(memory.mapped_len(), memory.len().next_multiple_of(mman::page_size()) + 2 * mman::page_size());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    pub fn guard_pages(&mut self, before: usize, after: usize) -> &mut Self {
        self.guards = (before, after);
        self
    }

    /// A name for it in `/proc/self/maps`: a hint, for Linux 5.17 and Android.
    ///
    /// A name has up to 79 bytes, printable ASCII but none of `` [ ] \ $ ` ``.
    ///
    /// # Examples
    ///
    /// ```
    /// let memory = mman::MapOptions::new().name(c"index").anon(1 << 20)?;
    /// # #[cfg(target_os = "linux")]
    /// println!("{:?}", mman::observe::mapping_at(memory.as_ptr())?.map(|mapping| mapping.name));
    /// # Ok::<(), mman::MapError>(())
    /// ```
    pub fn name(&mut self, name: &'static CStr) -> &mut Self {
        self.name = Some(name);
        self
    }

    /// By how many bytes at least it grows: [`resize`](Anon::resize) maps up to a multiple of them,
    /// counted from the start, and grows within what it has mapped without asking the system.
    ///
    /// What is mapped ahead is brought in if [`prefault`](Self::prefault) says so, and locked if
    /// [`lock`](Self::lock) does. It is a hint: where there is no room or no memory for so much,
    /// memory grows by what is needed. Shrinking gives back what is ahead. Memory of
    /// [transparent huge pages](HugePages::Transparent) grows by whole ones in any case, unless
    /// they are larger than 32 MiB.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{MapOptions, Placement, Reservation};
    ///
    /// let mut options = MapOptions::new();
    /// options.placement(Placement::Within(Reservation::new(1 << 30)?, 0)).growth_step(1 << 20);
    /// let mut memory = options.anon(1)?;
    /// memory.resize(300_000)?;
    /// assert_eq!((memory.len(), memory.mapped_len()), (300_000, 1 << 20));
    /// # Ok::<(), mman::MapError>(())
    /// ```
    pub fn growth_step(&mut self, bytes: usize) -> &mut Self {
        self.step = bytes;
        self
    }

    /// Maps `len` bytes of private anonymous memory, all zero.
    ///
    /// A length of 0 maps nothing, guard pages neither.
    ///
    /// # Examples
    ///
    /// ```
    /// let memory = mman::MapOptions::new().anon(10_000)?;
    /// assert_eq!(memory[9_999], 0);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: an alignment that is no power of two, an address that is 0 or no multiple
    ///   of the page size, no NUMA node or one that the process may not use, more than
    ///   `isize::MAX` bytes; or [unsupported](MapError::is_unsupported).
    /// - `EEXIST`: [`Placement::At`], and something is mapped there.
    /// - `ENOMEM`: no memory, address space or huge pages, or a limit, which the message names.
    /// - `EFAULT`: no huge pages on the nodes, or for the control group.
    /// - `ENOMEM`, `EPERM`, `EAGAIN`: it shall be locked, beyond `RLIMIT_MEMLOCK`.
    ///
    /// Where a control group's limit ends the memory, Linux kills instead.
    #[doc(alias = "mmap")]
    pub fn anon(&self, len: usize) -> Result<Anon, MapError> {
        self.private(MAP, len).map(Anon::from_memory)
    }

    /// Private anonymous memory, for reading and writing.
    pub(crate) fn private(&self, operation: &'static str, len: usize) -> Result<Memory, MapError> {
        // What no policy is for needs none of their machinery.
        match self.leaves_pages(len).then(|| Region::private(len)).flatten() {
            Some(region) => self.furnished(operation, region, true),
            None => {
                self.map(operation, Backing::Private, Protection::ReadWrite, len, os::page_size())
            }
        }
    }

    /// Whether pages for so many bytes are made and placed as the system does it.
    fn leaves_pages(&self, len: usize) -> bool {
        #[rustfmt::skip]
        let Self {
            placement, huge_pages, numa, fork, commit, guards,
            // What is done with pages that are there.
            prefault: _, threads: _, lock: _, core_dump: _, name: _, step: _, own: _,
        } = self;
        (1..LARGE).contains(&len)
            && matches!(placement, Placement::Anywhere)
            && matches!(huge_pages, HugePages::Default | HugePages::System)
            && matches!(numa, Numa::Default)
            && !matches!(fork, Fork::Exclude)
            && matches!(commit, Commit::Account)
            && *guards == (0, 0)
    }

    /// Maps memory with these policies. `granule` is the size of the pages of what is behind it.
    pub(crate) fn map(
        &self,
        operation: &'static str,
        backing: Backing<'_>,
        protection: Protection,
        len: usize,
        granule: usize,
    ) -> Result<Memory, MapError> {
        let anonymous = backing.is_anonymous();
        let layout = Layout {
            len,
            backing,
            protection,
            guards: self.guards,
            commit: self.commit == Commit::Account,
            owner: (self.fork == Fork::Exclude).then(process::id),
            own: self.own,
            ..Layout::new(&self.placement, granule)
        };
        self.furnished(operation, self.region(operation, layout)?, anonymous)
    }

    /// Makes memory of a region.
    fn furnished(
        &self,
        operation: &'static str,
        mut region: Region,
        anonymous: bool,
    ) -> Result<Memory, MapError> {
        if region.len() != 0 {
            self.furnish(operation, &mut region, anonymous)?;
        }
        let options = self.is_special().then(|| Box::new(self.clone()));
        Ok(Memory::new(region, Locks::new(self.lock != Lock::No), options))
    }

    /// Whether memory that moves or grows must know of it.
    fn is_special(&self) -> bool {
        !matches!(self.placement, Placement::Anywhere)
            || !matches!(self.prefault, Prefault::No)
            || self.guards != (0, 0)
            || self.step > 1
            || self.marks()
    }

    /// Whether the system is told anything of the pages that outlives what they hold.
    fn marks(&self) -> bool {
        #[rustfmt::skip]
        let Self {
            huge_pages, lock, numa, fork, core_dump, commit, name,
            // A new option has to say which kind it is of.
            placement: _, prefault: _, threads: _, guards: _, step: _, own: _,
        } = self;
        !matches!(huge_pages, HugePages::Default)
            || !matches!(lock, Lock::No)
            || !matches!(numa, Numa::Default)
            || !matches!(fork, Fork::Inherit)
            || !matches!(core_dump, CoreDump::Include)
            || !matches!(commit, Commit::Account)
            || name.is_some()
    }

    /// Whether memory of both has the same kind of pages all over.
    pub(crate) fn are_alike(&self, other: &Self) -> bool {
        let pages = |options: &Self| {
            let Self { huge_pages, lock, numa, fork, core_dump, commit, name, .. } = *options;
            (huge_pages, lock, numa, fork, core_dump, commit, name)
        };
        pages(self) == pages(other)
    }

    /// The same for memory that has to lie elsewhere, if it is not in a reservation.
    pub(crate) fn elsewhere(&self) -> Self {
        let placement = match &self.placement {
            Placement::At(_) | Placement::Near(_) => Placement::Anywhere,
            placement => placement.clone(),
        };
        Self { placement, ..self.clone() }
    }

    /// Whether memory made with them lies in a reservation.
    pub(crate) fn is_in_reservation(&self) -> bool {
        matches!(self.placement, Placement::Within(..) | Placement::FirstFit(..))
    }

    /// The same for what comes behind memory of pages of this size, in a place of which the caller
    /// has the first `own` bytes.
    pub(crate) fn behind(self, page_size: usize, own: usize) -> Self {
        let huge_pages = match self.huge_pages {
            HugePages::Explicit(_) | HugePages::ExplicitElseTransparent(_) => {
                let explicit = page_size != os::page_size();
                if explicit { HugePages::Explicit(page_size) } else { HugePages::Transparent }
            }
            other => other,
        };
        Self { huge_pages, own, ..self }
    }

    /// The length to grow to for `len` bytes.
    pub(crate) fn stepped(&self, len: usize) -> usize {
        /// Larger ones are not mapped ahead unasked.
        const MOST: usize = 32 << 20;
        let transparent = match self.huge_pages {
            HugePages::Transparent | HugePages::ExplicitElseTransparent(_) => {
                os::transparent_size().filter(|size| *size <= MOST)
            }
            _ => None,
        };
        let step = self.step.max(transparent.unwrap_or(1));
        let stepped = len.checked_next_multiple_of(step);
        stepped.filter(|len| isize::try_from(*len).is_ok()).unwrap_or(len)
    }

    /// Whether what shows a file may move page by page without losing a place that was asked for.
    pub(crate) fn may_move(&self) -> bool {
        let aligned =
            matches!(self.placement, Placement::Aligned(align) if align > os::page_size());
        let small =
            matches!(self.huge_pages, HugePages::Default | HugePages::System | HugePages::Never);
        !aligned && small
    }

    /// Refuses what cannot be had of memory that others have too.
    pub(crate) fn check_shared(&self, operation: &'static str) -> Result<(), MapError> {
        match self.fork {
            Fork::Inherit | Fork::Exclude => Ok(()),
            Fork::Wipe => {
                let rule = "only private memory can be wiped for children: this is shared";
                Err(MapError::rule(operation, rule))
            }
        }
    }

    /// Brings anonymous memory in.
    pub(crate) fn fault_in(
        &self,
        operation: &'static str,
        region: &Region,
        from: usize,
    ) -> Result<(), MapError> {
        let Some(write) = self.prefaults() else { return Ok(()) };
        let range = from..region.len();
        // SAFETY: all memory is mapped for reading, and for writing too where that is not refused.
        unsafe { region.populate(operation, &range, write, self.threads()) }
    }

    /// Brings pages of a file in.
    pub(crate) fn bring_in(
        &self,
        operation: &'static str,
        region: &Region,
        from: usize,
    ) -> Result<(), MapError> {
        let Some(write) = self.prefaults() else { return Ok(()) };
        region.bring_in(operation, &(from..region.len()), write, self.threads())
    }

    /// Whether memory is brought in at all, and if so for writing.
    pub(crate) fn prefaults(&self) -> Option<bool> {
        match self.prefault {
            Prefault::No => None,
            Prefault::Read => Some(false),
            Prefault::Write => Some(true),
        }
    }

    /// Whether a forked child gets zeros.
    pub(crate) fn wipes(&self) -> bool {
        self.fork == Fork::Wipe
    }

    fn threads(&self) -> usize {
        self.threads.map_or(1, NonZeroUsize::get)
    }

    /// What is set on pages once they are mapped.
    fn furnish(
        &self,
        operation: &'static str,
        region: &mut Region,
        anonymous: bool,
    ) -> Result<(), MapError> {
        // The guard pages too: so they stay part of the same mapping where they are one.
        let all = region.all_pages();
        if self.marks() {
            region.mark();
        }
        let lacks = |what| move |errno| refused_policy(operation, errno, what);
        os::inherit(all.start, all.len, self.fork).map_err(lacks("such policy for forks"))?;
        if self.core_dump == CoreDump::Exclude {
            let told = os::advise(all.start, all.len, Advice::NoDump);
            told.map_err(lacks("policy for core dumps"))?;
        }
        if let Some(name) = self.name {
            os::name(all.start, all.len, name);
        }
        let body = region.touching(&(0..region.len()));
        if self.lock == Lock::OnFault {
            lock(operation, body, true)?;
        }
        if anonymous {
            self.fault_in(operation, region, 0)?;
        } else {
            self.bring_in(operation, region, 0)?;
        }
        if self.lock == Lock::Now {
            lock(operation, body, false)?;
        }
        Ok(())
    }
}

/// The system does not set a policy on pages.
fn refused_policy(operation: &'static str, errno: Errno, what: &str) -> MapError {
    match errno {
        Errno::ENOSYS => MapError::unsupported(operation, format!("this system has no {what}")),
        _ => refused(operation, errno, 0),
    }
}
