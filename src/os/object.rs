//! Objects of shared memory: what a port owes, and what is the same on every system.
//!
//! An object is a file in memory: without a name, or with one of POSIX shared memory. An object
//! that is grown here is new, has length 0, and was made by the caller. `ENOSYS` always means that
//! this system has no such thing. A port owes:
//!
//! - `create(name, huge)`: a new object without a name that nobody else has, for reading and
//!   writing; sealable where the system has seals; of explicit huge pages of that size, if asked
//!   for. `name` is what tools show.
//! - `extend(object, len)`: gives an object its length. `account`: the same, with the promise that
//!   private memory of this length has here. `allocate`: the same, with memory for all of it: no
//!   access fails for want of room, and who opens the object meanwhile finds no length between.
//! - `granule(object)`: the size of its pages.
//! - `largest()`: the largest object that this process may make; a larger one is an error, where
//!   the system would send a signal.
//! - `seal(object, write)`: its length is fixed, and with `write` its contents too.
//!   `seals(object)`: which seals it has, as the kernel says; `None` if its kind has none.
//! - `WRITE_SEALS_HOLD`: whether from the moment that a seal against writing is seen nothing
//!   changes the object, be it a call that was under way.
//! - `create_named(name, mode)`, `open_named(name)`, `unlink_named(name)`: objects with a name.

use core::mem::ManuallyDrop;
use std::{
    fs::File,
    os::fd::{AsRawFd, BorrowedFd, FromRawFd},
};

use crate::{Result, errno::Errno};

#[cfg(any(target_os = "linux", target_os = "android"))]
mod linux;
#[cfg(target_os = "netbsd")]
mod netbsd;
#[cfg(target_os = "openbsd")]
mod openbsd;
#[cfg(any(target_os = "freebsd", target_os = "dragonfly", target_vendor = "apple"))]
mod sized;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod uniform;

#[cfg(any(target_os = "freebsd", target_os = "netbsd"))]
mod memfd;
#[cfg(any(target_os = "dragonfly", target_vendor = "apple"))]
mod unlinked;

#[cfg(any(target_os = "openbsd", target_os = "dragonfly", target_vendor = "apple"))]
mod never_sealed;
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
))]
mod sealed;

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly"
))]
mod bounded;
#[cfg(any(target_os = "freebsd", target_vendor = "apple"))]
mod boundless;

#[cfg(not(any(miri, mman_heap, target_os = "android")))]
mod named;
#[cfg(any(miri, mman_heap, target_os = "android"))]
mod nameless;
#[cfg(any(miri, mman_heap))]
mod never;

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use linux::*;
#[cfg(target_os = "netbsd")]
pub(crate) use netbsd::*;
#[cfg(target_os = "openbsd")]
pub(crate) use openbsd::*;
#[cfg(any(target_os = "freebsd", target_os = "dragonfly", target_vendor = "apple"))]
pub(crate) use sized::*;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) use uniform::*;

#[cfg(any(target_os = "freebsd", target_os = "netbsd"))]
pub(crate) use memfd::*;
#[cfg(any(target_os = "dragonfly", target_vendor = "apple"))]
pub(crate) use unlinked::*;

#[cfg(any(target_os = "openbsd", target_os = "dragonfly", target_vendor = "apple"))]
pub(crate) use never_sealed::*;
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
))]
pub(crate) use sealed::*;

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly"
))]
pub(crate) use bounded::*;
#[cfg(any(target_os = "freebsd", target_vendor = "apple"))]
pub(crate) use boundless::*;

#[cfg(not(any(miri, mman_heap, target_os = "android")))]
pub(crate) use named::*;
#[cfg(any(miri, mman_heap, target_os = "android"))]
pub(crate) use nameless::{create_named, open_named, unlink_named};
// Objects could be made, and not mapped.
#[cfg(any(miri, mman_heap))]
pub(crate) use never::create;

/// The longest name of an object with a name, without the slash.
#[cfg(target_vendor = "apple")]
pub(crate) const NAME_LEN: usize = 30;
/// The longest name of an object with a name, without the slash.
#[cfg(not(target_vendor = "apple"))]
pub(crate) const NAME_LEN: usize = 255;

/// The longest name that tools show of an object without one.
pub(crate) const LABEL_LEN: usize = 249;

/// Which seals an object has.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Seals {
    pub(crate) shrink: bool,
    pub(crate) grow: bool,
    pub(crate) write: bool,
}

/// `ftruncate`, by way of the standard library.
pub(crate) fn extend_to(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    file(object).set_len(len).map_err(|error| Errno::try_from(error).unwrap_or(Errno::EFBIG))
}

/// An object as the standard library's type, which does not close it.
fn file(object: BorrowedFd<'_>) -> ManuallyDrop<File> {
    // SAFETY: the descriptor is open while it is borrowed, and the `File` never closes it.
    ManuallyDrop::new(unsafe { File::from_raw_fd(object.as_raw_fd()) })
}
