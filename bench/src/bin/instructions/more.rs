//! Every other call of `sys::mman` and of `fcntl`, beside the same call by libc's function, or by
//! `libc::syscall` where the libc crate has none.
//!
//! Valgrind does not know the latest system calls, and answers `ENOSYS`; some need what not every
//! machine has; the requests of a userfaultfd are made to what is none. Then what is counted is the
//! call and its error, which both must end with: `cargo xtask instructions` shows it, and compares.
//!
//! Not here are `pkey_get` and `pkey_set`, which are instructions that valgrind does not know, and
//! `madvise_raw`, which is `madvise` with another type.

// One for all, since the table would drown in them.
#![allow(clippy::undocumented_unsafe_blocks, reason = "said here")]
// SAFETY: what is changed is `Things`' own: the page, to which nothing refers, the files, the event.
// Other ranges are given to calls that fail, or only to be looked at. Buffers are as long as told.

use std::{
    ffi::{CStr, c_int, c_long, c_ulong, c_void},
    fs::{File, OpenOptions},
    hint::black_box,
    mem::MaybeUninit,
    os::{
        fd::{AsRawFd as _, OwnedFd, RawFd},
        unix::net::UnixDatagram,
    },
    ptr, slice,
};

use mman::{
    Result,
    errno::errno,
    fcntl::*,
    sys::{mman::*, pidfd::PIDFD_SELF, stat::Mode, syscall, vfs::fstatfs},
};

use crate::calls::PAGE;

/// What the calls are made on.
pub(crate) struct Things {
    pub(crate) page: *mut c_void,
    pub(crate) pid: libc::pid_t,
    pub(crate) range: libc::iovec,
    /// Where nothing is.
    free: *mut c_void,
    /// Of a page.
    pub(crate) file: OwnedFd,
    sealed: OwnedFd,
    /// Nothing is to be read from it, and nobody waits.
    pub(crate) event: OwnedFd,
    pub(crate) maps: OwnedFd,
    pub(crate) pagemap: OwnedFd,
    pub(crate) clear_refs: OwnedFd,
}

impl Things {
    #[allow(clippy::expect_used, reason = "without them there is nothing to count")]
    pub(crate) fn new() -> Self {
        let map = |len| {
            let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
            let place = ptr::null_mut();
            unsafe { mmap_anonymous(place, len, prot, MapFlags::MAP_PRIVATE) }.expect("memory")
        };
        let (page, free) = (map(PAGE), map(PAGE));
        unsafe { munmap(free, PAGE) }.expect("a page");
        let file = tempfile::tempfile().expect("a file");
        file.set_len(PAGE as u64).expect("room on the disk");
        let sealed = memfd_create(c"sealed", MemFdFlags::MFD_ALLOW_SEALING).expect("a file");
        let event = UnixDatagram::unbound().expect("a socket");
        event.set_nonblocking(true).expect("a socket");
        let (file, event) = (file.into(), event.into());
        let own = |name, options: &mut OpenOptions| {
            let file = options.open(format!("/proc/self/{name}"));
            file.expect("a file of this process").into()
        };
        let [maps, pagemap] = ["maps", "pagemap"].map(|name| own(name, File::options().read(true)));
        let clear_refs = own("clear_refs", File::options().write(true));
        let range = libc::iovec { iov_base: page, iov_len: PAGE };
        let pid = std::process::id() as libc::pid_t;
        Self { page, pid, range, free, file, sealed, event, maps, pagemap, clear_refs }
    }

    pub(crate) fn at(&self) -> u64 {
        self.page.expose_provenance() as u64
    }

    pub(crate) fn fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }
}

/// Makes one call: 0, or the number of its error.
pub(crate) type Call = fn(&Things) -> c_int;

/// What a call of C answers: −1, or `MAP_FAILED`, if the error is in `errno`.
pub(crate) trait Answer: Sized {
    fn is_error(&self) -> bool;

    fn number(self) -> c_int {
        let answer = black_box(self);
        if answer.is_error() { errno() } else { 0 }
    }
}

impl Answer for c_int {
    fn is_error(&self) -> bool {
        *self == -1
    }
}

impl Answer for c_long {
    fn is_error(&self) -> bool {
        *self == -1
    }
}

impl Answer for isize {
    fn is_error(&self) -> bool {
        *self == -1
    }
}

impl Answer for *mut c_void {
    fn is_error(&self) -> bool {
        *self == libc::MAP_FAILED
    }
}

/// The error itself, without `errno`.
pub(crate) struct Number(pub(crate) c_int);

impl Answer for Number {
    fn is_error(&self) -> bool {
        false
    }

    fn number(self) -> c_int {
        black_box(self.0)
    }
}

/// The library's.
impl<T> Answer for Result<T> {
    fn is_error(&self) -> bool {
        self.is_err()
    }

    /// With what the result costs to drop, as to close a file.
    fn number(self) -> c_int {
        match black_box(self) {
            Ok(_) => 0,
            Err(error) => error as c_int,
        }
    }
}

