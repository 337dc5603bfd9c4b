//! The figures of the kernel's headers, for tests: `data/abi/uapi.csv`.

use std::{
    fs,
    string::{String, ToString as _},
    vec::Vec,
};

/// A constant, size or offset of a header.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// The architecture, or `*` for all.
    pub(crate) arch: String,
    pub(crate) value: u64,
}

/// All of a header, such as `linux/fs.h`.
pub(crate) fn rows(header: &str) -> Vec<Row> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/abi/uapi.csv");
    let table = fs::read_to_string(path).unwrap();
    let rows = table.lines().filter(|line| line.contains(header)).map(|line| {
        let [name, arch, value, _source] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("four columns: {line}");
        };
        let value = match value.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => value.parse(),
        };
        Row { name: name.to_string(), arch: arch.to_string(), value: value.unwrap() }
    });
    rows.collect()
}

/// Asserts that our figures are those of `header`, and all that it has of names with one of
/// `words` in them.
#[track_caller]
pub(crate) fn assert_all(header: &str, words: &[&str], ours: &[(&str, u64)]) {
    let mut theirs = rows(header);
    theirs.retain(|row| words.iter().any(|word| row.name.contains(word)));
    for row in &theirs {
        let value = ours.iter().find(|(name, _)| *name == row.name).map(|(_, value)| value);
        assert_eq!(Some(&row.value), value, "{row:?}");
    }
    assert_eq!(theirs.len(), ours.len());
}

/// The size of a structure and the offsets of its fields, under the names that they have in C.
macro_rules! layout {
    ($Type:ident as $name:literal: $($field:ident)+) => {
        [
            (concat!("sizeof(struct ", $name, ")"), size_of::<$Type>() as u64),
            $((
                concat!("offsetof(struct ", $name, ".", stringify!($field), ")"),
                core::mem::offset_of!($Type, $field) as u64,
            )),+
        ]
    };
}
pub(crate) use layout;
