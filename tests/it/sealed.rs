//! `Sealed`: that nobody can change the bytes, and that nothing else is taken for it.

mod parts;

use std::{
    ffi::{CStr, CString},
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Seek as _, SeekFrom, Write as _},
    os::{
        fd::{AsFd as _, AsRawFd as _, OwnedFd},
        unix::{
            fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _},
            net::UnixStream,
        },
    },
    ptr, thread,
    time::Duration,
};

use mman::{
    Advice, Error, Fork, HugePages, Lock, MapError, MapOptions, Placement, Prefault, Reservation,
    Sealed, SealedWriter,
    fcntl::{SealFlags, fcntl_add_seals, fcntl_get_seals},
    sys::mman::{MemFdFlags, memfd_create},
};

use crate::util::{
    child::{End, SEGV_ACCERR, child, faults, in_child},
    machine::HugePages as Pool,
    map::Area,
    page, pass, seccomp, smaps, temp,
    unprivileged::limit,
};

const ALL: SealFlags =
    SealFlags::F_SEAL_WRITE.union(SealFlags::F_SEAL_SHRINK).union(SealFlags::F_SEAL_GROW);

/// Threads may share and take them: nobody changes them, so it does not matter who looks.
#[test]
fn they_go_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<Sealed>();
    check::<SealedWriter>();
}

/// A memfd with these bytes and these seals.
fn memfd(bytes: &[u8], seals: SealFlags) -> OwnedFd {
    let flags = MemFdFlags::MFD_CLOEXEC | MemFdFlags::MFD_ALLOW_SEALING;
    let mut file = File::from(memfd_create("sealed", flags).unwrap());
    file.write_all(bytes).unwrap();
    fcntl_add_seals(&file, seals).unwrap();
    file.into()
}

fn text<T: std::fmt::Debug>(result: Result<T, (OwnedFd, MapError)>) -> String {
    result.unwrap_err().1.to_string()
}

fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// `flags` for opening the file of a descriptor anew.
fn reopen(fd: &impl std::os::fd::AsRawFd, options: &OpenOptions) -> OwnedFd {
    options.open(format!("/proc/self/fd/{}", fd.as_raw_fd())).unwrap().into()
}

#[test]
fn the_bytes_are_there_and_all_seals() {
    let bytes: Vec<u8> = (0..3 * page() + 17).map(|at| (at % 251) as u8).collect();
    let sealed = Sealed::from_bytes(&bytes).unwrap();
    assert_eq!(bytes, sealed[..]);
    assert_eq!((4 * page(), page()), (sealed.mapped_len(), sealed.page_size()));
    let seals = fcntl_get_seals(&sealed).unwrap();
    assert!(seals.contains(ALL | SealFlags::F_SEAL_SEAL), "{seals}");
    let about = smaps::at(sealed.as_ptr());
    assert_eq!("/memfd:sealed (deleted)", about.path);
    assert!(about.perms.starts_with("r--"), "{}", about.perms);
    let flags = unsafe { libc::fcntl(sealed.as_fd().as_raw_fd(), libc::F_GETFD) };
    assert_eq!(libc::FD_CLOEXEC, flags);
    if have!("linux-6.3") {
        assert!(seals.contains(SealFlags::F_SEAL_EXEC), "{seals}");
        let file = File::from(sealed.into_fd());
        assert_eq!(0, file.metadata().unwrap().mode() & 0o111);
    }
}

