//! What is the same on every system.

use crate::{
    Result,
    sys::{cachectl, unistd},
};

/// The size of a page of the system, in bytes: a power of two.
///
/// # Examples
///
/// ```
/// assert!(mman::page_size() >= 4096);
/// ```
#[must_use]
#[inline]
pub fn page_size() -> usize {
    unistd::getpagesize()
}

/// Whether [`flush_instructions`] reads the memory.
pub(crate) const FLUSH_READS: bool = cachectl::READS;

/// Makes what was stored in memory be what is run from there. `ENOSYS` where the processor has to be
/// told and this crate does not know how.
///
/// # Safety
///
/// - Where [`FLUSH_READS`], the memory can be read.
pub(crate) unsafe fn flush_instructions(start: *mut u8, len: usize) -> Result<()> {
    if len == 0 {
        return Ok(());
    }
    // SAFETY: the caller's promise is that of the call.
    unsafe { cachectl::clear_cache(start, len) }
}
