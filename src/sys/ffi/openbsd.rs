//! `<sys/mman.h>` of OpenBSD 7.9: what the libc crate lacks.

use core::ffi::{c_char, c_int, c_void};

pub(crate) use libc::*;

pub(crate) const MAP_INHERIT: c_int = 0;
pub(crate) const MADV_SPACEAVAIL: c_int = 5;

unsafe extern "C" {
    pub(crate) fn mquery(
        addr: *mut c_void,
        len: size_t,
        prot: c_int,
        flags: c_int,
        fd: c_int,
        offset: off_t,
    ) -> *mut c_void;
    pub(crate) fn shm_mkstemp(template: *mut c_char) -> c_int;
}
