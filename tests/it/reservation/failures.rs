//! What the system refuses in the middle leaves the account and the memory in accordance.

use mman::{Commit, Error, MapOptions, Placement, Prefault, Reservation};

use super::{at, filled, kills, pages, refusal, reserved};
use crate::util::{child::in_child, machine::HugePages as Pool, map::Area, page, seccomp, smaps};

fn unaccounted(reservation: &Reservation, number: usize) -> Result<mman::Anon, mman::MapError> {
    let place = Placement::Within(reservation.clone(), number * page());
    MapOptions::new().placement(place).commit(Commit::NoReserve).anon(page())
}

#[test]
fn memory_that_cannot_be_had_takes_no_place() {
    in_child(|| {
        let reservation = reserved(8);
        let mut memory = filled(&reservation, 0..1, 1);
        seccomp::deny(&[libc::SYS_mprotect], libc::ENOMEM);
        // Not even to make it inaccessible again: then the place is given back as usual.
        assert_eq!(Some(Error::ENOMEM), reservation.carve(page()).unwrap_err().errno());
        assert_eq!(Some(Error::ENOMEM), memory.resize(2 * page()).unwrap_err().errno());
        assert_eq!((page(), 1), (memory.len(), memory[0]));
        assert_eq!(Some(Error::ENOMEM), reservation.commit(pages(4..5)).unwrap_err().errno());
        assert_eq!([pages(1..8)], reservation.free_ranges()[..]);
        kills(at(&reservation, 1));
    });
}

#[test]
fn memory_that_is_not_furnished_takes_no_place() {
    in_child(|| {
        let reservation = reserved(8);
        seccomp::deny(&[libc::SYS_madvise, libc::SYS_mlock2], libc::ENOMEM);
        let place = || Placement::Within(reservation.clone(), page());
        let mut options = MapOptions::new();
        options.placement(place()).fork(mman::Fork::Wipe);
        assert_eq!(Some(Error::ENOMEM), options.anon(page()).unwrap_err().errno());
        let mut options = MapOptions::new();
        options.placement(place()).prefault(Prefault::Write).lock(mman::Lock::OnFault);
        assert_eq!(Some(Error::ENOMEM), options.anon(page()).unwrap_err().errno());
        assert_eq!([pages(0..8)], reservation.free_ranges()[..]);
        kills(at(&reservation, 1));
    });
}

/// What cannot be given back is still there, and nobody else gets it.
#[test]
fn a_place_that_the_system_keeps_stays_taken() {
    in_child(|| {
        let reservation = reserved(8);
        let mut memory = filled(&reservation, 0..4, 1);
        let dropped = filled(&reservation, 5..6, 2);
        seccomp::deny(&[seccomp::MMAP], libc::ENOMEM);
        assert!(memory.resize(page()).is_err() && memory.resize(0).is_err());
        assert_eq!(4 * page(), memory.len());
        let (memory, error) = memory.unmap().unwrap_err();
        assert_eq!("unmap: Out of memory (ENOMEM)", error.to_string());
        assert!(memory.iter().all(|byte| *byte == 1));
        drop(dropped);
        assert_eq!([pages(4..5), pages(6..8)], reservation.free_ranges()[..]);
        reservation.give_back([memory]);
        // With the reservation it goes all the same.
        let base = reservation.as_ptr();
        drop(reservation);
        assert!(smaps::find(base).is_none() && smaps::find(base.wrapping_add(page())).is_none());
    });
}

/// In a reservation within another one too.
#[test]
fn a_place_that_the_system_keeps_stays_taken_outside() {
    in_child(|| {
        let outer = reserved(8);
        let inner = outer.reserve(pages(2..6)).unwrap();
        let memory = filled(&inner, 1..2, 1);
        seccomp::deny(&[seccomp::MMAP], libc::ENOMEM);
        drop(memory);
        drop(inner);
        assert_eq!([pages(0..3), pages(4..8)], outer.free_ranges()[..]);
    });
}

