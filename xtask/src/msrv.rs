//! `cargo xtask msrv`: the whole workspace, tests included, with the oldest supported compiler.

use crate::{Result, process::run, root, toolchain::Toolchain};

pub(crate) fn check() -> Result {
    run(Toolchain::find()?
        .cargo()
        .args(["check", "--workspace", "--all-targets", "--locked", "--target-dir"])
        .arg(root().join("target/msrv")))
}
