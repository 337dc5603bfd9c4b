//! The calls of POSIX, with the signatures of nix 0.23; `mmap` with a 64-bit offset and without a
//! file; `madvise` with any number.

use core::ffi::{c_int, c_void};

use libc::{off_t, size_t};

use super::{MapFlags, MlockAllFlags, MmapAdvise, MsFlags, ProtFlags};
use crate::{
    Result,
    errno::Errno,
    sys::ffi::{self, RawFd},
};

/// Maps a file, a device or anonymous memory.
///
/// `length` is in bytes and rounded up to whole pages; `offset` is in bytes and a multiple of the
/// page size. For anonymous memory give `fd` −1 and `offset` 0. On 32-bit systems `off_t` may end
/// at 2 GiB: use [`mmap64`] for larger offsets.
///
/// # Examples
///
/// ```
/// use mman::sys::mman::{MapFlags, ProtFlags, mmap, munmap};
///
/// let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
/// let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_ANONYMOUS;
/// // SAFETY: new anonymous memory, at an address that the system picks.
/// let page = unsafe { mmap(std::ptr::null_mut(), 4096, prot, flags, -1, 0) }?;
/// // SAFETY: the page was just mapped for reading and writing; nobody else has its address.
/// unsafe { page.cast::<u8>().write(7) };
/// // SAFETY: nothing uses the page from here on.
/// unsafe { munmap(page, 4096) }?;
/// # Ok::<(), mman::Error>(())
/// ```
///
/// # Errors
///
/// - `EACCES`: the file is not open for reading, or a shared writable mapping is asked for and it
///   is not open for writing.
/// - `EAGAIN`: the pages shall be locked (`MAP_LOCKED`, `mlockall`) beyond the limit.
/// - `EBADF`: `fd` is no open file, and the mapping is not anonymous.
/// - `EEXIST`: `MAP_FIXED_NOREPLACE` (Linux), and something is mapped in the range.
/// - `EINVAL`: `length` is 0; `offset`, or `addr` with `MAP_FIXED`, is not a multiple of the page
///   size; not exactly one kind of mapping is given.
/// - `ENODEV`: the file cannot be mapped (a directory, a pipe).
/// - `ENOMEM`: no room in the address space, too many mappings, or a limit.
/// - `EOPNOTSUPP`: an unknown flag with `MAP_SHARED_VALIDATE` (Linux).
/// - `EOVERFLOW`: `offset + length` is beyond the largest file.
/// - `EPERM`: a seal of the file, a `noexec` mount, or an address below `mmap_min_addr` forbids it.
/// - `ETXTBSY`: shared and writable, and the file is swap space (Linux).
///
/// # Safety
///
/// - With `MAP_FIXED`, nothing may use what is mapped in the range: it is replaced. With address
///   0 the result may be a null pointer. A stack must have no cause to grow into the range.
/// - The result may be used only as the mapping allows: not beyond the file's end (`SIGBUS`), and
///   through references only while nobody else, no other process included, changes the memory or
///   shortens the file. With `MAP_DROPPABLE` the kernel may, at any time.
///
#[doc = man!(mmap(2))]
#[inline]
pub unsafe fn mmap(
    addr: *mut c_void,
    length: size_t,
    prot: ProtFlags,
    flags: MapFlags,
    fd: RawFd,
    offset: off_t,
) -> Result<*mut c_void> {
    // SAFETY: the caller's promises are those of the C function.
    Errno::result(unsafe { libc::mmap(addr, length, prot.bits(), flags.bits(), fd, offset) })
}

/// [`mmap`] with a 64-bit offset on every system.
///
/// # Errors
///
/// As [`mmap`]; `EOVERFLOW` also where `offset` is beyond 2⁶³ − 1.
///
/// # Safety
///
/// As [`mmap`].
///
#[doc = man!(mmap(2))]
#[inline]
pub unsafe fn mmap64(
    addr: *mut c_void,
    length: size_t,
    prot: ProtFlags,
    flags: MapFlags,
    fd: RawFd,
    offset: u64,
) -> Result<*mut c_void> {
    let offset = offset.try_into().map_err(|_| Errno::EOVERFLOW)?;
    // SAFETY: the caller's promises are those of the C function.
    Errno::result(unsafe { ffi::mmap64(addr, length, prot.bits(), flags.bits(), fd, offset) })
}

