//! `posix_fadvise`.

use core::ffi::c_int;
use std::os::fd::{AsFd, AsRawFd};

use super::PosixFadviseAdvice;
use crate::{Result, errno::Errno, sys::ffi};

#[doc = on!(linux, android, freebsd, netbsd)]
/// Tells the system how a range of a file will be used.
///
/// `offset` and `len` are in bytes; a length of 0 means to the end of the file.
///
/// # Examples
///
/// ```
/// use mman::fcntl::{PosixFadviseAdvice, posix_fadvise};
///
/// let file = std::fs::File::open("Cargo.toml")?;
/// posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_WILLNEED)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EBADF`: not an open file.
/// - `EINVAL`: `offset` or `len` is beyond 2⁶³ − 1.
/// - `ENODEV`: not a file whose use can be told of (FreeBSD).
/// - `ESPIPE`: a pipe.
///
/// # Platforms
///
/// Linux, Android, FreeBSD, NetBSD.
///
#[doc = man!(posix_fadvise(2) on linux freebsd netbsd)]
#[inline]
pub fn posix_fadvise(
    fd: impl AsFd,
    offset: u64,
    len: u64,
    advice: PosixFadviseAdvice,
) -> Result<()> {
    let offset = i64::try_from(offset).map_err(|_| Errno::EINVAL)?;
    let len = i64::try_from(len).map_err(|_| Errno::EINVAL)?;
    // SAFETY: it takes any numbers, and changes no contents.
    let answer =
        unsafe { ffi::posix_fadvise64(fd.as_fd().as_raw_fd(), offset, len, advice as c_int) };
    Errno::from_answer(answer)
}
