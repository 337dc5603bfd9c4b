//! Advice on the memory of other processes, of Linux.

use core::ffi::{c_int, c_uint};
use std::os::fd::{AsFd, AsRawFd};

use super::MmapAdvise;
use crate::{Result, errno::Errno, sys::syscall};

#[doc = on!(linux, android)]
/// Gives an advice on ranges of a process's memory, and tells how many bytes of them took it.
///
/// `pidfd` comes from [`pidfd_open`], or is [`PIDFD_SELF`]. The ranges' addresses are those of
/// that process, multiples of the page size; there are at most `UIO_MAXIOV` (1024) of them.
///
/// For another process the advices are `MADV_COLD`, `MADV_PAGEOUT`, `MADV_WILLNEED` and, since
/// Linux 6.1, `MADV_COLLAPSE`: none changes contents. For oneself it is any of them, since Linux
/// 6.13.
///
/// It stops at the first range that fails. What was advised before is the answer then, fewer
/// bytes than were asked for; the error is answered only where that is nothing. Call again with
/// the rest to learn it.
///
/// [`pidfd_open`]: crate::sys::pidfd::pidfd_open
/// [`PIDFD_SELF`]: crate::sys::pidfd::PIDFD_SELF
///
/// # Examples
///
/// ```
/// use mman::{
///     Error, libc::iovec,
///     sys::{mman::{MmapAdvise, process_madvise}, pidfd::PIDFD_SELF, unistd::getpagesize},
/// };
///
/// let page = getpagesize();
/// let bytes = vec![1_u8; 4 * page];
/// let start = bytes.as_ptr().cast_mut().wrapping_add(bytes.as_ptr().align_offset(page));
/// let range = iovec { iov_base: start.cast(), iov_len: page };
/// // SAFETY: the advice leaves the contents alone.
/// match unsafe { process_madvise(PIDFD_SELF, &[range], MmapAdvise::MADV_COLD) } {
///     Ok(advised) => assert_eq!(advised, page),
///     Err(Error::ENOSYS) => println!("this kernel is older than Linux 5.10"),
///     Err(Error::EBADF) => println!("this kernel is older than Linux 6.14"),
///     Err(Error::EPERM) => println!("not allowed here"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
///
/// - `EACCES`: another process, which the caller may not look into (`ptrace`).
/// - `EBADF`: not a descriptor of a process; `PIDFD_SELF` on a kernel before Linux 6.14.
/// - `EINVAL`: the advice is unknown, or not for another process, or not for this kind of
///   mapping; an address is not a multiple of the page size; the lengths' sum is too large; too
///   many ranges.
/// - `ENOMEM`: part of the first range is not mapped.
/// - `ENOSYS`: the kernel is older than Linux 5.10.
/// - `EPERM`: another process, and the caller has no `CAP_SYS_NICE`.
/// - `ESRCH`: the process has ended.
/// - Others as [`madvise`](super::madvise).
///
/// # Safety
///
/// If the process is this one:
///
/// - For an advice that changes contents (each says so in [`MmapAdvise`]): no reference to the
///   pages is in use, and nobody counts on what they hold.
/// - The ranges hold no mapping that others own.
///
/// For another process, one to hold to:
///
/// - It does not share its memory with this one (`vfork`, `clone` with `CLONE_VM`).
///
/// # Platforms
///
/// Linux 5.10, Android.
///
#[doc = man!(process_madvise(2) on linux)]
#[doc(alias = "SYS_process_madvise")]
pub unsafe fn process_madvise(
    pidfd: impl AsFd,
    ranges: &[libc::iovec],
    advise: MmapAdvise,
) -> Result<usize> {
    let flags: c_uint = 0;
    // SAFETY: `ranges` is an array of its length, which the kernel only reads; the rest is the
    // caller's promise. glibc has a function since 2.36.
    let answer = unsafe {
        libc::syscall(
            syscall::SYS_process_madvise,
            pidfd.as_fd().as_raw_fd(),
            ranges.as_ptr(),
            ranges.len(),
            advise as c_int,
            flags,
        )
    };
    Errno::result(answer).map(|bytes| bytes as usize)
}

#[doc = on!(linux, android)]
/// Frees the memory of a process that was killed, before it has come to do that itself.
///
/// `pidfd` comes from [`pidfd_open`](crate::sys::pidfd::pidfd_open). For who kills processes when
/// memory is short: a process that waits in the kernel keeps its memory until it runs again.
///
/// # Examples
///
/// ```
/// use std::process::{Command, Stdio};
///
/// use mman::{Error, sys::{mman::process_mrelease, pidfd::{PidfdFlags, pidfd_open}}};
///
/// let mut child = Command::new("cat").stdin(Stdio::piped()).spawn()?;
/// match pidfd_open(child.id() as i32, PidfdFlags::empty()) {
///     Ok(pidfd) => {
///         child.kill()?;
///         match process_mrelease(&pidfd) {
///             Ok(()) | Err(Error::ESRCH) => println!("its memory is free"),
///             Err(error) => println!("{error}"),
///         }
///     }
///     Err(error) => child.kill().and(Err(error.into()))?,
/// }
/// child.wait()?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EAGAIN`: some of it could not be freed now.
/// - `EBADF`: not a descriptor of a process.
/// - `EINTR`: a signal came first.
/// - `EINVAL`: the process is not about to end, or shares its memory with one that is not.
/// - `ENOSYS`: the kernel is older than Linux 5.15.
/// - `ESRCH`: the process has no memory any more.
///
/// # Platforms
///
/// Linux 5.15, Android.
#[doc(alias = "SYS_process_mrelease")]
pub fn process_mrelease(pidfd: impl AsFd) -> Result<()> {
    let flags: c_uint = 0;
    // SAFETY: it frees only what a process that is about to end will not use any more.
    let answer =
        unsafe { libc::syscall(syscall::SYS_process_mrelease, pidfd.as_fd().as_raw_fd(), flags) };
    Errno::result(answer).map(drop)
}
