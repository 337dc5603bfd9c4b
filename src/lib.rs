#![doc = include_str!("../README.md")]
//!
//! # Pages
//!
//! - [What differs from nix 0.23](sys::mman::differences)
//! - [What exists on which system](sys::mman::platforms)
//! - [What Linux has for memory, and its name here](sys::mman::surface)
//! - [Coming from memmap2, and what each crate offers](from_memmap2)
//! - [What is done for speed, and what things cost](performance)
//!
//! The documentation shows the items of all systems, whatever system it was made on; those that not
//! all have begin with the systems that have them.
#![no_std]
#![cfg(unix)]
#![cfg_attr(
    any(miri, mman_heap),
    allow(
        dead_code,
        reason = "what only a system is asked for is not, without mappings of its own"
    )
)]
#![recursion_limit = "256"] // `table!` takes a step for each system of each group.

#[cfg(feature = "std")]
extern crate std;

/// The libc crate this one stands on.
pub use libc;

#[macro_use]
pub mod sys;

pub mod errno;
pub mod fcntl;
mod nix_path;

#[cfg(feature = "std")]
mod anon;
#[cfg(feature = "std")]
mod appender;
#[cfg(feature = "std")]
mod contents;
#[cfg(feature = "std")]
mod error;
#[cfg(feature = "std")]
mod file_map;
#[cfg(feature = "std")]
mod guarded;
#[cfg(feature = "std")]
mod lock;
#[cfg(feature = "std")]
mod memory;
#[cfg(feature = "std")]
pub mod observe;
#[cfg(feature = "std")]
mod options;
#[cfg(feature = "std")]
mod os;
#[cfg(feature = "std")]
mod protect;
#[cfg(feature = "std")]
mod region;
#[cfg(feature = "std")]
mod reservation;
#[cfg(feature = "std")]
mod sealed;
#[cfg(feature = "std")]
mod shared;
#[cfg(feature = "zerocopy")]
mod views;

#[cfg(feature = "std")]
pub use anon::{Anon, AnonExec, AnonReadOnly};
#[cfg(feature = "std")]
pub use appender::{Appended, Appender};
#[cfg(feature = "std")]
pub use contents::Contents;
#[cfg(feature = "std")]
pub use error::{Fault, MapError};
#[cfg(feature = "std")]
pub use file_map::{
    Chunks, FileMap, FileMapCow, FileMapExec, FileMapMut, FileProtectGuard, Integer, MapCursor,
    MappedFile, Plain, access,
};
#[cfg(feature = "std")]
pub use lock::{LockGuard, LockGuardMut};
pub use nix_path::NixPath;
#[cfg(feature = "std")]
pub use options::{
    Commit, CoreDump, ExactAddress, HugePages, Lock, MapOptions, Placement, Prefault,
};
#[cfg(feature = "std")]
pub use os::{Advice, Fork, Numa, Protection, page_size};
#[cfg(feature = "std")]
pub use protect::ProtectGuard;
#[cfg(feature = "std")]
pub use region::{FilePart, Footprint, PageNodes, RawParts, Residency};
#[cfg(feature = "std")]
pub use reservation::Reservation;
#[cfg(feature = "std")]
pub use sealed::{Sealed, SealedWriter};
#[cfg(feature = "std")]
pub use shared::{Atomic, Shared, SharedProtectGuard, ShmName, UnlinkGuard};

pub use sys::nodes::{Node, NodeSet};
#[cfg(feature = "zerocopy")]
pub use views::Views;

#[cfg(feature = "std")]
#[doc = include_str!("../docs/memmap2.md")]
pub mod from_memmap2 {}

#[cfg(feature = "std")]
#[doc = include_str!("../docs/performance.md")]
pub mod performance {}

/// The error of every function of [`sys`]: the code of `<errno.h>`.
pub type Error = errno::Errno;

/// The result of every function of [`sys`].
pub type Result<T, E = Error> = core::result::Result<T, E>;
