//! The plain system calls: what the C library's functions make of their arguments.

use std::{
    ffi::{c_int, c_long, c_void},
    ptr,
};

use libc::{off_t, size_t, syscall};

/// All of these answer an address, or −1 and set `errno`.
fn address(answer: c_long) -> *mut c_void {
    ptr::with_exposed_provenance_mut(answer as usize)
}

pub(crate) unsafe fn mmap(
    addr: *mut c_void,
    length: size_t,
    prot: c_int,
    flags: c_int,
    fd: c_int,
    offset: off_t,
) -> *mut c_void {
    let (prot, flags, fd) = (c_long::from(prot), c_long::from(flags), c_long::from(fd));
    // SAFETY: the caller's promises are those of the system call.
    address(unsafe { syscall(libc::SYS_mmap, addr, length, prot, flags, fd, offset) })
}

pub(crate) unsafe fn mremap(
    addr: *mut c_void,
    old_size: size_t,
    new_size: size_t,
    flags: c_int,
    new_address: *mut c_void,
) -> *mut c_void {
    let (call, flags) = (libc::SYS_mremap, c_long::from(flags));
    // SAFETY: the caller's promises are those of the system call.
    address(unsafe { syscall(call, addr, old_size, new_size, flags, new_address) })
}

/// A call that takes a range, and answers 0, or −1 and sets `errno`.
pub(crate) unsafe fn of_range(call: c_long, addr: *const c_void, length: size_t) -> c_int {
    // SAFETY: the caller's promises are those of the system call.
    unsafe { syscall(call, addr, length) as c_int }
}

/// A call that takes a range and a number, and answers 0, or −1 and sets `errno`.
pub(crate) unsafe fn of_range_and(
    call: c_long,
    addr: *mut c_void,
    length: size_t,
    number: c_int,
) -> c_int {
    // SAFETY: the caller's promises are those of the system call.
    unsafe { syscall(call, addr, length, c_long::from(number)) as c_int }
}

pub(crate) unsafe fn mincore(addr: *mut c_void, length: size_t, residency: *mut u8) -> c_int {
    // SAFETY: the caller's promises are those of the system call.
    unsafe { syscall(libc::SYS_mincore, addr, length, residency) as c_int }
}

pub(crate) fn mlockall(flags: c_int) -> c_int {
    // SAFETY: it takes any flags and touches no memory's contents.
    unsafe { syscall(libc::SYS_mlockall, c_long::from(flags)) as c_int }
}

pub(crate) fn munlockall() -> c_int {
    // SAFETY: it takes nothing and touches no memory's contents.
    unsafe { syscall(libc::SYS_munlockall) as c_int }
}
