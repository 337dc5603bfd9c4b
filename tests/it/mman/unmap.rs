//! `munmap`.

use std::{fs, os::fd::AsRawFd as _, ptr};

use mman::{
    errno::Errno,
    sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mlock, mmap, mprotect, munmap},
};

use super::{ANON, RW, map_anon, plus, read, write};
use crate::util::{
    child::{SEGV_MAPERR, faults, in_child},
    map::Area,
    page,
    seccomp::passes_on,
    smaps, temp,
};

#[test]
fn the_pages_are_gone() {
    in_child(|| {
        let area = Area::anon(3);
        area.fill(0..3, 1);
        assert_eq!(Ok(()), unsafe { munmap(area.page(1), page()) });
        assert!(smaps::find(area.page(1)).is_none());
        assert!(area.holds(0..1, 1) && area.holds(2..3, 1));
        faults(libc::SIGSEGV, SEGV_MAPERR, area.page(1), || read(area.page(1)));
        faults(libc::SIGSEGV, SEGV_MAPERR, area.page(1), || write(area.page(1), 1));
    });
}

#[test]
fn private_changes_are_gone_too() {
    in_child(|| {
        let file = temp::pages_on_disk(2);
        let area = Area::file(2, libc::MAP_PRIVATE, file.as_raw_fd());
        area.fill(0..2, 9);
        assert_eq!(Ok(()), unsafe { munmap(area.page(0), page()) });
        let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_FIXED;
        unsafe { mmap(area.page(0), page(), RW, flags, file.as_raw_fd(), 0) }.unwrap();
        assert!(area.holds(0..1, 1) && area.holds(1..2, 9));
    });
}

#[test]
fn locks_go_with_the_pages() {
    in_child(|| {
        let area = Area::anon(2);
        unsafe { mlock(area.ptr(), area.len()) }.unwrap();
        assert_eq!(2 * page(), smaps::status("VmLck"));
        assert_eq!(Ok(()), unsafe { munmap(area.page(0), page()) });
        assert_eq!(page(), smaps::status("VmLck"));
        unsafe { mmap(area.page(0), page(), RW, ANON | MapFlags::MAP_FIXED, -1, 0) }.unwrap();
        assert!(!smaps::at(area.page(0)).has("lo") && smaps::at(area.page(1)).has("lo"));
    });
}

#[test]
fn a_part_of_a_page_takes_the_whole_page() {
    in_child(|| {
        let area = Area::anon(3);
        assert_eq!(Ok(()), unsafe { munmap(area.ptr(), page() + 1) });
        assert!(smaps::find(area.page(0)).is_none() && smaps::find(area.page(1)).is_none());
        assert!(smaps::find(area.page(2)).is_some());
    });
}

#[test]
fn a_hole_is_no_error() {
    in_child(|| {
        let area = Area::anon(3);
        assert_eq!(Ok(()), unsafe { munmap(area.page(1), page()) });
        assert_eq!(Ok(()), unsafe { munmap(area.page(1), page()) });
        assert_eq!(Ok(()), unsafe { munmap(area.page(0), 3 * page()) });
        assert!((0..3).all(|number| smaps::find(area.page(number)).is_none()));
    });
}

#[test]
fn arguments() {
    let area = Area::anon(1);
    area.fill(0..1, 1);
    assert_eq!(Err(Errno::EINVAL), unsafe { munmap(area.ptr(), 0) });
    assert_eq!(Err(Errno::EINVAL), unsafe { munmap(area.at(1).cast(), page()) });
    assert_eq!(Err(Errno::EINVAL), unsafe { munmap(area.ptr(), usize::MAX) });
    let beyond = ptr::without_provenance_mut(usize::MAX - page() + 1);
    assert_eq!(Err(Errno::EINVAL), unsafe { munmap(beyond, page()) });
    assert!(area.holds(0..1, 1));
}

#[test]
fn a_sealed_page_stays_with_all_of_the_range() {
    if !have!("linux-6.10") {
        return;
    }
    in_child(|| {
        let area = Area::anon(3);
        area.fill(0..3, 1);
        let mseal: libc::c_long = 462;
        assert_eq!(0, unsafe { libc::syscall(mseal, area.page(1), page(), 0) });
        assert_eq!(Err(Errno::EPERM), unsafe { munmap(area.ptr(), area.len()) });
        assert_eq!(Err(Errno::EPERM), unsafe {
            mprotect(area.page(1), page(), ProtFlags::PROT_READ)
        });
        assert!(area.holds(0..3, 1));
        // Its guards, and so the drop, are of no use now.
        std::mem::forget(area);
    });
}

/// The kernel allows so many mappings; a hole in one makes two of it.
#[test]
fn one_mapping_too_many_is_an_error() {
    let limit = fs::read_to_string("/proc/sys/vm/max_map_count").unwrap();
    let limit: usize = limit.trim().parse().unwrap();
    in_child(|| {
        // Every second page becomes a mapping of its own, until it is one too many.
        let pages = limit + 10;
        let all = map_anon(pages, RW, ANON).unwrap();
        let mut full = None;
        for number in (1..pages).step_by(2) {
            if let Err(errno) = unsafe { mprotect(plus(all, number), page(), ProtFlags::PROT_READ) }
            {
                full = Some((number, errno));
                break;
            }
        }
        let (number, errno) = full.expect("the limit does not hold");
        assert_eq!(Errno::ENOMEM, errno);
        let rest = plus(all, number + 1);
        let split = unsafe { madvise(plus(rest, 1), page(), MmapAdvise::MADV_DONTDUMP) };
        assert_eq!(Err(Errno::EAGAIN), split);
        assert_eq!(Err(Errno::ENOMEM), unsafe { mlock(plus(rest, 1), page()) });
        // Up to here a change at an edge may have fitted; a hole needs two more.
        let hole = (1..3).map(|at| unsafe { munmap(plus(rest, 2 * at), page()) });
        assert!(hole.into_iter().any(|hole| hole == Err(Errno::ENOMEM)));
    });
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let area = Area::anon(1);
    passes_on(libc::SYS_munmap, || unsafe { munmap(area.ptr(), page()) });
}
