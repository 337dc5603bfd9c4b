//! Which pages are in memory.

use core::ops::RangeBounds;
use std::vec::Vec;

use super::{Region, Span};
use crate::{MapError, Result, errno::Errno, os};

/// Which pages of a memory were in RAM when it was asked.
///
/// # Examples
///
/// ```
/// let mut memory = mman::Anon::new(4 * mman::page_size())?;
/// memory[0] = 1;
/// # if cfg!(not(target_os = "openbsd")) {
/// let residency = memory.residency(..)?;
/// assert_eq!(residency.pages(), 4);
/// assert_eq!(residency.is_resident(0), Some(true));
/// assert_eq!(residency.is_resident(4), None);
/// # }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Residency {
    /// Bit 0 is the answer.
    pages: Vec<u8>,
}

impl Residency {
    /// How many pages of the system's size were asked about.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// How many of them are in RAM.
    #[must_use]
    pub fn resident(&self) -> usize {
        self.iter().filter(|resident| *resident).count()
    }

    /// Whether this page is in RAM; `None` if it was not asked about.
    #[must_use]
    pub fn is_resident(&self, page: usize) -> Option<bool> {
        self.pages.get(page).map(|byte| byte & 1 == 1)
    }

    /// The answer for each page, from the first on.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = bool> + '_ {
        self.pages.iter().map(|byte| byte & 1 == 1)
    }
}

impl Region {
    pub(crate) fn residency_of(
        &self,
        operation: &'static str,
        bounds: impl RangeBounds<usize>,
    ) -> Result<Residency, MapError> {
        let range = self.range(operation, bounds)?;
        let mut pages = Vec::new();
        if range.is_empty() {
            return Ok(Residency { pages });
        }
        // In pages of the system's size, whatever the memory is made of.
        let Span { start, len } = self.small_pages(&range);
        let count = len.div_ceil(os::page_size());
        let fits = pages.try_reserve_exact(count);
        fits.map_err(|_| MapError::system(operation, Errno::ENOMEM))?;
        pages.resize(count, 0);
        match os::residency(start.cast(), len, &mut pages) {
            Ok(()) => Ok(Residency { pages }),
            Err(Errno::ENOSYS) => {
                Err(MapError::unsupported(operation, "this system does not tell"))
            }
            Err(errno) => Err(MapError::system(operation, errno)),
        }
    }
}
