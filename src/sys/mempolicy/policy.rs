//! What a policy says, and how the kernel's `mode` and nodes spell it.

use core::ffi::c_int;

use super::{Node, NodeSet};
use crate::sys::ffi;

#[doc = on!(linux, android)]
/// From which nodes memory is taken.
///
/// The nodes are a wish at the time of the call: those that do not exist, or that the cpuset does
/// not allow, are left out without an error as long as one remains.
///
/// # Examples
///
/// ```
/// use mman::sys::mempolicy::{Policy, Rebind};
///
/// let plain = Policy::interleave("0-1".parse()?);
/// let nodes = "0-1".parse()?;
/// assert_eq!(plain, Policy::Interleave { nodes, rebind: Rebind::Remap });
/// let fixed = Policy::Interleave { nodes, rebind: Rebind::StaticNodes };
/// assert_ne!(plain, fixed);
/// # Ok::<(), mman::sys::ParseError>(())
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Policy {
    /// None of its own: that of the thread for a range, that of the system for a thread.
    #[doc(alias = "MPOL_DEFAULT")]
    Default,
    /// From the node of the CPU that first touches the page, then from others. Linux 3.8.
    ///
    /// `MPOL_PREFERRED` without a node means the same, and is read as this.
    #[doc(alias = "MPOL_LOCAL")]
    Local,
    /// From this node, then from others.
    #[doc(alias = "MPOL_PREFERRED")]
    Preferred {
        /// The node.
        node: Node,
        /// What happens to it when the cpuset changes.
        rebind: Rebind,
    },
    /// From these nodes, then from others. Linux 5.15.
    #[doc(alias = "MPOL_PREFERRED_MANY")]
    PreferredMany {
        /// The nodes, at least one.
        nodes: NodeSet,
        /// What happens to them when the cpuset changes.
        rebind: Rebind,
        /// Whether the kernel may move pages among the nodes to where they are used.
        ///
        /// Linux 6.10: newer than the mode, `EINVAL` before.
        #[doc(alias = "MPOL_F_NUMA_BALANCING")]
        numa_balancing: bool,
    },
    /// From these nodes and no others: without memory there, the OOM killer comes.
    ///
    /// Where it has run out of huge pages there, the touch of a page ends in SIGBUS.
    #[doc(alias = "MPOL_BIND")]
    Bind {
        /// The nodes, at least one.
        nodes: NodeSet,
        /// What happens to them when the cpuset changes.
        rebind: Rebind,
        /// Whether the kernel may move pages among the nodes to where they are used.
        ///
        /// Linux 5.12: newer than the mode, `EINVAL` before.
        #[doc(alias = "MPOL_F_NUMA_BALANCING")]
        numa_balancing: bool,
    },
    /// From one of these nodes after the other, page by page.
    #[doc(alias = "MPOL_INTERLEAVE")]
    Interleave {
        /// The nodes, at least one.
        nodes: NodeSet,
        /// What happens to them when the cpuset changes.
        rebind: Rebind,
    },
    /// As [`Interleave`](Self::Interleave), so many pages from a node as its weight says.
    /// Linux 6.9.
    ///
    /// The weights are in `/sys/kernel/mm/mempolicy/weighted_interleave`.
    #[doc(alias = "MPOL_WEIGHTED_INTERLEAVE")]
    WeightedInterleave {
        /// The nodes, at least one.
        nodes: NodeSet,
        /// What happens to them when the cpuset changes.
        rebind: Rebind,
    },
    /// One that this crate does not know.
    Other {
        /// The mode with its flags, as in `<numaif.h>`.
        mode: c_int,
        /// The nodes.
        nodes: NodeSet,
    },
}

#[doc = on!(linux, android)]
/// What happens to a policy's nodes when the nodes that the cpuset allows change.
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
pub enum Rebind {
    /// The first allowed node becomes the first of the newly allowed ones, and so on.
    #[default]
    Remap,
    /// They stay as they are; those not allowed are not used. Linux 2.6.26.
    #[doc(alias = "MPOL_F_STATIC_NODES")]
    StaticNodes,
    /// They are counted among the allowed ones: node 1 is the second allowed node. Linux 2.6.26.
    #[doc(alias = "MPOL_F_RELATIVE_NODES")]
    RelativeNodes,
}

const MODE_FLAGS: c_int =
    ffi::MPOL_F_STATIC_NODES | ffi::MPOL_F_RELATIVE_NODES | ffi::MPOL_F_NUMA_BALANCING;

impl Policy {
    /// [`Preferred`](Self::Preferred) without flags.
    #[must_use]
    pub const fn preferred(node: Node) -> Self {
        Self::Preferred { node, rebind: Rebind::Remap }
    }

    /// [`PreferredMany`](Self::PreferredMany) without flags.
    #[must_use]
    pub const fn preferred_many(nodes: NodeSet) -> Self {
        Self::PreferredMany { nodes, rebind: Rebind::Remap, numa_balancing: false }
    }

