//! Which parts of a reservation are whose.

use core::{iter, ops::Range};
use std::{collections::BTreeMap, process, vec::Vec};

/// What a part of a reservation is, if it is not free and as it was at first.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Part {
    /// A value's memory.
    Owned,
    /// Memory that raw pointers are used for.
    Raw,
    /// Free. Guards make it inaccessible; the mapping below is that of plain memory.
    Guarded,
    /// Memory of the process with this number, which its forked children do not get: there,
    /// something else may be mapped.
    Only(u32),
}

impl Part {
    /// In no process: something else may be mapped there. No process has the number 0.
    pub(crate) const LOST: Self = Self::Only(0);

    /// Whether it is not this process's.
    pub(super) fn is_elsewhere(self) -> bool {
        matches!(self, Self::Only(owner) if owner != process::id())
    }
}

#[derive(Debug, Default)]
pub(super) struct Taken {
    /// By where they start: where they end, and what they are. None are empty, none overlap, and
    /// two that touch differ.
    parts: BTreeMap<usize, (usize, Part)>,
    /// What does not become free, but this again.
    kept: Vec<(Range<usize>, Part)>,
}

impl Taken {
    /// Makes a range this; `None` is free and as it was at first.
    pub(super) fn set(&mut self, range: &Range<usize>, part: Option<Part>) {
        if range.is_empty() || self.change(range, part) {
            return;
        }
        self.cut(range);
        let Some(part) = part else {
            for (kept, part) in self.kept.clone() {
                self.set(&(kept.start.max(range.start)..kept.end.min(range.end)), Some(part));
            }
            return;
        };
        let Range { mut start, mut end } = *range;
        let before = self.parts.range(..start).next_back();
        if let Some((&first, _)) = before.filter(|(_, about)| **about == (start, part)) {
            start = first;
        }
        let after = self.parts.get(&end).copied().filter(|(_, what)| *what == part);
        if let Some((last, _)) = after {
            self.parts.remove(&end);
            end = last;
        }
        self.parts.insert(start, (end, part));
    }

    /// [`set`](Self::set) of all of one part to another, beside which none becomes longer: the
    /// commonest, and a quarter of the work.
    fn change(&mut self, range: &Range<usize>, part: Option<Part>) -> bool {
        let Some(part) = part else { return false };
        let mut near = self.parts.range_mut(..=range.end);
        let own = near.next_back().filter(|(start, (end, _))| (**start..*end) == *range);
        let Some((_, (_, own))) = own else { return false };
        if near.next_back().is_some_and(|(_, about)| *about == (range.start, part)) {
            return false;
        }
        *own = part;
        true
    }

    /// Sees to it that a range which is this part never becomes free, until it is not kept.
    pub(super) fn keep(&mut self, range: Range<usize>, part: Part) {
        self.kept.push((range, part));
    }

    /// Undoes [`keep`](Self::keep), and tells whether the range is this part still.
    pub(super) fn keep_no_longer(&mut self, range: &Range<usize>, part: Part) -> bool {
        self.kept.retain(|(kept, _)| kept != range);
        self.is_all(range, part)
    }

    /// Takes a range, which is free but for what the caller has, and tells how much of it is guarded.
    pub(super) fn take(&mut self, range: &Range<usize>, part: Part) -> usize {
        let guarded = self.parts(range).filter(|(_, part)| *part == Part::Guarded);
        let guarded = guarded.map(|(range, _)| range.len()).sum();
        self.set(range, Some(part));
        guarded
    }

    /// Takes a range out of the parts that reach into it.
    fn cut(&mut self, range: &Range<usize>) {
        let before = self.parts.range(..range.start).next_back();
        if let Some((&start, &(end, part))) = before {
            if end > range.start {
                self.parts.insert(start, (range.start, part));
                self.keep_behind(range.end, end, part);
            }
        }
        while let Some((&start, &(end, part))) = self.parts.range(range.clone()).next() {
            self.parts.remove(&start);
            self.keep_behind(range.end, end, part);
        }
    }

    fn keep_behind(&mut self, start: usize, end: usize, part: Part) {
        if end > start {
            self.parts.insert(start, (end, part));
        }
    }

    /// The parts that reach into a range, as far as they do.
    pub(super) fn parts(&self, range: &Range<usize>) -> impl Iterator<Item = (Range<usize>, Part)> {
        let Range { start, end } = *range;
        let before = self.parts.range(..start).next_back();
        let within = self.parts.range(start..end.max(start));
        let clipped = before.into_iter().chain(within).map(move |(&first, &(last, part))| {
            let clipped = first.max(start)..last.min(end);
            (clipped, part)
        });
        clipped.filter(|(range, _)| !range.is_empty())
    }

    /// Whether nobody has any of it.
    pub(super) fn is_free(&self, range: &Range<usize>) -> bool {
        self.parts(range).all(|(_, part)| part == Part::Guarded)
    }

    /// Whether all of it is this.
    pub(super) fn is_all(&self, range: &Range<usize>, part: Part) -> bool {
        range.is_empty() || self.parts(range).eq([(range.clone(), part)])
    }

