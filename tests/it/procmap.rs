//! `sys::procmap`: single mappings, against the text of `/proc/PID/maps`.

use std::{
    fs::{self, File},
    os::{
        fd::{AsFd, AsRawFd as _},
        unix::{ffi::OsStrExt as _, fs::MetadataExt as _},
    },
};

use mman::{
    errno::Errno,
    sys::procmap::{ProcmapQuery, ProcmapQueryFlags as Flags, procmap_query},
};

use crate::util::{
    child::in_child,
    machine::HugePages,
    map::Area,
    page,
    proc::{Waiter, of_ended, path_only},
    seccomp::deny,
    temp,
};

const COVERING: Flags = Flags::empty();
const OR_NEXT: Flags = Flags::PROCMAP_QUERY_COVERING_OR_NEXT_VMA;

fn available() -> bool {
    have!("linux-6.11")
}

fn own() -> File {
    File::open("/proc/self/maps").unwrap()
}

/// The mapping that covers the first byte of `area`, without texts.
fn of(area: &Area) -> ProcmapQuery<'static> {
    procmap_query(own(), COVERING, area.ptr().addr() as u64, &mut [], &mut []).unwrap()
}

/// A line of `/proc/PID/maps`.
#[derive(Debug, Eq, PartialEq)]
struct Line {
    range: (u64, u64),
    perms: String,
    offset: u64,
    device: (u32, u32),
    inode: u64,
    name: Vec<u8>,
}

impl Line {
    fn parse(line: &str) -> Self {
        let (head, name) = line.split_at(line.len().min(73));
        let words: Vec<_> = head.split_ascii_whitespace().collect();
        let hex = |text: &str| u64::from_str_radix(text, 16).unwrap();
        let pair = |text: &str, by: char| {
            let (left, right) = text.split_once(by).unwrap();
            (hex(left), hex(right))
        };
        let (major, minor) = pair(words[3], ':');
        Self {
            range: pair(words[0], '-'),
            perms: words[1].to_owned(),
            offset: hex(words[2]),
            device: (major.try_into().unwrap(), minor.try_into().unwrap()),
            inode: words[4].parse().unwrap(),
            // The text writes a line feed in octal.
            name: name.replace("\\012", "\n").into_bytes(),
        }
    }

    fn from(vma: &ProcmapQuery) -> Self {
        let is = |flag, yes, no| if vma.vma_flags.contains(flag) { yes } else { no };
        let perms = [
            is(Flags::PROCMAP_QUERY_VMA_READABLE, 'r', '-'),
            is(Flags::PROCMAP_QUERY_VMA_WRITABLE, 'w', '-'),
            is(Flags::PROCMAP_QUERY_VMA_EXECUTABLE, 'x', '-'),
            is(Flags::PROCMAP_QUERY_VMA_SHARED, 's', 'p'),
        ];
        Self {
            range: (vma.vma_start, vma.vma_end),
            perms: perms.iter().collect(),
            offset: vma.vma_offset,
            device: (vma.dev_major, vma.dev_minor),
            inode: vma.inode,
            name: vma.vma_name.to_vec(),
        }
    }
}

/// Every mapping, by asking for the next one.
fn walk(maps: impl AsFd, flags: Flags) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut addr = 0;
    loop {
        let mut name = [0; 4096];
        match procmap_query(&maps, OR_NEXT | flags, addr, &mut name, &mut []) {
            Ok(vma) => {
                assert!(vma.vma_end > addr, "it makes no progress");
                addr = vma.vma_end;
                lines.push(Line::from(&vma));
            }
            Err(errno) => {
                assert_eq!(Errno::ENOENT, errno, "the way the list ends");
                return lines;
            }
        }
    }
}

/// The text's mappings. What belongs to the kernel is not the process's: it is not found.
fn listed(path: &str) -> Vec<Line> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(Line::parse).filter(|line| line.name != b"[vsyscall]").collect()
}

