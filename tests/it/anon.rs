//! `Anon`: each verb by what it does to the memory.

use std::mem;

use mman::{
    Advice, Anon, AnonReadOnly, Error, Fork, LockGuard, LockGuardMut, MapOptions, Placement,
    Prefault, Protection,
};

use crate::util::{
    child::{SEGV_ACCERR, SEGV_MAPERR, faults, in_child},
    cpu,
    map::{Area, at as exactly},
    page, seccomp, smaps,
};

/// Threads may share and take all of them: no thread has a special part in pages.
#[test]
fn they_go_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<Anon>();
    check::<AnonReadOnly>();
    check::<LockGuard<'_>>();
    check::<LockGuardMut<'_>>();
    check::<MapOptions>();
}

/// Pages with a different byte each.
fn numbered(pages: usize) -> Anon {
    let mut memory = Anon::new(pages * page()).unwrap();
    for (number, bytes) in memory.chunks_mut(page()).enumerate() {
        bytes.fill(number as u8 + 1);
    }
    memory
}

fn locked(memory: &Anon) -> Vec<bool> {
    let pages = 0..memory.len() / page();
    pages.map(|number| smaps::at(&raw const memory[number * page()]).has("lo")).collect()
}

#[test]
fn advice_reaches_the_pages_of_the_range_and_no_other() {
    if !have!("kernel") {
        return;
    }
    let memory = Anon::new(4 * page()).unwrap();
    // Two bytes on either side of a page's end.
    memory.advise(2 * page() - 1..2 * page() + 1, Advice::NoDump).unwrap();
    let dumped = |at: usize| !smaps::at(&raw const memory[at * page()]).has("dd");
    assert_eq!([true, false, false, true], [0, 1, 2, 3].map(dumped));
    memory.advise(.., Advice::Dump).unwrap();
    assert_eq!([true; 4], [0, 1, 2, 3].map(dumped));
    for (advice, flag) in [(Advice::Random, "rr"), (Advice::Sequential, "sr")] {
        memory.advise(.., advice).unwrap();
        assert!(smaps::at(memory.as_ptr()).has(flag), "{advice:?}");
        memory.advise(.., Advice::Normal).unwrap();
        assert!(!smaps::at(memory.as_ptr()).has(flag), "{advice:?}");
    }
    if have!("thp") {
        for (advice, flag) in [(Advice::HugePages, "hg"), (Advice::NoHugePages, "nh")] {
            memory.advise(.., advice).unwrap();
            assert!(smaps::at(memory.as_ptr()).has(flag), "{advice:?}");
        }
    }
    if have!("ksm") {
        memory.advise(.., Advice::Mergeable).unwrap();
        assert!(smaps::at(memory.as_ptr()).has("mg"));
        memory.advise(.., Advice::NotMergeable).unwrap();
        assert!(!smaps::at(memory.as_ptr()).has("mg"));
    }
}

/// No hint changes what memory holds.
#[test]
fn advice_keeps_contents() {
    if !have!("kernel") {
        return;
    }
    let memory = numbered(3);
    for advice in [Advice::WillNeed, Advice::Cold, Advice::PageOut, Advice::Collapse] {
        let told = memory.advise(.., advice);
        assert!(told.is_ok() || advice == Advice::Collapse, "{told:?}");
        assert_eq!((1, 3), (memory[0], memory[3 * page() - 1]));
    }
    let _guard = memory.lock(..).unwrap();
    let error = memory.advise(.., Advice::Cold).unwrap_err();
    assert_eq!("advise: Cold is not for these pages (EINVAL)", error.to_string());
}

#[test]
fn advice_of_a_later_kernel_is_unsupported() {
    in_child(|| {
        let memory = Anon::new(1).unwrap();
        seccomp::deny(&[libc::SYS_madvise], libc::EINVAL);
        let error = memory.advise(.., Advice::Cold).unwrap_err();
        assert_eq!("advise: unsupported: this system has no Cold", error.to_string());
        assert!(error.is_unsupported());
    });
}

#[test]
fn prefault_makes_pages_resident() {
    in_child(|| {
        let mut memory = Anon::new(5 * page()).unwrap();
        assert_eq!(0, memory.residency(..).unwrap().resident());
        memory.prefault(page() + 1..2 * page() + 1).unwrap();
        let told: Vec<_> = memory.residency(..).unwrap().iter().collect();
        assert_eq!([false, true, true, false, false], told[..]);
        let part = memory.residency(2 * page() + 5..3 * page() + 1).unwrap();
        assert_eq!([true, false], part.iter().collect::<Vec<_>>()[..]);
        assert_eq!((2, 1), (part.pages(), part.resident()));
    });
}

