//! What is written, and how.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _},
    os::fd::OwnedFd,
    path::Path,
    process::Stdio,
};

use rustix::{
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use serde_json::Value;

use crate::util::{PAGE, Run, command, disk, evict, json_paths, skip, stat, stat_json, write};

#[test]
fn the_json_object_has_its_keys_and_no_others() {
    let dir = disk();
    write(dir.path().join("file"), PAGE);
    let json = stat_json(dir.path());
    let keys = |value: &Value| -> Vec<String> {
        let mut keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(&json), ["files", "schema", "total"]);
    assert_eq!(json["schema"], 1);
    assert_eq!(
        keys(&json["files"][0]),
        ["dirty", "evicted", "path", "recently_evicted", "resident", "size", "writeback"]
    );
    assert_eq!(
        keys(&json["total"]),
        [
            "dirty",
            "evicted",
            "files",
            "recently_evicted",
            "resident",
            "size",
            "unknown",
            "writeback"
        ]
    );
}

/// A directory of files with different numbers: `a` and `d` are all in memory, `b` partly, `c` not.
fn samples() -> Option<(tempfile::TempDir, [String; 4])> {
    let dir = disk();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let paths = ["a", "b", "c", "d"].map(path);
    let [a, b, c, d] = [2, 40, 60, 1].map(|pages| pages * PAGE);
    for (path, size) in paths.iter().zip([a, b, c, d]) {
        let file = write(path, size);
        match size {
            size if size == b => evict(&file, 10 * PAGE as u64, b as u64),
            size if size == c => evict(&file, 0, 0),
            _ => {}
        }
    }
    if stat_json(paths[2].as_ref())["files"][0]["resident"] != 0 {
        skip("evict", "the file system keeps pages that nobody needs");
        return None;
    }
    Some((dir, paths))
}

#[test]
fn sorting_starts_with_the_largest() {
    let Some((dir, [a, b, c, d])) = samples() else { return };
    for (key, order) in [
        ("path", [&a, &b, &c, &d]),
        ("size", [&c, &b, &a, &d]),
        ("resident", [&b, &a, &d, &c]),
        ("percent", [&a, &d, &b, &c]),
    ] {
        let run = stat(["--json", "--sort", key, dir.path().to_str().unwrap()]);
        assert_eq!(json_paths(&run.json(0)), order, "{key}");
        let run = stat(["--sort", key, dir.path().to_str().unwrap()]);
        assert_eq!(run.table_paths(0), order, "{key}");
    }
}

#[test]
fn every_number_can_be_sorted_by() {
    let dir = disk();
    for (name, len) in [("a", 1), ("b", 3 * PAGE), ("c", 2 * PAGE)] {
        write(dir.path().join(name), len);
    }
    for (key, field) in [
        ("dirty", "dirty"),
        ("writeback", "writeback"),
        ("evicted", "evicted"),
        ("recent", "recently_evicted"),
        ("recently-evicted", "recently_evicted"),
    ] {
        let json = stat(["--json", "--sort", key, dir.path().to_str().unwrap()]).json(0);
        let numbers: Vec<_> =
            json["files"].as_array().unwrap().iter().map(|file| file[field].as_u64()).collect();
        assert!(numbers.is_sorted_by(|a, b| a >= b), "{key}: {numbers:?}");
    }
}

#[test]
fn without_sorting_arguments_keep_their_order_and_trees_have_that_of_their_paths() {
    let dir = disk();
    let root = dir.path();
    for name in ["b", "a"] {
        fs::create_dir_all(root.join(name).join("m")).unwrap();
        for file in ["z", "m/x", "c", "m/a", "m-1"] {
            write(root.join(name).join(file), 1);
        }
    }
    // More than a thread asks about at once.
    fs::create_dir(root.join("c")).unwrap();
    (0..1000).for_each(|at| drop(write(root.join(format!("c/{at:04}")), 0)));
    let relative = ["b", "a/z", "c", "a"];
    let expected: Vec<String> = ["b/c", "b/m/a", "b/m/x", "b/m-1", "b/z", "a/z"]
        .map(str::to_owned)
        .into_iter()
        .chain((0..1000).map(|at| format!("c/{at:04}")))
        .chain(["a/c", "a/m/a", "a/m/x", "a/m-1", "a/z"].map(str::to_owned))
        .collect();
    for _ in 0..10 {
        let run: Run =
            command().current_dir(root).arg("--json").args(relative).output().unwrap().into();
        assert_eq!(json_paths(&run.json(0)), expected);
    }
    let run: Run = command()
        .current_dir(root)
        .args(["--json", "--sort", "path"])
        .args(relative)
        .output()
        .unwrap()
        .into();
    let json = run.json(0);
    let sorted = json_paths(&json);
    assert_eq!(sorted[..3], ["a/c", "a/m/a", "a/m/x"]);
    assert_eq!(sorted.last(), Some(&"c/0999"));
}

#[test]
fn top_shows_the_first_and_sums_all() {
    let Some((dir, [a, b, c, _])) = samples() else { return };
    let root = dir.path().to_str().unwrap();
    let all = stat_json(dir.path());
    let json = stat(["--json", "--top", "2", root]).json(0);
    assert_eq!(json_paths(&json), [&b, &a]);
    assert_eq!(json["total"]["files"], 4);
    assert_eq!(json["total"]["size"], all["total"]["size"]);
    assert_eq!(json_paths(&stat(["--json", "--sort=size", "-n1", root]).json(0)), [&c]);
    assert_eq!(stat(["--top", "99", root]).table_paths(0).len(), 4);
}

#[test]
fn sizes_are_readable_or_in_bytes() {
    let dir = disk();
    let path = dir.path().join("file");
    write(&path, 65000);
    let row = |args: &[&str]| -> Vec<String> {
        let run = command().args(args).arg(&path).output().unwrap();
        let table = Run::from(run).stdout;
        table.lines().nth(1).unwrap().split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(row(&[])[..5], ["63.5", "KiB", "64.0", "KiB", "100.0%"]);
    assert_eq!(row(&["--bytes"])[..3], ["65000", "65536", "100.0%"]);
}

#[test]
fn columns_are_aligned() {
    let dir = disk();
    for (name, len) in [("a", 0), ("b", 1), ("c", 5_000_000)] {
        write(dir.path().join(name), len);
    }
    for args in [&[][..], &["--bytes"]] {
        let run: Run = command().args(args).arg(dir.path()).output().unwrap().into();
        let path_at: Vec<_> = run
            .stdout
            .lines()
            .map(|line| line.find("  PATH").or(line.find("  /")).or(line.find("  total")).unwrap())
            .collect();
        assert!(path_at.windows(2).all(|pair| pair[0] == pair[1]), "{}", run.stdout);
    }
}

#[test]
fn columns_of_zeros_are_left_out() {
    let dir = disk();
    let path = dir.path().join("file");
    let file = write(&path, PAGE);
    file.sync_all().unwrap();
    let table = stat([&path]).stdout;
    let header = table.lines().next().unwrap();
    assert!(!header.contains("WRITEBACK") && !header.contains("DIRTY"), "{header}");
    if stat_json(&path)["files"][0]["dirty"].is_null() {
        return skip("linux-6.5", "the kernel does not tell what is dirty");
    }
    // A new file: one that was cut to nothing may be written out when it is closed.
    write(dir.path().join("new"), PAGE);
    let table = stat([dir.path()]).stdout;
    assert!(table.lines().next().unwrap().contains("  DIRTY  "), "{table}");
}

#[test]
fn a_pipe_gets_neither_bars_nor_colors() {
    let dir = disk();
    write(dir.path().join("file"), PAGE);
    // Whatever its other streams are.
    let (_ours, theirs) = terminal(100);
    let run = Run::from(command().arg(dir.path()).stdin(theirs).output().unwrap());
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.is_ascii() && !run.stdout.contains('\x1b'), "{}", run.stdout);
}

#[test]
fn a_closed_pipe_is_quiet() {
    let dir = disk();
    (0..3000).for_each(|at| drop(write(dir.path().join(format!("{at:0100}")), 0)));
    for args in [&[][..], &["--json"]] {
        let mut child = command()
            .args(args)
            .arg(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut start = [0; 1];
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut start).unwrap();
        drop(stdout);
        let run = Run::from(child.wait_with_output().unwrap());
        assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    }
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        return skip("dev-full", "there is no /dev/full");
    };
    for args in [&["."][..], &["--json", "."]] {
        let output = command().args(args).stdout(full.try_clone().unwrap()).output().unwrap();
        let run = Run::from(output);
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.starts_with("mman: cannot write the output: "), "{}", run.stderr);
    }
}

