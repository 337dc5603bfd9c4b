//! Accesses to pages that may vanish: a page that is gone is an error.

use crate::errno::Errno;

mod access;
mod handler;
mod install;
mod ranges;
pub(crate) mod scope;

#[allow(dead_code, reason = "the native accesses of some processors, and tested on all")]
mod fallback;

#[cfg(all(
    target_arch = "aarch64",
    target_pointer_width = "64",
    target_endian = "little",
    not(mman_guarded_fallback)
))]
mod aarch64;
#[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(mman_guarded_fallback)))]
mod x86_64;

#[cfg(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64",
    target_endian = "little",
    not(mman_guarded_fallback)
))]
#[path = "guarded/calls.rs"]
mod native;
#[cfg(any(
    not(any(target_arch = "x86_64", target_arch = "aarch64")),
    not(all(target_pointer_width = "64", target_endian = "little")),
    mman_guarded_fallback
))]
use fallback as native;

pub(crate) use access::{
    Word, compare_exchange, copy_from, copy_to, copy_within, fetch_add, fetch_update, fill, load,
    load_seq, store, store_seq, swap,
};
pub(crate) use install::ensure;

/// An access that has ended before its end.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) struct Broken {
    /// How many bytes were copied: exactly these, from the start on.
    pub(crate) done: usize,
    pub(crate) why: Why,
}

/// Why an access has ended.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Why {
    /// The page after these bytes is not there.
    Gone,
    /// This processor has no such access here.
    Unsupported,
    /// The system refused what the access needs.
    System(Errno),
}

impl Broken {
    const fn gone(done: usize) -> Self {
        Self { done, why: Why::Gone }
    }
}

/// Why accesses are not guarded: a page that vanishes would end the process.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Unguarded {
    /// The program has installed so many handlers over ours that there is no more to be put over
    /// them.
    Replaced,
    /// The system refused to install the handler.
    System(Errno),
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
