//! How memory in a reservation grows and shrinks.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use mman::{Anon, Fork, HugePages, Lock, MapOptions, Placement, Prefault, Reservation};

use super::{all_is_free, at, filled, kills, pages, refusal, reserved};
use crate::util::{child::in_child, machine::huge, page, seccomp, smaps};

fn within(reservation: &Reservation, offset: usize) -> MapOptions {
    let mut options = MapOptions::new();
    options.placement(Placement::Within(reservation.clone(), offset));
    options
}

#[test]
fn it_grows_where_it_is_until_somebody_is_there() {
    if !have!("kernel") {
        return;
    }
    let reservation = reserved(16);
    let mut memory = filled(&reservation, 2..4, 1);
    let neighbour = filled(&reservation, 8..9, 2);
    memory.resize(4 * page() + 5).unwrap();
    assert_eq!(at(&reservation, 2).cast_const(), memory.as_ptr());
    assert_eq!((1, 0, 0), (memory[2 * page() - 1], memory[2 * page()], memory[4 * page() + 4]));
    kills(at(&reservation, 7));
    let (len, from) = (2 * page(), 7 * page());
    let blocked = format!("resize: {len} bytes from {from} on are not free in the reservation");
    assert_eq!(blocked, refusal(memory.resize(7 * page())));
    assert_eq!(4 * page() + 5, memory.len());
    memory.resize(6 * page()).unwrap();
    drop(neighbour);
    memory.resize(14 * page()).unwrap();
    // Pages that were joined piece by piece are given back as a whole.
    drop(memory);
    assert_eq!([pages(0..16)], reservation.free_ranges()[..]);
    filled(&reservation, 0..16, 3);
}

#[test]
fn what_shrinks_does_not_come_back() {
    let reservation = reserved(8);
    let mut memory = filled(&reservation, 0..4, 7);
    memory.resize(page() + 1).unwrap();
    assert_eq!([pages(2..8)], reservation.free_ranges()[..]);
    memory.resize(page() + 2).unwrap();
    assert_eq!((7, 0), (memory[page()], memory[page() + 1]));
    memory.resize(4 * page()).unwrap();
    assert!(memory[page() + 1..].iter().all(|byte| *byte == 0));
}

/// Memory without any length has no place, but knows where it belongs.
#[test]
fn empty_memory_grows_at_its_place() {
    let reservation = reserved(16);
    let mut memory = reservation.anon(pages(4..4)).unwrap();
    assert_eq!([pages(0..16)], reservation.free_ranges()[..]);
    memory.resize(1).unwrap();
    assert_eq!(at(&reservation, 4).cast_const(), memory.as_ptr());
    memory.resize(4 * page()).unwrap();
    let mut tail = memory.split_off(2 * page()).unwrap();
    for _ in 0..2 {
        tail.resize(0).unwrap();
        assert_eq!([pages(0..4), pages(6..16)], reservation.free_ranges()[..]);
        tail.resize(1).unwrap();
        assert_eq!(at(&reservation, 6).cast_const(), tail.as_ptr());
    }
    let mut end = tail.split_off(1).unwrap();
    end.resize(page()).unwrap_err();
    drop(tail);
    memory.resize(0).unwrap();
    let other = filled(&reservation, 4..5, 1);
    let (len, from) = (page(), 4 * page());
    let taken = format!("resize: {len} bytes from {from} on are not free in the reservation");
    assert_eq!(taken, refusal(memory.resize(1)));
    drop(other);
    memory.resize(1).unwrap();
    let mut fitted = reservation.carve(0).unwrap();
    fitted.resize(page()).unwrap();
    assert_eq!(at(&reservation, 0).cast_const(), fitted.as_ptr());
}

/// What grows is made as what was there.
#[test]
fn what_grows_keeps_its_policies() {
    in_child(|| {
        let reservation = reserved(16);
        let mut options = within(&reservation, 0);
        options.lock(Lock::Now).fork(Fork::Wipe).name(c"grown");
        let mut memory = options.anon(page()).unwrap();
        memory.resize(4 * page()).unwrap();
        assert_eq!((4 * page(), true), (smaps::status("VmLck"), memory.is_locked()));
        let end = smaps::at(&raw const memory[3 * page()]);
        assert!(end.has("lo") && end.has("wf"));
        memory.resize(page()).unwrap();
        assert_eq!(page(), smaps::status("VmLck"));
    });
}

