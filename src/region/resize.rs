//! How a region grows, shrinks, is parted and put together.

use core::{mem, sync::atomic::AtomicBool};

use super::{Region, Span};
use crate::{
    Result,
    errno::Errno,
    os::{self, Moved, Protection},
};

impl Region {
    /// Gives the pages from `len` on back, what is ahead too; guard pages come to lie behind what
    /// stays.
    ///
    /// `len` is not 0. The pages are for reading and writing, and where there are guard pages, they
    /// are of the system's size.
    pub(crate) fn shrink(&mut self, len: usize) -> Result<()> {
        let keep = (self.skew() + len).next_multiple_of(self.granule);
        let gone = self.room().saturating_sub(keep);
        if gone != 0 {
            let (_, after) = self.guards();
            let guards = Span { start: self.first_page().wrapping_add(keep), len: after.min(gone) };
            // What they hold is kept until all is done.
            // SAFETY: the pages are this value's own, and borrowed for change.
            let cut = unsafe { guards.protect(Protection::None) }.and_then(|()| {
                let end = guards.start.wrapping_add(after);
                // SAFETY: as above.
                unsafe { self.free(end, gone) }
            });
            if let Err(errno) = cut {
                // SAFETY: as above.
                let undone = unsafe { guards.protect(Protection::ReadWrite) };
                if undone.is_err()
                    && !self.permits(&(0..keep + gone - self.skew()), Protection::ReadWrite)
                {
                    // Nobody is to reach them, nor to grow over them.
                    self.len = self.len.min(len);
                    self.after += gone;
                }
                return Err(errno);
            }
            // SAFETY: as above; nobody can access them any more.
            unsafe { guards.give_up() };
            self.mapped -= gone;
        }
        self.len = self.len.min(len);
        Ok(())
    }

    /// Grows to `len`, at a multiple of `align` if it has to move; `false` where the caller has to
    /// copy.
    ///
    /// The length is not 0, it starts where its first page does, and is in no reservation.
    ///
    /// # Safety
    ///
    /// - The last page is for reading and writing.
    pub(crate) unsafe fn grow(&mut self, len: usize, align: usize) -> Result<bool> {
        let (old, new) = (self.room(), len.next_multiple_of(self.granule));
        if new > old {
            let may_move = !self.is_guarded() && align <= self.granule;
            // SAFETY: the pages are this value's own, and borrowed for change.
            match unsafe { os::grow(self.start(), old, new, may_move) } {
                Ok(Some(moved)) => self.now_at(moved, new - old)?,
                Ok(None) => return Ok(false),
                // There is no room behind it.
                Err(Errno::ENOMEM) if !may_move => {
                    if !self.relocate(new, align)? {
                        return Ok(false);
                    }
                }
                Err(errno) => return Err(errno),
            }
        }
        // SAFETY: the caller's promise; the pages are there.
        unsafe { self.fill_up(len) };
        Ok(true)
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
        let moved = unsafe { os::grow(self.first_page(), self.mapped, mapped, true) }?;
        let Some(moved) = moved else { return Ok(false) };
        let mut new = Self::of_pages(moved, mapped, self.granule)?;
        new.begin(skew);
        self.move_to(new);
        Ok(true)
    }

    /// The pages have become `more`, and begin at `start`. They are another allocation.
    fn now_at(&mut self, start: *mut u8, more: usize) -> Result<()> {
        let (before, _) = self.guards();
        let base = start.wrapping_sub(before);
        let mut new = Self::of_pages(base, self.mapped + more, self.granule)?;
        new.begin(before);
        new.after = self.after;
        self.move_to(new);
        Ok(())
    }

    /// What this value owned is the new one's.
    fn move_to(&mut self, mut new: Self) {
        (new.len, new.owner) = (self.len, self.owner);
        *new.marked.get_mut() = *self.marked.get_mut();
        mem::forget(mem::replace(self, new));
    }

