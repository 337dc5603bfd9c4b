//! Bare system calls. What a wrapper adds is below the noise of the kernel's own work: it is
//! counted in instructions (`cargo xtask instructions`).

use std::{ffi::c_void, ptr};

use mman::sys::mman::{ProtFlags, mprotect};

use crate::row::Row;

pub(super) fn rows() -> Vec<Row> {
    vec![protect()]
}

fn page() -> *mut c_void {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
    // SAFETY: new memory, at an address that the system picks.
    unsafe { libc::mmap(ptr::null_mut(), 4096, libc::PROT_READ, flags, -1, 0) }
}

fn protect() -> Row {
    let page = page();
    Row::new("calls/mprotect")
        .ours("sys::mman", move || {
            // SAFETY: nothing uses the page.
            unsafe { mprotect(page, 4096, ProtFlags::PROT_READ) }
        })
        .peer("nix 0.31", move || {
            let page = ptr::NonNull::new(page).expect("a page");
            // SAFETY: nothing uses the page.
            unsafe {
                nix_0_31::sys::mman::mprotect(page, 4096, nix_0_31::sys::mman::ProtFlags::PROT_READ)
            }
        })
        .peer("rustix", move || {
            // SAFETY: nothing uses the page.
            unsafe { rustix::mm::mprotect(page, 4096, rustix::mm::MprotectFlags::READ) }
        })
        .limit("libc", move || {
            // SAFETY: nothing uses the page.
            unsafe { libc::mprotect(page, 4096, libc::PROT_READ) }
        })
}
