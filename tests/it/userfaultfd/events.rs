//! Messages: what faults and events tell.

use std::{collections::BTreeSet, os::fd::AsRawFd as _, ptr};

use mman::{
    Error,
    sys::{
        mman::{MRemapFlags, MmapAdvise::MADV_GUARD_INSTALL, mremap},
        userfaultfd::*,
    },
};

use super::*;
use crate::util::child::{End, SEGV_MAPERR, child, faults, in_child};

#[test]
fn several_messages_are_read_together() {
    in_child(|| {
        let watched = Watched::missing(5, UffdFeatures::empty());
        let threads: Vec<_> = (0..5).map(|page| reader(watched.at(page))).collect();
        wait_for_faults(&watched.uffd, 5);
        let mut seen = BTreeSet::new();
        for expect in [3, 2] {
            let msgs = unsafe { read_uffd_msgs::<3>(&watched.uffd) }.unwrap();
            assert_eq!(expect, msgs.len());
            for msg in msgs {
                let UffdMsg::Pagefault { flags, address, .. } = msg else { panic!("{msg:?}") };
                assert!(flags.is_empty());
                assert!(seen.insert(address));
            }
        }
        assert_eq!((0..5).map(|page| watched.at(page)).collect::<BTreeSet<_>>(), seen);
        assert!(matches!(unsafe { read_uffd_msg(&watched.uffd) }, Err(Error::EAGAIN)));
        assert_eq!(Ok(watched.len()), watched.copy(0, 5, 4));
        for thread in threads {
            assert_eq!(4, thread.join());
        }
    });
}

#[test]
fn thread_id_names_the_thread() {
    in_child(|| {
        let watched = Watched::missing(1, UffdFeatures::UFFD_FEATURE_THREAD_ID);
        let start = watched.at(0) as usize;
        let thread = spawn(move || {
            let id = unsafe { libc::syscall(libc::SYS_gettid) } as u32;
            unsafe { (start as *const u8).read_volatile() };
            id
        });
        let UffdMsg::Pagefault { ptid, .. } = message(&watched.uffd) else { panic!() };
        assert_eq!(Ok(size()), watched.copy(0, 1, 1));
        assert_eq!(ptid, thread.join());
    });
}

#[test]
fn exact_address_keeps_the_offset() {
    let feature = UffdFeatures::UFFD_FEATURE_EXACT_ADDRESS;
    if !offers(feature) {
        return;
    }
    in_child(|| {
        for (features, offset) in [(UffdFeatures::empty(), 0), (feature, 123)] {
            let watched = Watched::missing(1, features);
            let thread = reader(watched.at(0) + 123);
            let UffdMsg::Pagefault { address, .. } = message(&watched.uffd) else { panic!() };
            assert_eq!(watched.at(0) + offset, address);
            assert_eq!(Ok(size()), watched.copy(0, 1, 1));
            thread.join();
        }
    });
}

#[test]
fn sigbus_instead_of_messages() {
    let area = Area::anon(1);
    faults(libc::SIGBUS, crate::util::child::BUS_ADRERR, area.at(0), || {
        let uffd = open(UffdFeatures::UFFD_FEATURE_SIGBUS);
        unsafe { uffdio_register(&uffd, area.ptr() as u64, size(), MISSING) }.unwrap();
        area.get(0);
    });
}

/// `fork` without the C library, whose own holds the locks of its allocator until the message is
/// read, so that nobody could allocate meanwhile.
fn plain_fork() -> i32 {
    let flags = libc::c_long::from(libc::SIGCHLD);
    let pid = unsafe { libc::syscall(libc::SYS_clone, flags, 0_usize, 0_usize, 0_usize, 0_usize) };
    assert!(pid >= 0);
    pid as i32
}

/// Forks while a thread of the handler's side reads the message; returns the child's userfaultfd.
fn fork(uffd: &OwnedFd, in_child: impl FnOnce() -> i32) -> (i32, OwnedFd) {
    let raw = uffd.as_raw_fd();
    let handler = spawn(move || {
        let uffd = unsafe { std::os::fd::BorrowedFd::borrow_raw(raw) };
        let uffd = uffd.try_clone_to_owned().unwrap();
        message(&uffd)
    });
    let pid = plain_fork();
    if pid == 0 {
        unsafe { libc::_exit(in_child()) };
    }
    let msg = handler.join();
    let UffdMsg::Fork { ufd } = msg else { panic!("{msg:?}") };
    (pid, ufd)
}

