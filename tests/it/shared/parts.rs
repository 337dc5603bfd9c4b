//! Shared memory in parts: what they are of, and how long they live.

use std::{
    fs::File,
    os::{fd::AsRawFd as _, unix::fs::MetadataExt as _},
    process,
    sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst},
};

use mman::{Fork, MapError, MapOptions, Placement, Reservation, Shared, ShmName};

use super::{bytes, open_files};
use crate::util::{
    child::{SEGV_MAPERR, faults, in_child},
    page, seccomp, smaps,
    unprivileged::limit,
};

/// Each kind of three pages and a bit; a name goes at once.
fn each_kind() -> [Shared; 3] {
    let len = 3 * page() + 17;
    let name = ShmName::new(format!("/mman-test-parts-{}", process::id())).unwrap();
    let (named, _guard) = Shared::create(&name, len).unwrap();
    [Shared::anonymous(len).unwrap(), Shared::memfd(c"parts", len).unwrap(), named]
}

/// One kind at a time is made, and a name is one test's.
fn marked(kind: usize) -> Shared {
    let len = 3 * page() + 17;
    let shared = match kind {
        0 => Shared::anonymous(len).unwrap(),
        _ => Shared::memfd(c"parts", len).unwrap(),
    };
    mark(&shared);
    shared
}

fn mark(shared: &Shared) {
    let all: Vec<u8> = (0..shared.len()).map(|at| (at % 251) as u8).collect();
    shared.write_at(0, &all).unwrap();
}

/// Whether a part holds what [`mark`] wrote to this place.
fn is_marked(part: &Shared, from: usize) -> bool {
    bytes(part).iter().zip(from..).all(|(byte, at)| *byte == (at % 251) as u8)
}

#[track_caller]
fn returned(result: Result<(), (Shared, MapError)>) -> (Shared, String) {
    let (shared, error) = result.unwrap_err();
    (shared, error.to_string())
}

#[test]
fn parts_are_of_one_object_and_join_in_order() {
    for mut first in each_kind() {
        mark(&first);
        let (start, is_object) = (first.as_ptr(), first.fd().is_some());
        let mut second = first.split_off(page()).unwrap();
        let third = second.split_off(2 * page()).unwrap();
        for (part, from, len) in
            [(&first, 0, page()), (&second, page(), 2 * page()), (&third, 3 * page(), 17)]
        {
            assert_eq!((from as u64, len), (part.offset(), part.len()));
            assert_eq!(start.wrapping_add(from), part.as_ptr());
            assert!(is_marked(part, from));
            assert_eq!(is_object, part.fd().is_some());
            if let Some(fd) = part.fd() {
                let all = File::from(fd.try_clone_to_owned().unwrap()).metadata().unwrap().len();
                assert_eq!(3 * page() as u64 + 17, all);
            }
            assert!(part.read_at(len, &mut [0]).is_err());
        }
        let (third, error) = returned(first.join(third));
        assert_eq!("join: the second does not begin where the first ends", error);
        let (_, error) = returned(first.join(marked(1)));
        assert_eq!("join: they are not parts of one mapping", error);
        second.join(third).unwrap();
        let (back, _) = returned(second.join(first));
        first = back;
        first.join(second).unwrap();
        assert_eq!((start, 3 * page() + 17), (first.as_ptr(), first.len()));
        assert!(is_marked(&first, 0));
        // Empty parts, at either side.
        let nothing = first.split_off(first.len()).unwrap();
        assert_eq!((0, first.len() as u64), (nothing.len(), nothing.offset()));
        first.join(nothing).unwrap();
        let mut nothing = Shared::anonymous(0).unwrap();
        nothing.join(first).unwrap();
        assert_eq!((is_object, true), (nothing.fd().is_some(), is_marked(&nothing, 0)));
        let all = nothing.split_off(0).unwrap();
        assert!(nothing.is_empty() && is_marked(&all, 0) && all.len() == 3 * page() + 17);
    }
}

