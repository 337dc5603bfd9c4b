//! `mprotect`, and what each protection allows.

use std::{fs::File, os::fd::AsRawFd as _};

use mman::{
    errno::Errno,
    sys::mman::{MapFlags, ProtFlags, mprotect},
};

use super::{ANON, RW, map_anon, map_file, plus, read, write};
use crate::util::{
    child::{SEGV_ACCERR, faults, in_child},
    map::Area,
    page,
    seccomp::passes_on,
    smaps, temp,
    unprivileged::limit,
};

const NONE: ProtFlags = ProtFlags::PROT_NONE;
const READ: ProtFlags = ProtFlags::PROT_READ;
const EXEC: ProtFlags = ProtFlags::PROT_EXEC;

fn protect(area: &Area, first: usize, pages: usize, prot: ProtFlags) -> mman::Result<()> {
    unsafe { mprotect(area.page(first), pages * page(), prot) }
}

fn perms(address: *mut libc::c_void) -> String {
    smaps::at(address).perms
}

#[test]
fn each_protection_is_the_kernels() {
    let area = Area::anon(1);
    for (prot, text) in [
        (NONE, "---p"),
        (READ, "r--p"),
        (ProtFlags::PROT_WRITE, "-w-p"),
        (EXEC, "--xp"),
        (RW, "rw-p"),
        (READ | EXEC, "r-xp"),
        (RW | EXEC, "rwxp"),
    ] {
        assert_eq!(Ok(()), protect(&area, 0, 1, prot));
        assert_eq!(text, perms(area.ptr()));
        // And so for a new mapping.
        in_child(|| assert_eq!(text, perms(map_anon(1, prot, ANON).unwrap())));
    }
}

#[test]
fn a_read_only_page_can_be_read_and_not_written() {
    in_child(|| {
        let area = Area::anon(1);
        area.fill(0..1, 3);
        protect(&area, 0, 1, READ).unwrap();
        assert!(area.holds(0..1, 3));
        faults(libc::SIGSEGV, SEGV_ACCERR, area.at(8), || area.set(8, 1));
        protect(&area, 0, 1, RW).unwrap();
        area.set(8, 1);
        assert_eq!(1, area.get(8));
    });
}

#[test]
fn a_page_without_access_keeps_its_contents() {
    in_child(|| {
        let area = Area::anon(1);
        area.fill(0..1, 3);
        protect(&area, 0, 1, NONE).unwrap();
        faults(libc::SIGSEGV, SEGV_ACCERR, area.at(8), || area.get(8));
        faults(libc::SIGSEGV, SEGV_ACCERR, area.at(8), || area.set(8, 1));
        protect(&area, 0, 1, READ).unwrap();
        assert!(area.holds(0..1, 3));
    });
}

/// `return 42`.
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
const CODE: &[u8] = &[0xb8, 42, 0, 0, 0, 0xc3];
#[cfg(target_arch = "aarch64")]
const CODE: &[u8] = &[0x40, 0x05, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6];

#[cfg(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64"))]
#[test]
fn code_runs_only_where_it_may() {
    in_child(|| {
        let area = Area::anon(1);
        for (offset, byte) in CODE.iter().enumerate() {
            area.set(offset, *byte);
        }
        let code: extern "C" fn() -> i32 = unsafe { std::mem::transmute(area.ptr()) };
        faults(libc::SIGSEGV, SEGV_ACCERR, area.at(0), || code());
        protect(&area, 0, 1, READ | EXEC).unwrap();
        #[cfg(target_arch = "aarch64")]
        synchronize(area.ptr());
        assert_eq!(42, code());
    });
}