/// In a child, where no other thread maps anything meanwhile.
#[test]
fn own_mappings_agree_with_the_text() {
    if !available() {
        return;
    }
    let odd = temp::on_disk();
    let odd_path = odd.path().with_file_name("two words\nand lines");
    fs::write(&odd_path, vec![1; 3 * page()]).unwrap();
    let file = File::options().read(true).write(true).open(&odd_path).unwrap();
    in_child(|| {
        let shared = Area::shared(2);
        let mapped = Area::file(3, libc::MAP_SHARED, file.as_raw_fd());
        let later = Area::reserve(1);
        let prot = libc::PROT_READ | libc::PROT_EXEC;
        let flags = libc::MAP_PRIVATE | libc::MAP_FIXED;
        let offset = i64::try_from(2 * page()).unwrap();
        let got =
            unsafe { libc::mmap(later.ptr(), page(), prot, flags, file.as_raw_fd(), offset as _) };
        assert_eq!(later.ptr(), got);
        let maps = own();
        // To have the memory that both need mapped before either looks.
        drop((walk(&maps, COVERING), listed("/proc/self/maps")));
        let (by_query, by_text) = (walk(&maps, COVERING), listed("/proc/self/maps"));
        assert_eq!(by_text.len(), by_query.len());
        for (text, query) in by_text.iter().zip(&by_query) {
            // Reading allocates, so the heap may have grown.
            if query.name == b"[heap]" {
                assert_eq!((text.range.0, &text.name), (query.range.0, &query.name));
            } else {
                assert_eq!(text, query);
            }
        }
        let at = |area: &Area| {
            let start = area.ptr().addr() as u64;
            by_query.iter().find(|line| line.range.0 == start).unwrap()
        };
        let about = file.metadata().unwrap();
        assert_eq!("rw-s", at(&shared).perms);
        assert_eq!(odd_path.as_os_str().as_bytes(), at(&mapped).name);
        assert_eq!(about.ino(), at(&mapped).inode);
        let device = at(&mapped).device;
        assert_eq!(about.dev(), libc::makedev(device.0, device.1) as u64);
        assert_eq!(("r-xp", 2 * page() as u64), (&*at(&later).perms, at(&later).offset));
    });
    fs::remove_file(odd_path).unwrap();
}

#[test]
fn another_process_agrees_with_its_text() {
    if !available() {
        return;
    }
    let other = Waiter::start();
    let by_query = walk(File::open(other.path("maps")).unwrap(), COVERING);
    assert_eq!(listed(&other.path("maps")), by_query);
    let program = fs::read_link(other.path("exe")).unwrap();
    for name in [program.as_os_str().as_bytes(), b"[stack]"] {
        assert!(by_query.iter().any(|line| line.name == name), "{by_query:#?}");
    }
}

#[test]
fn an_address_is_covered_or_followed() {
    if !available() {
        return;
    }
    let area = Area::anon(3);
    in_child(|| {
        assert_eq!(0, unsafe { libc::munmap(area.page(1), page()) });
        let ask = |flags, number: usize| {
            let addr = area.page(number).addr() as u64 + 5;
            let vma = procmap_query(own(), flags, addr, &mut [], &mut [])?;
            Ok((vma.vma_start, vma.vma_end))
        };
        let at = |number| area.page(number).addr() as u64;
        assert_eq!(Ok((at(0), at(1))), ask(COVERING, 0));
        assert_eq!(Ok((at(0), at(1))), ask(OR_NEXT, 0));
        assert_eq!(Err(Errno::ENOENT), ask(COVERING, 1));
        assert_eq!(Ok((at(2), at(3))), ask(OR_NEXT, 1));
    });
}

#[test]
fn flags_choose_among_mappings() {
    if !available() {
        return;
    }
    let file = temp::pages_on_disk(1);
    let area = Area::anon(4);
    // 0: read-only, 1: of a file and shared, 2 and 3: read and write.
    unsafe {
        assert_eq!(0, libc::mprotect(area.page(0), page(), libc::PROT_READ));
        let (prot, flags) = (libc::PROT_READ | libc::PROT_EXEC, libc::MAP_SHARED | libc::MAP_FIXED);
        let fd = file.as_file().as_raw_fd();
        assert_eq!(area.page(1), libc::mmap(area.page(1), page(), prot, flags, fd, 0));
    }
    let from_first = |flags: Flags| {
        let start = area.ptr().addr() as u64;
        let vma = procmap_query(own(), flags, start, &mut [], &mut [])?;
        Ok((vma.vma_start - start) / page() as u64)
    };
    assert_eq!(Ok(0), from_first(OR_NEXT));
    assert_eq!(Ok(0), from_first(OR_NEXT | Flags::PROCMAP_QUERY_VMA_READABLE));
    assert_eq!(Ok(1), from_first(OR_NEXT | Flags::PROCMAP_QUERY_VMA_EXECUTABLE));
    assert_eq!(Ok(1), from_first(OR_NEXT | Flags::PROCMAP_QUERY_VMA_SHARED));
    assert_eq!(Ok(1), from_first(OR_NEXT | Flags::PROCMAP_QUERY_FILE_BACKED_VMA));
    assert_eq!(Ok(2), from_first(OR_NEXT | Flags::PROCMAP_QUERY_VMA_WRITABLE));
    assert_eq!(Err(Errno::ENOENT), from_first(Flags::PROCMAP_QUERY_VMA_WRITABLE));
    assert_eq!(Err(Errno::ENOENT), from_first(Flags::PROCMAP_QUERY_FILE_BACKED_VMA));
    // All of a file, and no more.
    let files = walk(own(), Flags::PROCMAP_QUERY_FILE_BACKED_VMA);
    assert!(files.iter().all(|line| line.inode != 0), "{files:#?}");
    assert!(files.iter().any(|line| line.range.0 == area.page(1).addr() as u64));
}

