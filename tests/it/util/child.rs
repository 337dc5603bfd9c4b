//! A closure in a forked child, and how the child ended.
//!
//! The harness has threads, so between `fork` and `_exit` a child must not wait for a lock that
//! another thread may have held at the fork. glibc makes its allocator usable in the child; of
//! std's locks, those of standard output and of the panic message's backtrace are left alone: a
//! child prints nothing, and the panic hook installed here only notes the message. What still
//! waits for ever meets the time limit.

use std::{
    any::Any,
    fmt::Write as _,
    panic::{self, AssertUnwindSafe},
    ptr,
    sync::{
        Once,
        atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

/// How a child ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// By `_exit`: 0 when the closure returned.
    Exited(i32),
    /// By this signal.
    Signaled(i32),
    /// By SIGSEGV or SIGBUS for an access to memory: signal, `si_code`, `si_addr`.
    Faulted(i32, i32, usize),
    /// The closure panicked with this message.
    Panicked(String),
    /// It was killed because it took too long.
    TimedOut,
}

const LIMIT: Duration = Duration::from_secs(60);
const MESSAGE: usize = 3000;

/// A page shared with the child, on which it leaves its last words.
#[repr(C)]
struct Words {
    signal: AtomicI32,
    code: AtomicI32,
    address: AtomicUsize,
    panicked: AtomicBool,
    len: AtomicUsize,
    message: [u8; MESSAGE],
}

/// The child's own words; null in the harness.
static WORDS: AtomicPtr<Words> = AtomicPtr::new(ptr::null_mut());

/// Runs `f` in a child process and tells how that ended.
pub(crate) fn child(f: impl FnOnce()) -> End {
    child_within(LIMIT, f)
}

/// [`child`] with a time limit of its own.
pub(crate) fn child_within(limit: Duration, f: impl FnOnce()) -> End {
    install_hook();
    let words = shared();
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "fork: {}", std::io::Error::last_os_error());
    if pid == 0 {
        in_the_child(words, f);
    }
    let status = wait(pid, limit);
    let end = status.map_or(End::TimedOut, |status| end(status, unsafe { &*words }));
    assert_eq!(0, unsafe { libc::munmap(words.cast(), size_of::<Words>()) });
    end
}

/// Runs `f` in a child process, and fails with its panic's message if it does not return.
#[track_caller]
pub(crate) fn in_child(f: impl FnOnce()) {
    match child(f) {
        End::Exited(0) => {}
        End::Panicked(message) => panic!("in the child: {message}"),
        other => panic!("the child ended by {other:?}"),
    }
}

/// Asserts that `f` dies by an access to `address`, with this signal and `si_code`.
#[track_caller]
pub(crate) fn faults<T>(signal: i32, code: i32, address: *const T, f: impl FnOnce()) {
    assert_eq!(End::Faulted(signal, code, address.addr()), child(f));
}

/// `si_code` of SIGSEGV: nothing is mapped there.
pub(crate) const SEGV_MAPERR: i32 = 1;
/// `si_code` of SIGSEGV: the mapping does not allow the access.
pub(crate) const SEGV_ACCERR: i32 = 2;
/// `si_code` of SIGBUS: there is nothing behind the mapping.
pub(crate) const BUS_ADRERR: i32 = 2;

fn shared() -> *mut Words {
    let prot = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
    let page = unsafe { libc::mmap(ptr::null_mut(), size_of::<Words>(), prot, flags, -1, 0) };
    assert_ne!(page, libc::MAP_FAILED);
    page.cast()
}

fn in_the_child(words: *mut Words, f: impl FnOnce()) -> ! {
    WORDS.store(words, SeqCst);
    let no_core = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    unsafe {
        libc::setrlimit(libc::RLIMIT_CORE, &no_core);
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
    }
    for signal in [libc::SIGSEGV, libc::SIGBUS] {
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = note_fault as *const () as usize;
        // On the thread's alternate stack, which std sets up: a fault may be one of the stack.
        action.sa_flags = libc::SA_SIGINFO | libc::SA_RESETHAND | libc::SA_ONSTACK;
        unsafe { libc::sigaction(signal, &action, ptr::null_mut()) };
    }
    let done = panic::catch_unwind(AssertUnwindSafe(f));
    unsafe { libc::_exit(if done.is_ok() { 0 } else { 101 }) }
}

