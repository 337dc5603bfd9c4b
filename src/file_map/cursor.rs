//! [`MapCursor`]: a map read and written as a stream.

use core::cmp;
use std::{
    boxed::Box,
    io::{self, BufRead, Read, Seek, SeekFrom, Write},
    vec,
};

use super::{
    MappedFile,
    access::{Access, Writable},
};
use crate::{MapError, Result};

/// How much is copied out at once for [`BufRead`].
const BUFFER: usize = 64 << 10;

/// A place in a map, from which it is read and written as a stream.
///
/// It never grows the map: at its end nothing more is read, and nothing more can be written. What
/// is gone of the file is an [`io::Error`] whose inner error is a [`MapError`]; the bytes before it
/// are read first.
///
/// # Examples
///
/// ```
/// use std::io::BufRead;
///
/// let map = mman::FileMap::open("Cargo.toml")?;
/// let first = map.cursor().lines().next().transpose()?;
/// assert_eq!(first.as_deref(), Some("[workspace]"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct MapCursor<'a, A: Access> {
    map: &'a MappedFile<A>,
    position: u64,
    /// Bytes that were copied out: those from `position` on.
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
}

impl<A: Access> MappedFile<A> {
    /// A cursor at the start.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{Read, Seek, SeekFrom};
    ///
    /// let map = mman::FileMap::open("Cargo.toml")?;
    /// let mut cursor = map.cursor();
    /// cursor.seek(SeekFrom::Start(1))?;
    /// let mut word = [0; 9];
    /// cursor.read_exact(&mut word)?;
    /// assert_eq!((&word, cursor.position()), (b"workspace", 10));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn cursor(&self) -> MapCursor<'_, A> {
        MapCursor { map: self, position: 0, buffer: Box::default(), start: 0, end: 0 }
    }
}

impl<A: Access> MapCursor<'_, A> {
    /// Where it is, in bytes from the start of the map.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The offset, and how much there is from there on.
    fn rest(&self) -> (usize, usize) {
        let len = self.map.len();
        let offset = usize::try_from(self.position).map_or(len, |offset| cmp::min(offset, len));
        (offset, len - offset)
    }

    fn advance(&mut self, len: usize) {
        self.position += len as u64;
        self.start = cmp::min(self.start + len, self.end);
    }

    fn forget(&mut self) {
        (self.start, self.end) = (0, 0);
    }
}

/// The bytes that an access has done, if there were any, else the error.
fn some(len: usize, done: Result<(), MapError>) -> io::Result<usize> {
    match done {
        Ok(()) => Ok(len),
        Err(error) => match error.fault() {
            Some(fault) if fault.done != 0 => Ok(fault.done),
            _ => Err(error.into()),
        },
    }
}

impl<A: Access> Read for MapCursor<'_, A> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (offset, rest) = self.rest();
        let len = cmp::min(rest, into.len());
        let Some(into) = into.get_mut(..len) else { return Ok(0) };
        let done = some(len, self.map.read_at(offset, into))?;
        self.advance(done);
        Ok(done)
    }
}

impl<A: Access> BufRead for MapCursor<'_, A> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            let (offset, rest) = self.rest();
            let len = cmp::min(rest, BUFFER);
            if self.buffer.len() < len {
                self.buffer = vec![0; len].into_boxed_slice();
            }
            self.forget();
            let into = self.buffer.get_mut(..len).unwrap_or_default();
            self.end = some(len, self.map.read_at(offset, into))?;
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.advance(cmp::min(amount, self.end - self.start));
    }
}

impl<A: Writable> Write for MapCursor<'_, A> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (offset, rest) = self.rest();
        let len = cmp::min(rest, bytes.len());
        let Some(bytes) = bytes.get(..len) else { return Ok(0) };
        self.forget();
        let done = some(len, self.map.write_at(offset, bytes))?;
        self.advance(done);
        Ok(done)
    }

    /// Does nothing: what is written is in the map. To reach the disk, the map is flushed.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<A: Access> Seek for MapCursor<'_, A> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => (self.map.len() as u64).checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        let before = "seek: a place before the start, or beyond the largest number";
        self.position =
            position.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, before))?;
        self.forget();
        Ok(self.position)
    }
}
