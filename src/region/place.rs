//! Where a region comes to lie: placement, alignment, guard pages, huge pages.

use core::mem;
use std::{format, string::String};

use super::{Region, refused};
use crate::{
    MapError, Reservation, Result,
    errno::Errno,
    options::Placement,
    os::{self, Backing, Failed, Place, Protection, Request},
    reservation::Part,
};

/// Memory to be mapped.
#[derive(Clone, Debug)]
pub(crate) struct Layout<'a> {
    pub(crate) len: usize,
    pub(crate) backing: Backing<'a>,
    pub(crate) protection: Protection,
    pub(crate) placement: &'a Placement,
    /// More than the placement asks for: a power of two.
    pub(crate) align: usize,
    /// The size of the pages: the system's, of explicit huge ones, or of those of the file.
    pub(crate) granule: usize,
    /// Guard pages before and after.
    pub(crate) guards: (usize, usize),
    pub(crate) commit: bool,
    /// If forked children do not get it: the process that does.
    pub(crate) owner: Option<u32>,
    /// How many bytes of its place in a reservation, from the start on, are the caller's already.
    pub(crate) own: usize,
}

impl<'a> Layout<'a> {
    /// Private anonymous memory to read and write, so far none.
    pub(crate) fn new(placement: &'a Placement, granule: usize) -> Self {
        let (backing, protection) = (Backing::Private, Protection::ReadWrite);
        let (align, guards, commit, owner) = (1, (0, 0), true, None);
        let (len, own) = (0, 0);
        Self { len, backing, protection, placement, align, granule, guards, commit, owner, own }
    }

    fn alignment(&self) -> usize {
        let asked = match self.placement {
            Placement::Aligned(align) | Placement::FirstFit(_, align) => *align,
            _ => 1,
        };
        asked.max(self.align).max(self.granule)
    }

    /// From the start of the first page to what is asked for.
    fn skew(&self) -> usize {
        match self.backing {
            Backing::Private | Backing::Shared => 0,
            Backing::File(_, offset) | Backing::Copy(_, offset) => {
                (offset % self.granule as u64) as usize
            }
        }
    }

    /// From a multiple of the alignment to the start of the first page: a page of a file is in a huge
    /// page at the place that it has in the file.
    fn phase(&self) -> usize {
        let align = self.alignment();
        match self.backing {
            Backing::File(_, offset) | Backing::Copy(_, offset) if align == self.align => {
                (offset % align as u64) as usize - self.skew()
            }
            _ => 0,
        }
    }

    /// What is mapped: from the start of a page on.
    fn request(&self, place: Place, body: usize) -> Request<'a> {
        let skew = self.skew() as u64;
        let (backing, huge) = match self.backing {
            Backing::File(file, offset) => (Backing::File(file, offset - skew), None),
            Backing::Copy(file, offset) => (Backing::Copy(file, offset - skew), None),
            anonymous => (anonymous, (self.granule != os::page_size()).then_some(self.granule)),
        };
        // Pages that are not promised might not be there when they are touched.
        let commit = self.commit || huge.is_some();
        Request { place, len: body, protection: self.protection, backing, huge, commit }
    }

    fn check(&self, operation: &'static str) -> Result<(), MapError> {
        let granule = self.granule;
        match self.placement {
            Placement::Aligned(align) | Placement::FirstFit(_, align)
                if !align.is_power_of_two() =>
            {
                let rule = format!("the alignment {align} is not a power of two");
                Err(MapError::rule(operation, rule))
            }
            Placement::At(address) if address.get() == 0 => {
                Err(MapError::rule(operation, "nothing is mapped at address 0"))
            }
            Placement::At(address) if address.get() % granule != 0 => {
                let rule = format!(
                    "address {:#x} is not a multiple of the page size {granule}",
                    address.get()
                );
                Err(MapError::rule(operation, rule))
            }
            _ => Ok(()),
        }
    }

    /// Lengths of the guards before, the body, the guards after, and what aligning may take.
    fn sizes(&self) -> Option<(usize, usize, usize, usize)> {
        let page = os::page_size();
        let before = self.guards.0.checked_mul(page)?;
        let body = self.skew().checked_add(self.len)?.checked_next_multiple_of(self.granule)?;
        let after = self.guards.1.checked_mul(page)?;
        let slack = match self.placement {
            Placement::At(_) | Placement::Within(..) | Placement::FirstFit(..) => 0,
            _ => self.alignment() - page,
        };
        let all = before.checked_add(body)?.checked_add(after)?.checked_add(slack)?;
        isize::try_from(all).ok()?;
        Some((before, body, after, slack))
    }

    /// What is wrong with [`sizes`](Self::sizes) that there are not.
    fn too_long(&self) -> String {
        let len = self.len;
        let alone = Layout { guards: (0, 0), placement: &Placement::Anywhere, ..self.clone() };
        if alone.sizes().is_some() {
            format!("guard pages and alignment leave no room for {len} bytes")
        } else {
            format!("{len} bytes are more than a slice can have")
        }
    }
}

