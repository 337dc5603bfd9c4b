//! `sys::pagemap`: entries, scans, and resetting what was noted.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    os::fd::{AsFd as _, AsRawFd as _, FromRawFd as _, OwnedFd},
    path::Path,
};

use mman::{
    errno::Errno,
    sys::pagemap::{
        ClearRefs, PageIs, PageRegion, PagemapEntry, PmScan, PmScanArg, PmScanFlags, clear_refs,
        pagemap_read, pagemap_scan,
    },
};

use crate::util::{
    capability::lacking,
    child::in_child,
    machine::HugePages,
    map::Area,
    page,
    seccomp::deny,
    smaps, temp,
    unprivileged::{become_nobody, drop_capabilities},
};

fn own() -> File {
    File::open("/proc/self/pagemap").unwrap()
}

/// The entries of all pages of `area`.
fn entries(area: &Area) -> Vec<PagemapEntry> {
    let mut entries = vec![PagemapEntry::default(); area.len() / page()];
    let read = pagemap_read(own(), area.ptr().addr() as u64, &mut entries).unwrap();
    assert_eq!(entries.len(), read);
    let raw: Vec<u64> = entries.iter().map(|entry| entry.0).collect();
    // The frame of a page that moves in between changes.
    let flags = |all: &[u64]| all.iter().map(|bits| bits >> 55).collect::<Vec<_>>();
    assert_eq!(flags(&area.pagemap()), flags(&raw));
    entries
}

mod entry {
    use super::*;

    #[test]
    fn fresh_touched_and_read_pages_differ() {
        let area = Area::anon(4);
        area.set(page(), 1);
        area.get(2 * page());
        let all = entries(&area);
        assert_eq!(PagemapEntry(0), all[0], "never touched");
        assert!(all[1].is_present() && all[1].is_exclusive(), "written: {:?}", all[1]);
        assert!(all[2].is_present() && !all[2].is_exclusive(), "page of zeros: {:?}", all[2]);
        assert_eq!(PagemapEntry(0), all[3], "never touched");
        for entry in all {
            assert!(!entry.is_file_or_shared() && !entry.is_swapped() && !entry.is_guard());
            assert!(!entry.is_uffd_wp());
        }
    }

    #[test]
    fn pages_of_files_and_shared_pages_are_marked() {
        let shared = Area::shared(2);
        shared.set(0, 1);
        let file = temp::pages_on_disk(2);
        let read = Area::file(2, libc::MAP_SHARED, file.as_file().as_raw_fd());
        read.get(0);
        let copied = Area::file(1, libc::MAP_PRIVATE, file.as_file().as_raw_fd());
        copied.set(0, 9);
        let (shared, read, copied) = (entries(&shared), entries(&read), entries(&copied));
        assert!(shared[0].is_present() && shared[0].is_file_or_shared(), "{shared:?}");
        assert_eq!(PagemapEntry(0), shared[1]);
        assert!(read[0].is_present() && read[0].is_file_or_shared(), "{read:?}");
        assert!(copied[0].is_present() && !copied[0].is_file_or_shared(), "{copied:?}");
    }

    /// A page is exclusive until a child has it as well.
    #[test]
    fn a_child_ends_exclusiveness() {
        let area = Area::anon(1);
        area.set(0, 1);
        assert!(entries(&area)[0].is_exclusive());
        in_child(|| {
            assert!(!entries(&area)[0].is_exclusive());
            area.set(0, 2);
            assert!(entries(&area)[0].is_exclusive(), "its own copy");
        });
    }

    #[test]
    fn a_guard_page_says_so() {
        if !have!("linux-6.15") {
            return;
        }
        let area = Area::anon(2);
        area.fill(0..2, 1);
        assert_eq!(0, unsafe { libc::madvise(area.page(1), page(), 102) });
        let all = entries(&area);
        assert!(all[0].is_present() && !all[0].is_guard(), "{all:?}");
        assert!(!all[1].is_present() && all[1].is_guard(), "{all:?}");
        assert_eq!(None, all[1].pfn());
    }

