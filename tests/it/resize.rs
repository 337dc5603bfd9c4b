//! `resize`, where guard pages, alignment and huge pages are to be kept.

use mman::{
    Advice, Anon, Error, Fork, HugePages, Lock, MapOptions, Placement, Prefault, Reservation,
};

use crate::util::{
    child::{End, child, in_child},
    machine::{HugePages as Pool, huge},
    page, seccomp, smaps,
    unprivileged::limit,
};

/// Memory between guard pages, the bytes of each page being its number plus 1.
fn guarded(before: usize, pages: usize, after: usize) -> Anon {
    fill(MapOptions::new().guard_pages(before, after).anon(pages * page()).unwrap())
}

fn fill(mut memory: Anon) -> Anon {
    for (number, bytes) in memory.chunks_mut(page()).enumerate() {
        bytes.fill((number as u8).wrapping_add(1));
    }
    memory
}

/// The first byte of each page.
fn numbers(memory: &Anon) -> Vec<u8> {
    memory.iter().step_by(page()).copied().collect()
}

/// Asserts that there are so many guard pages and no more memory.
#[track_caller]
fn assert_guards(memory: &Anon, before: usize, after: usize) {
    let start = memory.as_ptr();
    let end = start.wrapping_add(memory.len().next_multiple_of(memory.page_size()));
    let all = end.addr() - start.addr() + (before + after) * page();
    assert_eq!(all, memory.mapped_len());
    let near = [start.wrapping_sub(1), end];
    let far = [start.wrapping_sub(before * page()), end.wrapping_add((after * page()).max(1) - 1)];
    for (at, there) in near.into_iter().chain(far).zip([before, after, before, after]) {
        if there != 0 {
            let end = child(|| unsafe { at.read_volatile() });
            assert!(
                matches!(end, End::Faulted(libc::SIGSEGV, _, to) if to == at.addr()),
                "{end:?}"
            );
        }
    }
}

#[test]
fn guarded_memory_grows_between_its_guards() {
    in_child(|| {
        for (before, after) in [(1, 1), (2, 0), (0, 3)] {
            let mut memory = guarded(before, 3, after);
            let maps = smaps::count();
            for pages in [4, 5, 900] {
                memory.resize(pages * page() - 7).unwrap();
                assert_eq!(pages * page() - 7, memory.len());
                assert_eq!([1, 2, 3, 0], numbers(&memory)[..4]);
                assert!(memory[3 * page()..].iter().all(|byte| *byte == 0));
                assert_guards(&memory, before, after);
            }
            memory.fill(1);
            drop(memory);
            // What it has left on its way is unmapped.
            assert!(smaps::count() <= maps, "{} > {maps}", smaps::count());
        }
    });
}

/// Neither its pages are copied, nor are they brought in again.
#[test]
fn guarded_and_aligned_memory_moves_without_a_copy() {
    in_child(|| {
        let faults = || {
            let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
            assert_eq!(0, unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) });
            usage.ru_minflt
        };
        let pages = 2000;
        let mut options = MapOptions::new();
        options.guard_pages(1, 1).placement(Placement::Aligned(1 << 20));
        options.huge_pages(HugePages::Never);
        let mut memory = fill(options.anon(pages * page()).unwrap());
        let blocker = Anon::new(1).unwrap();
        let before = faults();
        memory.resize(10 * pages * page()).unwrap();
        assert!(faults() - before < 100, "{}", faults() - before);
        assert_eq!(0, memory.as_ptr().addr() % (1 << 20));
        assert_guards(&memory, 1, 1);
        assert_eq!([1, 2, 208], [0, 1, 1999].map(|number| memory[number * page()]));
        drop(blocker);
    });
}

