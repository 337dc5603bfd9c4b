//! Arm's tagged addresses, and the checks of memory tags (MTE).

use core::ffi::c_int;

use super::prctl;
use crate::{Result, sys::ffi};

table! {
    #[doc = on!(linux("aarch64"), android("aarch64"))]
    /// Whether the kernel takes tagged addresses, and how the CPU checks the tags of memory.
    ///
    /// With both `PR_MTE_TCF_SYNC` and `PR_MTE_TCF_ASYNC` the kernel chooses, for each CPU
    /// (Linux 5.15); with neither, tags are not checked.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::prctl::TaggedAddrCtrl;
    ///
    /// let control = TaggedAddrCtrl::PR_TAGGED_ADDR_ENABLE
    ///     | TaggedAddrCtrl::PR_MTE_TCF_SYNC
    ///     | TaggedAddrCtrl::mte_tags(0xfffe);
    /// assert_eq!(control.tags(), 0xfffe);
    /// ```
    ///
    /// # Platforms
    ///
    /// Linux 5.4 and Android on aarch64.
    pub struct TaggedAddrCtrl: c_int {
        on(linux("aarch64"), android("aarch64")) {
            /// System calls take addresses whose top byte is a tag. Linux 5.4.
            PR_TAGGED_ADDR_ENABLE;
            /// An access with the wrong tag ends in SIGSEGV at once. Linux 5.10.
            PR_MTE_TCF_SYNC;
            /// An access with the wrong tag ends in SIGSEGV some time later. Linux 5.10.
            PR_MTE_TCF_ASYNC;
            /// Tags are checked when memory is written, not when it is read. Linux 6.18.
            PR_MTE_STORE_ONLY;
        }
    }
}

impl TaggedAddrCtrl {
    /// The tags that the CPU may choose when the program asks for a random one: bit n for tag n.
    ///
    /// Linux 5.10.
    #[must_use]
    #[doc(alias = "PR_MTE_TAG_SHIFT")]
    pub const fn mte_tags(tags: u16) -> Self {
        Self::from_bits_retain((tags as c_int) << ffi::PR_MTE_TAG_SHIFT)
    }

    /// The tags that [`mte_tags`](Self::mte_tags) has put in (Linux 5.10).
    #[must_use]
    #[doc(alias = "PR_MTE_TAG_MASK")]
    pub const fn tags(self) -> u16 {
        ((self.bits() & ffi::PR_MTE_TAG_MASK) >> ffi::PR_MTE_TAG_SHIFT) as u16
    }
}

#[doc = on!(linux("aarch64"), android("aarch64"))]
/// Sets how the calling thread uses tagged addresses and memory tags.
///
/// Threads that it starts from now on inherit it; programs that it executes do not.
///
/// # Errors
///
/// - `EINVAL`: the kernel is older than Linux 5.4, or `abi.tagged_addr_disabled` forbids it; or
///   the CPU or the kernel has no memory tags, and `control` has more than
///   `PR_TAGGED_ADDR_ENABLE`.
///
/// # Safety
///
/// - No memory in use, that of the C library's allocator included, depends on what is switched
///   off: it may pass tagged addresses to the kernel, or rely on the choice of tags.
///
/// # Platforms
///
/// Linux 5.4 and Android on aarch64.
///
#[doc = man!(PR_SET_TAGGED_ADDR_CTRL("2const") on linux)]
#[doc(alias = "PR_SET_TAGGED_ADDR_CTRL")]
pub unsafe fn set_tagged_addr_ctrl(control: TaggedAddrCtrl) -> Result<()> {
    let control = control.bits() as u32;
    // SAFETY: the operation takes a number; the rest is the caller's promise.
    unsafe { prctl(ffi::PR_SET_TAGGED_ADDR_CTRL, [control.into(), 0, 0, 0]) }.map(drop)
}

#[doc = on!(linux("aarch64"), android("aarch64"))]
/// Tells how the calling thread uses tagged addresses and memory tags.
///
/// # Errors
///
/// - `EINVAL`: the kernel is older than Linux 5.4, or `abi.tagged_addr_disabled` forbids it.
///
/// # Platforms
///
/// Linux 5.4 and Android on aarch64.
///
#[doc = man!(PR_GET_TAGGED_ADDR_CTRL("2const") on linux)]
#[doc(alias = "PR_GET_TAGGED_ADDR_CTRL")]
pub fn get_tagged_addr_ctrl() -> Result<TaggedAddrCtrl> {
    // SAFETY: the operation takes nothing.
    let bits = unsafe { prctl(ffi::PR_GET_TAGGED_ADDR_CTRL, [0; 4]) }?;
    Ok(TaggedAddrCtrl::from_bits_retain(bits))
}
