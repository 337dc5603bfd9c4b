//! `cargo xtask abi`: the tables of the crate in `abi/`, from the files in `data/abi`.
//!
//! A table holds the names of one prefix that the library must offer on one system, and their
//! numbers. Which names it need not offer stands, with the reasons, in `data/abi/omitted.csv`.

mod rows;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use crate::{Result, root};
use rows::{Libc, Row};

/// The systems: a file of tables each.
const SYSTEMS: [&str; 8] =
    ["linux", "android", "freebsd", "netbsd", "openbsd", "dragonfly", "macos", "ios"];

/// Writes the tables.
pub(crate) fn write() -> Result {
    for (path, text) in files()? {
        fs::write(root().join(&path), text).map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(())
}

/// Fails if the tables are not what `cargo xtask abi` would make them.
pub(crate) fn check() -> Result {
    for (path, text) in files()? {
        if fs::read_to_string(root().join(&path)).ok() != Some(text) {
            return Err(format!("{path} is stale: run `cargo xtask abi`"));
        }
    }
    Ok(())
}

/// The path of each file of tables, and what belongs in it.
fn files() -> Result<Vec<(String, String)>> {
    let rows = rows::read()?;
    let file = |system| format!("abi/src/tables/{system}.rs");
    Ok(SYSTEMS.iter().map(|system| (file(system), module(&rows, system))).collect())
}

/// The architectures on which a name has a value, by name, C library and value.
type Table<'a> = BTreeMap<(&'a str, Libc, u32), BTreeSet<&'a str>>;

/// The tables of one system.
fn module(rows: &[Row], system: &str) -> String {
    let mut tables: BTreeMap<&str, Table> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.system == "*" || row.system == system) {
        let table = tables.entry(&row.table).or_default();
        table.entry((&row.name, row.libc, row.value)).or_default().insert(&row.arch);
    }
    let mut text = String::from(
        "// Made by `cargo xtask abi` from `data/abi`. Do not edit.\n\nuse crate::Row;\n",
    );
    for (name, table) in tables {
        text += &format!("\npub(crate) const {name}: &[Row] = &[\n");
        for ((name, libc, value), archs) in table {
            let conditions = conditions(&archs, libc);
            match conditions.as_slice() {
                [] => {}
                [one] => text += &format!("    #[cfg({one})]\n"),
                several => text += &format!("    #[cfg(all({}))]\n", several.join(", ")),
            }
            text += &format!("    (\"{name}\", {value:#x}),\n");
        }
        text += "];\n";
    }
    text
}

/// What must be true of a target for these architectures and this C library.
fn conditions(archs: &BTreeSet<&str>, libc: Libc) -> Vec<String> {
    let mut conditions = Vec::new();
    if !archs.contains("*") {
        let archs: Vec<String> = archs.iter().flat_map(|arch| predicates(arch)).collect();
        conditions.push(match archs.as_slice() {
            [one] => one.clone(),
            several => format!("any({})", several.join(", ")),
        });
    }
    match libc {
        Libc::Any => {}
        Libc::Gnu => conditions.push("target_env = \"gnu\"".to_owned()),
        Libc::NotGnu => conditions.push("not(target_env = \"gnu\")".to_owned()),
    }
    conditions
}

/// The `cfg` predicates of an architecture of the files.
fn predicates(arch: &str) -> Vec<String> {
    let is = |arch: &str| format!("target_arch = \"{arch}\"");
    match arch {
        "mips" => vec![is("mips"), is("mips32r6")],
        "mips64" => vec![is("mips64"), is("mips64r6")],
        "x86_64-lp64" => vec![format!("all({}, target_pointer_width = \"64\")", is("x86_64"))],
        "x86_64-x32" => vec![format!("all({}, target_pointer_width = \"32\")", is("x86_64"))],
        arch => vec![is(arch)],
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_tables_are_fresh() {
        assert_eq!(super::check(), Ok(()));
    }
}
