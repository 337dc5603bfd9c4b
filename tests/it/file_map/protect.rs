//! Pages of file maps that nobody writes, or reads, for a while.

use std::{fs::File, mem, os::unix::fs::FileExt as _};

use mman::{
    FileMap, FileMapCow, FileMapExec, FileMapMut, Fork, MapOptions, MappedFile, Protection,
    access::{Access, CopyOnWrite, ReadWrite, Writable},
};

use super::{contents, get, is_marked, mark, marked, memfd, set, text};
use crate::{
    protect::in_a_hole,
    util::{
        child::{End, SEGV_ACCERR, child, faults, in_child},
        page, seccomp, smaps,
    },
};

/// What `smaps` says of the first three pages of a map.
fn perms<A: Access>(map: &MappedFile<A>) -> [String; 3] {
    let first = map.as_ptr();
    [0, 1, 2].map(|number| smaps::at(first.wrapping_add(number * page())).perms)
}

fn check<A: Access>(mut map: MappedFile<A>, usual: &str) {
    let kind = &usual[3..];
    assert_eq!([usual; 3], perms(&map));
    for (protection, expected) in [(Protection::None, "---"), (Protection::Read, "r--")] {
        let start = map.as_ptr();
        let guard = map.protect(page()..2 * page(), protection).unwrap();
        let expected = format!("{expected}{kind}");
        let all = [0, 1, 2].map(|number| smaps::at(start.wrapping_add(number * page())).perms);
        assert_eq!([usual, &expected, usual], [&*all[0], &*all[1], &*all[2]]);
        assert_eq!((page()..2 * page(), protection), (guard.range(), guard.protection()));
        let at = guard.as_ptr();
        assert_eq!(start.wrapping_add(page()), at.cast_const());
        faults(libc::SIGSEGV, SEGV_ACCERR, at, || unsafe { at.write_volatile(1) });
        match guard.as_map() {
            None => {
                assert_eq!(Protection::None, protection);
                faults(libc::SIGSEGV, SEGV_ACCERR, at, || unsafe { at.read_volatile() });
            }
            Some(shown) => {
                assert_eq!(Protection::Read, protection);
                // All of it, and where in the file it is.
                assert_eq!((3 * page(), 2 * page() as u64), (shown.len(), shown.file_offset()));
                let bytes = shown.to_vec(..).unwrap();
                assert!(bytes.iter().zip(2 * page() as u64..).all(|(byte, at)| *byte == mark(at)));
            }
        }
        drop(guard);
        assert_eq!([usual; 3], perms(&map));
        assert_eq!(2 * page() as u64, map.file_offset());
        assert!(is_marked(&map));
    }
    // What it is for anyway is no more, and the whole is a range too.
    map.protect(.., Protection::Read).unwrap().restore().unwrap();
    assert_eq!([usual; 3], perms(&map));
    drop(map.protect(.., Protection::None).unwrap());
    assert!(is_marked(&map));
}

#[test]
fn a_guard_protects_its_pages_until_it_is_dropped() {
    let file = marked(5 * page());
    let part = 2 * page() as u64..;
    let options = MapOptions::new();
    check(options.file(&file, part.clone()).unwrap(), "r--s");
    check(options.file_mut(&file, part.clone()).unwrap(), "rw-s");
    check(options.file_cow(&file, part.clone()).unwrap(), "rw-p");
    check(options.file_exec(&file, part).unwrap(), "r-xp");
}

/// Writing by the map is possible again, and reaches what it reached before.
#[test]
fn what_was_written_and_is_written_later_is_where_it_belongs() {
    let file = marked(2 * page());
    let mut shared = FileMapMut::new(&file).unwrap();
    let mut copy = FileMapCow::new(&file).unwrap();
    copy.write_at(5, &[201]).unwrap();
    {
        let shut = shared.protect(.., Protection::Read).unwrap();
        let guard = copy.protect(page().., Protection::Read).unwrap();
        // The file is changed by others meanwhile.
        file.as_file().write_all_at(&[77], 9).unwrap();
        assert_eq!(77, shut.as_map().unwrap().load::<u8>(9).unwrap());
        assert_eq!(201, guard.as_map().unwrap().load::<u8>(5).unwrap());
        assert!(guard.as_map().unwrap().is_private());
    }
    shared.write_at(6, &[202]).unwrap();
    copy.write_at(page(), &[203]).unwrap();
    let now = contents(file.as_file());
    assert_eq!((mark(5), 202, mark(page() as u64)), (now[5], now[6], now[page()]));
    assert_eq!((201, 203), (get(&copy, 5), get(&copy, page())));
}

