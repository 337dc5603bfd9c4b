//! What the tests share: files whose pages vanish, and children.

use std::{
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
    panic::{self, AssertUnwindSafe},
    ptr, thread,
    time::{Duration, Instant},
    vec,
    vec::Vec,
};

use crate::guarded::{Broken, Why};

pub(super) fn page() -> usize {
    crate::page_size()
}

/// A file in memory, mapped shared; the last of its pages, or all, are cut off at will.
#[derive(Debug)]
pub(super) struct Map {
    pub(super) file: OwnedFd,
    start: *mut u8,
    pub(super) len: usize,
}

impl Map {
    /// So many pages, of which each byte is told by [`value`].
    pub(super) fn new(pages: usize) -> Self {
        let map = Self::of_pages(pages, page(), 0);
        map.refill();
        map
    }

    /// So many pages of this size, empty.
    pub(super) fn of_pages(pages: usize, size: usize, flags: u32) -> Self {
        let file = unsafe { libc::memfd_create(c"mman-test".as_ptr(), libc::MFD_CLOEXEC | flags) };
        assert!(file >= 0, "{}", std::io::Error::last_os_error());
        let file = unsafe { OwnedFd::from_raw_fd(file) };
        let len = pages * size;
        let prot = libc::PROT_READ | libc::PROT_WRITE;
        assert_eq!(0, unsafe { libc::ftruncate(file.as_raw_fd(), len.try_into().unwrap()) });
        let fd = file.as_raw_fd();
        let start = unsafe { libc::mmap(ptr::null_mut(), len, prot, libc::MAP_SHARED, fd, 0) };
        assert_ne!(libc::MAP_FAILED, start, "{}", std::io::Error::last_os_error());
        Self { file, start: start.cast(), len }
    }

    /// Changes the size of the file, in bytes.
    pub(super) fn resize(&self, len: usize) {
        let len = len.try_into().unwrap();
        assert_eq!(0, unsafe { libc::ftruncate(self.file.as_raw_fd(), len) });
    }

    /// Gives the file all of its pages, with the values of [`value`].
    pub(super) fn refill(&self) {
        self.resize(self.len);
        let bytes: Vec<u8> = (0..self.len).map(value).collect();
        let fd = self.file.as_raw_fd();
        let done = unsafe { libc::pwrite(fd, bytes.as_ptr().cast(), self.len, 0) };
        assert_eq!(self.len, done.try_into().unwrap());
    }

    pub(super) fn at(&self, offset: usize) -> *mut u8 {
        self.start.wrapping_add(offset)
    }

    /// What the file holds, not by way of the map.
    pub(super) fn contents(&self, offset: usize, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        let (fd, offset) = (self.file.as_raw_fd(), offset.try_into().unwrap());
        let done = unsafe { libc::pread(fd, bytes.as_mut_ptr().cast(), len, offset) };
        bytes.truncate(done.try_into().unwrap());
        bytes
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        unsafe { libc::munmap(self.start.cast(), self.len) };
    }
}

/// The byte at this offset of a map: none is zero, and neighbours and pages differ.
pub(super) fn value(offset: usize) -> u8 {
    u8::try_from(offset % 251 + 1).unwrap()
}

/// The error of an access that has ended after so many bytes since the page is gone.
pub(super) fn gone(done: usize) -> Result<(), Broken> {
    Err(Broken { done, why: Why::Gone })
}

/// How a child ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum End {
    /// 0 when the closure returned.
    Exited(i32),
    Killed(i32),
    TimedOut,
}

/// Runs `f` in a child. A panic there is an exit code of 101, and its message goes to the standard
/// error.
pub(super) fn child(f: impl FnOnce()) -> End {
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "fork: {}", std::io::Error::last_os_error());
    if pid == 0 {
        let no_core = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        unsafe { libc::setrlimit(libc::RLIMIT_CORE, &no_core) };
        let done = panic::catch_unwind(AssertUnwindSafe(f));
        unsafe { libc::_exit(if done.is_ok() { 0 } else { 101 }) }
    }
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let mut status = 0;
        let got = unsafe { libc::waitpid(pid, &mut status, libc::WNOHANG) };
        if got == pid {
            return if libc::WIFEXITED(status) {
                End::Exited(libc::WEXITSTATUS(status))
            } else {
                End::Killed(libc::WTERMSIG(status))
            };
        }
        if Instant::now() > end {
            unsafe { libc::kill(pid, libc::SIGKILL) };
            unsafe { libc::waitpid(pid, &mut status, 0) };
            return End::TimedOut;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Runs `f` in a child, and fails if that fails.
#[track_caller]
pub(super) fn in_child(f: impl FnOnce()) {
    assert_eq!(End::Exited(0), child(f));
}
