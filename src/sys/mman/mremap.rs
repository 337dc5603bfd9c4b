//! `mremap`, of Linux and of NetBSD.

use core::{ffi::c_void, ptr};

use libc::size_t;

use super::MRemapFlags;
use crate::{Result, errno::Errno};

#[doc = on!(linux, android, netbsd)]
/// Grows, shrinks or moves a mapping.
///
/// Sizes are in bytes and rounded up to whole pages. `new_address` belongs to `MREMAP_FIXED`
/// (`MAP_FIXED` on NetBSD), which needs it; without that flag it may be given as a hint with
/// `MREMAP_DONTUNMAP`, and on NetBSD.
///
/// On Linux an `old_size` of 0 maps the pages of a shared mapping a second time, and leaves the
/// first: it needs `MREMAP_MAYMOVE`.
///
/// # Errors
///
/// - `EAGAIN`: the mapping is locked, and the new size is beyond the limit.
/// - `EFAULT`: part of the old range is not mapped, or (to grow it) it is more than one mapping.
/// - `EINVAL`: `addr` or `new_address` is not a multiple of the page size; `new_size` is 0; the
///   ranges overlap; `old_size` is 0 and the mapping is private (Linux); `MREMAP_DONTUNMAP` and
///   the sizes differ; unknown flags, or `MREMAP_FIXED` or `MREMAP_DONTUNMAP` without
///   `MREMAP_MAYMOVE`; or, found before the kernel is asked, `new_address` and the flags
///   contradict each other.
/// - `ENOMEM`: it cannot grow in place and may not move; no room; a limit.
/// - `EPERM`: the mapping is sealed (Linux).
///
/// # Safety
///
/// - What the range holds moves: no reference to it may be in use, unless it keeps its address.
/// - After shrinking, nothing uses the part that is gone.
/// - With a fixed address, nothing uses what is mapped there: it is replaced.
/// - The range holds no mapping that others own.
///
/// # Platforms
///
/// Linux, Android, NetBSD.
///
#[doc = man!(mremap(2) on linux netbsd)]
#[inline]
pub unsafe fn mremap(
    addr: *mut c_void,
    old_size: size_t,
    new_size: size_t,
    flags: MRemapFlags,
    new_address: Option<*mut c_void>,
) -> Result<*mut c_void> {
    let new_address = target(addr, flags, new_address)?;
    // SAFETY: the caller's promises are those of the C function.
    Errno::result(unsafe { raw(addr, old_size, new_size, flags, new_address) })
}

/// The address for the kernel; `EINVAL` if it and the flags contradict each other.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[inline]
fn target(
    _addr: *mut c_void,
    flags: MRemapFlags,
    new_address: Option<*mut c_void>,
) -> Result<*mut c_void> {
    let fixed = flags.contains(MRemapFlags::MREMAP_FIXED);
    let allowed = fixed || flags.contains(MRemapFlags::MREMAP_DONTUNMAP);
    match new_address {
        Some(address) if allowed => Ok(address),
        None if !fixed => Ok(ptr::null_mut()),
        _ => Err(Errno::EINVAL),
    }
}

/// The address for the kernel; without one, `MAP_FIXED` means the old place.
#[cfg(target_os = "netbsd")]
#[inline]
fn target(
    addr: *mut c_void,
    flags: MRemapFlags,
    new_address: Option<*mut c_void>,
) -> Result<*mut c_void> {
    let stay = if flags.contains(MRemapFlags::MAP_FIXED) { addr } else { ptr::null_mut() };
    Ok(new_address.unwrap_or(stay))
}

/// All five arguments, always: glibc's stub passes garbage for one that is left out.
///
/// A hint goes to the kernel by number: of most versions, glibc and musl pass an address on with
/// `MREMAP_FIXED` only.
#[cfg(target_os = "linux")]
#[inline]
unsafe fn raw(
    addr: *mut c_void,
    old_size: size_t,
    new_size: size_t,
    flags: MRemapFlags,
    new_address: *mut c_void,
) -> *mut c_void {
    if !new_address.is_null() && !flags.contains(MRemapFlags::MREMAP_FIXED) {
        // SAFETY: the caller's promises are those of the C function.
        return unsafe { by_number(addr, old_size, new_size, flags, new_address) };
    }
    // SAFETY: the caller's promises are those of the C function.
    unsafe { libc::mremap(addr, old_size, new_size, flags.bits(), new_address) }
}

/// The libc crate does not declare bionic's function.
#[cfg(target_os = "android")]
use by_number as raw;

#[cfg(any(target_os = "linux", target_os = "android"))]
unsafe fn by_number(
    addr: *mut c_void,
    old_size: size_t,
    new_size: size_t,
    flags: MRemapFlags,
    new_address: *mut c_void,
) -> *mut c_void {
    // The kernel reads the flags as `unsigned long`, a whole register.
    let flags = flags.bits() as core::ffi::c_ulong;
    // SAFETY: the caller's promises are those of the system call.
    let answer =
        unsafe { libc::syscall(libc::SYS_mremap, addr, old_size, new_size, flags, new_address) };
    ptr::with_exposed_provenance_mut(answer as usize)
}

/// In NetBSD's own order of arguments.
#[cfg(target_os = "netbsd")]
#[inline]
unsafe fn raw(
    addr: *mut c_void,
    old_size: size_t,
    new_size: size_t,
    flags: MRemapFlags,
    new_address: *mut c_void,
) -> *mut c_void {
    // SAFETY: the caller's promises are those of the C function.
    unsafe { libc::mremap(addr, old_size, new_address, new_size, flags.bits()) }
}
