//! Bare system calls. What a wrapper adds is below the noise of the kernel's own work: it is
//! counted in instructions (`cargo xtask instructions`).

use std::{ffi::c_void, num::NonZero, ptr};

use ::mman::sys::mman::{self, MapFlags, ProtFlags};

use super::PAGE;
use crate::row::Row;

pub(super) fn rows() -> Vec<Row> {
    vec![protect(), map_and_unmap()]
}

fn page() -> *mut c_void {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
    // SAFETY: new memory, at an address that the system picks.
    unsafe { libc::mmap(ptr::null_mut(), PAGE, libc::PROT_READ, flags, -1, 0) }
}

fn protect() -> Row {
    Row::new("calls/mprotect", |contest| {
        let page = page();
        contest
            .ours("sys::mman", move || {
                // SAFETY: nothing uses the page.
                unsafe { mman::mprotect(page, PAGE, ProtFlags::PROT_READ) }
            })
            .peer("nix 0.31", move || {
                use nix_0_31::sys::mman::{ProtFlags, mprotect};
                let page = ptr::NonNull::new(page).expect("a page");
                // SAFETY: nothing uses the page.
                unsafe { mprotect(page, PAGE, ProtFlags::PROT_READ) }
            })
            .peer("rustix", move || {
                // SAFETY: nothing uses the page.
                unsafe { rustix::mm::mprotect(page, PAGE, rustix::mm::MprotectFlags::READ) }
            })
            .limit("libc", move || {
                // SAFETY: nothing uses the page.
                unsafe { libc::mprotect(page, PAGE, libc::PROT_READ) }
            })
    })
}

fn map_and_unmap() -> Row {
    Row::new("calls/mmap+munmap", |contest| {
        contest
            .ours("sys::mman", || {
                let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_ANON;
                // SAFETY: new memory, at an address that the system picks.
                let page = unsafe {
                    mman::mmap(ptr::null_mut(), PAGE, ProtFlags::PROT_READ, flags, -1, 0)
                };
                // SAFETY: nothing uses the page.
                unsafe { mman::munmap(page.expect("a page"), PAGE) }
            })
            .peer("nix 0.31", || {
                use nix_0_31::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};
                let len = NonZero::new(PAGE).expect("a length");
                let (prot, flags) = (ProtFlags::PROT_READ, MapFlags::MAP_PRIVATE);
                // SAFETY: new memory, at an address that the system picks.
                let page = unsafe { mmap_anonymous(None, len, prot, flags) };
                // SAFETY: nothing uses the page.
                unsafe { munmap(page.expect("a page"), PAGE) }
            })
            .peer("rustix", || {
                use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};
                let (prot, flags) = (ProtFlags::READ, MapFlags::PRIVATE);
                // SAFETY: new memory, at an address that the system picks.
                let page = unsafe { mmap_anonymous(ptr::null_mut(), PAGE, prot, flags) };
                // SAFETY: nothing uses the page.
                unsafe { munmap(page.expect("a page"), PAGE) }
            })
            .limit("libc", || {
                // SAFETY: nothing uses the page.
                unsafe { libc::munmap(page(), PAGE) }
            })
    })
}
