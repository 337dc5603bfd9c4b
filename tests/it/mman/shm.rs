//! `shm_open`, `shm_open_owned`, `shm_unlink`.

use std::{
    ffi::{CString, OsStr},
    fs::{self, File},
    io::Write as _,
    os::{
        fd::{AsRawFd as _, FromRawFd as _, OwnedFd},
        unix::fs::{FileExt as _, MetadataExt as _},
    },
    path::Path,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use mman::{
    NixPath, Result,
    errno::Errno,
    fcntl::OFlag,
    sys::{
        mman::{MapFlags, ProtFlags, mmap, shm_open, shm_open_owned, shm_unlink},
        stat::Mode,
    },
};

use super::{RW, map_file, read, write};
use crate::util::{
    child::in_child,
    page,
    seccomp::{deny, passes_on},
    unprivileged::{become_nobody, limit},
};

pub(super) const NEW: OFlag = OFlag::O_CREAT.union(OFlag::O_EXCL).union(OFlag::O_RDWR);
pub(super) const USER: Mode = Mode::S_IRUSR.union(Mode::S_IWUSR);

/// A name of this test alone, removed on drop.
pub(super) struct Name(pub(super) String);

impl Name {
    pub(super) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let pid = std::process::id();
        Self(format!("/mman-test-{pid}-{}", NUMBER.fetch_add(1, Relaxed)))
    }

    pub(super) fn open(&self, flags: OFlag, mode: Mode) -> Result<File> {
        open(self.0.as_str(), flags, mode)
    }

    /// Where Linux keeps it.
    pub(super) fn path(&self) -> String {
        format!("/dev/shm{}", self.0)
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.path());
    }
}

fn open<P: ?Sized + NixPath>(name: &P, flags: OFlag, mode: Mode) -> Result<File> {
    shm_open(name, flags, mode).map(|fd| unsafe { File::from_raw_fd(fd) })
}

#[test]
fn one_name_is_one_object_for_every_process() {
    let name = Name::new();
    let object = name.open(NEW, USER).unwrap();
    assert_eq!(0, object.metadata().unwrap().len());
    object.set_len(page() as u64).unwrap();
    let map = map_file(1, RW, MapFlags::MAP_SHARED, object.as_raw_fd()).unwrap();
    in_child(|| {
        let same = name.open(OFlag::O_RDWR, Mode::empty()).unwrap();
        let map = map_file(1, RW, MapFlags::MAP_SHARED, same.as_raw_fd()).unwrap();
        write(map, 42);
    });
    assert_eq!(42, read(map));
    unsafe { libc::munmap(map, page()) };
}

#[test]
fn it_closes_on_exec_and_belongs_to_the_user() {
    let name = Name::new();
    let object = name.open(NEW, USER).unwrap();
    let flags = unsafe { libc::fcntl(object.as_raw_fd(), libc::F_GETFD) };
    assert_eq!(libc::FD_CLOEXEC, flags & libc::FD_CLOEXEC);
    let about = object.metadata().unwrap();
    assert_eq!(unsafe { (libc::geteuid(), libc::getegid()) }, (about.uid(), about.gid()));
}

#[test]
fn the_owned_form_closes_itself() {
    in_child(|| {
        let open_files = || fs::read_dir("/proc/self/fd").unwrap().count();
        let before = open_files();
        let name = Name::new();
        let owned: OwnedFd = shm_open_owned(name.0.as_str(), NEW, USER).unwrap();
        let number = owned.as_raw_fd();
        assert!(unsafe { libc::fcntl(number, libc::F_GETFD) } >= 0);
        drop(owned);
        assert_eq!(-1, unsafe { libc::fcntl(number, libc::F_GETFD) });
        assert_eq!(before, open_files());
        assert_eq!(Errno::EEXIST, shm_open_owned(name.0.as_str(), NEW, USER).unwrap_err());
    });
}

#[test]
fn the_mode_is_less_the_umask() {
    in_child(|| {
        let mode = |name: &Name| fs::metadata(name.path()).unwrap().mode() & 0o7777;
        for (umask, asked, got) in [(0o022, 0o666, 0o644), (0, 0o741, 0o741), (0o777, 0o777, 0)] {
            unsafe { libc::umask(umask) };
            let name = Name::new();
            name.open(NEW, Mode::from_bits_retain(asked)).unwrap();
            assert_eq!(got, mode(&name), "{asked:o} less {umask:o}");
        }
    });
}

