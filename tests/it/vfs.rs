//! `sys::vfs`.

use std::{
    fs::{self, File},
    os::fd::BorrowedFd,
};

use mman::{
    errno::Errno,
    sys::vfs::{OVERLAYFS_SUPER_MAGIC, RAMFS_MAGIC, TMPFS_MAGIC, fstatfs},
};

use crate::util::{child::in_child, mount, page, seccomp::passes_on, temp};

#[test]
fn it_tells_the_kind_of_file_system_and_the_size_of_its_blocks() {
    let in_memory = fstatfs(temp::in_memory().as_file()).unwrap();
    assert_eq!((libc::TMPFS_MAGIC as u32, page() as u64), (in_memory.f_type, in_memory.f_bsize));
    let proc = fstatfs(File::open("/proc/self/maps").unwrap()).unwrap();
    assert_eq!(libc::PROC_SUPER_MAGIC as u32, proc.f_type);
}

/// hugetlbfs is in the tests of `memfd_create`.
#[test]
fn an_overlay_is_no_file_system_of_its_own() {
    if !have!("overlay") {
        return;
    }
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    let [lower, upper, work, all] = ["lower", "upper", "work", "all"].map(|name| {
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        path.to_str().unwrap().to_owned()
    });
    fs::write(format!("{lower}/file"), "").unwrap();
    in_child(|| {
        let options = format!("lowerdir={lower},upperdir={upper},workdir={work}");
        mount::privately("overlay", &all, &options);
        let told = |folder: &str| fstatfs(File::open(format!("{folder}/file")).unwrap()).unwrap();
        assert_eq!(OVERLAYFS_SUPER_MAGIC, told(&all).f_type);
        assert_eq!(libc::TMPFS_MAGIC as u32, told(&lower).f_type);
    });
}

#[test]
fn a_file_system_that_32_bits_do_not_count_is_told() {
    if !have!("sys-admin") {
        return;
    }
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    let at = folder.path();
    in_child(|| {
        mount::privately("tmpfs", at.to_str().unwrap(), "size=64T");
        let file = File::create(at.join("file")).unwrap();
        let told = fstatfs(&file).unwrap();
        assert_eq!((TMPFS_MAGIC, libc::TMPFS_MAGIC as u32), (told.f_type, told.f_type));
        assert_eq!(64 << 40, told.f_blocks * told.f_bsize);
        assert_eq!((told.f_blocks, told.f_blocks), (told.f_bfree, told.f_bavail));
        mount::privately("ramfs", at.to_str().unwrap(), "");
        let told = fstatfs(File::create(at.join("file")).unwrap()).unwrap();
        assert_eq!((RAMFS_MAGIC, 0), (told.f_type, told.f_blocks));
    });
}

#[test]
fn what_is_not_open_is_an_error() {
    let none = unsafe { BorrowedFd::borrow_raw(i32::MAX) };
    assert_eq!(Err(Errno::EBADF), fstatfs(none));
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    #[cfg(target_pointer_width = "64")]
    use libc::SYS_fstatfs as FSTATFS;
    #[cfg(target_pointer_width = "32")]
    use libc::SYS_fstatfs64 as FSTATFS;
    let file = temp::in_memory();
    passes_on(FSTATFS, || fstatfs(&file));
}
