//! Shared memory that this process does not write, or not read, for a while.

use std::mem;

use mman::{Fork, MapError, MapOptions, Placement, Protection, Reservation, Shared};

use super::bytes;
use crate::{
    protect::in_a_hole,
    util::{
        child::{SEGV_ACCERR, faults, in_child},
        page, seccomp, smaps,
    },
};

fn three_pages() -> Shared {
    let shared = Shared::memfd(c"protected", 3 * page()).unwrap();
    for number in 0..3 {
        shared.fill(number * page()..(number + 1) * page(), number as u8 + 1).unwrap();
    }
    shared
}

fn is_whole(shared: &Shared) -> bool {
    let pages = bytes(shared);
    pages.chunks(page()).map(|page| page[0]).eq([1, 2, 3])
}

#[test]
fn a_guard_protects_its_pages_until_it_is_dropped() {
    let mut shared = three_pages();
    let same = Shared::from_fd(shared.fd().unwrap().try_clone_to_owned().unwrap()).unwrap();
    let start = shared.as_ptr();
    let perms = |number: usize| smaps::at(start.wrapping_add(number * page())).perms;
    for (protection, expected) in
        [(Protection::None, "---s"), (Protection::Read, "r--s"), (Protection::ReadWrite, "rw-s")]
    {
        let guard = shared.protect(page()..2 * page(), protection).unwrap();
        assert_eq!(["rw-s", expected, "rw-s"], [0, 1, 2].map(perms));
        assert_eq!((page()..2 * page(), protection), (guard.range(), guard.protection()));
        let at = guard.as_ptr();
        assert_eq!(start.wrapping_add(page()), at);
        if protection != Protection::ReadWrite {
            faults(libc::SIGSEGV, SEGV_ACCERR, at, || unsafe { at.write_volatile(1) });
        }
        let read = |offset: usize, len: usize| {
            let mut read = vec![0; len];
            guard.read_at(offset, &mut read).map(|()| read)
        };
        // The pages around are for reading, to their last byte; what reaches into it may be not.
        assert_eq!(vec![1; page()], read(0, page()).unwrap());
        assert_eq!(vec![3; page()], read(2 * page(), page()).unwrap());
        for (offset, len) in [(page(), 1), (page() - 1, 2), (2 * page() - 1, 2), (0, 3 * page())] {
            if protection == Protection::None {
                let error = read(offset, len).unwrap_err().to_string();
                assert_eq!("read_at: bytes of it may not be read", error);
            } else {
                assert_eq!(len, read(offset, len).unwrap().len());
            }
        }
        assert!(read(page() + 1, 0).is_ok());
        for (offset, len) in [(3 * page(), 1), (usize::MAX, 2), (3 * page() + 1, 0)] {
            assert!(read(offset, len).is_err(), "{offset} {len}");
        }
        // Others write as ever.
        same.write_at(page() + 9, &[9]).unwrap();
        drop(guard);
        assert_eq!(["rw-s"; 3], [0, 1, 2].map(perms));
        assert!(is_whole(&shared) && bytes(&shared)[page() + 9] == 9);
        same.write_at(page() + 9, &[2]).unwrap();
    }
    shared.protect(.., Protection::Read).unwrap().restore().unwrap();
    shared.fill(.., 9).unwrap();
}

#[test]
fn nothing_more_can_be_done_and_only_with_whole_pages() {
    let mut shared = three_pages();
    let text = |result: Result<mman::SharedProtectGuard<'_>, MapError>| {
        result.map(drop).unwrap_err().to_string()
    };
    let error = text(shared.protect(.., Protection::ReadExecute));
    assert_eq!("protect: ReadExecute is more than this memory is for, ReadWrite", error);
    let error = text(shared.protect(1.., Protection::None));
    assert_eq!(format!("protect: offset 1 is not a multiple of the page size {}", page()), error);
    let len = shared.len();
    let error = text(shared.protect(..=len, Protection::None));
    assert_eq!(format!("protect: 0..{} is not within 0..{len}", len + 1), error);
    assert!(is_whole(&shared));
    // A part is protected by itself.
    let mut rest = shared.split_off(page()).unwrap();
    let guard = rest.protect(.., Protection::None).unwrap();
    shared.fill(.., 1).unwrap();
    drop(guard);
    shared.join(rest).unwrap();
    assert!(is_whole(&shared));
    drop(Shared::anonymous(0).unwrap().protect(.., Protection::None).unwrap());
}

