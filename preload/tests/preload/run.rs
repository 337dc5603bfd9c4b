//! Programs, and what the library tells of them.

use std::{
    collections::HashMap,
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

/// A function's calls, as the library counts them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Calls {
    /// Through `sys`.
    pub(crate) carried: u64,
    /// Back from `sys`, to become a system call.
    pub(crate) inner: u64,
    /// What `sys` cannot carry.
    pub(crate) plain: u64,
}

/// Whether this program is there; says so if not, or fails if that is required.
#[track_caller]
pub(crate) fn have(program: &str) -> bool {
    let run = Command::new(program).arg("--version").output();
    if run.is_ok_and(|run| run.status.success()) {
        return true;
    }
    let required = env::var("MMAN_TEST_REQUIRE").unwrap_or_default();
    let is_required = required.split(',').any(|word| word == "all" || word == program);
    assert!(!is_required, "MMAN_TEST_REQUIRE={required}, but {program} is lacking");
    // Not `eprintln!`, which the harness captures: a skip is to be seen.
    let mut out = std::io::stderr();
    writeln!(out, "skipped: {program}: it cannot be run").unwrap();
    false
}

/// A directory for a test's files, gone on drop.
pub(crate) fn place() -> TempDir {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR"));
    // An ordinary user may not write there.
    tempfile::tempdir_in(built).or_else(|_| tempfile::tempdir()).unwrap()
}

/// The library: cargo puts it beside the test.
fn library() -> PathBuf {
    let path = env::current_exe().unwrap().with_file_name("libmman_preload.so");
    assert!(path.exists(), "{} is not built", path.display());
    path
}

/// Compiles one of the C files in this folder.
pub(crate) fn cc(place: &Path, name: &str, options: &[&str]) -> PathBuf {
    let text = match name {
        "calls" => include_str!("calls.c"),
        "malloc" => include_str!("malloc.c"),
        _ => panic!("there is no {name}.c"),
    };
    let (source, program) = (place.join(format!("{name}.c")), place.join(name));
    fs::write(&source, text).unwrap();
    let strict = ["-Wall", "-Wextra", "-Werror", "-O1", "-fno-builtin-malloc", "-o"];
    let run = Command::new("cc").args(strict).arg(&program).arg(&source).args(options).output();
    succeeded(&run.unwrap());
    program
}

/// What a program prints.
pub(crate) fn output(program: &str, args: &[&str]) -> String {
    let run = Command::new(program).args(args).output().unwrap();
    succeeded(&run);
    String::from_utf8(run.stdout).unwrap()
}

#[track_caller]
fn succeeded(run: &Output) {
    assert!(run.status.success(), "{}: {}", run.status, String::from_utf8_lossy(&run.stderr));
}

/// Runs a program without the library and with it, which must make no difference; returns its
/// output, and the calls. `also` is preloaded in both cases.
#[track_caller]
pub(crate) fn compare(
    place: &Path,
    program: &Path,
    args: &[&str],
    also: Option<&Path>,
) -> (String, HashMap<String, Calls>) {
    let also = also.map_or(String::new(), |path| path.display().to_string());
    let run = |preload: String, report: &Path| {
        let mut command = Command::new(program);
        command.args(args).current_dir(place).env("LC_ALL", "C").env("TMPDIR", place);
        command.env("LD_PRELOAD", preload).env("MMAN_PRELOAD_CALLS", report);
        command.output().unwrap()
    };
    let (none, report) = (place.join("no-calls"), place.join("calls.txt"));
    let without = run(also.clone(), &none);
    let with = run(format!("{} {also}", library().display()), &report);
    succeeded(&without);
    assert_eq!(without.status, with.status, "{}", String::from_utf8_lossy(&with.stderr));
    same(&without.stdout, &with.stdout);
    same(&without.stderr, &with.stderr);
    assert!(!none.exists(), "the library was there without being asked for");
    (String::from_utf8(with.stdout).unwrap(), counted(&fs::read_to_string(report).unwrap()))
}

/// Asserts that two outputs are the same; shows the first line that is not.
#[track_caller]
fn same(without: &[u8], with: &[u8]) {
    if without != with {
        let lines =
            |bytes| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
        let (without, with) = (lines(without), lines(with));
        let at = without.iter().zip(&with).position(|(one, other)| one != other);
        let at = at.unwrap_or(without.len().min(with.len()));
        panic!(
            "line {}: without the library {:?}, with it {:?}",
            at + 1,
            without.get(at),
            with.get(at)
        );
    }
}

/// The library's report, over all processes.
fn counted(report: &str) -> HashMap<String, Calls> {
    let mut all: HashMap<String, Calls> = HashMap::new();
    for line in report.lines() {
        let (name, numbers) = line.split_once(' ').unwrap();
        let numbers: Vec<u64> = numbers.split(' ').map(|number| number.parse().unwrap()).collect();
        let calls = all.entry(name.to_owned()).or_default();
        calls.carried += numbers[0];
        calls.inner += numbers[1];
        calls.plain += numbers[2];
    }
    all
}
