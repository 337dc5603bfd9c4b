//! What a signal handler is told: of the fault, by `siginfo_t`; and of the thread that was
//! interrupted, by `ucontext_t`, all of which the kernel restores when the handler returns.
//!
//! Of the second, only the registers are known here that recovery needs, by their offsets, which
//! are part of each system's binary interface: see [`layout`]. Where they are not known, nothing
//! is recovered by changing registers.

use core::ffi::{c_int, c_void};

use crate::sys::signal::{SigInfo, SigSet};

mod layout;

use layout::LAYOUT;

/// Where things are in `ucontext_t`, in bytes from its start.
#[derive(Copy, Clone, Debug)]
#[allow(dead_code, reason = "made only where it is known")]
struct Layout {
    /// The signals that the thread blocked, in as many bytes as the kernel has for them.
    mask: (usize, usize),
    /// Where the pointer is to the structure with the registers, if they are not in this one.
    registers: Option<usize>,
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
        let (offset, len) = LAYOUT?.mask;
        let mut bits = [0; size_of::<u128>()];
        // SAFETY: the kernel's set is at this offset, and has so many bytes, at most 16.
        unsafe { bits.as_mut_ptr().copy_from_nonoverlapping(self.0.add(offset), len) };
        // Where the offset is known, the processor puts low bytes first, and signal 1 is bit 0.
        Some(SigSet::from_bits(u128::from_le_bytes(bits)))
    }

    /// The address of the instruction that was interrupted; `None` where that is not known.
    pub(crate) fn counter(&self) -> Option<usize> {
        let counter = self.registers()?.wrapping_add(LAYOUT?.counter);
        // SAFETY: it is the place of this register, aligned, in a structure that outlives `self`.
        Some(unsafe { counter.cast::<usize>().read() })
    }

    /// Continues at another instruction.
    ///
    /// # Safety
    ///
    /// - The code there may be run with the registers as they are.
    pub(crate) unsafe fn resume(&self, counter: usize) {
        if let (Some(registers), Some(layout)) = (self.registers(), LAYOUT) {
            let place = registers.wrapping_add(layout.counter).cast::<usize>();
            // SAFETY: it is the place of this register, which the kernel restores from there.
            unsafe { place.write(counter) };
        }
    }

    /// The registers of the first four arguments of a C function; `None` where they are not known.
    pub(crate) fn arguments(&self) -> Option<[usize; 4]> {
        let registers = self.registers()?;
        Some(LAYOUT?.arguments.map(|offset| {
            let place = registers.wrapping_add(offset).cast::<usize>();
            // SAFETY: it is the place of this register, aligned, as above.
            unsafe { place.read() }
        }))
    }

    fn registers(&self) -> Option<*mut u8> {
        match LAYOUT?.registers {
            None => Some(self.0),
            // SAFETY: the pointer to the registers is there, which the kernel has filled in.
            Some(offset) => Some(unsafe { self.0.add(offset).cast::<*mut u8>().read() }),
        }
    }
}
