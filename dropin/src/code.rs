//! Every code of `nix::errno`, on the systems on which nix 0.23 has it.

#![allow(deprecated, reason = "the older names are what is proven")]

use std::convert::TryFrom;
use std::io;

use nix::errno::{Errno, ErrnoSentinel, errno, from_i32};
use nix::libc::{self, c_void};
use nix::{Error, Result};

/// A code as the dependent sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Code {
    /// Its number.
    pub number: i32,
    /// Its `Debug` text.
    pub name: String,
    /// Its `Display` text.
    pub text: String,
    /// What it means.
    pub desc: &'static str,
}

fn code(errno: Errno) -> Code {
    let number = errno as i32;
    Code { number, name: format!("{errno:?}"), text: errno.to_string(), desc: errno.desc() }
}

macro_rules! codes {
    ($($(#[$cfg:meta])* { $($NAME:ident)+ })+) => {
        $( $(#[$cfg])* const _: () = { $( assert!(Errno::$NAME as i32 == libc::$NAME); )+ }; )+

        /// Every code that nix 0.23 has on this system.
        pub fn named() -> Vec<Code> {
            let mut to = vec![code(Errno::UnknownErrno)];
            $( $(#[$cfg])* to.extend([$(Errno::$NAME),+].map(code)); )+
            to
        }
    };
}

codes! {
    {
        EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT
        ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG
        ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY
        ELOOP ENOMSG EIDRM EREMOTE EPROTO EBADMSG EOVERFLOW EILSEQ EUSERS ENOTSOCK EDESTADDRREQ
        EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT
        EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED
        ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN
        EHOSTUNREACH EALREADY EINPROGRESS ESTALE EDQUOT ECANCELED EWOULDBLOCK ENOTSUP
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO
        EBADRQC EBADSLT EBFONT ENONET ENOPKG EADV ESRMNT ECOMM EDOTDOT ENOTUNIQ EBADFD EREMCHG
        ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC ERESTART ESTRPIPE EUCLEAN ENOTNAM ENAVAIL EISNAM
        EREMOTEIO ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED
    }
    #[cfg(all(target_os = "linux", not(target_arch = "mips")))]
    { ERFKILL EHWPOISON }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        EPROCLIM EBADRPC ERPCMISMATCH EPROGUNAVAIL EPROGMISMATCH EPROCUNAVAIL EFTYPE EAUTH
        ENEEDAUTH ENOATTR
    }
    #[cfg(not(any(target_os = "freebsd", target_os = "dragonfly", target_os = "openbsd")))]
    { ENOSTR ENODATA ETIME ENOSR }
    #[cfg(not(target_os = "openbsd"))]
    { ENOLINK EMULTIHOP }
    #[cfg(not(any(target_os = "netbsd", target_os = "dragonfly")))]
    { EOWNERDEAD ENOTRECOVERABLE }
    #[cfg(any(
        target_os = "linux",
        target_os = "android",
        target_os = "openbsd",
        target_os = "dragonfly"
    ))]
    { ENOMEDIUM }
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "openbsd"))]
    { EMEDIUMTYPE }
    #[cfg(any(target_os = "freebsd", target_os = "dragonfly"))]
    { EDOOFUS }
    #[cfg(target_os = "freebsd")]
    { ENOTCAPABLE ECAPMODE }
    #[cfg(target_os = "dragonfly")]
    { EASYNC }
    #[cfg(target_os = "openbsd")]
    { EIPSEC }
    #[cfg(any(target_os = "macos", target_os = "ios"))]
    { EPWROFF EDEVERR EBADEXEC EBADARCH ESHLIBVERS EBADMACHO ENOPOLICY EQFULL }
}

/// The second names, as constants of the type and of the module.
const _: () = {
    assert!(nix::errno::EWOULDBLOCK as i32 == Errno::EAGAIN as i32);
    #[cfg(not(any(target_os = "netbsd", target_os = "openbsd")))]
    assert!(nix::errno::EDEADLOCK as i32 == Errno::EDEADLOCK as i32);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    assert!(nix::errno::ENOTSUP as i32 == Errno::EOPNOTSUPP as i32);
    #[cfg(any(target_os = "freebsd", target_os = "dragonfly"))]
    assert!(nix::errno::EOPNOTSUPP as i32 == Errno::ENOTSUP as i32);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    assert!(nix::errno::ELAST as i32 == Errno::ELAST as i32);
};

const _: fn() -> Errno = Errno::last;
const _: fn() = Errno::clear;
const _: fn(Errno) -> &'static str = Errno::desc;
const _: fn(i32) -> Errno = Errno::from_i32;
const _: fn() -> i32 = errno;
const _: fn(Errno) -> Option<Errno> = Errno::as_errno;
const _: fn(Errno) -> Error = Error::from_errno;
const _: fn() -> Error = Error::invalid_argument;
const _: fn(Errno) -> Error = Error::Sys;
const _: fn(i32) -> Result<i32> = Errno::result::<i32>;
const _: fn(*mut c_void) -> Result<*mut c_void> = Errno::result::<*mut c_void>;
const INVALID: Errno = from_i32(libc::EINVAL);
const _: () = assert!(matches!(Errno::from_i32(libc::EINVAL), INVALID));

/// The code of each number, whether there is one or not.
pub fn numbered() -> Vec<Code> {
    (-1..200).map(Errno::from_i32).map(code).collect()
}

/// What sets, reads and decodes `errno`.
pub fn decoding() -> Vec<String> {
    // SAFETY: close takes any number.
    let bad = || unsafe { libc::close(-1) };
    let mut to = vec![
        format!("{:?}", Errno::result(bad())),
        format!("{:?} {}", Errno::last(), errno()),
        format!("{:?}", Errno::result(-1_i64)),
        format!("{:?}", Errno::result(-1_isize)),
        format!("{:?}", Errno::result(libc::MAP_FAILED)),
        format!("{:?}", Errno::result(libc::SIG_ERR)),
        format!("{:?}", Errno::result(7).map(drop)),
        format!("{:?}", Errno::result(std::ptr::null_mut::<c_void>()).map(|p| p.is_null())),
        format!("{} {}", i32::sentinel(), <*mut c_void>::sentinel() == libc::MAP_FAILED),
    ];
    Errno::clear();
    to.push(format!("{:?} {}", Errno::last(), errno()));
    to.push(format!("{:?}", Error::Sys(Errno::EBADF).as_errno()));
    to.push(format!("{:?} {:?}", Error::invalid_argument(), Error::from_errno(Errno::EIO)));
    to.push(format!("{:?} {:?}", Error::from(Errno::EPERM), Errno::EPERM == Error::EPERM));
    to.extend([errors(true), errors(false)].map(|error| error.unwrap_or_else(|e| e.to_string())));
    #[allow(clippy::io_other_error, reason = "as code of that time has it")]
    let without = io::Error::new(io::ErrorKind::Other, "no code");
    to.push(format!("{:?}", Errno::try_from(without).map_err(|error| error.to_string())));
    to.push(format!("{:?}", Errno::try_from(io::Error::from(Errno::ENOSPC)).ok()));
    to.push(format!("{:?}", io::Error::from(Errno::EEXIST).kind()));
    to
}

/// `?` into the errors of the standard library.
fn errors(boxed: bool) -> std::result::Result<String, Box<dyn std::error::Error + Send + Sync>> {
    fn into_io() -> io::Result<()> {
        let refused: Result<()> = Err(Error::EACCES);
        Ok(refused?)
    }
    if boxed {
        Err(Errno::ENOTDIR)?;
    }
    into_io()?;
    Ok(String::new())
}
