//! The C functions of `<sys/mman.h>` over `mman::sys`, so that C programs and test suites run
//! through our wrappers:
//!
//! ```text
//! LD_PRELOAD=target/debug/libmman_preload.so MMAN_PRELOAD_CALLS=calls.txt PROGRAM
//! ```
//!
//! A call of the program comes to the function of its name in `exports`, goes through `mman::sys`,
//! and from there to what `sys` takes for the C library's function, which is the same export once
//! more. That this second call is an inner one is told from a mark in `errno` (`carry`), and it
//! becomes the plain system call (`plain`), or for what is no system call, the C library's own
//! function (`next`).
//!
//! Every argument passes, bad ones too, and every answer and every `errno` is that of the C
//! function. Nothing is allocated. Where no function of `sys` can carry an argument, the plain call
//! is made at once; the export says which. One thing differs: `msync` is no cancellation point.
//!
//! `MMAN_PRELOAD_CALLS` names a file. At its exit each process adds a line to it for each function
//! that it called: the name, and how many calls went through `sys`, how many inner calls came back
//! from there, and how many were plain.
//!
//! Elsewhere than on 64-bit Linux with glibc the library is empty: other systems pass the
//! arguments of the plain calls in their own ways, and so does `mmap` on s390x.

#![cfg(all(
    target_os = "linux",
    target_env = "gnu",
    target_pointer_width = "64",
    not(target_arch = "s390x"),
    // `cargo test NAME` links a test program, whose own functions would be replaced.
    not(test)
))]

mod carry;
mod exports;
mod next;
mod plain;
mod report;
