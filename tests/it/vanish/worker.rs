//! A thread that reads and writes a file that others disturb.

use std::{
    fs::File,
    io::{BufRead as _, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    ptr, thread,
};

use mman::{Contents, FileMap, FileMapMut, MapError, MapOptions, errno::Errno};

use super::{ASSEMBLY, Disturbed, Numbers, PERIOD};
use crate::util::page;

/// A thread that reads and writes.
pub(super) struct Worker<'a> {
    map: &'a FileMapMut,
    file: &'a File,
    /// Where the file is to be found, or what has taken its place.
    path: PathBuf,
    /// Maps of its own, for what they lose in a slice stays lost.
    slices: (FileMap, FileMapMut),
    marks: &'a [u8],
    numbers: Numbers,
    buffer: Vec<u8>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(
        disturbed: &Disturbed<'a>,
        map: &'a FileMapMut,
        marks: &'a [u8],
        seed: usize,
    ) -> Self {
        assert_eq!(marks.len(), map.len());
        let file = disturbed.file;
        Self {
            map,
            file,
            path: disturbed.path.map_or_else(|| disturbed.by_descriptor(), Path::to_owned),
            slices: (renewed(|| for_reading(file, marks.len())), renewed(|| FileMapMut::new(file))),
            marks,
            numbers: Numbers::new(seed),
            buffer: vec![0; 2 * page()],
        }
    }

    /// How many operations were whole, and how many came upon a page that was gone.
    pub(super) fn work(&mut self, count: usize) -> (usize, usize) {
        let (mut whole, mut short) = (0, 0);
        for _ in 0..count {
            match self.operation() {
                Ok(()) => whole += 1,
                Err(error) => {
                    let fault = error.fault().unwrap_or_else(|| panic!("{error}"));
                    assert!(fault.done < fault.len, "{fault:?}");
                    short += 1;
                }
            }
        }
        (whole, short)
    }

    /// What is read is a mark, or 0 where nobody has written since the file was longer again.
    fn check(&self, at: usize, bytes: &[u8]) {
        const AT_ONCE: usize = 64;
        let marks = self.marks[at..at + bytes.len()].chunks(AT_ONCE);
        for (place, (bytes, marks)) in (at..).step_by(AT_ONCE).zip(bytes.chunks(AT_ONCE).zip(marks))
        {
            if bytes != marks && bytes != &[0; AT_ONCE][..bytes.len()] {
                for ((place, byte), mark) in (place..).zip(bytes).zip(marks) {
                    assert!(*byte == 0 || byte == mark, "at {place}: {byte} for {mark}");
                }
            }
        }
    }

    fn operation(&mut self) -> Result<(), MapError> {
        let len = self.map.len();
        let size = [1, 7, 8, 100, page() + 5][self.numbers.below(5)];
        let at = self.numbers.below(len - size);
        match self.numbers.below(100) {
            0 => return self.contents(size),
            1..4 => return self.slice(at, size),
            4..7 => return self.slice_mut(at, size),
            _ => {}
        }
        match self.numbers.below(if ASSEMBLY { 17 } else { 11 }) {
            0..6 => self.read(at, size),
            6 => self.map.write_at(at, &self.marks[at..at + size]),
            7 => self.map.fill(at..at + size, 0),
            8 => {
                // To a place where the marks are the same.
                let to = at % PERIOD + self.numbers.below((len - size) / PERIOD - 1) * PERIOD;
                self.map.copy_within(at..at + size, to)
            }
            9 => {
                let bytes: [u8; 8] = self.marks[at & !7..][..8].try_into().unwrap();
                self.map.store(at & !7, bytes)
            }
            10 => {
                let mut cursor = self.map.cursor();
                cursor.seek(SeekFrom::Start(at as u64)).unwrap();
                let bytes = &self.marks[at..at + size];
                cursor.write_all(bytes).map_err(inner)
            }
            _ => self.number(at & !7),
        }
    }

    fn read(&mut self, at: usize, size: usize) -> Result<(), MapError> {
        match self.numbers.below(7) {
            0 => {
                let mut buffer = std::mem::take(&mut self.buffer);
                buffer[..size].fill(0xff);
                let answer = self.map.read_at(at, &mut buffer[..size]);
                let done = answer.as_ref().err().map_or(size, |error| error.fault().unwrap().done);
                self.check(at, &buffer[..done]);
                self.buffer = buffer;
                answer
            }
            1 => self.map.to_vec(at..at + size).map(|bytes| self.check(at, &bytes)),
            2 => {
                let mut chunks = self.map.chunks(at..at + size, 64)?;
                let mut place = at;
                while let Some(chunk) = chunks.next_chunk() {
                    let chunk = chunk?;
                    self.check(place, chunk);
                    place += chunk.len();
                }
                assert_eq!(at + size, place);
                Ok(())
            }
            3 => {
                let mut cursor = self.map.cursor();
                cursor.seek(SeekFrom::Start(at as u64)).unwrap();
                let mut buffer = std::mem::take(&mut self.buffer);
                let done = cursor.read_exact(&mut buffer[..size]).map_err(inner);
                let read = usize::try_from(cursor.position()).unwrap() - at;
                self.check(at, &buffer[..read]);
                self.buffer = buffer;
                done
            }
            4 => {
                let mut cursor = self.map.cursor();
                // Near the end: as much as 64 KiB is copied out at once.
                let at = self.map.len() - size;
                cursor.seek(SeekFrom::Start(at as u64)).unwrap();
                let read = cursor.fill_buf().map(|bytes| self.check(at, bytes));
                read.map_err(inner)
            }
            5 => self.map.prefault(at..at + size),
            _ => self.map.load::<[u8; 8]>(at & !7).map(|bytes| self.check(at & !7, &bytes)),
        }
    }

    fn slice(&mut self, at: usize, size: usize) -> Result<(), MapError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let map = &self.slices.0;
        let answer =
            unsafe { map.with_slice(at..at + size, |bytes| copy(bytes, &mut buffer[..size])) };
        let done = answer.as_ref().err().map_or(size, |error| error.fault().unwrap().done);
        self.check(at, &buffer[..done]);
        self.buffer = buffer;
        let lost = map.lost().map_or(at + size, |lost| lost.start.max(at));
        assert_eq!(at + done, lost, "what is lost is not what was reported");
        if answer.is_err() {
            assert!(map.load::<u8>(lost).unwrap_err().fault().is_some());
            self.slices.0 = renewed(|| for_reading(self.file, self.marks.len()));
        }
        answer
    }

    fn slice_mut(&mut self, at: usize, size: usize) -> Result<(), MapError> {
        // It may have been made while the file was short.
        let map = &mut self.slices.1;
        let (at, end) = (at.min(map.len()), map.len().min(at + size));
        let marks = &self.marks[at..end];
        let answer = unsafe {
            map.with_slice_mut(at..end, |bytes| {
                for (byte, mark) in bytes.iter_mut().zip(marks) {
                    ptr::write_volatile(byte, *mark);
                }
            })
        };
        let done = answer.as_ref().err().map_or(end - at, |error| error.fault().unwrap().done);
        let lost = map.lost().map_or(end, |lost| lost.start.max(at));
        assert_eq!(at + done, lost, "what is lost is not what was reported");
        if answer.is_err() {
            assert!(map.store(lost, 1u8).unwrap_err().fault().is_some());
        }
        if answer.is_err() || map.len() < self.marks.len() {
            self.slices.1 = renewed(|| FileMapMut::new(self.file));
        }
        answer
    }

    /// What is at the path now: the file, in memory or mapped; an empty one; or nothing.
    fn contents(&mut self, size: usize) -> Result<(), MapError> {
        let contents = match Contents::open(&self.path) {
            Err(error) if error.errno() == Some(Errno::ENOENT) => return Ok(()),
            contents => contents?,
        };
        assert!(contents.len() <= self.marks.len());
        if let Some(bytes) = contents.as_bytes() {
            self.check(0, bytes);
            return Ok(());
        }
        // It may have become shorter after it was found long enough to be mapped.
        let at = self.numbers.below(contents.len() + 1);
        let size = size.min(contents.len() - at);
        let mut buffer = vec![0xff; size];
        for scoped in [false, true] {
            let answer = match scoped {
                false => contents.read_at(at, &mut buffer),
                true => unsafe {
                    contents.with_slice(at..at + size, |bytes| copy(bytes, &mut buffer))
                },
            };
            let done = answer.as_ref().err().map_or(size, |error| error.fault().unwrap().done);
            self.check(at, &buffer[..done]);
            answer?;
        }
        Ok(())
    }

    /// In one step.
    fn number(&mut self, at: usize) -> Result<(), MapError> {
        let mark = u64::from_ne_bytes(self.marks[at..at + 8].try_into().unwrap());
        let found = match self.numbers.below(6) {
            0 => self.map.load_atomic(at)?,
            1 => return self.map.store_atomic(at, mark),
            2 => self.map.swap(at, mark)?,
            3 => self.map.compare_exchange(at, mark, 0)?.unwrap_or_else(|found| found),
            4 => self.map.fetch_add(at, 0u64)?,
            _ => self.map.fetch_update(at, |_| mark)?,
        };
        self.check(at, &found.to_ne_bytes());
        Ok(())
    }
}

/// Copies out of a slice that others change meanwhile: each byte is read once.
fn copy(bytes: &[u8], to: &mut [u8]) {
    for (to, byte) in to.iter_mut().zip(bytes) {
        *to = unsafe { ptr::read_volatile(byte) };
    }
}

/// A map as long as the file was, however long it is now.
fn for_reading(file: &File, len: usize) -> Result<FileMap, MapError> {
    MapOptions::new().file(file, ..len as u64)
}

/// A map made anew. While others give huge pages back there may be none to promise.
fn renewed<T>(make: impl Fn() -> Result<T, MapError>) -> T {
    loop {
        match make() {
            Err(error) if error.errno() == Some(Errno::ENOMEM) => thread::yield_now(),
            made => return made.unwrap(),
        }
    }
}

/// What an error of a stream is about.
fn inner(error: std::io::Error) -> MapError {
    *error.into_inner().unwrap().downcast().unwrap()
}
