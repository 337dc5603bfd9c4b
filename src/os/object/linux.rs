//! Linux and Android.

use core::ffi::CStr;
use std::{
    fs,
    os::fd::{BorrowedFd, OwnedFd},
};

use super::extend_to;
use crate::{
    Result,
    errno::Errno,
    fcntl::FallocateFlags,
    os::{
        file::{in_pieces, lacks_room},
        page_size,
    },
    sys::{
        mman::{MemFdFlags, memfd_create},
        vfs::{self, fstatfs},
    },
};

pub(crate) fn create(name: &CStr, huge: Option<usize>) -> Result<OwnedFd> {
    let mut flags = MemFdFlags::MFD_CLOEXEC | MemFdFlags::MFD_ALLOW_SEALING;
    if let Some(size) = huge {
        let size = size.checked_ilog2().and_then(MemFdFlags::huge_page_size);
        flags |= MemFdFlags::MFD_HUGETLB | size.ok_or(Errno::ENODEV)?;
    }
    // Linux 6.3 knows that nobody shall run it; `vm.memfd_noexec` may require to say so.
    match memfd_create(name, flags | MemFdFlags::MFD_NOEXEC_SEAL) {
        Err(Errno::EINVAL) => memfd_create(name, flags),
        done => done,
    }
}

pub(crate) fn extend(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    extend_to(object, len)
}

/// Objects are never accounted for as a whole, which in mode 2 makes an access fail later.
pub(crate) fn account(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    let mode = fs::read_to_string("/proc/sys/vm/overcommit_memory");
    if mode.is_ok_and(|mode| mode.trim() == "2") {
        allocate(object, len)
    } else {
        extend_to(object, len)
    }
}

/// The pages come first, beyond the end, and then the length.
pub(crate) fn allocate(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    if let Some((errno, _)) = lacks_room(object, len) {
        return Err(errno);
    }
    in_pieces(object, FallocateFlags::FALLOC_FL_KEEP_SIZE, 0, len)?;
    extend_to(object, len)
}

pub(crate) fn granule(object: BorrowedFd<'_>) -> Result<usize> {
    let about = fstatfs(object)?;
    let is_huge = about.f_type == vfs::HUGETLBFS_MAGIC;
    Ok(if is_huge { about.f_bsize as usize } else { page_size() })
}
