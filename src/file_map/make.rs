//! How files come to be mapped.

use core::{marker::PhantomData, ops::RangeBounds};
use std::{
    format,
    fs::Metadata,
    os::fd::{AsFd, BorrowedFd},
    path::Path,
};

use super::{
    FileMap, FileMapCow, FileMapExec, FileMapMut, MappedFile, access::Access, guard::Guard,
    source::Source,
};
use crate::{
    MapError, MapOptions, Protection, Result, errno::Errno, memory::Memory, options::MAP, os,
    region::Region,
};

impl<A: Access> MappedFile<A> {
    /// Opens a file and maps all of it; [`FileMapMut`] opens it for writing too.
    ///
    /// The file is closed again, which the map does not mind. A file whose length the system tells
    /// as 0, as of those in `/proc`, is an empty map.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMap::open("Cargo.toml")?;
    /// assert_eq!(map.len() as u64, std::fs::metadata("Cargo.toml")?.len());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `ENOENT`, `EACCES` and what else opening a file fails with.
    /// - As [`new`](Self::new).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, MapError> {
        let (path, write) = (path.as_ref(), is_written::<A>());
        let file = os::open(path, write).map_err(|errno| of_path("open", path, errno))?;
        Self::whole("open", file.as_fd())
    }

    /// Maps all of an open file.
    ///
    /// The map keeps no descriptor: the file may be closed, and is in use until the map is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::{fs::File, io::Write};
    ///
    /// let path = std::env::temp_dir().join(format!("mman-new-{}", std::process::id()));
    /// let mut file = File::create_new(&path)?;
    /// file.write_all(b"hello")?;
    /// let file = File::open(&path)?;
    /// let map = mman::FileMap::new(&file)?;
    /// std::fs::remove_file(&path)?;
    /// // SAFETY: nobody else has this file.
    /// assert_eq!(unsafe { map.as_slice() }, b"hello");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: a directory, a pipe, a socket; what may take orders by stores, a character
    ///   device or an object of the kernel's (`io_uring`): [`MapOptions::device`] is for them; a block
    ///   device, whose length is not known; a file too large for the address space.
    /// - `EACCES`: the file is not open for reading, or for [`FileMapMut`] not for writing too.
    /// - `EBADF`: the file is open as a path only.
    /// - `ENODEV`: a kind of file that cannot be mapped.
    /// - `EPERM`: a seal forbids writing, or the file system is mounted `noexec`.
    /// - `ENOMEM`: no memory, address space or huge pages, or a limit, which the message names.
    #[doc(alias = "mmap")]
    pub fn new(file: impl AsFd) -> Result<Self, MapError> {
        Self::whole(MAP, file.as_fd())
    }

    /// The same, of a file whose metadata is known.
    pub(crate) fn known(file: BorrowedFd<'_>, metadata: &Metadata) -> Result<Self, MapError> {
        Self::of(MAP, Source::known(MAP, file, metadata)?)
    }

    fn whole(operation: &'static str, file: BorrowedFd<'_>) -> Result<Self, MapError> {
        Self::of(operation, Source::new(operation, file)?)
    }

    fn of(operation: &'static str, source: Source<'_>) -> Result<Self, MapError> {
        let file = source.file;
        // What no policy is for needs none of their machinery.
        let part = source.part(0, A::PRIVATE);
        let map = |len| Region::of_file(part.behind(file), A::PROTECTION, len);
        match source.plain_len().and_then(map) {
            Some(region) => {
                let (memory, guard) = (Memory::of(region), Guard::new());
                Ok(Self { memory, part, guard, access: PhantomData })
            }
            None => MapOptions::new().of_file(operation, file, ..),
        }
    }
}

impl FileMapMut {
    /// Makes a new file of `len` bytes, all zero and all with their place on the disk, and maps it.
    ///
    /// A store cannot meet a full disk then, unless the file system copies what is written (btrfs,
    /// ZFS and others, once there is a snapshot or a clone). If this fails, the file is gone again,
    /// unless somebody has given its path to another.
    ///
    /// # Examples
    ///
    /// ```
    /// let path = std::env::temp_dir().join(format!("mman-create-{}", std::process::id()));
    /// let map = mman::FileMapMut::create_new(&path, 1 << 16)?;
    /// let len = std::fs::metadata(&path)?.len();
    /// std::fs::remove_file(&path)?;
    /// assert_eq!(len, 1 << 16);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `EEXIST`: there is such a file.
    /// - `ENOENT`, `EACCES` and what else making a file fails with.
    /// - As [`with_len`](Self::with_len).
    pub fn create_new(path: impl AsRef<Path>, len: usize) -> Result<Self, MapError> {
        const OPERATION: &str = "create_new";
        let path = path.as_ref();
        let file = os::create_new(path).map_err(|errno| of_path(OPERATION, path, errno))?;
        let made = MapOptions::new().allocated(OPERATION, file.as_fd(), ..len as u64);
        made.inspect_err(|_| os::remove_made(path, file.as_fd()))
    }

