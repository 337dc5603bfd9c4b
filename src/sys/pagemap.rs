#![doc = on!(linux, android)]
//! `/proc/PID/pagemap`: what is behind each page of a process, and where it was written.
//!
//! - [`pagemap_read`] reads the entries of single pages.
//! - [`pagemap_scan`] finds the pages of some categories, among them those written since the
//!   last scan, and can start the next round of tracking in the same step.
//! - [`clear_refs`] resets what the kernel has noted of a process's accesses.
//!
//! The descriptor decides whose pages they are: open `/proc/self/pagemap`, or that of another
//! process.

#[cfg(feature = "std")]
mod clear_refs;
mod entry;
#[cfg(feature = "std")]
mod read;
mod scan;

#[cfg(feature = "std")]
pub use clear_refs::{ClearRefs, clear_refs};
pub use entry::{PagemapEntry, SwapEntry};
#[cfg(feature = "std")]
pub use read::pagemap_read;
#[cfg(feature = "std")]
pub use scan::pagemap_scan;
pub use scan::{PageIs, PageRegion, PmScan, PmScanArg, PmScanFlags};
