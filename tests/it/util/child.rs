//! A closure in a forked child, and how the child ended.
//!
//! The harness has threads, so between `fork` and `_exit` a child must not wait for a lock that
//! another thread may have held at the fork. glibc makes its allocator usable in the child; of
//! std's locks, those of standard output and of the panic message's backtrace are left alone: a
//! child prints nothing, and the panic hook installed here only notes the message. What still
//! waits for ever meets the time limit.

use std::{
    any::Any,
    cell::UnsafeCell,
    fmt::Write as _,
    panic::{self, AssertUnwindSafe},
    ptr, slice,
    sync::{
        Once, OnceLock,
        atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use super::seconds;

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

const MESSAGE: usize = 3000;

/// Where a child leaves its last words: a slot of memory that it shares with its parent.
#[repr(C)]
struct Words {
    taken: AtomicBool,
    signal: AtomicI32,
    code: AtomicI32,
    address: AtomicUsize,
    panicked: AtomicBool,
    len: AtomicUsize,
    message: UnsafeCell<[u8; MESSAGE]>,
}

// SAFETY: the message is written by the child before `panicked`, and read by the parent after.
unsafe impl Sync for Words {}

/// All slots: mapped once and for children's children too, so that a fork maps nothing. It could
/// otherwise fill the very hole that a test has made.
static SLOTS: OnceLock<&'static [Words]> = OnceLock::new();

/// The child's own slot; null in the harness.
static WORDS: AtomicPtr<Words> = AtomicPtr::new(ptr::null_mut());

/// Runs `f` in a child process and tells how that ended.
pub(crate) fn child<T>(f: impl FnOnce() -> T) -> End {
    child_within(seconds(60), f)
}

/// [`child`] with a time limit of its own.
pub(crate) fn child_within<T>(limit: Duration, f: impl FnOnce() -> T) -> End {
    install_hook();
    let words = slot();
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "fork: {}", std::io::Error::last_os_error());
    if pid == 0 {
        in_the_child(words, f);
    }
    let status = wait(pid, limit);
    let end = status.map_or(End::TimedOut, |status| end(status, words));
    words.taken.store(false, SeqCst);
    end
}

/// Runs `f` in a child process, and fails with its panic's message if it does not return.
#[track_caller]
pub(crate) fn in_child<T>(f: impl FnOnce() -> T) {
    if !have!("kernel") {
        return;
    }
    match child(f) {
        End::Exited(0) => {}
        End::Panicked(message) => panic!("in the child: {message}"),
        other => panic!("the child ended by {other:?}"),
    }
}

/// Asserts that `f` dies by an access to `address`, with this signal and `si_code`.
#[track_caller]
pub(crate) fn faults<A, T>(signal: i32, code: i32, address: *const A, f: impl FnOnce() -> T) {
    assert_eq!(End::Faulted(signal, code, address.addr()), child(f));
}

/// `si_code` of SIGSEGV: nothing is mapped there.
pub(crate) const SEGV_MAPERR: i32 = 1;
/// `si_code` of SIGSEGV: the mapping does not allow the access.
pub(crate) const SEGV_ACCERR: i32 = 2;
/// `si_code` of SIGBUS: there is nothing behind the mapping.
pub(crate) const BUS_ADRERR: i32 = 2;

/// A slot that is free, from now on taken.
fn slot() -> &'static Words {
    let slots = SLOTS.get_or_init(|| {
        const COUNT: usize = 512;
        let prot = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
        let len = COUNT * size_of::<Words>();
        let memory = unsafe { libc::mmap(ptr::null_mut(), len, prot, flags, -1, 0) };
        assert_ne!(memory, libc::MAP_FAILED);
        // All of a slot's fields are valid as zeros.
        unsafe { slice::from_raw_parts(memory.cast(), COUNT) }
    });
    let free = slots.iter().find(|slot| !slot.taken.swap(true, SeqCst));
    let words = free.expect("no slot is free");
    words.signal.store(0, SeqCst);
    words.panicked.store(false, SeqCst);
    words
}

fn in_the_child<T>(words: &'static Words, f: impl FnOnce() -> T) -> ! {
    WORDS.store(ptr::from_ref(words).cast_mut(), SeqCst);
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
    // A panic that the closure caught itself is its own affair.
    if words.panicked.load(SeqCst) && status != 0 {
        let message = unsafe { &(&*words.message.get())[..words.len.load(SeqCst)] };
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
        // In a static program the first panic sorts the unwinder's tables under a lock, which takes
        // long: not while another thread forks.
        let _ = panic::catch_unwind(|| panic::resume_unwind(Box::new(())));
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let Some(words) = (unsafe { WORDS.load(SeqCst).as_ref() }) else {
                return previous(info);
            };
            let mut text = String::new();
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            write!(text, "{place}: {}", message(info.payload())).unwrap();
            let len = text.len().min(MESSAGE);
            unsafe { words.message.get().cast::<u8>().copy_from(text.as_ptr(), len) };
            words.len.store(len, SeqCst);
            words.panicked.store(true, SeqCst);
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
            let end = child(|| unsafe { libc::raise(signal) });
            assert_eq!(End::Signaled(signal), end);
        }
        let nowhere = ptr::without_provenance_mut::<u8>(64);
        faults(libc::SIGSEGV, SEGV_MAPERR, nowhere, || unsafe { nowhere.write_volatile(1) });
        assert_eq!(End::Exited(0), child(|| panic::catch_unwind(|| panic!("caught"))));
        let short = Duration::from_millis(50);
        assert_eq!(End::TimedOut, child_within(short, || thread::sleep(seconds(60))));
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
