//! [`SealedWriter`].

use core::ffi::CStr;
use std::{
    format,
    fs::File,
    io::{self, Seek, SeekFrom, Write},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::fs::FileExt,
    },
};

use super::{Sealed, lacks_seals};
use crate::{
    MapError, MapOptions, Result,
    errno::Errno,
    memory::object::{check_label, no_object},
    os::{in_words, object},
};

/// The operations of errors.
const SEAL: &str = "seal";
const WRITE: &str = "write";

/// Writes what will be [`Sealed`].
///
/// It is an empty file in memory at first, and grows as it is written. What is written beyond its
/// end leaves zeros between.
///
/// # Examples
///
/// ```
/// use std::io::{Seek, Write};
///
/// use mman::SealedWriter;
///
/// let mut writer = SealedWriter::new(c"greeting")?;
/// write!(writer, "hello {}", "world")?;
/// writer.rewind()?;
/// writer.write_all(b"H")?;
/// let sealed = writer.seal().map_err(|(_, error)| error)?;
/// assert_eq!(&sealed[..], b"Hello world");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct SealedWriter {
    file: File,
    position: u64,
    /// Beyond it the system would send a signal.
    largest: u64,
}

impl SealedWriter {
    /// Makes an empty file in memory. `name` is what tools show for it, up to 249 bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # if cfg!(target_os = "linux") {
    /// let writer = mman::SealedWriter::new(c"config")?;
    /// let sealed = writer.seal().map_err(|(_, error)| error)?;
    /// assert!(sealed.is_empty());
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the name is too long; or [unsupported](MapError::is_unsupported).
    /// - `EMFILE`, `ENFILE`: too many open files.
    /// - `ENOMEM`: no memory.
    #[doc(alias = "memfd_create")]
    pub fn new(name: &CStr) -> Result<Self, MapError> {
        if !object::WRITE_SEALS_HOLD {
            return Err(lacks_seals(SEAL));
        }
        check_label(SEAL, name)?;
        let object = object::create(name, None).map_err(|errno| no_object(SEAL, errno))?;
        Ok(Self { file: File::from(object), position: 0, largest: object::largest() })
    }

    /// Seals what was written, for good.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// # if cfg!(target_os = "linux") {
    /// let mut writer = mman::SealedWriter::new(c"table")?;
    /// writeln!(writer, "one line")?;
    /// let sealed = writer.seal().map_err(|(_writer, error)| error)?;
    /// assert_eq!(&sealed[..], b"one line\n");
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The writer comes back; if only mapping failed, it can be sealed again, and not be written.
    ///
    /// - `EBUSY`: somebody has mapped the file for writing, by way of its descriptor.
    /// - `ENOMEM`: no address space, or a limit, which the message names.
    #[doc(alias = "F_ADD_SEALS")]
    pub fn seal(self) -> Result<Sealed, (Self, MapError)> {
        match object::seal(self.file.as_fd(), true) {
            // It has seals: whether all of them, is looked at next.
            Ok(()) | Err(Errno::EPERM) => {}
            Err(errno @ Errno::EBUSY) => {
                let why = "the file is mapped for writing";
                return Err((self, MapError::because(SEAL, errno, why)));
            }
            Err(errno) => return Err((self, MapError::system(SEAL, errno))),
        }
        let Self { file, position, largest } = self;
        let sealed = Sealed::take(SEAL, &MapOptions::new(), file.into());
        sealed.map_err(|(fd, error)| (Self { file: File::from(fd), position, largest }, error))
    }

    /// Writes as much as the system takes at once.
    fn append(&mut self, bytes: &[u8]) -> Result<usize, MapError> {
        let room = self.largest.saturating_sub(self.position);
        if room == 0 && !bytes.is_empty() {
            let why = format!("RLIMIT_FSIZE is {}", in_words(self.largest));
            return Err(MapError::because(WRITE, Errno::EFBIG, why));
        }
        let fit = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        let bytes = bytes.get(..fit).unwrap_or(bytes);
        let errno = |error| Errno::try_from(error).unwrap_or(Errno::EIO);
        let done = self.file.write_at(bytes, self.position).map_err(errno);
        let done = done.map_err(|errno| MapError::system(WRITE, errno))?;
        self.position += done as u64;
        Ok(done)
    }

    pub(super) fn append_all(&mut self, mut bytes: &[u8]) -> Result<(), MapError> {
        while !bytes.is_empty() {
            match self.append(bytes) {
                Ok(0) => return Err(MapError::system(WRITE, Errno::ENOSPC)),
                Ok(done) => bytes = bytes.get(done..).unwrap_or_default(),
                Err(error) if error.errno() == Some(Errno::EINTR) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Write for SealedWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.append(bytes)?)
    }

    /// Everything is written already.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for SealedWriter {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let (from, by) = match position {
            SeekFrom::Start(position) => (position, 0),
            SeekFrom::Current(by) => (self.position, by),
            SeekFrom::End(by) => (self.file.metadata()?.len(), by),
        };
        let position = from.checked_add_signed(by).filter(|to| i64::try_from(*to).is_ok());
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

impl AsFd for SealedWriter {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}
