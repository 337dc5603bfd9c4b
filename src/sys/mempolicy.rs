#![doc = on!(linux, android)]
//! `<numaif.h>`: from which NUMA nodes memory comes, and where its pages are.
//!
//! libnuma is not needed: the calls are made by number. A kernel without `CONFIG_NUMA` has none
//! of them (`ENOSYS`), except [`get_mempolicy`] on some architectures; where a seccomp filter
//! forbids them, as that of Docker does without `CAP_SYS_NICE`, they fail with `EPERM`.

use core::{
    ffi::{c_int, c_long, c_uint, c_ulong, c_void},
    ptr,
};

use libc::pid_t;

use crate::{
    Result,
    errno::Errno,
    sys::{
        ffi,
        nodes::{MAXNODE_IN, MAXNODE_OUT, Mask},
        syscall,
    },
};

mod policy;

#[doc = on!(linux, android)]
pub use super::nodes::{Node, NodeSet};
pub use policy::{Policy, Rebind};

table! {
    #[doc = on!(linux, android)]
    /// What [`mbind`] and [`move_pages`] do with pages that are there already.
    ///
    /// The header's `MPOL_MF_LAZY` is not here: every kernel refuses it.
    pub struct MpolFlags: c_uint {
        on(linux, android) {
            /// Fail with `EIO` if a page is, or stays, where the policy does not allow it.
            MPOL_MF_STRICT;
            /// Move pages that only this process maps; newer kernels leave others out silently.
            MPOL_MF_MOVE;
            /// Move pages that others map too; needs `CAP_SYS_NICE`.
            MPOL_MF_MOVE_ALL;
        }
    }
}

#[doc = on!(linux, android)]
/// Sets from which nodes the pages of a range come.
///
/// It holds for pages that are touched first from now on, and for those that `flags` says to
/// move. `len` is in bytes, and rounded up to whole pages. For a file that is mapped privately it
/// holds for the private copies only; that of shared memory stays with the memory.
///
/// # Examples
///
/// ```
/// use std::ptr;
/// use mman::{errno::Errno, sys::mempolicy::*, sys::mman::*};
///
/// let (len, flags) = (1 << 16, MapFlags::MAP_PRIVATE | MapFlags::MAP_ANONYMOUS);
/// let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
/// // SAFETY: the kernel chooses the place.
/// let memory = unsafe { mmap(ptr::null_mut(), len, access, flags, -1, 0)? };
///
/// let policy = Policy::preferred(Node::new(0).unwrap());
/// match mbind(memory, len, &policy, MpolFlags::empty()) {
///     Ok(()) => assert_eq!(get_mempolicy_addr(memory)?, policy),
///     Err(Errno::ENOSYS) => println!("this kernel has no CONFIG_NUMA"),
///     Err(Errno::EPERM) => println!("this container forbids it"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Errno>(())
/// ```
///
/// # Errors
///
/// - `EFAULT`: part of the range is not mapped.
/// - `EINVAL`: `addr` is not a multiple of the page size; no node of the policy exists and is
///   allowed; the kernel does not know the policy, its flags or `flags`.
/// - `EIO`: with `MPOL_MF_STRICT`, a page is where the policy does not allow it, or could not be
///   moved.
/// - `ENOMEM`: the kernel has no memory for it, or the process has too many mappings.
/// - `EPERM`: `MPOL_MF_MOVE_ALL` without `CAP_SYS_NICE`; or a filter forbids the call.
/// - `ENOSYS`: the kernel has no `CONFIG_NUMA`.
///
/// # Platforms
///
/// Linux 2.6.7, Android.
///
#[doc = man!(mbind(2) on linux)]
pub fn mbind(addr: *mut c_void, len: usize, policy: &Policy, flags: MpolFlags) -> Result<()> {
    let (mode, nodes) = policy.encode();
    let mask = nodes.to_mask();
    // SAFETY: it reads the bits of `mask`, which outlives the call; moving a page changes neither
    // its address nor what it holds.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_mbind,
            addr.addr(),
            len,
            mode as c_ulong,
            mask.as_ptr(),
            MAXNODE_IN,
            c_ulong::from(flags.bits()),
        )
    };
    Errno::result(answer).map(drop)
}

