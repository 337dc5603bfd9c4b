//! `cargo xtask fuzz`: calls that coverage leads, in `fuzz`.

use std::process::Command;

use crate::{
    Result,
    process::{nightly, run, succeeds},
};

const SECONDS: &str = "60";

/// Fuzzes for so many seconds, from where `fuzz/corpus` has come to.
pub(crate) fn run_for(arguments: &[&str]) -> Result {
    let seconds = match arguments {
        [] => SECONDS,
        ["--seconds", seconds] if seconds.parse::<u32>().is_ok() => seconds,
        _ => return Err("usage: cargo xtask fuzz [--seconds N]".into()),
    };
    needs(nightly().arg("--version"), "a nightly compiler: `rustup toolchain install nightly`")?;
    needs(nightly().args(["fuzz", "--version"]), "`cargo install --locked cargo-fuzz`")?;
    // Memory that is mapped is nothing that a sanitizer of the compiler knows of, and its own
    // mappings would be counted. Nor may there be a thread that watches the size of the process.
    run(nightly()
        .args(["fuzz", "run", "--sanitizer=none", "calls", "--"])
        .arg(format!("-max_total_time={seconds}"))
        .args(["-rss_limit_mb=0", "-max_len=1500", "-timeout=120", "-print_final_stats=1"]))
}

fn needs(command: &mut Command, what: &str) -> Result {
    if succeeds(command) { Ok(()) } else { Err(format!("this needs {what}")) }
}
