//! What owned types do, beside peers that do the same.

use std::{fs::File, hint::black_box, os::unix::fs::FileExt as _};

use mman::{
    Anon, Appender, Contents, FileMap, FileMapMut, MapOptions, Placement, Reservation, Shared,
};

const PAGE: usize = 4096;

/// What the calls are made on.
pub(crate) struct Things {
    file: File,
    path: tempfile::TempPath,
    map: FileMapMut,
    theirs: memmap2::MmapMut,
    reservation: Reservation,
    shared: Shared,
}

impl Things {
    /// A file of a page, its maps, and room.
    #[allow(clippy::expect_used, reason = "without them there is nothing to count")]
    pub(crate) fn new() -> Self {
        let (file, path) = tempfile::NamedTempFile::new().expect("a file").into_parts();
        file.write_all_at(&[1; PAGE], 0).expect("room on the disk");
        let map = FileMapMut::new(&file).expect("a map");
        // SAFETY: nothing refers to what it holds while the other map is written.
        let theirs = unsafe { memmap2::MmapMut::map_mut(&file) }.expect("a map");
        let reservation = Reservation::new(64 * PAGE).expect("addresses");
        let shared = Shared::anonymous(PAGE).expect("memory");
        Self { file, path, map, theirs, reservation, shared }
    }
}

/// Whether it succeeded.
pub(crate) type Call = fn(&Things) -> bool;

/// The calls, by name and library, and the most instructions that one may take; 0 for peers.
///
/// A most is a tenth more than was counted last; what was gained is taken off it.
pub(crate) const CALLS: &[(&str, &str, u32, Call)] = &[
    ("anon", "mman", 140, anon_mman),
    ("anon", "memmap2", 0, anon_memmap2),
    ("anon", "mmap-rs", 0, anon_mmap_rs),
    ("anon", "region", 0, anon_region),
    ("anon-options", "mman", 374, options_mman),
    ("anon-1GiB", "mman", 1245, large_mman),
    ("anon-1GiB", "memmap2", 0, large_memmap2),
    ("file", "mman", 660, file_mman),
    ("file", "memmap2", 0, file_memmap2),
    ("file", "mmap-rs", 0, file_mmap_rs),
    ("open", "mman", 955, open_mman),
    ("open", "memmap2", 0, open_memmap2),
    ("contents", "mman", 1067, contents_mman),
    ("contents", "std", 0, contents_std),
    ("read-8", "mman", 66, read_mman),
    ("read-8", "memmap2", 0, read_memmap2),
    ("read-8", "pread", 0, read_pread),
    ("read-256", "mman", 100, read_more_mman),
    ("read-256", "memmap2", 0, read_more_memmap2),
    ("write-8", "mman", 65, write_mman),
    ("load-u64", "mman", 44, load_mman),
    ("store-u64", "mman", 44, store_mman),
    ("shared-read", "mman", 135, shared_mman),
    ("carve", "mman", 2500, carve_mman),
    ("carve-16", "mman", 46841, carve_many_mman),
    ("append-64", "mman", 8087, append_mman),
    ("resize", "mman", 3601, resize_mman),
    ("discard-16", "mman", 5467, discard_mman),
    ("discard-16", "libc", 0, discard_libc),
];

#[inline(never)]
fn anon_mman(_: &Things) -> bool {
    black_box(Anon::new(black_box(PAGE))).is_ok()
}

#[inline(never)]
fn anon_memmap2(_: &Things) -> bool {
    black_box(memmap2::MmapMut::map_anon(black_box(PAGE))).is_ok()
}

#[inline(never)]
fn anon_mmap_rs(_: &Things) -> bool {
    let options = mmap_rs::MmapOptions::new(black_box(PAGE));
    options.is_ok_and(|options| black_box(options.map_mut()).is_ok())
}

#[inline(never)]
fn anon_region(_: &Things) -> bool {
    black_box(region::alloc(black_box(PAGE), region::Protection::READ_WRITE)).is_ok()
}

#[inline(never)]
fn options_mman(_: &Things) -> bool {
    black_box(MapOptions::new().anon(black_box(PAGE))).is_ok()
}

/// With all that is done for large memory.
#[inline(never)]
fn large_mman(_: &Things) -> bool {
    black_box(Anon::new(black_box(1 << 30))).is_ok()
}

#[inline(never)]
fn large_memmap2(_: &Things) -> bool {
    black_box(memmap2::MmapMut::map_anon(black_box(1 << 30))).is_ok()
}

#[inline(never)]
fn file_mman(things: &Things) -> bool {
    black_box(FileMap::new(&things.file)).is_ok()
}

#[inline(never)]
fn file_memmap2(things: &Things) -> bool {
    // SAFETY: the contents are never looked at.
    black_box(unsafe { memmap2::Mmap::map(&things.file) }).is_ok()
}

/// Without asking for the length.
#[inline(never)]
fn file_mmap_rs(things: &Things) -> bool {
    let Ok(options) = mmap_rs::MmapOptions::new(black_box(PAGE)) else { return false };
    // SAFETY: the contents are never looked at.
    let options = unsafe { options.with_file(&things.file, 0) };
    black_box(options.map()).is_ok()
}

