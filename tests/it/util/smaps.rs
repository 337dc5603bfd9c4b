//! `/proc/self/smaps`: what the kernel says of a mapping.

use std::{collections::HashMap, fs, ops::Range};

/// One mapping.
#[derive(Clone, Debug)]
pub(crate) struct Vma {
    pub(crate) range: Range<usize>,
    /// `rw-p` and the like.
    pub(crate) perms: String,
    pub(crate) offset: u64,
    pub(crate) path: String,
    flags: Vec<String>,
    sizes: HashMap<String, usize>,
}

impl Vma {
    /// Whether `VmFlags` has this flag of two letters.
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|have| have == flag)
    }

    /// All of `VmFlags`.
    pub(crate) fn flags(&self) -> Vec<String> {
        self.flags.clone()
    }

    /// The value of a line such as `Rss` or `AnonHugePages`, in bytes.
    #[track_caller]
    pub(crate) fn bytes(&self, line: &str) -> usize {
        *self.sizes.get(line).unwrap_or_else(|| panic!("smaps has no line {line}"))
    }

    /// Its bytes in explicit huge pages.
    ///
    /// Newer kernels take one for shared by a count that only tables of the middle level have. With
    /// pages of 1 GiB, or of 2 MiB on arm64 with pages of 16 KiB, it is of another level, and
    /// whatever that count's place holds decides.
    pub(crate) fn hugetlb(&self) -> usize {
        self.bytes("Private_Hugetlb") + self.bytes("Shared_Hugetlb")
    }
}

/// The mapping that holds `address`.
#[track_caller]
pub(crate) fn at<T>(address: *const T) -> Vma {
    find(address).unwrap_or_else(|| panic!("nothing is mapped at {address:p}"))
}

/// The mapping that holds `address`, if there is one.
pub(crate) fn find<T>(address: *const T) -> Option<Vma> {
    let all = fs::read_to_string("/proc/self/smaps").unwrap();
    let mut lines = all.lines().peekable();
    while let Some(head) = lines.next() {
        let (range, _) = head.split_once(' ').unwrap();
        let body = std::iter::from_fn(|| lines.next_if(|line| !is_head(line)));
        let range = parse_range(range);
        if range.contains(&address.addr()) {
            return Some(vma(range, head, body));
        }
        body.for_each(drop);
    }
    None
}

/// The number of mappings of the process.
pub(crate) fn count() -> usize {
    fs::read_to_string("/proc/self/maps").unwrap().lines().count()
}

/// A line of `/proc/self/status` in bytes: `VmLck` and the like.
#[track_caller]
pub(crate) fn status(line: &str) -> usize {
    let all = fs::read_to_string("/proc/self/status").unwrap();
    let found = all.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
    kibibytes(found.unwrap_or_else(|| panic!("status has no line {line}"))).unwrap()
}

fn is_head(line: &str) -> bool {
    // A head starts with an address in small letters, any other line with a capital.
    !line.starts_with(|c: char| c.is_ascii_uppercase())
}

fn vma<'a>(range: Range<usize>, head: &str, body: impl Iterator<Item = &'a str>) -> Vma {
    let mut words = head.split_ascii_whitespace().skip(1);
    let mut next = || words.next().unwrap_or_default().to_owned();
    let (perms, offset, _device, _inode) = (next(), next(), next(), next());
    let path = words.collect::<Vec<_>>().join(" ");
    let offset = u64::from_str_radix(&offset, 16).unwrap();
    let (mut flags, mut sizes) = (Vec::new(), HashMap::new());
    for line in body {
        let (name, value) = line.split_once(':').unwrap();
        if name == "VmFlags" {
            flags = value.split_ascii_whitespace().map(str::to_owned).collect();
        } else if let Some(bytes) = kibibytes(value) {
            sizes.insert(name.to_owned(), bytes);
        }
    }
    Vma { range, perms, offset, path, flags, sizes }
}

fn parse_range(text: &str) -> Range<usize> {
    let (start, end) = text.split_once('-').unwrap();
    let number = |text| usize::from_str_radix(text, 16).unwrap();
    number(start)..number(end)
}

fn kibibytes(text: &str) -> Option<usize> {
    Some(text.trim().strip_suffix(" kB")?.trim().parse::<usize>().ok()? * 1024)
}
