//! `mmap` of a file on disk, of one in memory, and of a shared memory object: what POSIX says of
//! any of them.

use std::{
    fs::File,
    os::{
        fd::AsRawFd as _,
        unix::fs::{FileExt as _, MetadataExt as _},
    },
    thread::sleep,
    time::Duration,
};

use mman::sys::mman::{MapFlags, MsFlags, ProtFlags, msync, munmap, shm_unlink};

use super::{
    RW, map_file, plus, read,
    shm::{NEW, Name, USER},
    write,
};
use crate::util::{
    child::{BUS_ADRERR, SEGV_ACCERR, faults, in_child},
    page,
    temp::{self, LONG_AGO},
};

const SHARED: MapFlags = MapFlags::MAP_SHARED;
const PRIVATE: MapFlags = MapFlags::MAP_PRIVATE;
const READ: ProtFlags = ProtFlags::PROT_READ;

/// One of each kind, of so many pages, the bytes of each being its number plus 1.
fn objects(pages: usize) -> [File; 3] {
    let name = Name::new();
    let shm = name.open(NEW, USER).unwrap();
    shm_unlink(name.0.as_str()).unwrap();
    for number in 0..pages {
        let content = vec![u8::try_from(number + 1).unwrap(); page()];
        shm.write_all_at(&content, (number * page()) as u64).unwrap();
    }
    [temp::pages_on_disk(pages).into_file(), temp::pages_in_memory(pages).into_file(), shm]
}

/// The byte at this offset of the object, by a system call.
fn byte(object: &File, offset: usize) -> u8 {
    let mut byte = [0];
    object.read_exact_at(&mut byte, offset as u64).unwrap();
    byte[0]
}

#[test]
fn an_access_that_was_not_asked_for_faults_and_changes_nothing() {
    for object in objects(1) {
        for kind in [SHARED, PRIVATE] {
            in_child(|| {
                let fd = object.as_raw_fd();
                let readable = map_file(1, READ, kind, fd).unwrap();
                assert_eq!(1, read(readable));
                faults(libc::SIGSEGV, SEGV_ACCERR, readable, || write(readable, 9));
                let neither = map_file(1, ProtFlags::PROT_NONE, kind, fd).unwrap();
                faults(libc::SIGSEGV, SEGV_ACCERR, neither, || read(neither));
                faults(libc::SIGSEGV, SEGV_ACCERR, neither, || write(neither, 9));
            });
        }
        assert_eq!(1, byte(&object, 0));
    }
}

#[test]
fn a_private_write_is_seen_by_nobody_else() {
    for object in objects(1) {
        let fd = object.as_raw_fd();
        let private = map_file(1, RW, PRIVATE, fd).unwrap();
        write(private, 9);
        in_child(|| {
            for kind in [SHARED, PRIVATE] {
                assert_eq!(1, read(map_file(1, READ, kind, fd).unwrap()));
            }
            // It stays private for a child.
            assert_eq!(9, read(private));
            write(private, 10);
        });
        assert_eq!((9, 1), (read(private), byte(&object, 0)));
        unsafe { munmap(private, page()) }.unwrap();
    }
}

#[test]
fn a_shared_write_is_seen_by_everyone() {
    for object in objects(1) {
        let fd = object.as_raw_fd();
        let shared = map_file(1, RW, SHARED, fd).unwrap();
        in_child(|| {
            write(shared, 9);
            let own = map_file(1, RW, SHARED, fd).unwrap();
            assert_eq!(9, read(own));
            write(own.wrapping_byte_add(1), 10);
        });
        let second = read(shared.wrapping_byte_add(1));
        assert_eq!((9, 10, 9, 10), (read(shared), second, byte(&object, 0), byte(&object, 1)));
        unsafe { munmap(shared, page()) }.unwrap();
    }
}

#[test]
fn whole_pages_beyond_the_end_are_bus_errors() {
    for object in objects(1) {
        object.set_len(page() as u64 / 2).unwrap();
        for kind in [SHARED, PRIVATE] {
            let map = map_file(3, RW, kind, object.as_raw_fd()).unwrap();
            assert_eq!(0, read(map.wrapping_byte_add(page() - 1)));
            for number in [1, 2] {
                let beyond = plus(map, number);
                faults(libc::SIGBUS, BUS_ADRERR, beyond, || read(beyond));
                faults(libc::SIGBUS, BUS_ADRERR, beyond, || write(beyond, 9));
            }
            unsafe { munmap(map, 3 * page()) }.unwrap();
        }
    }
}

