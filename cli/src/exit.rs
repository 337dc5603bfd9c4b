//! How the tool ends.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

/// The end of a job that wrote its output. Wrong usage is 2, by clap.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Exit {
    /// All is done and known.
    Done = 0,
    /// Some paths failed.
    Failed = 1,
    /// Something cannot be known or done here.
    Unknown = 3,
}

/// The code of a job's outcome; an error is that of writing the output.
pub(crate) fn code(outcome: io::Result<Exit>) -> ExitCode {
    let exit = outcome.unwrap_or_else(|error| {
        complain(format_args!("cannot write the output: {error}"));
        Exit::Failed
    });
    ExitCode::from(exit as u8)
}

/// Writes a line to standard error. A closed standard error is nobody's concern.
pub(crate) fn complain(message: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr().lock(), "mman: {message}");
}
