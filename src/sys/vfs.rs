#![doc = on!(linux, android)]
//! `<sys/vfs.h>`: what kind of file system a file is on.

use core::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd};

use crate::{Result, errno::Errno};

#[doc = on!(linux, android)]
/// What `fstatfs` tells, as far as memory needs it.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct StatFs {
    /// The kind of file system, for example [`HUGETLBFS_MAGIC`].
    pub f_type: u32,
    /// The block size in bytes; the size of a huge page on hugetlbfs.
    pub f_bsize: u64,
    /// How many blocks the file system has; 0 if it has no bound of its own.
    pub f_blocks: u64,
    /// How many of them are free, for a privileged user.
    pub f_bfree: u64,
    /// How many of them are free for an ordinary user.
    pub f_bavail: u64,
}

#[doc = on!(linux, android)]
/// The kind of hugetlbfs, whose files (and `memfd`s with `MFD_HUGETLB`) are made of huge pages.
pub const HUGETLBFS_MAGIC: u32 = 0x9584_58f6;

#[doc = on!(linux, android)]
/// The kind of tmpfs, whose files are in memory (`memfd`s and POSIX shared memory are too).
pub const TMPFS_MAGIC: u32 = 0x0102_1994;

#[doc = on!(linux, android)]
/// The kind of ramfs, whose files are in memory that is never swapped out; also what a kernel
/// without tmpfs has in place of it.
pub const RAMFS_MAGIC: u32 = 0x8584_58f6;

#[doc = on!(linux, android)]
/// The kind of overlayfs, whose files are those of another file system (Linux 3.18).
pub const OVERLAYFS_SUPER_MAGIC: u32 = 0x794c_7630;

#[doc = on!(linux, android)]
/// Tells what kind of file system a file is on.
///
/// # Errors
///
/// - `EBADF`: not an open file.
/// - `ENOSYS`: the file system does not tell.
///
/// # Platforms
///
/// Linux, Android.
///
#[doc = man!(statfs(2) on linux)]
#[allow(clippy::unnecessary_cast, reason = "the fields' types differ by architecture")]
#[inline]
pub fn fstatfs(fd: impl AsFd) -> Result<StatFs> {
    let mut stat = MaybeUninit::<libc::statfs64>::uninit();
    // SAFETY: `stat` has the layout of `struct statfs64` and outlives the call.
    let answer = unsafe { libc::fstatfs64(fd.as_fd().as_raw_fd(), stat.as_mut_ptr()) };
    Errno::result(answer)?;
    // SAFETY: the call has succeeded, and then it has filled the structure in.
    let stat = unsafe { stat.assume_init() };
    Ok(StatFs {
        f_type: stat.f_type as u32,
        f_bsize: stat.f_bsize as u64,
        f_blocks: stat.f_blocks as u64,
        f_bfree: stat.f_bfree as u64,
        f_bavail: stat.f_bavail as u64,
    })
}
