//! [`Appender`] and [`Appended`]: memory that one writes and many read, while it grows.

use core::{
    fmt,
    ops::Deref,
    sync::atomic::{AtomicPtr, AtomicUsize, Ordering},
};
use std::{
    format, slice,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{Anon, MapError, Result};

/// The one who appends to memory that others read.
///
/// What it has published is never changed and never moves, so readers hold plain slices of it and
/// wait for nobody. Readers are [`Appended`], on any threads; all that is published is there for
/// them at once.
///
/// The memory lies in a [`Reservation`](crate::Reservation), and grows in it. How it grows is
/// chosen by its [`MapOptions`](crate::MapOptions).
///
/// # Examples
///
/// ```
/// use mman::{Appender, MapOptions, Placement, Reservation};
///
/// let place = Placement::Within(Reservation::new(1 << 30)?, 0);
/// let memory = MapOptions::new().placement(place).growth_step(1 << 20).anon(0)?;
/// let mut log = Appender::new(memory);
/// let reader = log.reader();
/// let offset = log.append(b"first")?;
/// let thread = std::thread::spawn(move || reader[offset..offset + 5].to_vec());
/// log.append(b"second")?;
/// assert_eq!(thread.join().unwrap(), b"first");
/// assert_eq!(&log[..], b"firstsecond");
/// # Ok::<(), mman::MapError>(())
/// ```
///
/// What was read keeps no one from appending, but cannot be changed:
///
/// ```compile_fail,E0594
/// let reservation = mman::Reservation::new(1 << 20).unwrap();
/// let log = mman::Appender::new(reservation.carve(10).unwrap());
/// log.reader()[0] = 1;
/// ```
pub struct Appender {
    shared: Arc<Shared>,
}

/// What an [`Appender`] has published: as a slice, which is longer each time one looks.
///
/// Clones read the same memory, which is there until the last of them and the appender are gone.
///
/// # Examples
///
/// ```
/// let reservation = mman::Reservation::new(1 << 20)?;
/// let mut log = mman::Appender::new(reservation.carve(0)?);
/// let reader = log.reader();
/// let before: &[u8] = &reader;
/// log.append(b"more")?;
/// assert_eq!((before.len(), reader.len()), (0, 4));
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Clone)]
pub struct Appended(Arc<Shared>);

struct Shared {
    /// Where the memory is, as soon as there is any.
    start: AtomicPtr<u8>,
    /// How much of it readers may see: it is mapped, and nobody writes to it any more.
    published: AtomicUsize,
    /// Locked by the appender alone, which makes no references into the memory by way of it.
    memory: Mutex<Anon>,
}

impl Shared {
    fn memory(&self) -> MutexGuard<'_, Anon> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes(&self) -> &[u8] {
        // All that was written before it was published is seen after this.
        let len = self.published.load(Ordering::Acquire);
        if len == 0 {
            return &[];
        }
        let start = self.start.load(Ordering::Relaxed);
        // SAFETY: so many bytes are mapped there, at most `isize::MAX`, and stay so for as long as
        // this value is borrowed, since memory in a reservation grows in place and the appender
        // never shortens it; it writes only behind them.
        unsafe { slice::from_raw_parts(start, len) }
    }
}

impl Appender {
    /// Publishes what the memory holds, and appends to it from now on.
    ///
    /// Memory that does not lie in a [`Reservation`](crate::Reservation) cannot grow.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut memory = mman::Reservation::new(1 << 20)?.carve(5)?;
    /// memory.copy_from_slice(b"first");
    /// let log = mman::Appender::new(memory);
    /// assert_eq!(&log[..], b"first");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[must_use]
    pub fn new(memory: Anon) -> Self {
        let start = AtomicPtr::new(memory.region().start());
        let published = AtomicUsize::new(memory.region().len());
        Self { shared: Arc::new(Shared { start, published, memory: Mutex::new(memory) }) }
    }

    /// One who reads what is published, now and later.
    ///
    /// # Examples
    ///
    /// ```
    /// let reservation = mman::Reservation::new(1 << 20)?;
    /// let mut log = mman::Appender::new(reservation.carve(0)?);
    /// let reader = log.reader();
    /// log.append(b"published")?;
    /// assert_eq!(&reader[..], b"published");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[must_use]
    pub fn reader(&self) -> Appended {
        Appended(Arc::clone(&self.shared))
    }

    /// Appends bytes and publishes them; the offset of the first.
    ///
    /// # Examples
    ///
    /// ```
    /// let reservation = mman::Reservation::new(1 << 20)?;
    /// let mut log = mman::Appender::new(reservation.carve(0)?);
    /// assert_eq!(log.append(b"first")?, 0);
    /// assert_eq!(log.append(b"second")?, 5);
    /// assert_eq!(&log[5..], b"second");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`spare`](Self::spare).
    pub fn append(&mut self, bytes: &[u8]) -> Result<usize, MapError> {
        let offset = self.len();
        self.spare(bytes.len())?.copy_from_slice(bytes);
        self.release(offset + bytes.len());
        Ok(offset)
    }

