//! `observe::maps` and `mapping_at`, by queries and from the text.

use std::{
    ffi::OsStr,
    fs::{self, File},
    os::{
        fd::AsRawFd as _,
        unix::{ffi::OsStrExt as _, fs::MetadataExt as _},
    },
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use mman::{
    errno::Errno,
    observe::{Mapping, Name, Process, mapping_at, maps, maps_in_detail, usage},
    sys::mman::ProtFlags,
};

use crate::util::{
    alloc, child::in_child, machine::HugePages, map::Area, page, proc::Waiter, seccomp, temp,
    thread::spawn, unprivileged::become_nobody,
};

/// Runs `f` by queries, and as on a kernel before 6.11 from the text; `f` is told which.
#[track_caller]
fn by_both(f: impl Fn(bool)) {
    if have!("linux-6.11") {
        in_child(|| f(true));
    }
    in_child(|| {
        seccomp::deny(&[libc::SYS_ioctl], libc::ENOTTY);
        f(false);
    });
}

fn own() -> Vec<Mapping> {
    maps(Process::Current).unwrap().map(Result::unwrap).collect()
}

/// Range, rights, offset, device and inode, and whether there is a name: the text's words.
type Line = (u64, u64, String, u64, (u32, u32, u64), bool);

fn listed(path: &str) -> Vec<Line> {
    let text = fs::read(path).unwrap();
    let text: String = text.iter().map(|byte| char::from(*byte)).collect();
    let lines = text.lines().filter(|line| !line.ends_with("[vsyscall]"));
    let hex = |text: &str| u64::from_str_radix(text, 16).unwrap();
    lines
        .map(|line| {
            let words: Vec<_> = line.split_ascii_whitespace().collect();
            let (start, end) = words[0].split_once('-').unwrap();
            let (major, minor) = words[3].split_once(':').unwrap();
            let device = (hex(major) as u32, hex(minor) as u32, words[4].parse().unwrap());
            let named = words.len() > 5;
            (hex(start), hex(end), words[1].to_owned(), hex(words[2]), device, named)
        })
        .collect()
}

fn line(mapping: &Mapping) -> Line {
    let is = |right, letter| if mapping.protection.contains(right) { letter } else { '-' };
    let perms = [
        is(ProtFlags::PROT_READ, 'r'),
        is(ProtFlags::PROT_WRITE, 'w'),
        is(ProtFlags::PROT_EXEC, 'x'),
        if mapping.shared { 's' } else { 'p' },
    ];
    let file = mapping.file.map_or((0, 0, 0), |id| (id.device_major, id.device_minor, id.inode));
    let named = mapping.name != Name::Anonymous;
    (mapping.start, mapping.end, perms.iter().collect(), mapping.offset, file, named)
}

fn start(area: &Area) -> u64 {
    area.ptr().addr() as u64
}

#[track_caller]
fn at(all: &[Mapping], area: &Area) -> Mapping {
    all.iter().find(|mapping| mapping.start == start(area)).expect("it is listed").clone()
}

#[test]
fn own_mappings_agree_with_the_text() {
    let file = temp::pages_on_disk(3);
    by_both(|query| {
        let area = Area::file(3, libc::MAP_SHARED, file.as_file().as_raw_fd());
        let anon = Area::shared(2);
        // To have the memory that both need mapped before either looks.
        drop((own(), listed("/proc/self/maps")));
        let (told, expected) = (own(), listed("/proc/self/maps"));
        assert_eq!(expected.len(), told.len());
        for (told, mut expected) in told.iter().zip(expected) {
            if told.name == Name::Heap {
                // Reading allocates.
                expected.1 = told.end;
            }
            assert_eq!(expected, line(told));
            let on_no_disk = told.file.is_some_and(|file| file.device_major == 0);
            assert_eq!(query || !on_no_disk, told.page_size.is_some());
        }
        let mapping = at(&told, &area);
        let about = file.as_file().metadata().unwrap();
        assert_eq!(about.ino(), mapping.file.unwrap().inode);
        assert_eq!(3 * page() as u64, mapping.len());
        assert_eq!(Name::File { path: file.path().into(), deleted: false }, mapping.name);
        assert_eq!(Name::SharedAnonymous, at(&told, &anon).name);
        for name in [Name::Heap, Name::Stack, Name::Vdso] {
            assert!(told.iter().any(|mapping| mapping.name == name), "{name:?}");
        }
    });
}

#[test]
fn paths_of_all_kinds_are_told() {
    let folder = tempfile::tempdir_in(temp::on_disk().path().parent().unwrap()).unwrap();
    let names: [&[u8]; 4] = [b"two words ", b"line\nfeed", b"\xff\xfe", b"it is (deleted)"];
    let files = names.map(|name| {
        let path = folder.path().join(OsStr::from_bytes(name));
        fs::write(&path, vec![1; page()]).unwrap();
        (File::options().read(true).write(true).open(&path).unwrap(), path)
    });
    let named = |path: &PathBuf, deleted| Name::File { path: path.clone(), deleted };
    let areas =
        files.each_ref().map(|(file, _)| Area::file(1, libc::MAP_PRIVATE, file.as_raw_fd()));
    let memfd = unsafe { libc::memfd_create(c"a \n name".as_ptr(), libc::MFD_CLOEXEC) };
    let in_memory = Area::file(1, libc::MAP_SHARED, memfd);
    by_both(|_| {
        let told = own();
        for ((_, path), area) in files.iter().zip(&areas).take(3) {
            assert_eq!(named(path, false), at(&told, area).name);
        }
        assert_eq!(Name::Memfd("a \n name".into()), at(&told, &in_memory).name);
        // As documented: it looks like a deleted one.
        let looks = folder.path().join("it is");
        assert_eq!(named(&looks, true), at(&told, &areas[3]).name);
    });
    for (_, path) in &files {
        fs::remove_file(path).unwrap();
    }
    by_both(|_| {
        let told = own();
        for ((_, path), area) in files.iter().zip(&areas) {
            assert_eq!(named(path, true), at(&told, area).name);
        }
    });
    unsafe { libc::close(memfd) };
}

#[test]
fn a_name_that_the_program_gave_is_told() {
    if !have!("anon-vma-name") {
        return;
    }
    let area = Area::anon(1);
    let (call, of) = (libc::PR_SET_VMA, libc::PR_SET_VMA_ANON_NAME);
    let given = unsafe { libc::prctl(call, of, area.ptr(), area.len(), c"a name".as_ptr()) };
    assert_eq!(0, given);
    by_both(|_| assert_eq!(Name::Named("a name".into()), at(&own(), &area).name));
}

#[test]
fn another_process_agrees_with_its_text() {
    let other = Waiter::start();
    by_both(|_| {
        let told: Vec<_> = maps(other.id()).unwrap().map(Result::unwrap).collect();
        let lines: Vec<_> = told.iter().map(line).collect();
        assert_eq!(listed(&other.path("maps")), lines);
        let path = fs::read_link(other.path("exe")).unwrap();
        let program = Name::File { path, deleted: false };
        assert!(told.iter().any(|mapping| mapping.name == program), "{told:#?}");
    });
}

#[test]
fn a_process_that_has_ended_is_told_from_one_without_mappings() {
    by_both(|_| {
        let other = Waiter::start();
        let id = other.id();
        let mut open = maps(id).unwrap();
        assert!(open.next().unwrap().is_ok());
        drop(other);
        let rest: Vec<_> = open.by_ref().collect();
        // What the kernel had given out already is read to its end.
        if let Some(Err(error)) = rest.last() {
            assert_eq!(Some(Errno::ESRCH), error.errno());
        }
        assert!(open.next().is_none());
        let error = maps(id).unwrap_err();
        assert_eq!((Some(Errno::ENOENT), "maps"), (error.errno(), error.operation()));
        assert!(error.to_string().contains("no such process"), "{error}");
    });
}

/// The kernel tells nothing of a process by the thread that it began with, once that has ended.
#[test]
fn a_process_may_outlive_its_first_thread() {
    by_both(|_| {
        let area = Area::anon(1);
        let address = area.ptr().addr();
        std::thread::spawn(move || {
            while !fs::read("/proc/self/maps").unwrap().is_empty() {
                std::thread::yield_now();
            }
            let here = |mapping: &Mapping| mapping.contains(address as u64);
            let place = address as *const u8;
            assert!(mapping_at(place).unwrap().is_some_and(|mapping| here(&mapping)));
            let mut walk = maps(Process::Current).unwrap();
            assert!(walk.at(address as u64).unwrap().is_some());
            assert!(walk.any(|mapping| here(&mapping.unwrap())));
            let mut details = maps_in_detail(Process::Current).unwrap();
            assert!(details.any(|detail| here(&detail.unwrap().0)));
            assert!(usage(Process::Current).unwrap().rss > Some(0));
            unsafe { libc::_exit(0) }
        });
        unsafe { libc::syscall(libc::SYS_exit, 0) };
    });
}

/// A process that nobody has waited for.
#[test]
#[allow(clippy::zombie_processes, reason = "that is what it is for; it goes with its parent")]
fn who_has_no_memory_has_no_mappings() {
    by_both(|_| {
        let dead = Command::new("true").stdout(Stdio::null()).spawn().unwrap();
        let stat = format!("/proc/{}/stat", dead.id());
        while !fs::read_to_string(&stat).unwrap().contains(") Z ") {
            std::thread::yield_now();
        }
        assert_eq!(Some(Errno::ESRCH), maps(dead.id()).unwrap_err().errno());
        assert!(maps_in_detail(dead.id()).is_err());
        assert!(usage(dead.id()).is_err());
    });
}

#[test]
fn a_strangers_process_is_refused() {
    if !have!("root") {
        return;
    }
    let other = Waiter::start();
    by_both(|_| {
        become_nobody();
        let error = maps(other.id()).unwrap_err();
        assert_eq!(Some(Errno::EACCES), error.errno(), "{error}");
    });
}

/// Every second page allows reading only: each page is a mapping.
fn many(count: usize) -> Area {
    let area = Area::reserve(count);
    for number in (0..count).step_by(2) {
        assert_eq!(0, unsafe { libc::mprotect(area.page(number), page(), libc::PROT_READ) });
    }
    area
}

#[test]
fn many_mappings_are_listed_each_once() {
    const COUNT: usize = 20_000;
    by_both(|_| {
        let area = many(COUNT);
        let inside = |mapping: &Mapping| mapping.start >= start(&area) && mapping.end <= end(&area);
        let told: Vec<_> = own().into_iter().filter(inside).collect();
        // The last page joins the guard behind it.
        assert_eq!(COUNT - 1, told.len());
        for (number, mapping) in told.iter().enumerate() {
            assert_eq!(area.page(number).addr() as u64, mapping.start);
            assert_eq!(page() as u64, mapping.len());
        }
        let nameless = maps(Process::Current).unwrap().without_names();
        let nameless: Vec<_> = nameless.map(Result::unwrap).filter(inside).collect();
        assert_eq!(told.len(), nameless.len());
        assert!(nameless.iter().all(|mapping| mapping.name == Name::NotAsked));
    });
}

fn end(area: &Area) -> u64 {
    start(area) + area.len() as u64
}

/// Mappings are split, joined, made and taken away while they are listed.
#[test]
fn a_map_that_changes_is_told_in_order() {
    by_both(|_| {
        let area = many(2000);
        let (first, middle) = (start(&area) as usize, area.page(1000).addr());
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let changes = spawn(move || {
            let mut prot = libc::PROT_NONE;
            while !stopped.load(Relaxed) {
                // All joined, then split again.
                let ptr = std::ptr::without_provenance_mut(first);
                unsafe { libc::mprotect(ptr, 1500 * page(), prot) };
                for number in (0..1500).step_by(2) {
                    let at = std::ptr::without_provenance_mut(first + number * page());
                    unsafe { libc::mprotect(at, page(), libc::PROT_READ | libc::PROT_WRITE) };
                }
                prot ^= libc::PROT_READ;
            }
        });
        let walks: Vec<Vec<_>> =
            (0..100).map(|_| maps(Process::Current).unwrap().collect()).collect();
        stop.store(true, Relaxed);
        changes.join();
        for walk in walks {
            let mut told = 0;
            let mut covers = false;
            for mapping in walk {
                let mapping = mapping.unwrap();
                assert!(told <= mapping.start && mapping.start < mapping.end, "{mapping:?}");
                told = mapping.end;
                covers |= mapping.contains(middle as u64);
            }
            // It was mapped all the time.
            assert!(covers);
        }
    });
}

/// Huge pages, of a memory file system, beside small pages of another one and of memory.
#[test]
fn each_mapping_has_its_own_page_size() {
    let Some(pool) = HugePages::of_2m(1) else { return };
    let memfd = temp::pages_in_memory(1);
    let small = Area::file(1, libc::MAP_SHARED, memfd.as_file().as_raw_fd());
    by_both(|query| {
        let huge = Area::reserve_aligned(pool.size / page(), pool.size);
        let flags =
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_HUGETLB | libc::MAP_HUGE_2MB;
        huge.place(libc::PROT_READ | libc::PROT_WRITE, flags, -1);
        let told = own();
        let size = |area| at(&told, area).page_size;
        let expected = [pool.size, page()].map(|size| query.then_some(size as u64));
        assert_eq!(expected, [size(&huge), size(&small)]);
        let nameless: Vec<_> =
            maps(Process::Current).unwrap().without_names().map(Result::unwrap).collect();
        assert_eq!(expected, [&huge, &small].map(|area| at(&nameless, area).page_size));
        assert_eq!(Name::Anonymous, at(&told, &huge).name);
        assert_eq!(Some(page() as u64), told.last().unwrap().page_size);
    });
}

#[test]
fn an_address_is_looked_up() {
    let area = Area::anon(3);
    by_both(|query| {
        assert_eq!(0, unsafe { libc::munmap(area.page(1), page()) });
        let range = |mapping: Mapping| (mapping.start, mapping.end);
        let address = |number| area.page(number).addr() as u64;
        let found = |number| mapping_at(area.page(number).wrapping_byte_add(5)).unwrap().map(range);
        assert_eq!(Some((address(0), address(1))), found(0));
        assert_eq!(None, found(1));
        assert_eq!(Some((address(2), address(3))), found(2));
        assert_eq!(None, mapping_at(std::ptr::null::<u8>()).unwrap());
        // In the midst of a walk, which goes on.
        let mut walk = maps(Process::Current).unwrap();
        let expected: Vec<_> = own().into_iter().map(range).collect();
        let mut told = Vec::with_capacity(expected.len());
        while let Some(mapping) = walk.next() {
            told.push(range(mapping.unwrap()));
            let mapping = walk.at(address(2) + 1).unwrap().unwrap();
            assert_eq!((address(2), Name::Anonymous), (mapping.start, mapping.name));
            assert_eq!(None, walk.at(address(1)).unwrap());
            assert_eq!(None, walk.at(u64::MAX).unwrap());
        }
        assert!(told.len().abs_diff(expected.len()) <= 1, "{told:x?} {expected:x?}");
        let program = mapping_at(own as fn() -> Vec<Mapping> as *const ()).unwrap().unwrap();
        assert!(program.protection.contains(ProtFlags::PROT_EXEC));
        let path = std::env::current_exe().unwrap();
        assert_eq!(Name::File { path, deleted: false }, program.name);
        let on_no_disk = program.file.unwrap().device_major == 0;
        assert_eq!((query || !on_no_disk).then_some(page() as u64), program.page_size);
    });
}

#[test]
fn a_look_up_allocates_nothing() {
    if !have!("linux-6.11") {
        return;
    }
    let area = Area::anon(1);
    let mut found = None;
    assert_eq!(0, alloc::allocations(|| found = mapping_at(area.ptr()).unwrap()));
    assert_eq!(start(&area), found.unwrap().start);
    let mut walk = maps(Process::Current).unwrap().without_names();
    assert_eq!(0, alloc::allocations(|| walk.by_ref().map(Result::unwrap).count()));
}

/// The descriptor is closed, by both ways of using it.
#[test]
fn descriptors_are_closed() {
    by_both(|_| {
        let open = || fs::read_dir("/proc/self/fd").unwrap().count();
        let before = open();
        for _ in 0..10 {
            let mut maps = maps(Process::Current).unwrap();
            maps.next().unwrap().unwrap();
            maps.at(1).unwrap();
            mapping_at(&before).unwrap().unwrap();
        }
        assert_eq!(before, open());
    });
}

/// Longer than any call takes one, and than any buffer would be that counts on that.
#[test]
fn a_path_of_any_length() {
    by_both(|_| {
        let top = tempfile::tempdir_in("/dev/shm").unwrap();
        std::env::set_current_dir(top.path()).unwrap();
        let (name, mut path) = ("d".repeat(255), top.path().to_owned());
        for _ in 0..300 {
            fs::create_dir(&name).unwrap();
            std::env::set_current_dir(&name).unwrap();
            path.push(&name);
        }
        fs::write("file", vec![1; page()]).unwrap();
        let map = mman::FileMap::open("file").unwrap();
        path.push("file");
        let expected = Name::File { path, deleted: false };
        let start = map.as_ptr().addr() as u64;
        let found = own().into_iter().find(|mapping| mapping.start == start).unwrap();
        assert!(expected == found.name, "{} bytes", format!("{:?}", found.name).len());
        let mut walk = maps(Process::Current).unwrap();
        assert!(expected == walk.at(start).unwrap().unwrap().name);
        assert!(expected == mapping_at(map.as_ptr()).unwrap().unwrap().name);
        let mut told = maps_in_detail(Process::Current).unwrap().map(Result::unwrap);
        assert!(told.any(|(mapping, _)| mapping.name == expected));
    });
}
