//! What the kernel supports.

use std::vec::Vec;

use crate::os;

pub use crate::os::probe::{Kind, Probe, Reason, Support};

/// What this kernel supports, call by call and flag by flag, and why not.
///
/// Each is found out by a call, never from the kernel's version: kernels are built with options,
/// patched by distributors, and wrapped in filters of system calls. The calls leave nothing behind,
/// neither a mapping nor a descriptor nor a setting; a thread that looks meanwhile may see one come
/// and go. A filter that kills instead of refusing kills here too.
///
/// What is not listed cannot be told without an effect, or is as old as what it belongs to.
///
/// # Examples
///
/// ```
/// for probe in mman::observe::probe() {
///     println!("{:<24} {:<20} {}", probe.name, probe.call, probe.support);
/// }
/// ```
///
/// # Platforms
///
/// All. On others than Linux and Android the list is short.
#[must_use]
pub fn probe() -> Vec<Probe> {
    os::probe()
}
