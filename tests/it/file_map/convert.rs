//! Conversions from one kind of map to another.

use std::{mem, os::unix::fs::FileExt as _};

use mman::{
    Error, FileMap, FileMapCow, FileMapExec, FileMapMut, MapOptions, MappedFile, access::Access,
};

use super::{contents, get, is_marked, marked, read_only, returned, set};
use crate::util::{
    capability::lacking,
    child::{SEGV_ACCERR, faults, in_child},
    page, seccomp, smaps, temp,
};

fn perms<A: Access>(map: &MappedFile<A>) -> String {
    smaps::at(map.as_ptr()).perms
}

#[test]
fn shared_maps_become_each_other() {
    let file = marked(3 * page());
    let map = MapOptions::new().file(&file, 5..).unwrap();
    let start = map.as_ptr();
    let map = map.make_mut().unwrap();
    assert_eq!("rw-s", perms(&map));
    set(&map, 0, 200);
    assert_eq!(200, contents(file.as_file())[5]);
    let map = map.make_read_only().unwrap();
    assert_eq!("r--s", perms(&map));
    let at = map.as_ptr().cast_mut();
    faults(libc::SIGSEGV, SEGV_ACCERR, at.cast_const(), || unsafe { at.write_volatile(1) });
    let map = map.make_exec().unwrap();
    assert_eq!("r-xs", perms(&map));
    let (map, error) = returned(map.make_cow());
    assert_eq!("make_cow: a shared map reaches the file", error);
    let map = map.make_mut().unwrap().make_exec().unwrap().make_read_only().unwrap();
    assert_eq!(("r--s", start, 5), (&*perms(&map), map.as_ptr(), map.file_offset()));
    assert_eq!((200, super::mark(6)), (get(&map, 0), get(&map, 1)));
}

#[test]
fn private_maps_become_each_other() {
    let file = marked(3 * page());
    let map = MapOptions::new().file_cow(&file, 5..).unwrap();
    set(&map, 0, 200);
    let map = map.make_read_only().unwrap();
    assert_eq!(("r--p", 200), (&*perms(&map), get(&map, 0)));
    let (mut map, error) = returned(map.make_mut());
    assert_eq!("make_mut: a private map does not reach the file", error);
    let error = map.resize(&file, 10).unwrap_err();
    assert_eq!("resize: a private map keeps its length", error.to_string());
    let map = map.make_exec().unwrap();
    assert_eq!(("r-xp", 200), (&*perms(&map), get(&map, 0)));
    let map = map.make_cow().unwrap();
    assert_eq!(("rw-p", true), (&*perms(&map), map.is_private()));
    set(&map, 1, 201);
    assert_eq!((200, 201), (get(&map, 0), get(&map, 1)));
    assert!(is_marked(&FileMap::new(&file).unwrap()));
    // What was made to be run can be changed, for this process.
    let map = FileMapExec::new(&file).unwrap().make_cow().unwrap();
    set(&map, 0, 1);
    assert!(is_marked(&FileMap::new(&file).unwrap()));
}

#[test]
fn a_file_that_is_read_only_stays_so() {
    let file = marked(100);
    let map = FileMap::new(read_only(&file)).unwrap();
    let start = map.as_ptr();
    let (map, error) = map.make_mut().unwrap_err();
    assert_eq!(Some(Error::EACCES), error.errno());
    let words = "make_mut: the file was not open for writing, or is sealed (EACCES)";
    assert_eq!((words, start, "r--s"), (&*error.to_string(), map.as_ptr(), &*perms(&map)));
    assert!(is_marked(&map));
    let map = map.make_exec().unwrap();
    let (map, error) = map.make_mut().unwrap_err();
    assert_eq!((Some(Error::EACCES), "r-xs"), (error.errno(), &*perms(&map)));
}

#[test]
fn empty_maps_become_each_other() {
    let file = temp::on_disk();
    let map = FileMap::new(read_only(&file)).unwrap();
    let map = map.make_mut().unwrap().make_exec().unwrap().make_read_only().unwrap();
    assert!(map.is_empty());
    let map = FileMapCow::new(&file).unwrap().make_exec().unwrap().make_cow().unwrap();
    assert!(map.is_empty());
}

/// A function that returns this number.
fn code(value: u8) -> Option<Vec<u8>> {
    let words = |words: [u32; 2]| words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let number = u32::from(value);
    Some(if cfg!(any(target_arch = "x86", target_arch = "x86_64")) {
        vec![0xb8, value, 0, 0, 0, 0xc3]
    } else if cfg!(target_arch = "aarch64") {
        words([0x5280_0000 | number << 5, 0xd65f_03c0])
    } else if cfg!(target_arch = "riscv64") {
        words([number << 20 | 0x513, 0x8067])
    } else if cfg!(target_arch = "s390x") {
        vec![0xa7, 0x29, 0, value, 0x07, 0xfe]
    } else {
        lacking("machine-code", "this test knows none for the processor");
        return None;
    })
}

