//! Every function with its exact type.

#![allow(clippy::type_complexity, reason = "the types are what is proven")]

use std::os::unix::io::RawFd;

use nix::Result;
use nix::libc::{c_void, off_t, size_t};
#[cfg(any(target_os = "linux", target_os = "netbsd"))]
use nix::sys::mman::{MRemapFlags, mremap};
use nix::sys::mman::{MapFlags, MlockAllFlags, MmapAdvise, MsFlags, ProtFlags};
use nix::sys::mman::{
    madvise, mlock, mlockall, mmap, mprotect, msync, munlock, munlockall, munmap,
};

const _: unsafe fn(*mut c_void, size_t, ProtFlags, MapFlags, RawFd, off_t) -> Result<*mut c_void> =
    mmap;
const _: unsafe fn(*mut c_void, size_t) -> Result<()> = munmap;
#[cfg(any(target_os = "linux", target_os = "netbsd"))]
const _: unsafe fn(
    *mut c_void,
    size_t,
    size_t,
    MRemapFlags,
    Option<*mut c_void>,
) -> Result<*mut c_void> = mremap;
const _: unsafe fn(*mut c_void, size_t, ProtFlags) -> Result<()> = mprotect;
const _: unsafe fn(*mut c_void, size_t, MmapAdvise) -> Result<()> = madvise;
const _: unsafe fn(*mut c_void, size_t, MsFlags) -> Result<()> = msync;
const _: unsafe fn(*const c_void, size_t) -> Result<()> = mlock;
const _: unsafe fn(*const c_void, size_t) -> Result<()> = munlock;
const _: fn(MlockAllFlags) -> Result<()> = mlockall;
const _: fn() -> Result<()> = munlockall;

#[cfg(not(target_os = "android"))]
mod shm {
    use std::ffi::{CStr, OsStr};
    use std::os::unix::io::RawFd;
    use std::path::{Path, PathBuf};

    use nix::Result;
    use nix::fcntl::OFlag;
    use nix::sys::mman::{shm_open, shm_unlink};
    use nix::sys::stat::Mode;

    const _: fn(&str, OFlag, Mode) -> Result<RawFd> = shm_open::<str>;
    const _: fn(&OsStr, OFlag, Mode) -> Result<RawFd> = shm_open::<OsStr>;
    const _: fn(&CStr, OFlag, Mode) -> Result<RawFd> = shm_open::<CStr>;
    const _: fn(&[u8], OFlag, Mode) -> Result<RawFd> = shm_open::<[u8]>;
    const _: fn(&Path, OFlag, Mode) -> Result<RawFd> = shm_open::<Path>;
    const _: fn(&PathBuf, OFlag, Mode) -> Result<RawFd> = shm_open::<PathBuf>;
    const _: fn(&str) -> Result<()> = shm_unlink::<str>;
    const _: fn(&OsStr) -> Result<()> = shm_unlink::<OsStr>;
    const _: fn(&CStr) -> Result<()> = shm_unlink::<CStr>;
    const _: fn(&[u8]) -> Result<()> = shm_unlink::<[u8]>;
    const _: fn(&Path) -> Result<()> = shm_unlink::<Path>;
    const _: fn(&PathBuf) -> Result<()> = shm_unlink::<PathBuf>;
}
