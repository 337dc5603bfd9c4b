//! Entries of pages in every state.

use super::*;

/// In a child, as a fork by another test makes pages less exclusive.
#[test]
fn fresh_touched_and_read_pages_differ() {
    in_child(|| {
        let area = Area::anon(4);
        area.set(page(), 1);
        area.get(2 * page());
        let all = entries(&area);
        assert!(is_nothing(all[0]), "never touched: {:?}", all[0]);
        assert!(all[1].is_present() && all[1].is_exclusive(), "written: {:?}", all[1]);
        assert!(all[2].is_present() && !all[2].is_exclusive(), "page of zeros: {:?}", all[2]);
        assert!(is_nothing(all[3]), "never touched: {:?}", all[3]);
        for entry in all {
            assert!(!entry.is_file_or_shared() && !entry.is_swapped() && !entry.is_guard());
            assert!(!entry.is_uffd_wp());
        }
    });
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
    assert!(is_nothing(shared[1]), "{shared:?}");
    assert!(read[0].is_present() && read[0].is_file_or_shared(), "{read:?}");
    assert!(copied[0].is_present() && !copied[0].is_file_or_shared(), "{copied:?}");
}

/// A page is exclusive until a child has it as well. In a child, which alone forks.
#[test]
fn a_child_ends_exclusiveness() {
    in_child(|| {
        let area = Area::anon(1);
        area.set(0, 1);
        assert!(entries(&area)[0].is_exclusive());
        in_child(|| {
            assert!(!entries(&area)[0].is_exclusive());
            area.set(0, 2);
            assert!(entries(&area)[0].is_exclusive(), "its own copy");
        });
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
    // The mark counts as something swapped, but is in no swap area.
    assert!(all[1].is_swapped() && all[1].pfn().is_none(), "{all:?}");
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

/// In a child: what another test's fork shares is not swapped out.
#[test]
fn a_page_in_swap_tells_where() {
    if !have!("swap") {
        return;
    }
    let root = have!("root");
    in_child(|| {
        cpu::stay();
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
    });
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
    let none = PagemapEntry(((1 << 55) - 1) | 1 << 59 | 1 << 60);
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
