//! What the system answers to good and bad calls.

use std::fs::{File, OpenOptions};
use std::os::unix::io::{AsRawFd, RawFd};
use std::ptr;

use nix::Result;
use nix::libc::c_void;
#[cfg(any(target_os = "linux", target_os = "netbsd"))]
use nix::sys::mman::{MRemapFlags, mremap};
use nix::sys::mman::{MapFlags, MlockAllFlags, MmapAdvise, MsFlags, ProtFlags};
use nix::sys::mman::{
    madvise, mlock, mlockall, mmap, mprotect, msync, munlock, munlockall, munmap,
};

/// A multiple of every page size.
const PAGE: usize = 64 << 10;

/// Calls and their answers.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Answers(pub Vec<String>);

impl Answers {
    fn note<T>(&mut self, call: &str, answer: Result<T>) {
        let answer = answer.map_or_else(|error| error.to_string(), |_| String::from("Ok"));
        self.0.push(format!("{call}: {answer}"));
    }
}

fn new(pages: usize, fd: RawFd, flags: MapFlags) -> Result<*mut c_void> {
    let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    // SAFETY: at an address that the system picks; nobody else uses what is mapped.
    unsafe { mmap(ptr::null_mut(), pages * PAGE, prot, flags, fd, 0) }
}

fn anonymous(pages: usize) -> Result<*mut c_void> {
    new(pages, -1, MapFlags::MAP_PRIVATE | MapFlags::MAP_ANON)
}

/// The address some bytes on, in the mapping or not.
fn at(start: *mut c_void, bytes: usize) -> *mut c_void {
    start.cast::<u8>().wrapping_add(bytes).cast()
}

/// `mmap` and `munmap`; `path` names a new file.
///
/// # Errors
///
/// Of preparing the file.
pub fn mapping(path: &std::path::Path) -> std::io::Result<Answers> {
    let mut to = Answers::default();
    let both = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
    both.set_len(PAGE as u64)?;
    let reader = File::open(path)?;
    let writer = OpenOptions::new().write(true).open(path)?;
    let directory = File::open("/")?;
    let files: [(&str, RawFd); 6] = [
        ("both", both.as_raw_fd()),
        ("reader", reader.as_raw_fd()),
        ("writer", writer.as_raw_fd()),
        ("directory", directory.as_raw_fd()),
        ("closed", 9999),
        ("none", -1),
    ];
    let kinds = [
        MapFlags::MAP_SHARED,
        MapFlags::MAP_PRIVATE,
        MapFlags::MAP_FILE,
        MapFlags::MAP_PRIVATE | MapFlags::MAP_ANON,
        MapFlags::MAP_SHARED | MapFlags::MAP_ANONYMOUS,
    ];
    let prots = [ProtFlags::PROT_NONE, ProtFlags::PROT_READ, ProtFlags::PROT_WRITE];
    for (file, fd) in files {
        for kind in kinds {
            for prot in prots {
                for (length, offset) in [(PAGE, 0), (1, 0), (0, 0), (PAGE, 1), (usize::MAX, 0)] {
                    let call = format!("mmap {file} {kind:x} {prot:?} {length} {offset}");
                    // SAFETY: at an address that the system picks; nobody uses it.
                    let answer = unsafe { mmap(ptr::null_mut(), length, prot, kind, fd, offset) };
                    to.note(&call, answer);
                    if let Ok(start) = answer {
                        // SAFETY: what was just mapped.
                        to.note("munmap", unsafe { munmap(start, length) });
                    }
                }
            }
        }
    }
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_ANON | MapFlags::MAP_FIXED;
    let odd = at(ptr::null_mut(), PAGE + 1);
    // SAFETY: no multiple of the page size: nothing is mapped.
    to.note("mmap fixed odd", unsafe { mmap(odd, PAGE, ProtFlags::PROT_READ, flags, -1, 0) });
    // SAFETY: a length of 0: nothing is unmapped.
    to.note("munmap 0", unsafe { munmap(odd, 0) });
    // SAFETY: no multiple of the page size: nothing is unmapped.
    to.note("munmap odd", unsafe { munmap(odd, PAGE) });
    Ok(to)
}

