//! `docs/platforms.md`.

use core::fmt::Write as _;
use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    places::{Places, SYSTEMS, lacking, of_system},
    since::{Release, since},
    source::{Item, Kind, items},
};

const HEAD: &str = "\
# What exists on which system

Written from the sources by `MMAN_BLESS=1 cargo test --lib platforms`.

A number is the first release of the system that has it. `●` stands where it is and no release is
named: on Linux all that Rust's standard library runs on have it, which are those since 3.2. Where
architectures are named, it is on these only, or on all but these; MIPS, PowerPC and SPARC mean 32
and 64 bits. That a name is there says nothing of the kernel in use: a call that this one lacks
answers an error, which the documentation of the call names.
";

/// The page.
pub(super) fn platforms() -> String {
    let mut page = String::from(HEAD);
    for module in modules() {
        let inside: Vec<_> = items().iter().filter(|item| item.parent() == module.path).collect();
        let names = [Kind::Function, Kind::Constant];
        let mut names: Vec<_> =
            inside.iter().copied().filter(|item| names.contains(&item.kind)).collect();
        names.sort_by_key(|item| item.name().to_lowercase());
        table(&mut page, &format!("## {}", link(module, &module.path)), &names);
        let mut types: Vec<_> =
            inside.iter().filter(|item| [Kind::Set, Kind::Type].contains(&item.kind)).collect();
        types.sort_by_key(|item| item.name().to_lowercase());
        for of in types {
            let values: Vec<_> = items().iter().filter(|item| is_named_in(item, of)).collect();
            table(&mut page, &format!("### {}", link(of, &of.path)), &values);
        }
    }
    page
}

/// The modules, the most used first.
fn modules() -> Vec<&'static Item> {
    let mut modules: Vec<_> = items().iter().filter(|item| item.kind == Kind::Module).collect();
    let order = ["sys::mman", "fcntl"];
    let place = |item: &&Item| match order.iter().position(|path| *path == item.path) {
        Some(place) => place,
        None if item.path == "errno" => usize::MAX,
        None => order.len(),
    };
    modules.sort_by_key(place);
    modules
}

/// Whether something of a type has a row: its values, and functions that stand for a macro of C or
/// are not everywhere where the type is.
fn is_named_in(item: &Item, of: &Item) -> bool {
    let method = || !item.aliases.is_empty() || item.places != of.places;
    item.parent() == of.path
        && match item.kind {
            Kind::Value | Kind::Variant => true,
            Kind::Method => method(),
            _ => false,
        }
}

fn table(page: &mut String, heading: &str, rows: &[&Item]) {
    if rows.is_empty() {
        return;
    }
    let titles: String = SYSTEMS.iter().map(|(_, title)| format!("| {title} ")).collect();
    let rule = "|---".repeat(SYSTEMS.len() + 1);
    write!(page, "\n{heading}\n\n| name {titles}|\n{rule}|\n").unwrap();
    for (index, item) in rows.iter().enumerate() {
        // A code that is a value on some systems, and a constant on others, has one row.
        let is_same = |other: &&&Item| other.path == item.path;
        if rows[..index].iter().any(|other| is_same(&other)) {
            continue;
        }
        let all = rows.iter().filter(is_same);
        let places = all.flat_map(|item| item.places.iter().copied()).collect();
        write!(page, "| {} ", link(item, item.name())).unwrap();
        for (system, title) in SYSTEMS {
            write!(page, "| {} ", cell(&places, since(item, title), system)).unwrap();
        }
        page.push_str("|\n");
    }
}

/// A link in rustdoc.
pub(super) fn link(item: &Item, text: &str) -> String {
    // `Errno` has constants and values of the same name.
    let kind = if item.kind == Kind::Variant { "variant@" } else { "" };
    format!("[`{text}`]({kind}crate::{})", item.path)
}

/// Since when something is on a system, and on which of its architectures.
pub(super) fn cell(places: &Places, since: Option<Release>, system: &str) -> String {
    let here = of_system(places, system);
    if here.is_empty() {
        return String::new();
    }
    let since = since.map(|release| release.to_string());
    let lacking = lacking(&here, system);
    if lacking.is_empty() {
        return since.unwrap_or_else(|| "●".to_string());
    }
    let architectures = if lacking.len() < here.len() {
        format!("not {}", families(&lacking))
    } else {
        families(&here)
    };
    format!("{} {architectures}", since.unwrap_or_default()).trim().to_string()
}

/// A list of architectures, families under one name.
fn families(list: &[&str]) -> String {
    let mut list: Vec<_> = list.iter().map(ToString::to_string).collect();
    let families = [
        ("MIPS", &["mips", "mips32r6", "mips64", "mips64r6"][..]),
        ("PowerPC", &["powerpc", "powerpc64"]),
        ("SPARC", &["sparc", "sparc64"]),
    ];
    for (name, family) in families {
        if family.iter().all(|one| list.iter().any(|other| other == one)) {
            list.retain(|one| !family.contains(&one.as_str()));
            list.push(name.to_string());
        }
    }
    list.sort_by_key(|one| one.to_lowercase());
    list.join(", ")
}