#[test]
fn an_anonymous_mapping_has_no_file() {
    if !available() {
        return;
    }
    let area = Area::anon(2);
    let (mut name, mut build_id) = ([7; 64], [7; 20]);
    let start = area.ptr().addr() as u64;
    let vma = procmap_query(own(), COVERING, start, &mut name, &mut build_id).unwrap();
    assert_eq!((start, start + area.len() as u64), (vma.vma_start, vma.vma_end));
    assert_eq!((0, 0, 0, 0), (vma.vma_offset, vma.inode, vma.dev_major, vma.dev_minor));
    assert_eq!(page() as u64, vma.vma_page_size);
    assert!(vma.vma_name.is_empty() && vma.build_id.is_empty());
    let rights = Flags::PROCMAP_QUERY_VMA_READABLE | Flags::PROCMAP_QUERY_VMA_WRITABLE;
    assert_eq!(rights, vma.vma_flags);
}

#[test]
fn huge_pages_tell_their_size() {
    if !available() {
        return;
    }
    let Some(pool) = HugePages::of_2m(1) else { return };
    in_child(|| {
        let area = Area::reserve_aligned(pool.size / page(), pool.size);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_HUGETLB;
        area.place(libc::PROT_READ, flags | libc::MAP_HUGE_2MB, -1);
        assert_eq!(pool.size as u64, of(&area).vma_page_size);
    });
}

#[test]
fn names_of_all_kinds_are_told() {
    if !available() {
        return;
    }
    let name_of = |addr: *const u8| {
        let mut name = [0; 4096];
        let vma = procmap_query(own(), COVERING, addr.addr() as u64, &mut name, &mut []).unwrap();
        String::from_utf8(vma.vma_name.to_vec()).unwrap()
    };
    let file = temp::pages_on_disk(1);
    let mapped = Area::file(1, libc::MAP_SHARED, file.as_file().as_raw_fd());
    assert_eq!(file.path().to_str().unwrap(), name_of(mapped.at(0)));
    let path = file.path().to_owned();
    file.close().unwrap();
    assert_eq!(format!("{} (deleted)", path.display()), name_of(mapped.at(0)));
    let memfd = unsafe { libc::memfd_create(c"of a test".as_ptr(), libc::MFD_CLOEXEC) };
    let area = Area::file(1, libc::MAP_SHARED, memfd);
    assert_eq!("/memfd:of a test (deleted)", name_of(area.at(0)));
    unsafe { libc::close(memfd) };
    // The kernel's own mappings have names as well.
    let vdso = unsafe { libc::getauxval(libc::AT_SYSINFO_EHDR) };
    assert_eq!("[vdso]", name_of(std::ptr::without_provenance(vdso.try_into().unwrap())));
    if have!("anon-vma-name") {
        let named = Area::anon(1);
        let (call, of) = (libc::PR_SET_VMA, libc::PR_SET_VMA_ANON_NAME);
        let (ptr, text) = (named.ptr(), c"a name".as_ptr());
        assert_eq!(0, unsafe { libc::prctl(call, of, ptr, named.len(), text) });
        assert_eq!("[anon:a name]", name_of(named.at(0)));
    }
}

