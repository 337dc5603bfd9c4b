//! The file behind a map: what it is, how long it is, and its blocks.

use core::ops::{Bound, Range, RangeBounds};
use std::{
    format,
    fs::Metadata,
    os::{
        fd::BorrowedFd,
        unix::fs::{FileTypeExt, MetadataExt},
    },
};

use crate::{
    FilePart, MapError, Result,
    errno::Errno,
    os,
    region::{check_room, no_room},
};

/// A file that can be mapped, as far as its kind tells.
pub(super) struct Source<'fd> {
    pub(super) file: BorrowedFd<'fd>,
    operation: &'static str,
    /// Of which devices tell nothing.
    len: Option<u64>,
    /// How many bytes of it have their blocks.
    blocks: u64,
    device: u64,
    inode: u64,
    /// The size of the pages of its maps.
    pub(super) granule: usize,
    /// Whether it may take orders by what is stored in its pages.
    takes_orders: bool,
}

impl<'fd> Source<'fd> {
    /// One that takes no orders by what is stored in its pages.
    pub(super) fn new(operation: &'static str, file: BorrowedFd<'fd>) -> Result<Self, MapError> {
        Self::known(operation, file, &metadata(operation, file)?)
    }

    /// The same, of a file whose metadata is known.
    pub(super) fn known(
        operation: &'static str,
        file: BorrowedFd<'fd>,
        metadata: &Metadata,
    ) -> Result<Self, MapError> {
        let source = Self::of(operation, file, metadata)?;
        if source.takes_orders {
            let rule = "only files and block devices can be mapped safely; \
                        `MapOptions::device` is for others";
            return Err(MapError::rule(operation, rule));
        }
        Ok(source)
    }

    /// A file of any kind that can be mapped.
    pub(super) fn any(operation: &'static str, file: BorrowedFd<'fd>) -> Result<Self, MapError> {
        Self::of(operation, file, &metadata(operation, file)?)
    }

    fn of(
        operation: &'static str,
        file: BorrowedFd<'fd>,
        metadata: &Metadata,
    ) -> Result<Self, MapError> {
        let kind = metadata.file_type();
        if kind.is_dir() {
            return Err(MapError::rule(operation, "a directory cannot be mapped"));
        }
        if kind.is_fifo() || kind.is_socket() {
            return Err(MapError::rule(operation, "a pipe or socket cannot be mapped"));
        }
        let len = metadata.is_file().then_some(metadata.len());
        let granule = os::file_granule(file, metadata);
        let blocks = metadata.blocks().saturating_mul(512); // whatever the file system's are
        let (device, inode) = (metadata.dev(), metadata.ino());
        let takes_orders = os::acts_on_stores(metadata);
        Ok(Self { file, operation, len, blocks, device, inode, granule, takes_orders })
    }

    /// The file that `part` is one of; another is an error.
    pub(super) fn same(
        operation: &'static str,
        file: BorrowedFd<'fd>,
        part: &FilePart,
    ) -> Result<Self, MapError> {
        let source = Self::new(operation, file)?;
        if (source.device, source.inode) != (part.device, part.inode) {
            return Err(MapError::rule(operation, "it is not the file that is mapped"));
        }
        Ok(source)
    }

    pub(super) fn part(&self, offset: u64, private: bool) -> FilePart {
        FilePart { offset, private, device: self.device, inode: self.inode }
    }

    /// The length, if it has one, is not empty, and is made of the system's pages.
    pub(super) fn plain_len(&self) -> Option<usize> {
        let len = self.len.filter(|len| *len != 0 && self.granule == os::page_size())?;
        usize::try_from(len).ok()
    }

