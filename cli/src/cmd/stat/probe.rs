//! Asking about one file.

use std::{
    ffi::OsString,
    fs::{File, Metadata, OpenOptions},
    io::{self, Seek as _, SeekFrom},
    os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Components, Path},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use mman::{
    MapError,
    errno::Errno,
    fcntl::OFlag,
    observe::{PageCache, page_cache_with},
};

use super::figures::FileId;

/// What is known of a file.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) name: OsString,
    pub(crate) size: u64,
    pub(crate) id: FileId,
    pub(crate) cached: Result<PageCache, MapError>,
}

impl Known {
    /// The components of the name, which of an argument is a whole path.
    pub(crate) fn components(&self) -> Components<'_> {
        Path::new(&self.name).components()
    }
}

/// How a path was come by.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Origin {
    /// An argument: symbolic links are followed, and what is not there is an error.
    Argument,
    /// The listing of a directory: links are not followed, and a file that has gone since, or is
    /// no file any more, is no part of the tree.
    Listing,
}

#[derive(Debug, Default)]
pub(crate) struct Prober {
    /// Whether this system is asked by way of maps. Several threads that map get in each other's
    /// way: then one at a time is faster.
    by_map: AtomicBool,
    mapping: Mutex<()>,
}

impl Prober {
    /// Asks about a file, without ever waiting for it; `None` if there is no such file any more.
    pub(crate) fn ask(
        &self,
        path: &Path,
        name: OsString,
        origin: Origin,
    ) -> io::Result<Option<Known>> {
        let mut file = match open(path, origin) {
            Err(error) if origin == Origin::Listing && has_gone(&error) => return Ok(None),
            file => file?,
        };
        let metadata = file.metadata()?;
        let kind = metadata.file_type();
        let size = match origin {
            _ if kind.is_file() => metadata.len(),
            Origin::Argument if kind.is_block_device() => file.seek(SeekFrom::End(0))?,
            Origin::Argument => return Err(io::Error::other(NO_PAGES)),
            Origin::Listing => return Ok(None),
        };
        let id = (metadata.dev(), metadata.ino());
        Ok(Some(Known { name, size, id, cached: self.cached(&file, &metadata) }))
    }

    fn cached(&self, file: &File, metadata: &Metadata) -> Result<PageCache, MapError> {
        let by_map = self.by_map.load(Ordering::Relaxed);
        let _turn = by_map.then(|| self.mapping.lock().unwrap_or_else(PoisonError::into_inner));
        let cached = page_cache_with(file, metadata);
        if cached.as_ref().is_ok_and(|cached| cached.dirty.is_none()) {
            self.by_map.store(true, Ordering::Relaxed);
        }
        cached
    }
}

/// Why a path is refused.
pub(crate) const NO_PAGES: &str = "a pipe, socket or device has no page cache";

/// Opens a file so that this neither waits nor changes it.
fn open(path: &Path, origin: Origin) -> io::Result<File> {
    // Not every system has it; only the owner of a file may ask for it.
    let quiet = OFlag::from_name("O_NOATIME").unwrap_or(OFlag::empty());
    let mut flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY | quiet;
    if origin == Origin::Listing {
        flags |= OFlag::O_NOFOLLOW;
    }
    let open = |flags: OFlag| OpenOptions::new().read(true).custom_flags(flags.bits()).open(path);
    match open(flags) {
        Err(error) if error.raw_os_error() == Some(Errno::EPERM as i32) && !quiet.is_empty() => {
            open(flags & !quiet)
        }
        file => file,
    }
}

/// Whether an error says that what was listed, or the process it tells of, is no more: also where a
/// symbolic link has taken its place.
pub(crate) fn has_gone(error: &io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_i32);
    matches!(errno, Some(Errno::ENOENT | Errno::ESRCH | Errno::ELOOP))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(path: &Path, origin: Origin) -> io::Result<Option<Known>> {
        Prober::default().ask(path, OsString::new(), origin)
    }

    #[test]
    fn a_listed_file_that_has_gone_is_no_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gone");
        assert!(ask(&path, Origin::Listing).unwrap().is_none());
        assert_eq!(ask(&path, Origin::Argument).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_listed_file_that_became_something_else_is_not_asked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("fifo");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        assert!(ask(&path, Origin::Listing).unwrap().is_none());
        assert_eq!(ask(&path, Origin::Argument).unwrap_err().to_string(), NO_PAGES);
        let [link, target] = ["link", "target"].map(|name| dir.path().join(name));
        std::fs::write(&target, "x").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(ask(&link, Origin::Listing).unwrap().is_none());
        assert_eq!(ask(&link, Origin::Argument).unwrap().unwrap().size, 1);
    }
}
