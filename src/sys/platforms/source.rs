//! What the library offers, read from its sources: the gates of the modules, the tables, the items.
//!
//! rustfmt has laid them out: an item starts at the indentation of its block, and ends with a line
//! that starts there too. What is not understood is a panic, so that nothing is left out.
//! rustdoc's links on the pages, and the compiler by `abi/src/names.rs`, tell whether it is read
//! rightly.

use std::{
    env, format, fs,
    path::{Path, PathBuf},
    string::{String, ToString as _},
    sync::OnceLock,
    vec::Vec,
};

use super::places::{Places, gated, listed};

/// What an item is.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Module,
    Function,
    /// A constant of a module.
    Constant,
    /// A structure, an enum that is no table, a trait or another name of a type.
    Type,
    /// A set of constants: a `table!`.
    Set,
    /// A constant of a type.
    Value,
    /// A value of an enum.
    Variant,
    /// A field of a variant.
    Field,
    /// A function of a type.
    Method,
}

/// A public name.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) kind: Kind,
    /// The path within the crate, such as `sys::mman::mmap`.
    pub(super) path: String,
    pub(super) places: Places,
    /// Where it is without the standard library.
    pub(super) places_of_core: Places,
    /// Its documentation, without what `on!` writes.
    pub(super) doc: String,
    /// What `on!` says of it: the list of systems.
    pub(super) badge: Option<String>,
    /// The other names that a search finds it by.
    pub(super) aliases: Vec<String>,
}

impl Item {
    /// The last part of the path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit("::").next().unwrap()
    }

    /// The path of the module or type that it is in.
    pub(super) fn parent(&self) -> &str {
        self.path.rsplit_once("::").map_or("", |(parent, _)| parent)
    }
}

/// All public names of `sys`, `fcntl` and `errno`, in the order of the sources.
pub(super) fn items() -> &'static [Item] {
    static ITEMS: OnceLock<Vec<Item>> = OnceLock::new();
    ITEMS.get_or_init(|| read(&["sys", "fcntl", "errno"]))
}

/// All public names of these modules.
pub(super) fn read(modules: &[&str]) -> Vec<Item> {
    let mut reader = Reader { items: Vec::new() };
    for module in modules {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src").join(module);
        reader.module(&file, module, &[]);
    }
    reader.items
}

/// What stands before an item.
#[derive(Clone, Default)]
struct Attributes {
    doc: String,
    badge: Option<String>,
    aliases: Vec<String>,
    gates: Vec<String>,
}

impl Attributes {
    /// Takes `#[…]` or `#![…]`.
    fn add(&mut self, attribute: &str) {
        let inner = attribute.trim_start_matches("#!").trim_start_matches('#');
        let inner = inner.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let inner = inner.unwrap_or_else(|| panic!("{attribute} is no attribute"));
        if let Some(gate) = inner.strip_prefix("cfg(") {
            self.gates.push(gate.strip_suffix(')').unwrap().to_string());
        } else if let Some(list) = inner.strip_prefix("doc = on!") {
            self.badge = Some(list.to_string());
        } else if inner.starts_with("doc(alias") {
            self.aliases.extend(inner.split('"').skip(1).step_by(2).map(String::from));
        }
    }
}

/// Something at the indentation of its block.
struct Entry<'a> {
    before: Attributes,
    /// Its first line.
    line: String,
    /// What is between that and its last line, without its indentation.
    inner: Vec<&'a str>,
}

/// The entries of a block, whose lines have no indentation but their own.
fn entries<'a>(lines: &[&'a str]) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    let mut before = Attributes::default();
    let mut rest = lines;
    while let [line, after @ ..] = rest {
        rest = after;
        if let Some(doc) = line.strip_prefix("///") {
            before.doc += &format!("{}\n", doc.trim_start());
        } else if line.starts_with("#[") {
            before.add(&whole(line, &mut rest, |line| {
                line.matches(['(', '[']).count() == line.matches([')', ']']).count()
            }));
        } else if line.is_empty() {
            before = Attributes::default();
        } else if !line.starts_with([' ', '}', ')', ']', '/', '#']) {
            // The heading of a group in a table may be long.
            let line = whole(line, &mut rest, |line| !line.ends_with(')'));
            let end = rest.iter().position(|line| !line.starts_with(' ') && !line.is_empty());
            let inner = rest[..end.unwrap_or(rest.len())].iter();
            let inner = inner.map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
            entries.push(Entry { before: core::mem::take(&mut before), line, inner });
        }
    }
    entries
}

