//! `mman::sys::uio`: memory of other processes.

use std::{
    io::{IoSlice, IoSliceMut},
    ptr,
};

use mman::{
    errno::Errno,
    sys::{
        mman::{MemFdFlags, memfd_create},
        uio::{RemoteIoVec, process_vm_readv, process_vm_writev},
    },
};

use crate::util::{
    child::in_child, map::Area, page, seccomp::passes_on, temp, unprivileged::become_nobody,
};

fn own() -> i32 {
    std::process::id() as i32
}

fn range(area: &Area, offset: usize, len: usize) -> RemoteIoVec {
    RemoteIoVec { base: area.at(offset).addr(), len }
}

/// A forked process that waits, and is killed on drop.
struct Other {
    pid: i32,
    _end: std::os::fd::OwnedFd,
}

impl Other {
    fn fork() -> Self {
        let (wait, end) = temp::pipe();
        let pid = unsafe { libc::fork() };
        assert!(pid >= 0);
        if pid == 0 {
            drop(end);
            unsafe {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                let mut byte = 0_u8;
                libc::read(std::os::fd::AsRawFd::as_raw_fd(&wait), (&raw mut byte).cast(), 1);
                libc::_exit(0);
            }
        }
        Self { pid, _end: end }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        unsafe {
            libc::kill(self.pid, libc::SIGKILL);
            libc::waitpid(self.pid, ptr::null_mut(), 0);
        }
    }
}

#[test]
fn ranges_of_another_process_are_read_and_written() {
    let area = Area::anon(2);
    area.fill(0..1, 1);
    area.fill(1..2, 2);
    let other = Other::fork();
    // What the parent writes now is not the child's.
    area.fill(0..2, 9);
    let across = [range(&area, page() - 3, 6), range(&area, 0, 2)];
    let (mut first, mut second) = ([0; 4], [0; 4]);
    let mut local = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
    assert_eq!(Ok(8), process_vm_readv(other.pid, &mut local, &across));
    assert_eq!(([1, 1, 1, 2], [2, 2, 1, 1]), (first, second));

    let local = [IoSlice::new(&[3, 4]), IoSlice::new(&[5, 6, 7])];
    let remote = [range(&area, 10, 4), range(&area, 20, 9)];
    assert_eq!(Ok(5), unsafe { process_vm_writev(other.pid, &local, &remote) });
    let mut back = [0; 12];
    let all = [range(&area, 9, 12)];
    assert_eq!(Ok(12), process_vm_readv(other.pid, &mut [IoSliceMut::new(&mut back)], &all));
    assert_eq!([1, 3, 4, 5, 6, 1, 1, 1, 1, 1, 1, 7], back);
    assert!(area.holds(0..2, 9));
}

#[test]
fn the_copy_ends_at_the_first_page_that_is_not_there() {
    let area = Area::anon(1);
    area.fill(0..1, 7);
    let mut bytes = vec![0; 2 * page()];
    let mut local = [IoSliceMut::new(&mut bytes)];
    // Behind the area is a page without rights.
    let remote = [range(&area, 1, 2 * page() - 1)];
    assert_eq!(Ok(page() - 1), process_vm_readv(own(), &mut local, &remote));
    assert!(bytes[..page() - 1].iter().all(|byte| *byte == 7));
    assert!(bytes[page() - 1..].iter().all(|byte| *byte == 0));
    let mut local = [IoSliceMut::new(&mut bytes)];
    let behind = [range(&area, page(), 1)];
    assert_eq!(Err(Errno::EFAULT), process_vm_readv(own(), &mut local, &behind));
    assert_eq!(Err(Errno::EFAULT), unsafe {
        process_vm_writev(own(), &[IoSlice::new(&[1])], &behind)
    });
}

#[test]
fn what_cannot_be_written_is_not() {
    let file = memfd_create(c"uio", MemFdFlags::MFD_CLOEXEC).unwrap();
    std::fs::File::from(file.try_clone().unwrap()).set_len(page() as u64).unwrap();
    let area = Area::reserve(1);
    area.place(libc::PROT_READ, libc::MAP_SHARED, std::os::fd::AsRawFd::as_raw_fd(&file));
    let remote = [range(&area, 0, 1)];
    let written = unsafe { process_vm_writev(own(), &[IoSlice::new(&[1])], &remote) };
    assert_eq!(Err(Errno::EFAULT), written);
    let mut byte = [1];
    assert_eq!(Ok(1), process_vm_readv(own(), &mut [IoSliceMut::new(&mut byte)], &remote));
    assert_eq!([0], byte);
}

#[test]
fn how_it_fails() {
    let mut byte = [0];
    let place = RemoteIoVec { base: byte.as_ptr().addr(), len: 1 };
    let mut read = |pid, remote: &[RemoteIoVec]| {
        process_vm_readv(pid, &mut [IoSliceMut::new(&mut byte)], remote)
    };
    assert_eq!(Ok(1), read(own(), &[place]));
    assert_eq!(Ok(0), read(own(), &[]));
    // No process has the highest number.
    assert_eq!(Err(Errno::ESRCH), read(i32::MAX, &[place]));
    assert_eq!(Err(Errno::EINVAL), read(own(), &[place; 1025]));
    let much = RemoteIoVec { len: usize::MAX, ..place };
    assert_eq!(Err(Errno::EINVAL), read(own(), &[much]));
    // The first process is the superuser's.
    in_child(|| {
        become_nobody();
        let mut local = [IoSliceMut::new(&mut byte)];
        assert_eq!(Err(Errno::EPERM), process_vm_readv(1, &mut local, &[place]));
    });
}

#[test]
fn a_kernel_without_it_and_a_filter_are_told_apart() {
    let byte = 1_u8;
    let place = [RemoteIoVec { base: (&raw const byte).addr(), len: 1 }];
    passes_on(libc::SYS_process_vm_readv, || {
        process_vm_readv(own(), &mut [IoSliceMut::new(&mut [0])], &place)
    });
    passes_on(libc::SYS_process_vm_writev, || {
        let target = RemoteIoVec::default();
        unsafe { process_vm_writev(own(), &[IoSlice::new(&[0])], &[target]) }
    });
}