#[test]
fn guarded_memory_shrinks_to_its_guards() {
    in_child(|| {
        for (before, after) in [(1, 1), (2, 0), (0, 3)] {
            let mut memory = guarded(before, 6, after);
            let behind = memory.as_ptr().wrapping_add(6 * page());
            memory.resize(4 * page() + 5).unwrap();
            assert_guards(&memory, before, after);
            assert_eq!([1, 2, 3, 4, 5], numbers(&memory)[..]);
            memory.resize(2 * page()).unwrap();
            assert_guards(&memory, before, after);
            assert!(smaps::find(behind).is_none_or(|vma| vma.range.start >= behind.addr()));
            // What was there before does not come back.
            memory.resize(8 * page()).unwrap();
            assert_eq!([1, 2, 0, 0, 0, 0, 0, 0], numbers(&memory)[..]);
            assert_guards(&memory, before, after);
        }
    });
}

#[test]
fn guard_pages_of_an_older_kernel_are_kept_too() {
    in_child(|| {
        seccomp::deny(&[libc::SYS_madvise], libc::EINVAL);
        let mut memory = guarded(1, 2, 2);
        memory.resize(5 * page()).unwrap();
        assert_guards(&memory, 1, 2);
        memory.resize(page()).unwrap();
        assert_guards(&memory, 1, 2);
        assert_eq!([1], numbers(&memory)[..]);
    });
}

/// Several mappings do not move as one; without `mremap` nothing moves.
#[test]
fn guard_pages_are_kept_where_contents_are_copied() {
    in_child(|| {
        let mut memory = guarded(2, 3, 1);
        memory.advise(page()..2 * page(), Advice::NoDump).unwrap();
        memory.resize(7 * page()).unwrap();
        assert_eq!([1, 2, 3, 0, 0, 0, 0], numbers(&memory)[..]);
        assert_guards(&memory, 2, 1);
        seccomp::deny(&[libc::SYS_mremap], libc::EINVAL);
        memory.resize(9 * page()).unwrap();
        assert_eq!([1, 2, 3, 0], numbers(&memory)[..4]);
        assert_guards(&memory, 2, 1);
    });
}

#[test]
fn guard_pages_come_back_after_nothing() {
    if !have!("kernel") {
        return;
    }
    let mut memory = guarded(1, 2, 3);
    memory.resize(0).unwrap();
    assert_eq!(0, memory.mapped_len());
    memory.resize(page()).unwrap();
    assert_guards(&memory, 1, 3);
    // Also where nothing but its parts was known.
    let parts = memory.into_raw_parts();
    let mut memory = unsafe { Anon::from_raw_parts(parts) };
    memory.resize(5 * page()).unwrap();
    assert_guards(&memory, 1, 3);
    memory.resize(0).unwrap();
    memory.resize(2).unwrap();
    assert_guards(&memory, 1, 3);
}

/// No part gets guard pages at the end where it was cut.
#[test]
fn parts_keep_the_guard_pages_at_their_own_end() {
    in_child(|| {
        for way in 0..3 {
            let mut head = guarded(1, 4, 2);
            let mut tail = head.split_off(2 * page()).unwrap();
            for part in [&mut head, &mut tail] {
                match way {
                    0 => {}
                    1 => part.advise(page().., Advice::NoDump).unwrap(),
                    _ => part.resize(0).unwrap(),
                }
                part.resize(6 * page()).unwrap();
            }
            assert_guards(&head, 1, 0);
            assert_guards(&tail, 0, 2);
        }
        // An empty part has none.
        let mut head = guarded(1, 2, 2);
        let mut tail = head.split_off(0).unwrap();
        head.resize(page()).unwrap();
        assert_guards(&head, 0, 0);
        assert_guards(&tail, 1, 2);
        let mut end = tail.split_off(2 * page()).unwrap();
        end.resize(page()).unwrap();
        assert_guards(&end, 0, 0);
        assert_guards(&tail, 1, 2);
        // Together they are what they were.
        let mut end = tail.split_off(page()).unwrap();
        end.resize(0).unwrap();
        tail.join(end).unwrap();
        assert_guards(&tail, 1, 0);
    });
}

