//! The machine, from `/sys` and `/proc/sys`.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    string::String,
    vec::Vec,
};

use super::{
    super::{
        machine::{
            HugePool, Machine, Overcommit, OvercommitMode, TransparentHugePages, TransparentSize,
            limits,
        },
        page_size,
    },
    lines::Lines,
    smaps::{bytes, integer},
};

const HUGE: &str = "/sys/kernel/mm/hugepages";
const TRANSPARENT: &str = "/sys/kernel/mm/transparent_hugepage";
const VM: &str = "/proc/sys/vm";

pub(crate) fn machine() -> Machine {
    let vm = Path::new(VM);
    let nodes = read(Path::new("/sys/devices/system/node/online"));
    Machine {
        page_size: page_size(),
        huge_page_size: huge_page_size(),
        huge_pools: huge_pools(),
        transparent: transparent(Path::new(TRANSPARENT)),
        limits: limits(),
        overcommit: overcommit(vm),
        max_map_count: number(&vm.join("max_map_count")),
        min_address: number(&vm.join("mmap_min_addr")),
        nodes: nodes.and_then(|text| node_list(&text)),
    }
}

/// The line `Hugepagesize:    2048 kB` of `/proc/meminfo`.
pub(super) fn huge_page_size() -> Option<u64> {
    let mut lines = Lines::of(File::open("/proc/meminfo").ok()?);
    while let Some(line) = lines.next().ok()? {
        if let Some(value) = line.strip_prefix(b"Hugepagesize:") {
            return bytes(value.trim_ascii());
        }
    }
    None
}

fn huge_pools() -> Option<Vec<HugePool>> {
    let pool = |(page_size, folder): (u64, PathBuf)| HugePool {
        page_size,
        total: number(&folder.join("nr_hugepages")),
        free: number(&folder.join("free_hugepages")),
        reserved: number(&folder.join("resv_hugepages")),
        surplus: number(&folder.join("surplus_hugepages")),
        overcommit: number(&folder.join("nr_overcommit_hugepages")),
    };
    Some(sizes(Path::new(HUGE))?.into_iter().map(pool).collect())
}

fn transparent(folder: &Path) -> Option<TransparentHugePages> {
    let size = |(page_size, folder): (u64, PathBuf)| TransparentSize {
        page_size,
        enabled: choice(&folder.join("enabled")),
        shmem_enabled: choice(&folder.join("shmem_enabled")),
    };
    Some(TransparentHugePages {
        sizes: sizes(folder)?.into_iter().map(size).collect(),
        enabled: choice(&folder.join("enabled")),
        defrag: choice(&folder.join("defrag")),
        shmem_enabled: choice(&folder.join("shmem_enabled")),
        use_zero_page: number(&folder.join("use_zero_page")).map(|number| number != 0),
        pmd_size: number(&folder.join("hpage_pmd_size")),
    })
}

/// The folders `hugepages-SIZEkB`, with the size in bytes, by ascending size.
fn sizes(folder: &Path) -> Option<Vec<(u64, PathBuf)>> {
    let size = |entry: fs::DirEntry| {
        let name = entry.file_name();
        let kibibytes = name.as_encoded_bytes().strip_prefix(b"hugepages-")?.strip_suffix(b"kB")?;
        Some((integer(kibibytes)?.checked_mul(1024)?, entry.path()))
    };
    let mut sizes: Vec<_> = fs::read_dir(folder).ok()?.flatten().filter_map(size).collect();
    sizes.sort_unstable();
    Some(sizes)
}

fn overcommit(vm: &Path) -> Option<Overcommit> {
    let mode = match number(&vm.join("overcommit_memory"))? {
        0 => OvercommitMode::Heuristic,
        1 => OvercommitMode::Always,
        2 => OvercommitMode::Never,
        other => OvercommitMode::Other(other),
    };
    let ratio = number(&vm.join("overcommit_ratio"));
    let kibibytes = number(&vm.join("overcommit_kbytes"));
    Some(Overcommit { mode, ratio, bytes: kibibytes.and_then(|size| size.checked_mul(1024)) })
}

/// Ranges of nodes such as `0-3,8`, ascending.
fn node_list(text: &str) -> Option<Vec<u32>> {
    /// No kernel has more nodes.
    const MOST: u64 = 1 << 16;
    let mut nodes = Vec::new();
    for range in text.trim().split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last) = (integer(first.as_bytes())?, integer(last.as_bytes())?);
        if last >= MOST {
            return None;
        }
        nodes.extend((first..=last).filter_map(|node| u32::try_from(node).ok()));
    }
    nodes.sort_unstable();
    nodes.dedup();
    Some(nodes)
}

/// The word in brackets: `always [madvise] never`.
fn choice(path: &Path) -> Option<String> {
    let text = read(path)?;
    Some(String::from(chosen(&text)?))
}

fn chosen(text: &str) -> Option<&str> {
    text.split_ascii_whitespace().find_map(|word| word.strip_prefix('[')?.strip_suffix(']'))
}

fn number(path: &Path) -> Option<u64> {
    integer(read(path)?.trim().as_bytes())
}

/// These files are short: what is longer is none of them.
fn read(path: &Path) -> Option<String> {
    let mut text = String::new();
    File::open(path).ok()?.take(4096).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, vec};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn settings_are_the_word_in_brackets() {
        assert_eq!(Some("madvise"), chosen("always [madvise] never\n"));
        assert_eq!(Some("defer+madvise"), chosen("always defer [defer+madvise]"));
        assert_eq!(None, chosen("always never"));
    }

    #[test]
    fn nodes_are_ranges() {
        assert_eq!(Some(vec![0]), node_list("0\n"));
        assert_eq!(Some(vec![0, 1, 2, 3, 8]), node_list("0-3,8\n"));
        assert_eq!(None, node_list(""));
        assert_eq!(None, node_list("0-4294967295"));
        assert_eq!(None, node_list("18446744073709551616"));
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in "[0-9,\\-\n\\[\\] a]{0,12}") {
            let _ = (chosen(&text), node_list(&text), integer(text.as_bytes()));
        }

        #[test]
        fn lists_of_ranges_are_read(ranges in prop::collection::vec((0_u32..200, 0_u32..5), 1..8)) {
            let text: Vec<_> =
                ranges.iter().map(|(at, more)| std::format!("{at}-{}", at + more)).collect();
            let all: BTreeSet<_> =
                ranges.iter().flat_map(|(at, more)| *at..=at + more).collect();
            prop_assert_eq!(Some(all.into_iter().collect()), node_list(&text.join(",")));
        }
    }
}
