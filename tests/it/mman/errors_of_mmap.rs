//! `mmap`: every failure and its code, and that nothing is mapped then.

use std::{
    fs::{self, File, OpenOptions},
    io::Error,
    os::{
        fd::{AsRawFd as _, FromRawFd as _},
        unix::fs::OpenOptionsExt as _,
    },
    ptr,
};

use mman::{
    Result,
    errno::Errno,
    sys::mman::{MapFlags, ProtFlags, mmap, mmap64},
};

use super::{ANON, RW, map_anon, map_file};
use crate::util::{
    child::in_child,
    map::Area,
    page,
    seccomp::{MMAP, passes_on},
    smaps, temp,
    unprivileged::{become_nobody, limit},
};

const READ: ProtFlags = ProtFlags::PROT_READ;
const SHARED: MapFlags = MapFlags::MAP_SHARED;
const PRIVATE: MapFlags = MapFlags::MAP_PRIVATE;

/// The call fails with this code and changes nothing.
#[track_caller]
fn refused(errno: Errno, call: impl FnOnce() -> Result<*mut libc::c_void>) {
    in_child(|| {
        // The file and the text of the first count have their memory by the second.
        smaps::count();
        let before = smaps::count();
        assert_eq!(Err(errno), call());
        assert_eq!(before, smaps::count());
    });
}

#[test]
fn lengths() {
    let map = |len| unsafe { mmap(ptr::null_mut(), len, RW, ANON, -1, 0) };
    refused(Errno::EINVAL, || map(0));
    refused(Errno::ENOMEM, || map(usize::MAX));
    refused(Errno::ENOMEM, || map(usize::MAX - 15 * page()));
}

#[test]
fn offsets() {
    let file = temp::pages_on_disk(1);
    let fd = file.as_raw_fd();
    let map = |at| unsafe { mmap(ptr::null_mut(), page(), READ, SHARED, fd, at) };
    let map64 = |at| unsafe { mmap64(ptr::null_mut(), page(), READ, SHARED, fd, at) };
    refused(Errno::EINVAL, || map(1));
    refused(Errno::EINVAL, || map(-1));
    refused(Errno::EINVAL, || map64(1));
    refused(Errno::EINVAL, || map64(page() as u64 / 2));
    let last = u64::MAX / 2 + 1 - page() as u64;
    // In a 32-bit program the C library hands the kernel 32 bits of a page number.
    let far = if usize::BITS == 64 { Errno::EOVERFLOW } else { Errno::EINVAL };
    refused(far, || map64(last));
    refused(Errno::EOVERFLOW, || map64(1 << 63));
    refused(Errno::EOVERFLOW, || map64(u64::MAX));
}

#[test]
fn kinds() {
    refused(Errno::EINVAL, || map_anon(1, RW, MapFlags::MAP_ANON));
    let file = temp::pages_on_disk(1);
    refused(Errno::EINVAL, || map_file(1, RW, MapFlags::empty(), file.as_raw_fd()));
    // S5: both are a third one, which is for files.
    refused(Errno::EINVAL, || map_anon(1, RW, SHARED | PRIVATE | MapFlags::MAP_ANON));
    refused(Errno::EINVAL, || {
        map_anon(1, RW, SHARED | MapFlags::MAP_ANON | MapFlags::MAP_GROWSDOWN)
    });
}

#[test]
fn addresses() {
    let area = Area::reserve(2);
    let fixed = ANON | MapFlags::MAP_FIXED;
    let odd = area.at(1).cast();
    refused(Errno::EINVAL, || unsafe { mmap(odd, page(), RW, fixed, -1, 0) });
    let beyond = ptr::without_provenance_mut(usize::MAX - page() + 1);
    refused(Errno::ENOMEM, || unsafe { mmap(beyond, page(), RW, fixed, -1, 0) });
    let noreplace = ANON | MapFlags::MAP_FIXED_NOREPLACE;
    refused(Errno::EEXIST, || unsafe { mmap(area.ptr(), page(), RW, noreplace, -1, 0) });
}

/// S10's and nix #2543's address: at 0 the result is a null pointer where the user may map there.
#[test]
fn a_fixed_mapping_at_0_is_the_superusers() {
    let null = || unsafe { mmap(ptr::null_mut(), page(), RW, ANON | MapFlags::MAP_FIXED, -1, 0) };
    in_child(|| {
        become_nobody();
        assert_eq!(Err(Errno::EPERM), null());
    });
    if have!("sys-rawio") {
        in_child(|| {
            assert_eq!(Ok(ptr::null_mut()), null());
            assert_eq!(0, smaps::at(ptr::null::<u8>()).range.start);
        });
    }
}

