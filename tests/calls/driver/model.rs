//! What memory should hold that nobody else can change.

use std::ops::Bound;

use super::input::Bounds;

/// The contents; unknown where they are too many to be compared after each call.
#[derive(Clone, Debug)]
pub(super) struct Model(Option<Vec<u8>>);

/// As a range that was accepted.
pub(super) fn accepted(range: Bounds, len: usize) -> std::ops::Range<usize> {
    let start = match range.0 {
        Bound::Included(start) => start,
        Bound::Excluded(before) => before + 1,
        Bound::Unbounded => 0,
    };
    let end = match range.1 {
        Bound::Included(last) => last + 1,
        Bound::Excluded(end) => end,
        Bound::Unbounded => len,
    };
    assert!(start <= end && end <= len, "{range:?} of {len} was accepted");
    start..end
}

impl Model {
    const LARGEST: usize = 64 << 10;

    pub(super) fn zeros(len: usize) -> Self {
        Self((len <= Self::LARGEST).then(|| vec![0; len]))
    }

    pub(super) fn unknown() -> Self {
        Self(None)
    }

    pub(super) fn of(bytes: &[u8]) -> Self {
        Self((bytes.len() <= Self::LARGEST).then(|| bytes.to_vec()))
    }

    #[track_caller]
    pub(super) fn check(&self, bytes: &[u8]) {
        match &self.0 {
            Some(all) => assert!(bytes == all, "other contents"),
            // That all of it can be read.
            None => {
                let sum =
                    bytes.iter().step_by(4096).fold(0, |sum: u8, byte| sum.wrapping_add(*byte));
                std::hint::black_box(sum.wrapping_add(bytes.last().copied().unwrap_or(0)));
            }
        }
    }

    /// A part of it.
    #[track_caller]
    pub(super) fn check_part(&self, range: std::ops::Range<usize>, bytes: &[u8]) {
        match &self.0 {
            Some(all) => assert!(*bytes == all[range], "other contents"),
            None => self.check(bytes),
        }
    }

    pub(super) fn fill(&mut self, range: Bounds, len: usize, value: u8) {
        let range = accepted(range, len);
        if let Some(all) = &mut self.0 {
            all[range].fill(value);
        }
    }

    pub(super) fn write(&mut self, at: usize, bytes: &[u8]) {
        if let Some(all) = &mut self.0 {
            all[at..at + bytes.len()].copy_from_slice(bytes);
        }
    }

    /// Writes to a file, which may become longer.
    pub(super) fn write_file(&mut self, at: u64, bytes: &[u8]) {
        let end = usize::try_from(at).unwrap_or(usize::MAX).saturating_add(bytes.len());
        match &mut self.0 {
            Some(all) if end <= Self::LARGEST => {
                if all.len() < end {
                    all.resize(end, 0);
                }
                self.write(end - bytes.len(), bytes);
            }
            known => *known = None,
        }
    }

    pub(super) fn copy_within(&mut self, range: Bounds, len: usize, to: usize) {
        let range = accepted(range, len);
        if let Some(all) = &mut self.0 {
            all.copy_within(range, to);
        }
    }

    pub(super) fn resize(&mut self, len: usize) {
        match &mut self.0 {
            Some(all) if len <= Self::LARGEST => all.resize(len, 0),
            known => *known = None,
        }
    }

    pub(super) fn split_off(&mut self, at: usize) -> Self {
        Self(self.0.as_mut().map(|all| all.split_off(at)))
    }

    pub(super) fn append(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (Some(all), Some(others)) if all.len() + others.len() <= Self::LARGEST => {
                all.extend(others);
            }
            (known, _) => *known = None,
        }
    }
}
