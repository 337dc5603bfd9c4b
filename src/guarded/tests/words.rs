//! Single accesses: each does what an atomic of the standard library does, or the page is gone.

use core::fmt::Debug;
use std::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    thread, vec,
};

use super::util::{ASSEMBLY, Map, gone, operations, page};
use crate::guarded::{
    Broken, Why, Word, compare_exchange, fetch_add, fetch_update, install::ensure, load, load_seq,
    store, store_seq, swap,
};

/// The numbers of a width on which operations are tried.
fn pairs<T: Word>() -> impl Iterator<Item = (T, T)> {
    let numbers = [0, 1, 0x8182_8384_8586_8788, 0x0123_4567_89ab_cdef, u64::MAX];
    let numbers = numbers.map(T::narrow);
    numbers.into_iter().flat_map(move |one| numbers.map(|two| (one, two)))
}

/// Each operation, at an address, of which the file shows the effect.
fn each_operation<T: Word + Debug>(map: &Map, at: usize) {
    let place = map.at(at).cast::<T>();
    let held = || {
        let mut bytes = [0; 8];
        let contents = map.contents(at, size_of::<T>());
        let first = if cfg!(target_endian = "big") { 8 - contents.len() } else { 0 };
        bytes[first..first + contents.len()].copy_from_slice(&contents);
        T::narrow(u64::from_ne_bytes(bytes))
    };
    for (one, two) in pairs::<T>() {
        let set = || unsafe { place.write_unaligned(one) };
        set();
        assert_eq!(Ok(one), unsafe { load(place) });
        assert_eq!(Ok(()), unsafe { store(place, two) });
        assert_eq!(two, held());
        if !ASSEMBLY || at % size_of::<T>() != 0 {
            continue;
        }
        set();
        assert_eq!(Ok(one), unsafe { load_seq(place) });
        assert_eq!(Ok(()), unsafe { store_seq(place, two) });
        assert_eq!(two, held());
        set();
        assert_eq!(Ok(one), unsafe { swap(place, two) });
        assert_eq!(two, held());
        set();
        assert_eq!(Ok(one), unsafe { fetch_add(place, two) });
        assert_eq!(T::narrow(one.widen().wrapping_add(two.widen())), held());
        set();
        assert_eq!(Ok(one), unsafe { fetch_update(place, |now| T::narrow(now.widen() ^ 7)) });
        assert_eq!(T::narrow(one.widen() ^ 7), held());
        set();
        assert_eq!(Ok(Ok(one)), unsafe { compare_exchange(place, one, two) });
        assert_eq!(two, held());
        set();
        let other = T::narrow(one.widen() ^ 1);
        assert_eq!(Ok(Err(one)), unsafe { compare_exchange(place, other, two) });
        assert_eq!(one, held());
    }
}

fn width<T: Word + Debug>() {
    ensure().unwrap();
    let map = Map::new(1);
    for at in [16, 17, 19, 64, 127, page() - 2 * size_of::<T>()] {
        let around = [at - 1, at + size_of::<T>()].map(|place| map.contents(place, 1));
        each_operation::<T>(&map, at);
        let now = [at - 1, at + size_of::<T>()].map(|place| map.contents(place, 1));
        assert_eq!(around, now, "beside {at}");
    }
}

#[test]
fn bytes() {
    width::<u8>();
}

#[test]
fn words_of_16_bits() {
    width::<u16>();
}

#[test]
fn words_of_32_bits() {
    width::<u32>();
}

#[test]
fn words_of_64_bits() {
    width::<u64>();
}

#[test]
fn addresses() {
    width::<usize>();
}

fn none_is_there<T: Word + Debug>() {
    ensure().unwrap();
    let map = Map::new(2);
    let (zero, one) = (T::narrow(0), T::narrow(1));
    map.resize(page());
    for at in (page() + 1 - size_of::<T>()..=page()).chain([2 * page() - size_of::<T>()]) {
        let place = map.at(at).cast::<T>();
        assert_eq!(gone(0).err(), unsafe { load(place) }.err());
        assert_eq!(gone(0).err(), unsafe { store(place, one) }.err());
        if at % size_of::<T>() != 0 {
            continue;
        }
        let broken = if ASSEMBLY { gone(0).err() } else { Some(UNSUPPORTED) };
        assert_eq!(broken, unsafe { load_seq(place) }.err());
        assert_eq!(broken, unsafe { store_seq(place, one) }.err());
        assert_eq!(broken, unsafe { swap(place, one) }.err());
        assert_eq!(broken, unsafe { fetch_add(place, one) }.err());
        assert_eq!(broken, unsafe { fetch_update(place, |old| old) }.err());
        assert_eq!(broken, unsafe { compare_exchange(place, zero, one) }.err());
    }
}

