//! Linux and Android.

use core::ops::Range;
use std::{
    format,
    fs::{self, Metadata},
    os::{
        fd::BorrowedFd,
        unix::fs::{FileTypeExt, MetadataExt},
    },
    string::String,
};

use crate::{
    Result,
    errno::Errno,
    fcntl::{FallocateFlags, fallocate},
    os::{self, in_words},
    sys::{mman, vfs},
};

/// That of a huge page for the files of hugetlbfs.
pub(crate) fn file_granule(file: BorrowedFd<'_>, metadata: &Metadata) -> usize {
    let (small, block) = (os::page_size(), usize::try_from(metadata.blksize()).unwrap_or(0));
    // Other file systems have large blocks too; most have none, and need not be asked.
    if block <= small || !block.is_power_of_two() {
        return small;
    }
    match vfs::fstatfs(file) {
        Ok(about) if about.f_type == vfs::HUGETLBFS_MAGIC => block,
        _ => small,
    }
}

/// A character device may be a graphics card, or all memory. What has no kind is an object of the
/// kernel's: an `io_uring`, of whose rings it takes orders, a map of BPF.
pub(crate) fn acts_on_stores(metadata: &Metadata) -> bool {
    let kind = metadata.file_type();
    !(kind.is_file() || kind.is_block_device())
}

/// By `fallocate`: `posix_fallocate` of glibc would write where the file system cannot do it.
pub(crate) fn allocate_blocks(file: BorrowedFd<'_>, offset: u64, len: u64) -> Result<()> {
    match in_pieces(file, FallocateFlags::empty(), offset, len) {
        Err(Errno::EOPNOTSUPP) => Err(Errno::ENOSYS),
        done => done,
    }
}

/// `fallocate` in pieces, since a signal may undo the one that it interrupts.
pub(crate) fn in_pieces(
    file: BorrowedFd<'_>,
    flags: FallocateFlags,
    offset: u64,
    len: u64,
) -> Result<()> {
    let (mut done, mut piece) = (0, 64 << 20);
    while done < len {
        let n = piece.min(len - done);
        match fallocate(file, flags, offset + done, n) {
            Ok(()) => done += n,
            Err(Errno::EINTR) => piece = (piece / 2).max(1 << 16),
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// The kernel would first take all that there is, and where files are memory it kills then. Huge
/// pages are the affair of their pool, which may take more from the system.
pub(crate) fn lacks_room(file: BorrowedFd<'_>, more: u64) -> Option<(Errno, String)> {
    let about = vfs::fstatfs(file).ok().filter(|about| about.f_type != vfs::HUGETLBFS_MAGIC)?;
    let bytes = |blocks: u64| blocks.saturating_mul(about.f_bsize);
    if about.f_blocks != 0 && more > bytes(about.f_bfree) {
        let (free, all) = (in_words(bytes(about.f_bavail)), in_words(bytes(about.f_blocks)));
        return Some((Errno::ENOSPC, format!("{free} of {all} are free")));
    }
    if ![vfs::TMPFS_MAGIC, vfs::RAMFS_MAGIC].contains(&about.f_type) {
        return None;
    }
    let available = available_memory().filter(|available| more > *available)?;
    Some((Errno::ENOMEM, format!("{} of memory are free", in_words(available))))
}

/// Of files in memory, by `cachestat` (Linux 6.5): their pages are in the cache, or in swap space.
pub(crate) fn allocated(file: BorrowedFd<'_>, range: &Range<u64>) -> Option<u64> {
    let kind = vfs::fstatfs(file).ok()?.f_type;
    if ![vfs::TMPFS_MAGIC, vfs::RAMFS_MAGIC].contains(&kind) || range.is_empty() {
        return None;
    }
    let stat = mman::cachestat(file, range.start, range.end - range.start).ok()?;
    Some((stat.nr_cache + stat.nr_evicted).saturating_mul(os::page_size() as u64))
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
