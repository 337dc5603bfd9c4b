//! `observe::page_cache`.

use std::{
    fs::{File, OpenOptions, Permissions},
    io,
    ops::RangeBounds,
    os::{
        fd::{AsFd, AsRawFd as _, FromRawFd as _, OwnedFd},
        unix::fs::{FileExt as _, OpenOptionsExt as _, PermissionsExt as _},
    },
};

use mman::{
    Advice, FileMap, MapOptions, Placement,
    errno::Errno,
    observe::{PageCache, page_cache, page_cache_at_once, page_cache_range, page_cache_with},
    sys::{
        mman::cachestat,
        vfs::{TMPFS_MAGIC, fstatfs},
    },
};

use crate::util::{
    child::in_child,
    machine::HugePages,
    mount, page, seccomp, temp,
    unprivileged::{become_nobody, drop_capabilities},
};

/// Asks as on a kernel before 6.5, in a child.
fn on_an_old_kernel(f: impl FnOnce()) {
    in_child(|| {
        seccomp::deny(&[451], libc::ENOSYS);
        f();
    });
}

fn resident(file: impl AsFd) -> u64 {
    page_cache(file).unwrap().resident
}

/// A file of four pages with only the last one written: one page is in memory, in a hole none.
fn with_a_hole(file: &File) {
    file.set_len(4 * page() as u64).unwrap();
    file.write_all_at(&[1], 3 * page() as u64).unwrap();
}

#[test]
fn what_was_written_is_resident_and_dirty() {
    if !have!("linux-6.5") {
        return;
    }
    let file = temp::pages_in_memory(3);
    let cached = page_cache(&file).unwrap();
    assert_eq!(3 * page() as u64, cached.resident);
    let file = temp::on_disk();
    with_a_hole(file.as_file());
    let cached = page_cache(&file).unwrap();
    assert!(cached.resident >= page() as u64, "{cached:?}");
    assert!(cached.dirty.unwrap() + cached.writeback.unwrap() <= cached.resident, "{cached:?}");
}

#[test]
fn who_has_the_metadata_is_told_the_same() {
    let file = temp::in_memory();
    with_a_hole(file.as_file());
    let metadata = file.as_file().metadata().unwrap();
    let told = || page_cache_with(&file, &metadata).unwrap();
    assert_eq!((page_cache(&file).unwrap(), page() as u64), (told(), told().resident));
    on_an_old_kernel(|| assert_eq!(page() as u64, told().resident));
    let folder = std::env::temp_dir().metadata().unwrap();
    let error = page_cache_with(&file, &folder).unwrap_err();
    assert!(error.to_string().contains("a directory has no page cache"), "{error}");
}

fn in_range(file: &File, range: impl RangeBounds<u64>) -> PageCache {
    page_cache_range(file, &file.metadata().unwrap(), range).unwrap()
}

/// What does not change while nobody uses the file: what was evicted recently is a matter of time.
fn counts(cached: &PageCache) -> [u64; 4] {
    [cached.resident, cached.dirty.unwrap(), cached.writeback.unwrap(), cached.evicted.unwrap()]
}

/// Cuts a file in two at each of its pages. The kernel may write back and reclaim meanwhile: what
/// holds on some try, holds.
fn parts_add_up(file: &File) -> Result<(), String> {
    let (page, len) = (page() as u64, file.metadata().unwrap().len());
    let map = FileMap::new(file).unwrap();
    let by_map = |from: u64, to: u64| {
        let range = usize::try_from(from).unwrap()..usize::try_from(to.min(len)).unwrap();
        page * map.residency(range).unwrap().resident() as u64
    };
    let whole = counts(&page_cache(file).unwrap());
    let mut wrong = Vec::new();
    for border in (0..len.next_multiple_of(page) + page).step_by(page as usize) {
        let [below, above] = [in_range(file, ..border), in_range(file, border..)];
        let [below, above] = [counts(&below), counts(&above)];
        let sum: Vec<_> = below.iter().zip(above).map(|(below, above)| below + above).collect();
        let mapped = (by_map(0, border), by_map(border.min(len), len));
        if sum != whole || (below[0], above[0]) != mapped {
            wrong.push((border, below, above, mapped));
        }
    }
    let at_last = counts(&page_cache(file).unwrap());
    match wrong.first() {
        None => Ok(()),
        Some(first) => {
            Err(format!("{whole:?} to {at_last:?}: {} wrong, first {first:?}", wrong.len()))
        }
    }
}