#[test]
fn transparent_huge_pages_grow_from_any_end() {
    if !have!("thp") {
        return;
    }
    in_child(|| {
        let reservation = Reservation::new(16 * huge()).unwrap();
        let mut memory =
            within(&reservation, 0).huge_pages(HugePages::Transparent).anon(1).unwrap();
        memory.resize(4 * huge() + 1).unwrap();
        // Touched, not filled: they may be of 32 MiB.
        memory.iter_mut().step_by(huge()).for_each(|byte| *byte = 1);
        let about = smaps::at(&raw const memory[huge()]);
        assert!(about.has("hg") && about.bytes("AnonHugePages") >= 3 * huge());
        // By whole ones: what comes next is huge too.
        assert_eq!(5 * huge(), memory.mapped_len());
        // From a place of one's own choice, whatever it is.
        let offset = 8 * huge() + page();
        let mut options = within(&reservation, offset);
        let mut odd = options.huge_pages(HugePages::Transparent).anon(2 * huge()).unwrap();
        odd.resize(5 * huge()).unwrap();
        assert!(smaps::at(odd.as_ptr()).has("hg"));
        drop(memory);
        let mut carved = MapOptions::new();
        carved.placement(Placement::FirstFit(reservation.clone(), 1));
        let _first = carved.anon(1).unwrap();
        let aligned = carved.huge_pages(HugePages::Transparent).anon(huge()).unwrap();
        assert_eq!(0, aligned.as_ptr().addr() % huge());
    });
}

/// Within a step the system is not asked.
#[test]
fn a_step_is_one_call() {
    in_child(|| {
        let reservation = reserved(64);
        let mut memory = within(&reservation, 0).growth_step(16 * page()).anon(0).unwrap();
        memory.resize(1).unwrap();
        assert_eq!((1, 16 * page()), (memory.len(), memory.mapped_len()));
        assert_eq!([pages(16..64)], reservation.free_ranges()[..]);
        let calls = [seccomp::MMAP, libc::SYS_mprotect, libc::SYS_madvise, libc::SYS_mremap];
        seccomp::deny(&calls, libc::EPERM);
        for len in 1..=16 * page() {
            memory.resize(len).unwrap();
            memory[len - 1] = 1;
        }
        assert!(memory.resize(16 * page() + 1).is_err());
        assert_eq!(16 * page(), memory.len());
    });
}

#[test]
fn what_is_ahead_is_zero_and_goes_with_the_memory() {
    let reservation = reserved(64);
    let mut memory = within(&reservation, 0).growth_step(8 * page()).anon(page()).unwrap();
    assert_eq!(page(), memory.mapped_len());
    memory.resize(2 * page() + 1).unwrap();
    memory.fill(1);
    assert_eq!(8 * page(), memory.mapped_len());
    memory.resize(7 * page()).unwrap();
    assert!(memory[2 * page() + 1..].iter().all(|byte| *byte == 0));
    memory.fill(2);
    // Shrinking gives back what is ahead too, so nothing of it comes back.
    memory.resize(page()).unwrap();
    assert_eq!(page(), memory.mapped_len());
    memory.resize(3 * page()).unwrap();
    assert!(memory[page()..].iter().all(|byte| *byte == 0));
    // It belongs to the last part.
    let mut tail = memory.split_off(2 * page()).unwrap();
    assert_eq!((2 * page(), 6 * page()), (memory.mapped_len(), tail.mapped_len()));
    let ahead = tail.as_ptr().wrapping_add(page());
    tail.resize(2 * page()).unwrap();
    assert_eq!((ahead, 0), (&raw const tail[page()], tail[page()]));
    memory.join(tail).unwrap();
    assert_eq!(8 * page(), memory.mapped_len());
    // Behind what is ahead nothing is joined.
    let behind = filled(&reservation, 8..9, 1);
    assert!(memory.join(behind).is_err());
}

/// The reservation that it lay in leaks, as is said there: on the heap that would be an error.
#[test]
fn what_is_ahead_is_among_the_raw_parts() {
    if !have!("kernel") {
        return;
    }
    let mut options = within(&reserved(64), 0);
    let mut memory = options.growth_step(8 * page()).anon(page()).unwrap();
    memory.resize(4 * page()).unwrap();
    let parts = memory.into_raw_parts();
    assert_eq!((4 * page(), 8 * page()), (parts.len, parts.capacity));
    let mut memory = unsafe { Anon::from_raw_parts(parts) };
    let start = memory.as_ptr();
    memory.resize(8 * page()).unwrap();
    assert_eq!(start, memory.as_ptr());
}

