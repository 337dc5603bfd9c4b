//! Linux and Android.

use std::{
    fs::Metadata,
    os::{fd::BorrowedFd, unix::fs::MetadataExt},
};

use super::{PageCache, page_size};
use crate::{
    Result,
    errno::Errno,
    sys::{mman, unistd, vfs},
};

/// `cachestat` (Linux 6.5). It knows nothing of hugetlbfs, nor does `mincore` of a fresh map, but
/// there all that is allocated is in memory.
pub(crate) fn cached(file: BorrowedFd<'_>) -> Result<Option<PageCache>> {
    let bytes = |pages: u64| pages.saturating_mul(page_size() as u64);
    match mman::cachestat(file, 0, 0) {
        Ok(stat) => Ok(Some(PageCache {
            resident: bytes(stat.nr_cache),
            dirty: Some(bytes(stat.nr_dirty)),
            writeback: Some(bytes(stat.nr_writeback)),
            evicted: Some(bytes(stat.nr_evicted)),
            recently_evicted: Some(bytes(stat.nr_recently_evicted)),
        })),
        Err(Errno::ENOSYS | Errno::EOPNOTSUPP) => huge(file),
        Err(errno) => Err(errno),
    }
}

/// A file of hugetlbfs: its blocks of 512 bytes are its pages.
fn huge(file: BorrowedFd<'_>) -> Result<Option<PageCache>> {
    if vfs::fstatfs(file)?.f_type != vfs::HUGETLBFS_MAGIC {
        return Ok(None);
    }
    let resident = super::metadata(file)?.blocks().saturating_mul(512);
    Ok(Some(PageCache { resident, ..PageCache::default() }))
}

/// Since Linux 5.2, `mincore` says "resident" of every page of a file that the caller neither
/// owns nor could write. Where that cannot be ruled out the answer is no.
pub(crate) fn tells_residency(metadata: &Metadata) -> bool {
    const OTHERS_WRITE: u32 = 0o002;
    /// The user of files whose owner has no number in this user namespace: the namespace's root
    /// has no power over these.
    const NOBODY: u32 = 65534;
    let user = unistd::geteuid();
    metadata.uid() == user
        || metadata.mode() & OTHERS_WRITE != 0
        || (user == 0 && metadata.uid() != NOBODY)
}
