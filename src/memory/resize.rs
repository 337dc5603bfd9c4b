//! How memory changes its length: in place, by moving its pages, or by copying.

use core::mem;

use super::Memory;
use crate::{
    MapError, MapOptions, Placement, Reservation, Result, os,
    region::{Region, refused},
};

const OPERATION: &str = "resize";

impl Memory {
    /// Changes the length of private anonymous memory that is for reading and writing.
    pub(crate) fn resize(&mut self, len: usize) -> Result<(), MapError> {
        let old = self.region.len();
        if self.region.is_guarded() {
            return Err(MapError::rule(OPERATION, "memory with guard pages keeps its length"));
        }
        if isize::try_from(len).is_err() {
            return Err(MapError::rule(OPERATION, "more bytes than a slice can have"));
        }
        self.locks.clear();
        if len == 0 {
            return self.empty();
        }
        if len <= old {
            return self.region.shrink(len).map_err(|errno| refused(OPERATION, errno, 0));
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
        let grown = grown.map_err(|errno| match os::lock_shortage(len - old) {
            Some(why) if self.locks.for_life => MapError::because(OPERATION, errno, why),
            _ => refused(OPERATION, errno, len - old),
        })?;
        let (true, Some(options)) = (grown, &self.options) else { return Ok(grown) };
        let done = options.fault_in(OPERATION, &self.region, old);
        done.inspect_err(|_| {
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
