//! Where memory comes to lie, and what becomes of its place.

use mman::{
    Advice, Anon, AnonReadOnly, Commit, CoreDump, Error, Fork, HugePages, Lock, MapOptions,
    Placement, Reservation,
};

use super::{all_is_free, at, filled, kills, pages, policies, refusal, reserved};
use crate::util::{
    child::in_child,
    machine::{HugePages as Pool, huge},
    map::{self, Area},
    page, smaps, temp,
};

/// What is taken of it is under a lock, and addresses are nobody's in particular.
#[test]
fn it_goes_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<Reservation>();
}

/// What is free kills, whether it was never anybody's or was given back.
#[test]
fn what_is_free_is_inaccessible() {
    if !have!("kernel") {
        return;
    }
    let reservation = reserved(16);
    let mut memory = filled(&reservation, 4..8, 1);
    let neighbour = filled(&reservation, 9..10, 2);
    for number in [0, 3, 8, 10, 15] {
        kills(at(&reservation, number));
    }
    memory.resize(2 * page()).unwrap();
    kills(at(&reservation, 6));
    drop(memory);
    kills(at(&reservation, 4));
    assert_eq!(pages(0..16).len(), reservation.len());
    assert!(neighbour.iter().all(|byte| *byte == 2));
}

#[test]
fn a_place_is_exact_and_nobodys() {
    let reservation = reserved(10);
    let (_first, size) = (filled(&reservation, 3..5, 1), page());
    let taken = |range| refusal(reservation.anon(pages(range)));
    let is_taken = |first: usize, count: usize| {
        let (first, count) = (first * size, count * size);
        format!("map: {count} bytes from {first} on are not free in the reservation")
    };
    for (range, count) in [(3..5, 2), (0..10, 10), (2..4, 2), (4..6, 2), (3..4, 1), (4..5, 1)] {
        assert_eq!(is_taken(range.start, count), taken(range));
    }
    let beyond = format!("anon: {size}..{} is not within 0..{}", 11 * size, 10 * size);
    assert_eq!(beyond, refusal(reservation.anon(pages(1..11))));
    let place = Placement::Within(reservation.clone(), 9 * size);
    let beyond =
        format!("map: {} bytes from {} on are not within 0..{}", 2 * size, 9 * size, 10 * size);
    assert_eq!(beyond, refusal(MapOptions::new().placement(place).anon(2 * size)));
    for offset in [usize::MAX, usize::MAX - size + 1, usize::MAX / 2 + 1, 1] {
        let place = Placement::Within(reservation.clone(), offset);
        assert!(MapOptions::new().placement(place).anon(1).is_err(), "{offset}");
    }
    let within = at(&reservation, 0).addr() + 1;
    let odd = format!("map: offset 1, address {within:#x}, is not a multiple of {size}");
    assert_eq!(odd, refusal(reservation.anon(1..2)));
    assert_eq!([pages(0..3), pages(5..10)], reservation.free_ranges()[..]);
    // What fills it whole, and nothing at all.
    assert_eq!(3 * size, filled(&reservation, 0..3, 1).len());
    assert!(reservation.anon(0..0).unwrap().is_empty());
    assert!(reservation.anon(10 * size..10 * size).unwrap().is_empty());
}

#[test]
fn a_reservation_of_nothing() {
    let nothing = Reservation::new(0).unwrap();
    assert!(nothing.is_empty() && nothing.free_ranges().is_empty());
    assert!(nothing.anon(0..0).unwrap().is_empty());
    assert!(nothing.anon(0..1).is_err() && nothing.carve(1).is_err());
    assert!(nothing.reserve(0..0).unwrap().is_empty());
    assert!(Reservation::new(usize::MAX).is_err());
    assert_eq!(page(), Reservation::new(1).unwrap().len());
}

