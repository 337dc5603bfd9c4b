//! `<asm/mman.h>`, `<linux/mman.h>`, `<fcntl.h>` and `<asm/errno.h>` of Linux 7.2: what the libc
//! crate lacks for some C library or for all. The values are the same on Android.

#![allow(dead_code, reason = "Android and some architectures lack some of the names")]

use core::ffi::{c_int, c_uint, c_ulong};

pub(crate) use libc::*;

const MIPS: bool = cfg!(any(
    target_arch = "mips",
    target_arch = "mips32r6",
    target_arch = "mips64",
    target_arch = "mips64r6"
));
const POWERPC: bool = cfg!(any(target_arch = "powerpc", target_arch = "powerpc64"));
const SPARC: bool = cfg!(any(target_arch = "sparc", target_arch = "sparc64"));

pub(crate) const PROT_SEM: c_int = if MIPS { 0x10 } else { 0x8 };
pub(crate) const PROT_BTI: c_int = 0x10;
pub(crate) const PROT_MTE: c_int = 0x20;
pub(crate) const PROT_SAO: c_int = 0x10;
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

pub(crate) const MCL_ONFAULT: c_int = if POWERPC || SPARC { 0x8000 } else { 4 };

pub(crate) const O_FSYNC: c_int = O_SYNC;
/// The libc crate has 0 on all of glibc; that is right on 64-bit systems only.
#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "riscv32"))]
pub(crate) const O_LARGEFILE: c_int = 0x8000;

pub(crate) const ERFKILL: c_int = if MIPS {
    167
} else if SPARC {
    134
} else {
    132
};
pub(crate) const EHWPOISON: c_int = ERFKILL + 1;
pub(crate) const EFTYPE: c_int = ERFKILL + 2;
/// MIPS only.
pub(crate) const EINIT: c_int = 141;
/// MIPS only.
pub(crate) const EREMDEV: c_int = 142;
/// SPARC only.
pub(crate) const EPROCLIM: c_int = 67;
/// SPARC only.
pub(crate) const ERREMOTE: c_int = 81;

// `<linux/fcntl.h>`; the libc crate lacks it on Android.

pub(crate) const AT_EACCESS: c_int = 0x200;

// Calls of `<sys/mman.h>` that are Linux's own.

pub(crate) const MLOCK_ONFAULT: c_uint = 1;

pub(crate) const MFD_CLOEXEC: c_uint = 0x1;
pub(crate) const MFD_ALLOW_SEALING: c_uint = 0x2;
pub(crate) const MFD_HUGETLB: c_uint = 0x4;
pub(crate) const MFD_NOEXEC_SEAL: c_uint = 0x8;
pub(crate) const MFD_EXEC: c_uint = 0x10;
pub(crate) const MFD_HUGE_SHIFT: u32 = MAP_HUGE_SHIFT;
pub(crate) const MFD_HUGE_64KB: c_int = MAP_HUGE_64KB;
pub(crate) const MFD_HUGE_512KB: c_int = MAP_HUGE_512KB;
pub(crate) const MFD_HUGE_1MB: c_int = MAP_HUGE_1MB;
pub(crate) const MFD_HUGE_2MB: c_int = MAP_HUGE_2MB;
pub(crate) const MFD_HUGE_8MB: c_int = MAP_HUGE_8MB;
pub(crate) const MFD_HUGE_16MB: c_int = MAP_HUGE_16MB;
pub(crate) const MFD_HUGE_32MB: c_int = MAP_HUGE_32MB;
pub(crate) const MFD_HUGE_256MB: c_int = MAP_HUGE_256MB;
pub(crate) const MFD_HUGE_512MB: c_int = MAP_HUGE_512MB;
pub(crate) const MFD_HUGE_1GB: c_int = MAP_HUGE_1GB;
pub(crate) const MFD_HUGE_2GB: c_int = MAP_HUGE_2GB;
pub(crate) const MFD_HUGE_16GB: c_int = MAP_HUGE_16GB;

#[cfg(target_os = "linux")]
pub(crate) const PKEY_UNRESTRICTED: c_uint = 0;
pub(crate) const PKEY_DISABLE_ACCESS: c_uint = 0x1;
pub(crate) const PKEY_DISABLE_WRITE: c_uint = 0x2;
#[cfg(any(target_arch = "aarch64", target_arch = "powerpc", target_arch = "powerpc64"))]
pub(crate) const PKEY_DISABLE_EXECUTE: c_uint = 0x4;
#[cfg(target_arch = "aarch64")]
pub(crate) const PKEY_DISABLE_READ: c_uint = 0x8;

#[cfg(any(
    target_arch = "x86_64",
    all(target_os = "linux", any(target_arch = "aarch64", target_arch = "riscv64"))
))]
pub(crate) const SHADOW_STACK_SET_TOKEN: c_uint = 0x1;
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
))]
pub(crate) const SHADOW_STACK_SET_MARKER: c_uint = 0x2;

