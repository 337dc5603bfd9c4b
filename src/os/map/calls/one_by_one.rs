//! All systems but Linux: no call takes many ranges, and each guard is a mapping of its own.

use crate::{Result, errno::Errno};

/// # Safety
///
/// - None is needed; on other systems it changes the pages.
pub(crate) unsafe fn discard_each(_ranges: &[(*mut u8, usize)]) -> usize {
    0
}

/// # Safety
///
/// - None is needed; on other systems the pages are inaccessible then.
pub(crate) unsafe fn guard_each(_ranges: &[(*mut u8, usize)]) -> usize {
    0
}

/// # Safety
///
/// - None is needed; on other systems it changes the pages.
pub(crate) unsafe fn unguard(_start: *mut u8, _len: usize) -> Result<()> {
    Err(Errno::ENOSYS)
}