impl Region {
    /// Maps memory.
    pub(crate) fn map(operation: &'static str, layout: &Layout<'_>) -> Result<Self, MapError> {
        layout.check(operation)?;
        let Some((before, body, after, slack)) = layout.sizes() else {
            return Err(MapError::rule(operation, layout.too_long()));
        };
        if layout.len == 0 {
            return Ok(Self::empty(layout.granule));
        }
        let sizes = (before, body, after);
        let aligned = layout.alignment() <= layout.granule;
        let made = match layout.placement {
            Placement::Within(home, offset) => {
                let at = Self::taken(operation, layout, home, *offset, sizes)?;
                Self::at_home(layout, home, at, sizes)
            }
            Placement::FirstFit(home, _) => {
                let at = Self::fitting(operation, layout, home, sizes)?;
                Self::at_home(layout, home, at, sizes)
            }
            _ if before == 0 && after == 0 && aligned => Self::plain(layout, body),
            _ => Self::fitted(layout, before, body, after, slack),
        };
        let mut region = made.map_err(|errno| layout.refused(operation, errno, body))?;
        region.begin(before + layout.skew());
        (region.len, region.after, region.owner) = (layout.len, after, layout.owner);
        Ok(region)
    }

    /// Private memory of the system's pages, as the system places it: the short way to it.
    ///
    /// `len` is neither 0 nor large. `None` where the long way is to say why not.
    pub(crate) fn private(len: usize) -> Option<Self> {
        let page = os::page_size();
        // A page is a power of two.
        let mapped = (len + (page - 1)) & !(page - 1);
        let mut region = Self::of_pages(os::map_private(mapped).ok()?, mapped, page).ok()?;
        region.len = len;
        Some(region)
    }

    /// A file of the system's pages, from the start of one on, as the system places it: the short
    /// way to it.
    ///
    /// `len` is not 0. `None` where the long way is to say why not.
    pub(crate) fn of_file(
        backing: Backing<'_>,
        protection: Protection,
        len: usize,
    ) -> Option<Self> {
        let page = os::page_size();
        let mapped = len.checked_next_multiple_of(page)?;
        isize::try_from(mapped).ok()?;
        let (place, huge, commit) = (Place::Anywhere, None, true);
        let request = Request { place, len: mapped, protection, backing, huge, commit };
        let mut region = Self::mapped_at(&request, page).ok()?;
        region.len = len;
        Some(region)
    }

    /// As the system places it.
    fn plain(layout: &Layout<'_>, body: usize) -> Result<Self> {
        let place = match *layout.placement {
            Placement::Near(address) => Place::Near(address),
            Placement::At(address) => Place::Free(address.get()),
            _ => Place::Anywhere,
        };
        Self::mapped_at(&layout.request(place, body), layout.granule)
    }

    /// Maps more than is needed and cuts what is not.
    fn fitted(
        layout: &Layout<'_>,
        before: usize,
        body: usize,
        after: usize,
        slack: usize,
    ) -> Result<Self> {
        let place = match *layout.placement {
            Placement::Near(address) => Place::Near(address.saturating_sub(before)),
            Placement::At(address) => Place::Free(
                address.get().checked_sub(before).filter(|at| *at != 0).ok_or(Errno::ENOMEM)?,
            ),
            _ => Place::Anywhere,
        };
        let len = before + body + after + slack;
        let request = layout.request(place, len);
        // Private memory without guards is what it is to be at once; else it is opened later.
        let at_once = before == 0 && after == 0 && request.is_plain();
        let align = if slack == 0 { 1 } else { layout.alignment() };
        // Of this length Linux 6.7 aligns memory for huge pages by itself, and what is mapped next
        // to aligned memory is aligned: then there is nothing to cut.
        if at_once && slack != 0 && body % align == 0 && matches!(place, Place::Anywhere) {
            let region = Self::mapped_at(&layout.request(place, body), layout.granule)?;
            if region.base().addr() % align == 0 {
                return Ok(region);
            }
        }
        let request = if at_once { request } else { os::inaccessible(place, len) };
        let mut region = Self::mapped_at(&request, layout.granule)?;
        region.cut_to(before, body + after, align, layout.phase())?;
        if !at_once {
            region.open(layout, before, body, after)?;
        }
        Ok(region)
    }

