//! What a machine's memory is told in.

use std::{string::String, vec::Vec};

use crate::sys::resource::{Resource, getrlimit};

/// The sizes, pools and limits of memory here. What the system does not tell is `None`.
///
/// # Examples
///
/// ```
/// let machine = mman::observe::machine();
/// assert_eq!(machine.page_size, mman::page_size());
/// println!("{:?} mappings at most", machine.max_map_count);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Machine {
    /// The size of a page, in bytes.
    pub page_size: usize,
    /// The size of the huge pages that are meant where no size is given, in bytes.
    pub huge_page_size: Option<u64>,
    /// The pools of huge pages, one for each size, by ascending size.
    pub huge_pools: Option<Vec<HugePool>>,
    /// The settings of transparent huge pages.
    pub transparent: Option<TransparentHugePages>,
    /// The limits of the calling process.
    pub limits: Limits,
    /// How much the system promises beyond what it has.
    pub overcommit: Option<Overcommit>,
    /// The number of mappings that a process may have.
    pub max_map_count: Option<u64>,
    /// The lowest address that an unprivileged process may map.
    pub min_address: Option<u64>,
    /// The NUMA nodes that are online, ascending.
    pub nodes: Option<Vec<u32>>,
}

/// Huge pages of one size, in pages.
///
/// # Examples
///
/// ```
/// for pool in mman::observe::machine().huge_pools.into_iter().flatten() {
///     assert!(pool.page_size > mman::page_size() as u64 && pool.available() <= pool.free);
/// }
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct HugePool {
    /// The size of a page, in bytes.
    pub page_size: u64,
    /// The pages of the pool, `surplus` ones included.
    pub total: Option<u64>,
    /// Of these, those that nobody uses.
    pub free: Option<u64>,
    /// Of those free, what mappings have been promised.
    pub reserved: Option<u64>,
    /// Pages beyond the configured number, given back when they become free.
    pub surplus: Option<u64>,
    /// How many surplus pages there may be.
    pub overcommit: Option<u64>,
}

impl HugePool {
    /// The pages that a new mapping can have: free, and promised to nobody.
    #[must_use]
    pub fn available(&self) -> Option<u64> {
        Some(self.free?.saturating_sub(self.reserved?))
    }
}

/// The settings of transparent huge pages, as the words that the system uses.
///
/// # Examples
///
/// ```
/// if let Some(transparent) = mman::observe::machine().transparent {
///     println!("{:?}, of {:?} bytes", transparent.enabled, transparent.pmd_size);
///     assert!(transparent.sizes.iter().all(|size| size.page_size > mman::page_size() as u64));
/// }
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct TransparentHugePages {
    /// For private memory: `always`, `madvise` (where advised) or `never`.
    pub enabled: Option<String>,
    /// When memory is cleared up for them: `always`, `defer`, `defer+madvise`, `madvise`, `never`.
    pub defrag: Option<String>,
    /// For shared memory: `always`, `within_size`, `advise`, `never`, `deny` or `force`.
    pub shmem_enabled: Option<String>,
    /// Whether reading untouched memory may give one huge page of zeros.
    pub use_zero_page: Option<bool>,
    /// The size that one entry of the page table covers, in bytes.
    pub pmd_size: Option<u64>,
    /// The settings of each size, by ascending size; empty before Linux 6.8.
    pub sizes: Vec<TransparentSize>,
}

/// The settings of transparent huge pages of one size.
///
/// # Examples
///
/// ```
/// if let Some(transparent) = mman::observe::machine().transparent {
///     for size in transparent.sizes {
///         println!("{} bytes: {:?}", size.page_size, size.enabled);
///         assert!(size.page_size.is_power_of_two());
///     }
/// }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct TransparentSize {
    /// The size, in bytes.
    pub page_size: u64,
    /// For private memory: `always`, `inherit` (the setting above), `madvise` or `never`.
    pub enabled: Option<String>,
    /// For shared memory: `always`, `inherit`, `within_size`, `advise` or `never`.
    pub shmem_enabled: Option<String>,
}

/// The limits of a process.
///
/// # Examples
///
/// ```
/// let limits = mman::observe::machine().limits;
/// for limit in [limits.memlock, limits.address_space, limits.data].into_iter().flatten() {
///     assert!(limit.soft <= limit.hard);
/// }
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// Locked memory (`RLIMIT_MEMLOCK`).
    pub memlock: Option<Limit>,
    /// All mappings together (`RLIMIT_AS`).
    pub address_space: Option<Limit>,
    /// Private memory that can be written (`RLIMIT_DATA`).
    pub data: Option<Limit>,
}

/// A limit of a process.
///
/// # Examples
///
/// ```
/// use mman::observe::{Bound, machine};
///
/// if let Some(limit) = machine().limits.memlock {
///     match limit.soft {
///         Bound::Bytes(bytes) => println!("{bytes} bytes may be locked"),
///         Bound::Unlimited => assert_eq!(limit.hard, Bound::Unlimited),
///     }
/// }
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Limit {
    /// The limit that counts.
    pub soft: Bound,
    /// How far the process may raise it.
    pub hard: Bound,
}

/// How far something may go.
///
/// # Examples
///
/// ```
/// use mman::observe::Bound;
///
/// assert!(Bound::Bytes(u64::MAX) < Bound::Unlimited);
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Bound {
    /// So many bytes.
    Bytes(u64),
    /// Without a bound.
    Unlimited,
}

/// How much memory the system promises.
///
/// # Examples
///
/// ```
/// use mman::observe::{OvercommitMode, machine};
///
/// if let Some(overcommit) = machine().overcommit {
///     if overcommit.mode == OvercommitMode::Never {
///         println!("{:?} % of the memory, or {:?} bytes", overcommit.ratio, overcommit.bytes);
///     }
/// }
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Overcommit {
    /// By which rule.
    pub mode: OvercommitMode,
    /// Of the memory, what counts in mode [`Never`](OvercommitMode::Never), in percent; 0 if
    /// `bytes` is set.
    pub ratio: Option<u64>,
    /// What counts in mode [`Never`](OvercommitMode::Never), in bytes; 0 if `ratio` is set.
    pub bytes: Option<u64>,
}

/// By which rule the system promises memory (`vm.overcommit_memory`).
///
/// # Examples
///
/// ```
/// use mman::observe::{OvercommitMode, machine};
///
/// # if cfg!(target_os = "linux") {
/// let mode = machine().overcommit.map(|overcommit| overcommit.mode);
/// assert!(!matches!(mode, Some(OvercommitMode::Other(..=2))));
/// # }
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum OvercommitMode {
    /// 0: single requests that can obviously not be met are refused.
    Heuristic,
    /// 1: everything is promised.
    Always,
    /// 2: no more than swap and part of the memory.
    Never,
    /// A number that this crate does not know.
    Other(u64),
}

/// The limits that every system has.
pub(super) fn limits() -> Limits {
    let limit = |resource| {
        let bound = |bytes| if bytes == u64::MAX { Bound::Unlimited } else { Bound::Bytes(bytes) };
        let limit = getrlimit(resource).ok()?;
        Some(Limit { soft: bound(limit.rlim_cur), hard: bound(limit.rlim_max) })
    };
    Limits {
        memlock: limit(Resource::RLIMIT_MEMLOCK),
        #[cfg(not(target_os = "openbsd"))]
        address_space: limit(Resource::RLIMIT_AS),
        #[cfg(target_os = "openbsd")]
        address_space: None,
        data: limit(Resource::RLIMIT_DATA),
    }
}
