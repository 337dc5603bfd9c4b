//! The systems without NUMA policies for ranges: all but Linux and Android.

use super::Numa;
use crate::{Node, NodeSet, Result, errno::Errno};

pub(crate) fn allowed_nodes() -> Result<NodeSet> {
    Err(Errno::ENOSYS)
}

pub(crate) fn take_from(_start: *mut u8, _len: usize, numa: Numa) -> Result<()> {
    if numa == Numa::Default { Ok(()) } else { Err(Errno::ENOSYS) }
}

pub(crate) fn nodes_of(_start: *const u8, _found: &mut [Option<Node>]) -> Result<()> {
    Err(Errno::ENOSYS)
}