#[test]
fn discard_zeroes_and_gives_back() {
    in_child(|| {
        let mut memory = numbered(4);
        memory.discard(page()..3 * page()).unwrap();
        let resident: Vec<_> = memory.residency(..).unwrap().iter().collect();
        assert_eq!([true, false, false, true], resident[..]);
        let first: Vec<_> = memory.chunks(page()).map(|bytes| bytes[page() - 1]).collect();
        assert_eq!([1, 0, 0, 4], first[..]);
        // Locked pages too.
        mem::forget(memory.lock(..).unwrap());
        memory.fill(9);
        memory.discard(..).unwrap();
        assert!(memory.iter().all(|byte| *byte == 0));
    });
}

#[test]
fn discard_without_the_kernels_help_zeroes() {
    in_child(|| {
        let mut memory = numbered(3);
        seccomp::deny(&[libc::SYS_madvise], libc::ENOSYS);
        memory.discard(page()..).unwrap();
        assert!(memory[..page()].iter().all(|byte| *byte == 1));
        assert!(memory[page()..].iter().all(|byte| *byte == 0));
    });
}

/// Bytes that the system may take, of a memory of so many pages that the kernel marks them at once.
fn lazy(memory: &Anon) -> usize {
    smaps::at(memory.as_ptr()).bytes("LazyFree")
}

#[test]
fn free_lazily_zeroes_and_lets_the_system_take() {
    in_child(|| {
        cpu::stay();
        let mut memory = numbered(200);
        memory.free_lazily(page()..199 * page()).unwrap();
        assert!(lazy(&memory) >= 100 * page(), "{}", lazy(&memory));
        let first: Vec<_> = memory.chunks(page()).map(|bytes| bytes[0]).collect();
        assert_eq!((1, 200), (first[0], first[199]));
        assert!(first[1..199].iter().all(|byte| *byte == 0));
        // The system takes them, and nothing is to be seen of it.
        memory.advise(.., Advice::PageOut).unwrap();
        assert!(memory.residency(..).unwrap().resident() <= 2);
        assert!(memory[page()..199 * page()].iter().all(|byte| *byte == 0));
        assert_eq!((1, 200), (memory[0], memory[199 * page()]));
    });
}

#[test]
fn free_lazily_unchanged_keeps_or_zeroes() {
    in_child(|| {
        let mut memory = numbered(200);
        unsafe { memory.free_lazily_unchanged(page()..) }.unwrap();
        assert!(lazy(&memory) >= 100 * page(), "{}", lazy(&memory));
        let byte = unsafe { memory.as_ptr().add(page()).read_volatile() };
        assert!([0, 2].contains(&byte));
        memory.fill(3);
        assert_eq!(0, lazy(&memory));
        mem::forget(memory.lock(..).unwrap());
        let refused = unsafe { memory.free_lazily_unchanged(..) };
        assert_eq!(Some(Error::EINVAL), refused.unwrap_err().errno());
    });
}

#[test]
fn guards_of_locks_may_overlap() {
    in_child(|| {
        let memory = Anon::new(5 * page()).unwrap();
        let first = memory.lock(1..2 * page() + 1).unwrap();
        assert_eq!(0..3 * page(), first.range());
        let second = memory.lock(2 * page()..4 * page()).unwrap();
        let third = memory.lock(2 * page()..4 * page()).unwrap();
        assert_eq!([true, true, true, true, false], locked(&memory)[..]);
        drop(second);
        assert_eq!([true, true, true, true, false], locked(&memory)[..]);
        drop(third);
        assert_eq!([true, true, true, false, false], locked(&memory)[..]);
        let whole = memory.lock_on_fault(..).unwrap();
        assert_eq!([true; 5], locked(&memory)[..]);
        drop(first);
        assert_eq!([true; 5], locked(&memory)[..]);
        drop(whole);
        assert_eq!([false; 5], locked(&memory)[..]);
    });
}

