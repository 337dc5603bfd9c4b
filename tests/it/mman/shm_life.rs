//! `shm_open`, `shm_unlink`: from an object's creation to its end.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _, Write as _},
    os::{
        fd::AsRawFd as _,
        unix::fs::{FileExt as _, MetadataExt as _, PermissionsExt as _},
    },
    sync::atomic::{AtomicBool, Ordering::SeqCst},
};

use mman::{
    errno::Errno,
    fcntl::OFlag,
    sys::{
        mman::{MapFlags, munmap, shm_unlink},
        stat::Mode,
    },
};

use super::{
    RW, map_file, read,
    shm::{NEW, Name, USER},
    write,
};
use crate::util::{child::in_child, map::Area, mount, page, unprivileged::become_nobody};

/// A new object that holds `kept`.
fn kept(name: &Name) -> File {
    let mut object = name.open(NEW, USER).unwrap();
    object.write_all(b"kept").unwrap();
    object
}

fn content(object: &File) -> Vec<u8> {
    let mut content = vec![0; 10];
    let len = object.read_at(&mut content, 0).unwrap();
    content.truncate(len);
    content
}

#[test]
fn the_lowest_free_descriptor_is_taken() {
    in_child(|| {
        let name = Name::new();
        let first = kept(&name);
        let others: Vec<_> = (0..3).map(|_| name.open(OFlag::O_RDWR, USER).unwrap()).collect();
        let numbers: Vec<_> = others.iter().map(|file| file.as_raw_fd()).collect();
        assert!(numbers.iter().all(|number| *number > first.as_raw_fd()));
        let lowest = first.as_raw_fd();
        drop(first);
        let again = name.open(OFlag::O_RDONLY, USER).unwrap();
        assert_eq!(lowest, again.as_raw_fd());
    });
}

#[test]
fn every_open_has_an_offset_of_its_own() {
    let name = Name::new();
    let mut one = kept(&name);
    let mut other = name.open(OFlag::O_RDWR, Mode::empty()).unwrap();
    assert_eq!((4, 0), (one.stream_position().unwrap(), other.stream_position().unwrap()));
    let mut bytes = [0; 4];
    other.read_exact(&mut bytes).unwrap();
    one.write_all(b" both").unwrap();
    assert_eq!((b"kept", &b"kept both"[..]), (&bytes, &content(&other)[..]));
}

#[test]
fn the_mode_does_not_limit_who_creates() {
    for mode in [Mode::empty(), Mode::S_IRUSR, Mode::S_IWUSR, Mode::S_IRUSR | Mode::S_IWUSR] {
        let name = Name::new();
        let object = name.open(NEW, mode).unwrap();
        object.write_all_at(b"x", 0).unwrap();
        assert_eq!(b"x", &content(&object)[..]);
        shm_unlink(name.0.as_str()).unwrap();
        let flags = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_RDONLY;
        let object = name.open(flags, mode).unwrap();
        assert!(object.write_at(b"x", 0).is_err());
        assert_eq!(b"", &content(&object)[..]);
    }
}

#[test]
fn of_many_processes_one_creates_exclusively() {
    const RACERS: usize = 4;
    in_child(|| {
        let area = Area::shared(1);
        // A lock on which all of them wait.
        let go = unsafe { &*area.at(0).cast::<AtomicBool>() };
        for _ in 0..50 {
            let name = Name::new();
            go.store(false, SeqCst);
            let racers: Vec<_> = (0..RACERS)
                .map(|_| {
                    let pid = unsafe { libc::fork() };
                    if pid == 0 {
                        // Ends it should its parent fail.
                        unsafe { libc::alarm(60) };
                        while !go.load(SeqCst) {
                            std::hint::spin_loop();
                        }
                        let code = match name.open(NEW, USER).map(drop) {
                            Ok(()) => 0,
                            Err(Errno::EEXIST) => 1,
                            Err(_) => 2,
                        };
                        unsafe { libc::_exit(code) };
                    }
                    assert!(pid > 0);
                    pid
                })
                .collect();
            go.store(true, SeqCst);
            let mut ends: Vec<_> = racers
                .into_iter()
                .map(|pid| {
                    let mut status = 0;
                    assert_eq!(pid, unsafe { libc::waitpid(pid, &mut status, 0) });
                    libc::WEXITSTATUS(status)
                })
                .collect();
            ends.sort_unstable();
            assert_eq!([0, 1, 1, 1], ends[..]);
        }
    });
}

