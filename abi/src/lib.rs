//! Proof of the constants: each one that `mman` offers is compared with the system's headers.
//!
//! Compiling this crate is the proof, for the target it is compiled for: the comparisons are
//! constants, and a wrong one is an error of compilation that names it. The tables come from
//! `data/abi`, by `cargo xtask abi`. Which functions and types are there is proven the same way.

#![no_std]
#![cfg(unix)]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the compiler evaluates this, and reports a panic as an error of compilation"
)]

mod compare;
#[rustfmt::skip]
mod names;
#[rustfmt::skip]
mod tables;

pub use compare::{Extent, compare};

use mman::{
    errno::Errno,
    fcntl::OFlag,
    sys::{
        mman::{MapFlags, MlockAllFlags, MmapAdvise, MsFlags, PosixMadvAdvice, ProtFlags},
        stat::Mode,
    },
};

/// A name and its number: flags as the bits they are, whatever their type in C.
pub type Row = (&'static str, u32);

/// Compares the names of a type, and rows besides, with a table, in a constant named like it.
macro_rules! prove {
    ($TABLE:ident: $names:expr, |$value:ident| $number:expr, $extent:ident $(, $also:expr)?) => {
        #[doc = concat!("The table `", stringify!($TABLE), "` and the library agree.")]
        pub const $TABLE: () = {
            const NAMES: [Row; $names.len()] = {
                let mut rows = [("", 0); $names.len()];
                let mut i = 0;
                while i < rows.len() {
                    let (name, $value) = $names[i];
                    rows[i] = (name, $number as u32);
                    i += 1;
                }
                rows
            };
            compare(&[&NAMES $(, $also)?], tables::$TABLE, Extent::$extent);
        };
    };
}

prove!(PROT: ProtFlags::NAMES, |flag| flag.bits(), All, PROT_MACROS);
prove!(MAP: MapFlags::NAMES, |flag| flag.bits(), All, MAP_MACROS);
#[cfg(any(target_os = "linux", target_os = "android", target_os = "netbsd"))]
prove!(MREMAP: mman::sys::mman::MRemapFlags::NAMES, |flag| flag.bits(), All);
prove!(MADV: MmapAdvise::NAMES, |advice| advice, All);
prove!(MS: MsFlags::NAMES, |flag| flag.bits(), All);
prove!(MCL: MlockAllFlags::NAMES, |flag| flag.bits(), All);
prove!(O: OFlag::NAMES, |flag| flag.bits(), All);
prove!(S_I: Mode::NAMES, |mode| mode.bits(), All);
prove!(E: Errno::NAMES, |errno| errno, All, SECOND_NAMES);
#[cfg(any(target_os = "linux", target_os = "android"))]
prove!(SYS: mman::sys::syscall::NAMES, |number| number, Some);

prove!(POSIX_MADV: PosixMadvAdvice::NAMES, |advice| advice, All);
#[cfg(any(
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly",
    target_vendor = "apple"
))]
prove!(INHERIT: mman::sys::mman::Inherit::NAMES, |inherit| inherit, All);
#[cfg(any(target_os = "freebsd", target_os = "dragonfly", target_vendor = "apple"))]
prove!(MINCORE: mman::sys::mman::MincoreFlags::NAMES, |flag| flag.bits(), All);
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
))]
prove!(MFD: mman::sys::mman::MemFdFlags::NAMES, |flag| flag.bits(), All, MFD_MACROS);
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
))]
prove!(FADV: mman::fcntl::PosixFadviseAdvice::NAMES, |advice| advice, All);
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
))]
prove!(SEAL: mman::fcntl::SealFlags::NAMES, |seal| seal.bits(), All);

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
))]
prove!(INNER: mman::sys::INNER, |number| number, All);

#[cfg(target_os = "freebsd")]
prove!(SHM: mman::sys::mman::ShmFlags::NAMES, |flag| flag.bits(), All);
#[cfg(target_os = "freebsd")]
prove!(SHM_ALLOC: mman::sys::mman::ShmLargepageAlloc::NAMES, |policy| policy, All);
#[cfg(target_os = "freebsd")]
prove!(SHM_RENAME: mman::sys::mman::ShmRenameFlags::NAMES, |flag| flag.bits(), All);