/// Each way to change a file, by a process that was sent it.
#[test]
fn a_peer_cannot_change_them() {
    let bytes = vec![7; 2 * page()];
    let sealed = Sealed::from_bytes(&bytes).unwrap();
    let (here, there) = UnixStream::pair().unwrap();
    pass::send(&here, sealed.as_fd());
    in_child(|| {
        let file = File::from(pass::receive(&there));
        let code = |result: io::Result<()>| result.unwrap_err().raw_os_error();
        assert_eq!(Some(libc::EPERM), code(file.write_all_at(&[8], 0)));
        assert_eq!(Some(libc::EPERM), code(file.write_all_at(&[8], bytes.len() as u64)));
        for len in [0, 1, page() as u64, bytes.len() as u64 + 1, 1 << 30] {
            assert_eq!(Some(libc::EPERM), code(file.set_len(len)), "{len}");
        }
        let fd = file.as_raw_fd();
        let len = libc::off_t::try_from(page()).unwrap();
        let hole = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
        for (mode, at) in [(hole, 0), (0, 2 * len), (libc::FALLOC_FL_ZERO_RANGE, 0)] {
            assert_eq!(-1, unsafe { libc::fallocate(fd, mode, at, len) });
            let errno = Error::last();
            assert!([Error::EPERM, Error::EOPNOTSUPP].contains(&errno), "{mode}: {errno}");
        }
        let both = libc::PROT_READ | libc::PROT_WRITE;
        let map = |prot, flags| unsafe { libc::mmap(ptr::null_mut(), page(), prot, flags, fd, 0) };
        assert_eq!(libc::MAP_FAILED, map(both, libc::MAP_SHARED));
        assert_eq!(Error::EPERM, Error::last());
        // A copy of one's own is nobody else's.
        let copy = map(both, libc::MAP_PRIVATE).cast::<u8>();
        unsafe { copy.write_volatile(9) };
        let again = File::options().read(true).write(true).open(format!("/proc/self/fd/{fd}"));
        assert_eq!(Some(libc::EPERM), code(again.unwrap().write_all_at(&[8], 0)));
        assert!(Sealed::from_fd(file.into()).unwrap().iter().all(|byte| *byte == 7));
    });
    assert_eq!(bytes, sealed[..]);
}

/// A write that is under way when the seal is set is over when it is.
#[test]
fn no_write_comes_after_the_seal() {
    const LEN: usize = 1 << 20;
    for round in 0..20 {
        let file = File::from(memfd(&vec![0; LEN], SealFlags::empty()));
        let writer = file.try_clone().unwrap();
        let thread = thread::spawn(move || {
            let mut value = 0_u8;
            while writer.write_all_at(&vec![value; LEN], 0).is_ok() {
                value = value.wrapping_add(1);
            }
        });
        thread::sleep(Duration::from_micros(300 * round));
        fcntl_add_seals(&file, ALL).unwrap();
        let sealed = Sealed::from_fd(file.into()).unwrap();
        let before = sealed.to_vec();
        thread.join().unwrap();
        assert!(before == sealed[..]);
    }
}

#[test]
fn every_seal_is_needed() {
    let parts = [
        (SealFlags::F_SEAL_WRITE, "writing"),
        (SealFlags::F_SEAL_SHRINK, "shrinking"),
        (SealFlags::F_SEAL_GROW, "growing"),
    ];
    for set in 0..7_u32 {
        let has = |index: &usize| set >> index & 1 == 1;
        let seals = parts.iter().enumerate().filter(|(index, _)| has(index));
        let seals = seals.fold(SealFlags::empty(), |all, (_, (seal, _))| all | *seal);
        let lacks = (0..3).filter(|index| !has(index)).map(|index| parts[index].1);
        let lacks = lacks.collect::<Vec<_>>().join(" and ");
        for extra in [SealFlags::empty(), SealFlags::F_SEAL_SEAL] {
            let fd = memfd(b"abc", seals | extra);
            let number = fd.as_raw_fd();
            let (fd, error) = Sealed::from_fd(fd).unwrap_err();
            let expected = format!("from_fd: the file is not sealed against {lacks}");
            assert_eq!(expected, error.to_string());
            assert_eq!(None, error.errno());
            // It is given back, and as it was.
            assert_eq!((number, Ok(seals | extra)), (fd.as_raw_fd(), fcntl_get_seals(&fd)));
        }
    }
    assert_eq!(b"abc", &Sealed::from_fd(memfd(b"abc", ALL)).unwrap()[..]);
}

/// It leaves the mappings that exist writable, and so is no seal against writing.
#[test]
fn future_write_is_not_enough() {
    if !have!("linux-5.1") {
        return;
    }
    let fd = memfd(&vec![7; page()], SealFlags::empty());
    let area = Area::file(1, libc::MAP_SHARED, fd.as_raw_fd());
    let future = SealFlags::F_SEAL_FUTURE_WRITE;
    fcntl_add_seals(&fd, future | SealFlags::F_SEAL_SHRINK | SealFlags::F_SEAL_GROW).unwrap();
    let refused = text(Sealed::from_fd(fd));
    assert_eq!("from_fd: the file is not sealed against writing", refused);
    area.set(0, 8);
}

