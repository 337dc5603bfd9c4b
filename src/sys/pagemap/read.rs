//! Entries of single pages.

use std::os::fd::{AsFd, AsRawFd};

use super::PagemapEntry;
use crate::{Result, errno::Errno, sys::unistd};

#[doc = on!(linux, android)]
/// Reads the entries of the pages from `addr` on, and tells how many it read.
///
/// `fd` is an opened `/proc/PID/pagemap`; `addr` is an address in that process, whose page is
/// the first. The entry of a page where nothing is mapped is 0. Fewer entries than asked for are
/// read at the end of the address space (beyond it none), and of more than 2 GiB of entries; none
/// are read when the process has ended.
///
/// # Examples
///
/// ```
/// use mman::sys::pagemap::{PagemapEntry, pagemap_read};
///
/// let pagemap = std::fs::File::open("/proc/self/pagemap")?;
/// let number = Box::new(7);
/// let mut entries = [PagemapEntry::default()];
/// let read = pagemap_read(&pagemap, (&raw const *number).addr() as u64, &mut entries)?;
/// assert_eq!(read, 1);
/// assert!(entries[0].is_present() || entries[0].is_swapped());
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EBADF`: not a file open for reading.
/// - `EINTR`: the process was killed meanwhile.
/// - `ESPIPE`: not a file with positions.
///
/// # Platforms
///
/// Linux 2.6.25, Android. Some kernels are built without the file.
///
#[doc = man!(proc_pid_pagemap(5) on linux)]
#[inline]
pub fn pagemap_read(fd: impl AsFd, addr: u64, entries: &mut [PagemapEntry]) -> Result<usize> {
    let offset = addr / unistd::getpagesize() as u64 * size_of::<PagemapEntry>() as u64;
    // SAFETY: the kernel writes no more than the bytes of `entries`, whose type takes any bits.
    let read = unsafe {
        libc::pread64(
            fd.as_fd().as_raw_fd(),
            entries.as_mut_ptr().cast(),
            size_of_val(entries),
            // A page is at least 512 times as large as an entry: no address is too high.
            offset as i64,
        )
    };
    Errno::result(read).map(|bytes| bytes as usize / size_of::<PagemapEntry>())
}