    /// [`Bind`](Self::Bind) without flags.
    #[must_use]
    pub const fn bind(nodes: NodeSet) -> Self {
        Self::Bind { nodes, rebind: Rebind::Remap, numa_balancing: false }
    }

    /// [`Interleave`](Self::Interleave) without flags.
    #[must_use]
    pub const fn interleave(nodes: NodeSet) -> Self {
        Self::Interleave { nodes, rebind: Rebind::Remap }
    }

    /// [`WeightedInterleave`](Self::WeightedInterleave) without flags.
    #[must_use]
    pub const fn weighted_interleave(nodes: NodeSet) -> Self {
        Self::WeightedInterleave { nodes, rebind: Rebind::Remap }
    }

    /// The mode with its flags, and the nodes, as the kernel takes them.
    pub(super) fn encode(&self) -> (c_int, NodeSet) {
        match *self {
            Self::Default => (ffi::MPOL_DEFAULT, NodeSet::new()),
            Self::Local => (ffi::MPOL_LOCAL, NodeSet::new()),
            Self::Preferred { node, rebind } => (ffi::MPOL_PREFERRED | rebind.flag(), node.into()),
            Self::PreferredMany { nodes, rebind, numa_balancing } => {
                (ffi::MPOL_PREFERRED_MANY | rebind.flag() | balancing(numa_balancing), nodes)
            }
            Self::Bind { nodes, rebind, numa_balancing } => {
                (ffi::MPOL_BIND | rebind.flag() | balancing(numa_balancing), nodes)
            }
            Self::Interleave { nodes, rebind } => (ffi::MPOL_INTERLEAVE | rebind.flag(), nodes),
            Self::WeightedInterleave { nodes, rebind } => {
                (ffi::MPOL_WEIGHTED_INTERLEAVE | rebind.flag(), nodes)
            }
            Self::Other { mode, nodes } => (mode, nodes),
        }
    }

    /// What [`encode`](Self::encode) has written, or the kernel.
    pub(super) fn decode(mode: c_int, nodes: NodeSet) -> Self {
        Self::known(mode, nodes).unwrap_or(Self::Other { mode, nodes })
    }

    fn known(mode: c_int, nodes: NodeSet) -> Option<Self> {
        let rebind = Rebind::of(mode)?;
        let numa_balancing = mode & ffi::MPOL_F_NUMA_BALANCING != 0;
        let plain = rebind == Rebind::Remap && nodes.is_empty();
        let policy = match mode & !MODE_FLAGS {
            ffi::MPOL_BIND => Self::Bind { nodes, rebind, numa_balancing },
            ffi::MPOL_PREFERRED_MANY => Self::PreferredMany { nodes, rebind, numa_balancing },
            _ if numa_balancing => return None,
            ffi::MPOL_DEFAULT if plain => Self::Default,
            ffi::MPOL_LOCAL | ffi::MPOL_PREFERRED if plain => Self::Local,
            // C allows more nodes than the one that counts.
            ffi::MPOL_PREFERRED if nodes.len() == 1 => {
                Self::Preferred { node: nodes.iter().next()?, rebind }
            }
            ffi::MPOL_INTERLEAVE => Self::Interleave { nodes, rebind },
            ffi::MPOL_WEIGHTED_INTERLEAVE => Self::WeightedInterleave { nodes, rebind },
            _ => return None,
        };
        Some(policy)
    }
}

impl Rebind {
    const fn flag(self) -> c_int {
        match self {
            Self::Remap => 0,
            Self::StaticNodes => ffi::MPOL_F_STATIC_NODES,
            Self::RelativeNodes => ffi::MPOL_F_RELATIVE_NODES,
        }
    }

    const fn of(mode: c_int) -> Option<Self> {
        match mode & (ffi::MPOL_F_STATIC_NODES | ffi::MPOL_F_RELATIVE_NODES) {
            0 => Some(Self::Remap),
            ffi::MPOL_F_STATIC_NODES => Some(Self::StaticNodes),
            ffi::MPOL_F_RELATIVE_NODES => Some(Self::RelativeNodes),
            _ => None,
        }
    }
}

const fn balancing(on: bool) -> c_int {
    if on { ffi::MPOL_F_NUMA_BALANCING } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every mode with every flag, known or not, is told apart and comes back as it was.
    #[test]
    fn every_mode_survives() {
        let sets = ["", "3", "0-1", "1023"].map(|text| text.parse::<NodeSet>().unwrap());
        for number in 0..=9 {
            for flags in 0..8 {
                for nodes in sets {
                    let mode = number | flags << 13;
                    let policy = Policy::decode(mode, nodes);
                    let local = mode == ffi::MPOL_PREFERRED && nodes.is_empty();
                    let want = if local { ffi::MPOL_LOCAL } else { mode };
                    assert_eq!((want, nodes), policy.encode(), "{policy:?}");
                    let both = flags & 6 == 6;
                    if both || number > ffi::MPOL_WEIGHTED_INTERLEAVE {
                        assert_eq!(Policy::Other { mode, nodes }, policy);
                    }
                }
            }
        }
    }
}
