//! Trees that others change meanwhile.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::util::{Run, disk, skip, stat, write};

/// Walks a tree many times while another thread changes it, and has each outcome checked.
fn meanwhile(root: &Path, change: impl Fn() + Sync, check: impl Fn(&Run)) {
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let _stop = Stop(&stop);
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                change();
            }
        });
        (0..100).for_each(|_| check(&stat([root])));
    });
}

#[test]
fn files_and_directories_that_vanish_are_no_errors() {
    let dir = disk();
    let root = dir.path();
    write(root.join("stays"), 1);
    let change = || {
        for at in 0..200 {
            fs::create_dir(root.join(format!("dir{at}"))).unwrap();
            write(root.join(format!("dir{at}/file")), 1);
        }
        for at in 0..200 {
            fs::remove_dir_all(root.join(format!("dir{at}"))).unwrap();
        }
    };
    meanwhile(root, change, |run| {
        let stays = run.stdout.contains(root.join("stays").to_str().unwrap());
        assert!(run.code == Some(0) && run.stderr.is_empty() && stays, "{}", run.stderr);
    });
}

/// Lets two paths take each other's place.
fn exchange(a: &Path, b: &Path) -> rustix::io::Result<()> {
    renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)
}

#[test]
fn files_are_asked_about_in_the_directory_that_was_listed() {
    let dir = disk();
    let [tree, other] = ["tree", "other"].map(|name| dir.path().join(name));
    let inner = tree.join("inner");
    fs::create_dir_all(&inner).unwrap();
    fs::create_dir(&other).unwrap();
    write(inner.join("one"), 1);
    write(other.join("two"), 1);
    if let Err(error) = exchange(&inner, &other) {
        return skip("exchange", error);
    }
    let possible = ["one", "two"].map(|name| inner.join(name).into_os_string());
    meanwhile(
        &tree,
        || exchange(&inner, &other).unwrap(),
        |run| {
            let paths = run.table_paths(0);
            assert!(paths.len() == 1 && possible.iter().any(|path| path == paths[0]), "{paths:?}");
            assert_eq!(run.stderr, "");
        },
    );
}

#[test]
fn a_link_in_place_of_a_directory_is_not_followed() {
    let dir = disk();
    let [tree, outside, link] = ["tree", "outside", "link"].map(|name| dir.path().join(name));
    let inner = tree.join("inner");
    fs::create_dir_all(&inner).unwrap();
    fs::create_dir(&outside).unwrap();
    write(inner.join("inside"), 1);
    write(outside.join("outside"), 1);
    symlink(&outside, &link).unwrap();
    if let Err(error) = exchange(&inner, &link) {
        return skip("exchange", error);
    }
    let possible = inner.join("inside");
    meanwhile(
        &tree,
        || exchange(&inner, &link).unwrap(),
        |run| {
            let paths = run.table_paths(0);
            assert!(paths.iter().all(|path| Path::new(path) == possible), "{paths:?}");
            assert_eq!(run.stderr, "");
        },
    );
}
