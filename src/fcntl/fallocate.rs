//! `posix_fallocate`.

use std::os::fd::{AsFd, AsRawFd};

use crate::{Result, errno::Errno, sys::ffi};

#[doc = on!(linux, android, freebsd, netbsd, dragonfly)]
/// Makes sure that a range of a file has its place on the disk, and grows the file to hold it.
///
/// `offset` and `len` are in bytes. What the file holds stays. A mapping of the range cannot fail
/// for a full disk then.
///
/// Where the file system cannot do this, glibc writes a byte to each block instead: slowly, and
/// losing what others write to it at the same time. Linux's own `fallocate` never does.
///
/// # Examples
///
/// ```
/// use mman::fcntl::posix_fallocate;
///
/// let path = std::env::temp_dir().join(format!("mman-example-{}", std::process::id()));
/// let file = std::fs::File::create_new(&path)?;
/// let done = posix_fallocate(&file, 0, 8192);
/// std::fs::remove_file(&path)?;
/// done?;
/// assert_eq!(file.metadata()?.len(), 8192);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EBADF`: not a file open for writing.
/// - `EFBIG`: the range's end is beyond the largest file.
/// - `EINTR`: a signal came.
/// - `EINVAL`: `len` is 0; `offset` or `len` is beyond 2⁶³ − 1; a file system that cannot do it
///   (FreeBSD, DragonFly).
/// - `ENODEV`: not a regular file.
/// - `ENOSPC`: the disk is full.
/// - `EOPNOTSUPP`: a file system that cannot do it (NetBSD; Linux with musl).
/// - `EPERM`: a seal forbids it (Linux).
/// - `ESPIPE`: a pipe.
///
/// # Platforms
///
/// Linux, Android, FreeBSD, NetBSD, DragonFly 6.2.
///
#[doc = man!(posix_fallocate(3) on linux)]
#[doc = man!(posix_fallocate(2) on freebsd netbsd dragonfly)]
#[inline]
pub fn posix_fallocate(fd: impl AsFd, offset: u64, len: u64) -> Result<()> {
    let offset = i64::try_from(offset).map_err(|_| Errno::EINVAL)?;
    let len = i64::try_from(len).map_err(|_| Errno::EINVAL)?;
    // SAFETY: it takes any numbers, and leaves what the file holds.
    let answer = unsafe { ffi::posix_fallocate64(fd.as_fd().as_raw_fd(), offset, len) };
    Errno::from_answer(answer)
}
