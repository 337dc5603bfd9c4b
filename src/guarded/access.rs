//! The accesses.
//!
//! # Safety
//!
//! What all of these `unsafe` functions need:
//!
//! - [`ready`](super::ready) has succeeded in this process, or in the one it was forked from; if in
//!   another thread, this one has seen it (by an acquiring load of what was released after).
//! - Foreign ranges lie inside mappings that stay mapped all the while, and allow the access. Their
//!   pages may be gone, and others may write to them at any time; but nothing of Rust refers to
//!   them: no reference, no atomic of the standard library, nor a raw pointer that another
//!   thread of this process reads or writes through other functions than these.
//! - Ranges of the caller's own are valid for the access, and do not overlap foreign ones.
//! - For whole words, addresses are multiples of the size where it is said so.

use core::cmp;

use super::{
    Broken, native,
    ranges::{FROM, TO},
};

/// What a single access does; the assembly has the same order.
#[derive(Copy, Clone, Debug)]
#[repr(usize)]
pub(super) enum Operation {
    Load,
    Store,
    LoadSeq,
    StoreSeq,
    Swap,
    Add,
    Exchange,
}

impl Operation {
    #[allow(dead_code, reason = "for the processors whose accesses are written in assembly")]
    pub(super) const COUNT: usize = 7;
}

/// Copies foreign bytes to the caller's own.
///
/// # Safety
///
/// - See [`access`](self).
#[inline]
pub(crate) unsafe fn copy_from(from: *const u8, to: *mut u8, len: usize) -> Result<(), Broken> {
    // SAFETY: the caller's promise.
    unsafe { native::copy(from, to, len, FROM) }
}

/// Copies bytes of the caller's own to foreign ones.
///
/// # Safety
///
/// - See [`access`](self).
#[inline]
pub(crate) unsafe fn copy_to(from: *const u8, to: *mut u8, len: usize) -> Result<(), Broken> {
    // SAFETY: the caller's promise.
    unsafe { native::copy(from, to, len, TO) }
}

/// Copies foreign bytes to foreign bytes; the two ranges may overlap.
///
/// Where they do, and the destination is the upper one, bytes are moved from the end. If a page is
/// gone then, none of them is told to be done, and both ranges may hold a mixture.
///
/// # Safety
///
/// - See [`access`](self).
pub(crate) unsafe fn copy_within(from: *const u8, to: *mut u8, len: usize) -> Result<(), Broken> {
    let distance = to.addr().wrapping_sub(from.addr());
    if distance >= len && distance.wrapping_neg() >= len {
        // SAFETY: the caller's promise; the ranges do not overlap.
        return unsafe { native::copy(from, to, len, FROM | TO) };
    }
    if distance < len {
        // SAFETY: the caller's promise.
        return unsafe { move_up(from, to, len) }.map_err(|broken| Broken { done: 0, ..broken });
    }
    // SAFETY: the caller's promise.
    unsafe { move_down(from, to, len) }
}

/// Bytes that are moved pass through this, so that an access that is made again after a fault
/// does not read what was stored before it.
type Buffer = [u8; BUFFER];

const BUFFER: usize = 4096;

/// From the start on: what is stored is below all that is still to be read.
///
/// # Safety
///
/// - See [`access`](self).
unsafe fn move_down(from: *const u8, to: *mut u8, len: usize) -> Result<(), Broken> {
    let mut buffer = [0; BUFFER];
    let mut done = 0;
    while done < len {
        let chunk = cmp::min(len - done, buffer.len());
        // SAFETY: the chunk is a part of the caller's ranges, and fits the buffer.
        unsafe { through(from.wrapping_add(done), to.wrapping_add(done), chunk, &mut buffer) }
            .map_err(|broken| Broken { done: done + broken.done, ..broken })?;
        done += chunk;
    }
    Ok(())
}

/// From the end on: what is stored is above all that is still to be read.
///
/// # Safety
///
/// - See [`access`](self).
unsafe fn move_up(from: *const u8, to: *mut u8, len: usize) -> Result<(), Broken> {
    let mut buffer = [0; BUFFER];
    let mut rest = len;
    while rest > 0 {
        let chunk = cmp::min(rest, buffer.len());
        rest -= chunk;
        // SAFETY: the chunk is a part of the caller's ranges, and fits the buffer.
        unsafe { through(from.wrapping_add(rest), to.wrapping_add(rest), chunk, &mut buffer) }?;
    }
    Ok(())
}

/// Copies through the buffer: all that could be read is stored.
///
/// # Safety
///
/// - See [`access`](self); `len` is not more than the buffer has.
unsafe fn through(
    from: *const u8,
    to: *mut u8,
    len: usize,
    buffer: &mut Buffer,
) -> Result<(), Broken> {
    // SAFETY: the caller's promise.
    let read = unsafe { copy_from(from, buffer.as_mut_ptr(), len) };
    let len = read.map_or_else(|broken| broken.done, |()| len);
    // SAFETY: the caller's promise.
    unsafe { copy_to(buffer.as_ptr(), to, len) }?;
    read
}

