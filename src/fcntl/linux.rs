//! What Linux adds for the contents of files.

use core::ffi::{c_int, c_uint};
use std::os::fd::{AsFd, AsRawFd, RawFd};

use super::{FallocateFlags, SyncFileRangeFlags};
use crate::{Result, errno::Errno, sys::ffi};

#[doc = on!(linux, android)]
/// Allocates, zeroes, removes or inserts a range of a file.
///
/// `offset` and `len` are in bytes.
///
/// # Examples
///
/// ```
/// use std::{fs::File, io::{Read, Seek, Write}};
///
/// use mman::{
///     fcntl::{FallocateFlags, fallocate},
///     sys::mman::{MemFdFlags, memfd_create},
/// };
///
/// let mut file = File::from(memfd_create("example", MemFdFlags::MFD_CLOEXEC)?);
/// file.write_all(b"secret")?;
/// let hole = FallocateFlags::FALLOC_FL_PUNCH_HOLE | FallocateFlags::FALLOC_FL_KEEP_SIZE;
/// fallocate(&file, hole, 0, 6)?;
/// file.rewind()?;
/// let mut bytes = [1; 6];
/// file.read_exact(&mut bytes)?;
/// assert_eq!(bytes, [0; 6]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EBADF`: not a file open for writing.
/// - `EFBIG`: the range's end is beyond the largest file.
/// - `EINTR`: a signal came.
/// - `EINVAL`: `len` is 0; `offset` or `len` is beyond 2⁶³ − 1; the range is not of whole blocks,
///   or reaches the end of the file, where that is not allowed; not a regular file.
/// - `ENODEV`: not a file that has blocks.
/// - `ENOSPC`: the disk is full.
/// - `EOPNOTSUPP`: the file system cannot do it; flags that the kernel does not know, or that do
///   not go together.
/// - `EPERM`: a seal or an attribute of the file forbids it.
/// - `ESPIPE`: a pipe.
/// - `ETXTBSY`: the file is swap space.
///
/// # Platforms
///
/// Linux, Android.
///
#[doc = man!(fallocate(2) on linux)]
#[inline]
pub fn fallocate(fd: impl AsFd, mode: FallocateFlags, offset: u64, len: u64) -> Result<()> {
    let offset = i64::try_from(offset).map_err(|_| Errno::EINVAL)?;
    let len = i64::try_from(len).map_err(|_| Errno::EINVAL)?;
    // SAFETY: it takes any numbers; what it changes is the file, as a write to it does.
    let answer = unsafe { ffi::fallocate64(fd.as_fd().as_raw_fd(), mode.bits(), offset, len) };
    Errno::result(answer).map(drop)
}

#[doc = on!(linux, android)]
/// Reads a range of a file into the page cache.
///
/// `offset` and `count` are in bytes, and rounded to whole pages. It returns when the reads are
/// under way, which may be after many of them; the kernel may read less than is asked for.
///
/// # Examples
///
/// ```
/// let file = std::fs::File::open("Cargo.toml")?;
/// mman::fcntl::readahead(&file, 0, 4096)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EBADF`: not a file open for reading.
/// - `EINVAL`: not a file that can be read ahead, such as a pipe; `offset` is beyond 2⁶³ − 1.
///
/// # Platforms
///
/// Linux, Android.
///
#[doc = man!(readahead(2) on linux)]
#[inline]
pub fn readahead(fd: impl AsFd, offset: u64, count: usize) -> Result<()> {
    let offset = i64::try_from(offset).map_err(|_| Errno::EINVAL)?;
    // SAFETY: it takes any numbers, and changes no contents.
    Errno::result(unsafe { ffi::readahead(fd.as_fd().as_raw_fd(), offset, count) }).map(drop)
}

#[doc = on!(linux, android)]
/// Writes the changed pages of a range of a file to the disk, **without its metadata**.
///
/// `offset` and `nbytes` are in bytes; a length of 0 means to the end of the file. It steers when
/// pages are written. It is no `fsync`: after a crash the file may not have the blocks that were
/// written, and the disk's own cache is not flushed.
///
/// # Examples
///
/// ```
/// use mman::fcntl::{SyncFileRangeFlags, sync_file_range};
///
/// let file = std::fs::File::open("Cargo.toml")?;
/// sync_file_range(&file, 0, 0, SyncFileRangeFlags::SYNC_FILE_RANGE_WRITE)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EBADF`: not an open file.
/// - `EINVAL`: unknown flags; the range's end is beyond 2⁶³ − 1.
/// - `EIO`: writing failed.
/// - `ENOMEM`: no memory.
/// - `ENOSPC`: the disk is full.
/// - `ENOSYS`: the C library has no call for this architecture.
/// - `ESPIPE`: neither a file, nor a disk, nor a directory.
///
/// # Platforms
///
/// Linux, Android.
///
#[doc = man!(sync_file_range(2) on linux)]
#[inline]
pub fn sync_file_range(
    fd: impl AsFd,
    offset: u64,
    nbytes: u64,
    flags: SyncFileRangeFlags,
) -> Result<()> {
    let offset = i64::try_from(offset).map_err(|_| Errno::EINVAL)?;
    let nbytes = i64::try_from(nbytes).map_err(|_| Errno::EINVAL)?;
    Errno::result(sync(fd.as_fd().as_raw_fd(), offset, nbytes, flags.bits())).map(drop)
}

/// The C library knows each architecture's order of arguments.
#[cfg(target_os = "linux")]
fn sync(fd: RawFd, offset: i64, nbytes: i64, flags: c_uint) -> c_int {
    // SAFETY: it takes any numbers, and changes no contents.
    unsafe { libc::sync_file_range(fd, offset, nbytes, flags) }
}

/// By number: bionic's function is newer than its oldest supported release.
#[cfg(all(target_os = "android", target_pointer_width = "64"))]
fn sync(fd: RawFd, offset: i64, nbytes: i64, flags: c_uint) -> c_int {
    // SAFETY: it takes any numbers, and changes no contents.
    unsafe { libc::syscall(libc::SYS_sync_file_range, fd, offset, nbytes, flags) as c_int }
}

/// A number of 64 bits is two arguments, the lower half first.
#[cfg(all(target_os = "android", target_arch = "x86"))]
fn sync(fd: RawFd, offset: i64, nbytes: i64, flags: c_uint) -> c_int {
    let ([offset, offset_high], [nbytes, nbytes_high]) = (halves(offset), halves(nbytes));
    // SAFETY: it takes any numbers, and changes no contents.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_sync_file_range,
            fd,
            offset,
            offset_high,
            nbytes,
            nbytes_high,
            flags,
        )
    };
    answer as c_int
}

/// The flags come second, so that the pairs of halves start at even registers.
#[cfg(all(target_os = "android", target_arch = "arm"))]
fn sync(fd: RawFd, offset: i64, nbytes: i64, flags: c_uint) -> c_int {
    let ([offset, offset_high], [nbytes, nbytes_high]) = (halves(offset), halves(nbytes));
    // SAFETY: it takes any numbers, and changes no contents.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_arm_sync_file_range,
            fd,
            flags,
            offset,
            offset_high,
            nbytes,
            nbytes_high,
        )
    };
    answer as c_int
}

#[cfg(all(target_os = "android", target_pointer_width = "32"))]
const fn halves(number: i64) -> [c_uint; 2] {
    [number as c_uint, (number >> 32) as c_uint]
}
