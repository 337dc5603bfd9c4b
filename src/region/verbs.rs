//! What is told to the system about the pages of a region, and done with what they hold.

use core::ops::{Range, RangeBounds};
use std::{format, thread, vec::Vec};

use super::{Region, Span, refused};
use crate::{
    MapError, Result,
    errno::Errno,
    os::{self, Advice, Protection},
};

impl Region {
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
            .map_err(|errno| refused(operation, errno, span.len))?;
        if protection == Protection::ReadExecute {
            // SAFETY: the pages are mapped, and can be read as of now.
            let told = unsafe { os::flush_instructions(span.start, span.len) };
            told.map_err(|errno| match errno {
                Errno::ENOSYS => {
                    MapError::unsupported(operation, "how this processor is told of new code")
                }
                _ => MapError::system(operation, errno),
            })?;
        }
        Ok(())
    }

    /// Whether the system says that a range can be read, or written too: it is brought in for that.
    pub(crate) fn is_accessible(&self, range: &Range<usize>, write: bool) -> bool {
        let pages = self.touching(range);
        pages.len == 0 || os::populate(pages.start, pages.len, write).is_ok()
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
