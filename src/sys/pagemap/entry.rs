//! What `/proc/PID/pagemap` says of a page.

use core::fmt;

#[doc = on!(linux, android)]
/// What `/proc/PID/pagemap` says of a page.
///
/// | bits | if present | if swapped |
/// |---|---|---|
/// | 0–54 | page frame number | 0–4 swap type, 5–54 swap offset |
/// | 55 | soft-dirty | soft-dirty |
/// | 56 | mapped only here (Linux 4.2) | |
/// | 57 | write-protected by userfaultfd (Linux 5.13) | the same |
/// | 58 | | guard region (Linux 6.15) |
/// | 61 | page of a file or shared memory (Linux 3.5) | |
/// | 62 | | swapped |
/// | 63 | present | |
///
/// A kernel older than a bit leaves it 0.
///
/// # Examples
///
/// ```
/// use mman::sys::pagemap::PagemapEntry;
///
/// let entry = PagemapEntry(1 << 63 | 1 << 61 | 0x1234);
/// assert!(entry.is_present() && entry.is_file_or_shared());
/// assert_eq!(entry.pfn(), Some(0x1234));
/// assert_eq!(entry.swap(), None);
/// ```
///
#[doc = man!(proc_pid_pagemap(5) on linux)]
#[derive(Copy, Clone, Default, Eq, Hash, PartialEq)]
#[repr(transparent)]
pub struct PagemapEntry(pub u64);

const FRAME: u64 = (1 << 55) - 1;
const SWAP_TYPE: u64 = (1 << 5) - 1;

impl PagemapEntry {
    const fn bit(self, number: u32) -> bool {
        self.0 & 1 << number != 0
    }

    /// Whether the page is in memory and in the process's page table.
    #[must_use]
    pub const fn is_present(self) -> bool {
        self.bit(63)
    }

    /// Whether the page table holds something else than a page or nothing.
    ///
    /// That is a page in swap, or one being migrated; but also a mark that stands where no page
    /// is, such as those of a guard region, of write protection by userfaultfd, or of poison.
    #[must_use]
    pub const fn is_swapped(self) -> bool {
        self.bit(62)
    }

    /// Whether it is a page of a file or of shared memory, as far as there is a page.
    #[must_use]
    pub const fn is_file_or_shared(self) -> bool {
        self.bit(61)
    }

    /// Whether the page belongs to a guard region (Linux 6.15).
    #[must_use]
    pub const fn is_guard(self) -> bool {
        self.bit(58)
    }

    /// Whether the page is write-protected by userfaultfd (Linux 5.13).
    #[must_use]
    pub const fn is_uffd_wp(self) -> bool {
        self.bit(57)
    }

    /// Whether the page is mapped here and nowhere else (Linux 4.2).
    #[must_use]
    pub const fn is_exclusive(self) -> bool {
        self.bit(56)
    }

    /// Whether the page was written, or its mapping made, since `clear_refs` cleared this mark.
    ///
    /// Always `false` on a kernel without `CONFIG_MEM_SOFT_DIRTY`.
    #[must_use]
    pub const fn is_soft_dirty(self) -> bool {
        self.bit(55)
    }

    /// The page frame number, if the page is present and the number is shown.
    ///
    /// Since Linux 4.0 it is 0, here `None`, unless the file was opened with `CAP_SYS_ADMIN`.
    #[must_use]
    pub const fn pfn(self) -> Option<u64> {
        match self.0 & FRAME {
            0 => None,
            frame if self.is_present() => Some(frame),
            _ => None,
        }
    }

    /// Where the page is in swap, if it is swapped and the place is shown.
    ///
    /// It is 0, here `None`, unless the file was opened with `CAP_SYS_ADMIN`. A type that is no
    /// swap area's is a mark of the kernel, see [`is_swapped`](Self::is_swapped).
    #[must_use]
    pub const fn swap(self) -> Option<SwapEntry> {
        match self.0 & FRAME {
            0 => None,
            frame if self.is_swapped() => {
                Some(SwapEntry { swap_type: (frame & SWAP_TYPE) as u8, offset: frame >> 5 })
            }
            _ => None,
        }
    }
}

/// The words for what is set, and the frame or the place in swap.
impl fmt::Debug for PagemapEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            (63, "present"),
            (62, "swapped"),
            (61, "file_or_shared"),
            (60, "bit 60"),
            (59, "bit 59"),
            (58, "guard"),
            (57, "uffd_wp"),
            (56, "exclusive"),
            (55, "soft_dirty"),
        ];
        let mut tuple = f.debug_tuple("PagemapEntry");
        for (number, word) in words {
            if self.bit(number) {
                tuple.field(&format_args!("{word}"));
            }
        }
        match (self.pfn(), self.swap(), self.0 & FRAME) {
            (Some(pfn), ..) => tuple.field(&format_args!("pfn {pfn:#x}")),
            (_, Some(swap), _) => tuple.field(&swap),
            (.., 0) => &mut tuple,
            (.., bits) => tuple.field(&format_args!("{bits:#x}")),
        };
        tuple.finish()
    }
}

#[doc = on!(linux, android)]
/// A place in swap.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct SwapEntry {
    /// The number of the swap area, in the order of `/proc/swaps`.
    pub swap_type: u8,
    /// The page's number in that area.
    pub offset: u64,
}
