//! The handler of `SIGBUS`: what it recovers, and how it passes on the rest.
//!
//! Everything here may run in a signal handler: no allocation, no lock, no thread-local value of
//! Rust, nothing that can panic.

use core::{
    ffi::{c_int, c_void},
    mem, ptr,
    sync::atomic::{AtomicPtr, Ordering},
};

use super::{install, native, ranges, scope};
use crate::{
    Result, errno,
    os::{
        self,
        context::{Context, Fault},
    },
    sys::signal::{
        self, SA_NODEFER, SA_RESETHAND, SA_SIGINFO, SIG_DFL, SIG_IGN, SIGBUS, SigAction, SigInfo,
        SigSet,
    },
};

type Handler = extern "C" fn(c_int, *mut SigInfo, *mut c_void);

/// A handler of ours, and what it passes signals on to.
///
/// There are several, which do the same, since it may have to be installed several times: see
/// [`install`]. Each has its own function, so that signals that are passed on do not go round in a
/// circle.
#[derive(Debug)]
pub(super) struct Entry {
    handler: Handler,
    /// What was there before: a leaked value, which is replaced and never freed. Not null once
    /// the handler is installed.
    previous: AtomicPtr<SigAction>,
}

/// All of our handlers, in the order in which they are used.
pub(super) static ENTRIES: [Entry; 4] = [
    Entry::new(entry::<0>),
    Entry::new(entry::<1>),
    Entry::new(entry::<2>),
    Entry::new(entry::<3>),
];

impl Entry {
    const fn new(handler: Handler) -> Self {
        Self { handler, previous: AtomicPtr::new(ptr::null_mut()) }
    }

    /// As the system knows it.
    pub(super) fn address(&self) -> usize {
        self.handler as *const () as usize
    }

    /// What was there before; `None` is the system's default.
    pub(super) fn previous(&self) -> Option<&'static SigAction> {
        // SAFETY: it is null, or a value that was leaked and that nobody changes.
        unsafe { self.previous.load(Ordering::Acquire).as_ref() }
    }

    pub(super) fn set_previous(&self, previous: &'static SigAction) {
        self.previous.store(ptr::from_ref(previous).cast_mut(), Ordering::Release);
    }

    /// Takes a handler that is to be called once, in place of the default from then on; whether
    /// nobody was quicker.
    fn spend(&self, previous: &'static SigAction) -> bool {
        let (previous, null) = (ptr::from_ref(previous).cast_mut(), ptr::null_mut());
        let done =
            self.previous.compare_exchange(previous, null, Ordering::AcqRel, Ordering::Relaxed);
        done.is_ok()
    }

    /// Does what would be done without this handler.
    ///
    /// # Safety
    ///
    /// - The arguments are those of a handler that runs.
    unsafe fn pass_on(&self, info: *mut SigInfo, context: *mut c_void, fault: &Fault) {
        loop {
            let Some(previous) = self.previous() else {
                // SAFETY: the caller's promise.
                return unsafe { die(info, fault) };
            };
            return match previous.sa_sigaction {
                // The system does not let a failed access be ignored.
                SIG_IGN if !fault.is_access() => {}
                // SAFETY: the caller's promise.
                SIG_DFL | SIG_IGN => unsafe { die(info, fault) },
                _ if signal::flags(previous) & SA_RESETHAND != 0 && !self.spend(previous) => {
                    continue;
                }
                // SAFETY: the caller's promise.
                _ => unsafe { call(previous, info, context) },
            };
        }
    }
}

extern "C" fn entry<const N: usize>(_: c_int, info: *mut SigInfo, context: *mut c_void) {
    // SAFETY: the system calls this function for `SIGBUS` only, or a handler that it was passed on
    // by; either way with the system's structure.
    let fault = unsafe { Fault::new(info) };
    // SAFETY: as above; it is not used after the handler.
    let thread = unsafe { Context::new(context) };
    if errno::keeping(|| recover(&fault, &thread)) {
        return;
    }
    if let Some(entry) = ENTRIES.get(N) {
        // SAFETY: these are the arguments that this function was called with.
        unsafe { entry.pass_on(info, context, &fault) };
    }
}

fn recover(fault: &Fault, thread: &Context) -> bool {
    fault.is_access()
        && (ranges::recover(native::ranges(), fault, thread) || scope::absorb(fault.address))
}

/// Calls a handler as the system would have called it: with the signals blocked that it asks for.
///
/// # Safety
///
/// - The arguments are those of a handler that runs.
/// - `action` has a handler.
unsafe fn call(action: &SigAction, info: *mut SigInfo, context: *mut c_void) {
    // SAFETY: the caller's promise.
    let before = block_as_asked(action, &unsafe { Context::new(context) });
    if signal::flags(action) & SA_SIGINFO == 0 {
        // SAFETY: without this flag, the handler takes the signal alone.
        let handler: extern "C" fn(c_int) = unsafe { mem::transmute(action.sa_sigaction) };
        handler(SIGBUS);
    } else {
        // SAFETY: with this flag, it takes all three.
        let handler: Handler = unsafe { mem::transmute(action.sa_sigaction) };
        handler(SIGBUS, info, context);
    }
    if let Ok(before) = before {
        let _ = signal::set_mask(before); // it cannot fail
    }
}

/// Blocks the signals that a handler asks for; what was blocked before.
fn block_as_asked(action: &SigAction, thread: &Context) -> Result<SigSet> {
    let before = signal::mask()?;
    let mut mask = before;
    // If more is blocked than our own action does, that is the doing of a handler that passed the
    // signal on, and stays.
    if let Some(interrupted) = thread.mask() {
        if before == interrupted.union(install::BLOCKED) {
            mask = interrupted;
        }
    }
    if signal::flags(action) & SA_NODEFER == 0 {
        mask = mask.union(SigSet::of(SIGBUS));
    }
    signal::set_mask(mask.union(SigSet::from_raw(&action.sa_mask)))?;
    Ok(before)
}

/// Lets the signal end the process, as it would have done.
///
/// # Safety
///
/// - `info` is what a handler that runs was given.
unsafe fn die(info: *mut SigInfo, fault: &Fault) {
    let default = signal::new_action(SIG_DFL, 0, SigSet::default());
    // SAFETY: it has no handler.
    let done = unsafe { signal::sigaction(SIGBUS, &default) };
    // SAFETY: the caller's promise.
    if done.is_ok() && unsafe { os::send_again(SIGBUS, info) }.is_ok() {
        // It is delivered when this handler returns, with the registers of the access.
        return;
    }
    if !fault.is_access() {
        signal::raise(SIGBUS);
    }
    // Else the access is made once more.
}
