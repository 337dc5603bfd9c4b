//! Which instructions may fault, and where they continue.

use crate::os::context::{Context, Fault};

/// Instructions of which every one that accesses memory may fault.
#[derive(Copy, Clone, Debug)]
pub(super) struct Range {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where the thread continues after a fault, with the registers as they are.
    pub(super) resume: usize,
    pub(super) kind: Kind,
}

impl Range {
    pub(super) fn new(kind: Kind, start: *const (), end: *const (), resume: *const ()) -> Self {
        Self { start: start.addr(), end: end.addr(), resume: resume.addr(), kind }
    }
}

/// What the registers of the first four arguments hold in a range, at every instruction.
#[derive(Copy, Clone, Debug)]
pub(super) enum Kind {
    /// Destination, source, length, and which of the two is foreign: [`TO`] and [`FROM`].
    Bulk,
    /// The address, which is foreign, of at most 8 bytes.
    Single,
}

/// The destination is foreign.
pub(super) const TO: usize = 1;
/// The source is foreign.
pub(super) const FROM: usize = 2;

/// Lets the thread continue if it was in one of these ranges and its access to foreign memory has
/// failed; whether it was so.
///
/// A fault of the other side, the caller's own memory, is not ours: it would be a fault of any
/// copy.
pub(super) fn recover(ranges: &[Range], fault: &Fault, context: &Context) -> bool {
    let (Some(counter), Some(arguments)) = (context.counter(), context.arguments()) else {
        return false;
    };
    let mut here = None;
    for range in ranges {
        if range.start <= counter && counter < range.end {
            here = Some(range);
        }
    }
    let Some(range) = here else { return false };
    if !is_foreign(range.kind, fault, arguments) {
        return false;
    }
    // SAFETY: `resume` belongs to this range: code that counts on no register but those which the
    // range keeps.
    unsafe { context.resume(range.resume) };
    true
}

fn is_foreign(kind: Kind, fault: &Fault, arguments: [usize; 4]) -> bool {
    let [to, from, len, mode] = arguments;
    let told = fault.address & !(fault.granule.wrapping_sub(1));
    let is_in = |start: usize, len: usize| {
        told < start.saturating_add(len) && start < told.saturating_add(fault.granule)
    };
    match kind {
        Kind::Bulk => (mode & TO != 0 && is_in(to, len)) || (mode & FROM != 0 && is_in(from, len)),
        Kind::Single => is_in(to, size_of::<u64>()),
    }
}
