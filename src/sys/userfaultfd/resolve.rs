//! Resolving faults: what the pages of a registered range become.
//!
//! The kernel tells how far it came in the last field of a structure: the bytes done, with success
//! if that is all and else with `EAGAIN`; or the errno once more. Here that is one value, as with
//! `write`: `Ok` of the bytes done, which is never 0, or the errno if none were.

use core::ffi::{c_int, c_void};
use std::os::fd::AsFd;

use super::{
    UffdioContinueMode, UffdioCopyMode, UffdioMoveMode, UffdioPoisonMode, UffdioWriteprotectMode,
    UffdioZeropageMode,
    abi::{
        Fill, Range, Transfer, UFFDIO_CONTINUE, UFFDIO_COPY, UFFDIO_MOVE, UFFDIO_POISON,
        UFFDIO_WRITEPROTECT, UFFDIO_ZEROPAGE, WriteProtect,
    },
};
use crate::{
    Result,
    errno::Errno,
    sys::ioctl::{Request, ioctl},
};

#[doc = on!(linux, android)]
/// Fills missing pages with a copy, whole pages at once, and wakes who waits for them.
///
/// Returns the bytes copied: fewer than `len` if a later page could not be filled. Calling again
/// for the rest tells why.
///
/// # Errors
///
/// Nothing was copied:
///
/// - `EAGAIN`: the address space changes; read the messages, then try again.
/// - `EEXIST`: the first page is there already.
/// - `EFAULT`: `src` cannot be read.
/// - `EINVAL`: the range is empty, not of whole pages, or wraps around; unknown modes;
///   `UFFDIO_COPY_MODE_WP` where the range is not registered for it; the handshake was not made.
/// - `ENOENT`: the range is not registered, or was changed meanwhile.
/// - `ENOMEM`, `ENOSPC`: no memory; no huge pages.
/// - `ESRCH`: the process is gone.
/// - `EBADF`, `ENOTTY`: not a userfaultfd.
///
/// # Safety
///
/// - `src` is valid for reads of `len` bytes.
/// - Nothing relies on what the missing pages among the `len` bytes at `dst` held before.
///
/// # Platforms
///
/// Linux 4.3, Android.
///
#[doc = man!(ioctl_userfaultfd(2) on linux)]
#[doc(alias = "UFFDIO_COPY")]
#[inline]
pub unsafe fn uffdio_copy(
    fd: impl AsFd,
    dst: u64,
    src: *const c_void,
    len: u64,
    mode: UffdioCopyMode,
) -> Result<u64> {
    // SAFETY: the caller promises that the pages may be filled.
    unsafe { transfer(fd, &UFFDIO_COPY, dst, src as u64, len, mode.bits()) }
}

#[doc = on!(linux, android)]
/// Fills missing pages with zeros, and wakes who waits for them.
///
/// Returns the bytes filled: fewer than `len` if a later page could not be filled. Calling again
/// for the rest tells why.
///
/// # Errors
///
/// Nothing was filled:
///
/// - `EAGAIN`: the address space changes; read the messages, then try again.
/// - `EEXIST`: the first page is there already.
/// - `EINVAL`: the range is empty or not of whole pages; unknown modes; hugetlbfs, which has no
///   such request; the handshake was not made.
/// - `ENOENT`: the range is not registered, or was changed meanwhile.
/// - `ENOMEM`: no memory.
/// - `ESRCH`: the process is gone.
/// - `EBADF`, `ENOTTY`: not a userfaultfd.
///
/// # Safety
///
/// Nothing relies on what the missing pages among the `len` bytes at `start` held before. (In a
/// private mapping of shared memory that is the file's content.)
///
/// # Platforms
///
/// Linux 4.3, Android.
///
#[doc = man!(ioctl_userfaultfd(2) on linux)]
#[doc(alias = "UFFDIO_ZEROPAGE")]
#[inline]
pub unsafe fn uffdio_zeropage(
    fd: impl AsFd,
    start: u64,
    len: u64,
    mode: UffdioZeropageMode,
) -> Result<u64> {
    // SAFETY: the caller promises that the pages may be filled.
    unsafe { fill(fd, &UFFDIO_ZEROPAGE, start, len, mode.bits()) }
}