/// The build-id of a program is that which the linker wrote, as its own notes tell.
#[test]
fn the_build_id_of_a_library_is_told() {
    if !available() {
        return;
    }
    let libc_code = libc::getpid as *const () as u64;
    let (mut name, mut build_id) = ([0; 4096], [7; 20]);
    let vma = procmap_query(own(), COVERING, libc_code, &mut name, &mut build_id).unwrap();
    assert!(vma.vma_flags.contains(Flags::PROCMAP_QUERY_VMA_EXECUTABLE));
    let path = std::str::from_utf8(vma.vma_name).unwrap();
    let file = fs::read(path).unwrap();
    // A note of the owner "GNU", of type 3: sizes 4 and n, then the name, then the build-id.
    let len = vma.build_id.len();
    assert!(len >= 8, "{path} has the build-id {:?}", vma.build_id);
    let mut note = Vec::new();
    for word in [4, u32::try_from(len).unwrap(), 3] {
        note.extend_from_slice(&word.to_ne_bytes());
    }
    note.extend_from_slice(b"GNU\0");
    note.extend_from_slice(vma.build_id);
    assert!(file.windows(note.len()).any(|bytes| bytes == note), "{path}: {:x?}", vma.build_id);
    // A file that is no ELF file has none.
    let text = temp::pages_on_disk(1);
    let area = Area::file(1, libc::MAP_PRIVATE, text.as_file().as_raw_fd());
    let start = area.ptr().addr() as u64;
    let mut build_id = [7; 20];
    let vma = procmap_query(own(), COVERING, start, &mut [], &mut build_id).unwrap();
    assert!(vma.inode != 0 && vma.build_id.is_empty());
}

/// Only a buffer with room for the whole text, and for a name's final zero, is filled.
#[test]
fn a_buffer_that_is_too_short_is_refused() {
    if !available() {
        return;
    }
    let file = temp::pages_on_disk(1);
    let area = Area::file(1, libc::MAP_SHARED, file.as_file().as_raw_fd());
    let path = file.path().as_os_str().as_bytes();
    let with_room = |len: usize| {
        let mut name = vec![7; len];
        let addr = area.ptr().addr() as u64;
        let vma = procmap_query(own(), COVERING, addr, &mut name, &mut [])?;
        assert_eq!(path, vma.vma_name);
        Ok(())
    };
    assert_eq!(Ok(()), with_room(path.len() + 1));
    assert_eq!(Err(Errno::ENAMETOOLONG), with_room(path.len()));
    assert_eq!(Err(Errno::ENAMETOOLONG), with_room(1));
    assert_eq!(Ok(()), with_room(1 << 20));
    let libc_code = libc::getpid as *const () as u64;
    let build_id = |room: usize| {
        let mut bytes = vec![7; room];
        let vma = procmap_query(own(), COVERING, libc_code, &mut [], &mut bytes)?;
        Ok(vma.build_id.len())
    };
    let len = build_id(20).unwrap();
    assert_eq!(Ok(len), build_id(len));
    assert_eq!(Ok(len), build_id(4096));
    assert_eq!(Err(Errno::ENAMETOOLONG), build_id(len - 1));
}

#[test]
fn each_fault_has_its_errno() {
    if !available() {
        return;
    }
    fn ask(fd: impl AsFd, flags: Flags, addr: u64) -> mman::Result<u64> {
        procmap_query(fd, flags, addr, &mut [], &mut []).map(|vma| vma.vma_start)
    }
    let maps = own();
    assert_eq!(Err(Errno::ENOENT), ask(&maps, COVERING, 0));
    assert_eq!(Err(Errno::ENOENT), ask(&maps, COVERING, u64::MAX));
    assert_eq!(Err(Errno::ENOENT), ask(&maps, OR_NEXT, u64::MAX));
    assert_eq!(Err(Errno::EINVAL), ask(&maps, Flags::from_bits_retain(0x40), 0));
    assert_eq!(Err(Errno::EINVAL), ask(&maps, Flags::from_bits_retain(1 << 63), 0));
    let smaps = File::open("/proc/self/smaps").unwrap();
    assert_eq!(Err(Errno::ENOTTY), ask(&smaps, OR_NEXT, 0));
    assert_eq!(Err(Errno::ENOTTY), ask(temp::on_disk().as_file(), OR_NEXT, 0));
    assert_eq!(Err(Errno::EBADF), ask(path_only("/proc/self/maps"), OR_NEXT, 0));
    assert_eq!(Err(Errno::ESRCH), ask(of_ended("maps"), OR_NEXT, 0));
}

#[test]
fn a_filter_is_told_from_the_rest() {
    for errno in [Errno::ENOSYS, Errno::EPERM] {
        in_child(|| {
            let maps = own();
            deny(&[libc::SYS_ioctl], errno as i32);
            let answer = procmap_query(&maps, OR_NEXT, 0, &mut [], &mut []);
            assert_eq!(Err(errno), answer);
        });
    }
}