/// Maps anonymous memory: [`mmap`] with `MAP_ANONYMOUS`, and without a file.
///
/// `MAP_PRIVATE` or `MAP_SHARED` must be among the flags.
///
/// # Examples
///
/// ```
/// use mman::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};
///
/// let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
/// // SAFETY: new memory, at an address that the system picks.
/// let page = unsafe { mmap_anonymous(std::ptr::null_mut(), 4096, prot, MapFlags::MAP_PRIVATE) }?;
/// // SAFETY: the page was just mapped for reading and writing; nobody else has its address.
/// assert_eq!(unsafe { page.cast::<u8>().read() }, 0);
/// // SAFETY: nothing uses the page from here on.
/// unsafe { munmap(page, 4096) }?;
/// # Ok::<(), mman::Error>(())
/// ```
///
/// # Errors
///
/// As [`mmap`], without those that speak of a file.
///
/// # Safety
///
/// - With `MAP_FIXED`, nothing may use what is mapped in the range: it is replaced. With address
///   0 the result may be a null pointer. A stack must have no cause to grow into the range.
/// - Shared and droppable memory is used through references only while nobody else changes it: a
///   child of `fork`, or the kernel.
///
#[doc = man!(mmap(2))]
#[inline]
pub unsafe fn mmap_anonymous(
    addr: *mut c_void,
    length: size_t,
    prot: ProtFlags,
    flags: MapFlags,
) -> Result<*mut c_void> {
    // SAFETY: the caller's promise is that of the C function for a mapping without a file.
    unsafe { mmap(addr, length, prot, flags | MapFlags::MAP_ANONYMOUS, -1, 0) }
}

/// Unmaps the pages from `addr` on for `len` bytes; parts where nothing is mapped are no error.
///
/// # Errors
///
/// - `EINVAL`: `len` is 0, or `addr` is not a multiple of the page size. On Linux also: the range
///   cuts a huge page.
/// - `ENOMEM`: unmapping the middle of a mapping would make one mapping too many (Linux).
/// - `EPERM`: a mapping in the range is sealed (Linux); nothing is unmapped then.
///
/// # Safety
///
/// - Nothing may use the pages of the range any more, not even a reference that is not read.
/// - The range holds no mapping that others own: the heap, a stack, a library.
///
#[doc = man!(munmap(2))]
#[inline]
pub unsafe fn munmap(addr: *mut c_void, len: size_t) -> Result<()> {
    // SAFETY: the caller's promises are those of the C function.
    Errno::result(unsafe { libc::munmap(addr, len) }).map(drop)
}

/// Changes what may be done with the pages from `addr` on for `length` bytes.
///
/// # Errors
///
/// On an error some of the pages may have been changed.
///
/// - `EACCES`: the file is not open for what is asked, or a policy forbids it.
/// - `EINVAL`: `addr` is not a multiple of the page size; unknown bits (Linux).
/// - `ENOMEM`: part of the range is not mapped; or too many mappings would arise; or more private
///   pages would be writable than can be promised.
/// - `ENOTSUP`: more than `PROT_MAX` allows (FreeBSD).
/// - `EPERM`: the mapping is sealed (Linux).
///
/// # Safety
///
/// - No reference to the pages may be in use for an access that is taken away.
/// - The range holds no mapping that others own.
///
#[doc = man!(mprotect(2))]
#[inline]
pub unsafe fn mprotect(addr: *mut c_void, length: size_t, prot: ProtFlags) -> Result<()> {
    // SAFETY: the caller's promises are those of the C function.
    Errno::result(unsafe { libc::mprotect(addr, length, prot.bits()) }).map(drop)
}

/// Tells the system how the pages from `addr` on for `length` bytes will be used.
///
/// # Errors
///
/// - `EACCES`, `EPERM`: the mapping or a seal does not allow what is asked.
/// - `EAGAIN`: too many mappings would arise, or a resource is short for a moment.
/// - `EBADF`: `MADV_WILLNEED` of pages of no file, and a kernel without swap (Linux).
/// - `EBUSY`: `MADV_COLLAPSE`, and a limit of the control group or a page in use forbids it.
/// - `EFAULT`, `EHWPOISON`: `MADV_POPULATE_…`, and the access would end in a signal.
/// - `EINVAL`: `addr` is not a multiple of the page size; the advice is unknown to the kernel, or
///   not for this kind of mapping.
/// - `EIO`: a page could not be read.
/// - `ENOMEM`: part of the range is not mapped; the rest was advised, but by `MADV_POPULATE_…`.
/// - `EOPNOTSUPP`: `MADV_REMOVE`, and a file system that cannot do it.
///
/// # Safety
///
/// - For an advice that changes contents (each says so in [`MmapAdvise`]): no reference to the
///   pages is in use, and nobody counts on what they hold.
/// - With `MADV_DONTFORK`: no child of `fork` uses the pages, nor references to them.
/// - The range holds no mapping that others own.
///
#[doc = man!(madvise(2))]
#[inline]
pub unsafe fn madvise(addr: *mut c_void, length: size_t, advise: MmapAdvise) -> Result<()> {
    // SAFETY: the caller's promises are those of the C function.
    Errno::result(unsafe { libc::madvise(addr, length, advise as c_int) }).map(drop)
}

