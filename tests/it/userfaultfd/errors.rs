//! The errno of each way to go wrong.

use std::{
    fs::File,
    os::fd::{AsFd, AsRawFd as _, BorrowedFd},
};

use mman::{Error, sys::userfaultfd::*};

use super::*;
use crate::util::{child::in_child, smaps};

/// Each request for a range, with no mode.
fn every(uffd: impl AsFd, start: u64, len: u64) -> [mman::Result<()>; 8] {
    let uffd = uffd.as_fd();
    let page = vec![0_u8; page()];
    let (src, away) = (page.as_ptr().cast(), start.wrapping_sub(1 << 30));
    unsafe {
        [
            uffdio_unregister(uffd, start, len),
            uffdio_wake(uffd, start, len),
            uffdio_writeprotect(uffd, start, len, UffdioWriteprotectMode::Unprotect),
            uffdio_copy(uffd, start, src, len, UffdioCopyMode::empty()).map(drop),
            uffdio_zeropage(uffd, start, len, UffdioZeropageMode::empty()).map(drop),
            uffdio_continue(uffd, start, len, UffdioContinueMode::empty()).map(drop),
            uffdio_poison(uffd, start, len, UffdioPoisonMode::empty()).map(drop),
            uffdio_move(uffd, start, away, len, UffdioMoveMode::empty()).map(drop),
        ]
    }
}

#[test]
fn another_file_is_enotty_and_none_is_ebadf() {
    let null = File::open("/dev/null").unwrap();
    let none = unsafe { BorrowedFd::borrow_raw(1 << 20) };
    let start = Area::anon(1).ptr() as u64;
    for (fd, errno) in [(null.as_fd(), Error::ENOTTY), (none, Error::EBADF)] {
        assert_eq!([Err(errno); 8], every(fd, start, size()));
        assert_eq!(Err(errno), unsafe { uffdio_register(fd, start, size(), MISSING) });
        assert_eq!(Err(errno), uffdio_api(fd, UffdFeatures::empty()));
    }
    assert!(matches!(unsafe { read_uffd_msg(none) }, Err(Error::EBADF)));
}

#[test]
fn ranges_are_of_whole_pages() {
    in_child(|| {
        let watched = Watched::missing(2, UffdFeatures::empty());
        let (uffd, start) = (&watched.uffd, watched.at(0));
        for (start, len) in [
            (start + 1, size()),
            (start, 0),
            (start, size() - 1),
            (start, 0_u64.wrapping_sub(size())),
            (u64::MAX - size() + 1, size()),
        ] {
            let answers = every(uffd, start, len);
            assert_eq!([Err(Error::EINVAL); 8], answers, "{start:#x} {len:#x}");
            assert_eq!(Err(Error::EINVAL), unsafe { uffdio_register(uffd, start, len, MISSING) });
        }
        assert_eq!([false, false], watched.area.present()[..]);
    });
}

#[test]
fn unknown_modes_are_einval() {
    in_child(|| {
        let watched = Watched::missing(1, UffdFeatures::empty());
        let (uffd, start, len) = (&watched.uffd, watched.at(0), size());
        let page = vec![0_u8; page()];
        let unknown = 1 << 40;
        let answers = unsafe {
            [
                uffdio_register(uffd, start, len, UffdioRegisterMode::empty()).err(),
                uffdio_register(uffd, start, len, UffdioRegisterMode::from_bits_retain(unknown))
                    .err(),
                uffdio_copy(
                    uffd,
                    start,
                    page.as_ptr().cast(),
                    len,
                    UffdioCopyMode::from_bits_retain(unknown),
                )
                .err(),
                uffdio_zeropage(uffd, start, len, UffdioZeropageMode::from_bits_retain(unknown))
                    .err(),
                uffdio_continue(uffd, start, len, UffdioContinueMode::from_bits_retain(unknown))
                    .err(),
                uffdio_poison(uffd, start, len, UffdioPoisonMode::from_bits_retain(unknown)).err(),
                uffdio_move(
                    uffd,
                    start,
                    page.as_ptr() as u64,
                    len,
                    UffdioMoveMode::from_bits_retain(unknown),
                )
                .err(),
            ]
        };
        assert_eq!([Some(Error::EINVAL); 7], answers);
    });
}

#[test]
fn modes_belong_to_kinds_of_memory() {
    in_child(|| {
        let uffd = open(UffdFeatures::empty());
        let anon = Area::anon(1);
        let start = anon.ptr() as u64;
        // Anonymous private pages are in no page cache.
        assert_eq!(Err(Error::EINVAL), unsafe { uffdio_register(&uffd, start, size(), MINOR) });
        unsafe { uffdio_register(&uffd, start, size(), MISSING) }.unwrap();
        // What the range was not registered for.
        let page = vec![0_u8; page()];
        let mode = UffdioCopyMode::UFFDIO_COPY_MODE_WP;
        let copied = unsafe { uffdio_copy(&uffd, start, page.as_ptr().cast(), size(), mode) };
        assert_eq!(Err(Error::EINVAL), copied);
        let go_on = unsafe { uffdio_continue(&uffd, start, size(), UffdioContinueMode::empty()) };
        assert_eq!(Err(Error::EINVAL), go_on);
        let protect = UffdioWriteprotectMode::Protect;
        assert_eq!(Err(Error::ENOENT), unsafe {
            uffdio_writeprotect(&uffd, start, size(), protect)
        });
    });
}

