//! `mmap` at an address that must be free, of Linux.

use core::ffi::c_void;
use std::os::fd::{AsRawFd, BorrowedFd};

use super::{MapFlags, ProtFlags, mmap64, munmap};
use crate::{Result, errno::Errno, sys::unistd};

#[doc = on!(linux, android)]
/// Maps at exactly `addr`, and only if nothing is mapped in the range.
///
/// It is [`mmap64`] with `MAP_FIXED_NOREPLACE`, made sure on kernels that take the address for a
/// hint (before Linux 4.17, and emulators): where they map elsewhere, that mapping is undone and
/// the answer is `EEXIST`. `MAP_FIXED` among the flags is ignored, as new kernels do.
///
/// `length` and `offset` are in bytes. For anonymous memory give no file and `MAP_ANONYMOUS`.
/// With `MAP_HUGETLB`, `length` must be a multiple of the huge page's size, or an old kernel's
/// mapping elsewhere cannot be undone.
///
/// # Examples
///
/// ```
/// use mman::{Error, sys::mman::{MapFlags, ProtFlags, mmap_anonymous, mmap_noreplace, munmap}};
///
/// let (prot, flags) = (ProtFlags::PROT_READ, MapFlags::MAP_PRIVATE);
/// // SAFETY: new memory, at an address that the system picks.
/// let page = unsafe { mmap_anonymous(std::ptr::null_mut(), 4096, prot, flags) }?;
/// let flags = flags | MapFlags::MAP_ANONYMOUS;
/// // SAFETY: the place is not free, so nothing is mapped.
/// let again = unsafe { mmap_noreplace(page, 4096, prot, flags, None, 0) };
/// assert_eq!(again, Err(Error::EEXIST));
/// // SAFETY: nothing uses the page.
/// unsafe { munmap(page, 4096) }?;
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
///
/// As [`mmap`](super::mmap), and:
///
/// - `EEXIST`: something is mapped in the range.
/// - `EINVAL`: `addr` is not a multiple of the page size.
/// - `EOPNOTSUPP`: `MAP_SHARED_VALIDATE` on a kernel before Linux 4.17.
/// - `EPERM`: `addr` is below `vm.mmap_min_addr`. For the superuser address 0 can be mapped: the
///   result is a null pointer then.
///
/// # Safety
///
/// - Nobody counts on the range staying free. A stack that grows does: it goes on in a mapping
///   right below it, which others may share and change.
/// - The result is used as [`mmap`](super::mmap) says.
///
/// # Platforms
///
/// Linux, Android.
///
#[doc = man!(mmap(2) on linux)]
#[doc(alias = "MAP_FIXED_NOREPLACE")]
pub unsafe fn mmap_noreplace(
    addr: *mut c_void,
    length: usize,
    prot: ProtFlags,
    flags: MapFlags,
    fd: Option<BorrowedFd<'_>>,
    offset: u64,
) -> Result<*mut c_void> {
    // An old kernel would obey MAP_FIXED.
    let flags = flags.difference(MapFlags::MAP_FIXED) | MapFlags::MAP_FIXED_NOREPLACE;
    let fd = fd.map_or(-1, |fd| fd.as_raw_fd());
    // SAFETY: without MAP_FIXED it replaces no mapping; the rest is the caller's promise.
    let mapped = unsafe { mmap64(addr, length, prot, flags, fd, offset) }?;
    if mapped == addr {
        return Ok(mapped);
    }
    // SAFETY: this mapping was just made, and nobody else has its address.
    unsafe { munmap(mapped, length) }?;
    let aligned = addr.addr() % unistd::getpagesize() == 0;
    Err(if aligned { Errno::EEXIST } else { Errno::EINVAL })
}
