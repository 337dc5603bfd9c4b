//! Bare system calls. What a wrapper adds is below the noise of the kernel's own work: it is
//! counted in instructions (`cargo xtask instructions`). What is not below it is a return: see
//! [`in_place`].

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
        let contest = contest
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
            });
        in_place::protect(contest, page)
    })
}

fn map_and_unmap() -> Row {
    Row::new("calls/mmap+munmap", |contest| {
        let contest = contest
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
            });
        in_place::map_and_unmap(contest)
    })
}

/// The instruction that enters the kernel, among the instructions of the loop; and the same in a
/// function that is called, which returns once more. That is all that they differ by.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod in_place {
    use std::{arch::asm, ffi::c_void, ptr};

    use super::PAGE;
    use crate::row::Contest;

    const NAME: &str = "in place";
    const ONE_MORE: &str = "in place, one return more";

    /// # Safety
    ///
    /// - As the system call of this number.
    #[inline(always)]
    unsafe fn enter(number: libc::c_long, arguments: [usize; 6]) -> usize {
        let [a, b, c, d, e, f] = arguments;
        let answer;
        // SAFETY: the caller's promise; the kernel changes no other registers.
        unsafe {
            asm!(
                "syscall",
                inlateout("rax") number as usize => answer,
                in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d, in("r8") e, in("r9") f,
                lateout("rcx") _, lateout("r11") _,
                options(nostack),
            );
        }
        answer
    }

    /// # Safety
    ///
    /// - As [`enter`].
    #[inline(never)]
    unsafe fn call(number: libc::c_long, arguments: [usize; 6]) -> usize {
        // SAFETY: the caller's promise.
        unsafe { enter(number, arguments) }
    }

    type Enter = unsafe fn(libc::c_long, [usize; 6]) -> usize;

    pub(super) fn protect(contest: Contest, page: *mut c_void) -> Contest {
        let protect = move |enter: Enter| {
            let arguments = [page.expose_provenance(), PAGE, libc::PROT_READ as usize, 0, 0, 0];
            // SAFETY: nothing uses the page.
            unsafe { enter(libc::SYS_mprotect, arguments) }
        };
        contest.limit(NAME, move || protect(enter)).limit(ONE_MORE, move || protect(call))
    }

    pub(super) fn map_and_unmap(contest: Contest) -> Contest {
        let both = |enter: Enter| {
            let flags = (libc::MAP_PRIVATE | libc::MAP_ANON) as usize;
            let nowhere = ptr::null::<u8>().addr();
            let arguments = [nowhere, PAGE, libc::PROT_READ as usize, flags, usize::MAX, 0];
            // SAFETY: new memory, at an address that the system picks.
            let page = unsafe { enter(libc::SYS_mmap, arguments) };
            // SAFETY: it was just mapped, and nobody has its address.
            unsafe { enter(libc::SYS_munmap, [page, PAGE, 0, 0, 0, 0]) }
        };
        contest.limit(NAME, move || both(enter)).limit(ONE_MORE, move || both(call))
    }
}

/// The instruction is another one here.
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod in_place {
    use std::ffi::c_void;

    use crate::row::Contest;

    pub(super) fn protect(contest: Contest, _page: *mut c_void) -> Contest {
        contest
    }

    pub(super) fn map_and_unmap(contest: Contest) -> Contest {
        contest
    }
}
