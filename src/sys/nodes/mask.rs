//! Sets of nodes as Linux's calls take them.

use core::ffi::c_ulong;

use super::{Node, NodeSet, WORDS};

/// Nodes as the system calls take them, and a word more that is never a node's.
///
/// Kernels 5.15 to 5.19 that are built for fewer nodes read one word too far, and refuse the set
/// if it is not zero.
pub(in crate::sys) type Mask = [c_ulong; WORDS + 1];

/// The `maxnode` with which the kernel reads every bit of a [`Mask`]: it reads one bit less.
pub(in crate::sys) const MAXNODE_IN: c_ulong = Node::LIMIT as c_ulong + 1;

/// The `maxnode` with which it writes every bit: it rounds up to whole words, and writes all of
/// them, however few nodes it has. A 32-bit program's it does not even take one off.
pub(in crate::sys) const MAXNODE_OUT: c_ulong = Node::LIMIT as c_ulong;

impl NodeSet {
    pub(in crate::sys) fn to_mask(self) -> Mask {
        let mut mask = [0; WORDS + 1];
        for (word, value) in mask.iter_mut().zip(self.0) {
            *word = value;
        }
        mask
    }

    pub(in crate::sys) fn from_mask(mask: &Mask) -> Self {
        let mut set = Self::new();
        for (word, value) in set.0.iter_mut().zip(mask) {
            *word = *value;
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use core::{ffi::c_int, ptr};

    use super::*;
    use crate::errno::Errno;

    /// The kernel overwrites each word of a set, and nothing after it.
    #[test]
    fn the_kernel_writes_a_set_and_no_more() {
        let (mut mode, mut mask): (c_int, Mask) = (0, [c_ulong::MAX; WORDS + 1]);
        let (addr, flags) = (ptr::null::<u8>(), crate::sys::ffi::MPOL_F_MEMS_ALLOWED);
        // SAFETY: both outlive the call, and the claim is that it writes no more than they hold.
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
        let (set, after) = mask.split_at(WORDS);
        assert_eq!([c_ulong::MAX], *after);
        match Errno::result(answer) {
            Ok(_) => assert!(set.iter().all(|word| *word != c_ulong::MAX), "{set:x?}"),
            Err(error) => assert!(matches!(error, Errno::ENOSYS | Errno::EPERM), "{error}"),
        }
    }
}
