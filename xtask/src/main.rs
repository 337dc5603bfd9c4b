//! The project's own commands: `cargo xtask`.

mod abi;
mod cross;
mod fuzz;
mod instructions;
mod miri;
mod msrv;
mod process;
mod static_tests;
mod targets;
mod toolchain;
mod vm;

use std::{env, path::Path, process::ExitCode};

/// An error that is shown to the one who typed the command.
type Result<T = ()> = std::result::Result<T, String>;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  abi              write abi/src/tables from data/abi
  abi --check      fail if what is committed there is stale
  targets [NAME…]  check every target, or those named, and with it their constants
  msrv             check the whole workspace with the oldest supported compiler
  instructions     count what a call costs above libc, in instructions of user code
  cross [NAME…]    run the tests as programs for every other processor, or for those named
  fuzz [--seconds N]
                   make random calls that coverage leads: needs nightly and cargo-fuzz
  miri [--native]  run under Miri what needs no kernel, on the heap; without Miri, or if told so,
                   natively, with nightly under the address sanitizer
  vm [NAME…]       run the tests on every other kernel and machine, or on those named";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["abi"] => abi::write(),
        ["abi", "--check"] => abi::check(),
        ["targets", names @ ..] => targets::check(names),
        ["msrv"] => msrv::check(),
        ["instructions"] => instructions::run(),
        ["cross", names @ ..] => cross::test(names),
        ["fuzz", arguments @ ..] => fuzz::run_for(arguments),
        ["miri", arguments @ ..] => miri::look(arguments),
        ["vm", names @ ..] => vm::test(names),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}