#[test]
fn it_is_aligned_for_huge_pages() {
    if !have!("kernel") {
        return;
    }
    if !have!("thp") {
        return;
    }
    for len in [huge(), huge() + 1, 5 * huge() - 1] {
        assert_eq!(0, Reservation::new(len).unwrap().as_ptr().addr() % huge());
    }
}

/// Whatever the memory before was, the next is as if nobody had been there.
#[test]
fn memory_leaves_nothing_behind() {
    in_child(|| {
        let reservation = reserved(4);
        let plain = policies(reservation.anon(pages(0..2)).unwrap().as_ptr());
        let place = Placement::Within(reservation.clone(), 0);
        let mut options = MapOptions::new();
        options.placement(place).name(c"mman-before").guard_pages(0, 1);
        options.lock(Lock::Now).fork(Fork::Wipe).core_dump(CoreDump::Exclude);
        options.commit(Commit::NoReserve);
        let mut before = options.anon(pages(0..2).len()).unwrap();
        before.fill(7);
        assert!(smaps::at(before.as_ptr()).has("nr"));
        for flag in ["lo", "wf", "dd"] {
            assert!(smaps::at(before.as_ptr()).has(flag), "{flag}");
        }
        drop(before);
        assert_eq!(0, smaps::status("VmLck"));
        let after = filled(&reservation, 0..3, 1);
        let about = smaps::at(after.as_ptr());
        assert_eq!(
            (plain.clone(), "rw-p", ""),
            (policies(after.as_ptr()), &*about.perms, &*about.path)
        );
        assert!(!about.has("nr"));
        // What a value was told later goes too.
        after.advise(.., Advice::Random).unwrap();
        std::mem::forget(after.lock(..).unwrap());
        drop(after.make_read_only().unwrap());
        let after = filled(&reservation, 0..3, 1);
        assert_eq!(plain, policies(after.as_ptr()));
        assert_eq!(0, smaps::status("VmLck"));
    });
}

#[test]
fn read_only_memory_gives_its_place_back() {
    let reservation = reserved(4);
    let memory: AnonReadOnly = filled(&reservation, 0..4, 1).make_read_only().unwrap();
    assert!(reservation.free_ranges().is_empty() && memory[0] == 1);
    memory.unmap().unwrap();
    assert_eq!([pages(0..4)], reservation.free_ranges()[..]);
    filled(&reservation, 0..4, 2).unmap().unwrap();
    assert_eq!([pages(0..4)], reservation.free_ranges()[..]);
}

#[test]
fn the_first_place_that_fits() {
    let four = 4 * page();
    let reservation = Reservation::at(Placement::Aligned(four), 40 * page()).unwrap();
    let start = reservation.as_ptr().addr();
    let offset = |memory: &Anon| (memory.as_ptr().addr() - start) / page();
    let _taken = [2..3, 4..6, 8..10].map(|range| filled(&reservation, range, 1));
    let carved = |len| reservation.carve(len * page()).unwrap();
    let (three, two, one) = (carved(3), carved(2), carved(1));
    assert_eq!((10, 0, 3), (offset(&three), offset(&two), offset(&one)));
    assert_eq!(6, offset(&carved(2)));
    let mut options = MapOptions::new();
    options.placement(Placement::FirstFit(reservation.clone(), four));
    let aligned = options.anon(1).unwrap();
    let guarded = options.guard_pages(1, 2).anon(page()).unwrap();
    assert_eq!((16, 20), (offset(&aligned), offset(&guarded)));
    assert_eq!([6..8, 13..16, 17..19, 23..40].map(pages), reservation.free_ranges()[..]);
    drop((three, aligned, guarded));
    let len = 31 * page();
    let full = format!("map: {len} bytes fit into no free place of the reservation");
    assert_eq!(full, refusal(reservation.carve(len)));
    assert_eq!(10, offset(&carved(30)));
    for align in [0, 3] {
        let place = Placement::FirstFit(reservation.clone(), align);
        let odd = format!("map: the alignment {align} is not a power of two");
        assert_eq!(odd, refusal(MapOptions::new().placement(place).anon(1)));
    }
    let place = Placement::FirstFit(reservation.clone(), 1 << (usize::BITS - 1));
    assert!(MapOptions::new().placement(place).anon(1).is_err());
}

