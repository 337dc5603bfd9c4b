//! What a signal handler is told: of the fault, by `siginfo_t`; and of the thread that was
//! interrupted, by `ucontext_t`, all of which the kernel restores when the handler returns.
//!
//! Of the second, only the registers are known here that recovery needs, by their offsets, which
//! are part of each system's binary interface: see [`layout`]. Where they are not known, nothing
//! is recovered by changing registers.

use core::ffi::{c_int, c_void};

use crate::sys::signal::{SigInfo, SigSet};

mod check;
mod layout;

use layout::LAYOUT;

/// Where things are in `ucontext_t`, in bytes from its start.
#[derive(Copy, Clone, Debug)]
struct Layout {
    /// The signals that the thread blocked.
    mask: usize,
    /// How many bytes the kernel has for them; 0 where nothing is known.
    mask_len: usize,
    /// The pointer to the structure with the registers; 0 if they are in this one.
    pointer: usize,
    /// The program counter, among the registers.
    counter: usize,
    /// The registers of the first four arguments of a C function, among the registers.
    arguments: [usize; 4],
}

/// What is told of a fault.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Fault {
    code: c_int,
    /// The address that was accessed, or one in the same page.
    pub(crate) address: usize,
    /// What of the address is told: a power of two, of which it may be the multiple.
    pub(crate) granule: usize,
}

impl Fault {
    /// # Safety
    ///
    /// - It is what a handler of `SIGBUS` was given.
    pub(crate) unsafe fn new(info: *const SigInfo) -> Self {
        // SAFETY: the kernel has filled it in, and nobody changes it while the handler runs.
        let info = unsafe { &*info };
        // SAFETY: for `SIGBUS` this is the field in use; if the signal was sent, it is a number
        // without a meaning, and `is_access` says so.
        let address = unsafe { info.si_addr() };
        let (code, address) = (info.si_code, layout::untagged(address.addr()));
        Self { code, address, granule: layout::granule(info) }
    }

    /// Whether it is an access of this thread that has failed, now: else somebody sent the signal.
    pub(crate) fn is_access(&self) -> bool {
        // Below are codes of signals that were sent, and above too on some systems.
        (1..0x1_0000).contains(&self.code) && self.code != layout::NOT_BY_ACCESS
    }
}

/// The state of the interrupted thread.
#[derive(Debug)]
pub(crate) struct Context(*mut u8);

impl Context {
    /// # Safety
    ///
    /// - It is what a handler with `SA_SIGINFO` was given, and is used while that runs.
    pub(crate) unsafe fn new(context: *mut c_void) -> Self {
        Self(context.cast())
    }

    /// The signals that the thread blocked; `None` where that is not known.
    pub(crate) fn mask(&self) -> Option<SigSet> {
        if LAYOUT.mask_len == 0 {
            return None;
        }
        let mut bits = [0; size_of::<u128>()];
        let mask = self.0.wrapping_add(LAYOUT.mask);
        // SAFETY: the kernel's set is there, and has so many bytes, at most 16.
        unsafe { bits.as_mut_ptr().copy_from_nonoverlapping(mask, LAYOUT.mask_len) };
        // Where the offset is known, the processor puts low bytes first, and signal 1 is bit 0.
        Some(SigSet::from_bits(u128::from_le_bytes(bits)))
    }

    /// The registers; `None` where their places are not known.
    pub(crate) fn registers(&self) -> Option<Registers> {
        if LAYOUT.mask_len == 0 {
            return None;
        }
        if LAYOUT.pointer == 0 {
            return Some(Registers(self.0));
        }
        let pointer = self.0.wrapping_add(LAYOUT.pointer);
        // SAFETY: the pointer to the registers is there, which the kernel has filled in.
        Some(Registers(unsafe { pointer.cast::<*mut u8>().read() }))
    }
}

/// The registers of the interrupted thread, which the kernel restores when the handler returns.
#[derive(Debug)]
pub(crate) struct Registers(*mut u8);

impl Registers {
    /// The address of the instruction that was interrupted.
    pub(crate) fn counter(&self) -> usize {
        self.read(LAYOUT.counter)
    }

    /// What the register of this argument of a C function holds, one of the first four.
    pub(crate) fn argument(&self, number: Argument) -> usize {
        let [first, second, third, fourth] = LAYOUT.arguments;
        self.read(match number {
            Argument::First => first,
            Argument::Second => second,
            Argument::Third => third,
            Argument::Fourth => fourth,
        })
    }

    /// Continues at another instruction.
    ///
    /// # Safety
    ///
    /// - The code there may be run with the registers as they are.
    pub(crate) unsafe fn resume(&self, counter: usize) {
        let place = self.0.wrapping_add(LAYOUT.counter).cast::<usize>();
        // SAFETY: it is the place of this register, which the kernel restores from there.
        unsafe { place.write(counter) };
    }

    fn read(&self, offset: usize) -> usize {
        let place = self.0.wrapping_add(offset).cast::<usize>();
        // SAFETY: it is the place of a register, aligned, in a structure that outlives `self`.
        unsafe { place.read() }
    }
}

/// Which argument of a C function.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Argument {
    First,
    Second,
    Third,
    Fourth,
}
