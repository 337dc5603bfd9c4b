//! Random sequences of all safe calls over all the types at once: see [`driver`].
//!
//! It has no harness: it counts the mappings and the open files of its process, so that has one
//! thread, and it is a child, so that a fault is told with the bytes that led to it.
//! `calls FILE…` makes the calls of files, as `cargo xtask fuzz` leaves them; `PROPTEST_CASES` says
//! how many there are otherwise.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod driver;

#[cfg(all(target_os = "linux", target_env = "gnu", not(any(miri, mman_heap))))]
fn main() {
    linux::main();
}

/// On the heap, whatever is wrong ends the process with a report of its own.
#[cfg(all(target_os = "linux", target_env = "gnu", any(miri, mman_heap)))]
fn main() {
    use proptest::{prelude::*, test_runner::TestRunner};

    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let cases = config.cases;
    let bytes = prop::collection::vec(any::<u8>(), 1..1500);
    let outcome = TestRunner::new(config).run(&bytes, |bytes| {
        driver::run(&bytes);
        Ok(())
    });
    outcome.unwrap();
    println!("test random_calls ... ok ({cases} sequences)");
}

/// It needs `/proc`, and the allocator of glibc, which can be told to leave mappings alone.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn main() {}

#[cfg(all(target_os = "linux", target_env = "gnu", not(any(miri, mman_heap))))]
mod linux {
    use std::{env, fs, os::unix::fs::FileExt as _, panic, process};

    use proptest::{
        prelude::*,
        test_runner::{TestError, TestRunner},
    };

    use super::driver;

    const CASES: u32 = 200;

    pub(super) fn main() {
        let arguments: Vec<_> = env::args().skip(1).collect();
        let files = arguments.iter().filter(|name| fs::metadata(name).is_ok_and(|it| it.is_file()));
        let files: Vec<_> = files.collect();
        if !files.is_empty() {
            files.into_iter().for_each(|name| driver::run(&fs::read(name).unwrap()));
            return;
        }
        // What the harness of the other tests is told: the name of a test, and not to run it.
        let named = |filter: &String| filter.starts_with('-') || "random_calls".contains(filter);
        if !arguments.iter().all(named) || arguments.iter().any(|word| word == "--list") {
            return;
        }
        let last = tempfile::tempfile().unwrap();
        // SAFETY: this process has one thread.
        let child = unsafe { libc::fork() };
        if child == 0 {
            random_calls(&last);
            process::exit(0);
        }
        let mut status = 0;
        // SAFETY: the number is the child's, and the status is written.
        assert_eq!(child, unsafe { libc::waitpid(child, &mut status, 0) });
        if status != 0 {
            let mut bytes = vec![0; last.metadata().unwrap().len() as usize];
            last.read_exact_at(&mut bytes, 0).unwrap();
            let name = env::temp_dir().join(format!("mman-calls-failed-{}", process::id()));
            fs::write(&name, bytes).unwrap();
            eprintln!("status {status:#x} after the calls of {}", name.display());
            process::exit(1);
        }
        println!("test random_calls ... ok");
    }

    /// All safe calls with any arguments: nothing faults, contents are as a model's, canaries are
    /// not touched, and the process is as it was.
    fn random_calls(last: &fs::File) {
        let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
        if env::var_os("PROPTEST_CASES").is_none() {
            config.cases = CASES;
        }
        // Shrinking panics many times.
        panic::set_hook(Box::new(|info| eprintln!("{info}")));
        let bytes = prop::collection::vec(any::<u8>(), 1..1500);
        let outcome = TestRunner::new(config).run(&bytes, |bytes| {
            keep(last, &bytes);
            driver::run(&bytes);
            Ok(())
        });
        if let Err(error) = outcome {
            if let TestError::Fail(_, bytes) = error {
                keep(last, &bytes);
            }
            process::exit(1);
        }
    }

    fn keep(last: &fs::File, bytes: &[u8]) {
        last.set_len(0).unwrap();
        last.write_all_at(bytes, 0).unwrap();
    }
}
