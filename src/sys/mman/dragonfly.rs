//! What DragonFly adds.

use core::ffi::{c_int, c_void};

use libc::size_t;

use super::MmapAdvise;
use crate::{
    Result,
    errno::Errno,
    sys::ffi::{self, off_t},
};

#[doc = on!(dragonfly)]
/// [`madvise`](super::madvise) with a value, which `MADV_SETMAP` needs.
///
/// For `MADV_SETMAP` it is the offset, in bytes, of the page directory; other advices ignore it.
///
/// # Errors
///
/// As [`madvise`](super::madvise), and:
///
/// - `EINVAL`: `value` is beyond 2⁶³ − 1; `MADV_SETMAP`, and the range is not one mapping with a
///   virtual page table, which present kernels do not make.
///
/// # Safety
///
/// - For an advice that changes contents (each says so in [`MmapAdvise`]): no reference to the
///   pages is in use, and nobody counts on what they hold.
/// - The range holds no mapping that others own.
///
/// # Platforms
///
/// DragonFly.
///
#[doc = man!(mcontrol(2) on dragonfly)]
#[inline]
pub unsafe fn mcontrol(
    addr: *mut c_void,
    length: size_t,
    behav: MmapAdvise,
    value: u64,
) -> Result<()> {
    let value = off_t::try_from(value).map_err(|_| Errno::EINVAL)?;
    // SAFETY: the caller's promises are those of the C function.
    Errno::result(unsafe { ffi::mcontrol(addr, length, behav as c_int, value) }).map(drop)
}
