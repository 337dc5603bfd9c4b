//! The lines of a file of `/proc`, in bounded memory.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    vec,
    vec::Vec,
};

use crate::{Result, errno::Errno};

/// A line that is longer is not read. Names of files have no bound: a call takes 4095 bytes of one,
/// but folders can be entered one by one.
const LONGEST: usize = 16 << 20;

/// Reads a file line by line. The kernel gives out whole lines, about a page at a time.
#[derive(Debug)]
pub(super) struct Lines<R = File> {
    file: R,
    buffer: Vec<u8>,
    /// The bytes that were read and not yet given out, and how far these are whole lines.
    start: usize,
    whole: usize,
    end: usize,
}

impl<R: Read> Lines<R> {
    pub(super) fn of(file: R) -> Self {
        Self { file, buffer: vec![0; 8 << 10], start: 0, whole: 0, end: 0 }
    }

    pub(super) fn file(&self) -> &R {
        &self.file
    }

    /// The next line without its line feed; `None` at the end.
    ///
    /// `EBADMSG`: the line is too long.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>> {
        let Some(text) = self.ahead()? else { return Ok(None) };
        let len = line_len(text);
        let line = self.start..self.start + len;
        self.skip(len);
        Ok(self.buffer.get(line))
    }

    /// Some whole lines, from the next one on; `None` at the end. The last of a file may lack its line
    /// feed.
    ///
    /// `EBADMSG`: the next line is too long.
    #[inline]
    pub(super) fn ahead(&mut self) -> Result<Option<&[u8]>> {
        if self.start == self.whole && !self.find()? {
            return Ok(None);
        }
        Ok(self.buffer.get(self.start..self.whole))
    }

    /// Goes on behind the next line, which has so many bytes before its line feed.
    #[inline]
    pub(super) fn skip(&mut self, len: usize) {
        self.start = (self.start + len + 1).min(self.whole);
    }

    /// Whether the file has no line, as far as nothing was given out yet.
    pub(super) fn are_none(&mut self) -> Result<bool> {
        Ok(self.ahead()?.is_none())
    }

    /// Reads until there is a whole line; `false` if there is none.
    fn find(&mut self) -> Result<bool> {
        loop {
            let waiting = self.end - self.start;
            let is_over = self.fill()? == 0;
            let fresh = self.buffer.get(waiting..self.end).unwrap_or_default();
            if let Some(last) = fresh.iter().rposition(|byte| *byte == b'\n') {
                self.whole = waiting + last + 1;
                return Ok(true);
            }
            if is_over {
                self.whole = self.end;
                return Ok(self.end != 0);
            }
        }
    }

    /// Reads more behind what is there, and tells how much.
    fn fill(&mut self) -> Result<usize> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.whole, self.end) = (0, 0, self.end - self.start);
        if self.end == self.buffer.len() {
            if self.end >= LONGEST {
                return Err(Errno::EBADMSG);
            }
            self.buffer.resize(2 * self.end, 0);
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        loop {
            match self.file.read(room) {
                Ok(read) => {
                    self.end += read;
                    return Ok(read);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(super::maps::errno(error)),
            }
        }
    }
}

/// How many bytes the first line has, without its line feed, which is looked for by eight bytes at a
/// time.
pub(super) fn line_len(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    let mut at = 0;
    for word in bytes.chunks_exact(8) {
        // A byte that is a line feed is zero here, and the first zero sets its highest bit.
        let word = word.try_into().map_or(0, u64::from_le_bytes) ^ (ONES * b'\n' as u64);
        let zeros = word.wrapping_sub(ONES) & !word & HIGH;
        if zeros != 0 {
            return at + zeros.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use std::cmp;

    use proptest::prelude::*;

    use super::*;

    /// Gives its bytes out in pieces of these sizes, in turn.
    struct Pieces<'a>(&'a [u8], Vec<usize>, usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let size = self.1[self.2 % self.1.len()];
            self.2 += 1;
            let (head, rest) =
                self.0.split_at(cmp::min(size, cmp::min(self.0.len(), buffer.len())));
            buffer[..head.len()].copy_from_slice(head);
            self.0 = rest;
            Ok(head.len())
        }
    }

    fn all(read: impl Read) -> Result<Vec<Vec<u8>>> {
        let mut lines = Lines::of(read);
        let mut found = Vec::new();
        while let Some(line) = lines.next()? {
            found.push(line.to_vec());
        }
        Ok(found)
    }

    proptest! {
        #[test]
        fn lines_are_those_of_the_standard_library(
            bytes in prop::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200),
            sizes in prop::collection::vec(1_usize..50, 1..5),
        ) {
            let expected: Vec<_> = bytes
                .split_inclusive(|byte| *byte == b'\n')
                .map(|line| line.strip_suffix(b"\n").unwrap_or(line).to_vec())
                .collect();
            prop_assert_eq!(Ok(expected), all(Pieces(&bytes, sizes, 0)));
        }
    }

    #[test]
    fn a_long_line_grows_the_buffer_up_to_a_limit() {
        let long = vec![b'x'; 20_000];
        assert_eq!(Ok(vec![long.clone()]), all(&long[..]));
        assert_eq!(Err(Errno::EBADMSG), all(std::io::repeat(b'x')));
    }
}
