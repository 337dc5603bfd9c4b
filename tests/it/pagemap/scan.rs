//! `pagemap_scan`.

use super::*;

const PRESENT: PageIs = PageIs::PAGE_IS_PRESENT;
const WRITTEN: PageIs = PageIs::PAGE_IS_WRITTEN;

fn over(area: &Area) -> PmScanArg {
    let start = area.ptr().addr() as u64;
    PmScanArg { start, end: start + area.len() as u64, ..PmScanArg::default() }
}

/// The regions found, as page numbers of the area.
fn found(area: &Area, arg: &PmScanArg) -> Vec<(u64, u64, PageIs)> {
    let mut regions = [PageRegion::default(); 32];
    let scan = pagemap_scan(own(), arg, &mut regions).unwrap();
    assert_eq!(arg.end, scan.walk_end);
    let number = |address| (address - area.ptr().addr() as u64) / page() as u64;
    let tell = |region: &PageRegion| (number(region.start), number(region.end), region.categories);
    assert_eq!(PageRegion::default(), regions[scan.regions], "not written beyond");
    regions[..scan.regions].iter().map(tell).collect()
}

fn available() -> bool {
    have!("linux-6.7")
}

#[test]
fn present_pages_are_found_as_regions() {
    if !available() {
        return;
    }
    let area = Area::anon(8);
    area.fill(1..3, 1);
    area.fill(5..6, 1);
    let arg = PmScanArg { category_mask: PRESENT, return_mask: PRESENT, ..over(&area) };
    assert_eq!([(1, 3, PRESENT), (5, 6, PRESENT)], *found(&area, &arg));
    // Inverted: the others.
    let absent = PmScanArg { category_inverted: PRESENT, ..arg };
    let none = PageIs::empty();
    // What is told is not inverted.
    assert_eq!([(0, 1, none), (3, 5, none), (6, 8, none)], *found(&area, &absent));
}

/// Files, zeros, and both masks.
#[test]
fn categories_are_told() {
    if !available() {
        return;
    }
    let (file, zero) = (PageIs::PAGE_IS_FILE, PageIs::PAGE_IS_PFNZERO);
    let area = Area::anon(4);
    let on_disk = temp::pages_on_disk(1);
    // The first two pages are of one private mapping, the last two of a file and shared.
    unsafe {
        let (prot, fixed) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_FIXED);
        let fd = on_disk.as_file().as_raw_fd();
        let flags = libc::MAP_SHARED | fixed;
        assert_eq!(area.page(2), libc::mmap(area.page(2), page(), prot, flags, fd, 0));
        let flags = flags | libc::MAP_ANONYMOUS;
        assert_eq!(area.page(3), libc::mmap(area.page(3), page(), prot, flags, -1, 0));
    }
    area.set(0, 1);
    area.get(page());
    area.get(2 * page());
    area.set(3 * page(), 1);
    let all = PRESENT | file | zero;
    let arg = PmScanArg { category_anyof_mask: all, return_mask: all, ..over(&area) };
    assert_eq!(
        [(0, 1, PRESENT), (1, 2, PRESENT | zero), (2, 4, PRESENT | file)],
        *found(&area, &arg)
    );
    let files = PmScanArg { category_mask: PRESENT | file, return_mask: file, ..over(&area) };
    assert_eq!([(2, 4, file)], *found(&area, &files));
    let special = PmScanArg { category_anyof_mask: file | zero, return_mask: zero, ..over(&area) };
    assert_eq!([(1, 2, zero), (2, 4, PageIs::empty())], *found(&area, &special));
    let neither = PmScanArg {
        category_inverted: file | zero,
        category_mask: PRESENT | file | zero,
        return_mask: PRESENT,
        ..over(&area)
    };
    assert_eq!([(0, 1, PRESENT)], *found(&area, &neither));
}

#[test]
fn huge_pages_are_told() {
    if !available() {
        return;
    }
    let huge = PageIs::PAGE_IS_HUGE;
    let Some(pool) = HugePages::of_2m(1) else { return };
    in_child(|| {
        let area = Area::reserve_aligned(pool.size / page(), pool.size);
        // Its guards are no huge pages; nothing but the area is replaced.
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_HUGETLB;
        area.place(libc::PROT_READ | libc::PROT_WRITE, flags | libc::MAP_HUGE_2MB, -1);
        let arg = PmScanArg { category_mask: huge, return_mask: huge | PRESENT, ..over(&area) };
        area.set(0, 1);
        let pages = (pool.size / page()) as u64;
        assert_eq!([(0, pages, huge | PRESENT)], *found(&area, &arg));
    });
}

