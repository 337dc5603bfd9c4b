//! `<sys/mman.h>`: mapping memory and steering it.
//!
//! Code written for `nix::sys::mman` of nix 0.23 compiles unchanged on this module; what differs
//! is listed in [`differences`].
//!
//! The functions are C's, one to one. They are `unsafe` where a wrong argument breaks memory
//! that Rust relies on; each says under *Safety* what to hold to.

mod flags;
mod posix;

#[cfg(all(any(target_os = "linux", target_os = "android"), feature = "std"))]
mod linux;
#[cfg(not(target_os = "openbsd"))]
mod mincore;
#[cfg(any(target_os = "linux", target_os = "android", target_os = "netbsd"))]
mod mremap;
#[cfg(not(target_os = "android"))]
mod shm;

pub use flags::*;
pub use posix::*;

#[cfg(all(any(target_os = "linux", target_os = "android"), feature = "std"))]
pub use linux::*;
#[cfg(not(target_os = "openbsd"))]
pub use mincore::*;
#[cfg(any(target_os = "linux", target_os = "android", target_os = "netbsd"))]
pub use mremap::*;
#[cfg(not(target_os = "android"))]
pub use shm::*;

#[cfg(doc)]
#[doc = include_str!("../../docs/differences.md")]
pub mod differences {}

#[cfg(doc)]
#[doc = include_str!("../../docs/platforms.md")]
pub mod platforms {}
