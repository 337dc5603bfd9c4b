//! Reservations in forked children.

use mman::{Anon, Fork, MapOptions, Placement, Reservation};

use super::{at, filled, kills, pages, reserved};
use crate::util::{child::in_child, map::at as exactly, page, smaps};

fn excluded(reservation: &Reservation, number: usize) -> Anon {
    let place = Placement::Within(reservation.clone(), number * page());
    let mut memory = MapOptions::new().placement(place).fork(Fork::Exclude).anon(page()).unwrap();
    memory.fill(9);
    memory
}

/// The child has a copy, in which it may do as it likes.
#[test]
fn a_child_has_its_own() {
    in_child(|| {
        let reservation = reserved(8);
        let memory = filled(&reservation, 0..2, 1);
        in_child(|| {
            let mut memory = memory;
            assert!(memory.iter().all(|byte| *byte == 1));
            memory.resize(4 * page()).unwrap();
            memory.fill(2);
            let other = filled(&reservation, 4..8, 3);
            drop(memory);
            drop(other);
            assert_eq!([pages(0..8)], reservation.free_ranges()[..]);
            let base = reservation.as_ptr();
            drop(reservation);
            assert!(smaps::find(base).is_none());
        });
    });
}

/// What the child did not get is a hole; what is mapped there in the meantime is not its own.
#[test]
fn a_child_leaves_holes_alone() {
    in_child(|| {
        let reservation = reserved(8);
        let memory = excluded(&reservation, 3);
        in_child(move || {
            let place = at(&reservation, 3);
            assert!(smaps::find(place).is_none());
            let other = MapOptions::new().placement(exactly(place.addr())).anon(1).unwrap();
            assert!(reservation.anon(pages(3..4)).is_err());
            drop(memory);
            assert!(reservation.anon(pages(3..4)).is_err());
            let around = [filled(&reservation, 2..3, 1), filled(&reservation, 4..5, 1)];
            drop(around);
            let base = reservation.as_ptr();
            drop(reservation);
            assert!(
                smaps::find(base).is_none() && smaps::find(place.wrapping_add(page())).is_none()
            );
            assert_eq!((0, "rw-p"), (other[0], &*smaps::at(place).perms));
        });
    });
}

#[test]
fn a_child_leaves_holes_of_inner_reservations_alone() {
    in_child(|| {
        let outer = reserved(16);
        let inner = outer.reserve(pages(4..8)).unwrap();
        let (memory, other) = (excluded(&inner, 1), filled(&inner, 2..3, 1));
        in_child(move || {
            let place = at(&inner, 1);
            drop((memory, other, inner));
            assert_eq!([pages(0..5), pages(6..16)], outer.free_ranges()[..]);
            let other = MapOptions::new().placement(exactly(place.addr())).anon(1).unwrap();
            drop(outer);
            assert_eq!((0, "rw-p"), (other[0], &*smaps::at(place).perms));
        });
    });
}

/// In the process that has it, it is memory like any other.
#[test]
fn excluded_memory_gives_its_place_back() {
    in_child(|| {
        let reservation = reserved(8);
        let mut memory = excluded(&reservation, 3);
        memory.resize(3 * page()).unwrap();
        assert!(smaps::at(&raw const memory[2 * page()]).has("dc"));
        let place = at(&reservation, 5);
        in_child(|| assert!(smaps::find(place).is_none()));
        let tail = memory.split_off(page()).unwrap();
        drop(memory);
        assert_eq!([pages(0..4), pages(6..8)], reservation.free_ranges()[..]);
        reservation.give_back([tail]);
        assert_eq!([pages(0..8)], reservation.free_ranges()[..]);
        let base = reservation.as_ptr();
        let memory = excluded(&reservation, 3);
        drop(reservation);
        drop(memory);
        assert!(smaps::find(base).is_none());
    });
}

#[test]
fn a_child_inherits_what_guards() {
    in_child(|| {
        let reservation = reserved(8);
        let pieces = [1, 3, 5].map(|number| filled(&reservation, number..number + 1, 1));
        reservation.give_back(pieces);
        in_child(|| {
            kills(at(&reservation, 3));
            filled(&reservation, 3..4, 2);
            kills(at(&reservation, 3));
            kills(at(&reservation, 5));
        });
    });
}
