//! `<errno.h>`: why a system call failed.
//!
//! [`Errno`] has every code of the system it is compiled for. This module is also the one place
//! that decodes what a C function returned: [`Errno::result`] for those that answer −1 (or
//! `MAP_FAILED`) and leave the code in `errno`, and a crate-internal function for those that
//! answer the code itself.

use core::ffi::c_void;
use core::fmt;

use crate::{Result, sys::ffi};

mod codes;

pub use codes::Errno;

impl Errno {
    /// A second name of `EAGAIN`.
    pub const EWOULDBLOCK: Self = Self::EAGAIN;

    #[doc = on!(
        linux(not "mips", "mips32r6", "mips64", "mips64r6", "powerpc", "powerpc64", "sparc", "sparc64"),
        android, freebsd, netbsd, openbsd, dragonfly, apple
    )]
    /// A second name of `EDEADLK`.
    #[cfg(any(
        not(all(
            target_os = "linux",
            any(
                target_arch = "mips",
                target_arch = "mips32r6",
                target_arch = "mips64",
                target_arch = "mips64r6",
                target_arch = "powerpc",
                target_arch = "powerpc64",
                target_arch = "sparc",
                target_arch = "sparc64"
            )
        )),
        all(doc, not(doctest))
    ))]
    pub const EDEADLOCK: Self = Self::EDEADLK;

    #[doc = on!(linux, android)]
    /// A second name of `EOPNOTSUPP`.
    #[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
    pub const ENOTSUP: Self = Self::EOPNOTSUPP;

    #[doc = on!(freebsd, dragonfly)]
    /// A second name of `ENOTSUP`.
    #[cfg(any(target_os = "freebsd", target_os = "dragonfly", all(doc, not(doctest))))]
    pub const EOPNOTSUPP: Self = Self::ENOTSUP;

    #[doc = on!(linux)]
    /// A file system's name of `EUCLEAN`: its structures are damaged.
    #[cfg(any(target_os = "linux", all(doc, not(doctest))))]
    pub const EFSCORRUPTED: Self = Self::EUCLEAN;

    #[doc = on!(linux)]
    /// A file system's name of `EBADMSG`: a checksum does not match.
    #[cfg(any(target_os = "linux", all(doc, not(doctest))))]
    pub const EFSBADCRC: Self = Self::EBADMSG;

    #[doc = on!(freebsd, netbsd, openbsd, dragonfly, apple)]
    /// The highest code. It grows with the releases of a system.
    #[cfg(any(not(any(target_os = "linux", target_os = "android")), all(doc, not(doctest))))]
    pub const ELAST: Self = HIGHEST;

    /// The code that the last failed C call of this thread left in `errno`.
    #[must_use]
    #[inline]
    pub fn last() -> Self {
        Self::from_i32(errno())
    }

    /// Sets `errno` of this thread to 0.
    ///
    /// For the few C functions whose failure can only be told by `errno` having changed.
    pub fn clear() {
        // SAFETY: the system's own accessor; it takes nothing and cannot fail.
        let errno = unsafe { ffi::errno_location() };
        // SAFETY: it points to this thread's `errno`, which is valid for the thread's life.
        unsafe { *errno = 0 };
    }

    /// The code with this number, or [`UnknownErrno`](Self::UnknownErrno).
    #[must_use]
    #[inline]
    pub const fn from_i32(number: i32) -> Self {
        match Self::from_number(number) {
            Some(errno) => errno,
            None => Self::UnknownErrno,
        }
    }

    /// Decodes a C function's answer: the sentinel (−1, or `MAP_FAILED`) means that it failed and
    /// that the code is in `errno`.
    ///
    /// # Errors
    ///
    /// The code in `errno`, if `value` is the sentinel of its type.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::errno::Errno;
    ///
    /// // SAFETY: close takes any number.
    /// let answer = unsafe { libc::close(-1) };
    /// assert_eq!(Errno::result(answer), Err(Errno::EBADF));
    /// ```
    #[inline]
    pub fn result<S: ErrnoSentinel + PartialEq<S>>(value: S) -> Result<S> {
        if value == S::sentinel() { Err(failed()) } else { Ok(value) }
    }

    /// Decodes the answer of a C function that answers the code itself, and 0 when it succeeds.
    #[inline]
    pub(crate) const fn from_answer(number: i32) -> Result<()> {
        if number == 0 { Ok(()) } else { Err(answered(number)) }
    }

    /// Itself.
    #[deprecated = "an error is an `Errno` already"]
    #[must_use]
    pub const fn as_errno(self) -> Option<Self> {
        Some(self)
    }

    /// Itself.
    #[deprecated = "an error is an `Errno` already"]
    #[must_use]
    pub const fn from_errno(errno: Self) -> Self {
        errno
    }

    /// `EINVAL`.
    #[deprecated = "use `Errno::EINVAL`"]
    #[must_use]
    pub const fn invalid_argument() -> Self {
        Self::EINVAL
    }

    /// Itself.
    #[deprecated = "an error is an `Errno` already"]
    #[allow(non_snake_case, reason = "in nix 0.21 this was a variant of `Error`")]
    #[must_use]
    pub const fn Sys(errno: Self) -> Self {
        errno
    }
}

