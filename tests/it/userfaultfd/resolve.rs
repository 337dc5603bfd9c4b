//! What becomes of the pages.

use std::os::fd::AsRawFd as _;

use mman::{Error, sys::userfaultfd::*};

use super::*;
use crate::util::{
    child::{End, child, in_child},
    machine::HugePages,
    temp,
};

#[test]
fn copy_resolves_a_missing_fault() {
    in_child(|| {
        // This one waits in `read`.
        let flags = UserfaultfdFlags::O_CLOEXEC | UserfaultfdFlags::UFFD_USER_MODE_ONLY;
        let area = Area::anon(4);
        let watched = Watched { uffd: userfaultfd(flags).unwrap(), area };
        uffdio_api(&watched.uffd, UffdFeatures::empty()).unwrap();
        let ioctls = watched.register(MISSING);
        assert!(ioctls.contains(
            UffdIoctls::_UFFDIO_WAKE | UffdIoctls::_UFFDIO_COPY | UffdIoctls::_UFFDIO_ZEROPAGE
        ));
        assert!(!ioctls.contains(UffdIoctls::_UFFDIO_WRITEPROTECT), "{ioctls:?}");

        let thread = reader(watched.at(2) + 5);
        let fault = unsafe { read_uffd_msg(&watched.uffd) }.unwrap();
        assert!(waits(&thread));
        assert_eq!(Ok(size()), watched.copy(2, 1, 42));
        assert_eq!(42, thread.join());
        let UffdMsg::Pagefault { flags, address, ptid } = fault else { panic!("{fault:?}") };
        assert_eq!((flags, address, ptid), (UffdPagefaultFlags::empty(), watched.at(2), 0));
        assert_eq!([false, false, true, false], watched.area.present()[..]);
        assert!(watched.area.holds(2..3, 42));
    });
}

#[test]
fn a_write_is_told_from_a_read() {
    in_child(|| {
        let watched = Watched::missing(2, UffdFeatures::empty());
        let thread = writer(watched.at(1), 7);
        assert_eq!((UffdPagefaultFlags::UFFD_PAGEFAULT_FLAG_WRITE, 1), watched.fault());
        assert_eq!(Ok(size()), watched.copy(1, 1, 9));
        thread.join();
        assert_eq!((7, 9), (watched.area.get(page()), watched.area.get(page() + 1)));
    });
}

#[test]
fn dontwake_leaves_the_thread_to_wake() {
    in_child(|| {
        let watched = Watched::missing(2, UffdFeatures::empty());
        let thread = reader(watched.at(0));
        watched.fault();
        let content = vec![3_u8; page()];
        let mode = UffdioCopyMode::UFFDIO_COPY_MODE_DONTWAKE;
        let src = content.as_ptr().cast();
        assert_eq!(Ok(size()), unsafe {
            uffdio_copy(&watched.uffd, watched.at(0), src, size(), mode)
        });
        assert!(waits(&thread));
        // Another page's.
        assert_eq!(Ok(()), uffdio_wake(&watched.uffd, watched.at(1), size()));
        assert!(waits(&thread));
        assert_eq!(Ok(()), uffdio_wake(&watched.uffd, watched.at(0), size()));
        assert_eq!(3, thread.join());
    });
}

#[test]
fn zeropage_gives_zeros() {
    in_child(|| {
        let watched = Watched::missing(3, UffdFeatures::empty());
        let thread = reader(watched.at(1));
        watched.fault();
        let mode = UffdioZeropageMode::UFFDIO_ZEROPAGE_MODE_DONTWAKE;
        let zero = |number, mode| unsafe {
            uffdio_zeropage(&watched.uffd, watched.at(number), size(), mode)
        };
        assert_eq!(Ok(size()), zero(1, mode));
        assert!(waits(&thread));
        assert_eq!(Ok(size()), zero(0, UffdioZeropageMode::empty()));
        uffdio_wake(&watched.uffd, watched.at(0), 2 * size()).unwrap();
        assert_eq!(0, thread.join());
        assert_eq!([true, true, false], watched.area.present()[..]);
        assert!(watched.area.holds(0..2, 0));
        assert_eq!(Err(Error::EEXIST), zero(1, UffdioZeropageMode::empty()));
    });
}

