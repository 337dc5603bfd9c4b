//! How maps of files change their length.

use std::os::fd::AsFd;

use super::{FileMap, FileMapMut, MappedFile, access::Access, source::Source};
use crate::{MapError, Result};

const OPERATION: &str = "resize";

impl FileMap {
    /// Shows more or less of the file, from the same offset on. The file stays as it is.
    ///
    /// The address may change, unless it lies in a [`Reservation`](crate::Reservation), where it
    /// grows in place. What is new is made with the options of the old; that parts were advised is
    /// forgotten where the map has to be made anew.
    ///
    /// # Examples
    ///
    /// ```
    /// let file = std::fs::File::open("Cargo.toml")?;
    /// let mut map = mman::MapOptions::new().file(&file, ..10)?;
    /// map.resize(&file, 100)?;
    /// assert_eq!(map.len(), 100);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The map is as it was before.
    ///
    /// - Without a code: `file` is not the file that is mapped; the map is private, or has guard
    ///   pages; the length is too large for the address space, or what is behind the map in its
    ///   reservation is somebody's.
    /// - `ENOMEM`, `EAGAIN`: no memory or address space, or a limit, which the message names.
    #[doc(alias = "mremap")]
    pub fn resize(&mut self, file: impl AsFd, len: usize) -> Result<(), MapError> {
        let source = Source::same(OPERATION, file.as_fd(), &self.part)?;
        if self.part.private {
            return Err(MapError::rule(OPERATION, "a private map keeps its length"));
        }
        self.show(&source, len)
    }
}

impl FileMapMut {
    /// Shows more or less of the file, from the same offset on.
    ///
    /// What is new is allocated where it is not, and the file grows to hold it, as with
    /// [`with_len`](Self::with_len). The file does not shrink. For the rest it is as for
    /// [`FileMap`].
    ///
    /// # Examples
    ///
    /// ```
    /// let path = std::env::temp_dir().join(format!("mman-resize-{}", std::process::id()));
    /// let file = std::fs::OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
    /// # std::fs::remove_file(&path)?;
    /// let mut map = mman::FileMapMut::new(&file)?;
    /// map.resize(&file, 100_000)?;
    /// assert_eq!((map.len(), file.metadata()?.len()), (100_000, 100_000));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The map is as it was before, but the file may be longer.
    ///
    /// - Without a code: as for [`FileMap`].
    /// - As [`MapOptions::file_allocated`](crate::MapOptions::file_allocated).
    #[doc(alias = "mremap")]
    pub fn resize(&mut self, file: impl AsFd, len: usize) -> Result<(), MapError> {
        let source = Source::same(OPERATION, file.as_fd(), &self.part)?;
        self.memory.may_resize(len)?;
        if let Some(more) = len.checked_sub(self.len()) {
            let end = self.part.offset + self.len() as u64;
            source.allocate(end..end + more as u64)?;
        }
        self.show(&source, len)
    }
}

impl<A: Access> MappedFile<A> {
    fn show(&mut self, source: &Source<'_>, len: usize) -> Result<(), MapError> {
        self.intact(OPERATION, 0, self.len())?;
        self.memory.resize_file(self.part.behind(source.file), A::PROTECTION, len)
    }
}
