//! Scopes: code that has a `&[u8]` of foreign pages, of which one that is gone becomes zeros.
//!
//! A scope is a range of addresses, noted in a table for as long as the code runs. At a fault in
//! such a range, of whatever thread, the handler maps zero pages over the rest of the range and
//! lets the code go on. What is zero now is noted in the [`Damage`] of the map: **first noted, then
//! mapped**, so whoever has read one of these zeros, and looks afterwards, finds it noted.
//!
//! The table grows and never shrinks; it needs no lock. A slot is taken by one thread and read by
//! handlers of all; its state has the number of its use, so a handler that reads while the slot
//! changes hands notices that, and passes over it: the scope that covers a fault stays as it is
//! until the fault is over, for it is the faulting thread's, or of one that waits for it.
//!
//! # What the owner of a map owes
//!
//! - It has one [`Damage`], and asks that after each guarded access too ([`Damage::within`]): where
//!   zeros are mapped, an access finds them, and is no error of its own.
//! - What is written to zeros is lost: they are private memory, not the file's. While a scope is
//!   open nobody but its own code writes to its pages.
//! - What was replaced is never given out as the file's again.
//!
//! # Forks
//!
//! After a fork the child has the table too, with the scopes of threads that it does not have.
//! Their ranges are mapped in the child as they were, so nothing goes wrong by them. Those of pages
//! that the child does not get are no scopes there: something else may be mapped in their place.

use core::{
    ops, ptr,
    sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering, fence},
};
use std::{boxed::Box, process};

use super::{Unguarded, install};
use crate::os::{self, Protection};

/// Which pages of a map were replaced by zeros.
///
/// It belongs to one map, and lives where it stays while a scope is open.
#[derive(Debug)]
pub(crate) struct Damage {
    /// The first address; the highest number while there is none.
    start: AtomicUsize,
    /// The end.
    end: AtomicUsize,
}

impl Damage {
    pub(crate) const fn none() -> Self {
        Self { start: AtomicUsize::new(usize::MAX), end: AtomicUsize::new(0) }
    }

    /// What is known to be replaced.
    pub(crate) const fn of(range: &ops::Range<usize>) -> Self {
        Self { start: AtomicUsize::new(range.start), end: AtomicUsize::new(range.end) }
    }

    /// Whether nothing was replaced, in what was read before this is asked.
    #[inline]
    pub(crate) fn is_none(&self) -> bool {
        // What was read before is from before what is read now.
        fence(Ordering::Acquire);
        self.start.load(Ordering::Acquire) == usize::MAX
    }

    /// The addresses from the first page that was replaced to the last.
    ///
    /// Pages between may be intact if there was more than one fault.
    pub(crate) fn extent(&self) -> Option<ops::Range<usize>> {
        if self.is_none() {
            return None;
        }
        Some(self.start.load(Ordering::Relaxed)..self.end.load(Ordering::Relaxed))
    }

    /// How many bytes from `start` on were certainly not replaced, if fewer than `len`.
    ///
    /// To be asked after the bytes were read, or written. It costs nothing beside that: no later
    /// read is needed to come after a write, since while a scope is open nobody else writes to its
    /// pages.
    pub(crate) fn within(&self, start: *const u8, len: usize) -> Option<usize> {
        let damaged = self.extent()?;
        let (start, end) = (start.addr(), start.addr().saturating_add(len));
        let touched = len != 0 && damaged.start < end && start < damaged.end;
        touched.then(|| damaged.start.saturating_sub(start))
    }

    /// Notes what was replaced of another map, which is about to be a part of this, or was.
    pub(crate) fn join(&self, other: &Self) {
        if let Some(range) = other.extent() {
            self.note(&range);
        }
    }

    /// Forgets what is not of these addresses: those of the map that it belongs to.
    pub(crate) fn clip(&mut self, all: &ops::Range<usize>) {
        let (start, end) = (self.start.get_mut(), self.end.get_mut());
        (*start, *end) = ((*start).max(all.start), (*end).min(all.end));
        if *start >= *end {
            (*start, *end) = (usize::MAX, 0);
        }
    }

