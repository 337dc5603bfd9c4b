//! The BSDs and Apple's systems: `minherit`.

use super::Fork;
use crate::{
    Result,
    errno::Errno,
    sys::mman::{Inherit, minherit},
};

#[cfg(any(target_os = "freebsd", target_os = "dragonfly"))]
const NOTHING: Inherit = Inherit::INHERIT_NONE;
#[cfg(any(target_os = "netbsd", target_os = "openbsd"))]
const NOTHING: Inherit = Inherit::MAP_INHERIT_NONE;
#[cfg(target_vendor = "apple")]
const NOTHING: Inherit = Inherit::VM_INHERIT_NONE;

#[cfg(target_os = "freebsd")]
const ZEROS: Option<Inherit> = Some(Inherit::INHERIT_ZERO);
#[cfg(any(target_os = "netbsd", target_os = "openbsd"))]
const ZEROS: Option<Inherit> = Some(Inherit::MAP_INHERIT_ZERO);
#[cfg(any(target_os = "dragonfly", target_vendor = "apple"))]
const ZEROS: Option<Inherit> = None;

pub(crate) fn inherit(start: *mut u8, len: usize, fork: Fork) -> Result<()> {
    let (inherit, is_old) = match fork {
        Fork::Inherit => return Ok(()),
        Fork::Exclude => (NOTHING, true),
        Fork::Wipe => (ZEROS.ok_or(Errno::ENOSYS)?, false),
    };
    // SAFETY: what a child finds is the business of who forks; no memory becomes shared.
    match unsafe { minherit(start.cast(), len, inherit) } {
        // FreeBSD before 12 does not know zeros.
        Err(Errno::EINVAL) if !is_old => Err(Errno::ENOSYS),
        done => done,
    }
}
