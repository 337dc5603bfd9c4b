//! `mlock`, `munlock`, `mlockall`, `munlockall`.
//!
//! Locks are counted for the process, so all of it happens in children.

use std::{os::fd::AsRawFd as _, ptr};

use mman::{
    errno::Errno,
    sys::mman::{
        MlockAllFlags, MmapAdvise, MsFlags, madvise, mlock, mlockall, msync, munlock, munlockall,
        munmap,
    },
};

use super::{ANON, RW, map_anon, plus};
use crate::util::{
    child::in_child,
    map::Area,
    page,
    seccomp::passes_on,
    smaps, temp,
    unprivileged::{become_nobody, limit},
};

const CURRENT: MlockAllFlags = MlockAllFlags::MCL_CURRENT;
const FUTURE: MlockAllFlags = MlockAllFlags::MCL_FUTURE;
const ONFAULT: MlockAllFlags = MlockAllFlags::MCL_ONFAULT;

/// Whether the pages are locked, and how much of them.
fn locked(address: *mut libc::c_void) -> (bool, usize) {
    let vma = smaps::at(address);
    (vma.has("lo"), vma.bytes("Locked"))
}

#[test]
fn mlock_brings_the_pages_in_and_munlock_releases_them() {
    in_child(|| {
        let area = Area::anon(4);
        assert_eq!(Ok(()), unsafe { mlock(area.ptr(), area.len()) });
        assert_eq!([true; 4], area.present()[..]);
        assert_eq!((true, area.len()), locked(area.ptr()));
        assert_eq!(area.len(), smaps::status("VmLck"));
        let dropped = unsafe { madvise(area.ptr(), page(), MmapAdvise::MADV_DONTNEED) };
        assert_eq!(Err(Errno::EINVAL), dropped);
        assert_eq!(Ok(()), unsafe { munlock(area.ptr(), area.len()) });
        assert_eq!((false, 0), locked(area.ptr()));
        assert_eq!(0, smaps::status("VmLck"));
        unsafe { madvise(area.ptr(), page(), MmapAdvise::MADV_DONTNEED) }.unwrap();
    });
}

#[test]
fn only_the_pages_that_hold_the_bytes() {
    in_child(|| {
        let area = Area::anon(4);
        // The last byte of page 1 and the first of page 2.
        assert_eq!(Ok(()), unsafe { mlock(area.at(2 * page() - 1).cast(), 2) });
        let found: Vec<_> = (0..4).map(|number| locked(area.page(number)).0).collect();
        assert_eq!([false, true, true, false], found[..]);
        assert_eq!(Ok(()), unsafe { munlock(area.at(page() + 5).cast(), 1) });
        let found: Vec<_> = (0..4).map(|number| locked(area.page(number)).0).collect();
        assert_eq!([false, false, true, false], found[..]);
    });
}

#[test]
fn locks_do_not_add_up() {
    in_child(|| {
        let area = Area::anon(1);
        for _ in 0..3 {
            unsafe { mlock(area.ptr(), page()) }.unwrap();
        }
        assert_eq!(page(), smaps::status("VmLck"));
        unsafe { munlock(area.ptr(), page()) }.unwrap();
        assert!(!locked(area.ptr()).0);
    });
}

#[test]
fn a_child_has_no_locks() {
    in_child(|| {
        let area = Area::anon(1);
        unsafe { mlock(area.ptr(), page()) }.unwrap();
        in_child(|| assert_eq!((false, 0), locked(area.ptr())));
        assert!(locked(area.ptr()).0);
    });
}

#[test]
fn the_limit_is_an_error_and_locks_nothing() {
    in_child(|| {
        become_nobody();
        limit(libc::RLIMIT_MEMLOCK, 2 * page());
        let area = Area::anon(3);
        assert_eq!(Err(Errno::ENOMEM), unsafe { mlock(area.ptr(), area.len()) });
        assert_eq!(0, smaps::status("VmLck"));
        assert_eq!(Ok(()), unsafe { mlock(area.ptr(), 2 * page()) });
        assert_eq!(2 * page(), smaps::status("VmLck"));
        assert_eq!(Err(Errno::ENOMEM), unsafe { mlock(area.page(2), 1) });
        assert_eq!(Err(Errno::ENOMEM), mlockall(CURRENT));
        assert_eq!(2 * page(), smaps::status("VmLck"));
    });
    in_child(|| {
        become_nobody();
        limit(libc::RLIMIT_MEMLOCK, 0);
        let area = Area::anon(1);
        assert_eq!(Err(Errno::EPERM), unsafe { mlock(area.ptr(), page()) });
        for flags in [CURRENT, FUTURE, CURRENT | FUTURE] {
            assert_eq!(Err(Errno::EPERM), mlockall(flags));
        }
        // Unlocking needs no right.
        assert_eq!(Ok(()), unsafe { munlock(area.ptr(), page()) });
        assert_eq!(Ok(()), munlockall());
    });
}

