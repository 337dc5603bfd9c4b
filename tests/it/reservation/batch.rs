//! Many ranges in one call.

use mman::{
    Advice, Anon, Commit, CoreDump, Lock, MapOptions, Placement, Reservation,
    observe::{Process, maps},
};

use super::{all_is_free, at, filled, kills, pages, policies, reserved};
use crate::util::{
    child::{End, SEGV_MAPERR, child, in_child},
    machine::HugePages as Pool,
    page, seccomp, smaps,
};

/// Whether the kernel takes many ranges at once; by version, not by trying.
fn batches() -> bool {
    have!("linux-6.13")
}

/// Plain memory at every second page.
fn apart(reservation: &Reservation, count: usize) -> Vec<Anon> {
    (0..count).map(|number| filled(reservation, 2 * number..2 * number + 1, 7)).collect()
}

/// Of how many mappings it consists. (The allocator makes some elsewhere meanwhile.)
fn mappings(reservation: &Reservation) -> usize {
    let all = reservation.as_ptr().addr() as u64;
    let all = all..all + reservation.len() as u64;
    let maps = maps(Process::Current).unwrap().map(Result::unwrap);
    maps.filter(|mapping| mapping.start < all.end && all.start < mapping.end).count()
}

#[test]
fn discarded_ranges_are_zero_and_have_no_memory() {
    in_child(|| {
        let mut memory = Anon::new(3000 * page()).unwrap();
        memory.fill(1);
        // More than the kernel takes at once.
        let ranges = (0..3000).step_by(2).map(|number| pages(number..number + 1));
        memory.discard_ranges(ranges).unwrap();
        let resident: Vec<_> = memory.residency(..).unwrap().iter().collect();
        assert!(resident.iter().enumerate().all(|(number, there)| *there == (number % 2 == 1)));
        let holds = memory.chunks(page()).enumerate();
        let mut holds = holds.map(|(number, bytes)| (number % 2, bytes));
        assert!(holds.all(|(odd, bytes)| bytes.iter().all(|byte| usize::from(*byte) == odd)));
    });
}

/// A range that is refused keeps nobody else from being discarded.
#[test]
fn what_one_call_does_not_do_others_do() {
    in_child(|| {
        for from in [0, 2, 7] {
            let mut memory = Anon::new(8 * page()).unwrap();
            memory.fill(1);
            std::mem::forget(memory.lock(from * page()..(from + 1) * page()).unwrap());
            memory.discard_ranges((0..8).map(|number| pages(number..number + 1))).unwrap();
            assert!(memory.iter().all(|byte| *byte == 0), "{from}");
        }
        for errno in [libc::ENOSYS, libc::EPERM, libc::EINVAL] {
            in_child(|| {
                seccomp::deny(&[libc::SYS_process_madvise], errno);
                discards();
            });
        }
    });
}

fn discards() {
    let mut memory = Anon::new(8 * page()).unwrap();
    memory.fill(1);
    memory.discard_ranges([pages(0..1), pages(2..4)]).unwrap();
    assert_eq!(5, memory.residency(..).unwrap().resident());
    let first: Vec<_> = memory.chunks(page()).map(|bytes| bytes[0]).collect();
    assert_eq!([0, 1, 0, 0, 1, 1, 1, 1], first[..]);
}

/// Linux 6.13 needs a descriptor of the process, which is closed again.
#[test]
fn a_kernel_without_a_name_for_oneself() {
    if !batches() {
        return;
    }
    in_child(|| {
        let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
        seccomp::deny_above(libc::SYS_process_madvise, 0, i32::MAX as u32, libc::EBADF);
        seccomp::deny(&[libc::SYS_madvise], libc::EBADF);
        let before = open();
        discards();
        assert_eq!(before, open());
    });
}

#[test]
fn ranges_are_checked_before_any_is_discarded() {
    let mut memory = Anon::new(4 * page()).unwrap();
    memory.fill(1);
    let error = memory.discard_ranges([0..page(), 5..page()]).unwrap_err().to_string();
    assert_eq!(
        format!("discard_ranges: offset 5 is not a multiple of the page size {}", page()),
        error
    );
    assert!(memory.discard_ranges([pages(0..1), pages(4..5)]).is_err());
    assert!(memory.iter().all(|byte| *byte == 1));
    memory.discard_ranges::<std::ops::RangeFull>([]).unwrap();
    memory.discard_ranges([pages(2..2)]).unwrap();
    assert!(memory.iter().all(|byte| *byte == 1));
    memory.discard_ranges([.., ..]).unwrap();
    assert!(memory.iter().all(|byte| *byte == 0));
}

