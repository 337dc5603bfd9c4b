//! Scopes: a page that is gone becomes zeros, and that is told afterwards.

use std::{
    panic::{self, AssertUnwindSafe},
    slice,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    thread,
    vec::Vec,
};

use super::{
    signals::{KILLED, cut, stray},
    util::{ASSEMBLY, End, Map, child, gone, huge_pages, in_child, page, value},
};
use crate::guarded::{
    copy_from, copy_to,
    install::ensure,
    scope::{Damage, Pages, enter},
};

/// The pages of a map, or some of them, for reading.
fn pages(map: &Map, first: usize, count: usize) -> Pages {
    let (start, len) = (map.at(first * page()), count * page());
    Pages { start, len, granule: page(), writable: false, owner: None }
}

fn bytes(map: &Map, first: usize, count: usize) -> &[u8] {
    unsafe { slice::from_raw_parts(map.at(first * page()), count * page()) }
}

/// Whether the page holds what the file has had, or zeros.
fn is_intact(map: &Map, number: usize) -> bool {
    let expected = (number * page()..(number + 1) * page()).map(value);
    let found = bytes(map, number, 1);
    let intact = found.iter().copied().eq(expected);
    assert!(intact || found.iter().all(|byte| *byte == 0), "page {number} has other bytes");
    intact
}

#[test]
fn without_a_fault_nothing_is_told() {
    let (map, damage) = (Map::new(3), Damage::none());
    let scope = unsafe { enter(pages(&map, 0, 3), &damage) }.unwrap();
    assert!((0..3).all(|number| is_intact(&map, number)));
    assert_eq!(None, scope.leave());
    assert_eq!(None, damage.extent());
}

#[test]
fn what_is_gone_is_zero_from_the_fault_to_the_end() {
    let (map, damage) = (Map::new(6), Damage::none());
    map.resize(3 * page());
    let scope = unsafe { enter(pages(&map, 1, 4), &damage) }.unwrap();
    assert!(is_intact(&map, 1) && is_intact(&map, 2));
    assert_eq!(None, damage.extent());
    assert!(!is_intact(&map, 4), "the one after the first that is gone");
    assert_eq!(Some(map.at(4 * page()).addr()..map.at(5 * page()).addr()), damage.extent());
    assert!(!is_intact(&map, 3));
    assert_eq!(Some(2 * page()), scope.leave());
    assert_eq!(Some(map.at(3 * page()).addr()..map.at(5 * page()).addr()), damage.extent());
    // What was zeroed stays so; what is beyond the scope is not guarded.
    map.refill();
    assert!(is_intact(&map, 2) && !is_intact(&map, 3) && !is_intact(&map, 4) && is_intact(&map, 5));
}

#[test]
fn outside_of_a_scope_a_stray_fault_kills() {
    let map = cut(4);
    let damage = Damage::none();
    assert_eq!(
        KILLED,
        child(|| {
            let _scope = unsafe { enter(pages(&map, 0, 2), &damage) }.unwrap();
            stray(&map, page());
        })
    );
    assert_eq!(
        KILLED,
        child(|| {
            drop(unsafe { enter(pages(&map, 0, 4), &damage) }.unwrap());
            stray(&map, 0);
        })
    );
}

#[test]
fn pages_for_writing_take_what_is_written() {
    let (map, damage) = (cut(3), Damage::none());
    let range = Pages { writable: true, ..pages(&map, 0, 3) };
    let scope = unsafe { enter(range, &damage) }.unwrap();
    let all = unsafe { slice::from_raw_parts_mut(map.at(0), map.len) };
    all.fill(7);
    assert!(all.iter().all(|byte| *byte == 7));
    assert_eq!(Some(page()), scope.leave());
    assert_eq!(std::vec![7; page()], map.contents(0, map.len), "the file has what it has room for");
}

#[test]
fn scopes_within_scopes() {
    let (map, damage) = (Map::new(8), Damage::none());
    map.resize(2 * page());
    let outer = unsafe { enter(pages(&map, 0, 8), &damage) }.unwrap();
    let inner = unsafe { enter(pages(&map, 1, 4), &damage) }.unwrap();
    let beside = unsafe { enter(pages(&map, 6, 2), &damage) }.unwrap();
    assert!(!is_intact(&map, 3));
    // Only to the end of the inner one.
    assert_eq!(Some(map.at(3 * page()).addr()..map.at(5 * page()).addr()), damage.extent());
    assert_eq!(Some(2 * page()), inner.leave());
    assert_eq!(None, beside.leave());
    assert!(!is_intact(&map, 7));
    assert_eq!(Some(3 * page()), outer.leave());
}

#[test]
fn many_scopes_are_open_at_once() {
    let maps: Vec<Map> = (0..100).map(|_| cut(3)).collect();
    let damages: Vec<Damage> = maps.iter().map(|_| Damage::none()).collect();
    let all = maps.iter().zip(&damages);
    let scopes: Vec<_> =
        all.map(|(map, damage)| unsafe { enter(pages(map, 0, 3), damage) }.unwrap()).collect();
    for map in &maps {
        assert!(is_intact(map, 0) && !is_intact(map, 2));
    }
    for scope in scopes {
        assert_eq!(Some(2 * page()), scope.leave());
    }
}

