//! `<unistd.h>`, as far as memory needs it.

#[cfg(feature = "std")]
use core::ffi::c_int;
use core::sync::atomic::{AtomicUsize, Ordering};
#[cfg(feature = "std")]
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

#[cfg(feature = "std")]
use crate::{Result, errno::Errno};

/// The size of a page of the system, in bytes: a power of two. The system is asked once.
///
/// # Examples
///
/// ```
/// assert!(mman::sys::unistd::getpagesize().is_power_of_two());
/// ```
///
#[doc = man!(sysconf(3))]
#[doc(alias = "_SC_PAGESIZE")]
#[must_use]
#[inline]
pub fn getpagesize() -> usize {
    static SIZE: AtomicUsize = AtomicUsize::new(0);
    match SIZE.load(Ordering::Relaxed) {
        0 => ask_for_page_size(&SIZE),
        size => size,
    }
}

/// Apart, so that those who come later save no registers for it.
#[cold]
#[inline(never)]
fn ask_for_page_size(keep: &AtomicUsize) -> usize {
    // SAFETY: it takes any number.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    // POSIX requires this variable: the call cannot fail.
    let size = size as usize;
    keep.store(size, Ordering::Relaxed);
    size
}

/// The effective user of the process.
///
#[doc = man!(geteuid(2))]
#[must_use]
#[inline]
pub fn geteuid() -> u32 {
    // SAFETY: it takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

/// Whether the effective user could open a file for writing, as the kernel judges it: by
/// `faccessat2`, of Linux 5.8.
#[cfg(all(any(target_os = "linux", target_os = "android"), feature = "std"))]
pub(crate) fn may_write(file: BorrowedFd<'_>) -> Result<()> {
    let flags = super::ffi::AT_EACCESS | libc::AT_EMPTY_PATH;
    let fd = file.as_raw_fd();
    // SAFETY: the name is a C string, and the call reads nothing else.
    let answer =
        unsafe { libc::syscall(libc::SYS_faccessat2, fd, c"".as_ptr(), libc::W_OK, flags) };
    Errno::result(answer).map(drop)
}

/// The number of this process.
#[cfg(feature = "std")]
pub(crate) fn getpid() -> libc::pid_t {
    // SAFETY: it takes nothing and cannot fail.
    unsafe { libc::getpid() }
}

/// A pipe: the end to read from, and the end to write to. Both are closed on `exec`.
#[cfg(feature = "std")]
pub(crate) fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    let [out, into] = open_pipe()?;
    // SAFETY: the descriptor was just opened, and nobody else has its number.
    let out = unsafe { OwnedFd::from_raw_fd(out) };
    // SAFETY: as above.
    let into = unsafe { OwnedFd::from_raw_fd(into) };
    Ok((out, into))
}

#[cfg(all(not(target_vendor = "apple"), feature = "std"))]
fn open_pipe() -> Result<[c_int; 2]> {
    let mut ends = [-1; 2];
    // SAFETY: the array has room for both ends.
    Errno::result(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) })?;
    Ok(ends)
}

/// In two steps: a child that is started between them has the ends too.
#[cfg(all(target_vendor = "apple", feature = "std"))]
fn open_pipe() -> Result<[c_int; 2]> {
    let mut ends = [-1; 2];
    // SAFETY: the array has room for both ends.
    Errno::result(unsafe { libc::pipe(ends.as_mut_ptr()) })?;
    for end in ends {
        // SAFETY: it takes any numbers; of these two it cannot fail.
        unsafe { libc::fcntl(end, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
    Ok(ends)
}

/// Takes bytes out of a file; how many.
///
/// # Safety
///
/// - Nothing refers to the `len` bytes at `to`.
#[cfg(feature = "std")]
pub(crate) unsafe fn read(file: BorrowedFd<'_>, to: *mut u8, len: usize) -> Result<usize> {
    // SAFETY: the kernel writes to this range only, which is the caller's promise.
    let answer = unsafe { libc::read(file.as_raw_fd(), to.cast(), len) };
    Errno::result(answer).map(|bytes| bytes as usize)
}

/// Puts bytes into a file; how many.
///
/// It is not `unsafe`: the kernel reads the `len` bytes at `from`, wherever that is, and answers
/// `EFAULT` if there are none.
#[cfg(feature = "std")]
pub(crate) fn write(file: BorrowedFd<'_>, from: *const u8, len: usize) -> Result<usize> {
    // SAFETY: nothing of this process is changed.
    let answer = unsafe { libc::write(file.as_raw_fd(), from.cast(), len) };
    Errno::result(answer).map(|bytes| bytes as usize)
}