#[test]
fn the_access_mode_is_the_flags_and_not_the_objects() {
    let name = Name::new();
    name.open(NEW, USER).unwrap().set_len(page() as u64).unwrap();
    let reader = name.open(OFlag::O_RDONLY, Mode::empty()).unwrap();
    assert!((&reader).write(b"x").is_err());
    assert_eq!(Some(libc::EINVAL), reader.set_len(0).unwrap_err().raw_os_error());
    let fd = reader.as_raw_fd();
    assert_eq!(Err(Errno::EACCES), map_file(1, RW, MapFlags::MAP_SHARED, fd));
    let map = map_file(1, ProtFlags::PROT_READ, MapFlags::MAP_SHARED, fd).unwrap();
    unsafe { libc::munmap(map, page()) };
}

#[test]
fn creating_opening_and_emptying() {
    let name = Name::new();
    assert_eq!(Errno::ENOENT, name.open(OFlag::O_RDWR, USER).unwrap_err());
    let object = name.open(OFlag::O_CREAT | OFlag::O_RDWR, USER).unwrap();
    object.write_all_at(b"kept", 0).unwrap();
    assert_eq!(Errno::EEXIST, name.open(NEW, USER).unwrap_err());
    let again = name.open(OFlag::O_CREAT | OFlag::O_RDWR, Mode::empty()).unwrap();
    assert_eq!(4, again.metadata().unwrap().len());
    let empty = name.open(OFlag::O_TRUNC | OFlag::O_RDWR, Mode::empty()).unwrap();
    assert_eq!(0, empty.metadata().unwrap().len());
    assert_eq!(0o600, empty.metadata().unwrap().mode() & 0o7777);
}

#[test]
fn unlink_takes_the_name_and_leaves_the_object() {
    let name = Name::new();
    let object = name.open(NEW, USER).unwrap();
    object.set_len(page() as u64).unwrap();
    let map = map_file(1, RW, MapFlags::MAP_SHARED, object.as_raw_fd()).unwrap();
    write(map, 42);
    assert_eq!(Ok(()), shm_unlink(name.0.as_str()));
    assert!(!fs::exists(name.path()).unwrap());
    assert_eq!(Errno::ENOENT, name.open(OFlag::O_RDWR, USER).unwrap_err());
    assert_eq!(Err(Errno::ENOENT), shm_unlink(name.0.as_str()));
    let new = name.open(NEW, USER).unwrap();
    assert_eq!(0, new.metadata().unwrap().len());
    let mut byte = [0];
    object.read_exact_at(&mut byte, 0).unwrap();
    drop(object);
    assert_eq!(([42], 42), (byte, read(map)));
    unsafe { libc::munmap(map, page()) };
}

/// Opens (and creates) and unlinks; both answers.
fn both<P: ?Sized + NixPath>(name: &P) -> [Result<()>; 2] {
    [open(name, NEW, USER).map(drop), shm_unlink(name)]
}

#[test]
fn bad_names() {
    for name in ["", "/", "//", "/a/b", "a/b", "/a/"] {
        let [opened, unlinked] = both(name);
        assert_eq!(Err(Errno::EINVAL), opened, "{name:?}");
        // To glibc such an object does not exist.
        let none = [Err(Errno::EINVAL), Err(Errno::ENOENT)];
        assert!(none.contains(&unlinked), "{name:?}: {unlinked:?}");
    }
    for name in ["\0", "/\0", "/a\0b", "/a\0"] {
        assert_eq!([Err(Errno::EINVAL); 2], both(name), "{name:?}");
    }
    // With the slash. Just beyond the system's limit, and beyond ours.
    let long = |len: usize| both(format!("/{}", "x".repeat(len - 1)).as_str());
    for len in [257, 258, 4096, 4097, 10_000] {
        assert_eq!([Err(Errno::ENAMETOOLONG); 2], long(len), "{len}");
    }
    // Further beyond the system's, glibc says of it what it says of a slash.
    for len in [300, 1000, 4094, 4095] {
        assert!([both("/a/b"), [Err(Errno::ENAMETOOLONG); 2]].contains(&long(len)), "{len}");
    }
    // The folder itself, which is no object.
    for name in ["/.", "/.."] {
        let open = |flags| open(name, flags, USER).map(drop);
        assert_eq!(Err(Errno::EEXIST), open(NEW), "{name}");
        assert_eq!(Err(Errno::EINVAL), open(OFlag::O_RDWR), "{name}");
        // From unlink(2), by glibc; by musl.
        let answer = shm_unlink(name);
        assert!([Err(Errno::EISDIR), Err(Errno::EINVAL)].contains(&answer), "{name}: {answer:?}");
    }
    let none: Option<&str> = None;
    assert_eq!(both(""), both(&none));
}

