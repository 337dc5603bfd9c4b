//! Linux and Android.

use std::{
    fs::Metadata,
    os::{
        fd::BorrowedFd,
        unix::fs::{FileTypeExt, MetadataExt},
    },
};

use crate::{
    Result,
    errno::Errno,
    fcntl::{FallocateFlags, fallocate},
    os,
    sys::vfs,
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

/// What has no kind is an object of the kernel's: an `io_uring`, of whose rings it takes orders, a map
/// of BPF.
pub(crate) fn acts_on_stores(metadata: &Metadata) -> bool {
    let kind = metadata.file_type();
    !(kind.is_file() || kind.is_block_device() || kind.is_char_device())
}

/// By `fallocate`: `posix_fallocate` of glibc would write where the file system cannot do it. In
/// pieces, since a signal may undo the one that it interrupts.
pub(crate) fn allocate_blocks(file: BorrowedFd<'_>, offset: u64, len: u64) -> Result<()> {
    let (mut done, mut piece) = (0, 1 << 30);
    while done < len {
        let n = piece.min(len - done);
        match fallocate(file, FallocateFlags::empty(), offset + done, n) {
            Ok(()) => done += n,
            Err(Errno::EINTR) => piece = (piece / 2).max(1 << 16),
            Err(Errno::EOPNOTSUPP) => return Err(Errno::ENOSYS),
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}