#[test]
fn only_less_is_allowed_and_whole_pages() {
    let file = marked(3 * page());
    let mut map = FileMap::new(&file).unwrap();
    for more in [Protection::ReadWrite, Protection::ReadExecute] {
        let error = text(map.protect(.., more).map(drop));
        assert_eq!(format!("protect: {more:?} is more than this memory is for, Read"), error);
    }
    let mut writer = FileMapMut::new(&file).unwrap();
    let error = text(writer.protect(.., Protection::ReadExecute).map(drop));
    assert_eq!("protect: ReadExecute is more than this memory is for, ReadWrite", error);
    drop(writer.protect(.., Protection::ReadWrite).unwrap());
    let mut code = FileMapExec::new(&file).unwrap();
    assert!(code.protect(.., Protection::ReadWrite).is_err());
    drop(code.protect(.., Protection::ReadExecute).unwrap());
    let error = text(map.protect(1.., Protection::None).map(drop));
    assert_eq!(format!("protect: offset 1 is not a multiple of the page size {}", page()), error);
    assert!(map.protect(..3 * page() + 1, Protection::None).is_err());
    // A map that starts within a page: to the start and to the end is whole.
    let mut part = MapOptions::new().file_mut(&file, 10..2 * page() as u64 + 7).unwrap();
    assert!(part.protect(page().., Protection::None).is_err());
    let guard = part.protect(..page() - 10, Protection::None).unwrap();
    assert_eq!(["---s", "rw-s"], {
        let at = guard.as_ptr();
        [smaps::at(at).perms, smaps::at(at.wrapping_add(page())).perms]
            .each_ref()
            .map(|p| p.as_str().to_owned())
    });
    drop(guard);
    assert!(is_marked(&part));
    drop(FileMap::default().protect(.., Protection::None).unwrap());
}

#[test]
fn a_protection_that_stays_takes_the_map() {
    let file = marked(3 * page());
    in_child(|| {
        let mut first = FileMapMut::new(&file).unwrap();
        let mut second = FileMapMut::new(&file).unwrap();
        let mut third = FileMapExec::new(&file).unwrap();
        let mut fourth = FileMap::new(&file).unwrap();
        mem::forget(first.protect(.., Protection::None).unwrap());
        assert!(first.is_empty());
        // It is of the file still, and may grow to show it.
        first.resize(&file, page()).unwrap();
        assert!(is_marked(&first));
        let start = second.as_ptr();
        let guard = second.protect(.., Protection::Read).unwrap();
        let readable = third.protect(.., Protection::Read).unwrap();
        let hidden = fourth.protect(page().., Protection::None).unwrap();
        seccomp::deny(&[libc::SYS_mprotect], libc::ENOMEM);
        let (guard, error) = guard.restore().unwrap_err();
        assert_eq!("restore: Out of memory (ENOMEM)", error.to_string());
        assert!(is_marked(guard.as_map().unwrap()));
        drop((guard, readable, hidden));
        // It leaks: nobody else gets the place.
        assert!(second.is_empty() && fourth.is_empty());
        assert_eq!("r--s", smaps::at(start).perms);
        // What its owner may do with it can be done.
        assert!(is_marked(&third));
        let error = text(third.protect(.., Protection::None).map(drop));
        assert_eq!("protect: Out of memory (ENOMEM)", error);
        assert!(is_marked(&third));
    });
}