fn run<A: Access>(map: &MappedFile<A>, at: usize) -> u32 {
    let function: extern "C" fn() -> u32 = unsafe { mem::transmute(map.as_ptr().add(at)) };
    function()
}

#[test]
fn code_runs() {
    let Some(answer) = code(42) else { return };
    let file = temp::on_disk();
    file.as_file().write_all_at(&answer, 16).unwrap();
    let map = FileMapExec::open(file.path()).unwrap();
    assert_eq!(42, run(&map, 16));
    let map = MapOptions::new().file_exec(&file, 16..).unwrap();
    assert_eq!(42, run(&map, 0));
    let map = FileMap::new(&file).unwrap();
    let at = map.as_ptr().wrapping_add(16);
    faults(libc::SIGSEGV, SEGV_ACCERR, at, || run(&map, 16));
    assert_eq!(42, run(&map.make_exec().unwrap(), 16));
}

/// What was stored is what is run, each time.
#[test]
fn code_that_was_just_written_runs() {
    if code(1).is_none() {
        return;
    }
    let file = temp::on_disk();
    file.as_file().set_len(2 * page() as u64).unwrap();
    let mut shared = FileMapMut::new(&file).unwrap();
    let mut copy = FileMapCow::new(&file).unwrap();
    for value in 1..100 {
        for (at, byte) in code(value).unwrap().into_iter().enumerate() {
            set(&shared, page() + at, byte);
            set(&copy, at, byte ^ 0xff);
            set(&copy, at, byte);
        }
        // By way of the state in which it can only be read, too.
        let ready = shared.make_read_only().unwrap().make_exec().unwrap();
        assert_eq!(u32::from(value), run(&ready, page()));
        shared = ready.make_mut().unwrap();
        let ready = copy.make_exec().unwrap();
        assert_eq!(u32::from(value), run(&ready, 0));
        copy = ready.make_cow().unwrap();
    }
    assert_eq!([0; 4], contents(file.as_file())[..4]);
}

/// memmap2 drops the map when a conversion fails; it comes back here, as it was.
#[test]
fn memmap2_a_failed_conversion_gives_the_map_back() {
    let file = marked(3 * page());
    in_child(|| {
        let map = FileMapMut::new(&file).unwrap();
        let start = map.as_ptr();
        let copy = FileMapCow::new(&file).unwrap();
        set(&copy, 0, 200);
        seccomp::deny(&[libc::SYS_mprotect], libc::ENOMEM);
        let (map, error) = returned(map.make_read_only());
        assert_eq!("make_read_only: Out of memory (ENOMEM)", error);
        let (map, error) = returned(map.make_exec());
        assert_eq!("make_exec: Out of memory (ENOMEM)", error);
        set(&map, 1, 7);
        assert_eq!((start, 3 * page(), 7), (map.as_ptr(), map.len(), get(&map, 1)));
        let (copy, _) = returned(copy.make_read_only());
        set(&copy, 1, 201);
        assert_eq!((200, 201), (get(&copy, 0), get(&copy, 1)));
    });
}

/// The first page is read-only already when the kernel comes to a sealed one.
#[test]
fn a_half_done_conversion_is_undone() {
    if !have!("linux-6.10") {
        return;
    }
    let file = marked(4 * page());
    in_child(|| {
        let map = FileMapMut::new(&file).unwrap();
        let third = map.as_mut_ptr().wrapping_add(2 * page());
        unsafe { mman::sys::mman::mseal(third.cast(), page()) }.unwrap();
        let (map, error) = returned(map.make_read_only());
        assert_eq!("make_read_only: Operation not permitted (EPERM)", error);
        for at in [0, page(), 3 * page()] {
            set(&map, at, 9);
        }
        let (map, error) = returned(map.unmap());
        assert_eq!("unmap: Operation not permitted (EPERM)", error);
        assert_eq!(9, get(&map, 0));
    });
}

/// Where the first pages are changed, and nothing changes them back, nobody gets them.
#[test]
fn what_cannot_be_undone_is_given_to_nobody() {
    let file = marked(4 * page());
    in_child(|| {
        let map = FileMapMut::new(&file).unwrap();
        let start = map.as_mut_ptr();
        assert_eq!(0, unsafe { libc::mprotect(start.cast(), page(), libc::PROT_READ) });
        seccomp::deny(&[libc::SYS_mprotect], libc::ENOMEM);
        let (map, _) = returned(map.make_exec());
        assert!(map.is_empty() && smaps::find(start).is_some());
    });
}