#[doc = on!(linux, android)]
/// Maps the pages that the page cache has, and wakes who waits for them.
///
/// Resolves minor faults: write the content through another mapping of the same file first.
/// Returns the bytes mapped: fewer than `len` if a later page could not be mapped. Calling again
/// for the rest tells why.
///
/// # Errors
///
/// Nothing was mapped:
///
/// - `EAGAIN`: the address space changes; read the messages, then try again.
/// - `EEXIST`: the first page is mapped already.
/// - `EFAULT`: the page cache does not have the first page.
/// - `EINVAL`: the range is empty or not of whole pages; unknown modes;
///   `UFFDIO_CONTINUE_MODE_WP` where the range is not registered for it; neither shared memory
///   nor hugetlbfs; the handshake was not made; a kernel older than Linux 5.13.
/// - `ENOENT`: the range is not registered, or was changed meanwhile.
/// - `ENOMEM`: no memory.
/// - `ESRCH`: the process is gone.
/// - `EBADF`, `ENOTTY`: not a userfaultfd.
///
/// # Safety
///
/// Nothing relies on the missing pages among the `len` bytes at `start` being kept from view: they
/// show what the page cache has now. (The range may be registered with another userfaultfd.)
///
/// # Platforms
///
/// Linux 5.13 in hugetlbfs, Linux 5.14 in shared memory; Android.
///
#[doc = man!(ioctl_userfaultfd(2) on linux)]
#[doc(alias = "UFFDIO_CONTINUE")]
#[inline]
pub unsafe fn uffdio_continue(
    fd: impl AsFd,
    start: u64,
    len: u64,
    mode: UffdioContinueMode,
) -> Result<u64> {
    // SAFETY: the caller promises that the pages may be seen.
    unsafe { fill(fd, &UFFDIO_CONTINUE, start, len, mode.bits()) }
}

#[doc = on!(linux, android)]
/// Marks missing pages as lost: who touches them, now or later, gets a SIGBUS.
///
/// Returns the bytes marked: fewer than `len` if a later page could not be marked. Calling again
/// for the rest tells why. [`uffdio_copy`] takes the mark away, and so does `MADV_DONTNEED`.
///
/// # Errors
///
/// Nothing was marked:
///
/// - `EAGAIN`: the address space changes; read the messages, then try again.
/// - `EEXIST`: the first page is there already, or marked.
/// - `EINVAL`: the range is empty or not of whole pages; unknown modes; the handshake was not
///   made; a kernel older than Linux 6.6.
/// - `ENOENT`: the range is not registered, or was changed meanwhile.
/// - `ENOMEM`: no memory.
/// - `ESRCH`: the process is gone.
/// - `EBADF`, `ENOTTY`: not a userfaultfd.
///
/// # Safety
///
/// Nothing relies on the missing pages among the `len` bytes at `start`: they cannot be read.
///
/// # Platforms
///
/// Linux 6.6, Android.
///
#[doc = man!(ioctl_userfaultfd(2) on linux)]
#[doc(alias = "UFFDIO_POISON")]
#[inline]
pub unsafe fn uffdio_poison(
    fd: impl AsFd,
    start: u64,
    len: u64,
    mode: UffdioPoisonMode,
) -> Result<u64> {
    // SAFETY: the caller promises that the pages may be lost.
    unsafe { fill(fd, &UFFDIO_POISON, start, len, mode.bits()) }
}

