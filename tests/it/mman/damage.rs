//! `MADV_HWPOISON` and `MADV_SOFT_OFFLINE`: pages that are taken for damaged.
//!
//! The machine never uses such a page again, so the effects are shown where it is expendable.

use mman::{
    Result,
    errno::Errno,
    sys::mman::{MmapAdvise, madvise},
};

use crate::util::{
    capability,
    child::{faults, in_child},
    map::Area,
    page,
    unprivileged::become_nobody,
};
use MmapAdvise::*;

/// Advises the second page.
fn damage(area: &Area, advice: MmapAdvise) -> Result<()> {
    unsafe { madvise(area.page(1), page(), advice) }
}

#[test]
fn damaging_memory_is_for_the_superuser() {
    let there = capability::probe("memory-failure").is_ok();
    let expected = if there { Errno::EPERM } else { Errno::EINVAL };
    let area = Area::anon(3);
    area.fill(0..3, 7);
    in_child(|| {
        become_nobody();
        assert_eq!(Err(expected), damage(&area, MADV_HWPOISON));
        assert_eq!(Err(expected), damage(&area, MADV_SOFT_OFFLINE));
    });
    assert!(area.holds(0..3, 7));
}

#[test]
fn a_poisoned_page_kills_whoever_touches_it() {
    if !have!("root", "memory-failure", "expendable") {
        return;
    }
    in_child(|| {
        let area = Area::anon(3);
        area.fill(0..3, 7);
        let bad = area.page(1).cast::<u8>();
        // Who asks is told at once, and dies of the access.
        faults(libc::SIGBUS, libc::BUS_MCEERR_AR, bad, || {
            damage(&area, MADV_HWPOISON).unwrap();
            area.get(page())
        });
        // The page was this process's too.
        faults(libc::SIGBUS, libc::BUS_MCEERR_AR, bad, || area.get(page()));
        faults(libc::SIGBUS, libc::BUS_MCEERR_AR, bad, || area.set(page(), 1));
        assert_eq!(Err(Errno::EHWPOISON), damage(&area, MADV_POPULATE_READ));
        assert!(area.holds(0..1, 7) && area.holds(2..3, 7));
        // Another page takes its place.
        assert_eq!(Ok(()), damage(&area, MADV_DONTNEED));
        assert!(area.holds(1..2, 0));
    });
}

#[test]
fn a_page_that_is_taken_offline_keeps_what_it_holds() {
    if !have!("root", "memory-failure", "expendable") {
        return;
    }
    in_child(|| {
        let area = Area::anon(3);
        area.fill(0..3, 7);
        let frames = || area.pagemap().into_iter().map(|entry| entry & ((1 << 55) - 1));
        let before: Vec<_> = frames().collect();
        assert_eq!(Ok(()), damage(&area, MADV_SOFT_OFFLINE));
        let same: Vec<_> = frames().zip(before).map(|(now, before)| now == before).collect();
        assert_eq!([true, false, true], same[..]);
        assert!(area.holds(0..3, 7));
    });
}
