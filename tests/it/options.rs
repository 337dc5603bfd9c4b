//! `MapOptions`: each policy by what the kernel says of the memory, each error by its text.

use std::num::NonZeroUsize;

use mman::{
    Advice, Anon, Commit, CoreDump, Error, ExactAddress, Fork, HugePages, Lock, MapError,
    MapOptions, Node, NodeSet, Numa, Placement, Prefault, Protection,
};

use crate::util::{
    capability::lacking,
    child::{End, SEGV_ACCERR, SEGV_MAPERR, child, in_child},
    machine::HugePages as Pool,
    map::{Area, at},
    page, seccomp, smaps,
    unprivileged::{become_nobody, limit},
};

/// Threads may share and take them: they are choices, and a placement's reservation is a lock.
#[test]
fn they_go_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<(MapOptions, Placement, ExactAddress, HugePages, Prefault, Lock, CoreDump, Commit)>();
    check::<(Advice, Fork, Protection, Numa, Node, NodeSet)>();
}

fn flags(memory: &Anon) -> smaps::Vma {
    smaps::at(memory.as_ptr())
}

fn text(result: Result<Anon, MapError>) -> String {
    result.unwrap_err().to_string()
}

/// How many pages of a memory are there, by `/proc/self/pagemap`.
fn present(memory: &Anon) -> usize {
    use std::os::unix::fs::FileExt as _;
    let file = std::fs::File::open("/proc/self/pagemap").unwrap();
    let mut entries = vec![0; memory.len().div_ceil(page()) * 8];
    file.read_exact_at(&mut entries, (memory.as_ptr().addr() / page() * 8) as u64).unwrap();
    entries.chunks(8).filter(|entry| entry[7] >> 7 == 1).count()
}

#[test]
fn plain_memory_has_no_policy() {
    in_child(|| {
        let memory = Anon::new(3 * page() - 1).unwrap();
        let about = flags(&memory);
        assert_eq!("rw-p", about.perms);
        for flag in ["dc", "wf", "dd", "lo", "nr", "hg", "nh", "ht"] {
            assert!(!about.has(flag), "{flag}");
        }
        assert_eq!((0, 3 * page()), (present(&memory), memory.mapped_len()));
        assert!(!memory.is_locked());
    });
}

#[test]
fn placement() {
    for align in [1, 2, page(), 1 << 21, 1 << 30] {
        let memory = MapOptions::new().placement(Placement::Aligned(align)).anon(5000).unwrap();
        assert_eq!(0, memory.as_ptr().addr() % align);
        assert_eq!(5000_usize.next_multiple_of(page()), memory.mapped_len());
    }
    // Of such a length the system may align it by itself, or not.
    let mut others = Vec::new();
    for align in [1 << 16, 1 << 20, 1 << 22, 1 << 23] {
        for _ in 0..3 {
            others.push(MapOptions::new().anon(page()).unwrap());
            let memory = MapOptions::new().placement(Placement::Aligned(align)).anon(2 * align);
            let memory = memory.unwrap();
            assert_eq!((0, 2 * align), (memory.as_ptr().addr() % align, memory.mapped_len()));
            others.push(memory);
        }
    }
    let mut options = MapOptions::new();
    options.placement(Placement::Aligned(1 << 21)).guard_pages(3, 1);
    assert_eq!(0, options.anon(1).unwrap().as_ptr().addr() % (1 << 21));
    for align in [0, 3] {
        let error = text(MapOptions::new().placement(Placement::Aligned(align)).anon(1));
        assert_eq!(format!("map: the alignment {align} is not a power of two"), error);
    }
    assert!(
        MapOptions::new().placement(Placement::Aligned(1 << (usize::BITS - 1))).anon(1).is_err()
    );
    let error = text(MapOptions::new().placement(at(0)).anon(1));
    assert_eq!("map: nothing is mapped at address 0", error);
    let error = text(MapOptions::new().placement(at(page() + 1)).anon(1));
    let size = page();
    let address = page() + 1;
    assert_eq!(
        format!("map: address {address:#x} is not a multiple of the page size {size}"),
        error
    );
}

#[test]
fn placement_near_and_at_a_free_place() {
    in_child(|| {
        // A place that was free a moment ago, with nobody else in this process.
        let area = Area::reserve(8);
        let free = area.page(2).addr();
        drop(area);
        let memory = MapOptions::new().placement(Placement::Near(free)).anon(page()).unwrap();
        assert_eq!(free, memory.as_ptr().addr());
        let other = MapOptions::new().placement(Placement::Near(free)).anon(page()).unwrap();
        assert_ne!(free, other.as_ptr().addr());
        drop(memory);
        let mut options = MapOptions::new();
        let memory = options.placement(at(free)).guard_pages(1, 2).anon(page()).unwrap();
        assert_eq!(free, memory.as_ptr().addr());
    });
}