#[cfg(any(target_os = "linux", target_os = "android"))]
pub mod linux;

/// What the functions of [`ProtFlags`] make, as the macros of C that they stand for.
const PROT_MACROS: &[Row] = &[
    #[cfg(target_os = "freebsd")]
    ("PROT_MAX(PROT_READ|PROT_WRITE|PROT_EXEC)", ProtFlags::prot_max(RWX).bits() as u32),
    #[cfg(target_os = "netbsd")]
    ("PROT_MPROTECT(PROT_READ|PROT_WRITE|PROT_EXEC)", ProtFlags::prot_mprotect(RWX).bits() as u32),
];

#[cfg(any(target_os = "freebsd", target_os = "netbsd"))]
const RWX: ProtFlags =
    ProtFlags::PROT_READ.union(ProtFlags::PROT_WRITE).union(ProtFlags::PROT_EXEC);

/// What [`MemFdFlags::huge_page_size`](mman::sys::mman::MemFdFlags) makes, as the macros of C.
#[cfg(any(target_os = "linux", target_os = "android"))]
const MFD_MACROS: &[Row] =
    &[("MFD_HUGE_MASK", huge(63) >> 26), ("MFD_HUGE_SHIFT", huge(1).trailing_zeros())];
#[cfg(target_os = "freebsd")]
const MFD_MACROS: &[Row] =
    &[("MFD_HUGE_MASK", huge(63)), ("MFD_HUGE_SHIFT", huge(1).trailing_zeros())];
#[cfg(target_os = "netbsd")]
const MFD_MACROS: &[Row] = &[];

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const fn huge(log2: u32) -> u32 {
    match mman::sys::mman::MemFdFlags::huge_page_size(log2) {
        Some(flags) => flags.bits(),
        None => panic!("the library refuses a value that the headers allow"),
    }
}

/// What the functions of [`MapFlags`] make, as the macros of C that they stand for.
const MAP_MACROS: &[Row] = &[
    #[cfg(any(target_os = "linux", target_os = "android"))]
    ("MAP_HUGE_MASK", bits(MapFlags::huge_page_size(63)) >> 26),
    #[cfg(any(target_os = "linux", target_os = "android"))]
    ("MAP_HUGE_SHIFT", bits(MapFlags::huge_page_size(1)).trailing_zeros()),
    #[cfg(any(target_os = "freebsd", target_os = "netbsd"))]
    ("MAP_ALIGNED(12)", bits(MapFlags::aligned(12))),
];

#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
))]
const fn bits(flags: Option<MapFlags>) -> u32 {
    match flags {
        Some(flags) => flags.bits() as u32,
        None => panic!("the library refuses a value that the headers allow"),
    }
}

/// The codes that are second names of others, and so no values of the enum.
const SECOND_NAMES: &[Row] = &[
    ("EWOULDBLOCK", Errno::EWOULDBLOCK as u32),
    #[cfg(any(
        target_os = "android",
        all(
            target_os = "linux",
            not(any(
                target_arch = "mips",
                target_arch = "mips32r6",
                target_arch = "mips64",
                target_arch = "mips64r6",
                target_arch = "powerpc",
                target_arch = "powerpc64",
                target_arch = "sparc",
                target_arch = "sparc64"
            ))
        )
    ))]
    ("EDEADLOCK", Errno::EDEADLOCK as u32),
    #[cfg(any(target_os = "linux", target_os = "android"))]
    ("ENOTSUP", Errno::ENOTSUP as u32),
    #[cfg(any(target_os = "freebsd", target_os = "dragonfly"))]
    ("EOPNOTSUPP", Errno::EOPNOTSUPP as u32),
    #[cfg(target_os = "linux")]
    ("EFSCORRUPTED", Errno::EFSCORRUPTED as u32),
    #[cfg(target_os = "linux")]
    ("EFSBADCRC", Errno::EFSBADCRC as u32),
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    ("ELAST", Errno::ELAST as u32),
];
