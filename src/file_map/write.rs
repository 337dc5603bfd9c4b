//! What can be done with maps whose pages can be written.

use core::{
    ops::{Range, RangeBounds},
    slice,
};
use std::os::fd::AsFd;

use super::{FileMapCow, FileMapMut, MappedFile, access::Writable, source::Source};
use crate::{MapError, Result, os};

/// Maps whose pages can be written.
impl<A: Writable> MappedFile<A> {
    /// The first byte, for writing.
    ///
    /// The pointer is good for [`len`](Self::len) bytes until the map is unmapped, moves or shrinks.
    /// An access to a page that is gone is a fault (`SIGBUS`).
    #[must_use]
    pub fn as_mut_ptr(&self) -> *mut u8 {
        self.memory.region.start()
    }

    /// The bytes, to change.
    ///
    /// # Examples
    ///
    /// ```
    /// let path = std::env::temp_dir().join(format!("mman-mut-{}", std::process::id()));
    /// let mut map = mman::FileMapMut::create_new(&path, 5)?;
    /// // SAFETY: nobody else has this file.
    /// unsafe { map.as_mut_slice() }.copy_from_slice(b"hello");
    /// let contents = std::fs::read(&path)?;
    /// std::fs::remove_file(&path)?;
    /// assert_eq!(contents, b"hello");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Safety
    ///
    /// For as long as the slice is used:
    ///
    /// - Nothing else reads or writes these bytes: another map of the file, of this process or any
    ///   other, a pointer of [`as_mut_ptr`](Self::as_mut_ptr), or a call that writes to the file.
    /// - The file is long enough, and its pages can be had: an access to a page that is gone kills
    ///   the process (`SIGBUS`), and so does one that a full disk has no block for.
    #[must_use]
    pub unsafe fn as_mut_slice(&mut self) -> &mut [u8] {
        let region = &self.memory.region;
        // SAFETY: the bytes are mapped for reading and writing while the value is borrowed, at most
        // `isize::MAX` of them; for the rest the caller speaks.
        unsafe { slice::from_raw_parts_mut(region.start(), region.len()) }
    }

    /// Brings pages in for writing, without changing them: later accesses do not fault.
    ///
    /// The pages of a [`FileMapMut`] get their blocks and count as changed; those of a [`FileMapCow`]
    /// are copied. A kernel before Linux 5.14, and other systems, are asked to read the file ahead,
    /// and no more: nothing can be written there that might be gone.
    ///
    /// # Examples
    ///
    /// ```
    /// # let path = std::env::temp_dir().join(format!("mman-prefault-{}", std::process::id()));
    /// let map = mman::FileMapMut::create_new(&path, 1 << 20)?;
    /// map.prefault_write(..)?;
    /// map.fill(.., 1)?;
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length, or some of it is [`lost`](Self::lost).
    /// - `EFAULT`: pages cannot be had: they are beyond the end of the file, the disk is full, or
    ///   reading them has failed.
    /// - `ENOMEM`: there is no memory for them.
    #[doc(alias = "MADV_POPULATE_WRITE")]
    pub fn prefault_write(&self, range: impl RangeBounds<usize>) -> Result<(), MapError> {
        self.bring_in("prefault_write", range, true)
    }

    /// A range, if none of its pages is lost: those are no part of the file, whatever is done to them.
    fn unlost(
        &self,
        operation: &'static str,
        range: impl RangeBounds<usize>,
    ) -> Result<Range<usize>, MapError> {
        let range = self.memory.region.range(operation, range)?;
        self.intact(operation, range.start, range.end - range.start)?;
        Ok(range)
    }
}

/// Maps that write to the file.
impl FileMapMut {
    /// Writes what was changed in the pages of a range to the file, and waits until it is there.
    ///
    /// On Linux it would survive a loss of power then; on other systems it may still be in the disk's
    /// own cache. [`flush_durable`](Self::flush_durable) is the same everywhere.
    ///
    /// Without this, the system writes it some time later; whoever reads the file sees it at once.
    ///
    /// # Examples
    ///
    /// ```
    /// let path = std::env::temp_dir().join(format!("mman-flush-{}", std::process::id()));
    /// let map = mman::FileMapMut::create_new(&path, 10_000)?;
    /// # std::fs::remove_file(&path)?;
    /// // SAFETY: the byte is one of the map's, and its page is there.
    /// unsafe { map.as_mut_ptr().add(7).write_volatile(1) };
    /// map.flush(..8)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length.
    /// - `EIO`, `ENOSPC`, `EDQUOT`: writing has failed.
    #[doc(alias = "msync")]
    pub fn flush(&self, range: impl RangeBounds<usize>) -> Result<(), MapError> {
        self.write_out("flush", range, true)
    }

