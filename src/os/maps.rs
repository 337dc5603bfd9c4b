//! What the mappings of a process are told in.

use std::{boxed::Box, ffi::OsString, path::PathBuf};

use crate::sys::mman::ProtFlags;

/// Whose memory is looked at.
///
/// # Examples
///
/// ```
/// use mman::observe::{Process, usage};
///
/// # if cfg!(target_os = "linux") {
/// let id = std::process::id();
/// assert!(usage(Process::Current)?.rss > Some(0) && usage(Process::Id(id))?.rss > Some(0));
/// # }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
pub enum Process {
    /// The calling process.
    #[default]
    Current,
    /// The process with this number.
    Id(u32),
}

impl From<u32> for Process {
    /// The process with this number.
    fn from(id: u32) -> Self {
        Self::Id(id)
    }
}

/// One mapping of a process.
///
/// Addresses have 64 bits everywhere: a 32-bit program may look at a 64-bit process.
///
/// # Examples
///
/// ```
/// use mman::{Anon, observe::mapping_at, sys::mman::ProtFlags};
///
/// # if cfg!(target_os = "linux") {
/// let memory = Anon::new(10_000)?;
/// let mapping = mapping_at(memory.as_ptr())?.expect("it is mapped");
/// assert!(mapping.contains(memory.as_ptr().addr() as u64) && mapping.len() >= 10_000);
/// assert_eq!(mapping.protection, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE);
/// assert_eq!((mapping.shared, mapping.file), (false, None));
/// # }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Mapping {
    /// The address of the first byte.
    pub start: u64,
    /// The address behind the last byte, above `start`.
    pub end: u64,
    /// Reading, writing, executing.
    pub protection: ProtFlags,
    /// Whether other processes that map the same see what is written.
    pub shared: bool,
    /// Where in the file it starts, in bytes; of no meaning without a file.
    pub offset: u64,
    /// What holds its contents; `None` if that is neither a file nor shared memory.
    pub file: Option<FileId>,
    /// The size of its pages in bytes, larger for huge pages of `hugetlbfs`; `None` if the system does
    /// not tell.
    pub page_size: Option<u64>,
    /// What it is.
    pub name: Name,
}

impl Mapping {
    /// The size in bytes, never 0.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "it is never empty")]
    pub const fn len(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers this address.
    #[must_use]
    pub const fn contains(&self, address: u64) -> bool {
        self.start <= address && address < self.end
    }
}

/// Which file: the same numbers for the same file, whatever its name.
///
/// Some file systems (btrfs, overlayfs) tell other numbers here than by `stat`.
///
/// # Examples
///
/// ```
/// use std::os::unix::fs::MetadataExt;
///
/// use mman::observe::mapping_at;
///
/// # if cfg!(target_os = "linux") {
/// let map = mman::FileMap::open("/proc/self/exe")?;
/// let file = mapping_at(map.as_ptr())?.and_then(|mapping| mapping.file).expect("it is a file's");
/// assert_eq!(file.inode, std::fs::metadata("/proc/self/exe")?.ino());
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub struct FileId {
    /// The major number of the device.
    pub device_major: u32,
    /// The minor number of the device.
    pub device_minor: u32,
    /// The inode.
    pub inode: u64,
}

/// What a mapping is, by its name.
///
/// # Examples
///
/// ```
/// use mman::{FileMap, observe::{Name, mapping_at}};
///
/// # if cfg!(target_os = "linux") {
/// let map = FileMap::open("Cargo.toml")?;
/// match mapping_at(map.as_ptr())?.expect("it is mapped").name {
///     Name::File { path, deleted } => assert!(path.ends_with("Cargo.toml") && !deleted),
///     other => panic!("{other:?}"),
/// }
/// # }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Name {
    /// Private memory without a name.
    Anonymous,
    /// Anonymous memory, private or shared, that the program has given a name.
    Named(OsString),
    /// Memory without a name, shared with children.
    SharedAnonymous,
    /// A file.
    File {
        /// Its path, as the kernel sees it from here. Where the kernel is older than Linux 6.11,
        /// a path that itself holds `\012` cannot be told from one with a line feed there.
        path: PathBuf,
        /// Whether it has no name any more. A file whose own name ends in ` (deleted)` cannot be
        /// told from such a file.
        deleted: bool,
    },
    /// A `memfd` with this name.
    Memfd(OsString),
    /// A segment of System V shared memory with this key, 0 if it is private.
    SysV(u32),
    /// The memory of `brk`.
    Heap,
    /// The stack of the first thread.
    Stack,
    /// The kernel's code for the process (`[vdso]`).
    Vdso,
    /// Anything else that the kernel has a name for: `[vvar]`, `anon_inode:kvm-vcpu`, …
    Other(OsString),
    /// The name was not asked for.
    NotAsked,
}

