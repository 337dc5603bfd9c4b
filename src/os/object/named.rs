//! POSIX shared memory: all systems but Android.

use core::ffi::CStr;
use std::os::fd::OwnedFd;

use crate::{
    Result,
    errno::Errno,
    fcntl::OFlag,
    sys::{
        mman::{shm_open_owned, shm_unlink},
        stat::Mode,
    },
};

pub(crate) fn create_named(name: &CStr, mode: Mode) -> Result<OwnedFd> {
    open(name, OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL, mode)
}

pub(crate) fn open_named(name: &CStr) -> Result<OwnedFd> {
    open(name, OFlag::O_RDWR, Mode::empty())
}

fn open(name: &CStr, flags: OFlag, mode: Mode) -> Result<OwnedFd> {
    loop {
        match shm_open_owned(name, flags, mode) {
            Err(Errno::EINTR) => {}
            done => return done,
        }
    }
}

pub(crate) fn unlink_named(name: &CStr) -> Result<()> {
    shm_unlink(name)
}