/// Makes what was written at the start of a page visible to the fetching of code.
#[cfg(target_arch = "aarch64")]
fn synchronize(at: *mut libc::c_void) {
    unsafe {
        std::arch::asm!("dc cvau, {0}", "dsb ish", "ic ivau, {0}", "dsb ish", "isb", in(reg) at);
    }
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64"))]
#[test]
fn code_of_a_file_runs() {
    use std::os::{fd::FromRawFd as _, unix::fs::FileExt as _};

    in_child(|| {
        let fd = unsafe { libc::memfd_create(c"code".as_ptr(), libc::MFD_CLOEXEC) };
        let file = unsafe { File::from_raw_fd(fd) };
        file.write_all_at(CODE, 0).unwrap();
        let map = map_file(1, READ | EXEC, MapFlags::MAP_PRIVATE, fd).unwrap();
        let code: extern "C" fn() -> i32 = unsafe { std::mem::transmute(map) };
        assert_eq!((CODE[0], 42), (read(map), code()));
        faults(libc::SIGSEGV, SEGV_ACCERR, map, || write(map, 9));
    });
}

#[test]
fn whole_pages_change_and_the_mapping_splits_and_joins() {
    let area = Area::anon(4);
    area.fill(0..4, 1);
    assert_eq!(Ok(()), unsafe { mprotect(area.page(1), page() + 1, READ) });
    let found: Vec<_> = (0..4).map(|number| perms(area.page(number))).collect();
    assert_eq!(["rw-p", "r--p", "r--p", "rw-p"], found[..]);
    assert_eq!(2 * page(), smaps::at(area.page(1)).range.len());
    protect(&area, 1, 2, RW).unwrap();
    assert_eq!(4 * page(), smaps::at(area.page(1)).range.len());
}

#[test]
fn growsdown_reaches_down_to_the_start() {
    in_child(|| {
        let area = Area::reserve(4);
        area.place(RW.bits(), (ANON | MapFlags::MAP_GROWSDOWN).bits(), -1);
        assert_eq!(Ok(()), protect(&area, 3, 1, READ | ProtFlags::PROT_GROWSDOWN));
        assert!((0..4).all(|number| perms(area.page(number)) == "r--p"));
    });
    let area = Area::anon(2);
    assert_eq!(Err(Errno::EINVAL), protect(&area, 1, 1, READ | ProtFlags::PROT_GROWSDOWN));
    assert_eq!(Err(Errno::EINVAL), protect(&area, 1, 1, READ | ProtFlags::PROT_GROWSUP));
    let both = ProtFlags::PROT_GROWSDOWN | ProtFlags::PROT_GROWSUP;
    assert_eq!(Err(Errno::EINVAL), protect(&area, 1, 1, READ | both));
    assert_eq!("rw-p", perms(area.ptr()));
}

/// The kernel knows the bit, for it refuses those that it does not know.
#[test]
fn sem_is_known_and_other_bits_are_not() {
    let area = Area::anon(1);
    assert_eq!(Ok(()), protect(&area, 0, 1, RW | ProtFlags::PROT_SEM));
    assert_eq!("rw-p", perms(area.ptr()));
    let unknown = ProtFlags::from_bits_retain(0x100);
    assert_eq!(Err(Errno::EINVAL), protect(&area, 0, 1, READ | unknown));
    assert_eq!("rw-p", perms(area.ptr()));
}

#[test]
fn a_file_that_cannot_be_written_cannot_be_made_writable() {
    let file = temp::pages_on_disk(1);
    let reader = File::open(file.path()).unwrap();
    let map = map_file(1, READ, MapFlags::MAP_SHARED, reader.as_raw_fd()).unwrap();
    assert_eq!(Err(Errno::EACCES), unsafe { mprotect(map, page(), RW) });
    assert_eq!("r--s", perms(map));
    let copy = map_file(1, READ, MapFlags::MAP_PRIVATE, reader.as_raw_fd()).unwrap();
    assert_eq!(Ok(()), unsafe { mprotect(copy, page(), RW) });
    write(copy, 9);
    assert_eq!((9, 1), (read(copy), read(map)));
    for map in [map, copy] {
        unsafe { libc::munmap(map, page()) };
    }
}

/// Private pages that can be written count as the process's data.
#[test]
fn more_writable_pages_than_allowed_are_an_error() {
    in_child(|| {
        const PAGES: usize = 4096;
        let area = Area::reserve(PAGES);
        area.place(READ.bits(), ANON.bits(), -1);
        limit(libc::RLIMIT_DATA, smaps::status("VmData") + PAGES / 2 * page());
        assert_eq!(Err(Errno::ENOMEM), protect(&area, 0, PAGES, RW));
        assert_eq!("r--p", perms(area.ptr()));
        assert_eq!(Ok(()), protect(&area, 0, PAGES / 4, RW));
    });
}

#[test]
fn a_hole_is_an_error_after_the_pages_before_it() {
    in_child(|| {
        let area = Area::anon(3);
        assert_eq!(0, unsafe { libc::munmap(area.page(1), page()) });
        assert_eq!(Err(Errno::ENOMEM), protect(&area, 0, 3, READ));
        assert_eq!(("r--p", "rw-p"), (&*perms(area.page(0)), &*perms(area.page(2))));
        assert_eq!(Err(Errno::ENOMEM), protect(&area, 1, 1, READ));
    });
}

#[test]
fn arguments() {
    let area = Area::anon(2);
    assert_eq!(Err(Errno::EINVAL), unsafe { mprotect(area.at(1).cast(), page(), READ) });
    if usize::BITS == 64 {
        // To a 64-bit kernel, what overflows for a 32-bit program is most of its memory.
        assert_eq!(Err(Errno::ENOMEM), unsafe { mprotect(area.ptr(), usize::MAX, READ) });
    }
    assert_eq!(Ok(()), unsafe { mprotect(area.ptr(), 0, READ) });
    assert_eq!("rw-p", perms(plus(area.ptr(), 0)));
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let area = Area::anon(1);
    passes_on(libc::SYS_mprotect, || protect(&area, 0, 1, READ));
}

#[cfg(target_arch = "aarch64")]
mod bti {
    use super::*;
    use crate::util::child::{End, child};

    /// `bti c`: a call may land here.
    const LANDING: [u8; 4] = [0x5f, 0x24, 0x03, 0xd5];

    #[test]
    fn a_call_lands_only_where_it_may() {
        if !have!("bti") {
            return;
        }
        in_child(|| {
            let area = Area::anon(2);
            for (offset, byte) in LANDING.iter().chain(CODE).enumerate() {
                area.set(offset, *byte);
                area.set(page() + offset, *byte);
            }
            let call = |offset| {
                let code: extern "C" fn() -> i32 = unsafe { std::mem::transmute(area.at(offset)) };
                code()
            };
            protect(&area, 0, 1, READ | EXEC).unwrap();
            protect(&area, 1, 1, READ | EXEC | ProtFlags::PROT_BTI).unwrap();
            assert!(smaps::at(area.page(1)).has("bt") && !smaps::at(area.page(0)).has("bt"));
            [0, 1].into_iter().for_each(|number| synchronize(area.page(number)));
            let past = LANDING.len();
            assert_eq!((42, 42, 42), (call(0), call(past), call(page())));
            assert_eq!(End::Signaled(libc::SIGILL), child(|| call(page() + past)));
        });
    }
}