/// The end of what a call of C opens.
pub(crate) fn closed(fd: impl TryInto<c_int>) -> c_int {
    match black_box(fd.try_into().unwrap_or(-1)) {
        -1 => -1,
        fd => unsafe { libc::close(fd) },
    }
}

/// The end of what a call of C maps.
fn unmapped(page: *mut c_void) -> c_int {
    unsafe { libc::munmap(black_box(page), PAGE) }
}

/// A request with its structure, all of whose fields are words.
#[inline(always)]
pub(crate) fn request<const N: usize>(fd: RawFd, number: c_ulong, mut words: [u64; N]) -> c_int {
    unsafe { libc::ioctl(fd, number, black_box(&mut words).as_mut_ptr()) }
}

/// A line: the name, the most that ours may take where it does what libc's does not, libc's, ours.
macro_rules! calls {
    ($on:ident: $($name:literal $($most:literal)?: $libc:expr, $mman:expr;)+) => {
        /// The calls, by name and library, and the most instructions that one may take where it
        /// does what libc's does not; 0 for the rest, and for libc.
        pub(crate) const CALLS: &[(&str, &str, u32, Call)] = &[$(
            ($name, "libc", 0, |$on: &$crate::more::Things| {
                // Some take nothing.
                let _ = $on;
                Answer::number($libc)
            }),
            ($name, "mman", 0 $(+ $most)?, |$on: &$crate::more::Things| {
                let _ = $on;
                Answer::number($mman)
            }),
        )+];
    };
}

pub(crate) use calls;

const NAME: &CStr = c"/mman-instructions";
pub(crate) const NOWHERE: *mut c_void = ptr::null_mut();
pub(crate) const LEN: u64 = PAGE as u64;
const FIXED: c_int = libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_FIXED;
const NOREPLACE: c_int = libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_FIXED_NOREPLACE;
const ANYWHERE: MapFlags = MapFlags::MAP_PRIVATE.union(MapFlags::MAP_ANON);
const SELF: c_int = -10000;
const READ: ProtFlags = ProtFlags::PROT_READ;

