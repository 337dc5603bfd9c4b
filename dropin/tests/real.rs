//! The same dependent on `mman` and on the real nix 0.23: both must see the same.

#![cfg(target_os = "linux")]

// In this crate `nix` is the real one, so the dependent's source compiles on it.
extern crate nix_real as nix;

#[path = "../src/lib.rs"]
#[allow(unreachable_pub, reason = "it is written as a library")]
mod real;

use std::{
    env, fs, io,
    process::{self, Command},
};

use mman_dropin as ours;

/// Runs a test that maps and locks memory in a process of one thread: another might map its own in
/// the holes that are made.
fn alone(test: &str, f: fn()) -> io::Result<()> {
    const ALONE: &str = "MMAN_DROPIN_ALONE";
    if env::var_os(ALONE).is_some() {
        f();
        return Ok(());
    }
    let mut again = Command::new(env::current_exe()?);
    let done = again.args(["--exact", test, "--test-threads=1"]).env(ALONE, "1").output()?;
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success() && out.contains("1 passed"), "{out}{err}");
    Ok(())
}

fn lines_are_equal(ours: &[String], real: &[String]) {
    for (ours, real) in ours.iter().zip(real) {
        assert_eq!(ours, real);
    }
    assert_eq!(ours.len(), real.len());
}

/// Our `Debug` texts that differ from nix's, all on purpose, as `docs/differences.md` says: no
/// second names, no sizes of huge pages as sums, no flag beside one that covers it.
const TEXTS: &[(&str, &str)] = &[
    ("MapFlags::MAP_ANON", "MAP_ANON"),
    ("MapFlags::MAP_ANONYMOUS", "MAP_ANON"),
    ("MapFlags::MAP_HUGE_512KB", "MAP_HUGE_512KB"),
    ("MapFlags::MAP_HUGE_1MB", "MAP_HUGE_1MB"),
    ("MapFlags::MAP_HUGE_2MB", "MAP_HUGE_2MB"),
    ("MapFlags::MAP_HUGE_8MB", "MAP_HUGE_8MB"),
    ("MapFlags::MAP_HUGE_16MB", "MAP_HUGE_16MB"),
    ("MapFlags::MAP_HUGE_32MB", "MAP_HUGE_32MB"),
    ("MapFlags::MAP_HUGE_256MB", "MAP_HUGE_256MB"),
    ("MapFlags::MAP_HUGE_512MB", "MAP_HUGE_512MB"),
    ("MapFlags::MAP_HUGE_1GB", "MAP_HUGE_1GB"),
    ("MapFlags::MAP_HUGE_2GB", "MAP_HUGE_2GB"),
    ("OFlag::O_ACCMODE", "O_ACCMODE"),
    ("OFlag::O_FSYNC", "O_SYNC"),
    ("OFlag::O_LARGEFILE", "O_RDONLY"),
    ("OFlag::O_NDELAY", "O_NONBLOCK"),
    ("OFlag::O_NONBLOCK", "O_NONBLOCK"),
    ("OFlag::O_RDONLY", "O_RDONLY"),
    ("OFlag::O_RSYNC", "O_SYNC"),
    ("OFlag::O_SYNC", "O_SYNC"),
    ("OFlag::O_TMPFILE", "O_TMPFILE"),
    ("Mode::S_IRWXU", "S_IRWXU"),
    ("Mode::S_IRWXG", "S_IRWXG"),
    ("Mode::S_IRWXO", "S_IRWXO"),
];

#[test]
fn constants_are_the_same() {
    let (ours, real) = (ours::flags::all(), real::flags::all());
    assert_eq!(ours.len(), real.len());
    let mut differ = Vec::new();
    for (ours, real) in ours.iter().zip(&real) {
        assert_eq!((ours.name, ours.value), (real.name, real.value));
        if ours.debug != real.debug {
            differ.push((ours.name, ours.debug.as_str()));
        }
    }
    if cfg!(all(target_arch = "x86_64", target_env = "gnu")) {
        assert_eq!(differ, TEXTS);
    } else {
        assert!(differ.iter().all(|text| TEXTS.contains(text)), "{differ:?}");
    }
}

#[test]
fn operations_on_flags_give_the_same() {
    lines_are_equal(&ours::bitflags1::all(), &real::bitflags1::all());
}

#[test]
fn codes_are_the_same() {
    let named = ours::code::named().into_iter().zip(real::code::named());
    let numbered = ours::code::numbered().into_iter().zip(real::code::numbered());
    for (ours, real) in named.chain(numbered) {
        // A code of Linux 7.2, which nix 0.23 cannot know.
        if ours.name == "EFTYPE" {
            assert_eq!(real.name, "UnknownErrno");
            continue;
        }
        assert_eq!(
            (ours.number, ours.name, ours.text, ours.desc),
            (real.number, real.name, real.text, real.desc)
        );
    }
    lines_are_equal(&ours::code::decoding(), &real::code::decoding());
}

#[test]
fn names_are_the_same() {
    lines_are_equal(&ours::name::all(), &real::name::all());
}

macro_rules! answers {
    ($version:ident) => {{
        let path = env::temp_dir().join(format!("mman-dropin-{}", process::id()));
        let mut answers = $version::calls::mapping(&path).unwrap().0;
        fs::remove_file(path).unwrap();
        answers.extend($version::calls::ranges().unwrap().0);
        answers.extend($version::calls::moving().unwrap().0);
        answers.extend($version::calls::locking().0);
        answers.extend($version::calls::objects(&format!("/mman-dropin-{}", process::id())).0);
        answers
    }};
}

#[test]
fn calls_are_answered_the_same() {
    alone("calls_are_answered_the_same", compare_answers).unwrap();
}

fn compare_answers() {
    let (ours, real) = (answers!(ours), answers!(real));
    for code in [
        "Ok",
        "EACCES: Permission denied",
        "EBADF: Bad file number",
        "EEXIST: File exists",
        "EFAULT: Bad address",
        "EINVAL: Invalid argument",
        "ENAMETOOLONG: File name too long",
        "ENODEV: No such device",
        "ENOENT: No such file or directory",
        "ENOMEM: Out of memory",
    ] {
        assert!(real.iter().any(|answer| answer.ends_with(&format!(": {code}"))), "no {code}");
    }
    lines_are_equal(&ours, &real);
}

macro_rules! programs {
    ($version:ident) => {
        $version::use_cases::read_and_write().unwrap();
        $version::use_cases::protect().unwrap();
        $version::use_cases::grow().unwrap();
        $version::use_cases::shrink().unwrap();
        $version::use_cases::move_to().unwrap();
        $version::use_cases::give_back().unwrap();
        $version::use_cases::share(&format!("/mman-dropin-use-{}", process::id())).unwrap();
    };
}

#[test]
fn programs_work_on_both() {
    alone("programs_work_on_both", || {
        programs!(ours);
        programs!(real);
    })
    .unwrap();
}
