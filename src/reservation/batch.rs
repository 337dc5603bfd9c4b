//! Many pieces given back at once.

use core::ops::Range;
use std::vec::Vec;

use super::{Part, Reservation};
use crate::{Anon, memory::Memory, os};

/// Pages that lie together and go together.
struct Run {
    range: Range<usize>,
    /// Whether the system was told nothing of them.
    plain: bool,
}

/// From this many bytes on, what lies together, guarded places included, is cleared by a call of
/// its own.
const LARGE: usize = 256 << 10;

impl Reservation {
    /// Drops memory, thousands of values at the cost of a few calls of the system.
    ///
    /// What lies together goes together. Small plain memory that lies apart is made inaccessible
    /// by guards, in one call for all of it (Linux 6.13); until its place is used again, or lies
    /// together with more that is given back, the system goes on to account for it. What does not
    /// lie in this reservation, or has policies of its own, is dropped as usual.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::Reservation;
    ///
    /// let reservation = Reservation::new(1 << 30)?;
    /// let pieces = (0..1000).map(|_| reservation.carve(4096));
    /// let pieces = pieces.collect::<Result<Vec<_>, _>>()?;
    /// reservation.give_back(pieces);
    /// assert_eq!(reservation.free_ranges(), [0..reservation.len()]);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[doc(alias = "process_madvise")]
    #[doc(alias = "MADV_GUARD_INSTALL")]
    pub fn give_back(&self, pieces: impl IntoIterator<Item = Anon>) {
        let pieces = pieces.into_iter().map(Anon::into_memory);
        let mut memories: Vec<_> = pieces.filter(|memory| self.has(memory)).collect();
        let mut runs: Vec<Run> = Vec::new();
        memories.sort_unstable_by_key(|memory| memory.region.base());
        for mut memory in memories {
            let (base, len) = (memory.region.base(), memory.region.mapped());
            let plain = !memory.locks.for_life && memory.region.is_unmarked();
            memory.region.disown();
            let start = self.offset(base);
            match runs.last_mut().filter(|run| run.range.end == start) {
                Some(run) => {
                    run.range.end += len;
                    run.plain &= plain;
                }
                None => runs.push(Run { range: start..start + len, plain }),
            }
        }
        let (small, rest) = self.with_guarded(runs).into_iter().partition(|run| run.plain);
        self.guard_all(small);
        self.clear_all(rest);
    }

    /// Whether memory is this reservation's, and here.
    fn has(&self, memory: &Memory) -> bool {
        let is_home = memory.region.home().is_some_and(|home| home.is(self));
        is_home && memory.region.is_here()
    }

    /// Takes what is guarded between and beside runs where that makes a large one of them.
    fn with_guarded(&self, runs: Vec<Run>) -> Vec<Run> {
        let mut taken = self.taken();
        // Of how many runs each is.
        let mut groups: Vec<(Range<usize>, usize)> = Vec::new();
        for run in &runs {
            let wide = taken.with_guarded(&run.range);
            match groups.last_mut().filter(|(range, _)| range.end >= wide.start) {
                Some((range, count)) => {
                    range.end = wide.end;
                    *count += 1;
                }
                None => groups.push((wide, 1)),
            }
        }
        let (mut runs, mut all) = (runs.into_iter(), Vec::new());
        for (range, count) in groups {
            let own = runs.by_ref().take(count);
            if range.len() < LARGE {
                all.extend(own);
                continue;
            }
            own.for_each(drop);
            taken.set(&range, Some(Part::Owned));
            all.push(Run { range, plain: false });
        }
        all
    }

    /// Small ones: freed in a call for many.
    fn guard_all(&self, runs: Vec<Run>) {
        let mut rest = runs;
        while !rest.is_empty() {
            let ranges: Vec<_> = rest.iter().map(|run| self.pages(&run.range)).collect();
            // SAFETY: the pages were owned by values that are gone.
            let done = unsafe { os::guard_each(&ranges) };
            let mut taken = self.taken();
            for run in rest.drain(..done) {
                taken.set(&run.range, Some(Part::Guarded));
            }
            drop(taken);
            // The next one is refused, or there is no such call.
            let refused = if done == 0 { rest.len() } else { rest.len().min(1) };
            self.clear_all(rest.drain(..refused).collect());
        }
    }

    /// Each in a call of its own.
    fn clear_all(&self, runs: Vec<Run>) {
        for run in runs {
            let (start, len) = self.pages(&run.range);
            // SAFETY: as above. Should the system refuse, the place stays taken.
            let _ = unsafe { self.give_back_pages(start, len) };
        }
    }

    fn pages(&self, range: &Range<usize>) -> (*mut u8, usize) {
        (self.as_ptr().wrapping_add(range.start), range.len())
    }
}
