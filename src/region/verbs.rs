//! What is told to the system about the pages of a region, and done with what they hold.

use core::ops::{Range, RangeBounds};
use std::{format, vec::Vec};

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
        self.mark();
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
        // SAFETY: the caller's promise.
        unsafe { self.protect_told(operation, bounds, protection, false) }
    }

    /// [`protect`](Self::protect); `is_told` says that the processor knows of the code that is there,
    /// should it become executable.
    ///
    /// # Safety
    ///
    /// - No reference to them is in use for what is taken away.
    pub(crate) unsafe fn protect_told(
        &mut self,
        operation: &'static str,
        bounds: impl RangeBounds<usize>,
        protection: Protection,
        is_told: bool,
    ) -> Result<(), MapError> {
        let range = self.range(operation, bounds)?;
        let span = self.whole(operation, &range)?;
        if span.len == 0 {
            return Ok(());
        }
        self.mark();
        // SAFETY: the pages are this value's own; the caller speaks for references to them.
        unsafe { os::protect(span.start, span.len, protection) }
            .map_err(|errno| refused(operation, errno, span.len))?;
        if protection == Protection::ReadExecute && !is_told {
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

    /// Whether the system says that a range can be used so.
    pub(crate) fn permits(&self, range: &Range<usize>, protection: Protection) -> bool {
        let pages = self.touching(range);
        os::permits(pages.start, pages.len, protection)
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
        if self.keeps_pages() {
            // SAFETY: the caller says so; they are this value's own, borrowed for change.
            unsafe { span.zero_lazily() };
        } else {
            // SAFETY: as above.
            unsafe { span.discard() };
        }
        Ok(())
    }

    /// [`discard`](Self::discard) of many ranges; none, if any is not made of whole pages.
    ///
    /// # Safety
    ///
    /// - The pages are for reading and writing.
    pub(crate) unsafe fn discard_ranges<R: RangeBounds<usize>>(
        &mut self,
        ranges: impl IntoIterator<Item = R>,
    ) -> Result<(), MapError> {
        const OPERATION: &str = "discard_ranges";
        let span = |bounds| {
            let range = self.range(OPERATION, bounds)?;
            self.whole(OPERATION, &range)
        };
        let spans = ranges.into_iter().map(span).collect::<Result<Vec<_>, _>>()?;
        if self.keeps_pages() {
            for span in spans {
                // SAFETY: the caller says so; they are this value's own, borrowed for change.
                unsafe { span.zero_lazily() };
            }
        } else {
            // SAFETY: as above.
            unsafe { Span::discard_all(&spans) };
        }
        Ok(())
    }

    /// [`discard`](Self::discard) of all that many regions hold.
    ///
    /// # Safety
    ///
    /// - The pages are for reading and writing.
    pub(crate) unsafe fn discard_regions<'a>(regions: impl Iterator<Item = &'a mut Self>) {
        let mut spans = Vec::new();
        for region in regions {
            let all = region.touching(&(0..region.len));
            if region.keeps_pages() {
                // SAFETY: the caller says so; they are the region's own, borrowed for change.
                unsafe { all.zero_lazily() };
            } else {
                spans.push(all);
            }
        }
        // SAFETY: as above.
        unsafe { Span::discard_all(&spans) };
    }

    /// Whether it must not give pages back one by one: explicit huge pages that went back to
    /// their pool might not be there when they are touched again, which kills.
    fn keeps_pages(&self) -> bool {
        self.granule() != os::page_size()
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

    /// Writes what was changed in the pages of a range to the file.
    pub(crate) fn flush(
        &self,
        operation: &'static str,
        bounds: impl RangeBounds<usize>,
        wait: bool,
    ) -> Result<(), MapError> {
        let span = self.touching(&self.range(operation, bounds)?);
        if span.len == 0 {
            return Ok(());
        }
        os::flush(span.start, span.len, wait).map_err(|errno| MapError::system(operation, errno))
    }

    /// Makes whole pages of a shared file zero, in the file too, and gives their place back.
    ///
    /// # Safety
    ///
    /// - No reference to them is in use.
    pub(crate) unsafe fn remove(
        &mut self,
        bounds: impl RangeBounds<usize>,
    ) -> Result<(), MapError> {
        const OPERATION: &str = "remove";
        let range = self.range(OPERATION, bounds)?;
        // What else is in the first or last page is of the file too, and not this value's.
        let span = self.exactly(OPERATION, &range)?;
        if span.len == 0 {
            return Ok(());
        }
        // SAFETY: the caller's promise is that of the call.
        unsafe { os::remove(span.start, span.len) }.map_err(|errno| match errno {
            Errno::ENOSYS => MapError::unsupported(OPERATION, "this system has no call for it"),
            Errno::EOPNOTSUPP => {
                MapError::because(OPERATION, errno, "the file system cannot punch holes")
            }
            Errno::EINVAL => MapError::because(OPERATION, errno, "the pages are locked"),
            _ => MapError::system(OPERATION, errno),
        })
    }

    /// Drops what was written to whole pages of a private map of a file.
    ///
    /// # Safety
    ///
    /// - No reference to them is in use.
    pub(crate) unsafe fn revert(
        &mut self,
        bounds: impl RangeBounds<usize>,
    ) -> Result<(), MapError> {
        const OPERATION: &str = "discard";
        let range = self.range(OPERATION, bounds)?;
        let span = self.whole(OPERATION, &range)?;
        if span.len == 0 {
            return Ok(());
        }
        // SAFETY: the pages are this value's own; the caller speaks for references to them.
        unsafe { os::discard(span.start, span.len) }.map_err(|errno| match errno {
            Errno::ENOSYS => MapError::unsupported(OPERATION, "this system has no call for it"),
            _ => MapError::system(OPERATION, errno),
        })
    }
}

impl Span {
    /// Makes pages zero and gives their memory back, in as few calls as can be.
    ///
    /// # Safety
    ///
    /// - The caller has the pages to itself, they are private, anonymous, not explicit huge ones,
    ///   and for reading and writing.
    pub(crate) unsafe fn discard_all(spans: &[Self]) {
        let ranges = spans.iter().filter(|span| span.len != 0).map(|span| (span.start, span.len));
        let ranges: Vec<_> = ranges.collect();
        let mut rest = ranges.as_slice();
        while !rest.is_empty() {
            // SAFETY: the caller's promise.
            let done = unsafe { os::discard_each(rest) };
            // The next one is refused, or there is no such call.
            let refused = if done == 0 { rest.len() } else { 1 };
            let left = rest.get(done..).unwrap_or_default();
            for &(start, len) in left.iter().take(refused) {
                // SAFETY: as above.
                unsafe { Self { start, len }.discard() };
            }
            rest = left.get(refused..).unwrap_or_default();
        }
    }

    /// # Safety
    ///
    /// - As [`discard_all`](Self::discard_all).
    unsafe fn discard(self) {
        // SAFETY: the caller's promise.
        if unsafe { os::discard(self.start, self.len) }.is_err() {
            // SAFETY: as above.
            unsafe { self.zero_lazily() };
        }
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
}
