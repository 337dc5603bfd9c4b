//! On the heap: for Miri, which knows of no mappings but the plainest, and with `--cfg mman_heap` for
//! sanitizers, which look at what is allocated, not at what is mapped.
//!
//! A mapping is an allocation, of which pages go and come. So what Miri sees of allocations it sees of
//! mappings: accesses beyond them and after their end, pointers of another one, data races, leaks.
//! What is given back, or is inaccessible and new, is uninitialized, so that who reads it is seen too.
//!
//! - An allocation goes with the last of its pages. No pointer to it is kept here, which would hide a
//!   leak: it is freed by way of the caller's, which has to be one for the whole of it.
//! - What may be done with pages is noted. Who does else is not seen by Miri, unless the pages are
//!   new. The address sanitizer sees who touches what is inaccessible, or was unmapped.
//! - There are no files here, no memory shared with forked children, no huge pages, no addresses of
//!   the caller's choice, no code to be run, no policies for forks and dumps: `ENOSYS`.
//! - Pages are always in memory, so they may be called locked.

use core::{
    ffi::{CStr, c_void},
    mem::{self, MaybeUninit},
    ops::Range,
    ptr,
};
use std::{
    alloc::{self, Layout},
    collections::BTreeMap,
    string::String,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Advice, Backing, Fork, Moved, Place, Pool, Protection, Request};
use crate::{Numa, Result, errno::Errno, os::page_size};

static HEAP: Mutex<Heap> = Mutex::new(Heap { runs: BTreeMap::new(), blocks: BTreeMap::new() });

/// All that is mapped. Pages have numbers: addresses would look like pointers to who looks for leaks.
struct Heap {
    /// Pages that are alike, by the first of them. Each lies in one block.
    runs: BTreeMap<usize, Run>,
    /// Allocations, by their first page.
    blocks: BTreeMap<usize, Block>,
}

#[derive(Debug)]
struct Run {
    end: usize,
    state: State,
}

#[derive(Debug)]
struct Block {
    end: usize,
    /// How many pages of it are.
    mapped: usize,
}

/// What pages are.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum State {
    /// Inaccessible, and zeros as soon as they are not.
    New,
    /// The same, whatever else may be done with them.
    Guard(Protection),
    /// For this, with what they hold.
    Held(Protection),
}

impl Heap {
    fn lock() -> MutexGuard<'static, Self> {
        HEAP.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sees to it that no run reaches into these pages or out of them; `ENOMEM` unless all of them
    /// are mapped.
    fn cut(&mut self, pages: &Range<usize>) -> Result<()> {
        for at in [pages.start, pages.end] {
            let before = self.runs.range_mut(..at).next_back();
            if let Some((_, run)) = before.filter(|(_, run)| run.end > at) {
                let rest = Run { end: mem::replace(&mut run.end, at), ..*run };
                self.runs.insert(at, rest);
            }
        }
        let mut end = pages.start;
        for (first, run) in self.runs.range(pages.clone()) {
            if *first != end {
                return Err(Errno::ENOMEM);
            }
            end = run.end;
        }
        if end == pages.end { Ok(()) } else { Err(Errno::ENOMEM) }
    }

    /// Whether any of these pages is mapped.
    fn has_any(&self, pages: &Range<usize>) -> bool {
        let last = self.runs.range(..pages.end).next_back();
        last.is_some_and(|(_, run)| run.end > pages.start)
    }

    /// The block of a page.
    fn block(&mut self, page: usize) -> Option<(usize, &mut Block)> {
        let (first, block) = self.blocks.range_mut(..=page).next_back()?;
        (page < block.end).then_some((*first, block))
    }

    /// Maps pages right behind others, if these belong to the same allocation, and are free.
    fn add_behind(&mut self, pages: &Range<usize>, state: State) -> bool {
        if self.has_any(pages) {
            return false;
        }
        let Some((_, block)) = self.block(pages.start - 1) else { return false };
        let fits = pages.end <= block.end;
        if fits {
            block.mapped += pages.len();
            self.runs.insert(pages.start, Run { end: pages.end, state });
        }
        fits
    }
}

/// Pages that are alike, by a pointer for the whole allocation.
#[derive(Copy, Clone, Debug)]
struct Span {
    start: *mut u8,
    len: usize,
}

impl Span {
    fn numbers(self) -> Range<usize> {
        let page = page_size();
        self.start.addr() / page..(self.start.addr() + self.len) / page
    }

    fn of(self, pages: &Range<usize>) -> Self {
        let page = page_size();
        Self { start: self.start.with_addr(pages.start * page), len: pages.len() * page }
    }

