//! [`Sealed`]: bytes that nobody can change any more.

use core::{fmt, ops::Deref};
use std::{
    format,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    slice,
    vec::Vec,
};

use crate::{
    Commit, MapError, MapOptions, Prefault, Protection, RawParts, Result,
    errno::Errno,
    memory::{
        Memory,
        object::{another, extent, part_of},
        verbs,
    },
    os::{
        Backing,
        object::{self, Seals},
    },
    region::Region,
};

mod parts;
mod writer;

pub use writer::SealedWriter;

/// Bytes that nobody can change, whoever made them: a `memfd` sealed against writing, shrinking
/// and growing.
///
/// They are a `&[u8]`, and may come from a process that is not trusted: the kernel forbids any
/// change, to everyone and for good. [`from_fd`](Self::from_fd) looks whether that is so, in the
/// only order that means something: first at the seals of the descriptor that it owns, then at the
/// length, which is fixed from then on, then it maps. Make one by [`from_bytes`](Self::from_bytes)
/// or with a [`SealedWriter`], and send its descriptor to others.
///
/// Each value has a descriptor and a mapping of its own, and closes and unmaps them on drop. That of
/// [`split_off`](Self::split_off) shows a part of the object; its descriptor is the object's, all of
/// it, and [`offset`](Self::offset) tells where the part begins. No length changes, so there is no
/// `resize`.
///
/// What a stranger sends may be long, and nothing but holes: they are zeros, and take memory only
/// when they are read. Look at the length first.
///
/// # Examples
///
/// ```
/// use std::os::fd::AsFd;
///
/// use mman::Sealed;
///
/// let sealed = Sealed::from_bytes(b"for good")?;
/// assert_eq!(&sealed[..], b"for good");
///
/// // What another process does with the descriptor that it was sent.
/// let received = sealed.as_fd().try_clone_to_owned()?;
/// let same = Sealed::from_fd(received).map_err(|(_, error)| error)?;
/// assert_eq!(&same[..], b"for good");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// A mere number is not taken. Between the look at its seals and the mapping, another thread could
/// close it, and open something else with the same number:
///
/// ```compile_fail,E0308
/// let sealed = mman::Sealed::from_fd(3);
/// ```
///
/// The bytes are nobody's to change, not even the owner's:
///
/// ```compile_fail,E0594
/// let sealed = mman::Sealed::from_bytes(b"for good").unwrap();
/// sealed[0] = b'F';
/// ```
///
/// # Platforms
///
/// Linux 3.17, Android, FreeBSD 13; elsewhere
/// [unsupported](MapError::is_unsupported). On NetBSD 11 there are seals, but a write that began
/// before one was set goes on regardless.
pub struct Sealed {
    memory: Memory,
    object: OwnedFd,
    /// Where in the object the memory starts.
    offset: u64,
}

verbs!(Sealed, "mman::Sealed::from_bytes(&[1; 10_000])?");

impl Sealed {
    fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Copies bytes, and seals the copy.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(mman::Sealed::from_bytes(b"")?.is_empty());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: [unsupported](MapError::is_unsupported).
    /// - `EFBIG`: more bytes than `RLIMIT_FSIZE`.
    /// - `EMFILE`, `ENFILE`: too many open files.
    /// - `ENOMEM`, `ENOSPC`: no memory, or a limit, which the message names.
    #[doc(alias = "memfd_create")]
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MapError> {
        let mut writer = SealedWriter::new(c"sealed")?;
        writer.append_all(bytes)?;
        writer.seal().map_err(|(_, error)| error)
    }

    /// Takes a descriptor, if it is one of a `memfd` with all three seals.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::os::fd::AsFd;
    ///
    /// # if cfg!(target_os = "linux") {
    /// let sealed = mman::Sealed::from_bytes(b"for good")?;
    /// // As if it had come over a socket.
    /// let received = sealed.as_fd().try_clone_to_owned()?;
    /// let same = mman::Sealed::from_fd(received).map_err(|(_fd, error)| error)?;
    /// assert_eq!(&same[..], b"for good");
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The descriptor comes back.
    ///
    /// - Without a code: it is not a `memfd`, or a seal is missing; or
    ///   [unsupported](MapError::is_unsupported).
    /// - `EACCES`: it is not open for reading.
    /// - `ENOMEM`: no address space, or a limit, which the message names; the huge pages that it is
    ///   made of were never brought in, and there are too few.
    #[doc(alias = "F_GET_SEALS")]
    pub fn from_fd(fd: OwnedFd) -> Result<Self, (OwnedFd, MapError)> {
        MapOptions::new().sealed(fd)
    }

