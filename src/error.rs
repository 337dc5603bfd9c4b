//! [`MapError`]: what went wrong in the owned layer.

use core::fmt;
use std::{borrow::Cow, boxed::Box, io};

use crate::errno::Errno;

/// Why an operation on owned memory failed.
///
/// It says which operation, and either which rule an argument broke or what the system answered.
/// [`errno`](Self::errno) has the system's code; it converts into [`std::io::Error`].
///
/// # Examples
///
/// ```
/// let (socket, _peer) = std::os::unix::net::UnixStream::pair()?;
/// let error = mman::observe::page_cache(&socket).unwrap_err();
/// assert_eq!(error.to_string(), "page_cache: a pipe, socket or device has no page cache");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct MapError(Box<Inner>);

struct Inner {
    operation: &'static str,
    cause: Cause,
}

enum Cause {
    /// An argument broke this rule; the system was not asked.
    Rule(Cow<'static, str>),
    /// The system cannot do it.
    Unsupported(Cow<'static, str>),
    /// The system refused, and why or what helps, if more is known than the code says.
    System(Errno, Option<Cow<'static, str>>),
    /// A page is gone.
    Fault(Fault),
}

/// An access that met a page that is gone: the file was truncated, or its storage failed.
///
/// Which of the two is not told: to the system, a shorter file, an error of the disk, a full disk and
/// the lack of huge pages are one. Who has the file can see whether it ends before the byte
/// [`at`](Self::at) of the map; if it does not, its storage has failed, or it has become longer again.
///
/// # Examples
///
/// ```
/// let path = std::env::temp_dir().join(format!("mman-fault-{}", std::process::id()));
/// std::fs::write(&path, [1; 100])?;
/// let file = std::fs::File::open(&path)?;
/// let map = mman::FileMap::new(&file)?;
/// std::fs::File::create(&path)?.set_len(0)?;
/// # std::fs::remove_file(&path)?;
/// let error = map.read_at(10, &mut [0; 20]).unwrap_err();
/// let fault = error.fault().expect("the page is gone");
/// assert_eq!((fault.offset, fault.len, fault.done), (10, 20, 0));
///
/// // Which it was, as far as can be told afterwards.
/// let is_truncated = file.metadata()?.len() <= map.file_offset() + fault.at() as u64;
/// assert!(is_truncated);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Fault {
    /// Where in the memory the access started, in bytes.
    pub offset: usize,
    /// How many bytes were meant.
    pub len: usize,
    /// How many of them, from the first on, were done before.
    pub done: usize,
}

impl Fault {
    /// Where in the memory the first byte is that could not be had.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.offset.saturating_add(self.done)
    }
}

impl MapError {
    /// An argument of `operation` broke a rule.
    pub(crate) fn rule(operation: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self::new(operation, Cause::Rule(rule.into()))
    }

    /// This system cannot do `operation`.
    pub(crate) fn unsupported(operation: &'static str, why: impl Into<Cow<'static, str>>) -> Self {
        Self::new(operation, Cause::Unsupported(why.into()))
    }

    /// The system refused `operation`.
    pub(crate) fn system(operation: &'static str, errno: Errno) -> Self {
        Self::new(operation, Cause::System(errno, None))
    }

    /// The system refused `operation`, for a reason that can be told.
    pub(crate) fn because(
        operation: &'static str,
        errno: Errno,
        why: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(operation, Cause::System(errno, Some(why.into())))
    }

    /// A page is gone.
    pub(crate) fn gone(operation: &'static str, fault: Fault) -> Self {
        Self::new(operation, Cause::Fault(fault))
    }

    fn new(operation: &'static str, cause: Cause) -> Self {
        Self(Box::new(Inner { operation, cause }))
    }

    /// The operation that failed, by the name of its function.
    ///
    /// # Examples
    ///
    /// ```
    /// let error = mman::FileMap::open("no/such/file").unwrap_err();
    /// assert_eq!(error.operation(), "open");
    /// ```
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The system's code, if the system was asked.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::errno::Errno;
    ///
    /// let error = mman::FileMap::open("no/such/file").unwrap_err();
    /// assert_eq!(error.errno(), Some(Errno::ENOENT));
    /// // An argument that breaks a rule is not shown to the system.
    /// let error = mman::Anon::new(100)?.advise(..101, mman::Advice::Normal).unwrap_err();
    /// assert_eq!(error.errno(), None);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[must_use]
    pub fn errno(&self) -> Option<Errno> {
        match &self.0.cause {
            Cause::System(errno, _) => Some(*errno),
            Cause::Rule(_) | Cause::Unsupported(_) | Cause::Fault(_) => None,
        }
    }

    /// How far the access got, if it met a page that is gone.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        match &self.0.cause {
            Cause::Fault(fault) => Some(*fault),
            _ => None,
        }
    }

    /// Whether this system, or this kernel, has no such operation at all.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{CoreDump, MapOptions};
    ///
    /// let mut options = MapOptions::new();
    /// options.core_dump(CoreDump::Exclude);
    /// let memory = match options.anon(4096) {
    ///     Err(error) if error.is_unsupported() => mman::Anon::new(4096)?,
    ///     made => made?,
    /// };
    /// assert_eq!(memory.len(), 4096);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        matches!(self.0.cause, Cause::Unsupported(_) | Cause::System(Errno::ENOSYS, _))
    }
}

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.0.operation)?;
        match &self.0.cause {
            Cause::Rule(rule) => f.write_str(rule),
            Cause::Unsupported(why) => write!(f, "unsupported: {why}"),
            Cause::System(errno, None) => write!(f, "{} ({})", errno.desc(), errno.name()),
            Cause::System(errno, Some(why)) => write!(f, "{why} ({})", errno.name()),
            Cause::Fault(Fault { offset, len, done }) => write!(
                f,
                "the page is gone after {done} of {len} bytes from {offset} on: the file was \
                 truncated, or its storage failed (an error, a full disk, no huge page left)"
            ),
        }
    }
}

impl fmt::Debug for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MapError({self})")
    }
}

impl core::error::Error for MapError {}

impl From<MapError> for io::Error {
    /// Keeps the message, with the kind of the system's code.
    fn from(error: MapError) -> Self {
        let kind = match &error.0.cause {
            Cause::Rule(_) => io::ErrorKind::InvalidInput,
            Cause::Unsupported(_) => io::ErrorKind::Unsupported,
            Cause::System(errno, _) => Self::from(*errno).kind(),
            Cause::Fault(_) => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}
