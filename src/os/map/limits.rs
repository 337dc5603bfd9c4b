//! The limits that Linux may have refused for, and their present values.

use std::{format, fs::File, io::Read, string::String};

use super::{in_words, linux::number};
use crate::sys::resource::{Resource, getrlimit};

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
