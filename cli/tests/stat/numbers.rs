//! The numbers are true.

use std::{
    fs,
    os::{fd::AsRawFd as _, unix::fs::FileExt as _},
    path::{Path, PathBuf},
    process::Command,
    ptr, thread,
    time::{Duration, Instant},
};

use mman::{
    observe::page_cache,
    sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap, munmap},
};
use serde_json::{Value, json};

use crate::util::{
    PAGE, Run, Stranger, command, disk, evict, skip, stat, stat_json, without_cachestat, write,
};

/// A file's object in `files[]`.
#[track_caller]
fn file(path: &Path) -> Value {
    stat_json(path)["files"][0].clone()
}

/// The memory of a machine is not only ours: what holds right after `prepare` on some try, holds.
fn eventually<T: PartialEq + std::fmt::Debug>(expected: &T, mut prepare: impl FnMut() -> T) {
    let mut got = prepare();
    for _ in 0..20 {
        if got == *expected {
            return;
        }
        thread::sleep(Duration::from_millis(20));
        got = prepare();
    }
    assert_eq!(got, *expected);
}

#[test]
fn a_written_file_is_resident_in_whole_pages_and_dirty() {
    let dir = disk();
    let path = dir.path().join("file");
    let size = 64 * PAGE - 100;
    eventually(&(json!(size), json!(64 * PAGE), true), || {
        // A new file: one that was cut to nothing may be written out when it is closed.
        let _ = fs::remove_file(&path);
        write(&path, size);
        let file = file(&path);
        // A kernel that does not tell says null.
        let dirty = file["dirty"].is_null() || file["dirty"] != 0 || file["writeback"] != 0;
        (file["size"].clone(), file["resident"].clone(), dirty)
    });
}

#[test]
fn a_synced_file_is_not_dirty() {
    let dir = disk();
    let path = dir.path().join("file");
    let opened = write(&path, 16 * PAGE);
    opened.sync_all().unwrap();
    let file = file(&path);
    assert!(file["dirty"].is_null() || file["dirty"] == 0, "{file}");
    assert!(file["writeback"].is_null() || file["writeback"] == 0, "{file}");
}

#[test]
fn an_evicted_file_is_not_resident() {
    let dir = disk();
    let path = dir.path().join("file");
    let opened = write(&path, 64 * PAGE);
    evict(&opened, 0, 0);
    if file(&path)["resident"] == 64 * PAGE {
        return skip("evict", "the file system keeps pages that nobody needs");
    }
    eventually(&json!(0), || {
        evict(&opened, 0, 0);
        file(&path)["resident"].clone()
    });
}

#[test]
fn half_a_file_is_resident() {
    let dir = disk();
    let path = dir.path().join("file");
    let half = 64 * PAGE;
    eventually(&(json!(half), "50.0%".to_owned()), || {
        let opened = write(&path, 2 * half);
        evict(&opened, 0, half as u64);
        let table = stat([&path]).stdout;
        let percent = table.lines().nth(1).and_then(|row| row.split_whitespace().nth(4)).unwrap();
        (file(&path)["resident"].clone(), percent.to_owned())
    });
}

#[test]
fn what_was_reclaimed_is_evicted() {
    let dir = disk();
    let path = dir.path().join("file");
    let len = 64 * PAGE;
    let opened = write(&path, len);
    opened.sync_all().unwrap();
    if file(&path)["evicted"].is_null() {
        return skip("linux-6.5", "the kernel does not tell what was evicted");
    }
    eventually(&(json!(0), json!(len), true), || {
        page_out(&opened, len);
        let file = file(&path);
        let recently = file["recently_evicted"].as_u64().unwrap() <= len as u64;
        (file["resident"].clone(), file["evicted"].clone(), recently)
    });
    let table = stat([&path]).stdout;
    assert!(table.lines().next().unwrap().contains("  EVICTED  "), "{table}");
}

