//! Guards of Linux 6.13, which are no mappings of their own.

use crate::{
    Result,
    sys::mman::{self, MmapAdvise},
};

/// By protection where the kernel is older, or the pages are locked (`mlockall`).
///
/// # Safety
///
/// - The caller owns the pages, and nothing uses them.
pub(crate) unsafe fn guard(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: nothing uses the pages.
    if unsafe { mman::madvise(start.cast(), len, MmapAdvise::MADV_GUARD_INSTALL) }.is_ok() {
        return Ok(());
    }
    // SAFETY: nothing uses the pages.
    unsafe { super::protect(start, len, super::Protection::None) }
}

/// # Safety
///
/// - The caller owns the pages, and nothing counts on their guards.
pub(crate) unsafe fn unguard(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: the caller's promise is that of the call.
    unsafe { mman::madvise(start.cast(), len, MmapAdvise::MADV_GUARD_REMOVE) }
}
