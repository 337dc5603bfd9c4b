//! The pages on what exists where, written from the sources, and the tests that they are current.

use std::{env, format, fs, path::Path, string::String};

use self::{
    since::Release,
    source::{Item, Kind, items},
};
use super::{
    mempolicy::MpolFlags,
    mman::{MRemapFlags, MapFlags, MemFdFlags, MlockAllFlags, MsFlags, ProtFlags},
    stat::Mode,
};
use crate::fcntl::OFlag;

mod names;
mod page;
mod places;
mod since;
mod source;
mod surface;

/// Since when Linux has what C calls `name`, as the documentation says: `Some(None)` for what all
/// releases have.
pub(crate) fn since_on_linux(name: &str) -> Option<Option<Release>> {
    let since = |item| since::since(item, "Linux");
    let found = items().iter().find(|item| item.name() == name);
    let is_alias = |item: &&Item| item.aliases.iter().any(|alias| alias == name);
    // Of several things that go by the name, the first has brought it.
    let others = || items().iter().filter(is_alias).map(since).min();
    found.map(since).or_else(others)
}

/// Asserts that a file of the repository is what it should be, or, when told to, makes it so.
#[track_caller]
fn assert_current(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if env::var_os("MMAN_BLESS").is_some() {
        fs::write(&file, text).unwrap();
    }
    assert!(
        fs::read_to_string(&file).unwrap() == text,
        "{path} is stale: run `MMAN_BLESS=1 cargo test --lib platforms`"
    );
}

#[test]
fn platforms_page_is_current() {
    assert_current("docs/platforms.md", &page::platforms());
}

#[test]
fn surface_page_is_current() {
    assert_current("docs/linux.md", &surface::page());
}

#[test]
fn names_to_compile_are_current() {
    assert_current("abi/src/names.rs", &names::names());
}

/// The documentation of what not all systems have begins with those that have it.
#[test]
fn badges_are_true() {
    let mut wrong = String::new();
    for item in items() {
        // What says nothing is where its type is, or everywhere.
        let of_type =
            || items().iter().find(|of| of.path == item.parent() && of.kind != Kind::Module);
        let told = match &item.badge {
            Some(list) => places::listed(list),
            None => of_type().map_or_else(places::everywhere, |of| of.places.clone()),
        };
        if told != item.places {
            let right = places::predicate(&item.places);
            wrong += &format!("{} says {:?}, and is {right}\n", item.path, item.badge);
        }
        let is_some = item.kind == Kind::Function && item.places != places::everywhere();
        if is_some && !item.doc.contains("# Platforms\n") {
            wrong += &format!("{} does not say since when\n", item.path);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
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
