//! `posix_madvise`: advices that leave contents alone.

use std::{
    os::fd::AsRawFd as _,
    time::{Duration, Instant},
};

use PosixMadvAdvice::*;
use mman::{
    errno::Errno,
    sys::mman::{PosixMadvAdvice, munmap, posix_madvise},
};

use crate::util::{child::in_child, map::Area, page, seccomp::passes_on, smaps, temp};

#[test]
fn expected_order_is_noted_and_normal_forgets_it() {
    let area = Area::anon(3);
    for (advice, flag) in [(POSIX_MADV_RANDOM, "rr"), (POSIX_MADV_SEQUENTIAL, "sr")] {
        assert_eq!(Ok(()), posix_madvise(area.ptr(), area.len(), advice));
        assert!(smaps::at(area.ptr()).has(flag), "{advice:?} does not set {flag}");
        assert_eq!(Ok(()), posix_madvise(area.ptr(), area.len(), POSIX_MADV_NORMAL));
        assert!(!smaps::at(area.ptr()).has(flag), "POSIX_MADV_NORMAL does not clear {flag}");
    }
    // Pages next to the range are not advised.
    assert_eq!(Ok(()), posix_madvise(area.page(1), 1, POSIX_MADV_RANDOM));
    let advised = [0, 1, 2].map(|number| smaps::at(area.page(number)).has("rr"));
    assert_eq!([false, true, false], advised);
}

#[test]
fn willneed_brings_a_file_in() {
    if !have!("disk") {
        return;
    }
    let file = temp::pages_on_disk(4);
    file.as_file().sync_all().unwrap();
    assert_eq!(0, unsafe {
        libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED)
    });
    let area = Area::file(4, libc::MAP_SHARED, file.as_raw_fd());
    let cached = || {
        let mut bytes = [0; 4];
        assert_eq!(0, unsafe { libc::mincore(area.ptr(), area.len(), bytes.as_mut_ptr()) });
        bytes.map(|byte| byte & 1 == 1)
    };
    assert_eq!([false; 4], cached());
    assert_eq!(Ok(()), posix_madvise(area.ptr(), area.len(), POSIX_MADV_WILLNEED));
    let start = Instant::now();
    while cached() != [true; 4] {
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}", cached());
        std::thread::yield_now();
    }
}

/// It has the number of an advice that does.
#[test]
fn dontneed_loses_nothing() {
    let area = Area::anon(2);
    area.fill(0..2, 7);
    assert_eq!(libc::MADV_DONTNEED, POSIX_MADV_DONTNEED as i32);
    assert_eq!(Ok(()), posix_madvise(area.ptr(), area.len(), POSIX_MADV_DONTNEED));
    assert!(area.holds(0..2, 7));
}

#[test]
fn no_advice_loses_anything() {
    for (name, advice) in PosixMadvAdvice::NAMES {
        let area = Area::anon(2);
        area.fill(0..2, 9);
        assert_eq!(Ok(()), posix_madvise(area.ptr(), area.len(), *advice), "{name}");
        assert!(area.holds(0..2, 9), "{name}");
        assert_eq!(Ok(*advice), PosixMadvAdvice::try_from(*advice as i32));
        assert_eq!(Ok(*advice), name.parse());
    }
    assert_eq!(5, PosixMadvAdvice::NAMES.len());
    assert_eq!(Err(Errno::EINVAL), PosixMadvAdvice::try_from(99));
}

#[test]
fn arguments() {
    let area = Area::anon(1);
    let odd = area.at(1).cast();
    assert_eq!(Err(Errno::EINVAL), posix_madvise(odd, page(), POSIX_MADV_RANDOM));
    let endless = usize::MAX - page() + 2;
    // To a 64-bit kernel, what overflows for a 32-bit program is most of its memory.
    let overflow = if usize::BITS == 64 { Errno::EINVAL } else { Errno::ENOMEM };
    assert_eq!(Err(overflow), posix_madvise(area.ptr(), endless, POSIX_MADV_RANDOM));
    assert_eq!(Ok(()), posix_madvise(area.ptr(), 0, POSIX_MADV_RANDOM));
    in_child(|| {
        let area = Area::anon(3);
        unsafe { munmap(area.page(1), page()) }.unwrap();
        let answer = posix_madvise(area.ptr(), area.len(), POSIX_MADV_RANDOM);
        assert_eq!(Err(Errno::ENOMEM), answer);
    });
}

/// The code is in the answer, and a stale one in `errno` is not taken for it.
#[test]
fn the_answer_is_the_code() {
    let area = Area::anon(1);
    unsafe { *libc::__errno_location() = libc::EXDEV };
    assert_eq!(Err(Errno::EINVAL), posix_madvise(area.at(1).cast(), 1, POSIX_MADV_NORMAL));
    unsafe { *libc::__errno_location() = libc::EXDEV };
    assert_eq!(Ok(()), posix_madvise(area.ptr(), page(), POSIX_MADV_NORMAL));
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let area = Area::anon(1);
    passes_on(libc::SYS_madvise, || posix_madvise(area.ptr(), page(), POSIX_MADV_RANDOM));
}