/// A line and those that belong to it, as one.
fn whole(line: &str, rest: &mut &[&str], is_whole: impl Fn(&str) -> bool) -> String {
    let mut whole = String::from(line);
    while !is_whole(&whole) {
        let [line, after @ ..] = rest else { panic!("{whole} does not end") };
        *rest = after;
        whole = format!("{whole} {}", line.trim());
    }
    whole.replace("( ", "(").replace(" )", ")")
}

/// The name at the start of a text.
fn name(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    assert!(end > 0, "{text} has no name");
    &text[..end]
}

/// Where a block of items stands.
#[derive(Copy, Clone)]
struct Block<'a> {
    /// The file of the module, without its extension: also the directory of its own modules.
    file: &'a Path,
    /// The public path of what is in it.
    path: &'a str,
    gates: &'a [String],
    /// It is an `impl`.
    of_type: bool,
}

struct Reader {
    items: Vec<Item>,
}

impl Reader {
    /// Reads the module in `file`, which has no extension yet, under its public path.
    fn module(&mut self, file: &Path, path: &str, gates: &[String]) {
        let text = fs::read_to_string(file.with_extension("rs")).unwrap();
        let lines: Vec<_> = text.lines().collect();
        let mut before = Attributes::default();
        for line in lines.iter().take_while(|line| line.starts_with(['/', '#'])) {
            match line.strip_prefix("//!") {
                Some(doc) => before.doc += &format!("{}\n", doc.trim_start()),
                None if line.starts_with("#![doc") => before.add(line),
                None => {}
            }
        }
        if path.rsplit("::").next() == file.file_name().unwrap().to_str() {
            self.push(Kind::Module, path.to_string(), before, gates);
        }
        self.block(&lines, &Block { file, path, gates, of_type: false });
    }

    fn push(&mut self, kind: Kind, path: String, before: Attributes, gates: &[String]) {
        let gates = [gates, &before.gates].concat();
        self.push_at(kind, path, before, gated(&gates, true), gated(&gates, false));
    }

    /// A name in two groups of a table is one item.
    fn push_at(
        &mut self,
        kind: Kind,
        path: String,
        before: Attributes,
        places: Places,
        places_of_core: Places,
    ) {
        let is_same = |item: &&mut Item| item.path == path && item.kind == kind;
        if let Some(known) = self.items.iter_mut().find(is_same) {
            assert!([Kind::Value, Kind::Variant].contains(&kind), "{path} is there twice");
            known.places.extend(places);
            known.places_of_core.extend(places_of_core);
            return;
        }
        let Attributes { doc, badge, aliases, .. } = before;
        self.items.push(Item { kind, path, places, places_of_core, doc, badge, aliases });
    }

    fn block(&mut self, lines: &[&str], block: &Block<'_>) {
        for entry in entries(lines) {
            let gates = [block.gates, &entry.before.gates].concat();
            // Tests, and pages of the documentation, are nowhere.
            if !gated(&gates, true).is_empty() {
                self.item(entry, block, &gates);
            }
        }
    }

    /// Reads an item, which `gates` decide on: those of the block and its own.
    fn item(&mut self, entry: Entry<'_>, block: &Block<'_>, gates: &[String]) {
        let Entry { before, line, inner } = entry;
        if let Some(called) = line.strip_suffix("! {") {
            match called {
                "table" => self.table(&inner, block, gates),
                "numbers" => self.numbers(&inner, block, gates),
                "bitflags::bitflags" => self.block(&inner, block),
                other => {
                    let is_public = inner.iter().any(|line| line.starts_with("pub "));
                    assert!(!is_public, "what does {other}! make?");
                }
            }
        } else if let Some(of) = line.strip_prefix("impl ") {
            // Those of traits have no names of their own.
            if !of.contains(" for ") {
                let path = format!("{}::{}", block.path, name(of));
                self.block(&inner, &Block { path: &path, gates, of_type: true, ..*block });
            }
        } else if let Some(private) = line.strip_prefix("mod ") {
            match private.strip_suffix(';') {
                Some(private) => self.module(&block.file.join(private), block.path, gates),
                None => self.block(&inner, &Block { gates, ..*block }),
            }
        } else if let Some(public) = line.strip_prefix("pub mod ") {
            let path = format!("{}::{}", block.path, name(public));
            self.module(&block.file.join(name(public)), &path, gates);
        } else if let Some(lent) = line.strip_prefix("pub use super::") {
            self.lent(lent, &before, block, gates);
        } else if let Some(path) = line.strip_prefix("pub use ") {
            // Of a module that is read where it is declared, or not of these at all.
            assert!(!path.starts_with("crate::sys"), "where is {path}?");
        } else if let Some(public) = line.strip_prefix("pub ") {
            self.named(public, before, &inner, block, gates);
        }
    }