    /// Looks at all of these pages, and changes what they are. `ENOMEM` if one is not mapped.
    fn each(self, mut change: impl FnMut(Self, &mut State)) -> Result<()> {
        let (pages, mut heap) = (self.numbers(), Heap::lock());
        heap.cut(&pages)?;
        for (first, run) in heap.runs.range_mut(pages) {
            change(self.of(&(*first..run.end)), &mut run.state);
        }
        Ok(())
    }

    /// What all of these pages are for; `None` if that differs, or they are inaccessible.
    fn alike(self) -> Result<Option<Protection>> {
        let mut all = None;
        self.each(|_, state| {
            let first = *all.get_or_insert(*state);
            all = Some(if first == *state { first } else { State::New });
        })?;
        Ok(match all {
            Some(State::Held(protection)) if protection != Protection::None => Some(protection),
            _ => None,
        })
    }

    /// # Safety
    ///
    /// - The pages are the caller's, and nothing counts on what they hold.
    unsafe fn zero(self) {
        self.let_through(true);
        // SAFETY: the caller's promise.
        unsafe { self.start.write_bytes(0, self.len) };
    }

    /// From now on what they hold is nothing that can be read.
    ///
    /// # Safety
    ///
    /// - As `zero`.
    unsafe fn forget(self) {
        type Piece = MaybeUninit<[u8; 4096]>;
        self.let_through(true);
        for offset in (0..self.len).step_by(size_of::<Piece>()) {
            let piece = self.start.wrapping_add(offset).cast::<Piece>();
            // SAFETY: the caller's promise. A page is made of such pieces.
            unsafe { piece.write(Piece::uninit()) };
        }
        self.let_through(false);
    }

    /// Tells the address sanitizer, if it is there, whether accesses are right from now on.
    #[cfg(mman_heap = "asan")]
    fn let_through(self, right: bool) {
        unsafe extern "C" {
            fn __asan_poison_memory_region(start: *const c_void, len: usize);
            fn __asan_unpoison_memory_region(start: *const c_void, len: usize);
        }
        let start = self.start.cast();
        if right {
            // SAFETY: it notes something of memory, which it does not touch.
            unsafe { __asan_unpoison_memory_region(start, self.len) };
        } else {
            // SAFETY: as above.
            unsafe { __asan_poison_memory_region(start, self.len) };
        }
    }

    #[cfg(not(mman_heap = "asan"))]
    fn let_through(self, _right: bool) {}
}

/// Maps memory.
///
/// # Safety
///
/// - `Place::Over`: nothing uses the pages there, and the caller owns them.
pub(crate) unsafe fn map(request: &Request<'_>) -> Result<*mut u8> {
    let Request { place, len, protection, backing, huge, commit: _ } = *request;
    if !matches!(backing, Backing::Private) || huge.is_some() {
        return Err(Errno::ENOSYS);
    }
    let state = match protection {
        Protection::None => State::New,
        Protection::ReadExecute => return Err(Errno::ENOSYS),
        protection => State::Held(protection),
    };
    match place {
        Place::Anywhere | Place::Near(_) => allocate(len, state),
        Place::Free(address) => {
            let pages = Span { start: ptr::without_provenance_mut(address), len };
            let is_free = !Heap::lock().has_any(&pages.numbers());
            Err(if is_free { Errno::ENOSYS } else { Errno::EEXIST })
        }
        Place::Over(start) => {
            Span { start, len }.each(|pages, now| {
                if matches!(state, State::Held(_)) {
                    // SAFETY: the caller's promise.
                    unsafe { pages.zero() };
                } else if matches!(now, State::Held(_)) {
                    // SAFETY: as above.
                    unsafe { pages.forget() };
                }
                *now = state;
            })?;
            Ok(start)
        }
    }
}

/// New pages, of an allocation of their own.
fn allocate(len: usize, state: State) -> Result<*mut u8> {
    /// Miri ends where there is no memory, be it for what is never touched.
    const MOST: u64 = 1 << 34;
    let layout = Layout::from_size_align(len, page_size()).ok();
    let layout = layout.filter(|layout| layout.size() as u64 <= MOST).ok_or(Errno::ENOMEM)?;
    let start = if state == State::New {
        // SAFETY: a length is not 0.
        unsafe { alloc::alloc(layout) }
    } else {
        // SAFETY: as above.
        unsafe { alloc::alloc_zeroed(layout) }
    };
    if start.is_null() {
        return Err(Errno::ENOMEM);
    }
    let span = Span { start, len };
    span.let_through(state != State::New);
    let (Range { start: first, end }, mut heap) = (span.numbers(), Heap::lock());
    heap.blocks.insert(first, Block { end, mapped: end - first });
    heap.runs.insert(first, Run { end, state });
    Ok(start)
}

pub(crate) fn map_private(len: usize) -> Result<*mut u8> {
    allocate(len, State::Held(Protection::ReadWrite))
}