#[test]
fn what_is_no_memfd_is_refused() {
    let not = "from_fd: not a memfd: it cannot be sealed";
    if have!("disk") {
        let disk = temp::pages_on_disk(1).reopen().unwrap();
        assert_eq!(not, text(Sealed::from_fd(disk.into())));
    }
    assert_eq!(not, text(Sealed::from_fd(temp::pipe().0)));
    assert_eq!(not, text(Sealed::from_fd(UnixStream::pair().unwrap().0.into())));
    assert_eq!(not, text(Sealed::from_fd(File::open("/").unwrap().into())));
    // A file of tmpfs has the seal against seals, and no other.
    let tmpfs = temp::pages_in_memory(1).reopen().unwrap();
    let expected = "from_fd: the file is not sealed against writing and shrinking and growing";
    assert_eq!(expected, text(Sealed::from_fd(tmpfs.into())));
    // A descriptor that only names a file.
    let sealed = memfd(b"abc", ALL);
    let named = reopen(&sealed, OpenOptions::new().read(true).custom_flags(libc::O_PATH));
    assert_eq!("from_fd: Bad file number (EBADF)", text(Sealed::from_fd(named)));
    let only = reopen(&sealed, OpenOptions::new().read(true));
    assert_eq!(b"abc", &Sealed::from_fd(only).unwrap()[..]);
}

/// A descriptor that cannot be written to is no reason not to trust it, one that cannot be read is.
#[test]
fn it_must_be_open_for_reading() {
    let file = memfd(b"abc", SealFlags::empty());
    let writes = reopen(&file, OpenOptions::new().write(true));
    fcntl_add_seals(&file, ALL).unwrap();
    let (_, error) = Sealed::from_fd(writes).unwrap_err();
    assert_eq!(Some(Error::EACCES), error.errno());
    assert_eq!("from_fd: the descriptor is not open for reading (EACCES)", error.to_string());
}

#[cfg(not(target_arch = "x86"))]
use libc::SYS_fcntl as FCNTL;
#[cfg(target_arch = "x86")]
use libc::SYS_fcntl64 as FCNTL;
#[cfg(not(target_arch = "x86"))]
const MMAP: libc::c_long = libc::SYS_mmap;
#[cfg(target_arch = "x86")]
const MMAP: libc::c_long = libc::SYS_mmap2;

/// First the seals, then the length, then the mapping: each step is not even tried where the one
/// before it fails.
#[test]
fn the_order_of_the_checks() {
    let stats = [libc::SYS_statx, libc::SYS_fstat];
    in_child(|| {
        let open = memfd(b"abc", SealFlags::F_SEAL_SHRINK | SealFlags::F_SEAL_GROW);
        let sealed = memfd(b"abc", ALL);
        seccomp::deny(&[MMAP], libc::EXDEV);
        // The seals come before the mapping, and so does the length.
        let missing = "from_fd: the file is not sealed against writing";
        let (open, error) = Sealed::from_fd(open).unwrap_err();
        assert_eq!(missing, error.to_string());
        let (sealed, error) = Sealed::from_fd(sealed).unwrap_err();
        assert_eq!(Some(Error::EXDEV), error.errno());
        seccomp::deny(&stats, libc::EXDEV + 1);
        let (sealed, error) = Sealed::from_fd(sealed).unwrap_err();
        assert_eq!(libc::EXDEV + 1, error.errno().unwrap() as i32);
        // The seals come before the length.
        let (_, error) = Sealed::from_fd(open).unwrap_err();
        assert_eq!(missing, error.to_string());
        seccomp::deny(&[FCNTL], libc::EXDEV + 2);
        let (_, error) = Sealed::from_fd(sealed).unwrap_err();
        assert_eq!(libc::EXDEV + 2, error.errno().unwrap() as i32);
    });
}