#[test]
fn long_names_up_to_the_limit() {
    for len in [255, 256] {
        let unique = format!("/{}-", std::process::id());
        let name = Name(format!("{unique}{}", "x".repeat(len - unique.len())));
        assert_eq!([Ok(()), Ok(())], both(name.0.as_str()), "{len}");
    }
}

#[test]
fn names_of_every_type() {
    let name = Name::new();
    let bytes = name.0.as_bytes();
    let c = CString::new(bytes).unwrap();
    assert_eq!([Ok(()); 2], both(bytes));
    assert_eq!([Ok(()); 2], both(&*c));
    assert_eq!([Ok(()); 2], both(OsStr::new(&name.0)));
    assert_eq!([Ok(()); 2], both(Path::new(&name.0)));
    assert_eq!([Ok(()); 2], both(&Path::new(&name.0).to_path_buf()));
    assert_eq!([Ok(()); 2], both(&Some(name.0.as_str())));
    // glibc and musl do without the slash.
    assert_eq!([Ok(()); 2], both(&name.0[1..]));
}

#[test]
fn no_more_descriptors() {
    let name = Name::new();
    in_child(|| {
        limit(libc::RLIMIT_NOFILE, 0);
        assert_eq!(Errno::EMFILE, name.open(NEW, USER).unwrap_err());
    });
}

#[test]
fn what_others_own_is_denied() {
    in_child(|| {
        become_nobody();
        let name = Name::new();
        name.open(NEW, Mode::empty()).unwrap();
        for flags in [OFlag::O_RDONLY, OFlag::O_RDWR, OFlag::O_RDWR | OFlag::O_TRUNC] {
            assert_eq!(Errno::EACCES, name.open(flags, USER).unwrap_err());
        }
    });
    if have!("root") {
        let name = Name::new();
        name.open(NEW, USER).unwrap();
        in_child(|| {
            become_nobody();
            assert_eq!(Errno::EACCES, name.open(OFlag::O_RDONLY, USER).unwrap_err());
            assert_eq!(Err(Errno::EACCES), shm_unlink(name.0.as_str()));
        });
        assert!(fs::exists(name.path()).unwrap());
    }
}

/// A descriptor that leaks is the fault of nix's own example (S19, S20).
#[test]
fn nothing_stays_open_or_named_after_a_failure() {
    in_child(|| {
        let open_files = || fs::read_dir("/proc/self/fd").unwrap().count();
        let before = open_files();
        let name = Name::new();
        drop(name.open(NEW, USER).unwrap());
        for _ in 0..10 {
            assert_eq!(Errno::EEXIST, name.open(NEW, USER).unwrap_err());
            assert_eq!(Errno::EINVAL, open("/a/b", NEW, USER).unwrap_err());
        }
        assert_eq!(before, open_files());
        let fd = -1;
        let map = unsafe { mmap(std::ptr::null_mut(), page(), RW, MapFlags::MAP_SHARED, fd, 0) };
        assert_eq!(Err(Errno::EBADF), map);
    });
}

/// Of the C library; some processors have only the newer call.
#[cfg(any(target_arch = "aarch64", target_arch = "riscv64"))]
const UNLINK: libc::c_long = libc::SYS_unlinkat;
#[cfg(not(any(target_arch = "aarch64", target_arch = "riscv64")))]
const UNLINK: libc::c_long = libc::SYS_unlink;

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let name = Name::new();
    passes_on(libc::SYS_openat, || name.open(NEW, USER));
    passes_on(libc::SYS_openat, || shm_open_owned(name.0.as_str(), NEW, USER));
    // glibc says EACCES of what must not be unlinked, as POSIX does.
    for (errno, told) in [(Errno::ENOSYS, Errno::ENOSYS), (Errno::EPERM, Errno::EACCES)] {
        in_child(|| {
            deny(&[UNLINK], errno as i32);
            assert_eq!(Err(told), shm_unlink(name.0.as_str()));
        });
    }
}
