//! `madvise`: what each advice does to the pages. Those about `fork` are in `fork`.

use std::{
    os::{fd::AsRawFd as _, unix::fs::FileExt as _},
    time::{Duration, Instant},
};

use mman::{
    Result,
    errno::Errno,
    sys::mman::{MmapAdvise, cachestat, madvise, mlock, mprotect, munmap},
};

use super::RW;
use crate::util::{
    capability,
    child::{SEGV_MAPERR, faults, in_child},
    cpu,
    machine::huge,
    map::Area,
    page,
    seccomp::passes_on,
    seconds, smaps, temp,
};
use MmapAdvise::*;

/// Advises all of an area.
fn advise(area: &Area, advice: MmapAdvise) -> Result<()> {
    unsafe { madvise(area.ptr(), area.len(), advice) }
}

/// Advises one page.
fn advise_page(area: &Area, number: usize, advice: MmapAdvise) -> Result<()> {
    unsafe { madvise(area.page(number), page(), advice) }
}

/// The advice sets this flag of two letters, and the other one takes it back.
#[track_caller]
fn sets(area: &Area, flag: &str, on: MmapAdvise, off: MmapAdvise) {
    assert!(!smaps::at(area.ptr()).has(flag), "before {on:?}");
    assert_eq!(Ok(()), advise(area, on));
    assert!(smaps::at(area.ptr()).has(flag), "{on:?} does not set {flag}");
    assert_eq!(Ok(()), advise(area, off));
    assert!(!smaps::at(area.ptr()).has(flag), "{off:?} does not clear {flag}");
}

#[test]
fn expected_order_is_noted_and_normal_forgets_it() {
    let area = Area::anon(2);
    sets(&area, "rr", MADV_RANDOM, MADV_NORMAL);
    sets(&area, "sr", MADV_SEQUENTIAL, MADV_NORMAL);
}

#[test]
fn dontdump_and_dodump() {
    sets(&Area::anon(2), "dd", MADV_DONTDUMP, MADV_DODUMP);
}

#[test]
fn mergeable_and_unmergeable() {
    if have!("ksm") {
        sets(&Area::anon(2), "mg", MADV_MERGEABLE, MADV_UNMERGEABLE);
    }
}

#[test]
fn only_the_range_is_advised() {
    let area = Area::anon(3);
    advise_page(&area, 1, MADV_DONTDUMP).unwrap();
    let flagged: Vec<_> = (0..3).map(|number| smaps::at(area.page(number)).has("dd")).collect();
    assert_eq!([false, true, false], flagged[..]);
}

#[test]
fn dontneed_makes_anonymous_pages_zero_and_gives_a_files_back() {
    let area = Area::anon(3);
    area.fill(0..3, 7);
    assert_eq!(Ok(()), advise_page(&area, 1, MADV_DONTNEED));
    assert_eq!([true, false, true], area.present()[..]);
    assert!(area.holds(0..1, 7) && area.holds(1..2, 0) && area.holds(2..3, 7));

    let file = temp::pages_on_disk(2);
    let copy = Area::file(2, libc::MAP_PRIVATE, file.as_raw_fd());
    copy.fill(0..2, 9);
    assert_eq!(Ok(()), advise_page(&copy, 1, MADV_DONTNEED));
    assert!(copy.holds(0..1, 9) && copy.holds(1..2, 2));
}

/// rustix's DONTNEED goes by `posix_madvise` numbers and forgets the order.
#[test]
fn dontneed_keeps_the_expected_order() {
    let area = Area::anon(1);
    advise(&area, MADV_RANDOM).unwrap();
    advise(&area, MADV_DONTNEED).unwrap();
    assert!(smaps::at(area.ptr()).has("rr"));
}

#[test]
fn free_marks_the_pages_to_be_dropped_until_they_are_written() {
    in_child(|| {
        const PAGES: usize = 256;
        let area = Area::anon(PAGES);
        advise(&area, MADV_NOHUGEPAGE).unwrap_or(());
        area.fill(0..PAGES, 7);
        let lazy = || smaps::at(area.ptr()).bytes("LazyFree");
        assert_eq!(0, lazy());
        assert_eq!(Ok(()), advise(&area, MADV_FREE));
        // The last few pages of a batch are marked later.
        assert!(lazy() >= area.len() / 2, "{} of {}", lazy(), area.len());
        assert!(
            (0..PAGES).all(
                |number| area.holds(number..number + 1, 7) || area.holds(number..number + 1, 0)
            )
        );
        area.fill(0..PAGES, 8);
        assert_eq!(0, lazy());
        assert!(area.holds(0..PAGES, 8));
        assert_eq!(Err(Errno::EINVAL), advise(&Area::shared(1), MADV_FREE));
    });
}

