//! Memory of objects: what [`Sealed`](crate::Sealed) and [`Shared`](crate::Shared) share.

use core::ffi::CStr;
use std::{format, os::fd::BorrowedFd};

use super::Memory;
use crate::{
    MapError, Result,
    errno::Errno,
    os::{
        self,
        object::{self, LABEL_LEN},
    },
};

impl Memory {
    /// Brings explicit huge pages in, which the machine's pool might not have when they are
    /// touched.
    pub(crate) fn bring_huge_pages_in(&self, operation: &'static str) -> Result<(), MapError> {
        if self.region.granule() == os::page_size() {
            return Ok(());
        }
        // SAFETY: all memory is mapped for reading.
        unsafe { self.region.populate(operation, &(0..self.region.len()), false, 1) }
    }
}

/// The length of an object, and the size of its pages.
pub(crate) fn extent(
    operation: &'static str,
    object: BorrowedFd<'_>,
) -> Result<(usize, usize), MapError> {
    let system = |errno| MapError::system(operation, errno);
    let len = os::metadata(object).map_err(system)?.len();
    let granule = object::granule(object).map_err(system)?;
    let len = usize::try_from(len).map_err(|_| too_long(operation, len))?;
    Ok((len, granule))
}

pub(crate) fn too_long(operation: &'static str, len: u64) -> MapError {
    MapError::rule(operation, format!("{len} bytes are more than a slice can have"))
}

/// Whether an object may be called so.
pub(crate) fn check_label(operation: &'static str, name: &CStr) -> Result<(), MapError> {
    let len = name.count_bytes();
    if len <= LABEL_LEN {
        return Ok(());
    }
    Err(MapError::rule(operation, format!("a name of {len} bytes is longer than {LABEL_LEN}")))
}

/// Why there is no object.
pub(crate) fn no_object(operation: &'static str, errno: Errno) -> MapError {
    match errno {
        Errno::ENOSYS => MapError::unsupported(operation, "this system has no such objects"),
        _ => MapError::system(operation, errno),
    }
}
