//! Where something is: systems and architectures, and the predicates that pick them.

use std::{
    collections::BTreeSet,
    format,
    string::{String, ToString as _},
    vec::Vec,
};

/// The systems, as a `table!` spells them, and their names.
pub(super) const SYSTEMS: [(&str, &str); 8] = [
    ("linux", "Linux"),
    ("android", "Android"),
    ("freebsd", "FreeBSD"),
    ("netbsd", "NetBSD"),
    ("openbsd", "OpenBSD"),
    ("dragonfly", "DragonFly"),
    ("macos", "macOS"),
    ("ios", "iOS"),
];

/// The architectures of a system, as in `data/abi`.
pub(super) fn architectures(system: &str) -> &'static [&'static str] {
    match system {
        "linux" => &[
            "aarch64",
            "arm",
            "csky",
            "hexagon",
            "loongarch64",
            "m68k",
            "mips",
            "mips32r6",
            "mips64",
            "mips64r6",
            "powerpc",
            "powerpc64",
            "riscv32",
            "riscv64",
            "s390x",
            "sparc",
            "sparc64",
            "x86",
            "x86_64",
        ],
        "android" => &["aarch64", "arm", "riscv64", "x86", "x86_64"],
        "freebsd" => &["aarch64", "arm", "powerpc", "powerpc64", "riscv64", "x86", "x86_64"],
        "netbsd" => &[
            "aarch64", "arm", "m68k", "mips", "powerpc", "riscv32", "riscv64", "sparc", "sparc64",
            "x86", "x86_64",
        ],
        "openbsd" => &[
            "aarch64",
            "arm",
            "mips64",
            "powerpc",
            "powerpc64",
            "riscv64",
            "sparc64",
            "x86",
            "x86_64",
        ],
        "dragonfly" => &["x86_64"],
        "macos" | "ios" => &["aarch64", "x86_64"],
        other => panic!("{other} is no system"),
    }
}

/// A system and an architecture that it runs on.
pub(super) type Place = (&'static str, &'static str);
pub(super) type Places = BTreeSet<Place>;

pub(super) fn everywhere() -> Places {
    let all = SYSTEMS.iter().flat_map(|(system, _)| {
        architectures(system).iter().map(|architecture| (*system, *architecture))
    });
    all.collect()
}

/// The architectures of one system.
pub(super) fn of_system(places: &Places, system: &str) -> Vec<&'static str> {
    places.iter().filter(|place| place.0 == system).map(|place| place.1).collect()
}

/// The places in a list as a `table!` takes it, `(linux("x86", "x86_64"), apple)`.
pub(super) fn listed(spelled: &str) -> Places {
    let mut places = Places::new();
    let mut rest = spelled.trim().trim_start_matches('(');
    while let Some(start) = rest.find(|c: char| c.is_ascii_lowercase()) {
        rest = &rest[start..];
        let (name, after) = split_name(rest);
        rest = after;
        let list = after.strip_prefix('(').map(|list| list.split_once(')').expect("a closed list"));
        if let Some((_, after)) = list {
            rest = after;
        }
        let systems: &[&str] = match name {
            "unix" => &SYSTEMS.map(|(system, _)| system),
            "apple" => &["macos", "ios"],
            name => &[name],
        };
        places.extend(everywhere().into_iter().filter(|(system, architecture)| {
            let quoted = |list: &str| list.contains(&format!("\"{architecture}\""));
            systems.contains(system)
                && list.is_none_or(|(list, _)| quoted(list) != list.starts_with("not"))
        }));
    }
    places
}

/// The places where every one of the `cfg` predicates holds, with or without the standard library.
pub(super) fn gated(gates: &[String], std: bool) -> Places {
    let holds = |place: &Place| gates.iter().all(|gate| holds(gate, *place, std));
    everywhere().into_iter().filter(holds).collect()
}

/// Whether a `cfg` predicate holds.
fn holds(predicate: &str, place: Place, std: bool) -> bool {
    let mut rest = predicate;
    let holds = eval(&mut rest, place, std);
    assert!(rest.trim().is_empty(), "what is {rest:?} in {predicate:?}?");
    holds
}