/// Why it is `unsafe`.
#[test]
fn zeropage_hides_what_a_private_mapping_had() {
    in_child(|| {
        let fd = memfd(1);
        Area::file(1, libc::MAP_SHARED, fd.as_raw_fd()).fill(0..1, 5);
        let private = Area::file(1, libc::MAP_PRIVATE, fd.as_raw_fd());
        let watched = Watched::new(private, UffdFeatures::empty(), MISSING);
        let mode = UffdioZeropageMode::empty();
        let done = unsafe { uffdio_zeropage(&watched.uffd, watched.at(0), size(), mode) };
        assert_eq!(Ok(size()), done);
        assert!(watched.area.holds(0..1, 0));
    });
}

#[test]
fn a_page_that_is_there_ends_a_copy() {
    in_child(|| {
        let watched = Watched::missing(4, UffdFeatures::empty());
        assert_eq!(Ok(size()), watched.copy(2, 1, 1));
        assert_eq!(Err(Error::EEXIST), watched.copy(2, 1, 2));
        // Progress, then the reason.
        assert_eq!(Ok(2 * size()), watched.copy(0, 4, 3));
        assert_eq!(Err(Error::EEXIST), watched.copy(2, 2, 3));
        assert_eq!([true, true, true, false], watched.area.present()[..]);
        assert!(watched.area.holds(0..2, 3) && watched.area.holds(2..3, 1));
        let mode = UffdioZeropageMode::empty();
        assert_eq!(Ok(size()), watched.copy(3, 1, 4));
        let zero = unsafe { uffdio_zeropage(&watched.uffd, watched.at(3), size(), mode) };
        assert_eq!(Err(Error::EEXIST), zero);
        assert!(watched.area.holds(3..4, 4));
    });
}

#[test]
fn write_protection_stops_a_write() {
    use UffdioWriteprotectMode::{Protect, Unprotect, UnprotectDontwake};
    if !offers(UffdFeatures::UFFD_FEATURE_PAGEFAULT_FLAG_WP) {
        return;
    }
    in_child(|| {
        let area = Area::anon(3);
        area.fill(0..3, 1);
        let watched = Watched { uffd: open(UffdFeatures::empty()), area };
        assert!(watched.register(WP).contains(UffdIoctls::_UFFDIO_WRITEPROTECT));
        let set = |start, pages, mode| unsafe {
            uffdio_writeprotect(&watched.uffd, watched.at(start), pages * size(), mode)
        };
        assert_eq!(Ok(()), set(1, 2, Protect));
        assert_eq!([false, true, true], protected(&watched.area)[..]);
        watched.area.set(0, 2);

        let wp = UffdPagefaultFlags::UFFD_PAGEFAULT_FLAG_WP;
        let write = UffdPagefaultFlags::UFFD_PAGEFAULT_FLAG_WRITE;
        let thread = writer(watched.at(2), 2);
        assert_eq!((write | wp, 2), watched.fault());
        assert_eq!(1, watched.area.get(2 * page()), "it can be read, and is not written yet");
        assert_eq!(Ok(()), set(1, 2, UnprotectDontwake));
        assert!(waits(&thread));
        assert_eq!(Ok(()), uffdio_wake(&watched.uffd, watched.at(2), size()));
        thread.join();
        assert_eq!(2, watched.area.get(2 * page()));

        assert_eq!(Ok(()), set(1, 1, Protect));
        let thread = writer(watched.at(1), 3);
        watched.fault();
        assert_eq!(Ok(()), set(1, 1, Unprotect));
        thread.join();
        assert_eq!([false; 3], protected(&watched.area)[..]);
    });
}

#[test]
fn write_protection_of_new_pages() {
    if !offers(UffdFeatures::UFFD_FEATURE_PAGEFAULT_FLAG_WP) {
        return;
    }
    in_child(|| {
        let watched = Watched::new(Area::anon(2), UffdFeatures::empty(), MISSING | WP);
        let content = vec![6_u8; page()];
        let mode = UffdioCopyMode::UFFDIO_COPY_MODE_WP;
        let src = content.as_ptr().cast();
        assert_eq!(Ok(size()), unsafe {
            uffdio_copy(&watched.uffd, watched.at(0), src, size(), mode)
        });
        assert_eq!(Ok(size()), watched.copy(1, 1, 6));
        assert_eq!([true, false], protected(&watched.area)[..]);
    });
}

