//! [`Shared`]: memory shared with processes that cooperate.

use core::{ffi::CStr, fmt, ops::RangeBounds, slice};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use crate::{
    MapError, MapOptions, RawParts, Result,
    memory::{Memory, object::part_of, verbs},
    os::object,
    region::Region,
    sys::stat::Mode,
};

mod atomic;
mod bulk;
mod create;
mod name;
mod parts;
mod protect;

use atomic::Widths;

pub use atomic::Atomic;
pub use name::{ShmName, UnlinkGuard};
pub use protect::SharedProtectGuard;

/// Memory that other processes have too, and read and write at the same time.
///
/// | made by | who has it |
/// |---|---|
/// | [`anonymous`](Self::anonymous) | forked children |
/// | [`memfd`](Self::memfd), [`from_fd`](Self::from_fd) | whoever is sent the descriptor |
/// | [`create`](Self::create), [`open`](Self::open) | whoever knows the name, and may |
///
/// Since others write to it, there is no slice of it. What it holds is reached by
/// [`atomic`](Self::atomic)s, and by copies: [`read_at`](Self::read_at),
/// [`write_at`](Self::write_at), [`copy_within`](Self::copy_within), [`fill`](Self::fill).
///
/// The length is the object's, which others rely on, and stays: there is no `resize`. Nor is there a
/// kind for reading only: who only reads maps the descriptor with a [`FileMap`](crate::FileMap), and
/// [`protect`](Self::protect) keeps this process from writing for a while. Parts that were
/// [split off](Self::split_off) have the object's descriptor, all of it, and
/// [`offset`](Self::offset) tells where they begin.
///
/// # Whom you trust
///
/// The other processes cooperate. They may write anything at any time, and no safe call is unsound
/// for it; what they *mean* is between you and them. But:
///
/// - They leave the pages there. The length of a `memfd` is sealed, so that nobody can take any
///   away; that of an object with a name cannot be, and whoever may write to it may truncate it:
///   then **an access kills** (`SIGBUS`). So it is on systems without seals (OpenBSD, DragonFly)
///   with the objects of `memfd`. [`is_sealed`](Self::is_sealed) tells. A
///   [`FileMapMut`](crate::FileMapMut) of the descriptor is for peers that may do that.
/// - Pages of a hole that they punch into it come back as zeros, where there is memory for them:
///   where there is none (explicit huge pages, a full file system) an access kills too.
///
/// A peer that is not trusted is for [`FileMap`](crate::FileMap), whose accesses tell of a page
/// that is not there; bytes that are made once and then never change are for
/// [`Sealed`](crate::Sealed), whoever made them.
///
/// # What a copy is
///
/// It is made of aligned words (`usize`), each of which is read or written at once: what others
/// write meanwhile may be seen in part, but no word is. The bytes beside a copy stay the others',
/// also where they are of one word with it. It orders nothing, as an atomic access with
/// [`Relaxed`](core::sync::atomic::Ordering::Relaxed) does not: write, and then tell by an atomic
/// with `Release`; look at that with `Acquire`, and then read.
///
/// # Why this is sound
///
/// Accesses that race must be atomic, and Rust wants them to be of one width where they overlap.
///
/// - *Atomics.* A value gives a location out with one width only, until no reference is left.
/// - *Copies.* Their words are read and written by instructions that the compiler sees nothing of.
///   A word that is accessed at once is as good as its parts, each of them accessed at once; and if
///   it is itself a part of an atomic, as good as an atomic in which only this part is replaced. So
///   what a copy does is what relaxed atomics do, of the one width that each location has, or will
///   have. (The processors for which this is so are x86, aarch64 and RISC-V of 64 bits. On others
///   copies are relaxed atomics of a word, which by the letter must not race with atomics of
///   another width; the compiler's back ends take no notice of that.)
/// - *Other processes*, and other mappings of the same object in this one, do not access these
///   addresses. Their processors' accesses arrive in the memory whole or in parts, and each way
///   is one in which a thread could have written here, by atomics of the width that is used here.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use mman::Shared;
///
/// let shared = Shared::memfd(c"frames", 1 << 20)?;
/// shared.write_at(64, b"the first frame")?;
/// shared.atomic::<AtomicU64>(0)?.store(15, Ordering::Release);
///
/// # if shared.is_sealed() {
/// // What another process does with the descriptor that it was sent.
/// let received = shared.fd().unwrap().try_clone_to_owned()?;
/// let same = Shared::from_fd(received).map_err(|(_, error)| error)?;
/// let len = same.atomic::<AtomicU64>(0)?.load(Ordering::Acquire);
/// let mut frame = vec![0; len as usize];
/// same.read_at(64, &mut frame)?;
/// assert_eq!(frame, b"the first frame");
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// There is no slice without `unsafe`:
///
/// ```compile_fail,E0608
/// let shared = mman::Shared::anonymous(4096).unwrap();
/// assert_eq!(shared[0], 0);
/// ```
pub struct Shared {
    memory: Memory,
    object: Option<OwnedFd>,
    /// Where in the object the memory starts.
    offset: u64,
    widths: Widths,
}

