//! Locks on pages: kept in memory while a guard lives.

use core::{
    fmt,
    marker::PhantomData,
    ops::{Deref, DerefMut, Range, RangeBounds},
    slice,
};
use std::sync::{Mutex, PoisonError};
use std::vec::Vec;

use crate::{
    MapError, Result,
    errno::Errno,
    memory::Memory,
    os,
    region::{Region, Span, refused},
};

/// The pages that guards keep locked, each range as often as there are guards over it.
///
/// Most systems' locks do not nest: one `munlock` undoes many `mlock`s. So a page is unlocked only
/// when the last range that holds it goes. The range of a forgotten guard stays. Where locks add up
/// (`os::LOCKS_ADD_UP`), each guard undoes its own.
pub(crate) struct Locks {
    held: Mutex<Vec<Range<usize>>>,
    /// Locked as a whole when it was made, for as long as it is mapped.
    pub(crate) for_life: bool,
}

impl Locks {
    pub(crate) const fn new(for_life: bool) -> Self {
        Self { held: Mutex::new(Vec::new()), for_life }
    }

    /// Forgets the guards that were forgotten, where pages change hands or places.
    pub(crate) fn clear(&mut self) {
        self.held.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn unlock_uncovered(&self, region: &Region, range: &Range<usize>, held: &[Range<usize>]) {
        if !self.for_life {
            unlock(region, uncovered(range, held));
        }
    }
}

/// Keeps pages in memory until it is dropped.
///
/// Made by [`Anon::lock`](crate::Anon::lock) and its siblings. Guards may overlap: a page stays
/// locked until the last one over it is dropped. The pages of a guard that is forgotten
/// (`mem::forget`) stay locked until they are unmapped.
///
/// # Examples
///
/// ```
/// let memory = mman::Anon::new(10_000)?;
/// let (all, first) = (memory.lock(..)?, memory.lock(..1)?);
/// drop(all);
/// // The first page is locked still.
/// drop(first);
/// # Ok::<(), mman::MapError>(())
/// ```
#[must_use = "the pages are unlocked when the guard is dropped"]
pub struct LockGuard<'a> {
    region: &'a Region,
    locks: &'a Locks,
    /// Whole pages, as offsets from the first page.
    range: Range<usize>,
}

impl<'a> LockGuard<'a> {
    pub(crate) fn new(
        region: &'a Region,
        locks: &'a Locks,
        bounds: impl RangeBounds<usize>,
        on_fault: bool,
    ) -> Result<Self, MapError> {
        let operation = if on_fault { "lock_on_fault" } else { "lock" };
        let range = region.range(operation, bounds)?;
        Self::over(operation, region, locks, &range, on_fault)
    }

    fn over(
        operation: &'static str,
        region: &'a Region,
        locks: &'a Locks,
        range: &Range<usize>,
        on_fault: bool,
    ) -> Result<Self, MapError> {
        let span = region.touching(range);
        let offset = span.start.addr() - region.first_page().addr();
        let range = offset..offset + span.len;
        // Its guard may be forgotten, or unlocking refused.
        region.mark();
        let mut held = locks.held.lock().unwrap_or_else(PoisonError::into_inner);
        let room = held.try_reserve(1);
        room.map_err(|_| MapError::system(operation, Errno::ENOMEM))?;
        if let Err(error) = lock(operation, span, on_fault) {
            // The system may have locked a part of it.
            locks.unlock_uncovered(region, &range, &held);
            return Err(error);
        }
        held.push(range.clone());
        Ok(Self { region, locks, range })
    }

    /// The locked bytes, as offsets into the memory: whole pages, but for the first where the memory
    /// starts within it.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        let skew = self.region.skew();
        self.range.start.saturating_sub(skew)..self.range.end - skew
    }
}

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        let mut held = self.locks.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = held.iter().position(|range| *range == self.range) {
            held.swap_remove(index);
        }
        if os::LOCKS_ADD_UP {
            unlock(self.region, [self.range.clone()]);
        } else {
            self.locks.unlock_uncovered(self.region, &self.range, &held);
        }
    }
}

impl fmt::Debug for LockGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LockGuard").field(&self.range).finish()
    }
}