#[test]
fn free_pages_are_dropped_when_memory_is_short() {
    in_child(|| {
        let area = Area::anon(64);
        advise(&area, MADV_NOHUGEPAGE).unwrap_or(());
        area.fill(0..64, 7);
        assert_eq!(Ok(()), advise(&area, MADV_FREE));
        area.set(0, 8);
        let dropped = || (1..64).filter(|number| area.get(number * page()) == 0).count();
        assert!(soon(|| {
            advise(&area, MADV_PAGEOUT).unwrap();
            dropped() > 32
        }));
        // It was written since, and is kept.
        assert_eq!((8, 7), (area.get(0), area.get(1)));
    });
}

#[test]
fn remove_punches_a_hole_into_the_file() {
    in_child(|| {
        let file = temp::pages_in_memory(3);
        let area = Area::file(3, libc::MAP_SHARED, file.as_raw_fd());
        assert_eq!(Ok(()), advise_page(&area, 1, MADV_REMOVE));
        // Before the hole is read through the mapping, which fills it.
        let hole = unsafe { libc::lseek(file.as_raw_fd(), 0, libc::SEEK_HOLE) };
        assert_eq!(page(), usize::try_from(hole).unwrap());
        let mut content = vec![9; 3 * page()];
        file.as_file().read_exact_at(&mut content, 0).unwrap();
        assert_eq!((1, 0, 3), (content[0], content[page()], content[2 * page()]));
        assert!(area.holds(0..1, 1) && area.holds(1..2, 0) && area.holds(2..3, 3));

        assert_eq!(Err(Errno::EINVAL), advise(&Area::anon(1), MADV_REMOVE));
        let copy = Area::file(3, libc::MAP_PRIVATE, file.as_raw_fd());
        assert_eq!(Err(Errno::EACCES), advise(&copy, MADV_REMOVE));
    });
}

/// Whole huge pages, of which no page has been touched.
fn huge_area(count: usize) -> Area {
    let area = Area::reserve_aligned(count * huge() / page(), huge());
    area.place(RW.bits(), super::ANON.bits(), -1);
    assert_eq!(0, area.ptr().addr() % huge());
    area
}

#[test]
fn hugepage_makes_the_first_touch_bring_a_huge_page_and_nohugepage_forbids_it() {
    if !have!("thp") {
        return;
    }
    in_child(|| {
        let area = huge_area(2);
        let got = || smaps::at(area.ptr()).bytes("AnonHugePages");
        advise(&area, MADV_HUGEPAGE).unwrap();
        assert!(smaps::at(area.ptr()).has("hg") && got() == 0);
        area.set(0, 1);
        assert_eq!(huge(), got());

        let area = huge_area(2);
        let got = || smaps::at(area.ptr()).bytes("AnonHugePages");
        advise(&area, MADV_NOHUGEPAGE).unwrap();
        assert!(smaps::at(area.ptr()).has("nh"));
        area.set(0, 1);
        assert_eq!((0, page()), (got(), smaps::at(area.ptr()).bytes("Rss")));
    });
}

#[test]
fn collapse_makes_small_pages_huge_at_once() {
    if !have!("thp", "linux-6.1") {
        return;
    }
    in_child(|| {
        let area = huge_area(1);
        // Neither asks for huge pages nor forbids them: the fault gives a small one, unless the
        // machine's policy is "always".
        area.set(0, 7);
        assert_eq!(Ok(()), advise(&area, MADV_COLLAPSE));
        assert_eq!(huge(), smaps::at(area.ptr()).bytes("AnonHugePages"));
        assert_eq!((7, 0), (area.get(0), area.get(huge() - 1)));
        // What holds no whole huge page cannot become one.
        assert_eq!(Err(Errno::EINVAL), advise(&Area::anon(4), MADV_COLLAPSE));
    });
}

