//! `mlock2`, of Linux.

use core::ffi::{c_uint, c_void};

use libc::size_t;

use crate::{Result, errno::Errno};

table! {
    #[doc = on!(linux, android)]
    /// How `mlock2` locks.
    ///
    /// # Platforms
    ///
    /// Linux 4.4, Android.
    pub struct MlockFlags: c_uint {
        on(linux, android) {
            /// Lock each page when it is first touched. Pages that are in memory are locked now.
            MLOCK_ONFAULT;
        }
    }
}

#[doc = on!(linux, android)]
/// Locks the pages that hold any of the `length` bytes from `addr` on, as the flags say.
///
/// Without a flag it is [`mlock`](super::mlock). [`munlock`](super::munlock) undoes either.
///
/// # Examples
///
/// ```
/// use mman::{Error, sys::mman::{MlockFlags, mlock2, munlock}};
///
/// let secret = vec![0_u8; 4096];
/// // SAFETY: the pages are the program's own, and nobody gives them back while they are locked.
/// match unsafe { mlock2(secret.as_ptr().cast(), secret.len(), MlockFlags::MLOCK_ONFAULT) } {
///     // SAFETY: nobody else has locked the pages.
///     Ok(()) => unsafe { munlock(secret.as_ptr().cast(), secret.len()) }?,
///     Err(Error::ENOSYS) => println!("this kernel is older than Linux 4.4"),
///     Err(Error::ENOMEM | Error::EPERM) => println!("over RLIMIT_MEMLOCK"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
///
/// - `EAGAIN`: some of the pages could not be locked.
/// - `EINVAL`: `addr + length` overflows (`ENOMEM` where a limit is reached first); unknown flags.
/// - `ENOMEM`: over `RLIMIT_MEMLOCK`; or part of the range is not mapped, or not accessible.
/// - `ENOSYS`: the kernel is older than Linux 4.4.
/// - `EPERM`: the process may lock nothing.
///
/// # Safety
///
/// - The range holds no mapping whose owner counts on its pages not being locked: advices that
///   give pages back fail on locked ones.
///
/// # Platforms
///
/// Linux 4.4, Android.
///
#[doc = man!(mlock(2) on linux)]
#[doc(alias = "SYS_mlock2")]
#[inline]
pub unsafe fn mlock2(addr: *const c_void, length: size_t, flags: MlockFlags) -> Result<()> {
    // SAFETY: the caller's promise is that of the system call. glibc has a function since 2.27.
    Errno::result(unsafe { libc::syscall(libc::SYS_mlock2, addr, length, flags.bits()) }).map(drop)
}
