//! `<unistd.h>`, as far as memory needs it.

/// The size of a page of the system, in bytes.
///
/// # Examples
///
/// ```
/// assert!(mman::sys::unistd::getpagesize().is_power_of_two());
/// ```
///
#[doc = man!(sysconf(3))]
#[doc(alias = "_SC_PAGESIZE")]
#[must_use]
pub fn getpagesize() -> usize {
    // SAFETY: it takes any number.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    // POSIX requires this variable: the call cannot fail.
    size as usize
}

/// The effective user of the process.
///
#[doc = man!(geteuid(2))]
#[must_use]
pub fn geteuid() -> u32 {
    // SAFETY: it takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

/// Whether the effective user could open a file for writing, as the kernel judges it: by
/// `faccessat2`, of Linux 5.8.
#[cfg(all(any(target_os = "linux", target_os = "android"), feature = "std"))]
pub(crate) fn may_write(file: std::os::fd::BorrowedFd<'_>) -> crate::Result<()> {
    use std::os::fd::AsRawFd;

    let flags = super::ffi::AT_EACCESS | libc::AT_EMPTY_PATH;
    let fd = file.as_raw_fd();
    // SAFETY: the name is a C string, and the call reads nothing else.
    let answer =
        unsafe { libc::syscall(libc::SYS_faccessat2, fd, c"".as_ptr(), libc::W_OK, flags) };
    crate::errno::Errno::result(answer).map(drop)
}
