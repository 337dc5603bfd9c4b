//! What makes a page that is gone an error: the state that a map has for it.

use core::{
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{MappedFile, access::Access};
use crate::{
    Fault, MapError, Result,
    guarded::{self, Broken, Unguarded, Why, scope::Damage},
    region,
};

/// Accesses of this length and more look whether the handler is still ours: a system call is
/// nothing beside them.
const LONG: usize = 1 << 20;

/// Whether the handler was there when it was first needed, and which pages are lost.
#[derive(Debug)]
pub(super) struct Guard {
    /// Accesses shorter than this need not look for the handler: none at first, then [`LONG`].
    limit: AtomicUsize,
    pub(super) damage: Damage,
}

impl Guard {
    pub(super) const fn new() -> Self {
        Self { limit: AtomicUsize::new(0), damage: Damage::none() }
    }

    /// For a map of which these pages are lost.
    pub(super) fn of_lost(lost: Option<(usize, usize)>) -> Self {
        let damage = lost.map_or(Damage::none(), |(start, end)| Damage::of(&(start..end)));
        Self { limit: AtomicUsize::new(0), damage }
    }

    /// For a part of the map: what is lost of one may be of the other.
    pub(super) fn parted(&self) -> Self {
        Self::of_lost(self.damage.extent().map(|lost| (lost.start, lost.end)))
    }

    /// For two parts that become one.
    pub(super) fn join(&self, other: &Self) {
        self.damage.join(&other.damage);
    }

    /// Makes sure of the handler, at the first access and at long ones.
    #[inline]
    fn ready(&self, operation: &'static str, len: usize) -> Result<(), MapError> {
        // With it comes all that another thread has made ready.
        if len < self.limit.load(Ordering::Acquire) { Ok(()) } else { self.install(operation) }
    }

    #[cold]
    fn install(&self, operation: &'static str) -> Result<(), MapError> {
        guarded::ready().map_err(|why| unguarded(operation, why))?;
        self.limit.store(LONG, Ordering::Release);
        Ok(())
    }
}

impl<A: Access> MappedFile<A> {
    /// Which bytes were lost to a fault within [`with_slice`](Self::with_slice), from the first of
    /// them to the last; between them may be some that were not.
    ///
    /// They are zeros now that are no part of the file, and every safe access to them is an error.
    /// A new map of the file has what is there.
    ///
    /// # Examples
    ///
    /// ```
    /// let path = std::env::temp_dir().join(format!("mman-lost-{}", std::process::id()));
    /// std::fs::write(&path, [1; 100])?;
    /// let map = mman::FileMap::open(&path)?;
    /// assert_eq!(map.lost(), None);
    /// std::fs::File::create(&path)?.set_len(0)?;
    /// # std::fs::remove_file(&path)?;
    /// // SAFETY: nobody writes to this file meanwhile; that it has become shorter is an error.
    /// let sum = unsafe { map.with_slice(.., |bytes| bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>()) };
    /// assert!(sum.unwrap_err().fault().is_some());
    /// assert_eq!(map.lost(), Some(0..100));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn lost(&self) -> Option<Range<usize>> {
        let (start, len) = (self.as_ptr().addr(), self.len());
        let lost = self.guard.damage.extent()?;
        let offset = |address: usize| address.saturating_sub(start).min(len);
        let lost = offset(lost.start)..offset(lost.end);
        (!lost.is_empty()).then_some(lost)
    }

    /// Forgets what is lost of the other part of a map: other pages may take its place.
    pub(super) fn keep_own_losses(&mut self) {
        let region = &self.memory.region;
        let pages = region.touching(&(0..region.len()));
        let start = pages.start.addr();
        self.guard.damage.clip(&(start..start + pages.len));
    }

    /// The address of a range, which may be accessed by `guarded`.
    #[inline]
    pub(super) fn reach(
        &self,
        operation: &'static str,
        offset: usize,
        len: usize,
    ) -> Result<*mut u8, MapError> {
        let region = &self.memory.region;
        // One branch for both.
        if (offset > region.len()) | (len > region.len().wrapping_sub(offset)) {
            return Err(beyond(operation, offset, len, region.len()));
        }
        self.guard.ready(operation, len)?;
        Ok(region.start().wrapping_add(offset))
    }

    /// What has become of an access to a range.
    #[inline]
    pub(super) fn outcome<T>(
        &self,
        operation: &'static str,
        offset: usize,
        len: usize,
        done: Result<T, Broken>,
    ) -> Result<T, MapError> {
        match done {
            Ok(value) => {
                self.intact(operation, offset, len)?;
                Ok(value)
            }
            Err(broken) => Err(self.broken(operation, offset, len, broken)),
        }
    }

    /// Whether a range has none of the bytes that were lost. To be asked after an access.
    #[inline]
    pub(super) fn intact(
        &self,
        operation: &'static str,
        offset: usize,
        len: usize,
    ) -> Result<(), MapError> {
        if self.guard.damage.is_none() { Ok(()) } else { self.all_before(operation, offset, len) }
    }

    #[cold]
    fn all_before(
        &self,
        operation: &'static str,
        offset: usize,
        len: usize,
    ) -> Result<(), MapError> {
        let start = self.as_ptr().wrapping_add(offset);
        match self.guard.damage.within(start, len) {
            None => Ok(()),
            Some(done) => Err(MapError::gone(operation, Fault { offset, len, done })),
        }
    }

    #[cold]
    fn broken(
        &self,
        operation: &'static str,
        offset: usize,
        len: usize,
        broken: Broken,
    ) -> MapError {
        match broken.why {
            Why::Gone => {
                let start = self.as_ptr().wrapping_add(offset);
                let intact = self.guard.damage.within(start, broken.done);
                let done = intact.unwrap_or(broken.done);
                MapError::gone(operation, Fault { offset, len, done })
            }
            Why::Unsupported => {
                let why = "this processor changes no number of foreign memory in one step here";
                MapError::unsupported(operation, why)
            }
            Why::System(errno) => MapError::system(operation, errno),
        }
    }
}

#[cold]
fn beyond(operation: &'static str, offset: usize, len: usize, all: usize) -> MapError {
    match region::checked(operation, offset..offset.saturating_add(len), all) {
        Ok(_) => MapError::rule(operation, "the range is beyond the largest number"),
        Err(error) => error,
    }
}

/// Why no access can be guarded.
pub(super) fn unguarded(operation: &'static str, why: Unguarded) -> MapError {
    match why {
        Unguarded::Replaced => {
            let rule = "the program has put too many handlers of SIGBUS over that of this crate";
            MapError::rule(operation, rule)
        }
        Unguarded::System(errno) => {
            MapError::because(operation, errno, "no handler of SIGBUS can be installed")
        }
    }
}
