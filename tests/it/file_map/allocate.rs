//! Blocks at creation and growth: a full disk is an error then, and no fault later.

use std::{
    fs::File,
    os::unix::fs::{FileExt as _, MetadataExt as _},
    path::Path,
};

use mman::{Error, FileMapMut, MapOptions};

use super::{contents, get, is_marked, marked, marked_in_memory, memfd, set, text};
use crate::util::{
    child::{BUS_ADRERR, faults, in_child},
    mount, page, seccomp, temp,
    unprivileged::limit,
};

/// As a file system that allocates nothing ahead answers, for a child.
fn without_allocation() {
    seccomp::deny(&[libc::SYS_fallocate], libc::EOPNOTSUPP);
}

fn allocated(file: &File) -> u64 {
    file.metadata().unwrap().blocks() * 512
}

/// What is told of so many pages where so many of 16 are free.
fn no_room(operation: &str, pages: usize, free: usize) -> String {
    let (len, free, all) = (pages * page(), in_words(free * page()), in_words(16 * page()));
    format!("{operation}: no room for {len} bytes: {free} of {all} are free (ENOSPC)")
}

fn in_words(bytes: usize) -> String {
    match bytes {
        0 => "0 bytes".to_owned(),
        _ if bytes % (1 << 20) == 0 => format!("{} MiB", bytes >> 20),
        _ => format!("{} KiB", bytes >> 10),
    }
}

/// A tmpfs of 16 pages in `folder`, for this child.
fn small(folder: &Path) {
    mount::privately("tmpfs", folder.to_str().unwrap(), &format!("size={}", 16 * page()));
}

fn open(path: &Path) -> File {
    File::options().read(true).write(true).create(true).truncate(false).open(path).unwrap()
}

#[test]
fn a_new_file_has_its_blocks() {
    let folder = tempfile::tempdir_in(temp::on_disk().path().parent().unwrap()).unwrap();
    for (at, folder) in [folder.path(), Path::new("/dev/shm")].into_iter().enumerate() {
        let path = folder.join(format!("mman-test-new-{}-{at}", std::process::id()));
        let len = 5 * page() + 10;
        let map = FileMapMut::create_new(&path, len).unwrap();
        let file = open(&path);
        std::fs::remove_file(&path).unwrap();
        assert_eq!((len, len as u64), (map.len(), file.metadata().unwrap().len()));
        assert!(allocated(&file) >= len as u64, "{}", allocated(&file));
        assert!(super::shown(&map).iter().all(|byte| *byte == 0));
        set(&map, len - 1, 1);
        assert_eq!(1, *contents(&file).last().unwrap());
    }
}

#[test]
fn holes_are_filled_and_contents_stay() {
    let file = marked(10);
    let len = 6 * page() as u64;
    file.as_file().set_len(len).unwrap();
    file.as_file().write_all_at(&[7], 3 * page() as u64).unwrap();
    assert!(allocated(file.as_file()) < len);
    let map = FileMapMut::with_len(&file, 4 * page()).unwrap();
    assert!(allocated(file.as_file()) >= 4 * page() as u64);
    assert_eq!((4 * page(), len), (map.len(), file.as_file().metadata().unwrap().len()));
    assert_eq!((super::mark(9), 0, 7), (get(&map, 9), get(&map, 10), get(&map, 3 * page())));
    // A file that is long enough does not become longer, one that is not does.
    let map = MapOptions::new().file_allocated(&file, len - 5..len + 5).unwrap();
    assert_eq!((10, len + 5), (map.len(), file.as_file().metadata().unwrap().len()));
    let map = MapOptions::new().file_allocated(&file, len..).unwrap();
    assert_eq!(5, map.len());
    assert!(MapOptions::new().file_allocated(&file, len + 5..).unwrap().is_empty());
    let error = text(MapOptions::new().file_allocated(&file, len + 6..));
    assert!(error.contains("is beyond the end of the file"), "{error}");
}