#[doc = on!(linux, android)]
/// Sets from which nodes the calling thread's memory comes, where a range has no own policy.
///
/// Threads and processes that it starts from now on inherit the policy, and programs that it
/// executes.
///
/// # Examples
///
/// ```
/// use mman::{errno::Errno, sys::mempolicy::*};
///
/// match set_mempolicy(&Policy::Local) {
///     Ok(()) => assert_eq!(get_mempolicy()?, Policy::Local),
///     Err(Errno::ENOSYS) => println!("this kernel has no CONFIG_NUMA"),
///     Err(Errno::EPERM) => println!("this container forbids it"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Errno>(())
/// ```
///
/// # Errors
///
/// - `EINVAL`: no node of the policy exists and is allowed; the kernel does not know the policy
///   or its flags.
/// - `ENOMEM`: the kernel has no memory for it.
/// - `EPERM`: a filter forbids the call.
/// - `ENOSYS`: the kernel has no `CONFIG_NUMA`.
///
/// # Platforms
///
/// Linux 2.6.7, Android.
///
#[doc = man!(set_mempolicy(2) on linux)]
pub fn set_mempolicy(policy: &Policy) -> Result<()> {
    let (mode, nodes) = policy.encode();
    let mask = nodes.to_mask();
    // SAFETY: it reads the bits of `mask`, which outlives the call.
    let answer = unsafe {
        libc::syscall(libc::SYS_set_mempolicy, mode as c_ulong, mask.as_ptr(), MAXNODE_IN)
    };
    Errno::result(answer).map(drop)
}

#[doc = on!(linux, android)]
/// The policy of the calling thread.
///
/// C's one function has five meanings, of which this is the one without flags; the others are
/// those whose names add `addr` (`MPOL_F_ADDR`), `node` (`MPOL_F_NODE`), both, and
/// `mems_allowed` (`MPOL_F_MEMS_ALLOWED`).
///
/// # Errors
///
/// - `EPERM`: a filter forbids the call.
/// - `ENOSYS`: the kernel has no `CONFIG_NUMA`.
///
/// # Platforms
///
/// Linux 2.6.7, Android.
///
#[doc = man!(get_mempolicy(2) on linux)]
pub fn get_mempolicy() -> Result<Policy> {
    get(ptr::null(), 0).map(|(mode, nodes)| Policy::decode(mode, nodes))
}

#[doc = on!(linux, android)]
/// The policy of the range at an address; [`Default`](Policy::Default) if it has none of its own.
///
/// # Errors
///
/// - `EFAULT`: nothing is mapped there.
/// - `EPERM`, `ENOSYS`: see [`get_mempolicy`].
///
/// # Platforms
///
/// Linux 2.6.7, Android.
///
#[doc = man!(get_mempolicy(2) on linux)]
#[doc(alias = "MPOL_F_ADDR")]
pub fn get_mempolicy_addr(addr: *const c_void) -> Result<Policy> {
    get(addr, ffi::MPOL_F_ADDR).map(|(mode, nodes)| Policy::decode(mode, nodes))
}

#[doc = on!(linux, android)]
/// The node from which the calling thread's next page comes, if its policy interleaves.
///
/// # Errors
///
/// - `EINVAL`: its policy does not interleave.
/// - `EPERM`, `ENOSYS`: see [`get_mempolicy`].
///
/// # Platforms
///
/// Linux 2.6.7, Android.
///
#[doc = man!(get_mempolicy(2) on linux)]
#[doc(alias = "MPOL_F_NODE")]
pub fn get_mempolicy_node() -> Result<Node> {
    get_node(ptr::null(), ffi::MPOL_F_NODE)
}

#[doc = on!(linux, android)]
/// The node of the page at an address; brings the page in, as reading from it would.
///
/// [`move_pages`] tells it of many pages, and brings none in.
///
/// # Errors
///
/// - `EFAULT`: nothing is mapped there, or it cannot be read.
/// - `EPERM`, `ENOSYS`: see [`get_mempolicy`].
///
/// # Platforms
///
/// Linux 2.6.7, Android.
///
#[doc = man!(get_mempolicy(2) on linux)]
#[doc(alias = "MPOL_F_NODE")]
#[doc(alias = "MPOL_F_ADDR")]
pub fn get_mempolicy_node_addr(addr: *const c_void) -> Result<Node> {
    get_node(addr, ffi::MPOL_F_NODE | ffi::MPOL_F_ADDR)
}

