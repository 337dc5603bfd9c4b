//! `<sys/mman.h>`: mapping memory and steering it.
//!
//! Code written for `nix::sys::mman` of nix 0.23 compiles unchanged on this module; what differs
//! is listed in [`differences`].
//!
//! The functions are C's, one to one. They are `unsafe` where a wrong argument breaks memory
//! that Rust relies on; each says under *Safety* what to hold to.
//!
//! Linux's `remap_file_pages` is left out: it is deprecated since Linux 3.16, and since 4.0 the
//! kernel emulates it by one mapping for each piece, which [`mmap`] with `MAP_FIXED` makes just
//! as well.

mod flags;
mod posix;
mod posix_madvise;

#[cfg(target_os = "macos")]
mod apple;
#[cfg(target_os = "dragonfly")]
mod dragonfly;
#[cfg(all(target_os = "freebsd", feature = "std"))]
mod freebsd;
#[cfg(all(any(target_os = "linux", target_os = "android"), feature = "std"))]
mod linux;
#[cfg(all(
    any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd"),
    feature = "std"
))]
mod memfd;
#[cfg(all(
    any(target_os = "linux", target_os = "android"),
    any(
        target_arch = "x86",
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv32",
        target_arch = "riscv64",
        target_arch = "s390x",
        target_arch = "loongarch64"
    ),
    feature = "std"
))]
mod memfd_secret;
#[cfg(not(target_os = "openbsd"))]
mod mincore;
#[cfg(any(
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly",
    target_vendor = "apple"
))]
mod minherit;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod mlock2;
#[cfg(any(target_os = "linux", target_os = "android", target_os = "netbsd"))]
mod mremap;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod mseal;
#[cfg(all(any(target_os = "linux", target_os = "android"), feature = "std"))]
mod noreplace;
#[cfg(target_os = "openbsd")]
mod openbsd;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod pkey;
#[cfg(all(any(target_os = "linux", target_os = "android"), feature = "std"))]
mod process;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod shadow_stack;
#[cfg(not(target_os = "android"))]
mod shm;

pub use flags::*;
pub use posix::*;
pub use posix_madvise::*;

#[cfg(target_os = "macos")]
pub use apple::*;
#[cfg(target_os = "dragonfly")]
pub use dragonfly::*;
#[cfg(all(target_os = "freebsd", feature = "std"))]
pub use freebsd::*;
#[cfg(all(any(target_os = "linux", target_os = "android"), feature = "std"))]
pub use linux::*;
#[cfg(all(
    any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd"),
    feature = "std"
))]
pub use memfd::*;
#[cfg(all(
    any(target_os = "linux", target_os = "android"),
    any(
        target_arch = "x86",
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv32",
        target_arch = "riscv64",
        target_arch = "s390x",
        target_arch = "loongarch64"
    ),
    feature = "std"
))]
pub use memfd_secret::*;
#[cfg(not(target_os = "openbsd"))]
pub use mincore::*;
#[cfg(any(
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly",
    target_vendor = "apple"
))]
pub use minherit::*;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub use mlock2::*;
#[cfg(any(target_os = "linux", target_os = "android", target_os = "netbsd"))]
pub use mremap::*;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub use mseal::*;
#[cfg(all(any(target_os = "linux", target_os = "android"), feature = "std"))]
pub use noreplace::*;
#[cfg(target_os = "openbsd")]
pub use openbsd::*;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub use pkey::*;
#[cfg(all(any(target_os = "linux", target_os = "android"), feature = "std"))]
pub use process::*;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub use shadow_stack::*;
#[cfg(not(target_os = "android"))]
pub use shm::*;

#[cfg(doc)]
#[doc = include_str!("../../docs/differences.md")]
pub mod differences {}

#[cfg(doc)]
#[doc = include_str!("../../docs/platforms.md")]
pub mod platforms {}