#[test]
fn what_is_locked_can_be_written_by_way_of_the_guard() {
    in_child(|| {
        let mut memory = numbered(4);
        let mut guard = memory.lock_mut(page() + 5..2 * page() + 1).unwrap();
        assert_eq!((page()..3 * page(), page() - 4), (guard.range(), guard.len()));
        assert_eq!((2, 3), (guard[0], guard[page() - 5]));
        guard.fill(9);
        assert_eq!(2 * page(), smaps::status("VmLck"));
        assert_eq!(format!("LockGuardMut({}..{})", page(), 3 * page()), format!("{guard:?}"));
        drop(guard);
        assert_eq!([false; 4], locked(&memory)[..]);
        assert_eq!((2, 9, 9, 3), {
            let at = |offset: usize| memory[offset];
            (at(page() + 4), at(page() + 5), at(2 * page()), at(2 * page() + 1))
        });
        // On fault, each page from its first touch on.
        let mut memory = Anon::new(3 * page()).unwrap();
        let mut guard = memory.lock_mut_on_fault(..).unwrap();
        assert_eq!(
            (3 * page(), 0),
            (smaps::status("VmLck"), smaps::at(&raw const guard[0]).bytes("Rss"))
        );
        guard[page()] = 1;
        assert_eq!(page(), smaps::at(&raw const guard[0]).bytes("Locked"));
        // Forgotten, it leaves pages locked until they are unmapped.
        mem::forget(guard);
        memory.fill(1);
        drop(memory.lock_mut(..1).unwrap());
        assert_eq!(3 * page(), smaps::status("VmLck"));
        assert!(memory.lock_mut(..memory.len() + 1).is_err());
        drop(memory);
        assert_eq!(0, smaps::status("VmLck"));
    });
}

#[test]
fn a_lock_on_fault_brings_nothing_in() {
    in_child(|| {
        let memory = Anon::new(3 * page()).unwrap();
        let _guard = memory.lock_on_fault(..).unwrap();
        assert_eq!(0, memory.residency(..).unwrap().resident());
        assert_eq!(3 * page(), smaps::status("VmLck"));
        assert_eq!(0, memory[0]);
        assert_eq!(1, memory.residency(..).unwrap().resident());
    });
}

/// A guard that is forgotten leaves pages locked, and nothing else.
#[test]
fn a_forgotten_guard_is_harmless() {
    in_child(|| {
        let mut memory = numbered(2);
        mem::forget(memory.lock(..page()).unwrap());
        drop(memory.lock(..).unwrap());
        assert_eq!([true, false], locked(&memory)[..]);
        let tail = memory.split_off(page()).unwrap();
        memory.resize(8 * page()).unwrap();
        assert_eq!((1, 2), (memory[0], tail[0]));
        drop(memory);
        assert_eq!(0, smaps::status("VmLck"));
    });
}

/// What the child did not get is a hole; what is locked there in the meantime is not the guard's.
#[test]
fn a_lock_that_goes_in_a_child_leaves_holes_alone() {
    in_child(|| {
        let memory = MapOptions::new().fork(Fork::Exclude).anon(page()).unwrap();
        let guard = memory.lock(..).unwrap();
        in_child(|| {
            let place = exactly(memory.as_ptr().addr());
            let other = MapOptions::new().placement(place).anon(page()).unwrap();
            let _lock = other.lock(..).unwrap();
            drop(guard);
            assert_eq!([true], locked(&other)[..]);
        });
        assert_eq!(0, smaps::status("VmLck"));
    });
}

#[test]
fn a_refused_lock_leaves_nothing_locked() {
    in_child(|| {
        let memory = Anon::new(4 * page()).unwrap();
        let second = (&raw const memory[2 * page()]).cast_mut().cast();
        assert_eq!(0, unsafe { libc::mprotect(second, page(), libc::PROT_NONE) });
        assert_eq!(Some(Error::ENOMEM), memory.lock(..).unwrap_err().errno());
        assert_eq!(0, smaps::status("VmLck"));
    });
}

#[test]
fn resize_keeps_what_stays_and_zeroes_what_is_new() {
    let mut memory = numbered(3);
    memory.resize(page() + 10).unwrap();
    assert_eq!((page() + 10, 2 * page()), (memory.len(), memory.mapped_len()));
    // What was in the rest of the last page does not come back.
    memory.resize(page() + 20).unwrap();
    assert_eq!((2, 0, 0), (memory[page() + 9], memory[page() + 10], memory[page() + 19]));
    memory.fill(7);
    memory.resize(page() + 1).unwrap();
    memory.resize(50 * page()).unwrap();
    assert!(memory[..=page()].iter().all(|byte| *byte == 7));
    assert!(memory[page() + 1..].iter().all(|byte| *byte == 0));
}

#[test]
fn resize_moves_where_there_is_no_room() {
    let mut memory = numbered(2);
    let tail = memory.split_off(page()).unwrap();
    let before = memory.as_ptr();
    memory.resize(3 * page()).unwrap();
    assert_ne!(before, memory.as_ptr());
    assert_eq!((1, 0, 2), (memory[0], memory[page()], tail[0]));
}

