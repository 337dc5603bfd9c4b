//! The ioctl `PAGEMAP_SCAN`.

use std::os::fd::AsFd;

use crate::{
    Result,
    sys::ioctl::{_IOWR, Request, ioctl},
};

table! {
    /// Categories of pages.
    ///
    /// A kernel that does not know a category answers `EINVAL`, for an empty range too; see
    /// [`pagemap_scan`] for how to ask.
    #[derive(Default)]
    pub struct PageIs: u64 {
        on(linux, android) {
            /// Writes to the page can be tracked: by a userfaultfd with `WP_ASYNC` (Linux 6.7).
            PAGE_IS_WPALLOWED;
            /// Written since it was write-protected, or never protected (Linux 6.7).
            PAGE_IS_WRITTEN;
            /// A page of a file or of shared memory (Linux 6.7).
            PAGE_IS_FILE;
            /// In memory (Linux 6.7).
            PAGE_IS_PRESENT;
            /// In swap; a mark such as that of a guard region counts as well (Linux 6.7).
            PAGE_IS_SWAPPED;
            /// The page of zeros that is shared by all (Linux 6.7).
            PAGE_IS_PFNZERO;
            /// Part of a huge page, mapped as such (Linux 6.7).
            ///
            /// On hugetlbfs also where no page is there yet.
            PAGE_IS_HUGE;
            /// Written since `clear_refs` cleared this mark (Linux 6.7).
            ///
            /// Never set on a kernel without `CONFIG_MEM_SOFT_DIRTY`.
            PAGE_IS_SOFT_DIRTY;
            /// Part of a guard region (Linux 6.16).
            PAGE_IS_GUARD;
        }
    }
}

table! {
    /// What [`pagemap_scan`] does besides finding pages.
    #[derive(Default)]
    pub struct PmScanFlags: u64 {
        on(linux, android) {
            /// Write-protect the pages found, so that the next scan tells whether they were
            /// written.
            ///
            /// Only mappings that are registered with a userfaultfd for asynchronous write
            /// protection are scanned; the others are skipped.
            PM_SCAN_WP_MATCHING;
            /// Fail with `EPERM` at a mapping whose writes cannot be tracked.
            PM_SCAN_CHECK_WPASYNC;
        }
    }
}

/// Pages in a row that are of the same categories.
#[doc(alias = "struct page_region")]
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[repr(C)]
pub struct PageRegion {
    /// The address of the first byte.
    pub start: u64,
    /// The address behind the last byte.
    pub end: u64,
    /// Those of the categories asked for that the pages are of.
    pub categories: PageIs,
}

/// Which pages [`pagemap_scan`] looks for, and what it tells of them.
///
/// A page is found if it is of every category in `category_mask`, and of at least one in
/// `category_anyof_mask` if that is not empty. For a category in `category_inverted`, read "is
/// not of" both times.
///
/// More fields may come: end it with `..PmScanArg::default()`.
#[doc(alias = "struct pm_scan_arg")]
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct PmScanArg {
    /// What is done besides finding pages.
    pub flags: PmScanFlags,
    /// The address of the first page, a multiple of the page size.
    pub start: u64,
    /// The address behind the range; rounded up to whole pages.
    pub end: u64,
    /// Stop when so many pages are found; 0 means no limit.
    pub max_pages: u64,
    /// The categories that a page shall not be of.
    pub category_inverted: PageIs,
    /// The categories that count, all of them.
    pub category_mask: PageIs,
    /// The categories that count, any of them.
    pub category_anyof_mask: PageIs,
    /// The categories to be told in [`PageRegion::categories`].
    pub return_mask: PageIs,
}

/// What [`pagemap_scan`] has done.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct PmScan {
    /// The number of regions found; they are at the start of the slice.
    pub regions: usize,
    /// Where the scan stopped. It is `end`, rounded up, if the whole range was scanned.
    pub walk_end: u64,
}

/// What the kernel takes, and writes `walk_end` of.
#[repr(C)]
struct RawArg {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    vec: u64,
    vec_len: u64,
    max_pages: u64,
    category_inverted: u64,
    category_mask: u64,
    category_anyof_mask: u64,
    return_mask: u64,
}

const PAGEMAP_SCAN: Request<RawArg> = _IOWR(b'f', 16);

// The number, which holds the size, is the same on all architectures.
const _: () = assert!(PAGEMAP_SCAN.number() == 0xc060_6610);
const _: () = assert!(size_of::<PageRegion>() == 24);