fn assert_parts_add_up(file: &File) {
    let tries: Result<Vec<_>, _> = (0..10)
        .map(|_| match parts_add_up(file) {
            Ok(()) => Err(()),
            Err(wrong) => Ok(wrong),
        })
        .collect();
    if let Ok(wrong) = tries {
        panic!("{wrong:#?}");
    }
}

/// File systems with large folios have some here: at one write, in whole, and cut by an eviction.
#[test]
fn parts_of_a_file_on_disk_add_up() {
    if !have!("linux-6.5") {
        return;
    }
    let file = temp::on_disk();
    let file = file.as_file();
    file.write_all_at(&vec![1; (3 << 20) + 123], 0).unwrap();
    file.sync_all().unwrap();
    let map = FileMap::new(file).unwrap();
    map.prefault(..).unwrap();
    // The kernel reclaims it, in part, and keeps a mark of that.
    map.advise(1 << 20..(1 << 20) + 100 * page(), Advice::PageOut).unwrap();
    drop(map);
    // A hole, and what is dirty.
    file.write_all_at(&vec![1; 300 * page() + 1], 5 << 20).unwrap();
    assert_parts_add_up(file);
    let whole = page_cache(file).unwrap();
    assert!(whole.resident > 2 << 20, "{whole:?}");
}

#[test]
fn parts_of_a_huge_page_add_up() {
    if !have!("linux-6.5") {
        return;
    }
    let file = temp::in_memory();
    let file = file.as_file();
    let huge = 2 << 20;
    let len = 2 * huge + 123;
    file.set_len(len).unwrap();
    file.write_all_at(&vec![1; huge as usize + 5 * page()], 0).unwrap();
    file.write_all_at(&[1], len - 1).unwrap();
    let placement = Placement::Aligned(huge as usize);
    let map = MapOptions::new().placement(placement).file(file, ..).unwrap();
    if let Err(error) = map.advise(..huge as usize, Advice::Collapse) {
        eprintln!("no huge page: {error}");
    }
    drop(map);
    assert_parts_add_up(file);
    let expected = huge + 6 * page() as u64;
    assert_eq!(expected, resident(file));
}

/// What is said at once is what the kernel finds by a look at each page.
#[test]
fn what_is_in_memory_of_shared_memory_is_known_at_once() {
    if !have!("linux-6.5") {
        return;
    }
    // A kernel without swap space has no such file.
    let no_swap = std::fs::read_to_string("/proc/swaps").unwrap_or_default().lines().count() <= 1;
    let file = temp::in_memory();
    let file = file.as_file();
    let told = || page_cache_at_once(file, &file.metadata().unwrap()).unwrap();
    let agree = |what: &str| {
        let stat = cachestat(file, 0, 0).unwrap();
        let pages = [stat.nr_cache, stat.nr_dirty, stat.nr_writeback, stat.nr_evicted];
        let expected = pages.map(|pages| pages * page() as u64);
        assert_eq!(told().is_some(), no_swap, "{what}");
        assert_eq!(
            counts(&told().unwrap_or_else(|| page_cache(file).unwrap())),
            expected,
            "{what}"
        );
        assert_eq!(counts(&page_cache(file).unwrap()), expected, "{what}");
        stat.nr_cache
    };
    assert_eq!(0, agree("nothing"));
    let huge = 2 << 20;
    file.set_len(2 * huge + 123).unwrap();
    assert_eq!(0, agree("a hole"));
    file.write_all_at(&vec![1; huge as usize / 2], huge / 4).unwrap();
    file.write_all_at(&[1], 2 * huge).unwrap();
    let written = huge / 2 / page() as u64 + 1;
    assert_eq!(written, agree("written"));
    let placement = Placement::Aligned(huge as usize);
    let map = MapOptions::new().placement(placement).file(file, ..).unwrap();
    if let Err(error) = map.advise(..huge as usize, Advice::Collapse) {
        eprintln!("no huge page: {error}");
    }
    drop(map);
    agree("a huge page");
    // Behind the end, and beyond a part of the huge page.
    let (at, len) = (3 * huge as i64, huge as i64 / 2);
    let keep = libc::FALLOC_FL_KEEP_SIZE;
    assert_eq!(0, unsafe { libc::fallocate64(file.as_raw_fd(), keep, at, len) });
    agree("behind the end");
    let punch = keep | libc::FALLOC_FL_PUNCH_HOLE;
    assert_eq!(0, unsafe { libc::fallocate64(file.as_raw_fd(), punch, 5 * page() as i64, len) });
    agree("a hole in it");
    file.set_len(huge / 3).unwrap();
    agree("cut");
    file.set_len(0).unwrap();
    assert_eq!(0, agree("nothing any more"));
    let metadata = file.metadata().unwrap();
    on_an_old_kernel(|| assert_eq!(None, page_cache_at_once(file, &metadata).unwrap()));
}

