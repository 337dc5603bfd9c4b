//! `minherit`, of the BSDs and of Apple's systems.

use core::ffi::{c_int, c_void};

use libc::size_t;

use super::Inherit;
use crate::{Result, errno::Errno};

#[doc = on!(freebsd, netbsd, openbsd, dragonfly, apple)]
/// Sets what a child of `fork` gets of the pages from `addr` on for `len` bytes.
///
/// # Examples
///
/// ```
/// use mman::sys::mman::{Inherit, MapFlags, ProtFlags, minherit, mmap_anonymous};
///
/// let (prot, flags) = (ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, MapFlags::MAP_PRIVATE);
/// // SAFETY: new memory, at an address that the system picks.
/// let key = unsafe { mmap_anonymous(std::ptr::null_mut(), 4096, prot, flags) }?;
/// // The last name is INHERIT_ZERO, or what comes closest to it.
/// let (_, nothing) = *Inherit::NAMES.last().unwrap();
/// // SAFETY: nothing refers to the page, and a child will not use it.
/// unsafe { minherit(key, 4096, nothing) }?;
/// # Ok::<(), mman::Error>(())
/// ```
///
/// # Errors
///
/// - `EACCES`: the range maps a device or a file, of which no child can get zeros (FreeBSD).
/// - `EINVAL`: `addr + len` overflows; on some systems: `addr` is not a multiple of the page size;
///   the kernel does not know the value.
/// - `EPERM`: the range cannot be changed any more, or zeros are asked for what cannot be written
///   (OpenBSD).
///
/// # Safety
///
/// - With anything but a copy: code that runs in a child of `fork` does not use references to the
///   range, nor values in it, as if it were a copy. They are gone, or zero.
/// - With `…_SHARE`: the range is from the next `fork` on memory that another process changes;
///   no reference to it may be in use that does not allow this.
/// - The range holds no mapping that others own.
///
/// # Platforms
///
/// FreeBSD, NetBSD, OpenBSD, DragonFly, macOS, iOS. Linux has `MADV_DONTFORK` and
/// `MADV_WIPEONFORK` instead.
///
#[doc = man!(minherit(2) on freebsd netbsd openbsd dragonfly apple)]
#[inline]
pub unsafe fn minherit(addr: *mut c_void, len: size_t, inherit: Inherit) -> Result<()> {
    // SAFETY: the caller's promises are those of the C function.
    Errno::result(unsafe { libc::minherit(addr, len, inherit as c_int) }).map(drop)
}
