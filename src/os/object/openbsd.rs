//! OpenBSD: objects are files on a disk.

use core::ffi::CStr;
use std::{
    fs::Permissions,
    io::{Error, Write},
    os::{
        fd::{BorrowedFd, OwnedFd},
        unix::fs::PermissionsExt,
    },
};

use super::{extend_to, file};
use crate::{
    Result,
    errno::Errno,
    sys::mman::{shm_mkstemp, shm_unlink},
};

/// The name is nowhere to be seen.
pub(crate) fn create(_name: &CStr, huge: Option<usize>) -> Result<OwnedFd> {
    if huge.is_some() {
        return Err(Errno::ENOSYS);
    }
    let (object, name) = shm_mkstemp(c"/mman.XXXXXXXXXX")?;
    shm_unlink(&name)?;
    Ok(object)
}

pub(crate) fn extend(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    extend_to(object, len)
}

pub(crate) fn account(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    allocate(object, len)
}

/// No call takes blocks, so zeros are written. Nobody may open the object meanwhile, for its
/// length grows.
pub(crate) fn allocate(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    const ZEROS: [u8; 1 << 14] = [0; 1 << 14];
    let errno = |error: Error| Errno::try_from(error).unwrap_or(Errno::EIO);
    let mut file = file(object);
    let permissions = file.metadata().map_err(errno)?.permissions();
    file.set_permissions(Permissions::from_mode(0)).map_err(errno)?;
    let mut rest = len;
    while rest > 0 {
        let n = rest.min(ZEROS.len() as u64);
        file.write_all(ZEROS.get(..n as usize).unwrap_or(&ZEROS)).map_err(errno)?;
        rest -= n;
    }
    file.set_permissions(permissions).map_err(errno)
}
