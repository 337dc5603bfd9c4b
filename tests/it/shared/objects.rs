//! Objects without a name: what peers can do to them, and which descriptors are taken.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    os::{
        fd::{AsFd as _, AsRawFd as _, OwnedFd},
        unix::{fs::MetadataExt as _, net::UnixStream},
    },
    sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst},
};

use mman::{
    Commit, Error, HugePages, MapError, MapOptions, Sealed, Shared,
    fcntl::{SealFlags, fcntl_add_seals, fcntl_get_seals},
    sys::mman::{MemFdFlags, memfd_create},
};

use super::{bytes, open_files};
use crate::util::{
    child::in_child, machine::HugePages as Pool, mount, page, pass, seccomp, smaps, temp,
    unprivileged::limit,
};

fn memfd(len: u64, seals: SealFlags) -> OwnedFd {
    let flags = MemFdFlags::MFD_CLOEXEC | MemFdFlags::MFD_ALLOW_SEALING;
    let file = File::from(memfd_create("received", flags).unwrap());
    file.set_len(len).unwrap();
    fcntl_add_seals(&file, seals).unwrap();
    file.into()
}

fn reopen(fd: &OwnedFd, options: &OpenOptions) -> OwnedFd {
    options.open(format!("/proc/self/fd/{}", fd.as_raw_fd())).unwrap().into()
}

fn text(result: Result<Shared, (OwnedFd, MapError)>) -> String {
    result.unwrap_err().1.to_string()
}

fn blocks(shared: &Shared) -> u64 {
    File::from(shared.fd().unwrap().try_clone_to_owned().unwrap()).metadata().unwrap().blocks()
}

#[test]
fn a_memfd_is_there_and_of_fixed_length() {
    let shared = Shared::memfd(c"frames", 3 * page() - 1).unwrap();
    assert_eq!((3 * page() - 1, 3 * page()), (shared.len(), shared.mapped_len()));
    assert!(bytes(&shared).iter().all(|byte| *byte == 0));
    let about = smaps::at(shared.as_ptr());
    assert_eq!(("rw-s", "/memfd:frames (deleted)"), (&*about.perms, &*about.path));
    let fd = shared.fd().unwrap();
    assert_eq!(libc::FD_CLOEXEC, unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFD) });
    let seals = fcntl_get_seals(fd).unwrap();
    let fixed = SealFlags::F_SEAL_SHRINK | SealFlags::F_SEAL_GROW;
    assert!(seals.contains(fixed) && !seals.contains(SealFlags::F_SEAL_WRITE), "{seals}");
    assert!(shared.is_sealed());
    let file = File::from(fd.try_clone_to_owned().unwrap());
    assert_eq!(3 * page() as u64 - 1, file.metadata().unwrap().len());
    if have!("linux-6.3") {
        assert_eq!(0, file.metadata().unwrap().mode() & 0o111);
    }
}

/// shmem-ipc seals, but never looks how long the object is; ipc-channel does not even seal. Here
/// a peer that was sent it cannot take a page away, nor one that sends it.
#[test]
fn no_peer_makes_pages_vanish() {
    let shared = Shared::memfd(c"frames", 4 * page()).unwrap();
    let (here, there) = UnixStream::pair().unwrap();
    pass::send(&here, shared.fd().unwrap());
    in_child(|| {
        let file = File::from(pass::receive(&there));
        for len in [0, 1, 3 * page() as u64, 5 * page() as u64] {
            let code = file.set_len(len).unwrap_err().raw_os_error();
            assert_eq!(Some(libc::EPERM), code, "{len}");
        }
        // A hole gives zeros, and no fault.
        let hole = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
        let len = libc::off_t::try_from(page()).unwrap();
        assert_eq!(0, unsafe { libc::fallocate(file.as_raw_fd(), hole, 0, len) });
    });
    shared.fill(.., 1).unwrap();
    assert!(bytes(&shared).iter().all(|byte| *byte == 1));
}

#[test]
fn a_peer_that_was_sent_it_shares_it() {
    let (here, there) = UnixStream::pair().unwrap();
    let shared = Shared::memfd(c"frames", 10_000).unwrap();
    let flag = shared.atomic::<AtomicU32>(0).unwrap();
    shared.write_at(9_990, b"from here").unwrap();
    pass::send(&here, shared.fd().unwrap());
    in_child(|| {
        // Not what was inherited, which lies elsewhere.
        let same = Shared::from_fd(pass::receive(&there)).unwrap();
        assert_ne!(shared.as_ptr(), same.as_ptr());
        assert_eq!((10_000, true), (same.len(), same.is_sealed()));
        let mut told = [0; 9];
        same.read_at(9_990, &mut told).unwrap();
        assert_eq!(b"from here", &told);
        same.write_at(9_990, b"and there").unwrap();
        same.atomic::<AtomicU32>(0).unwrap().store(1, SeqCst);
    });
    assert_eq!(1, flag.load(SeqCst));
    assert_eq!(b"and there", &bytes(&shared)[9_990..9_999]);
}

