//! How a region grows, shrinks, is parted and put together.

use core::mem;

use super::Region;
use crate::{Result, os};

impl Region {
    /// Gives the pages from `len` on back.
    ///
    /// There are no guard pages, and `len` is not 0.
    pub(crate) fn shrink(&mut self, len: usize) -> Result<()> {
        let keep = (self.skew() + len).next_multiple_of(self.granule);
        if keep < self.mapped {
            let end = self.first_page().wrapping_add(keep);
            // SAFETY: the pages are this value's own, and borrowed for change.
            unsafe { self.free(end, self.mapped - keep) }?;
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
        let grown = self.map_more(len)?;
        if grown {
            // SAFETY: the caller's promise; the pages are there.
            unsafe { self.fill_up(len) };
        }
        Ok(grown)
    }

    /// Grows to `len`, maybe elsewhere, and changes no contents; `false` where the caller has to map
    /// anew.
    ///
    /// There are no guard pages, and the length is not 0.
    pub(crate) fn extend(&mut self, len: usize) -> Result<bool> {
        let grown = self.map_more(len)?;
        if grown {
            self.len = len;
        }
        Ok(grown)
    }

    /// Sees that the pages for `len` are there; the length stays.
    fn map_more(&mut self, len: usize) -> Result<bool> {
        let skew = self.skew();
        let mapped = (skew + len).next_multiple_of(self.granule);
        if mapped <= self.mapped {
            return Ok(true);
        }
        if self.home.is_some() {
            return Ok(false);
        }
        // SAFETY: the pages are this value's own, and borrowed for change.
        let moved = unsafe { os::grow(self.first_page(), self.mapped, mapped) }?;
        let Some(moved) = moved else { return Ok(false) };
        let mut new = Self::of_pages(moved, mapped, self.granule)?;
        (new.offset, new.len, new.owner) = (skew, self.len, self.owner);
        // What the old value owned is the new one's.
        mem::forget(mem::replace(self, new));
        Ok(true)
    }

    /// Grows to `len` within the pages that are there.
    ///
    /// # Safety
    ///
    /// - What was the last page is for reading and writing, and the pages for `len` are there.
    pub(crate) unsafe fn fill_up(&mut self, len: usize) {
        // The rest of what was the last page may hold what was there before it shrank.
        let rest = self.start().wrapping_add(self.len);
        let stale = (self.body() - self.len).min(len - self.len);
        // SAFETY: it is in the last page, this value's own, and borrowed for change.
        unsafe { rest.write_bytes(0, stale) };
        self.len = len;
    }

    /// Whether the pages for `len` are there.
    pub(crate) fn has_room(&self, len: usize) -> bool {
        len <= self.body() - self.skew()
    }

    /// Grows within the pages that are there, and changes no contents.
    pub(crate) fn show(&mut self, len: usize) {
        self.len = len;
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
        let head = self.offset + at;
        let tail = Self {
            base: self.base.map_addr(|base| base.saturating_add(head)),
            mapped: self.mapped - head,
            offset: 0,
            len: self.len - at,
            granule,
            origin: self.origin,
            owner: self.owner,
            home: self.home.clone(),
        };
        (self.mapped, self.len) = (head, at);
        tail
    }

    /// Puts what [`split_off`](Self::split_off) has parted together; else tells why not.
    pub(crate) fn join(&mut self, mut tail: Self) -> Result<(), (Self, &'static str)> {
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
        let full = self.offset + self.len == self.mapped;
        if end != tail.base.as_ptr() || !full || tail.offset != 0 {
            return Err((tail, "the second does not begin where the first ends"));
        }
        self.mapped += tail.mapped;
        self.len += tail.len;
        (tail.mapped, tail.len) = (0, 0);
        Ok(())
    }
}
