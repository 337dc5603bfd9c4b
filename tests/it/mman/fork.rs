//! `madvise`: what a child of `fork` gets.

use mman::{
    errno::Errno,
    sys::mman::{MmapAdvise, madvise},
};

use crate::util::{
    child::{SEGV_MAPERR, faults, in_child},
    map::Area,
    page, smaps,
};

#[test]
fn dontfork_leaves_the_pages_out_of_a_child() {
    let area = Area::anon(3);
    area.fill(0..3, 7);
    let advise = |advice| unsafe { madvise(area.page(1), page(), advice) };
    assert_eq!(Ok(()), advise(MmapAdvise::MADV_DONTFORK));
    assert!(smaps::at(area.page(1)).has("dc") && !smaps::at(area.page(0)).has("dc"));
    faults(libc::SIGSEGV, SEGV_MAPERR, area.page(1), || area.get(page()));
    in_child(|| {
        assert!(smaps::find(area.page(1)).is_none());
        assert!(area.holds(0..1, 7) && area.holds(2..3, 7));
    });
    assert!(area.holds(0..3, 7));
    assert_eq!(Ok(()), advise(MmapAdvise::MADV_DOFORK));
    in_child(|| assert!(area.holds(0..3, 7)));
}

/// nix's own test passes with any other advice in its place: it asks only for success.
#[test]
fn wipeonfork_makes_the_pages_zero_in_a_child() {
    let area = Area::anon(3);
    area.fill(0..3, 7);
    let advise = |advice| unsafe { madvise(area.page(1), page(), advice) };
    in_child(|| assert!(area.holds(0..3, 7)));
    assert_eq!(Ok(()), advise(MmapAdvise::MADV_WIPEONFORK));
    assert!(smaps::at(area.page(1)).has("wf"));
    in_child(|| {
        assert!(area.holds(0..1, 7) && area.holds(1..2, 0) && area.holds(2..3, 7));
        area.fill(1..2, 8);
    });
    assert!(area.holds(0..3, 7));
    assert_eq!(Ok(()), advise(MmapAdvise::MADV_KEEPONFORK));
    in_child(|| assert!(area.holds(0..3, 7)));
    let shared = Area::shared(1);
    let wipe = unsafe { madvise(shared.ptr(), page(), MmapAdvise::MADV_WIPEONFORK) };
    assert_eq!(Err(Errno::EINVAL), wipe);
}