/// Whatever the system refuses, the memory is as it was, and nothing is left over.
#[test]
fn what_is_refused_changes_nothing() {
    if !have!("kernel") {
        return;
    }
    for call in [libc::SYS_mmap, libc::SYS_mremap, libc::SYS_mprotect, libc::SYS_munmap] {
        in_child(|| {
            let mut memories = [guarded(1, 5, 2), guarded(0, 5, 1), guarded(3, 5, 0)];
            seccomp::deny(&[call], libc::EPERM);
            for (memory, (before, after)) in memories.iter_mut().zip([(1, 2), (0, 1), (3, 0)]) {
                for pages in [3, 9] {
                    if memory.resize(pages * page()).is_ok() {
                        assert_eq!(pages, numbers(memory).len());
                        continue;
                    }
                    let kept = memory.len() / page();
                    assert!([3, 5].contains(&kept));
                    assert_eq!([1, 2, 3, 4, 5][..kept], numbers(memory)[..]);
                    assert_guards(memory, before, after);
                    memory[kept * page() - 1] = kept as u8;
                }
            }
        });
    }
}

/// The kernel gives up after it has unmapped the place that the memory was to come to.
#[test]
fn a_refused_move_leaks_nothing() {
    in_child(|| {
        let mut memory = guarded(1, 3, 1);
        limit(libc::RLIMIT_DATA, 1 << 30);
        let before = smaps::count();
        for _ in 0..5 {
            let error = memory.resize(1 << 30).unwrap_err();
            assert_eq!("resize: RLIMIT_DATA is 1 GiB (ENOMEM)", error.to_string());
        }
        assert_eq!(before, smaps::count());
        assert_eq!([1, 2, 3], numbers(&memory)[..]);
        assert_guards(&memory, 1, 1);
    });
}

/// Newer kernels give up before: the place that the memory was to come to is there still.
#[test]
fn a_move_that_a_limit_keeps_from_starting_leaks_nothing() {
    in_child(|| {
        let len = 256 << 20;
        let mut memory = guarded(1, 3, 1);
        let before = smaps::count();
        // There is room for the other place, but not for both.
        limit(libc::RLIMIT_AS, smaps::status("VmSize") + len + (len >> 1));
        for _ in 0..5 {
            // Before Linux 6.17 it succeeds.
            let Err(error) = memory.resize(len) else { break };
            assert_eq!(Some(Error::ENOMEM), error.errno());
            assert_eq!(before, smaps::count());
        }
        assert_eq!([1, 2, 3], numbers(&memory)[..3]);
    });
}

/// The memory stays where it is, and so does the other place, which is given back.
#[test]
fn a_move_that_is_refused_at_last_changes_nothing() {
    in_child(|| {
        let (mut memory, mut aligned) = (guarded(1, 3, 1), MapOptions::new());
        let mut aligned = aligned.placement(Placement::Aligned(1 << 21)).anon(page()).unwrap();
        aligned.fill(9);
        let flags = 3;
        seccomp::deny_bits(libc::SYS_mremap, flags, libc::MREMAP_FIXED as u32, libc::ENOMEM);
        let before = smaps::count();
        let error = memory.resize(9 * page()).unwrap_err();
        assert_eq!("resize: Out of memory (ENOMEM)", error.to_string());
        assert_eq!(before, smaps::count());
        assert_eq!([1, 2, 3], numbers(&memory)[..]);
        assert_guards(&memory, 1, 1);
        if aligned.resize(1 << 21).is_err() {
            assert_eq!((page(), 9), (aligned.len(), aligned[page() - 1]));
        }
        memory.fill(7);
    });
}

/// Guards that were set where pages go, which then stay, and cannot be opened again.
#[test]
fn what_can_neither_go_nor_come_back_is_nobodys() {
    in_child(|| {
        let mut memory = guarded(1, 6, 2);
        let (call, protection) = (libc::SYS_mprotect, 2);
        seccomp::deny(&[libc::SYS_munmap], libc::EPERM);
        seccomp::deny_bits(call, protection, libc::PROT_WRITE as u32, libc::EPERM);
        assert!(memory.resize(3 * page()).is_err());
        assert_eq!([1, 2, 3], numbers(&memory)[..]);
        // Neither what is guarded comes back, nor what was behind it.
        for pages in [4, 6, 2] {
            if memory.resize(pages * page()).is_ok() {
                assert!(memory.iter().skip(3 * page()).all(|byte| *byte == 0));
                memory.fill(1);
            }
        }
    });
}