/// Keeps pages in memory until it is dropped, and lets their bytes be written meanwhile.
///
/// Made by [`Anon::lock_mut`](crate::Anon::lock_mut) and its sibling. It is a slice of the bytes
/// that were asked for; of its pages what [`LockGuard`] says is true.
///
/// # Examples
///
/// ```
/// let mut memory = mman::Anon::new(10_000)?;
/// let mut key = memory.lock_mut(..32)?;
/// key.fill(7);
/// assert_eq!(key.len(), 32);
/// # Ok::<(), mman::MapError>(())
/// ```
#[must_use = "the pages are unlocked when the guard is dropped"]
pub struct LockGuardMut<'a> {
    guard: LockGuard<'a>,
    /// The bytes that were asked for.
    range: Range<usize>,
    bytes: PhantomData<&'a mut [u8]>,
}

impl<'a> LockGuardMut<'a> {
    /// # Safety
    ///
    /// - The memory is private, and for reading and writing.
    pub(crate) unsafe fn new(
        memory: &'a mut Memory,
        bounds: impl RangeBounds<usize>,
        on_fault: bool,
    ) -> Result<Self, MapError> {
        let operation = if on_fault { "lock_mut_on_fault" } else { "lock_mut" };
        let range = memory.region.range(operation, bounds)?;
        let guard = LockGuard::over(operation, &memory.region, &memory.locks, &range, on_fault)?;
        Ok(Self { guard, range, bytes: PhantomData })
    }

    /// The locked bytes, as offsets into the memory: whole pages.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.guard.range()
    }

    fn start(&self) -> *mut u8 {
        self.guard.region.start().wrapping_add(self.range.start)
    }
}

impl Deref for LockGuardMut<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the bytes are mapped for reading for as long as the memory is borrowed, which is
        // for change, so that this guard alone reaches them; the range was checked.
        unsafe { slice::from_raw_parts(self.start(), self.range.len()) }
    }
}

impl DerefMut for LockGuardMut<'_> {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and for writing; the guard is borrowed for change.
        unsafe { slice::from_raw_parts_mut(self.start(), self.range.len()) }
    }
}

impl fmt::Debug for LockGuardMut<'_> {
    /// Where the locks are; not what the memory holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LockGuardMut").field(&self.guard.range).finish()
    }
}

/// Locks pages; the error names the limit.
pub(crate) fn lock(operation: &'static str, span: Span, on_fault: bool) -> Result<(), MapError> {
    if span.len == 0 {
        return Ok(());
    }
    let done = if on_fault {
        os::lock_on_fault(span.start, span.len)
    } else {
        os::lock(span.start, span.len)
    };
    done.map_err(|errno| match errno {
        Errno::ENOSYS => MapError::unsupported(operation, "this system locks no pages on fault"),
        Errno::ENOMEM | Errno::EPERM | Errno::EAGAIN => match os::lock_shortage(span.len) {
            Some(why) => MapError::because(operation, errno, why),
            None => MapError::system(operation, errno),
        },
        _ => refused(operation, errno, 0),
    })
}

/// Unlocks whole pages, as offsets from the first page.
fn unlock(region: &Region, pieces: impl IntoIterator<Item = Range<usize>>) {
    // In a child that does not have these pages, something else may be mapped there.
    if !region.is_here() {
        return;
    }
    for piece in pieces {
        let start = region.first_page().wrapping_add(piece.start);
        // What stays locked is unlocked when it is unmapped.
        let _ = os::unlock(start, piece.len());
    }
}

/// The parts of `range` that none of `held` covers.
fn uncovered(range: &Range<usize>, held: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut rest = Vec::from([range.clone()]);
    for other in held {
        rest = rest
            .into_iter()
            .flat_map(|piece| {
                let below = piece.start..piece.end.min(other.start);
                let above = piece.start.max(other.end)..piece.end;
                [below, above]
            })
            .filter(|piece| !piece.is_empty())
            .collect();
    }
    rest.retain(|piece| !piece.is_empty());
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against a model that looks at each page.
    #[test]
    fn what_no_other_range_covers_is_unlocked() {
        let held = [2..4, 3..6, 9..12];
        for start in 0..14 {
            for end in start..14 {
                let bare = |page: &usize| !held.iter().any(|range| range.contains(page));
                let expected: Vec<usize> = (start..end).filter(bare).collect();
                let mut pages: Vec<usize> =
                    uncovered(&(start..end), &held).into_iter().flatten().collect();
                pages.sort_unstable();
                assert_eq!(expected, pages, "{start}..{end}");
            }
        }
        assert!(uncovered(&(3..4), &[0..9, 3..3]).is_empty());
    }
}