/// The first page is protected already when the kernel comes to a sealed one.
#[test]
fn a_half_done_protection_is_undone() {
    if !have!("linux-6.10") {
        return;
    }
    let file = marked(3 * page());
    in_child(|| {
        let mut map = FileMapMut::new(&file).unwrap();
        let last = map.as_mut_ptr().wrapping_add(2 * page());
        unsafe { mman::sys::mman::mseal(last.cast(), page()) }.unwrap();
        let error = text(map.protect(.., Protection::None).map(drop));
        assert_eq!("protect: Operation not permitted (EPERM)", error);
        assert_eq!(["rw-s"; 3], perms(&map));
        set(&map, 0, 1);
        assert!(map.protect(..page(), Protection::Read).is_ok());
    });
}

/// A page that is gone is an error by way of the guard's map too, and what is lost is known later.
#[test]
fn what_is_gone_or_lost_is_told() {
    let file = marked(3 * page());
    let end = child(|| {
        let mut map = FileMapMut::new(&file).unwrap();
        file.as_file().set_len(page() as u64).unwrap();
        let guard = map.protect(.., Protection::Read).unwrap();
        let shown = guard.as_map().unwrap();
        let fault = shown.read_at(0, &mut vec![0; 2 * page()]).unwrap_err();
        assert_eq!(page(), fault.fault().unwrap().done);
        assert!(unsafe { shown.with_slice(.., |bytes| bytes[page()]) }.is_err());
        assert_eq!(Some(page()..3 * page()), shown.lost());
        guard.restore().unwrap();
        assert_eq!(Some(page()..3 * page()), map.lost());
        assert!(map.load::<u8>(page()).is_err() && map.store::<u8>(page(), 1).is_err());
        map.store::<u8>(0, 1).unwrap();
        // In nothing that is lost a protection fails.
        drop(map.protect(.., Protection::None).unwrap());
        assert_eq!(Some(page()..3 * page()), map.lost());
    });
    assert_eq!(End::Exited(0), end);
}

/// A slice that meets a gone page puts zeros in place of all behind it, also of what the guard does not
/// protect: a write there is an error all the same.
#[test]
fn what_is_lost_beside_the_protected_pages_is_no_fault() {
    fn check<A: Writable>(file: &File, restore: bool) {
        file.set_len(4 * page() as u64).unwrap();
        let mut map = MappedFile::<A>::new(file).unwrap();
        let guard = map.protect(..page(), Protection::Read).unwrap();
        file.set_len(page() as u64).unwrap();
        let shown = guard.as_map().unwrap();
        assert!(unsafe { shown.with_slice(.., |bytes| bytes[2 * page()]) }.is_err());
        if restore {
            guard.restore().unwrap();
        } else {
            drop(guard);
        }
        for place in [page(), 2 * page(), 4 * page() - 1] {
            assert!(map.write_at(place, b"x").unwrap_err().fault().is_some());
        }
        map.write_at(0, b"x").unwrap();
    }
    let file = memfd();
    in_child(|| {
        for restore in [false, true] {
            check::<ReadWrite>(&file, restore);
            check::<CopyOnWrite>(&file, restore);
        }
    });
}

/// A map that was split is protected in parts, and the drop of a part leaves the other alone.
#[test]
fn parts_are_protected_each_on_its_own() {
    let file = memfd();
    file.set_len(3 * page() as u64).unwrap();
    in_child(|| {
        let mut map = FileMapMut::new(&file).unwrap();
        let mut rest = map.split_off(page()).unwrap();
        let guard = rest.protect(.., Protection::None).unwrap();
        map.fill(.., 1).unwrap();
        drop(map);
        drop(guard);
        rest.fill(.., 2).unwrap();
        let at = rest.as_ptr();
        drop(rest);
        assert!(smaps::find(at).is_none());
    });
}

#[test]
fn a_guard_that_goes_in_a_child_leaves_holes_alone() {
    let file = marked(page());
    in_child(|| {
        let mut map = MapOptions::new().fork(Fork::Exclude).file_mut(&file, ..).unwrap();
        let guard = map.protect(.., Protection::None).unwrap();
        in_child(|| in_a_hole(guard.as_ptr(), guard));
        // Its owner has it again.
        map.fill(.., 1).unwrap();
    });
}