    /// Maps the first `len` bytes of a file, which are allocated where they are not, and makes the
    /// file so long.
    ///
    /// What the file holds stays. See [`MapOptions::file_allocated`].
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::mman::{MemFdFlags, memfd_create};
    ///
    /// # #[cfg(target_os = "linux")] {
    /// let file = memfd_create("example", MemFdFlags::MFD_CLOEXEC)?;
    /// let map = mman::FileMapMut::with_len(&file, 10_000)?;
    /// assert_eq!(map.len(), 10_000);
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`MapOptions::file_allocated`].
    pub fn with_len(file: impl AsFd, len: usize) -> Result<Self, MapError> {
        MapOptions::new().allocated("with_len", file.as_fd(), ..len as u64)
    }
}

/// Files. `range` is in bytes, from any offset on; an open end is the end of the file as it is now.
///
/// A range may reach beyond the end of the file, unless it is to be written there: those pages are
/// a fault until the file is longer. [`Prefault`](crate::Prefault) is an error where there are some.
/// Of a placement, what is placed is the page of the first byte.
impl MapOptions {
    /// Maps a range of a file for reading.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{MapOptions, Prefault};
    ///
    /// let file = std::fs::File::open("Cargo.toml")?;
    /// let map = MapOptions::new().prefault(Prefault::Read).file(&file, 10..)?;
    /// assert_eq!(map.len() as u64, file.metadata()?.len() - 10);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: a range that ends before it starts, or beyond the largest file, or that is
    ///   too large for the address space; a policy that is for other memory.
    /// - As [`FileMap::new`], and for the policies as [`anon`](Self::anon).
    #[doc(alias = "mmap")]
    pub fn file(&self, file: impl AsFd, range: impl RangeBounds<u64>) -> Result<FileMap, MapError> {
        self.of_file(MAP, file.as_fd(), range)
    }

    /// Maps a range of a file for reading and writing.
    ///
    /// Blocks that the file does not have yet are allocated when they are first written, and should
    /// the disk be full then, that is a fault; [`file_allocated`](Self::file_allocated) allocates
    /// them now.
    ///
    /// # Examples
    ///
    /// ```
    /// # let path = std::env::temp_dir().join(format!("mman-file-mut-{}", std::process::id()));
    /// # std::fs::write(&path, [0; 100])?;
    /// let file = std::fs::File::options().read(true).write(true).open(&path)?;
    /// let map = mman::MapOptions::new().file_mut(&file, 10..20)?;
    /// map.write_at(0, b"0123456789")?;
    /// assert_eq!(&std::fs::read(&path)?[10..20], b"0123456789");
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range reaches beyond the end of the file.
    /// - As [`file`](Self::file).
    pub fn file_mut(
        &self,
        file: impl AsFd,
        range: impl RangeBounds<u64>,
    ) -> Result<FileMapMut, MapError> {
        self.of_file(MAP, file.as_fd(), range)
    }

    /// [`file_mut`](Self::file_mut) of a range that is allocated where it is not, and that the file
    /// grows to hold.
    ///
    /// What there is no room for, in memory or on the disk, is refused before any of it is taken. On a
    /// file system without a call that allocates, zeros are written behind the end of the file.
    ///
    /// # Examples
    ///
    /// ```
    /// # let path = std::env::temp_dir().join(format!("mman-file-allocated-{}", std::process::id()));
    /// let file = std::fs::File::options().read(true).write(true).create_new(true).open(&path)?;
    /// // The file is 1 MiB long then, and no store meets a full disk.
    /// let map = mman::MapOptions::new().file_allocated(&file, ..1 << 20)?;
    /// map.fill(.., 1)?;
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: a device.
    /// - `EBADF`: the file is not open for writing.
    /// - `EFBIG`: too large for the file system, or beyond `RLIMIT_FSIZE`.
    /// - `ENOSPC`: the disk is full; the message tells how much is free. If others took the room
    ///   meanwhile, the file may be longer than before.
    /// - `ENOMEM`: the file would be in memory (tmpfs, a `memfd`, huge pages), and there is not so much.
    ///   (The limit of a control group is not asked: to exceed that kills, as with any memory.)
    /// - `EDQUOT`: the quota of the file system is used up. It is noticed on the way, so the
    ///   file may be longer than before.
    /// - `EPERM`: a seal forbids it to grow.
    /// - [Unsupported](MapError::is_unsupported): the file system cannot fill the holes of a file.
    /// - As [`file_mut`](Self::file_mut).
    #[doc(alias = "posix_fallocate")]
    pub fn file_allocated(
        &self,
        file: impl AsFd,
        range: impl RangeBounds<u64>,
    ) -> Result<FileMapMut, MapError> {
        self.allocated(MAP, file.as_fd(), range)
    }