#[test]
fn o_trunc_leaves_the_mode_and_the_owner() {
    // Removed here: the child has become another user by its end.
    let (open, closed) = (Name::new(), Name::new());
    in_child(|| {
        let with_mode = |name: &Name, mode| {
            let object = kept(name);
            object.set_permissions(fs::Permissions::from_mode(mode)).unwrap();
            object
        };
        let about = |object: &File| {
            let about = object.metadata().unwrap();
            (about.uid(), about.gid(), about.mode() & 0o7777, about.ino())
        };
        let before = about(&with_mode(&open, 0o646));
        let object = with_mode(&closed, 0o444);
        // As another user, where there can be one.
        become_nobody();
        let empty = open.open(OFlag::O_TRUNC | OFlag::O_RDWR, Mode::S_IXUSR).unwrap();
        assert_eq!((before, 0), (about(&empty), empty.metadata().unwrap().len()));
        // What may not be written is not emptied.
        let denied = closed.open(OFlag::O_TRUNC | OFlag::O_RDWR, Mode::empty());
        assert_eq!(Errno::EACCES, denied.unwrap_err());
        assert_eq!(b"kept", &content(&object)[..]);
        drop((empty, object));
    });
}

#[test]
fn an_object_without_references_keeps_what_it_holds() {
    let name = Name::new();
    drop(kept(&name));
    in_child(|| {
        assert_eq!(b"kept", &content(&name.open(OFlag::O_RDONLY, Mode::empty()).unwrap())[..]);
    });
    let mode = fs::metadata(name.path()).unwrap().mode() & 0o7777;
    assert_eq!((0o600, Ok(())), (mode, shm_unlink(name.0.as_str())));
}

#[test]
fn after_unlink_the_last_reference_keeps_it() {
    // A descriptor alone, and a mapping alone.
    let name = Name::new();
    let object = kept(&name);
    object.set_len(page() as u64).unwrap();
    let map = map_file(1, RW, MapFlags::MAP_SHARED, object.as_raw_fd()).unwrap();
    shm_unlink(name.0.as_str()).unwrap();
    unsafe { munmap(map, page()) }.unwrap();
    assert_eq!(b"kept", &content(&object)[..4]);
    let map = map_file(1, RW, MapFlags::MAP_SHARED, object.as_raw_fd()).unwrap();
    drop(object);
    in_child(|| write(map, b'K'));
    assert_eq!(b'K', read(map));
    unsafe { munmap(map, page()) }.unwrap();
    // The name is free, and for another object.
    assert_eq!(Errno::ENOENT, name.open(OFlag::O_RDWR, USER).unwrap_err());
    let new = name.open(OFlag::O_CREAT | OFlag::O_RDWR, USER).unwrap();
    assert_eq!(0, new.metadata().unwrap().len());
}

#[test]
fn creating_where_one_may_not_is_denied() {
    if !have!("root", "sys-admin") {
        return;
    }
    in_child(|| {
        mount::privately("tmpfs", "/dev/shm", "mode=755");
        become_nobody();
        let name = Name::new();
        for flags in [NEW, OFlag::O_CREAT | OFlag::O_RDWR, OFlag::O_CREAT] {
            assert_eq!(Errno::EACCES, name.open(flags, USER).unwrap_err());
        }
        assert_eq!(Errno::ENOENT, name.open(OFlag::O_RDWR, USER).unwrap_err());
    });
}

#[test]
fn without_room_for_an_object_it_is_enospc() {
    if !have!("sys-admin") {
        return;
    }
    in_child(|| {
        // One for the folder, one for an object.
        mount::privately("tmpfs", "/dev/shm", "nr_inodes=2");
        let (one, other) = (Name::new(), Name::new());
        let object = one.open(NEW, USER).unwrap();
        assert_eq!(Errno::ENOSPC, other.open(NEW, USER).unwrap_err());
        assert!(!fs::exists(other.path()).unwrap());
        drop(object);
        shm_unlink(one.0.as_str()).unwrap();
        other.open(NEW, USER).unwrap();
    });
}
