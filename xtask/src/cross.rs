//! `cargo xtask cross`: the tests as programs for other processors, on this kernel.
//!
//! A 32-bit x86 program runs as it is. Others run in user-mode emulation, which passes system calls
//! on and is a poor test of memory calls: it accepts every advice, even unknown ones, and ignores
//! flags. There only the tests of the interface itself are run: numbers, texts, names, that a kernel
//! that ignores a flag is noticed, and what is written in the processor's own instructions.

use std::{path::Path, process::Command};

use crate::{Result, process::run, static_tests};

/// The tests that mean something in user-mode emulation.
const INTERFACE: &[&str] = &[
    "errno::",
    "text::",
    "nix_path::",
    "noreplace::a_",
    "shared::atomics::",
    "shared::copies::a_",
    "shared::copies::n",
    "shared::copies::what_is_beyond",
];

/// The tests inside the library that do: copies by way of the kernel, of which the emulation passes
/// on what it can.
const UNIT: &[&str] = &["guarded::tests::copies", "guarded::tests::words", "os::word::"];

struct Processor {
    name: &'static str,
    target: &'static str,
    /// The emulator, where one is needed.
    emulator: Option<&'static str>,
    /// What Debian calls the programs that it takes.
    packages: &'static str,
}

/// THE list of processors.
const PROCESSORS: [Processor; 3] = [
    Processor {
        name: "i686",
        target: "i686-unknown-linux-gnu",
        emulator: None,
        packages: "libc6-dev-i386 lib32gcc-12-dev",
    },
    Processor {
        name: "riscv64",
        target: "riscv64gc-unknown-linux-gnu",
        emulator: Some("qemu-riscv64"),
        packages: "gcc-riscv64-linux-gnu libc6-dev-riscv64-cross qemu-user",
    },
    Processor {
        name: "s390x",
        target: "s390x-unknown-linux-gnu",
        emulator: Some("qemu-s390x"),
        packages: "gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user",
    },
];

/// Runs the tests for the processors of these names, or for all of them.
pub(crate) fn test(names: &[&str]) -> Result {
    if let Some(name) = names.iter().find(|name| !PROCESSORS.iter().any(|one| one.name == **name)) {
        let known = PROCESSORS.map(|one| one.name).join(", ");
        return Err(format!("no processor {name}; there are {known}"));
    }
    for one in PROCESSORS.iter().filter(|one| names.is_empty() || names.contains(&one.name)) {
        one.run().map_err(|error| {
            format!("{}: {error}\nit needs: apt-get install {}", one.name, one.packages)
        })?;
    }
    Ok(())
}

impl Processor {
    fn run(&self) -> Result {
        let tests = static_tests::build(self.target)?;
        run(&mut self.command(&tests.unit, UNIT))?;
        run(&mut self.command(&tests.it, INTERFACE))
    }

    fn command(&self, tests: &Path, emulated: &[&str]) -> Command {
        let mut command = match self.emulator {
            None => Command::new(tests),
            Some(emulator) => {
                let mut command = Command::new(emulator);
                command.arg(tests).args(emulated);
                command
            }
        };
        // A backtrace takes locks of the C library that a child may find taken.
        command.env("RUST_BACKTRACE", "0");
        command
    }
}
