//! What a probe of the kernel tells, and what each of them needs.

use core::{ffi::c_void, fmt, ptr};

use super::page_size;
use crate::{
    Result,
    errno::Errno,
    sys::mman::{self, MapFlags, ProtFlags},
};

/// One thing that a kernel may or may not support.
///
/// # Examples
///
/// ```
/// for probe in mman::observe::probe().iter().filter(|probe| !probe.support.is_yes()) {
///     println!("{} of {} ({:?}): {}", probe.name, probe.call, probe.since, probe.support);
/// }
/// ```
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Probe {
    /// The C name, or a few words for a use that has none.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The call that it belongs to: itself if it is one.
    pub call: &'static str,
    /// The first version that has it; `None` if all do that this crate runs on.
    pub since: Option<&'static str>,
    /// Whether this kernel has it.
    pub support: Support,
}

/// What is probed.
///
/// # Examples
///
/// ```
/// use mman::observe::{Kind, probe};
///
/// let probes = probe();
/// let mut calls = probes.iter().filter(|probe| probe.kind == Kind::Call);
/// assert!(calls.all(|probe| probe.call == probe.name));
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Kind {
    /// A call.
    Call,
    /// A flag of a call.
    Flag,
    /// A value that is one of many, such as an advice or a policy.
    Value,
    /// A request to a call that takes many (`ioctl`, `prctl`).
    Request,
}

/// Whether a kernel supports something.
///
/// # Examples
///
/// ```
/// use mman::observe::{Support, probe};
///
/// for probe in probe() {
///     match probe.support {
///         Support::Yes => assert!(probe.support.is_yes()),
///         Support::No(reason, errno) => println!("{}: {reason:?}, {errno}", probe.name),
///         Support::Undecided(errno) => println!("{}: {errno}", probe.name),
///     }
/// }
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
pub enum Support {
    /// It does.
    Yes,
    /// It does not, or not here: why, and the code it has answered with.
    No(Reason, Errno),
    /// It could not be found out, for example for want of memory or descriptors. With
    /// [`Errno::UnknownErrno`], this kernel accepts even what does not exist, as emulators do.
    Undecided(Errno),
}

/// Why something is not supported.
///
/// # Examples
///
/// ```
/// use mman::observe::{Reason, Support, probe};
///
/// let is_forbidden = |support| matches!(support, Support::No(Reason::Forbidden, _));
/// for probe in probe().iter().filter(|probe| is_forbidden(probe.support)) {
///     println!("{} is there, and forbidden here", probe.name);
/// }
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The kernel has no such call: it is too old, or built without it. A filter of system calls
    /// may say the same.
    NotInKernel,
    /// The kernel has the call, and does not know this use of it: it is too old, or the option is
    /// off, or the processor lacks it.
    NotKnown,
    /// The kernel may know it and refuses it here: a filter of system calls, a setting (`sysctl`),
    /// a missing privilege, or a limit of 0.
    Forbidden,
    /// The processor lacks it; of protection keys also: all are in use.
    Hardware,
}

impl Support {
    /// Whether it is supported.
    #[must_use]
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }

    /// What an answer means: `Ok` is yes.
    pub(super) fn of<T>(answer: Result<T>) -> Self {
        match answer {
            Ok(_) => Self::Yes,
            Err(errno) => match errno {
                Errno::ENOSYS => Self::No(Reason::NotInKernel, errno),
                Errno::EPERM | Errno::EACCES => Self::No(Reason::Forbidden, errno),
                Errno::EINVAL
                | Errno::EOPNOTSUPP
                | Errno::ENOTTY
                | Errno::EBADF
                | Errno::ENODEV => Self::No(Reason::NotKnown, errno),
                _ => Self::Undecided(errno),
            },
        }
    }
}

impl fmt::Display for Support {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yes => f.write_str("yes"),
            Self::No(reason, errno) => write!(f, "no: {reason} ({})", errno.name()),
            Self::Undecided(Errno::UnknownErrno) => f.write_str("undecided"),
            Self::Undecided(errno) => write!(f, "undecided ({})", errno.name()),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotInKernel => "not in this kernel",
            Self::NotKnown => "not known to this kernel",
            Self::Forbidden => "forbidden here",
            Self::Hardware => "lacking in the processor",
        })
    }
}

/// A page to try things on, unmapped on drop. Nothing refers to it, so it may hold anything and
/// allow anything.
pub(super) struct Scratch(*mut c_void);

impl Scratch {
    /// A private page that was never touched.
    pub(super) fn page() -> Result<Self> {
        let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_ANONYMOUS;
        // SAFETY: without MAP_FIXED the system picks a free place.
        let start = unsafe { mman::mmap_anonymous(ptr::null_mut(), page_size(), prot, flags) }?;
        Ok(Self(start))
    }

    pub(super) fn ptr(&self) -> *mut c_void {
        self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // SAFETY: the page is this value's own, and nothing refers to it.
        let _ = unsafe { mman::munmap(self.0, page_size()) };
    }
}