    /// Another value with the same bytes, in a mapping and with a descriptor of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// # if cfg!(target_os = "linux") {
    /// let sealed = mman::Sealed::from_bytes(b"for good")?;
    /// let other = sealed.try_clone()?;
    /// drop(sealed);
    /// assert_eq!(&other[..], b"for good");
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `EMFILE`, `ENFILE`: too many open files.
    /// - `ENOMEM`: no address space, or a limit, which the message names.
    pub fn try_clone(&self) -> Result<Self, MapError> {
        const OPERATION: &str = "try_clone";
        let object = another(OPERATION, &self.object)?;
        let part = Some((self.offset, self.len()));
        let memory = MapOptions::new().map_sealed(OPERATION, object.as_fd(), part)?;
        Ok(Self { memory, object, offset: self.offset })
    }

    /// Takes a descriptor, if it is one of a sealed `memfd`.
    fn take(
        operation: &'static str,
        options: &MapOptions,
        fd: OwnedFd,
    ) -> Result<Self, (OwnedFd, MapError)> {
        match options.map_sealed(operation, fd.as_fd(), None) {
            Ok(memory) => Ok(Self { memory, object: fd, offset: 0 }),
            Err(error) => Err((fd, error)),
        }
    }

    /// Unmaps the bytes, and keeps the descriptor: that of the whole object, also where the value
    /// shows a part of it.
    ///
    /// # Examples
    ///
    /// ```
    /// # if cfg!(target_os = "linux") {
    /// let fd = mman::Sealed::from_bytes(b"for good")?.into_fd();
    /// // To be sent over a socket; whoever gets it does this.
    /// let same = mman::Sealed::from_fd(fd).map_err(|(_fd, error)| error)?;
    /// assert_eq!(&same[..], b"for good");
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[must_use]
    pub fn into_fd(self) -> OwnedFd {
        self.object
    }

    /// Unmaps the bytes and closes the descriptor, and tells if the system refuses to.
    ///
    /// # Examples
    ///
    /// ```
    /// # if cfg!(target_os = "linux") {
    /// let sealed = mman::Sealed::from_bytes(b"for good")?;
    /// sealed.unmap().map_err(|(_, error)| error)?;
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value comes back.
    ///
    /// - `ENOMEM`: unmapping a part of a mapping would make one mapping too many (Linux).
    /// - `EPERM`: the pages are sealed by `mseal` (Linux).
    #[doc(alias = "munmap")]
    pub fn unmap(self) -> Result<(), (Self, MapError)> {
        let Self { memory, object, offset } = self;
        memory.unmap().map_err(|(memory, error)| (Self { memory, object, offset }, error))
    }

    /// Gives the mapping and the descriptor away; the caller unmaps and closes them, or puts them
    /// together again.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::Sealed;
    ///
    /// # if cfg!(target_os = "linux") {
    /// let (parts, fd) = Sealed::from_bytes(b"for good")?.into_raw_parts();
    /// assert_eq!(parts.len, 8);
    /// // SAFETY: they are those of a value that was just taken apart, and are used once.
    /// let sealed = unsafe { Sealed::from_raw_parts(parts, fd) };
    /// assert_eq!(&sealed[..], b"for good");
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[must_use = "the mapping leaks otherwise"]
    pub fn into_raw_parts(self) -> (RawParts, OwnedFd) {
        let file = Some(part_of(self.object.as_fd(), self.offset));
        (RawParts { file, ..self.memory.region.into_parts() }, self.object)
    }

    /// Puts together what [`into_raw_parts`](Self::into_raw_parts) has taken apart.
    ///
    /// # Safety
    ///
    /// - `parts` and `fd` come from `into_raw_parts`, from one value, unchanged, and are used once.
    /// - The pages are still mapped, for reading, and in this process: not in a child that does not
    ///   get them ([`Fork::Exclude`](crate::Fork::Exclude)).
    #[must_use]
    pub unsafe fn from_raw_parts(parts: RawParts, fd: OwnedFd) -> Self {
        let offset = parts.file.map_or(0, |part| part.offset);
        // SAFETY: the caller's promise.
        let region = unsafe { Region::from_parts(parts) };
        Self { memory: Memory::of(region), object: fd, offset }
    }
}

