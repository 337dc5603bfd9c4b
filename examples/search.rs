//! Prints the lines of a file that match a regular expression, with their numbers.
//!
//! The searcher needs all of the file as a slice. It gets one for the time of the search; should
//! the file be truncated meanwhile, it finds zeros, and its findings are not told.

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
};

use mman::Contents;
use regex::bytes::RegexBuilder;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let [pattern, path] = arguments.as_slice() else {
        eprintln!("usage: search PATTERN FILE");
        return ExitCode::from(2);
    };
    match search(&pattern.to_string_lossy(), path) {
        Ok(false) => ExitCode::FAILURE,
        Ok(true) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("search: {error}");
            ExitCode::from(2)
        }
    }
}

fn search(pattern: &str, path: &std::ffi::OsStr) -> Result<bool, Box<dyn std::error::Error>> {
    let regex = RegexBuilder::new(pattern).multi_line(true).build()?;
    let contents = Contents::open(path)?;
    let mut found = Vec::new();
    // SAFETY: this program is for files that are not written while they are searched, of which it
    // is not said that they are not truncated.
    let searched = unsafe {
        contents.with_slice(.., |bytes| {
            for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
                if regex.is_match(line) {
                    found.push((number + 1, line.to_vec()));
                }
            }
        })
    };
    searched?;
    let mut out = io::stdout().lock();
    for (number, line) in &found {
        write!(out, "{number}:")?;
        out.write_all(line)?;
        out.write_all(b"\n")?;
    }
    Ok(!found.is_empty())
}
