//! Pages brought in: which, how far, and by what.

use std::{num::NonZeroUsize, os::unix::fs::FileExt as _};

use mman::{
    Error, Fault, FileMap, FileMapCow, FileMapMut, Fork, MapError, MapOptions, MappedFile,
    Prefault, access::Access,
};

use super::{get, is_marked, marked, marked_in_memory, set, shown, text, three_pages};
use crate::{
    util::{
        child::{BUS_ADRERR, faults, in_child},
        machine::HugePages,
        page, seccomp, smaps, temp,
    },
    vanish::ASSEMBLY,
};

/// How many bytes of its mapping are in this process's page tables.
fn resident<A: Access>(map: &MappedFile<A>) -> usize {
    smaps::at(map.as_ptr()).bytes("Rss")
}

/// A file in memory of so many pages, of which none is there yet.
fn sparse(pages: usize) -> tempfile::NamedTempFile {
    let file = temp::in_memory();
    file.as_file().set_len((pages * page()) as u64).unwrap();
    file
}

#[track_caller]
fn gone(result: Result<(), MapError>) -> (usize, usize, usize) {
    let error = result.unwrap_err();
    let Fault { offset, len, done, .. } = error.fault().unwrap_or_else(|| panic!("{error}"));
    (offset, len, done)
}

#[test]
fn brings_in_what_the_range_touches() {
    in_child(|| {
        // Holes: nothing around a page is brought in along with it.
        let file = temp::in_memory();
        file.as_file().set_len(5 * page() as u64).unwrap();
        let map = three_pages(&file);
        let there = || map.residency(..).unwrap().iter().collect::<Vec<_>>();
        map.prefault(5..5).unwrap();
        assert_eq!([false; 3], there()[..]);
        map.prefault(page() - 10..page()).unwrap();
        assert_eq!([false, true, false], there()[..]);
        map.prefault(2 * page() - 11..2 * page() - 9).unwrap();
        assert_eq!([false, true, true], there()[..]);
        map.prefault(..).unwrap();
        assert_eq!([true; 3], there()[..]);
        let error = text(map.prefault(..3 * page()));
        let words = format!("prefault: 0..{} is not within 0..{}", 3 * page(), map.len());
        assert_eq!(words, error);
    });
}

/// As many pages as are touched at a time, fewer and more, from any byte on.
#[test]
fn all_pages_are_there_afterwards() {
    for pages in [1, 2, 15, 16, 17, 513, 1100] {
        for file in [temp::on_disk(), temp::in_memory()] {
            file.as_file().write_all_at(&vec![5; pages * page()], 0).unwrap();
            in_child(|| {
                if ASSEMBLY {
                    // The system is not asked: it could not.
                    seccomp::deny(&[libc::SYS_madvise], libc::EPERM);
                }
                for from in [0, 1, page() - 1] {
                    let map = MapOptions::new().file(&file, from as u64..).unwrap();
                    assert_eq!(0, resident(&map));
                    map.prefault(..).unwrap();
                    assert_eq!(pages * page(), resident(&map));
                    assert!(shown(&map).iter().step_by(page()).all(|byte| *byte == 5));
                }
                let copy = MapOptions::new().prefault(Prefault::Read).file_cow(&file, ..).unwrap();
                assert_eq!((pages * page(), 0), {
                    (resident(&copy), smaps::at(copy.as_ptr()).bytes("Anonymous"))
                });
            });
        }
    }
}

/// What an access would die of is an error.
#[test]
fn a_page_that_is_gone_is_an_error() {
    let file = marked(3 * page());
    let map = FileMapCow::new(&file).unwrap();
    file.as_file().set_len(page() as u64).unwrap();
    let words = format!(
        "prefault: the page is gone after {} of {} bytes from 1 on: the file was truncated, or its \
         storage failed (an error, a full disk, no huge page left)",
        page() - 1,
        3 * page() - 1
    );
    assert_eq!(words, text(map.prefault(1..)));
    let words = "prefault_write: the pages cannot be had (EFAULT)";
    assert_eq!(words, text(map.prefault_write(page()..)));
    map.prefault(..page()).unwrap();
    let first = map.as_ptr().wrapping_add(page());
    faults(libc::SIGBUS, BUS_ADRERR, first, || get(&map, page()));
}

