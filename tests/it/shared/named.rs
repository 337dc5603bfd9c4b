//! Objects with a name: exclusive, whole, and removed again.

use std::{
    fs::{self, File},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst},
    thread,
};

use mman::{
    Commit, Error, HugePages, MapError, MapOptions, Shared, ShmName, UnlinkGuard, sys::stat::Mode,
};

use super::{bytes, open_files};
use crate::util::{
    child::{BUS_ADRERR, faults, in_child},
    mount, page, smaps,
    unprivileged::{become_nobody, limit},
};

/// A name that no other test has, and that is removed whatever happens.
struct Name(ShmName);

impl Name {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let (process, count) = (std::process::id(), COUNT.fetch_add(1, SeqCst));
        Self(ShmName::new(format!("/mman-test-named-{process}-{count}")).unwrap())
    }

    fn path(&self) -> String {
        format!("/dev/shm{}", self.0)
    }

    fn exists(&self) -> bool {
        fs::exists(self.path()).unwrap()
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.path());
    }
}

fn text<T: std::fmt::Debug>(result: Result<T, MapError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn names_are_checked() {
    let rule = |name: &str| ShmName::new(name).unwrap_err().to_string();
    for (name, expected) in [
        ("", "\"\" does not begin with a slash"),
        ("name", "\"name\" does not begin with a slash"),
        ("a/b", "\"a/b\" does not begin with a slash"),
        ("/", "\"/\" is not the name of an object"),
        ("/.", "\"/.\" is not the name of an object"),
        ("/..", "\"/..\" is not the name of an object"),
        ("//", "there is a second slash in \"//\""),
        ("/../x", "there is a second slash in \"/../x\""),
        ("/a/", "there is a second slash in \"/a/\""),
        ("/a\0b", "there is a NUL in \"/a\\0b\""),
    ] {
        assert_eq!(format!("name: {expected}"), rule(name));
    }
    assert_eq!("name: 256 bytes behind the slash, of at most 255", rule(&format!("/{:0256}", 0)));
    for name in ["/a", "/...", "/.a", "/ä ö", &format!("/{:0255}", 0)] {
        assert_eq!(name, ShmName::new(name).unwrap().to_string());
        assert_eq!(
            Ok(name.to_owned()),
            name.parse().map(|name: ShmName| name.to_string()).map_err(drop)
        );
    }
    // Every byte but two.
    let bytes: Vec<u8> = (1..=255).filter(|byte| *byte != b'/').collect();
    ShmName::new([b"/", &bytes[..]].concat()).unwrap();
}

/// The longest, and odd ones, are names to the system too.
#[test]
fn what_is_a_name_can_be_one() {
    let odd = format!("/mman-test-\u{e4}\n \u{1}-{}", std::process::id());
    let long = format!("/mman-test-{}-{}", std::process::id(), "x".repeat(255));
    for name in [&odd, &long[..256]] {
        let name = ShmName::new(name).unwrap();
        let (shared, guard) = Shared::create(&name, 10).unwrap();
        assert_eq!((10, 10), (shared.len(), Shared::open(&name).unwrap().len()));
        guard.unlink().unwrap();
        assert_eq!(Some(Error::ENOENT), Shared::open(&name).unwrap_err().errno());
    }
}

#[test]
fn who_opens_it_shares_it() {
    let name = Name::new();
    let (shared, guard) = Shared::create(&name.0, 3 * page() + 7).unwrap();
    assert_eq!(&name.0, guard.name());
    shared.write_at(3 * page(), b"from us").unwrap();
    in_child(|| {
        let same = Shared::open(&name.0).unwrap();
        assert_ne!(shared.as_ptr(), same.as_ptr());
        assert_eq!(3 * page() + 7, same.len());
        assert_eq!(b"from us", &bytes(&same)[3 * page()..]);
        same.atomic::<AtomicU32>(0).unwrap().store(1, SeqCst);
    });
    assert_eq!(1, shared.atomic::<AtomicU32>(0).unwrap().load(SeqCst));
    // Anyone who may write to it may truncate it.
    assert!(!shared.is_sealed());
    let about = smaps::at(shared.as_ptr());
    assert_eq!(("rw-s", name.path()), (&*about.perms, about.path));
}

#[test]
fn it_is_new_and_the_same_user_s() {
    let name = Name::new();
    let (first, _guard) = Shared::create(&name.0, 100).unwrap();
    first.fill(.., 1).unwrap();
    assert_eq!(0o600, fs::metadata(name.path()).unwrap().permissions().mode() & 0o7777);
    let taken = format!("create: {} exists (EEXIST)", name.0);
    assert_eq!(taken, text(Shared::create(&name.0, 100)));
    // What is there is untouched, and not removed either.
    assert_eq!([1; 100], bytes(&Shared::open(&name.0).unwrap())[..]);
    let all = Mode::S_IRWXU | Mode::S_IRWXG | Mode::S_IRWXO;
    in_child(|| {
        unsafe { libc::umask(0o027) };
        for (mode, got) in [(all, 0o750), (Mode::S_IRUSR | Mode::S_IROTH, 0o400)] {
            let other = Name::new();
            let (_shared, _guard) = MapOptions::new().shared_create(&other.0, 1, mode).unwrap();
            let there = fs::metadata(other.path()).unwrap().permissions().mode() & 0o7777;
            assert_eq!(got, there, "{mode}");
        }
    });
    let other = Name::new();
    let set = text(MapOptions::new().shared_create(&other.0, 1, Mode::S_ISUID | Mode::S_IRWXU));
    assert_eq!("create: S_IRWXU | S_ISUID is more than permissions", set);
    let none = text(Shared::create(&other.0, 0));
    assert_eq!("create: an object of length 0 is one that has no length yet", none);
    let long = text(Shared::create(&other.0, usize::MAX));
    assert_eq!(format!("create: {} bytes are more than a slice can have", usize::MAX), long);
    assert!(!other.exists());
    assert_eq!(format!("open: {} does not exist (ENOENT)", other.0), text(Shared::open(&other.0)));
}

#[test]
fn who_may_not_is_refused() {
    if !have!("root") {
        return;
    }
    let name = Name::new();
    let (_shared, _guard) = Shared::create(&name.0, 100).unwrap();
    in_child(|| {
        become_nobody();
        assert_eq!(format!("open: {} is not for us (EACCES)", name.0), text(Shared::open(&name.0)));
        assert_eq!(Some(Error::EACCES), name.0.unlink().unwrap_err().errno());
    });
    let other = Name::new();
    let all = Mode::from_bits_retain(0o666);
    in_child(|| {
        unsafe { libc::umask(0) };
        let (shared, _guard) = MapOptions::new().shared_create(&other.0, 100, all).unwrap();
        in_child(|| {
            become_nobody();
            Shared::open(&other.0).unwrap().fill(.., 7).unwrap();
        });
        assert_eq!([7; 100], bytes(&shared)[..]);
    });
}

/// horus #143: whoever opens it between its creation and the moment when it has a length is killed.
#[test]
fn an_object_without_a_length_is_not_ready() {
    let name = Name::new();
    let file = File::create(name.path()).unwrap();
    let error = Shared::open(&name.0).unwrap_err();
    assert_eq!(Some(Error::EAGAIN), error.errno());
    assert_eq!(std::io::ErrorKind::WouldBlock, std::io::Error::from(error).kind());
    let expected =
        format!("open: {} has no length yet, its creator is not ready: try again (EAGAIN)", name.0);
    assert_eq!(expected, text(Shared::open(&name.0)));
    file.set_len(10).unwrap();
    assert_eq!(10, Shared::open(&name.0).unwrap().len());
}

/// The same with a creator that is not slow on purpose: none is ever seen in part.
#[test]
fn nobody_sees_a_part_of_it() {
    const LEN: usize = 3 << 20;
    let mut opened = 0;
    for _ in 0..30 {
        let name = Name::new();
        thread::scope(|scope| {
            let creator = scope.spawn(|| Shared::create(&name.0, LEN).unwrap());
            loop {
                match Shared::open(&name.0) {
                    Ok(shared) => {
                        let file = fs::metadata(name.path()).unwrap();
                        // All of it is there.
                        assert_eq!((LEN, LEN as u64 / 512), (shared.len(), file.blocks()));
                        opened += 1;
                        break;
                    }
                    // Not there yet, or not ready.
                    Err(error) => {
                        let errno = error.errno().unwrap();
                        assert!([Error::ENOENT, Error::EAGAIN].contains(&errno), "{error}");
                    }
                }
            }
            drop(creator.join().unwrap());
        });
    }
    assert_eq!(30, opened);
}

/// iceoryx2 #862: the first access to a page of a full file system kills.
#[test]
fn a_full_file_system_is_an_error_at_creation() {
    if !have!("sys-admin") {
        return;
    }
    in_child(|| {
        mount::privately("tmpfs", "/dev/shm", "size=1m");
        let name = Name::new();
        let error = Shared::create(&name.0, (1 << 20) + 1).unwrap_err();
        assert_eq!(Some(Error::ENOSPC), error.errno());
        let expected = "create: no room for 1048577 bytes: 1 MiB of 1 MiB are free (ENOSPC)";
        assert_eq!(expected, error.to_string());
        // Nothing is left of it, neither the name nor the memory.
        assert!(!name.exists());
        let (shared, guard) = Shared::create(&name.0, 1 << 20).unwrap();
        // It has its memory, though nothing was written yet.
        let other = Name::new();
        let none = text(Shared::create(&other.0, 1));
        assert_eq!("create: no room for 1 bytes: 0 bytes of 1 MiB are free (ENOSPC)", none);
        shared.fill(.., 1).unwrap();
        drop((shared, guard));
        // Who wants no promise has none.
        let mut lazy = MapOptions::new();
        lazy.commit(Commit::NoReserve);
        let (shared, _guard) = lazy.shared_create(&other.0, 4 << 20, Mode::S_IRWXU).unwrap();
        assert_eq!(0, fs::metadata(other.path()).unwrap().blocks());
        shared.fill(..1 << 20, 1).unwrap();
        let beyond = shared.as_ptr().wrapping_add(1 << 20);
        faults(libc::SIGBUS, BUS_ADRERR, beyond, || shared.fill(1 << 20.., 1));
    });
}

/// No more is tried than there is: the system would take all of it first, and kill for more.
/// With 32 bits, no length is too much for this machine.
#[cfg(target_pointer_width = "64")]
#[test]
fn what_the_machine_does_not_have_is_not_taken() {
    let name = Name::new();
    let info = fs::read_to_string("/proc/meminfo").unwrap();
    let all = info.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap();
    let all: usize = all.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    let len = 4 * all * 1024;
    let error = Shared::create(&name.0, len).unwrap_err();
    assert_eq!(Some(Error::ENOSPC), error.errno());
    assert!(
        error.to_string().starts_with(&format!("create: no room for {len} bytes: ")),
        "{error}"
    );
    if have!("sys-admin") {
        in_child(|| {
            // A file system without a bound of its own.
            mount::privately("tmpfs", "/dev/shm", "size=0");
            let error = Shared::create(&name.0, len).unwrap_err();
            assert_eq!(Some(Error::ENOMEM), error.errno());
            let text = error.to_string();
            assert!(text.ends_with(" of memory are free (ENOMEM)"), "{text}");
        });
    }
}

#[test]
fn a_limit_of_files_is_an_error() {
    in_child(|| {
        limit(libc::RLIMIT_FSIZE, 10_000);
        let name = Name::new();
        let expected = "create: RLIMIT_FSIZE is 10000 bytes (EFBIG)";
        assert_eq!(expected, text(Shared::create(&name.0, 10_001)));
        assert!(!name.exists());
        Shared::create(&name.0, 10_000).unwrap().0.fill(.., 1).unwrap();
    });
}

/// A signal that comes again and again does not keep it from getting its memory.
#[test]
fn signals_do_not_disturb() {
    extern "C" fn nothing(_: i32) {}
    in_child(|| {
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = nothing as *const () as usize;
        let every = libc::timeval { tv_sec: 0, tv_usec: 500 };
        let timer = libc::itimerval { it_interval: every, it_value: every };
        unsafe {
            assert_eq!(0, libc::sigaction(libc::SIGALRM, &action, std::ptr::null_mut()));
            assert_eq!(0, libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()));
        }
        let name = Name::new();
        let (shared, _guard) = Shared::create(&name.0, 100 << 20).unwrap();
        assert_eq!(shared.len() as u64 / 512, fs::metadata(name.path()).unwrap().blocks());
    });
}

