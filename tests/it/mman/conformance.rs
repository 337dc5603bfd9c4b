//! The assertions of conformance suites, and our tests of them: the tables of
//! `docs/conformance.md`, which must not go stale.

// Some tests are for one processor, and this one has them all.
#![cfg(target_arch = "x86_64")]

use std::{
    collections::{BTreeSet, HashSet},
    env,
    process::Command,
};

const TABLES: &str = include_str!("../../../docs/conformance.md");

/// The rows: identifier, assertion, tests.
fn rows() -> Vec<[&'static str; 3]> {
    let row = |line: &'static str| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        <[_; 3]>::try_from(cells).unwrap_or_else(|_| panic!("not three cells: {line}"))
    };
    let is_row = |[id, ..]: &[&str; 3]| *id != "id" && !id.starts_with("---");
    TABLES.lines().filter(|line| line.starts_with('|')).map(row).filter(is_row).collect()
}

/// What is between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The tests of this program, as it lists them itself.
fn tests() -> HashSet<String> {
    let list = Command::new(env::current_exe().unwrap())
        .args(["--list", "--format", "terse"])
        .output()
        .unwrap();
    assert!(list.status.success());
    let list = String::from_utf8(list.stdout).unwrap();
    list.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

#[test]
fn each_test_that_is_named_is_there() {
    let tests = tests();
    assert!(tests.contains("mman::conformance::each_test_that_is_named_is_there"));
    let named: BTreeSet<_> = rows().iter().flat_map(|[.., named]| quoted(named)).collect();
    assert!(named.len() > 150, "{}", named.len());
    let missing: Vec<_> = named.iter().filter(|name| !tests.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn each_assertion_has_a_test_or_a_reason() {
    let mut seen = HashSet::new();
    for [id, assertion, named] in rows() {
        assert!(seen.insert(id), "{id} is there twice");
        assert!(!assertion.is_empty(), "{id} asserts nothing");
        let reason = named.strip_prefix("not tested: ");
        assert!(reason.map_or(quoted(named).count() > 0, |why| why.len() > 10), "{id}: {named}");
    }
}

#[test]
fn no_assertion_of_posix_is_left_out() {
    let ids: HashSet<_> = rows().iter().map(|[id, ..]| *id).collect();
    for (function, count) in [
        ("mmap ", 32),
        ("munmap ", 10),
        ("mlock ", 12),
        ("munlock ", 11),
        ("mlockall ", 15),
        ("munlockall ", 6),
        ("shm_open ", 42),
        ("shm_unlink ", 11),
        ("P", 8),
        ("M", 10),
        ("A", 4),
    ] {
        for number in 1..=count {
            let id = format!("{function}{number}");
            let part = format!("{id}-");
            let is = ids.iter().any(|one| *one == id || one.starts_with(&part));
            assert!(is, "{id} is left out");
        }
    }
}