#[doc = on!(linux, android)]
/// Moves pages from `src` to the missing pages at `dst`, without a copy, and wakes who waits.
///
/// Both are private anonymous memory of the calling process, and `dst` is registered. The pages
/// at `src` are missing afterwards. Returns the bytes moved: fewer than `len` if a later page
/// could not be moved. Calling again for the rest tells why.
///
/// # Errors
///
/// Nothing was moved:
///
/// - `EAGAIN`: the address space changes; read the messages, then try again.
/// - `EBUSY`: the first page is pinned, or shared with another process since a fork.
/// - `EEXIST`: the first page at `dst` is there already.
/// - `EINVAL`: a range is empty, not of whole pages, or not private anonymous memory; `dst` is not
///   registered; they overlap; one is locked or protected and the other is not; unknown modes; the
///   handshake was not made; not the process that `fd` is of; a kernel older than Linux 6.8.
/// - `ENOENT`: the first page at `src` is missing, without `UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES`; or
///   a range is not mapped.
/// - `ENOMEM`: no memory.
/// - `ESRCH`: the process is gone.
/// - `EBADF`, `ENOTTY`: not a userfaultfd.
///
/// # Safety
///
/// - No reference into the `len` bytes at `src` is in use, and nothing relies on their content
///   afterwards: they read as zeros, or fault.
/// - Nothing relies on what the missing pages among the `len` bytes at `dst` held before.
///
/// # Platforms
///
/// Linux 6.8, Android.
///
#[doc = man!(ioctl_userfaultfd(2) on linux)]
#[doc(alias = "UFFDIO_MOVE")]
#[inline]
pub unsafe fn uffdio_move(
    fd: impl AsFd,
    dst: u64,
    src: u64,
    len: u64,
    mode: UffdioMoveMode,
) -> Result<u64> {
    // SAFETY: the caller promises that the pages may be moved.
    unsafe { transfer(fd, &UFFDIO_MOVE, dst, src, len, mode.bits()) }
}

#[doc = on!(linux, android)]
/// Write-protects the pages of a range, or takes their protection away.
///
/// Anonymous pages that are not there yet are protected only with
/// `UFFD_FEATURE_WP_UNPOPULATED` (or `UFFD_FEATURE_WP_ASYNC`). There is no partial success to
/// tell of: after an error, some pages may be done.
///
/// # Errors
///
/// - `EAGAIN`: the address space changes; read the messages, then try again.
/// - `EINVAL`: the range is empty or not of whole pages; the handshake was not made; a kernel
///   older than Linux 5.7.
/// - `ENOENT`: part of the range is not registered for write protection.
/// - `ENOMEM`: no memory.
/// - `ESRCH`: the process is gone.
/// - `EBADF`, `ENOTTY`: not a userfaultfd.
///
/// # Safety
///
/// With `Unprotect` and `UnprotectDontwake`, nothing relies on writes to the `len` bytes at `start`
/// being stopped. (The range may be registered with another userfaultfd.)
///
/// # Platforms
///
/// Linux 5.7; shared memory and hugetlbfs Linux 5.19; Android.
///
#[doc = man!(ioctl_userfaultfd(2) on linux)]
#[doc(alias = "UFFDIO_WRITEPROTECT")]
#[inline]
pub unsafe fn uffdio_writeprotect(
    fd: impl AsFd,
    start: u64,
    len: u64,
    mode: UffdioWriteprotectMode,
) -> Result<()> {
    let mut protect = WriteProtect { range: Range { start, len }, mode: mode.bits() };
    // SAFETY: protection only makes writes wait, and the caller promises that it may be taken away;
    // the structure is integers without padding.
    unsafe { ioctl(fd.as_fd(), &UFFDIO_WRITEPROTECT, &mut protect) }.map(drop)
}

/// # Safety
///
/// The request may do to the range what it does.
#[inline]
unsafe fn fill(
    fd: impl AsFd,
    request: &Request<Fill>,
    start: u64,
    len: u64,
    mode: u64,
) -> Result<u64> {
    let mut fill = Fill { range: Range { start, len }, mode, done: 0 };
    // SAFETY: the caller's promise; the structure is integers without padding.
    let answer = unsafe { ioctl(fd.as_fd(), request, &mut fill) };
    progress(answer, fill.done)
}

/// # Safety
///
/// The request may do to the ranges what it does.
#[inline]
unsafe fn transfer(
    fd: impl AsFd,
    request: &Request<Transfer>,
    dst: u64,
    src: u64,
    len: u64,
    mode: u64,
) -> Result<u64> {
    let mut transfer = Transfer { dst, src, len, mode, done: 0 };
    // SAFETY: the caller's promise; the structure is integers without padding.
    let answer = unsafe { ioctl(fd.as_fd(), request, &mut transfer) };
    progress(answer, transfer.done)
}

/// The bytes done, or the errno if none were.
fn progress(answer: Result<c_int>, done: i64) -> Result<u64> {
    let done = u64::try_from(done).unwrap_or(0);
    match answer {
        Err(Errno::EAGAIN) if done > 0 => Ok(done),
        Err(errno) => Err(errno),
        Ok(_) => Ok(done),
    }
}
