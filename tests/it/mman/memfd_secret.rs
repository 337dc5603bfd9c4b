//! `memfd_secret`: memory that the kernel itself does not see.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    os::{fd::AsRawFd as _, unix::fs::FileExt as _},
};

use mman::{
    errno::Errno,
    fcntl::OFlag,
    sys::{
        mman::{MapFlags, ProtFlags, memfd_secret, mprotect, munmap},
        syscall,
    },
};

use super::{RW, map_file, plus, read, write};
use crate::util::{
    capability::{self, lacking},
    child::{BUS_ADRERR, faults, in_child},
    map::Area,
    page,
    seccomp::passes_on,
    smaps, temp,
    unprivileged::{become_nobody, limit},
};

/// A secret file of so many pages, unless this kernel has none.
#[track_caller]
fn secret(pages: usize) -> Option<File> {
    match memfd_secret(OFlag::O_CLOEXEC) {
        Ok(fd) => {
            let file = File::from(fd);
            file.set_len((pages * page()) as u64).unwrap();
            Some(file)
        }
        Err(Errno::ENOSYS) => {
            lacking("memfd_secret", "ENOSYS: the kernel has none, or it is turned off");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn map(file: &File) -> Area {
    Area::file(1, libc::MAP_SHARED, file.as_raw_fd())
}

#[test]
fn it_holds_what_is_written_and_is_shared_with_children() {
    let Some(file) = secret(1) else { return };
    let area = map(&file);
    area.set(0, 5);
    let again = map(&file);
    assert_eq!(5, again.get(0));
    in_child(|| area.set(1, 6));
    assert_eq!(6, again.get(1));
}

#[test]
fn cloexec_is_as_asked_and_no_other_flag_is_known() {
    if secret(1).is_none() {
        return;
    }
    for (flags, expected) in [(OFlag::O_CLOEXEC, libc::FD_CLOEXEC), (OFlag::empty(), 0)] {
        let fd = memfd_secret(flags).unwrap();
        assert_eq!(expected, unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFD) });
    }
    // FD_CLOEXEC, which the manual page names.
    assert_eq!(Errno::EINVAL, memfd_secret(OFlag::from_bits_retain(1)).unwrap_err());
}

#[test]
fn nobody_reaches_the_pages_from_outside() {
    let Some(file) = secret(1) else { return };
    let area = map(&file);
    area.fill(0..1, 5);

    let mut bytes = [0_u8; 8];
    let local = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: 8 };
    let remote = libc::iovec { iov_base: area.ptr(), iov_len: 8 };
    let copied = unsafe { libc::process_vm_readv(libc::getpid(), &local, 1, &remote, 1, 0) };
    assert_eq!((-1, Errno::EFAULT), (copied, Errno::last()));

    let memory = File::open("/proc/self/mem").unwrap();
    let error = memory.read_at(&mut bytes, area.ptr().addr() as u64).unwrap_err();
    assert_eq!(Some(libc::EIO), error.raw_os_error());
    assert_eq!([0; 8], bytes);
}

#[test]
fn what_the_process_hands_over_is_copied() {
    let Some(file) = secret(1) else { return };
    let area = map(&file);
    area.fill(0..1, 5);
    let (from, to) = temp::pipe();
    File::from(to).write_all(unsafe { std::slice::from_raw_parts(area.at(0), 8) }).unwrap();
    let mut bytes = [0; 8];
    File::from(from).read_exact(&mut bytes).unwrap();
    assert_eq!([5; 8], bytes);
}

#[test]
fn the_size_is_given_once_and_the_file_is_not_read_by_read() {
    let Some(mut file) = secret(1) else { return };
    assert_eq!(Some(libc::EINVAL), file.set_len(0).unwrap_err().raw_os_error());
    assert_eq!(Some(libc::EINVAL), file.read(&mut [0]).unwrap_err().raw_os_error());
}

#[test]
fn only_shared_and_not_executable() {
    let Some(file) = secret(1) else { return };
    let fd = file.as_raw_fd();
    assert_eq!(Err(Errno::EINVAL), map_file(1, RW, MapFlags::MAP_PRIVATE, fd));
    let code = ProtFlags::PROT_READ | ProtFlags::PROT_EXEC;
    assert_eq!(Err(Errno::EPERM), map_file(1, code, MapFlags::MAP_SHARED, fd));
    let area = map(&file);
    assert_eq!(Err(Errno::EACCES), unsafe { mprotect(area.ptr(), page(), code) });
}

#[test]
fn the_pages_count_for_the_limit() {
    if secret(1).is_none() {
        return;
    }
    let root = capability::probe("root");
    in_child(|| {
        become_nobody();
        limit(libc::RLIMIT_MEMLOCK, page());
        let file = secret(2).unwrap();
        let map = |pages| map_file(pages, RW, MapFlags::MAP_SHARED, file.as_raw_fd());
        let one = map(1).unwrap();
        write(one, 1);
        assert_eq!(1, read(one));
        let counts_what_is_mapped = smaps::at(one).has("lo");
        unsafe { munmap(one, page()) }.unwrap();
        if counts_what_is_mapped {
            assert_eq!(Err(Errno::EAGAIN), map(2));
            return;
        }
        // It counts what all processes of the user have touched, until the files are gone.
        if let Err(why) = &root {
            lacking("root", why);
            return;
        }
        let two = map(2).unwrap();
        assert_eq!(1, read(two));
        let second = plus(two, 1);
        faults(libc::SIGBUS, BUS_ADRERR, second, || write(second, 1));
        unsafe { munmap(two, 2 * page()) }.unwrap();
        drop(file);
        let again = secret(1).unwrap();
        let one = map_file(1, RW, MapFlags::MAP_SHARED, again.as_raw_fd()).unwrap();
        write(one, 1);
        assert_eq!(1, read(one));
    });
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    passes_on(syscall::SYS_memfd_secret, || memfd_secret(OFlag::O_CLOEXEC));
}