verbs!(Shared, "mman::Shared::anonymous(10_000)?");

impl Shared {
    fn new(memory: Memory, object: Option<OwnedFd>) -> Self {
        Self::part(memory, object, 0)
    }

    fn part(memory: Memory, object: Option<OwnedFd>, offset: u64) -> Self {
        Self { memory, object, offset, widths: Widths::default() }
    }

    fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Maps `len` bytes, all zero, that this process shares with its forked children.
    ///
    /// # Examples
    ///
    /// ```
    /// let shared = mman::Shared::anonymous(10_000)?;
    /// assert_eq!((shared.len(), shared.fd().is_none()), (10_000, true));
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: more than `isize::MAX` bytes.
    /// - `ENOMEM`: no memory or address space, or a limit, which the message names.
    #[doc(alias = "MAP_SHARED")]
    #[doc(alias = "MAP_ANONYMOUS")]
    pub fn anonymous(len: usize) -> Result<Self, MapError> {
        MapOptions::new().shared(len)
    }

    /// Makes an object of `len` bytes, all zero, which has no name, and maps it.
    ///
    /// Others get it by its descriptor, [`fd`](Self::fd): over a socket, or as one that a child
    /// inherits. Its length is sealed where the system has seals (Linux, Android, FreeBSD 13,
    /// NetBSD 11), so that nobody can make pages vanish. `name` is what tools show for it
    /// (`/memfd:name` in `/proc/self/maps`), up to 249 bytes, and need not be unique. It has whole
    /// pages on NetBSD and Apple's systems: others see a length that is rounded up.
    ///
    /// # Examples
    ///
    /// ```
    /// let shared = mman::Shared::memfd(c"frames", 1 << 20)?;
    /// assert!(shared.fd().is_some());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: more than `isize::MAX` bytes; `name` has more than 249 bytes.
    /// - `EFBIG`: more bytes than `RLIMIT_FSIZE`.
    /// - `EMFILE`, `ENFILE`: too many open files.
    /// - `ENOMEM`, `ENOSPC`: no memory or address space, or a limit, which the message names.
    #[doc(alias = "memfd_create")]
    #[doc(alias = "SHM_ANON")]
    pub fn memfd(name: &CStr, len: usize) -> Result<Self, MapError> {
        MapOptions::new().shared_memfd(name, len)
    }