/// Wherever the file ends, and wherever the range starts.
#[test]
fn an_error_tells_which_page_is_gone() {
    const PAGES: usize = 1100;
    let file = sparse(PAGES);
    let map = MapOptions::new().file(&file, 10..).unwrap();
    let check = || {
        for there in [0, 1, 2, 15, 16, 17, 100, 511, 512, 513, 1024, PAGES - 1] {
            file.as_file().set_len((there * page()) as u64).unwrap();
            for start in [0, 1, page() - 11, page() - 10, 20 * page()] {
                let len = map.len() - start;
                let done = (there * page()).saturating_sub(10 + start);
                assert_eq!((start, len, done), gone(map.prefault(start..)));
            }
            if there != 0 {
                map.prefault(..there * page() - 10).unwrap();
                map.prefault(there * page() - 11..there * page() - 10).unwrap();
            }
            // The rest of its last page is there.
            file.as_file().set_len((there * page() + 1) as u64).unwrap();
            map.prefault(..(there + 1) * page() - 10).unwrap();
        }
    };
    check();
    in_child(|| {
        // Where a signal would end the process, the system is asked.
        block_sigbus();
        check();
    });
}

/// Blocks it in this thread: a child's only one.
fn block_sigbus() {
    let mut set = std::mem::MaybeUninit::uninit();
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), libc::SIGBUS);
        assert_eq!(0, libc::sigprocmask(libc::SIG_BLOCK, set.as_ptr(), std::ptr::null_mut()));
    }
}

/// A kernel before 5.14 can only be asked to read ahead, or to bring nothing in.
#[test]
fn on_an_old_kernel_nothing_is_written() {
    let file = marked(3 * page());
    let map = FileMapMut::new(&file).unwrap();
    file.as_file().set_len(page() as u64).unwrap();
    in_child(|| {
        seccomp::deny(&[libc::SYS_madvise], libc::EINVAL);
        map.prefault_write(..).unwrap();
        assert_eq!(0, resident(&map));
        if ASSEMBLY {
            assert_eq!((0, 3 * page(), page()), gone(map.prefault(..)));
        } else {
            map.prefault(..).unwrap();
            assert_eq!(0, resident(&map));
        }
        block_sigbus();
        map.prefault(..).unwrap();
    });
}

/// Each has 32 MiB; the first page that is gone is told, whichever thread came to one first.
#[test]
fn threads_share_the_work() {
    const SHARE: usize = 32 << 20;
    let len = 2 * SHARE + (6 << 20);
    let file = sparse(len / page());
    let mut options = MapOptions::new();
    options.prefault(Prefault::Read).prefault_threads(NonZeroUsize::new(3).unwrap());
    in_child(|| {
        let map = options.file(&file, ..).unwrap();
        assert_eq!(len, resident(&map));
        for there in [3 * page(), SHARE - page(), SHARE, SHARE + page(), 2 * SHARE + 5 * page()] {
            file.as_file().set_len(there as u64).unwrap();
            let error = options.file(&file, 5..len as u64).map(drop);
            assert_eq!((0, len - 5, there - 5), gone(error));
        }
    });
    in_child(|| {
        file.as_file().set_len(len as u64).unwrap();
        // Where there are no threads to be had, this one does it all.
        seccomp::deny(&[libc::SYS_clone, libc::SYS_clone3], libc::EAGAIN);
        let map = options.file(&file, ..).unwrap();
        assert_eq!(len, resident(&map));
        file.as_file().set_len(page() as u64).unwrap();
        assert_eq!((0, len, page()), gone(options.file(&file, ..len as u64).map(drop)));
    });
}

