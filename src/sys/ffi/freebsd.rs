//! `<sys/mman.h>` and `<sys/syscall.h>` of FreeBSD 15.1: what the libc crate lacks.

use core::ffi::c_int;

pub(crate) use libc::*;

pub(crate) const MAP_32BIT: c_int = 0x8_0000;

pub(crate) const MFD_HUGE_SHIFT: u32 = 26;

pub(crate) const SHM_ALLOW_SEALING: c_int = 1;
pub(crate) const SHM_GROW_ON_WRITE: c_int = 2;
pub(crate) const SHM_LARGEPAGE: c_int = 4;

pub(crate) const SYS_shm_open2: c_int = 571;
