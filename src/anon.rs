//! [`Anon`]: private anonymous memory.

use core::{
    fmt, mem,
    ops::{Deref, DerefMut, RangeBounds},
};
use std::slice;

use crate::{
    LockGuardMut, MapError, MapOptions, ProtectGuard, Protection, RawParts, Result,
    memory::{Memory, verbs},
    options::LARGE,
    os,
    region::Region,
};

mod exec;
mod read_only;
mod unwritten;

pub use exec::AnonExec;
pub use read_only::AnonReadOnly;

/// Private anonymous memory: zero at first, readable and writable, nobody else's.
///
/// It is a `Box<[u8]>` of whole pages, with the system's verbs for them. Its contents are reached
/// as a slice, which is sound since no other process and no other value has the pages.
///
/// [`Anon::new`] is memory as the system gives it, [`MapOptions`] has all the policies. Ranges are
/// in bytes, any range of `usize`, and are checked: what is beyond the length is an error. Verbs
/// that only hint or read take every page that holds a byte of the range; those that destroy take
/// whole pages only (or up to the end), else it is an error.
///
/// Dropping it unmaps the pages. Should the system refuse that, they leak;
/// [`unmap`](Self::unmap) tells.
///
/// Moving the value moves none of its bytes. The trait that crates know this by, `StableDeref`, is
/// not implemented, since this crate depends on `libc` and `bitflags` alone: a program that needs it
/// can implement it for a type of its own around this one, or keep
/// [`into_raw_parts`](Self::into_raw_parts). Typed references into the bytes are what the feature
/// `zerocopy` adds (`Views`).
///
/// # Examples
///
/// ```
/// use mman::Anon;
///
/// let mut memory = Anon::new(10_000)?;
/// assert_eq!(memory[9_999], 0);
/// memory[..5].copy_from_slice(b"hello");
/// let memory = memory.make_read_only().map_err(|(_, error)| error)?;
/// assert_eq!(&memory[..5], b"hello");
/// # Ok::<(), mman::MapError>(())
/// ```
///
/// A slice of it cannot outlive it, nor be there when contents change:
///
/// ```compile_fail,E0502
/// let mut memory = mman::Anon::new(4096).unwrap();
/// let slice = &memory[..];
/// memory.discard(..).unwrap();
/// assert_eq!(slice[0], 0);
/// ```
///
/// ```compile_fail,E0505
/// let memory = mman::Anon::new(4096).unwrap();
/// let slice = &memory[..];
/// drop(memory);
/// assert_eq!(slice[0], 0);
/// ```
pub struct Anon(Memory);

verbs!(Anon, "mman::Anon::new(10_000)?");

impl Anon {
    pub(crate) fn from_memory(memory: Memory) -> Self {
        Self(memory)
    }

    pub(crate) fn into_memory(self) -> Memory {
        self.0
    }

    fn memory(&self) -> &Memory {
        &self.0
    }

    /// Its pages, by no way of a reference to what they hold.
    pub(crate) fn region(&self) -> &Region {
        &self.0.region
    }

    /// Whether growing never moves it.
    pub(crate) fn stays(&self) -> bool {
        self.0.stays()
    }

    /// Shortens it, whether or not the system takes its pages.
    pub(crate) fn truncate(&mut self, len: usize) {
        if self.resize(len).is_err() {
            if let Some(rest) = self.get_mut(len..) {
                rest.fill(0);
            }
            self.0.region.stand_back(len);
        }
    }

    /// Maps `len` bytes, all zero. A length of 0 maps nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// let memory = mman::Anon::new(1 << 20)?;
    /// assert!(memory.iter().all(|byte| *byte == 0));
    /// assert!(mman::Anon::new(0)?.is_empty());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: more than `isize::MAX` bytes in whole pages.
    /// - `ENOMEM`: no memory or address space, or a limit, which the message names.
    #[doc(alias = "mmap")]
    pub fn new(len: usize) -> Result<Self, MapError> {
        // What no policy is for needs none of their machinery.
        if (1..LARGE).contains(&len) {
            if let Some(region) = Region::private(len) {
                return Ok(Self(Memory::of(region)));
            }
        }
        Self::with_policies(len)
    }