#[test]
fn cold_forgets_that_the_pages_were_used() {
    in_child(|| {
        cpu::stay();
        let area = Area::anon(64);
        area.fill(0..64, 7);
        let used = || smaps::at(area.ptr()).bytes("Referenced");
        // Not quite all: something of the machine may look for idle pages at the same time.
        assert!(used() > area.len() / 2, "{} of {}", used(), area.len());
        assert_eq!(Ok(()), advise(&area, MADV_COLD));
        assert_eq!(0, used());
        assert!(area.holds(0..64, 7));
        in_child(|| {
            unsafe { mlock(area.ptr(), page()) }.unwrap();
            assert_eq!(Err(Errno::EINVAL), advise_page(&area, 0, MADV_COLD));
            assert_eq!(Err(Errno::EINVAL), advise_page(&area, 0, MADV_PAGEOUT));
        });
    });
}

/// Until it is so, within reason.
fn soon(mut is: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !is() {
        if start.elapsed() > seconds(10) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

#[test]
fn pageout_takes_a_files_pages_out_of_memory() {
    if !have!("linux-6.5", "disk") {
        return;
    }
    in_child(|| {
        let file = temp::pages_on_disk(64);
        file.as_file().sync_all().unwrap();
        let area = Area::file(64, libc::MAP_SHARED, file.as_raw_fd());
        assert!(area.holds(3..4, 4));
        // Only mapped pages are looked at, and one that is in flight between lists of the kernel is
        // passed over: it may take a few calls.
        assert!(soon(|| {
            advise(&area, MADV_POPULATE_READ).unwrap();
            advise(&area, MADV_PAGEOUT).unwrap();
            cachestat(&file, 0, 0).unwrap().nr_cache == 0
        }));
        assert_eq!([false; 64], area.present()[..]);
        assert!(area.holds(3..4, 4));
    });
}

#[test]
fn pageout_swaps_anonymous_pages_out() {
    if !have!("swap") {
        return;
    }
    in_child(|| {
        cpu::stay();
        let area = Area::anon(64);
        area.fill(0..64, 7);
        assert!(soon(|| {
            advise(&area, MADV_PAGEOUT).unwrap();
            smaps::at(area.ptr()).bytes("Swap") > 0
        }));
        assert!(area.holds(0..64, 7));
    });
}

#[test]
fn willneed_starts_reading_the_file() {
    if !have!("linux-6.5", "disk") {
        return;
    }
    in_child(|| {
        let file = temp::pages_on_disk(16);
        file.as_file().sync_all().unwrap();
        let area = Area::file(16, libc::MAP_SHARED, file.as_raw_fd());
        let cached = || cachestat(&file, 0, 0).unwrap().nr_cache;
        assert!(soon(|| {
            let dropped =
                unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED) };
            dropped == 0 && cached() == 0
        }));
        assert_eq!(Ok(()), advise(&area, MADV_WILLNEED));
        assert!(soon(|| cached() == 16), "{} pages", cached());
    });
}

#[test]
fn populate_read_maps_and_populate_write_copies() {
    let file = temp::pages_on_disk(4);
    let area = Area::file(4, libc::MAP_PRIVATE, file.as_raw_fd());
    let copied = || smaps::at(area.ptr()).bytes("Anonymous");
    assert_eq!([false; 4], area.present()[..]);
    assert_eq!(Ok(()), advise(&area, MADV_POPULATE_READ));
    assert_eq!(([true; 4].to_vec(), 0), (area.present(), copied()));
    assert_eq!(Ok(()), advise(&area, MADV_POPULATE_WRITE));
    assert_eq!(area.len(), copied());
    assert!(area.holds(2..3, 3));
}

#[test]
fn what_cannot_be_populated_is_an_error() {
    let area = Area::anon(2);
    unsafe { mprotect(area.ptr(), area.len(), mman::sys::mman::ProtFlags::PROT_READ) }.unwrap();
    assert_eq!(Err(Errno::EINVAL), advise(&area, MADV_POPULATE_WRITE));
    unsafe { mprotect(area.ptr(), area.len(), mman::sys::mman::ProtFlags::PROT_NONE) }.unwrap();
    assert_eq!(Err(Errno::EINVAL), advise(&area, MADV_POPULATE_READ));
    let file = temp::pages_on_disk(1);
    let beyond = Area::file(2, libc::MAP_SHARED, file.as_raw_fd());
    assert_eq!(Err(Errno::EFAULT), advise(&beyond, MADV_POPULATE_READ));
    assert_eq!([true, false], beyond.present()[..]);
}

