//! Touches: foreign pages are brought in for reading, as far as they are there.
//!
//! A fault maps what of the file is in memory around it: on Linux 16 pages, or a whole large folio.
//! `MADV_POPULATE_READ` takes the same faults, and looks at each page between by itself, by way of
//! the structures that describe it; a load of a byte asks the processor. Of a file in memory that
//! is 1.5 times as fast for 1 MiB, and three to five times from 16 MiB on; on tmpfs, whose folios are
//! pages, 1.2 times, and at 256 MiB 1.07 times (Linux 6.18, with the calls that map it). For 64 KiB and
//! less, and where the disk has to be waited for, both are alike. So touches are taken wherever they
//! are guarded.
//!
//! A shortage of memory ends alike either way. Pages of the cache need none but for page tables; for
//! those that are to be read, or holes of a tmpfs, Linux takes other pages back, and if there are
//! none it ends a process, in a control group one of that group.

use core::cmp;

use super::{Broken, fallback, install::ensure, native};
use crate::sys::signal::{self, SIGBUS};

/// What Linux maps at a fault (`fault_around_bytes`). Elsewhere it is as good as another number.
const AROUND: usize = 64 << 10;

/// What is gone through at a time, so that what one pass brings in is there for the next.
const BLOCK: usize = 2 << 20;

/// Brings foreign pages in for reading, or asks the kernel to where touches are not guarded.
///
/// A page that is gone is an error after exactly the bytes before it. Where there is nobody to ask,
/// that is `ENOSYS`, and nothing is done.
///
/// # Safety
///
/// - Of what [`access`](super::access) needs: the range lies inside mappings that stay mapped all the
///   while, and allow reading. Who refers to them does not matter: what is read is dropped.
/// - It starts with a page, and `page` is the size of its pages.
pub(crate) unsafe fn touch(start: *const u8, len: usize, page: usize) -> Result<(), Broken> {
    if !native::TOUCHES || !is_guarded() {
        return fallback::populate(start, len, page);
    }
    let mut done = 0;
    while done < len {
        let (at, rest) = (start.wrapping_add(done), cmp::min(len - done, BLOCK.max(page)));
        if page < AROUND {
            // The faults first: loads wait for each other only where there is one between them, which
            // on tmpfs is a fourth of the time. A page that is gone is met again.
            // SAFETY: the caller's promise, for a part of the range; the handler is ready.
            let _ = unsafe { native::touch(at, rest, AROUND) };
        }
        // SAFETY: as above.
        let touched = unsafe { native::touch(at, rest, page) };
        touched.map_err(|broken| Broken { done: done + broken.done, ..broken })?;
        done += rest;
    }
    Ok(())
}

/// Whether a page that is gone is an error in this thread, now.
fn is_guarded() -> bool {
    ensure().is_ok() && signal::is_blocked(SIGBUS) == Ok(false)
}
