//! Every length at every alignment: all bytes, or exactly those before the page that is gone.

use std::{vec, vec::Vec};

use super::util::{ASSEMBLY, End, Map, child, deny, gone, in_child, page, values};
use crate::guarded::{
    Broken, Why, copy_from, copy_to, copy_within, fallback, fill,
    install::ensure,
    ranges::{FROM, TO},
};

/// A copy between two places, of which this or that is foreign.
type Copy = unsafe fn(*const u8, *mut u8, usize) -> Result<(), Broken>;
type Fill = unsafe fn(*mut u8, u8, usize) -> Result<(), Broken>;

/// Lengths that take each way through the code.
fn lengths() -> impl Iterator<Item = usize> {
    (0..=300).chain([511, 512, 1000, 2000])
}

/// Runs a test with each implementation that this processor has.
fn with_each(test: fn([Copy; 3], Fill)) {
    ensure().unwrap();
    test([copy_from, copy_to, copy_within], fill);
    let slow: [Copy; 3] = [
        |from, to, len| unsafe { fallback::copy(from, to, len, FROM) },
        |from, to, len| unsafe { fallback::copy(from, to, len, TO) },
        |from, to, len| unsafe { fallback::copy(from, to, len, FROM | TO) },
    ];
    test(slow, fallback::fill);
    in_child(|| {
        // As in a container: then it is the work of pipes.
        deny(libc::SYS_process_vm_readv, libc::EPERM);
        deny(libc::SYS_process_vm_writev, libc::ENOSYS);
        test(slow, fallback::fill);
    });
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(mman_guarded_fallback)))]
    in_child(|| {
        crate::guarded::native::use_from_now_on(&crate::guarded::x86_64::functions_without_avx());
        test([copy_from, copy_to, copy_within], fill);
    });
}

#[test]
fn every_length_is_copied_from_and_to_every_place() {
    with_each(|[copy_from, copy_to, copy_within], fill| {
        let map = Map::new(2);
        let other = Map::new(2);
        for len in lengths() {
            for at in (0..34).step_by(if len > 70 { 3 } else { 1 }) {
                let expected = values(at, len);
                let mut bytes = vec![0; len + 2];
                let own = bytes.as_mut_ptr().wrapping_add(1);
                assert_eq!(Ok(()), unsafe { copy_from(map.at(at), own, len) });
                assert_eq!(bytes[1..=len], expected, "{len} bytes from {at}");
                assert_eq!((0, 0), (bytes[0], bytes[len + 1]), "{len} bytes from {at}");

                let to = 40 + at * 3;
                let around = (other.contents(to - 1, 1), other.contents(to + len, 1));
                assert_eq!(Ok(()), unsafe { copy_to(own, other.at(to), len) });
                assert_eq!(other.contents(to, len), expected, "{len} bytes to {to}");
                assert_eq!(around, (other.contents(to - 1, 1), other.contents(to + len, 1)));

                assert_eq!(Ok(()), unsafe { fill(other.at(to), 0xa5, len) });
                assert_eq!(other.contents(to, len), vec![0xa5; len], "{len} bytes at {to}");
                assert_eq!(around, (other.contents(to - 1, 1), other.contents(to + len, 1)));

                assert_eq!(Ok(()), unsafe { copy_within(map.at(at), other.at(to), len) });
                assert_eq!(other.contents(to, len), expected, "{len} bytes from {at} to {to}");
                assert_eq!(around, (other.contents(to - 1, 1), other.contents(to + len, 1)));
            }
        }
    });
}

/// The second page is gone; ranges of every length start at every distance before it.
#[test]
fn exactly_what_is_before_the_gone_page_is_copied() {
    with_each(|[copy_from, copy_to, copy_within], fill| {
        let (map, other) = (Map::new(2), Map::new(2));
        map.resize(page());
        for len in lengths().filter(|len| *len > 0) {
            let distances = (0..len).step_by(if len > 40 { len / 6 } else { 1 });
            for before in distances.chain([len - 1]) {
                let at = page() - before;
                let expected = values(at, before);
                let mut bytes = vec![0; len];
                let own = bytes.as_mut_ptr();
                assert_eq!(gone(before), unsafe { copy_from(map.at(at), own, len) }, "{len}");
                assert_eq!(bytes[..before], expected, "{len} bytes, {before} of them there");

                bytes.fill(0x5a);
                let own = bytes.as_ptr();
                assert_eq!(gone(before), unsafe { copy_to(own, map.at(at), len) }, "{len}");
                assert_eq!(map.contents(at, len), vec![0x5a; before]);

                assert_eq!(gone(before), unsafe { fill(map.at(at), 0xa5, len) }, "{len}");
                assert_eq!(map.contents(at, len), vec![0xa5; before]);

                // From another map, to it, and from it.
                assert_eq!(gone(before), unsafe { copy_within(other.at(at), map.at(at), len) });
                assert_eq!(map.contents(at, len), expected);
                assert_eq!(gone(before), unsafe { copy_within(map.at(at), other.at(3), len) });
                assert_eq!(other.contents(3, before), expected);
                other.put(3, before);
            }
        }
    });
}