#[test]
fn the_pages_of_a_disks_file_are_not_watched() {
    if !have!("disk") {
        return;
    }
    let uffd = open(UffdFeatures::empty());
    let on_disk = crate::util::temp::pages_on_disk(1);
    let file = Area::file(1, libc::MAP_SHARED, on_disk.as_file().as_raw_fd());
    let of_file = unsafe { uffdio_register(&uffd, file.ptr() as u64, size(), MISSING) };
    assert_eq!(Err(Error::EINVAL), of_file);
}

#[test]
fn a_range_that_is_not_registered_is_enoent() {
    in_child(|| {
        let uffd = open(UffdFeatures::empty());
        let (area, from) = (Area::anon(1), Area::anon(1));
        from.fill(0..1, 1);
        let start = area.ptr() as u64;
        assert_eq!(Err(Error::ENOENT), copy(&uffd, start, 1, 1));
        let zero = unsafe { uffdio_zeropage(&uffd, start, size(), UffdioZeropageMode::empty()) };
        assert_eq!(Err(Error::ENOENT), zero);
        let go_on = unsafe { uffdio_continue(&uffd, start, size(), UffdioContinueMode::empty()) };
        assert_eq!(Err(Error::ENOENT), go_on);
        let unprotect = UffdioWriteprotectMode::Unprotect;
        assert_eq!(Err(Error::ENOENT), unsafe {
            uffdio_writeprotect(&uffd, start, size(), unprotect)
        });
        if have!("linux-6.8") {
            let poison = unsafe { uffdio_poison(&uffd, start, size(), UffdioPoisonMode::empty()) };
            assert_eq!(Err(Error::ENOENT), poison);
            let src = from.ptr() as u64;
            let moved = unsafe { uffdio_move(&uffd, start, src, size(), UffdioMoveMode::empty()) };
            assert_eq!(Err(Error::EINVAL), moved);
            assert!(from.holds(0..1, 1));
        }
    });
}

#[test]
fn nothing_is_registered_where_nothing_is_mapped() {
    in_child(|| {
        let uffd = open(UffdFeatures::empty());
        let area = Area::anon(3);
        assert_eq!(0, unsafe { libc::munmap(area.page(1), page()) });
        let hole = area.page(1) as u64;
        assert_eq!(Err(Error::EINVAL), unsafe { uffdio_register(&uffd, hole, size(), MISSING) });
        assert_eq!(Err(Error::EINVAL), unsafe { uffdio_unregister(&uffd, hole, size()) });
    });
}

#[test]
fn one_range_has_one_userfaultfd() {
    in_child(|| {
        let watched = Watched::missing(4, UffdFeatures::empty());
        let other = open(UffdFeatures::empty());
        let overlap = unsafe { uffdio_register(&other, watched.at(3), size(), MISSING) };
        assert_eq!(Err(Error::EBUSY), overlap);
        unsafe { uffdio_unregister(&watched.uffd, watched.at(3), size()) }.unwrap();
        assert!(unsafe { uffdio_register(&other, watched.at(3), size(), MISSING) }.is_ok());
        // Each has its own faults.
        let thread = reader(watched.at(3));
        assert!(matches!(message(&other), UffdMsg::Pagefault { .. }));
        assert!(matches!(unsafe { read_uffd_msg(&watched.uffd) }, Err(Error::EAGAIN)));
        assert_eq!(Ok(size()), copy(&other, watched.at(3), 1, 2));
        assert_eq!(2, thread.join());
        // To register once more is no conflict.
        assert!(
            unsafe { uffdio_register(&watched.uffd, watched.at(0), 3 * size(), MISSING) }.is_ok()
        );
    });
}

