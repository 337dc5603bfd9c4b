//! C programs and real ones through the library: the same answers, the same codes, the same output.
//!
//! A program runs twice, the second time with the library. What it printed and how it ended are
//! compared byte by byte, and the library tells how often it was called. A machine may lack `cc` or
//! `python3`: then a test skips and says so, or fails where `MMAN_TEST_REQUIRE` is `all` or names it.

#![cfg(all(
    target_os = "linux",
    target_env = "gnu",
    target_pointer_width = "64",
    not(target_arch = "s390x")
))]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic, in its helpers too"
)]

mod run;

use std::{collections::HashMap, fs, path::Path};

use run::{Calls, cc, compare, have, place};

/// Every call of `calls.c`, and every function at least once.
#[test]
fn good_and_bad_calls_answer_as_without_the_library() {
    if !have("cc") {
        return;
    }
    let place = place();
    let program = cc(place.path(), "calls", &["-pthread"]);
    let (output, calls) = compare(place.path(), &program, &[], None);
    let lines = output.lines().count();
    assert!(lines > 100_000 && output.ends_with("the end\n"), "{lines} lines");
    for name in [
        "mmap",
        "mmap64",
        "munmap",
        "mprotect",
        "mremap",
        "madvise",
        "msync",
        "mlock",
        "munlock",
        "mlockall",
        "munlockall",
        "mincore",
        "shm_open",
        "shm_unlink",
        "posix_madvise",
    ] {
        let Calls { carried, inner, plain } = calls[name];
        assert!(carried > 0 && inner > 0, "{name}: {carried} carried, {inner} came back");
        // The four that say why.
        let may = ["mincore", "shm_open", "shm_unlink", "posix_madvise"].contains(&name);
        assert_eq!(may, plain > 0, "{name}: {plain} plain");
    }
    for promise in ["allocations: 0\n", "interrupted: well\n", "thread: well\n"] {
        assert!(output.contains(promise), "{promise}");
    }
}

/// How many mappings were made through `sys`.
fn mapped(calls: &HashMap<String, Calls>) -> u64 {
    ["mmap", "mmap64"].iter().filter_map(|name| calls.get(*name)).map(|calls| calls.carried).sum()
}

/// Numbers in an order that is not theirs, as text.
fn numbers(path: &Path) {
    let lines = (1..=400_000_u64).map(|number| format!("{} {number}\n", number * 7919 % 400_009));
    fs::write(path, lines.collect::<String>()).unwrap();
}

/// GNU sort itself calls nothing that can be replaced: its memory is `malloc`'s, and glibc's `malloc`
/// asks the kernel by itself. With an allocator that maps, all of its memory comes through `sys`,
/// from the first moment of the process on and on several threads.
#[test]
fn sort_sorts_a_big_file() {
    if !have("cc") {
        return;
    }
    let place = place();
    let allocator = cc(place.path(), "malloc", &["-shared", "-fPIC"]);
    let input = place.path().join("input");
    numbers(&input);
    let input = input.to_str().unwrap();
    let args = ["-n", "-S", "1M", "--parallel=2", input];
    let sort = Path::new("/usr/bin/sort");
    let (output, calls) = compare(place.path(), sort, &args, Some(&allocator));
    assert_eq!(fs::metadata(input).unwrap().len(), output.len() as u64);
    assert!(calls["mmap"].carried > 100, "{calls:?}");
    assert!(calls["munmap"].carried > 100, "{calls:?}");
}

/// The compiler keeps its trees in mappings of its own.
#[test]
fn a_compiler_compiles() {
    if !have("cc") {
        return;
    }
    let place = place();
    let source = place.path().join("source.c");
    fs::write(&source, include_str!("calls.c")).unwrap();
    let args = ["-S", "-O2", "-o", "-", source.to_str().unwrap()];
    let (output, calls) = compare(place.path(), Path::new("cc"), &args, None);
    assert!(output.contains("many_calls"));
    assert!(mapped(&calls) > 10, "{calls:?}");
}

const PYTHON: &str = r#"
import mmap, os, sys, tempfile

with tempfile.TemporaryFile() as file:
    file.write(b"x" * 10000)
    file.flush()
    with mmap.mmap(file.fileno(), 0) as map:
        print(len(map), map[:3])
        map[1:3] = b"yz"
        print(map.flush(), map.flush(0, mmap.PAGESIZE), os.pread(file.fileno(), 3, 0))
        for name in sorted(dir(mmap)):
            # Those that make a page unusable need not be tried.
            if name.startswith("MADV_") and name not in ("MADV_HWPOISON", "MADV_SOFT_OFFLINE"):
                try:
                    map.madvise(getattr(mmap, name))
                    print(name)
                except OSError as error:
                    print(name, error)
        map.resize(50000)
        map[49999] = 65
        print(len(map), os.fstat(file.fileno()).st_size, map[:3], map[-1:])
        try:
            map.flush(1, 5)
        except OSError as error:
            print(error)
    copy = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    copy[0:1] = b"c"
    print(copy[:3], os.pread(file.fileno(), 3, 0))
    reader = mmap.mmap(file.fileno(), 4096, prot=mmap.PROT_READ, offset=mmap.PAGESIZE)
    print(reader.find(b"x"))
for bad in (lambda: mmap.mmap(9999, 10), lambda: mmap.mmap(-1, 1 << 60), lambda: mmap.mmap(0, 1, 0)):
    try:
        bad()
    except OSError as error:
        print(error)
memory = mmap.mmap(-1, 100)
memory.resize(1 << 20)
memory.write(b"memory")
print(memory[:6], len(memory))
# Objects enough for arenas to come and go.
print(sum(len(str(number)) for number in [str(number) for number in range(200000)]))
"#;

#[test]
fn python_maps_flushes_resizes_and_advises() {
    if !have("python3") {
        return;
    }
    let place = place();
    // The interpreter itself: what is in `PATH` may be a script that looks for it.
    let which = run::output("python3", &["-c", "import sys; print(sys.executable)"]);
    let python = Path::new(which.trim());
    let (output, calls) = compare(place.path(), python, &["-c", PYTHON], None);
    assert!(output.contains("50000 50000 b'"), "{output}");
    assert!(mapped(&calls) > 10, "{calls:?}");
    let carried = |name: &str| calls.get(name).map_or(0, |calls| calls.carried);
    for (name, least) in [("munmap", 5), ("mremap", 2), ("msync", 2), ("madvise", 10)] {
        assert!(carried(name) >= least, "{name}: {calls:?}");
    }
}
