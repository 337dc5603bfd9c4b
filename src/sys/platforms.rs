//! `docs/platforms.md`, written from the tables: which constant exists on which system.

use core::fmt::Write;
use std::{collections::BTreeMap, env, fs, string::String, vec::Vec};

use super::{
    mempolicy::MpolFlags,
    mman::{
        Inherit, MRemapFlags, MapFlags, MemFdFlags, MincoreFlags, MlockAllFlags, MlockFlags,
        MmapAdvise, MsFlags, PkeyAccess, PosixMadvAdvice, ProtFlags, ShadowStackFlags, ShmFlags,
        ShmLargepageAlloc, ShmRenameFlags,
    },
    pagemap::{PageIs, PmScanFlags},
    pidfd::PidfdFlags,
    procmap::ProcmapQueryFlags,
    stat::Mode,
    table::Row,
    userfaultfd::{
        UffdFeatures, UffdPagefaultFlags, UffdioContinueMode, UffdioCopyMode, UffdioMoveMode,
        UffdioPoisonMode, UffdioRegisterMode, UffdioZeropageMode, UserfaultfdFlags,
    },
};
use crate::{
    errno::Errno,
    fcntl::{FallocateFlags, OFlag, PosixFadviseAdvice, SealFlags, SyncFileRangeFlags},
};

const SYSTEMS: [(&str, &str); 8] = [
    ("linux", "Linux"),
    ("android", "Android"),
    ("freebsd", "FreeBSD"),
    ("netbsd", "NetBSD"),
    ("openbsd", "OpenBSD"),
    ("dragonfly", "DragonFly"),
    ("macos", "macOS"),
    ("ios", "iOS"),
];

const TABLES: &[(&str, &[Row])] = &[
    ("sys::mman::ProtFlags", ProtFlags::ROWS),
    ("sys::mman::MapFlags", MapFlags::ROWS),
    ("sys::mman::MRemapFlags", MRemapFlags::ROWS),
    ("sys::mman::MmapAdvise", MmapAdvise::ROWS),
    ("sys::mman::PosixMadvAdvice", PosixMadvAdvice::ROWS),
    ("sys::mman::Inherit", Inherit::ROWS),
    ("sys::mman::MincoreFlags", MincoreFlags::ROWS),
    ("sys::mman::MsFlags", MsFlags::ROWS),
    ("sys::mman::MlockAllFlags", MlockAllFlags::ROWS),
    ("sys::mman::MlockFlags", MlockFlags::ROWS),
    ("sys::mman::MemFdFlags", MemFdFlags::ROWS),
    ("sys::mman::ShmFlags", ShmFlags::ROWS),
    ("sys::mman::ShmLargepageAlloc", ShmLargepageAlloc::ROWS),
    ("sys::mman::ShmRenameFlags", ShmRenameFlags::ROWS),
    ("sys::mman::PkeyAccess", PkeyAccess::ROWS),
    ("sys::mman::ShadowStackFlags", ShadowStackFlags::ROWS),
    ("sys::pidfd::PidfdFlags", PidfdFlags::ROWS),
    ("sys::mempolicy::MpolFlags", MpolFlags::ROWS),
    ("sys::pagemap::PageIs", PageIs::ROWS),
    ("sys::pagemap::PmScanFlags", PmScanFlags::ROWS),
    ("sys::procmap::ProcmapQueryFlags", ProcmapQueryFlags::ROWS),
    ("sys::stat::Mode", Mode::ROWS),
    ("sys::userfaultfd::UserfaultfdFlags", UserfaultfdFlags::ROWS),
    ("sys::userfaultfd::UffdFeatures", UffdFeatures::ROWS),
    ("sys::userfaultfd::UffdioRegisterMode", UffdioRegisterMode::ROWS),
    ("sys::userfaultfd::UffdioCopyMode", UffdioCopyMode::ROWS),
    ("sys::userfaultfd::UffdioZeropageMode", UffdioZeropageMode::ROWS),
    ("sys::userfaultfd::UffdioContinueMode", UffdioContinueMode::ROWS),
    ("sys::userfaultfd::UffdioPoisonMode", UffdioPoisonMode::ROWS),
    ("sys::userfaultfd::UffdioMoveMode", UffdioMoveMode::ROWS),
    ("sys::userfaultfd::UffdPagefaultFlags", UffdPagefaultFlags::ROWS),
    ("fcntl::OFlag", OFlag::ROWS),
    ("fcntl::SealFlags", SealFlags::ROWS),
    ("fcntl::PosixFadviseAdvice", PosixFadviseAdvice::ROWS),
    ("fcntl::FallocateFlags", FallocateFlags::ROWS),
    ("fcntl::SyncFileRangeFlags", SyncFileRangeFlags::ROWS),
    ("errno::Errno", Errno::ROWS),
];

