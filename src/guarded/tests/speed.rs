//! How fast copies are, beside those of the standard library in the same run.

use std::{hint::black_box, println, time::Instant, vec};

use super::util::{Map, page};
use crate::guarded::{
    copy_from, copy_to, fill,
    install::ensure,
    load,
    scope::{Damage, Pages, enter},
    store_seq,
};

/// The best of several times, of `count` runs each, in nanoseconds a run; both by turns.
fn compare(count: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> (f64, f64) {
    let mut best = (f64::MAX, f64::MAX);
    let time = |f: &mut dyn FnMut()| {
        let start = Instant::now();
        f();
        start.elapsed().as_secs_f64() * 1e9 / count as f64
    };
    for _ in 0..30 {
        best.0 = best.0.min(time(&mut || (0..count).for_each(|_| ours())));
        best.1 = best.1.min(time(&mut || (0..count).for_each(|_| theirs())));
    }
    best
}

/// `cargo test --release --lib guarded::tests::speed -- --ignored --nocapture`
#[test]
#[ignore = "a measurement; it needs a release build and a quiet machine"]
fn copies() {
    ensure().unwrap();
    let map = Map::new(512);
    let mut own = vec![0_u8; map.len + 4096];
    let own = own.as_mut_ptr().wrapping_add(own.as_ptr().align_offset(4096));
    println!("{:>10} {:>10} {:>10} {:>6}  (ns, ns, times as fast)", "bytes", "guarded", "ptr", "");
    for place in [0, 1] {
        for len in [8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16384, 65536, 262_144, 1 << 20] {
            let count = (20_000_000 / (len + 100)).max(10);
            let (foreign, own) = (map.at(place), own.wrapping_add(place * 3));
            let from = compare(
                count,
                || unsafe {
                    copy_from(black_box(foreign.cast_const()), black_box(own), black_box(len))
                        .unwrap()
                },
                || unsafe {
                    black_box(own)
                        .copy_from_nonoverlapping(black_box(foreign.cast_const()), black_box(len))
                },
            );
            let to = compare(
                count,
                || unsafe {
                    copy_to(black_box(own.cast_const()), black_box(foreign), black_box(len))
                        .unwrap()
                },
                || unsafe {
                    black_box(foreign)
                        .copy_from_nonoverlapping(black_box(own.cast_const()), black_box(len))
                },
            );
            for (name, (ours, theirs)) in [("from", from), ("to", to)] {
                println!(
                    "{len:>10} {ours:>10.2} {theirs:>10.2} {:>6.2}  {name} {place}",
                    theirs / ours
                );
            }
        }
    }
    for len in [8, 64, 4096, 65536] {
        let count = (20_000_000 / (len + 100)).max(10);
        let (ours, theirs) = compare(
            count,
            || unsafe { fill(black_box(map.at(0)), black_box(7), black_box(len)).unwrap() },
            || unsafe { black_box(map.at(0)).write_bytes(black_box(7), black_box(len)) },
        );
        println!("{len:>10} {ours:>10.2} {theirs:>10.2} {:>6.2}  fill", theirs / ours);
    }
    let (ours, theirs) = compare(
        100_000,
        || assert!(black_box(unsafe { load(black_box(map.at(0).cast::<u64>())) }).is_ok()),
        || assert_ne!(0, unsafe { black_box(map.at(0).cast::<u64>()).read_volatile() }),
    );
    println!("{:>10} {ours:>10.2} {theirs:>10.2} {:>6.2}  load", 8, theirs / ours);
    let atomic = |at: *mut u8| unsafe { core::sync::atomic::AtomicU64::from_ptr(at.cast()) };
    let (ours, theirs) = compare(
        100_000,
        || unsafe { store_seq(black_box(map.at(0).cast::<u64>()), 5).unwrap() },
        || atomic(black_box(map.at(0))).store(5, core::sync::atomic::Ordering::SeqCst),
    );
    println!("{:>10} {ours:>10.2} {theirs:>10.2} {:>6.2}  store_seq", 8, theirs / ours);
}

/// What a page that is gone costs, and a scope.
#[test]
#[ignore = "a measurement; it needs a release build and a quiet machine"]
fn faults() {
    ensure().unwrap();
    let map = Map::new(2);
    map.resize(page());
    let mut own = vec![0_u8; 4096];
    let own = own.as_mut_ptr();
    let (word, gone) = (map.at(page()).cast::<u64>(), map.at(page() - 100));
    let (single, copy) = compare(
        1000,
        || assert!(unsafe { load(word) }.is_err()),
        || assert!(unsafe { copy_from(gone, own, 4096) }.is_err()),
    );
    println!("{single:>10.0} ns: a load of a page that is gone");
    println!("{copy:>10.0} ns: a copy that ends there");
    let damage = Damage::none();
    let range =
        Pages { start: map.at(0), len: map.len, granule: page(), writable: false, owner: None };
    let open = || assert!(unsafe { enter(range, &damage) }.unwrap().leave().is_none());
    let (check, scope) = compare(1000, || ensure().unwrap(), open);
    println!("{check:>10.0} ns: to ask whether the handler is there");
    println!("{scope:>10.0} ns: to open and close a scope");
}
