//! `<sys/mman.h>`, `<sys/errno.h>`, `<mach/vm_page_size.h>` of the SDK 27.0: what the libc crate
//! lacks.

use core::ffi::c_int;

pub(crate) use libc::*;

pub(crate) const MAP_RESILIENT_CODESIGN: c_int = 0x2000;
pub(crate) const MAP_RESILIENT_MEDIA: c_int = 0x4000;
#[cfg(target_os = "macos")]
pub(crate) const MAP_32BIT: c_int = 0x8000;
pub(crate) const MAP_TRANSLATED_ALLOW_EXECUTE: c_int = 0x2_0000;
pub(crate) const MAP_UNIX03: c_int = 0x4_0000;
pub(crate) const MAP_TPRO: c_int = 0x8_0000;
pub(crate) const MADV_PAGEOUT: c_int = 10;
pub(crate) const MADV_ZERO: c_int = 11;
pub(crate) const ENOTCAPABLE: c_int = 107;

pub(crate) const MINCORE_PAGED_OUT: c_int = 0x20;
pub(crate) const MINCORE_COPIED: c_int = 0x40;
pub(crate) const MINCORE_ANONYMOUS: c_int = 0x80;

unsafe extern "C" {
    /// The size of the kernel's pages, set before any code of the program runs. macOS 10.9, iOS 7.
    pub(crate) safe static vm_kernel_page_size: vm_size_t;
}