    #[test]
    fn write_protection_by_userfaultfd_shows() {
        let Some(uffd) = Tracker::new() else { return };
        let area = Area::anon(2);
        area.fill(0..2, 1);
        uffd.track(&area);
        uffd.protect(&area);
        area.set(page(), 2);
        let all = entries(&area);
        assert!(all[0].is_present() && all[0].is_uffd_wp(), "{all:?}");
        assert!(all[1].is_present() && !all[1].is_uffd_wp(), "{all:?}");
    }

    #[test]
    fn a_page_in_swap_tells_where() {
        if !have!("swap") {
            return;
        }
        let root = have!("root");
        let area = Area::anon(16);
        area.fill(0..16, 3);
        assert_eq!(0, unsafe { libc::madvise(area.ptr(), area.len(), libc::MADV_PAGEOUT) });
        let out: Vec<_> = entries(&area).into_iter().filter(|entry| entry.is_swapped()).collect();
        assert!(!out.is_empty(), "nothing was swapped out");
        for entry in out {
            assert!(!entry.is_present() && entry.pfn().is_none());
            // The place of page 0 of an area is its header's, so none is all zeros.
            assert_eq!(root, entry.swap().is_some_and(|swap| swap.offset > 0));
        }
        assert!(area.holds(0..16, 3));
    }

    #[test]
    fn only_the_privileged_see_frames() {
        let area = Area::anon(1);
        area.set(0, 1);
        let root = have!("root");
        if root {
            let pfn = entries(&area)[0].pfn().expect("root sees the frame");
            assert!(frame_is_mapped(pfn), "frame {pfn:#x} is none of memory");
        }
        let privileged = own();
        in_child(|| {
            become_nobody();
            // A frame is shown by right of who opened the file.
            let [mut mine, mut inherited] = [[PagemapEntry::default()]; 2];
            let at = area.ptr().addr() as u64;
            assert_eq!(Ok(1), pagemap_read(own(), at, &mut mine));
            assert!(mine[0].is_present());
            assert_eq!(None, mine[0].pfn());
            // This descriptor speaks of the parent.
            assert_eq!(Ok(1), pagemap_read(&privileged, at, &mut inherited));
            assert_eq!(root, inherited[0].pfn().is_some());
        });
    }

    /// Whether `/proc/kpagecount` counts a mapping of this frame.
    fn frame_is_mapped(pfn: u64) -> bool {
        use std::os::unix::fs::FileExt as _;
        let mut count = [0; 8];
        File::open("/proc/kpagecount").unwrap().read_exact_at(&mut count, pfn * 8).unwrap();
        u64::from_ne_bytes(count) > 0
    }

    #[test]
    fn bits_are_read_as_documented() {
        let all = PagemapEntry(u64::MAX);
        assert!(all.is_present() && all.is_swapped() && all.is_file_or_shared() && all.is_guard());
        assert!(all.is_uffd_wp() && all.is_exclusive() && all.is_soft_dirty());
        assert_eq!(Some((1 << 55) - 1), all.pfn());
        let none = PagemapEntry((1 << 55) - 1 | 1 << 59 | 1 << 60);
        assert!(!none.is_present() && !none.is_swapped() && !none.is_file_or_shared());
        assert!(!none.is_guard() && !none.is_uffd_wp() && !none.is_exclusive());
        assert!(!none.is_soft_dirty());
        assert_eq!((None, None), (none.pfn(), none.swap()));
        let swap = PagemapEntry(1 << 62 | 1 << 57 | 0x777 << 5 | 3).swap().unwrap();
        assert_eq!((3, 0x777), (swap.swap_type, swap.offset));
    }

