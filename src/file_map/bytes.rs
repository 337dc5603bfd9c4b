//! Bytes copied out of a map, and into it.

use core::{cmp, ops::RangeBounds};
use std::vec::Vec;

use super::{
    MappedFile,
    access::{Access, Writable},
};
use crate::{MapError, Result, errno::Errno, guarded};

/// Access by copy. A page that is gone (the file was truncated, or its storage failed) is an error
/// with a [`Fault`](crate::Fault), on which the process would die otherwise.
///
/// Other threads and processes may change the bytes while they are copied: what is read then is a
/// mixture of old and new ones. That is no race in the sense of the language, for the copies are
/// the processor's own, and no reference is involved.
///
/// The first of these calls in a process, or of [`prefault`](Self::prefault), installs a handler of
/// `SIGBUS`. It recovers from the faults of these accesses only, and passes all others on to the
/// handler that was there before. A program that installs its own later should pass on what is not its
/// own; if it does not, a page that is gone may end the process as if there were no handler, but never
/// gives wrong bytes. The first access of each map, each of 1 MiB and more, and each
/// [`with_slice`](Self::with_slice) and `prefault` puts things right. A thread that blocks `SIGBUS` is
/// killed by a page that is gone. (So it is on x86-64 and 64-bit Arm. On other processors the kernel
/// makes the copies, without a signal, and only `with_slice` installs the handler.)
impl<A: Access> MappedFile<A> {
    /// Copies bytes out, exactly as many as the buffer has.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMap::open("Cargo.toml")?;
    /// let mut buffer = [0; 11];
    /// map.read_at(0, &mut buffer)?;
    /// assert_eq!(&buffer, b"[workspace]");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the bytes are not within the length; or a page of them is gone, then
    ///   [`MapError::fault`] tells how many were copied.
    #[inline]
    pub fn read_at(&self, offset: usize, buffer: &mut [u8]) -> Result<(), MapError> {
        const OPERATION: &str = "read_at";
        let len = buffer.len();
        let from = self.reach(OPERATION, offset, len)?;
        // SAFETY: the range is the map's, which is for reading, and the handler is ready.
        let done = unsafe { guarded::copy_from(from, buffer.as_mut_ptr(), len) };
        self.outcome(OPERATION, offset, len, done)
    }

    /// The bytes of a range, in a vector.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMap::open("Cargo.toml")?;
    /// assert_eq!(map.to_vec(1..10)?, b"workspace");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - As [`read_at`](Self::read_at). `ENOMEM`: there is no memory for them.
    pub fn to_vec(&self, range: impl RangeBounds<usize>) -> Result<Vec<u8>, MapError> {
        const OPERATION: &str = "to_vec";
        let range = self.memory.region.range(OPERATION, range)?;
        let (offset, len) = (range.start, range.end - range.start);
        let from = self.reach(OPERATION, offset, len)?;
        let mut bytes = room(OPERATION, len)?;
        // SAFETY: as in `read_at`; there is room for so many bytes.
        let done = unsafe { guarded::copy_from(from, bytes.as_mut_ptr(), len) };
        self.outcome(OPERATION, offset, len, done)?;
        // SAFETY: so many bytes were copied there.
        unsafe { bytes.set_len(len) };
        Ok(bytes)
    }

    /// Goes through a range in chunks of up to `size` bytes, each copied to the same buffer.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMap::open("Cargo.toml")?;
    /// let mut lines = 0;
    /// let mut chunks = map.chunks(.., 4096)?;
    /// while let Some(chunk) = chunks.next_chunk() {
    ///     lines += chunk?.iter().filter(|byte| **byte == b'\n').count();
    /// }
    /// assert!(lines > 10);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length, or the size is 0.
    /// - `ENOMEM`: there is no memory for the buffer.
    pub fn chunks(
        &self,
        range: impl RangeBounds<usize>,
        size: usize,
    ) -> Result<Chunks<'_, A>, MapError> {
        const OPERATION: &str = "chunks";
        let range = self.memory.region.range(OPERATION, range)?;
        if size == 0 && !range.is_empty() {
            return Err(MapError::rule(OPERATION, "chunks of no bytes never end"));
        }
        let size = cmp::min(size, range.end - range.start);
        let mut buffer = room(OPERATION, size)?;
        buffer.resize(size, 0);
        Ok(Chunks { map: self, next: range.start, end: range.end, buffer, failed: None })
    }
}

/// A vector with room for so many bytes.
fn room(operation: &'static str, len: usize) -> Result<Vec<u8>, MapError> {
    let mut bytes = Vec::new();
    let reserved = bytes.try_reserve_exact(len);
    reserved.map_err(|_| MapError::system(operation, Errno::ENOMEM))?;
    Ok(bytes)
}

