#![doc = on!(linux, android)]
//! `<sys/pidfd.h>`: processes as file descriptors, as far as memory needs them.

#[cfg(feature = "std")]
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd};

#[cfg(feature = "std")]
use super::{ffi, syscall};
#[cfg(feature = "std")]
use crate::{Result, errno::Errno};

table! {
    #[doc = on!(linux, android)]
    /// What `pidfd_open` opens.
    pub struct PidfdFlags: u32 {
        on(linux, android) {
            /// Waiting for the process by `waitid` does not block (Linux 5.10).
            PIDFD_NONBLOCK;
            /// The thread with this number, instead of the process (Linux 6.9).
            PIDFD_THREAD;
        }
    }
}

#[doc = on!(linux, android)]
/// The calling thread, in place of a descriptor (Linux 6.14; before, it is `EBADF`).
///
/// For what concerns memory it is the process: all threads share that.
#[doc(alias = "PIDFD_SELF_THREAD")]
#[cfg(feature = "std")]
pub const PIDFD_SELF: BorrowedFd<'static> =
    // SAFETY: it is not −1, and what it stands for is always open: the kernel reserves the number,
    // so nobody can open, close or replace it.
    unsafe { BorrowedFd::borrow_raw(ffi::PIDFD_SELF) };

#[doc = on!(linux, android)]
/// The calling process, in place of a descriptor (Linux 6.17; before, it is `EBADF`).
///
/// Linux 6.14 to 6.16 know it by another number.
#[doc(alias = "PIDFD_SELF_THREAD_GROUP")]
#[cfg(feature = "std")]
pub const PIDFD_SELF_PROCESS: BorrowedFd<'static> =
    // SAFETY: as for `PIDFD_SELF`.
    unsafe { BorrowedFd::borrow_raw(ffi::PIDFD_SELF_PROCESS) };

#[doc = on!(linux, android)]
/// Opens a descriptor of a process: it stays that of this process when the number is used again.
///
/// The descriptor is closed on `exec`.
///
/// # Examples
///
/// ```
/// use mman::{Error, sys::pidfd::{PidfdFlags, pidfd_open}};
///
/// match pidfd_open(std::process::id() as i32, PidfdFlags::empty()) {
///     Ok(pidfd) => println!("{pidfd:?} is this process"),
///     Err(Error::ENOSYS) => println!("this kernel is older than Linux 5.3"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
///
/// - `EINVAL`: `pid` is not above 0, or (without `PIDFD_THREAD`) is the number of a thread that
///   does not lead its process; flags that the kernel does not know. Since Linux 6.15 such a
///   thread is `ENOENT`.
/// - `EMFILE`, `ENFILE`: too many open files.
/// - `ENODEV`, `ENOMEM`: no memory, or a kernel without the file system behind it.
/// - `ENOSYS`: the kernel is older than Linux 5.3.
/// - `ESRCH`: there is no such process.
///
/// # Platforms
///
/// Linux 5.3, Android.
///
#[doc = man!(pidfd_open(2) on linux)]
#[doc(alias = "SYS_pidfd_open")]
#[cfg(feature = "std")]
#[inline]
pub fn pidfd_open(pid: libc::pid_t, flags: PidfdFlags) -> Result<OwnedFd> {
    // SAFETY: it takes any numbers. glibc has a function since 2.36.
    let answer = unsafe { libc::syscall(syscall::SYS_pidfd_open, pid, flags.bits()) };
    let fd = Errno::result(answer)? as core::ffi::c_int;
    // SAFETY: the descriptor was just opened, and nobody else has its number.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
