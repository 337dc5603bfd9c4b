//! `memfd_create`: files without a name.

use std::{
    fs::{File, Permissions, read_link},
    io::{ErrorKind, Read as _, Seek as _, Write as _},
    os::{
        fd::{AsFd as _, AsRawFd as _},
        unix::fs::{MetadataExt as _, PermissionsExt as _},
    },
};

use mman::{
    errno::Errno,
    fcntl::{SealFlags, fcntl_get_seals},
    sys::{
        mman::{MapFlags, MemFdFlags, memfd_create, munmap},
        vfs::{HUGETLBFS_MAGIC, fstatfs},
    },
};

use super::{RW, map_file, read, write};
use crate::util::{
    child::in_child, machine::HugePages, page, seccomp::passes_on, smaps, unprivileged::limit,
};

const CLOEXEC: MemFdFlags = MemFdFlags::MFD_CLOEXEC;

fn file(flags: MemFdFlags) -> File {
    memfd_create("test", flags).unwrap().into()
}

#[test]
fn it_is_a_new_empty_file_that_is_written_read_and_mapped() {
    let mut file = file(CLOEXEC);
    assert_eq!((0, 0), (file.metadata().unwrap().len(), file.metadata().unwrap().nlink()));
    file.write_all(b"abc").unwrap();
    file.set_len(page() as u64).unwrap();
    let map = map_file(1, RW, MapFlags::MAP_SHARED, file.as_raw_fd()).unwrap();
    assert_eq!(b'a', read(map));
    write(map, b'x');
    file.rewind().unwrap();
    let mut bytes = [0; 3];
    file.read_exact(&mut bytes).unwrap();
    assert_eq!(b"xbc", &bytes);
    assert_eq!("/memfd:test (deleted)", smaps::at(map).path);
    unsafe { munmap(map, page()) }.unwrap();
}

#[test]
fn two_of_one_name_are_two_files() {
    let (one, other) = (file(CLOEXEC), file(CLOEXEC));
    one.set_len(7).unwrap();
    assert_eq!(0, other.metadata().unwrap().len());
    assert_ne!(one.metadata().unwrap().ino(), other.metadata().unwrap().ino());
}

#[test]
fn cloexec_is_as_asked() {
    for (flags, expected) in [(CLOEXEC, libc::FD_CLOEXEC), (MemFdFlags::empty(), 0)] {
        let got = unsafe { libc::fcntl(file(flags).as_raw_fd(), libc::F_GETFD) };
        assert_eq!(expected, got);
    }
}

#[test]
fn names() {
    let long = "n".repeat(249);
    for name in ["", "/", "a/b", "ä", &long] {
        let fd = memfd_create(name, CLOEXEC).unwrap();
        let link = read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).unwrap();
        assert_eq!(format!("/memfd:{name} (deleted)"), link.to_str().unwrap());
    }
    let refused = |name: &str| memfd_create(name, CLOEXEC).unwrap_err();
    assert_eq!(Errno::EINVAL, refused(&"n".repeat(250)));
    assert_eq!(Errno::EINVAL, refused("a\0b"));
    assert_eq!(Errno::ENAMETOOLONG, refused(&"n".repeat(5000)));
}

#[test]
fn flags_that_are_unknown_or_contradict_each_other() {
    let refused = |flags| memfd_create("test", flags).unwrap_err();
    assert_eq!(Errno::EINVAL, refused(MemFdFlags::from_bits_retain(0x400)));
    // A size without MFD_HUGETLB.
    assert_eq!(Errno::EINVAL, refused(MemFdFlags::MFD_HUGE_2MB));
    // On an older kernel each of the two is unknown.
    assert_eq!(Errno::EINVAL, refused(MemFdFlags::MFD_EXEC | MemFdFlags::MFD_NOEXEC_SEAL));
}