    /// The next `len` bytes that will be published, to be written in place.
    ///
    /// Nobody else sees them before they are [published](Self::publish). They are zeros, or what
    /// was written to them last time.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Read;
    ///
    /// let reservation = mman::Reservation::new(1 << 20)?;
    /// let mut log = mman::Appender::new(reservation.carve(0)?);
    /// let mut input: &[u8] = b"what comes from a socket";
    /// let got = input.read(log.spare(100)?)?;
    /// log.publish(got)?;
    /// assert_eq!(&log[..], b"what comes from a socket");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the memory is not in a reservation, or what is behind it there is not
    ///   free, or the reservation ends.
    /// - `ENOMEM`, `EAGAIN`: no memory, or a limit, which the message names.
    pub fn spare(&mut self, len: usize) -> Result<&mut [u8], MapError> {
        const OPERATION: &str = "append";
        let published = self.len();
        let mut memory = self.shared.memory();
        let Some(end) = published.checked_add(len) else {
            return Err(MapError::rule(OPERATION, "more bytes than a slice can have"));
        };
        if end > memory.region().len() {
            if !memory.stays() {
                let rule = "memory that others read grows in a reservation only";
                return Err(MapError::rule(OPERATION, rule));
            }
            memory.resize(end)?;
            // Nobody looks before something is published.
            self.shared.start.store(memory.region().start(), Ordering::Relaxed);
        }
        if len == 0 {
            return Ok(&mut []);
        }
        let start = memory.region().start().wrapping_add(published);
        // SAFETY: the bytes are mapped for reading and writing, at most `isize::MAX`; readers see
        // only those before them, and the appender is borrowed for change.
        Ok(unsafe { slice::from_raw_parts_mut(start, len) })
    }

    /// Publishes the next `len` bytes, which [`spare`](Self::spare) has given.
    ///
    /// # Examples
    ///
    /// ```
    /// let reservation = mman::Reservation::new(1 << 20)?;
    /// let mut log = mman::Appender::new(reservation.carve(0)?);
    /// let reader = log.reader();
    /// log.spare(100)?[..5].copy_from_slice(b"ready");
    /// assert!(reader.is_empty());
    /// log.publish(5)?;
    /// assert_eq!(&reader[..], b"ready");
    /// assert!(log.publish(1 << 20).is_err());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Without a code: it has not given so many.
    pub fn publish(&mut self, len: usize) -> Result<(), MapError> {
        let published = self.len();
        let most = self.shared.memory().region().len() - published;
        if len > most {
            let rule = format!("{len} bytes are more than the {most} there are to be published");
            return Err(MapError::rule("publish", rule));
        }
        self.release(published + len);
        Ok(())
    }

    /// The memory, with what is published, if nobody else reads it any more.
    ///
    /// # Examples
    ///
    /// ```
    /// let reservation = mman::Reservation::new(1 << 20)?;
    /// let mut log = mman::Appender::new(reservation.carve(0)?);
    /// log.append(b"done")?;
    /// let reader = log.reader();
    /// let log = log.into_anon().unwrap_err();
    /// drop(reader);
    /// let mut memory = log.into_anon().expect("nobody reads it");
    /// memory[0] = b'g';
    /// assert_eq!(&memory[..], b"gone");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The appender comes back if there are still readers.
    pub fn into_anon(self) -> Result<Anon, Self> {
        let published = self.len();
        let shared = Arc::try_unwrap(self.shared).map_err(|shared| Self { shared })?;
        let mut memory = shared.memory.into_inner().unwrap_or_else(PoisonError::into_inner);
        memory.truncate(published);
        Ok(memory)
    }

    /// Lets readers see more, with all that was written to it.
    fn release(&mut self, published: usize) {
        self.shared.published.store(published, Ordering::Release);
    }
}

impl Deref for Appender {
    type Target = [u8];

    /// What is published.
    fn deref(&self) -> &[u8] {
        self.shared.bytes()
    }
}

impl Deref for Appended {
    type Target = [u8];

    /// What is published by now.
    fn deref(&self) -> &[u8] {
        self.0.bytes()
    }
}

impl AsRef<[u8]> for Appender {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl AsRef<[u8]> for Appended {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Appender {
    /// Where it is; not what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Appender({:p}, {} bytes published)", self.as_ptr(), self.len())
    }
}

impl fmt::Debug for Appended {
    /// Where it is; not what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Appended({:p}, {} bytes)", self.as_ptr(), self.len())
    }
}
