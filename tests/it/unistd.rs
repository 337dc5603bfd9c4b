//! `sys::unistd`.

use std::{fs, os::unix::fs::MetadataExt as _};

use mman::sys::unistd::{geteuid, getpagesize};

use crate::util::{child::in_child, unprivileged::become_nobody};

/// The kernel tells a program the size in its auxiliary vector.
#[test]
fn the_size_of_a_page_is_the_kernels() {
    assert_eq!(getpagesize(), unsafe { libc::getauxval(libc::AT_PAGESZ) } as usize);
}

#[test]
fn the_effective_user_is_who_owns_new_files() {
    let owner = || tempfile::tempfile().unwrap().metadata().unwrap().uid();
    assert_eq!(owner(), geteuid());
    assert_eq!(fs::metadata("/proc/self").unwrap().uid(), geteuid());
    in_child(|| {
        become_nobody();
        assert_eq!(owner(), geteuid());
    });
}