#[test]
fn many_memories_are_discarded_at_once() {
    if !have!("kernel") {
        return;
    }
    let pool = Pool::of_2m(1);
    in_child(|| {
        let mut memories: Vec<_> = (0..100).map(|len| Anon::new(len * 100).unwrap()).collect();
        if let Some(pool) = &pool {
            let mut options = MapOptions::new();
            options.huge_pages(mman::HugePages::Explicit(pool.size));
            memories.push(options.anon(1).unwrap());
        }
        memories.iter_mut().for_each(|memory| memory.fill(1));
        Anon::discard_all(&mut memories);
        for memory in &memories {
            let there = memory.residency(..).unwrap().resident();
            assert!(there == 0 || memory.page_size() != page());
            assert!(memory.iter().all(|byte| *byte == 0));
        }
        Anon::discard_all([]);
    });
}

/// One call frees them all, needs no mapping more, and whoever touches them dies.
#[test]
fn what_is_given_back_at_once_is_free() {
    in_child(|| {
        let reservation = reserved(3000);
        let (pieces, before) = (apart(&reservation, 1500), mappings(&reservation));
        if batches() {
            seccomp::deny(&[seccomp::MMAP, libc::SYS_mprotect, libc::SYS_madvise], libc::EPERM);
        }
        reservation.give_back(pieces);
        all_is_free(&reservation);
        assert!(mappings(&reservation) <= before);
        for number in [0, 2, 2998] {
            let place = at(&reservation, number);
            kills(place);
            if batches() {
                let end = child(|| unsafe { place.write_volatile(1) });
                assert_eq!(End::Faulted(libc::SIGSEGV, SEGV_MAPERR, place.addr()), end);
            }
        }
        assert_eq!(0, smaps::at(at(&reservation, 2)).bytes("Rss"));
    });
}

/// Whatever comes next where guards are, it is zero and has no policies but its own.
#[test]
fn places_with_guards_are_used_again() {
    in_child(|| {
        let reservation = reserved(64);
        let again = || reservation.give_back(apart(&reservation, 16));
        again();
        let plain = filled(&reservation, 2..3, 1);
        kills(at(&reservation, 0));
        kills(at(&reservation, 4));
        // With places that never were anybody's between.
        let mixed = filled(&reservation, 3..11, 2);
        assert_eq!(
            ("rw-p", 0),
            (&*smaps::at(mixed.as_ptr()).perms, policies(mixed.as_ptr()).len())
        );
        drop((plain, mixed));
        again();
        let mut options = MapOptions::new();
        options.core_dump(CoreDump::Exclude).guard_pages(1, 1);
        options.placement(Placement::Within(reservation.clone(), 4 * page()));
        let mut furnished = options.anon(3 * page()).unwrap();
        assert!(smaps::at(furnished.as_ptr()).has("dd") && furnished.iter().all(|byte| *byte == 0));
        furnished.fill(1);
        for number in [0, 3, 7, 8] {
            kills(at(&reservation, number));
        }
        drop(furnished);
        assert!(!smaps::at(at(&reservation, 4)).has("dd"));
        again();
        let place = Placement::Within(reservation.clone(), 0);
        let unaccounted =
            MapOptions::new().placement(place).commit(Commit::NoReserve).anon(9 * page());
        assert!(smaps::at(unaccounted.unwrap().as_ptr()).has("nr"));
        again();
        let inner = reservation.reserve(pages(0..5)).unwrap();
        for number in [0, 2, 4] {
            kills(at(&inner, number));
        }
        let memory = filled(&inner, 1..4, 1);
        kills(at(&inner, 4));
        inner.give_back([memory]);
        drop(inner);
        let start = reservation.commit(pages(0..8)).unwrap();
        unsafe { start.write_bytes(1, 8 * page()) };
        unsafe { reservation.decommit(pages(0..8)) }.unwrap();
        let mut grown = filled(&reservation, 7..8, 1);
        grown.resize(12 * page()).unwrap();
        assert!(grown[page()..].iter().all(|byte| *byte == 0));
        grown.fill(3);
        drop(grown);
        all_is_free(&reservation);
        let base = reservation.as_ptr();
        drop((reservation, options));
        assert!(smaps::find(base).is_none());
    });
}

