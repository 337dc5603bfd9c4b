//! What cannot be mapped, and how it is said.

use std::{
    ffi::CString,
    fs::File,
    os::{
        fd::{FromRawFd as _, OwnedFd, RawFd},
        unix::ffi::OsStrExt as _,
    },
};

use mman::{Error, FileMap, FileMapCow, FileMapExec, FileMapMut, MapOptions, access::ReadOnly};

use super::{is_marked, marked, memfd, read_only, seal, text, write_only};
use crate::util::{child::in_child, mount, page, proc::path_only, temp};

#[test]
fn ranges_that_are_none() {
    let file = marked(100);
    let of = |range: std::ops::Range<u64>| text(MapOptions::new().file(&file, range));
    #[allow(clippy::reversed_empty_ranges, reason = "it is what is tested")]
    let backwards = 9..3;
    assert_eq!("map: 9..3 ends before it starts", of(backwards));
    let error = text(MapOptions::new().file(&file, 101..));
    assert_eq!("map: offset 101 is beyond the end of the file, 100", error);
    let most = u64::MAX;
    let error = text(MapOptions::new().file(&file, ..=most));
    assert_eq!("map: the range is beyond the largest number", error);
    let beyond = 1_u64 << 63;
    assert_eq!(format!("map: 0..{beyond} is beyond the largest file"), of(0..beyond));
    assert_eq!(format!("map: {most}..{most} is beyond the largest file"), of(most..most));
    let error = text(MapOptions::new().file(&file, most..));
    assert!(error.starts_with("map: 18446744073709551615..100 is beyond"), "{error}");
}

/// mmap-rs #47: on a 32-bit system a map of more than a slice can have.
#[test]
fn mmap_rs_lengths_that_no_slice_has_are_refused() {
    let file = marked(100);
    let most = isize::MAX as u64;
    for len in [most - 10, most, most.saturating_add(1), u64::from(u32::MAX) << 31] {
        let error = text(MapOptions::new().file(&file, 5..5 + len));
        let words = [
            format!("map: {len} bytes are more than a slice can have"),
            format!("map: 5..{} is beyond the largest file", 5 + len),
            // More than there are addresses for, but no more than a slice can have.
            "map: Out of memory (ENOMEM)".to_owned(),
        ];
        assert!(words.contains(&error), "{error}");
    }
    let error = text(MapOptions::new().file(&file, 5..most));
    assert_eq!(format!("map: {} bytes are more than a slice can have", most - 5), error);
}

/// No memory is promised for what a file has, so the shortage is one of addresses.
#[cfg(target_pointer_width = "64")]
#[test]
fn a_shortage_of_addresses_is_called_so() {
    let file = marked(100);
    in_child(|| {
        crate::util::unprivileged::limit(libc::RLIMIT_AS, 1 << 33);
        let error = text(MapOptions::new().file(&file, ..1 << 34));
        assert_eq!("map: RLIMIT_AS is 8 GiB (ENOMEM)", error);
    });
}

#[test]
fn kinds_of_files_that_have_no_pages() {
    let folder = tempfile::tempdir().unwrap();
    for error in [text(FileMap::open(folder.path())), text(FileMapCow::open("/proc/self/fd"))] {
        assert_eq!("open: a directory cannot be mapped", error);
    }
    let error = text(FileMapMut::open(folder.path()));
    assert!(error.ends_with("Is a directory (EISDIR)"), "{error}");
    let (pipe, _other) = temp::pipe();
    assert_eq!("map: a pipe or socket cannot be mapped", text(FileMap::new(&pipe)));
    let (socket, _other) = std::os::unix::net::UnixStream::pair().unwrap();
    let error = text(MapOptions::new().file(&socket, ..1));
    assert_eq!("map: a pipe or socket cannot be mapped", error);
    // What has no kind: by way of the rings of an `io_uring`, stores would be commands.
    let ring = unsafe { libc::syscall(libc::SYS_io_uring_setup, 8, [0_u8; 120].as_mut_ptr()) };
    let fd = if ring < 0 { unsafe { libc::eventfd(0, 0) } } else { ring as RawFd };
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    let words = "map: only files and block devices can be mapped safely; \
                 `MapOptions::device` is for others";
    assert_eq!(words, text(MapOptions::new().file_mut(&fd, ..4096)));
    assert_eq!(words, text(MapOptions::new().file(&fd, ..4096)));
}

