#![doc = on!(linux, android)]
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

/// The first number of the three calls of protection keys.
const PKEY: c_long = if cfg!(target_arch = "x86_64") {
    BASE + 329
} else if cfg!(target_arch = "x86") {
    380
} else if cfg!(target_arch = "arm") {
    394
} else if cfg!(any(target_arch = "mips", target_arch = "mips32r6")) {
    BASE + 363
} else if cfg!(any(target_arch = "mips64", target_arch = "mips64r6")) {
    BASE + 323
} else if cfg!(any(target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x")) {
    384
} else if cfg!(any(target_arch = "sparc", target_arch = "sparc64")) {
    362
} else if cfg!(target_arch = "m68k") {
    381
} else {
    288
};

/// PowerPC has them in another order.
const PKEY_ORDER: [c_long; 3] = if cfg!(any(target_arch = "powerpc", target_arch = "powerpc64")) {
    [2, 0, 1]
} else {
    [0, 1, 2]
};

macro_rules! numbers {
    ($($(#[doc = $doc:expr])+ $(#[cfg($cfg:meta)])? $name:ident = $number:expr;)+) => {
        $(
            $(#[doc = $doc])+
            $(#[cfg($cfg)])?
            pub const $name: c_long = $number;
        )+

        #[doc = on!(linux, android)]
        /// Every number of this module, with its name.
        pub const NAMES: &[(&str, c_long)] = &[$($(#[cfg($cfg)])? (stringify!($name), $name)),+];
    };
}

numbers! {
    #[doc = on!(linux, android)]
    /// Linux 4.9.
    SYS_pkey_mprotect = PKEY + PKEY_ORDER[0];
    #[doc = on!(linux, android)]
    /// Linux 4.9.
    SYS_pkey_alloc = PKEY + PKEY_ORDER[1];
    #[doc = on!(linux, android)]
    /// Linux 4.9.
    SYS_pkey_free = PKEY + PKEY_ORDER[2];
    #[doc = on!(linux, android)]
    /// Linux 5.3.
    SYS_pidfd_open = BASE + 434;
    #[doc = on!(linux, android)]
    /// Linux 5.10.
    SYS_process_madvise = BASE + 440;
    #[doc = on!(
        linux("aarch64", "loongarch64", "riscv32", "riscv64", "s390x", "x86", "x86_64"),
        android("aarch64", "riscv64", "x86", "x86_64")
    )]
    /// Linux 5.14.
    #[cfg(any(
        all(doc, not(doctest)),
        target_arch = "x86",
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv32",
        target_arch = "riscv64",
        target_arch = "s390x",
        target_arch = "loongarch64"
    ))]
    SYS_memfd_secret = BASE + 447;
    #[doc = on!(linux, android)]
    /// Linux 5.15.
    SYS_process_mrelease = BASE + 448;
    #[doc = on!(linux, android)]
    /// Linux 6.5.
    SYS_cachestat = BASE + 451;
    #[doc = on!(linux, android)]
    /// Linux 6.6.
    SYS_map_shadow_stack = BASE + 453;
    #[doc = on!(linux, android)]
    /// Linux 6.10.
    SYS_mseal = BASE + 462;
    #[doc = on!(linux, android)]
    /// Linux 5.17.
    SYS_set_mempolicy_home_node = BASE + 450;
    #[doc = on!(linux, android)]
    /// Linux 2.6.16; the libc crate lacks it on 32-bit Arm.
    SYS_migrate_pages = MIGRATE_PAGES;
}

#[cfg(target_arch = "arm")]
const MIGRATE_PAGES: c_long = 400;
#[cfg(all(not(target_arch = "arm"), any(target_os = "linux", target_os = "android")))]
const MIGRATE_PAGES: c_long = libc::SYS_migrate_pages;
/// For the documentation alone.
#[cfg(not(any(target_arch = "arm", target_os = "linux", target_os = "android")))]
const MIGRATE_PAGES: c_long = 0;
