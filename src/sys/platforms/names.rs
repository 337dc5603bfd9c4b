//! `abi/src/names.rs`: what the page says of functions, constants and types, for the compiler to
//! check on every target.

use core::fmt::Write as _;
use std::{format, string::String, vec::Vec};

use super::{
    places::{everywhere, predicate},
    source::{Item, Kind, items},
};

const HEAD: &str = "\
//! Every public name of `sys`, `fcntl` and `errno`, and where it is: it is there, and nowhere else.
//!
//! Written by `MMAN_BLESS=1 cargo test --lib platforms`, from what `docs/platforms.md` is written
//! from. That this compiles for a target is the proof that the page is right about it.

#![allow(
    dead_code,
    deprecated,
    non_camel_case_types,
    unused_imports,
    clippy::upper_case_acronyms,
    reason = \"names of all kinds\"
)]

macro_rules! names {
    ($module:ident is $($path:ident)::+; $($name:ident if $cfg:meta;)+) => {
        mod $module {
            use ::$($path)::+ as module;
            mod absent {
                $( #[cfg(not($cfg))] pub(super) struct $name; )+
            }
            use absent::*;
            use module::*;

            $(
                #[cfg($cfg)]
                use self::module::$name as _;
                // Were it there all the same, it would not be clear which of the two is meant.
                #[cfg(not($cfg))]
                const _: $name = $name;
            )+
        }
    };
}
";

pub(super) fn names() -> String {
    let mut text = String::from(HEAD);
    for module in items().iter().filter(|item| item.kind == Kind::Module) {
        let has_name = |item: &&Item| item.parent() == module.path;
        let mut names: Vec<_> = items().iter().filter(has_name).collect();
        names.sort_by_key(|item| item.name());
        if module.places != everywhere() || module.places_of_core != module.places {
            writeln!(text, "\n#[cfg({})]", gate(module)).unwrap();
        } else {
            text.push('\n');
        }
        let path = &module.path;
        writeln!(text, "names! {{ {} is mman::{path};", path.replace("::", "_")).unwrap();
        for item in names {
            writeln!(text, "    {} if {};", item.name(), gate(item)).unwrap();
        }
        text.push_str("}\n");
    }
    text
}

/// Where an item is, as a predicate.
fn gate(item: &Item) -> String {
    let places = predicate(&item.places);
    let places = if item.places == everywhere() { "unix" } else { &places };
    match item.places_of_core.len() {
        0 => format!("all(feature = \"std\", {places})"),
        len => {
            assert_eq!(len, item.places.len(), "{} is on some systems without std", item.path);
            String::from(places)
        }
    }
}
