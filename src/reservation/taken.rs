//! Which parts of a reservation are whose.

use core::{iter, ops::Range};
use std::{collections::BTreeMap, process};

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

/// The parts, by where they start: where they end, and what they are. None are empty, none
/// overlap, and two that touch differ.
#[derive(Debug, Default)]
pub(super) struct Taken(BTreeMap<usize, (usize, Part)>);

impl Taken {
    /// Makes a range this; `None` is free and as it was at first.
    pub(super) fn set(&mut self, range: &Range<usize>, part: Option<Part>) {
        if range.is_empty() {
            return;
        }
        self.cut(range);
        let Some(part) = part else { return };
        let Range { mut start, mut end } = *range;
        let before = self.0.range(..start).next_back();
        if let Some((&first, _)) = before.filter(|(_, about)| **about == (start, part)) {
            start = first;
        }
        let after = self.0.get(&end).copied().filter(|(_, what)| *what == part);
        if let Some((last, _)) = after {
            self.0.remove(&end);
            end = last;
        }
        self.0.insert(start, (end, part));
    }

    /// Takes a free range, and tells how much of it is guarded.
    pub(super) fn take(&mut self, range: &Range<usize>, part: Part) -> usize {
        let guarded = self.parts(range).map(|(range, _)| range.len()).sum();
        self.set(range, Some(part));
        guarded
    }

    /// Takes a range out of the parts that reach into it.
    fn cut(&mut self, range: &Range<usize>) {
        let before = self.0.range(..range.start).next_back();
        if let Some((&start, &(end, part))) = before {
            if end > range.start {
                self.0.insert(start, (range.start, part));
                self.keep_behind(range.end, end, part);
            }
        }
        while let Some((&start, &(end, part))) = self.0.range(range.clone()).next() {
            self.0.remove(&start);
            self.keep_behind(range.end, end, part);
        }
    }

    fn keep_behind(&mut self, start: usize, end: usize, part: Part) {
        if end > start {
            self.0.insert(start, (end, part));
        }
    }

    /// The parts that reach into a range, as far as they do.
    pub(super) fn parts(&self, range: &Range<usize>) -> impl Iterator<Item = (Range<usize>, Part)> {
        let Range { start, end } = *range;
        let before = self.0.range(..start).next_back();
        let within = self.0.range(start..end.max(start));
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
        let parts = self.0.iter().filter(|(_, (_, part))| *part != Part::Guarded);
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
        let before = self.0.range(..range.start).next_back();
        let before = before.filter(|(_, (end, part))| *end == range.start && guarded(*part));
        let after = self.0.get(&range.end).filter(|(_, part)| guarded(*part));
        let start = before.map_or(range.start, |(start, _)| *start);
        start..after.map_or(range.end, |(end, _)| *end)
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
        let mut entries = taken.0.iter().map(|(start, (end, part))| (*start..*end, *part));
        let touching = taken.0.iter().zip(taken.0.iter().skip(1));
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
}