const UNSUPPORTED: Broken = Broken { done: 0, why: Why::Unsupported };

#[test]
fn a_word_on_a_gone_page_is_an_error() {
    none_is_there::<u8>();
    none_is_there::<u16>();
    none_is_there::<u32>();
    none_is_there::<u64>();
}

/// Threads that change one word lose nothing.
fn contended<T: Word + Debug>() {
    let each = operations(20_000) as u64;
    ensure().unwrap();
    let map = Map::new(1);
    let place = |number: usize| map.at(64 * number).cast::<T>();
    for number in 1..=3 {
        unsafe { store_seq(place(number), T::narrow(0)) }.unwrap();
    }
    let seen = AtomicUsize::new(0);
    thread::scope(|scope| {
        for thread in 1..=4_u64 {
            let (map, seen) = (&map, &seen);
            scope.spawn(move || {
                let place = |number: usize| map.at(64 * number).cast::<T>();
                let (sum, xor, tokens) = (place(1), place(2), place(3));
                for round in 0..each {
                    unsafe { fetch_add(sum, T::narrow(thread)) }.unwrap();
                    let bits = |old: T| T::narrow(old.widen() ^ (round * thread));
                    unsafe { fetch_update(xor, bits) }.unwrap();
                    // A token is put in once, and taken out once.
                    let token = unsafe { swap(tokens, T::narrow(1)) }.unwrap();
                    seen.fetch_add(usize::try_from(token.widen()).unwrap(), SeqCst);
                    let taken = unsafe { compare_exchange(tokens, T::narrow(1), T::narrow(0)) };
                    seen.fetch_add(usize::from(taken.unwrap().is_ok()), SeqCst);
                }
            });
        }
    });
    let total = each * (1 + 2 + 3 + 4);
    assert_eq!(Ok(T::narrow(total)), unsafe { load_seq(place(1)) });
    let bits = (1..=4).fold(0, |bits, t| (0..each).fold(bits, |bits, round| bits ^ (round * t)));
    assert_eq!(Ok(T::narrow(bits)), unsafe { load_seq(place(2)) });
    let left = unsafe { load_seq(place(3)) }.unwrap().widen();
    let put = usize::try_from(4 * each - left).unwrap();
    assert_eq!(put, seen.load(SeqCst), "tokens taken");
}

#[test]
fn threads_lose_nothing() {
    if ASSEMBLY {
        contended::<u8>();
        contended::<u16>();
        contended::<u32>();
        contended::<u64>();
    }
}

/// Of two threads that each store to their own word and then load the other's, one sees the other.
#[test]
fn stores_and_loads_are_in_one_order() {
    let rounds = operations(5_000);
    if !ASSEMBLY {
        return;
    }
    ensure().unwrap();
    let map = Map::of_pages(rounds * 128 / page() + 1, page(), 0);
    let round = AtomicUsize::new(0);
    let thread = |mine: usize| {
        let mut saw = vec![false; rounds];
        for (number, saw) in saw.iter_mut().enumerate() {
            let at = |side: usize| map.at(number * 128 + side * 64).cast::<u32>();
            round.fetch_add(1, SeqCst);
            let mut spins = 0;
            while round.load(SeqCst) < 2 * number + 2 {
                spins += 1;
                if spins % 1000 == 0 {
                    thread::yield_now(); // the other one may need this processor
                }
            }
            unsafe { store_seq(at(mine), 1) }.unwrap();
            *saw = unsafe { load_seq(at(1 - mine)) }.unwrap() == 1;
        }
        saw
    };
    let (one, other) = thread::scope(|scope| {
        let other = scope.spawn(|| thread(1));
        (thread(0), other.join().unwrap())
    });
    assert!(one.iter().zip(&other).all(|(one, other)| *one || *other));
}

/// The code of each access has the place that its number says.
#[test]
#[cfg(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64",
    target_endian = "little",
    not(mman_guarded_fallback)
))]
fn no_access_outgrows_its_slot() {
    use crate::guarded::{access::Operation, native};

    let single = native::ranges().last().unwrap();
    assert_eq!(4 * Operation::COUNT * native::SLOT, single.end - single.start);
}