    #[cold]
    fn with_policies(len: usize) -> Result<Self, MapError> {
        MapOptions::new().anon(len)
    }

    /// Brings memory in for writing, without changing it: later accesses do not fault.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut memory = mman::Anon::new(1 << 20)?;
    /// memory.prefault(..)?;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length.
    /// - `ENOMEM`, `EFAULT`: there is no memory for it. Where a control group's limit ends the
    ///   memory, Linux kills instead; so does a kernel before 5.14 for any shortage.
    #[doc(alias = "MADV_POPULATE_WRITE")]
    pub fn prefault(&mut self, range: impl RangeBounds<usize>) -> Result<(), MapError> {
        const OPERATION: &str = "prefault";
        let range = self.0.region.range(OPERATION, range)?;
        // SAFETY: the memory is for reading and writing.
        unsafe { self.0.region.populate(OPERATION, &range, true, 1) }
    }

    /// Brings pages in and keeps them in RAM until the guard is dropped, and lets one write to them
    /// by way of the guard.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut memory = mman::Anon::new(10_000)?;
    /// let mut key = memory.lock_mut(..32)?;
    /// key.copy_from_slice(&[7; 32]);
    /// // Whoever locks secrets wipes them while they are locked.
    /// key.fill(0);
    /// # drop(key);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`lock`](Self::lock).
    #[doc(alias = "mlock")]
    pub fn lock_mut(
        &mut self,
        range: impl RangeBounds<usize>,
    ) -> Result<LockGuardMut<'_>, MapError> {
        // SAFETY: the memory is private, for reading and writing.
        unsafe { LockGuardMut::new(&mut self.0, range, false) }
    }

    /// [`lock_mut`](Self::lock_mut) that brings nothing in: each page stays from its first touch on.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut memory = mman::Anon::new(10_000)?;
    /// match memory.lock_mut_on_fault(..32) {
    ///     Ok(mut key) => key.fill(7),
    ///     // Not every system can, and there is a limit.
    ///     Err(error) => println!("{error}"),
    /// }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`lock_on_fault`](Self::lock_on_fault).
    #[doc(alias = "mlock2")]
    pub fn lock_mut_on_fault(
        &mut self,
        range: impl RangeBounds<usize>,
    ) -> Result<LockGuardMut<'_>, MapError> {
        // SAFETY: as above.
        unsafe { LockGuardMut::new(&mut self.0, range, true) }
    }

    /// Makes whole pages zero and gives their memory back.
    ///
    /// Explicit huge pages keep their memory: their pool might not give it again. Where the system
    /// has no call for it (all but Linux), it is [`free_lazily`](Self::free_lazily).
    ///
    /// # Examples
    ///
    /// ```
    /// let mut memory = mman::Anon::new(10_000)?;
    /// memory.fill(1);
    /// memory.discard(mman::page_size()..)?;
    /// assert_eq!((memory[0], memory[9_999]), (1, if mman::page_size() < 9_999 { 0 } else { 1 }));
    /// assert!(memory.discard(1..).unwrap_err().to_string().starts_with("discard: offset 1 is not"));
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length, or not made of whole pages.
    #[doc(alias = "MADV_DONTNEED")]
    pub fn discard(&mut self, range: impl RangeBounds<usize>) -> Result<(), MapError> {
        // SAFETY: the memory is for reading and writing.
        unsafe { self.0.region.discard(range) }
    }

    /// [`discard`](Self::discard) of many ranges, thousands for one call of the system
    /// (Linux 6.13).
    ///
    /// # Examples
    ///
    /// ```
    /// let page = mman::page_size();
    /// let mut memory = mman::Anon::new(100 * page)?;
    /// memory.fill(1);
    /// memory.discard_ranges((0..100).step_by(2).map(|page_number| {
    ///     let start = page_number * page;
    ///     start..start + page
    /// }))?;
    /// assert_eq!((memory[0], memory[page]), (0, 1));
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`discard`](Self::discard); then nothing was changed.
    #[doc(alias = "process_madvise")]
    pub fn discard_ranges<R: RangeBounds<usize>>(
        &mut self,
        ranges: impl IntoIterator<Item = R>,
    ) -> Result<(), MapError> {
        // SAFETY: the memory is for reading and writing.
        unsafe { self.0.region.discard_ranges(ranges) }
    }

    /// [`discard`](Self::discard) of all that many memories hold, thousands for one call of the
    /// system (Linux 6.13).
    ///
    /// # Examples
    ///
    /// ```
    /// let memory = |value| -> Result<_, mman::MapError> {
    ///     let mut memory = mman::Anon::new(5000)?;
    ///     memory.fill(value);
    ///     Ok(memory)
    /// };
    /// let mut memories = [memory(1)?, memory(2)?];
    /// mman::Anon::discard_all(&mut memories);
    /// assert!(memories.iter().flat_map(|memory| memory.iter()).all(|byte| *byte == 0));
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[doc(alias = "process_madvise")]
    pub fn discard_all<'a>(memories: impl IntoIterator<Item = &'a mut Self>) {
        // SAFETY: the memories are for reading and writing.
        unsafe { Region::discard_regions(memories.into_iter().map(|memory| &mut memory.0.region)) }
    }

    /// Makes whole pages zero; the system takes their memory when it is short of it.
    ///
    /// Memory that is soon used again is ready sooner than after [`discard`](Self::discard), which
    /// is better where much of the range was never touched: this writes to all of it. The zeros
    /// are what makes it safe: the system may take a page at any later time, and then it is zero,
    /// as it was before. [`free_lazily_unchanged`](Self::free_lazily_unchanged) does without.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut memory = mman::Anon::new(1 << 16)?;
    /// memory.fill(1);
    /// memory.free_lazily(..)?;
    /// assert!(memory.iter().all(|byte| *byte == 0));
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length, or not made of whole pages.
    #[doc(alias = "MADV_FREE")]
    pub fn free_lazily(&mut self, range: impl RangeBounds<usize>) -> Result<(), MapError> {
        // SAFETY: the memory is for reading and writing.
        unsafe { self.0.region.free_lazily(range) }
    }

    /// Lets the system take whole pages when it is short of memory, each becoming zero then.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut cache = mman::Anon::new(1 << 16)?;
    /// cache.fill(1);
    /// // SAFETY: the pages are written before they are read.
    /// match unsafe { cache.free_lazily_unchanged(..) } {
    ///     Err(error) if !error.is_unsupported() => return Err(error),
    ///     _ => cache.fill(2),
    /// }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length, or not made of whole pages; or
    ///   [unsupported](MapError::is_unsupported).
    /// - `EINVAL`: the pages are locked, or explicit huge ones.
    ///
    /// # Safety
    ///
    /// - From this call on until a page has been written, nothing reads it: its bytes change at
    ///   any time, which a reference to them promises they do not.
    #[doc(alias = "MADV_FREE")]
    pub unsafe fn free_lazily_unchanged(
        &mut self,
        range: impl RangeBounds<usize>,
    ) -> Result<(), MapError> {
        const OPERATION: &str = "free_lazily_unchanged";
        let range = self.0.region.range(OPERATION, range)?;
        let span = self.0.region.whole(OPERATION, &range)?;
        if span.len == 0 {
            return Ok(());
        }
        // SAFETY: the pages are this value's own; the caller counts on nothing in them.
        unsafe { os::free_lazily(span.start, span.len) }
            .map_err(|errno| MapError::system(OPERATION, errno))
    }

    /// Changes the length. What stays keeps its contents, what is new is zero.
    ///
    /// The address may change, unless it lies in a [`Reservation`](crate::Reservation), where it
    /// grows in place, and empty memory takes the place that it was made for. Alignment, guard
    /// pages and the other policies are kept. Where the system cannot move pages (all but Linux;
    /// explicit huge pages; memory of which parts were advised, locked or protected) the contents
    /// are copied to new memory, made with the options of the old, to which what was advised later
    /// is not told. Memory that grows often is best made with a [step](MapOptions::growth_step).
    ///
    /// # Examples
    ///
    /// ```
    /// let mut memory = mman::Anon::new(10)?;
    /// memory.fill(1);
    /// memory.resize(100_000)?;
    /// assert_eq!((memory[9], memory[10], memory.len()), (1, 0, 100_000));
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The memory is as it was before. (If the system has made a part of it a guard and refuses to
    /// undo that, it has become as short as it was to be.)
    ///
    /// - Without a code: more than `isize::MAX` bytes are asked for, or the room behind it in its
    ///   reservation is somebody's.
    /// - `ENOMEM`, `EAGAIN`: no memory or address space, or a limit, which the message names.
    #[doc(alias = "mremap")]
    pub fn resize(&mut self, len: usize) -> Result<(), MapError> {
        self.0.resize(len)
    }

    /// Parts the memory in two at a multiple of the page size, or at the end.
    ///
    /// This keeps the first `at` bytes, and the guard pages before them. What guards that were
    /// forgotten have locked stays locked.
    ///
    /// # Examples
    ///
    /// ```
    /// let page = mman::page_size();
    /// let mut first = mman::Anon::new(2 * page)?;
    /// let second = first.split_off(page)?;
    /// assert_eq!((first.len(), second.len()), (page, page));
    /// first.join(second).map_err(|(_, error)| error)?;
    /// assert_eq!(first.len(), 2 * page);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: `at` is beyond the length, or no multiple of the page size.
    pub fn split_off(&mut self, at: usize) -> Result<Self, MapError> {
        self.0.split_off(at).map(Self)
    }

    /// Puts what [`split_off`](Self::split_off) has parted together again.
    ///
    /// Either may be empty. Neighbours in a [`Reservation`](crate::Reservation) that were made one
    /// by one join too, if they were made with the same options.
    ///
    /// # Examples
    ///
    /// ```
    /// let page = mman::page_size();
    /// let mut memory = mman::Anon::new(2 * page)?;
    /// let rest = memory.split_off(page)?;
    /// memory.join(rest).map_err(|(_, error)| error)?;
    /// assert_eq!(memory.len(), 2 * page);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `other` comes back if it is not the part that follows, or is of another kind.
    pub fn join(&mut self, other: Self) -> Result<(), (Self, MapError)> {
        self.0.join(other.0).map_err(|(other, error)| (Self(other), error))
    }

    /// Unmaps the memory, and tells if the system refuses to.
    ///
    /// # Examples
    ///
    /// ```
    /// let memory = mman::Anon::new(10_000)?;
    /// memory.unmap().map_err(|(_, error)| error)?;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value comes back.
    ///
    /// - `ENOMEM`: unmapping a part of a mapping would make one mapping too many (Linux).
    /// - `EPERM`: the pages are sealed (Linux).
    #[doc(alias = "munmap")]
    pub fn unmap(self) -> Result<(), (Self, MapError)> {
        self.0.unmap().map_err(|(memory, error)| (Self(memory), error))
    }

    /// Makes the memory read-only, and anything else that writes to it fault.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut memory = mman::Anon::new(10_000)?;
    /// memory[0] = 1;
    /// let table = match memory.make_read_only() {
    ///     Ok(table) => table,
    ///     // The memory is still there.
    ///     Err((_memory, error)) => return Err(error),
    /// };
    /// assert_eq!(table[0], 1);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value comes back, as it was. (It comes back empty, and its memory leaks, if the system
    /// has changed a part of it and refuses to undo that: safe code could not use it.)
    ///
    /// - `ENOMEM`: too many mappings would arise.
    /// - `EPERM`: pages are sealed (Linux).
    #[doc(alias = "mprotect")]
    pub fn make_read_only(self) -> Result<AnonReadOnly, (Self, MapError)> {
        self.made("make_read_only", Protection::Read).map(AnonReadOnly::new)
    }

    /// Makes the memory executable, and no longer writable.
    ///
    /// What was written is made known to the processor, where it has to be. Memory is never
    /// writable and executable at once; where a system wants to know beforehand what will become
    /// executable, it refuses: then memory is to be mapped by `sys`, with `MAP_JIT` for programs
    /// with macOS's hardened runtime, with `PROT_MPROTECT` on NetBSD, from a `memfd` where a
    /// policy of SELinux has no `execmem`.
    ///
    /// # Examples
    ///
    /// See [`AnonExec`].
    ///
    /// # Examples
    ///
    /// ```
    /// let mut memory = mman::Anon::new(4096)?;
    /// // What a compiler would write there.
    /// memory[..4].copy_from_slice(&[0xc3; 4]);
    /// let code = memory.make_exec().map_err(|(_, error)| error)?;
    /// assert_eq!(code[0], 0xc3);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`make_read_only`](Self::make_read_only), and:
    ///
    /// - `EACCES`, `EPERM`: a policy of the system forbids it.
    /// - [Unsupported](MapError::is_unsupported): the processor has to be told of new code, and
    ///   how is not known (PowerPC, SPARC).
    #[doc(alias = "mprotect")]
    #[doc(alias = "PROT_EXEC")]
    pub fn make_exec(self) -> Result<AnonExec, (Self, MapError)> {
        self.made("make_exec", Protection::ReadExecute).map(AnonExec::new)
    }

    fn made(
        mut self,
        operation: &'static str,
        protection: Protection,
    ) -> Result<Self, (Self, MapError)> {
        // SAFETY: the value is taken, so no reference to its memory is left.
        let made = unsafe { self.0.region.protect(operation, .., protection) };
        let Err(error) = made else { return Ok(self) };
        // The first pages may be changed now, which no `Anon` may have.
        // SAFETY: it takes nothing away.
        let restored = unsafe { self.0.region.protect(operation, .., Protection::ReadWrite) };
        let all = 0..self.len();
        if restored.is_err() && !self.0.region.permits(&all, Protection::ReadWrite) {
            // Nobody could use it safely: it leaks.
            mem::forget(self.0.take());
        }
        Err((self, error))
    }

    /// Undoes `made`; on failure it is as it was, or in part writable.
    fn writable_again(mut self, protection: Protection) -> Result<Self, (Self, MapError)> {
        // SAFETY: it takes away only execution, which is the business of who executes it.
        let made = unsafe { self.0.region.protect("make_mut", .., Protection::ReadWrite) };
        let Err(error) = made else { return Ok(self) };
        // SAFETY: the value is taken: nothing refers to its memory. Reading it is sound anyway.
        let _ = unsafe { self.0.region.protect("make_mut", .., protection) };
        Err((self, error))
    }

    /// Protects whole pages otherwise until the guard is dropped.
    ///
    /// # Examples
    ///
    /// See [`ProtectGuard`].
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Anon, Protection};
    ///
    /// let mut memory = Anon::new(10_000)?;
    /// let guard = memory.protect(.., Protection::Read)?;
    /// // Who writes there now dies of it.
    /// assert_eq!(guard.as_slice().map(|bytes| bytes[0]), Some(0));
    /// drop(guard);
    /// memory[0] = 1;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The memory is as it was. (It is empty, and leaks, if the system has changed a part of it and
    /// refuses to undo that.)
    ///
    /// - Without a code: the range is not within the length, or not made of whole pages; or
    ///   [unsupported](MapError::is_unsupported), as with [`make_exec`](Self::make_exec).
    /// - `EACCES`: a policy forbids it.
    /// - `ENOMEM`: too many mappings would arise.
    #[doc(alias = "mprotect")]
    pub fn protect(
        &mut self,
        range: impl RangeBounds<usize>,
        protection: Protection,
    ) -> Result<ProtectGuard<'_>, MapError> {
        ProtectGuard::new(&mut self.0, range, protection, Protection::ReadWrite)
    }

    /// Changes what may be done with whole pages.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Anon, Protection};
    ///
    /// let mut memory = Anon::new(2 * mman::page_size())?;
    /// // SAFETY: nobody writes to the first page from here on.
    /// unsafe { memory.protect_range(..mman::page_size(), Protection::Read) }?;
    /// assert_eq!(memory[0], 0);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Some of the pages may have been changed.
    ///
    /// - Without a code: the range is not within the length, or not made of whole pages.
    /// - `EACCES`: a policy forbids it.
    /// - `ENOMEM`: too many mappings would arise.
    ///
    /// # Safety
    ///
    /// From this call on until all pages are [`ReadWrite`](Protection::ReadWrite) again:
    ///
    /// - Nothing does with them what they are not for, and no reference covers pages that cannot
    ///   be read. Dereferencing the value makes one that covers all of it.
    /// - The value is not given to code that may: `prefault`, `discard`, `free_lazily`, `resize`,
    ///   `make_read_only` and the slice count on readable and writable pages. `advise`,
    ///   `residency`, `split_off`, `join`, `unmap` and drop do not.
    #[doc(alias = "mprotect")]
    pub unsafe fn protect_range(
        &mut self,
        range: impl RangeBounds<usize>,
        protection: Protection,
    ) -> Result<(), MapError> {
        // SAFETY: the value is borrowed for change; for later references the caller speaks.
        unsafe { self.0.region.protect("protect_range", range, protection) }
    }

    /// Gives the memory away; the caller unmaps it, or puts it together again.
    ///
    /// Only what it consists of is told. What the system knows of the pages stays with them;
    /// that it was made with options is forgotten, so memory that later moves by copying has none.
    /// In a [`Reservation`](crate::Reservation) its place is lost: nobody gets it again, and the
    /// reservation is never unmapped.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::Anon;
    ///
    /// let mut memory = Anon::new(100)?;
    /// memory[0] = 7;
    /// let parts = memory.into_raw_parts();
    /// // SAFETY: the parts are those of a memory that was just taken apart, and are used once.
    /// let memory = unsafe { Anon::from_raw_parts(parts) };
    /// assert_eq!(memory[0], 7);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[must_use = "the memory leaks otherwise"]
    pub fn into_raw_parts(self) -> RawParts {
        self.0.region.into_parts()
    }

    /// Puts together what [`into_raw_parts`](Self::into_raw_parts) has taken apart.
    ///
    /// # Safety
    ///
    /// - `parts` come from `into_raw_parts`, unchanged, and are used once.
    /// - The pages are still mapped, private, readable and writable, and in this process: not in
    ///   a child that does not get them ([`Fork::Exclude`](crate::Fork::Exclude)).
    /// - No pointer from elsewhere is used for them from now on.
    #[must_use]
    pub unsafe fn from_raw_parts(parts: RawParts) -> Self {
        // SAFETY: the caller's promise.
        let region = unsafe { Region::from_parts(parts) };
        Self(Memory::of(region))
    }
}

impl Deref for Anon {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the bytes are mapped for reading for as long as the value lives, at most
        // `isize::MAX` of them, and nobody changes them while it is borrowed; none if it is empty.
        unsafe { slice::from_raw_parts(self.0.region.start(), self.0.region.len()) }
    }
}

impl DerefMut for Anon {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and for writing; the value is borrowed for change.
        unsafe { slice::from_raw_parts_mut(self.0.region.start(), self.0.region.len()) }
    }
}

impl AsRef<[u8]> for Anon {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl AsMut<[u8]> for Anon {
    fn as_mut(&mut self) -> &mut [u8] {
        self
    }
}

impl Default for Anon {
    /// No memory.
    fn default() -> Self {
        Self(Memory::of(Region::empty(os::page_size())))
    }
}

impl fmt::Debug for Anon {
    /// Where it is; not what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Anon({:?})", self.0.region)
    }
}