#[test]
fn guard_pages_fault_and_the_memory_between_does_not() {
    if !have!("kernel") {
        return;
    }
    let last = 3 * page() - 1;
    let mut memory = MapOptions::new().guard_pages(2, 1).anon(last).unwrap();
    assert_eq!(6 * page(), memory.mapped_len());
    memory.fill(1);
    let start = memory.as_mut_ptr();
    let code = if have!("linux-6.13") { SEGV_MAPERR } else { SEGV_ACCERR };
    let ends =
        [start.wrapping_sub(1), start.wrapping_sub(2 * page()), start.wrapping_add(3 * page())];
    for at in ends {
        let end = child(|| unsafe { at.write_volatile(1) });
        assert_eq!(End::Faulted(libc::SIGSEGV, code, at.addr()), end);
    }
    // One mapping, where guards are none.
    if code == SEGV_MAPERR {
        let about = flags(&memory).range;
        assert!(about.contains(&start.wrapping_sub(1).addr()));
        assert!(about.contains(&start.wrapping_add(3 * page()).addr()));
    }
}

#[test]
fn guard_pages_of_an_older_kernel_are_mappings() {
    in_child(|| {
        seccomp::deny(&[libc::SYS_madvise], libc::EINVAL);
        let memory = MapOptions::new().guard_pages(1, 1).anon(page()).unwrap();
        let start = memory.as_ptr();
        assert_eq!("rw-p", flags(&memory).perms);
        for at in [start.wrapping_sub(1), start.wrapping_add(page())] {
            assert_eq!("---p", smaps::at(at).perms);
            let end = child(|| unsafe { at.read_volatile() });
            assert_eq!(End::Faulted(libc::SIGSEGV, SEGV_ACCERR, at.addr()), end);
        }
    });
}

#[test]
fn prefault_brings_all_in() {
    in_child(|| {
        for prefault in [Prefault::Read, Prefault::Write] {
            let memory = MapOptions::new().prefault(prefault).anon(9 * page()).unwrap();
            assert_eq!(9, present(&memory), "{prefault:?}");
        }
        // Only written memory is memory.
        let read = MapOptions::new().prefault(Prefault::Read).guard_pages(1, 1).anon(9 * page());
        assert_eq!(0, flags(&read.unwrap()).bytes("Anonymous"));
        let written =
            MapOptions::new().prefault(Prefault::Write).guard_pages(1, 1).anon(9 * page());
        assert_eq!(9 * page(), flags(&written.unwrap()).bytes("Anonymous"));
    });
}

#[test]
fn prefault_without_the_kernels_help() {
    in_child(|| {
        seccomp::deny(&[libc::SYS_madvise], libc::ENOSYS);
        for prefault in [Prefault::Read, Prefault::Write] {
            let memory = MapOptions::new().prefault(prefault).anon(9 * page()).unwrap();
            assert_eq!(9, present(&memory), "{prefault:?}");
        }
    });
}

#[test]
fn prefault_on_threads() {
    let len = (64 << 20) + page();
    let mut options = MapOptions::new();
    options.prefault(Prefault::Write).prefault_threads(NonZeroUsize::new(3).unwrap());
    let memory = options.anon(len).unwrap();
    assert_eq!(len / page(), present(&memory));
    assert!(memory.iter().step_by(page()).all(|byte| *byte == 0));
}

#[test]
fn lock() {
    in_child(|| {
        let memory = MapOptions::new().lock(Lock::Now).anon(4 * page()).unwrap();
        assert_eq!((4 * page(), 4), (smaps::status("VmLck"), present(&memory)));
        assert!(flags(&memory).has("lo") && memory.is_locked());
        drop(memory);
        let mut memory = MapOptions::new().lock(Lock::OnFault).anon(4 * page()).unwrap();
        assert_eq!((4 * page(), 0), (smaps::status("VmLck"), present(&memory)));
        memory[0] = 1;
        assert_eq!((page(), 1), (flags(&memory).bytes("Locked"), present(&memory)));
        // What is locked for life no guard unlocks.
        drop(memory.lock(..).unwrap());
        assert_eq!(4 * page(), smaps::status("VmLck"));
        memory.resize(9 * page()).unwrap();
        assert_eq!(9 * page(), smaps::status("VmLck"));
        drop(memory);
        assert_eq!(0, smaps::status("VmLck"));
    });
}

