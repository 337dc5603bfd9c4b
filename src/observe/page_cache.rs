//! What the page cache holds of a file.

use core::ops::{Bound, Range, RangeBounds};
use std::{
    format,
    fs::{FileType, Metadata},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::fs::{FileTypeExt, MetadataExt},
    },
};

use crate::{
    MapError, Placement, Result,
    errno::Errno,
    os::{self, Backing, Protection},
    region::{Layout, Region},
};

pub use crate::os::PageCache;

const OPERATION: &str = "page_cache";

/// What the page cache holds of a file: how much is in memory, dirty, being written, evicted.
///
/// The file's contents are not touched. Linux 6.5 answers without mapping the file, in a time that
/// grows with what is in memory, not with the file's size, and on tmpfs without swap space with
/// nothing at all. Older kernels and other systems are asked
/// by way of temporary maps, and tell `resident` only.
///
/// # Examples
///
/// ```
/// let file = std::fs::File::open("Cargo.toml")?;
/// let cached = mman::observe::page_cache(&file)?;
/// println!("{} bytes are in memory", cached.resident);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EPERM`: the kernel does not tell it of a file that the caller neither owns nor may write.
/// - `EBADF`: the file is open as a path only (`O_PATH`).
/// - Without a code: the file is a directory, or of a kind that has no pages; or the system
///   cannot tell at all (OpenBSD).
///
/// # Platforms
///
/// All but OpenBSD.
pub fn page_cache(file: impl AsFd) -> Result<PageCache, MapError> {
    let file = file.as_fd();
    page_cache_with(file, &os::metadata(file).map_err(system)?)
}

/// [`page_cache`] for who has the file's metadata: a system call less, of three for a small file.
///
/// With the metadata of another file the answer is wrong.
///
/// # Examples
///
/// ```
/// let file = std::fs::File::open("Cargo.toml")?;
/// let metadata = file.metadata()?;
/// let cached = mman::observe::page_cache_with(&file, &metadata)?;
/// println!("{} of {} bytes are in memory", cached.resident, metadata.len());
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// As [`page_cache`].
///
/// # Platforms
///
/// All but OpenBSD.
pub fn page_cache_with(file: impl AsFd, metadata: &Metadata) -> Result<PageCache, MapError> {
    /// In units of 512 bytes: a file that holds less is looked at sooner.
    const LARGE: u64 = 2048;
    let file = file.as_fd();
    if metadata.blocks() >= LARGE {
        if let Some(cached) = page_cache_at_once(file, metadata)? {
            return Ok(cached);
        }
    }
    page_cache_range(file, metadata, ..)
}

/// [`page_cache`] if the answer is at hand, without a look at what is in memory; else `None`.
///
/// So it is with a file on tmpfs, as shared memory is, while the machine has no swap space. For who
/// would share a large file among threads, by [`page_cache_range`]; the other calls ask by themselves.
///
/// # Examples
///
/// ```
/// let file = std::fs::File::open("Cargo.toml")?;
/// let metadata = file.metadata()?;
/// match mman::observe::page_cache_at_once(&file, &metadata)? {
///     Some(cached) => println!("{} bytes are in memory", cached.resident),
///     None => println!("that takes a look at each page"),
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// As [`page_cache`].
///
/// # Platforms
///
/// Linux 6.5, Android. Elsewhere it is `None`.
pub fn page_cache_at_once(
    file: impl AsFd,
    metadata: &Metadata,
) -> Result<Option<PageCache>, MapError> {
    has_pages(metadata.file_type()).map_err(|rule| MapError::rule(OPERATION, rule))?;
    os::cached_at_once(file.as_fd(), metadata).map_err(system)
}

/// [`page_cache`] of a part of a file, in bytes from its start on.
///
/// A page counts if a byte of it is in the range, of a large one that lies across an end only what is
/// in the range. So the figures of ranges that meet at a multiple of [`page_size`](crate::page_size)
/// add up to those of the whole, which threads can ask for together. An open end also has what a
/// huge page holds behind the end of the file. Where nothing can be, the answer is 0.
///
/// # Examples
///
/// ```
/// let file = std::fs::File::open("Cargo.toml")?;
/// let metadata = file.metadata()?;
/// let head = mman::observe::page_cache_range(&file, &metadata, ..100)?;
/// println!("{} bytes are in memory, in whole pages", head.resident);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// As [`page_cache`], and without a code: the range ends before it starts. `EOPNOTSUPP`: a file of
/// hugetlbfs, of which only the whole is told.
///
/// # Platforms
///
/// All but OpenBSD.
pub fn page_cache_range(
    file: impl AsFd,
    metadata: &Metadata,
    range: impl RangeBounds<u64>,
) -> Result<PageCache, MapError> {
    let file = file.as_fd();
    let range = ends(&range)?;
    has_pages(metadata.file_type()).map_err(|rule| MapError::rule(OPERATION, rule))?;
    if let Some(cached) = os::cached(file, &range).map_err(system)? {
        return Ok(cached);
    }
    if metadata.file_type().is_block_device() {
        return Err(MapError::unsupported(OPERATION, "this system tells it of regular files only"));
    }
    if !os::tells_residency(file, metadata) {
        return Err(system(Errno::EPERM));
    }
    let resident = resident_by_map(file, range.start..range.end.min(metadata.len()))?;
    Ok(PageCache { resident, ..PageCache::default() })
}

/// An open end is the largest number.
fn ends(bounds: &impl RangeBounds<u64>) -> Result<Range<u64>, MapError> {
    let start = match bounds.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match bounds.end_bound() {
        Bound::Included(last) => last.saturating_add(1),
        Bound::Excluded(end) => *end,
        Bound::Unbounded => u64::MAX,
    };
    if start > end {
        return Err(MapError::rule(OPERATION, format!("{start}..{end} ends before it starts")));
    }
    Ok(start..end)
}

fn system(errno: Errno) -> MapError {
    const NOT_TOLD: &str = "only the owner of a file and those who may write it are told";
    const WHOLE_ONLY: &str = "of a file of hugetlbfs only the whole is told";
    match errno {
        Errno::EPERM => MapError::because(OPERATION, errno, NOT_TOLD),
        Errno::EOPNOTSUPP => MapError::because(OPERATION, errno, WHOLE_ONLY),
        Errno::ENOSYS => MapError::unsupported(OPERATION, "this system does not tell"),
        _ => MapError::system(OPERATION, errno),
    }
}

fn has_pages(kind: FileType) -> Result<(), &'static str> {
    if kind.is_file() || kind.is_block_device() {
        Ok(())
    } else if kind.is_dir() {
        Err("a directory has no page cache of its own")
    } else {
        Err("a pipe, socket or device has no page cache")
    }
}

/// Counts the bytes in memory, a window at a time: the answer takes a byte for each page.
fn resident_by_map(file: BorrowedFd<'_>, range: Range<u64>) -> Result<u64, MapError> {
    const WINDOW: u64 = 256 << 20;
    let page = os::page_size();
    let mut pages = 0;
    let mut offset = match range.is_empty() {
        true => range.end,
        false => range.start - range.start % page as u64,
    };
    while offset < range.end {
        let layout = Layout {
            len: (range.end - offset).min(WINDOW) as usize,
            backing: Backing::File(file, offset),
            protection: Protection::Read,
            ..Layout::new(&Placement::Anywhere, page)
        };
        let region = Region::map(OPERATION, &layout)?;
        pages += region.residency_of(OPERATION, ..)?.resident() as u64;
        offset += WINDOW;
    }
    Ok(pages * page as u64)
}
