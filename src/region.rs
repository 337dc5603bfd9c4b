//! One owned range of mapped pages: the only place that unmaps, checks ranges, rounds to pages.
//!
//! ```text
//!   base          start                 start + len                    base + mapped
//!     | guard pages | what was asked for  | rest of the last page | guard pages |
//!                   |<------------------ body ------------------>|
//! ```
//!
//! `start` and the end of the body are multiples of the granule: the page size, or the size of
//! explicit huge pages, which the system maps, changes and unmaps only whole.
//!
//! What only hints or reads takes the pages that hold any byte of a range. What destroys or
//! protects would reach beyond such a range, so it takes whole pages only, or to the end.

use core::{
    ffi::c_void,
    fmt, mem,
    num::NonZeroUsize,
    ops::{Bound, Range, RangeBounds},
    ptr::{self, NonNull},
    sync::atomic::{AtomicUsize, Ordering},
};
use std::{
    format,
    os::fd::{AsRawFd, BorrowedFd},
    process, thread,
    vec::Vec,
};

use crate::{
    MapError, Result,
    errno::Errno,
    os::{self, Advice, Protection},
    sys::mman::{self, MapFlags, ProtFlags},
};

mod place;
mod residency;

pub(crate) use place::Layout;
pub use residency::Residency;

/// A range of pages that this value has mapped and will unmap.
pub(crate) struct Region {
    base: NonNull<u8>,
    mapped: usize,
    /// From `base` to the start.
    before: usize,
    len: usize,
    granule: usize,
    /// The mapping that it is a part of. Only parts of one are one allocation to the compiler.
    origin: usize,
    /// Of memory that forked children do not get: the process that has it.
    owner: Option<u32>,
}

// SAFETY: it owns its pages as a `Box<[u8]>` does, and no thread has a special part in them.
unsafe impl Send for Region {}
// SAFETY: through `&self` it changes nothing of itself, and gives hints to the system only.
unsafe impl Sync for Region {}