    #[test]
    fn debug_names_what_is_set() {
        let text = |bits| format!("{:?}", PagemapEntry(bits));
        assert_eq!("PagemapEntry", text(0));
        assert_eq!("PagemapEntry(present, exclusive, pfn 0x12)", text(1 << 63 | 1 << 56 | 0x12));
        assert_eq!(
            "PagemapEntry(swapped, uffd_wp, SwapEntry { swap_type: 1, offset: 2 })",
            text(1 << 62 | 1 << 57 | 2 << 5 | 1)
        );
        assert_eq!("PagemapEntry(bit 60, 0x5)", text(1 << 60 | 5));
    }
}

mod read {
    use super::*;

    #[test]
    fn another_process_is_read_by_its_descriptor() {
        let area = Area::anon(2);
        area.set(0, 1);
        let parent = own();
        in_child(|| {
            area.set(page(), 1);
            let mut theirs = [PagemapEntry::default(); 2];
            let at = area.ptr().addr() as u64;
            assert_eq!(Ok(2), pagemap_read(&parent, at, &mut theirs));
            assert!(theirs[0].is_present() && !theirs[1].is_present(), "{theirs:?}");
            assert!(entries(&area)[1].is_present());
        });
    }

    /// An address within a page means the page; the kernel's half has no entries.
    #[test]
    fn any_address_is_taken() {
        let area = Area::anon(1);
        area.set(0, 1);
        let mut one = [PagemapEntry::default()];
        assert_eq!(Ok(1), pagemap_read(own(), area.at(page() - 1).addr() as u64, &mut one));
        assert!(one[0].is_present());
        assert_eq!(Ok(0), pagemap_read(own(), area.ptr().addr() as u64, &mut []));
        assert_eq!(Ok(0), pagemap_read(own(), u64::MAX, &mut one));
    }

    /// The last page below the end of the address space has an entry, the next one none.
    #[test]
    fn the_end_of_the_address_space_cuts_it_short() {
        let mut one = [PagemapEntry::default()];
        let has = |number: u64, one: &mut _| {
            pagemap_read(own(), number * page() as u64, one).unwrap() == 1
        };
        let (mut there, mut beyond) = (0_u64, 1 << 51);
        while there + 1 < beyond {
            let middle = there.midpoint(beyond);
            *if has(middle, &mut one) { &mut there } else { &mut beyond } = middle;
        }
        let mut three = [PagemapEntry(1); 3];
        assert_eq!(Ok(2), pagemap_read(own(), (there - 1) * page() as u64, &mut three));
        assert_eq!(PagemapEntry(1), three[2], "untouched");
    }

    #[test]
    fn an_ended_process_has_no_entries() {
        let pagemap = in_ended_child("pagemap", false);
        assert_eq!(Ok(0), pagemap_read(pagemap, 0, &mut [PagemapEntry::default()]));
    }

    #[test]
    fn bad_descriptors_are_refused() {
        let mut one = [PagemapEntry::default()];
        let write_only = OpenOptions::new().write(true).open("/dev/null").unwrap();
        assert_eq!(Err(Errno::EBADF), pagemap_read(write_only, 0, &mut one));
        let (pipe, _other) = std::io::pipe().unwrap();
        assert_eq!(Err(Errno::ESPIPE), pagemap_read(pipe, 0, &mut one));
    }

    #[test]
    fn a_filter_is_told_from_the_rest() {
        for errno in [Errno::ENOSYS, Errno::EPERM] {
            in_child(|| {
                let pagemap = own();
                deny(&[libc::SYS_pread64], errno as i32);
                let mut one = [PagemapEntry::default()];
                assert_eq!(Err(errno), pagemap_read(&pagemap, 0, &mut one));
            });
        }
    }
}