#[test]
fn the_name_goes_with_the_guard() {
    let create = |name: &Name| Shared::create(&name.0, 100).unwrap();
    let name = Name::new();
    let (shared, guard) = create(&name);
    drop(shared);
    assert!(name.exists());
    drop(guard);
    assert!(!name.exists());
    // It is there as long as it is mapped, name or not.
    let (shared, guard) = create(&name);
    guard.unlink().unwrap();
    assert!(!name.exists());
    shared.fill(.., 1).unwrap();
    let (_, guard) = create(&name);
    guard.keep();
    assert!(name.exists());
    name.0.unlink().unwrap();
    assert!(!name.exists());
    let gone = format!("unlink: {} does not exist (ENOENT)", name.0);
    assert_eq!(gone, text(name.0.unlink()));
}

/// A child has the guard too, when its process ends like any other.
#[test]
fn a_child_removes_nothing() {
    let name = Name::new();
    let (_shared, guard) = Shared::create(&name.0, 100).unwrap();
    // The child has a copy of it, and drops that.
    in_child(|| drop(unsafe { std::ptr::read(&guard) }));
    assert!(name.exists());
    drop(guard);
    assert!(!name.exists());
}

/// iceoryx2 #601, #1584: what a process leaves behind that was killed is removed by the next one;
/// the guard of one that was only thought to be dead must not remove the name of its successor then.
#[test]
fn another_object_of_the_name_is_left_alone() {
    let name = Name::new();
    let make = || Shared::create(&name.0, 100).unwrap();
    let (_first, guard) = make();
    name.0.unlink().unwrap();
    let (_second, second_guard) = make();
    let (_, other) = {
        drop(guard);
        assert!(name.exists());
        name.0.unlink().unwrap();
        make()
    };
    let error = second_guard.unlink().unwrap_err();
    assert_eq!(Some(Error::ENOENT), error.errno());
    assert!(name.exists());
    drop(other);
    assert!(!name.exists());
    let gone: UnlinkGuard = make().1;
    name.0.unlink().unwrap();
    drop(gone);
}

