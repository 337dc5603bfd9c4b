//! `Appender` and `Appended`: what is published stays as it is and where it is.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use mman::{Anon, Appended, Appender, MapOptions, Placement, Reservation};

use crate::util::{
    child::{End, child, in_child},
    page, smaps,
};

fn log(pages: usize, step: usize) -> Appender {
    let reservation = Reservation::new(pages * page()).unwrap();
    let place = Placement::Within(reservation, 0);
    Appender::new(MapOptions::new().placement(place).growth_step(step).anon(0).unwrap())
}

/// Only the appender writes, by `&mut self`, and behind what it has published by an atomic.
#[test]
fn they_go_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<Appender>();
    check::<Appended>();
}

#[test]
fn what_is_appended_is_there_for_readers() {
    let mut log = log(8, 0);
    let reader = log.reader();
    assert!(log.is_empty() && reader.is_empty());
    assert_eq!(0, log.append(b"").unwrap());
    assert_eq!(0, log.append(b"one").unwrap());
    let early: &[u8] = &reader;
    assert_eq!(3, log.append(&vec![2; 3 * page()]).unwrap());
    assert_eq!((b"one".as_slice(), 3 + 3 * page()), (early, reader.len()));
    assert_eq!((reader.as_ptr(), early.as_ptr()), (log.as_ptr(), reader.as_ptr()));
    assert_eq!(reader[..], reader.clone()[..]);
    assert_eq!(&reader[..], log.as_ref());
    assert!(reader[3..].iter().all(|byte| *byte == 2));
}

#[test]
fn spare_bytes_are_nobodys_until_they_are_published() {
    let mut log = log(8, 0);
    let reader = log.reader();
    let spare = log.spare(2 * page()).unwrap();
    assert!(spare.iter().all(|byte| *byte == 0));
    spare.fill(7);
    assert!(reader.is_empty());
    log.publish(10).unwrap();
    assert_eq!([7; 10], reader[..]);
    assert_eq!(7, log.spare(1).unwrap()[0]);
    let error = log.publish(2 * page() - 9).unwrap_err().to_string();
    let most = 2 * page() - 10;
    assert_eq!(
        format!("publish: {} bytes are more than the {most} there are to be published", most + 1),
        error
    );
    log.publish(most).unwrap();
    log.publish(0).unwrap();
    assert!(log.spare(0).unwrap().is_empty());
    assert_eq!((2 * page(), [7; 4].as_slice()), (reader.len(), &reader[reader.len() - 4..]));
}

#[test]
fn what_does_not_fit_is_an_error_and_changes_nothing() {
    let mut log = log(2, 0);
    let reader = log.reader();
    log.append(&vec![1; page()]).unwrap();
    let error = log.append(&vec![2; page() + 1]).unwrap_err().to_string();
    assert!(
        error.starts_with("resize: ")
            && error.ends_with(&format!("are not within 0..{}", 2 * page()))
    );
    let error = log.spare(usize::MAX).unwrap_err().to_string();
    assert_eq!("append: more bytes than a slice can have", error);
    assert_eq!(page(), reader.len());
    log.append(&vec![2; page()]).unwrap();
    assert!(log.append(b"x").is_err());
}

/// Memory that could move does not grow while there are readers.
#[test]
fn memory_outside_of_reservations_does_not_grow() {
    let rule = "append: memory that others read grows in a reservation only";
    for len in [0, 10, page()] {
        let mut memory = Anon::new(len).unwrap();
        memory.fill(1);
        let mut log = Appender::new(memory);
        assert_eq!(len, log.reader().len());
        assert_eq!(rule, log.append(b"x").unwrap_err().to_string());
    }
    let guarded = MapOptions::new().guard_pages(1, 1).anon(10).unwrap();
    assert!(Appender::new(guarded).append(b"x").is_err());
}

#[test]
fn the_memory_comes_back_when_nobody_reads() {
    let mut log = log(8, 4 * page());
    log.append(&vec![3; page() + 1]).unwrap();
    log.spare(2 * page()).unwrap().fill(9);
    let reader = log.reader();
    let log = log.into_anon().unwrap_err();
    drop(reader);
    let start = log.as_ptr();
    let mut memory = log.into_anon().unwrap();
    assert_eq!((start, page() + 1, 3), (memory.as_ptr(), memory.len(), memory[page()]));
    // What was not published is gone.
    memory.resize(4 * page()).unwrap();
    assert!(memory[page() + 1..].iter().all(|byte| *byte == 0));
    let mut again = Appender::new(memory);
    assert_eq!(4 * page(), again.append(b"more").unwrap());
    // Memory that keeps its length too.
    let guarded = MapOptions::new().guard_pages(1, 0).anon(10).unwrap();
    assert_eq!(10, Appender::new(guarded).into_anon().unwrap().len());
}

#[test]
fn readers_keep_the_memory() {
    in_child(|| {
        let mut log = log(8, 0);
        log.append(b"kept").unwrap();
        let (one, start) = (log.reader(), log.as_ptr());
        let other = one.clone();
        drop(log);
        drop(one);
        assert_eq!(b"kept", &other[..]);
        drop(other);
        assert!(smaps::find(start).is_none());
    });
}

/// By the kernel: what is ahead of a reader, in the next page, cannot be touched.
#[test]
fn beyond_what_is_there_is_nothing() {
    if !have!("kernel") {
        return;
    }
    let mut log = log(8, 0);
    log.append(b"x").unwrap();
    let next = log.as_ptr().wrapping_add(page());
    match child(|| unsafe { next.read_volatile() }) {
        End::Faulted(libc::SIGSEGV, _, at) => assert_eq!(next.addr(), at),
        other => panic!("{other:?}"),
    }
}

/// Readers that look all the time see whole records only, from the first to the last, at one
/// place, while the memory grows.
#[test]
fn readers_see_what_was_published_and_wait_for_nobody() {
    const RECORDS: u64 = if cfg!(miri) { 200 } else { 50_000 };
    for step in [0, 64 * page()] {
        let mut log = log(RECORDS as usize * 16 / page() + 64, step);
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..3 {
                let (reader, done) = (log.reader(), &done);
                scope.spawn(move || {
                    let mut seen = 0;
                    let mut start = None;
                    loop {
                        let last = done.load(Ordering::Acquire);
                        let bytes: &[u8] = &reader;
                        assert_eq!(0, bytes.len() % 16, "half a record");
                        for record in bytes[seen..].chunks(16) {
                            let number = (seen / 16) as u64;
                            assert_eq!(number.to_ne_bytes(), record[..8]);
                            assert_eq!((!number).to_ne_bytes(), record[8..]);
                            seen += 16;
                        }
                        if !bytes.is_empty() {
                            assert_eq!(*start.get_or_insert(bytes.as_ptr()), bytes.as_ptr());
                        }
                        if last {
                            break;
                        }
                    }
                    assert_eq!(RECORDS as usize * 16, seen);
                });
            }
            for number in 0..RECORDS {
                let record = [number.to_ne_bytes(), (!number).to_ne_bytes()].concat();
                log.append(&record).unwrap();
            }
            done.store(true, Ordering::Release);
        });
    }
}

#[test]
fn debug_shows_the_place_and_not_the_contents() {
    let mut log = log(8, 0);
    log.append(b"secret").unwrap();
    let (start, reader) = (log.as_ptr(), log.reader());
    assert_eq!(format!("Appender({start:p}, 6 bytes published)"), format!("{log:?}"));
    assert_eq!(format!("Appended({start:p}, 6 bytes)"), format!("{reader:?}"));
}
