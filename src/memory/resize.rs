//! How memory changes its length: in place, by moving its pages, or by copying.

use core::{mem, ops::Range};
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
        self.check_len(len)?;
        self.locks.clear();
        if len == old {
            return Ok(());
        }
        if len < old {
            // Guard pages would come to lie where explicit huge pages are.
            if len != 0 && self.region.is_guarded() && self.region.granule() != os::page_size() {
                if self.region.home().is_some() {
                    let rule = "huge pages between guard pages keep their length in a reservation";
                    return Err(MapError::rule(OPERATION, rule));
                }
                return self.copy_elsewhere(len);
            }
            return self.shrink(len);
        }
        if self.region.has_room(len) {
            // SAFETY: the memory is for reading and writing, and the pages are there.
            unsafe { self.region.fill_up(len) };
            return Ok(());
        }
        let stepped = self.options.as_ref().map_or(len, |options| options.stepped(len));
        if stepped != len && self.check_len(stepped).is_ok() && self.lengthen(stepped).is_ok() {
            self.region.stand_back(len);
            return Ok(());
        }
        self.lengthen(len)
    }

    /// Makes it longer than its pages.
    fn lengthen(&mut self, len: usize) -> Result<(), MapError> {
        if let Some(home) = self.region.home().cloned() {
            return self.grow_at(home, len);
        }
        if self.region.len() != 0 && self.grow(len)? {
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
        self.check_len(len)
    }

    fn check_len(&self, len: usize) -> Result<(), MapError> {
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
        self.options = self.options_at(0);
        self.note_guards();
        let empty = Region::empty(self.region.granule());
        let region = mem::replace(&mut self.region, empty);
        region.unmap().map_err(|(region, errno)| {
            self.region = region;
            refused(OPERATION, errno, 0)
        })
    }

    /// Notes which guard pages there are, for what is made in place of the memory.
    pub(super) fn note_guards(&mut self) {
        let (before, after) = self.region.guards();
        let is_news = self.region.is_guarded() || self.options.is_some();
        if is_news && self.region.len() != 0 {
            let (before, after) = (before / os::page_size(), after / os::page_size());
            self.options.get_or_insert_default().guard_pages(before, after);
        }
    }

    /// In place or by moving pages; `false` if the contents have to be copied.
    fn grow(&mut self, len: usize) -> Result<bool, MapError> {
        let old = self.region.len();
        let usual = MapOptions::new();
        let options = self.options.as_deref().unwrap_or(&usual);
        // SAFETY: the memory is for reading and writing.
        let grown = unsafe { self.region.grow(len, options.alignment(len)) };
        let grown = grown.map_err(|errno| self.no_more(errno, len - old))?;
        if !grown {
            return Ok(false);
        }
        options.has_grown(&self.region, old);
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
        let room = self.region.room();
        let end = self.region.start().addr() + room - home.as_ptr().addr();
        let (_, after) = self.region.guards();
        let (guards, part) = (end..end + after, self.region.part());
        // Nobody else gets their place, should there be none for what is to come.
        home.keep(guards.clone(), part);
        let rest = self.made_behind(&home, guards.clone(), len - room);
        let kept = home.keep_no_longer(&guards, part);
        let rest = rest.inspect_err(|_| {
            if kept && !self.region.is_guarded_behind() {
                self.region.add_guards(after);
            }
        })?;
        // SAFETY: the memory is for reading and writing, and the pages are there.
        unsafe { self.region.fill_up(room) };
        self.region.join(rest.region).map_err(|(_, why)| MapError::rule(OPERATION, why))
    }

    /// Makes what comes in place of the guard pages behind it, which it gives up.
    fn made_behind(
        &mut self,
        home: &Reservation,
        guards: Range<usize>,
        len: usize,
    ) -> Result<Self, MapError> {
        let left = self.region.leave_guards();
        left.map_err(|errno| refused(OPERATION, errno, 0))?;
        let options = self.options.as_deref().cloned().unwrap_or_default();
        let mut options = options.behind(self.region.granule(), guards.len());
        options.placement(Placement::Within(home.clone(), guards.start));
        options.guard_pages(0, guards.len() / os::page_size());
        options.private(OPERATION, len)
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
        self.note_guards();
        let new = match &self.options {
            Some(options) => options.elsewhere().private(OPERATION, len)?,
            None => MapOptions::new().private(OPERATION, len)?,
        };
        let (from, to) = (self.region.start(), new.region.start());
        let stays = self.region.len().min(len);
        // SAFETY: both have as many bytes, are apart, and the old one is for reading.
        unsafe { to.copy_from_nonoverlapping(from, stays) };
        *self = new;
        Ok(())
    }
}