/// memmap2 0.9.12: `map_if_safe` takes a number, which another thread may give to another file
/// between the check and the mapping. Here it is not to be had: the descriptor is owned, from
/// before the check until the value is dropped.
#[test]
fn memmap2_nobody_else_gets_the_number() {
    in_child(|| {
        let sealed = Sealed::from_fd(memfd(b"abc", ALL)).unwrap();
        let number = sealed.as_fd().as_raw_fd();
        let others: Vec<_> = (0..100).map(|_| File::open("/dev/null").unwrap()).collect();
        assert!(others.iter().all(|other| other.as_raw_fd() != number));
        assert_eq!(Ok(true), fcntl_get_seals(&sealed).map(|seals| seals.contains(ALL)));
        let fd = sealed.into_fd();
        assert_eq!(number, fd.as_raw_fd());
    });
}

#[test]
fn a_file_that_is_mapped_for_writing_is_not_sealed() {
    let mut writer = SealedWriter::new(c"busy").unwrap();
    writer.write_all(&vec![1; page()]).unwrap();
    let area = Area::file(1, libc::MAP_SHARED, writer.as_fd().as_raw_fd());
    let (mut writer, error) = writer.seal().unwrap_err();
    assert_eq!("seal: the file is mapped for writing (EBUSY)", error.to_string());
    // It is as it was.
    writer.write_all(b"more").unwrap();
    area.set(0, 2);
    drop(area);
    let sealed = writer.seal().unwrap();
    assert_eq!((2, 1, b"more"), (sealed[0], sealed[1], &sealed[page()..].try_into().unwrap()));
}

/// Before Linux 6.7, by whom could write to it.
#[test]
fn where_it_cannot_be_mapped_shared_it_is_mapped_privately() {
    in_child(|| {
        let bytes = vec![5; 2 * page()];
        seccomp::deny_bits(MMAP, 3, libc::MAP_SHARED as u32, libc::EPERM);
        let sealed = Sealed::from_bytes(&bytes).unwrap();
        assert_eq!("r--p", smaps::at(sealed.as_ptr()).perms);
        assert_eq!(bytes, sealed[..]);
        // They are the pages of the file: there is no copy of one's own.
        assert_eq!(0, smaps::at(sealed.as_ptr()).bytes("Anonymous"));
        let place = Placement::Aligned(1 << 21);
        let again = MapOptions::new().placement(place).guard_pages(1, 1).sealed(sealed.into_fd());
        assert_eq!(bytes, again.unwrap()[..]);
    });
}

#[test]
fn where_the_kernel_does_not_know_noexec_it_is_done_without() {
    in_child(|| {
        seccomp::deny_bits(libc::SYS_memfd_create, 1, 8, libc::EINVAL);
        let sealed = Sealed::from_bytes(b"abc").unwrap();
        assert_eq!(Ok(ALL | SealFlags::F_SEAL_SEAL), fcntl_get_seals(&sealed));
        seccomp::deny(&[libc::SYS_memfd_create], libc::ENOSYS);
        let error = Sealed::from_bytes(b"abc").unwrap_err();
        assert!(error.is_unsupported());
        assert_eq!("seal: unsupported: this system has no such objects", error.to_string());
    });
}

#[test]
fn nothing_is_a_value_too() {
    in_child(|| {
        let (maps, files) = (smaps::count(), open_files());
        for sealed in [
            Sealed::from_bytes(b"").unwrap(),
            SealedWriter::new(c"").unwrap().seal().unwrap(),
            Sealed::from_fd(memfd(b"", ALL)).unwrap(),
            Sealed::from_bytes(b"").unwrap().try_clone().unwrap(),
        ] {
            assert_eq!((0, 0, maps), (sealed.len(), sealed.mapped_len(), smaps::count()));
            assert_eq!(b"", &sealed[..]);
            sealed.advise(.., Advice::WillNeed).unwrap();
            drop(sealed.lock(..).unwrap());
            assert_eq!(0, sealed.residency(..).unwrap().pages());
            sealed.unmap().unwrap();
        }
        assert_eq!(files, open_files());
    });
}

#[test]
fn a_write_faults() {
    let sealed = Sealed::from_bytes(&[1; 100]).unwrap();
    let at = sealed.as_ptr().cast_mut();
    faults(libc::SIGSEGV, SEGV_ACCERR, at, || unsafe { at.write_volatile(2) });
    if have!("linux-6.7") {
        let both = libc::PROT_READ | libc::PROT_WRITE;
        assert_eq!(-1, unsafe { libc::mprotect(at.cast(), page(), both) });
        assert_eq!(Error::EACCES, Error::last());
    }
}

