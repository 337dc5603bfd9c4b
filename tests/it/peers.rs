//! The defects of other crates that are nobody's module here, on the same sequence of calls. The
//! others stand beside the tests of what they concern; `docs/conformance.md` has them all.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicU64,
};

use mman::{
    Anon, Contents, FileMap, FileMapCow, FileMapExec, FileMapMut, Protection, Reservation, Sealed,
    Shared,
};

use crate::util::{capability::lacking, page, temp};

/// memmap2 0.9.12: the 34 tests of `test/map.rs` are not part of the build, and never run.
#[test]
fn memmap2_no_file_of_tests_is_left_out() {
    // What the compiler has read for this very program, as it wrote it down beside it.
    let told = fs::read_to_string(env::current_exe().unwrap().with_extension("d"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (Ok(told), Ok(_)) = (told, fs::read_dir(root.join("tests/it"))) else {
        lacking("sources", "the program is not where it was built, or its sources are not");
        return;
    };
    let read: BTreeSet<&str> = told.split_whitespace().collect();
    let mut folders = vec![PathBuf::from("tests/it")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                files.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    assert!(files.len() > 100, "{files:?}");
    // Modules that are there on a condition, and the root of another program.
    let conditions = [
        ("tests/it/heap.rs", false),
        ("tests/it/prctl/tagged_addr.rs", cfg!(target_arch = "aarch64")),
        ("tests/it/views.rs", cfg!(feature = "zerocopy")),
    ];
    for (file, here) in conditions {
        assert_eq!(here, read.contains(file), "{file}");
        files.retain(|other| other != file);
    }
    files.retain(|file| !read.contains(&**file));
    assert!(files.is_empty(), "no module: {files:?}");
}

/// mmap-vec: the slice of a segment without memory begins at null.
#[test]
fn mmap_vec_a_slice_of_nothing_is_not_null() {
    let empty = temp::on_disk();
    #[track_caller]
    fn check(what: *const u8) {
        assert!(!what.is_null() && what.addr() % page() == 0);
    }
    let mut memory = Anon::default();
    check(memory.as_ptr());
    check(memory.as_mut_ptr());
    check(memory.lock_mut(..).unwrap().as_ptr());
    check(memory.protect(.., Protection::ReadWrite).unwrap().as_slice().unwrap().as_ptr());
    check(memory.make_read_only().unwrap().as_ptr());
    check(Anon::new(0).unwrap().make_exec().unwrap().as_ptr());
    check(Sealed::from_bytes(b"").unwrap().as_ptr());
    let shared = Shared::anonymous(0).unwrap();
    check(unsafe { shared.as_slice().as_ptr() });
    check(shared.atomics::<AtomicU64>(..).unwrap().as_ptr().cast());
    check(unsafe { FileMap::new(&empty).unwrap().as_slice().as_ptr() });
    check(unsafe { FileMapMut::new(&empty).unwrap().as_mut_slice().as_ptr() });
    check(unsafe { FileMapCow::new(&empty).unwrap().as_mut_slice().as_ptr() });
    check(unsafe { FileMapExec::new(&empty).unwrap().as_slice().as_ptr() });
    check(Reservation::new(0).unwrap().as_ptr());
    assert!(Contents::open(empty.path()).unwrap().is_empty());
}

/// mmap-io: a `&str` of a map becomes something else, and no UTF-8, when another map is written.
#[test]
fn mmap_io_text_that_was_read_stays_text() {
    let file = temp::on_disk();
    fs::write(file.path(), "naïve").unwrap();
    let (reader, writer) = (FileMap::new(&file).unwrap(), FileMapMut::new(&file).unwrap());
    let text = String::from_utf8(reader.to_vec(..).unwrap()).unwrap();
    writer.write_at(0, &[0xff; 6]).unwrap();
    assert_eq!("naïve", text);
    assert!(String::from_utf8(reader.to_vec(..).unwrap()).is_err());
}
