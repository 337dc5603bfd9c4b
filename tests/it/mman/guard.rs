//! Guard pages (`MADV_GUARD_INSTALL`): what they survive, and what ends them.

use std::{fs::File, os::fd::AsRawFd as _};

use mman::{
    Result,
    errno::Errno,
    sys::mman::{
        MRemapFlags, MmapAdvise, ProtFlags, madvise, mlock, mmap, mprotect, mremap, munlock, munmap,
    },
};

use super::{ANON, RW};
use crate::util::{
    child::{BUS_ADRERR, SEGV_MAPERR, faults, in_child},
    map::Area,
    page, temp,
};
use MmapAdvise::*;

fn advise(area: &Area, first: usize, pages: usize, advice: MmapAdvise) -> Result<()> {
    unsafe { madvise(area.page(first), pages * page(), advice) }
}

/// Makes these pages guards, and shows that they are.
#[track_caller]
fn guard(area: &Area, first: usize, pages: usize) {
    assert_eq!(Ok(()), advise(area, first, pages, MADV_GUARD_INSTALL));
    for number in first..first + pages {
        let address = area.page(number).cast::<u8>();
        faults(libc::SIGSEGV, SEGV_MAPERR, address, || area.get(number * page()));
        faults(libc::SIGSEGV, SEGV_MAPERR, address, || area.set(number * page(), 1));
    }
}

/// Whether each page is a guard, by a system call that reads it.
fn guards(area: &Area) -> Vec<bool> {
    let (_reader, writer) = temp::pipe();
    let send = |number| unsafe { libc::write(writer.as_raw_fd(), area.page(number), 1) };
    let failed = |number| send(number) == -1;
    let is_guard = |number| failed(number) && Errno::last() == Errno::EFAULT;
    (0..area.len() / page()).map(is_guard).collect()
}

const NO: bool = false;
const YES: bool = true;

#[test]
fn what_a_file_holds_is_there_again_when_its_guard_is_removed() {
    if !have!("linux-6.15") {
        return;
    }
    in_child(|| {
        for file in [temp::pages_on_disk(3), temp::pages_in_memory(3)] {
            for kind in [libc::MAP_SHARED, libc::MAP_PRIVATE] {
                let area = Area::file(3, kind, file.as_raw_fd());
                let other = Area::file(3, libc::MAP_SHARED, file.as_raw_fd());
                guard(&area, 1, 1);
                // It is this mapping's alone.
                assert!(other.holds(1..2, 2));
                assert!(area.holds(0..1, 1) && area.holds(2..3, 3));
                assert_eq!(Ok(()), advise(&area, 1, 1, MADV_GUARD_REMOVE));
                assert!(area.holds(1..2, 2));
            }
        }
        let shared = Area::shared(2);
        shared.fill(0..2, 7);
        guard(&shared, 0, 1);
        advise(&shared, 0, 2, MADV_GUARD_REMOVE).unwrap();
        assert!(shared.holds(0..2, 7));
    });
}

#[test]
fn a_file_that_cannot_be_written_can_have_guards() {
    if !have!("linux-6.15") {
        return;
    }
    in_child(|| {
        let file = temp::pages_on_disk(2);
        let reader = File::open(file.path()).unwrap();
        let area = Area::reserve(2);
        area.place(libc::PROT_READ, libc::MAP_SHARED, reader.as_raw_fd());
        assert_eq!(Ok(()), advise(&area, 0, 1, MADV_GUARD_INSTALL));
        faults(libc::SIGSEGV, SEGV_MAPERR, area.at(0), || area.get(0));
        assert_eq!([YES, NO], guards(&area)[..]);
    });
}

