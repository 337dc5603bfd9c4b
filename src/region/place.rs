//! Where a region comes to lie: placement, alignment, guard pages, huge pages.

use core::mem;
use std::format;

use super::{Region, refused};
use crate::{
    MapError, Result,
    errno::Errno,
    options::Placement,
    os::{self, Place, Protection, Request},
};

/// Private anonymous memory to be mapped.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) len: usize,
    pub(crate) placement: Placement,
    /// More than the placement asks for: a power of two.
    pub(crate) align: usize,
    /// The size of explicit huge pages.
    pub(crate) huge: Option<usize>,
    /// Guard pages before and after.
    pub(crate) guards: (usize, usize),
    pub(crate) commit: bool,
}

impl Layout {
    fn granule(&self) -> usize {
        self.huge.unwrap_or(os::page_size())
    }

    fn alignment(&self) -> usize {
        let asked = if let Placement::Aligned(align) = self.placement { align } else { 1 };
        asked.max(self.align).max(self.granule())
    }

    fn check(&self, operation: &'static str) -> Result<(), MapError> {
        let granule = self.granule();
        match self.placement {
            Placement::Aligned(align) if !align.is_power_of_two() => {
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
        let body = self.len.checked_next_multiple_of(self.granule())?;
        let after = self.guards.1.checked_mul(page)?;
        let slack = match self.placement {
            Placement::At(_) => 0,
            _ => self.alignment() - page,
        };
        let all = before.checked_add(body)?.checked_add(after)?.checked_add(slack)?;
        isize::try_from(all).ok()?;
        Some((before, body, after, slack))
    }
}

impl Region {
    /// Maps private anonymous memory, for reading and writing.
    pub(crate) fn anonymous(operation: &'static str, layout: &Layout) -> Result<Self, MapError> {
        layout.check(operation)?;
        let granule = layout.granule();
        let Some((before, body, after, slack)) = layout.sizes() else {
            let rule = format!("{} bytes are more than a slice can have", layout.len);
            return Err(MapError::rule(operation, rule));
        };
        if layout.len == 0 {
            return Ok(Self::empty(granule));
        }
        let aligned = layout.alignment() <= granule;
        let region = if before == 0 && after == 0 && aligned {
            Self::plain(layout, body)
        } else {
            Self::fitted(layout, before, body, after, slack)
        };
        let mut region = region.map_err(|errno| layout.refused(operation, errno, body))?;
        (region.before, region.len) = (before, layout.len);
        Ok(region)
    }

    /// As the system places it.
    fn plain(layout: &Layout, body: usize) -> Result<Self> {
        let place = match layout.placement {
            Placement::Anywhere | Placement::Aligned(_) => Place::Anywhere,
            Placement::Near(address) => Place::Near(address),
            Placement::At(address) => Place::Free(address.get()),
        };
        let request = Request {
            place,
            len: body,
            protection: Protection::ReadWrite,
            huge: layout.huge,
            // Pages that are not promised might not be there when they are touched.
            commit: layout.commit || layout.huge.is_some(),
        };
        // SAFETY: nothing is replaced, and an exact address has been vouched for.
        let base = unsafe { os::map(&request) }?;
        Self::of_pages(base, body, layout.granule())
    }

    /// Maps more than is needed, inaccessible, and cuts what is not; then opens the body.
    fn fitted(
        layout: &Layout,
        before: usize,
        body: usize,
        after: usize,
        slack: usize,
    ) -> Result<Self> {
        let place = match layout.placement {
            Placement::Anywhere | Placement::Aligned(_) => Place::Anywhere,
            Placement::Near(address) => Place::Near(address.saturating_sub(before)),
            Placement::At(address) => Place::Free(
                address.get().checked_sub(before).filter(|at| *at != 0).ok_or(Errno::ENOMEM)?,
            ),
        };
        let len = before + body + after + slack;
        let commit = layout.commit || layout.huge.is_some();
        let request = Request { place, len, protection: Protection::None, huge: None, commit };
        // SAFETY: nothing is replaced, and an exact address has been vouched for.
        let base = unsafe { os::map(&request) }?;
        let mut region = Self::of_pages(base, len, layout.granule())?;
        let view = base.addr() + before;
        let head = view.next_multiple_of(layout.alignment()) - view;
        region.cut(if slack == 0 { 0 } else { head }, before + body + after)?;
        let start = region.base.as_ptr().wrapping_add(before);
        if layout.huge.is_some() {
            let protection = Protection::ReadWrite;
            let place = Place::Over(start);
            let request = Request { place, len: body, protection, huge: layout.huge, commit };
            // SAFETY: the pages there are the region's own, and nothing uses them.
            unsafe { os::map(&request) }?;
        } else {
            region.open(before, body, after)?;
        }
        Ok(region)
    }

    /// Keeps `keep` bytes from `head` on.
    fn cut(&mut self, head: usize, keep: usize) -> Result<()> {
        if head != 0 {
            // SAFETY: the pages are the region's own, and nothing uses them.
            unsafe { os::unmap(self.base.as_ptr(), head) }?;
            self.base = self.base.map_addr(|base| base.saturating_add(head));
            self.mapped -= head;
        }
        let tail = mem::replace(&mut self.mapped, keep) - keep;
        if tail != 0 {
            let end = self.base.as_ptr().wrapping_add(keep);
            // SAFETY: as above.
            let cut = unsafe { os::unmap(end, tail) };
            return cut.inspect_err(|_| self.mapped += tail);
        }
        Ok(())
    }

    /// Makes all accessible, then the guards not: where those need no mapping of their own, one
    /// mapping is all there is.
    fn open(&mut self, before: usize, body: usize, after: usize) -> Result<()> {
        let base = self.base.as_ptr();
        // SAFETY: the pages are the region's own, and nothing uses them.
        unsafe { os::protect(base, before + body + after, Protection::ReadWrite) }?;
        for (start, len) in [(base, before), (base.wrapping_add(before + body), after)] {
            if len != 0 {
                // SAFETY: as above.
                unsafe { os::guard(start, len) }?;
            }
        }
        Ok(())
    }
}

impl Layout {
    fn refused(&self, operation: &'static str, errno: Errno, body: usize) -> MapError {
        if let Some(size) = self.huge {
            return no_huge_pages(operation, errno, size, body);
        }
        match errno {
            Errno::EEXIST => MapError::because(operation, errno, "something is mapped there"),
            Errno::ENOSYS if !self.commit => {
                MapError::unsupported(operation, "this system accounts for all memory")
            }
            _ => refused(operation, errno, body),
        }
    }
}

/// Why explicit huge pages were refused.
fn no_huge_pages(operation: &'static str, errno: Errno, size: usize, len: usize) -> MapError {
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
