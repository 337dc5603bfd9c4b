//! `<sys/syscall.h>`: the numbers of the system calls that this crate makes by number, because
//! the C library has no function for them or is older than they are.

#![allow(non_upper_case_globals, reason = "the C names")]

use core::ffi::c_long;

/// What the architecture adds to the numbers, which are the same everywhere since 424.
const BASE: c_long = if cfg!(any(target_arch = "mips", target_arch = "mips32r6")) {
    4000
} else if cfg!(any(target_arch = "mips64", target_arch = "mips64r6")) {
    5000
} else if cfg!(all(target_arch = "x86_64", target_pointer_width = "32")) {
    0x4000_0000
} else {
    0
};

macro_rules! numbers {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:expr;)+) => {
        $( $(#[doc = $doc])+ pub const $name: c_long = $number; )+

        /// Every number of this module, with its name.
        pub const NAMES: &[(&str, c_long)] = &[$((stringify!($name), $name)),+];
    };
}

numbers! {
    /// Linux 6.5.
    SYS_cachestat = BASE + 451;
    /// Linux 5.17.
    SYS_set_mempolicy_home_node = BASE + 450;
    /// Linux 2.6.16; the libc crate lacks it on 32-bit Arm.
    SYS_migrate_pages = MIGRATE_PAGES;
}

#[cfg(target_arch = "arm")]
const MIGRATE_PAGES: c_long = 400;
#[cfg(not(target_arch = "arm"))]
const MIGRATE_PAGES: c_long = libc::SYS_migrate_pages;
