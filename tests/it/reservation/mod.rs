//! `Reservation`: what is whose, by what the kernel says and who dies of touching it.

mod batch;
mod failures;
mod forks;
mod growth;
mod places;
mod random;
mod raw;

use std::ops::Range;

use mman::{Anon, Reservation};

use crate::util::{
    child::{End, child},
    page, smaps,
};

/// A reservation of so many pages.
fn reserved(pages: usize) -> Reservation {
    Reservation::new(pages * page()).unwrap()
}

/// These pages as offsets.
fn pages(range: Range<usize>) -> Range<usize> {
    range.start * page()..range.end * page()
}

/// The first byte of this page.
fn at(reservation: &Reservation, number: usize) -> *mut u8 {
    reservation.as_ptr().wrapping_add(number * page())
}

/// Memory of these pages, all bytes being `value`.
fn filled(reservation: &Reservation, range: Range<usize>, value: u8) -> Anon {
    let mut memory = reservation.anon(pages(range)).unwrap();
    assert!(memory.iter().all(|byte| *byte == 0));
    memory.fill(value);
    memory
}

/// Asserts that whoever reads there dies.
#[track_caller]
fn kills(at: *const u8) {
    match child(|| unsafe { at.read_volatile() }) {
        End::Faulted(libc::SIGSEGV, _, address) => assert_eq!(at.addr(), address),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn all_is_free(reservation: &Reservation) {
    assert!(reservation.free_ranges().into_iter().eq(std::iter::once(0..reservation.len())));
}

/// `VmFlags` that a policy would leave.
fn policies(at: *const u8) -> Vec<String> {
    let all = smaps::at(at).flags();
    // Those of all private anonymous memory, and of what was touched.
    let usual = ["rd", "wr", "mr", "mw", "me", "ac", "sd", "nr", "gu"];
    all.into_iter().filter(|flag| !usual.contains(&&**flag)).collect()
}

/// The text of an error.
#[track_caller]
fn refusal<T>(result: Result<T, mman::MapError>) -> String {
    match result {
        Ok(_) => panic!("not refused"),
        Err(error) => error.to_string(),
    }
}
