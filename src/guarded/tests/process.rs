//! Threads, forked children, small stacks, and how a process ends.

use std::{
    boxed::Box, os::fd::AsRawFd, ptr, string::String, sync::atomic::Ordering::SeqCst, thread,
};

use super::{
    signals::{CALLS, KILLED, cut, guarded_works, mend, set, set_handler, stray, with_stack},
    util::{ASSEMBLY, End, Map, child, gone, in_child, page, value},
};
use crate::{
    errno,
    guarded::{copy_from, install::ensure, load},
    sys::{
        signal::{self, SA_ONSTACK, SIG_DFL, SIGBUS, SigSet},
        unistd,
    },
};

#[test]
fn children_and_their_children_are_guarded() {
    ensure().unwrap();
    let map = cut(2);
    in_child(|| {
        guarded_works(&map);
        assert_eq!(End::Exited(0), child(|| guarded_works(&map)));
        assert_eq!(End::Exited(0), child(|| ensure().unwrap()));
    });
}

/// Threads of which each meets gone pages of its own and of all.
#[test]
fn threads_are_guarded_at_once() {
    ensure().unwrap();
    let common = cut(3);
    let start = common.at(page()).expose_provenance();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let own = cut(2);
                for round in 0..300 {
                    guarded_works(&own);
                    let gone_there = ptr::with_exposed_provenance::<u8>(start + round % page());
                    assert_eq!(gone(0).err(), unsafe { load(gone_there) }.err());
                }
            });
        }
    });
}

/// Nothing can be done there: the kernel ends the process before any handler is called.
#[test]
fn where_the_signal_is_blocked_a_gone_page_kills() {
    ensure().unwrap();
    let map = cut(2);
    let end = child(|| {
        signal::set_mask(signal::mask().unwrap().union(SigSet::of(SIGBUS))).unwrap();
        let _ = unsafe { load(map.at(page())) };
    });
    assert_eq!(if ASSEMBLY { KILLED } else { End::Exited(0) }, end);
}

#[test]
fn a_fault_leaves_errno_alone() {
    ensure().unwrap();
    let map = cut(2);
    let wanted = unsafe { libc::close(-1) };
    assert_eq!(-1, wanted);
    guarded_works(&map);
    // Where it is no fault but a system call, that has failed.
    assert_eq!(if ASSEMBLY { libc::EBADF } else { libc::EFAULT }, errno::errno());
}

/// Of the alternate stack, the kernel takes the most. Rust gives its threads 8 KiB.
#[test]
fn little_stack_is_enough() {
    const OURS: usize = if cfg!(debug_assertions) { 2048 } else { 768 };
    in_child(|| {
        let kernels = unsafe { libc::getauxval(libc::AT_MINSIGSTKSZ) };
        let kernels = usize::try_from(kernels).unwrap().max(libc::MINSIGSTKSZ);
        set(SIG_DFL, 0, SigSet::default());
        ensure().unwrap();
        let map = cut(2);
        with_stack((kernels + OURS).next_multiple_of(64), |_| guarded_works(&map));
    });
}

/// Signals that are sent while accesses are made are no faults of theirs.
#[test]
fn signals_that_are_sent_do_not_disturb() {
    in_child(|| {
        set_handler(mend, SA_ONSTACK);
        ensure().unwrap();
        let map = Map::new(16);
        let this = unistd::getpid();
        let sender = unsafe { libc::fork() };
        if sender == 0 {
            unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
            loop {
                unsafe { libc::kill(this, SIGBUS) };
            }
        }
        let mut bytes = std::vec![0; map.len];
        let mut rounds = 0;
        while CALLS.load(SeqCst) < 200 || rounds < 200 {
            let at = rounds % 100;
            let len = map.len - at;
            let got = unsafe { copy_from(map.at(at), bytes.as_mut_ptr(), len) };
            assert_eq!(Ok(()), got);
            assert_eq!((value(at), value(map.len - 1)), (bytes[0], bytes[len - 1]));
            rounds += 1;
        }
        unsafe { libc::kill(sender, libc::SIGKILL) };
    });
}

/// What a child writes to its standard error, and how it ends.
fn said(f: impl FnOnce()) -> (End, String) {
    let (out, into) = unistd::pipe().unwrap();
    let end = child(|| {
        unsafe { libc::dup2(into.as_raw_fd(), 2) };
        f();
    });
    drop(into);
    let mut text = String::new();
    std::io::Read::read_to_string(&mut std::fs::File::from(out), &mut text).unwrap();
    (end, text)
}

#[allow(unconditional_recursion, reason = "it is to overflow the stack")]
fn overflow(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 64]);
    overflow(depth + 1) + room[7]
}

#[test]
fn the_message_of_an_overflowed_stack_stays() {
    ensure().unwrap();
    let (end, text) = said(|| {
        ensure().unwrap();
        guarded_works(&cut(2));
        overflow(0);
    });
    assert_eq!(End::Killed(libc::SIGABRT), end);
    assert!(text.contains("has overflowed its stack"), "{text}");
}

/// What a tracer sees: the signal that ends the process is the fault, with all that was told of it,
/// at the instruction that has made it.
#[test]
#[cfg(target_arch = "x86_64")]
fn the_signal_that_ends_a_process_is_the_fault() {
    let map = cut(2);
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        set(SIG_DFL, 0, SigSet::default());
        ensure().unwrap();
        unsafe { libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) };
        stray(&map, 123);
        unsafe { libc::_exit(1) };
    }
    let mut seen = std::vec::Vec::new();
    loop {
        let mut status = 0;
        assert_eq!(pid, unsafe { libc::waitpid(pid, &mut status, 0) });
        if !libc::WIFSTOPPED(status) {
            assert!(libc::WIFSIGNALED(status));
            assert_eq!(SIGBUS, libc::WTERMSIG(status));
            break;
        }
        assert_eq!(SIGBUS, libc::WSTOPSIG(status));
        let mut info: signal::SigInfo = unsafe { core::mem::zeroed() };
        let mut registers: libc::user_regs_struct = unsafe { core::mem::zeroed() };
        unsafe { libc::ptrace(libc::PTRACE_GETSIGINFO, pid, 0, &raw mut info) };
        unsafe { libc::ptrace(libc::PTRACE_GETREGS, pid, 0, &raw mut registers) };
        seen.push((info.si_code, unsafe { info.si_addr() }.addr(), registers.rip, registers.rsp));
        unsafe { libc::ptrace(libc::PTRACE_CONT, pid, 0, SIGBUS) };
    }
    assert_eq!(2, seen.len(), "the fault, and the end: {seen:x?}");
    assert_eq!((2, map.at(page() + 123).addr()), (seen[0].0, seen[0].1));
    assert_eq!(seen[0], seen[1]);
}

/// The same where the signal was sent, and where the system does not let it be sent again.
#[test]
fn without_sending_it_again_the_signal_ends_a_process_too() {
    let map = cut(2);
    let restricted = |f: &dyn Fn()| {
        child(|| {
            set(SIG_DFL, 0, SigSet::default());
            ensure().unwrap();
            super::util::deny(libc::SYS_rt_tgsigqueueinfo, libc::EPERM);
            f();
        })
    };
    assert_eq!(KILLED, restricted(&|| drop(Box::new(stray(&map, 0)))));
    assert_eq!(KILLED, restricted(&|| signal::raise(SIGBUS)));
}
