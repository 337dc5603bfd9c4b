//! Parts of sealed objects, and pages of them that nobody reads for a while.

use std::{
    mem,
    os::{
        fd::{AsFd as _, AsRawFd as _},
        unix::fs::MetadataExt as _,
    },
};

use mman::{MapError, MapOptions, Placement, Protection, Reservation, Sealed};

use super::{File, Pool, open_files};
use crate::util::{
    child::{SEGV_ACCERR, SEGV_MAPERR, faults, in_child},
    page, seccomp, smaps,
    unprivileged::limit,
};

/// Three pages and a bit, each byte of which tells where it is.
fn bytes() -> Vec<u8> {
    (0..3 * page() + 17).map(|at| (at % 251) as u8).collect()
}

fn sealed() -> Sealed {
    Sealed::from_bytes(&bytes()).unwrap()
}

/// The inode and the length of the object behind it.
fn object(sealed: &Sealed) -> (u64, usize) {
    let file = File::from(sealed.as_fd().try_clone_to_owned().unwrap());
    let about = file.metadata().unwrap();
    (about.ino(), usize::try_from(about.len()).unwrap())
}

#[track_caller]
fn returned(result: Result<(), (Sealed, MapError)>) -> (Sealed, String) {
    let (sealed, error) = result.unwrap_err();
    (sealed, error.to_string())
}

#[test]
fn parts_show_their_bytes_of_one_object() {
    let mut first = sealed();
    let (start, all) = (first.as_ptr(), object(&first));
    let mut second = first.split_off(page()).unwrap();
    let third = second.split_off(2 * page()).unwrap();
    assert_eq!(
        [0, page(), 3 * page()],
        [&first, &second, &third].map(|part| part.offset() as usize)
    );
    assert_eq!([page(), 2 * page(), 17], [&first, &second, &third].map(|part| part.len()));
    for part in [&first, &second, &third] {
        let offset = part.offset() as usize;
        assert_eq!(start.wrapping_add(offset), part.as_ptr());
        assert_eq!(bytes()[offset..][..part.len()], part[..]);
        assert_eq!(all, object(part));
        // Another value of the same part, and one of all that its descriptor is of.
        let same = part.try_clone().unwrap();
        assert_eq!((part.offset(), &part[..]), (same.offset(), &same[..]));
        assert_eq!(part.offset(), smaps::at(same.as_ptr()).offset);
        let whole = Sealed::from_fd(same.into_fd()).unwrap();
        assert_eq!((0, &bytes()[..]), (whole.offset(), &whole[..]));
    }
    // What is taken apart knows its place still.
    let (parts, fd) = second.into_raw_parts();
    assert_eq!((page() as u64, all.0), parts.file.map(|part| (part.offset, part.inode)).unwrap());
    let second = unsafe { Sealed::from_raw_parts(parts, fd) };
    assert_eq!((page() as u64, 2 * page()), (second.offset(), second.try_clone().unwrap().len()));
}

#[test]
fn parts_are_joined_in_order_only() {
    let mut first = sealed();
    let start = first.as_ptr();
    let mut second = first.split_off(page()).unwrap();
    let third = second.split_off(page()).unwrap();
    let (third, error) = returned(first.join(third));
    assert_eq!("join: the second does not begin where the first ends", error);
    let (other, error) = returned(first.join(sealed()));
    assert_eq!("join: they are not parts of one mapping", error);
    assert_eq!(bytes(), other[..]);
    second.join(third).unwrap();
    let (first, error) = returned(second.join(first));
    assert_eq!("join: the second does not begin where the first ends", error);
    let mut all = first;
    all.join(second).unwrap();
    assert_eq!((start, &bytes()[..]), (all.as_ptr(), &all[..]));
    // Empty parts: one has nothing to add, the other becomes what it is joined with.
    let nothing = all.split_off(all.len()).unwrap();
    assert_eq!((0, bytes().len()), (nothing.len(), nothing.offset() as usize));
    all.join(nothing).unwrap();
    let mut nothing = Sealed::from_bytes(b"").unwrap();
    let wanted = object(&all);
    nothing.join(all).unwrap();
    assert_eq!((wanted, &bytes()[..]), (object(&nothing), &nothing[..]));
    let error = nothing.split_off(1).unwrap_err().to_string();
    assert_eq!(format!("split_off: offset 1 is not a multiple of the page size {}", page()), error);
    let len = bytes().len();
    let error = nothing.split_off(len + 1).unwrap_err().to_string();
    assert_eq!(format!("split_off: offset {} is beyond the length {len}", len + 1), error);
    assert_eq!(bytes(), nothing[..]);
}