    /// A range of it in bytes. An open end is the end of the file.
    pub(super) fn range(&self, bounds: impl RangeBounds<u64>) -> Result<Range<u64>, MapError> {
        let rule = |rule| Err(MapError::rule(self.operation, rule));
        let start = match bounds.start_bound() {
            Bound::Included(start) => Some(*start),
            Bound::Excluded(before) => before.checked_add(1),
            Bound::Unbounded => Some(0),
        };
        let end = match bounds.end_bound() {
            Bound::Included(last) => last.checked_add(1),
            Bound::Excluded(end) => Some(*end),
            Bound::Unbounded => match self.len {
                Some(len) => Some(len),
                None => {
                    return rule("only regular files have a length: the range needs an end".into());
                }
            },
        };
        let (Some(start), Some(end)) = (start, end) else {
            return rule("the range is beyond the largest number".into());
        };
        if i64::try_from(end.max(start)).is_err() {
            return rule(format!("{start}..{end} is beyond the largest file"));
        }
        if start > end {
            let open = matches!(bounds.end_bound(), Bound::Unbounded);
            return rule(if open {
                format!("offset {start} is beyond the end of the file, {end}")
            } else {
                format!("{start}..{end} ends before it starts")
            });
        }
        Ok(start..end)
    }

    /// Whether a range ends within the file; else writing there would be in vain.
    pub(super) fn holds(&self, range: &Range<u64>) -> Result<(), MapError> {
        match self.len {
            Some(len) if range.end > len => {
                let (start, end) = (range.start, range.end);
                let rule = format!("{start}..{end} is beyond the end of the file, {len}");
                Err(MapError::rule(self.operation, rule))
            }
            _ => Ok(()),
        }
    }

    /// Gives a range of the file its blocks, and the file at least this length.
    pub(super) fn allocate(&self, range: Range<u64>) -> Result<(), MapError> {
        let Some(len) = self.len else {
            return Err(MapError::rule(self.operation, "a device has no blocks to be allocated"));
        };
        if range.is_empty() {
            return Ok(());
        }
        // A file of huge pages has whole ones only.
        let granule = self.granule;
        let end = if granule == os::page_size() {
            Some(range.end)
        } else {
            range.end.checked_next_multiple_of(granule as u64)
        };
        let Some(end) = end.filter(|end| i64::try_from(*end).is_ok()) else {
            return Err(MapError::rule(self.operation, "the range is beyond the largest file"));
        };
        let limit = os::largest_file();
        if end > limit.max(len) {
            let why = format!("RLIMIT_FSIZE is {}", os::in_words(limit));
            return Err(MapError::because(self.operation, Errno::EFBIG, why));
        }
        self.check_room(len, &(range.start..end))?;
        let more = end - range.start;
        let done = match os::allocate_blocks(self.file, range.start, more) {
            // Nobody else has written there; into a hole somebody may write at the same time.
            Err(Errno::ENOSYS) if range.start >= len => {
                os::write_zeros(self.file, range.start, more)
            }
            Err(Errno::ENOSYS) => {
                let why = "this file system allocates no blocks for the holes of a file";
                return Err(MapError::unsupported(self.operation, why));
            }
            done => done,
        };
        done.map_err(|errno| no_room(self.operation, errno, self.file, granule, more))
    }

    /// Whether a range can have what it lacks.
    fn check_room(&self, len: u64, range: &Range<u64>) -> Result<(), MapError> {
        // Most often there is room for all of it, whatever it has.
        let check = |more| check_room(self.operation, self.file, more);
        check(range.end - range.start).or_else(|_| check(self.lacks(len, range)))
    }

    /// How many bytes of a range have no blocks.
    ///
    /// At least so many, where the system does not tell which of a file's blocks are in it. (Of a
    /// file that has holes, and blocks kept behind its end, those are taken for some before it.)
    fn lacks(&self, len: u64, range: &Range<u64>) -> u64 {
        let all = range.end - range.start;
        let granule = self.granule as u64;
        if let Some(there) = os::allocated(self.file, range) {
            let pages = range.end.next_multiple_of(granule) - (range.start - range.start % granule);
            return pages.saturating_sub(there).min(all);
        }
        // Behind the end of the file there are none, unless there are more than fit before it.
        let last = len.next_multiple_of(granule);
        let behind = if self.blocks > last { 0 } else { range.end.saturating_sub(last) };
        all.saturating_sub(self.blocks).max(behind.min(all))
    }
}

fn metadata(operation: &'static str, file: BorrowedFd<'_>) -> Result<Metadata, MapError> {
    os::metadata(file).map_err(|errno| MapError::system(operation, errno))
}