#[doc = on!(linux, android)]
/// The nodes that the thread may name in a policy: those that its cpuset allows.
///
/// # Examples
///
/// ```
/// use mman::{errno::Errno, sys::mempolicy::*};
///
/// match get_mempolicy_mems_allowed() {
///     Ok(nodes) => println!("nodes {nodes}"),
///     Err(Errno::ENOSYS) => println!("this kernel has no CONFIG_NUMA"),
///     Err(Errno::EPERM) => println!("this container forbids it"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Errno>(())
/// ```
///
/// # Errors
///
/// - `EPERM`, `ENOSYS`: see [`get_mempolicy`].
///
/// # Platforms
///
/// Linux 2.6.24, Android.
///
#[doc = man!(get_mempolicy(2) on linux)]
#[doc(alias = "MPOL_F_MEMS_ALLOWED")]
pub fn get_mempolicy_mems_allowed() -> Result<NodeSet> {
    get(ptr::null(), ffi::MPOL_F_MEMS_ALLOWED).map(|(_, nodes)| nodes)
}

fn get(addr: *const c_void, flags: c_ulong) -> Result<(c_int, NodeSet)> {
    let mut mode: c_int = 0;
    let mut mask: Mask = NodeSet::new().to_mask();
    // SAFETY: it writes an int, and of `mask` the words that `MAXNODE_OUT` counts, which is one
    // less than there are; of `addr` it does no more than read.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_get_mempolicy,
            &raw mut mode,
            mask.as_mut_ptr(),
            MAXNODE_OUT,
            addr,
            flags,
        )
    };
    Errno::result(answer).map(|_| (mode, NodeSet::from_mask(&mask)))
}

fn get_node(addr: *const c_void, flags: c_ulong) -> Result<Node> {
    let (node, _) = get(addr, flags)?;
    // Negative or too high cannot be: no kernel has such a node.
    Node::new(node as u32).ok_or(Errno::EOVERFLOW)
}

#[doc = on!(linux, android)]
/// Names the node that a range's `Bind` or `PreferredMany` policy takes memory from first.
///
/// Without it that is the nearest of its nodes to the CPU. `len` is in bytes, and rounded up to
/// whole pages. `flags` of the C call has no meaning yet and is 0 here.
///
/// # Errors
///
/// - `EINVAL`: `start` is not a multiple of the page size; the node does not exist.
/// - `ENOENT`: no part of the range has a policy of its own.
/// - `EOPNOTSUPP`: part of the range has another kind of policy.
/// - `EPERM`: a filter forbids the call.
/// - `ENOSYS`: the kernel is older than Linux 5.17, or has no `CONFIG_NUMA`.
///
/// # Platforms
///
/// Linux 5.17, Android. It has no manual page.
pub fn set_mempolicy_home_node(start: *mut c_void, len: usize, home_node: Node) -> Result<()> {
    let (home_node, flags) = (c_ulong::from(home_node.number()), 0 as c_ulong);
    // SAFETY: it takes no memory of the caller, and changes none.
    let answer = unsafe {
        libc::syscall(syscall::SYS_set_mempolicy_home_node, start.addr(), len, home_node, flags)
    };
    Errno::result(answer).map(drop)
}

#[doc = on!(linux, android)]
/// Where a page is, or what became of it: an entry of `status` of [`move_pages`].
///
/// The default is an entry that the kernel did not come to: [`node`](Self::node) gives
/// `UnknownErrno`.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[repr(transparent)]
pub struct PageStatus(c_int);

impl PageStatus {
    /// The node that the page is on.
    ///
    /// # Errors
    ///
    /// - `ENOENT`: there is no page at the address yet (before Linux 6.12 also `EFAULT`).
    /// - `EFAULT`: nothing is mapped there, or it is the page of zeros that all share.
    /// - `EACCES`: others map the page too, and `MPOL_MF_MOVE_ALL` was not given.
    /// - `EBUSY`: the page is in use now, for example for I/O.
    /// - `EIO`, `EINVAL`: the page is dirty, and its file system cannot move such.
    /// - `ENOMEM`: no memory on the target node.
    /// - `UnknownErrno`: the kernel did not come to this page.
    pub fn node(self) -> Result<Node> {
        match u32::try_from(self.0) {
            // Too high cannot be: no kernel has such a node.
            Ok(node) => Node::new(node).ok_or(Errno::EOVERFLOW),
            Err(_) => Err(Errno::from_i32(self.0.wrapping_neg())),
        }
    }
}

impl Default for PageStatus {
    fn default() -> Self {
        Self(c_int::MIN)
    }
}

