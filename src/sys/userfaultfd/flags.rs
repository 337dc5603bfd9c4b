//! The flags, features and modes.

use core::ffi::c_int;

use crate::sys::ffi;

table! {
    #[doc = on!(linux, android)]
    /// How a userfaultfd is made.
    ///
    /// The descriptor of a [`Fork`](super::UffdMsg::Fork) message has the same flags.
    ///
    /// # Platforms
    ///
    /// Linux 4.3, Android.
    pub struct UserfaultfdFlags: c_int {
        on(linux, android) {
            /// Close it when the process executes another program.
            O_CLOEXEC;
            /// Reading it never waits: `EAGAIN`. `poll` needs this flag; without it, it answers
            /// `POLLERR`.
            O_NONBLOCK;
            /// Handle only faults of user code, not those of system calls on user memory.
            ///
            /// A system call that meets such a page fails (`EFAULT`). Needs no privilege. Linux 5.11.
            UFFD_USER_MODE_ONLY;
        }
    }
}

table! {
    #[doc = on!(linux, android)]
    /// What a userfaultfd may tell or do beyond the missing pages of Linux 4.3.
    ///
    /// The kernel tells which it has; those asked for in [`uffdio_api`](super::uffdio_api) change
    /// what the descriptor does. Those marked "tells only" change nothing.
    ///
    /// # Platforms
    ///
    /// Linux 4.3, Android; each says since when.
    pub struct UffdFeatures: u64 {
        on(linux, android) {
            /// Faults of writes to write-protected anonymous pages. Tells only. Linux 5.7.
            UFFD_FEATURE_PAGEFAULT_FLAG_WP;
            /// A message for each fork, with a userfaultfd of the child. Linux 4.11.
            ///
            /// Without it the child's copy of the range is not registered. Needs
            /// `CAP_SYS_PTRACE`.
            UFFD_FEATURE_EVENT_FORK;
            /// A message for each `mremap` that moves pages. Linux 4.11.
            UFFD_FEATURE_EVENT_REMAP;
            /// A message for each `madvise` with `MADV_REMOVE` or `MADV_DONTNEED`. Linux 4.11.
            UFFD_FEATURE_EVENT_REMOVE;
            /// Missing pages in hugetlbfs. Tells only. Linux 4.11.
            UFFD_FEATURE_MISSING_HUGETLBFS;
            /// Missing pages in shared memory. Tells only. Linux 4.11.
            UFFD_FEATURE_MISSING_SHMEM;
            /// A message for each `munmap`. Linux 4.11.
            UFFD_FEATURE_EVENT_UNMAP;
            /// No messages of faults: the thread gets a SIGBUS. Linux 4.14.
            UFFD_FEATURE_SIGBUS;
            /// Messages of faults have the number of the thread. Linux 4.14.
            UFFD_FEATURE_THREAD_ID;
            /// Minor faults in hugetlbfs. Tells only. Linux 5.13.
            UFFD_FEATURE_MINOR_HUGETLBFS;
            /// Minor faults in shared memory. Tells only. Linux 5.14.
            UFFD_FEATURE_MINOR_SHMEM;
            /// Messages have the exact address of a fault, not that of its page. Linux 5.18.
            UFFD_FEATURE_EXACT_ADDRESS;
            /// Write protection in hugetlbfs and shared memory. Tells only. Linux 5.19.
            UFFD_FEATURE_WP_HUGETLBFS_SHMEM;
            /// Write protection of anonymous pages that are not there yet. Linux 6.4.
            UFFD_FEATURE_WP_UNPOPULATED;
            /// [`uffdio_poison`](super::uffdio_poison). Tells only. Linux 6.6.
            UFFD_FEATURE_POISON;
            /// Write faults resolve themselves, without a message. Linux 6.7.
            ///
            /// What was written is told by the pages' bit in `/proc/self/pagemap`. In any kind of
            /// mapping.
            UFFD_FEATURE_WP_ASYNC;
            /// [`uffdio_move`](super::uffdio_move). Tells only. Linux 6.8.
            UFFD_FEATURE_MOVE;
        }
    }
}

bitflags::bitflags! {
    #[doc = on!(linux, android)]
    /// The requests that a descriptor, or a registered range, takes.
    ///
    /// # Platforms
    ///
    /// Linux 4.3, Android.
    #[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
    #[repr(transparent)]
    pub struct UffdIoctls: u64 {
        /// [`uffdio_register`](super::uffdio_register)
        const _UFFDIO_REGISTER = 1;
        /// [`uffdio_unregister`](super::uffdio_unregister)
        const _UFFDIO_UNREGISTER = 1 << 1;
        /// [`uffdio_wake`](super::uffdio_wake)
        const _UFFDIO_WAKE = 1 << 2;
        /// [`uffdio_copy`](super::uffdio_copy)
        const _UFFDIO_COPY = 1 << 3;
        /// [`uffdio_zeropage`](super::uffdio_zeropage)
        const _UFFDIO_ZEROPAGE = 1 << 4;
        /// [`uffdio_move`](super::uffdio_move) (Linux 6.8)
        const _UFFDIO_MOVE = 1 << 5;
        /// [`uffdio_writeprotect`](super::uffdio_writeprotect) (Linux 5.7)
        const _UFFDIO_WRITEPROTECT = 1 << 6;
        /// [`uffdio_continue`](super::uffdio_continue) (Linux 5.13)
        const _UFFDIO_CONTINUE = 1 << 7;
        /// [`uffdio_poison`](super::uffdio_poison) (Linux 6.6)
        const _UFFDIO_POISON = 1 << 8;
        /// [`uffdio_api`](super::uffdio_api)
        const _UFFDIO_API = 1 << 63;
        const _ = !0;
    }
}