/// Has the kernel reclaim a file's pages, as it does when memory is short. It takes only what is
/// mapped, and not what another processor has not yet put on its lists.
fn page_out(file: &fs::File, len: usize) {
    let (prot, flags) = (ProtFlags::PROT_READ, MapFlags::MAP_SHARED | MapFlags::MAP_POPULATE);
    // SAFETY: the system chooses the place.
    let start = unsafe { mmap(ptr::null_mut(), len, prot, flags, file.as_raw_fd(), 0) }.unwrap();
    // SAFETY: the pages are read-only and of a file: their contents come back.
    unsafe { madvise(start, len, MmapAdvise::MADV_PAGEOUT) }.unwrap();
    // SAFETY: nothing refers to the map.
    unsafe { munmap(start, len) }.unwrap();
}

#[test]
fn an_older_kernel_tells_what_is_resident_and_no_more() {
    let dir = disk();
    (0..300).for_each(|at| drop(write(dir.path().join(format!("{at:03}")), 2 * PAGE)));
    let mut older = command();
    without_cachestat(older.args(["--json"]).arg(dir.path()));
    let json = Run::from(older.output().unwrap()).json(0);
    assert_eq!(json["total"]["resident"], stat_json(dir.path())["total"]["resident"]);
    assert_eq!(json["total"]["files"], 300);
    for key in ["dirty", "writeback", "evicted", "recently_evicted"] {
        assert!(json["files"][0][key].is_null() && json["total"][key].is_null(), "{key}");
    }
    let mut older = command();
    without_cachestat(older.arg(dir.path()));
    let run = Run::from(older.output().unwrap());
    let header = run.stdout.lines().next().unwrap();
    assert_eq!(header.split_whitespace().collect::<Vec<_>>(), HEADER);
}

const HEADER: [&str; 4] = ["SIZE", "RESIDENT", "PERCENT", "PATH"];

/// Of files that are not one's own, `mincore` says that all is in memory.
#[test]
fn an_older_kernel_does_not_lie_to_strangers() {
    let stranger = Stranger::new();
    let path = stranger.foreign();
    let mut older = stranger.command();
    without_cachestat(older.arg("--json").arg(&path));
    let json = Run::from(older.output().unwrap()).json(3);
    assert!(json["files"][0]["resident"].is_null(), "{json}");
    assert_eq!(json["total"]["unknown"], 1);
}

#[test]
fn a_tebibyte_of_nothing_takes_no_time() {
    let dir = disk();
    let path = dir.path().join("sparse");
    let size = 1_u64 << 40;
    if let Err(error) = fs::File::create(&path).unwrap().set_len(size) {
        return skip("sparse", error);
    }
    let start = Instant::now();
    let file = file(&path);
    let elapsed = start.elapsed();
    assert_eq!((&file["size"], &file["resident"]), (&json!(size), &json!(0)));
    if file["dirty"].is_null() {
        return skip("linux-6.5", "the kernel has to be asked page by page");
    }
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
}

/// It is asked about in pieces of 64 MiB; in memory, at once.
#[test]
fn a_large_file_has_the_numbers_of_the_whole() {
    let (disk, memory) = (disk(), tempfile::tempdir_in("/dev/shm"));
    if let Err(error) = &memory {
        skip("shm", error);
    }
    for dir in [Some(&disk), memory.as_ref().ok()].into_iter().flatten() {
        let path = dir.path().join("large");
        let opened = write(&path, 0);
        let mib = 1 << 20;
        // What lies across the ends of pieces, is at both ends of the file, and is not there.
        for (at, len) in [(0, PAGE), (60 * mib, 8 * mib), (128 * mib, PAGE), (192 * mib - 1, 2)] {
            opened.write_all_at(&vec![1; len], at as u64).unwrap();
        }
        let len = 300 * mib as u64 + 123;
        opened.set_len(len).unwrap();
        evict(&opened, 61 * mib as u64, mib as u64);
        page_out(&opened, 4 * PAGE);
        opened.write_all_at(&[1; 1000], len - 1000).unwrap();
        let keys = ["resident", "dirty", "writeback", "evicted"];
        let whole = || page_cache(&opened).unwrap();
        eventually(&true, || {
            let file = file(&path);
            let whole = whole();
            let whole = [Some(whole.resident), whole.dirty, whole.writeback, whole.evicted];
            let told = keys.map(|key| file[key].as_u64());
            if told != whole {
                eprintln!("{}: {told:?}, {whole:?}", path.display());
            }
            assert_eq!(file["size"], len);
            told == whole && told[0] > Some(6 * mib as u64)
        });
    }
}

