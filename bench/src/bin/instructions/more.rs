//! The other cheap calls of memory, beside libc's.
//!
//! `mlock2`, `process_madvise`, `cachestat` and `mseal` are not among them: valgrind does not know
//! them all.

use std::{ffi::c_void, hint::black_box, ptr};

use mman::{
    fcntl::OFlag,
    sys::{
        mman::{
            MRemapFlags, MemFdFlags, MlockAllFlags, PosixMadvAdvice, memfd_create, mincore,
            mlockall, mremap, munlock, munlockall, posix_madvise, shm_open, shm_unlink,
        },
        stat::Mode,
    },
};

use crate::calls::{Call, PAGE};

/// The calls, by name and library, and the most instructions that one may take where it does what
/// libc's does not; 0 for the rest, and for libc.
pub(crate) const CALLS: &[(&str, &str, u32, Call)] = &[
    ("mremap", "libc", 0, mremap_libc),
    // Flags and address must agree, since without a flag the kernel does not look at the address.
    ("mremap", "mman", 41, mremap_mman),
    ("mincore", "libc", 0, mincore_libc),
    // It asks for the size of a page, and counts whether there is a byte for each.
    ("mincore", "mman", 130, mincore_mman),
    ("munlock", "libc", 0, munlock_libc),
    ("munlock", "mman", 0, munlock_mman),
    ("mlockall", "libc", 0, mlockall_libc),
    ("mlockall", "mman", 0, mlockall_mman),
    ("posix_madvise", "libc", 0, posix_madvise_libc),
    ("posix_madvise", "mman", 0, posix_madvise_mman),
    ("memfd_create", "libc", 0, memfd_create_libc),
    // By number, through `syscall`: older C libraries have no such function.
    ("memfd_create", "mman", 44, memfd_create_mman),
    ("memfd_create-str", "libc", 0, memfd_create_libc),
    // A C string is made of the name first.
    ("memfd_create-str", "mman", 180, memfd_create_str_mman),
    ("shm_open", "libc", 0, shm_open_libc),
    // Two calls with a name.
    ("shm_open", "mman", 469, shm_open_mman),
];

#[inline(never)]
fn mremap_libc(page: *mut c_void) -> bool {
    let nowhere = ptr::null_mut::<c_void>();
    // SAFETY: the page is `page`'s own, and stays as it is.
    black_box(unsafe { libc::mremap(page, PAGE, PAGE, 0, nowhere) }) != libc::MAP_FAILED
}

#[inline(never)]
fn mremap_mman(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own, and stays as it is.
    black_box(unsafe { mremap(page, PAGE, PAGE, MRemapFlags::empty(), None) }).is_ok()
}

#[inline(never)]
fn mincore_libc(page: *mut c_void) -> bool {
    let mut answer = [0u8];
    // SAFETY: there is a byte for the page.
    black_box(unsafe { libc::mincore(page, PAGE, black_box(&mut answer).as_mut_ptr()) }) == 0
}

#[inline(never)]
fn mincore_mman(page: *mut c_void) -> bool {
    let mut answer = [0u8];
    black_box(mincore(page, PAGE, black_box(&mut answer))).is_ok()
}

#[inline(never)]
fn munlock_libc(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { libc::munlock(page, PAGE) }) == 0
}

#[inline(never)]
fn munlock_mman(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { munlock(page, PAGE) }).is_ok()
}

/// And back: a user may not lock what is there already.
#[inline(never)]
fn mlockall_libc(_: *mut c_void) -> bool {
    // SAFETY: it touches no memory's contents.
    let locked = black_box(unsafe { libc::mlockall(libc::MCL_FUTURE) }) == 0;
    // SAFETY: as above.
    locked && black_box(unsafe { libc::munlockall() }) == 0
}

#[inline(never)]
fn mlockall_mman(_: *mut c_void) -> bool {
    black_box(mlockall(MlockAllFlags::MCL_FUTURE)).is_ok() && black_box(munlockall()).is_ok()
}

#[inline(never)]
fn posix_madvise_libc(page: *mut c_void) -> bool {
    // SAFETY: the advice changes no contents.
    black_box(unsafe { libc::posix_madvise(page, PAGE, libc::POSIX_MADV_RANDOM) }) == 0
}

#[inline(never)]
fn posix_madvise_mman(page: *mut c_void) -> bool {
    black_box(posix_madvise(page, PAGE, PosixMadvAdvice::POSIX_MADV_RANDOM)).is_ok()
}

/// And its end.
#[inline(never)]
fn memfd_create_libc(_: *mut c_void) -> bool {
    // SAFETY: the name is a C string.
    let fd = black_box(unsafe { libc::memfd_create(c"page".as_ptr(), libc::MFD_CLOEXEC) });
    // SAFETY: the descriptor is this function's own.
    black_box(unsafe { libc::close(fd) }) == 0
}

#[inline(never)]
fn memfd_create_str_mman(_: *mut c_void) -> bool {
    black_box(memfd_create(black_box("page"), MemFdFlags::MFD_CLOEXEC)).is_ok()
}

#[inline(never)]
fn memfd_create_mman(_: *mut c_void) -> bool {
    black_box(memfd_create(c"page", MemFdFlags::MFD_CLOEXEC)).is_ok()
}

/// And its end, and that of its name.
#[inline(never)]
fn shm_open_libc(_: *mut c_void) -> bool {
    let name = c"/mman-instructions";
    // SAFETY: the name is a C string.
    let fd =
        black_box(unsafe { libc::shm_open(name.as_ptr(), libc::O_CREAT | libc::O_RDWR, 0o600) });
    // SAFETY: as above.
    let unlinked = black_box(unsafe { libc::shm_unlink(name.as_ptr()) }) == 0;
    // SAFETY: the descriptor is this function's own.
    black_box(unsafe { libc::close(fd) }) == 0 && unlinked
}

#[inline(never)]
fn shm_open_mman(_: *mut c_void) -> bool {
    let name = c"/mman-instructions";
    let flags = OFlag::O_CREAT | OFlag::O_RDWR;
    let Ok(fd) = black_box(shm_open(name, flags, Mode::S_IRUSR | Mode::S_IWUSR)) else {
        return false;
    };
    let unlinked = black_box(shm_unlink(name)).is_ok();
    // SAFETY: the descriptor is this function's own.
    black_box(unsafe { libc::close(fd) }) == 0 && unlinked
}