#[test]
fn each_value_has_its_own_mapping_and_descriptor() {
    in_child(|| {
        let first = Sealed::from_bytes(&vec![3; page()]).unwrap();
        let (maps, files) = (smaps::count(), open_files());
        let second = first.try_clone().unwrap();
        assert_ne!(first.as_ptr(), second.as_ptr());
        assert_eq!(files + 1, open_files());
        drop(first);
        assert!(second.iter().all(|byte| *byte == 3));
        let fd = second.into_fd();
        assert_eq!(files, open_files());
        let (parts, fd) = Sealed::from_fd(fd).unwrap().into_raw_parts();
        let same = unsafe { Sealed::from_raw_parts(parts, fd) };
        assert!(same.iter().all(|byte| *byte == 3));
        same.unmap().unwrap();
        assert_eq!(files - 1, open_files());
        assert!(smaps::count() < maps);
    });
}

#[test]
fn a_child_has_them_too() {
    let sealed = Sealed::from_bytes(&vec![3; page()]).unwrap();
    in_child(|| {
        assert!(sealed.iter().all(|byte| *byte == 3));
        drop(sealed.try_clone().unwrap());
    });
}

#[test]
fn the_writer_writes_and_seeks() {
    let mut writer = SealedWriter::new(c"seeks").unwrap();
    writer.write_all(b"abcdef").unwrap();
    assert_eq!(2, writer.seek(SeekFrom::Current(-4)).unwrap());
    writer.write_all(b"CD").unwrap();
    assert_eq!(8, writer.seek(SeekFrom::End(2)).unwrap());
    writer.write_all(b"i").unwrap();
    for nowhere in [
        SeekFrom::Current(-10),
        SeekFrom::End(-10),
        SeekFrom::Start(u64::MAX),
        SeekFrom::End(i64::MAX),
    ] {
        assert_eq!(ErrorKind::InvalidInput, writer.seek(nowhere).unwrap_err().kind());
    }
    assert_eq!(9, writer.stream_position().unwrap());
    writer.flush().unwrap();
    assert_eq!(b"abCDef\0\0i", &writer.seal().unwrap()[..]);
}

/// The system's answer would be a signal that kills.
#[test]
fn a_limit_of_files_is_an_error() {
    in_child(|| {
        limit(libc::RLIMIT_FSIZE, 10_000);
        let error = Sealed::from_bytes(&[1; 10_001]).unwrap_err();
        assert_eq!("write: RLIMIT_FSIZE is 10000 bytes (EFBIG)", error.to_string());
        assert_eq!(10_000, Sealed::from_bytes(&[1; 10_000]).unwrap().len());
        let mut writer = SealedWriter::new(c"limit").unwrap();
        writer.seek(SeekFrom::Start(9_999)).unwrap();
        assert_eq!(1, writer.write(b"abc").unwrap());
        assert_eq!(ErrorKind::FileTooLarge, writer.write(b"bc").unwrap_err().kind());
        assert_eq!(0, writer.write(b"").unwrap());
        assert_eq!(b'a', writer.seal().unwrap()[9_999]);
    });
}

#[test]
fn names() {
    let sealed =
        |name: &CStr| SealedWriter::new(name).and_then(|new| new.seal().map_err(|(_, e)| e));
    let mut writer = SealedWriter::new(c"a name").unwrap();
    writer.write_all(b"x").unwrap();
    let shown = smaps::at(writer.seal().unwrap().as_ptr()).path;
    assert_eq!("/memfd:a name (deleted)", shown);
    let long = CString::new("n".repeat(250)).unwrap();
    assert!(sealed(&long.as_c_str()[1..]).is_ok());
    let error = sealed(&long).unwrap_err();
    assert_eq!("seal: a name of 250 bytes is longer than 249", error.to_string());
}

