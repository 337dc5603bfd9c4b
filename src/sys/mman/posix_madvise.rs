//! `posix_madvise`.

use core::ffi::{c_int, c_void};

use libc::size_t;

use super::PosixMadvAdvice;
use crate::{Result, errno::Errno};

/// Tells the system how some pages will be used, without changing what they hold.
///
/// `length` is in bytes. Safe, since it is [`madvise`](super::madvise) without the advices that
/// change contents: where `MADV_DONTNEED` drops pages, on Linux and Android,
/// `POSIX_MADV_DONTNEED` does nothing, not even look at the range.
///
/// # Examples
///
/// ```
/// use mman::sys::mman::{MapFlags, PosixMadvAdvice, ProtFlags, mmap_anonymous, posix_madvise};
///
/// let (prot, flags) = (ProtFlags::PROT_READ, MapFlags::MAP_PRIVATE);
/// // SAFETY: new memory, at an address that the system picks.
/// let memory = unsafe { mmap_anonymous(std::ptr::null_mut(), 1 << 16, prot, flags) }?;
/// posix_madvise(memory, 1 << 16, PosixMadvAdvice::POSIX_MADV_SEQUENTIAL)?;
/// # Ok::<(), mman::Error>(())
/// ```
///
/// # Errors
///
/// - `EBADF`: `POSIX_MADV_WILLNEED` of pages of no file, and a kernel without swap (Linux).
/// - `EINVAL`: `addr` is not a multiple of the page size; `addr + length` overflows.
/// - `ENOMEM`: part of the range is not mapped; or too many mappings would arise.
/// - `ENOSYS`, `EPERM`: a filter of system calls forbids it.
///
#[doc = man!(posix_madvise(3) on linux)]
#[doc = man!(posix_madvise(2) on freebsd netbsd dragonfly apple)]
#[inline]
pub fn posix_madvise(addr: *mut c_void, length: size_t, advice: PosixMadvAdvice) -> Result<()> {
    // NetBSD answers −1 and sets `errno`, against POSIX; no error has that number.
    Errno::result(advise(addr, length, advice)).and_then(Errno::from_answer)
}

#[cfg(not(target_os = "android"))]
#[inline]
fn advise(addr: *mut c_void, length: size_t, advice: PosixMadvAdvice) -> c_int {
    // SAFETY: it takes any range, and changes no contents.
    unsafe { libc::posix_madvise(addr, length, advice as c_int) }
}

/// By `madvise`: bionic has the function since API 23 only.
#[cfg(target_os = "android")]
#[inline]
fn advise(addr: *mut c_void, length: size_t, advice: PosixMadvAdvice) -> c_int {
    let advice = match advice {
        // The number is that of an advice that drops pages.
        PosixMadvAdvice::POSIX_MADV_DONTNEED => return 0,
        other => other as c_int,
    };
    // SAFETY: it takes any range, and these advices change no contents.
    unsafe { libc::madvise(addr, length, advice) }
}
