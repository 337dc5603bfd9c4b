//! The command line.

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// See and steer the memory of files and processes.
#[derive(Debug, Parser)]
#[command(name = "mman", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show how much of each file is in the page cache
    #[command(long_about = STAT, after_long_help = STAT_DETAILS)]
    Stat(StatArgs),
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  some path failed; the others are done
  2  wrong usage
  3  something cannot be known: no permission, or the kernel does not tell";

const STAT: &str = "\
Show how much of each file is in the page cache, without reading or touching it.

Directories are shown with all that is below them, on other file systems too. A symbolic link is \
followed only where it is an argument. Files come in the order of the arguments, and below a \
directory in the order of their paths.";

const STAT_DETAILS: &str = "\
Columns:
  SIZE       the size of the file
  RESIDENT   what is in memory, in whole pages: of a small file more than its size
  PERCENT    how many of the file's pages that is, rounded down
  DIRTY      of RESIDENT, what is changed and not yet written
  WRITEBACK  of RESIDENT, what is being written just now
  EVICTED    what has been in memory and was pushed out
  RECENT     of EVICTED, what was pushed out so recently that it would still be in memory if there
             were a little more of that
  The last four need Linux 6.5; each is left out where it is 0 for all files, or known for none.
  '-' is what the kernel does not tell: of a file that you neither own nor may write it says nothing.
  The total counts a file once that has several names or is given twice; it is of all files, also
  with --top. Control characters, bytes that are no UTF-8 and backslashes in names are escaped.

JSON:
  One object: \"schema\" is 1; \"files\" has objects with \"path\", \"size\", \"resident\", \"dirty\",
  \"writeback\", \"evicted\" and \"recently_evicted\"; \"total\" the same without the path, and \"files\",
  how many there are, and \"unknown\", how many of these count with their size only.
  All numbers are bytes, null is unknown. Where a path is not UTF-8, \"path_bytes\" has its bytes in
  hexadecimal, and \"path\" the nearest text.

Exit codes:
  0  done
  1  some path failed; the others are shown
  2  wrong usage
  3  all are shown, but the numbers of some cannot be known";

#[derive(Debug, Args)]
pub(crate) struct StatArgs {
    /// Files, directories and block devices
    // Not `PathBuf`, which clap refuses to read from an empty word: one bad path is no wrong usage.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<OsString>,

    /// Write one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    /// Write sizes in bytes
    #[arg(long, short)]
    pub(crate) bytes: bool,

    /// Sort: by path from the first, by numbers from the largest
    #[arg(long, short, value_name = "KEY", value_enum)]
    pub(crate) sort: Option<SortKey>,

    /// Show the first N files only; without --sort, those with most in memory
    #[arg(long, short = 'n', value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) top: Option<u64>,

    /// Stay on the file system of each argument
    #[arg(long, short = 'x')]
    pub(crate) one_file_system: bool,
}

/// What files are sorted by.
#[derive(Copy, Clone, Debug, ValueEnum)]
pub(crate) enum SortKey {
    Path,
    Size,
    Resident,
    Percent,
    Dirty,
    Writeback,
    Evicted,
    #[value(alias = "recently-evicted", alias = "recently_evicted")]
    Recent,
}
