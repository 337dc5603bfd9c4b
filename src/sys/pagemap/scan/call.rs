//! The ioctl `PAGEMAP_SCAN`.

use std::os::fd::AsFd;

use super::{PageRegion, PmScan, PmScanArg};
use crate::{
    Result,
    sys::ioctl::{_IOWR, Request, ioctl},
};

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

#[doc = on!(linux, android)]
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
/// - `EPERM`: with `PM_SCAN_CHECK_WPASYNC`, writes to part of the range cannot be tracked; what is
///   before that part may be write-protected already.
/// - `ESRCH`: the process has ended.
///
/// `ENOSYS`, and `EPERM` without that flag, come from a filter of system calls.
///
/// # Platforms
///
/// Linux 6.7, Android. [Manual](https://man7.org/linux/man-pages/man2/PAGEMAP_SCAN.2const.html).
#[doc(alias = "PAGEMAP_SCAN")]
#[inline]
pub fn pagemap_scan(fd: impl AsFd, arg: &PmScanArg, vec: &mut [PageRegion]) -> Result<PmScan> {
    let mut raw = RawArg {
        size: size_of::<RawArg>() as u64,
        flags: arg.flags.bits(),
        start: arg.start,
        end: arg.end,
        walk_end: 0,
        vec: vec.as_mut_ptr().expose_provenance() as u64,
        // The answer, the number of regions, is an `int` in C.
        vec_len: vec.len().min(i32::MAX as usize) as u64,
        max_pages: arg.max_pages,
        category_inverted: arg.category_inverted.bits(),
        category_mask: arg.category_mask.bits(),
        category_anyof_mask: arg.category_anyof_mask.bits(),
        return_mask: arg.return_mask.bits(),
    };
    // SAFETY: no file but a pagemap takes this number. The kernel writes `raw`, and at most
    // `vec_len` regions at `vec`, whose types take any bits; both are alive and borrowed for the
    // call. In the range it sets only a protection that no access notices, see above.
    let regions = unsafe { ioctl(fd.as_fd(), &PAGEMAP_SCAN, &mut raw) }?;
    // A file that is no pagemap may be of a driver that answers anything.
    let regions = usize::try_from(regions).map_or(0, |regions| regions.min(vec.len()));
    Ok(PmScan { regions, walk_end: raw.walk_end })
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::sys::{
        pagemap::{PageIs, PmScanFlags},
        uapi::{assert_all, layout},
    };

    #[test]
    fn figures_are_those_of_the_header() {
        let mut ours = Vec::from([("PAGEMAP_SCAN", u64::from(PAGEMAP_SCAN.number()))]);
        ours.extend(PageIs::NAMES.iter().map(|(name, flag)| (*name, flag.bits())));
        ours.extend(PmScanFlags::NAMES.iter().map(|(name, flag)| (*name, flag.bits())));
        ours.extend(layout!(PageRegion as "page_region": start end categories));
        ours.extend(layout!(RawArg as "pm_scan_arg":
            size flags start end walk_end vec vec_len max_pages
            category_inverted category_mask category_anyof_mask return_mask
        ));
        let words = ["PAGEMAP_", "PAGE_IS_", "PM_SCAN_", "page_region", "pm_scan_arg"];
        assert_all("linux/fs.h", &words, &ours);
    }
}