/// shmem-ipc: the peer says how long the object is, and is believed.
#[test]
fn the_length_is_that_of_the_object() {
    for len in [0, 1, 100, page() as u64, 3 * page() as u64 + 5] {
        let shared = Shared::from_fd(memfd(len, SealFlags::F_SEAL_SHRINK)).unwrap();
        assert_eq!(len, shared.len() as u64);
        let end = usize::try_from(len).unwrap();
        assert!(shared.write_at(end, &[1]).is_err());
        assert!(shared.atomic::<AtomicU64>(end.next_multiple_of(8)).is_err());
        assert_eq!(end, bytes(&shared).len());
    }
    // It may grow later; what is mapped stays as it is.
    let fd = memfd(100, SealFlags::F_SEAL_SHRINK);
    let file = File::from(fd.try_clone().unwrap());
    let shared = Shared::from_fd(fd).unwrap();
    file.set_len(10 * page() as u64).unwrap();
    assert_eq!((100, page()), (shared.len(), shared.mapped_len()));
}

#[test]
fn what_may_be_truncated_is_refused() {
    let not = "from_fd: the file is not sealed against shrinking, so its pages may vanish; \
               `FileMapMut` is for such files";
    for seals in [
        SealFlags::empty(),
        SealFlags::F_SEAL_GROW,
        SealFlags::F_SEAL_SEAL,
        SealFlags::F_SEAL_WRITE | SealFlags::F_SEAL_GROW,
    ] {
        let fd = memfd(100, seals);
        let number = fd.as_raw_fd();
        let (fd, error) = Shared::from_fd(fd).unwrap_err();
        assert_eq!((not.to_owned(), None), (error.to_string(), error.errno()));
        assert_eq!((number, Ok(seals)), (fd.as_raw_fd(), fcntl_get_seals(&fd)));
    }
    assert_eq!(not, text(Shared::from_fd(temp::pages_in_memory(1).reopen().unwrap().into())));
    if have!("disk") {
        assert_eq!(not, text(Shared::from_fd(temp::pages_on_disk(1).reopen().unwrap().into())));
    }
    assert_eq!(not, text(Shared::from_fd(temp::pipe().0)));
}

#[test]
fn what_cannot_be_written_is_refused() {
    let shrink = SealFlags::F_SEAL_SHRINK;
    let sealed = text(Shared::from_fd(memfd(100, shrink | SealFlags::F_SEAL_WRITE)));
    let such = "from_fd: the file is sealed against writing; `Sealed` is for such files";
    assert_eq!(such, sealed);
    assert_eq!(such, text(Shared::from_fd(Sealed::from_bytes(b"abc").unwrap().into_fd())));
    let only = reopen(&memfd(100, shrink), OpenOptions::new().read(true));
    let (_, error) = Shared::from_fd(only).unwrap_err();
    let why = "from_fd: the descriptor is not open for reading and writing (EACCES)";
    assert_eq!(why, error.to_string());
    if have!("linux-5.1") {
        let (fd, error) =
            Shared::from_fd(memfd(100, shrink | SealFlags::F_SEAL_FUTURE_WRITE)).unwrap_err();
        assert_eq!(Some(Error::EPERM), error.errno());
        drop(fd);
    }
}

/// First the seals, then the length, then the mapping.
#[test]
fn the_order_of_the_checks() {
    #[cfg(not(target_arch = "x86"))]
    const MMAP: libc::c_long = libc::SYS_mmap;
    #[cfg(target_arch = "x86")]
    const MMAP: libc::c_long = libc::SYS_mmap2;
    in_child(|| {
        let (open, fixed) = (memfd(9, SealFlags::empty()), memfd(9, SealFlags::F_SEAL_SHRINK));
        seccomp::deny(&[MMAP], libc::EXDEV);
        let (fixed, error) = Shared::from_fd(fixed).unwrap_err();
        assert_eq!(Some(Error::EXDEV), error.errno());
        seccomp::deny(&[libc::SYS_statx, libc::SYS_fstat], libc::EXDEV + 1);
        let (_, error) = Shared::from_fd(fixed).unwrap_err();
        assert_eq!(libc::EXDEV + 1, error.errno().unwrap() as i32);
        assert!(text(Shared::from_fd(open)).contains("not sealed against shrinking"));
    });
}

