//! `<sys/resource.h>`: the limits of a process that concern memory.

use core::{ffi::c_int, mem::MaybeUninit};

use super::ffi;
use crate::{Result, errno::Errno};

/// What is limited.
#[allow(non_camel_case_types, reason = "the C names")]
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Resource {
    /// The data of the process, in bytes; on Linux its private writable mappings too.
    RLIMIT_DATA,
    /// A file that the process makes larger, in bytes; beyond it comes `SIGXFSZ`.
    RLIMIT_FSIZE,
    /// What may be locked in memory, in bytes.
    RLIMIT_MEMLOCK,
    #[doc = on!(linux, android, freebsd, netbsd, dragonfly, apple)]
    /// The address space, in bytes.
    #[cfg(any(not(target_os = "openbsd"), all(doc, not(doctest))))]
    RLIMIT_AS,
}

/// A limit; `u64::MAX` is none at all.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[doc(alias = "struct rlimit")]
#[non_exhaustive]
pub struct RLimit {
    /// The limit that holds.
    pub rlim_cur: u64,
    /// How far the process may raise it.
    pub rlim_max: u64,
}

/// Tells a limit of this process.
///
/// # Examples
///
/// ```
/// use mman::sys::resource::{Resource, getrlimit};
///
/// let limit = getrlimit(Resource::RLIMIT_MEMLOCK)?;
/// assert!(limit.rlim_cur <= limit.rlim_max);
/// # Ok::<(), mman::Error>(())
/// ```
///
/// # Errors
///
/// - `EPERM`, `ENOSYS`: a filter forbids the call; there is no other failure.
///
#[doc = man!(getrlimit(2))]
#[allow(clippy::unnecessary_cast, reason = "the types differ by system")]
#[allow(trivial_numeric_casts, reason = "the types differ by system")]
#[inline]
pub fn getrlimit(resource: Resource) -> Result<RLimit> {
    let number = match resource {
        Resource::RLIMIT_DATA => libc::RLIMIT_DATA as c_int,
        Resource::RLIMIT_FSIZE => libc::RLIMIT_FSIZE as c_int,
        Resource::RLIMIT_MEMLOCK => libc::RLIMIT_MEMLOCK as c_int,
        #[cfg(not(target_os = "openbsd"))]
        Resource::RLIMIT_AS => libc::RLIMIT_AS as c_int,
    };
    let mut limit = MaybeUninit::<ffi::rlimit64>::uninit();
    // SAFETY: `limit` has the layout of `struct rlimit64` and outlives the call.
    Errno::result(unsafe { ffi::getrlimit64(number as _, limit.as_mut_ptr()) })?;
    // SAFETY: the call has succeeded, and then it has filled the structure in.
    let limit = unsafe { limit.assume_init() };
    let plain = |value| if value == ffi::RLIM64_INFINITY { u64::MAX } else { value as u64 };
    Ok(RLimit { rlim_cur: plain(limit.rlim_cur), rlim_max: plain(limit.rlim_max) })
}