/// The calls on a range, on a mapping of four pages of which the third is missing.
///
/// # Errors
///
/// Of preparing the mapping.
pub fn ranges() -> Result<Answers> {
    let mut to = Answers::default();
    let start = anonymous(4)?;
    // SAFETY: inside what was just mapped.
    unsafe { munmap(at(start, 2 * PAGE), PAGE) }?;
    let sync = [
        MsFlags::empty(),
        MsFlags::MS_SYNC,
        MsFlags::MS_ASYNC,
        MsFlags::MS_INVALIDATE,
        MsFlags::MS_SYNC | MsFlags::MS_ASYNC,
        MsFlags::MS_SYNC | MsFlags::MS_INVALIDATE,
    ];
    let ranges =
        [(0, PAGE), (0, 2 * PAGE), (1, PAGE), (0, 0), (0, 4 * PAGE), (2 * PAGE, PAGE), (1, 0)];
    for (offset, length) in ranges.into_iter().chain([(0, usize::MAX)]) {
        let from = at(start, offset);
        let range = format!("{offset} {length}");
        for prot in [ProtFlags::PROT_READ, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE] {
            // SAFETY: nobody uses the range; one of usize::MAX bytes is refused.
            to.note(&format!("mprotect {range}"), unsafe { mprotect(from, length, prot) });
        }
        for flags in sync {
            // SAFETY: nobody uses the range.
            to.note(&format!("msync {range} {flags:x}"), unsafe { msync(from, length, flags) });
        }
        for advice in advices() {
            // SAFETY: nobody uses the range; one of usize::MAX bytes is refused or empty.
            let answer = unsafe { madvise(from, length, advice) };
            to.note(&format!("madvise {range} {advice:?}"), answer);
        }
        // SAFETY: nobody uses the range.
        to.note(&format!("mlock {range}"), unsafe { mlock(from, length) });
        // SAFETY: nobody uses the range.
        to.note("madvise locked", unsafe { madvise(start, PAGE, MmapAdvise::MADV_DONTNEED) });
        // SAFETY: nobody uses the range.
        to.note("msync locked", unsafe { msync(start, PAGE, MsFlags::MS_INVALIDATE) });
        // SAFETY: nobody uses the range.
        to.note(&format!("munlock {range}"), unsafe { munlock(from, length) });
    }
    for half in [start, at(start, 3 * PAGE)] {
        // SAFETY: what was mapped above; the middle is missing already.
        to.note("munmap", unsafe { munmap(half, PAGE) });
    }
    Ok(to)
}

/// Advices that harm nobody.
fn advices() -> Vec<MmapAdvise> {
    vec![
        MmapAdvise::MADV_NORMAL,
        MmapAdvise::MADV_RANDOM,
        MmapAdvise::MADV_SEQUENTIAL,
        MmapAdvise::MADV_WILLNEED,
        MmapAdvise::MADV_DONTNEED,
        MmapAdvise::MADV_FREE,
        #[cfg(any(target_os = "android", target_os = "linux"))]
        MmapAdvise::MADV_REMOVE,
        #[cfg(any(target_os = "android", target_os = "linux"))]
        MmapAdvise::MADV_DONTFORK,
        #[cfg(any(target_os = "android", target_os = "linux"))]
        MmapAdvise::MADV_DOFORK,
        #[cfg(any(target_os = "android", target_os = "linux"))]
        MmapAdvise::MADV_MERGEABLE,
        #[cfg(any(target_os = "android", target_os = "linux"))]
        MmapAdvise::MADV_UNMERGEABLE,
        #[cfg(any(target_os = "android", target_os = "linux"))]
        MmapAdvise::MADV_HUGEPAGE,
        #[cfg(any(target_os = "android", target_os = "linux"))]
        MmapAdvise::MADV_NOHUGEPAGE,
        #[cfg(any(target_os = "android", target_os = "linux"))]
        MmapAdvise::MADV_DONTDUMP,
        #[cfg(any(target_os = "android", target_os = "linux"))]
        MmapAdvise::MADV_DODUMP,
    ]
}