    /// Maps the object of a descriptor that was received: a `memfd` that is sealed against
    /// shrinking.
    ///
    /// It is mapped as far as it goes now. That the seal is there is looked at before the length
    /// is, so all pages stay there.
    ///
    /// # Examples
    ///
    /// ```
    /// # if cfg!(target_os = "linux") {
    /// let shared = mman::Shared::memfd(c"frames", 4096)?;
    /// // As if it had come over a socket.
    /// let received = shared.fd().unwrap().try_clone_to_owned()?;
    /// let same = mman::Shared::from_fd(received).map_err(|(_fd, error)| error)?;
    /// shared.write_at(0, b"hello")?;
    /// let mut read = [0; 5];
    /// same.read_at(0, &mut read)?;
    /// assert_eq!(&read, b"hello");
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The descriptor comes back.
    ///
    /// - Without a code: it is not a `memfd`, or not sealed against shrinking:
    ///   [`FileMapMut`](crate::FileMapMut) is for such files. It is sealed against writing:
    ///   [`Sealed`](crate::Sealed) is for such files. Or
    ///   [unsupported](MapError::is_unsupported) (OpenBSD, DragonFly, Apple's systems).
    /// - `EACCES`: it is not open for reading and writing.
    /// - `EPERM`: it is sealed against new mappings that write.
    /// - `ENOMEM`: no address space or huge pages, or a limit, which the message names.
    #[doc(alias = "F_GET_SEALS")]
    pub fn from_fd(fd: OwnedFd) -> Result<Self, (OwnedFd, MapError)> {
        MapOptions::new().shared_fd(fd)
    }

    /// Makes an object of `len` bytes, all zero, with a name that nobody has yet, and maps it.
    ///
    /// Only the same user may open it; [`MapOptions::shared_create`] can say otherwise. The system
    /// gives it all its memory now: no later access fails because a file system is full. Whoever
    /// [opens](Self::open) it meanwhile gets an error that says so, and never a part of it. The
    /// name is removed when the guard is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Shared, ShmName};
    ///
    /// let name = ShmName::new(format!("/mman-example-{}", std::process::id()))?;
    /// let (shared, guard) = Shared::create(&name, 4096)?;
    /// shared.write_at(0, b"hello")?;
    /// // Another process.
    /// let mut bytes = [0; 5];
    /// Shared::open(&name)?.read_at(0, &mut bytes)?;
    /// assert_eq!(&bytes, b"hello");
    /// drop(guard);
    /// assert!(Shared::open(&name).is_err());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// No object is left behind.
    ///
    /// - Without a code: a length of 0, which an object has that is not ready; more than
    ///   `isize::MAX` bytes; or [unsupported](MapError::is_unsupported) (Android).
    /// - `EEXIST`: an object has this name. If the process that made it was killed,
    ///   [`ShmName::unlink`] removes the name.
    /// - `EFBIG`: more bytes than `RLIMIT_FSIZE`.
    /// - `EMFILE`, `ENFILE`: too many open files.
    /// - `EDQUOT`: the quota of the file system where such objects are is used up (Linux 6.6).
    /// - `ENOMEM`, `ENOSPC`: no memory, address space, or room where such objects are; the message
    ///   says how much there is.
    #[doc(alias = "shm_open")]
    pub fn create(name: &ShmName, len: usize) -> Result<(Self, UnlinkGuard), MapError> {
        MapOptions::new().shared_create(name, len, Mode::S_IRUSR | Mode::S_IWUSR)
    }

    /// Opens an object that another process has made, and maps all of it.
    ///
    /// The processes that may write to it are trusted not to truncate it: see
    /// [above](Self#whom-you-trust). Apple's systems and NetBSD round its length up to whole pages.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Shared, ShmName};
    ///
    /// # if cfg!(target_os = "linux") {
    /// let name = ShmName::new(format!("/mman-example-open-{}", std::process::id()))?;
    /// let (shared, _guard) = Shared::create(&name, 4096)?;
    /// // Usually in another process.
    /// let same = Shared::open(&name)?;
    /// shared.fill(.., 7)?;
    /// let mut read = [0];
    /// same.read_at(4095, &mut read)?;
    /// assert_eq!(read, [7]);
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: [unsupported](MapError::is_unsupported) (Android).
    /// - `EACCES`: the object's mode does not allow it. On OpenBSD it may just not be ready.
    /// - `EAGAIN`: it has no length yet: who made it is not ready. Try again.
    /// - `EMFILE`, `ENFILE`: too many open files.
    /// - `ENOENT`: no object has this name.
    /// - `ENOMEM`: no address space, or a limit, which the message names.
    #[doc(alias = "shm_open")]
    pub fn open(name: &ShmName) -> Result<Self, MapError> {
        MapOptions::new().shared_open(name)
    }

