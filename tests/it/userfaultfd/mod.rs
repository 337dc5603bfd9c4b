//! `sys::userfaultfd`.
//!
//! Each test is a child process with a time limit, as an access that nobody resolves waits for
//! ever. There, threads make the accesses and the main thread resolves them.

mod create;
mod errors;
mod events;
mod resolve;

use std::{
    fs,
    os::fd::{AsRawFd as _, OwnedFd},
    thread,
    time::Duration,
};

use mman::sys::userfaultfd::*;

use crate::util::{
    capability::lacking,
    map::Area,
    page,
    thread::{Thread, spawn},
};

const MISSING: UffdioRegisterMode = UffdioRegisterMode::UFFDIO_REGISTER_MODE_MISSING;
const WP: UffdioRegisterMode = UffdioRegisterMode::UFFDIO_REGISTER_MODE_WP;
const MINOR: UffdioRegisterMode = UffdioRegisterMode::UFFDIO_REGISTER_MODE_MINOR;

/// For user code only, so that no privilege is needed; reading does not wait.
const FLAGS: UserfaultfdFlags = UserfaultfdFlags::O_CLOEXEC
    .union(UserfaultfdFlags::O_NONBLOCK)
    .union(UserfaultfdFlags::UFFD_USER_MODE_ONLY);

/// Memory with a userfaultfd on it. That is dropped first: `munmap` could wait for it.
struct Watched {
    uffd: OwnedFd,
    area: Area,
}

impl Watched {
    fn new(area: Area, features: UffdFeatures, mode: UffdioRegisterMode) -> Self {
        let watched = Self { uffd: open(features), area };
        watched.register(mode);
        watched
    }

    /// Missing pages of private anonymous memory.
    fn missing(pages: usize, features: UffdFeatures) -> Self {
        Self::new(Area::anon(pages), features, MISSING)
    }

    fn register(&self, mode: UffdioRegisterMode) -> UffdIoctls {
        unsafe { uffdio_register(&self.uffd, self.at(0), self.len(), mode) }.unwrap()
    }

    /// The address of a page.
    fn at(&self, number: usize) -> u64 {
        self.area.page(number) as u64
    }

    fn len(&self) -> u64 {
        self.area.len() as u64
    }

    /// Copies pages of this byte to these pages.
    fn copy(&self, number: usize, pages: usize, value: u8) -> mman::Result<u64> {
        copy(&self.uffd, self.at(number), pages, value)
    }

    /// The next message, which must be about a fault: flags and page.
    #[track_caller]
    fn fault(&self) -> (UffdPagefaultFlags, usize) {
        match message(&self.uffd) {
            UffdMsg::Pagefault { flags, address, ptid: 0 } => {
                assert_eq!(0, address % size());
                (flags, ((address - self.at(0)) / size()) as usize)
            }
            other => panic!("{other:?}"),
        }
    }
}

fn size() -> u64 {
    page() as u64
}

fn copy(uffd: &OwnedFd, dst: u64, pages: usize, value: u8) -> mman::Result<u64> {
    let content = vec![value; pages * page()];
    let len = content.len() as u64;
    unsafe { uffdio_copy(uffd, dst, content.as_ptr().cast(), len, UffdioCopyMode::empty()) }
}

/// A userfaultfd after the handshake.
fn open(features: UffdFeatures) -> OwnedFd {
    let uffd = userfaultfd(FLAGS).unwrap();
    uffdio_api(&uffd, features).unwrap();
    uffd
}

/// Whether this kernel has the features; says which it lacks, or fails if that is required.
fn offers(features: UffdFeatures) -> bool {
    let there = uffdio_api(userfaultfd(FLAGS).unwrap(), UffdFeatures::empty()).unwrap().features;
    let lacks = features - there;
    lacks.is_empty() || lacking("userfaultfd", &format!("the kernel has no {lacks}"))
}

/// The next message.
#[track_caller]
fn message(uffd: &OwnedFd) -> UffdMsg {
    wait_for_message(uffd);
    unsafe { read_uffd_msg(uffd) }.unwrap()
}

fn wait_for_message(uffd: &OwnedFd) {
    let mut poll = libc::pollfd { fd: uffd.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    assert_eq!(1, unsafe { libc::poll(&mut poll, 1, -1) });
    assert_eq!(libc::POLLIN, poll.revents);
}

/// Waits until so many faults wait, read or not.
fn wait_for_faults(uffd: &OwnedFd, count: usize) {
    let path = format!("/proc/self/fdinfo/{}", uffd.as_raw_fd());
    let line = format!("total:\t{count}\n");
    while !fs::read_to_string(&path).unwrap().contains(&line) {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Reads a byte in a new thread.
fn reader(address: u64) -> Thread<u8> {
    spawn(move || unsafe { (address as *const u8).read_volatile() })
}

/// Writes a byte in a new thread.
fn writer(address: u64, value: u8) -> Thread<()> {
    spawn(move || unsafe { (address as *mut u8).write_volatile(value) })
}

/// Whether the thread still waits after a while.
fn waits<T>(thread: &Thread<T>) -> bool {
    thread::sleep(Duration::from_millis(60));
    !thread.is_finished()
}

/// Pages' bit in `/proc/self/pagemap` of a write protection.
fn protected(area: &Area) -> Vec<bool> {
    area.pagemap().into_iter().map(|entry| entry >> 57 & 1 == 1).collect()
}

fn memfd(pages: usize) -> OwnedFd {
    use std::os::fd::FromRawFd as _;
    let fd = unsafe { libc::memfd_create(c"userfaultfd".as_ptr(), libc::MFD_CLOEXEC) };
    assert!(fd >= 0);
    assert_eq!(0, unsafe { libc::ftruncate(fd, (pages * page()) as libc::off_t) });
    unsafe { OwnedFd::from_raw_fd(fd) }
}
