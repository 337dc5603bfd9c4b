//! The numbers of a file, and their sums.

use std::collections::HashSet;

use mman::observe::PageCache;
use serde::Serialize;

/// What is shown of a file or of several, in bytes; `None` is unknown.
#[derive(Copy, Clone, Debug, Default, Serialize)]
pub(crate) struct Figures {
    pub(crate) size: u64,
    /// The sizes of files whose `resident` is known, each in whole pages.
    #[serde(skip)]
    pub(crate) pages: u64,
    pub(crate) resident: Option<u64>,
    pub(crate) dirty: Option<u64>,
    pub(crate) writeback: Option<u64>,
    pub(crate) evicted: Option<u64>,
    pub(crate) recently_evicted: Option<u64>,
}

impl Figures {
    /// Of a file of this size.
    pub(crate) fn new(size: u64, cached: Option<&PageCache>, page_size: u64) -> Self {
        let Some(cached) = cached else { return Self { size, ..Self::default() } };
        Self {
            size,
            pages: size.div_ceil(page_size).saturating_mul(page_size),
            resident: Some(cached.resident),
            dirty: cached.dirty,
            writeback: cached.writeback,
            evicted: cached.evicted,
            recently_evicted: cached.recently_evicted,
        }
    }

    /// How many of `parts` equal parts of the pages are resident, rounded down; `None` if that is
    /// unknown or if there are no pages.
    pub(crate) fn resident_of(&self, parts: u64) -> Option<u64> {
        // A huge page may reach beyond the end of a file.
        let resident = self.resident?.min(self.pages);
        let product = u128::from(resident) * u128::from(parts);
        product.checked_div(u128::from(self.pages)).map(|part| part as u64)
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let sum = |a: Option<u64>, b: Option<u64>| match (a, b) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (a, b) => a.or(b),
        };
        self.size = self.size.saturating_add(other.size);
        self.pages = self.pages.saturating_add(other.pages);
        self.resident = sum(self.resident, other.resident);
        self.dirty = sum(self.dirty, other.dirty);
        self.writeback = sum(self.writeback, other.writeback);
        self.evicted = sum(self.evicted, other.evicted);
        self.recently_evicted = sum(self.recently_evicted, other.recently_evicted);
    }
}

/// What makes two names the same file: device and inode.
pub(crate) type FileId = (u64, u64);

/// The sum over files.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Total {
    pub(crate) files: u64,
    /// Files of which only the size is known.
    pub(crate) unknown: u64,
    #[serde(flatten)]
    pub(crate) figures: Figures,
}

impl Total {
    /// Of files that may come several times: the first time counts.
    pub(crate) fn of<'a>(files: impl ExactSizeIterator<Item = (FileId, &'a Figures)>) -> Self {
        let mut total = Self::default();
        let mut seen = HashSet::with_capacity(files.len());
        for (_, figures) in files.filter(|(id, _)| seen.insert(*id)) {
            total.files += 1;
            total.unknown += u64::from(figures.resident.is_none());
            total.figures.add(figures);
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(size: u64, resident: u64) -> Figures {
        let mut cached = PageCache::default();
        cached.resident = resident;
        Figures::new(size, Some(&cached), 4096)
    }

    #[test]
    fn the_total_counts_a_file_once_as_it_was_first() {
        let [a, b, again, unknown] =
            [figures(1, 4096), figures(2, 0), figures(3, 0), Figures::new(4, None, 4096)];
        let files = [((1, 2), &a), ((0, 3), &b), ((1, 2), &again), ((1, 3), &unknown)];
        let total = Total::of(files.into_iter());
        assert_eq!((total.files, total.unknown), (3, 1));
        assert_eq!((total.figures.size, total.figures.resident), (7, Some(4096)));
    }

    #[test]
    fn the_part_is_of_whole_pages() {
        assert_eq!(figures(4097, 4096).resident_of(1000), Some(500));
        assert_eq!(figures(1, 4096).resident_of(1000), Some(1000));
        // A huge page beyond the end.
        assert_eq!(figures(1, 2 << 20).resident_of(1000), Some(1000));
        assert_eq!(figures(u64::MAX, u64::MAX).resident_of(u64::MAX), Some(u64::MAX));
        assert_eq!(figures(0, 0).resident_of(1000), None);
        assert_eq!(Figures::new(1, None, 4096).resident_of(1000), None);
    }
}