/// In a child: what another test's fork shares is not written as a huge page.
#[test]
fn transparent_huge_pages_are_told() {
    if !(available() && have!("thp")) {
        return;
    }
    in_child(|| {
        let half = crate::util::machine::huge() / page();
        let area = Area::reserve_aligned(2 * half, half * page());
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        area.place(libc::PROT_READ | libc::PROT_WRITE, flags, -1);
        assert_eq!(0, unsafe { libc::madvise(area.ptr(), area.len() / 2, libc::MADV_HUGEPAGE) });
        let rest = unsafe { libc::madvise(area.page(half), area.len() / 2, libc::MADV_NOHUGEPAGE) };
        assert_eq!(0, rest);
        (0..2 * half).for_each(|number| area.set(number * page(), 1));
        let huge = PageIs::PAGE_IS_HUGE;
        let arg = PmScanArg { category_mask: PRESENT, return_mask: huge, ..over(&area) };
        // Whether memory was at hand for one, smaps tells.
        let got = smaps::at(area.ptr()).bytes("AnonHugePages") > 0;
        let first = if got { huge } else { PageIs::empty() };
        let (regions, half) = (found(&area, &arg), half as u64);
        if got {
            assert_eq!([(0, half, first), (half, 2 * half, PageIs::empty())], *regions);
        } else {
            assert_eq!([(0, 2 * half, first)], *regions);
        }
    });
}

#[test]
fn guard_pages_are_told_or_the_category_is_unknown() {
    if !available() {
        return;
    }
    let guard = PageIs::PAGE_IS_GUARD;
    let probe = PmScanArg { return_mask: guard, ..PmScanArg::default() };
    match pagemap_scan(own(), &probe, &mut []) {
        Ok(PmScan { regions: 0, walk_end: 0, .. }) => {
            let area = Area::anon(3);
            assert_eq!(0, unsafe { libc::madvise(area.page(1), page(), 102) });
            let arg = PmScanArg { category_mask: guard, return_mask: guard, ..over(&area) };
            assert_eq!([(1, 2, guard)], *found(&area, &arg));
        }
        other => {
            assert_eq!(Err(Errno::EINVAL), other);
            assert!(!have!("linux-6.16"), "this kernel should know guard regions");
        }
    }
}

/// Pages in swap; and guards, which are marks where a page in swap would be.
#[test]
fn swapped_pages_are_told() {
    if !available() {
        return;
    }
    let swapped = PageIs::PAGE_IS_SWAPPED;
    let find = |area: &Area| {
        let all = swapped | PRESENT;
        found(area, &PmScanArg { category_anyof_mask: all, return_mask: all, ..over(area) })
    };
    if have!("linux-6.13") {
        let area = Area::anon(4);
        area.fill(0..4, 1);
        assert_eq!(0, unsafe { libc::madvise(area.page(1), 2 * page(), 102) });
        assert_eq!([(0, 1, PRESENT), (1, 3, swapped), (3, 4, PRESENT)], *find(&area));
    }
    if have!("swap") {
        in_child(|| {
            cpu::stay();
            let area = Area::anon(16);
            area.fill(0..16, 3);
            assert_eq!(0, unsafe { libc::madvise(area.ptr(), area.len(), libc::MADV_PAGEOUT) });
            let told = find(&area);
            let out = told.iter().filter(|(.., categories)| *categories == swapped);
            let out: u64 = out.map(|(start, end, _)| end - start).sum();
            let entries = entries(&area).into_iter().filter(|entry| entry.is_swapped());
            assert!(out > 0 && out == entries.count() as u64, "{told:?}");
        });
    }
}

/// Those written since `clear_refs` where the kernel keeps the mark, else none at all.
#[test]
fn soft_dirty_pages_are_told() {
    if !available() {
        return;
    }
    let dirty = PageIs::PAGE_IS_SOFT_DIRTY;
    in_child(|| {
        let area = Area::anon(4);
        area.fill(0..4, 1);
        let arg = PmScanArg { category_mask: dirty, return_mask: dirty, ..over(&area) };
        if !entries(&area)[0].is_soft_dirty() {
            lacking("soft-dirty", "the kernel has no CONFIG_MEM_SOFT_DIRTY");
            assert!(found(&area, &arg).is_empty());
            return;
        }
        assert_eq!([(0, 4, dirty)], *found(&area, &arg));
        let file = OpenOptions::new().write(true).open("/proc/self/clear_refs").unwrap();
        clear_refs(file, ClearRefs::SoftDirty).unwrap();
        area.set(2 * page(), 2);
        assert_eq!([(2, 3, dirty)], *found(&area, &arg));
    });
}

