//! Handlers that the program installs over ours.

use core::ffi::{c_int, c_void};
use std::{
    mem,
    sync::atomic::{AtomicPtr, AtomicUsize, Ordering::SeqCst},
};

use super::{
    signals::{
        CALLS, Handler, KILLED, cut, guarded_works, mend, mend_plainly, set, set_handler, stray,
    },
    util::{ASSEMBLY, End, child, deny, in_child, page},
};
use crate::{
    guarded::{
        Unguarded,
        handler::ENTRIES,
        install::ensure,
        install::{BADGE, USED},
    },
    sys::signal::{self, SA_ONSTACK, SA_SIGINFO, SIG_DFL, SIGBUS, SigAction, SigInfo, SigSet},
};

/// Whether one of ours is installed.
fn ours() -> bool {
    let installed = signal::action(SIGBUS).unwrap().sa_sigaction;
    ENTRIES.iter().any(|entry| entry.address() == installed)
}

/// What the handlers below pass on to, and how often they did.
static BELOW: [AtomicPtr<SigAction>; 6] = [const { AtomicPtr::new(core::ptr::null_mut()) }; 6];
static PASSED: [AtomicUsize; 6] = [const { AtomicUsize::new(0) }; 6];

/// A handler of the program that passes on all that it is called for.
extern "C" fn passing<const N: usize>(signal: c_int, info: *mut SigInfo, context: *mut c_void) {
    PASSED[N].fetch_add(1, SeqCst);
    let below = unsafe { &*BELOW[N].load(SeqCst) };
    assert_ne!(0, below.sa_flags & SA_SIGINFO);
    let handler: Handler = unsafe { mem::transmute(below.sa_sigaction) };
    handler(signal, info, context);
}

const PASSING: [Handler; 6] =
    [passing::<0>, passing::<1>, passing::<2>, passing::<3>, passing::<4>, passing::<5>];

/// Installs the handler of this number, over whatever there is.
fn cover(number: usize, mask: SigSet) {
    let address = PASSING[number] as *const () as usize;
    let below = set(address, SA_SIGINFO | SA_ONSTACK, mask);
    BELOW[number].store(std::boxed::Box::leak(std::boxed::Box::new(below)), SeqCst);
}

fn passed(number: usize) -> usize {
    PASSED[number].load(SeqCst)
}

#[test]
fn one_that_passes_on_to_ours_leaves_it_in_work() {
    in_child(|| {
        set_handler(mend, 0);
        ensure().unwrap();
        cover(0, SigSet::default());
        let map = cut(4);
        guarded_works(&map);
        assert_eq!(ASSEMBLY, passed(0) != 0);
        assert_eq!(0, CALLS.load(SeqCst));
        assert_eq!(0, stray(&map, 0));
        assert_eq!(1, CALLS.load(SeqCst));
    });
}

/// From the new one on top to the program's, from there to the old one below, from there to what
/// was first: once each, and no circle.
#[test]
fn ours_goes_over_it_and_all_are_asked_in_order() {
    in_child(|| {
        set_handler(mend, 0);
        ensure().unwrap();
        cover(0, SigSet::default());
        assert!(!ours());
        ensure().unwrap();
        assert!(ours());
        let map = cut(4);
        guarded_works(&map);
        assert_eq!((0, 0), (passed(0), CALLS.load(SeqCst)));
        assert_eq!(0, stray(&map, 0));
        assert_eq!((1, 1), (passed(0), CALLS.load(SeqCst)));
        // Another one, and so on.
        cover(1, SigSet::default());
        ensure().unwrap();
        assert_eq!(0, stray(&map, page()));
        assert_eq!((2, 1, 2), (passed(0), passed(1), CALLS.load(SeqCst)));
        guarded_works(&cut(2));
        assert_eq!((2, 1, 2), (passed(0), passed(1), CALLS.load(SeqCst)));
    });
}