#[test]
fn what_is_in_memory_of_other_files_is_not_known_at_once() {
    let file = temp::pages_on_disk(1);
    let metadata = file.as_file().metadata().unwrap();
    // A machine may have no other place than memory.
    if fstatfs(&file).unwrap().f_type != TMPFS_MAGIC {
        assert_eq!(None, page_cache_at_once(&file, &metadata).unwrap());
    }
    let folder = std::env::temp_dir().metadata().unwrap();
    let error = page_cache_at_once(&file, &folder).unwrap_err();
    assert!(error.to_string().contains("a directory has no page cache"), "{error}");
}

#[test]
fn a_range_takes_whole_pages() {
    let file = temp::in_memory();
    with_a_hole(file.as_file());
    let (file, page) = (file.as_file(), page() as u64);
    let told = || {
        let resident = |from, to| in_range(file, from..to).resident;
        assert_eq!((0, page), (resident(0, 3 * page), resident(0, 3 * page + 1)));
        assert_eq!((page, page), (resident(4 * page - 1, 4 * page), resident(3 * page, u64::MAX)));
        assert_eq!((0, 0), (resident(4 * page, 5 * page), resident(1 << 62, 1 << 63)));
        // Nothing, which to the system's call is all.
        for nowhere in [0, 1, 3 * page, 3 * page + 1, u64::MAX] {
            assert_eq!(0, resident(nowhere, nowhere), "{nowhere}");
        }
        assert_eq!(page, in_range(file, ..=3 * page).resident);
        assert_eq!(page, in_range(file, ..=u64::MAX).resident);
    };
    told();
    on_an_old_kernel(told);
    let metadata = file.metadata().unwrap();
    #[allow(clippy::reversed_empty_ranges, reason = "that is what is asked")]
    let error = page_cache_range(file, &metadata, 2..1).unwrap_err();
    assert_eq!("page_cache: 2..1 ends before it starts", error.to_string());
}

#[test]
fn holes_are_not_resident() {
    let file = temp::in_memory();
    with_a_hole(file.as_file());
    assert_eq!(page() as u64, resident(&file));
    on_an_old_kernel(|| assert_eq!(page() as u64, resident(&file)));
}

#[test]
fn an_empty_file_holds_nothing() {
    let file = temp::in_memory();
    assert_eq!(0, resident(&file));
    on_an_old_kernel(|| assert_eq!(PageCache::default(), page_cache(&file).unwrap()));
}

#[test]
fn an_old_kernel_tells_the_same_and_no_more() {
    let file = temp::pages_in_memory(5);
    on_an_old_kernel(|| {
        let cached = page_cache(&file).unwrap();
        assert_eq!(5 * page() as u64, cached.resident);
        assert_eq!((None, None, None), (cached.dirty, cached.writeback, cached.evicted));
    });
}

/// The map is asked in windows: a file larger than one, with pages at the ends of both.
#[test]
fn a_large_file_is_counted_whole_on_an_old_kernel() {
    let file = temp::in_memory();
    let size = (300 << 20) + 1;
    file.as_file().set_len(size).unwrap();
    for offset in [0, (256 << 20) - 1, 256 << 20, size - 1] {
        file.as_file().write_all_at(&[1], offset).unwrap();
    }
    on_an_old_kernel(|| {
        assert_eq!(4 * page() as u64, resident(&file));
        assert_eq!(4 * page() as u64, in_range(file.as_file(), 1..).resident);
    });
}

#[test]
fn a_strangers_file_is_not_guessed() {
    if !have!("root") {
        return;
    }
    let file = temp::pages_in_memory(2);
    file.as_file().set_permissions(Permissions::from_mode(0o644)).unwrap();
    let open = File::open(file.path()).unwrap();
    let refused = || {
        become_nobody();
        let error = page_cache(&open).unwrap_err();
        assert_eq!(Some(Errno::EPERM), error.errno(), "{error}");
        match page_cache_at_once(&open, &open.metadata().unwrap()) {
            Ok(None) => {}
            answer => assert_eq!(Some(Errno::EPERM), answer.unwrap_err().errno()),
        }
        assert_eq!(io::ErrorKind::PermissionDenied, io::Error::from(error).kind());
    };
    on_an_old_kernel(refused);
    if have!("linux-6.14") {
        in_child(refused);
    }
    // Who may write it may know.
    file.as_file().set_permissions(Permissions::from_mode(0o666)).unwrap();
    let told = || {
        become_nobody();
        assert_eq!(2 * page() as u64, resident(&open));
    };
    in_child(told);
    on_an_old_kernel(told);
}

