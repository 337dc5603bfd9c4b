//! The tests for another machine, linked statically so that they need nothing there.

use std::{path::PathBuf, process::Command};

use crate::{Result, process::read, root, toolchain::Toolchain};

/// Where cargo builds.
fn directory() -> PathBuf {
    root().join("target/static")
}

/// Where the tests for `target` put their files: cargo compiles the path into them.
pub(crate) fn temporary(target: &str) -> PathBuf {
    directory().join(target).join("tmp")
}

/// The C compiler that links for a target, by the name that Debian gives it.
const LINKERS: [(&str, &str); 5] = [
    ("x86_64-unknown-linux-gnu", "gcc"),
    ("i686-unknown-linux-gnu", "gcc"),
    ("aarch64-unknown-linux-gnu", "aarch64-linux-gnu-gcc"),
    ("riscv64gc-unknown-linux-gnu", "riscv64-linux-gnu-gcc"),
    ("s390x-unknown-linux-gnu", "s390x-linux-gnu-gcc"),
];

/// The programs with the tests.
pub(crate) struct Tests {
    /// Those inside the library.
    pub(crate) unit: PathBuf,
    /// Those of its interface.
    pub(crate) it: PathBuf,
}

/// Builds the tests for `target`, with the standard library where need be.
pub(crate) fn build(target: &str) -> Result<Tests> {
    let known = LINKERS.iter().find(|(name, _)| *name == target);
    let (_, linker) = known.ok_or_else(|| format!("no linker is known for {target}"))?;
    let mut cargo = if target.starts_with("x86_64") {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(root());
        cargo
    } else {
        let mut cargo = Toolchain::find()?.cargo();
        cargo.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_unwind,test"); // `-Z` is unstable
        cargo
    };
    let variable = target.replace('-', "_").to_uppercase();
    cargo
        .args(["test", "--package", "mman", "--lib", "--test", "it", "--no-run", "--locked"])
        .args(["--message-format=json-render-diagnostics", "--target", target, "--target-dir"])
        .arg(directory())
        .env("RUSTFLAGS", "-C target-feature=+crt-static")
        .env(format!("CARGO_TARGET_{variable}_LINKER"), linker);
    let messages = read(&mut cargo)?;
    let executable = |kind: &str| {
        let kind = format!("\"kind\":[\"{kind}\"]");
        let line = messages
            .lines()
            .find(|line| line.contains(&kind) && line.contains("\"executable\":\""));
        let path = line.and_then(|line| {
            let (_, rest) = line.split_once("\"executable\":\"")?;
            rest.split_once('"').map(|(path, _)| PathBuf::from(path))
        });
        path.ok_or_else(|| format!("cargo built no program with {kind}"))
    };
    Ok(Tests { unit: executable("lib")?, it: executable("test")? })
}