/// Takes one predicate off the text.
fn eval(rest: &mut &str, (system, architecture): Place, std: bool) -> bool {
    let (name, after) = split_name(rest.trim_start());
    *rest = after.trim_start();
    if let Some(list) = rest.strip_prefix('(') {
        *rest = list;
        let mut values = Vec::new();
        loop {
            *rest = rest.trim_start().trim_start_matches(',').trim_start();
            if let Some(after) = rest.strip_prefix(')') {
                *rest = after;
                break;
            }
            values.push(eval(rest, (system, architecture), std));
        }
        return match name {
            "any" => values.contains(&true),
            "all" => !values.contains(&false),
            "not" => !values[0],
            other => panic!("{other} is no predicate"),
        };
    }
    let value = rest.strip_prefix("= \"").map(|value| {
        let (value, after) = value.split_once('"').expect("a closed string");
        *rest = after;
        value
    });
    match (name, value) {
        ("target_os", Some(value)) => value == system,
        ("target_arch", Some(value)) => value == architecture,
        ("target_vendor", Some("apple")) => ["macos", "ios"].contains(&system),
        ("target_pointer_width", Some(bits)) => {
            let wide = architecture.contains("64") || architecture == "s390x";
            bits == if wide { "64" } else { "32" }
        }
        ("feature", Some("std")) => std,
        ("unix", None) => true,
        ("doc" | "doctest" | "test", None) => false,
        other => panic!("{other:?} is no predicate that is known here"),
    }
}

fn split_name(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    text.split_at(end.unwrap_or(text.len()))
}

/// The places as a `cfg` predicate.
pub(super) fn predicate(places: &Places) -> String {
    let mut parts = Vec::new();
    let whole = |system: &str| of_system(places, system) == architectures(system);
    let apple = whole("macos") && whole("ios");
    for (system, _) in SYSTEMS {
        let here = of_system(places, system);
        if apple && system == "ios" || here.is_empty() {
            continue;
        }
        let name = if apple && system == "macos" {
            "target_vendor = \"apple\"".to_string()
        } else {
            format!("target_os = \"{system}\"")
        };
        let of = |list: &[&str]| {
            let list: Vec<_> = list.iter().map(|one| format!("target_arch = \"{one}\"")).collect();
            format!("any({})", list.join(", "))
        };
        parts.push(match lacking(&here, system) {
            lacking if lacking.is_empty() => name,
            lacking if lacking.len() < here.len() => format!("all({name}, not({}))", of(&lacking)),
            _ => format!("all({name}, {})", of(&here)),
        });
    }
    format!("any({})", parts.join(", "))
}

/// The architectures of a system that are not among these.
pub(super) fn lacking(here: &[&str], system: &str) -> Vec<&'static str> {
    architectures(system).iter().copied().filter(|one| !here.contains(one)).collect()
}

#[test]
fn lists_and_predicates_pick_places() {
    let x86 = |system| [(system, "x86"), (system, "x86_64")];
    let listed_x86 =
        listed("(linux(\"x86\", \"x86_64\"), android(not \"arm\", \"aarch64\", \"riscv64\"))");
    assert_eq!(listed_x86, Places::from_iter(x86("linux").into_iter().chain(x86("android"))));
    assert_eq!(listed("(unix)"), everywhere());
    let mut lists = vec_of(["(macos)", "(apple)", "(linux(not \"mips\"), dragonfly)", "(unix)"]);
    lists.push("(linux(\"aarch64\"), freebsd, apple)".to_string());
    for list in lists {
        let places = listed(&list);
        assert_eq!(places, gated(&[predicate(&places)], true), "{list}");
    }
    let std = "all(any(target_os = \"macos\", all(doc, not(doctest))), feature = \"std\")";
    assert_eq!(gated(&[std.to_string()], true), listed("(macos)"));
    assert_eq!(gated(&[std.to_string()], false), Places::new());
    let not = ["not(target_os = \"ios\")".to_string(), "target_vendor = \"apple\"".to_string()];
    assert_eq!(gated(&not, true), listed("(macos)"));
}

#[cfg(test)]
fn vec_of<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(String::from).into()
}