/// Root is nobody special where its capabilities are gone.
#[test]
fn a_strangers_file_is_not_guessed_by_a_powerless_root() {
    if !have!("root") {
        return;
    }
    let file = temp::pages_in_memory(2);
    std::os::unix::fs::fchown(&file, Some(12345), Some(12345)).unwrap();
    file.as_file().set_permissions(Permissions::from_mode(0o644)).unwrap();
    on_an_old_kernel(|| {
        assert_eq!(2 * page() as u64, resident(&file));
        drop_capabilities();
        assert_eq!(Some(Errno::EPERM), page_cache(&file).unwrap_err().errno());
    });
}

#[test]
fn huge_pages_of_a_file_are_resident() {
    let Some(_pool) = HugePages::of_2m(1) else { return };
    in_child(|| {
        let flags = libc::MFD_CLOEXEC | libc::MFD_HUGETLB | libc::MFD_HUGE_2MB;
        let fd = unsafe { libc::memfd_create(c"observe".as_ptr(), flags) };
        assert!(fd >= 0, "{}", Errno::last());
        let file = File::from(unsafe { OwnedFd::from_raw_fd(fd) });
        let size = 2 << 20;
        file.set_len(size).unwrap();
        assert_eq!(0, resident(&file));
        let len = i64::try_from(size).unwrap();
        assert_eq!(
            0,
            unsafe { libc::fallocate64(file.as_raw_fd(), 0, 0, len) },
            "{}",
            Errno::last()
        );
        let told = || {
            assert_eq!(size, resident(&file));
            assert_eq!(size, in_range(&file, ..size).resident);
            let metadata = file.metadata().unwrap();
            for part in [1..size, 0..size - 1] {
                let error = page_cache_range(&file, &metadata, part).unwrap_err();
                assert_eq!(Some(Errno::EOPNOTSUPP), error.errno());
                assert!(error.to_string().contains("only the whole"), "{error}");
            }
        };
        told();
        on_an_old_kernel(told);
    });
}

#[test]
fn what_has_no_pages_is_refused() {
    let (reader, _writer) = temp::pipe();
    let error = page_cache(&reader).unwrap_err();
    assert_eq!("page_cache: a pipe, socket or device has no page cache", error.to_string());
    assert_eq!((None, "page_cache"), (error.errno(), error.operation()));
    assert_eq!(io::ErrorKind::InvalidInput, io::Error::from(error).kind());
    let error = page_cache(File::open("/dev/null").unwrap()).unwrap_err();
    assert!(error.to_string().contains("device"), "{error}");
    let error = page_cache(File::open("/").unwrap()).unwrap_err();
    assert!(error.to_string().contains("directory"), "{error}");
}

#[test]
fn a_path_descriptor_is_refused_by_the_system() {
    let file = temp::pages_in_memory(1);
    let path = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(file.path()).unwrap();
    assert_eq!(Some(Errno::EBADF), page_cache(&path).unwrap_err().errno());
    on_an_old_kernel(|| assert_eq!(Some(Errno::EBADF), page_cache(&path).unwrap_err().errno()));
}

#[test]
fn the_temporary_map_goes_away() {
    let file = temp::pages_in_memory(2);
    on_an_old_kernel(|| {
        let mapped = || {
            let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
            maps.lines().filter(|line| line.contains(file.path().to_str().unwrap())).count()
        };
        assert_eq!(2 * page() as u64, resident(&file));
        assert_eq!(0, mapped());
    });
}

/// Pages of such a file belong to the file below; `cachestat` says that there are none.
#[test]
fn a_file_of_an_overlay_is_told_by_a_map() {
    if !have!("overlay") {
        return;
    }
    let layers = tempfile::tempdir_in("/dev/shm").unwrap();
    in_child(|| {
        let at = layers.path().to_str().unwrap();
        for layer in ["lower", "upper", "work", "all"] {
            std::fs::create_dir(format!("{at}/{layer}")).unwrap();
        }
        std::fs::write(format!("{at}/lower/file"), vec![1; 3 * page()]).unwrap();
        let options = format!("lowerdir={at}/lower,upperdir={at}/upper,workdir={at}/work");
        mount::privately("overlay", &format!("{at}/all"), &options);
        let file = File::open(format!("{at}/all/file")).unwrap();
        assert_eq!(3 * page() as u64, resident(&file));
        assert_eq!(page() as u64, in_range(&file, 1..page() as u64).resident);
    });
}