impl MapOptions {
    /// Takes the descriptor of a sealed `memfd`, as [`Sealed::from_fd`], with these policies.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{MapOptions, Prefault, Sealed};
    ///
    /// # if cfg!(target_os = "linux") {
    /// let fd = Sealed::from_bytes(&[7; 10_000])?.into_fd();
    /// let sealed = MapOptions::new().prefault(Prefault::Read).sealed(fd).map_err(|(_fd, error)| error)?;
    /// assert_eq!((sealed.len(), sealed[9_999]), (10_000, 7));
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Sealed::from_fd`], and:
    ///
    /// - Without a code: [`Prefault::Write`], [`Fork::Wipe`](crate::Fork::Wipe), explicit huge
    ///   pages, which only who makes the object can choose; an alignment or a place that
    ///   [`anon`](Self::anon) would refuse.
    /// - `EEXIST`: [`Placement::At`](crate::Placement::At), and something is mapped there.
    /// - `ENOMEM`, `EPERM`, `EAGAIN`: it shall be locked, beyond `RLIMIT_MEMLOCK`.
    pub fn sealed(&self, fd: OwnedFd) -> Result<Sealed, (OwnedFd, MapError)> {
        Sealed::take("from_fd", self, fd)
    }

    /// First the seals, then the length, then the mapping: of the part of the object that a value
    /// shows, else of all.
    fn map_sealed(
        &self,
        operation: &'static str,
        fd: BorrowedFd<'_>,
        part: Option<(u64, usize)>,
    ) -> Result<Memory, MapError> {
        self.check_shared(operation)?;
        if self.prefault == Prefault::Write {
            return Err(MapError::rule(operation, "nobody can write to sealed memory"));
        }
        check_seals(operation, fd)?;
        let (len, granule) = extent(operation, fd)?;
        let all = len as u64;
        let (offset, len) = part.unwrap_or((0, len));
        if all.checked_sub(offset).is_none_or(|rest| rest < len as u64) {
            return Err(MapError::rule(operation, "the object is shorter than its part"));
        }
        let backing = Backing::File(fd, offset);
        let mut mapped = self.map(operation, backing, Protection::Read, len, granule);
        if mapped.as_ref().is_err_and(|error| error.errno() == Some(Errno::EPERM)) {
            // Before Linux 6.7 a sealed file is not mapped shared by who could write to it. A
            // private mapping that is never written has the very pages of the file, and these
            // do not change: it is the same.
            let mut options = self.clone();
            // There are no copies of pages to be accounted for.
            options.commit(Commit::NoReserve);
            let backing = Backing::Copy(fd, offset);
            mapped = options.map(operation, backing, Protection::Read, len, granule);
        }
        let memory = mapped.map_err(|error| match error.errno() {
            Some(errno @ Errno::EACCES) => {
                MapError::because(operation, errno, "the descriptor is not open for reading")
            }
            _ => error,
        })?;
        memory.bring_huge_pages_in(operation)?;
        Ok(memory)
    }
}

/// Whether nobody can change the object, nor could a moment ago begin to.
fn check_seals(operation: &'static str, fd: BorrowedFd<'_>) -> Result<(), MapError> {
    if !object::WRITE_SEALS_HOLD {
        return Err(lacks_seals(operation));
    }
    let Seals { shrink, grow, write } = match object::seals(fd) {
        Ok(Some(seals)) => seals,
        Ok(None) => return Err(MapError::rule(operation, "not a memfd: it cannot be sealed")),
        Err(Errno::ENOSYS) => return Err(lacks_seals(operation)),
        Err(errno) => return Err(MapError::system(operation, errno)),
    };
    let all = [(write, "writing"), (shrink, "shrinking"), (grow, "growing")];
    let missing: Vec<_> = all.iter().filter(|(has, _)| !has).map(|(_, what)| *what).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let rule = format!("the file is not sealed against {}", missing.join(" and "));
    Err(MapError::rule(operation, rule))
}

fn lacks_seals(operation: &'static str) -> MapError {
    MapError::unsupported(operation, "this system has no seals that stop every write")
}

impl Deref for Sealed {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let region = &self.memory.region;
        // SAFETY: the bytes are mapped for reading for as long as the value lives, at most
        // `isize::MAX` of them, and the file has them, for it cannot shrink; its seal against
        // writing keeps everyone from changing them.
        unsafe { slice::from_raw_parts(region.start(), region.len()) }
    }
}

impl AsRef<[u8]> for Sealed {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl AsFd for Sealed {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.object.as_fd()
    }
}

impl fmt::Debug for Sealed {
    /// Where it is; not what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({:?})", self.memory.region)
    }
}