/// At the limit of mappings: a place in the middle of others needs two more to be given back.
#[test]
fn at_the_limit_of_mappings() {
    in_child(|| {
        let most = std::fs::read_to_string("/proc/sys/vm/max_map_count").unwrap();
        let most: usize = most.trim().parse().unwrap();
        let reservation = reserved(16);
        let mut memory = filled(&reservation, 0..6, 1);
        let mut middle = memory.split_off(2 * page()).unwrap();
        let end = middle.split_off(2 * page()).unwrap();
        let area = Area::reserve(most + 10);
        for number in (0..most).step_by(2) {
            let write = libc::PROT_READ | libc::PROT_WRITE;
            if unsafe { libc::mprotect(area.page(number), page(), write) } != 0 {
                break;
            }
        }
        // Where there is room for one or two yet.
        let map_one = || {
            let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
            unsafe { libc::mmap(std::ptr::null_mut(), page(), libc::PROT_READ, flags, -1, 0) }
        };
        let last: Vec<_> =
            std::iter::repeat_with(map_one).take_while(|at| *at != libc::MAP_FAILED).collect();
        let made: Vec<_> = (8..16).map(|at| reservation.anon(pages(at..at + 1))).collect();
        let failed = made.iter().filter(|made| made.is_err()).count();
        let named = format!("map: vm.max_map_count is {most} (ENOMEM)");
        let error = made.iter().find_map(|made| made.as_ref().err()).unwrap();
        assert_eq!(named, error.to_string());
        let free: usize = reservation.free_ranges().iter().map(|range| range.len()).sum();
        assert_eq!((2 + failed) * page(), free);
        assert!(middle.resize(page()).is_err());
        assert!(unaccounted(&reservation, 7).is_err());
        let (middle, _) = middle.unmap().unwrap_err();
        assert!(middle.iter().chain(end.iter()).all(|byte| *byte == 1));
        drop(middle);
        assert!(reservation.anon(pages(2..4)).is_err());
        assert_eq!(0, unsafe { libc::munmap(area.page(0), 100 * page()) });
        drop((memory, end, made, last));
        assert!(reservation.anon(pages(0..2)).is_ok());
        assert!(unaccounted(&reservation, 7).is_ok());
        std::mem::forget(area);
    });
}

/// Memory that is mapped, not opened, comes from elsewhere, so that no gap arises.
#[test]
fn a_refused_mapping_leaves_no_gap() {
    in_child(|| {
        let reservation = reserved(8);
        let memory = unaccounted(&reservation, 1).unwrap();
        assert!(smaps::at(memory.as_ptr()).has("nr"));
        assert_eq!(at(&reservation, 1).cast_const(), memory.as_ptr());
        drop(memory);
        assert!(!smaps::at(at(&reservation, 1)).has("nr"));
        // A kernel that moves no such mapping; then one that may not.
        for errno in [libc::ENOSYS, libc::EPERM] {
            in_child(|| {
                seccomp::deny(&[libc::SYS_mremap], errno);
                let (memory, before) = (unaccounted(&reservation, 1).unwrap(), smaps::count());
                assert!(smaps::at(memory.as_ptr()).has("nr") && memory[0] == 0);
                drop(memory);
                assert!(smaps::count() <= before);
            });
        }
        // No place to make it.
        in_child(|| {
            seccomp::deny(&[seccomp::MMAP], libc::ENOMEM);
            assert_eq!(Some(Error::ENOMEM), unaccounted(&reservation, 1).unwrap_err().errno());
            assert_eq!([pages(0..8)], reservation.free_ranges()[..]);
        });
    });
}

/// When nobody can tell whose the pages are now, nobody gets them, and nobody unmaps them.
#[test]
fn what_may_be_somebody_elses_is_left_alone() {
    in_child(|| {
        let outer = reserved(16);
        let reservation = outer.reserve(pages(4..12)).unwrap();
        seccomp::deny(&[libc::SYS_mremap], libc::ENOMEM);
        let mut options = MapOptions::new();
        options.commit(Commit::NoReserve).guard_pages(1, 1);
        options.placement(Placement::Within(reservation.clone(), 2 * page()));
        assert_eq!(Some(Error::ENOMEM), options.anon(page()).unwrap_err().errno());
        assert_eq!([pages(0..2), pages(3..8)], reservation.free_ranges()[..]);
        drop(options);
        let (place, base) = (at(&reservation, 2), outer.as_ptr());
        drop(reservation);
        assert_eq!([pages(0..6), pages(7..16)], outer.free_ranges()[..]);
        drop(outer);
        assert!(smaps::find(base).is_none());
        assert_eq!(place.addr()..place.addr() + page(), smaps::at(place).range);
        // The same outside of reservations.
        let before = smaps::count();
        let mut options = MapOptions::new();
        options.commit(Commit::NoReserve).guard_pages(1, 1);
        assert_eq!(Some(Error::ENOMEM), options.anon(page()).unwrap_err().errno());
        assert_eq!(before + 1, smaps::count());
    });
}

/// A pool that is short is found out before anything is replaced.
#[test]
fn a_shortage_of_huge_pages_leaves_no_gap() {
    if !have!("kernel") {
        return;
    }
    let Some(pool) = Pool::of_2m(0) else { return };
    in_child(|| {
        let reservation = Reservation::new((pool.free() + 2) * pool.size).unwrap();
        let mut options = MapOptions::new();
        options.huge_pages(mman::HugePages::Explicit(pool.size));
        options.placement(Placement::Within(reservation.clone(), 0));
        assert!(options.anon(reservation.len()).is_err());
        assert_eq!(1, reservation.free_ranges().len());
        let about = smaps::at(reservation.as_ptr());
        assert!(about.range.len() >= reservation.len() && about.perms == "---p");
        assert!(
            refusal(options.huge_pages(mman::HugePages::Explicit(1 << 29)).anon(1))
                .starts_with("map: ")
        );
        assert_eq!(1, reservation.free_ranges().len());
    });
}