/// One step tells what was written and starts the next round; nothing is lost or changed.
#[test]
fn written_pages_are_found_round_by_round() {
    let Some(uffd) = Tracker::new() else { return };
    let area = Area::anon(16);
    area.fill(0..8, 1);
    uffd.track(&area);
    let round = PmScanArg {
        flags: PmScanFlags::PM_SCAN_WP_MATCHING | PmScanFlags::PM_SCAN_CHECK_WPASYNC,
        category_mask: WRITTEN,
        return_mask: WRITTEN,
        ..over(&area)
    };
    let first = found(&area, &round);
    assert_eq!(16, first.iter().map(|(start, end, _)| end - start).sum::<u64>());
    assert!(found(&area, &round).is_empty(), "nothing was written since");
    area.fill(2..4, 2);
    area.set(9 * page(), 2);
    area.get(12 * page());
    let look = PmScanArg { flags: PmScanFlags::empty(), ..round };
    let written = [(2, 4, WRITTEN), (9, 10, WRITTEN)];
    assert_eq!(written, *found(&area, &look), "a look");
    assert_eq!(written, *found(&area, &look), "a look changes nothing");
    assert_eq!(written, *found(&area, &round));
    assert!(found(&area, &round).is_empty());
    assert!(area.holds(0..2, 1) && area.holds(2..4, 2) && area.holds(4..8, 1));
    assert_eq!(2, area.get(9 * page()));
}

/// Without room for regions it protects all the same.
#[test]
fn an_empty_slice_protects() {
    let Some(uffd) = Tracker::new() else { return };
    let area = Area::anon(4);
    area.fill(0..4, 1);
    uffd.track(&area);
    let protect = PmScanArg { flags: PmScanFlags::PM_SCAN_WP_MATCHING, ..over(&area) };
    let scan = pagemap_scan(own(), &protect, &mut []).unwrap();
    assert_eq!((0, protect.end), (scan.regions, scan.walk_end));
    assert!(entries(&area).iter().all(|entry| entry.is_uffd_wp()));
    area.set(page(), 2);
    let look = PmScanArg { category_mask: WRITTEN, return_mask: WRITTEN, ..over(&area) };
    assert_eq!([(1, 2, WRITTEN)], *found(&area, &look));
}

/// Memory that nobody tracks is passed over, or refused on request.
#[test]
fn untracked_memory_is_skipped_or_refused() {
    let Some(uffd) = Tracker::new() else { return };
    let allowed = PageIs::PAGE_IS_WPALLOWED;
    let area = Area::anon(2);
    area.fill(0..2, 1);
    let protect = PmScanArg {
        flags: PmScanFlags::PM_SCAN_WP_MATCHING,
        category_mask: PRESENT,
        return_mask: allowed,
        ..over(&area)
    };
    assert!(found(&area, &protect).is_empty(), "skipped");
    assert!(entries(&area).iter().all(|entry| !entry.is_uffd_wp()));
    let check = PmScanArg { flags: PmScanFlags::PM_SCAN_CHECK_WPASYNC, ..protect };
    assert_eq!(Err(Errno::EPERM), pagemap_scan(own(), &check, &mut []));
    let look = PmScanArg { flags: PmScanFlags::empty(), ..protect };
    assert_eq!([(0, 2, PageIs::empty())], *found(&area, &look));
    uffd.track(&area);
    assert_eq!([(0, 2, allowed)], *found(&area, &look));
}

#[test]
fn a_scan_goes_on_where_it_stopped() {
    if !available() {
        return;
    }
    let area = Area::anon(8);
    for number in [0, 2, 4, 6] {
        area.fill(number..number + 1, 1);
    }
    let mut arg = PmScanArg { category_mask: PRESENT, return_mask: PRESENT, ..over(&area) };
    let mut starts = Vec::new();
    let mut calls = 0;
    while arg.start < arg.end {
        let mut one = [PageRegion::default()];
        let scan = pagemap_scan(own(), &arg, &mut one).unwrap();
        starts.extend(one[..scan.regions].iter().map(|region| region.start));
        assert!(scan.walk_end > arg.start, "it makes no progress");
        arg.start = scan.walk_end;
        calls += 1;
    }
    let expected = [0, 2, 4, 6].map(|number| area.page(number).addr() as u64);
    assert_eq!(expected, *starts);
    assert!(calls >= 4);
    // A limit of pages cuts a region.
    let area = Area::anon(8);
    area.fill(0..8, 1);
    let arg = PmScanArg { category_mask: PRESENT, max_pages: 3, ..over(&area) };
    let mut regions = [PageRegion::default(); 4];
    let scan = pagemap_scan(own(), &arg, &mut regions).unwrap();
    let stop = area.page(3).addr() as u64;
    assert_eq!((1, stop, stop), (scan.regions, regions[0].end, scan.walk_end));
}

