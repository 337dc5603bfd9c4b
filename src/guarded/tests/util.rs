//! What the tests share: files whose pages vanish, and children.

use std::{
    format, fs,
    io::Write as _,
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
    panic::{self, AssertUnwindSafe},
    ptr,
    string::{String, ToString as _},
    thread,
    time::{Duration, Instant},
    vec,
    vec::Vec,
};

use crate::guarded::{Broken, Why};

/// Whether accesses are assembly, which faults, or the kernel's work.
pub(super) const ASSEMBLY: bool = cfg!(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64",
    target_endian = "little",
    not(mman_guarded_fallback)
));

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

// SAFETY: threads of a test share its memory through guarded accesses only, or know what they do.
unsafe impl Sync for Map {}
// SAFETY: as above.
unsafe impl Send for Map {}

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
        self.put(0, self.len);
    }

    /// Puts the values of [`value`] into so many bytes of the file.
    pub(super) fn put(&self, offset: usize, len: usize) {
        let bytes = values(offset, len);
        let (fd, offset) = (self.file.as_raw_fd(), offset.try_into().unwrap());
        let done = unsafe { libc::pwrite(fd, bytes.as_ptr().cast(), len, offset) };
        assert_eq!(len, done.try_into().unwrap());
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

/// The bytes of so many offsets from this one on.
pub(super) fn values(offset: usize, len: usize) -> Vec<u8> {
    let first: Vec<u8> = (offset..offset + len.min(251)).map(value).collect();
    let mut bytes = Vec::with_capacity(len + first.len());
    while bytes.len() < len {
        bytes.extend_from_slice(&first);
    }
    bytes.truncate(len);
    bytes
}

/// How many operations a test of many makes: fewer on an emulated machine.
pub(super) fn operations(count: usize) -> usize {
    if std::env::var_os("MMAN_TEST_SLOW").is_some() { count / 20 } else { count }
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
    let slow = std::env::var("MMAN_TEST_SLOW").map_or(1, |slow| slow.parse().unwrap());
    let end = Instant::now() + Duration::from_secs(60 * slow);
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

/// From here on, this system call of this process fails with `errno`. For a child only.
pub(super) fn deny(call: libc::c_long, errno: i32) {
    const LOAD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
    const JUMP_EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
    const RETURN: u32 = libc::BPF_RET | libc::BPF_K;
    let op = |code: u32, jt, k| libc::sock_filter { code: code.try_into().unwrap(), jt, jf: 0, k };
    let (call, errno) = (u32::try_from(call).unwrap(), u32::try_from(errno).unwrap());
    // `struct seccomp_data` starts with the number of the call.
    let mut program = [
        op(LOAD, 0, 0),
        op(JUMP_EQUAL, 1, call),
        op(RETURN, 0, libc::SECCOMP_RET_ALLOW),
        op(RETURN, 0, libc::SECCOMP_RET_ERRNO | errno),
    ];
    let filter = libc::sock_fprog { len: 4, filter: program.as_mut_ptr() };
    unsafe {
        assert_eq!(0, libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        assert_eq!(0, libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &filter));
    }
}

/// So many free huge pages of 2 MiB until drop; `None` is a skip.
///
/// The other tests take the pool under the same lock, that on the setting's file.
pub(super) fn huge_pages(count: usize) -> Option<Pool> {
    const FOLDER: &str = "/sys/kernel/mm/hugepages/hugepages-2048kB";
    let read = |name: &str| -> Option<usize> {
        fs::read_to_string(format!("{FOLDER}/{name}")).ok()?.trim().parse().ok()
    };
    let path = format!("{FOLDER}/nr_hugepages");
    let Ok(lock) = fs::File::open(&path) else {
        return lacking("hugepages-2m", "the machine has no pages of this size");
    };
    assert_eq!(0, unsafe { libc::flock(lock.as_raw_fd(), libc::LOCK_EX) });
    let pool = Pool { lock, path, before: read("nr_hugepages").unwrap() };
    let free = || read("free_hugepages").unwrap().saturating_sub(read("resv_hugepages").unwrap());
    if free() < count {
        let _ = fs::write(&pool.path, (pool.before + count - free()).to_string());
    }
    if free() < count {
        return lacking("hugepages-2m", &format!("{} of {count} are free", free()));
    }
    Some(pool)
}

/// Gives the pool the size that it had.
#[derive(Debug)]
pub(super) struct Pool {
    lock: fs::File,
    path: String,
    before: usize,
}

impl Drop for Pool {
    fn drop(&mut self) {
        let _ = fs::write(&self.path, self.before.to_string());
        unsafe { libc::flock(self.lock.as_raw_fd(), libc::LOCK_UN) };
    }
}

/// Says what is lacking, or fails if that is required; see the capabilities in `tests/it/util`.
fn lacking<T>(name: &str, why: &str) -> Option<T> {
    let required = std::env::var("MMAN_TEST_REQUIRE").unwrap_or_default();
    let is_required = required.split(',').any(|word| word == "all" || word == name);
    assert!(!is_required, "MMAN_TEST_REQUIRE={required}, but {name} is lacking: {why}");
    let _ = writeln!(std::io::stderr(), "skipped: {name}: {why}");
    None
}