#[test]
fn threads_share_a_map() {
    let (map, damage) = (Map::new(64), Damage::none());
    let told = AtomicUsize::new(0);
    map.resize(40 * page());
    thread::scope(|threads| {
        for number in 0..8 {
            let (map, damage, told) = (&map, &damage, &told);
            threads.spawn(move || {
                for round in 0..40 {
                    let first = (number * 7 + round) % 56;
                    let scope = unsafe { enter(pages(map, first, 8), damage) }.unwrap();
                    let zeros = (first..first + 8).filter(|number| !is_intact(map, *number));
                    let zeros: Vec<usize> = zeros.collect();
                    let intact = scope.leave();
                    // What was read as zero is told. Pages between two faults may be told too.
                    if let Some(zero) = zeros.first() {
                        assert!(*zero >= 40);
                        assert!(intact.unwrap() <= (zero - first) * page());
                        told.fetch_add(1, SeqCst);
                    }
                }
            });
        }
    });
    assert_ne!(0, told.load(SeqCst));
    assert!((0..40).all(|number| is_intact(&map, number)));
}

#[test]
fn a_panic_closes_the_scope() {
    let map = cut(2);
    let damage = Damage::none();
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        let _scope = unsafe { enter(pages(&map, 0, 2), &damage) }.unwrap();
        assert!(!is_intact(&map, 1));
        panic::resume_unwind(std::boxed::Box::new(()));
    }));
    assert!(panicked.is_err());
    assert_eq!(Some(page()), damage.within(map.at(0), 2 * page()));
    let other = cut(2);
    assert_eq!(KILLED, child(|| drop(std::boxed::Box::new(stray(&other, 0)))));
}

/// The child's zeros are the child's alone.
#[test]
fn code_in_a_scope_may_fork() {
    let (map, damage) = (cut(3), Damage::none());
    let scope = unsafe { enter(pages(&map, 0, 3), &damage) }.unwrap();
    in_child(|| {
        assert!(!is_intact(&map, 2));
        assert_eq!(Some(2 * page()), damage.within(map.at(0), map.len));
        let inner = unsafe { enter(pages(&map, 0, 3), &damage) }.unwrap();
        assert!(!is_intact(&map, 1));
        assert_eq!(Some(page()), inner.leave());
    });
    assert_eq!(None, damage.extent());
    map.refill();
    assert!((0..3).all(|number| is_intact(&map, number)));
    assert_eq!(None, scope.leave());
    // And it may end in the child.
    let scope = unsafe { enter(pages(&map, 0, 3), &damage) }.unwrap();
    map.resize(page());
    let end = child(move || {
        assert!(!is_intact(&map, 1));
        assert_eq!(Some(page()), scope.leave());
        stray(&cut(2), 0);
    });
    assert_eq!(KILLED, end);
}

/// The scope of another thread does not turn an error of a guarded access into zeros.
#[test]
fn guarded_accesses_to_the_same_pages_stay_errors() {
    let (map, other) = (cut(4), Map::new(4));
    let damage = Damage::none();
    let scope = unsafe { enter(pages(&map, 0, 4), &damage) }.unwrap();
    let mut own = std::vec![1; 4 * page()];
    assert_eq!(gone(page()), unsafe { copy_from(map.at(0), own.as_mut_ptr(), own.len()) });
    assert_eq!(None, damage.extent());
    // But where they are the caller's own side, they are read like any slice.
    if ASSEMBLY {
        assert_eq!(Ok(()), unsafe { copy_to(map.at(0), other.at(0), 2 * page()) });
        assert_eq!(std::vec![0; page()], other.contents(page(), page()));
    } else {
        assert!(!is_intact(&map, 1));
    }
    assert_eq!(Some(page()), damage.within(map.at(0), map.len));
    assert_eq!(Some(page()), scope.leave());
    // From now on there are zeros for all; whoever looks at the damage afterwards is told.
    assert_eq!(Ok(()), unsafe { copy_from(map.at(0), own.as_mut_ptr(), own.len()) });
    assert_eq!(Some(page() - 9), damage.within(map.at(9), 2 * page()));
    assert_eq!(None, damage.within(map.at(9), page() - 9));
    assert_eq!(Some(0), damage.within(map.at(2 * page()), 1));
}

#[test]
fn huge_pages_become_zeros_whole() {
    const HUGE: usize = 2 << 20;
    let Some(_pool) = huge_pages(3) else { return };
    ensure().unwrap();
    let map = Map::of_pages(3, HUGE, libc::MFD_HUGETLB | libc::MFD_HUGE_2MB);
    unsafe { map.at(0).write_bytes(5, 2 * HUGE) };
    map.resize(HUGE);
    let mut own = std::vec![0_u8; 300];
    let at = map.at(HUGE - 100);
    assert_eq!(gone(100), unsafe { copy_from(at, own.as_mut_ptr(), own.len()) });
    assert_eq!(gone(100), unsafe { copy_to(own.as_ptr(), at, own.len()) });
    let damage = Damage::none();
    let range =
        Pages { start: map.at(0), len: 3 * HUGE, granule: HUGE, writable: true, owner: None };
    let scope = unsafe { enter(range, &damage) }.unwrap();
    let byte = |offset: usize| unsafe { map.at(offset).read_volatile() };
    assert_eq!((5, 0, 0), (byte(0), byte(HUGE + 12345), byte(2 * HUGE)));
    assert_eq!(Some(HUGE), scope.leave());
}

#[test]
fn a_range_is_compared_with_the_damage() {
    let (map, damage) = (cut(8), Damage::none());
    let scope = unsafe { enter(pages(&map, 2, 4), &damage) }.unwrap();
    assert!(!is_intact(&map, 3));
    let within = |first: usize, count: usize| {
        damage.within(map.at(first * page()), count * page()).map(|bytes| bytes / page())
    };
    assert_eq!(
        [None, None, Some(3), Some(0), Some(0)],
        [within(0, 2), within(0, 3), within(0, 4), within(3, 1), within(5, 3),]
    );
    assert_eq!([None, None, None], [within(6, 2), within(3, 0), within(7, 1)]);
    assert_eq!(Some(page()), scope.leave());
    assert_eq!(End::Exited(0), child(|| ()));
}