/// There are no pages that could be lost.
///
/// # Safety
///
/// - None is needed; elsewhere it replaces the pages.
pub(crate) unsafe fn map_zeros(_: *mut u8, _len: usize, _protection: Protection) -> Result<()> {
    Err(Errno::ENOSYS)
}

/// Unmaps pages.
///
/// # Safety
///
/// - The caller owns the pages, and nothing uses them.
pub(crate) unsafe fn unmap(start: *mut u8, len: usize) -> Result<()> {
    let span = Span { start, len };
    span.each(|pages, state| match state {
        // SAFETY: the caller's promise.
        State::Held(_) => unsafe { pages.forget() },
        State::New | State::Guard(_) => {}
    })?;
    let (pages, mut heap) = (span.numbers(), Heap::lock());
    let (first, block) = heap.block(pages.start).ok_or(Errno::ENOMEM)?;
    block.mapped = block.mapped.saturating_sub(pages.len());
    let whole = (block.mapped == 0).then_some(first..block.end);
    while let Some((&first, _)) = heap.runs.range(pages.clone()).next() {
        heap.runs.remove(&first);
    }
    if let Some(pages) = whole {
        heap.blocks.remove(&first);
        let Span { start, len } = span.of(&pages);
        let layout = Layout::from_size_align(len, page_size()).map_err(|_| Errno::EINVAL)?;
        // SAFETY: it was allocated with this layout, and the last of its owners is gone.
        unsafe { alloc::dealloc(start, layout) };
    }
    Ok(())
}

/// # Safety
///
/// - The caller owns the pages, and no reference to them is in use for what is taken away.
pub(crate) unsafe fn protect(start: *mut u8, len: usize, protection: Protection) -> Result<()> {
    if protection == Protection::ReadExecute {
        return Err(Errno::ENOSYS);
    }
    Span { start, len }.each(|pages, state| match state {
        State::New if protection == Protection::None => {}
        State::New => {
            // SAFETY: the pages are the caller's, and were inaccessible.
            unsafe { pages.zero() };
            *state = State::Held(protection);
        }
        State::Guard(_) => *state = State::Guard(protection),
        State::Held(_) => {
            pages.let_through(protection != Protection::None);
            *state = State::Held(protection);
        }
    })
}

pub(crate) fn permits(start: *mut u8, len: usize, protection: Protection) -> bool {
    let mut all = true;
    let mapped = Span { start, len }.each(|_, state| {
        all &= match state {
            State::Held(now) => now.flags().contains(protection.flags()),
            State::New | State::Guard(_) => protection == Protection::None,
        }
    });
    mapped.is_ok() && all
}

/// Those that mean something to the system only, and that all systems take.
pub(crate) fn advise(start: *mut u8, len: usize, advice: Advice) -> Result<()> {
    match advice {
        Advice::Normal | Advice::Random | Advice::Sequential | Advice::WillNeed => {
            Span { start, len }.each(|_, _| {})
        }
        _ => Err(Errno::ENOSYS),
    }
}

/// # Safety
///
/// - The caller owns the pages; no reference to them is in use.
pub(crate) unsafe fn discard(start: *mut u8, len: usize) -> Result<()> {
    Span { start, len }.each(|pages, state| {
        if let State::Held(protection) = *state {
            // SAFETY: the caller's promise.
            unsafe { pages.zero() };
            pages.let_through(protection != Protection::None);
        }
    })
}

/// Whenever the system likes, which is at once.
///
/// # Safety
///
/// - The caller owns the pages, and until they are written nothing counts on what they hold, or
///   they are all zeros now.
pub(crate) unsafe fn free_lazily(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: the caller's promise.
    unsafe { discard(start, len) }
}

/// # Safety
///
/// - The caller owns the pages, and no reference to them is in use.
pub(crate) unsafe fn discard_each(ranges: &[(*mut u8, usize)]) -> usize {
    // SAFETY: the caller's promise.
    let done = |&&(start, len): &&(*mut u8, usize)| unsafe { discard(start, len) }.is_ok();
    ranges.iter().take_while(done).count()
}

/// # Safety
///
/// - The caller owns the pages, and nothing uses them.
pub(crate) unsafe fn guard(start: *mut u8, len: usize) -> Result<()> {
    Span { start, len }.each(|pages, state| {
        *state = match *state {
            State::New => State::Guard(Protection::None),
            State::Guard(protection) => State::Guard(protection),
            State::Held(protection) => {
                // SAFETY: the caller's promise.
                unsafe { pages.forget() };
                State::Guard(protection)
            }
        };
    })
}

/// # Safety
///
/// - As `guard`.
pub(crate) unsafe fn guard_each(ranges: &[(*mut u8, usize)]) -> usize {
    // SAFETY: the caller's promise.
    let done = |&&(start, len): &&(*mut u8, usize)| unsafe { guard(start, len) }.is_ok();
    ranges.iter().take_while(done).count()
}

