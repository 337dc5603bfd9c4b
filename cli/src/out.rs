//! What the jobs write.

pub(crate) mod json;
pub(crate) mod sanitize;
pub(crate) mod table;