/// Why these are `unsafe`: whose the range is, the kernel does not ask.
#[test]
fn a_userfaultfd_reaches_the_range_of_another() {
    in_child(|| {
        let watched = Watched::new(Area::anon(3), UffdFeatures::empty(), MISSING | WP);
        let other = open(UffdFeatures::empty());
        assert_eq!(Ok(size()), copy(&other, watched.at(0), 1, 1));
        let none = UffdioZeropageMode::empty();
        let zero = unsafe { uffdio_zeropage(&other, watched.at(1), size(), none) };
        assert_eq!(Ok(size()), zero);
        assert_eq!([true, true, false], watched.area.present()[..]);
        let protect = |uffd, mode| unsafe {
            uffdio_writeprotect(uffd, watched.at(0), 2 * size(), mode).unwrap();
            protected(&watched.area)
        };
        use UffdioWriteprotectMode::{Protect, Unprotect};
        assert_eq!([true, true, false], protect(&watched.uffd, Protect)[..]);
        assert_eq!([false; 3], protect(&other, Unprotect)[..]);
    });
    if !offers(UffdFeatures::UFFD_FEATURE_MINOR_SHMEM) {
        return;
    }
    in_child(|| {
        let fd = memfd(1);
        Area::file(1, libc::MAP_SHARED, fd.as_raw_fd()).fill(0..1, 5);
        let mine = Area::file(1, libc::MAP_SHARED, fd.as_raw_fd());
        let watched = Watched::new(mine, UffdFeatures::empty(), MINOR);
        let (other, none) = (open(UffdFeatures::empty()), UffdioContinueMode::empty());
        let go_on = unsafe { uffdio_continue(&other, watched.at(0), size(), none) };
        assert_eq!(Ok(size()), go_on);
        assert!(watched.area.holds(0..1, 5));
    });
}

#[test]
fn to_register_again_changes_modes_unless_they_are_there() {
    if !offers(UffdFeatures::UFFD_FEATURE_PAGEFAULT_FLAG_WP) {
        return;
    }
    in_child(|| {
        let watched = Watched::missing(1, UffdFeatures::empty());
        let modes = || {
            let vma = smaps::at(watched.area.ptr());
            ["um", "uw"].map(|flag| vma.has(flag))
        };
        assert_eq!([true, false], modes());
        for (mode, are) in [
            (WP, [false, true]),
            (MISSING | WP, [true, true]),
            (MISSING, [true, true]),
            (WP, [true, true]),
        ] {
            watched.register(mode);
            assert_eq!(are, modes(), "{mode}");
        }
    });
}

#[test]
fn memory_that_may_not_be_written_is_eperm() {
    in_child(|| {
        let fd = memfd(1);
        let path = format!("/proc/self/fd/{}", fd.as_raw_fd());
        let read_only = File::open(path).unwrap();
        let area = Area::reserve(1);
        area.place(libc::PROT_READ, libc::MAP_SHARED, read_only.as_raw_fd());
        let uffd = open(UffdFeatures::empty());
        let refused = unsafe { uffdio_register(&uffd, area.ptr() as u64, size(), MISSING) };
        assert_eq!(Err(Error::EPERM), refused);
    });
}

#[test]
fn a_source_that_cannot_be_read_is_efault() {
    in_child(|| {
        let watched = Watched::missing(2, UffdFeatures::empty());
        let nothing = Area::reserve(1);
        let mode = UffdioCopyMode::empty();
        let src = nothing.ptr().cast_const();
        let copied = unsafe { uffdio_copy(&watched.uffd, watched.at(0), src, size(), mode) };
        assert_eq!(Err(Error::EFAULT), copied);
        assert_eq!([false, false], watched.area.present()[..]);
    });
}

#[test]
fn move_is_for_private_anonymous_pages_of_one_kind() {
    if !offers(UffdFeatures::UFFD_FEATURE_MOVE) {
        return;
    }
    in_child(|| {
        let watched = Watched::missing(2, UffdFeatures::empty());
        let shift = |src: u64, len| unsafe {
            uffdio_move(&watched.uffd, watched.at(0), src, len, UffdioMoveMode::empty())
        };
        let shared = Area::shared(1);
        shared.fill(0..1, 1);
        assert_eq!(Err(Error::EINVAL), shift(shared.ptr() as u64, size()));
        assert_eq!(Err(Error::EINVAL), shift(watched.at(1), 2 * size()), "they overlap");
        let hole = Area::anon(1);
        assert_eq!(0, unsafe { libc::munmap(hole.ptr(), page()) });
        assert_eq!(Err(Error::ENOENT), shift(hole.ptr() as u64, size()));
        let locked = Area::anon(1);
        locked.fill(0..1, 1);
        assert_eq!(0, unsafe { libc::mlock(locked.ptr(), page()) });
        assert_eq!(Err(Error::EINVAL), shift(locked.ptr() as u64, size()));
        let read_only = Area::anon(1);
        read_only.fill(0..1, 1);
        assert_eq!(0, unsafe { libc::mprotect(read_only.ptr(), page(), libc::PROT_READ) });
        assert_eq!(Err(Error::EINVAL), shift(read_only.ptr() as u64, size()));
        assert!(locked.holds(0..1, 1) && read_only.holds(0..1, 1));

        // A page that a child has too cannot move.
        let area = Area::anon(1);
        area.fill(0..1, 1);
        let child = unsafe { libc::fork() };
        if child == 0 {
            unsafe { libc::pause() };
        }
        assert_eq!(Err(Error::EBUSY), shift(area.ptr() as u64, size()));
        unsafe { libc::kill(child, libc::SIGKILL) };
        assert_eq!(child, unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) });
    });
}
