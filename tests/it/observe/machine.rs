//! `observe::machine`.

use std::fs;

use mman::observe::{Bound, OvercommitMode, machine};

use crate::util::{child::in_child, machine::HugePages, page, unprivileged::limit};

fn file(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

fn number(path: &str) -> Option<u64> {
    Some(file(path)?.parse().unwrap())
}

#[test]
fn settings_are_those_of_the_files() {
    let told = machine();
    assert_eq!(page(), told.page_size);
    assert_eq!(number("/proc/sys/vm/max_map_count"), told.max_map_count);
    assert_eq!(number("/proc/sys/vm/mmap_min_addr"), told.min_address);
    let overcommit = told.overcommit.unwrap();
    let mode = match number("/proc/sys/vm/overcommit_memory").unwrap() {
        0 => OvercommitMode::Heuristic,
        1 => OvercommitMode::Always,
        _ => OvercommitMode::Never,
    };
    assert_eq!(mode, overcommit.mode);
    assert_eq!(number("/proc/sys/vm/overcommit_ratio"), overcommit.ratio);
    let online = file("/sys/devices/system/node/online");
    let nodes = told.nodes.as_ref().map(|nodes| nodes.len() as u32 - 1);
    // Nodes without a hole: `0` or `0-N`.
    let last = online.map(|text| text.rsplit('-').next().unwrap().parse::<u32>().unwrap());
    assert_eq!(last, nodes);
}

#[test]
fn transparent_huge_pages_are_set_as_in_the_files() {
    if !have!("thp") {
        return;
    }
    let told = machine().transparent.unwrap();
    let folder = "/sys/kernel/mm/transparent_hugepage";
    let settings = [
        ("enabled", &told.enabled),
        ("defrag", &told.defrag),
        ("shmem_enabled", &told.shmem_enabled),
    ];
    for (name, word) in settings {
        let (text, word) = (file(&format!("{folder}/{name}")).unwrap(), word.as_ref().unwrap());
        assert!(text.contains(&format!("[{word}]")), "{name} is {text}, not {word}");
    }
    assert_eq!(number(&format!("{folder}/hpage_pmd_size")), told.pmd_size);
    let sizes = fs::read_dir(folder).unwrap().flatten();
    let sizes =
        sizes.filter(|entry| entry.file_name().as_encoded_bytes().starts_with(b"hugepages-"));
    assert_eq!(sizes.count(), told.sizes.len());
    assert!(told.sizes.is_sorted_by_key(|size| size.page_size));
    for size in &told.sizes {
        let path = format!("{folder}/hugepages-{}kB/enabled", size.page_size >> 10);
        match (&size.enabled, file(&path)) {
            (Some(word), Some(text)) => assert!(text.contains(&format!("[{word}]")), "{text}"),
            (word, text) => assert!(word.is_none() && text.is_none(), "{word:?} {text:?}"),
        }
    }
}

#[test]
fn pools_count_their_pages() {
    let Some(reserved) = HugePages::of_2m(2) else { return };
    let told = machine();
    let pool = |size| told.huge_pools.as_ref()?.iter().find(|pool| pool.page_size == size).copied();
    let two = pool(2 << 20).unwrap();
    assert_eq!(Some(reserved.free() as u64), two.available());
    assert_eq!(number("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"), two.total);
    assert_eq!(number("/sys/kernel/mm/hugepages/hugepages-2048kB/surplus_hugepages"), two.surplus);
    let count = fs::read_dir("/sys/kernel/mm/hugepages").unwrap().count();
    assert_eq!(count, told.huge_pools.unwrap().len());
    let text = fs::read_to_string("/proc/meminfo").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("Hugepagesize:")).unwrap();
    let kibibytes: u64 = line.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    assert_eq!(Some(kibibytes << 10), told.huge_page_size);
}

#[test]
fn limits_are_those_of_the_process() {
    in_child(|| {
        limit(libc::RLIMIT_MEMLOCK, 3 * page());
        // More than the process has, and numbers that fit 32 bits where they must.
        let [all, data] = [1, 2].map(|bit| 1_usize << (usize::BITS - bit));
        limit(libc::RLIMIT_AS, all);
        limit(libc::RLIMIT_DATA, data);
        let limits = machine().limits;
        let memlock = limits.memlock.unwrap();
        assert_eq!(Bound::Bytes(3 * page() as u64), memlock.soft);
        assert_eq!(memlock.soft, memlock.hard);
        assert_eq!(Bound::Bytes(all as u64), limits.address_space.unwrap().soft);
        assert_eq!(Bound::Bytes(data as u64), limits.data.unwrap().hard);
    });
    let mut of_data = libc::rlimit64 { rlim_cur: 0, rlim_max: 0 };
    assert_eq!(0, unsafe { libc::getrlimit64(libc::RLIMIT_DATA, &mut of_data) });
    let unlimited = of_data.rlim_cur == libc::RLIM64_INFINITY;
    assert_eq!(unlimited, machine().limits.data.unwrap().soft == Bound::Unlimited);
}