#[test]
fn absent_pages_can_be_write_protected() {
    let feature = UffdFeatures::UFFD_FEATURE_WP_UNPOPULATED;
    if !offers(feature) {
        return;
    }
    in_child(|| {
        for (features, is) in [(UffdFeatures::empty(), false), (feature, true)] {
            let watched = Watched::new(Area::anon(1), features, WP);
            let mode = UffdioWriteprotectMode::Protect;
            unsafe { uffdio_writeprotect(&watched.uffd, watched.at(0), size(), mode) }.unwrap();
            assert_eq!([is], protected(&watched.area)[..]);
        }
    });
}

#[test]
fn asynchronous_protection_notes_writes() {
    let feature = UffdFeatures::UFFD_FEATURE_WP_ASYNC;
    if !offers(feature) {
        return;
    }
    in_child(|| {
        let on_disk = temp::pages_on_disk(3);
        let file = on_disk.as_file().as_raw_fd();
        for area in [Area::anon(3), Area::shared(3), Area::file(3, libc::MAP_SHARED, file)] {
            area.fill(0..2, 1);
            let watched = Watched::new(area, feature, WP);
            let mode = UffdioWriteprotectMode::Protect;
            unsafe { uffdio_writeprotect(&watched.uffd, watched.at(0), watched.len(), mode) }
                .unwrap();
            assert_eq!([true; 3], protected(&watched.area)[..]);
            // Nobody handles these.
            watched.area.set(page(), 2);
            watched.area.get(0);
            assert_eq!([true, false, true], protected(&watched.area)[..]);
            assert!(matches!(unsafe { read_uffd_msg(&watched.uffd) }, Err(Error::EAGAIN)));
        }
    });
}

#[test]
fn continue_maps_what_the_page_cache_has() {
    if !offers(UffdFeatures::UFFD_FEATURE_MINOR_SHMEM) {
        return;
    }
    in_child(|| {
        let fd = memfd(4);
        let other = Area::file(4, libc::MAP_SHARED, fd.as_raw_fd());
        other.fill(0..3, 1);
        let mine = Area::file(4, libc::MAP_SHARED, fd.as_raw_fd());
        let watched = Watched { uffd: open(UffdFeatures::empty()), area: mine };
        assert!(watched.register(MINOR).contains(UffdIoctls::_UFFDIO_CONTINUE));
        let go_on = |start, pages| {
            let mode = UffdioContinueMode::empty();
            unsafe { uffdio_continue(&watched.uffd, watched.at(start), pages * size(), mode) }
        };
        let thread = reader(watched.at(1));
        assert_eq!((UffdPagefaultFlags::UFFD_PAGEFAULT_FLAG_MINOR, 1), watched.fault());
        other.set(page(), 8);
        assert_eq!(Ok(size()), go_on(1, 1));
        assert_eq!(8, thread.join());
        assert_eq!([false, true, false, false], watched.area.present()[..]);

        assert_eq!(Err(Error::EEXIST), go_on(1, 1));
        assert_eq!(Err(Error::EFAULT), go_on(3, 1), "a hole of the file");
        assert_eq!(Ok(size()), go_on(2, 2));

        let thread = reader(watched.at(0));
        watched.fault();
        let mode = UffdioContinueMode::UFFDIO_CONTINUE_MODE_DONTWAKE;
        assert_eq!(Ok(size()), unsafe {
            uffdio_continue(&watched.uffd, watched.at(0), size(), mode)
        });
        assert!(waits(&thread));
        uffdio_wake(&watched.uffd, watched.at(0), size()).unwrap();
        assert_eq!(1, thread.join());
    });
}

#[test]
fn continue_can_protect_at_once() {
    let features =
        UffdFeatures::UFFD_FEATURE_MINOR_SHMEM | UffdFeatures::UFFD_FEATURE_WP_HUGETLBFS_SHMEM;
    if !offers(features) || !have!("linux-6.4") {
        return;
    }
    in_child(|| {
        let fd = memfd(1);
        Area::file(1, libc::MAP_SHARED, fd.as_raw_fd()).fill(0..1, 1);
        let mine = Area::file(1, libc::MAP_SHARED, fd.as_raw_fd());
        let watched = Watched::new(mine, UffdFeatures::empty(), MINOR | WP);
        let mode = UffdioContinueMode::UFFDIO_CONTINUE_MODE_WP;
        assert_eq!(Ok(size()), unsafe {
            uffdio_continue(&watched.uffd, watched.at(0), size(), mode)
        });
        assert_eq!([true], protected(&watched.area)[..]);
    });
}

