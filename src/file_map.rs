//! [`MappedFile`]: a file in memory.

use core::{fmt, marker::PhantomData, ops::RangeBounds, slice};
use std::os::fd::BorrowedFd;

use access::{Access, CopyOnWrite, Executable, ReadOnly, ReadWrite};
use guard::Guard;

use crate::{
    FilePart, MapError, Protection, RawParts, Result,
    memory::{Memory, verbs},
    os::{self, Backing},
    region::Region,
};

pub mod access;
mod bytes;
mod convert;
mod cursor;
mod guard;
mod make;
mod protect;
mod resize;
mod scoped;
mod source;
#[cfg(feature = "zerocopy")]
mod typed;
mod value;
mod write;

pub use bytes::Chunks;
pub use cursor::MapCursor;
pub use protect::FileProtectGuard;
pub use value::{Integer, Plain};

/// A file, or a part of it, in memory: [`FileMap`], [`FileMapMut`], [`FileMapCow`] or
/// [`FileMapExec`].
///
/// | type | what is written | opened for | made another by |
/// |---|---|---|---|
/// | [`FileMap`] | nothing | reading | `make_mut`, `make_exec` |
/// | [`FileMapMut`] | reaches the file, and whoever maps or reads it | reading and writing | `make_read_only`, `make_exec` |
/// | [`FileMapCow`] | stays in the map | reading | `make_read_only`, `make_exec`, and back by `make_cow` |
/// | [`FileMapExec`] | nothing, and it is run | reading | `make_read_only`, `make_cow` |
///
/// The part may start at any byte of the file and have any length; of an empty file, or an empty
/// part, the map is empty. Several maps may show the same bytes. The map keeps no descriptor.
/// [`open`](Self::open) and [`new`](Self::new) map a file as the system does it, [`MapOptions`] has all
/// the policies. Ranges of the verbs are in bytes from the start of the map; an error is what is
/// beyond its length, an access to the neighbours never.
///
/// # What it promises
///
/// Nothing of what the bytes are: any process that may write the file changes them at any time, and
/// makes the file shorter, so that pages are gone. So no safe call gives a reference to the
/// bytes, none of them is undefined whatever happens to the file, and a map may be made of any file
/// that is open. [`as_slice`](Self::as_slice) is for files that one has to oneself, and leaves the
/// proof of that to the caller.
///
/// Threads may share a map and send it: it holds addresses, and its own safe calls are the system's,
/// which is safe to call from several threads at once.
///
/// Of a file that the caller neither owns nor may write, Linux calls every page resident;
/// [`observe::page_cache`](crate::observe::page_cache) refuses then.
///
/// A forked child has the same map. What it writes to a [`FileMapMut`] the parent sees; of what it
/// writes to a [`FileMapCow`] it sees nothing.
///
/// [`MapOptions`]: crate::MapOptions
///
/// # Examples
///
/// ```
/// use mman::{Advice, FileMap};
///
/// let map = FileMap::open("Cargo.toml")?;
/// map.advise(.., Advice::Sequential)?;
/// // SAFETY: nobody changes this file while its lines are counted.
/// let bytes = unsafe { map.as_slice() };
/// assert!(bytes.iter().filter(|byte| **byte == b'\n').count() > 10);
/// # Ok::<(), mman::MapError>(())
/// ```
///
/// To call the bytes unchanging takes `unsafe`, and contents cannot change under a slice by this map:
///
/// ```compile_fail,E0133
/// let map = mman::FileMap::open("Cargo.toml").unwrap();
/// let bytes = map.as_slice();
/// ```
///
/// ```compile_fail,E0502
/// let mut map = mman::FileMapCow::open("Cargo.toml").unwrap();
/// let bytes = unsafe { map.as_slice() };
/// map.discard(..).unwrap();
/// assert_eq!(bytes[0], 0);
/// ```
///
/// What is only read is not written:
///
/// ```compile_fail,E0599
/// let mut map = mman::FileMap::open("Cargo.toml").unwrap();
/// unsafe { map.as_mut_slice() }[0] = 1;
/// ```
pub struct MappedFile<A: Access> {
    memory: Memory,
    part: FilePart,
    guard: Guard,
    access: PhantomData<A>,
}

