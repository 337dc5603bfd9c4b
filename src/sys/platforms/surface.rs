//! `docs/linux.md`: what Linux has for memory, and its name here.
//!
//! `data/linux.csv` says what there is, in the order of the page; a name that ends in `*` stands for
//! the constants of `data/abi`. What is here is found by its name or by an alias, unless the table
//! says where it is. What is not has its reason there, or in `data/abi/omitted.csv`.

use core::fmt::Write as _;
use std::{collections::BTreeSet, env, format, fs, path::PathBuf, string::String, vec::Vec};

use super::{
    page::{cell, link},
    places::of_system,
    since::since,
    source::{Item, Kind, items, read},
};

const HEAD: &str = "\
# What Linux has for memory, and its name here

Written from the sources and from `data/linux.csv` by `MMAN_BLESS=1 cargo test --lib platforms`.

Every call, constant and file of Linux 6.18 (and of the headers of 7.2) that maps memory, steers it or
tells of it, of all architectures. The third column is the first release with it; `●` stands for all
since 3.2. What is not offered has its reason. Errors are in [`Errno`](crate::errno::Errno).
";

/// A line of `data/linux.csv`.
struct Line {
    section: String,
    name: String,
    here: String,
    note: String,
}

struct Surface {
    lines: Vec<Line>,
    /// The constants of Linux's headers, and the names of its system calls.
    names: BTreeSet<String>,
    /// Names that are not offered, and why; one may end in `*`.
    omitted: Vec<(String, String)>,
    /// What of the owned layer is named.
    owned: Vec<Item>,
}

/// The page; a name that cannot be placed is a panic.
pub(super) fn page() -> String {
    let surface = Surface::read();
    surface.assert_all_have_a_line();
    let mut page = String::from(HEAD);
    let mut section = "";
    for line in &surface.lines {
        if line.section != section {
            section = &line.section;
            write!(page, "\n## {section}\n\n| C | here | Linux | |\n|---|---|---|---|\n").unwrap();
        }
        for name in surface.names_of(line) {
            page += &surface.row(name, line);
        }
    }
    page
}

impl Surface {
    fn read() -> Self {
        let line = |line: Vec<String>| {
            let [section, name, here, note] = line.try_into().expect("four columns");
            Line { section, name, here, note }
        };
        let of_linux = |line: &Vec<String>| ["linux", "*"].contains(&line[1].as_str());
        let constants = csv("abi/constants.csv").into_iter().filter(of_linux);
        let names = constants.chain(csv("abi/uapi.csv")).chain(csv("abi/syscalls.csv"));
        let omitted = csv("abi/omitted.csv").into_iter().filter(of_linux);
        Self {
            lines: csv("linux.csv").into_iter().map(line).collect(),
            names: names.map(|line| line[0].clone()).filter(|name| !name.contains('(')).collect(),
            omitted: omitted.map(|line| (line[0].clone(), line[2].clone())).collect(),
            owned: read(&["observe"]),
        }
    }

    fn assert_all_have_a_line(&self) {
        let has_line = |name: &&String| self.lines.iter().any(|line| fits(&line.name, name));
        let missing: Vec<_> = self.names.iter().filter(|name| !has_line(name)).collect();
        assert!(missing.is_empty(), "data/linux.csv lacks {missing:?}");
        let mut names = BTreeSet::new();
        for line in &self.lines {
            assert!(names.insert(&line.name), "{} is in data/linux.csv twice", line.name);
        }
    }

    /// The names that a line stands for: its own, or those that it fits best of all lines.
    fn names_of<'a>(&'a self, line: &'a Line) -> Vec<&'a str> {
        if !line.name.ends_with('*') {
            return [line.name.as_str()].into();
        }
        let is_better = |other: &Line, name: &str| {
            fits(&other.name, name) && (other.name == name || other.name.len() > line.name.len())
        };
        let fits_best = |name: &&String| {
            fits(&line.name, name) && !self.lines.iter().any(|other| is_better(other, name))
        };
        let names: Vec<_> = self.names.iter().filter(fits_best).map(String::as_str).collect();
        assert!(!names.is_empty(), "no constant is {}", line.name);
        names
    }

    /// A row of the page.
    fn row(&self, name: &str, line: &Line) -> String {
        let missing = |why: &str| format!("| `{name}` | – | | {why} |\n");
        let found = match line.here.as_str() {
            "" => named(name),
            "-" => {
                assert!(named(name).is_empty(), "{name} is said to be missing, and is there");
                assert!(!line.note.is_empty(), "why is {name} missing?");
                return missing(&line.note);
            }
            path => {
                let all = items().iter().chain(&self.owned);
                let found: Vec<_> = all.filter(|item| item.path == path).collect();
                assert_eq!(found.len(), 1, "{name} is said to be {path}");
                found
            }
        };
        if found.is_empty() {
            let why = self.omitted.iter().find(|(omitted, _)| fits(omitted, name));
            return missing(&why.unwrap_or_else(|| panic!("{name} is not here, and why not?")).1);
        }
        let here: Vec<_> = found.iter().map(|item| link(item, &item.path)).collect();
        // Of several that have the name, or else go by it, the first has brought it. Files are older
        // or newer than what reads them.
        let first = found.iter().min_by_key(|item| (item.name() != name, since(item, "Linux")));
        let first = first.filter(|item| !item.path.starts_with("observe"));
        let since = first.map(|item| cell(&item.places, since(item, "Linux"), "linux"));
        let (here, since) = (here.join(", "), since.unwrap_or_default());
        format!("| `{name}` | {here} | {since} | {} |\n", line.note)
    }
}

/// Whether a line with this name is about that name.
fn fits(line: &str, name: &str) -> bool {
    line.strip_suffix('*').map_or(line == name, |start| name.starts_with(start))
}

/// What goes by a name of C on Linux.
fn named(name: &str) -> Vec<&'static Item> {
    let is_named = |item: &&Item| item.name() == name && !item.path.starts_with("errno");
    let is_alias = |item: &&Item| item.name() != name && item.aliases.iter().any(|one| one == name);
    let found = items().iter().filter(is_named).chain(items().iter().filter(is_alias));
    let is_on_linux = |item: &&Item| !of_system(&item.places, "linux").is_empty();
    found.filter(|item| item.kind != Kind::Module).filter(is_on_linux).collect()
}

fn csv(path: &str) -> Vec<Vec<String>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data").join(path);
    let text = fs::read_to_string(path).unwrap();
    let columns = text.lines().next().unwrap().split(',').count();
    let line = |line: &str| line.splitn(columns, ',').map(String::from).collect();
    text.lines().skip(1).map(line).collect()
}