#[test]
fn the_privileged_have_no_limit() {
    if !have!("ipc-lock") {
        return;
    }
    in_child(|| {
        limit(libc::RLIMIT_MEMLOCK, 0);
        let area = Area::anon(3);
        assert_eq!(Ok(()), unsafe { mlock(area.ptr(), area.len()) });
        assert_eq!(area.len(), smaps::status("VmLck"));
    });
}

/// Against POSIX, which has an error change nothing.
#[test]
fn a_hole_is_an_error_after_the_pages_before_it() {
    in_child(|| {
        let area = Area::anon(3);
        unsafe { munmap(area.page(1), page()) }.unwrap();
        let found = || [0, 2].map(|number| locked(area.page(number)).0);
        assert_eq!(Err(Errno::ENOMEM), unsafe { mlock(area.ptr(), area.len()) });
        assert_eq!([true, false], found());
        unsafe { mlock(area.page(2), page()) }.unwrap();
        assert_eq!(Err(Errno::ENOMEM), unsafe { munlock(area.ptr(), area.len()) });
        assert_eq!([false, true], found());
        assert_eq!(Err(Errno::ENOMEM), unsafe { mlock(area.page(1), 1) });
        assert_eq!(Err(Errno::ENOMEM), unsafe { munlock(area.page(1), 1) });
    });
}

#[test]
fn locks_are_the_mappings_and_not_the_pages() {
    in_child(|| {
        let file = temp::pages_in_memory(1);
        let [one, other] = [(); 2].map(|()| Area::file(1, libc::MAP_SHARED, file.as_raw_fd()));
        for area in [&one, &other] {
            unsafe { mlock(area.ptr(), page()) }.unwrap();
        }
        // Another process's locks, and this one's of another mapping.
        in_child(|| {
            unsafe { mlock(one.ptr(), page()) }.unwrap();
            unsafe { munlock(one.ptr(), page()) }.unwrap();
            unsafe { mlock(other.ptr(), page()) }.unwrap();
            munlockall().unwrap();
        });
        assert!(locked(one.ptr()).0 && locked(other.ptr()).0);
        unsafe { munlock(one.ptr(), page()) }.unwrap();
        assert!(!locked(one.ptr()).0 && locked(other.ptr()).0);
    });
}

#[test]
fn exec_ends_all_locks() {
    in_child(|| {
        mlockall(FUTURE).unwrap();
        let area = Area::anon(2);
        assert!(smaps::status("VmLck") >= area.len());
        let pattern = c"^VmLck:[[:space:]]*0 kB$".as_ptr();
        let file = c"/proc/self/status".as_ptr();
        let argv = [c"grep".as_ptr(), c"-q".as_ptr(), pattern, file, ptr::null()];
        unsafe { libc::execvp(argv[0], argv.as_ptr()) };
        panic!("grep: {}", std::io::Error::last_os_error());
    });
}

#[test]
fn a_stack_is_locked_as_other_memory_is() {
    in_child(|| {
        let variable = 7_u8;
        let address = ptr::from_ref(&variable).cast_mut().cast();
        unsafe { mlock(address, 1) }.unwrap();
        assert_eq!((true, page()), locked(address));
        unsafe { munlock(address, 1) }.unwrap();
        assert!(!locked(address).0);
    });
}

#[test]
fn a_page_without_access_is_an_error() {
    in_child(|| {
        let area = Area::reserve(1);
        assert_eq!(Err(Errno::ENOMEM), unsafe { mlock(area.ptr(), page()) });
    });
}

#[test]
fn a_page_that_can_only_be_written_is_brought_in() {
    in_child(|| {
        let file = temp::pages_in_memory(2);
        for flags in [libc::MAP_PRIVATE, libc::MAP_SHARED] {
            let area = Area::reserve(2);
            area.place(libc::PROT_WRITE, flags, file.as_raw_fd());
            assert_eq!(Ok(()), unsafe { mlock(area.ptr(), area.len()) });
            assert_eq!([true; 2], area.present()[..]);
        }
    });
}

