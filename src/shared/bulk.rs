//! Bytes copied into and out of shared memory, by whole words.
//!
//! Everything here touches the memory by the accesses of [`word`](crate::os::word) alone. The first
//! and the last word may belong to others in part: they are read whole, and written by a merge,
//! which leaves the others' bytes to them. A whole word is always there: memory is made of pages.

use core::ops::{Range, RangeBounds};
use std::format;

use super::Shared;
use crate::{
    MapError, Result,
    os::word::{self, WORD},
};

impl Shared {
    /// Copies bytes out of the memory.
    ///
    /// # Examples
    ///
    /// ```
    /// let shared = mman::Shared::anonymous(4096)?;
    /// shared.write_at(100, b"hello")?;
    /// let mut bytes = [0; 5];
    /// shared.read_at(100, &mut bytes)?;
    /// assert_eq!(&bytes, b"hello");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: they do not lie within the length.
    pub fn read_at(&self, offset: usize, bytes: &mut [u8]) -> Result<(), MapError> {
        let range = self.extent("read_at", offset, bytes.len())?;
        // SAFETY: the range lies within the memory, which is mapped for reading.
        unsafe { copy_out(self.as_ptr().wrapping_add(range.start), bytes) };
        Ok(())
    }

    /// Copies bytes into the memory.
    ///
    /// # Examples
    ///
    /// ```
    /// let shared = mman::Shared::anonymous(100)?;
    /// shared.write_at(95, b"hello")?;
    /// assert!(shared.write_at(96, b"hello").is_err());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: they do not lie within the length.
    pub fn write_at(&self, offset: usize, bytes: &[u8]) -> Result<(), MapError> {
        let range = self.extent("write_at", offset, bytes.len())?;
        // SAFETY: the range lies within the memory, which is mapped for reading and writing.
        unsafe { copy_in(self.as_ptr().wrapping_add(range.start), bytes) };
        Ok(())
    }

    /// Copies bytes within the memory; the two places may overlap.
    ///
    /// # Examples
    ///
    /// ```
    /// let shared = mman::Shared::anonymous(4096)?;
    /// shared.write_at(0, b"abcdef")?;
    /// shared.copy_within(..4, 2)?;
    /// let mut bytes = [0; 6];
    /// shared.read_at(0, &mut bytes)?;
    /// assert_eq!(&bytes, b"ababcd");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: one of the places does not lie within the length.
    pub fn copy_within(&self, from: impl RangeBounds<usize>, to: usize) -> Result<(), MapError> {
        const OPERATION: &str = "copy_within";
        /// Enough to be fast, little enough for any stack.
        const PIECE: usize = 2048;
        let from = self.memory.region.range(OPERATION, from)?;
        let len = from.end - from.start;
        let to = self.extent(OPERATION, to, len)?;
        let mut buffer = [0; PIECE];
        let mut done = 0;
        while done < len {
            let n = PIECE.min(len - done);
            // Upwards or downwards, so that nothing is written before it was read.
            let at = if to.start <= from.start { done } else { len - done - n };
            let Some(piece) = buffer.get_mut(..n) else { break };
            // SAFETY: the range lies within the memory, which is mapped for reading.
            unsafe { copy_out(self.as_ptr().wrapping_add(from.start + at), piece) };
            // SAFETY: the same, and for writing.
            unsafe { copy_in(self.as_ptr().wrapping_add(to.start + at), piece) };
            done += n;
        }
        Ok(())
    }

    /// Makes all bytes of a range the same.
    ///
    /// # Examples
    ///
    /// ```
    /// let shared = mman::Shared::anonymous(4096)?;
    /// shared.fill(1..4095, 7)?;
    /// let mut bytes = [9; 2];
    /// shared.read_at(0, &mut bytes)?;
    /// assert_eq!(bytes, [0, 7]);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range does not lie within the length.
    pub fn fill(&self, range: impl RangeBounds<usize>, value: u8) -> Result<(), MapError> {
        let range = self.memory.region.range("fill", range)?;
        let (start, len) = (self.as_ptr().wrapping_add(range.start), range.end - range.start);
        // SAFETY: the range lies within the memory, which is mapped for reading and writing.
        unsafe { fill_with(start, len, value) };
        Ok(())
    }

    /// The range of `len` bytes from an offset on.
    pub(super) fn extent(
        &self,
        operation: &'static str,
        offset: usize,
        len: usize,
    ) -> Result<Range<usize>, MapError> {
        let Some(end) = offset.checked_add(len) else {
            let rule = format!("{len} bytes from offset {offset} on are beyond the largest number");
            return Err(MapError::rule(operation, rule));
        };
        self.memory.region.range(operation, offset..end)
    }
}

