//! Which pages memory gets: by default, on request, and where there is a shortage.

use std::{thread, time::Duration};

use mman::{Anon, Commit, Error, HugePages, MapError, MapOptions, Placement, Prefault};

use crate::util::{
    capability::lacking,
    cgroup::Group,
    child::in_child,
    machine::{HugePages as Pool, huge},
    page, seccomp, smaps,
    unprivileged::limit,
};

fn advised(memory: &Anon) -> bool {
    smaps::at(memory.as_ptr()).has("hg")
}

#[test]
fn large_memory_is_made_of_them_unasked() {
    if !have!("thp") {
        return;
    }
    in_child(|| {
        for len in [2 * huge(), 2 * huge() + 5, 3 * huge() + page()] {
            let mut memory = Anon::new(len).unwrap();
            assert!(advised(&memory));
            assert_eq!((0, page()), (memory.as_ptr().addr() % huge(), memory.page_size()));
            assert_eq!(len.next_multiple_of(page()), memory.mapped_len());
            // Nothing of what was mapped to align it is left.
            let about = smaps::at(memory.as_ptr()).range;
            assert_eq!(memory.mapped_len(), about.len());
            // On a small machine other tests may have all the memory that is in one piece just now.
            let is_made_of_them = (0..100).any(|again| {
                thread::sleep(Duration::from_millis(again));
                memory.discard(..).unwrap();
                memory.prefault(..).unwrap();
                smaps::at(memory.as_ptr()).bytes("AnonHugePages") >= huge()
            });
            assert!(is_made_of_them);
            assert!(memory.iter().step_by(page()).all(|byte| *byte == 0));
        }
        let mut options = MapOptions::new();
        options.guard_pages(1, 1).placement(Placement::Aligned(4 * huge()));
        let memory = options.anon(2 * huge()).unwrap();
        assert!(advised(&memory));
        assert_eq!(0, memory.as_ptr().addr() % (4 * huge()));
    });
}

#[test]
fn other_memory_is_as_the_system_is_set() {
    in_child(|| {
        let small = Anon::new(2 * huge() - 1).unwrap();
        assert!(!advised(&small));
        let len = 2 * huge();
        let mut options = MapOptions::new();
        assert!(!advised(&options.huge_pages(HugePages::System).anon(len).unwrap()));
        let mut options = MapOptions::new();
        assert!(!advised(&options.placement(Placement::Near(1 << 30)).anon(len).unwrap()));
        if have!("thp") {
            let mut options = MapOptions::new();
            let never = options.huge_pages(HugePages::Never).anon(len).unwrap();
            assert!(!advised(&never) && smaps::at(never.as_ptr()).has("nh"));
        }
        // What is not accounted for is for use in a few places.
        let mut options = MapOptions::new();
        assert!(!advised(&options.commit(Commit::NoReserve).anon(len).unwrap()));
    });
}

/// What nobody asked for is no reason to refuse memory.
#[test]
fn without_room_or_advice_there_is_memory_all_the_same() {
    in_child(|| {
        let len = 4 * huge();
        limit(libc::RLIMIT_AS, smaps::status("VmSize") + len + (256 << 10));
        let mut memory = Anon::new(len).unwrap();
        memory[len - 1] = 1;
        assert_eq!(len, memory.mapped_len());
    });
    in_child(|| {
        seccomp::deny(&[libc::SYS_madvise], libc::EPERM);
        let mut memory = Anon::new(4 * huge()).unwrap();
        memory[0] = 1;
        memory.resize(9 * huge()).unwrap();
        assert_eq!((1, 0), (memory[0], memory[9 * huge() - 1]));
    });
}

#[test]
fn the_footprint_tells_what_there_is() {
    in_child(|| {
        // Of small pages, each counted.
        let mut options = MapOptions::new();
        options.huge_pages(HugePages::System);
        let mut memory = options.anon(9 * page()).unwrap();
        let nothing = memory.footprint(..).unwrap();
        assert_eq!((Some(0), Some(0), Some(0)), (nothing.resident, nothing.huge, nothing.locked));
        memory[3 * page()] = 1;
        let guard = memory.lock(4 * page()..6 * page()).unwrap();
        let told = memory.footprint(3 * page() - 1..5 * page()).unwrap();
        assert_eq!((Some(2 * page()), Some(0)), (told.resident, told.huge));
        assert_eq!(Some(page()), told.locked);
        drop(guard);
        assert_eq!(Some(0), memory.footprint(..).unwrap().locked);
        assert_eq!(Some(0), memory.footprint(9..9).unwrap().resident);
        assert!(memory.footprint(..memory.len() + 1).is_err());
    });
    if have!("thp") {
        in_child(|| {
            let mut memory = MapOptions::new().prefault(Prefault::Write).anon(4 * huge()).unwrap();
            let all = smaps::at(memory.as_ptr()).bytes("AnonHugePages");
            assert_eq!(Some(all), memory.footprint(..).unwrap().huge);
            // Part of a huge page, where the kernel tells of pages.
            if all == memory.len() && have!("linux-6.7") {
                let told = memory.footprint(page()..huge() + 3 * page()).unwrap();
                assert_eq!(Some(huge() + 2 * page()), told.huge);
            }
            memory.advise(.., mman::Advice::NoHugePages).unwrap();
            memory.discard(..).unwrap();
            memory.fill(1);
            let told = memory.footprint(..).unwrap();
            assert_eq!((Some(4 * huge()), Some(0)), (told.resident, told.huge));
        });
    }
    let Some(pool) = Pool::of_2m(1) else { return };
    in_child(|| {
        let mut options = MapOptions::new();
        let memory = options.huge_pages(HugePages::Explicit(pool.size)).anon(1).unwrap();
        assert_eq!(pool.size, memory.page_size());
        assert_eq!(Some(page()), memory.footprint(..).unwrap().huge);
    });
}