#[test]
fn poisoned_pages_kill() {
    if !offers(UffdFeatures::UFFD_FEATURE_POISON) {
        return;
    }
    // Mapped here, so that the address is known after the child's death.
    let area = Area::anon(2);
    let poison =
        |uffd: &OwnedFd, mode| unsafe { uffdio_poison(uffd, area.page(1) as u64, size(), mode) };
    let end = child(|| {
        let uffd = open(UffdFeatures::empty());
        unsafe { uffdio_register(&uffd, area.ptr() as u64, area.len() as u64, MISSING) }.unwrap();
        assert_eq!(Ok(size()), poison(&uffd, UffdioPoisonMode::empty()));
        assert_eq!(Err(Error::EEXIST), poison(&uffd, UffdioPoisonMode::empty()));
        area.get(page());
    });
    // BUS_ADRERR, or BUS_MCEERR_AR where the kernel has CONFIG_MEMORY_FAILURE.
    let End::Faulted(libc::SIGBUS, 2 | 4, address) = end else { panic!("{end:?}") };
    assert_eq!(area.page(1).addr(), address);

    in_child(|| {
        let uffd = open(UffdFeatures::empty());
        unsafe { uffdio_register(&uffd, area.ptr() as u64, area.len() as u64, MISSING) }.unwrap();
        assert_eq!(Ok(size()), poison(&uffd, UffdioPoisonMode::UFFDIO_POISON_MODE_DONTWAKE));
        assert_eq!(Ok(size()), copy(&uffd, area.page(1) as u64, 1, 1));
        assert_eq!(1, area.get(page()), "the mark is gone");
        assert_eq!(0, unsafe { libc::madvise(area.page(1), page(), libc::MADV_DONTNEED) });
        assert_eq!(Ok(size()), poison(&uffd, UffdioPoisonMode::empty()));
        drop(uffd);
        assert_eq!(0, unsafe { libc::madvise(area.page(1), page(), libc::MADV_DONTNEED) });
        assert_eq!(0, area.get(page()), "the mark is gone");
    });
}

#[test]
fn poison_ends_the_wait_of_a_thread() {
    if !offers(UffdFeatures::UFFD_FEATURE_POISON) {
        return;
    }
    let area = Area::anon(1);
    let end = child(|| {
        let uffd = open(UffdFeatures::empty());
        unsafe { uffdio_register(&uffd, area.ptr() as u64, area.len() as u64, MISSING) }.unwrap();
        let thread = reader(area.ptr() as u64);
        wait_for_message(&uffd);
        let mode = UffdioPoisonMode::empty();
        unsafe { uffdio_poison(&uffd, area.ptr() as u64, size(), mode) }.unwrap();
        thread.join();
    });
    let End::Faulted(libc::SIGBUS, 2 | 4, address) = end else { panic!("{end:?}") };
    assert_eq!(area.ptr().addr(), address);
}

#[test]
fn move_takes_the_page_itself() {
    if !offers(UffdFeatures::UFFD_FEATURE_MOVE) {
        return;
    }
    in_child(|| {
        let watched = Watched::missing(3, UffdFeatures::empty());
        let src = Area::anon(3);
        src.fill(0..1, 1);
        src.fill(2..3, 3);
        let shift = |to: usize, from: usize, pages, mode| unsafe {
            let src = src.page(from) as u64;
            uffdio_move(&watched.uffd, watched.at(to), src, pages * size(), mode)
        };
        let frame = |area: &Area, number: usize| area.pagemap()[number] & ((1 << 55) - 1);
        let before = frame(&src, 0); // Always 0 for an ordinary user.
        let thread = reader(watched.at(1));
        watched.fault();
        assert_eq!(Ok(size()), shift(1, 0, 1, UffdioMoveMode::empty()));
        assert_eq!(1, thread.join());
        assert_eq!(before, frame(&watched.area, 1));
        assert!(watched.area.holds(1..2, 1));
        assert_eq!([false, false, true], src.present()[..]);
        assert!(src.holds(0..1, 0));

        let none = UffdioMoveMode::empty();
        assert_eq!(Err(Error::EEXIST), shift(1, 2, 1, none));
        let src_2 = Area::anon(2);
        src_2.fill(1..2, 4);
        let shift = |mode| unsafe {
            uffdio_move(&watched.uffd, watched.at(2), src_2.page(0) as u64, size(), mode)
        };
        assert_eq!(Err(Error::ENOENT), shift(none), "a hole");
        assert_eq!(Ok(size()), shift(UffdioMoveMode::UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES));
        assert_eq!([false, true, false], watched.area.present()[..], "left out");
    });
}