#[test]
fn a_lock_over_the_limit_names_it() {
    in_child(|| {
        limit(libc::RLIMIT_MEMLOCK, 64 << 10);
        become_nobody();
        let options = || MapOptions::new().lock(Lock::Now).clone();
        assert_eq!("map: RLIMIT_MEMLOCK is 64 KiB (ENOMEM)", text(options().anon(65 << 10)));
        let mut memory = options().anon(64 << 10).unwrap();
        let other = Anon::new(1).unwrap();
        let error = other.lock(..).unwrap_err();
        assert_eq!("lock: RLIMIT_MEMLOCK is 64 KiB (ENOMEM)", error.to_string());
        let error = memory.resize(128 << 10).unwrap_err();
        assert_eq!("resize: RLIMIT_MEMLOCK is 64 KiB (EAGAIN)", error.to_string());
        assert_eq!(64 << 10, memory.len());
        drop(memory);
        limit(libc::RLIMIT_MEMLOCK, 0);
        assert_eq!("map: RLIMIT_MEMLOCK is 0 bytes (EPERM)", text(options().anon(1)));
    });
}

#[test]
fn address_space_over_the_limit_names_it() {
    in_child(|| {
        limit(libc::RLIMIT_DATA, 1 << 30);
        assert_eq!("map: RLIMIT_DATA is 1 GiB (ENOMEM)", text(Anon::new(1 << 30)));
        limit(libc::RLIMIT_AS, 1 << 30);
        assert_eq!("map: RLIMIT_AS is 1 GiB (ENOMEM)", text(Anon::new(1 << 30)));
        let mut memory = Anon::new(1).unwrap();
        assert_eq!(Some(Error::ENOMEM), memory.resize(1 << 30).unwrap_err().errno());
        assert_eq!(1, memory.len());
    });
}

#[test]
fn too_many_mappings_are_named() {
    in_child(|| {
        let most = std::fs::read_to_string("/proc/sys/vm/max_map_count").unwrap();
        let most: usize = most.trim().parse().unwrap();
        let area = Area::reserve(most + 10);
        for number in (0..most).step_by(2) {
            let write = libc::PROT_READ | libc::PROT_WRITE;
            if unsafe { libc::mprotect(area.page(number), page(), write) } != 0 {
                break;
            }
        }
        let mut options = MapOptions::new();
        options.core_dump(CoreDump::Exclude);
        // There may be room for one or two yet.
        let made: Vec<_> = (0..4).map(|_| options.anon(page())).collect();
        let error = made.into_iter().find_map(Result::err).unwrap();
        let named = format!("map: vm.max_map_count is {most} (");
        assert!(error.to_string().starts_with(&named), "{error}");
    });
}

#[cfg(target_pointer_width = "64")]
#[test]
fn more_than_there_is_needs_no_reserve() {
    if !have!("kernel") {
        return;
    }
    let mode = crate::util::machine::Setting::take("/proc/sys/vm/overcommit_memory").unwrap();
    if mode.get() != "0" {
        lacking("overcommit-0", "vm.overcommit_memory is another");
        return;
    }
    let much = 1 << 44;
    let error = text(Anon::new(much));
    assert!(error.starts_with("map: memory and swap are "), "{error}");
    assert!(error.ends_with(" (vm.overcommit_memory is 0) (ENOMEM)"), "{error}");
    for len in [page(), much] {
        let memory = MapOptions::new().commit(Commit::NoReserve).anon(len).unwrap();
        assert!(flags(&memory).has("nr"));
    }
}

#[test]
fn core_dump_and_name() {
    if !have!("kernel") {
        return;
    }
    let memory = MapOptions::new().core_dump(CoreDump::Exclude).anon(page()).unwrap();
    assert!(flags(&memory).has("dd"));
    // It is a hint: with a name that the kernel dislikes there is memory all the same.
    MapOptions::new().name(c"[no]").anon(page()).unwrap();
    let memory = MapOptions::new().name(c"mman-test").anon(page()).unwrap();
    if have!("anon-vma-name") {
        assert_eq!("[anon:mman-test]", flags(&memory).path);
    }
}

#[test]
fn a_forked_child_gets_what_was_asked_for() {
    in_child(|| {
        let filled = |fork| {
            let mut memory = MapOptions::new().fork(fork).anon(page()).unwrap();
            memory.fill(7);
            memory
        };
        let (inherited, wiped) = (filled(Fork::Inherit), filled(Fork::Wipe));
        in_child(|| {
            assert!(inherited.iter().all(|byte| *byte == 7));
            let bytes = wiped.as_ptr();
            assert!((0..page()).all(|at| unsafe { bytes.add(at).read_volatile() } == 0));
        });
        assert!(inherited.iter().chain(wiped.iter()).all(|byte| *byte == 7));
        let mut excluded = filled(Fork::Exclude);
        let tail = excluded.split_off(0).unwrap();
        let at = tail.as_ptr();
        let end = child(|| unsafe { at.read_volatile() });
        assert_eq!(End::Faulted(libc::SIGSEGV, SEGV_MAPERR, at.addr()), end);
        // The child drops the value, but not what is there now.
        in_child(move || {
            let at = at.cast_mut().cast();
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
            let got = unsafe { libc::mmap(at, page(), libc::PROT_READ, flags, -1, 0) };
            assert_eq!(at, got);
            drop(tail);
            assert_eq!(0, unsafe { got.cast::<u8>().read_volatile() });
        });
    });
}

