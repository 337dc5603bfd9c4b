//! Tests of the library by effect, one file per module of the library.
//!
//! A test proves what a call *did*: from the memory itself, from `/proc/self/smaps`, from
//! `mincore`, or from how a child process ended. Rules for a new one:
//!
//! - The harness runs tests on several threads of one process. A test that leaves a hole in the
//!   address space, or changes something of the whole process (limits, locks, user, umask),
//!   runs in a child: [`util::child`].
//! - What a machine may lack is asked for by name: `have!("thp", "linux-6.5")`, see
//!   [`util::capability`]. A test skips in no other way.
//! - Settings of the machine are changed only by [`util::machine`], which restores them.

#![cfg(target_os = "linux")]
#![allow(
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    reason = "one fact carries all of them: a test passes memory that it mapped itself and that \
              nothing refers to, or expects the error"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

#[macro_use]
mod util;

mod errno;
mod mman;
mod nix_path;
mod text;
mod userfaultfd;