/// # Safety
///
/// - The caller owns the pages, and nothing counts on their guards.
pub(crate) unsafe fn unguard(start: *mut u8, len: usize) -> Result<()> {
    Span { start, len }.each(|pages, state| match *state {
        State::Guard(Protection::None) => *state = State::New,
        State::Guard(protection) => {
            // SAFETY: the caller's promise.
            unsafe { pages.zero() };
            *state = State::Held(protection);
        }
        State::New | State::Held(_) => {}
    })
}

/// Where it is, if there is room in the allocation; else it moves to another one.
///
/// # Safety
///
/// - The caller owns the pages, and no reference to them is in use: they may move.
pub(crate) unsafe fn grow(
    start: *mut u8,
    old: usize,
    new: usize,
    may_move: bool,
) -> Result<Option<*mut u8>> {
    let Some(protection) = (Span { start, len: old }).alike()? else { return Ok(None) };
    let state = State::Held(protection);
    let more = Span { start: start.wrapping_add(old), len: new - old };
    if Heap::lock().add_behind(&more.numbers(), state) {
        // SAFETY: the pages are the caller's as of now.
        unsafe { more.zero() };
        return Ok(Some(start));
    }
    if !may_move {
        return Err(Errno::ENOMEM);
    }
    let moved = allocate(new, state)?;
    // SAFETY: both have as many bytes, and the new ones are this function's.
    unsafe { moved.copy_from_nonoverlapping(start, old) };
    // SAFETY: the caller's promise.
    unsafe { unmap(start, old) }?;
    Ok(Some(moved))
}

/// # Safety
///
/// - The caller owns both ranges, and nothing uses them. They are apart.
pub(crate) unsafe fn grow_onto(start: *mut u8, old: usize, new: usize, place: *mut u8) -> Moved {
    let moved = Span { start, len: old }.alike().and_then(|alike| {
        let protection = alike.ok_or(Errno::EFAULT)?;
        // SAFETY: the caller's promise.
        unsafe { protect(place, new, protection) }?;
        // SAFETY: as above; the place has as many bytes, and they are apart.
        unsafe { place.copy_from_nonoverlapping(start, old) };
        // SAFETY: as above.
        unsafe { unmap(start, old) }
    });
    moved.map_or_else(Moved::Stayed, |()| Moved::There)
}

pub(crate) fn lock(start: *mut u8, len: usize) -> Result<()> {
    let mut all = true;
    Span { start, len }.each(|_, state| {
        all &= matches!(state, State::Held(protection) if *protection != Protection::None);
    })?;
    if all { Ok(()) } else { Err(Errno::ENOMEM) }
}

pub(crate) const LOCKS_ADD_UP: bool = false;

pub(crate) fn unlock(start: *mut u8, len: usize) -> Result<()> {
    Span { start, len }.each(|_, _| {})
}

pub(crate) fn lock_on_fault(start: *mut u8, len: usize) -> Result<()> {
    Span { start, len }.each(|_, _| {})
}

/// Whatever holds something is there.
pub(crate) fn residency(start: *const c_void, len: usize, vec: &mut [u8]) -> Result<()> {
    let all = Span { start: start.cast_mut().cast(), len };
    let first = all.numbers().start;
    all.each(|pages, state| {
        let Range { start, end } = pages.numbers();
        if let Some(told) = vec.get_mut(start - first..end - first) {
            told.fill(u8::from(matches!(state, State::Held(_))));
        }
    })
}

pub(crate) fn inherit(_start: *mut u8, _len: usize, fork: Fork) -> Result<()> {
    if fork == Fork::Inherit { Ok(()) } else { Err(Errno::ENOSYS) }
}

/// Who brings pages in touches them.
pub(crate) fn populate(_start: *mut u8, _len: usize, _write: bool) -> Result<()> {
    Err(Errno::ENOSYS)
}

pub(crate) fn flush(_start: *mut u8, _len: usize, _wait: bool) -> Result<()> {
    Err(Errno::ENOSYS)
}

/// # Safety
///
/// - None is needed; elsewhere it changes the pages.
pub(crate) unsafe fn remove(_start: *mut u8, _len: usize) -> Result<()> {
    Err(Errno::ENOSYS)
}

pub(crate) fn name(_start: *mut u8, _len: usize, _name: &'static CStr) {}

pub(crate) fn transparent_size() -> Option<usize> {
    None
}

pub(crate) fn huge_pool(_size: usize) -> Option<Pool> {
    None
}

pub(crate) fn huge_shortage(_size: usize, _len: usize, _numa: Numa) -> Option<String> {
    None
}

pub(crate) fn shortage(_len: usize, _memory: usize) -> Option<String> {
    None
}

pub(crate) fn lock_shortage(_len: usize) -> Option<String> {
    None
}

#[cfg(test)]
mod tests;