#[test]
fn a_place_that_is_within_a_page_parts_nothing() {
    let mut shared = marked(1);
    let open = open_files();
    in_child(|| {
        let error = shared.split_off(1).unwrap_err().to_string();
        assert_eq!(
            format!("split_off: offset 1 is not a multiple of the page size {}", page()),
            error
        );
        let len = shared.len();
        let error = shared.split_off(len + 1).unwrap_err().to_string();
        assert_eq!(format!("split_off: offset {} is beyond the length {len}", len + 1), error);
        assert!(is_marked(&shared, 0));
        assert!(open_files() <= open);
    });
}

/// A part is shared as the whole was: with children, and with whoever maps the object.
#[test]
fn others_see_what_is_written_to_a_part() {
    for kind in [0, 1] {
        let mut first = marked(kind);
        let second = first.split_off(page()).unwrap();
        let whole = second.fd().map(|fd| {
            Shared::from_fd(fd.try_clone_to_owned().unwrap()).map_err(|(_, error)| error).unwrap()
        });
        in_child(|| {
            first.write_at(0, b"one").unwrap();
            second.write_at(0, b"two").unwrap();
        });
        let mut read = [0; 3];
        first.read_at(0, &mut read).unwrap();
        assert_eq!(b"one", &read);
        second.read_at(0, &mut read).unwrap();
        assert_eq!(b"two", &read);
        if let Some(whole) = whole {
            whole.read_at(page(), &mut read).unwrap();
            assert_eq!((b"two", 0), (&read, whole.offset()));
        }
    }
}

/// A location is of one width in each part, and of any when no reference is left.
#[test]
fn each_part_gives_its_own_atomics() {
    let mut first = marked(0);
    first.atomic::<AtomicU64>(page() - 8).unwrap();
    first.atomics::<AtomicU64>(page()..2 * page()).unwrap();
    let second = first.split_off(page()).unwrap();
    let error = first.atomic::<AtomicU32>(page()).unwrap_err().to_string();
    assert!(error.starts_with("atomic: "), "{error}");
    let (one, two) =
        (first.atomic::<AtomicU32>(page() - 4).unwrap(), second.atomic::<AtomicU32>(0).unwrap());
    one.store(1, SeqCst);
    two.store(2, SeqCst);
    let error = second.atomic::<AtomicU64>(0).unwrap_err().to_string();
    assert_eq!("atomic: offset 0 is used by atomics of 4 bytes", error);
    first.join(second).unwrap();
    let both = first.atomic::<AtomicU32>(page() - 4).unwrap().load(SeqCst);
    assert_eq!((1, 2), (both, first.atomic::<AtomicU32>(page()).unwrap().load(SeqCst)));
}

/// Either part may go first, and takes its own pages and its own descriptor with it.
#[test]
fn parts_live_apart() {
    in_child(|| {
        let open = open_files();
        for (kind, fds) in [(0, 0), (1, 1)] {
            for first_goes_first in [true, false] {
                let mut first = marked(kind);
                let second = first.split_off(page()).unwrap();
                assert_eq!(open + 2 * fds, open_files());
                let (goes, stays) =
                    if first_goes_first { (first, second) } else { (second, first) };
                let gone = goes.as_ptr();
                goes.unmap().unwrap();
                assert_eq!(open + fds, open_files());
                faults(libc::SIGSEGV, SEGV_MAPERR, gone, || unsafe { gone.read_volatile() });
                assert!(is_marked(&stays, stays.offset() as usize));
                assert_eq!(kind == 1, stays.into_fd().is_some());
            }
        }
        assert_eq!(open, open_files());
    });
}

#[test]
fn what_is_refused_changes_nothing() {
    in_child(|| {
        let mut first = marked(1);
        let mut second = first.split_off(page()).unwrap();
        second.atomic::<AtomicU32>(0).unwrap();
        let next = File::open("/dev/null").unwrap().as_raw_fd();
        limit(libc::RLIMIT_NOFILE, next as usize);
        let error = second.split_off(page()).unwrap_err().to_string();
        assert_eq!("split_off: Too many open files (EMFILE)", error);
        // Nor are the widths of its atomics forgotten.
        assert!(second.atomic::<AtomicU64>(0).is_err());
        seccomp::deny(&[libc::SYS_munmap], libc::ENOMEM);
        let (second, error) = returned(second.unmap());
        assert!(error.starts_with("unmap: ") && error.ends_with("(ENOMEM)"), "{error}");
        assert_eq!(page() as u64, second.offset());
        assert!(second.atomic::<AtomicU64>(0).is_err());
        first.join(second).unwrap();
        assert!(is_marked(&first, 0));
    });
}