/// Long copies store their end in smaller and smaller pieces where it lies in two pages.
#[test]
fn a_long_copy_may_end_in_two_pages() {
    with_each(|[copy_from, copy_to, copy_within], _| {
        let (map, other) = (Map::new(3), Map::new(3));
        let mut bytes = vec![0; 3 * page()];
        let first = bytes.as_ptr().align_offset(page());
        for len in [2049, 2100, 2304, page()] {
            // So many bytes lie in the second page.
            for beyond in (0..=130).chain([200, 257]) {
                let to = page() + beyond - len;
                let (from, expected) = (beyond % 37, values(beyond % 37, len));
                bytes.fill(0);
                let own = bytes.as_mut_ptr().wrapping_add(first + to);
                assert_eq!(Ok(()), unsafe { copy_from(map.at(from), own, len) });
                let (start, end) = (first + to, first + to + len);
                assert_eq!(bytes[start..end], expected, "{len} bytes, {beyond} beyond");
                let untouched = bytes[..start].iter().all(|byte| *byte == 0) && bytes[end] == 0;
                assert!(untouched, "{len} bytes, {beyond} beyond");

                let behind = other.contents(to + len, 1);
                let own = bytes.as_ptr().wrapping_add(start);
                assert_eq!(Ok(()), unsafe { copy_to(own, other.at(to), len) });
                assert_eq!(other.contents(to, len), expected, "{len} bytes, {beyond} beyond");
                assert_eq!(Ok(()), unsafe { copy_within(map.at(3), other.at(to), len) });
                assert_eq!(other.contents(to, len), values(3, len), "{len}, {beyond} beyond");
                assert_eq!(behind, other.contents(to + len, 1), "{len}, {beyond} beyond");
            }
        }
    });
}

#[test]
fn a_fault_in_any_piece_of_the_end_is_exact() {
    with_each(|[copy_from, copy_to, _], _| {
        let len = 2500;
        let map = Map::new(3);
        map.resize(2 * page());
        let mut bytes = vec![0; 3 * page()];
        let first = bytes.as_ptr().align_offset(page());
        for beyond in [0, 1, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 80, 97, 113, 127, 200] {
            let start = first + page() + beyond - len;
            let own = bytes.as_mut_ptr().wrapping_add(start);
            for before in len - 260..len {
                let at = 2 * page() - before;
                bytes.fill(0);
                let got = unsafe { copy_from(map.at(at), own, len) };
                assert_eq!(gone(before), got, "{beyond} beyond");
                assert_eq!(bytes[start..start + before], values(at, before), "{beyond} beyond");
            }
            bytes.fill(0x5a);
            let at = 2 * page() + beyond - len;
            let end = if beyond == 0 { Ok(()) } else { gone(len - beyond) };
            assert_eq!(end, unsafe { copy_to(own, map.at(at), len) });
            assert_eq!(map.contents(at, len), vec![0x5a; len - beyond]);
            map.put(at, len - beyond);
        }
    });
}

#[test]
fn large_copies_are_exact_too() {
    with_each(|[copy_from, copy_to, _], fill| {
        let map = Map::new(40);
        let mut bytes = vec![0; map.len];
        for (at, len) in [(0, map.len), (1, map.len - 1), (13, map.len - 29), (4095, 3 * page())] {
            let expected = values(at, len);
            bytes.fill(0);
            assert_eq!(Ok(()), unsafe { copy_from(map.at(at), bytes.as_mut_ptr(), len) });
            assert_eq!(bytes[..len], expected);
            for pages in [0, 1, 17, 39] {
                map.resize(pages * page());
                let there = (pages * page()).saturating_sub(at).min(len);
                let expected_end = if there == len { Ok(()) } else { gone(there) };
                bytes.fill(0);
                let got = unsafe { copy_from(map.at(at), bytes.as_mut_ptr(), len) };
                assert_eq!(expected_end, got, "{pages} pages, from {at}");
                assert_eq!(bytes[..there], expected[..there]);
                bytes.fill(9);
                let got = unsafe { copy_to(bytes.as_ptr(), map.at(at), len) };
                assert_eq!(expected_end, got, "{pages} pages, to {at}");
                assert_eq!(map.contents(at, len), vec![9; there]);
                assert_eq!(expected_end, unsafe { fill(map.at(at), 7, len) }, "{pages}, at {at}");
                assert_eq!(map.contents(at, len), vec![7; there]);
                map.refill();
            }
        }
    });
}

