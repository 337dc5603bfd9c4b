//! The libc crate, with our own figures where it is wrong or silent.
//!
//! Each file takes everything from the libc crate; a name that it defines itself hides the one
//! of the libc crate. All of it is checked against the systems' headers by the crate in `abi/`.

#![allow(non_upper_case_globals, reason = "`UnknownErrno` is a name of nix 0.23")]

use core::ffi::c_int;

#[cfg(target_vendor = "apple")]
mod apple;
#[cfg(target_os = "dragonfly")]
mod dragonfly;
#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
))]
mod inner;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
mod linux;
#[cfg(target_os = "netbsd")]
#[cfg_attr(not(feature = "std"), allow(dead_code, reason = "some calls need std"))]
mod netbsd;
#[cfg(target_os = "openbsd")]
#[cfg_attr(not(feature = "std"), allow(dead_code, reason = "some calls need std"))]
mod openbsd;

#[cfg(target_vendor = "apple")]
pub(crate) use apple::*;
#[cfg(target_os = "dragonfly")]
pub(crate) use dragonfly::*;
#[cfg(target_os = "freebsd")]
pub(crate) use freebsd::*;
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
))]
pub use inner::INNER;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use linux::*;
/// What the documentation of other systems shows of Linux needs these.
#[cfg(all(doc, not(doctest), not(any(target_os = "linux", target_os = "android"))))]
pub(crate) use linux::{
    MPOL_F_NUMA_BALANCING, MPOL_F_RELATIVE_NODES, MPOL_F_STATIC_NODES, PIDFD_SELF,
    PIDFD_SELF_PROCESS, PR_MDWE_NO_INHERIT, PR_MDWE_REFUSE_EXEC_GAIN,
    PR_THP_DISABLE_EXCEPT_ADVISED,
};
#[cfg(target_os = "netbsd")]
pub(crate) use netbsd::*;
#[cfg(target_os = "openbsd")]
pub(crate) use openbsd::*;

#[cfg(any(target_os = "android", target_os = "netbsd", target_os = "openbsd"))]
pub(crate) use libc::__errno as errno_location;
#[cfg(any(target_os = "linux", target_os = "dragonfly"))]
pub(crate) use libc::__errno_location as errno_location;
/// The C library's accessor of this thread's `errno`.
#[cfg(any(target_os = "freebsd", target_vendor = "apple"))]
pub(crate) use libc::__error as errno_location;

/// `Errno::UnknownErrno`: no code of any system.
pub(crate) const UnknownErrno: c_int = 0;

/// `std::os::fd::RawFd`, which `core` lacks.
pub(crate) type RawFd = c_int;

/// `off_t` has 64 bits on all of these.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) use libc::mmap as mmap64;
#[cfg(all(target_os = "freebsd", feature = "std"))]
pub(crate) use libc::posix_fadvise as posix_fadvise64;
#[cfg(all(any(target_os = "freebsd", target_os = "dragonfly"), feature = "std"))]
pub(crate) use libc::posix_fallocate as posix_fallocate64;
/// So has `rlim_t`.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) use libc::{
    RLIM_INFINITY as RLIM64_INFINITY, getrlimit as getrlimit64, rlimit as rlimit64,
};
