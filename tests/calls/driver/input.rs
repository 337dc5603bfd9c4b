//! What the bytes mean: arguments, half of them near the edges of pages and of what there is.

use std::{num::NonZeroUsize, ops::Bound};

use arbitrary::Unstructured;
use mman::{
    Advice, Commit, CoreDump, ExactAddress, Fork, HugePages, Lock, MapOptions, Node, NodeSet, Numa,
    Placement, Prefault, Protection, Reservation, page_size,
};

use super::process::{address_in_area, length};

/// A range of bytes, as no range need be.
pub(super) type Bounds<T = usize> = (Bound<T>, Bound<T>);

/// The bytes that are left; behind them everything is 0.
pub(super) struct Input<'a>(Unstructured<'a>);

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(Unstructured::new(bytes))
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> u8 {
        self.0.arbitrary().unwrap_or(0)
    }

    pub(super) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub(super) fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count
    }

    pub(super) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    pub(super) fn word(&mut self) -> u64 {
        self.0.arbitrary().unwrap_or(0)
    }

    pub(super) fn bytes(&mut self) -> Vec<u8> {
        let (len, value) = (self.number(300), self.byte());
        // What would be long is cut: the bytes are the caller's own.
        vec![value; len % 20_000]
    }

    /// Any number; half of them lie around page boundaries, and around `near`.
    pub(super) fn number(&mut self, near: usize) -> usize {
        const EDGES: &[usize] = &[
            0,
            1,
            usize::MAX,
            usize::MAX / 2,
            usize::MAX / 2 + 1,
            usize::MAX - 4095,
            usize::MAX >> 17,
        ];
        let around = |input: &mut Self, at: usize| match input.byte() % 8 {
            0 => at.wrapping_sub(1),
            1 => at.wrapping_add(1),
            2 => at.wrapping_sub(page_size()),
            3 => at.wrapping_add(page_size()),
            _ => at,
        };
        length(match self.below(12) {
            0 | 1 => usize::from(self.byte()) * 16 + self.below(16),
            2..=4 => self.below(12) * page_size(),
            5 => {
                let at = self.below(12) * page_size();
                around(self, at)
            }
            6 => around(self, near),
            7 => (self.word() as u32 as usize) % near.saturating_add(1).max(1),
            8 => self.word() as usize % 5_000_000,
            9 => {
                let at = 1 << self.below(usize::BITS as usize);
                around(self, at)
            }
            10 => self.pick(EDGES),
            _ => self.word() as usize,
        })
    }

    /// A range of something of this length, more often than not one within it.
    pub(super) fn range(&mut self, len: usize) -> Bounds {
        match self.below(4) {
            0 => (Bound::Unbounded, Bound::Unbounded),
            1 => {
                let pages = len / page_size() + 1;
                let first = self.below(pages.min(256));
                let count = self.below(pages.min(256));
                let end = ((first + count) * page_size()).min(len);
                (Bound::Included(first * page_size()), Bound::Excluded(end))
            }
            _ => {
                let bound = |input: &mut Self| match input.below(3) {
                    0 => Bound::Included(input.number(len)),
                    1 => Bound::Excluded(input.number(len)),
                    _ => Bound::Unbounded,
                };
                (bound(self), bound(self))
            }
        }
    }

    /// The same for ranges that have both ends.
    pub(super) fn ends(&mut self, len: usize) -> std::ops::Range<usize> {
        let (start, end) = self.range(len);
        let start = match start {
            Bound::Included(at) | Bound::Excluded(at) => at,
            Bound::Unbounded => 0,
        };
        match end {
            Bound::Included(at) | Bound::Excluded(at) => start..at,
            Bound::Unbounded => start..len,
        }
    }

    /// A part of a file.
    pub(super) fn part(&mut self, len: u64) -> Bounds<u64> {
        if self.below(8) == 0 {
            let start = self.word();
            return (
                Bound::Included(start),
                Bound::Excluded(start.wrapping_add(self.word() >> 44)),
            );
        }
        let (start, end) = self.range(usize::try_from(len).unwrap_or(usize::MAX));
        (start.map(|at| at as u64), end.map(|at| at as u64))
    }

    pub(super) fn advice(&mut self) -> Advice {
        self.pick(&[
            Advice::Normal,
            Advice::Random,
            Advice::Sequential,
            Advice::WillNeed,
            Advice::Cold,
            Advice::PageOut,
            Advice::HugePages,
            Advice::NoHugePages,
            Advice::Collapse,
            Advice::Mergeable,
            Advice::NotMergeable,
            Advice::Dump,
            Advice::NoDump,
        ])
    }

    pub(super) fn protection(&mut self) -> Protection {
        self.pick(&[
            Protection::None,
            Protection::Read,
            Protection::ReadWrite,
            Protection::ReadExecute,
        ])
    }

    pub(super) fn placement(&mut self, reservations: &[Reservation]) -> Placement {
        match (self.below(12), reservations) {
            (0, _) => Placement::Aligned(self.number(1 << 21)),
            (1, _) => Placement::Near(self.number(0)),
            (2, _) => Placement::Near(address_in_area(self.below(256))),
            (3, _) => {
                // SAFETY: the area of the canaries is far from every stack.
                Placement::At(unsafe { ExactAddress::new(address_in_area(self.below(256))) })
            }
            (4 | 5 | 8, [_, ..]) => {
                let home = self.pick(reservations);
                let at = self.number(home.len());
                Placement::Within(home, at)
            }
            (6 | 9..=11, [_, ..]) => {
                let home = self.pick(reservations);
                Placement::FirstFit(home, if self.below(4) != 0 { 1 } else { self.number(1 << 13) })
            }
            _ => Placement::Anywhere,
        }
    }

    fn numa(&mut self) -> Numa {
        let node = |input: &mut Self| {
            let number = if input.flag() { 0 } else { input.word() as u32 };
            Node::new(number).or(Node::new(number % Node::LIMIT)).unwrap()
        };
        match self.below(8) {
            0 => Numa::Local,
            1 => Numa::Prefer(node(self).into()),
            2 => Numa::Bind(NodeSet::from_iter([node(self), node(self)])),
            3 => Numa::Interleave(NodeSet::from_iter([node(self)])),
            4 => Numa::WeightedInterleave(NodeSet::new()),
            _ => Numa::Default,
        }
    }

    /// All policies: each is the usual one more often than not.
    pub(super) fn options(&mut self, reservations: &[Reservation]) -> MapOptions {
        let mut options = MapOptions::new();
        if self.below(3) == 0 {
            return options;
        }
        options.placement(self.placement(reservations));
        let mask = self.word() as u16;
        let chosen = |bit: u16| mask >> bit & 1 == 1 && mask >> (bit + 8) & 1 == 1;
        if chosen(0) {
            let size = if self.flag() { 2 << 20 } else { self.number(1 << 21) };
            options.huge_pages(self.pick(&[
                HugePages::System,
                HugePages::Never,
                HugePages::Transparent,
                HugePages::Explicit(size),
                HugePages::ExplicitElseTransparent(size),
            ]));
        }
        if chosen(1) {
            options.prefault(self.pick(&[Prefault::Read, Prefault::Write]));
            options
                .prefault_threads(NonZeroUsize::new(self.number(2)).unwrap_or(NonZeroUsize::MIN));
        }
        if chosen(2) {
            options.lock(self.pick(&[Lock::Now, Lock::OnFault]));
        }
        if chosen(3) {
            options.numa(self.numa());
        }
        if chosen(4) {
            options.fork(self.pick(&[Fork::Exclude, Fork::Wipe]));
            options.core_dump(CoreDump::Exclude);
        }
        if chosen(5) {
            options.commit(Commit::NoReserve);
        }
        if chosen(6) {
            let mut count = || if self.below(4) == 0 { self.number(2) } else { self.below(3) };
            options.guard_pages(count(), count());
        }
        if chosen(7) {
            options.name(self.pick(&[c"plain", c"", c"[`$\\]", c"\xff\n"]));
            options.growth_step(self.number(1 << 16));
        }
        options
    }
}