    /// Inaccessible pages, of which those for the body begin at a multiple of `align`.
    pub(super) fn inaccessible(
        before: usize,
        body: usize,
        after: usize,
        align: usize,
        granule: usize,
    ) -> Result<Self> {
        let slack = align - os::page_size();
        let all = [body, after, slack].iter().try_fold(before, |sum, len| sum.checked_add(*len));
        let all = all.filter(|all| isize::try_from(*all).is_ok()).ok_or(Errno::ENOMEM)?;
        let mut region = Self::mapped_at(&os::inaccessible(Place::Anywhere, all), granule)?;
        region.cut_to(before, body + after, align, 0)?;
        Ok(region)
    }

    fn mapped_at(request: &Request<'_>, granule: usize) -> Result<Self> {
        // SAFETY: nothing is replaced, and an exact address has been vouched for.
        let base = unsafe { os::map(request) }?;
        Self::of_pages(base, request.len, granule)
    }

    /// Takes a place in a reservation: its offset, and how much of it is guarded.
    fn taken(
        operation: &'static str,
        layout: &Layout<'_>,
        home: &Reservation,
        offset: usize,
        (before, body, after): (usize, usize, usize),
    ) -> Result<(usize, usize), MapError> {
        let place = home.as_ptr().wrapping_add(offset);
        if place.addr() % layout.granule != 0 {
            let (address, align) = (place.addr(), layout.granule);
            let rule =
                format!("offset {offset}, address {address:#x}, is not a multiple of {align}");
            return Err(MapError::rule(operation, rule));
        }
        let Some(first) = offset.checked_sub(before) else {
            let rule =
                format!("there is no room for {before} bytes of guard pages before {offset}");
            return Err(MapError::rule(operation, rule));
        };
        let len = before + body + after;
        let guarded = home.take(operation, first, (layout.own, len), layout.part())?;
        Ok((first, guarded))
    }

    /// Takes the first place in a reservation that fits: its offset, and how much is guarded.
    fn fitting(
        operation: &'static str,
        layout: &Layout<'_>,
        home: &Reservation,
        (before, body, after): (usize, usize, usize),
    ) -> Result<(usize, usize), MapError> {
        let first = home.as_ptr().addr();
        let aligned = |offset: usize| {
            let address = first.checked_add(offset)?.checked_add(before)?;
            let ahead = layout.phase().wrapping_sub(address) & (layout.alignment() - 1);
            offset.checked_add(ahead)
        };
        home.take_first(operation, before + body + after, aligned, layout.part())
    }

    /// In a reservation, at a place that is taken for it.
    fn at_home(
        layout: &Layout<'_>,
        home: &Reservation,
        (offset, guarded): (usize, usize),
        (before, body, after): (usize, usize, usize),
    ) -> Result<Self> {
        let (region, len) = (home.region(), before + body + after);
        let base = region.start.map_addr(|start| start.saturating_add(offset));
        let mut piece = Self::nothing(base, layout.granule);
        (piece.mapped, piece.origin, piece.home) = (len, region.origin, Some(home.clone()));
        let start = base.as_ptr();
        let is_plain = layout.request(Place::Over(start), body).is_plain()
            && layout.protection == Protection::ReadWrite;
        // SAFETY: the pages are the piece's own, and nothing uses them.
        let opened = guarded != 0 && is_plain && unsafe { os::unguard(start, len) }.is_ok();
        if guarded != 0 && !opened {
            // SAFETY: as above.
            unsafe { os::map(&os::inaccessible(Place::Over(start), len)) }?;
        }
        if opened && guarded == len {
            piece.fence(before, body, after)?;
        } else if layout.protection != Protection::None {
            piece.open(layout, before, body, after)?;
        }
        Ok(piece)
    }

