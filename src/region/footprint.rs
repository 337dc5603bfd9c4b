//! What the system has given: huge pages, locks, nodes.

use core::ops::{Range, RangeBounds};
use std::vec::Vec;

use super::{Region, Span};
use crate::{MapError, Node, Result, errno::Errno, os};

/// What the pages of a memory were when it was asked, in bytes of the range.
///
/// What the system does not tell is `None`.
///
/// # Examples
///
/// ```
/// use mman::{HugePages, MapOptions, Prefault};
///
/// let mut options = MapOptions::new();
/// options.huge_pages(HugePages::ExplicitElseTransparent(2 << 20)).prefault(Prefault::Write);
/// # #[cfg(target_os = "linux")]
/// if let Ok(memory) = options.anon(8 << 20) {
///     let got = memory.footprint(..)?;
///     println!("explicit: {}, huge: {:?} bytes", memory.page_size() == 2 << 20, got.huge);
/// }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Footprint {
    /// What is in RAM.
    pub resident: Option<usize>,
    /// Of this, what is mapped by huge pages, explicit or transparent ones. Linux; before 6.7 only
    /// where all or none of a mapping is.
    pub huge: Option<usize>,
    /// What is locked, or will be once it is touched. Linux.
    pub locked: Option<usize>,
}

/// On which NUMA nodes the pages of a memory were when it was asked.
///
/// # Examples
///
/// ```
/// let mut memory = mman::Anon::new(4 * mman::page_size())?;
/// memory[0] = 1;
/// match memory.nodes(..) {
///     Ok(nodes) => {
///         assert_eq!((nodes.pages(), nodes.node_of(1)), (4, None));
///         println!("the first page is on {:?}", nodes.node_of(0));
///     }
///     Err(error) => println!("{error}"),
/// }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PageNodes(Vec<Option<Node>>);

impl PageNodes {
    /// How many pages of the system's size were asked about.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.0.len()
    }

    /// How many of them are on this node.
    #[must_use]
    pub fn on(&self, node: Node) -> usize {
        self.iter().filter(|found| *found == Some(node)).count()
    }

    /// The node of this page; `None` if the page is not there, or was not asked about.
    #[must_use]
    pub fn node_of(&self, page: usize) -> Option<Node> {
        self.0.get(page).copied().flatten()
    }

    /// The answer for each page, from the first on.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<Node>> + '_ {
        self.0.iter().copied()
    }
}

impl Region {
    pub(crate) fn footprint(
        &self,
        operation: &'static str,
        bounds: impl RangeBounds<usize>,
    ) -> Result<Footprint, MapError> {
        let range = self.range(operation, bounds)?;
        if range.is_empty() {
            return Ok(Footprint { resident: Some(0), huge: Some(0), locked: Some(0) });
        }
        let Span { start, len } = self.small_pages(&range);
        let resident = match self.residency_of(operation, range) {
            Ok(residency) => Some(residency.resident() * os::page_size()),
            Err(error) if error.is_unsupported() => None,
            Err(error) => return Err(error),
        };
        let os::Footprint { huge, locked } = os::footprint(start, len);
        Ok(Footprint { resident, huge, locked })
    }

    pub(crate) fn nodes(
        &self,
        operation: &'static str,
        bounds: impl RangeBounds<usize>,
    ) -> Result<PageNodes, MapError> {
        let range = self.range(operation, bounds)?;
        let mut nodes = Vec::new();
        if range.is_empty() {
            return Ok(PageNodes(nodes));
        }
        let Span { start, len } = self.small_pages(&range);
        let count = len / os::page_size();
        let fits = nodes.try_reserve_exact(count);
        fits.map_err(|_| MapError::system(operation, Errno::ENOMEM))?;
        nodes.resize(count, None);
        match os::nodes_of(start, &mut nodes) {
            Ok(()) => Ok(PageNodes(nodes)),
            Err(Errno::ENOSYS) => {
                Err(MapError::unsupported(operation, "this system has no NUMA nodes"))
            }
            Err(errno) => Err(MapError::system(operation, errno)),
        }
    }

    /// The pages, of the system's size, that hold any byte of a range.
    pub(super) fn small_pages(&self, range: &Range<usize>) -> Span {
        let page = os::page_size();
        let start = self.skew() + range.start;
        let first = start - start % page;
        let len = (self.skew() + range.end).next_multiple_of(page) - first;
        Span { start: self.first_page().wrapping_add(first), len }
    }
}
