//! `<sys/resource.h>`: limits, as far as memory needs them.

use core::mem::MaybeUninit;

use crate::{Result, errno::Errno};

/// What is limited.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the C names")]
pub(crate) enum Resource {
    /// All mappings together.
    #[cfg(any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "dragonfly",
        target_os = "netbsd",
        target_vendor = "apple"
    ))]
    RLIMIT_AS,
    /// Private memory that can be written.
    RLIMIT_DATA,
    /// Locked memory.
    RLIMIT_MEMLOCK,
}

/// A limit, in bytes; `None` for none.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) struct Rlimit {
    pub(crate) rlim_cur: Option<u64>,
    pub(crate) rlim_max: Option<u64>,
}

/// The limits of a resource.
///
#[doc = man!(getrlimit(2))]
#[allow(clippy::unnecessary_cast, reason = "the fields' types differ by system")]
pub(crate) fn getrlimit(resource: Resource) -> Result<Rlimit> {
    let number = match resource {
        #[cfg(any(
            target_os = "linux",
            target_os = "android",
            target_os = "freebsd",
            target_os = "dragonfly",
            target_os = "netbsd",
            target_vendor = "apple"
        ))]
        Resource::RLIMIT_AS => libc::RLIMIT_AS,
        Resource::RLIMIT_DATA => libc::RLIMIT_DATA,
        Resource::RLIMIT_MEMLOCK => libc::RLIMIT_MEMLOCK,
    };
    let mut limit = MaybeUninit::<libc::rlimit>::uninit();
    // SAFETY: `limit` has the layout of `struct rlimit` and outlives the call.
    Errno::result(unsafe { libc::getrlimit(number, limit.as_mut_ptr()) })?;
    // SAFETY: the call has succeeded, and then it has filled the structure in.
    let limit = unsafe { limit.assume_init() };
    let bytes = |value| (value != libc::RLIM_INFINITY).then_some(value as u64);
    Ok(Rlimit { rlim_cur: bytes(limit.rlim_cur), rlim_max: bytes(limit.rlim_max) })
}
