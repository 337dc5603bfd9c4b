//! `<sys/mman.h>` of FreeBSD 15.1: what the libc crate lacks.

use core::ffi::c_int;

pub(crate) use libc::*;

pub(crate) const MAP_32BIT: c_int = 0x8_0000;
