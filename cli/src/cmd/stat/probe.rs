//! Asking about one file.

use std::{
    ffi::OsStr,
    fs::{File, Metadata},
    io::{self, Seek as _, SeekFrom},
    ops::Range,
    os::unix::fs::{FileTypeExt as _, MetadataExt as _},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use mman::{
    MapError,
    errno::Errno,
    fcntl::OFlag,
    observe::{page_cache_at_once, page_cache_range},
};
use rustix::{
    fs::{CWD, Dir, Mode, OFlags, openat},
    io::retry_on_intr,
};

use super::{
    figures::{Figures, FileId},
    pieces::{self, Idle},
};

/// What is known of a file.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) id: FileId,
    pub(crate) figures: Figures,
    /// Why only the size is known, if so.
    pub(crate) unknown: Option<MapError>,
}

/// How a name was come by.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Origin<'a> {
    /// An argument: symbolic links are followed, and what is not there is an error.
    Argument,
    /// The listing of this directory: links are not followed, and a file that has gone since, or is
    /// no file any more, is no part of the tree.
    Listing(&'a Dir),
}

#[derive(Debug)]
pub(crate) struct Prober {
    page_size: u64,
    /// Whether this system is asked by way of maps. Several threads that map get in each other's
    /// way: then one at a time is faster.
    by_map: AtomicBool,
    mapping: Mutex<()>,
    pub(crate) idle: Idle,
}

impl Prober {
    pub(crate) fn new(idle: Idle) -> Self {
        let (by_map, mapping) = (AtomicBool::new(false), Mutex::new(()));
        Self { page_size: mman::page_size() as u64, by_map, mapping, idle }
    }

    /// Asks about a file, without ever waiting for it; `None` if there is no such file any more.
    pub(crate) fn ask(&self, name: &OsStr, origin: Origin<'_>) -> io::Result<Option<Known>> {
        let mut file = match (open(name, origin), origin) {
            (Err(error), Origin::Listing(_)) if has_gone(&error) => return Ok(None),
            (file, _) => file?,
        };
        let metadata = file.metadata()?;
        let kind = metadata.file_type();
        let size = match origin {
            _ if kind.is_file() => metadata.len(),
            Origin::Argument if kind.is_block_device() => file.seek(SeekFrom::End(0))?,
            Origin::Argument => return Err(io::Error::other(NO_PAGES)),
            Origin::Listing(_) => return Ok(None),
        };
        let (figures, unknown) = match self.figures(&file, &metadata, size) {
            Ok(figures) => (figures, None),
            Err(error) => (Figures::new(size, None, self.page_size), Some(error)),
        };
        Ok(Some(Known { id: (metadata.dev(), metadata.ino()), figures, unknown }))
    }

    fn figures(&self, file: &File, metadata: &Metadata, size: u64) -> Result<Figures, MapError> {
        let of = |range: Range<u64>| {
            let cached = page_cache_range(file, metadata, range.clone())?;
            let size = range.end.min(size).saturating_sub(range.start);
            Ok(Figures::new(size, Some(&cached), self.page_size))
        };
        let by_map = self.by_map.load(Ordering::Relaxed);
        let _turn = by_map.then(|| self.mapping.lock().unwrap_or_else(PoisonError::into_inner));
        let in_pieces = pieces::are_in(size) && !by_map;
        let at_once = if in_pieces { page_cache_at_once(file, metadata)? } else { None };
        let figures = match at_once {
            Some(cached) => Ok(Figures::new(size, Some(&cached), self.page_size)),
            // What cannot be told of a piece may be told of the whole.
            None if in_pieces => pieces::sum(size, &self.idle, of).or_else(|_| of(0..u64::MAX)),
            None => of(0..u64::MAX),
        };
        if figures.as_ref().is_ok_and(|figures| figures.dirty.is_none()) {
            self.by_map.store(true, Ordering::Relaxed);
        }
        figures
    }
}

/// Why a path is refused.
pub(crate) const NO_PAGES: &str = "a pipe, socket or device has no page cache";

/// Opens a file so that this neither waits nor changes it.
fn open(name: &OsStr, origin: Origin<'_>) -> io::Result<File> {
    // Not every system has it; only the owner of a file may ask for it.
    let quiet = OFlag::from_name("O_NOATIME").unwrap_or(OFlag::empty());
    let quiet = OFlags::from_bits_retain(quiet.bits() as u32);
    let always = OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let (at, flags) = match origin {
        Origin::Argument => (CWD, always),
        Origin::Listing(dir) => (dir.fd()?, always | OFlags::NOFOLLOW),
    };
    let open = |flags| retry_on_intr(|| openat(at, name, flags, Mode::empty()));
    let file = match open(flags | quiet) {
        Err(rustix::io::Errno::PERM) if !quiet.is_empty() => open(flags),
        file => file,
    };
    Ok(File::from(file?))
}

/// Whether an error says that what was listed, or the process it tells of, is no more: also where
/// something else has taken its place, which is said of a symbolic link in four ways.
pub(crate) fn has_gone(error: &io::Error) -> bool {
    const GONE: [&str; 6] = ["ENOENT", "ESRCH", "ENOTDIR", "ELOOP", "EMLINK", "EFTYPE"];
    // By name, for not every system has each.
    let errno = error.raw_os_error().map(Errno::from_i32);
    errno.is_some_and(|errno| GONE.contains(&errno.name()))
}

#[cfg(test)]
mod tests {
    use super::{super::listing, *};

    fn ask(name: impl AsRef<OsStr>, origin: Origin<'_>) -> io::Result<Option<Known>> {
        Prober::new(Idle::new(0)).ask(name.as_ref(), origin)
    }

    #[test]
    fn a_listed_file_that_has_gone_is_no_error() {
        let dir = tempfile::tempdir().unwrap();
        let open = listing::open(dir.path(), false).unwrap();
        assert!(ask("gone", Origin::Listing(&open)).unwrap().is_none());
        let error = ask(dir.path().join("gone"), Origin::Argument).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_listed_file_that_became_something_else_is_not_asked() {
        let dir = tempfile::tempdir().unwrap();
        let open = listing::open(dir.path(), false).unwrap();
        let [fifo, link, target] = ["fifo", "link", "target"].map(|name| dir.path().join(name));
        rustix::fs::mknodat(CWD, &fifo, rustix::fs::FileType::Fifo, Mode::RUSR, 0).unwrap();
        assert!(ask("fifo", Origin::Listing(&open)).unwrap().is_none());
        assert_eq!(ask(&fifo, Origin::Argument).unwrap_err().to_string(), NO_PAGES);
        std::fs::write(&target, "x").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(ask("link", Origin::Listing(&open)).unwrap().is_none());
        assert_eq!(ask(&link, Origin::Argument).unwrap().unwrap().figures.size, 1);
    }
}
