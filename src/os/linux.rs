//! Linux and Android.

mod footprint;
mod lines;
mod machine;
mod maps;
mod maps_text;
mod peek;
mod probe;
mod smaps;

use core::ops::Range;
use std::{
    fs::Metadata,
    os::{fd::BorrowedFd, unix::fs::MetadataExt},
};

pub(crate) use self::{
    footprint::footprint,
    machine::machine,
    maps::{Maps, mapping_at},
    peek::{peek, poke},
    probe::probe,
    smaps::{Details, usage},
};
use super::{PageCache, page_size};
use crate::{
    Result,
    errno::Errno,
    sys::{
        mman::{self, CacheStat},
        signal::{self, SigInfo},
        sysinfo::total_swap,
        unistd, vfs,
    },
};

/// `cachestat` (Linux 6.5); where it says nothing, or nothing but zeros, the kind of file system
/// tells what that means.
#[inline]
pub(crate) fn cached(file: BorrowedFd<'_>, range: &Range<u64>) -> Result<Option<PageCache>> {
    let (offset, len) = match range {
        // To the call a length of 0 is an open end. No file reaches so far.
        range if range.is_empty() => (u64::MAX, 1),
        range if range.end == u64::MAX => (range.start, 0),
        range => (range.start, range.end - range.start),
    };
    let told = match mman::cachestat(file, offset, len) {
        Ok(stat) => Some(in_bytes(stat)),
        Err(Errno::ENOSYS | Errno::EOPNOTSUPP) => None,
        Err(errno) => return Err(errno),
    };
    if told.is_some_and(|cached| cached.resident != 0 || cached.evicted != Some(0)) {
        return Ok(told);
    }
    match vfs::fstatfs(file)?.f_type {
        // All that is allocated there is in memory: `st_blocks`, in units of 512 bytes.
        vfs::HUGETLBFS_MAGIC => {
            let metadata = super::metadata(file)?;
            if range.start != 0 || range.end < metadata.len() {
                return Err(Errno::EOPNOTSUPP);
            }
            let resident = metadata.blocks().saturating_mul(512);
            Ok(Some(PageCache { resident, ..PageCache::default() }))
        }
        // The pages belong to the file below, which a map leads to and `cachestat` does not.
        vfs::OVERLAYFS_SUPER_MAGIC => Ok(None),
        _ => Ok(told),
    }
}

/// On tmpfs `st_blocks`, in units of 512 bytes, counts the pages in memory and those in swap space.
/// Nothing is there without swap space; that some is there and empty is not enough, as what is about
/// to be taken away looks so. Nothing is ever to be written to a disk.
pub(crate) fn cached_at_once(
    file: BorrowedFd<'_>,
    metadata: &Metadata,
) -> Result<Option<PageCache>> {
    let is_on_tmpfs = || vfs::fstatfs(file).is_ok_and(|told| told.f_type == vfs::TMPFS_MAGIC);
    if !metadata.is_file() || has_disk(metadata) || !is_on_tmpfs() || total_swap() != Ok(0) {
        return Ok(None);
    }
    // Who may not know is not told here either.
    match mman::cachestat(file, 0, 1) {
        Ok(_) => {}
        Err(Errno::ENOSYS) => return Ok(None),
        Err(errno) => return Err(errno),
    }
    let resident = super::metadata(file)?.blocks().saturating_mul(512);
    let none = Some(0);
    Ok(Some(PageCache {
        resident,
        dirty: none,
        writeback: none,
        evicted: none,
        recently_evicted: none,
    }))
}

/// File systems without a device have numbers whose major part is 0.
fn has_disk(metadata: &Metadata) -> bool {
    metadata.dev() & 0xffff_f000_000f_ff00 != 0
}

fn in_bytes(stat: CacheStat) -> PageCache {
    let bytes = |pages: u64| pages.saturating_mul(page_size() as u64);
    PageCache {
        resident: bytes(stat.nr_cache),
        dirty: Some(bytes(stat.nr_dirty)),
        writeback: Some(bytes(stat.nr_writeback)),
        evicted: Some(bytes(stat.nr_evicted)),
        recently_evicted: Some(bytes(stat.nr_recently_evicted)),
    }
}

/// Since Linux 5.2, `mincore` says "resident" of every page of a file that the caller neither
/// owns nor could write. Where that cannot be ruled out the answer is no.
pub(crate) fn tells_residency(file: BorrowedFd<'_>, metadata: &Metadata) -> bool {
    /// How the owner of a file looks who has no number in this user namespace.
    const NOBODY: u32 = 65534;
    let owns = metadata.uid() == unistd::geteuid() && metadata.uid() != NOBODY;
    owns || unistd::may_write(file).is_ok()
}

/// # Safety
///
/// - `info` is what a handler of this signal was given.
pub(crate) unsafe fn send_again(signal: i32, info: *mut SigInfo) -> Result<()> {
    // SAFETY: the caller's promise is that of the call.
    unsafe { signal::requeue(signal, info) }
}
