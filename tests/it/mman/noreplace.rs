//! `mmap_noreplace`, `mmap_anonymous`, `madvise_raw`.

use std::{
    ffi::c_void,
    os::fd::{AsFd as _, BorrowedFd},
    ptr::{self, without_provenance_mut},
};

use mman::{
    Result,
    errno::Errno,
    sys::mman::{MapFlags, ProtFlags, madvise_raw, mmap_anonymous, mmap_noreplace, munmap},
};

use super::{ANON, RW, plus, read, write};
use crate::util::{
    child::in_child,
    map::Area,
    page,
    seccomp::{MMAP, passes_on},
    smaps, temp,
};

/// Only in places that are the test's own.
fn noreplace(
    at: *mut c_void,
    length: usize,
    prot: ProtFlags,
    flags: MapFlags,
    fd: Option<BorrowedFd<'_>>,
    offset: u64,
) -> Result<*mut c_void> {
    unsafe { mmap_noreplace(at, length, prot, flags, fd, offset) }
}

#[test]
fn a_free_place_is_taken_exactly() {
    in_child(free_place);
}

fn free_place() {
    let area = Area::anon(4);
    unsafe { munmap(area.page(1), 2 * page()) }.unwrap();
    let file = temp::pages_in_memory(2);
    let shared = MapFlags::MAP_SHARED;
    let offset = page() as u64;
    let prot = ProtFlags::PROT_READ;
    let got = noreplace(area.page(1), page(), prot, shared, Some(file.as_fd()), offset);
    assert_eq!(Ok(area.page(1)), got);
    // The file's second page holds 2.
    assert!(area.holds(1..2, 2));
    assert_eq!(Ok(area.page(2)), noreplace(area.page(2), page(), RW, ANON, None, 0));
    assert!(area.holds(2..3, 0));
}

#[test]
fn a_place_in_use_stays_as_it_is() {
    in_child(place_in_use);
}

fn place_in_use() {
    let area = Area::anon(4);
    area.fill(0..4, 7);
    unsafe { munmap(area.page(2), page()) }.unwrap();
    let count = smaps::count();
    let fixed = ANON | MapFlags::MAP_FIXED;
    for flags in [ANON, fixed] {
        for (first, pages) in [(0, 1), (1, 2), (2, 2), (0, 4)] {
            let got = noreplace(area.page(first), pages * page(), RW, flags, None, 0);
            assert_eq!(Err(Errno::EEXIST), got, "{flags} {first} {pages}");
        }
    }
    assert!(area.holds(0..2, 7));
    assert!(area.holds(3..4, 7));
    assert_eq!(count, smaps::count());
}

#[test]
fn arguments() {
    let area = Area::reserve(2);
    let odd = area.at(1).cast();
    assert_eq!(Err(Errno::EINVAL), noreplace(odd, page(), RW, ANON, None, 0));
    assert_eq!(Err(Errno::EINVAL), noreplace(area.ptr(), 0, RW, ANON, None, 0));
    let (shared, no_file) = (MapFlags::MAP_SHARED, None);
    assert_eq!(Err(Errno::EBADF), noreplace(area.ptr(), page(), RW, shared, no_file, 0));
    let file = temp::pages_in_memory(1);
    let far = noreplace(area.ptr(), page(), RW, shared, Some(file.as_fd()), 1 << 63);
    assert_eq!(Err(Errno::EOVERFLOW), far);
}

/// A kernel before Linux 4.17, as far as `mmap` is concerned: it ignores `MAP_FIXED_NOREPLACE`.
#[cfg(target_arch = "x86_64")]
mod ignored {
    use std::mem::zeroed;

    use super::*;

    const FLAG: i32 = libc::MAP_FIXED_NOREPLACE;

    /// From here on, `mmap` with the flag is made without it.
    fn forget_the_flag() {
        let op = |code: u32, jt, jf, k: u32| libc::sock_filter { code: code as u16, jt, jf, k };
        let load = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
        let jump = libc::BPF_JMP | libc::BPF_K;
        let answer = libc::BPF_RET | libc::BPF_K;
        // `struct seccomp_data`: the number at 0, the lower half of the fourth argument at 40.
        let mut program = [
            op(load, 0, 0, 0),
            op(jump | libc::BPF_JEQ, 0, 3, libc::SYS_mmap as u32),
            op(load, 0, 0, 40),
            op(jump | libc::BPF_JSET, 0, 1, FLAG as u32),
            op(answer, 0, 0, libc::SECCOMP_RET_TRAP),
            op(answer, 0, 0, libc::SECCOMP_RET_ALLOW),
        ];
        let filter = libc::sock_fprog { len: 6, filter: program.as_mut_ptr() };
        unsafe {
            let mut action: libc::sigaction = zeroed();
            action.sa_sigaction = without_the_flag as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO;
            assert_eq!(0, libc::sigaction(libc::SIGSYS, &action, ptr::null_mut()));
            assert_eq!(0, libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
            assert_eq!(0, libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &filter));
        }
    }

