//! Many ranges in one call, of Linux 6.13.

use std::{process, vec::Vec};

use libc::iovec;

use crate::{
    Result,
    errno::Errno,
    sys::{
        mman::{self, MmapAdvise},
        pidfd::{PIDFD_SELF, PidfdFlags, pidfd_open},
    },
};

/// As many as the kernel takes at once.
const MOST: usize = 1024;

/// How many of the ranges, from the first on, are zero and have no memory now.
///
/// # Safety
///
/// - The caller owns the pages, which are private and anonymous; no reference to them is in use.
pub(crate) unsafe fn discard_each(ranges: &[(*mut u8, usize)]) -> usize {
    // SAFETY: the caller's promise is what this advice needs.
    unsafe { advise_each(ranges, MmapAdvise::MADV_DONTNEED) }
}

/// How many of the ranges, from the first on, are guards now, of no mapping of their own.
///
/// # Safety
///
/// - The caller owns the pages, which are private and anonymous, and nothing uses them.
pub(crate) unsafe fn guard_each(ranges: &[(*mut u8, usize)]) -> usize {
    // Guards take pages away one by one; this, all at once.
    // SAFETY: nothing uses the pages.
    let _ = unsafe { discard_each(ranges) };
    // SAFETY: the caller's promise is what this advice needs.
    unsafe { advise_each(ranges, MmapAdvise::MADV_GUARD_INSTALL) }
}

/// # Safety
///
/// - As `madvise`, of each range.
unsafe fn advise_each(ranges: &[(*mut u8, usize)], advice: MmapAdvise) -> usize {
    let mut vectors = Vec::new();
    if vectors.try_reserve_exact(ranges.len().min(MOST)).is_err() {
        return 0;
    }
    let mut done = 0;
    for ranges in ranges.chunks(MOST) {
        vectors.clear();
        let vector =
            |&(start, len): &(*mut u8, usize)| iovec { iov_base: start.cast(), iov_len: len };
        vectors.extend(ranges.iter().map(vector));
        // SAFETY: the caller's promise.
        let Ok(mut bytes) = (unsafe { advise_self(&vectors, advice) }) else { return done };
        for (_, len) in ranges {
            if bytes < *len {
                return done;
            }
            bytes -= len;
            done += 1;
        }
    }
    done
}

/// # Safety
///
/// - As `madvise`, of each range.
unsafe fn advise_self(ranges: &[iovec], advice: MmapAdvise) -> Result<usize> {
    // SAFETY: the caller's promise.
    match unsafe { mman::process_madvise(PIDFD_SELF, ranges, advice) } {
        // Before Linux 6.14 one needs a descriptor.
        Err(Errno::EBADF) => {
            let own = pidfd_open(process::id() as libc::pid_t, PidfdFlags::empty())?;
            // SAFETY: as above.
            unsafe { mman::process_madvise(own, ranges, advice) }
        }
        done => done,
    }
}
