//! Calls of the assembly.
//!
//! They go through pointers to what fits the processor: a symbol of the assembly is seen only inside
//! the library that this crate is a part of, and a caller may be inlined into another one.

use core::{
    mem, ptr,
    sync::atomic::{AtomicPtr, Ordering},
};
use std::boxed::Box;

#[cfg(target_arch = "aarch64")]
use super::aarch64 as arch;
#[cfg(target_arch = "x86_64")]
use super::x86_64 as arch;
use super::{
    Broken,
    access::Operation,
    ranges::{self, Range},
};

pub(super) use arch::SLOT;

/// The functions that fit the processor.
#[derive(Copy, Clone, Debug)]
pub(super) struct Functions {
    /// A [`Copy`].
    pub(super) copy: *const (),
    /// A [`Fill`].
    pub(super) fill: *const (),
    /// A [`Touch`].
    pub(super) touch: *const (),
    /// Several [`Single`], at a distance of `SLOT`: for each width those of [`Operation`].
    pub(super) single: *const (),
}

/// Takes the destination, the source, the length, and which of the two is foreign
/// ([`ranges::TO`], [`ranges::FROM`]); tells how many bytes were copied.
type Copy = unsafe extern "C" fn(*mut u8, *const u8, usize, usize) -> usize;
/// Takes the destination, the byte, the length, and [`ranges::TO`]; tells how many were stored.
type Fill = unsafe extern "C" fn(*mut u8, usize, usize, usize) -> usize;
/// Takes the step, the address, the length, and [`ranges::FROM`]; tells how many bytes come before
/// the page that is gone, or no fewer than there are.
type Touch = unsafe extern "C" fn(usize, *const u8, usize, usize) -> usize;
/// Takes the address, the operand, and what is expected.
type Single = unsafe extern "C" fn(*mut u8, u64, u64) -> Answer;

#[derive(Copy, Clone, Debug)]
#[repr(C)]
struct Answer {
    value: u64,
    gone: u64,
}

/// Null until they are found, which [`ready`](super::ready) does.
static COPY: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());
static FILL: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());
static TOUCH: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());
static SINGLE: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// All code that may fault; null before there is any. The value is leaked.
static RANGES: AtomicPtr<[Range; arch::RANGES]> = AtomicPtr::new(ptr::null_mut());

/// Whether an access may fault, so that it needs the handler.
pub(super) const FAULTS: bool = true;

/// All code that may fault, for the handler.
pub(super) fn ranges() -> &'static [Range] {
    // SAFETY: it is null, or a value that was leaked and that nobody changes.
    match unsafe { RANGES.load(Ordering::Acquire).as_ref() } {
        Some(ranges) => ranges,
        None => &[],
    }
}

/// Finds out which functions fit the processor, if nobody has before.
///
/// Whoever has seen this done has the ranges too, should one of these functions fault.
pub(super) fn prepare() {
    // What is set last.
    if SINGLE.load(Ordering::Acquire).is_null() {
        RANGES.store(Box::into_raw(Box::new(arch::ranges())), Ordering::Release);
        use_from_now_on(&arch::functions());
    }
}

pub(super) fn use_from_now_on(functions: &Functions) {
    COPY.store(functions.copy.cast_mut(), Ordering::Relaxed);
    FILL.store(functions.fill.cast_mut(), Ordering::Relaxed);
    TOUCH.store(functions.touch.cast_mut(), Ordering::Relaxed);
    SINGLE.store(functions.single.cast_mut(), Ordering::Release);
}

/// Copies `len` bytes between memory of ours and foreign memory, or between foreign memory.
///
/// # Safety
///
/// - See [`access`](super::access).
#[inline]
pub(super) unsafe fn copy(
    from: *const u8,
    to: *mut u8,
    len: usize,
    foreign: usize,
) -> Result<(), Broken> {
    // SAFETY: it is a function of this type, for it was found: by `ready`, as the caller promises.
    let copy: Copy = unsafe { mem::transmute(COPY.load(Ordering::Relaxed)) };
    // SAFETY: the caller's promise.
    let done = unsafe { copy(to, from, len, foreign) };
    if done == len { Ok(()) } else { Err(Broken::gone(done)) }
}

/// Stores a byte `len` times.
///
/// # Safety
///
/// - See [`access`](super::access).
#[inline]
pub(super) unsafe fn fill(to: *mut u8, byte: u8, len: usize) -> Result<(), Broken> {
    // SAFETY: as in `copy`.
    let fill: Fill = unsafe { mem::transmute(FILL.load(Ordering::Relaxed)) };
    // SAFETY: the caller's promise.
    let done = unsafe { fill(to, usize::from(byte), len, ranges::TO) };
    if done == len { Ok(()) } else { Err(Broken::gone(done)) }
}

/// Whether `touch` is of more use than to ask the kernel.
pub(super) const TOUCHES: bool = true;

/// Loads a byte at each `step` of foreign memory, and drops it.
///
/// # Safety
///
/// - See [`access`](super::access).
pub(super) unsafe fn touch(start: *const u8, len: usize, step: usize) -> Result<(), Broken> {
    // SAFETY: as in `copy`.
    let touch: Touch = unsafe { mem::transmute(TOUCH.load(Ordering::Relaxed)) };
    // SAFETY: the caller's promise.
    let done = unsafe { touch(step, start, len, ranges::FROM) };
    if done >= len { Ok(()) } else { Err(Broken::gone(done)) }
}

/// Makes one access of `1 << width` bytes.
///
/// # Safety
///
/// - See [`access`](super::access).
#[inline]
pub(super) unsafe fn single(
    operation: Operation,
    width: u32,
    at: *mut u8,
    operand: u64,
    expected: u64,
) -> Result<u64, Broken> {
    let number = width as usize * Operation::COUNT + operation as usize;
    let function = SINGLE.load(Ordering::Relaxed).wrapping_byte_add(number * SLOT);
    // SAFETY: as in `copy`.
    let single: Single = unsafe { mem::transmute(function) };
    // SAFETY: the caller's promise.
    let answer = unsafe { single(at, operand, expected) };
    if answer.gone == 0 { Ok(answer.value) } else { Err(Broken::gone(0)) }
}