/// Some devices take orders by what is stored in their maps, or loaded: which do, nobody can tell.
#[test]
fn a_character_device_is_mapped_by_who_knows_it() {
    let words =
        "only files and block devices can be mapped safely; `MapOptions::device` is for others";
    let zero = File::options().read(true).write(true).open("/dev/zero").unwrap();
    let options = MapOptions::new();
    for error in [
        text(options.file(&zero, ..10)),
        text(options.file_mut(&zero, ..10)),
        text(options.file_cow(&zero, ..10)),
        text(options.file_exec(&zero, ..10)),
        text(options.file_allocated(&zero, ..10)),
        text(FileMap::new(&zero)),
    ] {
        assert_eq!(format!("map: {words}"), error);
    }
    assert_eq!(format!("open: {words}"), text(FileMapMut::open("/dev/zero")));
    assert_eq!(format!("with_len: {words}"), text(FileMapMut::with_len(&zero, 10)));

    let copy: FileMapCow = unsafe { options.device(&zero, 3..13) }.unwrap();
    assert_eq!((3, vec![0; 10]), (copy.file_offset(), copy.to_vec(..).unwrap()));
    assert!(copy.make_read_only().unwrap().is_private());
    let mut shared: FileMapMut = unsafe { options.device(&zero, ..10_000) }.unwrap();
    shared.fill(.., 7).unwrap();
    in_child(|| shared.store(9_999, 8_u8).unwrap());
    assert_eq!((7, 8), (shared.load::<u8>(0).unwrap(), shared.load::<u8>(9_999).unwrap()));
    // The caller has spoken for no more than this range.
    assert_eq!(format!("resize: {words}"), text(shared.resize(&zero, 20_000)));
    assert_eq!(10_000, shared.len());
    // It has no length, and some have no pages at all.
    let error = text(unsafe { options.device::<ReadOnly>(&zero, ..) });
    assert_eq!("map: only regular files have a length: the range needs an end", error);
    let null = File::open("/dev/null").unwrap();
    let error = unsafe { options.device::<ReadOnly>(&null, ..10) }.unwrap_err();
    assert_eq!("map: this kind of file cannot be mapped (ENODEV)", error.to_string());
    assert_eq!(Some(Error::ENODEV), error.errno());
    // Of other kinds it is as for files.
    let file = marked(100);
    assert!(is_marked(&unsafe { options.device::<ReadOnly>(&file, 5..) }.unwrap()));
    let (pipe, _other) = temp::pipe();
    let error = text(unsafe { options.device::<ReadOnly>(&pipe, ..1) });
    assert_eq!("map: a pipe or socket cannot be mapped", error);
}

/// What lies on a block device is bytes, as what lies in a file is.
#[test]
fn a_block_device_is_mapped_as_a_file_without_a_length() {
    let Some(disk) = mount::Ext4::new(1 << 20) else { return };
    let folder = tempfile::tempdir().unwrap();
    in_child(|| {
        disk.mount(folder.path());
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
        let at = folder.path().to_str().unwrap();
        let of = |line: &str| Some(line.split_once(' ')?.1.split_once(' ')?.0 == at);
        let line = mounts.lines().find(|line| of(line) == Some(true)).unwrap();
        let device = File::open(line.split_once(' ').unwrap().0).unwrap();
        let map = MapOptions::new().file(&device, 1024..2048).unwrap();
        // The mark of an ext4.
        assert_eq!(0xef53, u16::from_le(map.load(56).unwrap()));
        let error = text(FileMap::new(&device));
        assert_eq!("map: only regular files have a length: the range needs an end", error);
        let error = text(MapOptions::new().file_allocated(&device, ..10));
        assert_eq!("map: a device has no blocks to be allocated", error);
    });
}

/// Opening a pipe would wait for its other end.
#[test]
fn a_named_pipe_does_not_stop_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let name = CString::new(path.as_os_str().as_bytes()).unwrap();
    assert_eq!(0, unsafe { libc::mkfifo(name.as_ptr(), 0o600) });
    in_child(|| {
        assert_eq!("open: a pipe or socket cannot be mapped", text(FileMap::open(&path)));
    });
}

#[test]
fn a_path_is_named() {
    let error = FileMap::open("/nowhere/at all").unwrap_err();
    let words = "open: /nowhere/at all: No such file or directory (ENOENT)";
    assert_eq!((words, Some(Error::ENOENT)), (&*error.to_string(), error.errno()));
    assert_eq!(Some(Error::EINVAL), FileMap::open("a\0b").unwrap_err().errno());
    let file = marked(1);
    let error = text(FileMapMut::create_new(file.path(), 10));
    let path = file.path().display();
    assert_eq!(format!("create_new: {path}: File exists (EEXIST)"), error);
    assert!(is_marked(&FileMap::new(&file).unwrap()));
}

