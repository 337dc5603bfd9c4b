//! What `<linux/mman.h>` adds.

use core::ffi::c_uint;
use std::os::fd::{AsFd, AsRawFd};

use crate::{Result, errno::Errno, sys::syscall};

#[doc = on!(linux, android)]
/// What the page cache holds of a range of a file, in pages.
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[doc(alias = "struct cachestat")]
#[repr(C)]
pub struct CacheStat {
    /// Pages in the cache.
    pub nr_cache: u64,
    /// Of these, pages that are changed and not yet written.
    pub nr_dirty: u64,
    /// Of these, pages that are being written.
    pub nr_writeback: u64,
    /// Pages that have been in the cache and were evicted.
    pub nr_evicted: u64,
    /// Of these, pages evicted so recently that reading them again would speak for too little
    /// memory.
    pub nr_recently_evicted: u64,
}

#[doc = on!(linux, android)]
/// Counts the pages of a file that are in the page cache, without mapping it.
///
/// `offset` and `length` are in bytes; a length of 0 means to the end of the file.
///
/// # Examples
///
/// ```
/// use mman::{Error, sys::mman::cachestat};
///
/// let file = std::fs::File::open("Cargo.toml")?;
/// match cachestat(&file, 0, 0) {
///     Ok(stat) => println!("{} pages", stat.nr_cache),
///     Err(Error::ENOSYS) => println!("this kernel is older than Linux 6.5"),
///     Err(error) => return Err(error.into()),
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EBADF`: not an open file.
/// - `EOPNOTSUPP`: a file of hugetlbfs.
/// - `EPERM`: the caller neither owns the file nor could write it (newer kernels).
/// - `ENOSYS`: the kernel is older than Linux 6.5.
///
/// # Platforms
///
/// Linux 6.5, Android.
#[doc(alias = "SYS_cachestat")]
#[inline]
pub fn cachestat(fd: impl AsFd, offset: u64, length: u64) -> Result<CacheStat> {
    let range = [offset, length];
    let mut stat = CacheStat::default();
    let flags: c_uint = 0;
    // SAFETY: `range` is two u64 as in `struct cachestat_range`, `stat` has the layout of
    // `struct cachestat`; both outlive the call.
    let answer = unsafe {
        libc::syscall(
            syscall::SYS_cachestat,
            fd.as_fd().as_raw_fd(),
            &raw const range,
            &raw mut stat,
            flags,
        )
    };
    Errno::result(answer).map(|_| stat)
}