#[test]
fn guards_of_a_file_outlive_what_happens_to_the_file() {
    if !have!("linux-6.15") {
        return;
    }
    in_child(|| {
        let file = temp::pages_in_memory(3);
        let area = Area::file(3, libc::MAP_SHARED, file.as_raw_fd());
        guard(&area, 0, 1);
        guard(&area, 2, 1);
        // A hole in the file.
        assert_eq!(Ok(()), advise(&area, 1, 1, MADV_REMOVE));
        assert_eq!([YES, NO, YES], guards(&area)[..]);
        let hole = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
        let len = page() as libc::off_t;
        assert_eq!(0, unsafe { libc::fallocate(file.as_raw_fd(), hole, 0, len) });
        assert_eq!([YES, NO, YES], guards(&area)[..]);
        // Beyond its end a guard is a guard, and a page is none.
        file.as_file().set_len(0).unwrap();
        let page_of = |number| area.page(number).cast::<u8>();
        faults(libc::SIGSEGV, SEGV_MAPERR, page_of(2), || area.get(2 * page()));
        faults(libc::SIGBUS, BUS_ADRERR, page_of(1), || area.get(page()));
        file.as_file().set_len(3 * page() as u64).unwrap();
        assert_eq!([YES, NO, YES], guards(&area)[..]);
    });
}

#[test]
fn advice_and_protection_leave_guards() {
    if !have!("linux-6.13") {
        return;
    }
    in_child(|| {
        let area = Area::anon(3);
        area.fill(0..3, 7);
        guard(&area, 1, 1);
        for advice in [MADV_DONTNEED, MADV_FREE, MADV_COLD, MADV_PAGEOUT, MADV_RANDOM] {
            assert_eq!(Ok(()), advise(&area, 0, 3, advice), "{advice:?}");
            assert_eq!([NO, YES, NO], guards(&area)[..], "{advice:?}");
        }
        for advice in [MADV_POPULATE_READ, MADV_POPULATE_WRITE] {
            assert_eq!(Err(Errno::EFAULT), advise(&area, 0, 3, advice));
        }
        // Together with the pages beside it, which splits and joins the mapping; and alone.
        for (first, pages) in [(0, 2), (1, 1), (0, 3)] {
            let protect = |prot| unsafe { mprotect(area.page(first), pages * page(), prot) };
            protect(ProtFlags::PROT_NONE).unwrap();
            protect(RW).unwrap();
            assert_eq!([NO, YES, NO], guards(&area)[..], "{pages} from {first} on");
        }
        // Installed twice, it is removed at once.
        guard(&area, 0, 2);
        advise(&area, 0, 2, MADV_GUARD_REMOVE).unwrap();
        assert_eq!([NO; 3], guards(&area)[..]);
    });
}

#[test]
fn a_guard_keeps_pages_from_becoming_a_huge_page() {
    if !have!("thp", "linux-6.13") {
        return;
    }
    in_child(|| {
        let huge = crate::util::machine::huge();
        let area = Area::reserve_aligned(huge / page(), huge);
        area.place(RW.bits(), ANON.bits(), -1);
        advise(&area, 0, 2, MADV_GUARD_INSTALL).unwrap();
        let pages = huge / page();
        assert_eq!(Err(Errno::EINVAL), advise(&area, 0, pages, MADV_COLLAPSE));
        assert_eq!([YES, YES, NO], guards(&area)[..3]);
    });
}

#[test]
fn a_range_of_several_mappings_and_holes_is_guarded_and_told() {
    if !have!("linux-6.13") {
        return;
    }
    in_child(|| {
        let area = Area::anon(6);
        area.fill(0..6, 7);
        unsafe { mprotect(area.page(1), page(), ProtFlags::PROT_READ) }.unwrap();
        assert_eq!(Ok(()), advise(&area, 0, 3, MADV_GUARD_INSTALL));
        assert_eq!([YES, YES, YES, NO, NO, NO], guards(&area)[..]);
        unsafe { munmap(area.page(4), page()) }.unwrap();
        assert_eq!(Err(Errno::ENOMEM), advise(&area, 3, 3, MADV_GUARD_INSTALL));
        faults(libc::SIGSEGV, SEGV_MAPERR, area.page(5), || area.get(5 * page()));
        assert_eq!(Err(Errno::ENOMEM), advise(&area, 0, 6, MADV_GUARD_REMOVE));
        assert!(area.holds(0..4, 0) && area.holds(5..6, 0));
    });
}

#[test]
fn a_new_mapping_has_no_guards() {
    if !have!("linux-6.13") {
        return;
    }
    in_child(|| {
        let area = Area::anon(3);
        guard(&area, 0, 3);
        unsafe { munmap(area.page(1), page()) }.unwrap();
        let fixed = ANON | mman::sys::mman::MapFlags::MAP_FIXED;
        for number in [1, 2] {
            unsafe { mmap(area.page(number), page(), RW, fixed, -1, 0) }.unwrap();
        }
        assert_eq!([YES, NO, NO], guards(&area)[..]);
    });
}

