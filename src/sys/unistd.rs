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
