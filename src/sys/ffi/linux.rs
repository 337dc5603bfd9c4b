//! `<asm-generic/mman.h>`, `<asm-generic/mman-common.h>`, `<linux/mman.h>` of Linux 7.2: what the
//! libc crate lacks for some C library or for all. The values are the same on Android.

use core::ffi::c_int;

pub(crate) use libc::*;

#[cfg(not(any(
    target_arch = "mips",
    target_arch = "mips32r6",
    target_arch = "mips64",
    target_arch = "mips64r6"
)))]
pub(crate) const PROT_SEM: c_int = 0x8;
#[cfg(any(
    target_arch = "mips",
    target_arch = "mips32r6",
    target_arch = "mips64",
    target_arch = "mips64r6"
))]
pub(crate) const PROT_SEM: c_int = 0x10;
#[cfg(target_arch = "aarch64")]
pub(crate) const PROT_BTI: c_int = 0x10;
#[cfg(target_arch = "aarch64")]
pub(crate) const PROT_MTE: c_int = 0x20;
#[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
pub(crate) const PROT_SAO: c_int = 0x10;
#[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
pub(crate) const PROT_ADI: c_int = 0x10;

pub(crate) const MAP_SHARED_VALIDATE: c_int = 0x3;
pub(crate) const MAP_DROPPABLE: c_int = 0x8;
pub(crate) const MAP_ABOVE4G: c_int = 0x80;
pub(crate) const MAP_FIXED_NOREPLACE: c_int = 0x10_0000;
pub(crate) const MAP_SYNC: c_int = 0x8_0000;
pub(crate) const MAP_UNINITIALIZED: c_int = 0x400_0000;

pub(crate) const MAP_HUGE_SHIFT: u32 = 26;
pub(crate) const MAP_HUGE_MASK: c_int = 0x3f;
const fn huge(log2: u32) -> c_int {
    (log2 << MAP_HUGE_SHIFT) as c_int
}
pub(crate) const MAP_HUGE_16KB: c_int = huge(14);
pub(crate) const MAP_HUGE_64KB: c_int = huge(16);
pub(crate) const MAP_HUGE_512KB: c_int = huge(19);
pub(crate) const MAP_HUGE_1MB: c_int = huge(20);
pub(crate) const MAP_HUGE_2MB: c_int = huge(21);
pub(crate) const MAP_HUGE_8MB: c_int = huge(23);
pub(crate) const MAP_HUGE_16MB: c_int = huge(24);
pub(crate) const MAP_HUGE_32MB: c_int = huge(25);
pub(crate) const MAP_HUGE_256MB: c_int = huge(28);
pub(crate) const MAP_HUGE_512MB: c_int = huge(29);
pub(crate) const MAP_HUGE_1GB: c_int = huge(30);
pub(crate) const MAP_HUGE_2GB: c_int = huge(31);
pub(crate) const MAP_HUGE_16GB: c_int = huge(34);

pub(crate) const MREMAP_MAYMOVE: c_int = 1;
pub(crate) const MREMAP_FIXED: c_int = 2;
pub(crate) const MREMAP_DONTUNMAP: c_int = 4;

pub(crate) const MADV_SOFT_OFFLINE: c_int = 101;
pub(crate) const MADV_WIPEONFORK: c_int = 18;
pub(crate) const MADV_KEEPONFORK: c_int = 19;
pub(crate) const MADV_COLD: c_int = 20;
pub(crate) const MADV_PAGEOUT: c_int = 21;
pub(crate) const MADV_POPULATE_READ: c_int = 22;
pub(crate) const MADV_POPULATE_WRITE: c_int = 23;
pub(crate) const MADV_DONTNEED_LOCKED: c_int = 24;
pub(crate) const MADV_COLLAPSE: c_int = 25;
pub(crate) const MADV_GUARD_INSTALL: c_int = 102;
pub(crate) const MADV_GUARD_REMOVE: c_int = 103;

#[cfg(not(any(
    target_arch = "powerpc",
    target_arch = "powerpc64",
    target_arch = "sparc",
    target_arch = "sparc64"
)))]
pub(crate) const MCL_ONFAULT: c_int = 4;
#[cfg(any(
    target_arch = "powerpc",
    target_arch = "powerpc64",
    target_arch = "sparc",
    target_arch = "sparc64"
))]
pub(crate) const MCL_ONFAULT: c_int = 0x8000;

/// Linux 7.2.
#[cfg(target_os = "linux")]
pub(crate) const EFTYPE: c_int = 134;

// <linux/userfaultfd.h>

