//! The commonest system calls, on a page, by every library.

use std::{ffi::c_void, hint::black_box, num::NonZero, ptr};

pub(crate) const PAGE: usize = 4096;

/// Makes one call on a mapped page; whether it succeeded.
pub(crate) type Call = fn(*mut c_void) -> bool;

/// The calls, by name and library. `none` is what the loop costs alone.
pub(crate) const CALLS: &[(&str, &str, Call)] = &[
    ("none", "none", none),
    ("mprotect", "libc", mprotect_libc),
    ("mprotect", "mman", mprotect_mman),
    ("mprotect", "nix-0.23", mprotect_nix_0_23),
    ("mprotect", "nix-0.31", mprotect_nix_0_31),
    ("mprotect", "rustix", mprotect_rustix),
    ("mmap", "libc", mmap_libc),
    ("mmap", "mman", mmap_mman),
    ("mmap", "nix-0.23", mmap_nix_0_23),
    ("mmap", "nix-0.31", mmap_nix_0_31),
    ("mmap", "rustix", mmap_rustix),
    ("munmap", "libc", munmap_libc),
    ("munmap", "mman", munmap_mman),
    ("munmap", "nix-0.23", munmap_nix_0_23),
    ("munmap", "nix-0.31", munmap_nix_0_31),
    ("munmap", "rustix", munmap_rustix),
    ("madvise", "libc", madvise_libc),
    ("madvise", "mman", madvise_mman),
    ("madvise", "nix-0.23", madvise_nix_0_23),
    ("madvise", "nix-0.31", madvise_nix_0_31),
    ("madvise", "rustix", madvise_rustix),
    ("msync", "libc", msync_libc),
    ("msync", "mman", msync_mman),
    ("msync", "nix-0.23", msync_nix_0_23),
    ("msync", "nix-0.31", msync_nix_0_31),
    ("msync", "rustix", msync_rustix),
    ("mlock", "libc", mlock_libc),
    ("mlock", "mman", mlock_mman),
    ("mlock", "nix-0.23", mlock_nix_0_23),
    ("mlock", "nix-0.31", mlock_nix_0_31),
    ("mlock", "rustix", mlock_rustix),
];

/// What they are made on.
pub(crate) fn page() -> *mut c_void {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
    // SAFETY: new anonymous memory, at an address that the system picks.
    unsafe { libc::mmap(ptr::null_mut(), PAGE, libc::PROT_READ, flags, -1, 0) }
}

#[inline(never)]
fn none(page: *mut c_void) -> bool {
    black_box(!page.is_null())
}

#[inline(never)]
fn mprotect_libc(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own, which has no references to it.
    black_box(unsafe { libc::mprotect(page, PAGE, libc::PROT_READ) }) == 0
}

#[inline(never)]
fn mprotect_mman(page: *mut c_void) -> bool {
    use mman::sys::mman::{ProtFlags, mprotect};
    // SAFETY: the page is `page`'s own, which has no references to it.
    black_box(unsafe { mprotect(page, PAGE, ProtFlags::PROT_READ) }).is_ok()
}

#[inline(never)]
fn mprotect_nix_0_23(page: *mut c_void) -> bool {
    use nix_0_23::sys::mman::{ProtFlags, mprotect};
    // SAFETY: the page is `page`'s own, which has no references to it.
    black_box(unsafe { mprotect(page, PAGE, ProtFlags::PROT_READ) }).is_ok()
}

#[inline(never)]
fn mprotect_nix_0_31(page: *mut c_void) -> bool {
    use nix_0_31::sys::mman::{ProtFlags, mprotect};
    let Some(page) = ptr::NonNull::new(page) else { return false };
    // SAFETY: the page is `page`'s own, which has no references to it.
    black_box(unsafe { mprotect(page, PAGE, ProtFlags::PROT_READ) }).is_ok()
}

#[inline(never)]
fn mprotect_rustix(page: *mut c_void) -> bool {
    use rustix::mm::{MprotectFlags, mprotect};
    // SAFETY: the page is `page`'s own, which has no references to it.
    black_box(unsafe { mprotect(page, PAGE, MprotectFlags::READ) }).is_ok()
}

#[inline(never)]
fn mmap_libc(page: *mut c_void) -> bool {
    let (prot, flags) = (libc::PROT_READ, libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_FIXED);
    // SAFETY: it replaces `page`'s own page, which has no references to it.
    black_box(unsafe { libc::mmap(page, PAGE, prot, flags, -1, 0) }) != libc::MAP_FAILED
}

#[inline(never)]
fn mmap_mman(page: *mut c_void) -> bool {
    use mman::sys::mman::{MapFlags, ProtFlags, mmap};
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_ANON | MapFlags::MAP_FIXED;
    // SAFETY: it replaces `page`'s own page, which has no references to it.
    black_box(unsafe { mmap(page, PAGE, ProtFlags::PROT_READ, flags, -1, 0) }).is_ok()
}

#[inline(never)]
fn mmap_nix_0_23(page: *mut c_void) -> bool {
    use nix_0_23::sys::mman::{MapFlags, ProtFlags, mmap};
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_ANON | MapFlags::MAP_FIXED;
    // SAFETY: it replaces `page`'s own page, which has no references to it.
    black_box(unsafe { mmap(page, PAGE, ProtFlags::PROT_READ, flags, -1, 0) }).is_ok()
}

