//! The other cheap calls of memory, beside libc's function, or `syscall` where libc has none.

use std::{
    ffi::{c_int, c_void},
    hint::black_box,
    ptr,
};

use mman::{
    fcntl::OFlag,
    sys::{
        mman::{
            MRemapFlags, MemFdFlags, MlockAllFlags, MlockFlags, MmapAdvise, PosixMadvAdvice,
            memfd_create, mincore, mlock2, mlockall, mremap, munlock, munlockall, posix_madvise,
            process_madvise, shm_open, shm_unlink,
        },
        pidfd::PIDFD_SELF,
        stat::Mode,
    },
};

use crate::calls::{Call, PAGE};

/// The calls, by name and library.
pub(crate) const CALLS: &[(&str, &str, Call)] = &[
    ("mremap", "libc", mremap_libc),
    ("mremap", "mman", mremap_mman),
    ("mincore", "libc", mincore_libc),
    ("mincore", "mman", mincore_mman),
    ("munlock", "libc", munlock_libc),
    ("munlock", "mman", munlock_mman),
    ("mlock2", "libc", mlock2_libc),
    ("mlock2", "mman", mlock2_mman),
    ("mlockall", "libc", mlockall_libc),
    ("mlockall", "mman", mlockall_mman),
    ("posix_madvise", "libc", posix_madvise_libc),
    ("posix_madvise", "mman", posix_madvise_mman),
    ("process_madvise", "libc", process_madvise_libc),
    ("process_madvise", "mman", process_madvise_mman),
    ("memfd_create", "libc", memfd_create_libc),
    ("memfd_create", "mman", memfd_create_mman),
    ("shm_open", "libc", shm_open_libc),
    ("shm_open", "mman", shm_open_mman),
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

#[inline(never)]
fn mlock2_libc(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { libc::syscall(libc::SYS_mlock2, page, PAGE, libc::MLOCK_ONFAULT) }) == 0
}

#[inline(never)]
fn mlock2_mman(page: *mut c_void) -> bool {
    // SAFETY: the page is `page`'s own.
    black_box(unsafe { mlock2(page, PAGE, MlockFlags::MLOCK_ONFAULT) }).is_ok()
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

#[inline(never)]
fn process_madvise_libc(page: *mut c_void) -> bool {
    use std::os::fd::AsRawFd as _;
    let ranges = black_box([libc::iovec { iov_base: page, iov_len: PAGE }]);
    let (own, flags): (c_int, libc::c_uint) = (PIDFD_SELF.as_raw_fd(), 0);
    let (number, cold) = (libc::SYS_process_madvise, libc::MADV_COLD);
    // SAFETY: the page is `page`'s own; the advice keeps its contents.
    black_box(unsafe { libc::syscall(number, own, ranges.as_ptr(), ranges.len(), cold, flags) }) > 0
}

#[inline(never)]
fn process_madvise_mman(page: *mut c_void) -> bool {
    let ranges = black_box([libc::iovec { iov_base: page, iov_len: PAGE }]);
    // SAFETY: the page is `page`'s own; the advice keeps its contents.
    black_box(unsafe { process_madvise(PIDFD_SELF, &ranges, MmapAdvise::MADV_COLD) }).is_ok()
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
