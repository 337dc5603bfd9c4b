//! The tool `mman`: see and steer the memory of files and processes.

mod args;
mod cmd;
mod exit;
mod out;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Command};

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let outcome = match command {
        Command::Stat(args) => cmd::stat::run(&args),
    };
    exit::code(outcome)
}
