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

#[cfg(any(target_os = "macos", all(doc, not(doctest))))]
mod apple;
#[cfg(any(target_os = "dragonfly", all(doc, not(doctest))))]
mod dragonfly;
#[cfg(all(any(target_os = "freebsd", all(doc, not(doctest))), feature = "std"))]
mod freebsd;
#[cfg(all(
    any(target_os = "linux", target_os = "android", all(doc, not(doctest))),
    feature = "std"
))]
mod linux;
#[cfg(all(
    any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "netbsd",
        all(doc, not(doctest))
    ),
    feature = "std"
))]
mod memfd;
#[cfg(all(
    any(
        all(
            any(target_os = "linux", target_os = "android"),
            any(
                target_arch = "x86",
                target_arch = "x86_64",
                target_arch = "aarch64",
                target_arch = "riscv32",
                target_arch = "riscv64",
                target_arch = "s390x",
                target_arch = "loongarch64"
            )
        ),
        all(doc, not(doctest))
    ),
    feature = "std"
))]
mod memfd_secret;
#[cfg(any(not(target_os = "openbsd"), all(doc, not(doctest))))]
mod mincore;
#[cfg(any(
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly",
    target_vendor = "apple",
    all(doc, not(doctest))
))]
mod minherit;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
mod mlock2;
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "netbsd",
    all(doc, not(doctest))
))]
mod mremap;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
mod mseal;
#[cfg(all(
    any(target_os = "linux", target_os = "android", all(doc, not(doctest))),
    feature = "std"
))]
mod noreplace;
#[cfg(any(target_os = "openbsd", all(doc, not(doctest))))]
mod openbsd;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
mod pkey;
#[cfg(all(
    any(target_os = "linux", target_os = "android", all(doc, not(doctest))),
    feature = "std"
))]
mod process;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
mod shadow_stack;
#[cfg(any(not(target_os = "android"), all(doc, not(doctest))))]
mod shm;

pub use flags::*;
pub use posix::*;
pub use posix_madvise::*;

#[cfg(any(target_os = "macos", all(doc, not(doctest))))]
pub use apple::*;
#[cfg(any(target_os = "dragonfly", all(doc, not(doctest))))]
pub use dragonfly::*;
#[cfg(all(any(target_os = "freebsd", all(doc, not(doctest))), feature = "std"))]
pub use freebsd::*;
#[cfg(all(
    any(target_os = "linux", target_os = "android", all(doc, not(doctest))),
    feature = "std"
))]
pub use linux::*;
#[cfg(all(
    any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "netbsd",
        all(doc, not(doctest))
    ),
    feature = "std"
))]
pub use memfd::*;
#[cfg(all(
    any(
        all(
            any(target_os = "linux", target_os = "android"),
            any(
                target_arch = "x86",
                target_arch = "x86_64",
                target_arch = "aarch64",
                target_arch = "riscv32",
                target_arch = "riscv64",
                target_arch = "s390x",
                target_arch = "loongarch64"
            )
        ),
        all(doc, not(doctest))
    ),
    feature = "std"
))]
pub use memfd_secret::*;
#[cfg(any(not(target_os = "openbsd"), all(doc, not(doctest))))]
pub use mincore::*;
#[cfg(any(
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly",
    target_vendor = "apple",
    all(doc, not(doctest))
))]
pub use minherit::*;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
pub use mlock2::*;
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "netbsd",
    all(doc, not(doctest))
))]
pub use mremap::*;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
pub use mseal::*;
#[cfg(all(
    any(target_os = "linux", target_os = "android", all(doc, not(doctest))),
    feature = "std"
))]
pub use noreplace::*;
#[cfg(any(target_os = "openbsd", all(doc, not(doctest))))]
pub use openbsd::*;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
pub use pkey::*;
#[cfg(all(
    any(target_os = "linux", target_os = "android", all(doc, not(doctest))),
    feature = "std"
))]
pub use process::*;
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
pub use shadow_stack::*;
#[cfg(any(not(target_os = "android"), all(doc, not(doctest))))]
pub use shm::*;

#[cfg(doc)]
#[doc = include_str!("../../docs/differences.md")]
pub mod differences {}

#[cfg(doc)]
#[doc = include_str!("../../docs/platforms.md")]
pub mod platforms {}

#[cfg(doc)]
#[doc = include_str!("../../docs/linux.md")]
pub mod surface {}