#[test]
fn resize_copies_what_cannot_be_moved() {
    if !have!("kernel") {
        return;
    }
    let mut memory = numbered(3);
    // Two mappings, which do not grow as one.
    memory.advise(page().., Advice::NoDump).unwrap();
    memory.resize(64 * page()).unwrap();
    assert_eq!((1, 3, 0), (memory[0], memory[2 * page()], memory[3 * page()]));
    let align = 1 << 21;
    let mut options = MapOptions::new();
    options.placement(Placement::Aligned(align)).prefault(Prefault::Write);
    let mut memory = options.anon(page()).unwrap();
    memory.fill(5);
    memory.resize(40 * page()).unwrap();
    assert_eq!((0, 5, 0), (memory.as_ptr().addr() % align, memory[0], memory[page()]));
    assert_eq!(40, memory.residency(..).unwrap().resident());
}

#[test]
fn parts_join_in_order_only() {
    let mut memory = numbered(3);
    let start = memory.as_ptr();
    let mut second = memory.split_off(page()).unwrap();
    let third = second.split_off(page()).unwrap();
    let (third, error) = memory.join(third).unwrap_err();
    assert_eq!("join: the second does not begin where the first ends", error.to_string());
    let (other, error) = memory.join(Anon::new(page()).unwrap()).unwrap_err();
    assert_eq!("join: they are not parts of one mapping", error.to_string());
    drop(other);
    second.join(third).unwrap();
    memory.join(second).unwrap();
    assert_eq!((start, 3 * page()), (memory.as_ptr(), memory.len()));
    assert_eq!((1, 2, 3), (memory[0], memory[page()], memory[2 * page()]));
    // A part that is cut within its last page is followed by nothing.
    let tail = memory.split_off(2 * page()).unwrap();
    memory.resize(page() + 1).unwrap();
    assert!(memory.join(tail).is_err());
}

#[test]
fn guard_pages_stay_at_the_ends_of_parts() {
    let mut memory = MapOptions::new().guard_pages(1, 1).anon(2 * page()).unwrap();
    let tail = memory.split_off(page()).unwrap();
    assert_eq!((2 * page(), 2 * page()), (memory.mapped_len(), tail.mapped_len()));
    memory.join(tail).unwrap();
    assert_eq!((4 * page(), 2 * page()), (memory.mapped_len(), memory.len()));
    let tail = memory.split_off(page()).unwrap();
    let end = tail.as_ptr().wrapping_add(page());
    in_child(|| {
        drop(memory);
        faults(libc::SIGSEGV, SEGV_MAPERR, tail.as_ptr().wrapping_sub(1), || unsafe {
            tail.as_ptr().wrapping_sub(1).read_volatile()
        });
        assert!(smaps::find(end).is_some());
        drop(tail);
        assert!(smaps::find(end).is_none());
    });
}

#[test]
fn unmapped_is_gone() {
    in_child(|| {
        let memory = MapOptions::new().guard_pages(1, 1).anon(page()).unwrap();
        let (start, range) = (memory.as_ptr(), smaps::at(memory.as_ptr()).range);
        memory.unmap().unwrap();
        for at in [start.wrapping_sub(1), start, start.wrapping_add(page())] {
            assert!(smaps::find(at).is_none(), "{range:?}");
        }
    });
}

#[test]
fn raw_parts_are_all_of_it() {
    let mut memory = MapOptions::new().guard_pages(2, 1).anon(100).unwrap();
    memory.fill(1);
    let (start, mapped) = (memory.as_ptr(), memory.mapped_len());
    let parts = memory.into_raw_parts();
    assert_eq!((mapped, 2 * page(), 100), (parts.mapped_len, parts.offset, parts.len));
    assert_eq!(
        (start, page()),
        (parts.base.as_ptr().wrapping_add(parts.offset).cast_const(), parts.page_size)
    );
    let memory = unsafe { Anon::from_raw_parts(parts) };
    assert_eq!((mapped, &[1; 100][..]), (memory.mapped_len(), &memory[..]));
}

#[test]
fn read_only_memory_faults_where_it_is_written() {
    if !have!("kernel") {
        return;
    }
    let memory = numbered(2).make_read_only().unwrap();
    assert_eq!("r--p", smaps::at(memory.as_ptr()).perms);
    let at = memory.as_ptr().wrapping_add(page()).cast_mut();
    faults(libc::SIGSEGV, SEGV_ACCERR, at.cast_const(), || unsafe { at.write_volatile(1) });
    let mut memory = memory.make_mut().unwrap();
    memory[page()] = 9;
    assert_eq!((1, 9), (memory[0], memory[page()]));
}