#[test]
fn the_total_is_the_sum() {
    let dir = disk();
    for (at, len) in [100, 5 * PAGE, 0, 3 * PAGE + 1].into_iter().enumerate() {
        write(dir.path().join(format!("{at}")), len);
    }
    let json = stat_json(dir.path());
    let sum = |key: &str| -> u64 {
        json["files"].as_array().unwrap().iter().map(|file| file[key].as_u64().unwrap()).sum()
    };
    assert_eq!(json["total"]["files"], 4);
    assert_eq!(json["total"]["unknown"], 0);
    assert_eq!(json["total"]["size"], 8 * PAGE + 101);
    for key in ["size", "resident", "dirty", "writeback", "evicted", "recently_evicted"] {
        if !json["files"][0][key].is_null() {
            assert_eq!(json["total"][key], sum(key), "{key}");
        }
    }
}

#[test]
fn the_total_counts_a_file_once() {
    let dir = disk();
    let [first, second] = ["first", "second"].map(|name| dir.path().join(name));
    write(&first, 2 * PAGE);
    fs::hard_link(&first, &second).unwrap();
    for (paths, shown) in [
        (vec![&first, &first], 2),
        (vec![&first, &second], 2),
        (vec![&dir.path().to_owned()], 2),
        (vec![&dir.path().to_owned(), &second], 3),
    ] {
        let json = stat([&PathBuf::from("--json")].into_iter().chain(paths)).json(0);
        assert_eq!(json["files"].as_array().unwrap().len(), shown);
        assert_eq!(json["total"]["files"], 1);
        assert_eq!(json["total"]["size"], 2 * PAGE);
        assert_eq!(json["total"]["resident"], json["files"][0]["resident"]);
    }
}

/// What `fincore` says is resident, in bytes.
fn fincore(path: &Path) -> Result<u64, String> {
    let mut command = Command::new("fincore");
    command.args(["--bytes", "--noheadings", "--raw", "--output", "RES"]).arg(path);
    let output = command.output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn fincore_agrees() {
    let dir = disk();
    let path = |name: &str| dir.path().join(name);
    write(path("small"), 1);
    write(path("odd"), 123_457);
    write(path("empty"), 0);
    fs::File::create(path("sparse")).unwrap().set_len(64 << 20).unwrap();
    let holes = write(path("holes"), 256 * PAGE);
    evict(&holes, 16 * PAGE as u64, 100 * PAGE as u64);
    let gone = write(path("gone"), 100 * PAGE);
    evict(&gone, 0, 0);
    if let Err(error) = fincore(&path("small")) {
        return skip("fincore", error);
    }
    let mut paths: Vec<_> =
        fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    // Other people's files are told to their owners only.
    let own = |path: &PathBuf| fs::OpenOptions::new().append(true).open(path).is_ok();
    let theirs = [env!("CARGO_BIN_EXE_mman"), "/usr/bin/find", "/etc/passwd"].map(PathBuf::from);
    paths.extend(theirs.into_iter().filter(own));
    for path in paths {
        eventually(&true, || {
            let ours = file(&path)["resident"].as_u64().unwrap();
            let same = ours == fincore(&path).unwrap();
            if !same {
                eprintln!("{}: {ours}, fincore {:?}", path.display(), fincore(&path));
            }
            same
        });
    }
}
