//! `msync`.

use std::{
    fs,
    os::{fd::AsRawFd as _, unix::fs::FileExt as _},
};

use mman::{
    errno::Errno,
    sys::mman::{MsFlags, cachestat, mlock, msync, munmap},
};

use crate::util::{child::in_child, map::Area, page, seccomp::passes_on, temp};

const SYNC: MsFlags = MsFlags::MS_SYNC;
const ASYNC: MsFlags = MsFlags::MS_ASYNC;
const INVALIDATE: MsFlags = MsFlags::MS_INVALIDATE;

#[test]
fn ms_sync_writes_the_range_to_the_disk_and_ms_async_does_not_wait() {
    if !have!("linux-6.5", "disk") {
        return;
    }
    in_child(|| {
        let file = temp::pages_on_disk(4);
        file.as_file().sync_all().unwrap();
        let dirty = || cachestat(&file, 0, 0).unwrap().nr_dirty;
        assert_eq!(0, dirty());
        let area = Area::file(4, libc::MAP_SHARED, file.as_raw_fd());
        area.fill(0..4, 9);
        assert_eq!(4, dirty());
        // It does nothing: the kernel knows already.
        assert_eq!(Ok(()), unsafe { msync(area.ptr(), area.len(), ASYNC) });
        assert_eq!(4, dirty());
        assert_eq!(Ok(()), unsafe { msync(area.page(1), 2 * page(), SYNC) });
        assert!(dirty() < 4);
        assert_eq!(Ok(()), unsafe { msync(area.ptr(), area.len(), SYNC | INVALIDATE) });
        assert_eq!(0, dirty());
        assert!(fs::read(file.path()).unwrap().iter().all(|byte| *byte == 9));
    });
}

#[test]
fn after_ms_invalidate_the_mapping_shows_what_the_file_holds() {
    for file in [temp::pages_on_disk(1), temp::pages_in_memory(1)] {
        for kind in [libc::MAP_SHARED, libc::MAP_PRIVATE] {
            let area = Area::file(1, kind, file.as_raw_fd());
            let before = area.get(0);
            file.as_file().write_all_at(&[before + 1], 0).unwrap();
            for flags in [INVALIDATE, INVALIDATE | SYNC, INVALIDATE | ASYNC] {
                assert_eq!(Ok(()), unsafe { msync(area.ptr(), page(), flags) });
                assert_eq!(before + 1, area.get(0));
            }
        }
    }
}

#[test]
fn private_changes_are_not_written() {
    let file = temp::pages_on_disk(1);
    let area = Area::file(1, libc::MAP_PRIVATE, file.as_raw_fd());
    area.fill(0..1, 9);
    assert_eq!(Ok(()), unsafe { msync(area.ptr(), area.len(), SYNC) });
    assert!(fs::read(file.path()).unwrap().iter().all(|byte| *byte == 1));
    assert!(area.holds(0..1, 9));
}

#[test]
fn ms_invalidate_fails_on_locked_pages() {
    in_child(|| {
        let area = Area::shared(2);
        unsafe { mlock(area.page(1), page()) }.unwrap();
        assert_eq!(Err(Errno::EBUSY), unsafe { msync(area.ptr(), area.len(), INVALIDATE) });
        assert_eq!(Err(Errno::EBUSY), unsafe { msync(area.ptr(), area.len(), SYNC | INVALIDATE) });
        assert_eq!(Ok(()), unsafe { msync(area.ptr(), page(), INVALIDATE) });
        assert_eq!(Ok(()), unsafe { msync(area.ptr(), area.len(), SYNC) });
    });
}

/// rustix's libc backend answers `Errno(-1)` here.
#[test]
fn a_hole_is_an_error_and_the_rest_is_written() {
    if !have!("linux-6.5", "disk") {
        return;
    }
    in_child(|| {
        let file = temp::pages_on_disk(3);
        file.as_file().sync_all().unwrap();
        let area = Area::file(3, libc::MAP_SHARED, file.as_raw_fd());
        area.fill(2..3, 9);
        assert_eq!(1, cachestat(&file, 0, 0).unwrap().nr_dirty);
        unsafe { munmap(area.page(1), page()) }.unwrap();
        assert_eq!(Err(Errno::ENOMEM), unsafe { msync(area.ptr(), area.len(), SYNC) });
        assert_eq!(0, cachestat(&file, 0, 0).unwrap().nr_dirty);
        assert_eq!(Err(Errno::ENOMEM), unsafe { msync(area.page(1), page(), SYNC) });
    });
}

#[test]
fn arguments() {
    let area = Area::shared(1);
    let sync = |flags| unsafe { msync(area.ptr(), page(), flags) };
    assert_eq!(Err(Errno::EINVAL), sync(SYNC | ASYNC));
    assert_eq!(Err(Errno::EINVAL), sync(SYNC | MsFlags::from_bits_retain(0x100)));
    assert_eq!(Ok(()), sync(MsFlags::empty()));
    assert_eq!(Err(Errno::EINVAL), unsafe { msync(area.at(1).cast(), page(), SYNC) });
    assert_eq!(Err(Errno::ENOMEM), unsafe { msync(area.ptr(), usize::MAX / 2, SYNC) });
    assert_eq!(Ok(()), unsafe { msync(area.ptr(), 0, SYNC) });
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let area = Area::shared(1);
    passes_on(libc::SYS_msync, || unsafe { msync(area.ptr(), page(), SYNC) });
}