calls! { on:
    "mmap64":
        unsafe { libc::mmap64(on.page, PAGE, libc::PROT_READ, FIXED, -1, 0) },
        unsafe { mmap64(on.page, PAGE, READ, ANYWHERE | MapFlags::MAP_FIXED, -1, 0) };
    "mmap_anonymous":
        unsafe { libc::mmap(on.page, PAGE, libc::PROT_READ, FIXED, -1, 0) },
        unsafe { mmap_anonymous(on.page, PAGE, READ, MapFlags::MAP_PRIVATE | MapFlags::MAP_FIXED) };
    // Old kernels take the address as a hint: it looks where the mapping is. And unmapped again.
    "mmap_noreplace" 74:
        unmapped(unsafe { libc::mmap(on.free, PAGE, libc::PROT_READ, NOREPLACE, -1, 0) }),
        unsafe { mmap_noreplace(on.free, PAGE, READ, ANYWHERE, None, 0) }.map(unmapped);
    // Flags and address must agree, since without a flag the kernel does not look at the address.
    "mremap" 45:
        unsafe { libc::mremap(on.page, PAGE, PAGE, 0, NOWHERE) },
        unsafe { mremap(on.page, PAGE, PAGE, MRemapFlags::empty(), None) };
    // Whether there is a byte for each page.
    "mincore" 48:
        unsafe { libc::mincore(on.page, PAGE, black_box(&mut [0u8]).as_mut_ptr()) },
        mincore(on.page, PAGE, black_box(&mut [0u8]));
    // NetBSD's fails as other calls do: two ways to fail.
    "posix_madvise" 22:
        Number(unsafe { libc::posix_madvise(on.page, PAGE, libc::POSIX_MADV_RANDOM) }),
        posix_madvise(on.page, PAGE, PosixMadvAdvice::POSIX_MADV_RANDOM);
    "process_madvise":
        unsafe { libc::syscall(syscall::SYS_process_madvise, SELF, &raw const on.range, 1, 20, 0) },
        unsafe { process_madvise(PIDFD_SELF, slice::from_ref(&on.range), MmapAdvise::MADV_COLD) };
    "process_mrelease":
        unsafe { libc::syscall(syscall::SYS_process_mrelease, SELF, 0) },
        process_mrelease(PIDFD_SELF);
    "munlock":
        unsafe { libc::munlock(on.page, PAGE) },
        unsafe { munlock(on.page, PAGE) };
    // glibc's function makes `EINVAL` of `ENOSYS`.
    "mlock2":
        unsafe { libc::syscall(libc::SYS_mlock2, on.page, PAGE, libc::MLOCK_ONFAULT) },
        unsafe { mlock2(on.page, PAGE, MlockFlags::MLOCK_ONFAULT) };
    // And back: a user may not lock what is there already.
    "mlockall":
        {
            let locked = Answer::number(unsafe { libc::mlockall(libc::MCL_FUTURE) });
            unsafe { libc::munlockall() }.max(locked)
        },
        mlockall(MlockAllFlags::MCL_FUTURE).and(munlockall());
    "munlockall":
        unsafe { libc::munlockall() },
        munlockall();
    "mseal":
        unsafe { libc::syscall(syscall::SYS_mseal, on.page, PAGE, 0) },
        unsafe { mseal(on.page, PAGE) };
    "map_shadow_stack":
        unsafe { libc::syscall(syscall::SYS_map_shadow_stack, NOWHERE, PAGE, 0) },
        map_shadow_stack(NOWHERE, PAGE, ShadowStackFlags::empty()).map(unmapped);
    "pkey_mprotect":
        unsafe { libc::syscall(syscall::SYS_pkey_mprotect, on.page, PAGE, 1 as c_ulong, -1) },
        unsafe { pkey_mprotect(on.page, PAGE, READ, None) };
    // Of rights that there are not. The key is a type, and an error no key.
    "pkey_alloc" 65:
        unsafe { libc::syscall(syscall::SYS_pkey_alloc, 0 as c_ulong, 8 as c_ulong) },
        pkey_alloc(PkeyAccess::from_bits_retain(8));
    // Of a key that nobody has.
    "pkey_free":
        unsafe { libc::syscall(syscall::SYS_pkey_free, -1) },
        unsafe { pkey_free(Pkey::from_raw(-1)) };
    // By number, through `syscall`: older C libraries have no such function.
    "memfd_create" 47:
        closed(unsafe { libc::memfd_create(NAME.as_ptr(), libc::MFD_CLOEXEC) }),
        memfd_create(NAME, MemFdFlags::MFD_CLOEXEC);
    // A C string is made of the name first.
    "memfd_create-str" 173:
        closed(unsafe { libc::memfd_create(NAME.as_ptr(), libc::MFD_CLOEXEC) }),
        memfd_create(black_box("page"), MemFdFlags::MFD_CLOEXEC);
    "memfd_secret":
        closed(unsafe { libc::syscall(syscall::SYS_memfd_secret, libc::O_CLOEXEC) }),
        memfd_secret(OFlag::O_CLOEXEC);
    // And its end, and that of its name.
    "shm_open" 460:
        {
            closed(unsafe { libc::shm_open(NAME.as_ptr(), libc::O_CREAT | libc::O_RDWR, 0o600) });
            unsafe { libc::shm_unlink(NAME.as_ptr()) }
        },
        shm_open_owned(NAME, OFlag::O_CREAT | OFlag::O_RDWR, Mode::S_IRUSR | Mode::S_IWUSR)
            .and_then(|_| shm_unlink(NAME));
    // Of a name that there is not.
    "shm_unlink":
        unsafe { libc::shm_unlink(c"/mman-none".as_ptr()) },
        shm_unlink(c"/mman-none");
    // The answer is returned, not written where the caller has room.
    "cachestat" 72:
        {
            let mut answer = [0u64; 5];
            let (range, answer) = ([0, LEN], black_box(&mut answer).as_mut_ptr());
            unsafe { libc::syscall(syscall::SYS_cachestat, on.fd(), range.as_ptr(), answer, 0) }
        },
        cachestat(&on.file, 0, LEN);
    "fallocate":
        unsafe { libc::fallocate64(on.fd(), 0, 0, PAGE as i64) },
        fallocate(&on.file, FallocateFlags::empty(), 0, LEN);
    // No offset or length may be negative to the kernel.
    "posix_fallocate" 27:
        Number(unsafe { libc::posix_fallocate64(on.fd(), 0, PAGE as i64) }),
        posix_fallocate(&on.file, 0, LEN);
    // As above.
    "posix_fadvise" 27:
        Number(unsafe { libc::posix_fadvise64(on.fd(), 0, 0, libc::POSIX_FADV_RANDOM) }),
        posix_fadvise(&on.file, 0, 0, PosixFadviseAdvice::POSIX_FADV_RANDOM);
    "readahead":
        unsafe { libc::readahead(on.fd(), 0, PAGE) },
        readahead(&on.file, 0, PAGE);
    "sync_file_range":
        unsafe { libc::sync_file_range(on.fd(), 0, PAGE as i64, libc::SYNC_FILE_RANGE_WRITE) },
        sync_file_range(&on.file, 0, LEN, SyncFileRangeFlags::SYNC_FILE_RANGE_WRITE);
    "fcntl_add_seals":
        unsafe { libc::fcntl(on.sealed.as_raw_fd(), libc::F_ADD_SEALS, libc::F_SEAL_GROW) },
        fcntl_add_seals(&on.sealed, SealFlags::F_SEAL_GROW);
    // As `cachestat`.
    "fcntl_get_seals" 59:
        unsafe { libc::fcntl(on.sealed.as_raw_fd(), libc::F_GET_SEALS) },
        fcntl_get_seals(&on.sealed);
    // As `cachestat`.
    "fstatfs" 25:
        unsafe { libc::fstatfs64(on.fd(), black_box(&mut MaybeUninit::uninit()).as_mut_ptr()) },
        fstatfs(&on.file);
}