pub(crate) const UFFD_USER_MODE_ONLY: c_int = 1;
pub(crate) const UFFD_PAGEFAULT_FLAG_WRITE: u64 = 1;
pub(crate) const UFFD_PAGEFAULT_FLAG_WP: u64 = 2;
pub(crate) const UFFD_PAGEFAULT_FLAG_MINOR: u64 = 4;
pub(crate) const UFFD_FEATURE_PAGEFAULT_FLAG_WP: u64 = 1 << 0;
pub(crate) const UFFD_FEATURE_EVENT_FORK: u64 = 1 << 1;
pub(crate) const UFFD_FEATURE_EVENT_REMAP: u64 = 1 << 2;
pub(crate) const UFFD_FEATURE_EVENT_REMOVE: u64 = 1 << 3;
pub(crate) const UFFD_FEATURE_MISSING_HUGETLBFS: u64 = 1 << 4;
pub(crate) const UFFD_FEATURE_MISSING_SHMEM: u64 = 1 << 5;
pub(crate) const UFFD_FEATURE_EVENT_UNMAP: u64 = 1 << 6;
pub(crate) const UFFD_FEATURE_SIGBUS: u64 = 1 << 7;
pub(crate) const UFFD_FEATURE_THREAD_ID: u64 = 1 << 8;
pub(crate) const UFFD_FEATURE_MINOR_HUGETLBFS: u64 = 1 << 9;
pub(crate) const UFFD_FEATURE_MINOR_SHMEM: u64 = 1 << 10;
pub(crate) const UFFD_FEATURE_EXACT_ADDRESS: u64 = 1 << 11;
pub(crate) const UFFD_FEATURE_WP_HUGETLBFS_SHMEM: u64 = 1 << 12;
pub(crate) const UFFD_FEATURE_WP_UNPOPULATED: u64 = 1 << 13;
pub(crate) const UFFD_FEATURE_POISON: u64 = 1 << 14;
pub(crate) const UFFD_FEATURE_WP_ASYNC: u64 = 1 << 15;
pub(crate) const UFFD_FEATURE_MOVE: u64 = 1 << 16;
pub(crate) const UFFDIO_REGISTER_MODE_MISSING: u64 = 1;
pub(crate) const UFFDIO_REGISTER_MODE_WP: u64 = 2;
pub(crate) const UFFDIO_REGISTER_MODE_MINOR: u64 = 4;
pub(crate) const UFFDIO_COPY_MODE_DONTWAKE: u64 = 1;
pub(crate) const UFFDIO_COPY_MODE_WP: u64 = 2;
pub(crate) const UFFDIO_ZEROPAGE_MODE_DONTWAKE: u64 = 1;
pub(crate) const UFFDIO_WRITEPROTECT_MODE_WP: u64 = 1;
pub(crate) const UFFDIO_WRITEPROTECT_MODE_DONTWAKE: u64 = 2;
pub(crate) const UFFDIO_CONTINUE_MODE_DONTWAKE: u64 = 1;
pub(crate) const UFFDIO_CONTINUE_MODE_WP: u64 = 2;
pub(crate) const UFFDIO_POISON_MODE_DONTWAKE: u64 = 1;
pub(crate) const UFFDIO_MOVE_MODE_DONTWAKE: u64 = 1;
pub(crate) const UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES: u64 = 2;

// `<linux/fs.h>`: PAGEMAP_SCAN.
pub(crate) const PAGE_IS_WPALLOWED: u64 = 1 << 0;
pub(crate) const PAGE_IS_WRITTEN: u64 = 1 << 1;
pub(crate) const PAGE_IS_FILE: u64 = 1 << 2;
pub(crate) const PAGE_IS_PRESENT: u64 = 1 << 3;
pub(crate) const PAGE_IS_SWAPPED: u64 = 1 << 4;
pub(crate) const PAGE_IS_PFNZERO: u64 = 1 << 5;
pub(crate) const PAGE_IS_HUGE: u64 = 1 << 6;
pub(crate) const PAGE_IS_SOFT_DIRTY: u64 = 1 << 7;
pub(crate) const PAGE_IS_GUARD: u64 = 1 << 8;
pub(crate) const PM_SCAN_WP_MATCHING: u64 = 1 << 0;
pub(crate) const PM_SCAN_CHECK_WPASYNC: u64 = 1 << 1;

// `<linux/fs.h>`: PROCMAP_QUERY.
pub(crate) const PROCMAP_QUERY_VMA_READABLE: u64 = 0x01;
pub(crate) const PROCMAP_QUERY_VMA_WRITABLE: u64 = 0x02;
pub(crate) const PROCMAP_QUERY_VMA_EXECUTABLE: u64 = 0x04;
pub(crate) const PROCMAP_QUERY_VMA_SHARED: u64 = 0x08;
pub(crate) const PROCMAP_QUERY_COVERING_OR_NEXT_VMA: u64 = 0x10;
pub(crate) const PROCMAP_QUERY_FILE_BACKED_VMA: u64 = 0x20;
