//! Files of huge pages.

use std::{
    fs::File,
    os::fd::{FromRawFd as _, OwnedFd},
};

use mman::{Advice, FileMap, FileMapCow, FileMapMut, MapOptions};

use super::{get, returned, set, text};
use crate::util::{child::in_child, machine::HugePages, mount, page, smaps};

fn huge_file() -> File {
    let flags = libc::MFD_CLOEXEC | libc::MFD_HUGETLB | libc::MFD_HUGE_2MB;
    let fd = unsafe { libc::memfd_create(c"huge".as_ptr(), flags) };
    assert!(fd >= 0, "{}", std::io::Error::last_os_error());
    unsafe { OwnedFd::from_raw_fd(fd) }.into()
}

/// memmap2 #156: the length is not rounded, so each drop leaks a huge page.
#[test]
fn memmap2_huge_pages_are_all_unmapped() {
    let Some(pool) = HugePages::of_2m(4) else { return };
    in_child(|| {
        let (size, free) = (pool.size, pool.free());
        let file = huge_file();
        let map = FileMapMut::with_len(&file, size + 1).unwrap();
        assert_eq!((size + 1, 2 * size, size), (map.len(), map.mapped_len(), map.page_size()));
        assert_eq!(2 * size as u64, file.metadata().unwrap().len());
        assert!(smaps::at(map.as_ptr()).has("ht"));
        assert_eq!(free - 2, pool.free());
        set(&map, size, 7);
        // A part that begins within a huge page.
        let part = MapOptions::new().file_mut(&file, size as u64 - 5..size as u64 + 5).unwrap();
        assert_eq!((10, 2 * size, 7), (part.len(), part.mapped_len(), get(&part, 5)));
        assert_eq!(size - 5, part.as_ptr().addr() % size);
        let map = map.make_read_only().unwrap().make_mut().unwrap();
        map.flush(..).unwrap();
        map.advise(size - 1.., Advice::Normal).unwrap();
        let guard = map.lock(..).unwrap();
        assert_eq!(0..2 * size, guard.range());
        drop(guard);
        let (first, last) = (map.as_ptr(), map.as_ptr().wrapping_add(2 * size - 1));
        map.unmap().unwrap();
        assert!(smaps::find(first).is_none() && smaps::find(last).is_none());
        drop((part, file));
        // They would be the file's as long as anything of it is mapped.
        assert_eq!(free, pool.free());
    });
}

#[test]
fn parts_are_of_whole_huge_pages() {
    let Some(pool) = HugePages::of_2m(4) else { return };
    in_child(|| {
        let (size, file) = (pool.size, huge_file());
        let mut map = FileMapMut::with_len(&file, 3 * size).unwrap();
        let error = text(map.split_off(page()));
        let words = format!("offset {} is not a multiple of the page size {size}", page());
        assert_eq!(format!("split_off: {words}"), error);
        assert_eq!(format!("remove: {words}"), text(map.remove(page()..2 * page())));
        set(&map, size, 1);
        let before = pool.free();
        map.remove(size..2 * size).unwrap();
        assert_eq!((0, before + 1), (get_hole(&file, size), pool.free()));
        let tail = map.split_off(size).unwrap();
        assert_eq!((size as u64, 2 * size), (tail.file_offset(), tail.mapped_len()));
        drop(map);
        assert_eq!(2 * size, tail.len());
    });
}

/// What a file has in a hole, without filling it.
fn get_hole(file: &File, at: usize) -> u8 {
    use std::os::unix::fs::FileExt as _;
    let mut byte = [1];
    file.read_exact_at(&mut byte, at as u64).unwrap();
    byte[0]
}

#[test]
fn it_grows_by_huge_pages() {
    let Some(pool) = HugePages::of_2m(4) else { return };
    in_child(|| {
        let (size, file) = (pool.size, huge_file());
        let mut map = FileMapMut::with_len(&file, 10).unwrap();
        set(&map, 0, 3);
        map.resize(&file, size).unwrap();
        assert_eq!((size as u64, size), (file.metadata().unwrap().len(), map.mapped_len()));
        map.resize(&file, 2 * size + 1).unwrap();
        assert_eq!((3 * size, 3, 0), (map.mapped_len(), get(&map, 0), get(&map, 2 * size)));
        map.resize(&file, 1).unwrap();
        assert_eq!(size, map.mapped_len());
        let free = pool.free();
        let error = text(map.resize(&file, (free + 10) * size));
        assert!(error.starts_with("resize: ") && error.contains("2 MiB huge pages"), "{error}");
        assert_eq!((1, 3), (map.len(), get(&map, 0)));
    });
}

#[test]
fn a_copy_of_huge_pages() {
    let Some(pool) = HugePages::of_2m(4) else { return };
    in_child(|| {
        let (size, file) = (pool.size, huge_file());
        let map = FileMapMut::with_len(&file, size).unwrap();
        set(&map, 5, 50);
        let mut copy = FileMapCow::new(&file).unwrap();
        set(&copy, 5, 60);
        assert_eq!((50, 60), (get(&map, 5), get(&copy, 5)));
        if have!("linux-5.18") {
            copy.discard(..).unwrap();
            assert_eq!(50, get(&copy, 5));
        }
        let (copy, error) = returned(copy.make_read_only().unwrap().make_mut());
        assert_eq!(
            ("make_mut: a private map does not reach the file", 50),
            (&*error, get(&copy, 5))
        );
    });
}

/// As many as there are is told where there are too few.
#[test]
fn a_shortage_is_an_error_at_creation() {
    let Some(pool) = HugePages::of_2m(1) else { return };
    in_child(|| {
        let (size, file) = (pool.size, huge_file());
        let len = (pool.free() + 3) * size;
        file.set_len(len as u64).unwrap();
        let error = text(FileMapMut::new(&file));
        assert!(error.contains("huge pages of 2 MiB needed, free: "), "{error}");
        let error = text(FileMapMut::with_len(&file, len));
        assert!(error.contains("2 MiB") && error.starts_with("with_len: "), "{error}");
    });
}

#[test]
fn a_file_of_hugetlbfs() {
    let Some(pool) = HugePages::of_2m(2) else { return };
    if !have!("sys-admin") {
        return;
    }
    let (size, folder) = (pool.size, tempfile::tempdir().unwrap());
    in_child(|| {
        mount::privately("hugetlbfs", folder.path().to_str().unwrap(), "pagesize=2M");
        let path = folder.path().join("file");
        let map = FileMapMut::create_new(&path, 100).unwrap();
        assert_eq!((100, size, size), (map.len(), map.page_size(), map.mapped_len()));
        set(&map, 99, 9);
        let other = FileMap::open(&path).unwrap();
        assert_eq!((size, 9), (other.len(), get(&other, 99)));
        let free = pool.free();
        let error = text(FileMapMut::create_new(folder.path().join("other"), (free + 1) * size));
        assert!(error.contains("2 MiB"), "{error}");
        assert!(!folder.path().join("other").exists());
    });
}