/// On a file system of 64 KiB: a store into a sparse map dies, what is asked for in time is an error.
#[test]
fn a_full_file_system_is_an_error_in_time() {
    if !have!("sys-admin") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    in_child(|| {
        small(folder.path());
        let path = folder.path().join("file");
        let sparse = open(&folder.path().join("sparse"));
        sparse.set_len(20 * page() as u64).unwrap();
        let lazy = FileMapMut::new(&sparse).unwrap();

        let error = FileMapMut::create_new(&path, 17 * page()).unwrap_err();
        assert_eq!(no_room("create_new", 17, 16), error.to_string());
        assert_eq!(Some(Error::ENOSPC), error.errno());
        assert!(!path.exists());

        let file = open(&path);
        let mut map = FileMapMut::with_len(&file, 10 * page()).unwrap();
        set(&map, 0, 1);
        assert_eq!(no_room("resize", 8, 6), text(map.resize(&file, 18 * page())));
        assert_eq!(10 * page(), map.len());
        map.resize(&file, 16 * page()).unwrap();
        // There is a block for each of them.
        (0..16).for_each(|number| set(&map, number * page(), 2));

        let words = "prefault_write: the pages cannot be had (EFAULT)";
        assert_eq!(words, text(lazy.prefault_write(..)));
        let mut options = MapOptions::new();
        let error = text(options.prefault(mman::Prefault::Write).file_mut(&sparse, ..));
        assert_eq!("map: the pages cannot be had (EFAULT)", error);
        // Not what an access would tell.
        let last = lazy.as_ptr().wrapping_add(19 * page());
        faults(libc::SIGBUS, BUS_ADRERR, last, || set(&lazy, 19 * page(), 1));
    });
}

/// Nothing is allocated that cannot be allocated as a whole: `fallocate` is not even asked.
#[test]
fn what_has_no_room_is_not_begun() {
    if !have!("sys-admin") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    in_child(|| {
        small(folder.path());
        let file = open(&folder.path().join("file"));
        let mut map = FileMapMut::with_len(&file, 10 * page()).unwrap();
        seccomp::deny(&[libc::SYS_fallocate], libc::EIO);
        assert_eq!(no_room("resize", 7, 6), text(map.resize(&file, 17 * page())));
        assert_eq!((10 * page()) as u64, allocated(&file));
        assert_eq!((10 * page()) as u64, file.metadata().unwrap().len());
        let path = folder.path().join("other");
        assert_eq!(no_room("create_new", 7, 6), text(FileMapMut::create_new(&path, 7 * page())));
        assert_eq!(
            no_room("map", 7, 6),
            text(MapOptions::new().file_allocated(&file, 0..17 * page() as u64))
        );
    });
}

/// What is allocated already needs no room, wherever in the file it is.
#[test]
fn what_has_its_blocks_needs_no_room() {
    if !have!("sys-admin") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    in_child(|| {
        small(folder.path());
        let file = open(&folder.path().join("file"));
        // Holes in the middle and at the end.
        file.set_len(16 * page() as u64).unwrap();
        file.write_all_at(&vec![1; 6 * page()], 0).unwrap();
        file.write_all_at(&vec![1; 4 * page()], 8 * page() as u64).unwrap();
        assert_eq!(10 * page() as u64, allocated(&file));
        let map = FileMapMut::with_len(&file, 16 * page()).unwrap();
        (0..16).for_each(|number| set(&map, number * page(), 2));
        drop(FileMapMut::with_len(&file, 16 * page()).unwrap());
        drop(FileMapMut::with_len(&file, 3).unwrap());
        assert_eq!(no_room("with_len", 1, 0), text(FileMapMut::with_len(&file, 17 * page())));
        drop(map);
        // What lies behind the end counts for what is asked for there.
        file.set_len(10).unwrap();
        let answer = unsafe {
            let behind = libc::off_t::try_from(15 * page()).unwrap();
            let fd = std::os::fd::AsRawFd::as_raw_fd(&file);
            libc::fallocate(fd, libc::FALLOC_FL_KEEP_SIZE, 0, behind)
        };
        assert_eq!(0, answer);
        drop(FileMapMut::with_len(&file, 16 * page()).unwrap());
    });
}

