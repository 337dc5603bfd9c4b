//! What FreeBSD adds for shared memory objects.

use core::ffi::{CStr, c_int};
use std::os::fd::{FromRawFd, OwnedFd};

use super::{ShmFlags, ShmLargepageAlloc, ShmRenameFlags};
use crate::{
    NixPath, Result,
    errno::Errno,
    fcntl::OFlag,
    sys::{ffi, stat::Mode},
};

#[doc = on!(freebsd)]
/// Opens a shared memory object, or creates it: with a name, or without one.
///
/// Without a `path`, which is C's `SHM_ANON`, the object is new and lives while it is open or
/// mapped. `name` is what tools show for it. The descriptor is closed on `exec` with `O_CLOEXEC`
/// only, unlike that of [`shm_open`](super::shm_open).
///
/// # Examples
///
/// ```
/// use mman::{fcntl::OFlag, sys::{mman::{ShmFlags, shm_open2}, stat::Mode}};
///
/// let (flags, mode) = (OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty());
/// let object = shm_open2(None, flags, mode, ShmFlags::SHM_GROW_ON_WRITE, None)?;
/// std::fs::File::from(object).set_len(4096)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// As [`shm_open`](super::shm_open), and:
///
/// - `EINVAL`: flags that the kernel does not know, or that contradict each other.
/// - `ENOTTY`: `SHM_LARGEPAGE` on a processor without such pages.
///
/// # Platforms
///
/// FreeBSD 13. An older kernel sends `SIGSYS`, as to any call that it does not know.
///
#[doc = man!(shm_open(2) on freebsd)]
#[doc(alias = "SHM_ANON")]
#[doc(alias = "SYS_shm_open2")]
pub fn shm_open2(
    path: Option<&CStr>,
    flags: OFlag,
    mode: Mode,
    shmflags: ShmFlags,
    name: Option<&CStr>,
) -> Result<OwnedFd> {
    let path = path.map_or(ffi::SHM_ANON.cast_const(), CStr::as_ptr);
    let name = name.map_or(core::ptr::null(), CStr::as_ptr);
    let mode = c_int::from(mode.bits());
    // SAFETY: both are C strings that outlive the call, or what stands for none. The C library
    // keeps its function to itself.
    let answer = unsafe {
        libc::syscall(ffi::SYS_shm_open2, path, flags.bits(), mode, shmflags.bits(), name)
    };
    // SAFETY: it is the answer of the call, whose descriptor nobody else has.
    unsafe { owned(answer) }
}

#[doc = on!(freebsd)]
/// Creates a shared memory object of large pages, which are never swapped out.
///
/// `psind` says which: the pages have the size number `psind` of [`getpagesizes`]; 0, the
/// ordinary size, is not allowed. `flags` is `O_RDWR`, with others as for
/// [`shm_open`](super::shm_open). Without a `path`, which is C's `SHM_ANON`, the object has no
/// name. Its size, and offsets and lengths of its mappings, must be multiples of the pages' size.
///
/// # Errors
///
/// As [`shm_open`](super::shm_open), and:
///
/// - `EINVAL`: there is no such page size, or flags that it does not take.
/// - `ENOTTY`: the processor has no such pages.
///
/// # Platforms
///
/// FreeBSD 13; a program that uses it does not start on older releases.
///
#[doc = man!(shm_create_largepage(3) on freebsd)]
pub fn shm_create_largepage(
    path: Option<&CStr>,
    flags: OFlag,
    psind: u32,
    alloc_policy: ShmLargepageAlloc,
    mode: Mode,
) -> Result<OwnedFd> {
    let path = path.map_or(ffi::SHM_ANON.cast_const(), CStr::as_ptr);
    let psind = c_int::try_from(psind).map_err(|_| Errno::EINVAL)?;
    let policy = alloc_policy as c_int;
    // SAFETY: `path` is a C string that outlives the call, or what stands for none.
    let answer =
        unsafe { libc::shm_create_largepage(path, flags.bits(), psind, policy, mode.bits()) };
    // SAFETY: it is the answer of the call, whose descriptor nobody else has.
    unsafe { owned(answer) }
}

#[doc = on!(freebsd)]
/// Gives a shared memory object another name, or two objects each other's.
///
/// Without a flag, an object that has the new name loses it, as by
/// [`shm_unlink`](super::shm_unlink).
///
/// # Errors
///
/// - `EACCES`: the caller may not remove one of the names.
/// - `EEXIST`: `SHM_RENAME_NOREPLACE`, and the new name exists.
/// - `EINVAL`: both flags, or unknown ones; a name has a NUL in it.
/// - `ENAMETOOLONG`: a name is too long.
/// - `ENOENT`: the old name does not exist.
///
/// # Platforms
///
/// FreeBSD 13; a program that uses it does not start on older releases.
///
#[doc = man!(shm_rename(2) on freebsd)]
pub fn shm_rename<P: ?Sized + NixPath, Q: ?Sized + NixPath>(
    path_from: &P,
    path_to: &Q,
    flags: ShmRenameFlags,
) -> Result<()> {
    let answer = path_from.with_nix_path(|from| {
        path_to.with_nix_path(|to| {
            // SAFETY: both are C strings that outlive the call.
            unsafe { libc::shm_rename(from.as_ptr(), to.as_ptr(), flags.bits()) }
        })
    })??;
    Errno::result(answer).map(drop)
}

#[doc = on!(freebsd)]
/// The sizes of pages in bytes, the ordinary one first; how many there are, and `sizes` could take.
///
/// # Errors
///
/// None with room for at least one size.
///
/// - `EINVAL`: `sizes` is empty.
///
/// # Platforms
///
/// FreeBSD.
///
#[doc = man!(getpagesizes(3) on freebsd)]
pub fn getpagesizes(sizes: &mut [usize]) -> Result<usize> {
    let room = c_int::try_from(sizes.len()).unwrap_or(c_int::MAX);
    // SAFETY: it writes at most as many sizes as there is room for.
    let answer = Errno::result(unsafe { libc::getpagesizes(sizes.as_mut_ptr(), room) })?;
    usize::try_from(answer).map_err(|_| Errno::EINVAL)
}

/// The descriptor that a call answered.
///
/// # Safety
///
/// - If `answer` is not −1, it is an open file descriptor that nobody else owns.
unsafe fn owned(answer: c_int) -> Result<OwnedFd> {
    let fd = Errno::result(answer)?;
    // SAFETY: the caller's promise is that of this function.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