/// How much memory is behind a mapping, or a whole process, in bytes.
///
/// What the kernel does not tell is `None`; lines that this crate does not know are left out.
///
/// # Examples
///
/// ```
/// use mman::observe::{Process, usage};
///
/// # if cfg!(target_os = "linux") {
/// let usage = usage(Process::Current)?;
/// // A share of the pages is less than all of them.
/// assert!(usage.rss > Some(0) && usage.pss <= usage.rss);
/// # }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Usage {
    /// What is in memory.
    pub rss: Option<u64>,
    /// What is in memory, each page divided by the number of those that map it.
    pub pss: Option<u64>,
    /// Of `pss`, what is changed.
    pub pss_dirty: Option<u64>,
    /// Of `pss`, anonymous memory; told of whole processes only.
    pub pss_anon: Option<u64>,
    /// Of `pss`, files; told of whole processes only.
    pub pss_file: Option<u64>,
    /// Of `pss`, shared memory; told of whole processes only.
    pub pss_shmem: Option<u64>,
    /// Of `rss`, pages that others map too, as they are on disk.
    pub shared_clean: Option<u64>,
    /// Of `rss`, pages that others map too, changed.
    pub shared_dirty: Option<u64>,
    /// Of `rss`, pages that nobody else maps, as they are on disk.
    pub private_clean: Option<u64>,
    /// Of `rss`, pages that nobody else maps, changed.
    pub private_dirty: Option<u64>,
    /// Of `rss`, what is marked as accessed.
    pub referenced: Option<u64>,
    /// Of `rss`, what belongs to no file.
    pub anonymous: Option<u64>,
    /// Of `rss`, pages merged with equal ones.
    pub ksm: Option<u64>,
    /// What may be freed at any time (`MADV_FREE`).
    pub lazy_free: Option<u64>,
    /// Of `anonymous`, transparent huge pages.
    pub anon_huge_pages: Option<u64>,
    /// Shared memory mapped by huge pages.
    pub shmem_pmd_mapped: Option<u64>,
    /// Files mapped by huge pages.
    pub file_pmd_mapped: Option<u64>,
    /// Pages of hugetlbfs that others map too; not part of `rss`.
    pub shared_hugetlb: Option<u64>,
    /// Pages of hugetlbfs that nobody else maps; not part of `rss`.
    pub private_hugetlb: Option<u64>,
    /// What is in swap.
    pub swap: Option<u64>,
    /// What is in swap, each page divided by the number of those that have it.
    pub swap_pss: Option<u64>,
    /// Of `pss`, what is locked in memory.
    pub locked: Option<u64>,
}

/// What is told of one mapping beyond [`Mapping`].
///
/// # Examples
///
/// ```
/// use mman::observe::{Process, maps_in_detail};
///
/// # if cfg!(target_os = "linux") {
/// let mut memory = mman::Anon::new(10_000)?;
/// memory[0] = 1;
/// let at = memory.as_ptr().addr() as u64;
/// let mut maps = maps_in_detail(Process::Current)?.flatten();
/// let (_, detail) = maps.find(|(mapping, _)| mapping.contains(at)).expect("it is mapped");
/// assert!(detail.usage.anonymous > Some(0));
/// assert_eq!(detail.kernel_page_size, Some(mman::page_size() as u64));
/// # }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Detail {
    /// How much memory is behind it.
    pub usage: Usage,
    /// The size of the pages that the kernel gives out, in bytes.
    pub kernel_page_size: Option<u64>,
    /// The size of the pages that the processor sees, in bytes.
    pub mmu_page_size: Option<u64>,
    /// Whether transparent huge pages can come here.
    pub thp_eligible: Option<bool>,
    /// The protection key.
    pub protection_key: Option<u32>,
    /// What the kernel has noted of it.
    pub flags: Option<VmFlags>,
}

/// What the kernel has noted of a mapping: codes of two letters such as `lo` for locked.
///
/// # Examples
///
/// ```
/// use mman::observe::{Process, maps_in_detail};
///
/// # if cfg!(target_os = "linux") {
/// let memory = mman::Anon::new(10_000)?;
/// memory.advise(.., mman::Advice::NoDump)?;
/// let at = memory.as_ptr().addr() as u64;
/// let mut maps = maps_in_detail(Process::Current)?.flatten();
/// let (_, detail) = maps.find(|(mapping, _)| mapping.contains(at)).expect("it is mapped");
/// let flags = detail.flags.expect("Linux has told them since 3.8");
/// assert!(flags.has("dd") && flags.iter().any(|code| code == "rd"));
/// # }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct VmFlags(Box<[[u8; 2]]>);

impl VmFlags {
    /// The codes of a text that separates them by spaces; words of another length are left out.
    #[allow(dead_code, reason = "only some systems tell")]
    pub(crate) fn parse(text: &[u8]) -> Self {
        let words = text.split(u8::is_ascii_whitespace);
        Self(words.filter_map(|word| word.try_into().ok()).collect())
    }

    /// Whether this code is among them.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.0.iter().any(|have| have == code.as_bytes())
    }

    /// Every code, in the kernel's order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|code| core::str::from_utf8(code).ok())
    }
}