/// A file in memory, for reading.
///
/// # Examples
///
/// ```
/// let map = mman::FileMap::open("Cargo.toml")?;
/// assert_eq!(map.to_vec(..11)?, b"[workspace]");
/// # Ok::<(), mman::MapError>(())
/// ```
pub type FileMap = MappedFile<ReadOnly>;

/// A file in memory, for reading and writing.
///
/// # Examples
///
/// ```
/// let path = std::env::temp_dir().join(format!("mman-file-map-mut-{}", std::process::id()));
/// let map = mman::FileMapMut::create_new(&path, 5)?;
/// map.write_at(0, b"hello")?;
/// let contents = std::fs::read(&path)?;
/// std::fs::remove_file(&path)?;
/// assert_eq!(contents, b"hello");
/// # Ok::<(), std::io::Error>(())
/// ```
pub type FileMapMut = MappedFile<ReadWrite>;

/// A file in memory, for reading and for changes that never reach it.
///
/// # Examples
///
/// ```
/// let map = mman::FileMapCow::open("Cargo.toml")?;
/// map.store(0, b'#')?;
/// assert_eq!(map.load::<u8>(0)?, b'#');
/// assert_eq!(std::fs::read("Cargo.toml")?[0], b'[');
/// # Ok::<(), std::io::Error>(())
/// ```
pub type FileMapCow = MappedFile<CopyOnWrite>;

/// A file in memory, for reading and running.
///
/// # Examples
///
/// ```
/// // What a loader does with a program's code.
/// let program = std::env::current_exe()?;
/// let map = mman::FileMapExec::open(program)?;
/// assert!(map.is_private() && !map.is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
pub type FileMapExec = MappedFile<Executable>;

verbs!(MappedFile<A: Access>, "mman::FileMap::open(\"Cargo.toml\")?");

impl<A: Access> MappedFile<A> {
    fn memory(&self) -> &Memory {
        &self.memory
    }

