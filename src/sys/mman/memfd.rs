//! `memfd_create`: files without a name.

use core::ffi::{CStr, c_int};
use std::os::fd::{FromRawFd, OwnedFd};

use super::MemFdFlags;
#[cfg(any(target_os = "freebsd", target_os = "netbsd"))]
use crate::sys::ffi;
use crate::{NixPath, Result, errno::Errno};

#[doc = on!(linux, android, freebsd, netbsd)]
/// Makes a file in memory that has no place in any file system, and opens it for both.
///
/// `name` is up to 249 bytes, which need not be unique: Linux's `/proc/self/maps` shows it as
/// `/memfd:name`. The new file has size 0. It lives while it is open or mapped.
///
/// # Examples
///
/// ```
/// use std::{fs::File, io::Write};
///
/// use mman::{
///     fcntl::{SealFlags, fcntl_add_seals},
///     sys::mman::{MemFdFlags, memfd_create},
/// };
///
/// let flags = MemFdFlags::MFD_CLOEXEC | MemFdFlags::MFD_ALLOW_SEALING;
/// let mut file = File::from(memfd_create("example", flags)?);
/// file.write_all(b"for good")?;
/// fcntl_add_seals(&file, SealFlags::F_SEAL_WRITE | SealFlags::F_SEAL_SHRINK)?;
/// assert_eq!(file.write(b"x").unwrap_err().kind(), std::io::ErrorKind::PermissionDenied);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EACCES`: `vm.memfd_noexec` is 2, and `MFD_NOEXEC_SEAL` is not given.
/// - `EINVAL`: the name is longer than 249 bytes, or has a NUL; flags that contradict each other
///   or that the kernel does not know.
/// - `EMFILE`, `ENFILE`: too many open files.
/// - `ENAMETOOLONG`: the name is longer than any path.
/// - `ENODEV`: the kernel has no huge pages of this size.
/// - `ENOMEM`: no memory.
/// - `ENOSYS`: the kernel is older than Linux 3.17.
/// - `EOPNOTSUPP`: the system has no pages of this size (FreeBSD).
/// - `EPERM`: `MFD_HUGETLB` on a kernel that allows it to a group only.
///
/// # Platforms
///
/// Linux 3.17, Android, FreeBSD 13, NetBSD 11. On FreeBSD and NetBSD it is a function of the C
/// library: a program that uses it does not start on older releases.
///
#[doc = man!(memfd_create(2) on linux netbsd)]
#[doc = man!(memfd_create(3) on freebsd)]
#[doc(alias = "SYS_memfd_create")]
#[inline]
pub fn memfd_create<P: ?Sized + NixPath>(name: &P, flags: MemFdFlags) -> Result<OwnedFd> {
    let fd = Errno::result(name.with_nix_path(|name| create(name, flags))?)?;
    // SAFETY: the descriptor was just opened, and nobody else has its number.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// By number: glibc has a function since 2.27, bionic since API 30.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn create(name: &CStr, flags: MemFdFlags) -> c_int {
    // SAFETY: `name` is a C string that outlives the call.
    let answer = unsafe { libc::syscall(libc::SYS_memfd_create, name.as_ptr(), flags.bits()) };
    answer as c_int
}

#[cfg(any(target_os = "freebsd", target_os = "netbsd"))]
fn create(name: &CStr, flags: MemFdFlags) -> c_int {
    // SAFETY: `name` is a C string that outlives the call.
    unsafe { ffi::memfd_create(name.as_ptr(), flags.bits()) }
}
