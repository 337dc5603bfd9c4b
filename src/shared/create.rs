//! How shared memory comes about.

use core::ffi::CStr;
use std::{
    format,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
};

use super::{Shared, ShmName, UnlinkGuard};
use crate::{
    Commit, HugePages, MapError, MapOptions, Protection, Result,
    errno::Errno,
    memory::{
        Memory,
        object::{check_label, extent, no_object, too_long},
    },
    options::is_lack,
    os::{self, Backing, object},
    region::{no_huge_pages, no_room},
    sys::stat::Mode,
};

impl MapOptions {
    /// Maps `len` bytes, all zero, that forked children share: [`Shared::anonymous`].
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{MapOptions, Prefault};
    ///
    /// let shared = MapOptions::new().prefault(Prefault::Write).shared(10_000)?;
    /// assert_eq!((shared.len(), shared.fd().is_none()), (10_000, true));
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`anon`](Self::anon), and:
    ///
    /// - Without a code: [`Fork::Wipe`](crate::Fork::Wipe), which is for private memory only.
    pub fn shared(&self, len: usize) -> Result<Shared, MapError> {
        const OPERATION: &str = "map";
        self.check_shared(OPERATION)?;
        let (protection, page) = (Protection::ReadWrite, os::page_size());
        let memory = self.map(OPERATION, Backing::Shared, protection, len, page)?;
        Ok(Shared::new(memory, None))
    }

    /// Maps a new object of `len` bytes without a name: [`Shared::memfd`].
    ///
    /// Explicit huge pages are those of the object, whose length is rounded up to whole ones.
    ///
    /// # Examples
    ///
    /// ```
    /// let shared = mman::MapOptions::new().guard_pages(0, 1).shared_memfd(c"frames", 10_000)?;
    /// shared.fill(.., 7)?;
    /// assert!(shared.fd().is_some());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`shared`](Self::shared), and:
    ///
    /// - Without a code: `name` has more than 249 bytes.
    /// - `EFBIG`: more bytes than `RLIMIT_FSIZE`.
    /// - `EMFILE`, `ENFILE`: too many open files.
    /// - `ENOMEM`, `ENOSPC`: no memory or huge pages.
    #[doc(alias = "memfd_create")]
    pub fn shared_memfd(&self, name: &CStr, len: usize) -> Result<Shared, MapError> {
        self.check_shared("memfd")?;
        check_label("memfd", name)?;
        let with = |huge_pages| {
            let mut options = self.clone();
            options.huge_pages(huge_pages);
            options
        };
        match self.huge_pages {
            HugePages::Default | HugePages::System | HugePages::Never | HugePages::Transparent => {
                self.new_object(name, len, None)
            }
            HugePages::Explicit(size) => with(HugePages::System).new_object(name, len, Some(size)),
            HugePages::ExplicitElseTransparent(size) => {
                match with(HugePages::System).new_object(name, len, Some(size)) {
                    Err(error) if is_lack(&error) => {
                        with(HugePages::Transparent).new_object(name, len, None)
                    }
                    done => done,
                }
            }
        }
    }

    /// These options are not for explicit huge pages; the object may be of them.
    fn new_object(&self, name: &CStr, len: usize, huge: Option<usize>) -> Result<Shared, MapError> {
        const OPERATION: &str = "memfd";
        if let Some(size) = huge.filter(|size| !is_huge(*size)) {
            let rule = format!("{size} bytes are not the size of a huge page");
            return Err(MapError::rule(OPERATION, rule));
        }
        let granule = huge.unwrap_or_else(os::page_size);
        let whole = if huge.is_some() { len.checked_next_multiple_of(granule) } else { Some(len) };
        let size = check_len(OPERATION, len, whole)?;
        let lacks = |errno| no_huge_pages(OPERATION, errno, granule, size as usize);
        let object = object::create(name, huge).map_err(|errno| match huge {
            Some(_) => lacks(errno),
            None => no_object(OPERATION, errno),
        })?;
        let fd = object.as_fd();
        let grown = match (huge, self.commit) {
            // A promise of the pool is not kept in every control group.
            _ if size == 0 => Ok(()),
            (Some(_), _) => object::allocate(fd, size),
            (None, Commit::Account) => object::account(fd, size),
            (None, Commit::NoReserve) => object::extend(fd, size),
        };
        match (grown, huge) {
            (Ok(()), _) => {}
            (Err(errno), None) => return Err(no_room(OPERATION, errno, fd, granule, size)),
            (Err(errno), Some(_)) => {
                // What it has taken goes back before it is told how many are free.
                drop(object);
                return Err(lacks(errno));
            }
        }
        match object::seal(fd, false) {
            Ok(()) | Err(Errno::ENOSYS) => {}
            Err(errno) => return Err(MapError::system(OPERATION, errno)),
        }
        let memory = self.map_object(OPERATION, fd, len, granule)?;
        Ok(Shared::new(memory, Some(object)))
    }

    /// Maps the object of a descriptor that was received: [`Shared::from_fd`].
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{MapOptions, Prefault, Shared};
    ///
    /// # if cfg!(target_os = "linux") {
    /// let shared = Shared::memfd(c"frames", 4096)?;
    /// // As if it had come over a socket.
    /// let received = shared.fd().unwrap().try_clone_to_owned()?;
    /// let same = MapOptions::new().prefault(Prefault::Write).shared_fd(received);
    /// assert_eq!(same.map_err(|(_fd, error)| error)?.len(), 4096);
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The descriptor comes back. As [`Shared::from_fd`], and what [`shared`](Self::shared) says of
    /// policies; explicit huge pages are refused, which only who makes the object can choose.
    pub fn shared_fd(&self, fd: OwnedFd) -> Result<Shared, (OwnedFd, MapError)> {
        match self.map_received("from_fd", fd.as_fd()) {
            Ok(memory) => Ok(Shared::new(memory, Some(fd))),
            Err(error) => Err((fd, error)),
        }
    }

    /// First the seals, then the length, then the mapping.
    fn map_received(
        &self,
        operation: &'static str,
        fd: BorrowedFd<'_>,
    ) -> Result<Memory, MapError> {
        self.check_shared(operation)?;
        let seals = object::seals(fd).map_err(|errno| match errno {
            Errno::ENOSYS => MapError::unsupported(operation, "this system has no seals"),
            _ => MapError::system(operation, errno),
        })?;
        let Some(seals) = seals.filter(|seals| seals.shrink) else {
            let rule = "the file is not sealed against shrinking, so its pages may vanish; \
                        `FileMapMut` is for such files";
            return Err(MapError::rule(operation, rule));
        };
        if seals.write {
            let rule = "the file is sealed against writing; `Sealed` is for such files";
            return Err(MapError::rule(operation, rule));
        }
        let (len, granule) = extent(operation, fd)?;
        let memory = self.map_object(operation, fd, len, granule)?;
        memory.bring_huge_pages_in(operation)?;
        Ok(memory)
    }

    /// Maps a new object with a name, which nobody has yet: [`Shared::create`].
    ///
    /// `mode` says who may open it, as far as the process's `umask` allows. The object has its
    /// memory from the start; with [`Commit::NoReserve`] it has not, and **an access kills**
    /// (`SIGBUS`) once the file system is full.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{MapOptions, ShmName, sys::stat::Mode};
    ///
    /// let name = ShmName::new(format!("/mman-example-group-{}", std::process::id()))?;
    /// let mode = Mode::S_IRUSR | Mode::S_IWUSR | Mode::S_IRGRP | Mode::S_IWGRP;
    /// let (shared, guard) = MapOptions::new().shared_create(&name, 4096, mode)?;
    /// assert_eq!(shared.len(), 4096);
    /// # drop(guard);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Shared::create`], and what [`shared`](Self::shared) says of policies; explicit huge
    /// pages are refused, which such objects cannot have.
    #[doc(alias = "shm_open")]
    pub fn shared_create(
        &self,
        name: &ShmName,
        len: usize,
        mode: Mode,
    ) -> Result<(Shared, UnlinkGuard), MapError> {
        const OPERATION: &str = "create";
        let permissions = Mode::S_IRWXU | Mode::S_IRWXG | Mode::S_IRWXO;
        self.check_shared(OPERATION)?;
        if !permissions.contains(mode) {
            let rule = format!("{mode} is more than permissions");
            return Err(MapError::rule(OPERATION, rule));
        }
        if len == 0 {
            let rule = "an object of length 0 is one that has no length yet";
            return Err(MapError::rule(OPERATION, rule));
        }
        let size = check_len(OPERATION, len, Some(len))?;
        let object = object::create_named(name.as_c_str(), mode);
        let object = object.map_err(|errno| name.refused(OPERATION, errno))?;
        let fd = object.as_fd();
        let guard = UnlinkGuard::new(name.clone(), fd);
        let grown = match self.commit {
            Commit::Account => object::allocate(fd, size),
            Commit::NoReserve => object::extend(fd, size),
        };
        let page = os::page_size();
        grown.map_err(|errno| no_room(OPERATION, errno, fd, page, size))?;
        let memory = self.map_object(OPERATION, fd, len, page)?;
        Ok((Shared::new(memory, Some(object)), guard))
    }

    /// Maps an object with a name, all of it: [`Shared::open`].
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{MapOptions, Prefault, Shared, ShmName};
    ///
    /// # if cfg!(target_os = "linux") {
    /// let name = ShmName::new(format!("/mman-example-shared-open-{}", std::process::id()))?;
    /// let (_shared, _guard) = Shared::create(&name, 4096)?;
    /// // Usually in another process.
    /// let same = MapOptions::new().prefault(Prefault::Write).shared_open(&name)?;
    /// assert_eq!(same.len(), 4096);
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Shared::open`], and what [`shared`](Self::shared) says of policies; explicit huge pages
    /// are refused, which such objects cannot have.
    #[doc(alias = "shm_open")]
    pub fn shared_open(&self, name: &ShmName) -> Result<Shared, MapError> {
        const OPERATION: &str = "open";
        self.check_shared(OPERATION)?;
        let object = object::open_named(name.as_c_str());
        let object = object.map_err(|errno| name.refused(OPERATION, errno))?;
        let fd = object.as_fd();
        let (len, granule) = extent(OPERATION, fd)?;
        if len == 0 {
            let why = format!("{name} has no length yet, its creator is not ready: try again");
            return Err(MapError::because(OPERATION, Errno::EAGAIN, why));
        }
        let memory = self.map_object(OPERATION, fd, len, granule)?;
        Ok(Shared::new(memory, Some(object)))
    }

    fn map_object(
        &self,
        operation: &'static str,
        fd: BorrowedFd<'_>,
        len: usize,
        granule: usize,
    ) -> Result<Memory, MapError> {
        let backing = Backing::File(fd, 0);
        let mapped = self.map(operation, backing, Protection::ReadWrite, len, granule);
        mapped.map_err(|error| match error.errno() {
            Some(errno @ Errno::EACCES) => {
                let why = "the descriptor is not open for reading and writing";
                MapError::because(operation, errno, why)
            }
            _ => error,
        })
    }
}

fn is_huge(size: usize) -> bool {
    size.is_power_of_two() && size > os::page_size()
}

/// The size of an object of this length, in whole pages if they are huge.
fn check_len(operation: &'static str, len: usize, whole: Option<usize>) -> Result<u64, MapError> {
    let Some(size) = whole.filter(|size| isize::try_from(*size).is_ok()) else {
        return Err(too_long(operation, len as u64));
    };
    let (size, largest) = (size as u64, object::largest());
    if size > largest {
        let why = format!("RLIMIT_FSIZE is {}", os::in_words(largest));
        return Err(MapError::because(operation, Errno::EFBIG, why));
    }
    Ok(size)
}
