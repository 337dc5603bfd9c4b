#![doc = on!(linux, android)]
//! The ioctl `PROCMAP_QUERY` of `/proc/PID/maps`: one mapping of a process, without its text.

#[cfg(feature = "std")]
mod call;

#[cfg(feature = "std")]
pub use call::procmap_query;

table! {
    #[doc = on!(linux, android)]
    /// Which mappings [`procmap_query`] looks for, and what a mapping allows.
    ///
    /// # Platforms
    ///
    /// Linux 6.11, Android.
    pub struct ProcmapQueryFlags: u64 {
        on(linux, android) {
            /// It can be read.
            PROCMAP_QUERY_VMA_READABLE;
            /// It can be written.
            PROCMAP_QUERY_VMA_WRITABLE;
            /// It can be executed.
            PROCMAP_QUERY_VMA_EXECUTABLE;
            /// It is shared.
            PROCMAP_QUERY_VMA_SHARED;
            /// In a query: if no such mapping covers the address, the next one that is above it.
            PROCMAP_QUERY_COVERING_OR_NEXT_VMA;
            /// In a query: a mapping of a file.
            PROCMAP_QUERY_FILE_BACKED_VMA;
        }
    }
}

#[doc = on!(linux, android)]
/// A mapping, as [`procmap_query`] tells of it.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[doc(alias = "struct procmap_query")]
#[non_exhaustive]
pub struct ProcmapQuery<'a> {
    /// The address of the first byte.
    pub vma_start: u64,
    /// The address behind the last byte.
    pub vma_end: u64,
    /// What the mapping allows: readable, writable, executable, shared.
    pub vma_flags: ProcmapQueryFlags,
    /// The size of its pages in bytes: larger on hugetlbfs.
    pub vma_page_size: u64,
    /// Where in the file it starts, in bytes; 0 without a file.
    pub vma_offset: u64,
    /// The file's inode; 0 without a file.
    pub inode: u64,
    /// The major number of the file's device; 0 without a file.
    pub dev_major: u32,
    /// The minor number of the file's device; 0 without a file.
    pub dev_minor: u32,
    /// The file's path, with ` (deleted)` behind it if the file is; or a name such as `[heap]`.
    ///
    /// Empty if there is none, or it was not asked for. Other than in the text of the file,
    /// no byte is escaped.
    pub vma_name: &'a [u8],
    /// The build-id of the ELF file.
    ///
    /// Empty if there is none or it was not found (Linux 6.11 looks no further than the first
    /// page, and only if that is in memory), or it was not asked for.
    pub build_id: &'a [u8],
}
