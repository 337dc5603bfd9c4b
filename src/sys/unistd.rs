//! `<unistd.h>`, as far as memory needs it.

/// The size of a page of the system, in bytes.
///
/// # Examples
///
/// ```
/// assert!(mman::sys::unistd::page_size().is_power_of_two());
/// ```
///
#[doc = man!(sysconf(3))]
#[doc(alias = "_SC_PAGESIZE")]
#[doc(alias = "getpagesize")]
#[must_use]
pub fn page_size() -> usize {
    // SAFETY: it takes any number.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    // POSIX requires this variable: the call cannot fail.
    size as usize
}