    fn note(&self, range: &ops::Range<usize>) {
        // In this order: a reader that sees the start sees an end. The system call that maps the
        // zeros comes after both for all threads.
        self.end.fetch_max(range.end, Ordering::SeqCst);
        self.start.fetch_min(range.start, Ordering::SeqCst);
    }
}

/// The range of a scope, in whole pages of the map.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Pages {
    pub(crate) start: *mut u8,
    pub(crate) len: usize,
    /// The size of the map's pages.
    pub(crate) granule: usize,
    /// Whether the zero pages are to be written to.
    pub(crate) writable: bool,
    /// Of pages that forked children do not get: the process that has them.
    pub(crate) owner: Option<u32>,
}

impl Pages {
    fn end(&self) -> usize {
        self.start.addr().saturating_add(self.len)
    }

    fn has(&self, address: usize) -> bool {
        self.start.addr() <= address && address < self.end()
    }

    fn is_here(&self) -> bool {
        self.owner.is_none_or(|owner| owner == process::id())
    }
}

/// An open scope; it is closed on drop.
#[derive(Debug)]
#[must_use = "the scope ends when it is dropped"]
pub(crate) struct Scope<'a> {
    slot: &'static Slot,
    start: *mut u8,
    len: usize,
    damage: &'a Damage,
}

/// Opens a scope. Until it is closed, a page of the range that is gone becomes zeros.
///
/// # Safety
///
/// - The range is mapped, and the caller owns all of its pages, until the scope is closed.
/// - `start`, `len` and `granule` are multiples of the size of the pages there.
/// - The scope is not forgotten; whatever ends the caller's code (a panic, but not a thread that
///   ends without unwinding) drops it.
/// - All scopes over the same pages have the same `damage`.
pub(crate) unsafe fn enter(pages: Pages, damage: &Damage) -> Result<Scope<'_>, Unguarded> {
    install::ensure()?;
    let slot = take_slot();
    slot.open(&pages, damage);
    Ok(Scope { slot, start: pages.start, len: pages.len, damage })
}

impl Scope<'_> {
    /// Closes the scope: how many bytes from its start on are intact, if not all.
    pub(crate) fn leave(self) -> Option<usize> {
        self.damage.within(self.start, self.len)
    }
}

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        self.slot.close();
    }
}

/// A place of the table.
#[derive(Debug)]
struct Slot {
    /// [`FREE`], [`TAKEN`] or [`OPEN`], and above these bits the number of uses before.
    state: AtomicUsize,
    start: AtomicPtr<u8>,
    len: AtomicUsize,
    granule: AtomicUsize,
    writable: AtomicBool,
    /// 0, which no process has, for all.
    owner: AtomicU32,
    damage: AtomicPtr<Damage>,
}

const FREE: usize = 0;
const TAKEN: usize = 1;
const OPEN: usize = 2;
const KIND: usize = 3;
const USE: usize = 4;

impl Slot {
    const fn new() -> Self {
        Self {
            state: AtomicUsize::new(FREE),
            start: AtomicPtr::new(ptr::null_mut()),
            len: AtomicUsize::new(0),
            granule: AtomicUsize::new(1),
            writable: AtomicBool::new(false),
            owner: AtomicU32::new(0),
            damage: AtomicPtr::new(ptr::null_mut()),
        }
    }

    fn take(&self) -> bool {
        let free = self.state.load(Ordering::Relaxed);
        let taken = free & !KIND | TAKEN;
        let take = || {
            self.state.compare_exchange(free, taken, Ordering::Acquire, Ordering::Relaxed).is_ok()
        };
        free & KIND == FREE && take()
    }

    /// Makes the range known, in a slot that this thread has taken.
    fn open(&self, pages: &Pages, damage: &Damage) {
        // A reader that sees one of these sees the slot taken.
        fence(Ordering::Release);
        self.start.store(pages.start, Ordering::Relaxed);
        self.len.store(pages.len, Ordering::Relaxed);
        self.granule.store(pages.granule, Ordering::Relaxed);
        self.writable.store(pages.writable, Ordering::Relaxed);
        self.owner.store(pages.owner.unwrap_or(0), Ordering::Relaxed);
        self.damage.store(ptr::from_ref(damage).cast_mut(), Ordering::Relaxed);
        let taken = self.state.load(Ordering::Relaxed);
        self.state.store(taken & !KIND | OPEN, Ordering::SeqCst);
    }