#[test]
fn descriptors() {
    let (read, prot) = (|fd| map_file(1, READ, PRIVATE, fd), READ);
    refused(Errno::EBADF, || read(-1));
    refused(Errno::EBADF, || read(i32::MAX));
    let (reader, _writer) = temp::pipe();
    refused(Errno::ENODEV, || read(reader.as_raw_fd()));
    let folder = File::open("/").unwrap();
    refused(Errno::ENODEV, || map_file(1, prot, PRIVATE, folder.as_raw_fd()));
    let path = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open("/").unwrap();
    refused(Errno::EBADF, || read(path.as_raw_fd()));
    // nix #2313: a descriptor that is closed before the call.
    in_child(|| {
        let number = File::open("/proc/self/exe").unwrap().as_raw_fd();
        assert_eq!(Err(Errno::EBADF), read(number));
    });
}

#[test]
fn the_mode_of_the_descriptor() {
    let file = temp::pages_on_disk(1);
    let writer = OpenOptions::new().write(true).open(file.path()).unwrap();
    for prot in [ProtFlags::PROT_NONE, READ, ProtFlags::PROT_WRITE] {
        for kind in [SHARED, PRIVATE] {
            refused(Errno::EACCES, || map_file(1, prot, kind, writer.as_raw_fd()));
        }
    }
    let reader = File::open(file.path()).unwrap();
    refused(Errno::EACCES, || map_file(1, RW, SHARED, reader.as_raw_fd()));
    refused(Errno::EACCES, || map_file(1, ProtFlags::PROT_WRITE, SHARED, reader.as_raw_fd()));
    in_child(|| {
        map_file(1, RW, PRIVATE, reader.as_raw_fd()).unwrap();
        map_file(1, READ, SHARED, reader.as_raw_fd()).unwrap();
    });
}

#[test]
fn a_seal_against_writing() {
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING;
    let fd = unsafe { libc::memfd_create(c"sealed".as_ptr(), flags) };
    assert!(fd >= 0, "{}", Error::last_os_error());
    let sealed = unsafe { File::from_raw_fd(fd) };
    sealed.set_len(page() as u64).unwrap();
    assert_eq!(0, unsafe { libc::fcntl(fd, libc::F_ADD_SEALS, libc::F_SEAL_WRITE) });
    refused(Errno::EPERM, || map_file(1, RW, SHARED, fd));
    in_child(|| map_file(1, RW, PRIVATE, fd).unwrap());
}

#[test]
fn the_limit_of_the_address_space() {
    refused(Errno::ENOMEM, || {
        limit(libc::RLIMIT_AS, 1 << 20);
        map_anon(1024, RW, ANON)
    });
}

#[test]
fn the_limit_of_the_address_space_holds_for_an_exact_place() {
    in_child(|| {
        let area = Area::reserve(1024);
        assert_eq!(0, unsafe { libc::munmap(area.ptr(), area.len()) });
        limit(libc::RLIMIT_AS, 1 << 20);
        let fixed = ANON | MapFlags::MAP_FIXED;
        let map = |pages| unsafe { mmap(area.ptr(), pages * page(), RW, fixed, -1, 0) };
        assert_eq!(Err(Errno::ENOMEM), map(1024));
        assert!(smaps::find(area.ptr()).is_none());
    });
}

#[test]
fn so_many_mappings_and_no_more() {
    let limit = fs::read_to_string("/proc/sys/vm/max_map_count").unwrap();
    let limit: usize = limit.trim().parse().unwrap();
    in_child(|| {
        // No two neighbours are alike, or they would be joined.
        let map = |number| map_anon(1, if number % 2 == 0 { READ } else { RW }, ANON);
        let failed = (0..2 * limit).find_map(|number| Some((number, map(number).err()?)));
        let (number, errno) = failed.expect("the limit does not hold");
        assert_eq!(Errno::ENOMEM, errno);
        // Some were there before.
        assert!(number > limit / 2, "{number} of {limit}");
    });
}

#[test]
fn the_limit_of_locked_memory() {
    let locked = ANON | MapFlags::MAP_LOCKED;
    refused(Errno::EAGAIN, || {
        become_nobody();
        limit(libc::RLIMIT_MEMLOCK, page());
        map_anon(2, RW, locked)
    });
    refused(Errno::EPERM, || {
        become_nobody();
        limit(libc::RLIMIT_MEMLOCK, 0);
        map_anon(1, RW, locked)
    });
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    passes_on(MMAP, || map_anon(1, RW, ANON));
    passes_on(MMAP, || unsafe { mmap64(ptr::null_mut(), page(), RW, ANON, -1, 0) });
}
