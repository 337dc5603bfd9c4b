//! `posix_fadvise`, `readahead` and `sync_file_range`: a file's pages in memory.

use std::{
    fs::{File, OpenOptions},
    os::{fd::AsRawFd as _, unix::fs::FileExt as _},
    time::Instant,
};

use mman::{
    errno::Errno,
    fcntl::{PosixFadviseAdvice, SyncFileRangeFlags, posix_fadvise, readahead, sync_file_range},
    sys::mman::cachestat,
};
use tempfile::NamedTempFile;

use crate::util::{map::Area, page, seccomp::passes_on, seconds, temp};

const DONTNEED: PosixFadviseAdvice = PosixFadviseAdvice::POSIX_FADV_DONTNEED;
const PAGES: usize = 8;

/// Whether each page of the file is in memory, by a mapping that touches none.
fn cached(file: &File) -> Vec<bool> {
    let area = Area::file(PAGES, libc::MAP_SHARED, file.as_raw_fd());
    let mut bytes = vec![0; PAGES];
    assert_eq!(0, unsafe { libc::mincore(area.ptr(), area.len(), bytes.as_mut_ptr()) });
    bytes.into_iter().map(|byte| byte & 1 == 1).collect()
}

/// Waits until all of the pages are in memory.
#[track_caller]
fn comes(file: &File, pages: std::ops::Range<usize>) {
    let start = Instant::now();
    while !cached(file)[pages.clone()].iter().all(|there| *there) {
        assert!(start.elapsed() < seconds(30), "{:?}", cached(file));
        std::thread::yield_now();
    }
}

/// A file whose pages are on the disk, and none in memory.
fn cold() -> NamedTempFile {
    let file = temp::pages_on_disk(PAGES);
    file.as_file().sync_all().unwrap();
    posix_fadvise(&file, 0, 0, DONTNEED).unwrap();
    assert_eq!([false; PAGES], cached(file.as_file())[..]);
    file
}

#[test]
fn dontneed_drops_the_range() {
    if !have!("disk") {
        return;
    }
    let file = temp::pages_on_disk(PAGES);
    file.as_file().sync_all().unwrap();
    assert_eq!([true; PAGES], cached(file.as_file())[..]);
    posix_fadvise(&file, 2 * page() as u64, 3 * page() as u64, DONTNEED).unwrap();
    let (yes, no) = (true, false);
    assert_eq!([yes, yes, no, no, no, yes, yes, yes], cached(file.as_file())[..]);
    // A length of 0 is to the end.
    posix_fadvise(&file, 6 * page() as u64, 0, DONTNEED).unwrap();
    assert_eq!([yes, yes, no, no, no, yes, no, no], cached(file.as_file())[..]);
}

#[test]
fn willneed_and_readahead_bring_pages_in() {
    if !have!("disk") {
        return;
    }
    let file = cold();
    posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_WILLNEED).unwrap();
    comes(file.as_file(), 0..PAGES);
    let file = cold();
    readahead(&file, 0, PAGES * page()).unwrap();
    comes(file.as_file(), 0..PAGES);
}

#[test]
fn after_random_a_read_brings_in_what_is_read_and_no_more() {
    if !have!("disk") {
        return;
    }
    let file = cold();
    posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_RANDOM).unwrap();
    file.as_file().read_exact_at(&mut [0], 3 * page() as u64).unwrap();
    let there = cached(file.as_file());
    assert_eq!((true, 1), (there[3], there.iter().filter(|there| **there).count()));

    posix_fadvise(&file, 0, 0, DONTNEED).unwrap();
    posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_NORMAL).unwrap();
    // Where pages are of 16 KiB, two are the first step.
    file.as_file().read_exact_at(&mut [0], 0).unwrap();
    comes(file.as_file(), 0..2);
}

#[test]
fn every_advice_is_known() {
    let file = temp::pages_on_disk(1);
    for (name, advice) in PosixFadviseAdvice::NAMES {
        assert_eq!(Ok(()), posix_fadvise(&file, 0, 0, *advice), "{name}");
        assert_eq!(Ok(*advice), PosixFadviseAdvice::try_from(*advice as i32));
        assert_eq!(Ok(*advice), name.parse());
    }
    assert_eq!(6, PosixFadviseAdvice::NAMES.len());
    assert_eq!(Err(Errno::EINVAL), PosixFadviseAdvice::try_from(99));
}

