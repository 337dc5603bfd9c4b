//! [`Contents`]: a whole file, read or mapped, whichever is quicker.

use core::ops::RangeBounds;
use std::{
    fs::{File, Metadata},
    io,
    os::fd::AsFd,
    path::Path,
    vec::Vec,
};

use crate::{FileMap, MapError, Result, errno::Errno, os, region};

/// Files from this size on are mapped. To map a smaller one takes longer than to read it.
const MAPPED: u64 = 1 << 20;

/// The contents of a file: read into memory of their own, or mapped.
///
/// Small files are read, for that is quicker; large ones are mapped, for then nothing is copied.
/// What cannot be mapped is read: pipes, files of `/proc` that claim to be empty, file systems
/// without maps, and whatever the system refuses to map.
///
/// Where the contents of many files are kept at a time, each read needs new memory, and
/// [`FileMap::open`](crate::MappedFile::open) is quicker from 16 KiB on.
///
/// # What it promises of files that change
///
/// - Contents that were read ([`as_bytes`](Self::as_bytes) has them) never change afterwards. If
///   another process writes while they are read, they are a mixture of old and new bytes, each as it
///   was at some time during the call.
/// - Contents that are mapped ([`as_map`](Self::as_map) has the map) are those of the file at the
///   time of each access. What is beyond its end then is an error with a [`Fault`](crate::Fault);
///   bytes that were appended after the file was opened are not seen.
///
/// # Examples
///
/// ```
/// let contents = mman::Contents::open("Cargo.toml")?;
/// let mut start = [0; 11];
/// contents.read_at(0, &mut start)?;
/// assert_eq!(&start, b"[workspace]");
/// // A small file, so:
/// assert_eq!(contents.as_bytes().map(<[u8]>::len), Some(contents.len()));
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Debug)]
pub struct Contents(Kind);

#[derive(Debug)]
enum Kind {
    Read(Vec<u8>),
    Mapped(FileMap),
}

impl Contents {
    /// Opens a file, and reads or maps it.
    ///
    /// # Examples
    ///
    /// ```
    /// let contents = mman::Contents::open("Cargo.toml")?;
    /// assert_eq!(contents.len() as u64, std::fs::metadata("Cargo.toml")?.len());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - The codes of `open` and `read`: `ENOENT`, `EACCES`, `EISDIR`, `EIO` …
    /// - `ENOMEM`: there is no memory for it. As with `std::fs::read`, this is how what has no end is
    ///   read (`/dev/zero`), unless the system has ended the process by then.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, MapError> {
        Self::new(&File::open(path).map_err(failed)?)
    }

    /// Reads or maps an open file. What is read and not mapped is read from the file's position on.
    ///
    /// # Examples
    ///
    /// ```
    /// let file = std::fs::File::open("Cargo.lock")?;
    /// let contents = mman::Contents::new(&file)?;
    /// assert_eq!(contents.len() as u64, file.metadata()?.len());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - The codes of `read`: `EISDIR`, `EIO` …
    /// - `ENOMEM`: there is no memory for it.
    pub fn new(file: &File) -> Result<Self, MapError> {
        let metadata = file.metadata().ok();
        let size = metadata.as_ref().map_or(0, Metadata::len);
        if let Some(metadata) = metadata.filter(|_| size >= MAPPED) {
            if let Ok(map) = FileMap::known(file.as_fd(), &metadata) {
                return Ok(Self(Kind::Mapped(map)));
            }
        }
        read(file, size).map(|bytes| Self(Kind::Read(bytes)))
    }

    /// How many bytes there are; of a mapped file, when it was opened.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Kind::Read(bytes) => bytes.len(),
            Kind::Mapped(map) => map.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes, if they were read.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Kind::Read(bytes) => Some(bytes),
            Kind::Mapped(_) => None,
        }
    }

    /// The map, if the file is mapped.
    ///
    /// # Examples
    ///
    /// ```
    /// let path = std::env::temp_dir().join(format!("mman-contents-{}", std::process::id()));
    /// std::fs::write(&path, vec![1; 4 << 20])?;
    /// let contents = mman::Contents::open(&path)?;
    /// # std::fs::remove_file(&path)?;
    /// assert_eq!(contents.as_map().map(|map| map.len()), Some(4 << 20));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn as_map(&self) -> Option<&FileMap> {
        match &self.0 {
            Kind::Read(_) => None,
            Kind::Mapped(map) => Some(map),
        }
    }

    /// Copies bytes out, exactly as many as the buffer has.
    ///
    /// # Examples
    ///
    /// ```
    /// let contents = mman::Contents::open("Cargo.toml")?;
    /// let mut word = [0; 9];
    /// contents.read_at(1, &mut word)?;
    /// assert_eq!(&word, b"workspace");
    /// assert!(contents.read_at(contents.len(), &mut word).is_err());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the bytes are not within the length; or a page of them is gone, then
    ///   [`MapError::fault`] tells how many were copied.
    pub fn read_at(&self, offset: usize, buffer: &mut [u8]) -> Result<(), MapError> {
        match &self.0 {
            Kind::Read(bytes) => {
                let all = offset..offset.saturating_add(buffer.len());
                buffer.copy_from_slice(part("read_at", bytes, all)?);
                Ok(())
            }
            Kind::Mapped(map) => map.read_at(offset, buffer),
        }
    }

    /// Calls `f` with the bytes of a range: [`MappedFile::with_slice`](crate::MappedFile::with_slice).
    ///
    /// # Examples
    ///
    /// ```
    /// let contents = mman::Contents::open("Cargo.toml")?;
    /// // SAFETY: nobody changes this file meanwhile.
    /// let lines = unsafe { contents.with_slice(.., |bytes| bytes.split(|byte| *byte == b'\n').count()) }?;
    /// assert!(lines > 10);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length; or pages of it are gone, then
    ///   [`MapError::fault`] tells from where on.
    ///
    /// # Panics
    ///
    /// If `f` does.
    ///
    /// # Safety
    ///
    /// - As with [`MappedFile::with_slice`](crate::MappedFile::with_slice), if the file is mapped.
    pub unsafe fn with_slice<R>(
        &self,
        range: impl RangeBounds<usize>,
        f: impl FnOnce(&[u8]) -> R,
    ) -> Result<R, MapError> {
        match &self.0 {
            Kind::Read(bytes) => part("with_slice", bytes, range).map(f),
            // SAFETY: the caller's promise is that of the call.
            Kind::Mapped(map) => unsafe { map.with_slice(range, f) },
        }
    }
}