/// Either part may go first, and takes its own pages and its own descriptor with it.
#[test]
fn parts_live_apart() {
    in_child(|| {
        let open = open_files();
        for first_goes_first in [true, false] {
            let mut first = sealed();
            let second = first.split_off(page()).unwrap();
            assert_eq!(open + 2, open_files());
            let starts = (first.as_ptr(), second.as_ptr());
            let (gone, goes, stays) = if first_goes_first {
                (starts.0, first, second)
            } else {
                (starts.1, second, first)
            };
            drop(goes);
            assert_eq!(open + 1, open_files());
            faults(libc::SIGSEGV, SEGV_MAPERR, gone, || unsafe { gone.read_volatile() });
            let offset = stays.offset() as usize;
            assert_eq!(bytes()[offset..][..stays.len()], stays[..]);
            assert_eq!(bytes().len(), object(&stays).1);
        }
        assert_eq!(open, open_files());
    });
}

#[test]
fn what_is_refused_changes_nothing() {
    in_child(|| {
        let mut first = sealed();
        let mut second = first.split_off(page()).unwrap();
        let next = File::open("/dev/null").unwrap().as_raw_fd();
        limit(libc::RLIMIT_NOFILE, next as usize);
        let error = second.split_off(page()).unwrap_err().to_string();
        assert_eq!("split_off: Too many open files (EMFILE)", error);
        assert_eq!(bytes()[page()..], second[..]);
        seccomp::deny(&[libc::SYS_munmap], libc::ENOMEM);
        let (second, error) = returned(second.unmap());
        assert!(error.starts_with("unmap: ") && error.ends_with("(ENOMEM)"), "{error}");
        assert_eq!((page() as u64, &bytes()[page()..]), (second.offset(), &second[..]));
        first.join(second).unwrap();
        assert_eq!(bytes(), first[..]);
    });
}

/// In a reservation anything may lie behind a part.
#[test]
fn neighbours_in_a_reservation_are_of_one_object_or_stay_apart() {
    let home = Reservation::new(64 * page()).unwrap();
    let fd = || Sealed::from_bytes(&vec![5; 2 * page()]).unwrap().into_fd();
    let at = |number: usize| {
        let place = Placement::Within(home.clone(), number * page());
        MapOptions::new().placement(place).clone()
    };
    let mut first = at(0).sealed(fd()).unwrap();
    let other = at(2).sealed(fd()).unwrap();
    let (other, error) = returned(first.join(other));
    assert_eq!("join: the second does not show what follows in the object", error);
    // The same object, but not what follows in it.
    drop(other);
    let same = at(2).sealed(first.as_fd().try_clone_to_owned().unwrap()).unwrap();
    let (same, error) = returned(first.join(same));
    assert_eq!("join: the second does not show what follows in the object", error);
    drop(same);
    // Its own part is what follows, and its place is free when it is gone.
    let second = first.split_off(page()).unwrap();
    first.join(second).unwrap();
    assert_eq!(vec![5; 2 * page()], first[..]);
    drop(first.split_off(page()).unwrap());
    let free = || home.free_ranges().first().cloned();
    assert_eq!(Some(page()..64 * page()), free());
    drop(first);
    assert_eq!(Some(0..64 * page()), free());
}