#[test]
fn guard_pages_are_of_the_place() {
    if !have!("kernel") {
        return;
    }
    let reservation = reserved(10);
    let place = Placement::Within(reservation.clone(), 3 * page());
    let mut options = MapOptions::new();
    let memory = options.placement(place).guard_pages(2, 1).anon(page() + 1).unwrap();
    assert_eq!(at(&reservation, 3).cast_const(), memory.as_ptr());
    assert_eq!([pages(0..1), pages(6..10)], reservation.free_ranges()[..]);
    for number in [1, 2, 5] {
        kills(at(&reservation, number));
    }
    drop(memory);
    assert_eq!([pages(0..10)], reservation.free_ranges()[..]);
    let place = Placement::Within(reservation.clone(), page());
    let room =
        format!("map: there is no room for {} bytes of guard pages before {}", 2 * page(), page());
    assert_eq!(room, refusal(options.placement(place).anon(1)));
    let parts = options.placement(Placement::Within(reservation.clone(), 2 * page()));
    let mut first = parts.anon(2 * page()).unwrap();
    let second = first.split_off(page()).unwrap();
    drop(first);
    assert_eq!([pages(0..3), pages(5..10)], reservation.free_ranges()[..]);
    drop(second);
    assert_eq!([pages(0..10)], reservation.free_ranges()[..]);
}

#[test]
fn explicit_huge_pages_inside() {
    if !have!("kernel") {
        return;
    }
    let Some(pool) = Pool::of_2m(2) else { return };
    in_child(|| {
        let free = pool.free();
        let reservation = Reservation::new(8 * pool.size).unwrap();
        let mut options = MapOptions::new();
        options.huge_pages(HugePages::Explicit(pool.size));
        let mut at = |offset| {
            let place = Placement::Within(reservation.clone(), offset);
            options.placement(place).anon(1)
        };
        assert!(refusal(at(page())).ends_with(&format!("is not a multiple of {}", pool.size)));
        let mut memory = at(2 * pool.size).unwrap();
        assert!(smaps::at(memory.as_ptr()).has("ht"));
        assert_eq!((pool.size, free - 1), (memory.page_size(), pool.free()));
        memory[0] = 3;
        memory.resize(pool.size + 1).unwrap();
        assert_eq!((free - 2, 3, 0), (pool.free(), memory[0], memory[pool.size]));
        // More than there are: an error, and all is as before.
        assert!(memory.resize((free + 1) * pool.size).is_err());
        assert_eq!((pool.size + 1, free - 2), (memory.len(), pool.free()));
        let taken = 2 * pool.size..4 * pool.size;
        let rest = [0..taken.start, taken.end..reservation.len()];
        assert_eq!(rest, reservation.free_ranges()[..]);
        memory.resize(1).unwrap();
        assert_eq!(free - 1, pool.free());
        drop(memory);
        assert_eq!(free, pool.free());
        kills(reservation.as_ptr().wrapping_add(2 * pool.size));
        options.placement(Placement::FirstFit(reservation.clone(), 1));
        let _small = reservation.carve(1).unwrap();
        let mut memory = options.guard_pages(1, 1).anon(pool.size + 1).unwrap();
        assert_eq!(0, memory.as_ptr().addr() % pool.size);
        // Its guard pages have no place where huge pages are, and it is not to leave.
        let keeps = "resize: huge pages between guard pages keep their length in a reservation";
        assert_eq!(keeps, refusal(memory.resize(1)));
        drop(memory);
        assert_eq!(free, pool.free());
    });
}

