//! Which instructions may fault, and where they continue.

use crate::os::context::{Argument, Context, Fault, Registers};

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
    #[allow(dead_code, reason = "for the processors whose accesses are written in assembly")]
    pub(super) fn new(kind: Kind, start: *const (), end: *const (), resume: *const ()) -> Self {
        Self { start: start.addr(), end: end.addr(), resume: resume.addr(), kind }
    }
}

/// What the registers of the first four arguments hold in a range, at every instruction.
#[derive(Copy, Clone, Debug)]
#[allow(dead_code, reason = "for the processors whose accesses are written in assembly")]
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
    let Some(registers) = context.registers() else { return false };
    let counter = registers.counter();
    for range in ranges {
        if range.start <= counter && counter < range.end {
            let ours = is_foreign(range.kind, fault, &registers);
            if ours {
                // SAFETY: `resume` belongs to this range: code that counts on no register but
                // those which the range keeps.
                unsafe { registers.resume(range.resume) };
            }
            return ours;
        }
    }
    false
}

fn is_foreign(kind: Kind, fault: &Fault, registers: &Registers) -> bool {
    let to = registers.argument(Argument::First);
    match kind {
        Kind::Bulk => {
            let from = registers.argument(Argument::Second);
            let len = registers.argument(Argument::Third);
            let mode = registers.argument(Argument::Fourth);
            (mode & TO != 0 && is_in(fault, to, len))
                || (mode & FROM != 0 && is_in(fault, from, len))
        }
        Kind::Single => is_in(fault, to, size_of::<u64>()),
    }
}

/// Whether what is told of a fault's address touches a range.
fn is_in(fault: &Fault, start: usize, len: usize) -> bool {
    let told = fault.address & !fault.granule.wrapping_sub(1);
    told < start.saturating_add(len) && start < told.saturating_add(fault.granule)
}