#[test]
fn huge_pages_are_parted_whole() {
    let Some(pool) = Pool::of_2m(2) else { return };
    in_child(|| {
        let mut options = MapOptions::new();
        let options = options.huge_pages(mman::HugePages::Explicit(pool.size));
        let shared = options.shared_memfd(c"huge", 2 * pool.size).unwrap();
        shared.fill(.., 3).unwrap();
        let fd = shared.into_fd().unwrap();
        mman::fcntl::fcntl_add_seals(&fd, super::ALL).unwrap();
        let mut sealed = Sealed::from_fd(fd).unwrap();
        assert!(sealed.split_off(page()).is_err());
        let rest = sealed.split_off(pool.size).unwrap();
        let same = rest.try_clone().unwrap();
        assert_eq!((pool.size, pool.size as u64), (same.len(), same.offset()));
        drop((sealed, rest));
        assert!(same.iter().all(|byte| *byte == 3));
    });
}

#[test]
fn nobody_reads_what_is_protected() {
    let mut sealed = sealed();
    let start = sealed.as_ptr();
    let perms =
        |number: usize| smaps::at(start.wrapping_add(number * page())).perms[..3].to_owned();
    let mut guard = sealed.protect(page()..2 * page(), Protection::None).unwrap();
    assert_eq!(["r--", "---", "r--"], [0, 1, 2].map(perms));
    assert_eq!((page()..2 * page(), Protection::None), (guard.range(), guard.protection()));
    assert!(guard.as_slice().is_none() && guard.as_mut_slice().is_none());
    let at = guard.as_ptr();
    faults(libc::SIGSEGV, SEGV_ACCERR, at, || unsafe { at.read_volatile() });
    drop(guard);
    assert_eq!(["r--"; 3], [0, 1, 2].map(perms));
    assert_eq!(bytes(), sealed[..]);
    let mut guard = sealed.protect(.., Protection::Read).unwrap();
    assert_eq!(Some(&bytes()[..]), guard.as_slice());
    assert!(guard.as_mut_slice().is_none());
    guard.restore().unwrap();
    for more in [Protection::ReadWrite, Protection::ReadExecute] {
        let error = sealed.protect(.., more).unwrap_err().to_string();
        assert_eq!(format!("protect: {more:?} is more than this memory is for, Read"), error);
    }
    assert!(sealed.protect(1.., Protection::None).is_err());
    assert_eq!(bytes(), sealed[..]);
}

/// A guard that cannot restore, or is forgotten, keeps the bytes: the rest of the value is of use.
#[test]
fn a_protection_that_stays_takes_the_bytes() {
    in_child(|| {
        let (mut first, mut second, mut third) = (sealed(), sealed(), sealed());
        mem::forget(first.protect(.., Protection::None).unwrap());
        let start = second.as_ptr();
        let guard = second.protect(.., Protection::None).unwrap();
        let open = third.protect(.., Protection::Read).unwrap();
        seccomp::deny(&[libc::SYS_mprotect], libc::ENOMEM);
        let (guard, error) = guard.restore().unwrap_err();
        assert_eq!("restore: Out of memory (ENOMEM)", error.to_string());
        drop((guard, open));
        assert!(first.is_empty() && second.is_empty());
        assert_eq!("---", &smaps::at(start).perms[..3]);
        assert_eq!(bytes(), third[..]);
        let error = third.protect(.., Protection::None).unwrap_err().to_string();
        assert_eq!("protect: Out of memory (ENOMEM)", error);
        assert_eq!(bytes(), third[..]);
        // The object is there: only this mapping of it is lost.
        assert_eq!(bytes(), Sealed::from_fd(second.into_fd()).unwrap()[..]);
    });
}

/// Holes are memory once they are brought in.
#[test]
fn what_is_prefaulted_is_there() {
    in_child(|| {
        let file = File::from(super::memfd(&[], mman::fcntl::SealFlags::empty()));
        file.set_len(4 * page() as u64).unwrap();
        mman::fcntl::fcntl_add_seals(&file, super::ALL).unwrap();
        let sealed = Sealed::from_fd(file.into()).unwrap();
        let there = || sealed.residency(..).unwrap().iter().collect::<Vec<_>>();
        assert_eq!([false; 4], there()[..]);
        sealed.prefault(page()..page() + 1).unwrap();
        assert_eq!([false, true, false, false], there()[..]);
        let error = sealed.prefault(4 * page() + 1..).unwrap_err().to_string();
        assert!(error.starts_with("prefault: offset "), "{error}");
    });
}
