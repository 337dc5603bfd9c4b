//! Guards that protect for a while, executable memory, and what becomes of memory when the system
//! refuses to undo a protection.

use std::mem;

use mman::{Anon, AnonExec, AnonReadOnly, Fork, HugePages, MapOptions, ProtectGuard, Protection};

use crate::util::{
    child::{End, SEGV_ACCERR, SEGV_MAPERR, child, faults, in_child},
    code,
    map::at as exactly,
    page, seccomp, smaps,
};

/// No thread has a special part in pages, nor in a guard, which has the memory meanwhile.
#[test]
fn they_go_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<ProtectGuard<'_>>();
    check::<AnonExec>();
}

fn perms<T>(at: *const T) -> String {
    smaps::at(at).perms
}

fn three_pages() -> Anon {
    let mut memory = Anon::new(3 * page()).unwrap();
    for (number, bytes) in memory.chunks_mut(page()).enumerate() {
        bytes.fill(number as u8 + 1);
    }
    memory
}

#[test]
fn a_guard_protects_its_pages_until_it_is_dropped() {
    if !have!("kernel") {
        return;
    }
    let mut memory = three_pages();
    let start = memory.as_ptr();
    let at = |number: usize| perms(start.wrapping_add(number * page()));
    for (protection, expected, readable, writable) in [
        (Protection::None, "---p", false, false),
        (Protection::Read, "r--p", true, false),
        (Protection::ReadWrite, "rw-p", true, true),
        (Protection::ReadExecute, "r-xp", true, false),
    ] {
        let mut guard = memory.protect(page()..2 * page(), protection).unwrap();
        assert_eq!(["rw-p", expected, "rw-p"], [0, 1, 2].map(at));
        assert_eq!((page()..2 * page(), protection), (guard.range(), guard.protection()));
        assert_eq!(readable, guard.as_slice().is_some_and(|bytes| bytes == vec![2; page()]));
        assert_eq!(writable, guard.as_mut_slice().is_some());
        let first = guard.as_ptr();
        assert_eq!(start.wrapping_add(page()), first.cast_const());
        if !writable {
            faults(libc::SIGSEGV, SEGV_ACCERR, first, || unsafe { first.write_volatile(1) });
        }
        drop(guard);
        assert_eq!(["rw-p"; 3], [0, 1, 2].map(at));
        assert_eq!((3 * page(), 1, 2, 3), {
            (memory.len(), memory[0], memory[page()], memory[2 * page()])
        });
    }
    memory.protect(.., Protection::Read).unwrap().restore().unwrap();
    memory.fill(9);
}

#[test]
fn a_guard_takes_whole_pages() {
    let mut memory = Anon::new(3 * page() - 5).unwrap();
    let error = memory.protect(1.., Protection::Read).unwrap_err().to_string();
    let size = page();
    assert_eq!(format!("protect: offset 1 is not a multiple of the page size {size}"), error);
    assert!(memory.protect(..memory.len() + 1, Protection::Read).is_err());
    // Up to the end is whole.
    let guard = memory.protect(2 * page().., Protection::Read).unwrap();
    assert_eq!(Some(page() - 5), guard.as_slice().map(<[u8]>::len));
    drop(guard);
    assert!(memory.protect(5..5, Protection::None).unwrap().as_slice().is_none());
    assert_eq!(3 * page() - 5, memory.len());
    drop(Anon::default().protect(.., Protection::None).unwrap());
}

/// Read-only memory can be written for a while, and is read-only again.
#[test]
fn read_only_memory_is_opened_for_a_while() {
    if !have!("kernel") {
        return;
    }
    let mut table = three_pages().make_read_only().unwrap();
    let mut guard = table.protect(page()..2 * page(), Protection::ReadWrite).unwrap();
    guard.as_mut_slice().unwrap().fill(7);
    drop(guard);
    assert_eq!("r--p", perms(table.as_ptr()));
    assert_eq!((1, 7, 3), (table[0], table[page()], table[2 * page()]));
}