// `<linux/fcntl.h>`, `<linux/falloc.h>`, `<linux/fs.h>`.

pub(crate) const F_SEAL_FUTURE_WRITE: c_int = 0x10;
pub(crate) const F_SEAL_EXEC: c_int = 0x20;

pub(crate) const FALLOC_FL_WRITE_ZEROES: c_int = 0x80;

pub(crate) const SYNC_FILE_RANGE_WAIT_BEFORE: c_uint = 1;
pub(crate) const SYNC_FILE_RANGE_WRITE: c_uint = 2;
pub(crate) const SYNC_FILE_RANGE_WAIT_AFTER: c_uint = 4;

#[cfg(target_os = "android")]
unsafe extern "C" {
    pub(crate) fn readahead(fd: c_int, offset: off64_t, count: size_t) -> ssize_t;
}

// `<linux/pidfd.h>`.

pub(crate) const PIDFD_NONBLOCK: c_int = O_NONBLOCK;
pub(crate) const PIDFD_THREAD: c_int = O_EXCL;
pub(crate) const PIDFD_SELF: c_int = -10000;
pub(crate) const PIDFD_SELF_PROCESS: c_int = -10001;

// <linux/mempolicy.h>
pub(crate) const MPOL_DEFAULT: c_int = 0;
pub(crate) const MPOL_PREFERRED: c_int = 1;
pub(crate) const MPOL_BIND: c_int = 2;
pub(crate) const MPOL_INTERLEAVE: c_int = 3;
pub(crate) const MPOL_LOCAL: c_int = 4;
pub(crate) const MPOL_PREFERRED_MANY: c_int = 5;
pub(crate) const MPOL_WEIGHTED_INTERLEAVE: c_int = 6;
pub(crate) const MPOL_F_STATIC_NODES: c_int = 0x8000;
pub(crate) const MPOL_F_RELATIVE_NODES: c_int = 0x4000;
pub(crate) const MPOL_F_NUMA_BALANCING: c_int = 0x2000;
pub(crate) const MPOL_F_NODE: c_ulong = 1;
pub(crate) const MPOL_F_ADDR: c_ulong = 2;
pub(crate) const MPOL_F_MEMS_ALLOWED: c_ulong = 4;
pub(crate) const MPOL_MF_STRICT: c_uint = 1;
pub(crate) const MPOL_MF_MOVE: c_uint = 2;
pub(crate) const MPOL_MF_MOVE_ALL: c_uint = 4;

// <linux/prctl.h>
pub(crate) const PR_SET_VMA: c_int = 0x5356_4d41;
pub(crate) const PR_SET_VMA_ANON_NAME: c_ulong = 0;
pub(crate) const PR_SET_THP_DISABLE: c_int = 41;
pub(crate) const PR_GET_THP_DISABLE: c_int = 42;
pub(crate) const PR_THP_DISABLE_EXCEPT_ADVISED: c_int = 2;
pub(crate) const PR_SET_MDWE: c_int = 65;
pub(crate) const PR_GET_MDWE: c_int = 66;
pub(crate) const PR_MDWE_REFUSE_EXEC_GAIN: c_int = 1;
pub(crate) const PR_MDWE_NO_INHERIT: c_int = 2;
pub(crate) const PR_SET_MEMORY_MERGE: c_int = 67;
pub(crate) const PR_GET_MEMORY_MERGE: c_int = 68;
pub(crate) const PR_SET_TAGGED_ADDR_CTRL: c_int = 55;
pub(crate) const PR_GET_TAGGED_ADDR_CTRL: c_int = 56;
#[cfg(target_arch = "aarch64")]
pub(crate) const PR_TAGGED_ADDR_ENABLE: c_int = 1;
#[cfg(target_arch = "aarch64")]
pub(crate) const PR_MTE_TCF_SYNC: c_int = 2;
#[cfg(target_arch = "aarch64")]
pub(crate) const PR_MTE_TCF_ASYNC: c_int = 4;
#[cfg(target_arch = "aarch64")]
pub(crate) const PR_MTE_STORE_ONLY: c_int = 0x8_0000;
#[cfg(target_arch = "aarch64")]
pub(crate) const PR_MTE_TAG_MASK: c_int = 0x7_fff8;
#[cfg(target_arch = "aarch64")]
pub(crate) const PR_MTE_TAG_SHIFT: u32 = 3;

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

// `<sys/mman.h>` of bionic, for `posix_madvise`: the values are those of glibc and musl too.

pub(crate) const POSIX_MADV_NORMAL: c_int = 0;
pub(crate) const POSIX_MADV_RANDOM: c_int = 1;
pub(crate) const POSIX_MADV_SEQUENTIAL: c_int = 2;
pub(crate) const POSIX_MADV_WILLNEED: c_int = 3;
pub(crate) const POSIX_MADV_DONTNEED: c_int = 4;
