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
    check_room(object, len)?;
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

/// The kernel would first fill what room there is, and kill for want of memory.
fn check_room(object: BorrowedFd<'_>, len: u64) -> Result<()> {
    let about = fstatfs(object)?;
    if about.f_type == vfs::HUGETLBFS_MAGIC {
        // It is the pool's affair, which may take more pages from the system.
        return Ok(());
    }
    if about.f_blocks != 0 && len > about.f_bavail.saturating_mul(about.f_bsize) {
        return Err(Errno::ENOSPC);
    }
    match available_memory() {
        Some(available) if len > available => Err(Errno::ENOMEM),
        _ => Ok(()),
    }
}

/// What can be had without harm to others, with swap space.
fn available_memory() -> Option<u64> {
    let info = fs::read_to_string("/proc/meminfo").ok()?;
    let bytes = |line| {
        let text = info.lines().find_map(|text| text.strip_prefix(line))?;
        text.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.checked_mul(1024)
    };
    Some(bytes("MemAvailable:")?.saturating_add(bytes("SwapFree:")?))
}

pub(crate) fn granule(object: BorrowedFd<'_>) -> Result<usize> {
    let about = fstatfs(object)?;
    let is_huge = about.f_type == vfs::HUGETLBFS_MAGIC;
    Ok(if is_huge { about.f_bsize as usize } else { page_size() })
}

/// How much room for an object of this length there is.
pub(crate) fn room(object: BorrowedFd<'_>, len: u64) -> Option<String> {
    let about = fstatfs(object).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(about.f_bsize);
    let (free, all) = (bytes(about.f_bavail), bytes(about.f_blocks));
    if all != 0 && len > free {
        return Some(format!("{} of {} are free", in_words(free), in_words(all)));
    }
    let available = available_memory().filter(|available| len > *available)?;
    Some(format!("{} of memory are free", in_words(available)))
}