/// What a memory of mapped pages consists of, for keeping it across foreign code.
///
/// See [`Anon::into_raw_parts`](crate::Anon::into_raw_parts).
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
    /// The size of the pages: the system's, or that of explicit huge pages.
    pub page_size: usize,
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
    /// Maps `len` bytes of a file from `offset` on, for reading. No page is touched.
    pub(crate) fn of_file(file: BorrowedFd<'_>, offset: u64, len: NonZeroUsize) -> Result<Self> {
        let (prot, flags) = (ProtFlags::PROT_READ, MapFlags::MAP_SHARED);
        // SAFETY: without MAP_FIXED the system picks a free place, so nothing is replaced.
        let start = unsafe {
            mman::mmap64(ptr::null_mut(), len.get(), prot, flags, file.as_raw_fd(), offset)
        }?;
        let page = os::page_size();
        let mapped = len.get().next_multiple_of(page);
        let mut region = Self::of_pages(start.cast(), mapped, page)?;
        region.len = len.get();
        Ok(region)
    }

    /// Pages that were just mapped.
    fn of_pages(base: *mut u8, mapped: usize, granule: usize) -> Result<Self> {
        static ORIGIN: AtomicUsize = AtomicUsize::new(0);
        let base = NonNull::new(base).ok_or(Errno::ENOMEM)?;
        let origin = ORIGIN.fetch_add(1, Ordering::Relaxed);
        Ok(Self { base, mapped, before: 0, len: mapped, granule, origin, owner: None })
    }

    /// No memory at all.
    pub(crate) fn empty(granule: usize) -> Self {
        let base =
            NonNull::new(ptr::without_provenance_mut(granule)).unwrap_or(NonNull::dangling());
        Self { base, mapped: 0, before: 0, len: 0, granule, origin: 0, owner: None }
    }

    /// The parts, which the caller owns from now on.
    pub(crate) fn into_parts(self) -> RawParts {
        let parts = RawParts {
            base: self.base,
            mapped_len: self.mapped,
            offset: self.before,
            len: self.len,
            page_size: self.granule,
        };
        mem::forget(self);
        parts
    }

    /// # Safety
    ///
    /// - `parts` come from [`into_parts`](Self::into_parts), and are used once.
    pub(crate) unsafe fn from_parts(parts: RawParts) -> Self {
        let RawParts { base, mapped_len: mapped, offset: before, len, page_size: granule } = parts;
        match Self::of_pages(base.as_ptr(), mapped, granule) {
            Ok(mut region) => {
                (region.before, region.len) = (before, len);
                region
            }
            Err(_) => Self::empty(granule),
        }
    }

    /// The first byte that was asked for.
    pub(crate) fn start(&self) -> *mut u8 {
        self.base.as_ptr().wrapping_add(self.before)
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
        self.len.next_multiple_of(self.granule)
    }

    /// Whether there are guard pages.
    pub(crate) fn is_guarded(&self) -> bool {
        self.mapped != self.body()
    }

    /// Notes that forked children do not get the pages.
    pub(crate) fn stays_here(&mut self) {
        self.owner = Some(process::id());
    }

    /// The range check: `offset <= len && n <= len - offset`.
    pub(crate) fn range(
        &self,
        operation: &'static str,
        bounds: impl RangeBounds<usize>,
    ) -> Result<Range<usize>, MapError> {
        let start = match bounds.start_bound() {
            Bound::Included(start) => Some(*start),
            Bound::Excluded(before) => before.checked_add(1),
            Bound::Unbounded => Some(0),
        };
        let end = match bounds.end_bound() {
            Bound::Included(last) => last.checked_add(1),
            Bound::Excluded(end) => Some(*end),
            Bound::Unbounded => Some(self.len),
        };
        let (Some(offset), Some(end)) = (start, end) else {
            return Err(MapError::rule(operation, "the range is beyond the largest number"));
        };
        match end.checked_sub(offset) {
            Some(n) if offset <= self.len && n <= self.len - offset => Ok(offset..end),
            None if end == self.len => {
                let rule = format!("offset {offset} is beyond the length {}", self.len);
                Err(MapError::rule(operation, rule))
            }
            None => {
                Err(MapError::rule(operation, format!("{offset}..{end} ends before it starts")))
            }
            Some(_) => {
                let rule = format!("{offset}..{end} is not within 0..{}", self.len);
                Err(MapError::rule(operation, rule))
            }
        }
    }

    /// The pages that hold any byte of a range.
    pub(crate) fn touching(&self, range: &Range<usize>) -> Span {
        if range.is_empty() {
            return Span { start: self.start(), len: 0 };
        }
        let first = range.start - range.start % self.granule;
        let end = range.end.next_multiple_of(self.granule);
        Span { start: self.start().wrapping_add(first), len: end - first }
    }

    /// The pages of a range that is made of whole ones.
    pub(crate) fn whole(
        &self,
        operation: &'static str,
        range: &Range<usize>,
    ) -> Result<Span, MapError> {
        let is_whole = |offset| offset % self.granule == 0;
        let broken = if range.is_empty() {
            None
        } else if !is_whole(range.start) {
            Some(("offset", range.start))
        } else if !is_whole(range.end) && range.end != self.len {
            Some(("end", range.end))
        } else {
            None
        };
        match broken {
            None => Ok(self.touching(range)),
            Some((what, at)) => {
                let rule =
                    format!("{what} {at} is not a multiple of the page size {}", self.granule);
                Err(MapError::rule(operation, rule))
            }
        }
    }

    /// Which pages are in memory: bit 0 of each page's byte.
    pub(crate) fn residency(&self, vec: &mut [u8]) -> Result<()> {
        os::residency(self.start().cast::<c_void>(), self.len, vec)
    }

    /// Gives a hint.
    pub(crate) fn advise(
        &self,
        bounds: impl RangeBounds<usize>,
        advice: Advice,
    ) -> Result<(), MapError> {
        const OPERATION: &str = "advise";
        let span = self.touching(&self.range(OPERATION, bounds)?);
        if span.len == 0 {
            return Ok(());
        }
        os::advise(span.start, span.len, advice).map_err(|errno| match errno {
            Errno::ENOSYS => {
                MapError::unsupported(OPERATION, format!("this system has no {advice:?}"))
            }
            Errno::EINVAL => {
                MapError::because(OPERATION, errno, format!("{advice:?} is not for these pages"))
            }
            _ => refused(OPERATION, errno, 0),
        })
    }

    /// Changes what may be done with whole pages.
    ///
    /// # Safety
    ///
    /// - No reference to them is in use for what is taken away.
    pub(crate) unsafe fn protect(
        &mut self,
        operation: &'static str,
        bounds: impl RangeBounds<usize>,
        protection: Protection,
    ) -> Result<(), MapError> {
        let range = self.range(operation, bounds)?;
        let span = self.whole(operation, &range)?;
        if span.len == 0 {
            return Ok(());
        }
        // SAFETY: the pages are this value's own; the caller speaks for references to them.
        unsafe { os::protect(span.start, span.len, protection) }
            .map_err(|errno| refused(operation, errno, span.len))
    }

    /// Whether the system says that all of it can be written. It is brought in for that.
    pub(crate) fn is_writable(&self) -> bool {
        let all = self.touching(&(0..self.len));
        all.len == 0 || os::populate(all.start, all.len, true).is_ok()
    }

    /// Makes whole pages zero and gives their memory back, where the system can do both at once.
    ///
    /// # Safety
    ///
    /// - The pages are for reading and writing.
    pub(crate) unsafe fn discard(
        &mut self,
        bounds: impl RangeBounds<usize>,
    ) -> Result<(), MapError> {
        const OPERATION: &str = "discard";
        let range = self.range(OPERATION, bounds)?;
        let span = self.whole(OPERATION, &range)?;
        if span.len == 0 {
            return Ok(());
        }
        // Explicit huge pages that went back to their pool might not be there when they are
        // touched again, which kills: they stay.
        if self.granule == os::page_size() {
            // SAFETY: the pages are this value's own, borrowed for change.
            if unsafe { os::discard(span.start, span.len) }.is_ok() {
                return Ok(());
            }
        }
        // SAFETY: the caller says so; they are this value's own, borrowed for change.
        unsafe { span.zero_lazily() };
        Ok(())
    }

    /// Makes whole pages zero; the system may take their memory when it is short.
    ///
    /// # Safety
    ///
    /// - The pages are for reading and writing.
    pub(crate) unsafe fn free_lazily(
        &mut self,
        bounds: impl RangeBounds<usize>,
    ) -> Result<(), MapError> {
        const OPERATION: &str = "free_lazily";
        let range = self.range(OPERATION, bounds)?;
        let span = self.whole(OPERATION, &range)?;
        // SAFETY: the caller says so; they are this value's own, borrowed for change.
        unsafe { span.zero_lazily() };
        Ok(())
    }

    /// Brings pages in, on up to so many threads.
    ///
    /// # Safety
    ///
    /// - The pages are for reading, and with `write` for writing too.
    pub(crate) unsafe fn populate(
        &mut self,
        operation: &'static str,
        range: &Range<usize>,
        write: bool,
        threads: usize,
    ) -> Result<(), MapError> {
        /// Less than this is not worth a thread. No huge page is cut.
        const LEAST: usize = 32 << 20;
        let span = self.touching(range);
        let share = span.len.div_ceil(threads.max(1)).max(LEAST);
        let share = share.next_multiple_of(self.granule.max(LEAST));
        let done = thread::scope(|scope| {
            let mut running = Vec::new();
            let mut rest = span;
            while rest.len > share {
                let piece = rest.take(share);
                // SAFETY: the caller says what the pages are for; the pieces are apart.
                let work = move || unsafe { piece.populate(write) };
                match thread::Builder::new().spawn_scoped(scope, work) {
                    Ok(thread) => running.push(thread),
                    // SAFETY: as above.
                    Err(_) => unsafe { piece.populate(write) }?,
                }
            }
            // SAFETY: as above.
            let mut done = unsafe { rest.populate(write) };
            for thread in running {
                done = thread.join().unwrap_or(Err(Errno::ENOMEM)).and(done);
            }
            done
        });
        done.map_err(|errno| match errno {
            // What an access would die of.
            Errno::EFAULT => MapError::because(operation, errno, "the pages cannot be had"),
            _ => refused(operation, errno, 0),
        })
    }

    /// Gives the pages from `len` on back.
    ///
    /// There are no guard pages, and `len` is not 0.
    pub(crate) fn shrink(&mut self, len: usize) -> Result<()> {
        let keep = len.next_multiple_of(self.granule);
        if keep < self.mapped {
            let end = self.start().wrapping_add(keep);
            // SAFETY: the pages are this value's own, and borrowed for change.
            unsafe { os::unmap(end, self.mapped - keep) }?;
            self.mapped = keep;
        }
        self.len = self.len.min(len);
        Ok(())
    }

    /// Grows to `len`, maybe elsewhere; `false` where the caller has to copy.
    ///
    /// There are no guard pages, and the length is not 0.
    ///
    /// # Safety
    ///
    /// - The last page is for reading and writing.
    pub(crate) unsafe fn grow(&mut self, len: usize) -> Result<bool> {
        let mapped = len.next_multiple_of(self.granule);
        if mapped > self.mapped {
            // SAFETY: the pages are this value's own, and borrowed for change.
            let moved = unsafe { os::grow(self.start(), self.mapped, mapped) }?;
            let Some(moved) = moved else { return Ok(false) };
            let mut new = Self::of_pages(moved, mapped, self.granule)?;
            (new.len, new.owner) = (self.len, self.owner);
            // What the old value owned is the new one's.
            mem::forget(mem::replace(self, new));
        }
        // The rest of what was the last page may hold what was there before it shrank.
        let rest = self.start().wrapping_add(self.len);
        let stale = (self.body() - self.len).min(len - self.len);
        // SAFETY: it is in the last page, this value's own, and borrowed for change.
        unsafe { rest.write_bytes(0, stale) };
        self.len = len;
        Ok(true)
    }

    /// Parts at a multiple of the granule, within the length; guard pages stay at their ends.
    pub(crate) fn split_off(&mut self, at: usize) -> Self {
        let granule = self.granule;
        if at == 0 {
            return mem::replace(self, Self::empty(granule));
        }
        if at >= self.len {
            return Self::empty(granule);
        }
        let head = self.before + at;
        let tail = Self {
            base: self.base.map_addr(|base| base.saturating_add(head)),
            mapped: self.mapped - head,
            before: 0,
            len: self.len - at,
            ..*self
        };
        (self.mapped, self.len) = (head, at);
        tail
    }

    /// Puts what [`split_off`](Self::split_off) has parted together; else tells why not.
    pub(crate) fn join(&mut self, tail: Self) -> Result<(), (Self, &'static str)> {
        if tail.mapped == 0 {
            return Ok(());
        }
        if self.mapped == 0 {
            *self = tail;
            return Ok(());
        }
        let end = self.base.as_ptr().wrapping_add(self.mapped);
        if self.origin != tail.origin {
            return Err((tail, "they are not parts of one mapping"));
        }
        if end != tail.base.as_ptr() || self.before + self.len != self.mapped || tail.before != 0 {
            return Err((tail, "the second does not begin where the first ends"));
        }
        self.mapped += tail.mapped;
        self.len += tail.len;
        mem::forget(tail);
        Ok(())
    }

    /// Unmaps, and gives the value back if that fails.
    pub(crate) fn unmap(mut self) -> Result<(), (Self, Errno)> {
        match self.release() {
            Ok(()) => Ok(()),
            Err(errno) => Err((self, errno)),
        }
    }

    /// The only place where a region ends. Nothing is left to be released then.
    fn release(&mut self) -> Result<()> {
        // A child does not have these pages: something else may be mapped there.
        let is_here = self.owner.is_none_or(|owner| owner == process::id());
        if self.mapped != 0 && is_here {
            // SAFETY: the range is this value's own, and nobody has been given its address for
            // longer than the value lives.
            unsafe { os::unmap(self.base.as_ptr(), self.mapped) }?;
        }
        (self.mapped, self.before, self.len) = (0, 0, 0);
        Ok(())
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // That it failed leaks address space and no more.
        let _ = self.release();
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:p}, {} bytes of {}", self.start(), self.len, self.mapped)
    }
}

