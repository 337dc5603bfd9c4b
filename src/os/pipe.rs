//! Copies by way of a pipe, which work on every system: where memory is not there, `write` and
//! `read` say so (`EFAULT`).
//!
//! Each copy has a pipe of its own. One for all would be shared with forked children, whose bytes
//! would mingle with ours.

use core::cmp;
use std::os::fd::AsFd;

use crate::{
    Result,
    os::page_size,
    sys::unistd::{pipe, read, write},
};

/// So much an empty pipe takes without blocking, on every system.
const CHUNK: usize = 4096;

/// # Safety
///
/// - The caller owns `len` bytes at `to`, and `from` lies in mappings of the caller's.
pub(crate) unsafe fn peek(from: *const u8, to: *mut u8, len: usize) -> Result<usize> {
    let (out, into) = pipe()?;
    let len = within_page(from, len);
    let put = write(into.as_fd(), from, len)?;
    // SAFETY: the caller's promise; what was put in is there to be taken out.
    unsafe { read(out.as_fd(), to, put) }
}

/// # Safety
///
/// - The caller owns `len` bytes at `from`, and `to` lies in mappings of the caller's.
pub(crate) unsafe fn poke(from: *const u8, to: *mut u8, len: usize) -> Result<usize> {
    let (out, into) = pipe()?;
    let len = within_page(to, len);
    let put = write(into.as_fd(), from, len)?;
    // SAFETY: the caller's promise, and nothing refers to foreign memory.
    unsafe { read(out.as_fd(), to, put) }
}

/// As much of a range as a single page and the pipe hold: of that, all is copied or nothing.
fn within_page(start: *const u8, len: usize) -> usize {
    let rest = page_size() - start.addr() % page_size();
    cmp::min(cmp::min(len, rest), CHUNK)
}