/// Stores a byte `len` times.
///
/// # Safety
///
/// - See [`access`](self).
#[inline]
pub(crate) unsafe fn fill(to: *mut u8, byte: u8, len: usize) -> Result<(), Broken> {
    // SAFETY: the caller's promise.
    unsafe { native::fill(to, byte, len) }
}

/// Numbers that are accessed as a whole.
pub(crate) trait Word: Copy + Eq {
    /// The binary logarithm of the size.
    const WIDTH: u32;
    /// With zeros above.
    fn widen(self) -> u64;
    /// Without what is above.
    fn narrow(wide: u64) -> Self;
}

macro_rules! words {
    ($($Word:ty)+) => {$(
        impl Word for $Word {
            const WIDTH: u32 = size_of::<Self>().trailing_zeros();

            fn widen(self) -> u64 {
                self as u64
            }

            fn narrow(wide: u64) -> Self {
                wide as Self
            }
        }
    )+};
}

words! { u8 u16 u32 u64 usize }

/// Loads a number, at once if the address is a multiple of its size; in no order with others.
///
/// # Safety
///
/// - See [`access`](self).
#[inline]
pub(crate) unsafe fn load<T: Word>(at: *const T) -> Result<T, Broken> {
    // SAFETY: the caller's promise.
    unsafe { single(Operation::Load, at.cast_mut(), 0, 0) }.map(T::narrow)
}

/// Stores a number, at once if the address is a multiple of its size; in no order with others.
///
/// # Safety
///
/// - See [`access`](self).
#[inline]
pub(crate) unsafe fn store<T: Word>(at: *mut T, value: T) -> Result<(), Broken> {
    // SAFETY: the caller's promise.
    unsafe { single(Operation::Store, at, value.widen(), 0) }.map(drop)
}

/// Loads a number as an atomic does, sequentially consistent.
///
/// # Safety
///
/// - See [`access`](self); the address is a multiple of the size.
#[inline]
pub(crate) unsafe fn load_seq<T: Word>(at: *const T) -> Result<T, Broken> {
    // SAFETY: the caller's promise.
    unsafe { single(Operation::LoadSeq, at.cast_mut(), 0, 0) }.map(T::narrow)
}

/// Stores a number as an atomic does, sequentially consistent.
///
/// # Safety
///
/// - See [`access`](self); the address is a multiple of the size.
#[inline]
pub(crate) unsafe fn store_seq<T: Word>(at: *mut T, value: T) -> Result<(), Broken> {
    // SAFETY: the caller's promise.
    unsafe { single(Operation::StoreSeq, at, value.widen(), 0) }.map(drop)
}

/// Stores a number, and tells the one before; sequentially consistent.
///
/// # Safety
///
/// - See [`access`](self); the address is a multiple of the size.
#[inline]
pub(crate) unsafe fn swap<T: Word>(at: *mut T, value: T) -> Result<T, Broken> {
    // SAFETY: the caller's promise.
    unsafe { single(Operation::Swap, at, value.widen(), 0) }.map(T::narrow)
}

/// Adds a number, wrapping around, and tells the one before; sequentially consistent.
///
/// # Safety
///
/// - See [`access`](self); the address is a multiple of the size.
#[inline]
pub(crate) unsafe fn fetch_add<T: Word>(at: *mut T, value: T) -> Result<T, Broken> {
    // SAFETY: the caller's promise.
    unsafe { single(Operation::Add, at, value.widen(), 0) }.map(T::narrow)
}

/// Stores `new` if `old` is there: `Ok(Ok(old))`; else tells what is there: `Ok(Err(it))`.
/// Sequentially consistent.
///
/// # Safety
///
/// - See [`access`](self); the address is a multiple of the size.
#[inline]
pub(crate) unsafe fn compare_exchange<T: Word>(
    at: *mut T,
    old: T,
    new: T,
) -> Result<Result<T, T>, Broken> {
    // SAFETY: the caller's promise.
    let found = unsafe { single(Operation::Exchange, at, new.widen(), old.widen()) }?;
    let found = T::narrow(found);
    Ok(if found == old { Ok(found) } else { Err(found) })
}

/// Stores what `f` makes of the number there (`fetch_and`, `fetch_or`, …), as soon as nobody
/// changes it meanwhile, and tells the one before; sequentially consistent.
///
/// # Safety
///
/// - See [`access`](self); the address is a multiple of the size.
#[inline]
pub(crate) unsafe fn fetch_update<T: Word>(
    at: *mut T,
    mut f: impl FnMut(T) -> T,
) -> Result<T, Broken> {
    // SAFETY: the caller's promise.
    let mut old = unsafe { load_seq(at) }?;
    loop {
        // SAFETY: the caller's promise.
        match unsafe { compare_exchange(at, old, f(old)) }? {
            Ok(old) => return Ok(old),
            Err(now) => old = now,
        }
    }
}

/// # Safety
///
/// - See [`access`](self).
#[inline]
unsafe fn single<T: Word>(
    operation: Operation,
    at: *mut T,
    operand: u64,
    expected: u64,
) -> Result<u64, Broken> {
    // SAFETY: the caller's promise.
    unsafe { native::single(operation, T::WIDTH, at.cast(), operand, expected) }
}