#[test]
fn policies_are_kept_with_the_guards() {
    in_child(|| {
        let mut options = MapOptions::new();
        options.guard_pages(1, 1).fork(Fork::Wipe).lock(Lock::Now).prefault(Prefault::Write);
        let mut memory = options.anon(2 * page()).unwrap();
        memory.resize(5 * page()).unwrap();
        let about = smaps::at(memory.as_ptr());
        assert!(about.has("wf") && about.has("lo"));
        assert_eq!((5 * page(), 5), {
            (about.bytes("Locked"), memory.residency(..).unwrap().resident())
        });
        memory.resize(page()).unwrap();
        assert_guards(&memory, 1, 1);
        drop(memory);
        assert_eq!(0, smaps::status("VmLck"));
    });
}

#[test]
fn explicit_huge_pages_keep_their_guards() {
    if !have!("kernel") {
        return;
    }
    let Some(pool) = Pool::of_2m(5) else { return };
    in_child(|| {
        let mut options = MapOptions::new();
        options.huge_pages(HugePages::Explicit(pool.size)).guard_pages(1, 1);
        let mut memory = options.anon(2 * pool.size).unwrap();
        memory.fill(3);
        for pages in [3, 1] {
            memory.resize(pages * pool.size).unwrap();
            assert_eq!((pool.size, 3, 3), (memory.page_size(), memory[0], memory[pool.size - 1]));
            assert_guards(&memory, 1, 1);
        }
        let free = pool.free();
        drop(memory);
        assert_eq!(free + 1, pool.free());
    });
}

#[test]
fn in_a_reservation_guards_move_along() {
    if !have!("kernel") {
        return;
    }
    let home = Reservation::new(40 * page()).unwrap();
    let place = |pages: usize| Placement::Within(home.clone(), pages * page());
    let mut options = MapOptions::new();
    let mut memory = fill(options.guard_pages(1, 2).placement(place(1)).anon(3 * page()).unwrap());
    let start = memory.as_ptr();
    for pages in [4, 9, 5] {
        memory.resize(pages * page()).unwrap();
        assert_eq!(
            (start, [1, 2, 3, 0]),
            (memory.as_ptr(), numbers(&memory)[..4].try_into().unwrap())
        );
        assert_guards(&memory, 1, 2);
    }
    // There is somebody behind it: nothing changes.
    let other = home.anon(10 * page()..11 * page()).unwrap();
    assert!(memory.resize(8 * page()).is_err());
    assert_guards(&memory, 1, 2);
    assert!(home.anon(6 * page()..7 * page()).is_err());
    memory.resize(7 * page()).unwrap();
    assert_guards(&memory, 1, 2);
    drop((memory, other));
}

/// Memory that becomes large is from then on like memory that was made so.
#[test]
fn large_memory_grows_in_huge_pages() {
    if !have!("thp") {
        return;
    }
    in_child(|| {
        let mut memory = Anon::new(page()).unwrap();
        memory[0] = 1;
        assert!(!smaps::at(memory.as_ptr()).has("hg"));
        memory.resize(2 * huge()).unwrap();
        assert!(smaps::at(memory.as_ptr()).has("hg"));
        // What is aligned stays so, and its huge pages stay huge.
        let mut memory = Anon::new(2 * huge()).unwrap();
        memory.prefault(..).unwrap();
        let pages = memory.footprint(..).unwrap().huge.unwrap();
        assert!(pages >= huge());
        let blockers: Vec<_> = (0..8).map(|_| Anon::new(huge()).unwrap()).collect();
        memory.resize(8 * huge()).unwrap();
        assert_eq!(0, memory.as_ptr().addr() % huge());
        assert_eq!(Some(pages), memory.footprint(..).unwrap().huge);
        drop(blockers);
    });
}
