//! The systems whose objects all have a name at first: DragonFly, Apple's.

use core::ffi::CStr;
use std::{
    format,
    hash::{BuildHasher, RandomState},
    os::fd::OwnedFd,
};

use crate::{
    Result,
    errno::Errno,
    fcntl::OFlag,
    sys::{
        mman::{shm_open_owned, shm_unlink},
        stat::Mode,
    },
};

/// A name that nobody can guess, for a moment. The one asked for is nowhere to be seen.
pub(crate) fn create(_name: &CStr, huge: Option<usize>) -> Result<OwnedFd> {
    if huge.is_some() {
        return Err(Errno::ENOSYS);
    }
    loop {
        let name = format!("/mman-{:016x}", RandomState::new().hash_one(0));
        let flags = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL;
        match shm_open_owned(name.as_str(), flags, Mode::S_IRUSR | Mode::S_IWUSR) {
            Err(Errno::EEXIST | Errno::EINTR) => {}
            Err(errno) => return Err(errno),
            Ok(object) => {
                shm_unlink(name.as_str())?;
                return Ok(object);
            }
        }
    }
}