/// Which blocks of a file in memory are in the range that is asked for is counted: those kept behind
/// its end are, those elsewhere in it are not.
#[test]
fn only_the_blocks_of_the_range_count() {
    if !have!("sys-admin", "linux-6.5") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let keep = |file: &File, from: usize, pages: usize| {
        let (fd, mode) = (std::os::fd::AsRawFd::as_raw_fd(file), libc::FALLOC_FL_KEEP_SIZE);
        let (from, len) = (from * page(), pages * page());
        let (from, len) =
            (libc::off_t::try_from(from).unwrap(), libc::off_t::try_from(len).unwrap());
        assert_eq!(0, unsafe { libc::fallocate(fd, mode, from, len) });
    };
    let pages = |from: usize, to: usize| (from * page()) as u64..(to * page()) as u64;
    in_child(|| {
        small(folder.path());
        let other = open(&folder.path().join("other"));
        keep(&other, 0, 6);
        // A hole, and six blocks behind the end: two more are needed for the next eight pages, and
        // four are free.
        let file = open(&folder.path().join("file"));
        file.set_len(pages(0, 8).end).unwrap();
        keep(&file, 8, 6);
        let error = text(MapOptions::new().file_allocated(&file, pages(3, 16)));
        assert_eq!(no_room("map", 7, 4), error);
        let map = MapOptions::new().file_allocated(&file, pages(8, 16)).unwrap();
        (0..8).for_each(|number| set(&map, number * page(), 2));
        assert_eq!((8 * page()) as u64, allocated(&file));
        // The eight pages behind the hole are no room for the hole.
        seccomp::deny(&[libc::SYS_fallocate], libc::EIO);
        let error = text(MapOptions::new().file_allocated(&file, pages(0, 8)));
        assert_eq!(no_room("map", 8, 2), error);
        // Of pages that are asked for in part, all is needed.
        let error = text(MapOptions::new().file_allocated(&file, 10..pages(0, 3).end - 10));
        let len = 3 * page() - 20;
        assert!(error.starts_with(&format!("map: no room for {len} bytes: ")), "{error}");
    });
}

/// A file system in memory may have more room than there is memory: to fill it kills. With 32 bits,
/// no length is too much for this machine.
#[cfg(target_pointer_width = "64")]
#[test]
fn memory_that_there_is_not_is_not_taken() {
    if !have!("sys-admin") {
        return;
    }
    let info = std::fs::read_to_string("/proc/meminfo").unwrap();
    let all = info.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap();
    let all: usize = all.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    let len = 4 * all * 1024;
    let folder = tempfile::tempdir().unwrap();
    in_child(|| {
        for (kind, options) in [("tmpfs", "size=0"), ("ramfs", "")] {
            mount::privately(kind, folder.path().to_str().unwrap(), options);
            seccomp::deny(&[libc::SYS_fallocate], libc::EIO);
            let path = folder.path().join("file");
            let error = FileMapMut::create_new(&path, len).unwrap_err();
            assert_eq!(Some(Error::ENOMEM), error.errno(), "{error}");
            let text = error.to_string();
            assert!(text.starts_with(&format!("create_new: no room for {len} bytes: ")), "{text}");
            assert!(text.ends_with(" of memory are free (ENOMEM)"), "{text}");
            assert!(!path.exists());
            let file = open(&path);
            let mut map = FileMapMut::new(&file).unwrap();
            assert_eq!(Some(Error::ENOMEM), map.resize(&file, len).unwrap_err().errno());
            assert_eq!((0, 0), (map.len(), allocated(&file)));
        }
    });
}

/// On an ext4 of 8 MiB: what does not fit is not begun, what fits has its blocks, and stores into
/// what was allocated meet no full disk.
#[test]
fn a_disk_that_is_full_is_an_error_in_time() {
    const MIB: usize = 1 << 20;
    let Some(disk) = mount::Ext4::new(8 << 20) else { return };
    let folder = tempfile::tempdir().unwrap();
    in_child(|| {
        disk.mount(folder.path());
        let path = folder.path().join("file");
        let error = FileMapMut::create_new(&path, 9 * MIB).unwrap_err();
        assert_eq!(Some(Error::ENOSPC), error.errno());
        let text = error.to_string();
        let words = format!("create_new: no room for {} bytes: ", 9 * MIB);
        assert!(text.starts_with(&words) && text.ends_with(" are free (ENOSPC)"), "{text}");
        assert!(!path.exists());

        let file = open(&path);
        let mut map = FileMapMut::with_len(&file, 2 * MIB).unwrap();
        assert!(allocated(&file) >= 2 << 20);
        let error = map.resize(&file, 10 * MIB).unwrap_err();
        assert_eq!(Some(Error::ENOSPC), error.errno());
        assert_eq!((2 * MIB, 2 << 20), (map.len(), file.metadata().unwrap().len()));
        // Others fill the disk.
        let other = open(&folder.path().join("other"));
        let mut pages = (0..).map(|number| other.write_all_at(&[3; 4096], number * 4096));
        let full = pages.find_map(Result::err).unwrap();
        assert_eq!(Some(libc::ENOSPC), full.raw_os_error());
        map.fill(.., 7).unwrap();
        map.flush(..).unwrap();
        assert!(contents(&file).iter().all(|byte| *byte == 7));
        // A hole has no block, and a store into it is a fault, not the end.
        let sparse = open(&folder.path().join("sparse"));
        sparse.set_len(1 << 20).unwrap();
        let lazy = FileMapMut::new(&sparse).unwrap();
        let fault = lazy.fill(.., 1).unwrap_err().fault().unwrap();
        assert_eq!((0, MIB), (fault.offset, fault.len));
        assert!(fault.done < MIB && fault.done % page() == 0, "{fault:?}");
        assert_eq!(vec![1; fault.done], lazy.to_vec(..fault.done).unwrap());
    });
}

