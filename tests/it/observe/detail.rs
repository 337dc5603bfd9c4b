//! `observe::maps_in_detail` and `usage`.

use std::fs;

use mman::observe::{Detail, Name, Process, maps_in_detail, usage};

use crate::util::{child::in_child, machine::HugePages, map::Area, page, proc::Waiter, smaps};

/// The detail of the mapping that starts with the area.
fn of(area: &Area) -> Detail {
    let start = area.ptr().addr() as u64;
    let mut all = maps_in_detail(Process::Current).unwrap().map(Result::unwrap);
    all.find(|(mapping, _)| mapping.start == start).expect("it is listed").1
}

fn pages(count: usize) -> Option<u64> {
    Some((count * page()) as u64)
}

#[test]
fn own_pages_are_counted() {
    in_child(|| {
        let area = Area::anon(8);
        assert_eq!(0, unsafe { libc::madvise(area.ptr(), area.len(), libc::MADV_NOHUGEPAGE) });
        area.fill(0..5, 1);
        let detail = of(&area);
        let usage = detail.usage;
        assert_eq!((pages(5), pages(5)), (usage.rss, usage.pss));
        assert_eq!((pages(5), pages(0)), (usage.private_dirty, usage.shared_dirty));
        assert_eq!((pages(5), pages(0)), (usage.anonymous, usage.locked));
        assert_eq!((pages(0), pages(0)), (usage.swap, usage.anon_huge_pages));
        assert_eq!((pages(1), pages(1)), (detail.kernel_page_size, detail.mmu_page_size));
        let flags = detail.flags.unwrap();
        assert!(flags.has("rd") && flags.has("wr") && flags.has("nh"), "{flags:?}");
        assert!(!flags.has("lo"), "{flags:?}");
        assert_eq!(smaps::at(area.ptr()).flags(), flags.iter().collect::<Vec<_>>());
        assert_eq!(0, unsafe { libc::mlock(area.ptr(), 2 * page()) });
        // It was split there.
        let locked = of(&area);
        assert_eq!((pages(2), pages(2)), (locked.usage.locked, locked.usage.rss));
        assert!(locked.flags.unwrap().has("lo"));
    });
}

#[test]
fn pages_shared_with_a_child_are_told_apart() {
    in_child(|| {
        let area = Area::shared(4);
        area.fill(0..4, 1);
        in_child(|| {
            // The child's and the parent's.
            area.fill(0..3, 2);
            let usage = of(&area).usage;
            assert_eq!((pages(3), pages(3)), (usage.rss, usage.shared_dirty));
            assert_eq!(Some(3 * page() as u64 / 2), usage.pss);
        });
    });
}

#[test]
fn huge_pages_have_lines_of_their_own() {
    let Some(pool) = HugePages::of_2m(1) else { return };
    in_child(|| {
        let area = Area::reserve_aligned(pool.size / page(), pool.size);
        let flags =
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_HUGETLB | libc::MAP_HUGE_2MB;
        area.place(libc::PROT_READ | libc::PROT_WRITE, flags, -1);
        area.set(0, 1);
        let detail = of(&area);
        assert_eq!(Some(pool.size as u64), detail.kernel_page_size);
        // Which of the two, not every kernel tells right.
        let told = [detail.usage.private_hugetlb, detail.usage.shared_hugetlb].map(Option::unwrap);
        let vma = smaps::at(area.ptr());
        let lines = ["Private_Hugetlb", "Shared_Hugetlb"].map(|line| vma.bytes(line) as u64);
        assert_eq!((Some(0), lines), (detail.usage.rss, told));
        assert_eq!(pool.size as u64, told[0] + told[1]);
    });
}

#[test]
fn another_process_is_told_as_its_text_does() {
    let other = Waiter::start();
    let text = || {
        let text = fs::read_to_string(other.path("smaps")).unwrap();
        let sum = |key: &str| -> u64 {
            let values = text.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
            let number =
                |value: &str| value.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap();
            values.map(number).sum::<u64>() * 1024
        };
        let mappings = text.matches("VmFlags").count() - text.matches("[vsyscall]").count();
        (mappings, [sum("Rss"), sum("Rss"), sum("Shared_Clean")])
    };
    let told = || {
        let told: Vec<_> = maps_in_detail(other.id()).unwrap().map(Result::unwrap).collect();
        assert!(told.iter().any(|(mapping, _)| mapping.name == Name::Stack));
        let sum =
            |of: fn(&Detail) -> Option<u64>| told.iter().map(|(_, one)| of(one).unwrap()).sum();
        let all = usage(other.id()).unwrap().rss.unwrap();
        (told.len(), [sum(|one| one.usage.rss), all, sum(|one| one.usage.shared_clean)])
    };
    // The system takes pages of files back at any time, and others share them: what is told between
    // two equal texts is compared.
    let compared = (0..100).any(|_| {
        let (before, told) = (text(), told());
        let still = before == text();
        assert!(!still || (before == told && told.1[0] > 0), "{before:?} {told:?}");
        still
    });
    assert!(compared);
}

#[test]
fn what_a_process_takes_grows_with_its_pages() {
    in_child(|| {
        let area = Area::anon(1000);
        // Of huge pages that NUMA balancing looks at, Linux 6.1 to 6.5 count none.
        let small = unsafe { libc::madvise(area.ptr(), area.len(), libc::MADV_NOHUGEPAGE) };
        assert_eq!(0, small);
        let before = usage(Process::Current).unwrap();
        area.fill(0..1000, 1);
        let after = usage(Process::Current).unwrap();
        let grown = after.anonymous.unwrap() - before.anonymous.unwrap();
        assert!((1000 * page()..1100 * page()).contains(&(grown as usize)), "{grown}");
        assert!(after.pss_anon >= before.pss_anon);
    });
    let ended = Waiter::start().id();
    assert_eq!("usage", usage(ended).unwrap_err().operation());
}
