//! The flags, advices and options of `<sys/mman.h>`: which exists where.

use core::ffi::c_int;

use crate::{Error, errno::Errno};

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd",
    all(doc, not(doctest))
))]
mod objects;
mod ranges;

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd",
    all(doc, not(doctest))
))]
pub use objects::*;
pub use ranges::*;

table! {
    /// What may be done with the pages of a mapping.
    ///
    /// [`PROT_NONE`](Self::PROT_NONE) is zero, so every set `contains` it: compare with `==`.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::mman::ProtFlags;
    ///
    /// let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    /// assert_eq!(prot.to_string(), "PROT_READ | PROT_WRITE");
    /// assert_eq!("PROT_WRITE|PROT_READ".parse(), Ok(prot));
    /// ```
    pub struct ProtFlags: c_int {
        on(unix) {
            /// Pages cannot be accessed.
            PROT_NONE;
            /// Pages can be read.
            PROT_READ;
            /// Pages can be written. On most processors they can then be read as well.
            PROT_WRITE;
            /// Pages can be executed.
            PROT_EXEC;
        }
        on(linux, android) {
            /// `mprotect` only: extend the change down to the start of a mapping that grows down.
            ///
            /// `EINVAL` where the mapping is not one made with `MAP_GROWSDOWN`, or the stack.
            PROT_GROWSDOWN;
            /// `mprotect` only: extend the change up to the end of a mapping that grows up.
            ///
            /// Only PA-RISC has such mappings; elsewhere `EINVAL`.
            PROT_GROWSUP;
            /// The pages may be used for atomic operations. No present architecture needs it.
            PROT_SEM;
        }
        on(linux("aarch64"), android("aarch64")) {
            /// Indirect branches must land on a `BTI` instruction (Linux 5.8).
            PROT_BTI;
            /// The pages have memory tags (Linux 5.10).
            PROT_MTE;
        }
        on(linux("powerpc", "powerpc64")) {
            /// Strong access ordering (POWER7 to POWER9).
            PROT_SAO;
        }
        on(linux("sparc", "sparc64")) {
            /// Application data integrity: the pages have version tags.
            PROT_ADI;
        }
        field PROT_MAX(freebsd) {}
        field PROT_MPROTECT(netbsd) {}
    }
}

#[cfg(any(target_os = "freebsd", all(doc, not(doctest))))]
impl ProtFlags {
    #[doc = on!(freebsd)]
    /// `PROT_MAX(prot)`: `mprotect` can never give the mapping more than `prot` (FreeBSD 13).
    ///
    /// For `mmap` and `mprotect`, together with what may be done now, which must be part of it
    /// (`ENOTSUP`). Of `prot`, only `PROT_READ`, `PROT_WRITE` and `PROT_EXEC` count.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::mman::ProtFlags;
    ///
    /// let prot = ProtFlags::PROT_READ | ProtFlags::prot_max(ProtFlags::PROT_READ);
    /// assert_eq!(prot.to_string(), "PROT_READ | PROT_MAX(PROT_READ)");
    /// ```
    #[doc(alias = "PROT_MAX")]
    #[must_use]
    pub const fn prot_max(prot: Self) -> Self {
        Self::from_bits_retain((prot.bits() & 7) << 16)
    }
}

#[cfg(any(target_os = "netbsd", all(doc, not(doctest))))]
impl ProtFlags {
    #[doc = on!(netbsd)]
    /// `PROT_MPROTECT(prot)`: `mprotect` can give the mapping `prot` later (NetBSD 8).
    ///
    /// For `mmap`. Where PaX MPROTECT is on, a mapping that is to be writable at one time and
    /// executable at another needs it. Of `prot`, only `PROT_READ`, `PROT_WRITE` and `PROT_EXEC`
    /// count.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::mman::ProtFlags;
    ///
    /// let prot = ProtFlags::PROT_READ | ProtFlags::prot_mprotect(ProtFlags::PROT_EXEC);
    /// assert_eq!(prot.to_string(), "PROT_READ | PROT_MPROTECT(PROT_EXEC)");
    /// ```
    #[doc(alias = "PROT_MPROTECT")]
    #[must_use]
    pub const fn prot_mprotect(prot: Self) -> Self {
        Self::from_bits_retain((prot.bits() & 7) << 3)
    }
}