/// memory that began with small pages since there were no huge ones, and grows when there are.
#[test]
fn huge_pages_of_two_kinds_do_not_mix() {
    if !have!("kernel") {
        return;
    }
    let Some(pool) = Pool::of_2m(2) else { return };
    if !have!("thp") {
        return;
    }
    in_child(|| {
        let reservation = Reservation::new((pool.free() + 8) * pool.size).unwrap();
        let mut options = MapOptions::new();
        options.huge_pages(HugePages::ExplicitElseTransparent(pool.size));
        options.placement(Placement::Within(reservation.clone(), 0));
        let (size, all) = (pool.size, pool.free() * pool.size);
        let mut small = options.anon(all + 1).unwrap();
        assert_eq!((page(), pool.free() * size), (small.page_size(), all));
        small.resize(all + 2 * size).unwrap();
        let grown = small.as_ptr().wrapping_add(all + size);
        assert!(smaps::at(grown).has("hg") && !smaps::at(grown).has("ht"));
        drop(small);
        let mut large = options.anon(1).unwrap();
        assert_eq!(size, large.page_size());
        assert!(large.resize(all + 1).is_err());
        large.resize(2 * size).unwrap();
        assert!(smaps::at(&raw const large[size]).has("ht"));
        drop(large);
        assert_eq!(1, reservation.free_ranges().len());
    });
}

/// Neighbours that were made one by one are one, if nothing tells them apart.
#[test]
fn neighbours_join_if_they_are_alike() {
    let reservation = reserved(8);
    let mut first = filled(&reservation, 0..2, 1);
    first.join(filled(&reservation, 2..3, 2)).unwrap();
    assert_eq!((3 * page(), 1, 2), (first.len(), first[0], first[2 * page()]));
    let (apart, error) = first.join(filled(&reservation, 4..5, 3)).unwrap_err();
    assert_eq!("join: the second does not begin where the first ends", error.to_string());
    first.resize(4 * page()).unwrap();
    first.join(apart).unwrap();
    assert_eq!([1, 1, 2, 0, 3], [0, 1, 2, 3, 4].map(|number| first[number * page()]));
    let tail = first.split_off(2 * page()).unwrap();
    drop(first);
    assert_eq!([pages(0..2), pages(5..8)], reservation.free_ranges()[..]);
    assert_eq!((2, 3), (tail[0], tail[2 * page()]));
    drop(tail);
    assert_eq!([pages(0..8)], reservation.free_ranges()[..]);
}

#[test]
fn neighbours_of_different_kinds_do_not_join() {
    in_child(|| {
        let reservation = reserved(8);
        let mut first = filled(&reservation, 0..1, 1);
        let mut check = |set: &dyn Fn(&mut MapOptions)| {
            let mut options = MapOptions::new();
            options.placement(Placement::Within(reservation.clone(), page()));
            set(&mut options);
            let mut other = options.anon(page()).unwrap();
            other.fill(2);
            let (other, error) = first.join(other).unwrap_err();
            assert_eq!("join: they are not of the same kind", error.to_string());
            assert_eq!((1, 2, page()), (first[0], other[0], first.len()));
        };
        check(&|options| _ = options.lock(Lock::Now));
        check(&|options| _ = options.fork(Fork::Exclude));
        check(&|options| _ = options.fork(Fork::Wipe));
        check(&|options| _ = options.core_dump(CoreDump::Exclude));
        check(&|options| _ = options.commit(Commit::NoReserve));
        check(&|options| _ = options.name(c"other"));
        if have!("thp") {
            check(&|options| _ = options.huge_pages(HugePages::Never));
        }
        // Empty memory is of every kind.
        let mut nothing = MapOptions::new().lock(Lock::Now).anon(0).unwrap();
        nothing.join(filled(&reservation, 1..2, 3)).unwrap();
        assert!(!nothing.is_locked());
        first.join(nothing).unwrap();
        assert_eq!(3, first[page()]);
        first.join(Anon::default()).unwrap();
    });
}

