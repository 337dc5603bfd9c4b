//! Since which release something exists: what its documentation says.

use core::fmt;
use std::format;

use super::source::{Item, Kind, items};

/// The number of a release, such as 6.11 or 13.
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Release(u32, Option<u32>);

/// The oldest Linux that Rust's standard library runs on: what it has, all have.
const OLDEST_LINUX: Release = Release(3, Some(2));

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self(major, Some(minor)) => write!(f, "{major}.{minor}"),
            Self(major, None) => write!(f, "{major}"),
        }
    }
}

/// The release of a system that came with an item; `None` for what all have.
///
/// Its own documentation says it, that of a function under *Platforms*; for the values of a type
/// that say nothing, the type does, under *Platforms*.
pub(super) fn since(item: &Item, system: &str) -> Option<Release> {
    let own = match item.kind {
        Kind::Function | Kind::Set | Kind::Type => platforms(&item.doc),
        _ => &item.doc,
    };
    let of_type = || {
        let parent = items().iter().find(|parent| parent.path == item.parent())?;
        let is_type = [Kind::Set, Kind::Type].contains(&parent.kind);
        first(is_type.then(|| platforms(&parent.doc))?, system)
    };
    let release = first(own, system).or_else(of_type)?;
    (system != "Linux" || release > OLDEST_LINUX).then_some(release)
}

/// The section of that name.
fn platforms(doc: &str) -> &str {
    let section = doc.split_once("# Platforms\n").map_or("", |(_, section)| section);
    section.split("\n# ").next().unwrap_or("")
}

/// The first release of the system that is named: `Linux 6.11`, `FreeBSD 13`.
fn first(doc: &str, system: &str) -> Option<Release> {
    let parse = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let mut numbers = rest[..end].split('.').map(|number| number.parse().ok());
        Some(Release(numbers.next()??, numbers.next().flatten()))
    };
    doc.split(&format!("{system} ")).skip(1).find_map(parse)
}

#[test]
fn the_first_release_counts() {
    let doc = "Of Linux, and since Linux 4.14; in files 6.1.\n\n# Platforms\n\nFreeBSD 13.\n";
    assert_eq!(first(doc, "Linux"), Some(Release(4, Some(14))));
    assert_eq!(first(doc, "FreeBSD"), Some(Release(13, None)));
    assert_eq!(first(doc, "NetBSD"), None);
    assert_eq!(platforms(doc), "\nFreeBSD 13.\n");
}
