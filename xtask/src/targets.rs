//! `cargo xtask targets`: every target that is checked, and how.
//!
//! The check of a target compiles the library and the crate in `abi/`, whose constants are
//! compared with the headers of that system as they are compiled.

use std::{
    path::Path,
    process::Command,
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use crate::{
    Result,
    process::{capture, read},
    root,
    toolchain::{Toolchain, VERSION},
};

/// How much of the library a target's check covers.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Tier {
    /// The whole library, and code written for nix 0.23.
    Full,
    /// What needs no standard library: `sys`, `errno`, `fcntl`.
    Core,
}
use Tier::{Core, Full};

impl Tier {
    const fn name(self) -> &'static str {
        match self {
            Full => "full",
            Core => "core",
        }
    }

    /// What is compiled.
    const fn packages(self) -> &'static [&'static str] {
        match self {
            Full => &["-p=mman", "-p=mman-abi", "-p=mman-dropin"],
            Core => &["-p=mman", "-p=mman-abi", "--no-default-features"],
        }
    }

    /// What of the standard library is compiled before, where there is no prebuilt one.
    const fn build_std(self) -> &'static str {
        match self {
            Full => "-Zbuild-std=std,panic_abort",
            Core => "-Zbuild-std=core",
        }
    }
}

/// A target triple, and what is checked for it.
type Target = (&'static str, Tier);

/// THE list of targets.
const TARGETS: &[Target] = &[
    // Linux
    ("x86_64-unknown-linux-gnu", Full),
    ("x86_64-unknown-linux-musl", Full),
    ("i686-unknown-linux-gnu", Full),
    ("aarch64-unknown-linux-gnu", Full),
    ("aarch64-unknown-linux-musl", Core),
    ("armv7-unknown-linux-gnueabihf", Core),
    ("riscv64gc-unknown-linux-gnu", Core),
    ("riscv32gc-unknown-linux-gnu", Core),
    ("powerpc64le-unknown-linux-gnu", Core),
    ("powerpc-unknown-linux-gnu", Core),
    ("s390x-unknown-linux-gnu", Core),
    ("sparc64-unknown-linux-gnu", Core),
    ("loongarch64-unknown-linux-gnu", Core),
    ("mips64-unknown-linux-gnuabi64", Core),
    ("mips-unknown-linux-gnu", Core),
    ("x86_64-unknown-linux-gnux32", Core),
    // Android
    ("aarch64-linux-android", Full),
    ("armv7-linux-androideabi", Core),
    // BSD
    ("x86_64-unknown-freebsd", Full),
    ("i686-unknown-freebsd", Core),
    ("x86_64-unknown-netbsd", Full),
    ("x86_64-unknown-openbsd", Full),
    ("x86_64-unknown-dragonfly", Full),
    // Apple
    ("aarch64-apple-darwin", Full),
    ("x86_64-apple-darwin", Core),
    ("aarch64-apple-ios", Full),
];

/// What became of a target.
struct Outcome {
    target: Target,
    how: String,
    time: Duration,
    ok: bool,
}

/// Checks the targets of these names, or all of them.
pub(crate) fn check(names: &[&str]) -> Result {
    if let Some(name) = names.iter().find(|name| !TARGETS.iter().any(|(triple, _)| triple == *name))
    {
        return Err(format!("no target {name}; see xtask/src/targets.rs"));
    }
    let start = Instant::now();
    let outcomes = check_all(names)?;

    println!();
    for Outcome { target: (triple, tier), how, time, ok } in &outcomes {
        let verdict = if *ok { "ok" } else { "FAILED" };
        println!("{triple:32} {:4} {how:14} {:4} s  {verdict}", tier.name(), time.as_secs());
    }
    let failed = outcomes.iter().filter(|outcome| !outcome.ok).count();
    println!("{} targets, {failed} failed, {} s", outcomes.len(), start.elapsed().as_secs());
    if failed == 0 { Ok(()) } else { Err(format!("{failed} targets failed")) }
}

/// The toolchain for targets that the one in use lacks, made ready when the first needs it.
type Lazy = LazyLock<Result<Toolchain>>;

/// How many targets are checked at a time: a check is mostly one long compilation on one core.
const WORKERS: usize = 2;

/// Each worker takes every second target of the list, with a directory of its own, because
/// cargo locks the one it works in. So a target always finds what it compiled last time.
fn check_all(names: &[&str]) -> Result<Vec<Outcome>> {
    let toolchain: Lazy = LazyLock::new(Toolchain::find);
    let work = |worker: usize| {
        let directory = root().join(format!("target/targets-{worker}"));
        let mine = TARGETS.iter().skip(worker).step_by(WORKERS);
        mine.filter(|(triple, _)| names.is_empty() || names.contains(triple))
            .map(|&target| check_one(&toolchain, target, &directory))
            .collect::<Result<Vec<_>>>()
    };
    thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = (0..WORKERS).map(|n| scope.spawn(move || work(n))).collect();
        let mut outcomes = Vec::new();
        for worker in workers {
            outcomes.extend(worker.join().map_err(|_| "a worker panicked")??);
        }
        let place = |outcome: &Outcome| TARGETS.iter().position(|one| *one == outcome.target);
        outcomes.sort_by_key(place);
        Ok(outcomes)
    })
}

fn check_one(toolchain: &Lazy, target: Target, directory: &Path) -> Result<Outcome> {
    let (triple, tier) = target;
    let (mut cargo, how) = if is_installed(triple)? {
        (installed_cargo(), "installed".to_owned())
    } else {
        let mut cargo = toolchain.as_ref().map_err(Clone::clone)?.cargo();
        cargo.env("RUSTC_BOOTSTRAP", "1").arg(tier.build_std()); // `-Z` is unstable
        (cargo, format!("{VERSION} build-std"))
    };
    cargo.args(["check", "--quiet", "--locked", "--target", triple, "--target-dir"]);
    cargo.arg(directory).args(tier.packages());
    let start = Instant::now();
    let output = capture(&mut cargo)?;
    let (time, ok) = (start.elapsed(), output.status.success());
    let text = String::from_utf8_lossy(&output.stderr);
    println!("{triple}: {}\n{text}", if ok { "ok" } else { "FAILED" });
    Ok(Outcome { target, how, time, ok })
}

/// Whether the compiler in use has a prebuilt library of the target.
fn is_installed(triple: &str) -> Result<bool> {
    let library = ["--print", "target-libdir", "--target", triple];
    let place = read(Command::new("rustc").args(library))?;
    Ok(Path::new(place.trim()).exists())
}

fn installed_cargo() -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root());
    cargo
}
