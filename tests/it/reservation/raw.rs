//! Raw memory: committed and taken back by offset.

use mman::{Protection, Reservation};

use super::{at, filled, kills, pages, policies, refusal, reserved};
use crate::util::{child::in_child, page, seccomp, smaps};

fn uncommitted<T>(
    operation: &str,
    result: Result<T, mman::MapError>,
    range: std::ops::Range<usize>,
) {
    let range = pages(range);
    let expected = format!("{operation}: {range:?} is not committed, or not all of it");
    assert_eq!(expected, refusal(result));
}

#[test]
fn committed_pages_are_nobody_elses() {
    if !have!("kernel") {
        return;
    }
    let reservation = reserved(16);
    let start = reservation.commit(pages(2..6)).unwrap();
    assert_eq!((at(&reservation, 2), "rw-p"), (start, &*smaps::at(start).perms));
    for offset in 0..4 * page() {
        unsafe { assert_eq!(0, start.add(offset).replace(7)) };
    }
    assert!(reservation.anon(pages(5..7)).is_err() && reservation.reserve(pages(2..3)).is_err());
    assert_eq!([pages(0..2), pages(6..16)], reservation.free_ranges()[..]);
    let twice = reservation.commit(pages(5..7));
    let (len, from) = (2 * page(), 5 * page());
    assert_eq!(
        format!("commit: {len} bytes from {from} on are not free in the reservation"),
        refusal(twice)
    );
    // What touches is one, and any part of it can be taken back.
    reservation.commit(pages(6..8)).unwrap();
    unsafe { reservation.decommit(pages(5..7)) }.unwrap();
    kills(at(&reservation, 5));
    kills(at(&reservation, 6));
    assert_eq!(7, unsafe { at(&reservation, 4).read() });
    let memory = filled(&reservation, 5..7, 1);
    assert_eq!([pages(0..2), pages(8..16)], reservation.free_ranges()[..]);
    drop(memory);
    unsafe { reservation.decommit(pages(2..5)) }.unwrap();
    assert_eq!(0, unsafe { reservation.commit(pages(2..3)).unwrap().read() });
    // Nothing is a range too.
    assert_eq!(at(&reservation, 16), reservation.commit(pages(16..16)).unwrap());
    unsafe { reservation.decommit(pages(0..0)) }.unwrap();
    unsafe { reservation.protect(pages(0..0), Protection::None) }.unwrap();
}

/// By no call, whatever the arguments, does anything happen to memory that values own.
#[test]
fn owned_memory_is_out_of_reach() {
    let reservation = reserved(16);
    reservation.commit(pages(0..4)).unwrap();
    let memory = filled(&reservation, 4..6, 5);
    let guard = reservation.reserve(pages(8..10)).unwrap();
    for range in [4..5, 3..5, 5..7, 0..16, 8..9, 12..13] {
        let protected = unsafe { reservation.protect(pages(range.clone()), Protection::None) };
        uncommitted("protect", protected, range.clone());
        uncommitted(
            "decommit",
            unsafe { reservation.decommit(pages(range.clone())) },
            range.clone(),
        );
        let discarded = unsafe { reservation.discard(&[pages(0..1), pages(range.clone())]) };
        uncommitted("discard", discarded, range);
    }
    let overlapping = unsafe { reservation.discard(&[pages(0..2), pages(1..3)]) };
    uncommitted("discard", overlapping, 1..3);
    assert!(memory.iter().all(|byte| *byte == 5));
    drop(guard);
    for bad in [pages(15..17), 1..page(), 0..1, usize::MAX - 1..usize::MAX] {
        assert!(reservation.commit(bad.clone()).is_err());
        assert!(unsafe { reservation.decommit(bad.clone()) }.is_err());
        assert!(unsafe { reservation.protect(bad.clone(), Protection::Read) }.is_err());
        assert!(unsafe { reservation.discard(&[bad]) }.is_err());
    }
    // After all these errors it is as it was.
    unsafe { reservation.decommit(pages(0..4)) }.unwrap();
    assert_eq!([pages(0..4), pages(6..16)], reservation.free_ranges()[..]);
}

#[test]
fn protection_is_exact_and_ends_with_the_memory() {
    if !have!("kernel") {
        return;
    }
    let reservation = reserved(8);
    let start = reservation.commit(pages(0..4)).unwrap();
    let perms = |number| smaps::at(at(&reservation, number)).perms;
    unsafe { reservation.protect(pages(1..2), Protection::Read) }.unwrap();
    unsafe { reservation.protect(pages(2..3), Protection::ReadExecute) }.unwrap();
    assert_eq!(["rw-p", "r--p", "r-xp", "rw-p"], [0, 1, 2, 3].map(perms));
    unsafe { reservation.protect(pages(1..3), Protection::None) }.unwrap();
    kills(start.wrapping_add(page()));
    unsafe { reservation.decommit(pages(0..4)) }.unwrap();
    let memory = filled(&reservation, 0..4, 1);
    assert_eq!(("rw-p", 0), (&*smaps::at(memory.as_ptr()).perms, policies(memory.as_ptr()).len()));
}

#[test]
fn what_is_discarded_stays_committed() {
    in_child(|| {
        let reservation = reserved(64);
        let start = reservation.commit(pages(0..64)).unwrap();
        unsafe { start.write_bytes(1, 64 * page()) };
        let odd: Vec<_> = (1..64).step_by(2).map(|number| pages(number..number + 1)).collect();
        unsafe { reservation.discard(&odd) }.unwrap();
        for number in 0..64 {
            let byte = unsafe { at(&reservation, number).add(page() - 1).read() };
            assert_eq!(u8::from(number % 2 == 0), byte);
        }
        seccomp::deny(&[libc::SYS_process_madvise], libc::ENOSYS);
        unsafe { reservation.discard(&[pages(0..1), pages(2..4)]) }.unwrap();
        assert_eq!([0, 0, 1], [0, 2, 4].map(|number| unsafe { at(&reservation, number).read() }));
        unsafe { reservation.decommit(pages(0..64)) }.unwrap();
    });
}

#[test]
fn raw_memory_goes_with_the_reservation() {
    in_child(|| {
        let outer = reserved(8);
        let inner = outer.reserve(pages(2..6)).unwrap();
        let start = inner.commit(pages(1..3)).unwrap();
        unsafe { start.write(1) };
        let base = outer.as_ptr();
        drop(inner);
        kills(start);
        assert_eq!([pages(0..8)], outer.free_ranges()[..]);
        assert_eq!(0, filled(&outer, 0..8, 1).iter().filter(|byte| **byte != 1).count());
        outer.commit(pages(0..1)).unwrap();
        drop(outer);
        assert!(smaps::find(base).is_none());
    });
}

#[test]
fn what_the_system_keeps_stays_committed() {
    in_child(|| {
        let reservation: Reservation = reserved(8);
        let start = reservation.commit(pages(0..4)).unwrap();
        unsafe { start.write(5) };
        seccomp::deny(&[seccomp::MMAP, libc::SYS_mprotect], libc::ENOMEM);
        let refused = unsafe { reservation.decommit(pages(0..2)) };
        assert_eq!("decommit: Out of memory (ENOMEM)", refusal(refused));
        let refused = unsafe { reservation.protect(pages(0..2), Protection::None) };
        assert_eq!("protect: Out of memory (ENOMEM)", refusal(refused));
        assert_eq!((5, 1), (unsafe { start.read() }, reservation.free_ranges().len()));
        unsafe { reservation.discard(&[pages(0..4)]) }.unwrap();
        assert_eq!(0, unsafe { start.read() });
    });
}