table! {
    #[doc = on!(linux, android)]
    /// Which faults of a range are handled. At least one.
    ///
    /// # Platforms
    ///
    /// Linux 4.3, Android.
    pub struct UffdioRegisterMode: u64 {
        on(linux, android) {
            /// Accesses to pages that are not there: in anonymous memory, shared memory, hugetlbfs.
            UFFDIO_REGISTER_MODE_MISSING;
            /// Writes to write-protected pages. Linux 5.7.
            UFFDIO_REGISTER_MODE_WP;
            /// Accesses to pages that the page cache has but this mapping has not: in shared memory
            /// and hugetlbfs. Linux 5.13.
            UFFDIO_REGISTER_MODE_MINOR;
        }
    }
}

table! {
    #[doc = on!(linux, android)]
    /// How [`uffdio_copy`](super::uffdio_copy) copies.
    ///
    /// # Platforms
    ///
    /// Linux 4.3, Android.
    pub struct UffdioCopyMode: u64 {
        on(linux, android) {
            /// Do not wake the threads that wait for the range.
            UFFDIO_COPY_MODE_DONTWAKE;
            /// Write-protect the new pages at once; the range must be registered for it. Linux 5.7.
            UFFDIO_COPY_MODE_WP;
        }
    }
}

table! {
    #[doc = on!(linux, android)]
    /// How [`uffdio_zeropage`](super::uffdio_zeropage) makes pages.
    ///
    /// # Platforms
    ///
    /// Linux 4.3, Android.
    pub struct UffdioZeropageMode: u64 {
        on(linux, android) {
            /// Do not wake the threads that wait for the range.
            UFFDIO_ZEROPAGE_MODE_DONTWAKE;
        }
    }
}

table! {
    #[doc = on!(linux, android)]
    /// How [`uffdio_continue`](super::uffdio_continue) maps.
    ///
    /// # Platforms
    ///
    /// Linux 5.13, Android.
    pub struct UffdioContinueMode: u64 {
        on(linux, android) {
            /// Do not wake the threads that wait for the range.
            UFFDIO_CONTINUE_MODE_DONTWAKE;
            /// Write-protect the pages at once; the range must be registered for it. Linux 6.4.
            UFFDIO_CONTINUE_MODE_WP;
        }
    }
}

table! {
    #[doc = on!(linux, android)]
    /// How [`uffdio_poison`](super::uffdio_poison) poisons.
    ///
    /// # Platforms
    ///
    /// Linux 6.6, Android.
    pub struct UffdioPoisonMode: u64 {
        on(linux, android) {
            /// Do not wake the threads that wait for the range.
            UFFDIO_POISON_MODE_DONTWAKE;
        }
    }
}

table! {
    #[doc = on!(linux, android)]
    /// How [`uffdio_move`](super::uffdio_move) moves.
    ///
    /// # Platforms
    ///
    /// Linux 6.8, Android.
    pub struct UffdioMoveMode: u64 {
        on(linux, android) {
            /// Do not wake the threads that wait for the range.
            UFFDIO_MOVE_MODE_DONTWAKE;
            /// Pages that the source does not have are left out, and are no error.
            UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES;
        }
    }
}

#[doc = on!(linux, android)]
/// What [`uffdio_writeprotect`](super::uffdio_writeprotect) does.
///
/// In C these are two flags that exclude each other.
///
/// # Platforms
///
/// Linux 5.7, Android.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
pub enum UffdioWriteprotectMode {
    /// Protects: a write is a fault. `UFFDIO_WRITEPROTECT_MODE_WP`.
    #[doc(alias = "UFFDIO_WRITEPROTECT_MODE_WP")]
    Protect,
    /// Takes the protection away, and wakes the threads that wait for the range. No flag.
    Unprotect,
    /// Takes the protection away, and wakes nobody. `UFFDIO_WRITEPROTECT_MODE_DONTWAKE`.
    #[doc(alias = "UFFDIO_WRITEPROTECT_MODE_DONTWAKE")]
    UnprotectDontwake,
}

impl UffdioWriteprotectMode {
    /// The flags in C.
    #[must_use]
    pub const fn bits(self) -> u64 {
        match self {
            Self::Protect => ffi::UFFDIO_WRITEPROTECT_MODE_WP,
            Self::Unprotect => 0,
            Self::UnprotectDontwake => ffi::UFFDIO_WRITEPROTECT_MODE_DONTWAKE,
        }
    }
}

table! {
    #[doc = on!(linux, android)]
    /// What kind of access a message of a fault is about.
    ///
    /// Empty: a read of a missing page.
    ///
    /// # Platforms
    ///
    /// Linux 4.3, Android.
    pub struct UffdPagefaultFlags: u64 {
        on(linux, android) {
            /// A write.
            UFFD_PAGEFAULT_FLAG_WRITE;
            /// The page is write-protected. Linux 5.7.
            UFFD_PAGEFAULT_FLAG_WP;
            /// The page cache has the page. Linux 5.13.
            UFFD_PAGEFAULT_FLAG_MINOR;
        }
    }
}
