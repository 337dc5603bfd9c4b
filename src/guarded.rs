//! Accesses to pages that may vanish: a page that is gone is an error, not the end of the process.
//!
//! A page of a file vanishes under a mapping when somebody truncates the file, when the disk has an
//! error or is full, when huge pages run out, or when the memory itself is found to be damaged.
//! Whoever touches it then gets `SIGBUS`, and by default the process ends. Here it does not.
//!
//! # How it works
//!
//! 1. Pages that may vanish are *foreign*: no reference of Rust into them exists, and no code of the
//!    compiler touches them. All accesses are made by a few functions in assembly ([`x86_64`],
//!    [`aarch64`]), called by those of [`access`].
//! 2. A handler of `SIGBUS` ([`handler`]) looks at the instruction that was interrupted. If it is
//!    in one of the ranges of that assembly ([`ranges`]), if the signal was not sent but comes from
//!    an access, and if the address is on the foreign side of that access, the thread continues
//!    at the place that belongs to the range, in the same function.
//! 3. A copy continues there byte by byte. So it ends exactly at the first byte that is gone, by a
//!    second fault (or not at all, if the page is back), and returns how many bytes it has done.
//!    A single access returns that there is none.
//! 4. Every other `SIGBUS` is passed on to what was there before, unchanged.
//!
//! Pages that are to be brought in, and no more, are touched by the same means ([`touch`](mod@touch)).
//!
//! Code that needs a slice has it in a [`scope`]: there, the handler puts zeros in place of what is
//! gone, lets the code come to its end, and it is told afterwards.
//!
//! Other processors have neither of the two files. There, accesses are made by the kernel
//! ([`fallback`]), which answers with an error, so they need no handler; scopes are the same.
//!
//! # Why it is sound
//!
//! - To the compiler an access is a call of a foreign function with a pointer. It assumes nothing of
//!   what the memory holds before or after, and there is no data race in the sense of the language:
//!   that needs two accesses of Rust's, and here is none. What others write meanwhile may be torn
//!   between bytes; a single access to a multiple of its size is not.
//! - The handler never unwinds, never jumps out of a function, and never skips a frame. It changes one
//!   register, the program counter, in code that is written for it: at each instruction of a range,
//!   the registers that the place of continuation needs have their values. That function then
//!   returns to its caller as functions do.
//! - Nothing but these ranges is recovered. They are bounded by symbols in one section, hold no calls,
//!   and leave the stack alone.
//! - Where the caller's own side of a copy is gone (a slice that somebody else has made of a mapped
//!   file), that is a fault as in any copy, and is passed on: an error would name the wrong side.
//! - The handler keeps to what may be called in a signal handler: atomics, `getpid`, `sigaction`,
//!   `pthread_sigmask`, `mmap`, and no more. It takes no lock, allocates nothing, uses no thread-local
//!   value, leaves `errno` alone, and needs less than a KiB of stack (optimized), since the alternate
//!   stacks that Rust gives its threads are small.
//!
//! # What is passed on
//!
//! What is not ours goes to the action that was installed before, as the system would have called it:
//! with `siginfo_t` and `ucontext_t` as they are, on the stack and with the signals blocked that it
//! asked for, `SA_NODEFER` and `SA_RESETHAND` honoured. By default, the process ends by that very
//! signal: it is queued once more with the action reset, so a core dump shows the access. (Systems
//! other than Linux make the access again instead.) An ignored signal is ignored if it was sent; a
//! fault ends the process, as the kernel has it. The handler of Rust's runtime stays, and so does
//! its message on stack overflow. Three things differ:
//!
//! - `SA_ONSTACK` and `SA_RESTART` are taken over from the action that ours is installed over. If
//!   that passes on to yet another one, that runs where it runs.
//! - `sigaction` shows our handler.
//! - On processors whose `ucontext_t` is not known here, the signals that our handler blocks stay
//!   blocked in the next one, and so `SA_NODEFER` is not honoured.
//!
//! # If the handler is replaced
//!
//! A handler that the program installs later may pass on to ours or not. [`install::ensure`] looks, by
//! one system call, and installs ours over it where need be: see [`install`]. It is asked at the first
//! access to each map, at long ones, and whenever a scope is opened or pages are touched, not at each
//! access, of which it would double the price.
//! Between, a page that is gone meets the program's handler, which as a rule ends the process: never
//! is there a wrong answer.
//!
//! # What cannot be helped
//!
//! - A thread that blocks `SIGBUS`: the kernel ends the process, and calls no handler. (Pages are not
//!   touched there.)
//! - Where in a scope no zeros can be mapped, the fault is passed on: with the limit on mappings
//!   reached (`vm.max_map_count`), over sealed mappings (`mseal`), with all later mappings locked
//!   (`mlockall`) beyond `RLIMIT_MEMLOCK`, and, of pages to be written, where no more memory is
//!   promised (`vm.overcommit_memory` is 2).
//! - A handler of the program that passes on to ours, and is then installed once more over ours and
//!   told to pass on to that, makes a circle: what is ours is recovered as ever, any other fault ends
//!   the process by the overflow of its stack.
//! - A handler before ours that leaves by `longjmp` over frames of Rust is its own affair.
//!
//! # What it was
//!
//! The system calls a shorter file, a disk's error, a full disk and the lack of huge pages by the same
//! code, so they are one error. Memory that was found to be damaged has a code of its own, which is not
//! told either: the bytes are lost whatever the cause.
//!
//! # Which signal it is
//!
//! | system | the file is shorter | the disk has an error |
//! |---|---|---|
//! | Linux, Android | `SIGBUS` (`BUS_ADRERR`) | `SIGBUS` |
//! | FreeBSD | `SIGBUS` (`BUS_OBJERR`) | `SIGBUS`, or `SIGSEGV` on old releases |
//! | NetBSD | `SIGBUS` (`BUS_ADRERR`) | `SIGSEGV` |
//! | OpenBSD | `SIGBUS` (`BUS_OBJERR`) | `SIGBUS` |
//! | DragonFly | `SIGBUS` | `SIGSEGV` |
//! | macOS, iOS | `SIGBUS` | `SIGBUS` |
//!
//! `SIGSEGV` is left alone everywhere: it is what becomes of wrong pointers. So a disk's error
//! ends the process on two systems. On macOS a write to pages that are read-only is a `SIGBUS` too;
//! a guarded one is an error like that of a gone page.

