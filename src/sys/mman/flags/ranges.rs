//! Choices and flags of single calls: what a child inherits, what `mincore` tells, the advices of
//! POSIX.

use crate::{Error, errno::Errno};

table! {
    #[doc = on!(freebsd, netbsd, openbsd, dragonfly, apple)]
    /// What a child of `fork` gets of a range, by `minherit`.
    ///
    /// The headers' `MAP_INHERIT_DONATE_COPY` and `VM_INHERIT_DONATE_COPY` are not here: every
    /// kernel refuses them.
    pub enum Inherit: i32 {
        on(freebsd, dragonfly) {
            /// The same memory: what one writes, the other sees.
            INHERIT_SHARE;
            /// A copy. This is the default of private memory.
            INHERIT_COPY;
            /// Nothing: the range is **not mapped** in the child.
            INHERIT_NONE;
        }
        on(freebsd) {
            /// Pages that are **zero** (FreeBSD 12).
            INHERIT_ZERO;
        }
        on(netbsd, openbsd) {
            /// The same memory: what one writes, the other sees.
            MAP_INHERIT_SHARE;
            /// A copy. This is the default of private memory.
            MAP_INHERIT_COPY;
            /// Nothing: the range is **not mapped** in the child.
            MAP_INHERIT_NONE;
            /// Pages that are **zero**.
            MAP_INHERIT_ZERO;
        }
        on(apple) {
            /// The same memory: what one writes, the other sees.
            VM_INHERIT_SHARE;
            /// A copy. This is the default of private memory.
            VM_INHERIT_COPY;
            /// Nothing: the range is **not mapped** in the child.
            VM_INHERIT_NONE;
        }
    }
}

table! {
    #[doc = on!(freebsd, dragonfly, apple)]
    /// What a byte of `mincore` tells of its page, where there is more than bit 0 to tell.
    ///
    /// On FreeBSD two bits more, 5 and 6, are the number of the page's size among those of
    /// `getpagesizes`; before FreeBSD 14 bit 5 alone says that the page is large.
    pub struct MincoreFlags: u8 {
        on(freebsd, dragonfly, apple) {
            /// The page is in memory.
            MINCORE_INCORE;
            /// This process has used it.
            MINCORE_REFERENCED;
            /// This process has changed it.
            MINCORE_MODIFIED;
            /// Another process has used it.
            MINCORE_REFERENCED_OTHER;
            /// Another process has changed it.
            MINCORE_MODIFIED_OTHER;
        }
        on(dragonfly) {
            /// The page is part of a large one.
            MINCORE_SUPER;
        }
        on(apple) {
            /// The page was swapped out.
            MINCORE_PAGED_OUT;
            /// The page is a private copy.
            MINCORE_COPIED;
            /// The page belongs to no file.
            MINCORE_ANONYMOUS;
        }
    }
}

table! {
    /// What `posix_madvise` is told of the use of some pages. None changes what they hold.
    pub enum PosixMadvAdvice: i32 {
        on(unix) {
            /// No special treatment. This is the default.
            POSIX_MADV_NORMAL;
            /// Expect accesses in random order: do not read ahead.
            POSIX_MADV_RANDOM;
            /// Expect accesses in sequential order: read ahead more.
            POSIX_MADV_SEQUENTIAL;
            /// Expect access soon.
            POSIX_MADV_WILLNEED;
            /// Expect no access soon. Linux and Android do nothing.
            POSIX_MADV_DONTNEED;
        }
    }
}

impl TryFrom<i32> for PosixMadvAdvice {
    type Error = Error;

    /// The advice of this number; `EINVAL` if this system's headers have none.
    fn try_from(number: i32) -> Result<Self, Error> {
        Self::from_number(number).ok_or(Errno::EINVAL)
    }
}
