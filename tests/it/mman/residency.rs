//! `mincore` and `cachestat`: what is in memory.

use std::{
    fs::{self, File},
    os::fd::{AsRawFd as _, BorrowedFd, FromRawFd as _},
    ptr,
};

use mman::{
    errno::Errno,
    sys::mman::{CacheStat, cachestat, mincore, mlock, munmap},
};

use crate::util::{child::in_child, map::Area, page, seccomp, temp, unprivileged::become_nobody};

/// Whether each page is in memory.
fn resident(area: &Area) -> Vec<bool> {
    let mut bytes = vec![0xff; area.len() / page()];
    mincore(area.ptr(), area.len(), &mut bytes).unwrap();
    bytes.into_iter().map(|byte| byte & 1 == 1).collect()
}

#[test]
fn an_anonymous_page_is_in_memory_once_it_is_touched() {
    in_child(|| {
        let area = Area::anon(4);
        assert_eq!([false; 4], resident(&area)[..]);
        area.set(2 * page(), 1);
        assert_eq!([false, false, true, false], resident(&area)[..]);
        let shared = Area::shared(2);
        in_child(|| shared.set(page(), 1));
        // The child's touch counts: it is one page for both.
        assert_eq!([false, true], resident(&shared)[..]);
    });
}

#[test]
fn a_files_page_is_in_memory_without_being_mapped() {
    in_child(|| {
        let file = temp::in_memory();
        file.as_file().set_len(4 * page() as u64).unwrap();
        let area = Area::file(4, libc::MAP_SHARED, file.as_raw_fd());
        assert_eq!([false; 4], resident(&area)[..]);
        std::os::unix::fs::FileExt::write_all_at(file.as_file(), b"x", page() as u64).unwrap();
        assert_eq!([false, true, false, false], resident(&area)[..]);
        assert_eq!([false; 4], area.present()[..]);
    });
}

#[test]
fn locked_pages_of_a_file_are_in_memory() {
    in_child(|| {
        let file = temp::on_disk();
        file.as_file().set_len(4 * page() as u64).unwrap();
        let area = Area::file(4, libc::MAP_SHARED, file.as_raw_fd());
        assert_eq!([false; 4], resident(&area)[..]);
        unsafe { mlock(area.page(1), 2 * page()) }.unwrap();
        assert_eq!([true; 2], resident(&area)[1..3]);
    });
}

#[test]
fn mincore_writes_a_byte_for_each_page_and_no_more() {
    let area = Area::anon(4);
    area.fill(0..4, 1);
    let mut bytes = [0xaa_u8; 8];
    assert_eq!(Ok(()), mincore(area.ptr(), 2 * page() + 1, &mut bytes));
    assert!(bytes[..3].iter().all(|byte| byte & 1 == 1));
    assert_eq!([0xaa; 5], bytes[3..]);
    assert_eq!(Ok(()), mincore(area.ptr(), 0, &mut []));
    assert_eq!(Err(Errno::EINVAL), mincore(area.ptr(), 1, &mut []));
    let mut short = [0xaa_u8; 3];
    assert_eq!(Err(Errno::EINVAL), mincore(area.ptr(), 3 * page() + 1, &mut short));
    assert_eq!(Err(Errno::EINVAL), mincore(area.ptr(), usize::MAX, &mut short));
    assert_eq!([0xaa; 3], short);
}

#[test]
fn mincore_refuses_odd_addresses_and_holes() {
    in_child(|| {
        let area = Area::anon(3);
        let mut bytes = [0; 8];
        assert_eq!(Err(Errno::EINVAL), mincore(area.at(1).cast(), page(), &mut bytes));
        unsafe { munmap(area.page(1), page()) }.unwrap();
        assert_eq!(Err(Errno::ENOMEM), mincore(area.ptr(), 3 * page(), &mut bytes));
        let beyond = ptr::without_provenance(usize::MAX - page() + 1);
        assert_eq!(Err(Errno::ENOMEM), mincore(beyond, page(), &mut bytes));
    });
}

/// The bytes of a page from an odd address on are on two pages, and FreeBSD tells of both.
#[test]
fn mincore_counts_the_pages_that_an_odd_address_touches() {
    let area = Area::anon(2);
    in_child(|| {
        // Tells the answer of the kernel from that of the crate.
        seccomp::deny(&[libc::SYS_mincore], libc::EXDEV);
        let short = mincore(area.at(1).cast(), page(), &mut [0; 1]);
        assert_eq!(Err(Errno::EINVAL), short);
        let longer = mincore(area.at(1).cast(), page(), &mut [0; 2]);
        assert_eq!(Err(Errno::EXDEV), longer);
        assert_eq!(Err(Errno::EXDEV), mincore(area.at(1).cast(), page() - 1, &mut [0; 1]));
    });
}