#[test]
fn lengths_and_names_that_cannot_be() {
    let long = std::ffi::CString::new("n".repeat(250)).unwrap();
    assert!(Shared::memfd(&long.as_c_str()[1..], 1).is_ok());
    let error = Shared::memfd(&long, 1).unwrap_err();
    assert_eq!("memfd: a name of 250 bytes is longer than 249", error.to_string());
    for len in [usize::MAX, usize::MAX / 2 + 1] {
        let error = Shared::memfd(c"", len).unwrap_err();
        let expected = format!("memfd: {len} bytes are more than a slice can have");
        assert_eq!(expected, error.to_string());
        let error = Shared::anonymous(len).unwrap_err();
        assert_eq!(format!("map: {len} bytes are more than a slice can have"), error.to_string());
    }
    let before = open_files();
    assert!(Shared::memfd(c"", isize::MAX as usize).is_err());
    assert!(open_files() <= before + 2, "a descriptor leaks");
}

#[test]
fn nothing_is_a_value_too() {
    in_child(|| {
        let (maps, files) = (smaps::count(), open_files());
        for shared in [Shared::anonymous(0).unwrap(), Shared::memfd(c"", 0).unwrap()] {
            assert_eq!((0, 0, true), (shared.len(), shared.mapped_len(), shared.is_empty()));
            assert_eq!(maps, smaps::count());
            shared.prefault(..).unwrap();
            shared.fill(.., 1).unwrap();
            shared.copy_within(.., 0).unwrap();
            assert_eq!(b"", &bytes(&shared)[..]);
            assert!(unsafe { shared.as_slice() }.is_empty());
            shared.unmap().unwrap();
        }
        assert_eq!(files, open_files());
    });
}

#[test]
fn the_descriptor_and_the_mapping_are_its_own() {
    in_child(|| {
        let files = open_files();
        let shared = Shared::memfd(c"own", page()).unwrap();
        let maps = smaps::count();
        shared.write_at(5, b"abc").unwrap();
        assert_eq!(files + 1, open_files());
        let (parts, fd) = shared.into_raw_parts();
        let shared = unsafe { Shared::from_raw_parts(parts, fd) };
        assert_eq!(b"abc", &bytes(&shared)[5..8]);
        let fd = shared.into_fd().unwrap();
        assert_eq!((maps - 1, files + 1), (smaps::count(), open_files()));
        let shared = Shared::from_fd(fd).unwrap();
        assert_eq!(b"abc", &bytes(&shared)[5..8]);
        shared.unmap().unwrap();
        assert_eq!((maps - 1, files), (smaps::count(), open_files()));
        assert!(Shared::anonymous(1).unwrap().into_fd().is_none());
    });
}

#[test]
fn a_limit_of_files_is_an_error() {
    in_child(|| {
        limit(libc::RLIMIT_FSIZE, 10_000);
        let error = Shared::memfd(c"limit", 10_001).unwrap_err();
        assert_eq!("memfd: RLIMIT_FSIZE is 10000 bytes (EFBIG)", error.to_string());
        assert_eq!(10_000, Shared::memfd(c"limit", 10_000).unwrap().len());
        // It is no file.
        assert_eq!(10_001, Shared::anonymous(10_001).unwrap().len());
    });
}

#[test]
fn too_many_files_are_an_error() {
    in_child(|| {
        limit(libc::RLIMIT_NOFILE, 0);
        assert_eq!(Some(Error::EMFILE), Shared::memfd(c"", 1).unwrap_err().errno());
    });
}

/// Where the kernel promises memory, it takes it for an object too; else an access would fail.
#[test]
fn memory_is_promised_as_for_private_memory() {
    let len = 1 << 20;
    assert_eq!(0, blocks(&Shared::memfd(c"lazy", len).unwrap()));
    if !have!("sys-admin") {
        return;
    }
    let mut strict = temp::in_memory();
    strict.write_all(b"2\n").unwrap();
    in_child(|| {
        mount::in_place_of("/proc/sys/vm/overcommit_memory", strict.path());
        assert_eq!(len as u64 / 512, blocks(&Shared::memfd(c"strict", len).unwrap()));
        let lazy = MapOptions::new().commit(Commit::NoReserve).shared_memfd(c"lazy", len).unwrap();
        assert_eq!(0, blocks(&lazy));
    });
}