#[test]
fn a_protection_that_stays_takes_the_memory() {
    in_child(|| {
        let (mut first, mut second, mut third) = (three_pages(), three_pages(), three_pages());
        mem::forget(first.protect(.., Protection::None).unwrap());
        let start = second.as_ptr();
        let guard = second.protect(.., Protection::Read).unwrap();
        let open = third.protect(.., Protection::ReadWrite).unwrap();
        seccomp::deny(&[libc::SYS_mprotect], libc::ENOMEM);
        let (guard, error) = guard.restore().unwrap_err();
        assert_eq!("restore: Out of memory (ENOMEM)", error.to_string());
        guard.read_at(0, &mut [0]).unwrap();
        drop((guard, open));
        // What cannot be written is no `Shared`: it leaks.
        assert!(first.is_empty() && second.is_empty());
        assert_eq!("r--s", smaps::at(start).perms);
        assert!(second.write_at(0, &[1]).is_err());
        assert!(is_whole(&third));
        let error = third.protect(.., Protection::None).map(drop).unwrap_err().to_string();
        assert_eq!("protect: Out of memory (ENOMEM)", error);
        third.fill(.., 6).unwrap();
        // The object is there: only this mapping of it is lost.
        let same = Shared::from_fd(second.into_fd().unwrap()).map_err(|(_, error)| error).unwrap();
        assert!(is_whole(&same));
    });
}

/// The first page is protected already when the kernel comes to a sealed one.
#[test]
fn a_half_done_protection_is_undone() {
    if !have!("linux-6.10") {
        return;
    }
    in_child(|| {
        let mut shared = three_pages();
        let last = shared.as_ptr().wrapping_add(2 * page());
        unsafe { mman::sys::mman::mseal(last.cast(), page()) }.unwrap();
        let error = shared.protect(.., Protection::None).map(drop).unwrap_err().to_string();
        assert_eq!("protect: Operation not permitted (EPERM)", error);
        assert_eq!("rw-s", smaps::at(shared.as_ptr()).perms);
        assert!(is_whole(&shared));
        shared.fill(.., 4).unwrap();
    });
}

#[test]
fn a_guard_that_goes_in_a_child_leaves_holes_alone() {
    in_child(|| {
        let mut options = MapOptions::new();
        let mut shared = options.fork(Fork::Exclude).shared(page()).unwrap();
        let guard = shared.protect(.., Protection::None).unwrap();
        in_child(|| in_a_hole(guard.as_ptr(), guard));
        // Its owner has it again.
        shared.fill(.., 1).unwrap();
    });
}

/// Memory in a reservation keeps its place while it is protected, and gives it back as ever.
#[test]
fn a_piece_of_a_reservation_is_protected_in_its_place() {
    let home = Reservation::new(8 * page()).unwrap();
    let place = Placement::Within(home.clone(), page());
    let mut shared = MapOptions::new().placement(place).shared(3 * page()).unwrap();
    let guard = shared.protect(page().., Protection::None).unwrap();
    assert_eq!(home.as_ptr().addr() + 2 * page(), guard.as_ptr().addr());
    // Nobody gets the place meanwhile.
    let there = Placement::Within(home.clone(), 2 * page());
    assert!(MapOptions::new().placement(there).anon(page()).is_err());
    drop(guard);
    shared.fill(.., 1).unwrap();
    drop(shared);
    assert_eq!(Some(0..8 * page()), home.free_ranges().first().cloned());
}