/// Memory of a reservation, and of another one within it, have different owners.
#[test]
fn memory_of_two_reservations_does_not_join() {
    let outer = reserved(8);
    let mut first = filled(&outer, 0..2, 1);
    let inner = outer.reserve(pages(2..6)).unwrap();
    let (second, error) = first.join(filled(&inner, 0..1, 2)).unwrap_err();
    assert_eq!("join: they are not parts of one mapping", error.to_string());
    let mut second = second;
    assert!(second.join(filled(&outer, 6..7, 3)).is_err());
    let mut outside = Anon::new(page()).unwrap();
    assert!(outside.join(second).is_err());
}

#[test]
fn reservations_nest() {
    in_child(|| {
        let outer = reserved(16);
        let inner = outer.reserve(pages(4..12)).unwrap();
        assert_eq!((at(&outer, 4), pages(0..8).len()), (inner.as_ptr(), inner.len()));
        assert_eq!([pages(0..4), pages(12..16)], outer.free_ranges()[..]);
        assert!(outer.anon(pages(11..13)).is_err());
        for number in [4, 11] {
            kills(at(&outer, number));
        }
        let third = inner.reserve(pages(6..8)).unwrap();
        let deep = filled(&third, 1..2, 3);
        let memory = filled(&inner, 0..2, 1);
        assert_eq!([pages(2..6)], inner.free_ranges()[..]);
        drop(memory);
        drop(inner);
        // Memory keeps all that it lies in.
        assert!(outer.anon(pages(4..5)).is_err());
        let base = outer.as_ptr();
        drop(outer);
        assert_eq!("---p", smaps::at(base).perms);
        drop(third);
        assert_eq!((at_base(base, 11), 3), (deep.as_ptr(), deep[0]));
        drop(deep);
        assert!(smaps::find(base).is_none());
    });
}

fn at_base(base: *mut u8, number: usize) -> *const u8 {
    base.wrapping_add(number * page())
}

/// One that is dropped with nothing in it costs the kernel nothing.
#[test]
fn a_guard_is_a_reservation_with_nothing_in_it() {
    in_child(|| {
        let reservation = reserved(8);
        let memory = filled(&reservation, 0..2, 1);
        smaps::count();
        let before = smaps::count();
        let guard = reservation.reserve(pages(2..3)).unwrap();
        assert_eq!(before, smaps::count());
        assert_eq!(at(&reservation, 3).cast_const(), reservation.carve(page()).unwrap().as_ptr());
        kills(at(&reservation, 2));
        let mut memory = memory;
        assert!(memory.resize(3 * page()).is_err());
        drop(guard);
        memory.resize(3 * page()).unwrap();
        let beyond = refusal(reservation.reserve(pages(7..9)));
        assert_eq!(
            format!("reserve: {}..{} is not within 0..{}", 7 * page(), 9 * page(), 8 * page()),
            beyond
        );
        assert!(reservation.reserve(pages(2..4)).is_err());
        let place = Placement::FirstFit(reservation.clone(), 4 * page());
        let fitted = Reservation::at(place, page()).unwrap();
        assert_eq!(0, fitted.as_ptr().addr() % (4 * page()));
    });
}

/// The addresses are reserved for as long as anything is in them, and no longer.
#[test]
fn it_is_unmapped_with_the_last_of_handles_and_memory() {
    in_child(|| {
        // The first time, reading `smaps` allocates.
        let mut counts = [0, 1, 2].map(|_| {
            let reservation = reserved(8);
            let memory = filled(&reservation, 4..5, 1);
            let (base, other) = (reservation.as_ptr(), reservation.clone());
            drop(reservation);
            drop(other);
            assert_eq!("---p", smaps::at(base).perms);
            drop(memory);
            assert!(smaps::find(base).is_none());
            let reservation = reserved(8);
            let memory = filled(&reservation, 4..5, 1);
            drop(memory);
            assert_eq!("---p", smaps::at(reservation.as_ptr()).perms);
            let base = reservation.as_ptr();
            drop(reservation);
            assert!(smaps::find(base).is_none());
            smaps::count()
        });
        counts[0] = counts[1];
        assert_eq!([counts[2]; 3], counts);
    });
}