    /// How many bytes of the file it shows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.memory.region.len()
    }

    /// Whether it shows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where in the file the first byte is.
    ///
    /// # Examples
    ///
    /// ```
    /// let file = std::fs::File::open("Cargo.toml")?;
    /// let map = mman::MapOptions::new().file(&file, 7..20)?;
    /// assert_eq!((map.file_offset(), map.len()), (7, 13));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn file_offset(&self) -> u64 {
        self.part.offset
    }

    /// Whether what is or was written to its pages stays in the map, and the file keeps what it has.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.part.private
    }

    /// The first byte; dangling if the map is empty.
    ///
    /// The pointer is good for [`len`](Self::len) bytes until the map is unmapped, moves or shrinks.
    /// An access to a page that is gone is a fault (`SIGBUS`).
    #[must_use]
    pub fn as_ptr(&self) -> *const u8 {
        self.memory.region.start()
    }

    /// The bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMap::open("Cargo.toml")?;
    /// // SAFETY: nobody changes or truncates this file while the slice is there.
    /// let bytes = unsafe { map.as_slice() };
    /// assert_eq!(bytes.len(), map.len());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Safety
    ///
    /// For as long as the slice is used:
    ///
    /// - Nobody changes these bytes: no other map of the file, of this process or any other, no
    ///   pointer of [`as_mut_ptr`](Self::as_mut_ptr), no call that writes to the file. (Pages of a
    ///   [`FileMapCow`] that were written before are changed by nobody else.)
    /// - The file is long enough, and its pages can be had: an access to a page that is gone kills
    ///   the process (`SIGBUS`).
    #[must_use]
    pub unsafe fn as_slice(&self) -> &[u8] {
        let region = &self.memory.region;
        // SAFETY: the bytes are mapped for reading while the value is borrowed, at most
        // `isize::MAX` of them; for the rest the caller speaks.
        unsafe { slice::from_raw_parts(region.start(), region.len()) }
    }

    /// Brings pages in for reading: later reads do not fault.
    ///
    /// Each page is touched by a guarded access, which is faster than the system's call for it. What
    /// [`read_at`](Self::read_at) says of `SIGBUS` is true of this too, except that a thread that blocks
    /// it asks the system, as other processors than x86-64 and 64-bit Arm do; there, a kernel before
    /// Linux 5.14, and other systems, are asked to read the file ahead, and no more.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMap::open("Cargo.toml")?;
    /// map.prefault(..)?;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length; or a page of it is gone, then
    ///   [`MapError::fault`] tells how many bytes are before that.
    /// - `ENOMEM`: there is no memory for them. As a rule, Linux ends a process then to get some, as
    ///   at any access.
    #[doc(alias = "MADV_POPULATE_READ")]
    pub fn prefault(&self, range: impl RangeBounds<usize>) -> Result<(), MapError> {
        self.bring_in("prefault", range, false)
    }

    fn bring_in(
        &self,
        operation: &'static str,
        range: impl RangeBounds<usize>,
        write: bool,
    ) -> Result<(), MapError> {
        let region = &self.memory.region;
        let range = region.range(operation, range)?;
        region.bring_in(operation, &range, write, 1)?;
        self.intact(operation, range.start, range.end - range.start)
    }

    /// Parts the map in two at the start of a page, or at the end.
    ///
    /// This keeps the first `at` bytes, and the guard pages before them.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut map = mman::FileMap::open("Cargo.lock")?;
    /// let len = map.len();
    /// # if len > mman::page_size() {
    /// let rest = map.split_off(mman::page_size())?;
    /// assert_eq!(rest.file_offset(), mman::page_size() as u64);
    /// map.join(rest).map_err(|(_, error)| error)?;
    /// assert_eq!(map.len(), len);
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: `at` is beyond the length, or within a page.
    pub fn split_off(&mut self, at: usize) -> Result<Self, MapError> {
        let memory = self.memory.split_off(at)?;
        let part = FilePart { offset: self.part.offset + at as u64, ..self.part };
        let mut rest = Self { memory, part, guard: self.guard.parted(), access: PhantomData };
        rest.keep_own_losses();
        self.keep_own_losses();
        Ok(rest)
    }

    /// Puts what [`split_off`](Self::split_off) has parted together again.
    ///
    /// Either may be empty.
    ///
    /// # Examples
    ///
    /// ```
    /// let page = mman::page_size();
    /// let mut map = mman::FileMap::open("Cargo.lock")?;
    /// let len = map.len();
    /// # if len > 2 * page {
    /// let rest = map.split_off(page)?;
    /// // Not what follows: another map of the same file.
    /// let (_other, error) = map.join(mman::FileMap::open("Cargo.lock")?).unwrap_err();
    /// assert_eq!(error.to_string(), "join: they are not parts of one mapping");
    /// map.join(rest).map_err(|(_, error)| error)?;
    /// assert_eq!(map.len(), len);
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `other` comes back if it is not the part that follows.
    pub fn join(&mut self, other: Self) -> Result<(), (Self, MapError)> {
        let is_empty = |map: &Self| map.memory.region.mapped() == 0;
        let replaced = is_empty(self) && !is_empty(&other);
        let next = FilePart { offset: self.part.offset + self.len() as u64, ..self.part };
        // In a reservation what lies behind a map may be another file's.
        let placed = self.memory.region.home().is_some();
        if placed && !is_empty(&other) && other.part != next {
            let rule = "the second does not show what follows in the file";
            return Err((other, MapError::rule("join", rule)));
        }
        let Self { memory, part, guard, access } = other;
        match self.memory.join(memory) {
            Ok(()) => {
                if replaced {
                    self.part = part;
                }
                self.guard.join(&guard);
                Ok(())
            }
            Err((memory, error)) => Err((Self { memory, part, guard, access }, error)),
        }
    }

    /// Unmaps the memory, and tells if the system refuses to.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMap::open("Cargo.toml")?;
    /// map.unmap().map_err(|(_, error)| error)?;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value comes back.
    ///
    /// - `ENOMEM`: unmapping a part of a mapping would make one mapping too many (Linux).
    /// - `EPERM`: the pages are sealed (Linux).
    #[doc(alias = "munmap")]
    pub fn unmap(self) -> Result<(), (Self, MapError)> {
        let Self { memory, part, guard, access } = self;
        memory.unmap().map_err(|(memory, error)| (Self { memory, part, guard, access }, error))
    }

    /// Changes what may be done with whole pages.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{FileMap, Protection};
    ///
    /// let mut map = FileMap::open("Cargo.toml")?;
    /// // SAFETY: nothing reads the pages, nor is the map given away, until they are as they were.
    /// unsafe { map.protect_range(.., Protection::None) }?;
    /// // SAFETY: as above.
    /// unsafe { map.protect_range(.., Protection::Read) }?;
    /// assert_eq!(map.load::<u8>(0)?, b'[');
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Some of the pages may have been changed.
    ///
    /// - Without a code: the range is not within the length, or not made of whole pages.
    /// - `EACCES`: the file was not opened for it, or a policy forbids it.
    /// - `ENOMEM`: too many mappings would arise.
    ///
    /// # Safety
    ///
    /// From this call on until all pages are again what this type is for:
    ///
    /// - Nothing does with them what they are not for, neither by a slice nor by a pointer.
    /// - The value is not given to code that may: the conversions and what reads or writes bytes
    ///   count on the pages. `advise`, `residency`, `split_off`, `join`, `unmap` and drop do not.
    #[doc(alias = "mprotect")]
    pub unsafe fn protect_range(
        &mut self,
        range: impl RangeBounds<usize>,
        protection: Protection,
    ) -> Result<(), MapError> {
        // SAFETY: the value is borrowed for change; for later references the caller speaks.
        unsafe { self.memory.region.protect("protect_range", range, protection) }
    }

    /// Gives the map away; the caller unmaps it, or puts it together again.
    ///
    /// That it was made with options is forgotten, so what is mapped anew later has none.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::FileMap;
    ///
    /// let map = FileMap::open("Cargo.toml")?;
    /// let (start, parts) = (map.as_ptr(), map.into_raw_parts());
    /// assert_eq!(parts.base.as_ptr().wrapping_add(parts.offset).cast_const(), start);
    /// // SAFETY: the parts are those of a map of this type, and are used once.
    /// let map = unsafe { FileMap::from_raw_parts(parts) };
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[must_use = "the memory leaks otherwise"]
    pub fn into_raw_parts(self) -> RawParts {
        let lost = self.guard.damage.extent().map(|lost| (lost.start, lost.end));
        RawParts { file: Some(self.part), lost, ..self.memory.region.into_parts() }
    }

    /// Puts together what [`into_raw_parts`](Self::into_raw_parts) has taken apart.
    ///
    /// # Safety
    ///
    /// - `parts` come from `into_raw_parts` of a map of this type, unchanged, and are used once.
    /// - The pages are still mapped, as they were, and in this process: not in a child that does not
    ///   get them ([`Fork::Exclude`](crate::Fork::Exclude)).
    /// - No pointer from elsewhere is used for them from now on in a way that
    ///   [`as_slice`](Self::as_slice) excludes.
    #[must_use]
    pub unsafe fn from_raw_parts(parts: RawParts) -> Self {
        let part = parts.file.unwrap_or(FilePart { private: A::PRIVATE, ..FilePart::default() });
        // SAFETY: the caller's promise.
        let region = unsafe { Region::from_parts(parts) };
        let guard = Guard::of_lost(parts.lost);
        Self { memory: Memory::of(region), part, guard, access: PhantomData }
    }
}

impl FilePart {
    /// What is behind a map of it.
    fn behind(self, file: BorrowedFd<'_>) -> Backing<'_> {
        if self.private {
            Backing::Copy(file, self.offset)
        } else {
            Backing::File(file, self.offset)
        }
    }
}

impl<A: Access> Default for MappedFile<A> {
    /// No memory, and of no file.
    fn default() -> Self {
        let part = FilePart { private: A::PRIVATE, ..FilePart::default() };
        let memory = Memory::of(Region::empty(os::page_size()));
        Self { memory, part, guard: Guard::new(), access: PhantomData }
    }
}

impl<A: Access> fmt::Debug for MappedFile<A> {
    /// Where it is, and of the file; not what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:?}, from {} of the file)", A::NAME, self.memory.region, self.part.offset)
    }
}