#[test]
fn the_end_is_rounded_up() {
    if !available() {
        return;
    }
    let area = Area::anon(2);
    area.fill(0..2, 1);
    let whole = PmScanArg { category_mask: PRESENT, ..over(&area) };
    let arg = PmScanArg { end: whole.start + 1, ..whole };
    let mut regions = [PageRegion::default(); 2];
    let scan = pagemap_scan(own(), &arg, &mut regions).unwrap();
    let end = area.page(1).addr() as u64;
    assert_eq!((1, end, end), (scan.regions, regions[0].end, scan.walk_end));
}

#[test]
fn another_process_is_scanned_by_its_descriptor() {
    if !available() {
        return;
    }
    let area = Area::anon(2);
    area.set(0, 1);
    let parent = own();
    in_child(|| {
        area.set(page(), 1);
        let mut regions = [PageRegion::default(); 2];
        let arg = PmScanArg { category_mask: PRESENT, ..over(&area) };
        let scan = pagemap_scan(&parent, &arg, &mut regions).unwrap();
        let expected = (area.page(0).addr() as u64, area.page(1).addr() as u64);
        assert_eq!((1, expected), (scan.regions, (regions[0].start, regions[0].end)));
    });
}

#[test]
fn each_fault_has_its_errno() {
    if !available() {
        return;
    }
    let area = Area::anon(1);
    let scan = |arg: PmScanArg| pagemap_scan(own(), &arg, &mut []);
    let good = over(&area);
    let unknown = PageIs::from_bits_retain(1 << 40);
    let inverted = PmScanArg { category_inverted: unknown, ..good };
    let mask = PmScanArg { category_mask: unknown, ..good };
    let anyof = PmScanArg { category_anyof_mask: unknown, ..good };
    let returned = PmScanArg { return_mask: unknown, ..good };
    let flag = PmScanArg { flags: PmScanFlags::from_bits_retain(4), ..good };
    let unaligned = PmScanArg { start: good.start + 1, ..good };
    for arg in [inverted, mask, anyof, returned, flag, unaligned] {
        assert_eq!(Err(Errno::EINVAL), scan(arg), "{arg:?}");
    }
    // Not just the highest bit, which on arm64 is a tag.
    let high = u64::MAX << 47;
    let kernels = PmScanArg { start: high, end: high | 1 << 20, ..good };
    let backwards = PmScanArg { start: good.end, end: good.start, ..good };
    for arg in [kernels, backwards] {
        assert_eq!(Err(Errno::EFAULT), scan(arg), "{arg:?}");
    }
    // A probe for a category needs no range.
    let probe = PmScanArg { return_mask: unknown, ..PmScanArg::default() };
    assert_eq!(Err(Errno::EINVAL), scan(probe));
    assert!(scan(PmScanArg { return_mask: WRITTEN, ..PmScanArg::default() }).is_ok());
    let no_pagemap = temp::on_disk();
    assert_eq!(Err(Errno::ENOTTY), pagemap_scan(no_pagemap.as_file(), &good, &mut []));
    let path_only = path_only("/proc/self/pagemap");
    assert_eq!(Err(Errno::EBADF), pagemap_scan(path_only, &good, &mut []));
    let ended = of_ended("pagemap");
    assert_eq!(Err(Errno::ESRCH), pagemap_scan(ended, &good, &mut []));
}

#[test]
fn a_filter_is_told_from_the_rest() {
    for errno in [Errno::ENOSYS, Errno::EPERM] {
        in_child(|| {
            let pagemap = own();
            deny(&[libc::SYS_ioctl], errno as i32);
            let answer = pagemap_scan(&pagemap, &PmScanArg::default(), &mut []);
            assert_eq!(Err(errno), answer);
        });
    }
}

#[test]
fn categories_are_written_and_read() {
    let two = PageIs::PAGE_IS_WRITTEN | PageIs::PAGE_IS_HUGE;
    assert_eq!("PAGE_IS_WRITTEN | PAGE_IS_HUGE", two.to_string());
    assert_eq!(Ok(two), "PAGE_IS_HUGE|PAGE_IS_WRITTEN".parse());
    let high = PageIs::from_bits_retain(1 << 40 | 1);
    assert_eq!("PAGE_IS_WPALLOWED | 0x10000000000", high.to_string());
}