/// What [`copy_within`] is to do, on a vector.
fn moved(map: &Map, from: usize, to: usize, len: usize) -> Vec<u8> {
    let mut bytes = map.contents(0, map.len);
    bytes.copy_within(from..from + len, to);
    bytes
}

#[test]
fn ranges_that_overlap_are_moved() {
    ensure().unwrap();
    let map = Map::new(5);
    for distance in [0, 1, 7, 16, 31, 64, 129, 4095, 4096, 5000] {
        for len in [0, 1, 15, 16, 33, 100, 300, 4096, 4097, 9000] {
            for (from, to) in [(11, 11 + distance), (11 + distance, 11)] {
                let expected = moved(&map, from, to, len);
                assert_eq!(Ok(()), unsafe { copy_within(map.at(from), map.at(to), len) });
                let got = map.contents(0, map.len);
                assert_eq!(expected, got, "{len} bytes from {from} to {to}");
            }
        }
    }
}

#[test]
fn a_move_down_is_exact_and_a_move_up_tells_nothing() {
    ensure().unwrap();
    let map = Map::new(7);
    let end = 4 * page();
    for (distance, len) in [(1, 100), (8, 4096), (100, 9000), (4096, 9000)] {
        for beyond in [1, 50, len - 1] {
            let from = end + beyond - len;
            // Down: the source reaches beyond the end by so much.
            let there = len - beyond;
            let expected = moved(&map, from, from - distance, there);
            map.resize(end);
            let got = unsafe { copy_within(map.at(from), map.at(from - distance), len) };
            assert_eq!(gone(there), got, "{len} bytes, {distance} down");
            assert_eq!(expected[..end], map.contents(0, end));
            map.refill();
            // Up: the destination does.
            map.resize(end);
            let got = unsafe { copy_within(map.at(from - distance), map.at(from), len) };
            assert_eq!(gone(0), got, "{len} bytes, {distance} up");
            map.refill();
        }
    }
}

/// A page that is gone in the middle is met by a copy, and is back after it.
#[test]
fn a_page_may_come_back() {
    ensure().unwrap();
    let map = Map::new(2);
    let mut bytes = vec![0; 2 * page()];
    for _ in 0..100 {
        map.resize(page());
        let got = unsafe { copy_from(map.at(0), bytes.as_mut_ptr(), bytes.len()) };
        assert_eq!(gone(page()), got);
        map.refill();
        assert_eq!(Ok(()), unsafe { copy_from(map.at(0), bytes.as_mut_ptr(), bytes.len()) });
        assert_eq!(map.contents(0, bytes.len()), bytes);
    }
}

/// Where the kernel makes the accesses, it may lack what it takes.
#[test]
fn what_the_system_refuses_is_told() {
    in_child(|| {
        let map = Map::new(1);
        deny(libc::SYS_process_vm_readv, libc::EPERM);
        let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        assert_eq!(0, unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &none) });
        let mut bytes = [0; 10];
        let got = unsafe { fallback::copy(map.at(0), bytes.as_mut_ptr(), bytes.len(), FROM) };
        assert_eq!(Err(Broken { done: 0, why: Why::System(crate::Error::EMFILE) }), got);
    });
}

/// The other side of a copy is the caller's own: a fault there is the caller's, as with any copy. The
/// kernel does not tell the sides apart.
#[test]
fn a_fault_of_the_callers_own_memory_kills() {
    let (map, own) = (Map::new(1), Map::new(1));
    own.resize(0);
    let killed = if ASSEMBLY { End::Killed(libc::SIGBUS) } else { End::Exited(101) };
    ensure().unwrap();
    assert_eq!(killed, child(|| unsafe { copy_from(map.at(0), own.at(0), 1000) }.unwrap()));
    assert_eq!(killed, child(|| unsafe { copy_to(own.at(0), map.at(0), 10) }.unwrap()));
    assert_eq!(gone(0), unsafe { copy_within(map.at(0), own.at(0), 10) });
}