/// Where nothing can be allocated ahead zeros are written, behind the end only.
#[test]
fn without_a_call_for_it_zeros_are_written() {
    let file = marked_in_memory(100);
    in_child(|| {
        without_allocation();
        let mut map = FileMapMut::new(&file).unwrap();
        let len = 70 * page();
        map.resize(&file, len).unwrap();
        assert!(allocated(file.as_file()) >= len as u64);
        assert_eq!((super::mark(99), 0), (get(&map, 99), get(&map, 100)));
        assert!(contents(file.as_file())[100..].iter().all(|byte| *byte == 0));
        let map = MapOptions::new().file_allocated(&file, len as u64 + 5..len as u64 + 9).unwrap();
        assert_eq!((4, 0), (map.len(), get(&map, 0)));
        let error = FileMapMut::with_len(&file, 10).unwrap_err();
        let words = "with_len: unsupported: this file system allocates no blocks for the holes of \
                     a file";
        assert_eq!((words, true), (&*error.to_string(), error.is_unsupported()));
        let path = format!("/dev/shm/mman-test-zeros-{}", std::process::id());
        let map = FileMapMut::create_new(&path, 3 * page()).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(3 * page(), map.len());
    });
}

#[test]
fn zeros_meet_a_full_file_system_too() {
    if !have!("sys-admin") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    in_child(|| {
        small(folder.path());
        without_allocation();
        let path = folder.path().join("file");
        let error = text(FileMapMut::create_new(&path, 17 * page()));
        assert_eq!(no_room("create_new", 17, 16), error);
        assert!(!path.exists());
        assert_eq!(16 * page(), FileMapMut::create_new(&path, 16 * page()).unwrap().len());
    });
}

/// The kernel would send `SIGXFSZ`, which kills.
#[test]
fn the_limit_of_files_is_an_error() {
    let file = marked(100);
    in_child(|| {
        limit(libc::RLIMIT_FSIZE, 1 << 20);
        let error = FileMapMut::with_len(&file, (1 << 20) + 1).unwrap_err();
        assert_eq!("with_len: RLIMIT_FSIZE is 1 MiB (EFBIG)", error.to_string());
        let mut map = FileMapMut::with_len(&file, 1 << 20).unwrap();
        let error = text(map.resize(&file, 1 << 21));
        assert_eq!("resize: RLIMIT_FSIZE is 1 MiB (EFBIG)", error);
        assert_eq!(1 << 20, map.len());
    });
}

/// Older kernels undo what a signal interrupts, so a large piece might never come to its end.
#[test]
fn what_is_interrupted_is_done_in_smaller_pieces() {
    let file = memfd();
    in_child(|| {
        let argument = if cfg!(target_pointer_width = "64") { 3 } else { 4 };
        seccomp::deny_above(libc::SYS_fallocate, argument, 1 << 20, libc::EINTR);
        let len = (5 << 20) + 1;
        let map = FileMapMut::with_len(&file, len).unwrap();
        assert_eq!((len, len as u64), (map.len(), file.metadata().unwrap().len()));
        assert!(allocated(&file) >= len as u64);
    });
}

#[test]
fn no_file_reaches_so_far() {
    let file = marked(10);
    let beyond = i64::MAX as u64;
    let error = text(MapOptions::new().file_allocated(&file, beyond..beyond + 1));
    assert!(error.ends_with("is beyond the largest file"), "{error}");
    assert!(is_marked(&FileMapMut::new(&file).unwrap()));
}