/// Notes a fault and returns: the access is made again, and kills, as the action is reset.
extern "C" fn note_fault(signal: i32, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    let (words, info) = unsafe { (&*WORDS.load(SeqCst), &*info) };
    words.signal.store(signal, SeqCst);
    words.code.store(info.si_code, SeqCst);
    words.address.store(unsafe { info.si_addr() }.addr(), SeqCst);
    if info.si_code <= 0 {
        // Sent by kill(2): there is no access to make again.
        unsafe { libc::raise(signal) };
    }
}

fn end(status: i32, words: &Words) -> End {
    if words.panicked.load(SeqCst) {
        let message = &words.message[..words.len.load(SeqCst)];
        End::Panicked(String::from_utf8_lossy(message).into_owned())
    } else if libc::WIFEXITED(status) {
        End::Exited(libc::WEXITSTATUS(status))
    } else {
        let signal = libc::WTERMSIG(status);
        // A code above 0 is the kernel's: an access, not a kill(2).
        match (words.signal.load(SeqCst), words.code.load(SeqCst)) {
            (noted, code) if noted == signal && code > 0 => {
                End::Faulted(signal, code, words.address.load(SeqCst))
            }
            _ => End::Signaled(signal),
        }
    }
}

/// The status of the child; `None` if it had to be killed at the limit.
fn wait(pid: i32, limit: Duration) -> Option<i32> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    loop {
        let mut status = 0;
        match unsafe { libc::waitpid(pid, &mut status, libc::WNOHANG) } {
            0 if start.elapsed() > limit => {
                unsafe { libc::kill(pid, libc::SIGKILL) };
                unsafe { libc::waitpid(pid, &mut status, 0) };
                return None;
            }
            0 => thread::sleep(pause),
            _ => return Some(status),
        }
        pause = (pause * 2).min(Duration::from_millis(5));
    }
}

/// In a child a panic's message goes to its words, and nothing is printed.
fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let words = WORDS.load(SeqCst);
            if words.is_null() {
                return previous(info);
            }
            let mut text = String::new();
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            write!(text, "{place}: {}", message(info.payload())).unwrap();
            let len = text.len().min(MESSAGE);
            unsafe {
                (&raw mut (*words).message).cast::<u8>().copy_from(text.as_ptr(), len);
                (*words).len.store(len, SeqCst);
                (*words).panicked.store(true, SeqCst);
            }
        }));
    });
}

fn message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("a panic without a text")
}

mod tests {
    use super::*;

    #[test]
    fn each_way_to_end_is_told() {
        assert_eq!(End::Exited(0), child(|| ()));
        assert_eq!(End::Exited(7), child(|| unsafe { libc::_exit(7) }));
        for signal in [libc::SIGTERM, libc::SIGSEGV] {
            let end = child(|| {
                unsafe { libc::raise(signal) };
            });
            assert_eq!(End::Signaled(signal), end);
        }
        let nowhere = ptr::without_provenance_mut::<u8>(64);
        faults(libc::SIGSEGV, SEGV_MAPERR, nowhere, || unsafe { nowhere.write_volatile(1) });
        let short = Duration::from_millis(50);
        assert_eq!(End::TimedOut, child_within(short, || thread::sleep(LIMIT)));
        match child(|| assert_eq!(1, 2, "one is not two")) {
            End::Panicked(text) => assert!(text.contains("one is not two"), "{text}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    #[should_panic(expected = "in the child: ")]
    fn a_panic_in_a_child_fails_the_test() {
        in_child(|| panic!("as it should"));
    }

    /// The child shares nothing that it writes.
    #[test]
    fn the_parent_keeps_its_memory() {
        let mut number = 1;
        in_child(|| number = 2);
        assert_eq!(1, number);
    }
}