#[inline(never)]
fn open_mman(things: &Things) -> bool {
    black_box(FileMap::open(&things.path)).is_ok()
}

#[inline(never)]
fn open_memmap2(things: &Things) -> bool {
    let Ok(file) = File::open(&things.path) else { return false };
    // SAFETY: the contents are never looked at.
    black_box(unsafe { memmap2::Mmap::map(&file) }).is_ok()
}

#[inline(never)]
fn contents_mman(things: &Things) -> bool {
    black_box(Contents::open(&things.path)).is_ok()
}

#[inline(never)]
fn contents_std(things: &Things) -> bool {
    black_box(std::fs::read(&things.path)).is_ok()
}

#[inline(never)]
fn read_mman(things: &Things) -> bool {
    let mut bytes = [0; 8];
    black_box(things.map.read_at(black_box(16), black_box(&mut bytes))).is_ok()
}

#[inline(never)]
fn read_memmap2(things: &Things) -> bool {
    let mut bytes = [0; 8];
    let from = black_box(16);
    let to = black_box(&mut bytes);
    black_box(things.theirs.get(from..from + 8).map(|from| to.copy_from_slice(from))).is_some()
}

#[inline(never)]
fn read_pread(things: &Things) -> bool {
    let mut bytes = [0; 8];
    black_box(things.file.read_exact_at(black_box(&mut bytes), black_box(16))).is_ok()
}

#[inline(never)]
fn read_more_mman(things: &Things) -> bool {
    let mut bytes = [0; 256];
    let bytes = black_box(&mut bytes[..]);
    black_box(things.map.read_at(black_box(16), bytes)).is_ok()
}

#[inline(never)]
fn read_more_memmap2(things: &Things) -> bool {
    let mut bytes = [0; 256];
    let to = black_box(&mut bytes[..]);
    let from = black_box(16);
    let from = things.theirs.get(from..from + to.len());
    black_box(from.map(|from| to.copy_from_slice(from))).is_some()
}

#[inline(never)]
fn write_mman(things: &Things) -> bool {
    black_box(things.map.write_at(black_box(16), black_box(&[1; 8]))).is_ok()
}

#[inline(never)]
fn load_mman(things: &Things) -> bool {
    black_box(things.map.load::<u64>(black_box(16))).is_ok()
}

#[inline(never)]
fn store_mman(things: &Things) -> bool {
    black_box(things.map.store(black_box(16), black_box(7u64))).is_ok()
}

#[inline(never)]
fn shared_mman(things: &Things) -> bool {
    let mut bytes = [0; 64];
    black_box(things.shared.read_at(black_box(16), black_box(&mut bytes))).is_ok()
}

#[inline(never)]
fn carve_mman(things: &Things) -> bool {
    black_box(things.reservation.carve(black_box(PAGE))).is_ok()
}

/// Sixteen at a time.
#[inline(never)]
fn carve_many_mman(things: &Things) -> bool {
    let carved: [_; 16] = std::array::from_fn(|_| things.reservation.carve(black_box(PAGE)));
    black_box(&carved).iter().all(Result::is_ok)
}

/// Sixteen of them in a new memory.
#[inline(never)]
fn append_mman(things: &Things) -> bool {
    let place = Placement::Within(things.reservation.clone(), 0);
    let Ok(memory) = MapOptions::new().placement(place).growth_step(PAGE).anon(0) else {
        return false;
    };
    let mut log = Appender::new(memory);
    (0..16).all(|_| black_box(log.append(black_box(&[1; 64]))).is_ok())
}

/// Sixteen times by 64 bytes.
#[inline(never)]
fn resize_mman(_: &Things) -> bool {
    let Ok(mut memory) = MapOptions::new().growth_step(PAGE).anon(0) else { return false };
    (0..16).all(|_| {
        let len = memory.len() + 64;
        black_box(memory.resize(black_box(len))).is_ok()
    })
}

fn parts() -> impl Iterator<Item = std::ops::Range<usize>> {
    (0..16).map(|part| 2 * part * PAGE).map(|start| start..start + PAGE)
}

/// Of a new memory.
#[inline(never)]
fn discard_mman(_: &Things) -> bool {
    let Ok(mut memory) = Anon::new(32 * PAGE) else { return false };
    black_box(memory.discard_ranges(parts())).is_ok()
}

#[inline(never)]
fn discard_libc(_: &Things) -> bool {
    let Ok(mut memory) = memmap2::MmapMut::map_anon(32 * PAGE) else { return false };
    parts().all(|part| {
        let Some(bytes) = memory.get_mut(part) else { return false };
        // SAFETY: the pages are this function's own, and nobody counts on what they hold.
        let done =
            unsafe { libc::madvise(bytes.as_mut_ptr().cast(), bytes.len(), libc::MADV_DONTNEED) };
        black_box(done) == 0
    })
}
