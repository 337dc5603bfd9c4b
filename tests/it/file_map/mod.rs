//! `MappedFile`: the four kinds of file maps, by what is in the memory and in the file.

mod allocate;
mod convert;
mod create;
mod errors;
mod huge;
mod oracle;
mod peers;
mod policies;
mod prefault;
mod protect;
mod quota;
mod random;
mod resize;
mod verbs;
mod write;

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    os::{fd::AsFd, unix::fs::FileExt as _},
    path::Path,
};

use mman::{
    Chunks, Contents, FileMap, FileMapCow, FileMapExec, FileMapMut, FileProtectGuard, MapCursor,
    MapError, MapOptions, MappedFile,
    access::{Access, CopyOnWrite, Executable, ReadOnly, ReadWrite, Writable},
};
use tempfile::NamedTempFile;

use crate::util::{page, temp};

/// Threads may share and take all of them: they hold addresses, and what is done with these through
/// a shared reference is left to the system, which any thread may ask. A guard has the map, and lends
/// it by shared references only; chunks and cursors are a reference to it, and a buffer of their own.
#[test]
fn they_go_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<FileMap>();
    check::<FileMapMut>();
    check::<FileMapCow>();
    check::<FileMapExec>();
    fn with<A: Access>()
    where
        for<'a> FileProtectGuard<'a, A>: Send + Sync,
        for<'a> Chunks<'a, A>: Send + Sync,
        for<'a> MapCursor<'a, A>: Send + Sync,
    {
    }
    with::<ReadOnly>();
    with::<ReadWrite>();
    with::<CopyOnWrite>();
    with::<Executable>();
    // Bytes of its own, or a map.
    check::<Contents>();
}

/// A byte that tells where in a file it is: neighbouring pages, and bytes, differ.
fn mark(at: u64) -> u8 {
    (at % 251) as u8
}

/// A file on disk of so many bytes, each of which tells where it is.
fn marked(len: usize) -> NamedTempFile {
    let mut file = temp::on_disk();
    let bytes: Vec<_> = (0..len as u64).map(mark).collect();
    file.write_all(&bytes).unwrap();
    file
}

/// The same in memory.
fn marked_in_memory(len: usize) -> NamedTempFile {
    let mut file = temp::in_memory();
    let bytes: Vec<_> = (0..len as u64).map(mark).collect();
    file.write_all(&bytes).unwrap();
    file
}

/// A map whose first byte is 10 bytes into a page, over the pages 1 to 3 of a file of 5.
fn three_pages(file: &NamedTempFile) -> FileMap {
    let size = page() as u64;
    MapOptions::new().file(file, size + 10..4 * size - 10).unwrap()
}

/// The same file open for reading only.
fn read_only(file: &NamedTempFile) -> File {
    File::open(file.path()).unwrap()
}

/// The same file open for writing only.
fn write_only(path: &Path) -> File {
    OpenOptions::new().write(true).open(path).unwrap()
}

/// What a file holds, not by way of a map.
fn contents(file: &File) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(file.metadata().unwrap().len()).unwrap()];
    file.read_exact_at(&mut bytes, 0).unwrap();
    bytes
}

/// All bytes that a map shows; no test changes its file at the same time.
fn shown<A: Access>(map: &MappedFile<A>) -> &[u8] {
    unsafe { map.as_slice() }
}

fn get<A: Access>(map: &MappedFile<A>, at: usize) -> u8 {
    assert!(at < map.len());
    unsafe { map.as_ptr().add(at).read_volatile() }
}

fn set<A: Writable>(map: &MappedFile<A>, at: usize, value: u8) {
    assert!(at < map.len());
    unsafe { map.as_mut_ptr().add(at).write_volatile(value) };
}

/// Whether a map shows what is at this place of a marked file.
fn is_marked<A: Access>(map: &MappedFile<A>) -> bool {
    let from = map.file_offset();
    shown(map).iter().zip(from..).all(|(byte, at)| *byte == mark(at))
}

/// The text of an error.
#[track_caller]
fn text<T: std::fmt::Debug>(result: Result<T, MapError>) -> String {
    result.unwrap_err().to_string()
}

/// The text of an error that gives a value back.
#[track_caller]
fn returned<T: std::fmt::Debug, V>(result: Result<T, (V, MapError)>) -> (V, String) {
    let (value, error) = result.map(|_| ()).unwrap_err();
    (value, error.to_string())
}

/// A file in memory without a name, which may be sealed.
fn memfd() -> File {
    use std::os::fd::FromRawFd as _;
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING;
    let fd = unsafe { libc::memfd_create(c"test".as_ptr(), flags) };
    assert!(fd >= 0, "{}", std::io::Error::last_os_error());
    unsafe { File::from_raw_fd(fd) }
}

fn seal(file: impl AsFd, seals: i32) {
    use std::os::fd::AsRawFd as _;
    let fd = file.as_fd().as_raw_fd();
    assert_eq!(0, unsafe { libc::fcntl(fd, libc::F_ADD_SEALS, seals) });
}
