//! Other programs.

use std::process::{Command, Output, Stdio};

use crate::{Result, root};

/// Runs a command that must succeed, showing what it prints.
pub(crate) fn run(command: &mut Command) -> Result {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}")) }
}

/// Runs a command that must succeed, for what it prints on standard output.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = capture(command.stderr(Stdio::inherit()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{command:?}: {}", output.status))
    }
}

/// Runs a command and keeps what it prints.
pub(crate) fn capture(command: &mut Command) -> Result<Output> {
    command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))
}

/// Whether a command succeeds, without showing what it prints.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    capture(command).is_ok_and(|output| output.status.success())
}

/// The nightly cargo, whatever cargo runs this.
pub(crate) fn nightly() -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["+nightly"]).env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    cargo.current_dir(root());
    cargo
}
