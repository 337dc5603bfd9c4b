//! `mman::sys::mman`: what each call and flag does, and the exact code of each failure.

mod advise;
mod conformance;
mod damage;
mod errors_of_mmap;
mod fork;
mod guard;
mod kinds;
mod lock;
mod memfd;
mod memfd_secret;
mod mlock2;
mod mremap;
mod mseal;
mod noreplace;
mod objects;
mod pkey;
mod places;
mod posix_madvise;
mod process;
mod promises;
mod protect;
mod residency;
mod shadow_stack;
mod shm;
mod shm_life;
mod sync;
mod unmap;

use std::{ffi::c_void, os::fd::RawFd, ptr};

use mman::{
    Result,
    sys::mman::{MapFlags, ProtFlags, mmap},
};

use crate::util::page;

/// For reading and writing.
const RW: ProtFlags = ProtFlags::PROT_READ.union(ProtFlags::PROT_WRITE);
/// Private anonymous memory.
const ANON: MapFlags = MapFlags::MAP_PRIVATE.union(MapFlags::MAP_ANONYMOUS);

/// `mmap` of anonymous memory at a place that the kernel picks.
fn map_anon(pages: usize, prot: ProtFlags, flags: MapFlags) -> Result<*mut c_void> {
    unsafe { mmap(ptr::null_mut(), pages * page(), prot, flags, -1, 0) }
}

/// `mmap` of the first pages of a file.
fn map_file(pages: usize, prot: ProtFlags, flags: MapFlags, fd: RawFd) -> Result<*mut c_void> {
    unsafe { mmap(ptr::null_mut(), pages * page(), prot, flags, fd, 0) }
}

/// Reads the first byte of a page.
fn read(address: *mut c_void) -> u8 {
    unsafe { address.cast::<u8>().read_volatile() }
}

/// Writes the first byte of a page.
fn write(address: *mut c_void, value: u8) {
    unsafe { address.cast::<u8>().write_volatile(value) };
}

/// So many pages further on.
fn plus(address: *mut c_void, pages: usize) -> *mut c_void {
    address.wrapping_byte_add(pages * page())
}