mod scan {
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
        let tell =
            |region: &PageRegion| (number(region.start), number(region.end), region.categories);
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
        let special =
            PmScanArg { category_anyof_mask: file | zero, return_mask: zero, ..over(&area) };
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
        let area = Area::reserve_aligned(pool.size / page(), pool.size);
        // Its guards are no huge pages; nothing but the area is replaced.
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_HUGETLB;
        area.place(libc::PROT_READ | libc::PROT_WRITE, flags | libc::MAP_HUGE_2MB, -1);
        let arg = PmScanArg { category_mask: huge, return_mask: huge | PRESENT, ..over(&area) };
        assert_eq!([(0, 512, huge)], *found(&area, &arg), "before a page is there");
        area.set(0, 1);
        assert_eq!([(0, 512, huge | PRESENT)], *found(&area, &arg));
    }

    #[test]
    fn transparent_huge_pages_are_told() {
        if !(available() && have!("thp")) {
            return;
        }
        let area = Area::reserve_aligned(1024, 2 << 20);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        area.place(libc::PROT_READ | libc::PROT_WRITE, flags, -1);
        assert_eq!(0, unsafe { libc::madvise(area.ptr(), area.len() / 2, libc::MADV_HUGEPAGE) });
        let rest = unsafe { libc::madvise(area.page(512), area.len() / 2, libc::MADV_NOHUGEPAGE) };
        assert_eq!(0, rest);
        area.fill(0..1024, 1);
        let huge = PageIs::PAGE_IS_HUGE;
        let arg = PmScanArg { category_mask: PRESENT, return_mask: huge, ..over(&area) };
        // Whether memory was at hand for one, smaps tells.
        let got = smaps::at(area.ptr()).bytes("AnonHugePages") > 0;
        let first = if got { huge } else { PageIs::empty() };
        let regions = found(&area, &arg);
        if got {
            assert_eq!([(0, 512, first), (512, 1024, PageIs::empty())], *regions);
        } else {
            assert_eq!([(0, 1024, first)], *regions);
        }
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
        let kernels = PmScanArg { start: 1 << 63, end: 1 << 63 | 1 << 20, ..good };
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
        let ended = in_ended_child("pagemap", false);
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
}

mod clear {
    use super::*;

    fn file() -> File {
        OpenOptions::new().write(true).open("/proc/self/clear_refs").unwrap()
    }

    /// Each kind of page is reset by its own choice and by all.
    #[test]
    fn accesses_are_forgotten() {
        in_child(|| {
            let on_disk = temp::pages_on_disk(4);
            for (what, left) in [
                (ClearRefs::All, (0, 0)),
                (ClearRefs::Anonymous, (0, 4)),
                (ClearRefs::Mapped, (4, 0)),
                (ClearRefs::SoftDirty, (4, 4)),
                (ClearRefs::PeakRss, (4, 4)),
            ] {
                // Fresh mappings: an access by way of the processor's cache is not noted again.
                let anon = Area::anon(4);
                let mapped = Area::file(4, libc::MAP_SHARED, on_disk.as_file().as_raw_fd());
                for number in 0..4 {
                    anon.set(number * page(), 1);
                    mapped.get(number * page());
                }
                assert_eq!((4, 4), referenced(&anon, &mapped), "touched");
                clear_refs(file(), what).unwrap();
                assert_eq!(left, referenced(&anon, &mapped), "{what:?}");
            }
        });
    }

    /// The pages of either that count as accessed.
    fn referenced(anon: &Area, mapped: &Area) -> (usize, usize) {
        let pages = |area: &Area| smaps::at(area.ptr()).bytes("Referenced") / page();
        (pages(anon), pages(mapped))
    }

    #[test]
    fn the_peak_becomes_the_present() {
        const SIZE: usize = 64 << 20;
        in_child(|| {
            let area = Area::anon(SIZE / page());
            area.fill(0..SIZE / page(), 1);
            drop(area);
            let before = smaps::status("VmHWM");
            let now = smaps::status("VmRSS");
            assert!(before > now + SIZE / 2, "the peak is {before}, now it is {now}");
            clear_refs(file(), ClearRefs::PeakRss).unwrap();
            let after = smaps::status("VmHWM");
            assert!(after < before - SIZE / 2, "the peak was {before}, now it is {after}");
        });
    }