fn exit_code(pid: i32) -> i32 {
    let mut status = 0;
    assert_eq!(pid, unsafe { libc::waitpid(pid, &mut status, 0) });
    assert!(libc::WIFEXITED(status), "{status:#x}");
    libc::WEXITSTATUS(status)
}

#[test]
fn a_fork_brings_a_userfaultfd_of_the_child() {
    if !have!("root") {
        return;
    }
    in_child(|| {
        let watched = Watched::missing(2, UffdFeatures::UFFD_FEATURE_EVENT_FORK);
        let (pid, ufd) = fork(&watched.uffd, || i32::from(watched.area.get(page())));
        let flags = unsafe { libc::fcntl(ufd.as_raw_fd(), libc::F_GETFD) };
        assert_eq!(libc::FD_CLOEXEC, flags, "as that of the parent");

        let msg = message(&ufd);
        let UffdMsg::Pagefault { address, .. } = msg else { panic!("{msg:?}") };
        assert_eq!(watched.at(1), address);
        assert_eq!(Ok(size()), copy(&ufd, address, 1, 77));
        assert_eq!(77, exit_code(pid));
        assert_eq!([false, false], watched.area.present()[..], "the child's, not ours");

        // The process is gone.
        assert_eq!(Err(Error::ESRCH), copy(&ufd, watched.at(0), 1, 1));
        let zero = UffdioZeropageMode::empty();
        let done = unsafe { uffdio_zeropage(&ufd, watched.at(0), size(), zero) };
        assert_eq!(Err(Error::ESRCH), done);
        let unprotect = UffdioWriteprotectMode::Unprotect;
        let done = unsafe { uffdio_writeprotect(&ufd, watched.at(0), size(), unprotect) };
        assert_eq!(Err(Error::ESRCH), done);
        let done = unsafe { uffdio_register(&ufd, watched.at(0), size(), MISSING) };
        assert_eq!(Err(Error::ENOMEM), done);
    });
}

#[test]
fn a_move_into_another_process_is_refused() {
    if !have!("root") || !offers(UffdFeatures::UFFD_FEATURE_MOVE) {
        return;
    }
    in_child(|| {
        let src = Area::anon(1);
        let watched = Watched::missing(1, UffdFeatures::UFFD_FEATURE_EVENT_FORK);
        let (pid, ufd) = fork(&watched.uffd, || i32::from(watched.area.get(0)));
        wait_for_message(&ufd);
        src.fill(0..1, 1);
        let mode = UffdioMoveMode::empty();
        let moved = unsafe { uffdio_move(&ufd, watched.at(0), src.ptr() as u64, size(), mode) };
        assert_eq!(Err(Error::EINVAL), moved);
        assert!(src.holds(0..1, 1));
        assert_eq!(Ok(size()), copy(&ufd, watched.at(0), 1, 9));
        assert_eq!(9, exit_code(pid));
    });
}

#[test]
fn without_the_feature_a_child_is_not_watched() {
    in_child(|| {
        let watched = Watched::missing(1, UffdFeatures::empty());
        let pid = plain_fork();
        if pid == 0 {
            unsafe { libc::_exit(i32::from(watched.area.get(0))) };
        }
        assert_eq!(0, exit_code(pid));
    });
}

/// Forks in a thread, which waits for the message to be read; tells the child.
fn fork_in_thread() -> Thread<i32> {
    spawn(|| {
        let pid = plain_fork();
        if pid == 0 {
            unsafe { libc::_exit(0) };
        }
        pid
    })
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn a_fork_message_waits_for_a_free_descriptor() {
    if !have!("root") {
        return;
    }
    in_child(|| {
        let watched = Watched::missing(1, UffdFeatures::UFFD_FEATURE_EVENT_FORK);
        let thread = fork_in_thread();
        wait_for_message(&watched.uffd);
        let mut limit: libc::rlimit = unsafe { std::mem::zeroed() };
        assert_eq!(0, unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) });
        let none = libc::rlimit { rlim_cur: 0, ..limit };
        assert_eq!(0, unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &none) });
        assert!(matches!(unsafe { read_uffd_msg(&watched.uffd) }, Err(Error::EMFILE)));
        assert_eq!(0, unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) });
        assert!(matches!(message(&watched.uffd), UffdMsg::Fork { .. }));
        assert_eq!(0, exit_code(thread.join()));
    });
}

