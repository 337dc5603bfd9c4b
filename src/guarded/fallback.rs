//! The accesses of all other processors: by way of the kernel, which answers with an error where a
//! page is gone. Slow, and right. No instruction of ours faults, so there are no ranges.
//!
//! What has to be one access is refused: no system call makes one.

use core::cmp;

use super::{
    Broken, Why,
    access::Operation,
    ranges::{FROM, Range, TO},
};
use crate::{Result as SysResult, errno::Errno, os};

/// Bytes between foreign memory and foreign memory, and those to fill with, pass through this.
const CHUNK: usize = 4096;

/// Whether an access may fault, so that it needs the handler.
pub(super) const FAULTS: bool = false;

pub(super) fn ranges() -> &'static [Range] {
    &[]
}

/// There is nothing to be found out.
pub(super) fn prepare() {}

/// # Safety
///
/// - See [`access`](super::access).
pub(super) unsafe fn copy(
    from: *const u8,
    to: *mut u8,
    len: usize,
    foreign: usize,
) -> Result<(), Broken> {
    const BOTH: usize = FROM | TO;
    repeat(len, |done| {
        let (from, to, rest) = (from.wrapping_add(done), to.wrapping_add(done), len - done);
        match foreign {
            // SAFETY: the caller's promise.
            FROM => unsafe { os::peek(from, to, rest) },
            // SAFETY: the caller's promise.
            TO => unsafe { os::poke(from, to, rest) },
            BOTH => {
                let mut buffer = [0_u8; CHUNK];
                let rest = cmp::min(rest, buffer.len());
                // SAFETY: the caller's promise, and the buffer is ours.
                let read = unsafe { os::peek(from, buffer.as_mut_ptr(), rest) }?;
                // SAFETY: the caller's promise, and the buffer is ours.
                unsafe { os::poke(buffer.as_ptr(), to, read) }
            }
            _ => Err(Errno::EINVAL),
        }
    })
}

/// # Safety
///
/// - See [`access`](super::access).
pub(super) unsafe fn fill(to: *mut u8, byte: u8, len: usize) -> Result<(), Broken> {
    let buffer = [byte; CHUNK];
    repeat(len, |done| {
        let rest = cmp::min(len - done, buffer.len());
        // SAFETY: the caller's promise, and the buffer is ours.
        unsafe { os::poke(buffer.as_ptr(), to.wrapping_add(done), rest) }
    })
}

pub(super) const TOUCHES: bool = false;

/// # Safety
///
/// - See [`access`](super::access).
pub(super) unsafe fn touch(start: *const u8, len: usize, step: usize) -> Result<(), Broken> {
    populate(start, len, step)
}

/// Brings pages of this size in for reading, where the system has a call for it.
pub(super) fn populate(start: *const u8, len: usize, page: usize) -> Result<(), Broken> {
    let ask = |done: usize, len| os::populate(start.wrapping_add(done).cast_mut(), len, false);
    match ask(0, len) {
        // Some page is gone: which is it?
        Err(Errno::EFAULT) => repeat(len, |done| ask(done, page).map(|()| page)),
        done => done.map_err(Broken::refused),
    }
}

/// # Safety
///
/// - See [`access`](super::access).
pub(super) unsafe fn single(
    operation: Operation,
    width: u32,
    at: *mut u8,
    operand: u64,
    _expected: u64,
) -> Result<u64, Broken> {
    let size = 1 << width;
    let mut bytes = [0; size_of::<u64>()];
    // Where the number's bytes are in one of 64 bits.
    let place = if cfg!(target_endian = "big") { bytes.len() - size } else { 0 };
    match operation {
        Operation::Load => {
            // SAFETY: the caller's promise; the array has room for the number.
            unsafe { copy(at, bytes.as_mut_ptr().wrapping_add(place), size, FROM) }
        }
        Operation::Store => {
            bytes = operand.to_ne_bytes();
            // SAFETY: the caller's promise; the array holds the number.
            unsafe { copy(bytes.as_ptr().wrapping_add(place), at, size, TO) }
        }
        Operation::LoadSeq
        | Operation::StoreSeq
        | Operation::Swap
        | Operation::Add
        | Operation::Exchange => Err(Broken { done: 0, why: Why::Unsupported }),
    }
    .map(|()| u64::from_ne_bytes(bytes))
    .map_err(|broken| Broken { done: 0, ..broken })
}

/// Takes steps, each of which tells how many bytes it has done, until all are.
fn repeat(len: usize, mut step: impl FnMut(usize) -> SysResult<usize>) -> Result<(), Broken> {
    let mut done = 0;
    while done < len {
        let why = match step(done) {
            Ok(more @ 1..) => {
                done += more;
                continue;
            }
            Ok(0) | Err(Errno::EFAULT) => Why::Gone,
            Err(Errno::EINTR) => continue,
            Err(errno) => Why::System(errno),
        };
        return Err(Broken { done, why });
    }
    Ok(())
}