#[test]
fn transparent_huge_pages() {
    if !have!("kernel") {
        return;
    }
    if !have!("thp") {
        return;
    }
    let mut options = MapOptions::new();
    options.huge_pages(HugePages::Never);
    assert!(flags(&options.anon(page()).unwrap()).has("nh"));
    let huge: usize = std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    options.huge_pages(HugePages::Transparent).prefault(Prefault::Write);
    let memory = options.anon(4 * huge).unwrap();
    assert!(flags(&memory).has("hg"));
    assert_eq!((0, page()), (memory.as_ptr().addr() % huge, memory.page_size()));
    assert!(flags(&memory).bytes("AnonHugePages") >= huge);
}

#[test]
fn explicit_huge_pages_are_there_or_it_is_an_error() {
    if !have!("kernel") {
        return;
    }
    for least in [0, 2] {
        let Some(pool) = Pool::of_2m(least) else { return };
        in_child(|| {
            let total =
                std::fs::read_to_string("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
            let (free, total) = (pool.free(), total.unwrap().trim().to_owned());
            let mut options = MapOptions::new();
            options.huge_pages(HugePages::Explicit(pool.size)).commit(Commit::NoReserve);
            let more = (free + 1) * pool.size;
            let expected = if free == 0 {
                format!("map: no 2 MiB huge pages free: 0 of {total} (ENOMEM)")
            } else {
                let need = free + 1;
                format!("map: {need} huge pages of 2 MiB needed, free: {free} of {total} (ENOMEM)")
            };
            assert_eq!(expected, text(options.anon(more)));
            options
                .huge_pages(HugePages::ExplicitElseTransparent(pool.size))
                .commit(Commit::Account);
            if have!("thp") {
                let memory = options.anon(more).unwrap();
                assert!(flags(&memory).has("hg"));
                assert_eq!((0, page()), (memory.as_ptr().addr() % pool.size, memory.page_size()));
            }
            if free > 0 {
                let mut memory = options.anon(1).unwrap();
                assert_eq!((pool.size, free - 1), (memory.page_size(), pool.free()));
                // Given back it could be gone: it is zeroed in place.
                memory[0] = 1;
                memory.discard(..).unwrap();
                assert_eq!(pool.size, flags(&memory).hugetlb());
                assert_eq!((0, free - 1), (memory[0], pool.free()));
                memory.resize(pool.size).unwrap();
                drop(memory);
            }
            assert_eq!(free, pool.free());
        });
    }
}

#[test]
fn huge_pages_of_no_size() {
    let of = |size| text(MapOptions::new().huge_pages(HugePages::Explicit(size)).anon(1));
    assert_eq!("map: 3 bytes are not the size of a huge page", of(3));
    assert_eq!(format!("map: {0} bytes are not the size of a huge page", page()), of(page()));
    let mut options = MapOptions::new();
    let error = options.huge_pages(HugePages::Explicit(1 << 23)).anon(1).unwrap_err();
    if std::fs::exists("/sys/kernel/mm/hugepages/hugepages-8192kB").unwrap() {
        lacking("no-8m-pages", "the machine has huge pages of 8 MiB");
        return;
    }
    let lacks = "map: unsupported: no huge pages of 8 MiB on this machine";
    assert_eq!((lacks, true), (&*error.to_string(), error.is_unsupported()));
}

/// What a kernel lacks is an error, not silence.
#[test]
fn what_a_kernel_lacks_is_an_error() {
    in_child(|| {
        seccomp::deny(&[libc::SYS_madvise, libc::SYS_mlock2], libc::ENOSYS);
        let lacking = [
            MapOptions::new().fork(Fork::Wipe).anon(1),
            MapOptions::new().core_dump(CoreDump::Exclude).anon(1),
            MapOptions::new().huge_pages(HugePages::Never).anon(1),
            MapOptions::new().lock(Lock::OnFault).anon(1),
        ];
        for (number, result) in lacking.into_iter().enumerate() {
            assert!(result.unwrap_err().is_unsupported(), "{number}");
        }
    });
}
