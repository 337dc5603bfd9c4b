//! The functions under their C names.
//!
//! The C programs that call them made all the promises that C asks for, and `sys` asks for no more
//! than that where it takes raw pointers.

use std::{
    ffi::{CStr, c_char, c_int, c_uchar, c_void},
    slice,
};

use libc::{MAP_FAILED, mode_t, off_t, off64_t, size_t};
use mman::{
    fcntl::OFlag,
    sys::{
        mman::{
            self as sys, MRemapFlags, MapFlags, MlockAllFlags, MmapAdvise, MsFlags,
            PosixMadvAdvice, ProtFlags,
        },
        stat::Mode,
    },
};

use crate::{carry::Function, next, plain};

static MMAP: Function = Function::new("mmap");
static MMAP64: Function = Function::new("mmap64");
static MUNMAP: Function = Function::new("munmap");
static MPROTECT: Function = Function::new("mprotect");
static MREMAP: Function = Function::new("mremap");
static MADVISE: Function = Function::new("madvise");
static MSYNC: Function = Function::new("msync");
static MLOCK: Function = Function::new("mlock");
static MUNLOCK: Function = Function::new("munlock");
static MLOCKALL: Function = Function::new("mlockall");
static MUNLOCKALL: Function = Function::new("munlockall");
static MINCORE: Function = Function::new("mincore");
static SHM_OPEN: Function = Function::new("shm_open");
static SHM_UNLINK: Function = Function::new("shm_unlink");
static POSIX_MADVISE: Function = Function::new("posix_madvise");

/// All of them.
pub(crate) static FUNCTIONS: [&Function; 15] = [
    &MMAP,
    &MMAP64,
    &MUNMAP,
    &MPROTECT,
    &MREMAP,
    &MADVISE,
    &MSYNC,
    &MLOCK,
    &MUNLOCK,
    &MLOCKALL,
    &MUNLOCKALL,
    &MINCORE,
    &SHM_OPEN,
    &SHM_UNLINK,
    &POSIX_MADVISE,
];

#[unsafe(no_mangle)]
unsafe extern "C" fn mmap(
    addr: *mut c_void,
    length: size_t,
    prot: c_int,
    flags: c_int,
    fd: c_int,
    offset: off_t,
) -> *mut c_void {
    if MMAP.is_inner() {
        // SAFETY: the caller's promises.
        return unsafe { plain::mmap(addr, length, prot, flags, fd, offset) };
    }
    let (prot, flags) = (ProtFlags::from_bits_retain(prot), MapFlags::from_bits_retain(flags));
    MMAP.carry(MAP_FAILED, || {
        // SAFETY: the caller's promises.
        unsafe { sys::mmap(addr, length, prot, flags, fd, offset) }
    })
}