/// Guard pages are behind what is ahead.
#[test]
fn what_is_ahead_is_guarded() {
    if !have!("kernel") {
        return;
    }
    let reservation = reserved(64);
    let mut options = within(&reservation, page());
    let mut memory = options.growth_step(8 * page()).guard_pages(1, 2).anon(page()).unwrap();
    memory.fill(1);
    memory.resize(2 * page()).unwrap();
    assert_eq!((2 * page(), 11 * page()), (memory.len(), memory.mapped_len()));
    assert_eq!([pages(11..64)], reservation.free_ranges()[..]);
    for number in [0, 9, 10] {
        kills(at(&reservation, number));
    }
    memory.resize(8 * page()).unwrap();
    assert!(memory[page()..].iter().all(|byte| *byte == 0));
    memory.fill(2);
    memory.resize(3 * page()).unwrap();
    for number in [0, 4, 5] {
        kills(at(&reservation, number));
    }
    assert_eq!([pages(6..64)], reservation.free_ranges()[..]);
    memory.resize(4 * page()).unwrap();
    assert!(memory[3 * page()..].iter().all(|byte| *byte == 0));
    drop(memory);
    all_is_free(&reservation);
    // The same where pages move.
    let mut options = MapOptions::new();
    let mut memory = options.growth_step(8 * page()).guard_pages(1, 2).anon(page()).unwrap();
    memory.fill(1);
    for len in [2, 8, 9, 17, 3, 4] {
        memory.resize(len * page()).unwrap();
        let end = memory.as_ptr().wrapping_add(memory.mapped_len() - 3 * page());
        kills(end);
        kills(memory.as_ptr().wrapping_sub(1));
        assert_eq!((1, 0), (memory[0], memory[len * page() - 1]));
    }
}

/// A step is a hint: where there is no room for it, memory grows by what is needed.
#[test]
fn a_step_gives_way() {
    let reservation = reserved(16);
    let neighbour = filled(&reservation, 6..7, 1);
    let mut memory = within(&reservation, 0).growth_step(8 * page()).anon(page()).unwrap();
    memory.resize(3 * page()).unwrap();
    assert_eq!(3 * page(), memory.mapped_len());
    memory.resize(6 * page()).unwrap();
    assert!(memory.resize(6 * page() + 1).is_err());
    drop(neighbour);
    memory.resize(6 * page() + 1).unwrap();
    assert_eq!(8 * page(), memory.mapped_len());
    memory.resize(8 * page() + 1).unwrap();
    assert_eq!(16 * page(), memory.mapped_len());
    for step in [usize::MAX, isize::MAX as usize, 0, 1, 3] {
        let mut memory = MapOptions::new().growth_step(step).anon(1).unwrap();
        memory.resize(page() + 1).unwrap();
        assert_eq!(page() + 1, memory.len());
    }
}

/// The same outside, where pages move, and where they are copied.
#[test]
fn steps_are_not_of_reservations_only() {
    for aligned in [false, true] {
        let mut options = MapOptions::new();
        options.growth_step(16 * page());
        if aligned {
            options.placement(Placement::Aligned(1 << 21));
        }
        let mut memory = options.anon(page()).unwrap();
        memory.fill(1);
        memory.resize(2 * page()).unwrap();
        assert_eq!((2 * page(), 16 * page()), (memory.len(), memory.mapped_len()));
        let start = memory.as_ptr();
        memory.resize(16 * page()).unwrap();
        assert_eq!((start, 1, 0), (memory.as_ptr(), memory[0], memory[page()]));
        memory.resize(16 * page() + 1).unwrap();
        assert_eq!((1, 32 * page()), (memory[0], memory.mapped_len()));
        assert!(memory[page()..].iter().all(|byte| *byte == 0));
    }
}

#[test]
fn what_is_ahead_is_brought_in() {
    in_child(|| {
        let reservation = reserved(64);
        let mut options = within(&reservation, 0);
        options.growth_step(8 * page()).prefault(Prefault::Write);
        let mut memory = options.anon(1).unwrap();
        memory.resize(page() + 1).unwrap();
        let resident = smaps::at(memory.as_ptr()).bytes("Rss");
        assert_eq!(8 * page(), resident);
        memory.resize(8 * page()).unwrap();
        assert_eq!(8, memory.residency(..).unwrap().resident());
    });
}

/// Whoever waits for the place of guard pages does not get it when growing fails.
#[test]
fn guards_stay_where_growing_fails() {
    in_child(|| {
        let reservation = reserved(16);
        let mut memory = within(&reservation, 0).guard_pages(0, 1).anon(2 * page()).unwrap();
        let ended = AtomicBool::new(false);
        let taken = thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                let mut taken = 0;
                while !ended.load(Ordering::Relaxed) {
                    taken += usize::from(reservation.anon(pages(2..3)).is_ok());
                }
                taken
            });
            // Of this thread only.
            seccomp::deny(&[libc::SYS_mprotect], libc::ENOMEM);
            let stays = (0..2000).all(|_| {
                let grown = memory.resize(8 * page());
                grown.is_err() && memory.mapped_len() == 3 * page()
            });
            ended.store(true, Ordering::Relaxed);
            (stays, waiting.join().unwrap())
        });
        assert_eq!((true, 0), taken);
        assert_eq!([pages(3..16)], reservation.free_ranges()[..]);
        assert_eq!("---p", smaps::at(at(&reservation, 2)).perms);
        memory.fill(1);
        drop(memory);
        all_is_free(&reservation);
    });
}