/// A file whose pages are all in the cache, changed and not written yet, and so stay there.
#[test]
fn cachestat_counts_cached_and_changed_pages_of_the_range() {
    if !have!("linux-6.5", "disk") {
        return;
    }
    let file = temp::pages_on_disk(8);
    let size = page() as u64;
    let all = cachestat(&file, 0, 0).unwrap();
    assert_eq!((8, 8), (all.nr_cache, all.nr_dirty + all.nr_writeback));
    let some = cachestat(&file, 3 * size, 2 * size).unwrap();
    assert_eq!((2, 2), (some.nr_cache, some.nr_dirty + some.nr_writeback));
    // Bytes, not pages: two bytes can lie on two pages.
    assert_eq!(2, cachestat(&file, size - 1, 2).unwrap().nr_cache);
    assert_eq!(2, cachestat(&file, 6 * size, 0).unwrap().nr_cache);
    assert_eq!(0, cachestat(&file, 8 * size, 0).unwrap().nr_cache);
    assert_eq!(0, cachestat(&file, u64::MAX, u64::MAX).unwrap().nr_cache);
    file.as_file().sync_all().unwrap();
    let written = cachestat(&file, 0, 0).unwrap();
    assert_eq!((0, 0), (written.nr_dirty, written.nr_writeback));
}

#[test]
fn cachestat_counts_the_pages_of_a_file_in_memory() {
    if !have!("linux-6.5") {
        return;
    }
    let file = temp::pages_in_memory(3);
    file.as_file().set_len(8 * page() as u64).unwrap();
    assert_eq!(3, cachestat(&file, 0, 0).unwrap().nr_cache);
    assert_eq!(1, cachestat(&file, 2 * page() as u64, 0).unwrap().nr_cache);
}

#[test]
fn cachestat_and_mincore_see_that_pages_are_gone() {
    if !have!("linux-6.5", "disk") {
        return;
    }
    in_child(|| {
        let file = temp::pages_on_disk(8);
        file.as_file().sync_all().unwrap();
        let fd = file.as_raw_fd();
        let dropped = (0..200).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(5));
            assert_eq!(0, unsafe { libc::posix_fadvise(fd, 0, 0, libc::POSIX_FADV_DONTNEED) });
            cachestat(&file, 0, 0).unwrap().nr_cache == 0
        });
        assert!(dropped);
        let area = Area::file(8, libc::MAP_SHARED, fd);
        assert_eq!([false; 8], resident(&area)[..]);
    });
}

#[test]
fn cachestat_of_what_has_no_pages() {
    if !have!("linux-6.5") {
        return;
    }
    let empty = temp::on_disk();
    assert_eq!(Ok(CacheStat::default()), cachestat(&empty, 0, 0));
    assert_eq!(Ok(CacheStat::default()), cachestat(File::open("/dev/null").unwrap(), 0, 0));
    let (reader, _writer) = temp::pipe();
    assert_eq!(Ok(CacheStat::default()), cachestat(reader, 0, 0));
}

#[test]
fn cachestat_errors() {
    if !have!("linux-6.5") {
        return;
    }
    let nobodys = unsafe { BorrowedFd::borrow_raw(i32::MAX) };
    assert_eq!(Err(Errno::EBADF), cachestat(nobodys, 0, 0));
    let flags = libc::MFD_CLOEXEC | libc::MFD_HUGETLB;
    let fd = unsafe { libc::memfd_create(c"huge".as_ptr(), flags) };
    if fd >= 0 {
        assert_eq!(Err(Errno::EOPNOTSUPP), cachestat(unsafe { File::from_raw_fd(fd) }, 0, 0));
    }
    if have!("root", "linux-6.14") {
        let file = temp::pages_on_disk(1);
        let world = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        fs::set_permissions(file.path(), world).unwrap();
        let reader = File::open(file.path()).unwrap();
        in_child(|| {
            become_nobody();
            assert_eq!(Err(Errno::EPERM), cachestat(&reader, 0, 0));
        });
    }
}

/// An older kernel and a filter of a container are told apart.
#[test]
fn cachestat_where_the_call_is_missing_or_forbidden() {
    let file = temp::pages_on_disk(1);
    for errno in [Errno::ENOSYS, Errno::EPERM] {
        in_child(|| {
            seccomp::deny(&[451], errno as i32);
            assert_eq!(Err(errno), cachestat(&file, 0, 0));
        });
    }
}

#[test]
fn mincore_where_the_call_is_missing_or_forbidden() {
    let area = Area::anon(1);
    seccomp::passes_on(libc::SYS_mincore, || mincore(area.ptr(), page(), &mut [0]));
}
