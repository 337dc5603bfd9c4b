//! The flags and advices of the calls for mapped files: which exists where.

table! {
    #[doc = on!(linux, android, freebsd, netbsd)]
    /// What cannot be done to a file any more, by anyone.
    ///
    /// Only files of `memfd_create` have them, and shared memory objects of FreeBSD.
    ///
    /// # Platforms
    ///
    /// Linux 3.17, Android, FreeBSD 13, NetBSD 11.
    pub struct SealFlags: i32 {
        on(linux, android, freebsd, netbsd) {
            /// No more seals can be added.
            F_SEAL_SEAL;
            /// The file cannot be made smaller.
            F_SEAL_SHRINK;
            /// The file cannot be made larger.
            F_SEAL_GROW;
            /// The file's contents cannot be changed, nor can it be mapped shared and writable.
            F_SEAL_WRITE;
        }
        on(linux, android, netbsd) {
            /// As `F_SEAL_WRITE`, but shared mappings that exist stay writable (Linux 5.1).
            F_SEAL_FUTURE_WRITE;
        }
        on(linux, android) {
            /// The execute bits of the file's mode cannot be changed (Linux 6.3).
            ///
            /// On a file that can be executed it also adds `F_SEAL_SHRINK`, `F_SEAL_GROW`,
            /// `F_SEAL_WRITE` and `F_SEAL_FUTURE_WRITE`.
            F_SEAL_EXEC;
        }
    }
}

table! {
    #[doc = on!(linux, android, freebsd, netbsd)]
    /// What `posix_fadvise` is told of the use of a file.
    pub enum PosixFadviseAdvice: i32 {
        on(linux, android, freebsd, netbsd) {
            /// No special treatment. This is the default.
            POSIX_FADV_NORMAL;
            /// Expect accesses in random order: do not read ahead.
            POSIX_FADV_RANDOM;
            /// Expect accesses in sequential order: read ahead more.
            POSIX_FADV_SEQUENTIAL;
            /// Expect access soon: start reading.
            POSIX_FADV_WILLNEED;
            /// Expect no access soon: Linux drops the pages that are not changed and not mapped.
            POSIX_FADV_DONTNEED;
            /// Expect one access only. Linux does nothing before 6.3.
            POSIX_FADV_NOREUSE;
        }
    }
}

impl TryFrom<i32> for PosixFadviseAdvice {
    type Error = crate::Error;

    /// The advice of this number; `EINVAL` if this system's headers have none.
    fn try_from(number: i32) -> Result<Self, crate::Error> {
        Self::from_number(number).ok_or(crate::Error::EINVAL)
    }
}

table! {
    #[doc = on!(linux, android)]
    /// What `fallocate` does with a range of a file.
    ///
    /// Without a flag it allocates the range and grows the file.
    pub struct FallocateFlags: i32 {
        on(linux, android) {
            /// The file keeps its size.
            FALLOC_FL_KEEP_SIZE;
            /// Give the range's blocks back: it **reads as zero** (Linux 2.6.38).
            ///
            /// With `FALLOC_FL_KEEP_SIZE` only.
            FALLOC_FL_PUNCH_HOLE;
            /// Take the range **out of the file**: what follows moves up (Linux 3.15).
            ///
            /// Alone only, and in whole blocks.
            FALLOC_FL_COLLAPSE_RANGE;
            /// The range is allocated and **reads as zero** (Linux 3.15).
            FALLOC_FL_ZERO_RANGE;
            /// Make room in the file: what follows moves down (Linux 4.1).
            ///
            /// Alone only, and in whole blocks.
            FALLOC_FL_INSERT_RANGE;
            /// Give the file blocks of its own, where it shares some with other files (Linux 4.8).
            FALLOC_FL_UNSHARE_RANGE;
            /// As `FALLOC_FL_ZERO_RANGE`, and the zeros are on the disk already (Linux 6.17).
            FALLOC_FL_WRITE_ZEROES;
        }
    }
}

table! {
    #[doc = on!(linux, android)]
    /// How `sync_file_range` writes a range of a file.
    ///
    /// All three together write what is changed and wait for it.
    pub struct SyncFileRangeFlags: u32 {
        on(linux, android) {
            /// First wait for pages that are being written.
            SYNC_FILE_RANGE_WAIT_BEFORE;
            /// Start writing changed pages that are not being written.
            SYNC_FILE_RANGE_WRITE;
            /// Wait for pages that are being written.
            SYNC_FILE_RANGE_WAIT_AFTER;
        }
    }
}