    /// Reads what a module beside this one lends it: `nodes::{Node, NodeSet};`.
    fn lent(&mut self, path: &str, before: &Attributes, block: &Block<'_>, gates: &[String]) {
        let (module, names) = path.split_once("::").expect("names of a module");
        let paths: Vec<_> = names
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .map(|name| format!("{}::{name}", block.path))
            .collect();
        let mut lender = Self { items: Vec::new() };
        lender.module(&block.file.with_file_name(module), block.path, gates);
        for mut item in lender.items {
            if paths.contains(&item.path) {
                item.badge = item.badge.or(before.badge.clone());
                self.items.push(item);
            } else if paths.iter().any(|path| item.parent() == path) {
                self.items.push(item);
            }
        }
    }

    /// Reads an item with a name, which stands behind a word that says what it is.
    fn named(
        &mut self,
        line: &str,
        before: Attributes,
        inner: &[&str],
        block: &Block<'_>,
        gates: &[String],
    ) {
        let line = line.strip_prefix("unsafe ").unwrap_or(line);
        let line = line.strip_prefix("const fn ").map_or(line.to_string(), |it| format!("fn {it}"));
        let line = line.replacen("const unsafe fn ", "fn ", 1);
        let (word, rest) = line.split_once(' ').unwrap();
        let kind = match (word, block.of_type) {
            ("fn", false) => Kind::Function,
            ("fn", true) => Kind::Method,
            ("const", false) => Kind::Constant,
            ("const", true) => Kind::Value,
            ("struct" | "enum" | "type" | "trait", false) => Kind::Type,
            _ => panic!("what is {line}?"),
        };
        let path = format!("{}::{}", block.path, name(rest));
        self.push(kind, path.clone(), before, block.gates);
        if word == "enum" {
            self.variants(inner, &path, gates);
        } else if word == "struct" {
            self.flags(inner, &path, gates);
        }
    }

    /// The variants of an enum, and their fields.
    fn variants(&mut self, lines: &[&str], path: &str, gates: &[String]) {
        for variant in entries(lines) {
            let path = format!("{path}::{}", name(&variant.line));
            self.push(Kind::Variant, path.clone(), variant.before, gates);
            for field in entries(&variant.inner) {
                let path = format!("{path}::{}", name(&field.line));
                self.push(Kind::Field, path, field.before, gates);
            }
        }
    }

    /// The constants of `bitflags!`.
    fn flags(&mut self, lines: &[&str], path: &str, gates: &[String]) {
        for Entry { before, line, .. } in entries(lines) {
            if let Some(flag) = line.strip_prefix("const ").filter(|flag| name(flag) != "_") {
                self.push(Kind::Value, format!("{path}::{}", name(flag)), before, gates);
            }
        }
    }

    /// A `table!`: the set is where one of its groups is.
    fn table(&mut self, lines: &[&str], block: &Block<'_>, gates: &[String]) {
        let [set] = entries(lines).try_into().unwrap_or_else(|_| panic!("a table is one set"));
        let (kind, start) = match set.line.strip_prefix("pub enum ") {
            Some(start) => (Kind::Variant, start),
            None => (Kind::Value, set.line.strip_prefix("pub struct ").expect("a set of flags")),
        };
        let path = format!("{}::{}", block.path, name(start));
        let (here, here_of_core) = (gated(gates, true), gated(gates, false));
        let groups = entries(&set.inner);
        let lists = groups.iter().map(|group| {
            assert!(
                ["on", "later", "field"].contains(&name(&group.line)),
                "what is {}?",
                group.line
            );
            let (_, lists) = group.line.split_once('(').expect("a list of systems");
            // What the documentation shows may be another list.
            let (list, shown) = lists.split_once(" shown").unwrap_or((lists, lists));
            (listed(list), shown.trim_end_matches([' ', '{', '}']))
        });
        let lists: Vec<_> = lists.collect();
        let all: Places = lists.iter().flat_map(|(places, _)| places.iter().copied()).collect();
        self.push_at(Kind::Set, path.clone(), set.before, &all & &here, &all & &here_of_core);
        for (group, (places, shown)) in groups.iter().zip(&lists) {
            for Entry { before, line, .. } in entries(&group.inner) {
                let before = Attributes { badge: Some(shown.to_string()), ..before };
                let path = format!("{path}::{}", name(&line));
                self.push_at(kind, path, before, places & &here, places & &here_of_core);
            }
        }
    }

    /// The numbers of system calls.
    fn numbers(&mut self, lines: &[&str], block: &Block<'_>, gates: &[String]) {
        for Entry { before, line, .. } in entries(lines) {
            let path = format!("{}::{}", block.path, name(&line));
            self.push(Kind::Constant, path, before, gates);
        }
    }
}