/// What is not written is parted and joined as it is, and each part is written again by itself.
#[test]
fn memory_that_is_not_written_is_parted_and_joined() {
    if !have!("kernel") {
        return;
    }
    let mut first = numbered(3).make_read_only().unwrap();
    let start = first.as_ptr();
    let mut second = first.split_off(page()).unwrap();
    let (error, third) = (second.split_off(1).unwrap_err(), second.split_off(page()).unwrap());
    assert!(error.to_string().starts_with("split_off: offset 1 is not a multiple"), "{error}");
    assert_eq!((1, 2, 3), (first[0], second[0], third[0]));
    let (third, error) = first.join(third).unwrap_err();
    assert_eq!("join: the second does not begin where the first ends", error.to_string());
    let mut written = third.make_mut().unwrap();
    written[0] = 9;
    assert_eq!(["r--p", "rw-p"], [second.as_ptr(), written.as_ptr()].map(perms_of));
    second.join(written.make_read_only().unwrap()).unwrap();
    first.join(second).unwrap();
    assert_eq!((start, 3 * page(), 9), (first.as_ptr(), first.len(), first[2 * page()]));
    let mut code = numbered(2).make_exec().unwrap();
    let rest = code.split_off(page()).unwrap();
    assert_eq!(["r-xp"; 2], [code.as_ptr(), rest.as_ptr()].map(perms_of));
    // The first goes, the second stays.
    in_child(|| {
        let gone = code.as_ptr();
        drop(code);
        assert!(smaps::find(gone).is_none() && rest[0] == 2);
    });
}

fn perms_of(at: *const u8) -> &'static str {
    let perms = smaps::at(at).perms;
    ["r--p", "rw-p", "r-xp"].into_iter().find(|known| *known == perms).unwrap_or("another")
}

#[test]
fn memory_that_is_not_written_is_brought_in() {
    in_child(|| {
        let memory = Anon::new(4 * page()).unwrap();
        let table = memory.make_read_only().unwrap();
        table.prefault(page()..page() + 1).unwrap();
        let there: Vec<_> = table.residency(..).unwrap().iter().collect();
        assert_eq!([false, true, false, false], there[..]);
        let code = Anon::new(2 * page()).unwrap().make_exec().unwrap();
        code.prefault(..).unwrap();
        assert_eq!(2, code.residency(..).unwrap().resident());
        let error = code.prefault(..2 * page() + 1).unwrap_err().to_string();
        let len = 2 * page();
        assert_eq!(format!("prefault: 0..{} is not within 0..{len}", len + 1), error);
    });
}

#[test]
fn protect_range_is_exact() {
    if !have!("kernel") {
        return;
    }
    let mut memory = numbered(3);
    let start = memory.as_ptr();
    unsafe { memory.protect_range(page()..2 * page(), Protection::None) }.unwrap();
    let perms = |number: usize| smaps::at(start.wrapping_add(number * page())).perms;
    assert_eq!(["rw-p", "---p", "rw-p"], [0, 1, 2].map(perms));
    for (protection, expected) in [
        (Protection::Read, "r--p"),
        (Protection::ReadExecute, "r-xp"),
        (Protection::ReadWrite, "rw-p"),
    ] {
        unsafe { memory.protect_range(page()..2 * page(), protection) }.unwrap();
        assert_eq!(expected, perms(1));
    }
    let error = unsafe { memory.protect_range(1.., Protection::Read) }.unwrap_err();
    assert!(error.to_string().starts_with("protect_range: offset 1 is not a multiple"), "{error}");
    assert_eq!((1, 2, 3), (memory[0], memory[page()], memory[2 * page()]));
}

#[test]
fn debug_shows_the_place_and_not_the_contents() {
    let mut memory = Anon::new(3).unwrap();
    memory.fill(0xee);
    let expected = format!("Anon({:p}, 3 bytes of {})", memory.as_ptr(), page());
    assert_eq!(expected, format!("{memory:?}"));
}

/// A plain memory is mapped and unmapped without any allocation.
#[test]
fn new_allocates_nothing() {
    if !have!("kernel") {
        return;
    }
    use crate::util::alloc::allocations;
    Anon::new(1).unwrap();
    assert_eq!(0, allocations(|| Anon::new(page()).unwrap()));
    let area = Area::anon(1);
    assert_eq!(0, area.get(0));
}