    /// The free ranges below `len`, each as long as can be, in ascending order.
    pub(super) fn free(&self, len: usize) -> impl Iterator<Item = Range<usize>> {
        let parts = self.parts.iter().filter(|(_, (_, part))| *part != Part::Guarded);
        let parts = parts.map(|(&start, &(end, _))| start..end);
        let mut from = 0;
        let gaps = parts.chain(iter::once(len..len)).map(move |part| {
            let gap = from..part.start;
            from = part.end;
            gap
        });
        gaps.filter(|gap| !gap.is_empty())
    }

    /// A range that is taken, together with what is guarded right before and behind it.
    pub(super) fn with_guarded(&self, range: &Range<usize>) -> Range<usize> {
        let guarded = |part| part == Part::Guarded;
        let mut near = self.parts.range(..=range.end).rev().peekable();
        let after = near.next_if(|(start, _)| **start == range.end);
        let after = after.filter(|(_, (_, part))| guarded(*part));
        let before = near.find(|(start, _)| **start < range.start);
        let before = before.filter(|(_, (end, part))| *end == range.start && guarded(*part));
        let start = before.map_or(range.start, |(start, _)| *start);
        start..after.map_or(range.end, |(_, (end, _))| *end)
    }
}

#[cfg(test)]
mod tests {
    use std::{vec, vec::Vec};

    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;

    const LEN: usize = 12;
    const PARTS: [Option<Part>; 6] =
        [None, None, Some(Part::Owned), Some(Part::Raw), Some(Part::Guarded), Some(Part::Only(7))];

    fn ranges() -> impl Iterator<Item = Range<usize>> {
        (0..=LEN).flat_map(|start| (start..=LEN).map(move |end| start..end))
    }

    /// The longest ranges of which `is` holds.
    fn runs(model: &[Option<Part>], is: impl Fn(Option<Part>) -> bool) -> Vec<Range<usize>> {
        let ends = |at: usize| at == LEN || !is(model[at]);
        let starts = (0..LEN).filter(|at| !ends(*at) && (*at == 0 || ends(at - 1)));
        starts.map(|start| start..(start..=LEN).find(|at| ends(*at)).unwrap()).collect()
    }

    fn same(taken: &Taken, model: &[Option<Part>]) {
        let mut entries = taken.parts.iter().map(|(start, (end, part))| (*start..*end, *part));
        let touching = taken.parts.iter().zip(taken.parts.iter().skip(1));
        assert!(entries.all(|(range, _)| !range.is_empty()), "{taken:?}");
        for ((_, (end, one)), (start, (_, other))) in touching {
            assert!(end < start || (end == start && one != other), "{taken:?}");
        }
        let free = |part| [None, Some(Part::Guarded)].contains(&part);
        assert!(taken.free(LEN).eq(runs(model, free)), "{taken:?}");
        for range in ranges() {
            let pages = &model[range.clone()];
            assert_eq!(pages.iter().all(|part| free(*part)), taken.is_free(&range));
            for part in PARTS.into_iter().flatten() {
                let all = pages.iter().all(|page| *page == Some(part));
                assert_eq!(all, taken.is_all(&range, part), "{taken:?} {range:?}");
            }
            let mut told = [None; LEN];
            for (range, part) in taken.parts(&range) {
                assert!(!range.is_empty());
                told[range].fill(Some(part));
            }
            assert_eq!(pages, &told[range.clone()], "{taken:?} {range:?}");
            assert!(told[..range.start].iter().chain(&told[range.end..]).all(Option::is_none));
            let guarded = |at: &usize| model[*at] == Some(Part::Guarded);
            let start = (0..range.start).rev().take_while(guarded).last().unwrap_or(range.start);
            let end = (range.end..LEN).take_while(guarded).last().map_or(range.end, |at| at + 1);
            if !range.is_empty() && !range.clone().any(|at| guarded(&at)) {
                assert_eq!(start..end, taken.with_guarded(&range), "{taken:?} {range:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..<_>::default() })]

        /// Against a model that has an entry for each page.
        #[test]
        fn parts_are_as_a_model_of_pages_has_them(
            steps in vec((0..=LEN, 0..=LEN, select(&PARTS[..])), 1..40),
        ) {
            let (mut taken, mut model) = (Taken::default(), vec![None; LEN]);
            for (start, end, part) in steps {
                let range = start..end;
                taken.set(&range, part);
                if let Some(pages) = model.get_mut(range) {
                    pages.fill(part);
                }
                same(&taken, &model);
            }
        }
    }

    #[test]
    fn what_is_kept_becomes_no_ones() {
        let mut taken = Taken::default();
        taken.set(&(2..8), Some(Part::Owned));
        taken.keep(4..6, Part::Owned);
        taken.set(&(3..5), None);
        taken.set(&(5..12), None);
        assert!(taken.free(LEN).eq([0..2, 3..4, 6..12]), "{taken:?}");
        taken.set(&(4..12), Some(Part::LOST));
        assert!(!taken.keep_no_longer(&(4..6), Part::Owned));
        taken.set(&(0..12), None);
        assert!(taken.free(LEN).eq(iter::once(0..12)), "{taken:?}");
    }
}
