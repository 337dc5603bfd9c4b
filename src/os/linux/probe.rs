//! What the kernel supports, each found out by a call without effect.
//!
//! Four ways, none of which leaves a trace: a range of length 0, for which the kernel checks the
//! rest of the arguments all the same; an argument that is wrong in a known way, so that the errno
//! tells that the call is there; a descriptor or a mapping that is given back at once; a question.

mod calls;
mod flags;
mod since;

use std::{fs::File, os::fd::OwnedFd, process, vec::Vec};

use self::since::since;
use super::super::probe::{Kind, Probe, Support};
use crate::{
    Result,
    errno::Errno,
    sys::{
        mman::{MemFdFlags, memfd_create},
        pidfd::{PidfdFlags, pidfd_open},
    },
};

/// Descriptors to try things on, closed on drop.
struct Tools {
    /// An empty file.
    file: Result<OwnedFd>,
    /// The calling process.
    pidfd: Result<OwnedFd>,
    maps: Result<OwnedFd>,
    pagemap: Result<OwnedFd>,
}

/// What was found, in order.
struct List(Vec<Probe>);

impl List {
    fn add(&mut self, kind: Kind, call: &'static str, name: &'static str, support: Support) {
        self.0.push(Probe { name, kind, call, since: since(name), support });
    }

    fn call(&mut self, name: &'static str, support: Support) {
        self.add(Kind::Call, name, name, support);
    }
}

pub(crate) fn probe() -> Vec<Probe> {
    let own = |path| Ok(OwnedFd::from(File::open(path).map_err(super::maps::errno)?));
    let empty = || memfd_create(c"", MemFdFlags::MFD_CLOEXEC | MemFdFlags::MFD_ALLOW_SEALING);
    let tools = Tools {
        // Before Linux 3.17, or where it is forbidden: a file that exists everywhere.
        file: empty().or_else(|_| own("/dev/null")),
        pidfd: pidfd_open(process::id() as i32, PidfdFlags::empty()),
        maps: own("/proc/self/maps"),
        pagemap: own("/proc/self/pagemap"),
    };
    let mut list = List(Vec::with_capacity(160));
    calls::memory(&tools, &mut list);
    flags::of_mmap(&tools, &mut list);
    flags::of_madvise(&mut list);
    calls::descriptors(&tools, &mut list);
    calls::processes(&tools, &mut list);
    calls::policies(&mut list);
    calls::settings(&mut list);
    calls::faults(&mut list);
    calls::requests(&tools, &mut list);
    list.0
}

/// Yes if the call answers with this errno, which says that it has looked at its arguments.
fn refuses<T>(answer: Result<T>, with: Errno) -> Support {
    match answer {
        Err(errno) if errno == with => Support::Yes,
        other => Support::of(other),
    }
}

/// Tries `f` on a tool; without the tool nothing can be told.
fn by<T>(tool: &Result<OwnedFd>, f: impl FnOnce(&OwnedFd) -> Result<T>) -> Support {
    match tool {
        Ok(fd) => Support::of(f(fd)),
        Err(errno) => Support::Undecided(*errno),
    }
}