    /// Makes the call that was trapped again, and puts its answer where the caller expects it.
    extern "C" fn without_the_flag(_: i32, _: *mut libc::siginfo_t, context: *mut c_void) {
        let registers = unsafe { &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs };
        let at = |register| registers[register as usize];
        let answer = unsafe {
            libc::syscall(
                libc::SYS_mmap,
                at(libc::REG_RDI),
                at(libc::REG_RSI),
                at(libc::REG_RDX),
                at(libc::REG_R10) & !i64::from(FLAG),
                at(libc::REG_R8),
                at(libc::REG_R9),
            )
        };
        let errno = i64::from(Errno::last() as i32);
        registers[libc::REG_RAX as usize] = if answer == -1 { -errno } else { answer };
    }

    #[test]
    fn a_mapping_elsewhere_is_undone() {
        in_child(|| {
            forget_the_flag();
            let area = Area::anon(2);
            area.fill(0..2, 7);
            // The plain call shows that the flag is forgotten.
            let flags = ANON | MapFlags::MAP_FIXED_NOREPLACE;
            let plain = unsafe { mman::sys::mman::mmap(area.ptr(), page(), RW, flags, -1, 0) };
            assert_ne!(area.ptr(), plain.unwrap());

            let before = smaps::status("VmSize");
            let fixed = ANON | MapFlags::MAP_FIXED;
            for flags in [ANON, fixed] {
                let got = noreplace(area.ptr(), 2 * page(), RW, flags, None, 0);
                assert_eq!(Err(Errno::EEXIST), got);
            }
            let odd = area.at(1).cast();
            assert_eq!(Err(Errno::EINVAL), noreplace(odd, page(), RW, ANON, None, 0));
            assert!(area.holds(0..2, 7));
            assert_eq!(before, smaps::status("VmSize"));
        });
    }

    #[test]
    fn a_free_place_is_taken() {
        in_child(|| {
            forget_the_flag();
            free_place();
        });
    }
}

#[test]
fn anonymous_memory_needs_no_file() {
    let page_of = |flags| unsafe { mmap_anonymous(ptr::null_mut(), 2 * page(), RW, flags) };
    let (private, shared) = (page_of(MapFlags::MAP_PRIVATE), page_of(MapFlags::MAP_SHARED));
    let (private, shared) = (private.unwrap(), shared.unwrap());
    in_child(|| {
        assert_eq!((0, 0), (read(private), read(plus(shared, 1))));
        write(private, 1);
        write(shared, 1);
    });
    assert_eq!((0, 1), (read(private), read(shared)));
    for map in [private, shared] {
        unsafe { munmap(map, 2 * page()) }.unwrap();
    }
}

#[test]
fn errors_of_anonymous_memory() {
    let null = ptr::null_mut();
    let neither = unsafe { mmap_anonymous(null, page(), RW, MapFlags::empty()) };
    assert_eq!(Err(Errno::EINVAL), neither);
    let none = unsafe { mmap_anonymous(null, 0, RW, MapFlags::MAP_PRIVATE) };
    assert_eq!(Err(Errno::EINVAL), none);
    let too_much = usize::MAX - 15 * page();
    let all = unsafe { mmap_anonymous(null, too_much, RW, MapFlags::MAP_PRIVATE) };
    assert_eq!(Err(Errno::ENOMEM), all);
    let fixed = MapFlags::MAP_PRIVATE | MapFlags::MAP_FIXED;
    let odd = unsafe { mmap_anonymous(without_provenance_mut(1), page(), RW, fixed) };
    assert_eq!(Err(Errno::EINVAL), odd);
}

#[test]
fn any_number_is_an_advice() {
    let area = Area::anon(2);
    area.fill(0..2, 7);
    unsafe { madvise_raw(area.ptr(), page(), libc::MADV_DONTNEED) }.unwrap();
    assert!(area.holds(0..1, 0));
    assert!(area.holds(1..2, 7));
    assert_eq!(Err(Errno::EINVAL), unsafe { madvise_raw(area.ptr(), page(), 9999) });
    let odd = area.at(1).cast();
    assert_eq!(Err(Errno::EINVAL), unsafe { madvise_raw(odd, page(), libc::MADV_NORMAL) });
    // Whether the kernel knows an advice.
    let known = |advice| unsafe { madvise_raw(ptr::null_mut(), 0, advice) };
    assert_eq!((Ok(()), Err(Errno::EINVAL)), (known(libc::MADV_NORMAL), known(9999)));
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    passes_on(MMAP, || noreplace(without_provenance_mut(1 << 20), page(), RW, ANON, None, 0));
    passes_on(MMAP, || unsafe {
        mmap_anonymous(ptr::null_mut(), page(), RW, MapFlags::MAP_PRIVATE)
    });
    let area = Area::anon(1);
    passes_on(libc::SYS_madvise, || unsafe { madvise_raw(area.ptr(), page(), libc::MADV_NORMAL) });
}
