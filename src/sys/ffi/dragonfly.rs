//! `<sys/mman.h>` of DragonFly 6: what the libc crate lacks.

use core::ffi::c_int;

pub(crate) use libc::*;

pub(crate) const MAP_INHERIT: c_int = 0x80;
pub(crate) const MAP_TRYFIXED: c_int = 0x1_0000;
pub(crate) const MAP_SIZEALIGN: c_int = 0x4_0000;