#[test]
fn move_can_leave_the_thread_to_wake() {
    if !offers(UffdFeatures::UFFD_FEATURE_MOVE) {
        return;
    }
    in_child(|| {
        let watched = Watched::missing(1, UffdFeatures::empty());
        let src = Area::anon(1);
        src.fill(0..1, 1);
        let thread = reader(watched.at(0));
        watched.fault();
        let mode = UffdioMoveMode::UFFDIO_MOVE_MODE_DONTWAKE;
        let src = src.page(0) as u64;
        assert_eq!(Ok(size()), unsafe {
            uffdio_move(&watched.uffd, watched.at(0), src, size(), mode)
        });
        assert!(waits(&thread));
        uffdio_wake(&watched.uffd, watched.at(0), size()).unwrap();
        assert_eq!(1, thread.join());
    });
}

#[test]
fn move_tells_how_far_it_came() {
    if !offers(UffdFeatures::UFFD_FEATURE_MOVE) {
        return;
    }
    in_child(|| {
        let watched = Watched::missing(3, UffdFeatures::empty());
        let src = Area::anon(3);
        src.fill(0..2, 1);
        let from = |page: usize, mode| unsafe {
            let len = (3 - page as u64) * size();
            uffdio_move(&watched.uffd, watched.at(page), src.page(page) as u64, len, mode)
        };
        assert_eq!(Ok(2 * size()), from(0, UffdioMoveMode::empty()));
        assert_eq!(Err(Error::ENOENT), from(2, UffdioMoveMode::empty()));
        assert_eq!([true, true, false], watched.area.present()[..]);
        assert!(watched.area.holds(0..2, 1));
    });
}

#[test]
fn unregister_lets_accesses_go() {
    in_child(|| {
        let watched = Watched::missing(2, UffdFeatures::empty());
        let thread = reader(watched.at(0));
        watched.fault();
        assert_eq!(Ok(()), unsafe { uffdio_unregister(&watched.uffd, watched.at(0), size()) });
        assert_eq!(0, thread.join());
        assert_eq!(0, watched.area.get(1), "without a message");
        // The other page is registered still.
        let thread = reader(watched.at(1));
        assert_eq!((UffdPagefaultFlags::empty(), 1), watched.fault());
        let area = {
            let Watched { uffd, area } = watched;
            drop(uffd);
            area
        };
        assert_eq!(0, thread.join(), "closing it lets all go");
        drop(area);
    });
}

#[test]
fn huge_pages_are_filled_whole() {
    let Some(pages) = HugePages::of_2m(1) else { return };
    if !offers(UffdFeatures::UFFD_FEATURE_MISSING_HUGETLBFS) {
        return;
    }
    in_child(|| {
        let size = pages.size;
        let area = Area::reserve_aligned(2 * size / page(), size);
        let huge = libc::MAP_HUGETLB | libc::MAP_HUGE_2MB;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | huge | libc::MAP_FIXED;
        let prot = libc::PROT_READ | libc::PROT_WRITE;
        let map = unsafe { libc::mmap(area.ptr(), size, prot, flags, -1, 0) };
        assert_eq!(area.ptr(), map, "{}", std::io::Error::last_os_error());
        let (uffd, start, len) = (open(UffdFeatures::empty()), map as u64, size as u64);
        let ioctls = unsafe { uffdio_register(&uffd, start, len, MISSING) }.unwrap();
        assert!(!ioctls.contains(UffdIoctls::_UFFDIO_ZEROPAGE), "{ioctls:?}");
        let mode = UffdioZeropageMode::empty();
        assert_eq!(Err(Error::EINVAL), unsafe { uffdio_zeropage(&uffd, start, len, mode) });
        assert_eq!(Err(Error::EINVAL), copy(&uffd, start, 1, 1), "part of a huge page");
        let thread = reader(start + len - 1);
        wait_for_message(&uffd);
        let content = vec![7_u8; size];
        let src = content.as_ptr().cast();
        let done = unsafe { uffdio_copy(&uffd, start, src, len, UffdioCopyMode::empty()) };
        assert_eq!(Ok(len), done);
        assert_eq!(7, thread.join());
        drop(uffd);
        assert_eq!(0, unsafe { libc::munmap(map, size) });
    });
}
