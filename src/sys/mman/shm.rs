//! POSIX shared memory objects.

use crate::{
    NixPath, Result,
    errno::Errno,
    fcntl::OFlag,
    sys::{ffi::RawFd, stat::Mode},
};

#[doc = on!(linux, freebsd, netbsd, openbsd, dragonfly, apple)]
/// Opens a shared memory object, or creates it; the caller must close the descriptor.
///
/// `name` is a slash and up to 255 bytes without another one (30 on Apple's systems). A new
/// object has size 0: `ftruncate` gives it one. The descriptor is closed on `exec`.
/// [`shm_open_owned`] closes it by itself.
///
/// # Errors
///
/// - `EACCES`: the object's mode does not allow it.
/// - `EEXIST`: `O_CREAT | O_EXCL`, and it exists.
/// - `EINVAL`: the name is empty, has a slash in it, or a NUL; glibc: it is far too long.
/// - `EMFILE`, `ENFILE`: too many open files.
/// - `ENAMETOOLONG`: the name is too long.
/// - `ENOENT`: it does not exist, and `O_CREAT` is not given.
///
/// # Platforms
///
/// All but Android, which has no such objects.
///
#[doc = man!(shm_open(3) on linux netbsd openbsd)]
#[doc = man!(shm_open(2) on freebsd apple)]
#[inline]
pub fn shm_open<P: ?Sized + NixPath>(name: &P, flag: OFlag, mode: Mode) -> Result<RawFd> {
    let answer = name.with_nix_path(|name| {
        // SAFETY: `name` is a C string that outlives the call.
        unsafe { libc::shm_open(name.as_ptr(), flag.bits(), ModeArgument::from(mode.bits())) }
    })?;
    Errno::result(answer)
}

#[doc = on!(linux, freebsd, netbsd, openbsd, dragonfly, apple)]
/// [`shm_open`] whose result closes itself.
///
/// # Examples
///
/// ```
/// use std::fs::File;
///
/// use mman::{fcntl::OFlag, sys::{mman::{shm_open_owned, shm_unlink}, stat::Mode}};
///
/// let name = format!("/mman-example-{}", std::process::id());
/// let new = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_RDWR;
/// let object = File::from(shm_open_owned(name.as_str(), new, Mode::S_IRUSR | Mode::S_IWUSR)?);
/// shm_unlink(name.as_str())?;
/// object.set_len(4096)?;
/// assert_eq!(object.metadata()?.len(), 4096);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// As [`shm_open`].
///
/// # Platforms
///
/// All but Android.
#[cfg(feature = "std")]
#[inline]
pub fn shm_open_owned<P: ?Sized + NixPath>(
    name: &P,
    flag: OFlag,
    mode: Mode,
) -> Result<std::os::fd::OwnedFd> {
    use std::os::fd::FromRawFd;

    let fd = shm_open(name, flag, mode)?;
    // SAFETY: the descriptor was just opened, and nobody else has its number.
    Ok(unsafe { std::os::fd::OwnedFd::from_raw_fd(fd) })
}

#[doc = on!(linux, freebsd, netbsd, openbsd, dragonfly, apple)]
/// Removes the name of a shared memory object; it lives on while it is open or mapped.
///
/// # Errors
///
/// - `EACCES`: the caller may not remove it; glibc says so of `EPERM` too.
/// - `EINVAL`: the name has a NUL in it; but for glibc: it is empty, or has a slash in it.
/// - `ENAMETOOLONG`: the name is too long.
/// - `ENOENT`: it does not exist; glibc: the name is empty, has a slash in it, or is far too long.
///
/// # Platforms
///
/// All but Android.
///
#[doc = man!(shm_unlink(3) on linux netbsd openbsd)]
#[doc = man!(shm_unlink(2) on freebsd apple)]
#[inline]
pub fn shm_unlink<P: ?Sized + NixPath>(name: &P) -> Result<()> {
    let answer = name.with_nix_path(|name| {
        // SAFETY: `name` is a C string that outlives the call.
        unsafe { libc::shm_unlink(name.as_ptr()) }
    })?;
    Errno::result(answer).map(drop)
}

/// The mode's type: Apple's function is variadic, and C widens what it passes there.
#[cfg(target_vendor = "apple")]
type ModeArgument = libc::c_uint;
#[cfg(not(target_vendor = "apple"))]
type ModeArgument = libc::mode_t;
