//! `mlock2`: locking pages as they are touched.

use mman::{
    errno::Errno,
    sys::mman::{MlockFlags, mlock2, munlock, munmap},
};

use crate::util::{
    child::in_child,
    map::Area,
    page,
    seccomp::passes_on,
    smaps,
    unprivileged::{drop_capabilities, limit},
};

const ONFAULT: MlockFlags = MlockFlags::MLOCK_ONFAULT;

// In children: pages that the children of other tests share count as locked in parts.

#[test]
fn onfault_locks_each_page_as_it_is_touched() {
    in_child(|| {
        let area = Area::anon(4);
        area.set(0, 1);
        unsafe { mlock2(area.ptr(), area.len(), ONFAULT) }.unwrap();
        assert_eq!([true, false, false, false], area.present()[..]);
        assert!(smaps::at(area.ptr()).has("lo"));
        assert_eq!(page(), smaps::at(area.ptr()).bytes("Locked"));
        area.set(2 * page(), 1);
        assert_eq!([true, false, true, false], area.present()[..]);
        assert_eq!(2 * page(), smaps::at(area.ptr()).bytes("Locked"));
        unsafe { munlock(area.ptr(), area.len()) }.unwrap();
        assert!(!smaps::at(area.ptr()).has("lo"));
    });
}

#[test]
fn pages_that_are_locked_twice_count_once() {
    in_child(|| {
        let area = Area::anon(4);
        unsafe { mlock2(area.ptr(), area.len(), ONFAULT) }.unwrap();
        assert_eq!(area.len(), smaps::status("VmLck"));
        // The later call says how.
        unsafe { mlock2(area.ptr(), 2 * page(), MlockFlags::empty()) }.unwrap();
        assert_eq!(area.len(), smaps::status("VmLck"));
        assert_eq!([true, true, false, false], area.present()[..]);
        unsafe { munlock(area.ptr(), area.len()) }.unwrap();
        assert_eq!(0, smaps::status("VmLck"));
    });
}

#[test]
fn without_a_flag_it_is_mlock() {
    in_child(|| {
        let area = Area::anon(4);
        // Any byte of a page is the page.
        unsafe { mlock2(area.at(1).cast(), 2 * page(), MlockFlags::empty()) }.unwrap();
        assert_eq!([true, true, true, false], area.present()[..]);
        assert_eq!(3 * page(), smaps::at(area.ptr()).bytes("Locked"));
    });
}

#[test]
fn arguments() {
    let area = Area::anon(1);
    let unknown = MlockFlags::from_bits_retain(2);
    assert_eq!(Err(Errno::EINVAL), unsafe { mlock2(area.ptr(), page(), unknown) });
    // The limit comes first, where there is one.
    let beyond = || unsafe { mlock2(area.ptr(), usize::MAX - page(), ONFAULT) };
    if have!("ipc-lock") {
        // 32 bits do not overflow the kernel's 64.
        let wide = cfg!(target_pointer_width = "64");
        assert_eq!(Err(if wide { Errno::EINVAL } else { Errno::ENOMEM }), beyond());
    }
    in_child(|| {
        drop_capabilities();
        limit(libc::RLIMIT_MEMLOCK, page());
        assert_eq!(Err(Errno::ENOMEM), beyond());
    });
    assert_eq!(Ok(()), unsafe { mlock2(area.ptr(), 0, ONFAULT) });
    in_child(|| {
        let area = Area::anon(3);
        unsafe { munmap(area.page(1), page()) }.unwrap();
        assert_eq!(Err(Errno::ENOMEM), unsafe { mlock2(area.ptr(), area.len(), ONFAULT) });
    });
}

#[test]
fn the_limit_counts_pages_that_are_not_there_yet() {
    for (most, pages, expected) in
        [(2, 2, Ok(())), (2, 3, Err(Errno::ENOMEM)), (0, 1, Err(Errno::EPERM))]
    {
        in_child(|| {
            drop_capabilities();
            limit(libc::RLIMIT_MEMLOCK, most * page());
            let area = Area::anon(3);
            assert_eq!(expected, unsafe { mlock2(area.ptr(), pages * page(), ONFAULT) });
        });
    }
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let area = Area::anon(1);
    passes_on(libc::SYS_mlock2, || unsafe { mlock2(area.ptr(), page(), ONFAULT) });
}
