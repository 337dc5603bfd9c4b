//! The programs of `examples` on files that others truncate: what kills `tac`, `b3sum` and searchers
//! that trust their maps.

use std::{
    env,
    fs::{self, File},
    os::unix::process::ExitStatusExt,
    path::PathBuf,
    process::{Command, Output},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use crate::util::{capability, temp};

/// `cargo test` builds the examples with the tests, in a folder beside theirs; `cargo test --test it`
/// does not, nor are they with a test program that was copied elsewhere. `MMAN_TEST_EXAMPLES` names the
/// folder of others: those that were built to abort on a panic.
fn folder() -> PathBuf {
    if let Some(folder) = env::var_os("MMAN_TEST_EXAMPLES") {
        return folder.into();
    }
    let tests = env::current_exe().unwrap();
    tests.parent().and_then(|deps| deps.parent()).unwrap().join("examples")
}

fn are_built() -> bool {
    let lacking = |name: &&&str| !folder().join(name).is_file();
    match ["tac", "b3sum", "search"].iter().find(lacking) {
        None => true,
        Some(name) => capability::lacking("examples", &format!("{name} is not built")),
    }
}

fn run(name: &str, arguments: &[&str]) -> Output {
    Command::new(folder().join(name)).args(arguments).output().unwrap()
}

#[test]
fn they_do_their_jobs() {
    if !are_built() {
        return;
    }
    let file = temp::in_memory();
    let path = file.path().to_str().unwrap();
    for lines in [0, 1, 3, 120_000] {
        let text: String = (0..lines).map(|line| format!("line {line}\n")).collect();
        fs::write(path, &text).unwrap();
        let backwards: String = text.split_inclusive('\n').rev().collect();
        assert_eq!(backwards, String::from_utf8(run("tac", &[path]).stdout).unwrap());
        let hash = blake3::hash(text.as_bytes());
        let told = String::from_utf8(run("b3sum", &[path]).stdout).unwrap();
        assert_eq!(format!("{hash}  {path}\n"), told);
        let found = String::from_utf8(run("search", &["^line 2$", path]).stdout).unwrap();
        assert_eq!(if lines > 2 { "3:line 2\n" } else { "" }, found);
    }
}

/// Each program on a file of more than 1 MiB that is truncated and filled in turns: it ends as it should, and
/// it has met what was gone.
fn survives(name: &str, arguments: &[&str]) {
    if !are_built() {
        return;
    }
    let file = temp::in_memory();
    let path = file.path().to_str().unwrap();
    let block = b"some words in a line\n".repeat(60_000);
    let done = AtomicBool::new(false);
    let (mut met, mut killed) = (0, None);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                fs::write(path, &block).unwrap();
                // The program is to open it as it is now, and to read it later.
                thread::sleep(Duration::from_millis(2));
                File::options().write(true).open(path).unwrap().set_len(5000).unwrap();
            }
        });
        for _ in 0..100 {
            let mut all = arguments.to_vec();
            all.push(path);
            let output = run(name, &all);
            killed = output.status.signal();
            met += u32::from(String::from_utf8_lossy(&output.stderr).contains("was truncated"));
            if met == 3 || killed.is_some() {
                break;
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(None, killed, "{name} was killed");
    assert!(met > 0, "{name} has met nothing");
}

#[test]
fn tac_survives() {
    survives("tac", &[]);
}

#[test]
fn b3sum_survives() {
    survives("b3sum", &[]);
}

#[test]
fn a_search_survives() {
    survives("search", &["needle"]);
}
