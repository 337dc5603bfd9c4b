//! The systems with `mincore`: all but OpenBSD.

pub(crate) use crate::sys::mman::mincore as residency;