#[test]
fn raw_parts_know_their_place() {
    let mut first = marked(1);
    let second = first.split_off(page()).unwrap();
    let inode = File::from(first.fd().unwrap().try_clone_to_owned().unwrap()).metadata().unwrap();
    let (parts, fd) = second.into_raw_parts();
    let part = parts.file.unwrap();
    assert_eq!((page() as u64, inode.ino(), false), (part.offset, part.inode, part.private));
    let second = unsafe { Shared::from_raw_parts(parts, fd) };
    assert_eq!((page() as u64, true), (second.offset(), is_marked(&second, page())));
    let (parts, fd) = Shared::anonymous(100).unwrap().into_raw_parts();
    assert!(parts.file.is_none() && fd.is_none());
    drop(unsafe { Shared::from_raw_parts(parts, fd) });
}

/// In a reservation anything may lie behind a part.
#[test]
fn neighbours_in_a_reservation_follow_each_other_or_stay_apart() {
    let home = Reservation::new(64 * page()).unwrap();
    let at = |number: usize| {
        let place = Placement::Within(home.clone(), number * page());
        MapOptions::new().placement(place).clone()
    };
    let (len, words) = (2 * page(), "join: the second does not show what follows in the object");
    let mut first = at(0).shared_memfd(c"first", len).unwrap();
    for other in [at(2).shared_memfd(c"other", len), at(4).shared(len)] {
        let other = other.unwrap();
        let (_, error) = returned(first.join(other));
        assert_eq!(words, error);
    }
    let same = first.fd().unwrap().try_clone_to_owned().unwrap();
    let (_, error) = returned(first.join(at(2).shared_fd(same).unwrap()));
    assert_eq!(words, error);
    let mut second = first.split_off(page()).unwrap();
    second.write_at(0, b"second").unwrap();
    // The part that follows, wherever it comes from.
    let (back, error) = returned(second.join(first));
    assert_eq!(words, error);
    first = back;
    first.join(second).unwrap();
    let mut read = [0; 6];
    first.read_at(page(), &mut read).unwrap();
    assert_eq!(b"second", &read);
    // Memory of no object is one thing to its children, however many calls have made it.
    let mut one = at(8).shared(len).unwrap();
    one.join(at(10).shared(len).unwrap()).unwrap();
    in_child(|| one.fill(.., 7).unwrap());
    assert_eq!(vec![7; 2 * len], bytes(&one));
    drop(one.split_off(len).unwrap());
    drop((first, one));
    assert_eq!(Some(0..64 * page()), home.free_ranges().first().cloned());
}

#[test]
fn guard_pages_stay_at_the_ends() {
    let mut options = MapOptions::new();
    let options = options.guard_pages(1, 2);
    let mut first = options.shared_memfd(c"guarded", 2 * page()).unwrap();
    let second = first.split_off(page()).unwrap();
    assert_eq!((2 * page(), 3 * page()), (first.mapped_len(), second.mapped_len()));
    let (below, above) = (first.as_ptr().wrapping_sub(1), second.as_ptr().wrapping_add(page()));
    in_child(|| {
        let read = |at: *mut u8| crate::util::child::child(|| unsafe { at.read_volatile() });
        assert!(matches!(read(below), crate::util::child::End::Faulted(libc::SIGSEGV, ..)));
        assert!(matches!(read(above), crate::util::child::End::Faulted(libc::SIGSEGV, ..)));
    });
    first.join(second).unwrap();
    assert_eq!(5 * page(), first.mapped_len());
}

#[test]
fn a_child_that_does_not_get_it_gets_no_part() {
    let mut options = MapOptions::new();
    let mut first = options.fork(Fork::Exclude).shared_memfd(c"mine", 2 * page()).unwrap();
    let second = first.split_off(page()).unwrap();
    for part in [&first, &second] {
        assert!(smaps::at(part.as_ptr()).has("dc"));
        faults(libc::SIGSEGV, SEGV_MAPERR, part.as_ptr(), || part.fill(.., 1));
    }
    first.join(second).unwrap();
    // Dropping it there unmaps nothing.
    in_child(|| drop(first));
}