/// Until `ensure` is asked again, a vanished page is the business of the handler that is there.
#[test]
fn one_that_passes_nothing_on_is_noticed_when_asked() {
    let map = cut(4);
    let replaced = |handler: usize, flags: c_int| {
        set(SIG_DFL, 0, SigSet::default());
        ensure().unwrap();
        guarded_works(&map);
        set(handler, flags, SigSet::default());
    };
    let end = child(|| {
        replaced(SIG_DFL, 0);
        guarded_works(&map);
    });
    assert_eq!(if ASSEMBLY { KILLED } else { End::Exited(0) }, end);
    in_child(|| {
        replaced(SIG_DFL, 0);
        ensure().unwrap();
        guarded_works(&map);
    });
    let end = child(|| {
        replaced(SIG_DFL, 0);
        ensure().unwrap();
        stray(&map, 0);
    });
    assert_eq!(KILLED, end);
    in_child(|| {
        replaced(mend as Handler as *const () as usize, SA_SIGINFO);
        ensure().unwrap();
        guarded_works(&map);
        assert_eq!(0, CALLS.load(SeqCst));
        assert_eq!(0, stray(&map, 0));
        assert_eq!(1, CALLS.load(SeqCst));
    });
}

#[test]
fn one_that_is_put_over_ours_and_taken_away_leaves_it() {
    in_child(|| {
        ensure().unwrap();
        let map = cut(2);
        let used = USED.load(SeqCst);
        for _ in 0..10 {
            let before = set_handler(mend, 0);
            assert!(!ours());
            unsafe { signal::sigaction(SIGBUS, &before) }.unwrap();
            assert!(ours());
            ensure().unwrap();
            guarded_works(&map);
        }
        assert_eq!(used, USED.load(SeqCst));
    });
}

/// A program may do so as often as it likes.
#[test]
fn the_same_one_again_and_again_uses_up_one_of_ours() {
    in_child(|| {
        ensure().unwrap();
        let map = cut(3);
        let used = USED.load(SeqCst);
        let first = signal::action(SIGBUS).unwrap();
        for _ in 0..10 {
            unsafe { signal::sigaction(SIGBUS, &first) }.unwrap();
            set_handler(mend, 0);
            ensure().unwrap();
            assert!(ours());
            guarded_works(&map);
        }
        assert_eq!(used + 1, USED.load(SeqCst));
        assert_eq!(0, stray(&map, 0));
        assert_eq!(1, CALLS.load(SeqCst));
    });
}

/// It passes on to ours, which passes on to it.
#[test]
fn a_circle_ends_at_a_stray_fault_and_no_sooner() {
    let circle = || {
        set(SIG_DFL, 0, SigSet::default());
        for _ in 0..3 {
            ensure().unwrap();
            cover(0, SigSet::default());
        }
        ensure().unwrap();
        guarded_works(&cut(2));
    };
    in_child(circle);
    let end = child(|| {
        circle();
        stray(&cut(2), 0);
    });
    assert!(matches!(end, End::Killed(libc::SIGSEGV | libc::SIGABRT | SIGBUS)), "{end:?}");
}

#[test]
fn too_many_are_an_error_and_no_wrong_answer() {
    in_child(|| {
        ensure().unwrap();
        let free = ENTRIES.len() - USED.load(SeqCst);
        for number in 0..free {
            cover(number, SigSet::default());
            ensure().unwrap();
        }
        let map = cut(3);
        guarded_works(&map);
        cover(free, SigSet::default());
        assert_eq!(Err(Unguarded::Replaced), ensure());
        assert_eq!(Err(Unguarded::Replaced), ensure());
        // This one passes on all the same.
        guarded_works(&map);
    });
}

/// Another copy of this crate is known by what it blocks, and left on top.
#[test]
fn a_fellow_is_left_on_top() {
    in_child(|| {
        set_handler(mend, 0);
        ensure().unwrap();
        cover(0, BADGE);
        for _ in 0..10 {
            ensure().unwrap();
            assert!(!ours());
        }
        let map = cut(3);
        guarded_works(&map);
        assert_eq!(0, stray(&map, 0));
        assert_eq!(1, CALLS.load(SeqCst));
    });
}

/// A handler of a plain kind, which cannot pass anything on.
#[test]
fn ours_goes_over_a_plain_one() {
    in_child(|| {
        ensure().unwrap();
        set(mend_plainly as extern "C" fn(c_int) as *const () as usize, 0, SigSet::default());
        ensure().unwrap();
        guarded_works(&cut(2));
        assert_eq!(0, CALLS.load(SeqCst));
        signal::raise(SIGBUS);
        assert_eq!(1, CALLS.load(SeqCst));
    });
}

#[test]
fn a_system_that_refuses_is_an_error() {
    let end = child(|| {
        set(SIG_DFL, 0, SigSet::default());
        deny(libc::SYS_rt_sigaction, libc::EPERM);
        assert_eq!(Err(Unguarded::System(crate::Error::EPERM)), ensure());
    });
    assert_eq!(End::Exited(0), end);
}
