//! The limits that Linux may have refused for, and their present values.

use std::{format, fs::File, io::Read, path::Path, string::String};

use super::{in_words, linux::number};
use crate::{
    Numa,
    sys::resource::{Resource, getrlimit},
};

/// In the order of what is likely.
pub(crate) fn shortage(len: usize, memory: usize) -> Option<String> {
    let over = |resource, name, line, more: usize| {
        let limit = limit(resource)?;
        let used = status(line)?;
        (used.saturating_add(more as u64) > limit).then(|| format!("{name} is {}", in_words(limit)))
    };
    over(Resource::RLIMIT_AS, "RLIMIT_AS", "VmSize:", len)
        .or_else(|| over(Resource::RLIMIT_DATA, "RLIMIT_DATA", "VmData:", memory))
        .or_else(too_many_maps)
        .or_else(|| too_much(memory))
}

/// One that may lock without limit (`CAP_IPC_LOCK`) is not refused for it.
pub(crate) fn lock_shortage(len: usize) -> Option<String> {
    const CAP_IPC_LOCK: u64 = 1 << 14;
    let limit = limit(Resource::RLIMIT_MEMLOCK)?;
    let over = status("VmLck:")?.saturating_add(len as u64) > limit;
    let free = field("CapEff:", |text| u64::from_str_radix(text, 16).ok())? & CAP_IPC_LOCK != 0;
    if over && !free {
        return Some(format!("RLIMIT_MEMLOCK is {}", in_words(limit)));
    }
    too_many_maps()
}

/// Why huge pages for `len` bytes cannot be had of those in the pool: the nodes', or the control
/// group's.
pub(crate) fn huge_shortage(size: usize, len: usize, numa: Numa) -> Option<String> {
    let words = in_words(size as u64);
    if let Numa::Bind(nodes) = numa {
        let folder = format!("hugepages/hugepages-{}kB", size >> 10);
        let count = |node, file| {
            number(&format!("/sys/devices/system/node/node{node}/{folder}/{file}")).unwrap_or(0)
        };
        let sum = |file| nodes.iter().map(|node| count(node, file)).sum::<usize>();
        let (need, free, total) = (len.div_ceil(size), sum("free_hugepages"), sum("nr_hugepages"));
        if free == 0 {
            return Some(format!("no {words} huge pages free on nodes {nodes}: 0 of {total}"));
        }
        if free < need {
            let there = format!("free on nodes {nodes}: {free} of {total}");
            return Some(format!("{need} huge pages of {words} needed, {there}"));
        }
    }
    let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    groups.lines().find_map(|line| group_limit(line, size, len))
}

/// The nearest limit that `len` bytes more exceed, of a line such as `0::/user.slice` and the groups
/// above.
fn group_limit(line: &str, size: usize, len: usize) -> Option<String> {
    let (_, rest) = line.split_once(':')?;
    let (kinds, path) = rest.split_once(':')?;
    let (roots, most, now): (&[&str], _, _) = if kinds.is_empty() {
        (&["/sys/fs/cgroup", "/sys/fs/cgroup/unified"], "max", "current")
    } else if kinds == "hugetlb" {
        (&["/sys/fs/cgroup/hugetlb"], "limit_in_bytes", "usage_in_bytes")
    } else {
        return None;
    };
    let unit = match size.ilog2() {
        30.. => format!("{}GB", size >> 30),
        20.. => format!("{}MB", size >> 20),
        _ => format!("{}KB", size >> 10),
    };
    for group in Path::new(path.trim_start_matches('/')).ancestors() {
        for root in roots {
            let read = |name| {
                let file = Path::new(root).join(group).join(format!("hugetlb.{unit}.{name}"));
                number(file.to_str()?)
            };
            let (Some(limit), Some(used)) = (read(most), read(now)) else { continue };
            if used.saturating_add(len) > limit {
                return Some(format!("hugetlb.{unit}.{most} is {}", in_words(limit as u64)));
            }
        }
    }
    None
}

fn limit(resource: Resource) -> Option<u64> {
    getrlimit(resource).ok().map(|limit| limit.rlim_cur).filter(|limit| *limit != u64::MAX)
}

/// An operation may need two mappings more.
fn too_many_maps() -> Option<String> {
    let most = number("/proc/sys/vm/max_map_count")?;
    let lines = count_lines("/proc/self/maps")?;
    (lines.saturating_add(2) >= most).then(|| format!("vm.max_map_count is {most}"))
}

/// What overcommitting allows.
fn too_much(len: usize) -> Option<String> {
    let mode = number("/proc/sys/vm/overcommit_memory")?;
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let bytes = |line: &str| kibibytes(info.lines().find_map(|text| text.strip_prefix(line))?);
    let len = len as u64;
    if mode == 2 {
        let (limit, used) = (bytes("CommitLimit:")?, bytes("Committed_AS:")?);
        let over = used.saturating_add(len) > limit;
        let say = || format!("vm.overcommit_memory is 2, the limit is {}", in_words(limit));
        return over.then(say);
    }
    let all = bytes("MemTotal:")?.saturating_add(bytes("SwapTotal:")?);
    let say = || format!("memory and swap are {} (vm.overcommit_memory is {mode})", in_words(all));
    (len > all).then(say)
}

/// A line of `/proc/self/status`, in bytes.
fn status(line: &str) -> Option<u64> {
    field(line, kibibytes)
}

fn field(line: &str, parse: impl Fn(&str) -> Option<u64>) -> Option<u64> {
    let all = std::fs::read_to_string("/proc/self/status").ok()?;
    parse(all.lines().find_map(|text| text.strip_prefix(line))?.trim())
}

fn kibibytes(text: &str) -> Option<u64> {
    text.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Without memory of its own: there may be none to be had.
fn count_lines(path: &str) -> Option<usize> {
    let mut file = File::open(path).ok()?;
    let mut buffer = [0; 4096];
    let mut lines = 0;
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(lines),
            n => lines += buffer.get(..n)?.iter().filter(|byte| **byte == b'\n').count(),
        }
    }
}