/// Locking of all pages.
pub fn locking() -> Answers {
    let mut to = Answers::default();
    to.note("mlockall nothing", mlockall(MlockAllFlags::empty()));
    to.note("mlockall all", mlockall(MlockAllFlags::all()));
    to.note("munlockall", munlockall());
    to
}

/// `mremap` of one page of two: what it answers, and whether the page moved.
///
/// # Errors
///
/// Of preparing the mappings.
#[cfg(any(target_os = "linux", target_os = "netbsd"))]
pub fn moving() -> Result<Answers> {
    let mut to = Answers::default();
    let sizes = [(PAGE, PAGE), (PAGE, 2 * PAGE), (2 * PAGE, PAGE), (PAGE, 0), (0, PAGE)];
    for flags in [MRemapFlags::empty(), MRemapFlags::all(), some_flag()] {
        for (old, new) in sizes {
            for (offset, place) in [(0, 0), (1, 0), (4 * PAGE, 0), (0, 6 * PAGE), (0, 6 * PAGE + 1)]
            {
                let start = anonymous(8)?;
                // SAFETY: inside what was just mapped.
                unsafe { munmap(at(start, 4 * PAGE), PAGE) }?;
                let place = (flags == MRemapFlags::all()).then(|| at(start, place));
                // SAFETY: nobody uses the mapping, in which the place is, too.
                let answer = unsafe { mremap(at(start, offset), old, new, flags, place) };
                let moved = answer.map(|address| address != start);
                to.note(&format!("mremap {offset} {old} {new} {flags:x} {moved:?}"), answer);
                if let Ok(address) = answer {
                    // SAFETY: what was just moved; nobody uses it.
                    unsafe { munmap(address, new.max(PAGE)) }?;
                }
                // SAFETY: what is left; nobody uses it.
                unsafe { munmap(start, 8 * PAGE) }?;
            }
        }
    }
    Ok(to)
}

#[cfg(target_os = "linux")]
fn some_flag() -> MRemapFlags {
    MRemapFlags::MREMAP_MAYMOVE
}

#[cfg(target_os = "netbsd")]
fn some_flag() -> MRemapFlags {
    MRemapFlags::MAP_REMAPDUP
}

/// `shm_open` and `shm_unlink` of names good and bad; `name` is one that nobody else has.
#[cfg(not(target_os = "android"))]
pub fn objects(name: &str) -> Answers {
    use nix::fcntl::OFlag;
    use nix::sys::mman::{shm_open, shm_unlink};
    use nix::sys::stat::Mode;

    let mut to = Answers::default();
    let rw = OFlag::O_RDWR;
    let new = rw | OFlag::O_CREAT | OFlag::O_EXCL;
    // Its own names, so that other processes do not make them too.
    let long = |length: usize| {
        let more = (length + 1).saturating_sub(name.len());
        format!("{name}{}", "n".repeat(more))
    };
    let names = [
        String::from(name),
        String::from(name.trim_start_matches('/')),
        format!("{name}/below"),
        format!("{name}\0"),
        String::new(),
        String::from("/"),
        String::from("/.."),
        long(255),
        long(256),
        long(4094),
        long(4095),
        long(5000),
    ];
    for (index, name) in names.iter().enumerate() {
        for flags in [rw, new, rw | OFlag::O_CREAT, OFlag::O_RDONLY, rw | OFlag::O_TRUNC, new] {
            let answer = shm_open(name.as_str(), flags, Mode::S_IRUSR | Mode::S_IWUSR);
            if let Ok(fd) = answer {
                // SAFETY: the descriptor was just opened, and nobody else has its number.
                unsafe { nix::libc::close(fd) };
            }
            to.note(&format!("shm_open {index} {flags:x}"), answer);
        }
        to.note(&format!("shm_unlink {index}"), shm_unlink(name.as_str()));
        to.note(&format!("shm_unlink {index}"), shm_unlink(std::path::Path::new(name)));
    }
    to
}