/// [`madvise`] with any number: for an advice that [`MmapAdvise`] has no name for yet.
///
/// On Linux `madvise_raw(ptr::null_mut(), 0, advice)` tells whether the kernel knows an advice:
/// `EINVAL` if it does not.
///
/// # Examples
///
/// ```
/// use mman::{Error, sys::mman::madvise_raw};
///
/// // SAFETY: a range of no bytes.
/// let known = unsafe { madvise_raw(std::ptr::null_mut(), 0, libc::MADV_RANDOM) };
/// assert_eq!(known, Ok(()));
/// # #[cfg(target_os = "linux")] {
/// // SAFETY: a range of no bytes.
/// let unknown = unsafe { madvise_raw(std::ptr::null_mut(), 0, 9999) };
/// assert_eq!(unknown, Err(Error::EINVAL));
/// # }
/// ```
///
/// # Errors
///
/// As [`madvise`].
///
/// # Safety
///
/// - No reference to the pages is in use, and nobody counts on what they hold, unless the advice
///   is known to leave both alone.
/// - The range holds no mapping that others own.
///
#[doc = man!(madvise(2))]
#[inline]
pub unsafe fn madvise_raw(addr: *mut c_void, length: size_t, advise: c_int) -> Result<()> {
    // SAFETY: the caller's promises are those of the C function.
    Errno::result(unsafe { libc::madvise(addr, length, advise) }).map(drop)
}

/// Writes the changed pages of a shared mapping back to its file.
///
/// # Errors
///
/// - `EBUSY`: `MS_INVALIDATE`, and pages of the range are locked.
/// - `EINVAL`: `addr` is not a multiple of the page size; `MS_SYNC` and `MS_ASYNC` are both given;
///   unknown flags.
/// - `EIO`: writing failed.
/// - `ENOMEM`: part of the range is not mapped; the rest was written.
///
/// # Safety
///
/// - With `MS_INVALIDATE` or `MS_KILLPAGES`: no reference to the pages is in use, and nobody
///   counts on changes that are not in the file yet.
/// - Otherwise there is nothing to hold to: a wrong range is an error.
///
#[doc = man!(msync(2))]
#[inline]
pub unsafe fn msync(addr: *mut c_void, length: size_t, flags: MsFlags) -> Result<()> {
    // SAFETY: the caller's promises are those of the C function.
    Errno::result(unsafe { libc::msync(addr, length, flags.bits()) }).map(drop)
}

/// Locks the pages that hold any of the `length` bytes from `addr` on: they stay in memory.
///
/// Locks do not add up: one [`munlock`] undoes any number of them. (On macOS and iOS it undoes
/// one.) A child of `fork` has none.
///
/// # Errors
///
/// - `EAGAIN`: some of the pages could not be locked.
/// - `EINVAL`: `addr + length` overflows; on some systems: `addr` is not a multiple of the page
///   size (Linux rounds it down).
/// - `ENOMEM`: over `RLIMIT_MEMLOCK`; or part of the range is not mapped, or not accessible.
/// - `EPERM`: the process may lock nothing.
///
/// # Safety
///
/// - The range holds no mapping whose owner counts on its pages not being locked: advices that
///   give pages back fail on locked ones.
///
#[doc = man!(mlock(2))]
#[inline]
pub unsafe fn mlock(addr: *const c_void, length: size_t) -> Result<()> {
    // SAFETY: the caller's promises are those of the C function.
    Errno::result(unsafe { libc::mlock(addr, length) }).map(drop)
}

/// Unlocks the pages that hold any of the `length` bytes from `addr` on.
///
/// # Errors
///
/// - `EINVAL`: `addr + length` overflows; on some systems: `addr` is not a multiple of the page
///   size.
/// - `ENOMEM`: part of the range is not mapped.
///
/// # Safety
///
/// - Nobody else counts on the pages being locked: locks do not add up.
///
#[doc = man!(mlock(2))]
#[inline]
pub unsafe fn munlock(addr: *const c_void, length: size_t) -> Result<()> {
    // SAFETY: the caller's promises are those of the C function.
    Errno::result(unsafe { libc::munlock(addr, length) }).map(drop)
}

/// Locks all pages of the process that are mapped now, will be mapped later, or both.
///
/// # Errors
///
/// - `EAGAIN`: some of the pages could not be locked.
/// - `EINVAL`: no flag is given, or an unknown one.
/// - `ENOMEM`: over `RLIMIT_MEMLOCK`.
/// - `ENOSYS`: always on macOS and iOS.
/// - `EPERM`: the process may lock nothing.
///
#[doc = man!(mlockall(2))]
#[inline]
pub fn mlockall(flags: MlockAllFlags) -> Result<()> {
    // SAFETY: it takes any flags and touches no memory's contents.
    Errno::result(unsafe { libc::mlockall(flags.bits()) }).map(drop)
}

/// Unlocks all pages of the process, and takes `MCL_FUTURE` back.
///
/// # Errors
///
/// - `ENOSYS`: always on macOS and iOS.
/// - `EPERM`: on some systems, if the process may lock nothing.
///
#[doc = man!(mlockall(2))]
#[inline]
pub fn munlockall() -> Result<()> {
    // SAFETY: it takes nothing and touches no memory's contents.
    Errno::result(unsafe { libc::munlockall() }).map(drop)
}