/// Whoever forgets the guard finds the memory empty: what is protected cannot be reached.
#[test]
fn a_forgotten_guard_leaves_nothing() {
    in_child(|| {
        let mut memory = three_pages();
        mem::forget(memory.protect(page().., Protection::None).unwrap());
        assert!(memory.is_empty());
        memory.resize(10).unwrap();
        memory.fill(1);
    });
}

/// Where the protection cannot be restored, safe code gets the memory only if it can be used.
#[test]
fn a_protection_that_stays_takes_the_memory() {
    in_child(|| {
        let (mut first, mut second, mut third) = (three_pages(), three_pages(), three_pages());
        let mut table = three_pages().make_read_only().unwrap();
        let mut hidden = three_pages().make_read_only().unwrap();
        let start = first.as_ptr();
        let first = {
            let guard = first.protect(.., Protection::None).unwrap();
            let read_only = second.protect(page().., Protection::Read).unwrap();
            let nothing = third.protect(.., Protection::ReadWrite).unwrap();
            let open = table.protect(.., Protection::ReadWrite).unwrap();
            let closed = hidden.protect(.., Protection::None).unwrap();
            seccomp::deny(&[libc::SYS_mprotect], libc::ENOMEM);
            let (guard, error) = guard.restore().unwrap_err();
            assert_eq!("restore: Out of memory (ENOMEM)", error.to_string());
            assert!(guard.as_slice().is_none());
            drop((guard, read_only, nothing, open, closed));
            first
        };
        assert!(first.is_empty() && second.is_empty() && hidden.is_empty());
        // It leaks: nobody else gets the place.
        assert_eq!("---p", perms(start));
        // What its owner may do with it can be done with these.
        assert_eq!((3 * page(), 3 * page()), (third.len(), table.len()));
        third.fill(5);
        assert_eq!((1, 3), (table[0], table[2 * page()]));
        // And nothing is taken that could not be protected in the first place.
        let error = third.protect(.., Protection::Read).unwrap_err();
        assert_eq!("protect: Out of memory (ENOMEM)", error.to_string());
        assert_eq!(3 * page(), third.len());
        third.fill(6);
    });
}

/// The first page is protected already when the kernel comes to a sealed one.
#[test]
fn a_half_done_protection_is_undone() {
    if !have!("linux-6.10") {
        return;
    }
    in_child(|| {
        let mut memory = three_pages();
        let last = memory[2 * page()..].as_mut_ptr();
        unsafe { mman::sys::mman::mseal(last.cast(), page()) }.unwrap();
        let error = memory.protect(.., Protection::None).unwrap_err();
        assert_eq!("protect: Operation not permitted (EPERM)", error.to_string());
        assert_eq!("rw-p", perms(memory.as_ptr()));
        memory.fill(4);
        let (mut memory, error) = memory.make_exec().unwrap_err();
        assert_eq!("make_exec: Operation not permitted (EPERM)", error.to_string());
        memory.fill(5);
        assert_eq!(3 * page(), memory.len());
    });
}

/// Dropped guards and memory do not panic where nothing can be unmapped either.
#[test]
fn drop_does_not_panic_where_nothing_is_allowed() {
    in_child(|| {
        let mut memory = MapOptions::new().guard_pages(1, 1).anon(3 * page()).unwrap();
        let mut code = three_pages().make_exec().unwrap();
        let mut secret = three_pages();
        let guard = memory.protect(.., Protection::None).unwrap();
        let open = code.protect(.., Protection::ReadWrite).unwrap();
        let mut locked = secret.lock_mut(..).unwrap();
        seccomp::deny(
            &[
                libc::SYS_mprotect,
                libc::SYS_munmap,
                libc::SYS_munlock,
                libc::SYS_madvise,
                libc::SYS_mremap,
            ],
            libc::EPERM,
        );
        locked.fill(1);
        drop((guard, open, locked));
        assert!(memory.is_empty());
        assert_eq!((1, 1), (code[0], secret[0]));
        drop((memory, code));
        let mut guarded = MapOptions::new().anon(page()).unwrap();
        assert!(guarded.resize(3 * page()).is_err() && guarded.len() == page());
        let (secret, error) = secret.unmap().unwrap_err();
        assert_eq!("unmap: Operation not permitted (EPERM)", error.to_string());
        assert_eq!(1, secret[0]);
    });
}

