//! Asking about one large file on all processors that are idle.
//!
//! The kernel looks at one folio after the other. If they are large it has done so before a second
//! thread has begun; if they are single pages, as on tmpfs, it takes ten milliseconds for a gigabyte.
//! Which it is, only the time tells: so a large file is asked about in pieces, and each that took
//! long calls one more thread to help with those that are left.

use std::{
    ops::Range,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicIsize, AtomicU64, Ordering},
    },
    thread::{self, Scope},
    time::{Duration, Instant},
};

use mman::MapError;

use super::figures::Figures;

/// The size of a piece, of which a file has more than one and no more than so many.
const PIECE: u64 = 64 << 20;
const PIECES: u64 = 64;

/// So long several pieces take before a thread is begun that could have helped with them.
const LONG: Duration = Duration::from_micros(200);

/// How many processors have nothing to do; below zero where threads wait for one.
#[derive(Debug)]
pub(crate) struct Idle(AtomicIsize);

impl Idle {
    pub(crate) fn new(processors: usize) -> Self {
        Self(AtomicIsize::new(processors.try_into().unwrap_or(isize::MAX)))
    }

    pub(crate) fn one_more(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn one_less(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// Takes one if there is one.
    fn take(&self) -> bool {
        let less = |idle| if idle > 0 { Some(idle - 1) } else { None };
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

/// Whether a file is worth it.
pub(crate) fn are_in(size: u64) -> bool {
    size > PIECE
}

/// The figures of a file of this size: the sum of those that `ask` tells of its pieces. The last one
/// has an open end, as has the whole.
pub(crate) fn sum(
    size: u64,
    idle: &Idle,
    ask: impl Fn(Range<u64>) -> Result<Figures, MapError> + Sync,
) -> Result<Figures, MapError> {
    let pieces = Pieces {
        size,
        step: size.div_ceil(PIECES).max(1).next_multiple_of(PIECE),
        next: AtomicU64::new(0),
        sum: Mutex::new(Ok(Figures::default())),
        idle,
        ask,
    };
    thread::scope(|scope| pieces.work(scope));
    pieces.sum.into_inner().unwrap_or_else(PoisonError::into_inner)
}

struct Pieces<'a, F> {
    size: u64,
    step: u64,
    /// Where the next piece starts.
    next: AtomicU64,
    /// Of the pieces that are done, or why one of them is not.
    sum: Mutex<Result<Figures, MapError>>,
    idle: &'a Idle,
    ask: F,
}

impl<F: Fn(Range<u64>) -> Result<Figures, MapError> + Sync> Pieces<'_, F> {
    /// Asks about pieces until none is left.
    fn work<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) {
        while let Some(piece) = self.take() {
            let began = Instant::now();
            let told = (self.ask)(piece);
            let took_long = began.elapsed() >= LONG;
            // Else it is told by way of a map, and several threads that map are slower than one.
            let may_share = told.as_ref().is_ok_and(|figures| figures.dirty.is_some());
            self.add(told);
            if took_long && may_share && !self.are_over() && self.idle.take() {
                let help = || {
                    self.work(scope);
                    self.idle.one_more();
                };
                if thread::Builder::new().spawn_scoped(scope, help).is_err() {
                    self.idle.one_more();
                }
            }
        }
    }

    fn take(&self) -> Option<Range<u64>> {
        let start = self.next.fetch_add(self.step, Ordering::Relaxed);
        let rest = self.size.checked_sub(start).filter(|rest| *rest != 0)?;
        let end = if rest <= self.step { u64::MAX } else { start + self.step };
        Some(start..end)
    }

    fn are_over(&self) -> bool {
        self.next.load(Ordering::Relaxed) >= self.size
    }

    fn add(&self, told: Result<Figures, MapError>) {
        let mut sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        match (&mut *sum, told) {
            (Ok(sum), Ok(figures)) => sum.add(&figures),
            (Ok(_), Err(error)) => {
                *sum = Err(error);
                self.next.store(self.size, Ordering::Relaxed);
            }
            (Err(_), _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::Condvar, thread::ThreadId};

    use super::*;

    /// What a size is asked about by, in order, on how many threads, and how many were begun for it,
    /// where each piece takes what `work` does.
    fn asked(
        size: u64,
        idle: usize,
        work: impl Fn() + Sync,
        dirty: Option<u64>,
    ) -> (Vec<Range<u64>>, usize, usize) {
        let idle = isize::try_from(idle).unwrap();
        let (counter, least) = (Idle(idle.into()), AtomicIsize::new(idle));
        let asked: Mutex<Vec<(Range<u64>, ThreadId)>> = Mutex::default();
        let figures = sum(size, &counter, |piece| {
            work();
            // Who has begun does not end before the last piece.
            least.fetch_min(counter.0.load(Ordering::Relaxed), Ordering::Relaxed);
            let size = piece.end.min(size) - piece.start;
            asked.lock().unwrap().push((piece, thread::current().id()));
            Ok(Figures { size, resident: Some(1), dirty, ..Figures::default() })
        });
        let (figures, mut asked) = (figures.unwrap(), asked.into_inner().unwrap());
        asked.sort_by_key(|(piece, _)| piece.start);
        let count = asked.len() as u64;
        assert_eq!((figures.size, figures.resident), (size, Some(count)));
        assert_eq!(figures.dirty, dirty.map(|dirty| dirty * count));
        assert_eq!(counter.0.into_inner(), idle);
        let threads: HashSet<_> = asked.iter().map(|(_, thread)| *thread).collect();
        let begun = usize::try_from(idle - least.into_inner()).unwrap();
        (asked.into_iter().map(|(piece, _)| piece).collect(), threads.len(), begun)
    }

    #[test]
    fn every_byte_is_asked_about_once_and_the_end_is_open() {
        for size in [1, PIECE, PIECE + 1, 64 * PIECE, 64 * PIECE + 1, 1 << 40, i64::MAX as u64] {
            let (pieces, ..) = asked(size, 0, || {}, Some(1));
            assert!(pieces.len() as u64 <= PIECES, "{size}: {pieces:?}");
            assert_eq!((pieces[0].start, pieces[pieces.len() - 1].end), (0, u64::MAX));
            for pair in pieces.windows(2) {
                assert_eq!((pair[0].end, pair[0].end % PIECE), (pair[1].start, 0));
            }
            assert!(pieces.iter().all(|piece| piece.start < size));
        }
    }

    #[test]
    fn threads_help_where_pieces_take_long() {
        let size = 20 * PIECE;
        let wait = || thread::sleep(2 * LONG);
        let on = |idle, dirty| asked(size, idle, wait, dirty).1;
        // The second piece takes until somebody helps: a busy machine lets a new thread wait.
        let (calls, news) = (Mutex::<Vec<ThreadId>>::default(), Condvar::new());
        let wait_for_help = || {
            wait();
            let mut calls = calls.lock().unwrap();
            calls.push(thread::current().id());
            news.notify_all();
            if calls.len() == 2 {
                let are_one = |calls: &mut Vec<_>| calls.iter().all(|call| *call == calls[0]);
                drop(news.wait_timeout_while(calls, Duration::from_secs(30), are_one).unwrap());
            }
        };
        let threads = asked(size, 3, wait_for_help, Some(1)).1;
        assert!((2..=4).contains(&threads), "{threads}");
        // Not without a processor, nor where a map is needed.
        assert_eq!((on(0, Some(1)), on(3, None)), (1, 1));
        // The last piece leaves nothing to help with.
        assert_eq!(asked(PIECE, 3, wait, Some(1)).1, 1);
    }

    #[test]
    fn no_thread_is_begun_where_pieces_take_little() {
        let begun = || asked(20 * PIECE, 3, || {}, Some(1)).2;
        // Unless this one has to wait for a processor: that is not every time so.
        assert!((0..20).any(|_| begun() == 0));
    }

    #[test]
    fn an_error_ends_it() {
        let idle = Idle::new(3);
        let count = AtomicU64::new(0);
        let failing = || mman::Anon::new(usize::MAX).unwrap_err();
        let told = sum(64 * PIECE, &idle, |_| match count.fetch_add(1, Ordering::Relaxed) {
            0 => Ok(Figures::default()),
            _ => Err(failing()),
        });
        assert_eq!(told.unwrap_err().to_string(), failing().to_string());
        assert_eq!(count.into_inner(), 2);
    }
}