fn explicit(size: usize, len: usize) -> Result<Anon, MapError> {
    MapOptions::new().huge_pages(HugePages::Explicit(size)).anon(len)
}

/// Asserts that a shortage of huge pages is an error that says so, and that memory which can do
/// without them is had, with transparent ones.
#[track_caller]
fn assert_short(size: usize, len: usize, expected: &str, errno: Option<Error>) {
    let error = explicit(size, len).unwrap_err();
    assert_eq!((expected, errno), (&*error.to_string(), error.errno()));
    if have!("thp") {
        let mut options = MapOptions::new();
        options.huge_pages(HugePages::ExplicitElseTransparent(size)).prefault(Prefault::Write);
        let memory = options.anon(len).unwrap();
        assert!(advised(&memory));
        assert_eq!(page(), memory.page_size());
        assert_eq!(len, memory.footprint(..).unwrap().resident.unwrap());
        if len >= huge() {
            assert_eq!(0, memory.as_ptr().addr() % huge());
        }
    }
}

#[test]
fn an_empty_pool_is_a_shortage() {
    let Some(pool) = Pool::of_2m(2) else { return };
    in_child(|| {
        let free = pool.free();
        let held = explicit(pool.size, (free - 1) * pool.size).unwrap();
        let total =
            std::fs::read_to_string("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
        let total = total.unwrap().trim().to_owned();
        let expected = format!("map: 2 huge pages of 2 MiB needed, free: 1 of {total} (ENOMEM)");
        assert_short(pool.size, 2 * pool.size, &expected, Some(Error::ENOMEM));
        let last = explicit(pool.size, 1).unwrap();
        let expected = format!("map: no 2 MiB huge pages free: 0 of {total} (ENOMEM)");
        assert_short(pool.size, pool.size, &expected, Some(Error::ENOMEM));
        drop((held, last));
        assert_eq!(free, pool.free());
    });
}

#[test]
fn a_size_that_the_machine_has_not_is_a_shortage() {
    if std::fs::exists("/sys/kernel/mm/hugepages/hugepages-8192kB").unwrap() {
        lacking("no-8m-pages", "the machine has huge pages of 8 MiB");
        return;
    }
    let expected = "map: unsupported: no huge pages of 8 MiB on this machine";
    assert_short(8 << 20, 8 << 20, expected, None);
}

/// The pool has pages, and promises them; the group may not have them.
#[test]
fn the_limit_of_a_control_group_is_a_shortage() {
    let Some(pool) = Pool::of_2m(3) else { return };
    let free = pool.free();
    in_child(|| {
        let Some(_group) = Group::of_huge_pages(pool.size) else { return };
        let one = explicit(pool.size, pool.size).unwrap();
        let expected = "map: hugetlb.2MB.max is 2 MiB (EFAULT)";
        assert_short(pool.size, pool.size, expected, Some(Error::EFAULT));
        drop(one);
        assert_short(pool.size, 2 * pool.size, expected, Some(Error::EFAULT));
        // On threads too, and what was taken is given back.
        let mut options = MapOptions::new();
        options.huge_pages(HugePages::Explicit(pool.size));
        options.prefault_threads(3.try_into().unwrap());
        assert_eq!(Some(Error::EFAULT), options.anon(3 * pool.size).unwrap_err().errno());
        assert_eq!(free, pool.free());
        drop(options.anon(pool.size).unwrap());
        // As on a kernel without MADV_POPULATE_WRITE, where a touch would kill.
        let advice = 2;
        seccomp::deny_above(libc::SYS_madvise, advice, libc::MADV_PAGEOUT as u32, libc::EINVAL);
        let expected = "map: hugetlb.2MB.max is 2 MiB (ENOMEM)";
        assert_short(pool.size, 2 * pool.size, expected, Some(Error::ENOMEM));
        assert!(explicit(pool.size, 0).unwrap().is_empty());
        let mut memory = explicit(pool.size, pool.size).unwrap();
        memory.fill(1);
        assert_eq!(free - 1, pool.free());
    });
    assert_eq!(free, pool.free());
}
