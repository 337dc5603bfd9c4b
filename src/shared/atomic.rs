//! Atomics in shared memory, of one width for each location.

use core::{
    ops::{Range, RangeBounds},
    slice,
    sync::atomic::{
        AtomicI8, AtomicI16, AtomicI32, AtomicIsize, AtomicU8, AtomicU16, AtomicU32, AtomicUsize,
    },
};
// Not every 32-bit processor has them.
#[cfg(target_has_atomic = "64")]
use core::sync::atomic::{AtomicI64, AtomicU64};
use std::{
    collections::BTreeMap,
    format,
    sync::{Mutex, PoisonError},
    vec::Vec,
};

use super::Shared;
use crate::{MapError, Result};

/// The atomics of `std` that shared memory can hold: integers of all widths.
///
/// Not `AtomicBool`, for which another process could write something that is neither `true` nor
/// `false`, nor `AtomicPtr`, for another process's pointers mean nothing here.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// let shared = mman::Shared::anonymous(4096)?;
/// let count: &AtomicU32 = shared.atomic(64)?;
/// count.fetch_add(1, Ordering::Relaxed);
/// assert_eq!(shared.atomic::<AtomicU32>(64)?.load(Ordering::Relaxed), 1);
/// # Ok::<(), mman::MapError>(())
/// ```
pub trait Atomic: private::Atomic {}

mod private {
    /// For nobody else's types: those of std are integers of any bytes, aligned to their size.
    pub trait Atomic: Sync + Sized + 'static {}
}

macro_rules! atomics {
    ($($name:ident)+) => {$(
        impl private::Atomic for $name {}
        impl Atomic for $name {}
    )+};
}
atomics! {
    AtomicU8 AtomicU16 AtomicU32 AtomicUsize AtomicI8 AtomicI16 AtomicI32 AtomicIsize
}
#[cfg(target_has_atomic = "64")]
atomics! { AtomicU64 AtomicI64 }

/// Which locations were given out as atomics, and of which width.
#[derive(Debug, Default)]
pub(super) struct Widths(Mutex<Map>);

/// The end and the width of each range by its start.
type Map = BTreeMap<usize, (usize, usize)>;

impl Widths {
    /// Notes that a range is atomics of this width; if it is in part another's already, tells where
    /// and of which width.
    fn claim(&self, range: &Range<usize>, width: usize) -> Result<(), (usize, usize)> {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Range { mut start, mut end } = *range;
        let (first, last) = (start, end);
        // Those that overlap the range or lie next to it, the last one first.
        let near = map.range(..=last).rev().take_while(|(_, (its_end, _))| *its_end >= first);
        let mut same = Vec::new();
        for (&at, &(its_end, its_width)) in near {
            if its_width == width {
                if at <= first && its_end >= last {
                    return Ok(());
                }
                same.push(at);
            } else if at < last && its_end > first {
                return Err((at.max(first), its_width));
            }
        }
        for at in same {
            if let Some((its_end, _)) = map.remove(&at) {
                (start, end) = (start.min(at), end.max(its_end));
            }
        }
        map.insert(start, (end, width));
        Ok(())
    }

