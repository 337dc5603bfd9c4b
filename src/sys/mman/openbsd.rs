//! What OpenBSD adds.

use core::ffi::c_void;

use libc::size_t;

use crate::{Result, errno::Errno};

#[cfg(feature = "std")]
pub use self::with_files::*;

#[doc = on!(openbsd)]
/// Fixes mappings for the rest of the process's life: how they may be used, and where they are.
///
/// `munmap`, `mprotect`, `minherit`, and `mmap` with `MAP_FIXED` answer `EPERM` from then on, and so
/// do most advices of `madvise`, and `msync`. The contents of writable pages change as before. `len`
/// is in bytes, and rounded up to whole pages. Parts where nothing is mapped are no error.
///
/// # Errors
///
/// - `EINVAL`: `addr + len` overflows.
/// - `EPERM`: a child of `fork` would get zeros of part of the range (`MAP_INHERIT_ZERO`).
///
/// # Safety
///
/// - The range holds no mapping that others own: an owner could not free its memory any more.
///
/// # Platforms
///
/// OpenBSD 7.3. Linux has `mseal` instead.
///
#[doc = man!(mimmutable(2) on openbsd)]
#[inline]
pub unsafe fn mimmutable(addr: *mut c_void, len: size_t) -> Result<()> {
    // SAFETY: the caller's promise is that of the C function.
    Errno::result(unsafe { libc::mimmutable(addr, len) }).map(drop)
}

#[cfg(feature = "std")]
mod with_files {
    use core::ffi::{CStr, c_void};
    use std::{
        ffi::OsString,
        os::{
            fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd},
            unix::ffi::OsStringExt,
        },
        path::PathBuf,
    };

    use libc::size_t;

    use crate::{
        NixPath, Result,
        errno::Errno,
        sys::{
            ffi::{self, off_t},
            mman::{MapFlags, ProtFlags},
        },
    };

    #[doc = on!(openbsd)]
    /// Finds where `mmap` with the same arguments would map, and maps nothing.
    ///
    /// With `MAP_FIXED` the answer is `addr`, if nothing is mapped in the range. Nothing keeps the
    /// place free: another thread may map there first.
    ///
    /// # Errors
    ///
    /// - `EBADF`: `fd` is no open file.
    /// - `EINVAL`: `MAP_FIXED`, and `addr` is not a multiple of the page size or something is
    ///   mapped in the range; `offset` is beyond 2⁶³ − 1.
    /// - `ENOMEM`: no room; or `MAP_FIXED`, and the range is not free.
    ///
    /// # Platforms
    ///
    /// OpenBSD.
    ///
    #[doc = man!(mquery(2) on openbsd)]
    #[allow(
        clippy::not_unsafe_ptr_arg_deref,
        reason = "a place to look at, where nothing is accessed"
    )]
    pub fn mquery(
        addr: *mut c_void,
        len: size_t,
        prot: ProtFlags,
        flags: MapFlags,
        fd: Option<BorrowedFd<'_>>,
        offset: u64,
    ) -> Result<*mut c_void> {
        let fd = fd.map_or(-1, |fd| fd.as_raw_fd());
        let offset = off_t::try_from(offset).map_err(|_| Errno::EINVAL)?;
        // SAFETY: it takes any arguments, and changes no mapping.
        let answer = unsafe { ffi::mquery(addr, len, prot.bits(), flags.bits(), fd, offset) };
        Errno::result(answer)
    }

    #[doc = on!(openbsd)]
    /// Makes a shared memory object with a new name, and opens it for reading and writing.
    ///
    /// `template` is a name for [`shm_open`](super::super::shm_open) that ends in at least six
    /// `X`, better ten; the name in the result has others in their place. Only its user may open
    /// it (mode 0600).
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::mman::{shm_mkstemp, shm_unlink};
    ///
    /// let (object, name) = shm_mkstemp("/example.XXXXXXXXXX")?;
    /// shm_unlink(&name)?;
    /// std::fs::File::from(object).set_len(4096)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`shm_open`](super::super::shm_open), and:
    ///
    /// - `EINVAL`: the template has too few `X` at its end.
    ///
    /// # Platforms
    ///
    /// OpenBSD 5.4.
    ///
    #[doc = man!(shm_mkstemp(3) on openbsd)]
    pub fn shm_mkstemp<P: ?Sized + NixPath>(template: &P) -> Result<(OwnedFd, PathBuf)> {
        let mut name = template.with_nix_path(|name| name.to_bytes_with_nul().to_vec())?;
        // SAFETY: `name` is a C string, of which no byte but its `X` is changed.
        let fd = Errno::result(unsafe { ffi::shm_mkstemp(name.as_mut_ptr().cast()) })?;
        // SAFETY: the descriptor was just opened, and nobody else has its number.
        let object = unsafe { OwnedFd::from_raw_fd(fd) };
        let name = CStr::from_bytes_until_nul(&name).map_err(|_| Errno::EINVAL)?;
        Ok((object, OsString::from_vec(name.to_bytes().to_vec()).into()))
    }
}