    /// Maps a range of a file for reading and for writing that never reaches the file.
    ///
    /// Each page that is written is copied first.
    ///
    /// # Examples
    ///
    /// ```
    /// let file = std::fs::File::open("Cargo.toml")?;
    /// let copy = mman::MapOptions::new().file_cow(&file, ..100)?;
    /// copy.fill(.., b' ')?;
    /// assert_ne!(std::fs::read("Cargo.toml")?[..100], copy.to_vec(..)?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`file`](Self::file).
    pub fn file_cow(
        &self,
        file: impl AsFd,
        range: impl RangeBounds<u64>,
    ) -> Result<FileMapCow, MapError> {
        self.of_file(MAP, file.as_fd(), range)
    }

    /// Maps a range of a file for reading and running.
    ///
    /// # Examples
    ///
    /// ```
    /// let program = std::fs::File::open(std::env::current_exe()?)?;
    /// // Where a policy forbids to run it, this is an error.
    /// if let Ok(code) = mman::MapOptions::new().file_exec(&program, ..4096) {
    ///     println!("{code:?}");
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`file`](Self::file).
    pub fn file_exec(
        &self,
        file: impl AsFd,
        range: impl RangeBounds<u64>,
    ) -> Result<FileMapExec, MapError> {
        self.of_file(MAP, file.as_fd(), range)
    }

    /// Maps a range of a character device, or of another object of the kernel's.
    ///
    /// Such a device may take orders by loads and stores: a graphics card, or a program's own memory by
    /// another way. So safe calls map files and block devices only, and this is for who knows it. `A`
    /// says what the map is for: one of [`access`](crate::access). What asks for the file again
    /// (`resize`, `flush_durable`) refuses.
    ///
    /// What shows a device's memory as a file, as `/sys` does for who may write there, is a file by its
    /// kind: like `/proc/self/mem` to `std::fs`, it is beyond what safe calls answer for.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{FileMapMut, MapOptions};
    ///
    /// # #[cfg(target_os = "linux")] {
    /// let zero = std::fs::File::options().read(true).write(true).open("/dev/zero")?;
    /// // SAFETY: this device takes no orders: its maps are memory.
    /// let map: FileMapMut = unsafe { MapOptions::new().device(&zero, ..10_000) }?;
    /// map.fill(.., 1)?;
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`file`](Self::file), but for the kinds of files.
    ///
    /// # Safety
    ///
    /// Until the map is gone:
    ///
    /// - No load from the pages that hold the range, and if the device is open for writing no store to
    ///   them ([`make_mut`](FileMap::make_mut) is safe), of any width and in any order, changes memory of
    ///   this process, or does what safe code must not be able to do.
    /// - Each is answered, or ends in `SIGBUS`, as those of a file.
    #[doc(alias = "mmap")]
    pub unsafe fn device<A: Access>(
        &self,
        device: impl AsFd,
        range: impl RangeBounds<u64>,
    ) -> Result<MappedFile<A>, MapError> {
        let source = Source::any(MAP, device.as_fd())?;
        self.of_source(MAP, &source, range)
    }

    fn allocated(
        &self,
        operation: &'static str,
        file: BorrowedFd<'_>,
        range: impl RangeBounds<u64>,
    ) -> Result<FileMapMut, MapError> {
        let source = Source::new(operation, file)?;
        let range = source.range(range)?;
        source.allocate(range.clone())?;
        self.of_file(operation, file, range)
    }

    fn of_file<A: Access>(
        &self,
        operation: &'static str,
        file: BorrowedFd<'_>,
        range: impl RangeBounds<u64>,
    ) -> Result<MappedFile<A>, MapError> {
        self.of_source(operation, &Source::new(operation, file)?, range)
    }

    fn of_source<A: Access>(
        &self,
        operation: &'static str,
        source: &Source<'_>,
        range: impl RangeBounds<u64>,
    ) -> Result<MappedFile<A>, MapError> {
        let range = source.range(range)?;
        if is_written::<A>() {
            source.holds(&range)?;
        }
        if self.prefaults() == Some(true) && A::PROTECTION != Protection::ReadWrite {
            let rule = "what is not written cannot be brought in for writing";
            return Err(MapError::rule(operation, rule));
        }
        if self.wipes() {
            return Err(MapError::rule(operation, "a file is not wiped when a process forks"));
        }
        let len = range.end - range.start;
        let Ok(len) = usize::try_from(len) else {
            let rule = format!("{len} bytes are more than a slice can have");
            return Err(MapError::rule(operation, rule));
        };
        let part = source.part(range.start, A::PRIVATE);
        let backing = part.behind(source.file);
        let memory = self.map(operation, backing, A::PROTECTION, len, source.granule)?;
        Ok(MappedFile { memory, part, guard: Guard::new(), access: PhantomData })
    }
}

/// Whether what is written reaches the file.
fn is_written<A: Access>() -> bool {
    A::PROTECTION == Protection::ReadWrite && !A::PRIVATE
}

/// The message of an error that a path has its part in.
fn of_path(operation: &'static str, path: &Path, errno: Errno) -> MapError {
    let why = format!("{}: {}", path.display(), errno.desc());
    MapError::because(operation, errno, why)
}