    /// The mark is set at the next write, where the kernel keeps it.
    #[test]
    fn soft_dirty_is_cleared() {
        let area = Area::anon(2);
        area.fill(0..2, 1);
        if !entries(&area)[0].is_soft_dirty() {
            lacking("soft-dirty", "the kernel has no CONFIG_MEM_SOFT_DIRTY");
            return;
        }
        in_child(|| {
            clear_refs(file(), ClearRefs::SoftDirty).unwrap();
            area.set(page(), 2);
            let all = entries(&area);
            assert!(!all[0].is_soft_dirty() && all[1].is_soft_dirty(), "{all:?}");
        });
    }

    /// The choices are all that the kernel has.
    #[test]
    fn there_is_no_other_choice() {
        in_child(|| {
            for text in ["0", "6"] {
                let error = file().write_all(text.as_bytes()).unwrap_err();
                assert_eq!(Some(libc::EINVAL), error.raw_os_error(), "{text}");
            }
        });
    }

    #[test]
    fn each_fault_has_its_errno() {
        let read_only = File::open("/proc/self/status").unwrap();
        assert_eq!(Err(Errno::EBADF), clear_refs(read_only, ClearRefs::All));
        let ended = in_ended_child("clear_refs", true);
        assert_eq!(Err(Errno::ESRCH), clear_refs(ended, ClearRefs::All));
        for errno in [Errno::ENOSYS, Errno::EPERM] {
            in_child(|| {
                let file = file();
                deny(&[libc::SYS_write], errno as i32);
                assert_eq!(Err(errno), clear_refs(&file, ClearRefs::All));
            });
        }
    }

    #[test]
    fn a_process_without_privileges_resets_its_own() {
        in_child(|| {
            drop_capabilities();
            clear_refs(file(), ClearRefs::PeakRss).unwrap();
        });
    }
}

/// A userfaultfd that tracks writes: features `WP_UNPOPULATED` and `WP_ASYNC`.
struct Tracker(OwnedFd);

impl Tracker {
    /// `None` is a skip.
    fn new() -> Option<Self> {
        if !have!("linux-6.7") {
            return None;
        }
        const USER_MODE_ONLY: i32 = 1;
        let fd = unsafe { libc::syscall(libc::SYS_userfaultfd, libc::O_CLOEXEC | USER_MODE_ONLY) };
        assert!(fd >= 0, "{}", std::io::Error::last_os_error());
        let tracker = Self(unsafe { OwnedFd::from_raw_fd(i32::try_from(fd).unwrap()) });
        // struct uffdio_api: version, features, ioctls.
        tracker.ioctl(0xc018_aa3f, &mut [0xaa, 1 << 13 | 1 << 15, 0]);
        Some(tracker)
    }

    /// Registers for write protection.
    fn track(&self, area: &Area) {
        // struct uffdio_register: start, length, mode, ioctls.
        self.ioctl(0xc020_aa00, &mut [area.ptr().addr() as u64, area.len() as u64, 2, 0]);
    }

    fn protect(&self, area: &Area) {
        // struct uffdio_writeprotect: start, length, mode.
        self.ioctl(0xc018_aa06, &mut [area.ptr().addr() as u64, area.len() as u64, 1]);
    }

    fn ioctl(&self, number: u32, argument: &mut [u64]) {
        let answer = unsafe { libc::ioctl(self.0.as_raw_fd(), number as _, argument.as_mut_ptr()) };
        assert_eq!(0, answer, "{number:#x}: {}", std::io::Error::last_os_error());
    }
}

/// A file of `/proc` of a child that has ended.
pub(crate) fn in_ended_child(name: &str, write: bool) -> OwnedFd {
    let mut child = std::process::Command::new("sleep").arg("100").spawn().unwrap();
    let path = format!("/proc/{}/{name}", child.id());
    let file = OpenOptions::new().read(!write).write(write).open(path).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    file.into()
}

/// A descriptor that only names a file (`O_PATH`).
pub(crate) fn path_only(path: impl AsRef<Path>) -> OwnedFd {
    use std::os::unix::fs::OpenOptionsExt as _;
    let file = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(path).unwrap();
    file.as_fd().try_clone_to_owned().unwrap()
}
