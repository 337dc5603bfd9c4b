//! `<sys/mman.h>` and `<fcntl.h>` of NetBSD 11.0: what the libc crate lacks.

use core::ffi::{c_char, c_int, c_uint};

pub(crate) use libc::*;

pub(crate) const MAP_INHERIT: c_int = 0x80;
pub(crate) const MADV_SPACEAVAIL: c_int = 5;

pub(crate) const POSIX_FADV_NORMAL: c_int = 0;
pub(crate) const POSIX_FADV_RANDOM: c_int = 1;
pub(crate) const POSIX_FADV_SEQUENTIAL: c_int = 2;
pub(crate) const POSIX_FADV_WILLNEED: c_int = 3;
pub(crate) const POSIX_FADV_DONTNEED: c_int = 4;
pub(crate) const POSIX_FADV_NOREUSE: c_int = 5;

pub(crate) const MFD_CLOEXEC: c_uint = 1;
pub(crate) const MFD_ALLOW_SEALING: c_uint = 2;
pub(crate) const MFD_CLOFORK: c_uint = 4;

pub(crate) const F_ADD_SEALS: c_int = 16;
pub(crate) const F_GET_SEALS: c_int = 17;
pub(crate) const F_SEAL_SEAL: c_int = 0x1;
pub(crate) const F_SEAL_SHRINK: c_int = 0x2;
pub(crate) const F_SEAL_GROW: c_int = 0x4;
pub(crate) const F_SEAL_WRITE: c_int = 0x8;
pub(crate) const F_SEAL_FUTURE_WRITE: c_int = 0x10;

unsafe extern "C" {
    #[link_name = "posix_fadvise"]
    pub(crate) fn posix_fadvise64(fd: c_int, offset: off_t, len: off_t, advice: c_int) -> c_int;
    #[link_name = "posix_fallocate"]
    pub(crate) fn posix_fallocate64(fd: c_int, offset: off_t, len: off_t) -> c_int;
    /// `<sys/mman.h>`, NetBSD 11.
    pub(crate) fn memfd_create(name: *const c_char, flags: c_uint) -> c_int;
}