/// A terminal with so many columns: the end that reads what is written, and that to write to.
fn terminal(columns: u16) -> (OwnedFd, OwnedFd) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs: OwnedFd =
        File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap().into();
    let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&theirs, size).unwrap();
    (ours, theirs)
}

/// What the tool writes to a terminal with so many columns.
fn on_a_terminal(columns: u16, environment: &[(&str, &str)], path: &Path) -> Vec<String> {
    let (ours, theirs) = terminal(columns);
    let mut child = command()
        .env_remove("NO_COLOR")
        .env("TERM", "xterm")
        .envs(environment.iter().copied())
        .arg(path)
        .stdout(theirs)
        .spawn()
        .unwrap();
    let reader = std::thread::spawn(move || {
        // The read after the last writer has gone is an error.
        BufReader::new(File::from(ours)).lines().map_while(Result::ok).collect()
    });
    assert!(child.wait().unwrap().success());
    reader.join().unwrap()
}

#[test]
fn a_terminal_gets_bars_and_colors() {
    let dir = disk();
    write(dir.path().join("file"), 100 * PAGE);
    let lines = on_a_terminal(120, &[], dir.path());
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[1].contains(&"█".repeat(12)), "{lines:?}");
    assert!(lines.iter().all(|line| line.contains("\x1b[")), "{lines:?}");

    let lines = on_a_terminal(60, &[("NO_COLOR", "1")], dir.path());
    assert!(lines[1].contains(&format!("  {}  ", "█".repeat(6))), "{lines:?}");
    assert!(lines.iter().all(|line| !line.contains('\x1b')), "{lines:?}");

    // A width that is not known.
    let lines = on_a_terminal(0, &[("NO_COLOR", "1")], dir.path());
    assert!(!lines[1].contains('█'), "{lines:?}");
}

#[test]
fn help_is_on_standard_output() {
    let run = stat(["--help"]);
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    for word in ["--json", "--bytes", "--sort", "--top", "RESIDENT", "Exit codes"] {
        assert!(run.stdout.contains(word), "{word}");
    }
}

#[test]
fn wrong_usage_is_2() {
    for args in [
        &[][..],
        &["--no-such-option", "."],
        &["--sort", "no-such-key", "."],
        &["--top", "0", "."],
        &["--top", "many", "."],
    ] {
        let run = stat(args);
        assert_eq!((run.code, &*run.stdout), (Some(2), ""), "{args:?}");
        assert!(!run.stderr.is_empty(), "{args:?}");
    }
}
