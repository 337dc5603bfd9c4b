//! Proof that code written for nix 0.23 compiles and behaves the same on `mman`.
//!
//! This is the code of a dependent. It uses every name of `nix::sys::mman` and of what that stands
//! on, on every system on which nix 0.23 has it: that it compiles for a target is the first half
//! of the proof. What it sees there it returns as plain data. `tests/real.rs` compiles this same
//! source on the real nix too, runs both and compares: that is the other half.

#![allow(dead_code, reason = "Rust 1.85 does not count what constants use as used")]
#![deny(unused_unsafe)] // A function that nix has `unsafe` must not be safe here.

pub mod bitflags1;
pub mod calls;
pub mod code;
pub mod flags;
pub mod functions;
pub mod name;
pub mod use_cases;
