//! What the owned layer needs from a system: one contract, a file for each way to meet it.
//!
//! Everything above is free of operating systems' names; everything here is built on
//! [`sys`](crate::sys), never on the libc crate. A port owes:
//!
//! - `cached(file, range)`: what the page cache holds of a range of a file, of which the largest
//!   number is the open end, without mapping it; `None` where only [`residency`] of a map can tell.
//! - `cached_at_once(file, metadata)`: the same of a whole file, if that takes no look at its pages.
//! - `tells_residency(file, metadata)`: whether `residency` of a map of this file is the truth. A
//!   kernel may hide it from those who may not write the file.
//! - `residency(start, len, vec)`: whether page `i` of the mapped range is in memory, in bit 0 of
//!   `vec[i]`; `ENOSYS` where the system cannot tell.
//! - `footprint(start, len)`: what of some pages is made of huge ones, and locked; `None` for each
//!   that the system does not tell.
//! - The calls on mapped pages, in [`map`](self::map), and on nodes, in [`numa`]; on the files behind
//!   them, in [`file`](self::file); on objects of shared memory, in [`object`]; accesses to memory
//!   that others write, in [`word`].
//! - `flush_instructions(start, len)`: what was stored there can be run.
//! - `Maps`, `Details`, `mapping_at` and `usage`: the mappings of a process, each address at most
//!   once and in ascending order; `ENOSYS` where the system does not tell.
//! - `machine()`: sizes, pools and limits, `None` for each that the system does not tell.
//! - `probe()`: what the kernel supports, found out without a trace.
//! - What a signal handler is told, in [`context`](self::context); `send_again(signal, info)`: the
//!   very signal that a handler was called for comes once more when the handler returns, or an
//!   error.
//! - `peek(from, to, len)` and `poke(from, to, len)`: a copy from, and to, pages of this process
//!   that may not be there, by way of the kernel: how many bytes were copied, `EFAULT` if none was
//!   since the page is gone.
//!
//! `page_size` is the same for all. Under Miri memory is of the heap (`map::heap`), and all else is as
//! on a system that tells nothing.

pub(crate) mod context;
mod file;
pub(crate) mod machine;
mod map;
pub(crate) mod maps;
mod numa;
pub(crate) mod object;
mod posix;
pub(crate) mod probe;
pub(crate) mod word;

#[cfg(all(any(target_os = "linux", target_os = "android"), not(any(miri, mman_heap))))]
mod linux;
#[cfg(not(any(target_os = "openbsd", miri, mman_heap)))]
mod mincore;
#[cfg(all(target_os = "openbsd", not(any(miri, mman_heap))))]
mod openbsd;
#[cfg(any(miri, mman_heap, not(any(target_os = "linux", target_os = "android"))))]
mod other;
mod pipe;
#[cfg(any(miri, mman_heap, not(any(target_os = "linux", target_os = "android"))))]
mod untold;

pub(crate) use file::*;
pub(crate) use map::*;
pub use map::{Advice, Fork, Protection};
pub use numa::Numa;
pub(crate) use numa::*;
pub use posix::page_size;
pub(crate) use posix::{FLUSH_READS, flush_instructions};

#[cfg(all(any(target_os = "linux", target_os = "android"), not(any(miri, mman_heap))))]
pub(crate) use linux::*;
#[cfg(not(any(target_os = "openbsd", miri, mman_heap)))]
pub(crate) use mincore::*;
#[cfg(all(target_os = "openbsd", not(any(miri, mman_heap))))]
pub(crate) use openbsd::*;
#[cfg(any(miri, mman_heap, not(any(target_os = "linux", target_os = "android"))))]
pub(crate) use other::*;
#[cfg(any(miri, mman_heap, not(any(target_os = "linux", target_os = "android"))))]
pub(crate) use untold::*;

/// What the page cache holds of a file, in bytes.
///
/// The cache keeps whole pages, so `resident` of a small file is larger than the file.
///
/// # Examples
///
/// ```
/// let file = std::fs::File::open("Cargo.toml")?;
/// # if cfg!(target_os = "linux") {
/// let cached = mman::observe::page_cache(&file)?;
/// println!("{} bytes in RAM, {:?} of them dirty", cached.resident, cached.dirty);
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct PageCache {
    /// What is in memory.
    pub resident: u64,
    /// Of this, what is changed and not yet written; `None` if the system does not tell.
    pub dirty: Option<u64>,
    /// Of this, what is being written; `None` if the system does not tell.
    pub writeback: Option<u64>,
    /// What has been in memory and was evicted; `None` if the system does not tell.
    pub evicted: Option<u64>,
    /// Of this, what was evicted so recently that reading it again would speak for too little
    /// memory; `None` if the system does not tell.
    pub recently_evicted: Option<u64>,
}

/// Bytes of a range that are of a kind.
#[derive(Copy, Clone, Debug, Default)]
pub(crate) struct Footprint {
    pub(crate) huge: Option<usize>,
    pub(crate) locked: Option<usize>,
}
