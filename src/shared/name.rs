//! Names of shared memory objects, and who removes them.

use core::{ffi::CStr, fmt, str::FromStr};
use std::{
    ffi::CString,
    format,
    os::fd::{AsFd, BorrowedFd},
    process,
    string::String,
};

use crate::{
    MapError, Result,
    errno::Errno,
    memory::object::identity,
    os::object::{self, NAME_LEN},
};

/// The name of a shared memory object: a slash, then 1 to 255 bytes without another one.
///
/// Names are the machine's, not the process's: one should have in it what it is for. Apple's
/// systems have 30 bytes behind the slash, so a portable name has no more.
///
/// # Examples
///
/// ```
/// use mman::ShmName;
///
/// let name = ShmName::new("/example")?;
/// assert_eq!(name.to_string(), "/example");
/// let error = ShmName::new("/a/b").unwrap_err();
/// assert_eq!(error.to_string(), "name: there is a second slash in \"/a/b\"");
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ShmName(CString);

impl ShmName {
    /// Takes a name, if it is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::ShmName;
    ///
    /// assert!(ShmName::new("/frames").is_ok());
    /// assert!(ShmName::new("frames").is_err());
    /// assert!(ShmName::new("/a/b").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: it does not begin with a slash, has another one or a NUL in it, nothing or
    ///   too much behind the slash, or is `/.` or `/..`.
    pub fn new(name: impl AsRef<[u8]>) -> Result<Self, MapError> {
        const OPERATION: &str = "name";
        let name = name.as_ref();
        let shown = String::from_utf8_lossy(name);
        let rule = |rule| Err(MapError::rule(OPERATION, rule));
        let Some((b'/', rest)) = name.split_first() else {
            return rule(format!("{shown:?} does not begin with a slash"));
        };
        if rest.contains(&b'/') {
            return rule(format!("there is a second slash in {shown:?}"));
        }
        if rest.is_empty() || rest == b"." || rest == b".." {
            return rule(format!("{shown:?} is not the name of an object"));
        }
        if rest.len() > NAME_LEN {
            return rule(format!("{} bytes behind the slash, of at most {NAME_LEN}", rest.len()));
        }
        match CString::new(name) {
            Ok(name) => Ok(Self(name)),
            Err(_) => rule(format!("there is a NUL in {shown:?}")),
        }
    }

    pub(super) fn as_c_str(&self) -> &CStr {
        &self.0
    }

    /// Removes the name, whoever made it: what a process that was killed has left behind.
    ///
    /// The object lives on while it is open or mapped.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Shared, ShmName};
    ///
    /// let name = ShmName::new(format!("/mman-example-left-{}", std::process::id()))?;
    /// let (shared, guard) = Shared::create(&name, 4096)?;
    /// guard.keep();
    /// drop(shared);
    /// name.unlink()?;
    /// assert!(Shared::open(&name).is_err());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: [unsupported](MapError::is_unsupported) (Android).
    /// - `EACCES`: the caller may not remove it.
    /// - `ENOENT`: it does not exist.
    #[doc(alias = "shm_unlink")]
    pub fn unlink(&self) -> Result<(), MapError> {
        let done = object::unlink_named(self.as_c_str());
        done.map_err(|errno| self.refused("unlink", errno))
    }

    /// Why nothing can be done with this name.
    pub(super) fn refused(&self, operation: &'static str, errno: Errno) -> MapError {
        match errno {
            Errno::ENOSYS => {
                MapError::unsupported(operation, "this system has no objects with names")
            }
            Errno::EEXIST => MapError::because(operation, errno, format!("{self} exists")),
            Errno::ENOENT => MapError::because(operation, errno, format!("{self} does not exist")),
            Errno::EACCES => MapError::because(operation, errno, format!("{self} is not for us")),
            _ => MapError::system(operation, errno),
        }
    }
}

impl fmt::Display for ShmName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string_lossy())
    }
}

impl FromStr for ShmName {
    type Err = MapError;

    fn from_str(name: &str) -> Result<Self, MapError> {
        Self::new(name)
    }
}

/// Removes the name of a shared memory object when it is dropped.
///
/// Made by [`Shared::create`](crate::Shared::create). It removes nothing in a forked child, nor a
/// name that is another object's by now.
///
/// # Examples
///
/// ```
/// use mman::{Shared, ShmName};
///
/// # if cfg!(target_os = "linux") {
/// let name = ShmName::new(format!("/mman-example-guard-{}", std::process::id()))?;
/// let (_shared, guard) = Shared::create(&name, 4096)?;
/// assert!(Shared::open(&name).is_ok());
/// drop(guard);
/// assert!(Shared::open(&name).is_err());
/// # }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Debug)]
#[must_use = "the name is removed when the guard is dropped"]
pub struct UnlinkGuard {
    name: ShmName,
    /// The object: its device and number.
    object: Option<(u64, u64)>,
    /// Who shall remove it; nobody, if it is kept.
    owner: Option<u32>,
}

impl UnlinkGuard {
    pub(super) fn new(name: ShmName, object: BorrowedFd<'_>) -> Self {
        Self { name, object: identity(object), owner: Some(process::id()) }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &ShmName {
        &self.name
    }

    /// Leaves the name where it is. Somebody else has to remove it.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Shared, ShmName};
    ///
    /// # if cfg!(target_os = "linux") {
    /// let name = ShmName::new(format!("/mman-example-keep-{}", std::process::id()))?;
    /// let (_shared, guard) = Shared::create(&name, 4096)?;
    /// guard.keep();
    /// assert!(Shared::open(&name).is_ok());
    /// name.unlink()?;
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    pub fn keep(mut self) {
        self.owner = None;
    }

    /// Removes the name now, and tells if that fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Shared, ShmName};
    ///
    /// # if cfg!(target_os = "linux") {
    /// let name = ShmName::new(format!("/mman-example-unlink-{}", std::process::id()))?;
    /// let (_shared, guard) = Shared::create(&name, 4096)?;
    /// assert_eq!(guard.name(), &name);
    /// guard.unlink()?;
    /// assert!(Shared::open(&name).is_err());
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `ENOENT`: the name does not exist, or is another object's by now.
    /// - `EACCES`: the caller may not remove it.
    pub fn unlink(mut self) -> Result<(), MapError> {
        self.owner = None;
        if !self.is_ours() {
            return Err(self.name.refused("unlink", Errno::ENOENT));
        }
        self.name.unlink()
    }

    fn is_ours(&self) -> bool {
        match object::open_named(self.name.as_c_str()) {
            Ok(there) => identity(there.as_fd()) == self.object,
            Err(errno) => errno != Errno::ENOENT,
        }
    }
}

impl Drop for UnlinkGuard {
    fn drop(&mut self) {
        if self.owner == Some(process::id()) && self.is_ours() {
            // Nobody is left to be told of a failure.
            let _ = self.name.unlink();
        }
    }
}
