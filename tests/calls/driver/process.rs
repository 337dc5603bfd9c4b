//! What all of the process must be like before and after: its mappings, its open files, and the
//! canaries that lie around the memory of the calls.

use std::{
    collections::BTreeMap, ffi::c_void, fmt, fs, ops::Range, ptr, slice, sync::OnceLock, thread,
    time::Duration,
};

use mman::page_size;

/// How many bytes of addresses the calls have beyond what the process has already.
const ROOM: libc::rlim_t = 192 << 20;

/// The largest file.
const LARGEST_FILE: libc::rlim_t = 8 << 20;

/// There is one, with files, and with mappings that it tells of.
pub(super) const KERNEL: bool = true;

const CANARY: u8 = 0xa5;

/// Free pages between canaries: the system puts what is mapped next into the first that fits, from
/// the highest address down.
const HOLES: &[usize] = &[700, 64, 33, 18, 11, 8, 6, 5, 4, 3, 3, 2, 2, 2, 1, 1, 1, 1];

struct Canaries {
    start: usize,
    /// The pages that are one.
    pages: Vec<usize>,
    len: usize,
}

fn canaries() -> &'static Canaries {
    static ALL: OnceLock<Canaries> = OnceLock::new();
    ALL.get_or_init(|| {
        let page = page_size();
        let len = (HOLES.iter().sum::<usize>() + HOLES.len() + 1) * page;
        let (prot, flags) =
            (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: new memory.
        let start = unsafe { libc::mmap(ptr::null_mut(), len, prot, flags, -1, 0) };
        assert_ne!(start, libc::MAP_FAILED);
        let start = start.addr();
        let (mut at, mut pages) = (start, Vec::new());
        for hole in HOLES.iter().chain([&0]) {
            pages.push(at);
            // SAFETY: the page is this function's.
            unsafe { ptr::with_exposed_provenance_mut::<u8>(at).write_bytes(CANARY, page) };
            let (begin, size) = (at + page, hole * page);
            // SAFETY: the pages are this function's.
            assert!(*hole == 0 || unsafe { libc::munmap(begin as *mut c_void, size) } == 0);
            at = begin + size;
        }
        Canaries { start, pages, len }
    })
}

/// The address of a page of the canaries' area, or around it.
pub(super) fn address_in_area(number: usize) -> usize {
    let all = canaries();
    // More often in the smaller holes, at the end.
    (all.start + all.len).wrapping_add(page_size()).wrapping_sub(number * page_size())
}

fn canaries_are_untouched() -> bool {
    canaries().pages.iter().all(|page| {
        // SAFETY: the page is a canary's, and readable if all is as it should be.
        let bytes = unsafe { slice::from_raw_parts(*page as *const u8, page_size()) };
        bytes.iter().all(|byte| *byte == CANARY)
    })
}

/// A length as it is: what is too much is refused.
pub(super) fn length(number: usize) -> usize {
    number
}

/// Limits what calls with any arguments can take, and lets the allocator leave mappings alone.
pub(super) fn prepare() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        // SAFETY: the signal is one that nobody waits for: writing beyond the limit is an error.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
        for (option, value) in [(libc::M_MMAP_THRESHOLD, i32::MAX), (libc::M_ARENA_MAX, 1)] {
            // SAFETY: both are numbers that it knows.
            unsafe { libc::mallopt(option, value) };
        }
        // What a thread leaves behind is there from now on.
        thread::spawn(|| {}).join().unwrap();
        canaries();
        limit(libc::RLIMIT_FSIZE, LARGEST_FILE);
        limit(libc::RLIMIT_CORE, 0);
    });
    // The fuzzer goes on growing.
    let used = fs::read_to_string("/proc/self/statm").unwrap();
    let used: libc::rlim_t = used.split(' ').next().unwrap().parse().unwrap();
    limit(libc::RLIMIT_AS, used * page_size() as libc::rlim_t + ROOM);
}

fn limit(resource: libc::__rlimit_resource_t, most: libc::rlim_t) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the limit is written.
    assert_eq!(0, unsafe { libc::getrlimit(resource, &mut limit) });
    limit.rlim_cur = most.min(limit.rlim_max);
    // SAFETY: the limit is read.
    assert_eq!(0, unsafe { libc::setrlimit(resource, &limit) });
}

/// Lengths of memory that is alike, by their first address, and what it is; and the open files.
#[derive(Clone, PartialEq)]
pub(super) struct Snapshot {
    maps: BTreeMap<usize, (usize, String)>,
    files: Vec<String>,
}

impl Snapshot {
    /// Fails if a canary was touched. With `flags` it takes ten times as long.
    pub(super) fn take(flags: bool) -> Self {
        assert!(canaries_are_untouched(), "a canary was overwritten");
        let files = fs::read_dir("/proc/self/fd").unwrap();
        let mut files: Vec<_> = files
            .filter_map(|file| {
                let file = file.unwrap();
                let target = fs::read_link(file.path()).ok()?;
                let target = target.to_string_lossy();
                (!target.ends_with("/fd")).then(|| format!("{:?} {target}", file.file_name()))
            })
            .collect();
        files.sort();
        Self { maps: maps(flags), files }
    }

    /// One that is like another, if there is one soon: a thread that prefaults for the library has
    /// done its work before it ends.
    pub(super) fn like(before: &Self, flags: bool) -> Self {
        for _ in 0..20 {
            let now = Self::take(flags);
            if now == *before {
                return now;
            }
            thread::sleep(Duration::from_millis(5));
        }
        Self::take(flags)
    }

    /// What is in this and not in the other.
    pub(super) fn beyond(&self, other: &Self) -> Vec<String> {
        let maps = self.maps.iter().filter(|(at, map)| other.maps.get(at) != Some(map));
        let maps = maps.map(|(at, (len, what))| format!("{at:x} {len:x} {what}"));
        let files = self.files.iter().filter(|file| !other.files.contains(file));
        maps.chain(files.cloned()).collect()
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x?} {:?}", self.maps, self.files)
    }
}

/// All mappings but what grows by itself, neighbours that are alike as one; with the kernel's flags
/// for them, if asked for.
fn maps(flags: bool) -> BTreeMap<usize, (usize, String)> {
    let text = fs::read_to_string(if flags { "/proc/self/smaps" } else { "/proc/self/maps" });
    let text = text.unwrap();
    let mut all: Vec<(Range<usize>, String)> = Vec::new();
    for line in text.lines() {
        if let Some(flags) = line.strip_prefix("VmFlags:") {
            // The soft-dirty bit is one of pages that were mapped of late.
            let flags = flags.split_ascii_whitespace().filter(|flag| *flag != "sd");
            all.last_mut().unwrap().1.extend(flags);
        } else if !line.starts_with(|letter: char| letter.is_ascii_uppercase()) {
            let mut words = line.split_ascii_whitespace();
            let (start, end) = words.next().unwrap().split_once('-').unwrap();
            let number = |text| usize::from_str_radix(text, 16).unwrap();
            let access = words.next().unwrap();
            // But for the offset.
            let what = words.skip(1).fold(access.to_owned(), |what, word| what + " " + word);
            all.push((number(start)..number(end), what));
        }
    }
    all.retain(|(_, what)| !what.contains("[heap]") && !what.contains("[stack]"));
    let mut joined: Vec<(Range<usize>, String)> = Vec::new();
    for (range, what) in all {
        match joined.last_mut() {
            Some((last, same)) if last.end == range.start && *same == what => last.end = range.end,
            _ => joined.push((range, what)),
        }
    }
    joined.into_iter().map(|(range, what)| (range.start, (range.len(), what))).collect()
}