impl Span {
    /// Takes the first `len` bytes away.
    fn take(&mut self, len: usize) -> Self {
        let first = Self { start: self.start, len };
        *self = Self { start: self.start.wrapping_add(len), len: self.len - len };
        first
    }

    /// # Safety
    ///
    /// - The caller has the pages to itself, and they are for reading and writing.
    unsafe fn zero_lazily(self) {
        // SAFETY: the caller's promise.
        unsafe { self.start.write_bytes(0, self.len) };
        if self.len != 0 {
            // SAFETY: the pages are all zeros. Where there is no such advice they just stay.
            let _ = unsafe { os::free_lazily(self.start, self.len) };
        }
    }

    /// # Safety
    ///
    /// - The caller has the pages to itself, and they are for reading, with `write` for writing.
    unsafe fn populate(self, write: bool) -> Result<()> {
        if self.len == 0 {
            return Ok(());
        }
        match os::populate(self.start, self.len, write) {
            // SAFETY: the caller's promise.
            Err(Errno::ENOSYS) => unsafe { self.touch(write) },
            done => return done,
        }
        Ok(())
    }

    /// # Safety
    ///
    /// - As `populate`.
    unsafe fn touch(self, write: bool) {
        for offset in (0..self.len).step_by(os::page_size()) {
            let byte = self.start.wrapping_add(offset);
            // SAFETY: the byte is one of the span's, which the caller has to itself.
            let value = unsafe { byte.read_volatile() };
            if write {
                // SAFETY: as above.
                unsafe { byte.write_volatile(value) };
            }
        }
    }
}

/// The system refused to map, protect or lock `len` bytes, and the limit that it refused for.
pub(crate) fn refused(operation: &'static str, errno: Errno, len: usize) -> MapError {
    let short = matches!(errno, Errno::ENOMEM | Errno::EAGAIN);
    match short.then(|| os::shortage(len)).flatten() {
        Some(why) => MapError::because(operation, errno, why),
        None => MapError::system(operation, errno),
    }
}
