//! Files for tests, gone on drop.

use std::{
    env,
    fs::File,
    io::Write as _,
    os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd},
    path::Path,
};

use tempfile::NamedTempFile;

use super::page;

/// An empty file on a file system with a disk behind it.
pub(crate) fn on_disk() -> NamedTempFile {
    // The build's own directory is on a disk; an ordinary user may not write to it.
    let built = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = NamedTempFile::new_in(built).or_else(|_| NamedTempFile::new_in(env::temp_dir()));
    file.unwrap()
}

/// An empty file in memory (tmpfs).
pub(crate) fn in_memory() -> NamedTempFile {
    let file = NamedTempFile::new_in("/dev/shm").unwrap();
    assert_eq!(libc::TMPFS_MAGIC as u32, file_system(file.as_file()), "/dev/shm is no tmpfs");
    file
}

/// A file on disk of so many pages, the bytes of each being its number plus 1.
pub(crate) fn pages_on_disk(pages: usize) -> NamedTempFile {
    numbered(on_disk(), pages)
}

/// A file in memory of so many pages, the bytes of each being its number plus 1.
pub(crate) fn pages_in_memory(pages: usize) -> NamedTempFile {
    numbered(in_memory(), pages)
}

fn numbered(mut file: NamedTempFile, pages: usize) -> NamedTempFile {
    for number in 1..=pages {
        let value = u8::try_from(number).unwrap();
        file.write_all(&vec![value; page()]).unwrap();
    }
    file
}

/// A time before any test ran, in seconds.
pub(crate) const LONG_AGO: i64 = 1_000_000_000;

/// Sets a file's times of access and of change to [`LONG_AGO`].
pub(crate) fn set_times_back(file: &File) {
    let then = libc::timespec { tv_sec: LONG_AGO as libc::time_t, tv_nsec: 0 };
    assert_eq!(0, unsafe { libc::futimens(file.as_raw_fd(), [then, then].as_ptr()) });
}

/// The two ends of a pipe: for reading, for writing.
pub(crate) fn pipe() -> (OwnedFd, OwnedFd) {
    let mut ends = [0; 2];
    assert_eq!(0, unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) });
    let [read, write] = ends.map(|end| unsafe { OwnedFd::from_raw_fd(end) });
    (read, write)
}

/// The file system's magic number, whose C type differs between processors.
pub(crate) fn file_system(file: &File) -> u32 {
    let mut about: libc::statfs = unsafe { std::mem::zeroed() };
    assert_eq!(0, unsafe { libc::fstatfs(file.as_raw_fd(), &mut about) });
    about.f_type as u32
}
