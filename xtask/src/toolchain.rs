//! The oldest supported compiler, with the sources of its standard library.
//!
//! One compiler serves two ends: what it compiles keeps to the `rust-version` of the manifest,
//! and with the sources (`-Zbuild-std`) it checks targets that have no prebuilt library.
//!
//! Debian 12 has packages of just that version. They are unpacked below `target`, not installed;
//! only the libraries that they need are.

use std::{
    env::{self, consts::ARCH},
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Result,
    process::{capture, read, run},
    root,
};

/// The version: the `rust-version` of the workspace.
pub(crate) const VERSION: &str = "1.85";

/// Names a toolchain to use instead: a directory with `bin/cargo`, `bin/rustc`, and the sources
/// in `lib/rustlib/src/rust`.
const VARIABLE: &str = "MMAN_TOOLCHAIN";

/// A compiler with the sources of its standard library.
pub(crate) struct Toolchain {
    sysroot: PathBuf,
}

impl Toolchain {
    /// The toolchain that the environment names, else Debian's, unpacked at the first call.
    pub(crate) fn find() -> Result<Self> {
        let sysroot = match env::var_os(VARIABLE) {
            Some(sysroot) => PathBuf::from(sysroot),
            None => unpacked()?,
        };
        let toolchain = Self { sysroot };
        let version = read(toolchain.command("rustc").arg("--version"))?;
        if !version.starts_with(&format!("rustc {VERSION}.")) {
            return Err(format!("need rustc {VERSION}, found {}", version.trim()));
        }
        Ok(toolchain)
    }

    /// Its `cargo`, set up to use its `rustc`.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = self.command("cargo");
        cargo
            .env("RUSTC", self.sysroot.join("bin/rustc"))
            .env_remove("CARGO")
            .env_remove("RUSTUP_TOOLCHAIN")
            .current_dir(root());
        cargo
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.sysroot.join("bin").join(program));
        let mut libraries = OsString::from(self.sysroot.join(format!("lib/{ARCH}-linux-gnu")));
        libraries.push(":");
        libraries.push(self.sysroot.join("lib"));
        command.env("LD_LIBRARY_PATH", libraries);
        command
    }
}

/// Debian's packages of the compiler, of cargo, of the library and of its sources.
const PACKAGES: [&str; 5] =
    ["rustc-web", "cargo-web", "rust-web-src", "libstd-rust-web-dev", "libstd-rust-web-1.85"];

fn unpacked() -> Result<PathBuf> {
    let place = root().join(format!("target/toolchain-{VERSION}"));
    if !place.exists() {
        unpack(&place).map_err(|error| {
            format!(
                "{error}\nno Rust {VERSION} with sources: needs Debian 12's packages {PACKAGES:?} \
                 of that version, or {VARIABLE}=<toolchain>, for example what `rustup toolchain \
                 install {VERSION} --component rust-src` installs"
            )
        })?;
    }
    place.join("usr").canonicalize().map_err(|error| format!("{}: {error}", place.display()))
}

/// Unpacks the packages beside `place`, and moves them there when all is done.
fn unpack(place: &Path) -> Result {
    let new = place.with_file_name(format!("toolchain-{VERSION}.new"));
    let io = |error| format!("{}: {error}", new.display());
    if new.exists() {
        fs::remove_dir_all(&new).map_err(io)?;
    }
    fs::create_dir_all(&new).map_err(io)?;
    let version = version()?;
    let names = PACKAGES.map(|package| format!("{package}={version}"));
    run(Command::new("apt-get").arg("download").args(names).current_dir(&new))?;
    let mut libraries = Vec::new();
    for entry in fs::read_dir(&new).map_err(io)? {
        let package = entry.map_err(io)?.path();
        if package.extension().is_some_and(|extension| extension == "deb") {
            libraries.extend(missing_libraries(&package)?);
            run(Command::new("dpkg-deb").arg("-x").arg(&package).arg(&new))?;
            fs::remove_file(package).map_err(io)?;
        }
    }
    if !libraries.is_empty() {
        let install = ["install", "--yes", "--no-install-recommends"];
        run(Command::new("apt-get").args(install).args(libraries))?;
    }
    fs::rename(&new, place).map_err(io)
}

/// The newest version of the packages that is ours.
fn version() -> Result<String> {
    let known = || -> Result<Option<String>> {
        let table = read(Command::new("apt-cache").args(["madison", "rustc-web"]))?;
        let mut versions = table.lines().filter_map(|line| line.split('|').nth(1)).map(str::trim);
        Ok(versions.find(|version| version.starts_with(VERSION)).map(String::from))
    };
    if let Some(version) = known()? {
        return Ok(version);
    }
    run(Command::new("apt-get").arg("update"))?;
    known()?.ok_or_else(|| format!("apt knows no rustc-web {VERSION}"))
}

/// The libraries, other than its fellows, that a package needs and that are not installed.
fn missing_libraries(package: &Path) -> Result<Vec<String>> {
    let depends = read(Command::new("dpkg-deb").arg("-f").arg(package).arg("Depends"))?;
    let mut missing = Vec::new();
    for name in depends.split(',').filter_map(|one| one.split_whitespace().next()) {
        let library = name.starts_with("lib") && !name.ends_with("-dev") && !name.contains("rust");
        if library {
            let query = ["--show", "--showformat", "${db:Status-Status}", name];
            let state = capture(Command::new("dpkg-query").args(query))?;
            if state.stdout != b"installed" {
                missing.push(name.to_owned());
            }
        }
    }
    Ok(missing)
}