#[test]
fn arguments() {
    in_child(|| {
        let area = Area::anon(1);
        assert_eq!(Ok(()), unsafe { mlock(area.ptr(), 0) });
        assert!(!locked(area.ptr()).0);
        // For a 32-bit program on a 64-bit kernel this is a hole, not an overflow.
        let expected = if usize::BITS == 64 { Errno::EINVAL } else { Errno::ENOMEM };
        let last = ptr::without_provenance(usize::MAX - page() + 1);
        assert_eq!(Err(expected), unsafe { mlock(last, 2 * page()) });
        assert_eq!(Err(expected), unsafe { munlock(last, 2 * page()) });
        for flags in [MlockAllFlags::empty(), MlockAllFlags::from_bits_retain(8) | CURRENT, ONFAULT]
        {
            assert_eq!(Err(Errno::EINVAL), mlockall(flags), "{flags}");
        }
    });
}

#[test]
fn mlockall_future_locks_what_comes_and_munlockall_ends_it() {
    in_child(|| {
        let before = Area::anon(1);
        assert_eq!(Ok(()), mlockall(FUTURE));
        let memory = map_anon(2, RW, ANON).unwrap();
        assert_eq!((true, 2 * page()), locked(memory));
        assert!(!locked(before.ptr()).0);
        assert_eq!(Ok(()), munlockall());
        assert!(!locked(memory).0);
        // Apart from the first: a mapping without locks would be joined to it.
        let after = Area::anon(1);
        assert!(!locked(after.ptr()).0);
        assert_eq!(0, smaps::status("VmLck"));
    });
}

#[test]
fn mlockall_future_counts_against_the_limit() {
    in_child(|| {
        become_nobody();
        assert_eq!(Ok(()), mlockall(FUTURE));
        assert_eq!(Err(Errno::EAGAIN), map_anon((64 << 20) / page(), RW, ANON));
    });
}

#[test]
fn mlockall_current_locks_what_is_there() {
    if !have!("ipc-lock") {
        return;
    }
    in_child(|| {
        let before = Area::anon(2);
        assert_eq!(Ok(()), mlockall(CURRENT));
        assert_eq!((true, 2 * page()), locked(before.ptr()));
        assert_eq!([true; 2], before.present()[..]);
        let after = Area::anon(1);
        assert!(!locked(after.ptr()).0);
        assert_eq!(Ok(()), munlockall());
        assert!(!locked(before.ptr()).0);
    });
}

#[test]
fn mlockall_current_locks_mappings_of_files() {
    if !have!("ipc-lock") {
        return;
    }
    in_child(|| {
        for file in [temp::pages_on_disk(2), temp::pages_in_memory(2)] {
            let areas = [libc::MAP_SHARED, libc::MAP_PRIVATE]
                .map(|kind| Area::file(2, kind, file.as_raw_fd()));
            assert_eq!(Ok(()), mlockall(CURRENT));
            let invalidate = MsFlags::MS_INVALIDATE;
            for area in &areas {
                assert_eq!((true, [true; 2].to_vec()), (locked(area.ptr()).0, area.present()));
                let answer = unsafe { msync(area.ptr(), area.len(), invalidate) };
                assert_eq!(Err(Errno::EBUSY), answer);
            }
            assert_eq!(Ok(()), munlockall());
            for area in &areas {
                assert_eq!(Ok(()), unsafe { msync(area.ptr(), area.len(), invalidate) });
            }
        }
    });
}

#[test]
fn mcl_onfault_locks_pages_as_they_are_touched() {
    in_child(|| {
        assert_eq!(Ok(()), mlockall(FUTURE | ONFAULT));
        let area = Area::anon(4);
        assert!(smaps::at(area.ptr()).has("lo"));
        assert_eq!([false; 4], area.present()[..]);
        area.set(page(), 1);
        assert_eq!([false, true, false, false], area.present()[..]);
        assert_eq!(page(), smaps::at(plus(area.ptr(), 0)).bytes("Locked"));
    });
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let area = Area::anon(1);
    passes_on(libc::SYS_mlock, || unsafe { mlock(area.ptr(), page()) });
    passes_on(libc::SYS_munlock, || unsafe { munlock(area.ptr(), page()) });
    passes_on(libc::SYS_mlockall, || mlockall(CURRENT));
    passes_on(libc::SYS_munlockall, munlockall);
}