/// Code runs as it was written last, each time it was changed.
#[test]
fn code_runs_as_it_was_written_last() {
    if !have!("kernel") {
        return;
    }
    let Some(returning) = code::returning() else { return };
    let mut memory = Anon::new(2 * page()).unwrap();
    memory[page()..][..8].copy_from_slice(&returning(0));
    let mut code = memory.make_exec().unwrap();
    assert_eq!("r-xp", perms(code.as_ptr()));
    let run = |code: &[u8]| {
        let start = code[page()..].as_ptr();
        let function: extern "C" fn() -> i32 = unsafe { mem::transmute(start) };
        function()
    };
    assert_eq!(0, run(&code));
    for number in 1..100 {
        let mut guard = code.protect(page().., Protection::ReadWrite).unwrap();
        guard.as_mut_slice().unwrap()[..8].copy_from_slice(&returning(number));
        drop(guard);
        assert_eq!(i32::from(number), run(&code));
    }
    // The other way: memory that is executable for a while.
    let mut memory = code.make_mut().unwrap();
    assert_eq!("rw-p", perms(memory.as_ptr()));
    for number in 100..127 {
        memory[page()..][..8].copy_from_slice(&returning(number));
        let guard = memory.protect(.., Protection::ReadExecute).unwrap();
        assert_eq!(i32::from(number), run(guard.as_slice().unwrap()));
    }
    // What is not executable is not executed.
    let end = child(|| run(&memory));
    assert!(matches!(end, End::Faulted(libc::SIGSEGV, SEGV_ACCERR, _)));
}

#[test]
fn a_policy_against_new_code_gives_the_memory_back() {
    if !have!("linux-6.3") {
        return;
    }
    in_child(|| {
        let mut memory = three_pages();
        const PR_SET_MDWE: i32 = 65;
        const REFUSE_EXEC_GAIN: usize = 1;
        assert_eq!(0, unsafe { libc::prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) });
        let error = memory.protect(.., Protection::ReadExecute).unwrap_err();
        assert_eq!("protect: Permission denied (EACCES)", error.to_string());
        let (mut memory, error) = memory.make_exec().unwrap_err();
        assert_eq!("make_exec: Permission denied (EACCES)", error.to_string());
        memory.fill(1);
        assert_eq!("rw-p", perms(memory.as_ptr()));
    });
}

#[test]
fn huge_pages_are_protected_whole() {
    if !have!("kernel") {
        return;
    }
    let Some(pool) = crate::util::machine::HugePages::of_2m(2) else { return };
    in_child(|| {
        let mut options = MapOptions::new();
        let mut memory =
            options.huge_pages(HugePages::Explicit(pool.size)).anon(2 * pool.size).unwrap();
        assert!(memory.protect(page().., Protection::Read).is_err());
        let guard = memory.protect(pool.size.., Protection::None).unwrap();
        assert_eq!("---p", perms(guard.as_ptr()));
        drop(guard);
        memory[pool.size] = 1;
    });
}

/// Drops the guard of a page that this child did not get: what is mapped in the hole meanwhile is not
/// the guard's.
pub(crate) fn in_a_hole<T>(place: *mut u8, guard: T) {
    assert!(smaps::find(place).is_none());
    let other = MapOptions::new().placement(exactly(place.addr())).anon(page()).unwrap();
    let other = other.make_read_only().unwrap();
    drop(guard);
    assert_eq!("r--p", perms(place));
    drop(other);
}

#[test]
fn a_guard_that_goes_in_a_child_leaves_holes_alone() {
    in_child(|| {
        let mut options = MapOptions::new();
        let mut memory = options.fork(Fork::Exclude).anon(page()).unwrap();
        let guard = memory.protect(.., Protection::None).unwrap();
        in_child(|| in_a_hole(guard.as_ptr(), guard));
        // Its owner has it again.
        memory.fill(1);
    });
}

