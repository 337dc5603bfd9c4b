//! Tests by effect. What ends the process, or changes something of it, runs in a forked child.

#![allow(
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    reason = "one fact carries all of them: a test passes memory that it mapped itself"
)]

mod copies;
mod handler;
mod process;
mod race;
mod replaced;
mod scope;
mod signals;
mod touch;
mod util;
mod words;
