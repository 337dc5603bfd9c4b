//! Any bytes as calls: the driver of the test `calls`, with inputs that coverage leads.

#![no_main]

#[path = "../../tests/calls/driver/mod.rs"]
mod driver;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| driver::run(bytes));
