//! What the ioctl `PAGEMAP_SCAN` takes and tells.

#[cfg(feature = "std")]
mod call;

#[cfg(feature = "std")]
pub use call::pagemap_scan;

table! {
    #[doc = on!(linux, android)]
    /// Categories of pages.
    ///
    /// A kernel that does not know a category answers `EINVAL`, for an empty range too; see
    /// [`pagemap_scan`] for how to ask.
    ///
    /// # Platforms
    ///
    /// Linux 6.7, Android.
    #[derive(Default)]
    pub struct PageIs: u64 {
        on(linux, android) {
            /// Writes to the page can be tracked: by a userfaultfd with `WP_ASYNC`.
            PAGE_IS_WPALLOWED;
            /// Written since it was write-protected, or never protected.
            PAGE_IS_WRITTEN;
            /// A page of a file or of shared memory.
            PAGE_IS_FILE;
            /// In memory.
            PAGE_IS_PRESENT;
            /// In swap; a mark such as that of a guard region counts as well.
            PAGE_IS_SWAPPED;
            /// The page of zeros that is shared by all.
            PAGE_IS_PFNZERO;
            /// Part of a huge page, mapped as such.
            ///
            /// On hugetlbfs it may be told also where no page is there yet.
            PAGE_IS_HUGE;
            /// Written, or its mapping made, since `clear_refs` cleared this mark.
            ///
            /// Never set on a kernel without `CONFIG_MEM_SOFT_DIRTY`.
            PAGE_IS_SOFT_DIRTY;
            /// Part of a guard region (Linux 6.16).
            PAGE_IS_GUARD;
        }
    }
}

table! {
    #[doc = on!(linux, android)]
    /// What [`pagemap_scan`] does besides finding pages.
    ///
    /// # Platforms
    ///
    /// Linux 6.7, Android.
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

#[doc = on!(linux, android)]
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

#[doc = on!(linux, android)]
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

#[doc = on!(linux, android)]
/// What [`pagemap_scan`] has done.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct PmScan {
    /// The number of regions found; they are at the start of the slice.
    pub regions: usize,
    /// Where the scan stopped. It is `end`, rounded up, if the whole range was scanned.
    pub walk_end: u64,
}

const _: () = assert!(size_of::<PageRegion>() == 24);
