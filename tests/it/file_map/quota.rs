//! A quota that is used up is an error at creation and growth, and no fault later.

use std::{
    fs::{self, File},
    path::Path,
};

use mman::{Error, FileMapMut, MapError, MapOptions, Shared, ShmName};

use super::{contents, shown};
use crate::util::{child::in_child, mount, seccomp};

const MIB: usize = 1 << 20;

#[track_caller]
fn is_used_up(operation: &str, error: &MapError) {
    let words = format!("{operation}: the quota of the file system is used up (EDQUOT)");
    assert_eq!((&*words, Some(Error::EDQUOT)), (&*error.to_string(), error.errno()));
}

fn open(path: &Path) -> File {
    File::options().read(true).write(true).create(true).truncate(false).open(path).unwrap()
}

/// In a folder where there is room for 2 MiB, and not for 4.
fn files_are_refused(folder: &Path) {
    let path = folder.join("file");
    is_used_up("create_new", &FileMapMut::create_new(&path, 4 * MIB).unwrap_err());
    assert!(!path.exists());

    let file = open(&path);
    let mut map = FileMapMut::with_len(&file, MIB).unwrap();
    map.fill(.., 7).unwrap();
    map.flush(..).unwrap();
    is_used_up("resize", &map.resize(&file, 4 * MIB).unwrap_err());
    let more = MapOptions::new().file_allocated(&file, ..4 * MIB as u64);
    is_used_up("map", &more.unwrap_err());
    is_used_up("with_len", &FileMapMut::with_len(&file, 4 * MIB).unwrap_err());
    // Nothing has come of it, and nothing is lost.
    assert_eq!((MIB, MIB as u64), (map.len(), file.metadata().unwrap().len()));
    assert!(shown(&map).iter().all(|byte| *byte == 7));
    assert_eq!(vec![7; MIB], contents(&file));
    // There is room for less.
    map.resize(&file, MIB + MIB / 4).unwrap();
    assert_eq!((7, 0), (shown(&map)[MIB - 1], shown(&map)[MIB]));
}

#[test]
fn a_quota_that_is_used_up_is_an_error_in_time() {
    let Some(disk) = mount::Quota::new() else { return };
    let folder = tempfile::tempdir().unwrap();
    in_child(|| {
        disk.mount(folder.path(), 3 * MIB);
        files_are_refused(folder.path());
        // A store into what was not allocated is a fault, and not the end.
        let sparse = open(&folder.path().join("sparse"));
        sparse.set_len(4 * MIB as u64).unwrap();
        let lazy = FileMapMut::new(&sparse).unwrap();
        let fault = lazy.fill(.., 1).unwrap_err().fault().unwrap();
        assert_eq!((0, 4 * MIB), (fault.offset, fault.len));
        assert!(fault.done < 4 * MIB, "{fault:?}");
        assert_eq!(vec![1; fault.done], lazy.to_vec(..fault.done).unwrap());
    });
}

/// Where objects with names are, other file systems may be mounted.
#[test]
fn shared_memory_has_a_quota_too() {
    let Some(disk) = mount::Quota::new() else { return };
    in_child(|| {
        let folder = Path::new("/dev/shm");
        disk.mount(folder, 3 * MIB);
        let name = ShmName::new("/mman-test-quota").unwrap();
        is_used_up("create", &Shared::create(&name, 4 * MIB).unwrap_err());
        assert_eq!(0, fs::read_dir(folder).unwrap().count());
        let (shared, guard) = Shared::create(&name, MIB).unwrap();
        shared.fill(.., 1).unwrap();
        assert_eq!(1, fs::read_dir(folder).unwrap().count());
        drop(guard);
    });
}

/// On any machine: as a file system answers whose quota is used up.
#[test]
fn the_answer_of_a_quota_is_told_as_such() {
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    in_child(|| {
        let path = folder.path().join("file");
        let file = open(&path);
        let mut map = FileMapMut::with_len(&file, MIB).unwrap();
        seccomp::deny(&[libc::SYS_fallocate], libc::EDQUOT);
        is_used_up("resize", &map.resize(&file, 2 * MIB).unwrap_err());
        assert_eq!((MIB, MIB as u64), (map.len(), file.metadata().unwrap().len()));
        let other = folder.path().join("other");
        is_used_up("create_new", &FileMapMut::create_new(&other, MIB).unwrap_err());
        assert!(!other.exists());
    });
}
