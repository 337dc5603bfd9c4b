//! Flags of files in memory and of shared memory objects.

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
use crate::sys::ffi;

table! {
    #[doc = on!(linux, android, freebsd, netbsd)]
    /// What kind of file `memfd_create` makes.
    ///
    /// The sizes of huge pages are values of one field: `MFD_HUGE_2MB | MFD_HUGE_1GB` *is*
    /// `MFD_HUGE_2GB`; give one only.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::mman::MemFdFlags;
    ///
    /// let flags = MemFdFlags::MFD_CLOEXEC | MemFdFlags::MFD_ALLOW_SEALING;
    /// assert_eq!(flags.to_string(), "MFD_CLOEXEC | MFD_ALLOW_SEALING");
    /// ```
    ///
    /// # Platforms
    ///
    /// Linux 3.17, Android, FreeBSD 13, NetBSD 11.
    pub struct MemFdFlags: u32 {
        on(linux, android, freebsd, netbsd) {
            /// Close the descriptor on `exec`.
            MFD_CLOEXEC;
            /// The file can be sealed. Without it, it has `F_SEAL_SEAL` from the start.
            MFD_ALLOW_SEALING;
        }
        on(linux, android, freebsd) {
            /// The file is made of huge pages, of the default size or of a `MFD_HUGE_…` size
            /// (Linux 4.14; together with `MFD_ALLOW_SEALING` 4.16).
            ///
            /// Its size must be a multiple of theirs.
            MFD_HUGETLB;
        }
        on(linux, android) {
            /// The file cannot be executed, and is sealed so by `F_SEAL_EXEC` (Linux 6.3).
            ///
            /// Implies `MFD_ALLOW_SEALING`.
            MFD_NOEXEC_SEAL;
            /// The file can be executed (Linux 6.3). Not with `MFD_NOEXEC_SEAL`.
            ///
            /// This is so without either flag too, unless `vm.memfd_noexec` says otherwise.
            MFD_EXEC;
        }
        on(netbsd) {
            /// Close the descriptor in a child of `fork`.
            MFD_CLOFORK;
        }
        field MEMFD_HUGE_SIZE(linux, android, freebsd) {
            /// With `MFD_HUGETLB`: pages of 64 KiB, a value of the size field (Linux 4.14).
            MFD_HUGE_64KB;
            /// With `MFD_HUGETLB`: pages of 512 KiB, a value of the size field (Linux 4.14).
            MFD_HUGE_512KB;
            /// With `MFD_HUGETLB`: pages of 1 MiB, a value of the size field (Linux 4.14).
            MFD_HUGE_1MB;
            /// With `MFD_HUGETLB`: pages of 2 MiB, a value of the size field (Linux 4.14).
            MFD_HUGE_2MB;
            /// With `MFD_HUGETLB`: pages of 8 MiB, a value of the size field (Linux 4.14).
            MFD_HUGE_8MB;
            /// With `MFD_HUGETLB`: pages of 16 MiB, a value of the size field (Linux 4.14).
            MFD_HUGE_16MB;
            /// With `MFD_HUGETLB`: pages of 32 MiB, a value of the size field (Linux 4.14).
            MFD_HUGE_32MB;
            /// With `MFD_HUGETLB`: pages of 256 MiB, a value of the size field (Linux 4.14).
            MFD_HUGE_256MB;
            /// With `MFD_HUGETLB`: pages of 512 MiB, a value of the size field (Linux 4.14).
            MFD_HUGE_512MB;
            /// With `MFD_HUGETLB`: pages of 1 GiB, a value of the size field (Linux 4.14).
            MFD_HUGE_1GB;
            /// With `MFD_HUGETLB`: pages of 2 GiB, a value of the size field (Linux 4.14).
            MFD_HUGE_2GB;
            /// With `MFD_HUGETLB`: pages of 16 GiB, a value of the size field (Linux 4.14).
            MFD_HUGE_16GB;
        }
    }
}

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    all(doc, not(doctest))
))]
impl MemFdFlags {
    #[doc = on!(linux, android, freebsd)]
    /// With `MFD_HUGETLB`: huge pages of 2 to the power of `log2` bytes (Linux 4.14).
    ///
    /// `None` if the field of six bits cannot hold `log2`, or `log2` is 0, which means the
    /// default size.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::mman::MemFdFlags;
    ///
    /// assert_eq!(MemFdFlags::huge_page_size(21), Some(MemFdFlags::MFD_HUGE_2MB));
    /// assert_eq!(MemFdFlags::huge_page_size(14).unwrap().to_string(), "MFD_HUGE_16KB");
    /// assert_eq!(MemFdFlags::huge_page_size(64), None);
    /// ```
    #[doc(alias("MFD_HUGE_SHIFT", "MFD_HUGE_MASK"))]
    #[must_use]
    pub const fn huge_page_size(log2: u32) -> Option<Self> {
        if log2 == 0 || log2 > u32::MAX >> ffi::MFD_HUGE_SHIFT {
            return None;
        }
        Some(Self::from_bits_retain(log2 << ffi::MFD_HUGE_SHIFT))
    }
}

table! {
    #[doc = on!(freebsd)]
    /// What kind of object `shm_open2` makes.
    ///
    /// # Platforms
    ///
    /// FreeBSD 13.
    pub struct ShmFlags: i32 {
        on(freebsd) {
            /// The object can be sealed. Without it, it has `F_SEAL_SEAL` from the start.
            SHM_ALLOW_SEALING;
            /// A write beyond the object's end makes it larger.
            SHM_GROW_ON_WRITE;
            /// The object is made of large pages: `ioctl` must set which before it gets a size.
            ///
            /// `shm_create_largepage` does both.
            SHM_LARGEPAGE;
        }
    }
}

table! {
    #[doc = on!(freebsd)]
    /// How `shm_create_largepage` looks for pages when the object gets a size.
    ///
    /// # Platforms
    ///
    /// FreeBSD 13.
    pub enum ShmLargepageAlloc: i32 {
        on(freebsd) {
            /// Try harder than for other memory, up to a limit; fail with `ENOMEM`.
            SHM_LARGEPAGE_ALLOC_DEFAULT;
            /// Take what is free now; else fail with `ENOMEM`.
            SHM_LARGEPAGE_ALLOC_NOWAIT;
            /// Try until it is done, or a signal comes.
            SHM_LARGEPAGE_ALLOC_HARD;
        }
    }
}

table! {
    #[doc = on!(freebsd)]
    /// What `shm_rename` does where the new name exists.
    ///
    /// # Platforms
    ///
    /// FreeBSD 13.
    pub struct ShmRenameFlags: i32 {
        on(freebsd) {
            /// Fail with `EEXIST`. Not with `SHM_RENAME_EXCHANGE`.
            SHM_RENAME_NOREPLACE;
            /// Exchange the two.
            SHM_RENAME_EXCHANGE;
        }
    }
}
