//! `posix_fallocate` and `fallocate`: a file's place on the disk.

use std::{
    ffi::CString,
    fs::{self, File, OpenOptions},
    os::unix::{ffi::OsStrExt as _, fs::MetadataExt as _},
    path::Path,
    ptr,
};

use mman::{
    Result,
    errno::Errno,
    fcntl::{FallocateFlags, fallocate, posix_fallocate},
};
use tempfile::NamedTempFile;

use crate::util::{capability::lacking, child::in_child, page, seccomp::passes_on, temp};

const KEEP: FallocateFlags = FallocateFlags::FALLOC_FL_KEEP_SIZE;
const NEW: FallocateFlags = FallocateFlags::empty();
const PUNCH: FallocateFlags = FallocateFlags::FALLOC_FL_PUNCH_HOLE;

/// The file's size and the bytes that it has on the disk.
fn sizes(file: &NamedTempFile) -> (u64, u64) {
    file.as_file().sync_all().unwrap();
    let about = file.as_file().metadata().unwrap();
    (about.len(), about.blocks() * 512)
}

/// The first byte of each page.
fn firsts(file: &NamedTempFile) -> Vec<u8> {
    fs::read(file.path()).unwrap().into_iter().step_by(page()).collect()
}

fn pages(count: u64) -> u64 {
    count * page() as u64
}

/// Whether the file system can do this; a skip if not.
#[track_caller]
fn can(answer: Result<()>) -> bool {
    match answer {
        Err(Errno::EOPNOTSUPP) => lacking("fallocate", "the file system cannot do this"),
        answer => answer.map(|()| true).unwrap(),
    }
}

#[test]
fn posix_fallocate_gives_the_range_its_blocks_and_keeps_what_is_there() {
    let file = temp::pages_on_disk(2);
    posix_fallocate(&file, pages(1), pages(4)).unwrap();
    assert_eq!([1, 2, 0, 0, 0], firsts(&file)[..]);
    let (len, blocks) = sizes(&file);
    assert_eq!(pages(5), len);
    assert!(blocks >= pages(5), "{blocks}");
    // A file that is large enough keeps its size.
    posix_fallocate(&file, 0, 1).unwrap();
    assert_eq!(pages(5), sizes(&file).0);
}

#[test]
fn fallocate_grows_the_file_unless_told_not_to() {
    let file = temp::on_disk();
    if !can(fallocate(&file, KEEP, 0, pages(4))) {
        return;
    }
    let (len, blocks) = sizes(&file);
    assert_eq!(0, len);
    assert!(blocks >= pages(4), "{blocks}");
    fallocate(&file, NEW, 0, pages(6)).unwrap();
    assert_eq!(pages(6), sizes(&file).0);
    assert_eq!([0; 6], firsts(&file)[..]);
}

#[test]
fn punch_hole_gives_the_blocks_back() {
    for file in [temp::pages_on_disk(4), temp::pages_in_memory(4)] {
        let (_, before) = sizes(&file);
        if !can(fallocate(&file, PUNCH | KEEP, pages(1), pages(2))) {
            continue;
        }
        assert_eq!([1, 0, 0, 4], firsts(&file)[..]);
        assert_eq!((pages(4), before - pages(2)), sizes(&file));
    }
}

#[test]
fn zero_range_keeps_the_blocks() {
    let file = temp::pages_on_disk(4);
    let (_, before) = sizes(&file);
    if !can(fallocate(&file, FallocateFlags::FALLOC_FL_ZERO_RANGE, pages(1), pages(2))) {
        return;
    }
    assert_eq!([1, 0, 0, 4], firsts(&file)[..]);
    assert_eq!((pages(4), before), sizes(&file));
}

#[test]
fn collapse_and_insert_move_what_follows() {
    let file = temp::pages_on_disk(4);
    let (collapse, insert) =
        (FallocateFlags::FALLOC_FL_COLLAPSE_RANGE, FallocateFlags::FALLOC_FL_INSERT_RANGE);
    // Its blocks are no larger than a page, or this is EINVAL.
    assert!(file.as_file().metadata().unwrap().blksize() <= page() as u64);
    if !can(fallocate(&file, collapse, pages(1), pages(1))) {
        return;
    }
    assert_eq!([1, 3, 4], firsts(&file)[..]);
    fallocate(&file, insert, pages(2), pages(2)).unwrap();
    assert_eq!([1, 3, 0, 0, 4], firsts(&file)[..]);

    let refused = |mode, offset, len| fallocate(&file, mode, offset, len).unwrap_err();
    // Not whole blocks; to the end of the file or beyond it; not alone.
    assert_eq!(Errno::EINVAL, refused(collapse, 1, pages(1)));
    assert_eq!(Errno::EINVAL, refused(insert, 0, 1));
    assert_eq!(Errno::EINVAL, refused(collapse, pages(4), pages(1)));
    assert_eq!(Errno::EINVAL, refused(insert, pages(5), pages(1)));
    for alone in [collapse, insert] {
        assert!([Errno::EINVAL, Errno::EOPNOTSUPP].contains(&refused(alone | KEEP, 0, pages(1))));
    }
    assert_eq!([1, 3, 0, 0, 4], firsts(&file)[..]);
}

