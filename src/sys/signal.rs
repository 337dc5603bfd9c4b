//! `<signal.h>`, as far as faults need it.
//!
//! All of it may be called in a signal handler.

use core::{ffi::c_int, mem::MaybeUninit, ptr};

use crate::{Result, errno::Errno};

pub(crate) use libc::{
    SA_NODEFER, SA_ONSTACK, SA_RESETHAND, SA_RESTART, SA_SIGINFO, SIG_DFL, SIG_IGN, SIGBUS,
    SIGTTIN, SIGTTOU, SIGURG, SIGWINCH, sigaction as SigAction, siginfo_t as SigInfo,
};

/// The handler is told addresses with their tags (Linux 5.11).
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) const SA_EXPOSE_TAGBITS: c_int = 0x800;
/// There is no such flag.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) const SA_EXPOSE_TAGBITS: c_int = 0;

/// The highest number of a signal.
const LAST: c_int = if cfg!(any(target_os = "openbsd", target_vendor = "apple")) {
    31
} else if cfg!(any(target_os = "linux", target_os = "android")) {
    64
} else {
    128
};

/// A set of signals: small, as there is little room on the stack of a signal handler.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct SigSet(u128);

impl SigSet {
    /// The set whose lowest bit is signal 1.
    pub(crate) const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The set of one signal.
    pub(crate) const fn of(signal: c_int) -> Self {
        Self(1 << (signal - 1))
    }

    /// What is in either.
    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The set that a `sigset_t` holds.
    pub(crate) fn from_raw(set: &libc::sigset_t) -> Self {
        let mut bits = 0;
        let mut signal = LAST;
        while signal > 0 {
            // SAFETY: the set is initialised; an unknown signal is an error, which is not 1.
            let has = unsafe { libc::sigismember(set, signal) == 1 };
            bits = bits << 1 | u128::from(has);
            signal -= 1;
        }
        Self(bits)
    }

    /// Puts the set into a `sigset_t`.
    fn store(self, set: &mut MaybeUninit<libc::sigset_t>) {
        // SAFETY: the pointer is valid, and it cannot fail.
        unsafe { libc::sigemptyset(set.as_mut_ptr()) };
        let mut signal = 1;
        while signal <= LAST {
            if self.0 >> (signal - 1) & 1 == 1 {
                // SAFETY: the set is initialised; an unknown signal is an error.
                unsafe { libc::sigaddset(set.as_mut_ptr(), signal) };
            }
            signal += 1;
        }
    }
}

/// The flags of an action.
#[allow(clippy::unnecessary_cast, reason = "the type differs by system")]
#[allow(trivial_numeric_casts, reason = "the type differs by system")]
pub(crate) const fn flags(action: &SigAction) -> c_int {
    action.sa_flags as c_int
}

/// What is done at a signal.
pub(crate) fn action(signal: c_int) -> Result<SigAction> {
    let mut old = MaybeUninit::<SigAction>::uninit();
    // SAFETY: nothing is changed, and `old` has the layout of the structure.
    Errno::result(unsafe { libc::sigaction(signal, ptr::null(), old.as_mut_ptr()) })?;
    // SAFETY: the call has succeeded, and then it has filled the structure in.
    Ok(unsafe { old.assume_init() })
}

/// Changes what is done at a signal; what was done until now.
///
/// # Safety
///
/// - A handler is one, takes the arguments that its flags promise, and calls only what may be
///   called in a signal handler.
pub(crate) unsafe fn sigaction(signal: c_int, new: &SigAction) -> Result<SigAction> {
    let mut old = MaybeUninit::<SigAction>::uninit();
    // SAFETY: both have the layout of the structure; the handler is the caller's promise.
    Errno::result(unsafe { libc::sigaction(signal, ptr::from_ref(new), old.as_mut_ptr()) })?;
    // SAFETY: the call has succeeded, and then it has filled the structure in.
    Ok(unsafe { old.assume_init() })
}

/// An action with this handler (or `SIG_DFL`, `SIG_IGN`), these flags, and this mask.
pub(crate) fn new_action(handler: usize, flags: c_int, mask: SigSet) -> SigAction {
    // SAFETY: the structure consists of numbers, of sets, and of an optional function.
    let mut action: SigAction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = handler;
    action.sa_flags = flags as _;
    let mut set = MaybeUninit::uninit();
    mask.store(&mut set);
    // SAFETY: it was just filled in.
    action.sa_mask = unsafe { set.assume_init() };
    action
}

/// The signals that this thread blocks.
pub(crate) fn mask() -> Result<SigSet> {
    change_mask(ptr::null()).map(|set| SigSet::from_raw(&set))
}

/// Whether this thread blocks a signal.
pub(crate) fn is_blocked(signal: c_int) -> Result<bool> {
    let set = change_mask(ptr::null())?;
    // SAFETY: the set is initialised; an unknown signal is an error, which is not 1.
    Ok(unsafe { libc::sigismember(&set, signal) == 1 })
}

/// Changes the signals that this thread blocks.
pub(crate) fn set_mask(new: SigSet) -> Result<()> {
    let mut set = MaybeUninit::uninit();
    new.store(&mut set);
    change_mask(set.as_ptr()).map(drop)
}

fn change_mask(new: *const libc::sigset_t) -> Result<libc::sigset_t> {
    let mut old = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: `new` is null or points to a set, and `old` has room for one.
    let answer = unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, new, old.as_mut_ptr()) };
    Errno::from_answer(answer)?;
    // SAFETY: the call has succeeded, and then it has filled the set in.
    Ok(unsafe { old.assume_init() })
}

/// Sends a signal to this thread.
pub(crate) fn raise(signal: c_int) {
    // SAFETY: it takes any number.
    unsafe { libc::raise(signal) };
}

/// Sends this very signal to this thread once more.
///
/// # Safety
///
/// - `info` is what a handler of this signal was given.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) unsafe fn requeue(signal: c_int, info: *mut SigInfo) -> Result<()> {
    // SAFETY: it takes nothing and cannot fail.
    let process = unsafe { libc::syscall(libc::SYS_getpid) };
    // SAFETY: it takes nothing and cannot fail.
    let thread = unsafe { libc::syscall(libc::SYS_gettid) };
    // SAFETY: the kernel only reads the structure, which is the caller's promise.
    let answer =
        unsafe { libc::syscall(libc::SYS_rt_tgsigqueueinfo, process, thread, signal, info) };
    Errno::result(answer).map(drop)
}