#[test]
fn policies() {
    in_child(|| {
        let fd = || memfd(&vec![9; 3 * page()], ALL);
        let mut options = MapOptions::new();
        options.lock(Lock::Now).prefault(Prefault::Read).guard_pages(1, 1);
        options.core_dump(mman::CoreDump::Exclude).fork(Fork::Exclude);
        let sealed = options.sealed(fd()).unwrap();
        let about = smaps::at(sealed.as_ptr());
        for flag in ["lo", "dd", "dc"] {
            assert!(about.has(flag), "{flag}: {:?}", about.flags());
        }
        assert!(sealed.is_locked());
        assert_eq!(
            (3, 5 * page()),
            (sealed.residency(..).unwrap().resident(), sealed.mapped_len())
        );
        let at = sealed.as_ptr();
        let end = child(|| unsafe { at.read_volatile() });
        assert!(matches!(end, End::Faulted(libc::SIGSEGV, ..)), "{end:?}");
        in_child(|| drop(sealed));
        let reservation = Reservation::new(1 << 24).unwrap();
        let place = Placement::Within(reservation.clone(), 4 * page());
        let sealed = MapOptions::new().placement(place).sealed(fd()).unwrap();
        assert_eq!(reservation.as_ptr().addr() + 4 * page(), sealed.as_ptr().addr());
        assert!(sealed.iter().all(|byte| *byte == 9));
        let refused = |options: &MapOptions| text(options.sealed(fd()));
        assert_eq!(
            "from_fd: only private memory can be wiped for children: this is shared",
            refused(MapOptions::new().fork(Fork::Wipe))
        );
        assert_eq!(
            "from_fd: nobody can write to sealed memory",
            refused(MapOptions::new().prefault(Prefault::Write))
        );
        let huge = refused(MapOptions::new().huge_pages(HugePages::Explicit(2 << 20)));
        assert!(huge.starts_with("from_fd: a file has the pages of its file system"), "{huge}");
    });
}

#[test]
fn huge_pages_are_whole_and_there() {
    let Some(pool) = Pool::of_2m(2) else { return };
    // In a child, of which no other test's child has a copy.
    in_child(|| {
        let free = pool.free();
        let flags = MemFdFlags::MFD_CLOEXEC | MemFdFlags::MFD_ALLOW_SEALING;
        let flags = flags | MemFdFlags::MFD_HUGETLB | MemFdFlags::MFD_HUGE_2MB;
        let object = |pages: u64| {
            let file = File::from(memfd_create("huge", flags).unwrap());
            file.set_len(pages * pool.size as u64).unwrap();
            fcntl_add_seals(&file, ALL).unwrap();
            OwnedFd::from(file)
        };
        // Nothing of it was ever written; it is brought in all the same.
        let sealed = Sealed::from_fd(object(2)).unwrap();
        assert_eq!((2 * pool.size, pool.size), (sealed.len(), sealed.page_size()));
        assert_eq!(free - 2, pool.free());
        // Not only promised.
        let file = File::from(sealed.as_fd().try_clone_to_owned().unwrap());
        assert_eq!(2 * pool.size as u64 / 512, file.metadata().unwrap().blocks());
        drop(file);
        assert!(sealed.iter().all(|byte| *byte == 0));
        drop(sealed);
        assert_eq!(free, pool.free());
        // Too many of them are an error, and no signal later.
        let (_, error) = Sealed::from_fd(object(free as u64 + 1)).unwrap_err();
        assert_eq!(Some(Error::ENOMEM), error.errno());
        assert_eq!(free, pool.free());
    });
}

/// mapr, wasmtime, region: a failed `munmap` panics in `Drop`.
#[test]
fn drop_does_not_panic_where_munmap_fails() {
    in_child(|| {
        let first = Sealed::from_bytes(b"abc").unwrap();
        let second = Sealed::from_bytes(b"def").unwrap();
        seccomp::deny(&[libc::SYS_munmap], libc::EPERM);
        drop(first);
        let (second, error) = second.unmap().unwrap_err();
        assert_eq!("unmap: Operation not permitted (EPERM)", error.to_string());
        assert_eq!(b"def", &second[..]);
    });
}

#[test]
fn advice_keeps_contents() {
    let sealed = Sealed::from_bytes(b"abc").unwrap();
    for advice in [Advice::Random, Advice::WillNeed, Advice::PageOut, Advice::Cold, Advice::Dump] {
        sealed.advise(.., advice).unwrap();
        assert_eq!(b"abc", &sealed[..], "{advice:?}");
    }
}