#[test]
fn sync_file_range_writes_what_is_changed() {
    if !have!("linux-6.5", "disk") {
        return;
    }
    // The blocks are there already: a file system that gives them late writes more at once.
    let file = temp::pages_on_disk(PAGES);
    file.as_file().sync_all().unwrap();
    file.as_file().write_all_at(&vec![9; PAGES * page()], 0).unwrap();
    let changed = || {
        let stat = cachestat(&file, 0, 0).unwrap();
        (stat.nr_dirty + stat.nr_writeback, stat.nr_cache)
    };
    assert_eq!((PAGES as u64, PAGES as u64), changed());
    let half = (PAGES / 2 * page()) as u64;
    sync_file_range(&file, 0, half, SyncFileRangeFlags::all()).unwrap();
    assert_eq!((PAGES as u64 / 2, PAGES as u64), changed());
    // A length of 0 is to the end.
    sync_file_range(&file, half, 0, SyncFileRangeFlags::all()).unwrap();
    assert_eq!((0, PAGES as u64), changed());

    // One step after the other: a write is started, then waited for.
    for wait in [
        SyncFileRangeFlags::SYNC_FILE_RANGE_WAIT_BEFORE,
        SyncFileRangeFlags::SYNC_FILE_RANGE_WAIT_AFTER,
    ] {
        file.as_file().write_all_at(&vec![8; page()], 0).unwrap();
        sync_file_range(&file, 0, 0, SyncFileRangeFlags::SYNC_FILE_RANGE_WRITE).unwrap();
        assert_eq!(0, cachestat(&file, 0, 0).unwrap().nr_dirty);
        sync_file_range(&file, 0, 0, wait).unwrap();
        assert_eq!((0, PAGES as u64), changed(), "{wait}");
    }
}

#[test]
fn arguments() {
    let file = temp::pages_on_disk(1);
    let normal = PosixFadviseAdvice::POSIX_FADV_NORMAL;
    let write = SyncFileRangeFlags::SYNC_FILE_RANGE_WRITE;
    let far = 1 << 63;

    let (pipe, _end) = temp::pipe();
    assert_eq!(Err(Errno::ESPIPE), posix_fadvise(&pipe, 0, 0, normal));
    assert_eq!(Err(Errno::EINVAL), readahead(&pipe, 0, 1));
    assert_eq!(Err(Errno::ESPIPE), sync_file_range(&pipe, 0, 0, write));

    assert_eq!(Err(Errno::EINVAL), posix_fadvise(&file, far, 0, normal));
    assert_eq!(Err(Errno::EINVAL), posix_fadvise(&file, 0, far, normal));
    assert_eq!(Err(Errno::EINVAL), readahead(&file, far, 1));
    assert_eq!(Err(Errno::EINVAL), sync_file_range(&file, far, 0, write));
    assert_eq!(Err(Errno::EINVAL), sync_file_range(&file, 0, far, write));
    assert_eq!(Err(Errno::EINVAL), sync_file_range(&file, far - 1, far - 1, write));
    let unknown = SyncFileRangeFlags::from_bits_retain(8);
    assert_eq!(Err(Errno::EINVAL), sync_file_range(&file, 0, 0, unknown));

    let writer = OpenOptions::new().write(true).open(file.path()).unwrap();
    assert_eq!(Err(Errno::EBADF), readahead(&writer, 0, 1));
    // A descriptor that is none for the contents.
    let path = {
        use std::os::unix::fs::OpenOptionsExt as _;
        OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(file.path()).unwrap()
    };
    assert_eq!(Err(Errno::EBADF), posix_fadvise(&path, 0, 0, normal));
    assert_eq!(Err(Errno::EBADF), sync_file_range(&path, 0, 0, write));
}

#[test]
fn offsets_beyond_4_gib_are_taken_whole() {
    let file = temp::on_disk();
    let far = (5 << 30) + page() as u64;
    // A whole page: of a part the kernel may not tell that it is there.
    file.as_file().write_all_at(&vec![1; page()], 0).unwrap();
    file.as_file().write_all_at(&[1], far).unwrap();
    file.as_file().sync_all().unwrap();
    // If the upper half were lost, the first page would go as well.
    posix_fadvise(&file, far, page() as u64, DONTNEED).unwrap();
    assert!(cached(file.as_file())[0]);
    sync_file_range(&file, far, 1, SyncFileRangeFlags::all()).unwrap();
    readahead(&file, far, 1).unwrap();
}

/// The answer itself is the code: `errno` has nothing to say.
#[test]
fn the_code_of_posix_fadvise_is_its_answer() {
    let (pipe, _end) = temp::pipe();
    Errno::clear();
    let answer = posix_fadvise(&pipe, 0, 0, DONTNEED);
    assert_eq!((Err(Errno::ESPIPE), Errno::UnknownErrno), (answer, Errno::last()));
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    #[cfg(target_pointer_width = "64")]
    use libc::SYS_fadvise64;
    #[cfg(target_pointer_width = "32")]
    use libc::SYS_fadvise64_64 as SYS_fadvise64;
    let file = temp::pages_on_disk(1);
    passes_on(SYS_fadvise64, || posix_fadvise(&file, 0, 0, DONTNEED));
    passes_on(libc::SYS_readahead, || readahead(&file, 0, 1));
    let write = SyncFileRangeFlags::SYNC_FILE_RANGE_WRITE;
    passes_on(libc::SYS_sync_file_range, || sync_file_range(&file, 0, 0, write));
}
