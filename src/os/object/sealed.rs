//! The systems with seals: Linux, Android, FreeBSD 13, NetBSD 11.

use std::os::fd::BorrowedFd;

use super::Seals;
use crate::{
    Result,
    errno::Errno,
    fcntl::{SealFlags, fcntl_add_seals, fcntl_get_seals},
};

/// On Linux a seal waits for calls that write, and is refused while the object is mapped for
/// writing or a device may still write to it; on FreeBSD the same, devices apart, which only who
/// administers the machine can let write to memory. On NetBSD a call that looked for seals before
/// one was set goes on regardless.
#[cfg(not(target_os = "netbsd"))]
pub(crate) const WRITE_SEALS_HOLD: bool = true;
/// A call that looked for seals before one was set goes on regardless.
#[cfg(target_os = "netbsd")]
pub(crate) const WRITE_SEALS_HOLD: bool = false;

/// A file of tmpfs has the seal against seals and no other; one of a disk has none.
pub(crate) fn seals(object: BorrowedFd<'_>) -> Result<Option<Seals>> {
    let has = match fcntl_get_seals(object) {
        Ok(has) => has,
        Err(Errno::EINVAL) => return Ok(None),
        Err(errno) => return Err(errno),
    };
    Ok(Some(Seals {
        shrink: has.contains(SealFlags::F_SEAL_SHRINK),
        grow: has.contains(SealFlags::F_SEAL_GROW),
        write: has.contains(SealFlags::F_SEAL_WRITE),
    }))
}

/// With `write`, no seal can be added any more either.
pub(crate) fn seal(object: BorrowedFd<'_>, write: bool) -> Result<()> {
    let length = SealFlags::F_SEAL_SHRINK | SealFlags::F_SEAL_GROW;
    let all = length | SealFlags::F_SEAL_WRITE | SealFlags::F_SEAL_SEAL;
    fcntl_add_seals(object, if write { all } else { length })
}
