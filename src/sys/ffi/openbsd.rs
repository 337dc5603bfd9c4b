//! `<sys/mman.h>` of OpenBSD 7.9: what the libc crate lacks.

use core::ffi::c_int;

pub(crate) use libc::*;

pub(crate) const MAP_INHERIT: c_int = 0;
pub(crate) const MADV_SPACEAVAIL: c_int = 5;