#[test]
fn a_descriptor_that_nobody_takes_is_closed() {
    if !have!("root") {
        return;
    }
    in_child(|| {
        let watched = Watched::missing(1, UffdFeatures::UFFD_FEATURE_EVENT_FORK);
        let thread = fork_in_thread();
        wait_for_message(&watched.uffd);
        let before = descriptors();
        let msgs = unsafe { read_uffd_msgs::<4>(&watched.uffd) }.unwrap();
        assert_eq!((1, before + 1), (msgs.len(), descriptors()));
        drop(msgs);
        assert_eq!(before, descriptors());
        assert_eq!(0, exit_code(thread.join()));
    });
}

#[test]
fn a_remap_is_told_and_stays_registered() {
    in_child(|| {
        let watched = Watched::missing(4, UffdFeatures::UFFD_FEATURE_EVENT_REMAP);
        let target = Area::reserve(2);
        let (from, to) = (watched.area.page(1).addr(), target.ptr().addr());
        let thread = spawn(move || {
            let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
            let (from, to) = (from as *mut libc::c_void, to as *mut libc::c_void);
            unsafe { libc::mremap(from, 2 * page(), 2 * page(), flags, to) }.addr()
        });
        let msg = message(&watched.uffd);
        let UffdMsg::Remap { from: old, to: new, len } = msg else { panic!("{msg:?}") };
        assert_eq!((old, new, len), (from as u64, to as u64, 2 * size()));
        assert_eq!(to, thread.join());
        let thread = reader(new + size());
        let msg = message(&watched.uffd);
        let UffdMsg::Pagefault { address, .. } = msg else { panic!("{msg:?}") };
        assert_eq!(new + size(), address);
        assert_eq!(Ok(size()), copy(&watched.uffd, address, 1, 6));
        assert_eq!(6, thread.join());
    });
}

/// With the event the pages move as they are, protection and all; without it they move free of it.
#[test]
fn protection_moves_with_the_event_only() {
    // Older kernels leave marks without an owner behind.
    if !offers(UffdFeatures::UFFD_FEATURE_PAGEFAULT_FLAG_WP) || !have!("linux-6.13") {
        return;
    }
    let event = UffdFeatures::UFFD_FEATURE_EVENT_REMAP;
    for features in [event, UffdFeatures::empty()] {
        in_child(|| {
            let area = Area::anon(2);
            area.fill(0..2, 7);
            let watched = Watched::new(area, features, WP);
            let mode = UffdioWriteprotectMode::Protect;
            unsafe { uffdio_writeprotect(&watched.uffd, watched.at(0), watched.len(), mode) }
                .unwrap();
            assert_eq!([true; 2], protected(&watched.area)[..]);
            let target = Area::reserve(2);
            let (from, to) = (watched.area.ptr().addr(), target.ptr().addr());
            let thread = spawn(move || {
                let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
                let (from, to) = (from as *mut libc::c_void, to as *mut libc::c_void);
                unsafe { libc::mremap(from, 2 * page(), 2 * page(), flags, to) }.addr()
            });
            if features == event {
                assert!(matches!(message(&watched.uffd), UffdMsg::Remap { .. }));
            }
            assert_eq!(to, thread.join());
            assert_eq!([features == event; 2], protected(&target)[..]);
            assert!(target.holds(0..2, 7));
            if features == event {
                let thread = writer(target.page(1) as u64, 8);
                let UffdMsg::Pagefault { flags, .. } = message(&watched.uffd) else { panic!() };
                assert!(flags.contains(UffdPagefaultFlags::UFFD_PAGEFAULT_FLAG_WP));
                let mode = UffdioWriteprotectMode::Unprotect;
                let start = target.ptr() as u64;
                unsafe { uffdio_writeprotect(&watched.uffd, start, 2 * size(), mode) }.unwrap();
                thread.join();
            } else {
                target.set(page(), 8);
            }
            assert_eq!((7, 8), (target.get(0), target.get(page())));
        });
    }
}

#[test]
fn what_dontunmap_leaves_behind_is_missing_and_watched() {
    in_child(|| {
        let watched = Watched::missing(2, UffdFeatures::empty());
        assert_eq!(Ok(watched.len()), watched.copy(0, 2, 5));
        let (from, len) = (watched.area.ptr(), watched.area.len());
        let flags = MRemapFlags::MREMAP_MAYMOVE | MRemapFlags::MREMAP_DONTUNMAP;
        let moved = unsafe { mremap(from, len, len, flags, None) }.unwrap();
        assert_eq!(5, unsafe { moved.cast::<u8>().read() });
        let thread = reader(watched.at(1));
        assert_eq!((UffdPagefaultFlags::empty(), 1), watched.fault());
        assert_eq!(Ok(size()), watched.copy(1, 1, 6));
        assert_eq!(6, thread.join());
    });
}