    /// Keeps `before` bytes, then what begins at the first multiple of `align` that leaves room for
    /// them, for `rest` bytes.
    fn cut_to(&mut self, before: usize, rest: usize, align: usize, phase: usize) -> Result<()> {
        let body = self.base().addr() + before;
        let (head, keep) = (phase.wrapping_sub(body) & (align - 1), before + rest);
        if head != 0 {
            // SAFETY: the pages are the region's own, and nothing uses them.
            unsafe { os::unmap(self.base(), head) }?;
            self.start = self.start.map_addr(|start| start.saturating_add(head));
            self.mapped -= head;
        }
        let tail = mem::replace(&mut self.mapped, keep) - keep;
        if tail != 0 {
            let end = self.base().wrapping_add(keep);
            // SAFETY: as above.
            let cut = unsafe { os::unmap(end, tail) };
            return cut.inspect_err(|_| self.mapped += tail);
        }
        Ok(())
    }

    /// Makes inaccessible pages what they shall be.
    ///
    /// Private memory is made accessible as a whole, then its guards are not: where those need no
    /// mapping of their own, one mapping is all there is.
    fn open(
        &mut self,
        layout: &Layout<'_>,
        before: usize,
        body: usize,
        after: usize,
    ) -> Result<()> {
        let base = self.base();
        let start = base.wrapping_add(before);
        let request = layout.request(Place::Over(start), body);
        if !request.is_plain() {
            return self.replace(start, &request);
        }
        let len = before + body + after;
        // SAFETY: the pages there are the region's own, and nothing uses them.
        let opened = unsafe { os::protect(base, len, layout.protection) };
        if let Err(errno) = opened {
            // The first pages may be accessible now.
            // SAFETY: as above.
            if unsafe { os::protect(base, len, Protection::None) }.is_ok() {
                self.put_back();
            }
            return Err(errno);
        }
        self.fence(before, body, after)
    }

    /// Makes guards of pages around the body.
    fn fence(&mut self, before: usize, body: usize, after: usize) -> Result<()> {
        let base = self.base();
        for (start, len) in [(base, before), (base.wrapping_add(before + body), after)] {
            if len != 0 {
                // SAFETY: the pages are the region's own, and nothing uses them.
                unsafe { os::guard(start, len) }?;
            }
        }
        Ok(())
    }

    /// Maps something else in place of pages of its own.
    fn replace(&mut self, start: *mut u8, request: &Request<'_>) -> Result<()> {
        // SAFETY: the pages are the region's own, and nothing uses them.
        match unsafe { os::replace(start, request) } {
            Ok(()) => Ok(()),
            Err(Failed { errno, lost }) => {
                if lost {
                    self.lose(start, request.len);
                } else {
                    self.put_back();
                }
                Err(errno)
            }
        }
    }

    /// Gives a place back that is inaccessible and was never used, which no system can refuse.
    fn put_back(&mut self) {
        if let Some(home) = &self.home {
            home.put_back(self.base(), self.mapped);
            self.disown();
        }
    }

    /// Gives everything back but these pages, in whose place others may have mapped something.
    fn lose(&mut self, start: *mut u8, len: usize) {
        let base = self.base();
        let before = start.addr() - base.addr();
        let end = start.wrapping_add(len);
        if let Some(home) = &self.home {
            home.lose(start, len);
        }
        for (rest, len) in [(base, before), (end, self.mapped - before - len)] {
            if len != 0 {
                // SAFETY: these are the region's own, and nothing uses them.
                let _ = unsafe { self.free(rest, len) };
            }
        }
        self.disown();
    }
}

impl Layout<'_> {
    fn part(&self) -> Part {
        self.owner.map_or(Part::Owned, Part::Only)
    }
}

/// Why explicit huge pages were refused.
pub(crate) fn no_huge_pages(
    operation: &'static str,
    errno: Errno,
    size: usize,
    len: usize,
) -> MapError {
    let words = os::in_words(size as u64);
    let need = len / size;
    match os::huge_pool(size) {
        _ if errno == Errno::EEXIST => {
            MapError::because(operation, errno, "something is mapped there")
        }
        None => {
            MapError::unsupported(operation, format!("no huge pages of {words} on this machine"))
        }
        Some(pool) if pool.free == 0 => {
            let why = format!("no {words} huge pages free: 0 of {}", pool.total);
            MapError::because(operation, errno, why)
        }
        Some(pool) if pool.free < need => {
            let (free, total) = (pool.free, pool.total);
            let why = format!("{need} huge pages of {words} needed, free: {free} of {total}");
            MapError::because(operation, errno, why)
        }
        Some(_) => refused(operation, errno, len),
    }
}
