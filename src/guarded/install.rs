//! Installing the handler, and noticing that it was replaced.
//!
//! Whoever handles `SIGBUS` beside us does it by the same means, `sigaction`, of which there is one
//! in a process. Three things can stand there when memory is about to be accessed:
//!
//! - Our handler. All is well.
//! - The handler of another copy of this crate, which was installed over ours. It passes on to
//!   ours what it does not know. It is recognised by the set of signals that it blocks, a set that
//!   nobody would think of ([`BADGE`]).
//! - Something else. It may pass on to ours or not; that cannot be told without a fault. So ours
//!   is installed once more, over it, and passes on to it what is not ours. If that handler passes
//!   on to ours of before, its signals do not come back to the one on top: the two are different
//!   functions, each with what it was installed over.
//!
//! A program that installs its handler again and again over ours would use up our functions;
//! where it is the same handler again, the same one of ours goes over it. When all are used up,
//! there is an error instead of an access that might end the process.

use core::{
    ffi::c_int,
    sync::atomic::{AtomicI32, AtomicUsize, Ordering},
};
use std::{boxed::Box, thread};

use super::{
    Unguarded,
    handler::{ENTRIES, Entry},
    native,
};
use crate::sys::{
    signal::{
        self, SA_ONSTACK, SA_RESTART, SA_SIGINFO, SIG_DFL, SIG_IGN, SIGBUS, SIGTTIN, SIGTTOU,
        SIGURG, SIGWINCH, SigAction, SigSet,
    },
    unistd,
};

/// Makes sure that accesses are guarded from now on: by our handler, where they fault.
pub(crate) fn ready() -> Result<(), Unguarded> {
    if native::FAULTS { ensure() } else { Ok(()) }
}

/// Makes sure that our handler gets the faults of accesses and scopes from now on.
///
/// It costs one system call. Other threads may make accesses once they have seen that it is done.
pub(crate) fn ensure() -> Result<(), Unguarded> {
    native::prepare();
    let installed = signal::action(SIGBUS).map_err(Unguarded::System)?;
    if reaches_us(&installed) {
        return Ok(());
    }
    let _alone = Alone::wait();
    // It may be another thread's work by now.
    let installed = signal::action(SIGBUS).map_err(Unguarded::System)?;
    if reaches_us(&installed) {
        return Ok(());
    }
    install(installed)
}

/// How many of our handlers are in use.
pub(super) static USED: AtomicUsize = AtomicUsize::new(0);

fn reaches_us(action: &SigAction) -> bool {
    // A fellow that was there before ours does not know it.
    let fellow = || SigSet::from_raw(&action.sa_mask) == BADGE;
    is_ours(action) || (USED.load(Ordering::Acquire) != 0 && fellow())
}

fn is_ours(action: &SigAction) -> bool {
    ENTRIES.iter().any(|entry| entry.address() == action.sa_sigaction)
}

/// Puts one of our handlers over what is installed.
fn install(installed: SigAction) -> Result<(), Unguarded> {
    let used = USED.load(Ordering::Acquire);
    let before = |entry: &Entry| entry.previous().is_some_and(|old| is_same(old, &installed));
    let again = ENTRIES.iter().take(used).position(before);
    let number = again.unwrap_or(used);
    let entry = ENTRIES.get(number).ok_or(Unguarded::Replaced)?;

    // First, so that the handler finds it when it is called at once.
    if again.is_none() {
        entry.set_previous(Box::leak(Box::new(installed)));
    }
    let action = signal::new_action(entry.address(), flags(&installed), BADGE);
    // SAFETY: it is a handler that takes the arguments of `SA_SIGINFO`, and keeps to what may be
    // called.
    let found = unsafe { signal::sigaction(SIGBUS, &action) }.map_err(Unguarded::System)?;
    if !is_same(&found, &installed) && !is_ours(&found) {
        // Somebody was quicker than this thread.
        entry.set_previous(Box::leak(Box::new(found)));
    }
    USED.store(used.max(number + 1), Ordering::Release);
    Ok(())
}

/// On the stack that the handler before ran on, and with its say on interrupted system calls.
fn flags(before: &SigAction) -> c_int {
    const KEPT: c_int = SA_ONSTACK | SA_RESTART | signal::SA_EXPOSE_TAGBITS;
    let no_handler = [SIG_DFL, SIG_IGN].contains(&before.sa_sigaction);
    SA_SIGINFO | if no_handler { SA_ONSTACK | SA_RESTART } else { signal::flags(before) & KEPT }
}

fn is_same(one: &SigAction, other: &SigAction) -> bool {
    one.sa_sigaction == other.sa_sigaction
        && one.sa_flags == other.sa_flags
        && SigSet::from_raw(&one.sa_mask) == SigSet::from_raw(&other.sa_mask)
}

/// The signals that our handlers block, by which copies of this crate know each other.
///
/// None of them ends a process that does not ask for it, and they are blocked for the time that a
/// recovery takes.
pub(super) const BADGE: SigSet = SigSet::of(SIGURG)
    .union(SigSet::of(SIGWINCH))
    .union(SigSet::of(SIGTTIN))
    .union(SigSet::of(SIGTTOU));

/// What is blocked while a handler of ours runs, besides what the interrupted code blocked.
pub(super) const BLOCKED: SigSet = BADGE.union(SigSet::of(SIGBUS));

/// One thread of a process at a time.
///
/// Not a `Mutex`: a child that was forked while another thread held one would wait for ever.
/// This lock belongs to a process, so the child's first thread takes it over.
struct Alone;

static OWNER: AtomicI32 = AtomicI32::new(0);

impl Alone {
    fn wait() -> Self {
        let process = unistd::getpid();
        loop {
            let free = OWNER.load(Ordering::Relaxed);
            if free == process {
                thread::yield_now();
                continue;
            }
            let taken = OWNER.compare_exchange(free, process, Ordering::Acquire, Ordering::Relaxed);
            if taken.is_ok() {
                return Self;
            }
        }
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        OWNER.store(0, Ordering::Release);
    }
}
