//! What things cost through `mman` and through its peers: one table, measured in one run.
//!
//! `cargo run --release -p mman-bench` prints it; words after `--` choose rows by parts of their
//! names, `--help` tells the rest. A subject is a file in `subjects`, a row a job with several
//! contenders: ours, the peers, and where there is one the physical limit. The contenders of a row
//! take turns, several rounds of them, so that a noisy machine hurts all alike; what is compared
//! are the best rounds of each, and the ratios of single rounds tell the spread.

#![allow(clippy::expect_used, reason = "a contender that fails has no time")]

mod machine;
mod measure;
mod row;
mod subjects;
mod table;

use std::{fs, path::PathBuf};

use anyhow::Context;
use clap::Parser;

/// What things cost through mman and through its peers.
#[derive(Parser)]
struct Args {
    /// Only rows whose name has one of these in it.
    filters: Vec<String>,
    /// How often the contenders of a row take turns; twice as often where that settles nothing.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..))]
    rounds: u8,
    /// Milliseconds that a contender is measured in a round.
    #[arg(long, default_value_t = 50)]
    millis: u64,
    /// The largest size of the rows that grow, in MiB.
    #[arg(long, default_value_t = 1024)]
    largest: u64,
    /// Names the rows and measures nothing.
    #[arg(long)]
    list: bool,
    /// A page whose end, behind the mark, becomes this table in Markdown: of all rows.
    #[arg(long, conflicts_with = "filters")]
    page: Option<PathBuf>,
}

/// What is behind it on a page is written by this program.
const MARK: &str = "<!-- measured -->\n";

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut measured = Vec::new();
    for row in subjects::rows(args.largest << 20) {
        let chosen = |part: &String| row.name.contains(part.as_str());
        if !args.filters.is_empty() && !args.filters.iter().any(chosen) {
            continue;
        }
        if args.list {
            println!("{}", row.name);
            continue;
        }
        let row = measure::measure(row, args.rounds, args.millis)?;
        // Nobody can do some jobs on some machines.
        if !row.times.is_empty() {
            measured.push(row);
        }
    }
    if args.list {
        return Ok(());
    }
    println!("{}\n", machine::line());
    print!("{}", table::of(&measured));
    if let Some(path) = args.page {
        let page = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let (head, _) = page.split_once(MARK).context("the page has no mark")?;
        let table = table::page(&measured);
        fs::write(&path, format!("{head}{MARK}\n{}\n{table}", machine::line()))?;
    }
    Ok(())
}