/// Guards are for memory of which the system was told nothing; a fresh mapping forgets.
#[test]
fn memory_with_policies_leaves_none_behind() {
    in_child(|| {
        let reservation = reserved(64);
        let mut pieces = apart(&reservation, 8);
        pieces[1].advise(.., Advice::Random).unwrap();
        pieces[2].advise(..1, Advice::NoDump).unwrap();
        drop(pieces[3].lock(..).unwrap());
        std::mem::forget(pieces[4].lock(..).unwrap());
        unsafe { pieces[5].protect_range(.., mman::Protection::Read) }.unwrap();
        let options = |number: usize| {
            let mut options = MapOptions::new();
            options.placement(Placement::Within(reservation.clone(), number * page()));
            options
        };
        pieces.push(options(20).lock(Lock::Now).anon(page()).unwrap());
        pieces.push(options(22).commit(Commit::NoReserve).anon(page()).unwrap());
        pieces.push(options(25).guard_pages(1, 1).anon(page()).unwrap());
        pieces.push(options(30).growth_step(4 * page()).anon(0).unwrap());
        pieces.last_mut().unwrap().resize(1).unwrap();
        // Of other homes, and of none.
        let other = reserved(4);
        pieces.push(filled(&other, 0..1, 1));
        pieces.push(Anon::new(page()).unwrap());
        pieces.push(Anon::default());
        pieces.push(options(40).anon(0).unwrap());
        reservation.give_back(pieces);
        all_is_free(&reservation);
        assert_eq!([pages(0..4)], other.free_ranges()[..]);
        assert_eq!(0, smaps::status("VmLck"));
        for number in 0..40 {
            let memory = filled(&reservation, number..number + 1, 1);
            let about = smaps::at(memory.as_ptr());
            assert_eq!(("rw-p", 0), (&*about.perms, policies(memory.as_ptr()).len()), "{number}");
            assert!(!about.has("nr") && !about.has("lo"), "{number}");
        }
    });
}

/// What lies together is one again, mapping and all.
#[test]
fn neighbours_go_together() {
    in_child(|| {
        let reservation = reserved(2048);
        let pieces: Vec<_> = (0..2048).map(|at| filled(&reservation, at..at + 1, 1)).collect();
        let (odd, even): (Vec<_>, Vec<_>) =
            pieces.into_iter().enumerate().partition(|(at, _)| at % 2 == 1);
        reservation.give_back(odd.into_iter().map(|(_, piece)| piece));
        assert_eq!(1024, reservation.free_ranges().len());
        kills(at(&reservation, 1));
        // The rest, in any order.
        reservation.give_back(even.into_iter().rev().map(|(_, piece)| piece));
        all_is_free(&reservation);
        for number in [0, 1, 1000, 2047] {
            kills(at(&reservation, number));
        }
        let about = smaps::at(at(&reservation, 1000));
        assert!(about.perms == "---p" && about.range.len() >= reservation.len());
    });
}

#[test]
fn what_cannot_be_guarded_is_given_back_otherwise() {
    in_child(|| {
        let reservation = reserved(64);
        for errno in [libc::ENOSYS, libc::EINVAL] {
            in_child(|| {
                seccomp::deny(&[libc::SYS_process_madvise], errno);
                reservation.give_back(apart(&reservation, 16));
                all_is_free(&reservation);
                assert_eq!("---p", smaps::at(at(&reservation, 2)).perms);
            });
        }
        // The kernel stops at a locked one, of which the library knows nothing.
        let pieces = apart(&reservation, 16);
        assert_eq!(0, unsafe { libc::mlock(pieces[5].as_ptr().cast(), page()) });
        reservation.give_back(pieces);
        all_is_free(&reservation);
        assert_eq!(0, smaps::status("VmLck"));
        for number in [0, 10, 12, 30] {
            kills(at(&reservation, number));
        }
        // Where guards cannot be taken away, the place is mapped anew.
        seccomp::deny(&[libc::SYS_madvise], libc::EPERM);
        let memory = filled(&reservation, 0..9, 1);
        kills(at(&reservation, 10));
        drop(memory);
    });
}

/// An iterator that panics loses nothing.
#[test]
fn a_panic_on_the_way_gives_back_too() {
    let reservation = reserved(64);
    let pieces = apart(&reservation, 8).into_iter().enumerate();
    let pieces = pieces.map(|(number, piece)| if number < 5 { piece } else { panic!("no more") });
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        reservation.give_back(pieces);
    }));
    assert!(unwound.is_err());
    all_is_free(&reservation);
}
