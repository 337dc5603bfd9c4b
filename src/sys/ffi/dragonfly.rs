//! `<sys/mman.h>` of DragonFly 6: what the libc crate lacks.

use core::ffi::{c_int, c_void};

pub(crate) use libc::*;

pub(crate) const MAP_INHERIT: c_int = 0x80;
pub(crate) const MAP_TRYFIXED: c_int = 0x1_0000;
pub(crate) const MAP_SIZEALIGN: c_int = 0x4_0000;

unsafe extern "C" {
    pub(crate) fn mcontrol(addr: *mut c_void, len: size_t, behav: c_int, value: off_t) -> c_int;
}
