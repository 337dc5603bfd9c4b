//! One call through `sys`: how the inner call is known, and how the answer becomes C's.
//!
//! Between the program's call and the inner one, `errno` holds a mark. The C library has `errno` for
//! every thread before any code of ours can run, and a signal handler that calls one of our
//! functions at that moment is well served by the plain call; a variable of the thread of our own
//! would be neither certain to be there nor to come without an allocation.

use std::{
    ffi::c_int,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use mman::{Result, errno::Errno};

/// `errno` while a call of `sys` is under way. No code is negative.
const UNDER_WAY: c_int = c_int::MIN + 0x6d6d;

/// A function, and its calls.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    /// Calls that went through `sys`.
    pub(crate) carried: AtomicUsize,
    /// Calls that came back from there.
    pub(crate) inner: AtomicUsize,
    /// Calls that `sys` cannot carry.
    pub(crate) plain: AtomicUsize,
}

impl Function {
    pub(crate) const fn new(name: &'static str) -> Self {
        let [carried, inner, plain] = [const { AtomicUsize::new(0) }; 3];
        Self { name, carried, inner, plain }
    }

    /// Whether this call comes from `sys`.
    pub(crate) fn is_inner(&self) -> bool {
        let is = get_errno() == UNDER_WAY;
        if is {
            self.inner.fetch_add(1, Relaxed);
        }
        is
    }

    /// Notes a call that `sys` cannot carry.
    pub(crate) fn is_plain(&self) {
        self.plain.fetch_add(1, Relaxed);
    }

    /// A call through `sys`. Where it fails the answer is `failed`, and the code is in `errno`,
    /// which is left alone otherwise.
    pub(crate) fn carry<T>(&self, failed: T, call: impl FnOnce() -> Result<T>) -> T {
        self.through(call).unwrap_or_else(|code| {
            set_errno(code);
            failed
        })
    }

    /// A call through `sys` whose answer is the code; `errno` is left alone.
    pub(crate) fn carry_code(&self, call: impl FnOnce() -> Result<()>) -> c_int {
        self.through(call).err().unwrap_or(0)
    }

    fn through<T>(&self, call: impl FnOnce() -> Result<T>) -> std::result::Result<T, c_int> {
        self.carried.fetch_add(1, Relaxed);
        let before = get_errno();
        set_errno(UNDER_WAY);
        let answer = call();
        let left = get_errno();
        set_errno(before);
        answer.map_err(|errno| match errno {
            // A code that `sys` has no name for.
            Errno::UnknownErrno => left,
            known => known as c_int,
        })
    }
}

fn get_errno() -> c_int {
    mman::errno::errno()
}

pub(crate) fn set_errno(value: c_int) {
    // SAFETY: the C library's accessor; it takes nothing and cannot fail.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: it points to this thread's `errno`, which is valid for the thread's life.
    unsafe { *errno = value };
}
