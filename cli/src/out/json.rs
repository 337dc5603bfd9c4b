//! `--json`: for programs.

use std::{
    ffi::OsStr,
    fmt::Write as _,
    io::{self, BufWriter, Write as _},
    os::unix::ffi::OsStrExt as _,
};

use serde::{Serialize, Serializer};

use crate::cmd::stat::{Figures, Row, Total};

/// Grows when the meaning of something changes, not when something is added.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    schema: u32,
    #[serde(serialize_with = "files")]
    files: &'a [Row<'a>],
    total: &'a Total,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    #[serde(flatten)]
    figures: &'a Figures,
}

/// Writes one object.
pub(crate) fn write(rows: &[Row<'_>], total: &Total) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    serde_json::to_writer(&mut out, &Report { schema: SCHEMA, files: rows, total })?;
    out.write_all(b"\n")?;
    out.flush()
}

fn files<S: Serializer>(rows: &&[Row<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(rows.iter().map(Entry))
}

/// A row that makes its path only when it is written.
struct Entry<'a>(&'a Row<'a>);

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let path = self.0.path();
        let path_bytes = path.to_str().is_none().then(|| hexadecimal(path.as_os_str()));
        let path = &path.to_string_lossy();
        File { path, path_bytes, figures: self.0.figures() }.serialize(serializer)
    }
}

fn hexadecimal(path: &OsStr) -> String {
    path.as_bytes().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