const HEAD: &str = "\
# Which constant exists on which system

Written from the tables in the source by `MMAN_BLESS=1 cargo test --lib platforms`.
`●` means on every architecture; else the architectures are named.
";

/// `linux("x86", "x86_64"), macos` as pairs of a system and its mark.
fn systems(spelled: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut rest = spelled.trim_start_matches('(');
    while let Some(start) = rest.find(|c: char| c.is_ascii_lowercase()) {
        rest = &rest[start..];
        let end = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        rest = after;
        let mut mark = String::from("●");
        if let Some(list) = after.strip_prefix('(') {
            let (archs, after) = list.split_once(')').expect("a closed list");
            mark = archs.replace('"', "");
            rest = after;
        }
        let names: &[&str] = match name {
            "unix" => &SYSTEMS.map(|(name, _)| name),
            "apple" => &["macos", "ios"],
            name => &[name],
        };
        found.extend(names.iter().map(|name| (*name, mark.clone())));
    }
    found
}

fn page() -> String {
    let mut page = String::from(HEAD);
    let columns: String = SYSTEMS.iter().map(|(_, title)| ["| ", title, " "].concat()).collect();
    for (title, rows) in TABLES {
        let mut cells = BTreeMap::<_, String>::new();
        let mut order = Vec::new();
        for (name, spelled) in *rows {
            if !order.contains(name) {
                order.push(name);
            }
            for (system, mark) in systems(spelled) {
                cells.insert((*name, system), mark);
            }
        }
        let rule = "|---".repeat(SYSTEMS.len() + 1);
        write!(page, "\n## `{title}`\n\n| name {columns}|\n{rule}|\n").unwrap();
        for name in order {
            write!(page, "| `{name}` ").unwrap();
            for (system, _) in SYSTEMS {
                let mark = cells.get(&(name, system)).map_or("", String::as_str);
                write!(page, "| {mark} ").unwrap();
            }
            page.push_str("|\n");
        }
    }
    page
}

#[test]
fn platforms_page_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/platforms.md");
    if env::var_os("MMAN_BLESS").is_some() {
        fs::write(path, page()).unwrap();
    }
    assert!(
        fs::read_to_string(path).unwrap() == page(),
        "docs/platforms.md is stale: run `MMAN_BLESS=1 cargo test --lib platforms`"
    );
}

/// Flags are written and iterated in the order of their table, so a name that covers another must
/// come first.
#[test]
fn wider_names_come_first() {
    fn check<F: bitflags::Flags<Bits: Into<i64>> + Copy>(names: &[(&str, F)]) {
        for (index, (narrow, flag)) in names.iter().enumerate() {
            for (wide, other) in &names[index + 1..] {
                let (bits, cover): (i64, i64) = (flag.bits().into(), other.bits().into());
                let hidden = bits & cover == bits && bits != cover && bits != 0;
                // Values of a field of several bits are found by their number.
                let field = wide.contains("_HUGE_") || *wide == "MAP_UNINITIALIZED";
                assert!(!hidden || field, "{wide} covers {narrow} but comes after it");
            }
        }
    }
    check(ProtFlags::NAMES);
    check(MapFlags::NAMES);
    check(MRemapFlags::NAMES);
    check(MsFlags::NAMES);
    check(MlockAllFlags::NAMES);
    check(MemFdFlags::NAMES);
    check(MpolFlags::NAMES);
    check(Mode::NAMES);
    check(OFlag::NAMES);
}
