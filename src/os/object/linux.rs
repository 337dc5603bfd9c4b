//! Linux and Android.

use core::ffi::CStr;
use std::{
    format, fs,
    os::fd::{BorrowedFd, OwnedFd},
    string::String,
};

use super::extend_to;
use crate::{
    Result,
    errno::Errno,
    fcntl::{FallocateFlags, fallocate},
    os::{in_words, page_size},
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

/// The pages come first, beyond the end, and then the length. They come in pieces, since a signal
/// undoes the one that it interrupts.
pub(crate) fn allocate(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    const PIECE: u64 = 64 << 20;
    let (mut done, mut piece) = (0, PIECE);
    while done < len {
        let n = piece.min(len - done);
        match fallocate(object, FallocateFlags::FALLOC_FL_KEEP_SIZE, done, n) {
            Ok(()) => done += n,
            Err(Errno::EINTR) => piece = (piece / 2).max(page_size() as u64),
            Err(errno) => return Err(errno),
        }
    }
    extend_to(object, len)
}

pub(crate) fn granule(object: BorrowedFd<'_>) -> Result<usize> {
    let about = fstatfs(object)?;
    let is_huge = about.f_type == vfs::HUGETLBFS_MAGIC;
    Ok(if is_huge { about.f_bsize as usize } else { page_size() })
}

/// `None` where there is no bound but the memory of the machine.
pub(crate) fn room(object: BorrowedFd<'_>) -> Option<String> {
    let about = fstatfs(object).ok()?;
    let bytes = |blocks: u64| in_words(blocks.saturating_mul(about.f_bsize));
    let (free, all) = (bytes(about.f_bavail), bytes(about.f_blocks));
    (about.f_blocks != 0).then(|| format!("{free} of {all} are free"))
}