/// A place that was taken apart is nobody's for good, whoever unmaps it.
#[test]
fn raw_parts_leave_the_reservation() {
    in_child(|| {
        let reservation = reserved(8);
        let base = reservation.as_ptr();
        let parts = filled(&reservation, 2..4, 1).into_raw_parts();
        assert_eq!(
            (at(&reservation, 2), pages(0..2).len()),
            (parts.base.as_ptr(), parts.mapped_len)
        );
        assert!(reservation.anon(pages(3..4)).is_err());
        let memory = unsafe { Anon::from_raw_parts(parts) };
        assert!(memory.iter().all(|byte| *byte == 1));
        drop(memory);
        // A hole, in which others may map.
        assert!(smaps::find(at_base(base, 2)).is_none());
        let other = MapOptions::new().placement(map::at(at_base(base, 2).addr())).anon(1).unwrap();
        assert!(reservation.anon(pages(2..3)).is_err());
        drop(reservation);
        assert_eq!("rw-p", smaps::at(other.as_ptr()).perms);
    });
}

/// Files and shared memory are placed like any memory, and over guards too.
#[test]
fn memory_of_every_type_has_its_place() {
    in_child(|| {
        let reservation = reserved(16);
        let apart = [1, 3, 5, 7].map(|number| filled(&reservation, number..number + 1, 1));
        reservation.give_back(apart);
        let file = temp::pages_in_memory(3);
        let mut options = MapOptions::new();
        options.placement(Placement::FirstFit(reservation.clone(), 1));
        let map = options.file(file.as_file(), ..).unwrap();
        let mut numbers = vec![0; 3 * page()];
        map.read_at(0, &mut numbers).unwrap();
        assert_eq!(
            (at(&reservation, 0), [1, 2, 3]),
            (map.as_ptr().cast_mut(), [0, 1, 2].map(|number| numbers[number * page()]),)
        );
        let shared = options.shared(2 * page()).unwrap();
        assert_eq!(at(&reservation, 3), shared.as_ptr());
        assert!(smaps::at(shared.as_ptr()).perms.starts_with("rw-s"));
        let copy = options.file_cow(file.as_file(), ..).unwrap();
        assert_eq!(at(&reservation, 5).cast_const(), copy.as_ptr());
        assert_eq!([pages(8..16)], reservation.free_ranges()[..]);
        drop((map, shared, copy));
        all_is_free(&reservation);
        for number in 0..8 {
            kills(at(&reservation, number));
        }
    });
}

/// Nothing is placed over what others have, in any of the ways that there are.
#[test]
fn canaries_beside_it_are_left_alone() {
    if !have!("kernel") {
        return;
    }
    let canary = Area::anon(2);
    canary.fill(0..2, 0xa5);
    let reservation = reserved(4);
    let beyond = canary.ptr().addr().wrapping_sub(reservation.as_ptr().addr());
    let place = Placement::Within(reservation.clone(), beyond);
    assert!(MapOptions::new().placement(place).anon(1).is_err());
    let mut memory = filled(&reservation, 0..4, 1);
    assert_eq!(
        format!("resize: {} bytes from {} on are not within 0..{1}", page(), 4 * page()),
        refusal(memory.resize(4 * page() + 1)),
    );
    assert!(canary.holds(0..2, 0xa5));
    // With 32 bits there may be as much.
    if cfg!(target_pointer_width = "64") {
        let error = Reservation::new(isize::MAX as usize / 2).unwrap_err();
        assert_eq!(Some(Error::ENOMEM), error.errno());
    }
}