#[test]
fn huge_pages_are_those_of_the_object() {
    let Some(pool) = Pool::of_2m(2) else { return };
    // In a child, of which no other test's child has a copy.
    in_child(|| {
        let free = pool.free();
        let mut options = MapOptions::new();
        options.huge_pages(HugePages::Explicit(pool.size)).guard_pages(1, 1);
        let shared = options.shared_memfd(c"huge", pool.size + 1).unwrap();
        assert_eq!((pool.size + 1, pool.size), (shared.len(), shared.page_size()));
        assert_eq!(free - 2, pool.free());
        assert!(smaps::at(shared.as_ptr()).has("ht"));
        shared.fill(.., 3).unwrap();
        // Others have whole ones.
        let fd = shared.fd().unwrap().try_clone_to_owned().unwrap();
        let same = Shared::from_fd(fd).unwrap();
        assert_eq!((2 * pool.size, pool.size), (same.len(), same.page_size()));
        let mut ends = [0; 2];
        same.read_at(pool.size, &mut ends).unwrap();
        assert_eq!([3, 0], ends);
        drop((shared, same));
        assert_eq!(free, pool.free());
        // Of a peer that has never brought one in.
        let flags = MemFdFlags::MFD_CLOEXEC | MemFdFlags::MFD_ALLOW_SEALING;
        let flags = flags | MemFdFlags::MFD_HUGETLB | MemFdFlags::MFD_HUGE_2MB;
        let file = File::from(memfd_create("huge", flags).unwrap());
        file.set_len(2 * pool.size as u64).unwrap();
        fcntl_add_seals(&file, SealFlags::F_SEAL_SHRINK).unwrap();
        let shared = Shared::from_fd(file.into()).unwrap();
        assert_eq!(free - 2, pool.free());
        // Not only promised.
        assert_eq!(2 * pool.size as u64 / 512, blocks(&shared));
        drop(shared);
        // A shortage is an error at creation.
        let many = (free + 1) * pool.size;
        let error = options.shared_memfd(c"huge", many).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(&format!("{} huge pages of 2 MiB needed, free: {free} of", free + 1)),
            "{text}"
        );
        assert_eq!(free, pool.free());
        options.huge_pages(HugePages::ExplicitElseTransparent(pool.size));
        let small = options.shared_memfd(c"huge", many).unwrap();
        assert_eq!(page(), small.page_size());
        assert_eq!(0, small.as_ptr().addr() % pool.size);
        let error = MapOptions::new().huge_pages(HugePages::Explicit(4095)).shared_memfd(c"", 1);
        let expected = "memfd: 4095 bytes are not the size of a huge page";
        assert_eq!(expected, error.unwrap_err().to_string());
        let error =
            MapOptions::new().huge_pages(HugePages::Explicit(32 << 10)).shared_memfd(c"", 1);
        assert!(error.unwrap_err().is_unsupported());
    });
}

#[test]
fn huge_pages_of_anonymous_memory() {
    let Some(pool) = Pool::of_2m(1) else { return };
    // In a child, of which no other test's child has a copy.
    in_child(|| {
        let free = pool.free();
        let mut options = MapOptions::new();
        let shared = options.huge_pages(HugePages::Explicit(pool.size)).shared(100).unwrap();
        assert_eq!((100, pool.size, free - 1), (shared.len(), shared.page_size(), pool.free()));
        shared.fill(.., 1).unwrap();
        in_child(|| shared.fill(.., 2).unwrap());
        assert!(bytes(&shared).iter().all(|byte| *byte == 2));
        drop(shared);
        assert_eq!(free, pool.free());
        let refused = options.shared_fd(memfd(100, SealFlags::F_SEAL_SHRINK));
        assert!(text(refused).starts_with("from_fd: a file has the pages of its file system"));
    });
}

/// mapr, wasmtime, region: a failed `munmap` panics in `Drop`.
#[test]
fn drop_does_not_panic_where_munmap_fails() {
    in_child(|| {
        let files = open_files();
        let first = Shared::memfd(c"first", page()).unwrap();
        let second = Shared::memfd(c"second", page()).unwrap();
        second.fill(.., 3).unwrap();
        seccomp::deny(&[libc::SYS_munmap], libc::EPERM);
        drop(first);
        assert_eq!(files + 1, open_files());
        let (second, error) = second.unmap().unwrap_err();
        assert_eq!("unmap: Operation not permitted (EPERM)", error.to_string());
        assert!(bytes(&second).iter().all(|byte| *byte == 3));
        assert!(second.fd().is_some());
    });
}

#[test]
fn where_there_are_no_objects_it_is_unsupported() {
    in_child(|| {
        seccomp::deny(&[libc::SYS_memfd_create], libc::ENOSYS);
        let error = Shared::memfd(c"", 1).unwrap_err();
        assert!(error.is_unsupported());
        assert_eq!("memfd: unsupported: this system has no such objects", error.to_string());
    });
}

#[test]
fn sealed_is_asked_of_the_kernel() {
    let shared = Shared::from_fd(memfd(1, SealFlags::F_SEAL_SHRINK)).unwrap();
    assert!(shared.is_sealed() && Shared::anonymous(1).unwrap().is_sealed());
    assert!(shared.fd().unwrap().as_fd().as_raw_fd() > 2);
}
