//! Tests of `it` that need no kernel, on the heap: see `cargo xtask miri`.

#![cfg(all(target_os = "linux", any(miri, mman_heap)))]
#![allow(
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "as in `it`, of which this is a part"
)]

#[macro_use]
mod util;

mod anon;
mod appender;
mod options;
mod protect;
mod region;
mod reservation;
mod resize;
#[cfg(feature = "zerocopy")]
mod views;
