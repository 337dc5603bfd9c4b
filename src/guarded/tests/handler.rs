//! What was done at `SIGBUS` before is done still, for all that is not ours: each disposition in a
//! child, whose fate is told.

use core::ffi::{c_int, c_void};
use std::{ptr, sync::atomic::Ordering::SeqCst};

use super::{
    signals::{
        ADDRESS, CALLS, CODE, COUNTER, Handler, KILLED, MENDED, SIGNAL, STACK, blocked, cut,
        guarded_works, mend, mend_plainly, set, set_handler, stray, with, with_stack,
    },
    util::{End, Map, in_child, page},
};
use crate::{
    guarded::{
        install::ensure,
        install::{BADGE, BLOCKED},
    },
    sys::signal::{
        self, SA_NODEFER, SA_ONSTACK, SA_RESETHAND, SA_SIGINFO, SIG_DFL, SIG_IGN, SIGBUS, SigInfo,
        SigSet,
    },
};

#[test]
fn by_default_a_stray_fault_kills() {
    assert_eq!(KILLED, with(SIG_DFL, 0, |map| drop(std::boxed::Box::new(stray(map, 0)))));
}

#[test]
fn by_default_a_sent_signal_kills() {
    assert_eq!(KILLED, with(SIG_DFL, 0, |_| signal::raise(SIGBUS)));
    let kill = |_: &Map| {
        unsafe { libc::kill(libc::getpid(), SIGBUS) };
    };
    assert_eq!(KILLED, with(SIG_DFL, 0, kill));
}

#[test]
fn an_ignored_signal_is_ignored_but_a_fault_kills() {
    let sent = |map: &Map| {
        for _ in 0..3 {
            signal::raise(SIGBUS);
            guarded_works(map);
        }
    };
    assert_eq!(End::Exited(0), with(SIG_IGN, 0, sent));
    assert_eq!(KILLED, with(SIG_IGN, 0, |map| assert_eq!(0, stray(map, 0))));
}

#[test]
fn a_handler_with_information_is_called_with_all_of_it() {
    let end = with(mend as Handler as *const () as usize, SA_SIGINFO, |map| {
        for call in 1..=2 {
            let offset = (call - 1) * page() + 77;
            assert_eq!(0, stray(map, offset));
            assert_eq!(call, CALLS.load(SeqCst));
            assert_eq!(SIGBUS, SIGNAL.load(SeqCst));
            assert_eq!(2, CODE.load(SeqCst), "BUS_ADRERR");
            assert_eq!(map.at(page() + offset).addr(), ADDRESS.load(SeqCst));
            assert_ne!(0, COUNTER.load(SeqCst));
        }
        guarded_works(&cut(2));
        assert_eq!(2, CALLS.load(SeqCst));
        signal::raise(SIGBUS);
        assert_eq!(3, CALLS.load(SeqCst));
        assert!(CODE.load(SeqCst) <= 0, "it was sent by this process");
    });
    assert_eq!(End::Exited(0), end);
}

#[test]
fn a_plain_handler_is_called() {
    let end = with(mend_plainly as extern "C" fn(c_int) as *const () as usize, 0, |map| {
        MENDED.store(map.at(page()).expose_provenance(), SeqCst);
        assert_eq!(0, stray(map, 5));
        assert_eq!((1, SIGBUS), (CALLS.load(SeqCst), SIGNAL.load(SeqCst)));
        assert_eq!(0, stray(map, 9), "the page is there now");
        assert_eq!(1, CALLS.load(SeqCst));
        guarded_works(&cut(2));
    });
    assert_eq!(End::Exited(0), end);
}

#[test]
fn a_handler_for_one_time_is_called_once() {
    let once = mend as Handler as *const () as usize;
    let survives = with(once, SA_SIGINFO | SA_RESETHAND, |map| {
        assert_eq!(0, stray(map, 0));
        guarded_works(&cut(2));
        assert_eq!(1, CALLS.load(SeqCst));
    });
    assert_eq!(End::Exited(0), survives);
    let twice = with(once, SA_SIGINFO | SA_RESETHAND, |map| {
        assert_eq!(0, stray(map, 0));
        assert_eq!(0, stray(map, page()));
    });
    assert_eq!(KILLED, twice);
}

/// Faults itself, once, and then mends.
extern "C" fn fault_again(signal: c_int, info: *mut SigInfo, context: *mut c_void) {
    if CALLS.load(SeqCst) == 0 {
        CALLS.fetch_add(1, SeqCst);
        let nested = ptr::with_exposed_provenance::<u8>(MENDED.load(SeqCst));
        unsafe { nested.read_volatile() };
    }
    mend(signal, info, context);
}

#[test]
fn only_a_handler_that_asks_for_it_is_interrupted_by_itself() {
    let again = fault_again as Handler as *const () as usize;
    let f = |map: &Map| {
        MENDED.store(map.at(2 * page()).expose_provenance(), SeqCst);
        assert_eq!(0, stray(map, 0));
        assert_eq!(3, CALLS.load(SeqCst));
    };
    assert_eq!(End::Exited(0), with(again, SA_SIGINFO | SA_NODEFER, f));
    assert_eq!(KILLED, with(again, SA_SIGINFO, f));
}

#[test]
fn a_handler_runs_with_its_own_mask() {
    in_child(|| {
        let map = cut(6);
        let before = signal::mask().unwrap();
        let asked = SigSet::of(libc::SIGUSR1).union(SigSet::of(libc::SIGWINCH));
        let handler = mend as Handler as *const () as usize;
        for (call, flags) in [0, SA_NODEFER].into_iter().enumerate() {
            set(handler, SA_SIGINFO | flags, asked);
            ensure().unwrap();
            assert_eq!(0, stray(&map, call * page()));
            assert!(blocked(libc::SIGUSR1) && blocked(libc::SIGWINCH));
            assert!(!blocked(libc::SIGUSR2) && !blocked(libc::SIGURG) && !blocked(libc::SIGTTIN));
            assert_eq!(flags != SA_NODEFER, blocked(SIGBUS));
            assert_eq!(before, signal::mask().unwrap());
        }
        // What the interrupted code blocks stays blocked, even if it is of our own.
        let mask = before.union(SigSet::of(libc::SIGURG)).union(SigSet::of(libc::SIGUSR2));
        signal::set_mask(mask).unwrap();
        assert_eq!(0, stray(&map, 2 * page()));
        assert!(blocked(libc::SIGURG) && blocked(libc::SIGUSR2) && !blocked(libc::SIGTTIN));
        assert_eq!(mask, signal::mask().unwrap());
        assert_eq!(BLOCKED, BADGE.union(SigSet::of(SIGBUS)));
    });
}

#[test]
fn a_handler_runs_on_the_stack_it_asked_for() {
    for flags in [0, SA_ONSTACK] {
        in_child(|| {
            set_handler(mend, flags);
            ensure().unwrap();
            let map = cut(2);
            with_stack(64 << 10, |is_on_it| {
                assert_eq!(0, stray(&map, 0));
                assert_eq!(1, CALLS.load(SeqCst));
                assert_eq!(flags == SA_ONSTACK, is_on_it(STACK.load(SeqCst)));
            });
        });
    }
}
