//! `cargo xtask miri`: what needs no kernel, with its memory on the heap (`src/os/map/heap.rs`).
//!
//! Miri looks at every access, pointer and thread. Where it is not installed the same tests run
//! natively; if there is a nightly compiler, under the address sanitizer, which sees accesses beyond
//! and after allocations, and leaks.

use std::{
    env::{self, consts::ARCH},
    process::Command,
};

use crate::{
    Result,
    process::{nightly, run, succeeds},
    root,
};

/// The tests, by what cargo and their harness are told.
const TESTS: [&[&str]; 4] = [
    // What is skipped has nothing to do with memory.
    &["--lib", "--", "--skip", "sys::", "--skip", "reservation::taken::"],
    // Those of the helpers are of the kernel.
    &["--test", "heap", "--", "--skip", "util::"],
    &["--test", "calls"],
    DOC,
];

/// Examples of what can be on the heap.
#[rustfmt::skip]
const DOC: &[&str] = &[
    "--doc", "--",
    "anon::Anon::", "anon::read_only::", "appender::", "lock::", "src/protect.rs",
    "reservation::raw", "reservation::batch", "reservation::Reservation::", "views::Views::",
    // Its code is run.
    "--skip", "make_exec",
];

/// How many random cases Miri has time for.
const CASES: &str = "8";

pub(crate) fn look(arguments: &[&str]) -> Result {
    let native = match arguments {
        [] => false,
        ["--native"] => true,
        _ => return Err("usage: cargo xtask miri [--native]".into()),
    };
    if !native && succeeds(nightly().args(["miri", "--version"])) {
        return by_miri();
    }
    if !native {
        println!(
            "no Miri here (`rustup toolchain install nightly --component miri`): the tests run natively"
        );
    }
    natively()
}

fn by_miri() -> Result {
    TESTS.iter().try_for_each(|arguments| {
        run_tests(
            nightly()
                .args(["miri", "test"])
                .env("MIRIFLAGS", "-Zmiri-strict-provenance -Zmiri-disable-isolation")
                .env("PROPTEST_CASES", CASES),
            arguments,
        )
    })
}

fn natively() -> Result {
    const HEAP: &str = "--cfg mman_heap";
    let sanitized = succeeds(nightly().arg("--version"));
    let flags = if sanitized {
        format!("{HEAP} --cfg mman_heap=\"asan\" -Zsanitizer=address")
    } else {
        HEAP.into()
    };
    if !sanitized {
        println!("no nightly compiler here, and so no sanitizer");
    }
    TESTS.iter().try_for_each(|arguments| {
        let mut cargo = if sanitized { nightly() } else { stable() };
        cargo.arg("test").args(["--target-dir", "target/heap"]);
        // With a target named, the flags are not those of build scripts and macros.
        cargo.arg(format!("--target={ARCH}-unknown-linux-gnu"));
        cargo.env("RUSTFLAGS", &flags).env("RUSTDOCFLAGS", &flags);
        // As from any allocator, no memory is an error.
        cargo.env("ASAN_OPTIONS", "allocator_may_return_null=1");
        run_tests(&mut cargo, arguments)
    })
}

fn run_tests(cargo: &mut Command, arguments: &[&str]) -> Result {
    let package = ["--package=mman", "--features=zerocopy", "--locked"];
    // The kernel is not there, whatever is required elsewhere.
    run(cargo.args(package).args(arguments).env_remove("MMAN_TEST_REQUIRE"))
}

fn stable() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}
