//! `mseal`, of Linux.

use core::ffi::{c_ulong, c_void};

use libc::size_t;

use crate::{Result, errno::Errno, sys::syscall};

#[doc = on!(linux, android)]
/// Seals the mappings from `addr` on for `length` bytes: they stay as they are until the end.
///
/// From then on `EPERM` answers whoever unmaps, moves, resizes, protects or replaces them
/// (`munmap`, `mremap`, `mprotect`, `pkey_mprotect`, `mmap` with `MAP_FIXED`), and whoever gives
/// an advice that drops the contents of private pages that cannot be written. Contents of
/// writable pages change as before, and pages can be locked. There is no way back but the end of
/// the process, or `exec`.
///
/// # Examples
///
/// ```
/// use mman::{Error, sys::mman::{MapFlags, ProtFlags, mmap_anonymous, mseal, munmap}};
///
/// let (prot, flags) = (ProtFlags::PROT_READ, MapFlags::MAP_PRIVATE);
/// // SAFETY: new memory, at an address that the system picks.
/// let page = unsafe { mmap_anonymous(std::ptr::null_mut(), 4096, prot, flags) }?;
/// // SAFETY: the page was just mapped; nobody else has its address.
/// match unsafe { mseal(page, 4096) } {
///     // SAFETY: nothing uses the page; it stays mapped.
///     Ok(()) => assert_eq!(unsafe { munmap(page, 4096) }, Err(Error::EPERM)),
///     Err(Error::ENOSYS) => println!("this kernel is older than Linux 6.10, or has 32 bits"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
///
/// - `EINVAL`: `addr` is not a multiple of the page size; `addr + length` overflows.
/// - `ENOMEM`: part of the range is not mapped; nothing is sealed then.
/// - `ENOSYS`: the kernel is older than Linux 6.10, or has 32 bits.
/// - `EPERM`: a filter of system calls forbids it. The kernel itself does not say this.
///
/// # Safety
///
/// - The range holds no mapping that others own: an owner could not free its memory any more.
///
/// # Platforms
///
/// Linux 6.10, Android; 64-bit kernels only.
#[doc(alias = "SYS_mseal")]
#[inline]
pub unsafe fn mseal(addr: *mut c_void, length: size_t) -> Result<()> {
    let flags: c_ulong = 0;
    // SAFETY: the caller's promise is that of the system call.
    Errno::result(unsafe { libc::syscall(syscall::SYS_mseal, addr, length, flags) }).map(drop)
}