#[test]
fn a_lock_and_a_guard_exclude_each_other() {
    if !have!("linux-6.13") {
        return;
    }
    in_child(|| {
        let area = Area::anon(2);
        area.fill(0..2, 7);
        unsafe { mlock(area.ptr(), page()) }.unwrap();
        assert_eq!(Err(Errno::EINVAL), advise(&area, 0, 1, MADV_GUARD_INSTALL));
        assert!(area.holds(0..2, 7));
        unsafe { munlock(area.ptr(), page()) }.unwrap();
        guard(&area, 0, 1);
        assert_eq!(Err(Errno::ENOMEM), unsafe { mlock(area.ptr(), area.len()) });
        // What is locked for later can be freed of guards.
        assert_eq!(Ok(()), advise(&area, 0, 2, MADV_GUARD_REMOVE));
        assert_eq!([NO, NO], guards(&area)[..]);
    });
}

#[test]
fn guards_move_with_their_mapping() {
    if !have!("linux-6.13") {
        return;
    }
    in_child(|| {
        let (area, to) = (Area::anon(5), Area::reserve(8));
        unsafe { munmap(area.page(3), 2 * page()) }.unwrap();
        guard(&area, 0, 1);
        guard(&area, 2, 1);
        let (stay, fixed) =
            (MRemapFlags::empty(), MRemapFlags::MREMAP_MAYMOVE | MRemapFlags::MREMAP_FIXED);
        let size = |pages| pages * page();
        // Longer, where it is.
        unsafe { mremap(area.ptr(), size(3), size(5), stay, None) }.unwrap();
        assert_eq!([YES, NO, YES, NO, NO], guards(&area)[..]);
        // Longer, elsewhere.
        unsafe { mremap(area.ptr(), size(5), size(8), fixed, Some(to.ptr())) }.unwrap();
        assert_eq!([YES, NO, YES, NO, NO, NO, NO, NO], guards(&to)[..]);
        // Shorter, and longer again: what was cut off is gone.
        unsafe { mremap(to.ptr(), size(8), size(2), stay, None) }.unwrap();
        unsafe { mremap(to.ptr(), size(2), size(8), stay, None) }.unwrap();
        assert_eq!([YES, NO, NO, NO, NO, NO, NO, NO], guards(&to)[..]);
    });
}

#[test]
fn a_child_has_the_guards_and_takes_away_only_its_own() {
    if !have!("linux-6.13") {
        return;
    }
    in_child(|| {
        let area = Area::anon(2);
        area.fill(0..2, 7);
        guard(&area, 0, 1);
        in_child(|| {
            assert_eq!([YES, NO], guards(&area)[..]);
            advise(&area, 0, 1, MADV_GUARD_REMOVE).unwrap();
            assert!(area.holds(0..1, 0));
            // What a child guards, its parent keeps.
            advise(&area, 1, 1, MADV_GUARD_INSTALL).unwrap();
            advise(&area, 1, 1, MADV_GUARD_REMOVE).unwrap();
            assert!(area.holds(1..2, 0));
        });
        assert_eq!([YES, NO], guards(&area)[..]);
        assert!(area.holds(1..2, 7));
        // Pages that a child gets empty have none there.
        advise(&area, 0, 2, MADV_WIPEONFORK).unwrap();
        in_child(|| {
            assert_eq!([NO, NO], guards(&area)[..]);
            assert!(area.holds(0..2, 0));
        });
        assert_eq!([YES, NO], guards(&area)[..]);
    });
}

#[test]
fn system_calls_cannot_reach_a_guard() {
    if !have!("linux-6.13") {
        return;
    }
    in_child(|| {
        let area = Area::anon(2);
        guard(&area, 1, 1);
        let file = temp::pages_in_memory(2);
        let read = |length| unsafe { libc::pread(file.as_raw_fd(), area.ptr(), length, 0) };
        assert_eq!((page() as isize, page() as isize), (read(page()), read(2 * page())));
        let into_guard = unsafe { libc::pread(file.as_raw_fd(), area.page(1), 1, 0) };
        assert_eq!((-1, Errno::EFAULT), (into_guard, Errno::last()));
    });
}
