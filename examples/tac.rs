//! Prints the lines of a file, the last one first.
//!
//! The file is mapped where that is quicker, and may be truncated meanwhile by whoever likes: then
//! what is gone is an error, and not the end of the process.

use std::{
    env,
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use mman::{Contents, MapError};

/// How much is looked at at once.
const BLOCK: usize = 64 << 10;

fn main() -> ExitCode {
    let Some(path) = env::args_os().nth(1) else {
        eprintln!("usage: tac FILE");
        return ExitCode::from(2);
    };
    let done = Contents::open(path).map_err(io::Error::from).and_then(|contents| {
        let mut out = BufWriter::new(io::stdout().lock());
        backwards(&contents, |line| out.write_all(line))?;
        out.flush()
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tac: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Calls `f` with each line and its line feed, from the last to the first.
fn backwards(contents: &Contents, mut f: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    // What is behind `start`, up to the start of the line that was told last.
    let mut pending = Vec::new();
    let mut start = contents.len();
    while start > 0 {
        let block = before(contents, start)?;
        start -= block.len();
        pending.splice(..0, block);
        // The last line feed ends the last line, so it is not looked for.
        while let Some(end) = pending.len().checked_sub(1) {
            let Some(feed) = pending.iter().take(end).rposition(|byte| *byte == b'\n') else {
                break;
            };
            f(&pending.split_off(feed + 1))?;
        }
    }
    f(&pending)
}

/// Up to a block of the bytes that end at `end`.
fn before(contents: &Contents, end: usize) -> Result<Vec<u8>, MapError> {
    let mut block = vec![0; BLOCK.min(end)];
    contents.read_at(end - block.len(), &mut block)?;
    Ok(block)
}
