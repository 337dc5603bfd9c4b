//! How memory changes its length: in place, by moving its pages, or by copying.

use core::mem;
use std::format;

use super::Memory;
use crate::{
    MapError, MapOptions, Placement, Reservation, Result,
    errno::Errno,
    os::{self, Backing, Protection},
    region::{Region, refused},
};

const OPERATION: &str = "resize";

impl Memory {
    /// Changes the length of private anonymous memory that is for reading and writing.
    pub(crate) fn resize(&mut self, len: usize) -> Result<(), MapError> {
        let old = self.region.len();
        self.may_resize(len)?;
        self.locks.clear();
        if len <= old {
            return self.shrink(len);
        }
        if let Some(home) = self.region.home().cloned() {
            return self.grow_at(home, len);
        }
        let may_move = self.options.as_ref().is_none_or(|options| options.may_move());
        if old != 0 && (may_move || len <= self.region.body()) && self.grow(len)? {
            return Ok(());
        }
        self.copy_elsewhere(len)
    }

    /// Changes how much of a file is shown, which `backing` has from the first byte on.
    ///
    /// Nothing is lost by mapping anew: the contents are the file's.
    pub(crate) fn resize_file(
        &mut self,
        backing: Backing<'_>,
        protection: Protection,
        len: usize,
    ) -> Result<(), MapError> {
        let old = self.region.len();
        self.may_resize(len)?;
        self.locks.clear();
        if len <= old {
            return self.shrink(len);
        }
        if let Some(home) = self.region.home().cloned() {
            return self.extend_at(home, backing, protection, len);
        }
        let may_move = self.options.as_ref().is_none_or(|options| options.may_move());
        if old != 0 && (may_move || self.region.has_room(len)) && self.extend(len)? {
            return Ok(());
        }
        let options = match &self.options {
            Some(options) => options.elsewhere(),
            None => MapOptions::new(),
        };
        *self = options.map(OPERATION, backing, protection, len, self.region.granule())?;
        Ok(())
    }

    /// Whether it is of a kind that changes its length, and this length is possible.
    pub(crate) fn may_resize(&self, len: usize) -> Result<(), MapError> {
        if self.region.is_guarded() {
            return Err(MapError::rule(OPERATION, "memory with guard pages keeps its length"));
        }
        // As whole pages, which is what is mapped.
        let mapped = (self.region.skew().checked_add(len))
            .and_then(|len| len.checked_next_multiple_of(self.region.granule()));
        if mapped.is_none_or(|mapped| isize::try_from(mapped).is_err()) {
            let rule = format!("{len} bytes are more than a slice can have");
            return Err(MapError::rule(OPERATION, rule));
        }
        Ok(())
    }

    fn shrink(&mut self, len: usize) -> Result<(), MapError> {
        if len == 0 {
            return self.empty();
        }
        self.region.shrink(len).map_err(|errno| refused(OPERATION, errno, 0))
    }

    fn empty(&mut self) -> Result<(), MapError> {
        let empty = Region::empty(self.region.granule());
        let region = mem::replace(&mut self.region, empty);
        region.unmap().map_err(|(region, errno)| {
            self.region = region;
            refused(OPERATION, errno, 0)
        })
    }

    /// In place or by moving pages; `false` if the contents have to be copied.
    fn grow(&mut self, len: usize) -> Result<bool, MapError> {
        let old = self.region.len();
        // SAFETY: the memory is for reading and writing.
        let grown = unsafe { self.region.grow(len) };
        let grown = grown.map_err(|errno| self.no_more(errno, len - old))?;
        let (true, Some(options)) = (grown, &self.options) else { return Ok(grown) };
        let done = options.fault_in(OPERATION, &self.region, old);
        done.inspect_err(|_| {
            // If this fails too, the memory is longer than the caller thinks.
            let _ = self.region.shrink(old);
        })?;
        Ok(true)
    }

    /// Why the system has refused to grow.
    fn no_more(&self, errno: Errno, more: usize) -> MapError {
        match os::lock_shortage(more) {
            Some(why) if self.locks.for_life => MapError::because(OPERATION, errno, why),
            _ => refused(OPERATION, errno, more),
        }
    }

    /// `grow` of what shows a file.
    fn extend(&mut self, len: usize) -> Result<bool, MapError> {
        let old = self.region.len();
        let grown = self.region.extend(len);
        let grown = grown.map_err(|errno| self.no_more(errno, len - old))?;
        let (true, Some(options)) = (grown, &self.options) else { return Ok(grown) };
        options.bring_in(OPERATION, &self.region, old).inspect_err(|_| {
            // If this fails too, the memory is longer than the caller thinks.
            let _ = self.region.shrink(old);
        })?;
        Ok(true)
    }

    /// In place: what comes behind is made as this was, and joined to it.
    fn grow_at(&mut self, home: Reservation, len: usize) -> Result<(), MapError> {
        let body = self.region.body();
        if len > body {
            let end = self.region.start().addr() + body - home.as_ptr().addr();
            let mut options = self.options.as_deref().cloned().unwrap_or_default();
            options.placement(Placement::Within(home, end)).guard_pages(0, 0);
            let rest = options.private(OPERATION, len - body)?;
            // SAFETY: the memory is for reading and writing.
            unsafe { self.region.fill_up(body) };
            self.region.join(rest.region).map_err(|(_, why)| MapError::rule(OPERATION, why))
        } else {
            // SAFETY: as above.
            unsafe { self.region.fill_up(len) };
            Ok(())
        }
    }

    /// `grow_at` of what shows a file.
    fn extend_at(
        &mut self,
        home: Reservation,
        backing: Backing<'_>,
        protection: Protection,
        len: usize,
    ) -> Result<(), MapError> {
        let (skew, granule) = (self.region.skew(), self.region.granule());
        let pages = self.region.body();
        // Up to the end of the last page.
        let full = pages.saturating_sub(skew);
        if len > full {
            let end = self.region.first_page().addr() + pages - home.as_ptr().addr();
            let mut options = self.options.as_deref().cloned().unwrap_or_default();
            options.placement(Placement::Within(home, end)).guard_pages(0, 0);
            let backing = backing.further(full as u64);
            let rest = options.map(OPERATION, backing, protection, len - full, granule)?;
            self.region.show(full);
            self.region.join(rest.region).map_err(|(_, why)| MapError::rule(OPERATION, why))
        } else {
            self.region.show(len);
            Ok(())
        }
    }

    fn copy_elsewhere(&mut self, len: usize) -> Result<(), MapError> {
        let new = match &self.options {
            Some(options) => options.elsewhere().private(OPERATION, len)?,
            None => MapOptions::new().private(OPERATION, len)?,
        };
        let (from, to) = (self.region.start(), new.region.start());
        // SAFETY: the new memory is longer and apart from the old one, which is for reading.
        unsafe { to.copy_from_nonoverlapping(from, self.region.len()) };
        *self = new;
        Ok(())
    }
}