/// A forked child has the bytes, as protected as they are here; what it makes of its pages, and that
/// it unmaps them, is its own affair.
#[test]
fn a_forked_child_has_read_only_pages_of_its_own() {
    if !have!("kernel") {
        return;
    }
    let mut table = three_pages().make_read_only().unwrap();
    let firsts = |table: &AnonReadOnly| [0, 1, 2].map(|number| table[number * page()]);
    let second = table[page()..].as_ptr();
    in_child(|| {
        assert_eq!(([1, 2, 3], "r--p"), (firsts(&table), &*perms(second)));
        let write = || unsafe { second.cast_mut().write_volatile(9) };
        faults(libc::SIGSEGV, SEGV_ACCERR, second, write);
        let mut guard = table.protect(page().., Protection::ReadWrite).unwrap();
        guard.as_mut_slice().unwrap().fill(7);
        drop(guard);
        assert_eq!(([1, 7, 7], "r--p"), (firsts(&table), &*perms(second)));
    });
    in_child(|| {
        // The value that is in the child ends with it, and is not dropped a second time.
        drop(unsafe { (&raw const table).read() });
        assert!(smaps::find(second).is_none());
    });
    assert_eq!(([1, 2, 3], "r--p"), (firsts(&table), &*perms(second)));
    let mut memory = table.make_mut().unwrap();
    memory[page()] = 4;
    assert_eq!([1, 4, 3], [0, 1, 2].map(|number| memory[number * page()]));
}

/// The same of code, which runs in both, each its own.
#[test]
fn a_forked_child_has_code_of_its_own() {
    if !have!("kernel") {
        return;
    }
    let Some(returning) = code::returning() else { return };
    let mut memory = Anon::new(page()).unwrap();
    memory[..8].copy_from_slice(&returning(1));
    let mut code = memory.make_exec().unwrap();
    let start = code.as_ptr();
    let run = || {
        let function: extern "C" fn() -> i32 = unsafe { mem::transmute(start) };
        function()
    };
    in_child(|| {
        assert_eq!((1, "r-xp"), (run(), &*perms(start)));
        let write = || unsafe { start.cast_mut().write_volatile(9) };
        faults(libc::SIGSEGV, SEGV_ACCERR, start, write);
        let mut guard = code.protect(.., Protection::ReadWrite).unwrap();
        guard.as_mut_slice().unwrap()[..8].copy_from_slice(&returning(2));
        drop(guard);
        assert_eq!((2, "r-xp"), (run(), &*perms(start)));
    });
    in_child(|| {
        // As above.
        drop(unsafe { (&raw const code).read() });
        assert!(smaps::find(start).is_none());
    });
    assert_eq!((1, "r-xp"), (run(), &*perms(start)));
}

/// What a child was to get of memory it gets of what the memory was made.
#[test]
fn a_forked_child_gets_of_unwritten_memory_what_was_asked_for() {
    in_child(|| {
        let made = |fork| {
            let mut memory = MapOptions::new().fork(fork).anon(page()).unwrap();
            memory.fill(7);
            memory
        };
        let (table, code) =
            (made(Fork::Wipe).make_read_only().unwrap(), made(Fork::Wipe).make_exec().unwrap());
        in_child(|| {
            for start in [table.as_ptr(), code.as_ptr()] {
                assert!((0..page()).all(|at| unsafe { start.add(at).read_volatile() } == 0));
            }
            assert_eq!(("r--p", "r-xp"), (&*perms(table.as_ptr()), &*perms(code.as_ptr())));
        });
        assert!(table.iter().chain(code.iter()).all(|byte| *byte == 7));
        let table = made(Fork::Exclude).make_read_only().unwrap();
        let code = made(Fork::Exclude).make_exec().unwrap();
        for start in [table.as_ptr(), code.as_ptr()] {
            let end = child(|| unsafe { start.read_volatile() });
            assert_eq!(End::Faulted(libc::SIGSEGV, SEGV_MAPERR, start.addr()), end);
        }
        in_child(|| {
            let place = table.as_ptr();
            let other = MapOptions::new().placement(exactly(place.addr())).anon(page()).unwrap();
            // It is not the one that is mapped there.
            drop(unsafe { (&raw const table).read() });
            assert_eq!(("rw-p", 0), (&*perms(place), other[0]));
        });
        assert!(table.iter().chain(code.iter()).all(|byte| *byte == 7));
    });
}