#[test]
fn without_allow_sealing_it_is_sealed_against_seals() {
    assert_eq!(Ok(SealFlags::F_SEAL_SEAL), fcntl_get_seals(file(CLOEXEC)));
    let open = file(CLOEXEC | MemFdFlags::MFD_ALLOW_SEALING);
    assert_eq!(Ok(SealFlags::empty()), fcntl_get_seals(&open));
}

#[test]
fn noexec_seal_takes_the_execute_bits_for_good() {
    if !have!("linux-6.3") {
        return;
    }
    let file = file(CLOEXEC | MemFdFlags::MFD_NOEXEC_SEAL);
    assert_eq!(Ok(SealFlags::F_SEAL_EXEC), fcntl_get_seals(&file));
    assert_eq!(0o666, file.metadata().unwrap().mode() & 0o777);
    let refused = file.set_permissions(Permissions::from_mode(0o777)).unwrap_err();
    assert_eq!(ErrorKind::PermissionDenied, refused.kind());
}

#[test]
fn exec_leaves_the_execute_bits() {
    if !have!("linux-6.3") {
        return;
    }
    let file = file(CLOEXEC | MemFdFlags::MFD_EXEC);
    assert_eq!(0o777, file.metadata().unwrap().mode() & 0o777);
    file.set_permissions(Permissions::from_mode(0o600)).unwrap();
    file.set_permissions(Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn hugetlb_is_made_of_huge_pages() {
    let Some(_pool) = HugePages::of_2m(1) else { return };
    in_child(|| {
        let file = file(CLOEXEC | MemFdFlags::MFD_HUGETLB | MemFdFlags::MFD_HUGE_2MB);
        let told = fstatfs(&file).unwrap();
        assert_eq!((HUGETLBFS_MAGIC, 2 << 20), (told.f_type, told.f_bsize));
        let odd = file.set_len(page() as u64).unwrap_err();
        assert_eq!(Some(libc::EINVAL), odd.raw_os_error());
        file.set_len(2 << 20).unwrap();
        let pages = (2 << 20) / page();
        let map = map_file(pages, RW, MapFlags::MAP_SHARED, file.as_raw_fd()).unwrap();
        write(map, 1);
        assert_eq!(2 << 20, smaps::at(map).bytes("KernelPageSize"));
        unsafe { munmap(map, 2 << 20) }.unwrap();
    });
}

#[test]
fn a_size_that_the_machine_does_not_have() {
    let Some(_pool) = HugePages::of_2m(0) else { return };
    // 32 KiB: no architecture with pages of 2 MiB has them.
    let flags = CLOEXEC | MemFdFlags::MFD_HUGETLB | MemFdFlags::huge_page_size(15).unwrap();
    assert_eq!(Errno::ENODEV, memfd_create("test", flags).unwrap_err());
}

#[test]
fn sizes_are_written_and_read() {
    let flags = MemFdFlags::MFD_HUGETLB | MemFdFlags::huge_page_size(14).unwrap();
    assert_eq!("MFD_HUGETLB | MFD_HUGE_16KB", flags.to_string());
    assert_eq!(Ok(flags), "MFD_HUGE_16KB | MFD_HUGETLB".parse());
    assert_eq!("MFD_HUGE_16GB", MemFdFlags::MFD_HUGE_16GB.to_string());
    assert!("MAP_HUGE_2MB".parse::<MemFdFlags>().is_err());
    assert_eq!(None, MemFdFlags::huge_page_size(0));
    assert_eq!(None, MemFdFlags::huge_page_size(64));
}

#[test]
fn too_many_open_files() {
    in_child(|| {
        let next = file(CLOEXEC).as_fd().as_raw_fd();
        limit(libc::RLIMIT_NOFILE, next as usize);
        assert_eq!(Errno::EMFILE, memfd_create("test", CLOEXEC).unwrap_err());
    });
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    passes_on(libc::SYS_memfd_create, || memfd_create("test", CLOEXEC));
}
