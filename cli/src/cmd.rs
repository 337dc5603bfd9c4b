//! The tool's jobs.

pub(crate) mod stat;