#[inline(never)]
fn mmap_nix_0_31(page: *mut c_void) -> bool {
    use nix_0_31::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};
    let Some(size) = NonZero::new(PAGE) else { return false };
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_FIXED;
    let page = NonZero::new(page.addr());
    // SAFETY: it replaces `page`'s own page, which has no references to it.
    black_box(unsafe { mmap_anonymous(page, size, ProtFlags::PROT_READ, flags) }).is_ok()
}

#[inline(never)]
fn mmap_rustix(page: *mut c_void) -> bool {
    use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
    let flags = MapFlags::PRIVATE | MapFlags::FIXED;
    // SAFETY: it replaces `page`'s own page, which has no references to it.
    black_box(unsafe { mmap_anonymous(page, PAGE, ProtFlags::READ, flags) }).is_ok()
}

#[inline(never)]
fn munmap_libc(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own, or unmapped by the call before.
    black_box(unsafe { libc::munmap(page, PAGE) }) == 0
}

#[inline(never)]
fn munmap_mman(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own, or unmapped by the call before.
    black_box(unsafe { mman::sys::mman::munmap(page, PAGE) }).is_ok()
}

#[inline(never)]
fn munmap_nix_0_23(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own, or unmapped by the call before.
    black_box(unsafe { nix_0_23::sys::mman::munmap(page, PAGE) }).is_ok()
}

#[inline(never)]
fn munmap_nix_0_31(page: *mut c_void) -> bool {
    let Some(page) = ptr::NonNull::new(page) else { return false };
    // SAFETY: the page is `page`'s own, or unmapped by the call before.
    black_box(unsafe { nix_0_31::sys::mman::munmap(page, PAGE) }).is_ok()
}

#[inline(never)]
fn munmap_rustix(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own, or unmapped by the call before.
    black_box(unsafe { rustix::mm::munmap(page, PAGE) }).is_ok()
}

#[inline(never)]
fn madvise_libc(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own; the advice keeps its contents.
    black_box(unsafe { libc::madvise(page, PAGE, libc::MADV_RANDOM) }) == 0
}

#[inline(never)]
fn madvise_mman(page: *mut c_void) -> bool {
    use mman::sys::mman::{MmapAdvise, madvise};
    // SAFETY: the page is `page`'s own; the advice keeps its contents.
    black_box(unsafe { madvise(page, PAGE, MmapAdvise::MADV_RANDOM) }).is_ok()
}

#[inline(never)]
fn madvise_nix_0_23(page: *mut c_void) -> bool {
    use nix_0_23::sys::mman::{MmapAdvise, madvise};
    // SAFETY: the page is `page`'s own; the advice keeps its contents.
    black_box(unsafe { madvise(page, PAGE, MmapAdvise::MADV_RANDOM) }).is_ok()
}

#[inline(never)]
fn madvise_nix_0_31(page: *mut c_void) -> bool {
    use nix_0_31::sys::mman::{MmapAdvise, madvise};
    let Some(page) = ptr::NonNull::new(page) else { return false };
    // SAFETY: the page is `page`'s own; the advice keeps its contents.
    black_box(unsafe { madvise(page, PAGE, MmapAdvise::MADV_RANDOM) }).is_ok()
}

#[inline(never)]
fn madvise_rustix(page: *mut c_void) -> bool {
    use rustix::mm::{Advice, madvise};
    // SAFETY: the page is `page`'s own; the advice keeps its contents.
    black_box(unsafe { madvise(page, PAGE, Advice::Random) }).is_ok()
}

#[inline(never)]
fn msync_libc(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { libc::msync(page, PAGE, libc::MS_ASYNC) }) == 0
}

#[inline(never)]
fn msync_mman(page: *mut c_void) -> bool {
    use mman::sys::mman::{MsFlags, msync};
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { msync(page, PAGE, MsFlags::MS_ASYNC) }).is_ok()
}

#[inline(never)]
fn msync_nix_0_23(page: *mut c_void) -> bool {
    use nix_0_23::sys::mman::{MsFlags, msync};
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { msync(page, PAGE, MsFlags::MS_ASYNC) }).is_ok()
}

#[inline(never)]
fn msync_nix_0_31(page: *mut c_void) -> bool {
    use nix_0_31::sys::mman::{MsFlags, msync};
    let Some(page) = ptr::NonNull::new(page) else { return false };
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { msync(page, PAGE, MsFlags::MS_ASYNC) }).is_ok()
}

#[inline(never)]
fn msync_rustix(page: *mut c_void) -> bool {
    use rustix::mm::{MsyncFlags, msync};
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { msync(page, PAGE, MsyncFlags::ASYNC) }).is_ok()
}

#[inline(never)]
fn mlock_libc(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { libc::mlock(page, PAGE) }) == 0
}

#[inline(never)]
fn mlock_mman(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { mman::sys::mman::mlock(page, PAGE) }).is_ok()
}

#[inline(never)]
fn mlock_nix_0_23(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { nix_0_23::sys::mman::mlock(page, PAGE) }).is_ok()
}

#[inline(never)]
fn mlock_nix_0_31(page: *mut c_void) -> bool {
    let Some(page) = ptr::NonNull::new(page) else { return false };
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { nix_0_31::sys::mman::mlock(page, PAGE) }).is_ok()
}

#[inline(never)]
fn mlock_rustix(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { rustix::mm::mlock(page, PAGE) }).is_ok()
}
