//! `mman::sys::pidfd`: processes as file descriptors.

use std::os::fd::{AsRawFd as _, BorrowedFd};

use mman::{
    errno::Errno,
    sys::{
        pidfd::{PIDFD_SELF, PIDFD_SELF_PROCESS, PidfdFlags, pidfd_open},
        syscall,
    },
};

use crate::util::{child::in_child, seccomp::passes_on, unprivileged::limit};

fn own(flags: PidfdFlags) -> mman::Result<std::os::fd::OwnedFd> {
    pidfd_open(std::process::id() as i32, flags)
}

/// Sends no signal: tells whether the descriptor is of a process that is there.
fn alive(pidfd: BorrowedFd<'_>) -> mman::Result<()> {
    let null = std::ptr::null::<libc::siginfo_t>();
    let fd = pidfd.as_raw_fd();
    Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, 0, null, 0) }).map(drop)
}

#[test]
fn it_is_the_process_and_is_closed_on_exec() {
    use std::os::fd::AsFd as _;
    let pidfd = own(PidfdFlags::empty()).unwrap();
    assert_eq!(Ok(()), alive(pidfd.as_fd()));
    let fd = pidfd.as_raw_fd();
    assert_eq!(libc::FD_CLOEXEC, unsafe { libc::fcntl(fd, libc::F_GETFD) });
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{fd}")).unwrap();
    assert!(info.contains(&format!("Pid:\t{}\n", std::process::id())), "{info}");
}

#[test]
fn a_process_that_has_ended_stays_that_one() {
    use std::os::fd::AsFd as _;
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        unsafe { libc::_exit(0) };
    }
    let pidfd = pidfd_open(pid, PidfdFlags::empty()).unwrap();
    assert_eq!(pid, unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) });
    assert_eq!(Err(Errno::ESRCH), alive(pidfd.as_fd()));
    assert_eq!(Errno::ESRCH, pidfd_open(pid, PidfdFlags::empty()).unwrap_err());
}

#[test]
fn nonblock_and_thread() {
    if have!("linux-5.10") {
        let pidfd = own(PidfdFlags::PIDFD_NONBLOCK).unwrap();
        let flags = unsafe { libc::fcntl(pidfd.as_raw_fd(), libc::F_GETFL) };
        assert_eq!(libc::O_NONBLOCK, flags & libc::O_NONBLOCK);
    }
    if have!("linux-6.9") {
        // The thread of the test does not lead its process.
        let tid = unsafe { libc::gettid() };
        assert_ne!(tid, std::process::id() as i32);
        pidfd_open(tid, PidfdFlags::PIDFD_THREAD).unwrap();
        let refused = pidfd_open(tid, PidfdFlags::empty()).unwrap_err();
        assert!([Errno::EINVAL, Errno::ENOENT].contains(&refused), "{refused}");
    }
}

#[test]
fn the_names_of_oneself() {
    if !have!("linux-6.14") {
        return;
    }
    assert_eq!(Ok(()), alive(PIDFD_SELF));
    if have!("linux-6.17") {
        assert_eq!(Ok(()), alive(PIDFD_SELF_PROCESS));
    }
    // They are no descriptors.
    assert_eq!(Some(libc::EBADF), PIDFD_SELF.try_clone_to_owned().unwrap_err().raw_os_error());
}

#[test]
fn arguments() {
    for pid in [0, -1] {
        assert_eq!(Errno::EINVAL, pidfd_open(pid, PidfdFlags::empty()).unwrap_err());
    }
    assert_eq!(Errno::ESRCH, pidfd_open(i32::MAX, PidfdFlags::empty()).unwrap_err());
    assert_eq!(Errno::EINVAL, own(PidfdFlags::from_bits_retain(1)).unwrap_err());
    in_child(|| {
        let next = own(PidfdFlags::empty()).unwrap().as_raw_fd();
        limit(libc::RLIMIT_NOFILE, next as usize);
        assert_eq!(Errno::EMFILE, own(PidfdFlags::empty()).unwrap_err());
    });
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    passes_on(syscall::SYS_pidfd_open, || own(PidfdFlags::empty()));
}