    /// For when no reference is left.
    pub(super) fn clear(&mut self) {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Shared {
    /// The atomic at an offset, which is a multiple of its size.
    ///
    /// A location has one width: what was given out as an `AtomicU32` is not given out as a part of
    /// an `AtomicU64`, until [`forget_atomics`](Self::forget_atomics). The other processes must
    /// agree on it. A look-up takes a lock, so keep the reference; take it before a `fork` in a
    /// process with several threads.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
    ///
    /// let shared = mman::Shared::anonymous(4096)?;
    /// let counter = shared.atomic::<AtomicU64>(64)?;
    /// counter.fetch_add(1, Ordering::Relaxed);
    /// assert_eq!(shared.atomic::<AtomicU64>(64)?.load(Ordering::Relaxed), 1);
    /// let error = shared.atomic::<AtomicU32>(68).unwrap_err();
    /// assert_eq!(error.to_string(), "atomic: offset 68 is used by atomics of 8 bytes");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: it does not lie within the length; the offset is not a multiple of its
    ///   size; it is in part used by atomics of another width.
    pub fn atomic<T: Atomic>(&self, offset: usize) -> Result<&T, MapError> {
        const OPERATION: &str = "atomic";
        let range = self.extent(OPERATION, offset, size_of::<T>())?;
        let atomic = self.claim::<T>(OPERATION, range)?;
        // SAFETY: it has been claimed, and any bytes are an atomic integer.
        Ok(unsafe { &*atomic })
    }

    /// The atomics that a range of bytes is made of: [`atomic`](Self::atomic) for many.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// let shared = mman::Shared::anonymous(4096)?;
    /// let slots = shared.atomics::<AtomicU64>(64..)?;
    /// assert_eq!(slots.len(), 504);
    /// slots[503].store(1, Ordering::Relaxed);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`atomic`](Self::atomic), and:
    ///
    /// - Without a code: the range's length is not a multiple of the size of an atomic.
    pub fn atomics<T: Atomic>(&self, range: impl RangeBounds<usize>) -> Result<&[T], MapError> {
        const OPERATION: &str = "atomics";
        let range = self.memory.region.range(OPERATION, range)?;
        let (len, size) = (range.end - range.start, size_of::<T>());
        if len % size != 0 {
            let rule = format!("{len} bytes are not a multiple of the size {size}");
            return Err(MapError::rule(OPERATION, rule));
        }
        let first = self.claim::<T>(OPERATION, range)?;
        // SAFETY: so many have been claimed, one after another, and any bytes are atomic integers.
        Ok(unsafe { slice::from_raw_parts(first, len / size) })
    }

    /// Lets all locations be atomics of any width again.
    ///
    /// That it borrows the value for change says that no reference to an atomic is left.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU32, AtomicU64};
    ///
    /// let mut shared = mman::Shared::anonymous(4096)?;
    /// shared.atomic::<AtomicU64>(0)?;
    /// shared.forget_atomics();
    /// shared.atomic::<AtomicU32>(0)?;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    pub fn forget_atomics(&mut self) {
        self.widths.clear();
    }

    /// Where the first atomic of a range is, from which on they may be used as long as the value is
    /// borrowed. The range is within the length, and of whole atomics if it starts at one.
    fn claim<T: Atomic>(
        &self,
        operation: &'static str,
        range: Range<usize>,
    ) -> Result<*const T, MapError> {
        let (start, size) = (range.start, size_of::<T>());
        // The memory itself starts at a page.
        if start % size != 0 {
            let rule = format!("offset {start} is not a multiple of the size {size}");
            return Err(MapError::rule(operation, rule));
        }
        if !range.is_empty() {
            self.widths.claim(&range, size).map_err(|(at, width)| {
                MapError::rule(
                    operation,
                    format!("offset {at} is used by atomics of {width} bytes"),
                )
            })?;
        }
        Ok(self.as_ptr().wrapping_add(start).cast_const().cast())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against a model that knows the width of each byte.
    #[test]
    fn a_byte_has_one_width() {
        const LEN: usize = 64;
        let mut seed = 1_u32;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as usize % below
        };
        for _ in 0..200 {
            let widths = Widths::default();
            let mut model = [0; LEN];
            for _ in 0..40 {
                let width = [1, 2, 4, 8][random(4)];
                let start = random(LEN / width) * width;
                let range = start..start + width * (1 + random((LEN - start) / width).min(4));
                let free = model[range.clone()].iter().all(|its| [0, width].contains(its));
                match widths.claim(&range, width) {
                    Ok(()) => {
                        assert!(free, "{range:?} of {width}: {model:?}");
                        model[range].fill(width);
                    }
                    Err((at, its)) => {
                        assert!(range.contains(&at) && !free);
                        assert_eq!(model[at], its, "{range:?} of {width} at {at}: {model:?}");
                    }
                }
            }
            // Neighbours of one width are one range.
            let map = widths.0.lock().unwrap();
            let ends: Vec<_> = map.iter().map(|(at, (end, width))| (*at, *end, *width)).collect();
            for pair in ends.windows(2) {
                let ((_, end, width), (at, _, next)) = (pair[0], pair[1]);
                assert!(end < at || (end == at && width != next), "{ends:?}");
            }
        }
    }
}
