//! `mincore`.

use core::ffi::c_void;

use crate::{Result, errno::Errno, sys::unistd};

#[doc = on!(linux, android, freebsd, netbsd, dragonfly, apple)]
/// Tells which pages of a mapping are in memory: bit 0 of a page's byte in `residency`.
///
/// `length` is in bytes; `residency` takes a byte for each page that holds any of them. The other
/// bits are undefined on Linux; FreeBSD, DragonFly and Apple's systems have more to tell in them,
/// under the names of `MincoreFlags`. The answer may be out of date before it is read.
///
/// On iOS devices whose kernel has smaller pages than its processes (those with an A7 or A8), it
/// takes a byte for each page of the kernel.
///
/// Since Linux 5.2, pages of a file that the caller neither owns nor could write are **all
/// reported resident**, whatever they are.
///
/// # Errors
///
/// - `EINVAL`: `addr` is not a multiple of the page size (some systems round it down); or, found
///   before the kernel is asked, `residency` is too short.
/// - `ENOMEM`: part of the range is not mapped. Apple's systems say of it that it is not in memory.
///
/// # Platforms
///
/// All but OpenBSD, which has no such call.
///
#[doc = man!(mincore(2) on linux freebsd netbsd dragonfly apple)]
#[inline]
pub fn mincore(addr: *const c_void, length: usize, residency: &mut [u8]) -> Result<()> {
    // FreeBSD and Apple's systems take an address within a page: then the bytes may touch one page
    // more.
    let page = unistd::getpagesize();
    let touched = (addr.addr() & (page - 1)).saturating_add(length);
    if (residency.len() / answers(page)).saturating_mul(page) < touched {
        return Err(Errno::EINVAL);
    }
    // SAFETY: it touches no memory but the bytes of `residency`, of which there are as many as the
    // kernel writes for the pages of the range, which were just counted.
    Errno::result(unsafe { libc::mincore(addr.cast_mut(), length, residency.as_mut_ptr().cast()) })
        .map(drop)
}

/// How many bytes the kernel writes for a page.
#[cfg(not(target_vendor = "apple"))]
const fn answers(_page: usize) -> usize {
    1
}

/// It goes by its own pages where they are smaller; processes have whole ones in either case.
#[cfg(target_vendor = "apple")]
fn answers(page: usize) -> usize {
    page.checked_div(crate::sys::ffi::vm_kernel_page_size).unwrap_or(1).max(1)
}
