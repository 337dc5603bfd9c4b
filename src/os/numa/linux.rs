//! Linux and Android, with `CONFIG_NUMA`.

use core::ffi::c_void;

use super::Numa;
use crate::{
    Node, NodeSet, Result,
    errno::Errno,
    os::page_size,
    sys::mempolicy::{self, MpolFlags, PageStatus, Policy},
};

pub(crate) fn allowed_nodes() -> Result<NodeSet> {
    mempolicy::get_mempolicy_mems_allowed()
}

/// Newer kinds of policy are `ENOSYS` where the kernel does not know them; the nodes are allowed.
pub(crate) fn take_from(start: *mut u8, len: usize, numa: Numa) -> Result<()> {
    let (policy, is_old) = match numa {
        Numa::Default => return Ok(()),
        Numa::Local => (Policy::Local, true),
        Numa::Prefer(nodes) if nodes.len() > 1 => (Policy::preferred_many(nodes), false),
        Numa::Prefer(nodes) => match nodes.iter().next() {
            Some(node) => (Policy::preferred(node), true),
            None => return Err(Errno::EINVAL),
        },
        Numa::Bind(nodes) => (Policy::bind(nodes), true),
        Numa::Interleave(nodes) => (Policy::interleave(nodes), true),
        Numa::WeightedInterleave(nodes) => (Policy::weighted_interleave(nodes), false),
    };
    match mempolicy::mbind(start.cast(), len, &policy, MpolFlags::empty()) {
        Err(Errno::EINVAL) if !is_old => Err(Errno::ENOSYS),
        done => done,
    }
}

pub(crate) fn nodes_of(start: *const u8, found: &mut [Option<Node>]) -> Result<()> {
    /// Pages in one call.
    const STEP: usize = 512;
    let page = page_size();
    for (number, part) in found.chunks_mut(STEP).enumerate() {
        let first = start.wrapping_add(number * STEP * page);
        let mut pages = [core::ptr::null::<c_void>(); STEP];
        for (index, address) in pages.iter_mut().enumerate() {
            *address = first.wrapping_add(index * page).cast();
        }
        let mut status = [PageStatus::default(); STEP];
        let pages = pages.get(..part.len()).unwrap_or_default();
        mempolicy::move_pages(0, pages, None, &mut status, MpolFlags::empty())?;
        for (node, status) in part.iter_mut().zip(status) {
            *node = status.node().ok();
        }
    }
    Ok(())
}