use crate::errno::Errno;

mod access;
mod handler;
mod install;
mod ranges;
pub(crate) mod scope;
mod touch;

#[allow(dead_code, reason = "the native accesses of some processors, and tested on all")]
mod fallback;

#[cfg(all(
    target_arch = "aarch64",
    target_pointer_width = "64",
    target_endian = "little",
    not(mman_guarded_fallback)
))]
mod aarch64;
#[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(mman_guarded_fallback)))]
mod x86_64;

#[cfg(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64",
    target_endian = "little",
    not(mman_guarded_fallback)
))]
#[path = "guarded/calls.rs"]
mod native;
#[cfg(any(
    not(any(target_arch = "x86_64", target_arch = "aarch64")),
    not(all(target_pointer_width = "64", target_endian = "little")),
    mman_guarded_fallback
))]
use fallback as native;

pub(crate) use access::{
    Word, compare_exchange, copy_from, copy_to, copy_within, fetch_add, fetch_update, fill, load,
    load_seq, store, store_seq, swap,
};
pub(crate) use install::ready;
pub(crate) use touch::touch;

/// An access that has ended before its end.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) struct Broken {
    /// How many bytes were copied: exactly these, from the start on.
    pub(crate) done: usize,
    pub(crate) why: Why,
}

/// Why an access has ended.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Why {
    /// The page after these bytes is not there.
    Gone,
    /// This processor has no such access here.
    Unsupported,
    /// The system refused what the access needs.
    System(Errno),
}

impl Broken {
    #[allow(dead_code, reason = "for the processors whose accesses are written in assembly")]
    const fn gone(done: usize) -> Self {
        Self { done, why: Why::Gone }
    }

    /// Nothing was done.
    pub(crate) const fn refused(errno: Errno) -> Self {
        Self { done: 0, why: Why::System(errno) }
    }
}

/// Why accesses are not guarded: a page that vanishes would end the process.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Unguarded {
    /// The program has installed so many handlers over ours that there is no more to be put over
    /// them.
    Replaced,
    /// The system refused to install the handler.
    System(Errno),
}

#[cfg(test)]
#[cfg(all(target_os = "linux", not(any(miri, mman_heap))))]
mod tests;
