//! Tests of the library by effect, one file per module of the library.
//!
//! A test proves what a call *did*: from the memory itself, from `/proc/self/smaps`, from
//! `mincore`, or from how a child process ended. Rules for a new one:
//!
//! - The harness runs tests on several threads of one process. A test runs in a child
//!   ([`util::child`]) if it leaves a hole in the address space, changes something of the whole
//!   process (limits, locks, user, umask), or asks what is in memory: the children of other tests
//!   share the harness's pages, and one that locks them all brings them in. Explicit huge pages
//!   are mapped in a child only, see [`util::machine::HugePages`].
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

mod anon;
mod appender;
mod errno;
mod fcntl;
mod file_map;
mod guarded;
mod harmless;
mod huge_pages;
mod mempolicy;
mod mman;
mod nix_path;
mod numa;
mod observe;
mod options;
mod pagemap;
mod peers;
mod pidfd;
mod prctl;
mod procmap;
mod programs;
mod protect;
mod region;
mod reservation;
mod resize;
mod resource;
mod sealed;
mod shared;
mod shortage;
mod text;
mod uio;
mod unistd;
mod userfaultfd;
mod vanish;
mod vfs;
#[cfg(feature = "zerocopy")]
mod views;