/// Finds the pages of some categories in a range, and tells them as regions.
///
/// `fd` is an opened `/proc/PID/pagemap`; the addresses are that process's. When `vec` is full or
/// `max_pages` are found, the scan stops: go on from [`PmScan::walk_end`]. An empty `vec` is
/// allowed, for a scan that only write-protects.
///
/// With `PM_SCAN_WP_MATCHING` a page is told and protected in one step, so that no write between
/// is lost. This is safe: it touches only memory that a userfaultfd has registered for
/// *asynchronous* write protection, where the kernel itself lifts the protection at the first
/// write. No access fails and no byte changes; what changes is the answer of the next scan.
///
/// Whether the kernel knows a category, an empty range tells: it finds nothing, but the masks
/// are checked.
///
/// # Examples
///
/// ```
/// use mman::{Error, sys::pagemap::{PageIs, PageRegion, PmScanArg, pagemap_scan}};
///
/// let pagemap = std::fs::File::open("/proc/self/pagemap")?;
/// // Does this kernel tell guard regions?
/// let probe = PmScanArg { return_mask: PageIs::PAGE_IS_GUARD, ..PmScanArg::default() };
/// match pagemap_scan(&pagemap, &probe, &mut []) {
///     Ok(_) => println!("it does"),
///     Err(Error::EINVAL) => println!("older than Linux 6.16"),
///     Err(Error::ENOTTY) => println!("older than Linux 6.7: no scan at all"),
///     Err(error) => println!("something forbids it: {error}"),
/// }
/// // Which pages of a buffer are in memory?
/// let buffer = vec![1_u8; 1 << 20];
/// let page = mman::sys::unistd::getpagesize();
/// let arg = PmScanArg {
///     start: buffer.as_ptr().addr().next_multiple_of(page) as u64,
///     end: (buffer.as_ptr().addr() + buffer.len()) as u64,
///     category_mask: PageIs::PAGE_IS_PRESENT,
///     return_mask: PageIs::PAGE_IS_PRESENT | PageIs::PAGE_IS_HUGE,
///     ..PmScanArg::default()
/// };
/// let mut regions = [PageRegion::default(); 16];
/// if let Ok(scan) = pagemap_scan(&pagemap, &arg, &mut regions) {
///     for region in &regions[..scan.regions] {
///         println!("{:x}..{:x} {}", region.start, region.end, region.categories);
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EBADF`: not an open file.
/// - `EFAULT`: the range is none of user addresses, or ends before it starts.
/// - `EINTR`: killed meanwhile.
/// - `EINVAL`: the kernel does not know a flag or a category; or `start` is not a multiple of the
///   page size.
/// - `ENOTTY`: `fd` is no pagemap, or the kernel is older than Linux 6.7.
/// - `EPERM`: with `PM_SCAN_CHECK_WPASYNC`, writes to part of the range cannot be tracked.
/// - `ESRCH`: the process has ended.
///
/// `ENOSYS`, and `EPERM` without that flag, come from a filter of system calls.
///
/// # Platforms
///
/// Linux 6.7, Android. [Manual](https://man7.org/linux/man-pages/man2/PAGEMAP_SCAN.2const.html).
#[doc(alias = "PAGEMAP_SCAN")]
pub fn pagemap_scan(fd: impl AsFd, arg: &PmScanArg, vec: &mut [PageRegion]) -> Result<PmScan> {
    let mut raw = RawArg {
        size: size_of::<RawArg>() as u64,
        flags: arg.flags.bits(),
        start: arg.start,
        end: arg.end,
        walk_end: 0,
        vec: vec.as_mut_ptr().expose_provenance() as u64,
        vec_len: vec.len() as u64,
        max_pages: arg.max_pages,
        category_inverted: arg.category_inverted.bits(),
        category_mask: arg.category_mask.bits(),
        category_anyof_mask: arg.category_anyof_mask.bits(),
        return_mask: arg.return_mask.bits(),
    };
    // SAFETY: the kernel writes `walk_end` and at most `vec_len` regions of `vec`, both alive
    // and borrowed for the call. In the range it lifts and sets only the protection that is
    // invisible to the program, see above.
    let regions = unsafe { ioctl(fd.as_fd(), &PAGEMAP_SCAN, &mut raw) }?;
    Ok(PmScan { regions: regions as usize, walk_end: raw.walk_end })
}
