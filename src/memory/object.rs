//! Memory of objects: what [`Sealed`](crate::Sealed) and [`Shared`](crate::Shared) share.

use core::ffi::CStr;
use std::{
    format,
    os::{
        fd::{BorrowedFd, OwnedFd},
        unix::fs::MetadataExt,
    },
};

use super::Memory;
use crate::{
    FilePart, MapError, Result,
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

/// Another descriptor of an object, for a value of its own.
pub(crate) fn another(operation: &'static str, object: &OwnedFd) -> Result<OwnedFd, MapError> {
    let errno = |error| Errno::try_from(error).unwrap_or(Errno::EMFILE);
    object.try_clone().map_err(|error| MapError::system(operation, errno(error)))
}

/// Which part of an object is mapped shared, from this offset on.
pub(crate) fn part_of(object: BorrowedFd<'_>, offset: u64) -> FilePart {
    let (device, inode) = identity(object).unwrap_or_default();
    FilePart { offset, private: false, device, inode }
}

/// The device and the number of an object.
pub(crate) fn identity(object: BorrowedFd<'_>) -> Option<(u64, u64)> {
    os::metadata(object).ok().map(|about| (about.dev(), about.ino()))
}

/// Memory of an object, if there is one, from an offset on.
pub(crate) type Shown<'a> = (&'a Memory, Option<BorrowedFd<'a>>, u64);

/// Whether memory that lies behind other memory is also what follows in the object.
///
/// Parts of one mapping are; in a reservation another object may lie there.
pub(crate) fn check_next(one: Shown<'_>, next: Shown<'_>) -> Result<(), MapError> {
    let ((memory, object, offset), (behind, its, its_offset)) = (one, next);
    let is_any = memory.region.mapped() == 0 || behind.region.mapped() == 0;
    if is_any || memory.region.home().is_none() {
        return Ok(());
    }
    let follows = match (object, its) {
        (None, None) => true,
        (Some(object), Some(its)) => {
            let object = identity(object);
            object.is_some()
                && object == identity(its)
                && its_offset == offset + memory.region.len() as u64
        }
        _ => false,
    };
    if follows {
        return Ok(());
    }
    Err(MapError::rule("join", "the second does not show what follows in the object"))
}