/// # Safety
///
/// - So many bytes from `from` on are mapped for reading.
pub(super) unsafe fn copy_out(from: *const u8, to: &mut [u8]) {
    let (mut at, skip) = word_of(from.cast_mut());
    let mut to = to;
    if skip != 0 && !to.is_empty() {
        let (part, rest) = to.split_at_mut(to.len().min(WORD - skip));
        // SAFETY: the word holds a byte of the range, so its page is mapped.
        unsafe { read_part(at, skip, part) };
        (at, to) = (at.wrapping_add(1), rest);
    }
    let mut blocks = to.chunks_exact_mut(4 * WORD);
    for block in &mut blocks {
        // SAFETY: the words are bytes of the range.
        let words = unsafe { word::load4(at) };
        for (bytes, word) in block.chunks_exact_mut(WORD).zip(words) {
            bytes.copy_from_slice(&word.to_ne_bytes());
        }
        at = at.wrapping_add(4);
    }
    for part in blocks.into_remainder().chunks_mut(WORD) {
        // SAFETY: the word holds a byte of the range, so its page is mapped.
        unsafe { read_part(at, 0, part) };
        at = at.wrapping_add(1);
    }
}

/// # Safety
///
/// - So many bytes from `to` on are mapped for reading and writing, and no reference in use says
///   that they do not change.
unsafe fn copy_in(to: *mut u8, from: &[u8]) {
    let (mut at, skip) = word_of(to);
    let mut from = from;
    if skip != 0 && !from.is_empty() {
        let (part, rest) = from.split_at(from.len().min(WORD - skip));
        // SAFETY: the word holds a byte of the range, so its page is mapped.
        unsafe { write_part(at, skip, part) };
        (at, from) = (at.wrapping_add(1), rest);
    }
    let mut blocks = from.chunks_exact(4 * WORD);
    for block in &mut blocks {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(WORD)) {
            *word = word_from(0, bytes);
        }
        // SAFETY: the words are bytes of the range.
        unsafe { word::store4(at, words) };
        at = at.wrapping_add(4);
    }
    for part in blocks.remainder().chunks(WORD) {
        // SAFETY: the word holds a byte of the range, so its page is mapped.
        unsafe { write_part(at, 0, part) };
        at = at.wrapping_add(1);
    }
}

/// # Safety
///
/// - As `copy_in`, of `len` bytes.
unsafe fn fill_with(to: *mut u8, len: usize, value: u8) {
    let bytes = [value; 4 * WORD];
    let word = usize::from_ne_bytes([value; WORD]);
    // To the end of the word that it starts in.
    let head = to.addr().wrapping_neg() % WORD;
    let (head, tail) = (head.min(len), len.saturating_sub(head) % (4 * WORD));
    // SAFETY: it is the beginning of the range.
    unsafe { copy_in(to, bytes.get(..head).unwrap_or_default()) };
    let mut at = to.wrapping_add(head);
    let end = to.wrapping_add(len - tail);
    while at < end {
        // SAFETY: the words are bytes of the range.
        unsafe { word::store4(at.cast(), [word; 4]) };
        at = at.wrapping_add(4 * WORD);
    }
    // SAFETY: it is the end of the range.
    unsafe { copy_in(at, bytes.get(..tail).unwrap_or_default()) };
}

/// The word that a byte is in, and how many bytes of it come before.
fn word_of(at: *mut u8) -> (*mut usize, usize) {
    let skip = at.addr() % WORD;
    (at.wrapping_sub(skip).cast(), skip)
}

/// A word of these bytes, after so many zeros and before others.
fn word_from(skip: usize, bytes: &[u8]) -> usize {
    let mut word = [0; WORD];
    if let (0, Ok(whole)) = (skip, bytes.try_into()) {
        return usize::from_ne_bytes(whole);
    }
    for (to, byte) in word.iter_mut().skip(skip).zip(bytes) {
        *to = *byte;
    }
    usize::from_ne_bytes(word)
}

/// # Safety
///
/// - The word is mapped for reading.
unsafe fn read_part(at: *const usize, skip: usize, part: &mut [u8]) {
    // SAFETY: the caller's promise.
    let word = unsafe { word::load(at) };
    for (to, byte) in part.iter_mut().zip(word.to_ne_bytes().into_iter().skip(skip)) {
        *to = byte;
    }
}

/// # Safety
///
/// - The word is mapped for reading and writing, and no reference in use says that these bytes of
///   it do not change.
unsafe fn write_part(at: *mut usize, skip: usize, part: &[u8]) {
    let word = word_from(skip, part);
    if part.len() == WORD {
        // SAFETY: the caller's promise.
        unsafe { word::store(at, word) };
    } else {
        let ones = [u8::MAX; WORD];
        let mask = word_from(skip, ones.get(..part.len()).unwrap_or(&ones));
        // SAFETY: the caller's promise; the bytes before and behind stay as they are.
        unsafe { word::merge(at, mask, word) };
    }
}
