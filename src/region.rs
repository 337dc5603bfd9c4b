//! One owned range of mapped pages: the only place that unmaps.

use core::{ffi::c_void, num::NonZeroUsize, ptr};
use std::os::fd::{AsRawFd, BorrowedFd};

use crate::{
    Result, os,
    sys::mman::{self, MapFlags, ProtFlags},
};

/// A range of pages that this value has mapped and will unmap.
#[derive(Debug)]
pub(crate) struct Region {
    start: *mut c_void,
    len: NonZeroUsize,
}

impl Region {
    /// Maps `len` bytes of a file from `offset` on, for reading. No page is touched.
    pub(crate) fn of_file(file: BorrowedFd<'_>, offset: u64, len: NonZeroUsize) -> Result<Self> {
        let (prot, flags) = (ProtFlags::PROT_READ, MapFlags::MAP_SHARED);
        // SAFETY: without MAP_FIXED the system picks a free place, so nothing is replaced.
        let start = unsafe {
            mman::mmap64(ptr::null_mut(), len.get(), prot, flags, file.as_raw_fd(), offset)
        }?;
        Ok(Self { start, len })
    }

    /// Which pages are in memory: bit 0 of each page's byte.
    pub(crate) fn residency(&self, vec: &mut [u8]) -> Result<()> {
        os::residency(self.start, self.len.get(), vec)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: the range is this value's own, and nobody has been given its address for longer
        // than the value lives. That it failed would leak address space and no more.
        let _ = unsafe { mman::munmap(self.start, self.len.get()) };
    }
}