/// As the documentation says: who may write to it may do that, and is trusted not to.
#[test]
fn a_peer_that_truncates_it_kills() {
    let name = Name::new();
    let (shared, _guard) = Shared::create(&name.0, 2 * page()).unwrap();
    shared.fill(.., 1).unwrap();
    File::options().write(true).open(name.path()).unwrap().set_len(page() as u64).unwrap();
    let gone = shared.as_ptr().wrapping_add(page());
    faults(libc::SIGBUS, BUS_ADRERR, gone, || {
        let mut byte = [0];
        shared.read_at(page(), &mut byte)
    });
    let mut byte = [0];
    shared.read_at(page() - 1, &mut byte).unwrap();
    assert_eq!([1], byte);
}

#[test]
fn nothing_is_left_after_a_failure() {
    in_child(|| {
        let (maps, files) = (smaps::count(), open_files());
        let name = Name::new();
        for _ in 0..3 {
            let mut options = MapOptions::new();
            options.huge_pages(HugePages::Explicit(2 << 20));
            let error = text(options.shared_create(&name.0, 100, Mode::S_IRWXU));
            assert!(error.starts_with("create: a file has the pages of its"), "{error}");
            assert!(!name.exists());
            assert!(Shared::open(&name.0).is_err());
        }
        assert_eq!((maps, files), (smaps::count(), open_files()));
        limit(libc::RLIMIT_NOFILE, 0);
        assert_eq!(Some(Error::EMFILE), Shared::create(&name.0, 1).unwrap_err().errno());
    });
}