#[test]
fn bytes_beyond_the_end_are_zero_and_do_not_reach_the_object() {
    for object in objects(1) {
        let half = page() / 2;
        object.set_len(half as u64).unwrap();
        let map = map_file(1, RW, SHARED, object.as_raw_fd()).unwrap();
        let bytes = unsafe { std::slice::from_raw_parts(map.cast::<u8>(), page()) };
        assert!(bytes[..half].iter().all(|byte| *byte == 1));
        assert!(bytes[half..].iter().all(|byte| *byte == 0));
        write(map.wrapping_byte_add(half), 9);
        write(map.wrapping_byte_add(page() - 1), 9);
        unsafe { msync(map, page(), MsFlags::MS_SYNC) }.unwrap();
        assert_eq!(half as u64, object.metadata().unwrap().len());
        let mut content = vec![0; page()];
        assert_eq!(half, object.read_at(&mut content, 0).unwrap());
        unsafe { munmap(map, page()) }.unwrap();
    }
}

/// What is in memory only keeps what was written there as long as it likes.
#[test]
fn bytes_beyond_the_end_of_a_file_are_gone_after_a_sync() {
    if !have!("disk") {
        return;
    }
    let file = temp::pages_on_disk(1);
    file.as_file().set_len(page() as u64 / 2).unwrap();
    let map = map_file(1, RW, SHARED, file.as_raw_fd()).unwrap();
    let last = page() - 1;
    write(map.wrapping_byte_add(last), 9);
    unsafe { msync(map, page(), MsFlags::MS_SYNC) }.unwrap();
    unsafe { munmap(map, page()) }.unwrap();
    let again = map_file(1, READ, SHARED, file.as_raw_fd()).unwrap();
    assert_eq!((1, 0), (read(again), read(again.wrapping_byte_add(last))));
    unsafe { munmap(again, page()) }.unwrap();
}

#[test]
fn a_mapping_reaches_what_an_object_grows_by() {
    for object in objects(1) {
        let map = map_file(2, RW, SHARED, object.as_raw_fd()).unwrap();
        let second = plus(map, 1);
        faults(libc::SIGBUS, BUS_ADRERR, second, || read(second));
        object.set_len(2 * page() as u64).unwrap();
        assert_eq!(0, read(second));
        write(second, 9);
        assert_eq!(9, byte(&object, page()));
        object.set_len(0).unwrap();
        faults(libc::SIGBUS, BUS_ADRERR, map, || read(map));
        unsafe { munmap(map, 2 * page()) }.unwrap();
    }
}

/// How other systems have long made anonymous memory.
#[test]
fn the_device_of_zeros_is_memory() {
    let zeros = File::options().read(true).write(true).open("/dev/zero").unwrap();
    let [one, other] = [SHARED, PRIVATE].map(|kind| map_file(2, RW, kind, zeros.as_raw_fd()));
    let (shared, private) = (one.unwrap(), other.unwrap());
    in_child(|| {
        assert_eq!((0, 0), (read(shared), read(plus(private, 1))));
        write(shared, 7);
        write(private, 7);
    });
    assert_eq!((7, 0), (read(shared), read(private)));
    let another = map_file(1, READ, SHARED, zeros.as_raw_fd()).unwrap();
    assert_eq!(0, read(another));
    for (map, pages) in [(shared, 2), (private, 2), (another, 1)] {
        unsafe { munmap(map, pages * page()) }.unwrap();
    }
}

#[test]
fn a_reference_marks_the_time_of_access() {
    if !have!("atime") {
        return;
    }
    for kind in [SHARED, PRIVATE] {
        let file = temp::pages_on_disk(1);
        temp::set_times_back(file.as_file());
        let map = map_file(1, READ, kind, file.as_raw_fd()).unwrap();
        assert_eq!(1, read(map));
        assert!(file.as_file().metadata().unwrap().atime() > LONG_AGO);
        unsafe { munmap(map, page()) }.unwrap();
    }
}

#[test]
fn a_shared_write_marks_the_times_of_change_before_msync_returns() {
    if !have!("disk") {
        return;
    }
    for flags in [MsFlags::MS_SYNC, MsFlags::MS_ASYNC] {
        let file = temp::pages_on_disk(1);
        file.as_file().sync_all().unwrap();
        temp::set_times_back(file.as_file());
        let map = map_file(1, RW, SHARED, file.as_raw_fd()).unwrap();
        let times = || {
            let about = file.as_file().metadata().unwrap();
            (about.mtime(), (about.ctime(), about.ctime_nsec()))
        };
        let (modified, changed) = times();
        assert_eq!(LONG_AGO, modified);
        // The clock of file systems ticks a hundred times a second, or more often.
        sleep(Duration::from_millis(30));
        write(map, 9);
        unsafe { msync(map, page(), flags) }.unwrap();
        assert!(times().0 > LONG_AGO && times().1 > changed, "{flags}: {:?}", times());
        unsafe { munmap(map, page()) }.unwrap();
    }
}
