//! Files behind mapped pages: what a port owes, and what is the same on every system.
//!
//! - `file_granule(file, metadata)`: the size of the pages that maps of this file are made of.
//! - `lacks_room(file, more)`: if so many bytes cannot be had any more where the file is, the code
//!   of that, and how much there is in words. It is no error where the system does not tell.
//! - `allocated(file, range)`: how many bytes of the pages of a range have their place, where that
//!   is told.
//! - `acts_on_stores(metadata)`: whether it may be something to which a program gives orders by
//!   stores or loads, such as to write to its memory.
//! - `allocate_blocks(file, offset, len)`: the file is at least so long, and this range of it has its place
//!   on the disk; `ENOSYS` where the system, or the file system, has no such call.

use core::mem::ManuallyDrop;
use std::{
    fs::{self, File, Metadata, OpenOptions},
    io,
    os::{
        fd::{AsRawFd, BorrowedFd, FromRawFd},
        unix::fs::{FileExt, MetadataExt, OpenOptionsExt},
    },
    path::Path,
};

use crate::{
    Result,
    errno::Errno,
    fcntl::{self, OFlag},
    sys::resource::{Resource, getrlimit},
};

pub(crate) use crate::sys::unistd::read;

#[cfg(any(target_os = "freebsd", target_os = "netbsd", target_os = "dragonfly"))]
mod bsd;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod linux;
#[cfg(any(target_os = "openbsd", target_vendor = "apple"))]
mod never;
#[cfg(any(miri, mman_heap, not(any(target_os = "linux", target_os = "android"))))]
mod small;

#[cfg(any(target_os = "freebsd", target_os = "netbsd", target_os = "dragonfly"))]
pub(crate) use bsd::*;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use linux::*;
#[cfg(any(target_os = "openbsd", target_vendor = "apple"))]
pub(crate) use never::*;
// Where Linux's are there too, nothing is asked of it: no file is mapped.
#[cfg(any(miri, mman_heap, not(any(target_os = "linux", target_os = "android"))))]
pub(crate) use small::{acts_on_stores, allocated, file_granule, lacks_room};

/// A file of std for a descriptor that somebody else closes.
fn lent(file: BorrowedFd<'_>) -> ManuallyDrop<File> {
    // SAFETY: the descriptor is open while it is borrowed, and the `File` never closes it.
    ManuallyDrop::new(unsafe { File::from_raw_fd(file.as_raw_fd()) })
}

/// What std calls invalid without asking the system is a path with a zero in it.
fn errno(error: io::Error) -> Errno {
    Errno::try_from(error).unwrap_or(Errno::EINVAL)
}

/// `fstat`.
pub(crate) fn metadata(file: BorrowedFd<'_>) -> Result<Metadata> {
    lent(file).metadata().map_err(errno)
}

/// Opens a file for reading, with `write` for writing too. It does not wait for a pipe's other end.
pub(crate) fn open(path: &Path, write: bool) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(write).custom_flags(OFlag::O_NONBLOCK.bits());
    match options.open(path).map_err(errno) {
        // No pipe answers so, but a file that another process gives up first (`F_SETLEASE`).
        Err(Errno::EAGAIN) => options.custom_flags(0).open(path).map_err(errno),
        done => done,
    }
}

/// Makes a file that was not there, for reading and writing.
pub(crate) fn create_new(path: &Path) -> Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path).map_err(errno)
}

/// Removes a file that this process has made by this path, unless the path is another's by now.
///
/// No call removes what a descriptor refers to: who renames in the moment between is not noticed.
pub(crate) fn remove_made(path: &Path, made: BorrowedFd<'_>) {
    let identity = |about: Metadata| (about.dev(), about.ino());
    let made = metadata(made).map(identity).ok();
    let there = fs::symlink_metadata(path).map(identity).ok();
    if made.is_some() && made == there {
        // What went wrong before is told; that this went wrong too helps nobody.
        let _ = fs::remove_file(path);
    }
}

/// The access mode that a file was opened with.
pub(crate) fn open_mode(file: BorrowedFd<'_>) -> Result<OFlag> {
    fcntl::getfl(file).map(|flags| flags & OFlag::O_ACCMODE)
}

/// How long a file of this process may become; for a longer one it gets a signal (`SIGXFSZ`).
pub(crate) fn largest_file() -> u64 {
    getrlimit(Resource::RLIMIT_FSIZE).map_or(u64::MAX, |limit| limit.rlim_cur)
}

/// Writes zeros to a range of a file.
pub(crate) fn write_zeros(file: BorrowedFd<'_>, offset: u64, len: u64) -> Result<()> {
    static ZEROS: [u8; 1 << 16] = [0; 1 << 16];
    let (file, end) = (lent(file), offset.saturating_add(len));
    let mut at = offset;
    while at < end {
        let rest = usize::try_from(end - at).unwrap_or(usize::MAX);
        let (zeros, _) = ZEROS.split_at(rest.min(ZEROS.len()));
        file.write_all_at(zeros, at).map_err(errno)?;
        at += zeros.len() as u64;
    }
    Ok(())
}

/// Waits until all that was written to a file would survive a loss of power.
pub(crate) fn sync(file: BorrowedFd<'_>) -> Result<()> {
    // On Apple's systems std flushes the disk's own cache, as `fsync` there does not.
    lent(file).sync_data().map_err(errno)
}

#[cfg(test)]
mod tests {
    use std::{env, format, os::fd::AsFd, process};

    use super::*;

    #[test]
    fn only_what_was_made_is_removed() {
        let folder = env::temp_dir().join(format!("mman-made-{}", process::id()));
        fs::create_dir(&folder).unwrap();
        let (path, elsewhere) = (folder.join("made"), folder.join("elsewhere"));
        let made = create_new(&path).unwrap();
        // Somebody renames it, and makes another file, or a link to the one that was made.
        fs::rename(&path, &elsewhere).unwrap();
        remove_made(&path, made.as_fd());
        assert!(elsewhere.exists());
        fs::write(&path, "another's").unwrap();
        remove_made(&path, made.as_fd());
        assert_eq!("another's", fs::read_to_string(&path).unwrap());
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
        remove_made(&path, made.as_fd());
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink() && elsewhere.exists());
        fs::remove_file(&path).unwrap();
        fs::rename(&elsewhere, &path).unwrap();
        remove_made(&path, made.as_fd());
        assert!(!path.exists());
        fs::remove_dir(&folder).unwrap();
    }
}