#[doc = on!(linux, android)]
/// Tells on which nodes pages are, or moves each to a node.
///
/// `pages` are addresses in process `pid` (0: this one), one in each page. Without `nodes`
/// nothing moves, and `status` says where each page is. With `nodes`, the page moves to the node
/// of the same index, and `status` says where it is then, or why it has not moved. The answer is
/// the number of pages that could not be moved for want of memory or the like (Linux 4.17; 0
/// before); the reason of each is in `status`.
///
/// # Examples
///
/// ```
/// use mman::{errno::Errno, sys::mempolicy::*};
///
/// let byte = 1_u8;
/// let mut status = [PageStatus::default()];
/// match move_pages(0, &[(&raw const byte).cast()], None, &mut status, MpolFlags::empty()) {
///     Ok(_) => println!("on node {}", status[0].node()?),
///     Err(Errno::ENOSYS) => println!("this kernel has no CONFIG_NUMA"),
///     Err(Errno::EPERM) => println!("this container forbids it"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Errno>(())
/// ```
///
/// # Errors
///
/// After one of these, part of the pages may have moved; entries of `status` that the kernel did
/// not come to are as they were.
///
/// - `EACCES`: the cpuset does not allow one of the nodes.
/// - `EINVAL`: flags other than `MPOL_MF_MOVE` and `MPOL_MF_MOVE_ALL`; a kernel thread; or, found
///   before the kernel is asked, `nodes` or `status` is shorter than `pages`.
/// - `ENODEV`: one of the nodes does not exist, or has no memory.
/// - `ENOMEM`: the kernel has no memory for it.
/// - `EPERM`: `MPOL_MF_MOVE_ALL` without `CAP_SYS_NICE`; the process is another user's; or a
///   filter forbids the call.
/// - `ESRCH`: there is no such process.
/// - `ENOSYS`: the kernel has no `CONFIG_NUMA` or no `CONFIG_MIGRATION`.
///
/// # Platforms
///
/// Linux 2.6.18, Android.
///
#[doc = man!(move_pages(2) on linux)]
pub fn move_pages(
    pid: pid_t,
    pages: &[*const c_void],
    nodes: Option<&[Node]>,
    status: &mut [PageStatus],
    flags: MpolFlags,
) -> Result<usize> {
    let count = pages.len();
    if status.len() < count || nodes.is_some_and(|nodes| nodes.len() < count) {
        return Err(Errno::EINVAL);
    }
    // SAFETY: it reads `count` pointers and, unless null, `count` ints, and writes `count` ints,
    // which the slices were just found to hold (`Node` and `PageStatus` are an int each); moving
    // a page changes neither its address nor what it holds.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_move_pages,
            c_long::from(pid),
            count,
            pages.as_ptr(),
            nodes.map_or(ptr::null(), <[Node]>::as_ptr),
            status.as_mut_ptr(),
            c_ulong::from(flags.bits()),
        )
    };
    Errno::result(answer).map(|not_moved| not_moved as usize)
}

#[doc = on!(linux, android)]
/// Moves all pages of process `pid` (0: this one) on `old_nodes` to `new_nodes`.
///
/// A page goes to the node that has the same place among the new ones as its own among the old
/// ones. The answer is the number of pages that could not be moved.
///
/// # Errors
///
/// - `EINVAL`: none of the new nodes exists and is allowed; a node that this kernel cannot have;
///   a kernel thread.
/// - `ENOMEM`: the kernel has no memory for it.
/// - `EPERM`: the process is another user's; without `CAP_SYS_NICE`, a new node that the
///   process's cpuset does not allow; or a filter forbids the call.
/// - `ESRCH`: there is no such process.
/// - `ENOSYS`: the kernel has no `CONFIG_NUMA` or no `CONFIG_MIGRATION`.
///
/// # Platforms
///
/// Linux 2.6.16, Android.
///
#[doc = man!(migrate_pages(2) on linux)]
pub fn migrate_pages(pid: pid_t, old_nodes: &NodeSet, new_nodes: &NodeSet) -> Result<usize> {
    let (old, new) = (old_nodes.to_mask(), new_nodes.to_mask());
    // SAFETY: it reads the bits of the masks, which outlive the call; moving a page changes
    // neither its address nor what it holds.
    let answer = unsafe {
        libc::syscall(
            syscall::SYS_migrate_pages,
            c_long::from(pid),
            MAXNODE_IN,
            old.as_ptr(),
            new.as_ptr(),
        )
    };
    Errno::result(answer).map(|not_moved| not_moved as usize)
}