    /// [`flush`](Self::flush) that does not wait.
    ///
    /// Linux does nothing then: it writes what was changed when it likes.
    ///
    /// # Examples
    ///
    /// ```
    /// # let path = std::env::temp_dir().join(format!("mman-flush-async-{}", std::process::id()));
    /// let map = mman::FileMapMut::create_new(&path, 1 << 16)?;
    /// map.write_at(0, b"written soon")?;
    /// map.flush_async(..)?;
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length.
    #[doc(alias = "msync")]
    #[doc(alias = "MS_ASYNC")]
    pub fn flush_async(&self, range: impl RangeBounds<usize>) -> Result<(), MapError> {
        self.write_out("flush_async", range, false)
    }

    /// [`flush`](Self::flush), and the rest of the file too, until it would survive a loss of power.
    ///
    /// # Examples
    ///
    /// ```
    /// # let path = std::env::temp_dir().join(format!("mman-flush-durable-{}", std::process::id()));
    /// let file = std::fs::File::options().read(true).write(true).create_new(true).open(&path)?;
    /// let map = mman::FileMapMut::with_len(&file, 1 << 16)?;
    /// map.write_at(0, b"there after a loss of power")?;
    /// map.flush_durable(&file, ..)?;
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: `file` is not the file that is mapped.
    /// - As [`flush`](Self::flush).
    #[doc(alias = "F_FULLFSYNC")]
    #[doc(alias = "fdatasync")]
    pub fn flush_durable(
        &self,
        file: impl AsFd,
        range: impl RangeBounds<usize>,
    ) -> Result<(), MapError> {
        const OPERATION: &str = "flush_durable";
        let source = Source::same(OPERATION, file.as_fd(), &self.part)?;
        self.write_out(OPERATION, range, true)?;
        os::sync(source.file).map_err(|errno| MapError::system(OPERATION, errno))
    }

    /// Makes whole pages zero, and gives their blocks back: a hole in the file.
    ///
    /// For whoever maps or reads the file they are zero too. A store to them may meet a full disk
    /// later.
    ///
    /// # Examples
    ///
    /// ```
    /// let page = mman::page_size();
    /// # #[cfg(target_os = "linux")] {
    /// use mman::sys::mman::{MemFdFlags, memfd_create};
    /// let file = memfd_create("example", MemFdFlags::MFD_CLOEXEC)?;
    /// let mut map = mman::FileMapMut::with_len(&file, 2 * page)?;
    /// map.remove(page..)?;
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length, or not made of whole pages (the rest of
    ///   the last page may be others' bytes); pages of it are [`lost`](Self::lost); or
    ///   [unsupported](MapError::is_unsupported) (all but Linux).
    /// - `EINVAL`: the pages are locked.
    /// - `EOPNOTSUPP`: the file system cannot do it.
    /// - `EPERM`: a seal forbids it.
    #[doc(alias = "MADV_REMOVE")]
    #[doc(alias = "FALLOC_FL_PUNCH_HOLE")]
    pub fn remove(&mut self, range: impl RangeBounds<usize>) -> Result<(), MapError> {
        let range = self.unlost("remove", range)?;
        // SAFETY: the value is borrowed for change, so no reference that it has given is left.
        unsafe { self.memory.region.remove(range) }
    }
}

impl FileMapMut {
    fn write_out(
        &self,
        operation: &'static str,
        range: impl RangeBounds<usize>,
        wait: bool,
    ) -> Result<(), MapError> {
        let range = self.unlost(operation, range)?;
        self.memory.region.flush(operation, range, wait)
    }
}

/// Maps that keep what is written.
impl FileMapCow {
    /// Drops what was written to whole pages: they are again as the file has them.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut map = mman::FileMapCow::open("Cargo.toml")?;
    /// # let first = std::fs::read("Cargo.toml")?[0];
    /// // SAFETY: nobody changes this file now, and nobody else has the map.
    /// unsafe { map.as_mut_slice() }.fill(0);
    /// # #[cfg(target_os = "linux")] {
    /// map.discard(..)?;
    /// // SAFETY: as above.
    /// assert_eq!(unsafe { map.as_slice() }[0], first);
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length, or not made of whole pages; pages of it
    ///   are [`lost`](Self::lost); or [unsupported](MapError::is_unsupported) (all but Linux).
    #[doc(alias = "MADV_DONTNEED")]
    pub fn discard(&mut self, range: impl RangeBounds<usize>) -> Result<(), MapError> {
        let range = self.unlost("discard", range)?;
        // SAFETY: the value is borrowed for change, so no reference that it has given is left.
        unsafe { self.memory.region.revert(range) }
    }
}