/// The chunks of a range: see [`MappedFile::chunks`].
///
/// # Examples
///
/// ```
/// let map = mman::FileMap::open("Cargo.toml")?;
/// let mut chunks = map.chunks(1..10, 4)?;
/// assert_eq!(chunks.next_chunk().transpose()?, Some(&b"work"[..]));
/// assert_eq!(chunks.offset(), 5);
/// assert_eq!(chunks.next_chunk().transpose()?, Some(&b"spac"[..]));
/// assert_eq!(chunks.next_chunk().transpose()?, Some(&b"e"[..]));
/// assert!(chunks.next_chunk().is_none());
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Debug)]
pub struct Chunks<'a, A: Access> {
    map: &'a MappedFile<A>,
    next: usize,
    end: usize,
    buffer: Vec<u8>,
    /// What is told after the last good bytes.
    failed: Option<MapError>,
}

impl<A: Access> Chunks<'_, A> {
    /// Where in the map the next chunk starts.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.next
    }

    /// The next chunk.
    ///
    /// Where a page is gone, the bytes before it come first, then the error, then nothing more.
    ///
    /// # Examples
    ///
    /// ```
    /// let path = std::env::temp_dir().join(format!("mman-next-chunk-{}", std::process::id()));
    /// std::fs::write(&path, vec![1; 3 * mman::page_size()])?;
    /// let map = mman::FileMap::open(&path)?;
    /// std::fs::File::options().write(true).open(&path)?.set_len(mman::page_size() as u64)?;
    /// # std::fs::remove_file(&path)?;
    /// let mut chunks = map.chunks(.., 2 * mman::page_size())?;
    /// assert_eq!(chunks.next_chunk().unwrap()?.len(), mman::page_size());
    /// assert!(chunks.next_chunk().unwrap().unwrap_err().fault().is_some());
    /// assert!(chunks.next_chunk().is_none());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn next_chunk(&mut self) -> Option<Result<&[u8], MapError>> {
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        let len = cmp::min(self.buffer.len(), self.end - self.next);
        let buffer = self.buffer.get_mut(..len).filter(|buffer| !buffer.is_empty())?;
        let done = match self.map.read_at(self.next, buffer) {
            Ok(()) => len,
            Err(error) => {
                self.end = self.next;
                match error.fault().map_or(0, |fault| fault.done) {
                    0 => return Some(Err(error)),
                    done => {
                        self.failed = Some(error);
                        self.end += done;
                        done
                    }
                }
            }
        };
        self.next += done;
        buffer.get(..done).map(Ok)
    }
}

/// Access by copy, to maps whose pages can be written.
impl<A: Writable> MappedFile<A> {
    /// Copies bytes in, all of them.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut map = mman::FileMapCow::open("Cargo.toml")?;
    /// map.write_at(1, b"WORKSPACE")?;
    /// assert_eq!(map.to_vec(..11)?, b"[WORKSPACE]");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the bytes are not within the length; or a page is gone or cannot be had (the
    ///   disk is full), then [`MapError::fault`] tells how many were copied.
    #[inline]
    pub fn write_at(&self, offset: usize, bytes: &[u8]) -> Result<(), MapError> {
        const OPERATION: &str = "write_at";
        let to = self.reach(OPERATION, offset, bytes.len())?;
        // SAFETY: the range is the map's, which is for writing, and the handler is ready.
        let done = unsafe { guarded::copy_to(bytes.as_ptr(), to, bytes.len()) };
        self.outcome(OPERATION, offset, bytes.len(), done)
    }

    /// Sets every byte of a range.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMapCow::open("Cargo.toml")?;
    /// map.fill(1..10, b'-')?;
    /// assert_eq!(map.to_vec(..11)?, b"[---------]");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - As [`write_at`](Self::write_at).
    pub fn fill(&self, range: impl RangeBounds<usize>, byte: u8) -> Result<(), MapError> {
        const OPERATION: &str = "fill";
        let range = self.memory.region.range(OPERATION, range)?;
        let (offset, len) = (range.start, range.end - range.start);
        let to = self.reach(OPERATION, offset, len)?;
        // SAFETY: as in `write_at`.
        let done = unsafe { guarded::fill(to, byte, len) };
        self.outcome(OPERATION, offset, len, done)
    }

    /// Copies bytes of a range to another place of the map; the two may overlap.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMapCow::open("Cargo.toml")?;
    /// map.copy_within(1..5, 6)?;
    /// assert_eq!(map.to_vec(..11)?, b"[workswork]");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: one of the two is not within the length; or a page is gone. If they overlap,
    ///   the destination may hold a mixture then, of which the [`Fault`](crate::Fault) counts
    ///   nothing.
    pub fn copy_within(&self, range: impl RangeBounds<usize>, to: usize) -> Result<(), MapError> {
        const OPERATION: &str = "copy_within";
        let range = self.memory.region.range(OPERATION, range)?;
        let (offset, len) = (range.start, range.end - range.start);
        let from = self.reach(OPERATION, offset, len)?;
        let into = self.reach(OPERATION, to, len)?;
        // SAFETY: both ranges are the map's, which is for reading and writing, and the handler is
        // ready.
        let done = unsafe { guarded::copy_within(from, into, len) };
        self.outcome(OPERATION, offset, len, done)?;
        self.intact(OPERATION, to, len)
    }
}