    /// How many bytes may be used.
    #[must_use]
    pub fn len(&self) -> usize {
        self.memory.region.len()
    }

    /// Whether there is nothing to be used.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first byte, for code that keeps to the rules of memory that others write.
    ///
    /// Through it, this program must not access by another width what races with an
    /// [`atomic`](Self::atomic). A reference that is made of it covers whole words at least, of
    /// which no copy touches any byte meanwhile: copies read whole words, and write them, the bytes
    /// beside their range as they were.
    ///
    /// # Examples
    ///
    /// ```
    /// let shared = mman::Shared::anonymous(4096)?;
    /// // SAFETY: the word is one of the memory's, and no other process has it.
    /// unsafe { shared.as_ptr().cast::<u32>().write_volatile(7) };
    /// let mut bytes = [0; 4];
    /// shared.read_at(0, &mut bytes)?;
    /// assert_eq!(bytes, 7u32.to_ne_bytes());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[must_use]
    pub fn as_ptr(&self) -> *mut u8 {
        self.memory.region.start()
    }

    /// The object's descriptor, to be sent to others; none if the memory is
    /// [`anonymous`](Self::anonymous). It is that of the whole object, also of a part.
    #[must_use]
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.object.as_ref().map(AsFd::as_fd)
    }

    /// Whether the system keeps everybody from taking pages away: there is no object to be
    /// truncated, or it is sealed against shrinking.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::Shared;
    ///
    /// assert!(Shared::anonymous(4096)?.is_sealed());
    /// # #[cfg(target_os = "linux")]
    /// assert!(Shared::memfd(c"frames", 4096)?.is_sealed());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.fd()
            .is_none_or(|fd| object::seals(fd).ok().flatten().is_some_and(|seals| seals.shrink))
    }

    /// Brings memory in for writing, without changing it: later accesses do not fault.
    ///
    /// # Examples
    ///
    /// ```
    /// let shared = mman::Shared::anonymous(1 << 20)?;
    /// shared.prefault(..)?;
    /// # if cfg!(target_os = "linux") {
    /// assert_eq!(shared.residency(..)?.resident(), (1 << 20) / mman::page_size());
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length.
    /// - `ENOMEM`, `EFAULT`: there is no memory for it. Where a control group's limit ends the
    ///   memory, Linux kills instead; so does a kernel before 5.14 for any shortage.
    #[doc(alias = "MADV_POPULATE_WRITE")]
    pub fn prefault(&self, range: impl RangeBounds<usize>) -> Result<(), MapError> {
        const OPERATION: &str = "prefault";
        let range = self.memory.region.range(OPERATION, range)?;
        // SAFETY: the memory is for reading and writing.
        unsafe { self.memory.region.populate(OPERATION, &range, true, 1) }
    }

    /// The memory as bytes that do not change.
    ///
    /// # Examples
    ///
    /// ```
    /// let shared = mman::Shared::anonymous(4096)?;
    /// shared.write_at(0, b"hello")?;
    /// // SAFETY: no other process has the memory, and nothing in this one writes to it meanwhile.
    /// assert_eq!(&unsafe { shared.as_slice() }[..5], b"hello");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Safety
    ///
    /// - While the slice is in use nobody writes to the memory: no other process, and nothing in
    ///   this one, such as [`write_at`](Self::write_at) or an atomic.
    /// - Nobody takes pages away, if it is not [sealed](Self::is_sealed).
    #[must_use]
    pub unsafe fn as_slice(&self) -> &[u8] {
        // SAFETY: the bytes are mapped for reading for as long as the value lives, at most
        // `isize::MAX` of them; that they do not change is the caller's promise.
        unsafe { slice::from_raw_parts(self.as_ptr(), self.len()) }
    }

    /// The memory as bytes that are the caller's alone.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut shared = mman::Shared::anonymous(4096)?;
    /// // SAFETY: no other process has the memory.
    /// let bytes = unsafe { shared.as_mut_slice() };
    /// bytes[..5].copy_from_slice(b"hello");
    /// let mut bytes = [0; 5];
    /// shared.read_at(0, &mut bytes)?;
    /// assert_eq!(&bytes, b"hello");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Safety
    ///
    /// - While the slice is in use nobody else reads the memory or writes to it.
    /// - Nobody takes pages away, if it is not [sealed](Self::is_sealed).
    #[must_use]
    pub unsafe fn as_mut_slice(&mut self) -> &mut [u8] {
        // SAFETY: as above, and for writing; that nobody else uses them is the caller's promise.
        unsafe { slice::from_raw_parts_mut(self.as_ptr(), self.len()) }
    }

    /// Unmaps the memory, and keeps the descriptor; none if it is
    /// [`anonymous`](Self::anonymous).
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::Shared;
    ///
    /// assert!(Shared::anonymous(4096)?.into_fd().is_none());
    /// let fd = Shared::memfd(c"frames", 4096)?.into_fd().unwrap();
    /// assert!(std::fs::File::from(fd).metadata()?.len() >= 4096);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn into_fd(self) -> Option<OwnedFd> {
        self.object
    }

    /// Unmaps the memory and closes its descriptor, and tells if the system refuses to.
    ///
    /// # Examples
    ///
    /// ```
    /// let shared = mman::Shared::anonymous(4096)?;
    /// shared.unmap().map_err(|(_, error)| error)?;
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
        let Self { memory, object, offset, widths } = self;
        memory.unmap().map_err(|(memory, error)| (Self { memory, object, offset, widths }, error))
    }

    /// Gives the mapping and the descriptor away; the caller unmaps and closes them, or puts them
    /// together again. The [`offset`](Self::offset) of a part without a descriptor is 0 then.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::Shared;
    ///
    /// let shared = Shared::memfd(c"frames", 4096)?;
    /// shared.write_at(0, b"x")?;
    /// let (parts, fd) = shared.into_raw_parts();
    /// // SAFETY: they are those of a value that was just taken apart, and are used once.
    /// let shared = unsafe { Shared::from_raw_parts(parts, fd) };
    /// assert_eq!(shared.len(), 4096);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    #[must_use = "the mapping leaks otherwise"]
    pub fn into_raw_parts(self) -> (RawParts, Option<OwnedFd>) {
        let file = self.fd().map(|object| part_of(object, self.offset));
        (RawParts { file, ..self.memory.region.into_parts() }, self.object)
    }

    /// Puts together what [`into_raw_parts`](Self::into_raw_parts) has taken apart.
    ///
    /// # Safety
    ///
    /// - `parts` and `fd` come from `into_raw_parts`, from one value, unchanged, and are used once.
    /// - The pages are still mapped, shared, readable and writable, and in this process: not in a
    ///   child that does not get them ([`Fork::Exclude`](crate::Fork::Exclude)).
    /// - No pointer from elsewhere is used for them from now on but as
    ///   [`as_ptr`](Self::as_ptr) says.
    #[must_use]
    pub unsafe fn from_raw_parts(parts: RawParts, fd: Option<OwnedFd>) -> Self {
        let offset = parts.file.map_or(0, |part| part.offset);
        // SAFETY: the caller's promise.
        let region = unsafe { Region::from_parts(parts) };
        Self::part(Memory::of(region), fd, offset)
    }
}

impl fmt::Debug for Shared {
    /// Where it is; not what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared({:?})", self.memory.region)
    }
}