#[test]
fn huge_pages_are_brought_in_while_there_are_some() {
    let Some(pool) = HugePages::of_2m(2) else { return };
    let memfd = |pages: usize| {
        let flags = libc::MFD_CLOEXEC | libc::MFD_HUGETLB | libc::MFD_HUGE_2MB;
        let fd = unsafe { libc::memfd_create(c"huge".as_ptr(), flags) };
        let file: std::fs::File = unsafe { std::os::fd::FromRawFd::from_raw_fd(fd) };
        file.set_len((pages * pool.size) as u64).unwrap();
        file
    };
    in_child(|| {
        let file = memfd(2);
        let map = FileMap::new(&file).unwrap();
        map.prefault(1..pool.size + 1).unwrap();
        assert_eq!(2 * pool.size, smaps::at(map.as_ptr()).hugetlb());
        file.set_len(pool.size as u64).unwrap();
        assert_eq!((5, 2 * pool.size - 5, pool.size - 5), gone(map.prefault(5..)));
    });
}

/// In a child that does not have them nothing is touched.
#[test]
fn a_child_without_the_pages_brings_none_in() {
    let file = marked(3 * page());
    let map = MapOptions::new().fork(Fork::Exclude).file(&file, ..).unwrap();
    in_child(|| {
        assert!(smaps::find(map.as_ptr()).is_none());
        assert_eq!(Some(Error::ENOMEM), map.prefault(..).unwrap_err().errno());
    });
    map.prefault(..).unwrap();
}

/// Zeros that are no part of the file are not taken for pages of it.
#[test]
fn lost_pages_stay_lost() {
    let file = marked(4 * page());
    let map = FileMapCow::new(&file).unwrap();
    file.as_file().set_len(page() as u64).unwrap();
    unsafe { map.with_slice(.., |bytes| bytes.iter().fold(0, |all, byte| all | byte)) }
        .unwrap_err();
    file.as_file().set_len(4 * page() as u64).unwrap();
    assert_eq!(Some(page()..4 * page()), map.lost());
    assert_eq!((1, 3 * page(), page() - 1), gone(map.prefault(1..3 * page() + 1)));
    assert_eq!((0, 4 * page(), page()), gone(map.prefault_write(..)));
    map.prefault(..page()).unwrap();
    map.prefault_write(..page()).unwrap();
    assert_eq!(1, shown(&map)[1]);
}

/// The handler is looked for each time: the program may have taken it away.
#[test]
fn a_handler_that_was_taken_away_is_put_back() {
    let file = marked(2 * page());
    in_child(|| {
        let map = FileMap::new(&file).unwrap();
        for prefault in [true, false] {
            map.read_at(0, &mut [0]).unwrap();
            unsafe { libc::signal(libc::SIGBUS, libc::SIG_DFL) };
            file.as_file().set_len(page() as u64).unwrap();
            if prefault {
                assert_eq!((0, 2 * page(), page()), gone(map.prefault(..)));
            } else {
                let mut options = MapOptions::new();
                options.prefault(Prefault::Read);
                let error = options.file(&file, ..2 * page() as u64).map(drop);
                assert_eq!((0, 2 * page(), page()), gone(error));
            }
            file.as_file().set_len(2 * page() as u64).unwrap();
        }
    });
}

/// Pages that were written to stay what they are, and others are shared with the cache.
#[test]
fn nothing_is_copied_or_changed() {
    let file = marked_in_memory(20 * page());
    let map = FileMapCow::new(&file).unwrap();
    set(&map, 3 * page(), 7);
    map.prefault(..).unwrap();
    assert_eq!((20 * page(), page()), {
        (resident(&map), smaps::at(map.as_ptr()).bytes("Anonymous"))
    });
    assert_eq!(7, get(&map, 3 * page()));
    let map = FileMapMut::new(&file).unwrap();
    map.prefault(..).unwrap();
    assert_eq!(0, smaps::at(map.as_ptr()).bytes("Shared_Dirty") % page());
    assert!(is_marked(&map));
}