    fn close(&self) {
        let open = self.state.load(Ordering::Relaxed);
        self.state.store((open & !KIND).wrapping_add(USE), Ordering::SeqCst);
    }

    /// The scope here, if it is open all the while.
    fn read(&self) -> Option<(Pages, *const Damage)> {
        let before = self.state.load(Ordering::SeqCst);
        if before & KIND != OPEN {
            return None;
        }
        let pages = Pages {
            start: self.start.load(Ordering::Relaxed),
            len: self.len.load(Ordering::Relaxed),
            granule: self.granule.load(Ordering::Relaxed),
            writable: self.writable.load(Ordering::Relaxed),
            owner: Some(self.owner.load(Ordering::Relaxed)).filter(|owner| *owner != 0),
        };
        let damage = self.damage.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        (self.state.load(Ordering::Relaxed) == before).then_some((pages, damage.cast_const()))
    }
}

/// A part of the table, of which more follow when it is full.
#[derive(Debug)]
struct Table {
    slots: [Slot; 32],
    more: AtomicPtr<Self>,
}

static TABLE: Table = Table::new();

impl Table {
    const fn new() -> Self {
        Self { slots: [const { Slot::new() }; 32], more: AtomicPtr::new(ptr::null_mut()) }
    }

    fn next(&self) -> Option<&'static Self> {
        // SAFETY: it is null, or a part that was leaked.
        unsafe { self.more.load(Ordering::Acquire).as_ref() }
    }

    /// All slots of this part and of those that follow.
    fn all(&'static self) -> impl Iterator<Item = &'static Slot> {
        core::iter::successors(Some(self), |table| table.next()).flat_map(|table| &table.slots)
    }

    /// Appends a part.
    fn grow(&self) {
        let last = core::iter::successors(Some(self), |table| table.next()).last().unwrap_or(self);
        let new = Box::into_raw(Box::new(Self::new()));
        let null = ptr::null_mut();
        let done = last.more.compare_exchange(null, new, Ordering::AcqRel, Ordering::Relaxed);
        if done.is_err() {
            // Another thread was quicker.
            // SAFETY: it came from a box just now, and nobody else has seen it.
            drop(unsafe { Box::from_raw(new) });
        }
    }
}

fn take_slot() -> &'static Slot {
    loop {
        if let Some(slot) = TABLE.all().find(|slot| slot.take()) {
            return slot;
        }
        TABLE.grow();
    }
}

/// Maps zeros from the page of a fault to the end of the scope that it is in, for the handler;
/// whether it is in one and that was done.
///
/// Of several scopes it is the one that ends first, so that no scope loses what it need not.
pub(super) fn absorb(address: usize) -> bool {
    let mut first: Option<(Pages, *const Damage)> = None;
    for slot in TABLE.all() {
        if let Some(scope) = slot.read() {
            let pages = &scope.0;
            if pages.has(address)
                && pages.is_here()
                && first.is_none_or(|first| pages.end() < first.0.end())
            {
                first = Some(scope);
            }
        }
    }
    let Some((pages, damage)) = first else { return false };
    let offset = (address - pages.start.addr()) & !(pages.granule - 1);
    let (start, len) = (pages.start.wrapping_add(offset), pages.len - offset);
    // SAFETY: all scopes over these pages have the same damage, and the one for which they were
    // accessed is open until that access is over.
    let damage = unsafe { &*damage };
    damage.note(&(start.addr()..start.addr() + len));
    let protection = if pages.writable { Protection::ReadWrite } else { Protection::Read };
    // SAFETY: the pages are those of an open scope, whose owner counts on nothing in them any more.
    unsafe { os::map_zeros(start, len, protection) }.is_ok()
}
