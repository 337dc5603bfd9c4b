//! Pages brought in before they are needed, on several threads.

use core::ops::Range;
use std::{
    sync::{RwLock, mpsc},
    thread,
    vec::Vec,
};

use super::{Region, Span, refused};
use crate::{
    Fault, MapError, Result,
    errno::Errno,
    guarded::{self, Broken, Why},
    os::{self, Advice, word},
};

impl Region {
    /// Brings pages in, on up to so many threads.
    ///
    /// # Safety
    ///
    /// - The pages are for reading, and with `write` for writing too.
    pub(crate) unsafe fn populate(
        &self,
        operation: &'static str,
        range: &Range<usize>,
        write: bool,
        threads: usize,
    ) -> Result<(), MapError> {
        // SAFETY: the caller says what the pages are for; the pieces are apart.
        let work = |piece: Span| unsafe { piece.populate(write) }.map_err(Broken::refused);
        self.in_pieces(range, threads, work)
            .map_err(|broken| self.not_had(operation, range, broken))
    }

    /// Brings pages of a file in, on up to so many threads, or asks for them where that is all that
    /// can be done: a page that is gone is an error.
    pub(crate) fn bring_in(
        &self,
        operation: &'static str,
        range: &Range<usize>,
        write: bool,
        threads: usize,
    ) -> Result<(), MapError> {
        let work = |piece: Span| {
            // In a child that does not have these pages nobody knows what is there.
            let done = if write || !self.is_here() {
                os::populate(piece.start, piece.len, write).map_err(Broken::refused)
            } else {
                // SAFETY: a file is mapped for reading at least, for as long as the value lives; these
                // are whole pages.
                unsafe { guarded::touch(piece.start, piece.len, self.granule) }
            };
            match done {
                Err(Broken { why: Why::System(Errno::ENOSYS), .. }) => {
                    // A hint, which is refused where it makes no sense.
                    let _ = os::advise(piece.start, piece.len, Advice::WillNeed);
                    Ok(())
                }
                done => done,
            }
        };
        self.in_pieces(range, threads, work)
            .map_err(|broken| self.not_had(operation, range, broken))
    }

    /// Why the pages of a range could not be brought in.
    fn not_had(&self, operation: &'static str, range: &Range<usize>, broken: Broken) -> MapError {
        match broken.why {
            Why::Gone => {
                let gone = self.touching(range).start.addr() + broken.done;
                let done = gone.saturating_sub(self.start().addr() + range.start);
                let (offset, len) = (range.start, range.end - range.start);
                MapError::gone(operation, Fault { offset, len, done })
            }
            Why::Unsupported => MapError::system(operation, Errno::ENOSYS),
            // What a write would die of.
            Why::System(errno @ Errno::EFAULT) => {
                MapError::because(operation, errno, "the pages cannot be had")
            }
            Why::System(errno) => refused(operation, errno, 0),
        }
    }

    /// Works on the pages of a range on up to so many threads; what is told of those before the first
    /// that are not done is of all pages of the range.
    fn in_pieces(
        &self,
        range: &Range<usize>,
        threads: usize,
        work: impl Fn(Span) -> Result<(), Broken> + Sync,
    ) -> Result<(), Broken> {
        /// Less than this is not worth a thread. No huge page is cut.
        const LEAST: usize = 32 << 20;
        let span = self.touching(range);
        if span.len == 0 {
            return Ok(());
        }
        let share = span.len.div_ceil(threads.max(1)).max(LEAST);
        let share = share.next_multiple_of(self.granule.max(LEAST));
        let first = span.start.addr();
        let work = |piece: Span| {
            let before = piece.start.addr() - first;
            work(piece).map_err(|broken| Broken { done: before + broken.done, ..broken })
        };
        if span.len <= share {
            return work(span);
        }
        // A thread that begins maps memory (a stack for signals, an arena), which waits for those that
        // bring pages in: so all begin first.
        let gate = RwLock::new(());
        let (begun, beginnings) = mpsc::channel();
        thread::scope(|scope| {
            let (mut started, mut rest, work) = (Vec::new(), span, &work);
            let closed = gate.write();
            while rest.len > share {
                let (piece, begun, gate) = (rest.take(share), begun.clone(), &gate);
                let thread = thread::Builder::new().spawn_scoped(scope, move || {
                    let _ = begun.send(()); // somebody waits for it
                    drop(gate.read());
                    work(piece)
                });
                started.push(thread.map_err(|_| piece));
            }
            for _ in started.iter().filter(|thread| thread.is_ok()) {
                let _ = beginnings.recv(); // each sends it
            }
            drop(closed);
            let last = work(rest);
            // In the order of the addresses.
            started.into_iter().try_for_each(|thread| match thread {
                Ok(thread) => thread.join().unwrap_or(Err(Broken::refused(Errno::ENOMEM))),
                Err(piece) => work(piece),
            })?;
            last
        })
    }
}

impl Span {
    /// Takes the first `len` bytes away.
    fn take(&mut self, len: usize) -> Self {
        let first = Self { start: self.start, len };
        *self = Self { start: self.start.wrapping_add(len), len: self.len - len };
        first
    }

    /// Changes nothing, also of what others write meanwhile.
    ///
    /// # Safety
    ///
    /// - The pages are for reading, and with `write` for writing too.
    unsafe fn populate(self, write: bool) -> Result<()> {
        match os::populate(self.start, self.len, write) {
            // SAFETY: the caller's promise.
            Err(Errno::ENOSYS) => unsafe { self.touch(write) },
            done => return done,
        }
        Ok(())
    }

    /// # Safety
    ///
    /// - As `populate`.
    unsafe fn touch(self, write: bool) {
        for offset in (0..self.len).step_by(os::page_size()) {
            let word = self.start.wrapping_add(offset).cast::<usize>();
            if write {
                // SAFETY: the word is one of the span's, for writing, and keeps its value.
                unsafe { word::merge(word, 0, 0) };
            } else {
                // SAFETY: the word is one of the span's, for reading.
                let _ = unsafe { word::load(word) };
            }
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering::SeqCst},
        time::{Duration, Instant},
    };

    use super::*;
    use crate::{MapOptions, Protection, os::Backing};

    #[test]
    fn all_threads_work_at_the_same_time() {
        const THREADS: usize = 3;
        const LEN: usize = THREADS * (32 << 20);
        let (backing, page) = (Backing::Private, os::page_size());
        let memory = MapOptions::new().map("test", backing, Protection::ReadWrite, LEN, page);
        let (at_work, bytes) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let done = memory.unwrap().region.in_pieces(&(0..LEN), THREADS, |piece| {
            let since = Instant::now();
            at_work.fetch_add(1, SeqCst);
            while at_work.load(SeqCst) < THREADS {
                assert!(
                    since.elapsed() < Duration::from_secs(60),
                    "others wait for the end of this"
                );
                thread::yield_now();
            }
            bytes.fetch_add(piece.len, SeqCst);
            Ok(())
        });
        assert_eq!((Ok(()), LEN), (done, bytes.into_inner()));
    }
}
