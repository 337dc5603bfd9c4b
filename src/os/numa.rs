//! NUMA nodes: what a port owes.
//!
//! - `allowed_nodes()`: the nodes that memory of this process may come from.
//! - `take_from(start, len, numa)`: from which nodes pages come that are not there yet.
//! - `nodes_of(start, found)`: the node of each page from `start` on that is there.
//!
//! `ENOSYS` means that this system, or this kernel, has no such thing.

#[cfg(all(any(target_os = "linux", target_os = "android"), not(any(miri, mman_heap))))]
mod linux;
#[cfg(any(miri, mman_heap, not(any(target_os = "linux", target_os = "android"))))]
mod other;

#[cfg(all(any(target_os = "linux", target_os = "android"), not(any(miri, mman_heap))))]
pub(crate) use linux::*;
#[cfg(any(miri, mman_heap, not(any(target_os = "linux", target_os = "android"))))]
pub(crate) use other::*;

use crate::NodeSet;

/// From which NUMA nodes memory comes. All but `Default`: Linux.
///
/// # Examples
///
/// ```
/// use mman::{MapOptions, Node, Numa, Prefault};
///
/// let first = Node::new(0).unwrap();
/// let mut options = MapOptions::new();
/// options.numa(Numa::Prefer(first.into())).prefault(Prefault::Write);
/// match options.anon(1 << 20) {
///     Ok(memory) => println!("{} pages on node 0", memory.nodes(..)?.on(first)),
///     Err(error) => println!("{error}"),
/// }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Numa {
    /// As the thread that touches a page is set.
    #[default]
    Default,
    /// From the node of the processor that touches a page first, then from others.
    Local,
    /// From these nodes, then from others. More than one: Linux 5.15.
    Prefer(NodeSet),
    /// From these nodes and no others. If they have no memory left, the system kills; explicit huge
    /// pages are an error at creation.
    Bind(NodeSet),
    /// From one of these nodes after the other, page by page.
    Interleave(NodeSet),
    /// As `Interleave`, so many pages from a node as the system's weight for it says. Linux 6.9.
    WeightedInterleave(NodeSet),
}

impl Numa {
    /// The nodes that it names.
    pub(crate) fn nodes(&self) -> Option<&NodeSet> {
        match self {
            Self::Default | Self::Local => None,
            Self::Prefer(nodes)
            | Self::Bind(nodes)
            | Self::Interleave(nodes)
            | Self::WeightedInterleave(nodes) => Some(nodes),
        }
    }
}