    /// Moves the pages, to become `new` bytes of them, between guard pages like those it has.
    fn relocate(&mut self, new: usize, align: usize) -> Result<bool> {
        let (before, after) = self.guards();
        let align = align.max(self.granule);
        let mut place = Self::inaccessible(before, new, after, align, self.granule)?;
        let body = place.base().wrapping_add(before);
        // A limit for what is new is met here, where nothing has happened yet.
        let old = self.room();
        let more = body.wrapping_add(old);
        // SAFETY: the pages are this function's own, and nothing uses them.
        unsafe { os::protect(more, new - old, Protection::ReadWrite) }?;
        // SAFETY: both ranges are this function's own, and nothing uses them.
        let errno = match unsafe { os::grow_onto(self.start(), old, new, body) } {
            Moved::There => {
                place.begin(before);
                place.after = after;
                (place.len, place.owner) = (self.len, self.owner);
                *place.marked.get_mut() = *self.marked.get_mut();
                mem::replace(self, place).abandon_guards();
                return Ok(true);
            }
            Moved::Stayed(errno) => errno,
            Moved::Lost(errno) => {
                // Nobody knows whose it is: the addresses leak.
                mem::forget(place);
                errno
            }
        };
        if matches!(errno, Errno::EFAULT | Errno::EINVAL | Errno::ENOSYS) {
            return Ok(false);
        }
        Err(errno)
    }

    /// Unmaps the guard pages, between which nothing is any more.
    fn abandon_guards(self) {
        let ((before, after), end) = (self.guards(), self.start().wrapping_add(self.room()));
        for (start, len) in [(self.base(), before), (end, after)] {
            if len != 0 {
                // SAFETY: the pages are this value's own, and nothing uses them. That it failed
                // leaks address space and no more.
                let _ = unsafe { os::unmap(start, len) };
            }
        }
        mem::forget(self);
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

    /// Gives up what is behind `len`, all zeros, but keeps its pages.
    pub(crate) fn stand_back(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Whether the pages for `len` are there.
    pub(crate) fn has_room(&self, len: usize) -> bool {
        len <= self.room() - self.skew()
    }

    /// Grows within the pages that are there, and changes no contents.
    pub(crate) fn show(&mut self, len: usize) {
        self.len = len;
    }

    /// Leaves the guard pages behind the memory to the reservation that it lies in.
    pub(crate) fn leave_guards(&mut self) -> Result<()> {
        let (_, after) = self.guards();
        if after != 0 {
            let end = self.start().wrapping_add(self.room());
            // SAFETY: the pages are this value's own, and nothing uses them.
            unsafe { self.free(end, after) }?;
            self.mapped -= after;
            self.after = 0;
        }
        Ok(())
    }

    /// Whether there are guard pages behind the memory.
    pub(crate) fn is_guarded_behind(&self) -> bool {
        self.after != 0
    }

    /// Makes pages that it was given behind its end guard pages.
    pub(crate) fn add_guards(&mut self, after: usize) {
        self.mapped += after;
        self.after += after;
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
            start: self.start.map_addr(|start| start.saturating_add(at)),
            mapped: self.mapped - head,
            offset: 0,
            len: self.len - at,
            after: self.after,
            granule,
            origin: self.origin,
            owner: self.owner,
            home: self.home.clone(),
            marked: AtomicBool::new(*self.marked.get_mut()),
        };
        (self.mapped, self.len, self.after) = (head, at, 0);
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
        let end = self.base().wrapping_add(self.mapped);
        // Memory of a reservation, and of another one within it, has the same origin.
        let together = match (&self.home, &tail.home) {
            (Some(one), Some(other)) => one.is(other),
            (None, None) => self.origin == tail.origin,
            _ => false,
        };
        if !together {
            return Err((tail, "they are not parts of one mapping"));
        }
        let full = self.offset + self.len == self.mapped;
        if end != tail.base() || !full || tail.offset != 0 {
            return Err((tail, "the second does not begin where the first ends"));
        }
        if (self.granule, self.owner) != (tail.granule, tail.owner) {
            return Err((tail, "they are not of the same kind"));
        }
        self.mapped += tail.mapped;
        self.len += tail.len;
        self.after = tail.after;
        *self.marked.get_mut() |= *tail.marked.get_mut();
        tail.disown();
        Ok(())
    }
}

impl Span {
    /// Changes what may be done with pages, if there are any.
    ///
    /// # Safety
    ///
    /// - They are the caller's, and nothing refers to them.
    unsafe fn protect(self, protection: Protection) -> Result<()> {
        if self.len == 0 {
            return Ok(());
        }
        // SAFETY: the caller's promise.
        unsafe { os::protect(self.start, self.len, protection) }
    }

    /// Gives the memory of pages back, if there are any and the system can.
    ///
    /// # Safety
    ///
    /// - As `protect`.
    unsafe fn give_up(self) {
        if self.len != 0 {
            let _ = os::unlock(self.start, self.len);
            // SAFETY: the caller's promise.
            let _ = unsafe { os::discard(self.start, self.len) };
        }
    }
}