#[test]
fn unshare_and_written_zeros() {
    let file = temp::pages_on_disk(2);
    if can(fallocate(&file, FallocateFlags::FALLOC_FL_UNSHARE_RANGE, 0, pages(2))) {
        assert_eq!([1, 2], firsts(&file)[..]);
    }
    if can(fallocate(&file, FallocateFlags::FALLOC_FL_WRITE_ZEROES, 0, pages(1))) {
        assert_eq!([0, 2], firsts(&file)[..]);
    }
}

#[test]
fn offsets_beyond_4_gib_are_taken_whole() {
    let file = temp::on_disk();
    let far = (5 << 30) + pages(1);
    posix_fallocate(&file, far, pages(1)).unwrap();
    let (len, blocks) = sizes(&file);
    assert_eq!(far + pages(1), len);
    assert!((pages(1)..1 << 20).contains(&blocks), "{blocks}");
    if can(fallocate(&file, PUNCH | KEEP, far, pages(1))) {
        assert_eq!((far + pages(1), 0), sizes(&file));
    }
}

/// Both functions, on the same arguments.
fn both(file: &File, offset: u64, len: u64) -> [Result<()>; 2] {
    [posix_fallocate(file, offset, len), fallocate(file, NEW, offset, len)]
}

#[test]
fn arguments() {
    let file = temp::pages_on_disk(1);
    let writer = file.as_file();
    let reader = File::open(file.path()).unwrap();
    assert_eq!([Err(Errno::EBADF); 2], both(&reader, 0, 1));
    assert_eq!([Err(Errno::EINVAL); 2], both(writer, 0, 0));
    assert_eq!([Err(Errno::EINVAL); 2], both(writer, 1 << 63, 1));
    assert_eq!([Err(Errno::EINVAL); 2], both(writer, 0, 1 << 63));
    assert_eq!([Err(Errno::EFBIG); 2], both(writer, i64::MAX as u64, 1));
    let (_reader, pipe) = temp::pipe();
    let pipe = File::from(pipe);
    assert_eq!([Err(Errno::ESPIPE); 2], both(&pipe, 0, 1));
    let null = OpenOptions::new().write(true).open("/dev/null").unwrap();
    assert_eq!([Err(Errno::ENODEV); 2], both(&null, 0, 1));

    let refused = |mode| fallocate(&file, mode, 0, pages(1)).unwrap_err();
    assert_eq!(Errno::EOPNOTSUPP, refused(PUNCH));
    assert_eq!(Errno::EOPNOTSUPP, refused(FallocateFlags::from_bits_retain(0x4000)));
    let two = FallocateFlags::FALLOC_FL_ZERO_RANGE | PUNCH | KEEP;
    assert_eq!(Errno::EOPNOTSUPP, refused(two));
    assert_eq!([1], firsts(&file)[..]);
}

/// The answer itself is the code: `errno` has nothing to say.
#[test]
fn the_code_of_posix_fallocate_is_its_answer() {
    let file = temp::on_disk();
    Errno::clear();
    let answer = posix_fallocate(&file, 0, 0);
    assert_eq!((Err(Errno::EINVAL), Errno::UnknownErrno), (answer, Errno::last()));
}

#[test]
fn a_full_disk_is_an_error() {
    if !have!("sys-admin") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    in_child(|| {
        mount_small(folder.path());
        let file = File::create(folder.path().join("file")).unwrap();
        assert_eq!([Err(Errno::ENOSPC); 2], both(&file, 0, pages(9)));
        assert_eq!(0, file.metadata().unwrap().len());
        assert_eq!([Ok(()); 2], both(&file, 0, pages(8)));
    });
}

/// Mounts a file system of eight pages that only this process sees: for a child only.
fn mount_small(folder: &Path) {
    let path = CString::new(folder.as_os_str().as_bytes()).unwrap();
    let options = CString::new(format!("size={}", pages(8))).unwrap();
    let none = ptr::null();
    unsafe {
        assert_eq!(0, libc::unshare(libc::CLONE_NEWNS), "{}", Errno::last());
        let private = libc::MS_REC | libc::MS_PRIVATE;
        assert_eq!(0, libc::mount(none, c"/".as_ptr(), none, private, none.cast()));
        let tmpfs = c"tmpfs".as_ptr();
        assert_eq!(0, libc::mount(tmpfs, path.as_ptr(), tmpfs, 0, options.as_ptr().cast()));
    }
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let file = temp::on_disk();
    passes_on(libc::SYS_fallocate, || fallocate(&file, NEW, 0, 1));
    passes_on(libc::SYS_fallocate, || posix_fallocate(&file, 0, 1));
}