#[test]
fn dontneed_locked_drops_what_dontneed_refuses() {
    in_child(|| {
        let area = Area::anon(2);
        area.fill(0..2, 7);
        unsafe { mlock(area.ptr(), area.len()) }.unwrap();
        assert_eq!(Err(Errno::EINVAL), advise(&area, MADV_DONTNEED));
        assert_eq!(Err(Errno::EINVAL), advise(&area, MADV_FREE));
        assert!(area.holds(0..2, 7));
        assert_eq!(Ok(()), advise(&area, MADV_DONTNEED_LOCKED));
        assert!(area.holds(0..2, 0));
        assert!(smaps::at(area.ptr()).has("lo"));
    });
}

#[test]
fn a_guard_faults_and_what_it_held_is_lost() {
    if !have!("linux-6.13") {
        return;
    }
    in_child(|| {
        let area = Area::anon(3);
        area.fill(0..3, 7);
        let mappings = smaps::at(area.ptr()).range;
        assert_eq!(Ok(()), advise_page(&area, 1, MADV_GUARD_INSTALL));
        let guard = area.page(1).cast::<u8>();
        faults(libc::SIGSEGV, SEGV_MAPERR, guard, || area.get(page()));
        faults(libc::SIGSEGV, SEGV_MAPERR, guard, || area.set(page(), 1));
        assert!(area.holds(0..1, 7) && area.holds(2..3, 7));
        // It is not a mapping of its own, and gives no memory.
        assert_eq!(mappings, smaps::at(area.ptr()).range);
        assert_eq!(Err(Errno::EFAULT), advise(&area, MADV_POPULATE_READ));
        assert_eq!(Ok(()), advise(&area, MADV_DONTNEED));
        faults(libc::SIGSEGV, SEGV_MAPERR, guard, || area.get(page()));
        assert_eq!(Ok(()), advise_page(&area, 1, MADV_GUARD_REMOVE));
        assert!(area.holds(1..2, 0));
        in_child(|| {
            unsafe { mlock(area.ptr(), page()) }.unwrap();
            assert_eq!(Err(Errno::EINVAL), advise_page(&area, 0, MADV_GUARD_INSTALL));
        });
    });
}

#[test]
fn a_hole_is_an_error_and_the_rest_is_advised() {
    in_child(|| {
        let area = Area::anon(3);
        area.fill(0..3, 7);
        unsafe { munmap(area.page(1), page()) }.unwrap();
        assert_eq!(Err(Errno::ENOMEM), advise(&area, MADV_DONTNEED));
        assert!(area.holds(0..1, 0) && area.holds(2..3, 0));
        advise_page(&area, 0, MADV_DONTNEED).unwrap();
        advise_page(&area, 2, MADV_DONTNEED).unwrap();
        assert_eq!(Err(Errno::ENOMEM), advise(&area, MADV_POPULATE_WRITE));
        // This call stops at the hole, on newer kernels.
        let older = capability::probe("linux-6.10").is_err();
        assert_eq!([true, false, older], area.present()[..]);
    });
}

#[test]
fn arguments() {
    let area = Area::anon(1);
    area.fill(0..1, 7);
    let odd = area.at(1).cast();
    assert_eq!(Err(Errno::EINVAL), unsafe { madvise(odd, page(), MADV_DONTNEED) });
    if usize::BITS == 64 {
        // To a 64-bit kernel, what overflows for a 32-bit program is most of its memory.
        assert_eq!(Err(Errno::EINVAL), unsafe { madvise(area.ptr(), usize::MAX, MADV_NORMAL) });
    }
    assert_eq!(Ok(()), unsafe { madvise(area.ptr(), 0, MADV_DONTNEED) });
    assert!(area.holds(0..1, 7));
    // A part of a page is the whole page.
    assert_eq!(Ok(()), unsafe { madvise(area.ptr(), 1, MADV_DONTNEED) });
    assert!(area.holds(0..1, 0));
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let area = Area::anon(1);
    passes_on(libc::SYS_madvise, || advise(&area, MADV_NORMAL));
}