#[test]
fn the_way_that_a_file_was_opened() {
    let file = marked(100);
    let reader = read_only(&file);
    let error = FileMapMut::new(&reader).unwrap_err();
    assert_eq!("map: the file is not open for writing (EACCES)", error.to_string());
    assert_eq!(std::io::ErrorKind::PermissionDenied, std::io::Error::from(error).kind());
    for good in [FileMapCow::new(&reader).map(drop), FileMapExec::new(&reader).map(drop)] {
        good.unwrap();
    }
    let writer = write_only(file.path());
    let words = "map: the file is not open for reading (EACCES)";
    assert_eq!(words, text(FileMap::new(&writer)));
    assert_eq!(words, text(FileMapMut::new(&writer)));
    assert_eq!(words, text(FileMapCow::new(&writer)));
    assert_eq!(words, text(FileMapExec::new(&writer)));
    let named = path_only(file.path().to_str().unwrap());
    assert_eq!("map: the file is open as a path only (EBADF)", text(FileMap::new(&named)));
    let error = text(MapOptions::new().file_allocated(&reader, ..200));
    assert_eq!("map: the file is not open for writing (EBADF)", error);
}

#[test]
fn seals() {
    let file = memfd();
    file.set_len(100).unwrap();
    seal(&file, libc::F_SEAL_WRITE);
    let error = FileMapMut::new(&file).unwrap_err();
    assert_eq!("map: a seal or a policy forbids to write to the file (EPERM)", error.to_string());
    // A copy does not change the file.
    super::set(&FileMapCow::new(&file).unwrap(), 0, 1);
    drop(FileMapExec::new(&file).unwrap());
    match FileMap::new(&file) {
        Ok(map) => {
            let (map, error) = super::returned(map.make_mut());
            assert_eq!("make_mut: the file was not open for writing, or is sealed (EACCES)", error);
            assert_eq!(100, map.len());
        }
        Err(error) => {
            let words = "map: the file is sealed, and before Linux 6.7 it can be mapped as a copy \
                         only (EPERM)";
            assert_eq!(words, error.to_string());
            assert!(!have!("linux-6.7"));
        }
    }
    let file = memfd();
    seal(&file, libc::F_SEAL_GROW);
    let error = FileMapMut::with_len(&file, 1).unwrap_err();
    assert_eq!("with_len: a seal or a policy forbids it to grow (EPERM)", error.to_string());
}

#[test]
fn a_file_system_without_programs() {
    if !have!("sys-admin") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    in_child(|| {
        let at = folder.path().to_str().unwrap();
        mount::privately_with("tmpfs", at, libc::MS_NOEXEC, "size=1m");
        let path = folder.path().join("file");
        std::fs::write(&path, b"code").unwrap();
        let words = "open: the file system is mounted noexec, or a policy forbids to run the file \
                     (EPERM)";
        assert_eq!(words, text(FileMapExec::open(&path)));
        let (map, error) = super::returned(FileMap::open(&path).unwrap().make_exec());
        let words = "make_exec: the file system is mounted noexec, or a policy forbids it (EACCES)";
        assert_eq!((words, b"code"), (&*error, super::shown(&map).try_into().unwrap()));
    });
}

#[test]
fn policies_that_are_not_for_files() {
    use mman::{Fork, HugePages, Prefault};
    let file = marked(100);
    let mut options = MapOptions::new();
    options.prefault(Prefault::Write);
    let words = "map: what is not written cannot be brought in for writing";
    assert_eq!(words, text(options.file(&file, ..)));
    assert_eq!(words, text(options.file_exec(&file, ..)));
    drop((options.file_mut(&file, ..).unwrap(), options.file_cow(&file, ..).unwrap()));
    let error = text(MapOptions::new().fork(Fork::Wipe).file(&file, ..));
    assert_eq!("map: a file is not wiped when a process forks", error);
    let mut options = MapOptions::new();
    let error = text(options.huge_pages(HugePages::Explicit(2 << 20)).file(&file, ..));
    let words = "map: a file has the pages of its file system, not those of the machine's pool";
    assert_eq!(words, error);
}

/// Where nothing can be mapped nothing is left behind.
#[test]
fn what_was_refused_leaves_nothing() {
    let file = marked(3 * page());
    in_child(|| {
        crate::util::smaps::count();
        let before = crate::util::smaps::count();
        for _ in 0..20 {
            let mut options = MapOptions::new();
            options.prefault(mman::Prefault::Read).guard_pages(1, 1);
            let error = options.file(&file, ..5 * page() as u64).unwrap_err();
            assert_eq!(("map", 3 * page()), (error.operation(), error.fault().unwrap().done));
        }
        assert_eq!(before, crate::util::smaps::count());
    });
}