#[cfg(target_os = "freebsd")]
const HIGHEST: Errno = Errno::EINTEGRITY;
#[cfg(target_os = "dragonfly")]
const HIGHEST: Errno = Errno::EASYNC;
#[cfg(target_os = "netbsd")]
const HIGHEST: Errno = Errno::ENOTRECOVERABLE;
#[cfg(target_os = "openbsd")]
const HIGHEST: Errno = Errno::EPROTO;
#[cfg(target_vendor = "apple")]
const HIGHEST: Errno = Errno::ENOTCAPABLE;
/// For the documentation alone.
#[cfg(all(doc, not(doctest), any(target_os = "linux", target_os = "android")))]
const HIGHEST: Errno = Errno::UnknownErrno;

/// Apart, so that a call that succeeds saves no registers for the case that it fails.
#[cold]
#[inline(never)]
fn failed() -> Errno {
    Errno::last()
}

/// Apart, as [`failed`].
#[cold]
#[inline(never)]
const fn answered(number: i32) -> Errno {
    Errno::from_i32(number)
}

/// Runs `f`, which leaves no trace in `errno`: a signal handler must not change what the
/// interrupted code is about to read.
#[cfg(feature = "std")]
pub(crate) fn keeping<T>(f: impl FnOnce() -> T) -> T {
    let before = errno();
    let answer = f();
    // SAFETY: the system's own accessor; it takes nothing and cannot fail.
    let errno = unsafe { ffi::errno_location() };
    // SAFETY: it points to this thread's `errno`, which is valid for the thread's life.
    unsafe { *errno = before };
    answer
}

/// The number in `errno` of this thread.
#[must_use]
#[inline]
pub fn errno() -> i32 {
    // SAFETY: the system's own accessor; it takes nothing and cannot fail.
    let errno = unsafe { ffi::errno_location() };
    // SAFETY: it points to this thread's `errno`, which is valid for the thread's life.
    unsafe { *errno }
}

/// [`Errno::from_i32`].
#[must_use]
pub const fn from_i32(number: i32) -> Errno {
    Errno::from_i32(number)
}

/// [`Errno::EWOULDBLOCK`].
#[deprecated = "use `Errno::EWOULDBLOCK`"]
pub const EWOULDBLOCK: Errno = Errno::EWOULDBLOCK;

#[doc = on!(linux, android, freebsd, dragonfly, apple)]
/// [`Errno::EDEADLOCK`](const@Errno::EDEADLOCK).
#[cfg(any(not(any(target_os = "netbsd", target_os = "openbsd")), all(doc, not(doctest))))]
#[deprecated = "use `Errno::EDEADLOCK`"]
pub const EDEADLOCK: Errno = Errno::EDEADLOCK;

#[doc = on!(linux, android)]
/// [`Errno::ENOTSUP`](const@Errno::ENOTSUP).
#[cfg(any(target_os = "linux", target_os = "android", all(doc, not(doctest))))]
#[deprecated = "use `Errno::ENOTSUP`"]
pub const ENOTSUP: Errno = Errno::ENOTSUP;

#[doc = on!(freebsd, dragonfly)]
/// [`Errno::EOPNOTSUPP`](const@Errno::EOPNOTSUPP).
#[cfg(any(target_os = "freebsd", target_os = "dragonfly", all(doc, not(doctest))))]
#[deprecated = "use `Errno::EOPNOTSUPP`"]
pub const EOPNOTSUPP: Errno = Errno::EOPNOTSUPP;

#[doc = on!(freebsd, netbsd, openbsd, dragonfly, apple)]
/// [`Errno::ELAST`].
#[cfg(any(not(any(target_os = "linux", target_os = "android")), all(doc, not(doctest))))]
#[deprecated = "use `Errno::ELAST`"]
pub const ELAST: Errno = Errno::ELAST;

/// A type of a C function's answer that has a value which means failure.
pub trait ErrnoSentinel: Sized {
    /// The value that means failure, with the code in `errno`.
    fn sentinel() -> Self;
}

macro_rules! minus_one {
    ($($Int:ty)+) => { $(
        impl ErrnoSentinel for $Int {
            #[inline]
            fn sentinel() -> Self {
                -1
            }
        }
    )+ };
}

minus_one!(i32 i64 isize);

impl ErrnoSentinel for *mut c_void {
    #[inline]
    fn sentinel() -> Self {
        ffi::MAP_FAILED
    }
}

impl ErrnoSentinel for libc::sighandler_t {
    fn sentinel() -> Self {
        libc::SIG_ERR
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.desc())
    }
}

impl core::error::Error for Errno {}

#[cfg(feature = "std")]
impl From<Errno> for std::io::Error {
    fn from(errno: Errno) -> Self {
        Self::from_raw_os_error(errno as i32)
    }
}

#[cfg(feature = "std")]
impl TryFrom<std::io::Error> for Errno {
    type Error = std::io::Error;

    /// Takes the code out of an error of the system; an error without one comes back.
    fn try_from(error: std::io::Error) -> core::result::Result<Self, std::io::Error> {
        error.raw_os_error().map(Self::from_i32).ok_or(error)
    }
}
