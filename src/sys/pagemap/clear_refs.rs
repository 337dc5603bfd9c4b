//! `/proc/PID/clear_refs`.

use std::os::fd::{AsFd, AsRawFd};

use crate::{Result, errno::Errno};

#[doc = on!(linux, android)]
/// What [`clear_refs`] resets.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
#[repr(u8)]
pub enum ClearRefs {
    /// The accesses noted of all pages (Linux 2.6.22).
    All = 1,
    /// The accesses noted of anonymous pages (Linux 2.6.32).
    Anonymous = 2,
    /// The accesses noted of pages of files (Linux 2.6.32).
    Mapped = 3,
    /// The soft-dirty marks (Linux 3.11).
    ///
    /// Nothing happens on a kernel without `CONFIG_MEM_SOFT_DIRTY`.
    SoftDirty = 4,
    /// The peak of resident memory, `VmHWM`: it becomes the present amount (Linux 4.0).
    PeakRss = 5,
}

#[doc = on!(linux, android)]
/// Resets what the kernel has noted of a process's accesses to its memory.
///
/// `fd` is a `/proc/PID/clear_refs` opened for writing. Cleared accesses show in `Referenced` of
/// `/proc/PID/smaps`, and make the pages look unused when memory is short. An access soon after
/// is not noted while the processor still has the page's translation cached.
///
/// # Examples
///
/// ```
/// use mman::sys::pagemap::{ClearRefs, clear_refs};
///
/// let file = std::fs::OpenOptions::new().write(true).open("/proc/self/clear_refs")?;
/// clear_refs(&file, ClearRefs::PeakRss)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EBADF`: not a file open for writing.
/// - `EINTR`: killed while waiting.
/// - `EINVAL`: the kernel is older than this choice.
/// - `ESRCH`: the process has ended.
///
/// # Platforms
///
/// Linux 2.6.22, Android. Some kernels are built without the file.
///
#[doc = man!(proc_pid_clear_refs(5) on linux)]
#[inline]
pub fn clear_refs(fd: impl AsFd, what: ClearRefs) -> Result<()> {
    let digit = b'0' + what as u8;
    // SAFETY: it reads the one byte, which outlives the call.
    let answer = unsafe { libc::write(fd.as_fd().as_raw_fd(), (&raw const digit).cast(), 1) };
    Errno::result(answer).map(drop)
}
