//! `<sys/mman.h>` of NetBSD 11.0: what the libc crate lacks.

use core::ffi::c_int;

pub(crate) use libc::*;

pub(crate) const MAP_INHERIT: c_int = 0x80;
pub(crate) const MADV_SPACEAVAIL: c_int = 5;