/// `sys::mmap64` has no offset below 0, which means something without a file: there it is ignored.
/// `sys::mmap` carries it.
#[unsafe(no_mangle)]
unsafe extern "C" fn mmap64(
    addr: *mut c_void,
    length: size_t,
    prot: c_int,
    flags: c_int,
    fd: c_int,
    offset: off64_t,
) -> *mut c_void {
    if MMAP64.is_inner() {
        // SAFETY: the caller's promises.
        return unsafe { plain::mmap(addr, length, prot, flags, fd, offset) };
    }
    let (prot, flags) = (ProtFlags::from_bits_retain(prot), MapFlags::from_bits_retain(flags));
    MMAP64.carry(MAP_FAILED, || match u64::try_from(offset) {
        // SAFETY: the caller's promises.
        Ok(offset) => unsafe { sys::mmap64(addr, length, prot, flags, fd, offset) },
        // SAFETY: the caller's promises.
        Err(_) => unsafe { sys::mmap(addr, length, prot, flags, fd, offset) },
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn munmap(addr: *mut c_void, length: size_t) -> c_int {
    if MUNMAP.is_inner() {
        // SAFETY: the caller's promises.
        return unsafe { plain::of_range(libc::SYS_munmap, addr, length) };
    }
    // SAFETY: the caller's promises.
    MUNMAP.carry(-1, || unsafe { sys::munmap(addr, length) }.map(|()| 0))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn mprotect(addr: *mut c_void, length: size_t, prot: c_int) -> c_int {
    if MPROTECT.is_inner() {
        // SAFETY: the caller's promises.
        return unsafe { plain::of_range_and(libc::SYS_mprotect, addr, length, prot) };
    }
    let prot = ProtFlags::from_bits_retain(prot);
    // SAFETY: the caller's promises.
    MPROTECT.carry(-1, || unsafe { sys::mprotect(addr, length, prot) }.map(|()| 0))
}

/// C declares it with `...` for the new address. Stable Rust cannot define such a function, and
/// need not: on every processor of 64-bit Linux a variable argument that is an address travels as
/// a named one does, in the fifth register for arguments. (It does not on Apple's.) A caller that
/// leaves it out leaves garbage there, which counts for nothing without the two flags that ask for
/// an address; glibc's own function is a stub that hands all five registers to the kernel, or reads
/// the fifth argument if one of the flags is given.
#[unsafe(no_mangle)]
unsafe extern "C" fn mremap(
    addr: *mut c_void,
    old_size: size_t,
    new_size: size_t,
    flags: c_int,
    new_address: *mut c_void,
) -> *mut c_void {
    if MREMAP.is_inner() {
        // SAFETY: the caller's promises.
        return unsafe { plain::mremap(addr, old_size, new_size, flags, new_address) };
    }
    let flags = MRemapFlags::from_bits_retain(flags);
    let to_address = MRemapFlags::MREMAP_FIXED | MRemapFlags::MREMAP_DONTUNMAP;
    let new_address = flags.intersects(to_address).then_some(new_address);
    MREMAP.carry(MAP_FAILED, || {
        // SAFETY: the caller's promises.
        unsafe { sys::mremap(addr, old_size, new_size, flags, new_address) }
    })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn madvise(addr: *mut c_void, length: size_t, advice: c_int) -> c_int {
    if MADVISE.is_inner() {
        // SAFETY: the caller's promises.
        return unsafe { plain::of_range_and(libc::SYS_madvise, addr, length, advice) };
    }
    let call = || match MmapAdvise::try_from(advice) {
        // SAFETY: the caller's promises.
        Ok(advice) => unsafe { sys::madvise(addr, length, advice) },
        // SAFETY: the caller's promises.
        Err(_) => unsafe { sys::madvise_raw(addr, length, advice) },
    };
    MADVISE.carry(-1, || call().map(|()| 0))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn msync(addr: *mut c_void, length: size_t, flags: c_int) -> c_int {
    if MSYNC.is_inner() {
        // SAFETY: the caller's promises.
        return unsafe { plain::of_range_and(libc::SYS_msync, addr, length, flags) };
    }
    let flags = MsFlags::from_bits_retain(flags);
    // SAFETY: the caller's promises.
    MSYNC.carry(-1, || unsafe { sys::msync(addr, length, flags) }.map(|()| 0))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn mlock(addr: *const c_void, length: size_t) -> c_int {
    if MLOCK.is_inner() {
        // SAFETY: the caller's promises.
        return unsafe { plain::of_range(libc::SYS_mlock, addr, length) };
    }
    // SAFETY: the caller's promises.
    MLOCK.carry(-1, || unsafe { sys::mlock(addr, length) }.map(|()| 0))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn munlock(addr: *const c_void, length: size_t) -> c_int {
    if MUNLOCK.is_inner() {
        // SAFETY: the caller's promises.
        return unsafe { plain::of_range(libc::SYS_munlock, addr, length) };
    }
    // SAFETY: the caller's promises.
    MUNLOCK.carry(-1, || unsafe { sys::munlock(addr, length) }.map(|()| 0))
}

#[unsafe(no_mangle)]
extern "C" fn mlockall(flags: c_int) -> c_int {
    if MLOCKALL.is_inner() {
        return plain::mlockall(flags);
    }
    MLOCKALL.carry(-1, || sys::mlockall(MlockAllFlags::from_bits_retain(flags)).map(|()| 0))
}

#[unsafe(no_mangle)]
extern "C" fn munlockall() -> c_int {
    if MUNLOCKALL.is_inner() {
        return plain::munlockall();
    }
    MUNLOCKALL.carry(-1, || sys::munlockall().map(|()| 0))
}

/// `sys::mincore` takes a slice, which must be memory, and only the kernel knows what `residency`
/// is. So the plain call comes first; where it succeeds, `sys` asks again.
#[unsafe(no_mangle)]
unsafe extern "C" fn mincore(addr: *mut c_void, length: size_t, residency: *mut c_uchar) -> c_int {
    let is_inner = MINCORE.is_inner();
    // SAFETY: the caller's promises.
    let answer = unsafe { plain::mincore(addr, length, residency) };
    if is_inner {
        return answer;
    }
    if answer != 0 || residency.is_null() {
        MINCORE.is_plain();
        return answer;
    }
    // SAFETY: it takes any name of a setting.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    let pages = length.div_ceil(page.unsigned_abs() as usize);
    // SAFETY: the kernel has just written a byte for each page of the range, which the caller
    // leaves to the call meanwhile.
    let residency = unsafe { slice::from_raw_parts_mut(residency, pages) };
    MINCORE.carry(-1, || sys::mincore(addr, length, residency).map(|()| 0))
}

/// The name as `sys` takes it; `None` if it has none of its bytes, or so many that `sys` refuses
/// it: the C library has its own answers to these.
unsafe fn name_for_sys<'name>(name: *const c_char) -> Option<&'name CStr> {
    if name.is_null() {
        return None;
    }
    // SAFETY: the caller's promise is C's: a pointer that is not null is a C string.
    let name = unsafe { CStr::from_ptr(name) };
    (name.count_bytes() < libc::PATH_MAX as usize).then_some(name)
}

/// Without a name, and with one of `PATH_MAX` bytes or more, it is the C library's own function.
#[unsafe(no_mangle)]
unsafe extern "C" fn shm_open(name: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    if SHM_OPEN.is_inner() {
        // SAFETY: the caller's promises.
        return unsafe { next::shm_open(name, flags, mode) };
    }
    // SAFETY: the caller's promise.
    let Some(known) = (unsafe { name_for_sys(name) }) else {
        SHM_OPEN.is_plain();
        // SAFETY: the caller's promises.
        return unsafe { next::shm_open(name, flags, mode) };
    };
    let (flags, mode) = (OFlag::from_bits_retain(flags), Mode::from_bits_retain(mode));
    SHM_OPEN.carry(-1, || sys::shm_open(known, flags, mode))
}

/// Without a name, and with one of `PATH_MAX` bytes or more, it is the C library's own function.
#[unsafe(no_mangle)]
unsafe extern "C" fn shm_unlink(name: *const c_char) -> c_int {
    if SHM_UNLINK.is_inner() {
        // SAFETY: the caller's promises.
        return unsafe { next::shm_unlink(name) };
    }
    // SAFETY: the caller's promise.
    let Some(known) = (unsafe { name_for_sys(name) }) else {
        SHM_UNLINK.is_plain();
        // SAFETY: the caller's promises.
        return unsafe { next::shm_unlink(name) };
    };
    SHM_UNLINK.carry(-1, || sys::shm_unlink(known).map(|()| 0))
}

/// An advice that `sys` has no name for is the C library's own affair.
#[unsafe(no_mangle)]
unsafe extern "C" fn posix_madvise(addr: *mut c_void, length: size_t, advice: c_int) -> c_int {
    if POSIX_MADVISE.is_inner() {
        // SAFETY: the caller's promises.
        return unsafe { next::posix_madvise(addr, length, advice) };
    }
    let Ok(known) = PosixMadvAdvice::try_from(advice) else {
        POSIX_MADVISE.is_plain();
        // SAFETY: the caller's promises.
        return unsafe { next::posix_madvise(addr, length, advice) };
    };
    POSIX_MADVISE.carry_code(|| sys::posix_madvise(addr, length, known))
}