#[test]
fn a_guard_is_no_fault_to_resolve() {
    if !have!("linux-6.13") {
        return;
    }
    // Mapped here, so that the address is known after the child's death.
    let area = Area::anon(2);
    let end = child(|| {
        let uffd = open(UffdFeatures::empty());
        unsafe { uffdio_register(&uffd, area.ptr() as u64, area.len() as u64, MISSING) }.unwrap();
        unsafe { mman::sys::mman::madvise(area.page(1), page(), MADV_GUARD_INSTALL) }.unwrap();
        area.get(page())
    });
    assert_eq!(End::Faulted(libc::SIGSEGV, SEGV_MAPERR, area.page(1).addr()), end);
}

fn madvise(start: u64, pages: usize, advice: i32) -> Thread<i32> {
    spawn(move || unsafe { libc::madvise(start as *mut libc::c_void, pages * page(), advice) })
}

#[test]
fn removed_pages_are_told_and_missing_again() {
    in_child(|| {
        let feature = UffdFeatures::UFFD_FEATURE_EVENT_REMOVE;
        let anon = (Area::anon(4), libc::MADV_DONTNEED);
        let fd = memfd(4);
        let shared = (Area::file(4, libc::MAP_SHARED, fd.as_raw_fd()), libc::MADV_REMOVE);
        for (area, advice) in [anon, shared] {
            let watched = Watched::new(area, feature, MISSING);
            assert_eq!(Ok(watched.len()), watched.copy(0, 4, 1));
            let thread = madvise(watched.at(1), 2, advice);
            wait_for_message(&watched.uffd);
            // While it changes, nothing can be filled.
            assert!(waits(&thread));
            assert_eq!(Err(Error::EAGAIN), watched.copy(1, 1, 2));
            let zero = UffdioZeropageMode::empty();
            let done = unsafe { uffdio_zeropage(&watched.uffd, watched.at(1), size(), zero) };
            assert_eq!(Err(Error::EAGAIN), done);
            let msg = message(&watched.uffd);
            let UffdMsg::Remove { start, end } = msg else { panic!("{msg:?}") };
            assert_eq!((start, end), (watched.at(1), watched.at(3)));
            assert_eq!(0, thread.join());
            assert_eq!([true, false, false, true], watched.area.present()[..]);
            let thread = reader(watched.at(2));
            assert_eq!((UffdPagefaultFlags::empty(), 2), watched.fault());
            assert_eq!(Ok(size()), watched.copy(2, 1, 8));
            assert_eq!(8, thread.join());
        }
    });
}

#[test]
fn an_unmap_is_told() {
    in_child(|| {
        let watched = Watched::missing(4, UffdFeatures::UFFD_FEATURE_EVENT_UNMAP);
        let start = watched.at(2);
        let thread = spawn(move || unsafe { libc::munmap(start as *mut libc::c_void, page()) });
        let msg = message(&watched.uffd);
        let UffdMsg::Unmap { start, end } = msg else { panic!("{msg:?}") };
        assert_eq!((start, end), (watched.at(2), watched.at(3)));
        assert_eq!(0, thread.join());
        assert_eq!(Err(Error::ENOENT), watched.copy(2, 1, 1));
    });
}

/// A library that forks and executes must not hand its descriptors on.
#[test]
fn descriptors_do_not_outlive_exec() {
    if !have!("root") {
        return;
    }
    in_child(|| {
        let watched = Watched::missing(1, UffdFeatures::UFFD_FEATURE_EVENT_FORK);
        let (pid, ufd) = fork(&watched.uffd, || 0);
        assert_eq!(0, exit_code(pid));
        let open = [watched.uffd.as_raw_fd(), ufd.as_raw_fd()];
        let args = open.map(|fd| format!("! test -e /proc/self/fd/{fd}")).join(" && ");
        let command = std::ffi::CString::new(args).unwrap();
        let handler = watched.uffd.try_clone().unwrap();
        let reads = spawn(move || message(&handler));
        let pid = plain_fork();
        if pid == 0 {
            let argv = [c"sh".as_ptr(), c"-c".as_ptr(), command.as_ptr(), ptr::null()];
            unsafe { libc::execv(c"/bin/sh".as_ptr(), argv.as_ptr()) };
            unsafe { libc::_exit(99) };
        }
        drop(reads.join());
        assert_eq!(0, exit_code(pid));
    });
}