table! {
    /// How `mmap` maps: who sees what is written, where, and with what promises.
    ///
    /// Exactly one of `MAP_SHARED`, `MAP_PRIVATE` and, on Linux, `MAP_SHARED_VALIDATE` and
    /// `MAP_DROPPABLE` must be given. They are values of one field there:
    /// `MAP_SHARED | MAP_PRIVATE` *is* `MAP_SHARED_VALIDATE`. So are the sizes of huge pages:
    /// `MAP_HUGE_2MB | MAP_HUGE_1GB` *is* `MAP_HUGE_2GB`; give one only.
    ///
    /// Linux silently ignores flags that it does not know, unless `MAP_SHARED_VALIDATE` is given.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::mman::MapFlags;
    ///
    /// let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_ANONYMOUS;
    /// assert_eq!(flags.to_string(), "MAP_PRIVATE | MAP_ANON");
    /// assert!(flags.contains(MapFlags::MAP_ANON));
    /// ```
    pub struct MapFlags: c_int {
        on(linux, android) {
            /// As `MAP_SHARED`, and unknown flags are an error (`EOPNOTSUPP`) (Linux 4.15).
            ///
            /// For files only: with `MAP_ANONYMOUS` it is `EINVAL`.
            MAP_SHARED_VALIDATE;
        }
        on(unix) {
            /// Zero: says nothing. Kept because old programs give it.
            MAP_FILE;
            /// Writes go to the object, and to everyone who maps it.
            MAP_SHARED;
            /// Writes go to a private copy of the page.
            MAP_PRIVATE;
            /// Place the mapping at exactly `addr`, in place of whatever is mapped there.
            MAP_FIXED;
            /// No file: the pages are zero at first. `fd` should be −1.
            MAP_ANON;
            /// A second name of `MAP_ANON`.
            MAP_ANONYMOUS;
        }
        on(linux, android) {
            /// Private pages that the kernel may drop instead of swapping out (Linux 6.11).
            ///
            /// They **become zero** when memory is short, at any time and under references to them.
            /// In place of `MAP_PRIVATE`. Implies wipe-on-fork, no core dump and no reservation.
            MAP_DROPPABLE;
        }
        on(freebsd) {
            /// With `MAP_FIXED`: fail if anything is mapped in the range.
            MAP_EXCL;
        }
        on(linux, android) {
            /// As `MAP_FIXED`, but fail with `EEXIST` if anything is mapped there (Linux 4.17).
            ///
            /// Older kernels take the address as a hint: compare the result with `addr`.
            MAP_FIXED_NOREPLACE;
        }
        on(linux("x86", "x86_64"), android("x86", "x86_64"), freebsd, macos) {
            /// Put the mapping into the first 2 GiB of the address space.
            MAP_32BIT;
        }
        on(linux("x86", "x86_64"), android("x86", "x86_64")) {
            /// Put the mapping above the first 4 GiB of the address space (Linux 6.6).
            MAP_ABOVE4G;
        }
        on(linux, android) {
            /// For stacks: the mapping grows downwards when the page below it is touched.
            MAP_GROWSDOWN;
            /// Ignored.
            MAP_DENYWRITE;
            /// Ignored.
            MAP_EXECUTABLE;
            /// Lock the pages as `mlock` does. That they could not be populated is not reported.
            MAP_LOCKED;
        }
        on(linux, android, netbsd, openbsd, apple) {
            /// Reserve no swap space: a store may later find no memory.
            ///
            /// Zero on OpenBSD, ignored on NetBSD and Apple's systems.
            MAP_NORESERVE;
        }
        on(linux, android) {
            /// Fault the pages in now. That this failed is not reported.
            MAP_POPULATE;
            /// With `MAP_POPULATE`: do nothing (since Linux 2.6.23).
            MAP_NONBLOCK;
        }
        on(linux(not "mips", "mips32r6", "mips64", "mips64r6"), android) {
            /// A write to persistent memory is durable without `msync` (Linux 4.15).
            ///
            /// With `MAP_SHARED_VALIDATE` on a file on a DAX device only.
            MAP_SYNC;
        }
        on(linux, android, freebsd, netbsd, openbsd, dragonfly) {
            /// The mapping is a stack.
            ///
            /// OpenBSD requires it of every stack; on FreeBSD and DragonFly the mapping grows
            /// down from its top; Linux gives it no transparent huge pages (6.7); NetBSD ignores
            /// it.
            MAP_STACK;
        }
        on(linux, android) {
            /// Use huge pages from the pool, of the default size or of a `MAP_HUGE_…` size.
            ///
            /// The length is rounded up to whole huge pages, and only whole huge pages can be
            /// unmapped.
            MAP_HUGETLB;
        }
        field HUGE_SIZE(linux, android) {
            /// With `MAP_HUGETLB`: pages of 16 KiB, a value of the size field (Linux 3.8).
            MAP_HUGE_16KB;
            /// With `MAP_HUGETLB`: pages of 64 KiB, a value of the size field (Linux 3.8).
            MAP_HUGE_64KB;
            /// With `MAP_HUGETLB`: pages of 512 KiB, a value of the size field (Linux 3.8).
            MAP_HUGE_512KB;
            /// With `MAP_HUGETLB`: pages of 1 MiB, a value of the size field (Linux 3.8).
            MAP_HUGE_1MB;
            /// With `MAP_HUGETLB`: pages of 2 MiB, a value of the size field (Linux 3.8).
            MAP_HUGE_2MB;
            /// With `MAP_HUGETLB`: pages of 8 MiB, a value of the size field (Linux 3.8).
            MAP_HUGE_8MB;
            /// With `MAP_HUGETLB`: pages of 16 MiB, a value of the size field (Linux 3.8).
            MAP_HUGE_16MB;
            /// With `MAP_HUGETLB`: pages of 32 MiB, a value of the size field (Linux 3.8).
            MAP_HUGE_32MB;
            /// With `MAP_HUGETLB`: pages of 256 MiB, a value of the size field (Linux 3.8).
            MAP_HUGE_256MB;
            /// With `MAP_HUGETLB`: pages of 512 MiB, a value of the size field (Linux 3.8).
            MAP_HUGE_512MB;
            /// With `MAP_HUGETLB`: pages of 1 GiB, a value of the size field (Linux 3.8).
            MAP_HUGE_1GB;
            /// With `MAP_HUGETLB`: pages of 2 GiB, a value of the size field (Linux 3.8).
            MAP_HUGE_2GB;
            /// With `MAP_HUGETLB`: pages of 16 GiB, a value of the size field (Linux 3.8).
            MAP_HUGE_16GB;
        }
        field HUGE_SIZE(linux(not "mips", "mips32r6", "mips64", "mips64r6"), android) {
            /// Leave anonymous pages uninitialized, on kernels without an MMU only.
            ///
            /// It shares its bit with the size of huge pages: not with `MAP_HUGETLB`.
            MAP_UNINITIALIZED;
        }
        on(netbsd) {
            /// Lock the pages as `mlock` does.
            MAP_WIRED;
        }
        on(netbsd, openbsd, apple) {
            /// Meant to name private pages after a file; no system does. Zero on OpenBSD.
            MAP_RENAME;
        }
        on(dragonfly, netbsd, openbsd) {
            /// The mapping is kept across `exec`. Zero on OpenBSD.
            MAP_INHERIT;
        }
        on(dragonfly, netbsd, openbsd) {
            /// `addr` is preferred over any other place, and never over an existing mapping.
            ///
            /// Zero on OpenBSD, where a hint is always taken so.
            MAP_TRYFIXED;
        }
        on(freebsd, dragonfly, netbsd, openbsd, apple) {
            /// The region may hold semaphores. Ignored by present systems, zero on OpenBSD.
            MAP_HASSEMAPHORE;
        }
        on(freebsd, dragonfly) {
            /// Write changed pages to the file only when memory is short or `fsync` asks.
            MAP_NOSYNC;
            /// Keep the pages out of core dumps.
            MAP_NOCORE;
        }
        on(freebsd) {
            /// A guard: pages that cannot be accessed, nor be mapped by a hint or by growth.
            MAP_GUARD;
            /// Map those pages now that are in memory already.
            MAP_PREFAULT_READ;
        }
        field ALIGNMENT(freebsd) {
            /// Align for superpages. A value of the alignment field, not a flag.
            MAP_ALIGNED_SUPER;
        }
        field ALIGNMENT(netbsd) {
            /// Align to 64 KiB. A value of the alignment field, not a flag.
            MAP_ALIGNMENT_64KB;
            /// Align to 16 MiB. A value of the alignment field, not a flag.
            MAP_ALIGNMENT_16MB;
            /// Align to 4 GiB. A value of the alignment field, not a flag.
            MAP_ALIGNMENT_4GB;
            /// Align to 1 TiB. A value of the alignment field, not a flag.
            MAP_ALIGNMENT_1TB;
            /// Align to 256 TiB. A value of the alignment field, not a flag.
            MAP_ALIGNMENT_256TB;
            /// Align to 64 PiB. A value of the alignment field, not a flag.
            MAP_ALIGNMENT_64PB;
        }
        on(dragonfly) {
            /// Align by the size, for superpages.
            MAP_SIZEALIGN;
        }
        on(openbsd) {
            /// Keep the pages out of core dumps and out of reach of debuggers.
            MAP_CONCEAL;
        }
        on(apple) {
            /// Do not keep the file's pages in the cache.
            MAP_NOCACHE;
            /// Memory for code written at run time, switched by `pthread_jit_write_protect_np`.
            MAP_JIT;
            /// A failed code signature reads as zero pages instead of killing the process.
            MAP_RESILIENT_CODESIGN;
            /// Read errors of the medium read as zero pages instead of killing the process.
            MAP_RESILIENT_MEDIA;
            /// Translated (Rosetta) code may be executed from the mapping.
            MAP_TRANSLATED_ALLOW_EXECUTE;
            /// The kernel checks arguments as UNIX 03 asks.
            MAP_UNIX03;
            /// Trusted-path read-only memory, for the loader.
            MAP_TPRO;
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
impl MapFlags {
    #[doc = on!(linux, android)]
    /// With `MAP_HUGETLB`: huge pages of 2 to the power of `log2` bytes (Linux 3.8).
    ///
    /// `None` if the field of six bits cannot hold `log2`, or `log2` is 0, which means the
    /// default size.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::mman::MapFlags;
    ///
    /// assert_eq!(MapFlags::huge_page_size(21), Some(MapFlags::MAP_HUGE_2MB));
    /// assert_eq!(MapFlags::huge_page_size(14).unwrap().to_string(), "MAP_HUGE_16KB");
    /// assert_eq!(MapFlags::huge_page_size(64), None);
    /// ```
    #[doc(alias("MAP_HUGE_SHIFT", "MAP_HUGE_MASK"))]
    #[must_use]
    pub const fn huge_page_size(log2: u32) -> Option<Self> {
        if log2 == 0 || log2 > crate::sys::ffi::MAP_HUGE_MASK as u32 {
            return None;
        }
        Some(Self::from_bits_retain((log2 << crate::sys::ffi::MAP_HUGE_SHIFT) as c_int))
    }
}

#[cfg(any(target_os = "freebsd", target_os = "netbsd", all(doc, not(doctest))))]
impl MapFlags {
    #[doc = on!(freebsd, netbsd)]
    /// `MAP_ALIGNED(n)`: align the mapping to 2 to the power of `log2` bytes.
    ///
    /// `None` if the system refuses the value: below the page size's logarithm of 12, or not
    /// below the number of bits of an address.
    #[must_use]
    pub const fn aligned(log2: u32) -> Option<Self> {
        if log2 < 12 || log2 >= usize::BITS {
            return None;
        }
        Some(Self::from_bits_retain((log2 << 24) as c_int))
    }
}

table! {
    #[doc = on!(linux, android, netbsd)]
    /// How `mremap` moves or resizes a mapping.
    pub struct MRemapFlags: c_int {
        on(linux, android) {
            /// The mapping may be moved to another address.
            MREMAP_MAYMOVE;
            /// Move it to exactly `new_address`, in place of whatever is mapped there.
            ///
            /// With `MREMAP_MAYMOVE` only.
            MREMAP_FIXED;
        }
        later(linux, android) {
            /// Move the pages and leave an empty mapping behind at the old place (Linux 5.7).
            ///
            /// With `MREMAP_MAYMOVE` and an unchanged size only. `new_address` is a hint then.
            MREMAP_DONTUNMAP;
        }
        on(netbsd) {
            /// Place the mapping at exactly `new_address`, or, without one, where it is.
            MAP_FIXED;
            /// Keep the old mapping beside the new one.
            MAP_REMAPDUP;
        }
        field ALIGNMENT(netbsd) {}
    }
}

#[cfg(any(target_os = "netbsd", all(doc, not(doctest))))]
impl MRemapFlags {
    #[doc = on!(netbsd)]
    /// `MAP_ALIGNED(n)`: align the mapping, where it moves, to 2 to the power of `log2` bytes.
    ///
    /// `None` if the system refuses the value: see [`MapFlags::aligned`].
    #[must_use]
    pub const fn aligned(log2: u32) -> Option<Self> {
        match MapFlags::aligned(log2) {
            Some(flags) => Some(Self::from_bits_retain(flags.bits())),
            None => None,
        }
    }
}

table! {
    /// What `madvise` is told of the use of some pages, or shall do with them.
    ///
    /// Several of them change contents: see each, and [`madvise`](super::madvise).
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::mman::MmapAdvise;
    ///
    /// assert_eq!(MmapAdvise::try_from(libc::MADV_RANDOM), Ok(MmapAdvise::MADV_RANDOM));
    /// assert_eq!("MADV_RANDOM".parse(), Ok(MmapAdvise::MADV_RANDOM));
    /// assert_eq!(MmapAdvise::MADV_RANDOM.name(), "MADV_RANDOM");
    /// ```
    pub enum MmapAdvise: i32 {
        on(unix) {
            /// No special treatment. This is the default.
            MADV_NORMAL;
            /// Expect accesses in random order: do not read ahead.
            MADV_RANDOM;
            /// Expect accesses in sequential order: read ahead more.
            MADV_SEQUENTIAL;
            /// Expect access soon.
            ///
            /// On Linux this starts reading a file ahead, at most one read-ahead window a call.
            MADV_WILLNEED;
            /// Expect no access soon.
            ///
            /// Linux and Android drop the pages at once: private anonymous memory then **reads
            /// as zero**, private changes of a file are lost. Other systems keep the contents.
            MADV_DONTNEED;
            /// The contents are no longer needed, and **may be lost** until the next write.
            ///
            /// Private anonymous memory only. Linux 4.5.
            MADV_FREE;
        }
        on(linux, android) {
            /// Punch a hole: the pages **and the part of the file behind them** become zero.
            MADV_REMOVE;
            /// A child of `fork` does not get the pages.
            MADV_DONTFORK;
            /// Undo `MADV_DONTFORK`.
            MADV_DOFORK;
            /// Treat the pages as if the hardware had damaged them: **they are lost**.
            ///
            /// Needs `CAP_SYS_ADMIN` and a kernel with `CONFIG_MEMORY_FAILURE`.
            MADV_HWPOISON;
            /// The kernel may merge equal pages into one (`CONFIG_KSM`).
            MADV_MERGEABLE;
            /// Undo `MADV_MERGEABLE`: unmerge the pages.
            MADV_UNMERGEABLE;
        }
        on(linux(not "mips", "mips32r6", "mips64", "mips64r6"), android) {
            /// Move the contents elsewhere and retire the physical pages.
            ///
            /// Needs `CAP_SYS_ADMIN` and a kernel with `CONFIG_MEMORY_FAILURE`.
            MADV_SOFT_OFFLINE;
        }
        on(linux, android) {
            /// Use transparent huge pages here.
            MADV_HUGEPAGE;
            /// Do not use transparent huge pages here.
            MADV_NOHUGEPAGE;
            /// Leave the pages out of a core dump (Linux 3.4).
            MADV_DONTDUMP;
            /// Undo `MADV_DONTDUMP` (Linux 3.4).
            MADV_DODUMP;
            /// A child of `fork` sees **zeros** here (Linux 4.14). Private anonymous memory only.
            MADV_WIPEONFORK;
            /// Undo `MADV_WIPEONFORK` (Linux 4.14).
            MADV_KEEPONFORK;
            /// The pages are the first to be reclaimed when memory is short (Linux 5.4).
            MADV_COLD;
        }
        on(linux, android, apple) {
            /// Reclaim the pages now: write them out or swap them out (Linux 5.4).
            ///
            /// Apple's systems know it, and answer `EINVAL` or `ENOTSUP`: it is for debugging kernels.
            MADV_PAGEOUT;
        }
        on(linux, android) {
            /// Fault the pages in for reading; what fails is an error (Linux 5.14).
            MADV_POPULATE_READ;
            /// Fault the pages in for writing; what fails is an error (Linux 5.14).
            MADV_POPULATE_WRITE;
            /// `MADV_DONTNEED` that works on locked pages too (Linux 5.18).
            MADV_DONTNEED_LOCKED;
            /// Make the pages huge now, as far as possible (Linux 6.1).
            MADV_COLLAPSE;
        }
        on(linux) {
            /// Make the pages guards: **what they held is lost**, an access is a `SIGSEGV`.
            ///
            /// Linux 6.13, in a mapping of a file 6.15.
            MADV_GUARD_INSTALL;
            /// Make guards ordinary pages again, which are zero (Linux 6.13).
            MADV_GUARD_REMOVE;
        }
        on(freebsd, dragonfly) {
            /// Write changed pages out only when memory is short.
            MADV_NOSYNC;
            /// Undo `MADV_NOSYNC` for pages changed from now on.
            MADV_AUTOSYNC;
            /// Leave the pages out of a core dump.
            MADV_NOCORE;
            /// Undo `MADV_NOCORE`.
            MADV_CORE;
        }
        on(freebsd) {
            /// The process is not killed when swap space runs out. For the superuser.
            MADV_PROTECT;
        }
        on(dragonfly) {
            /// Drop the pages' hardware mappings. Works with `mcontrol` only.
            MADV_INVAL;
            /// Set the page directory of a virtual page table. Works with `mcontrol` only.
            MADV_SETMAP;
        }
        on(netbsd, openbsd) {
            /// Make sure that there is space for the pages. No present release does anything.
            MADV_SPACEAVAIL;
        }
        on(apple) {
            /// When the pages are unmapped while they are wired, zero them.
            MADV_ZERO_WIRED_PAGES;
            /// The contents **may be lost**; the pages no longer count as the process's.
            MADV_FREE_REUSABLE;
            /// Undo `MADV_FREE_REUSABLE` before the pages are used again.
            MADV_FREE_REUSE;
            /// Whether the pages can be reused by `MADV_FREE_REUSE`.
            MADV_CAN_REUSE;
            /// Make the pages **zero**.
            MADV_ZERO;
        }
    }
}

impl TryFrom<i32> for MmapAdvise {
    type Error = Error;

    /// The advice of this number; `EINVAL` if this system's headers have none.
    fn try_from(number: i32) -> Result<Self, Error> {
        Self::from_number(number).ok_or(Errno::EINVAL)
    }
}

table! {
    /// How `msync` writes a mapping back.
    ///
    /// Give exactly one of `MS_SYNC` and `MS_ASYNC`. On FreeBSD and DragonFly `MS_SYNC` is zero.
    pub struct MsFlags: c_int {
        on(unix) {
            /// Start writing, and return. Linux does nothing: the pages are known to be dirty.
            MS_ASYNC;
            /// Other mappings of the file shall see what the file holds.
            ///
            /// On Linux it does nothing but fail with `EBUSY` where pages are locked.
            MS_INVALIDATE;
        }
        on(apple) {
            /// Drop the pages **without writing them back**, and leave them mapped.
            MS_KILLPAGES;
            /// Deactivate the pages, and leave them mapped.
            MS_DEACTIVATE;
        }
        on(unix) {
            /// Write, and return when that is done.
            MS_SYNC;
        }
    }
}

table! {
    /// What `mlockall` locks.
    pub struct MlockAllFlags: c_int {
        on(unix) {
            /// All pages that are mapped now.
            MCL_CURRENT;
            /// All pages that will be mapped from now on.
            MCL_FUTURE;
        }
        later(linux, android) {
            /// With one of the others: lock each page when it is first touched (Linux 4.4).
            MCL_ONFAULT;
        }
    }
}