fn part<'a>(
    operation: &'static str,
    bytes: &'a [u8],
    range: impl RangeBounds<usize>,
) -> Result<&'a [u8], MapError> {
    let range = region::checked(operation, range, bytes.len())?;
    Ok(bytes.get(range).unwrap_or_default())
}

/// Reads all there is, knowing how much it probably is.
fn read(file: &File, size: u64) -> Result<Vec<u8>, MapError> {
    /// As much as every system reads at once.
    const MOST: usize = 1 << 30;
    /// For what claims to be empty, and is of unknown length.
    const LEAST: usize = 8 << 10;
    let failed = |errno| MapError::system("read", errno);
    let mut bytes = Vec::new();
    // With room for one byte more the end shows.
    let mut room = usize::try_from(size).ok().and_then(|size| size.checked_add(1));
    if size == 0 {
        room = Some(LEAST);
    }
    loop {
        let reserved = room.and_then(|room| bytes.try_reserve_exact(room).ok());
        reserved.ok_or_else(|| failed(Errno::ENOMEM))?;
        let spare = bytes.spare_capacity_mut();
        let asked = spare.len().min(MOST);
        // SAFETY: the vector has these bytes, and they are nobody else's.
        let read = match unsafe { os::read(file.as_fd(), spare.as_mut_ptr().cast(), asked) } {
            Err(Errno::EINTR) => continue,
            read => read.map_err(failed)?,
        };
        let len = bytes.len() + read;
        // SAFETY: the system has written so many of them.
        unsafe { bytes.set_len(len) };
        // As much as the file had, and less than there was room for: the next read would be empty.
        if read == 0 || (read < asked && len as u64 == size) {
            return Ok(bytes);
        }
        room = Some(if len == bytes.capacity() { len.max(LEAST) } else { 1 });
    }
}

/// What std calls out of memory has no code.
fn failed(error: io::Error) -> MapError {
    let fallback = match error.kind() {
        io::ErrorKind::OutOfMemory => Errno::ENOMEM,
        _ => Errno::EINVAL,
    };
    MapError::system("open", Errno::try_from(error).unwrap_or(fallback))
}
