//! The C headers in Rust: one module per header, C names, `unsafe` where C is, no cost.
//!
//! Each function makes one system call (or one call of the C library), with the name and the
//! order of arguments it has in C, and returns [`Errno`](crate::errno::Errno) when it fails.

#[macro_use]
mod man;
#[macro_use]
pub(crate) mod table;
pub(crate) mod text;

pub(crate) mod cachectl;
pub(crate) mod ffi;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
#[cfg_attr(not(feature = "std"), allow(dead_code, reason = "its figures are checked all the same"))]
pub(crate) mod ioctl;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
pub mod mempolicy;
pub mod mman;
pub(crate) mod nodes;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
pub mod pagemap;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
pub mod pidfd;
#[cfg(test)]
pub(crate) mod platforms;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
pub mod prctl;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
pub mod procmap;
pub mod resource;
#[cfg(feature = "std")]
pub(crate) mod signal;
pub mod stat;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
pub mod syscall;
#[cfg(all(any(target_os = "linux", target_os = "android"), feature = "std"))]
#[cfg_attr(any(miri, mman_heap), allow(dead_code, reason = "nobody asks about files there"))]
pub(crate) mod sysinfo;
#[cfg(test)]
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) mod uapi;
#[cfg(all(
    any(target_os = "linux", target_os = "android", all(doc, not(doctest))),
    feature = "std"
))]
pub mod uio;
pub mod unistd;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
pub mod userfaultfd;
#[cfg(all(
    any(target_os = "linux", target_os = "android", all(doc, not(doctest))),
    feature = "std"
))]
pub mod vfs;

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
))]
#[doc(hidden)]
pub use ffi::INNER;
pub use text::ParseError;
