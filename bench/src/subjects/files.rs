//! Files: map, open and read whole, by size; sum a large cached one, bring one in, release it.

use std::{
    fs::{self, File},
    hint::black_box,
    io::Read as _,
    os::fd::AsRawFd as _,
    ptr,
    rc::Rc,
    sync::Arc,
};

use memmap2::Mmap;
use mman::{
    Advice, Contents, FileMap, MapError, MapOptions, Placement, Prefault,
    fcntl::{PosixFadviseAdvice, posix_fadvise},
};

use super::{Filled, PAGE, anonymous::mappings, residency::kind_of, sizes, sum_of};
use crate::row::{EQUAL, Role, Row, by, ending, in_words, prepared, threads_in_words};

/// A huge page.
const HUGE: usize = 2 << 20;

pub(super) fn rows(largest: u64) -> Vec<Row> {
    let sizes_mapped = [1 << 12, 1 << 16, 1 << 20, 1 << 28, 1 << 32].into_iter();
    let mut rows: Vec<Row> = sizes_mapped
        .filter(|size| *size as u64 <= largest)
        .map(|size| map_and_unmap(size, 1))
        .collect();
    rows.push(map_and_unmap(1 << 12, 2));
    rows.extend([1000, 60_000].map(among));
    rows.push(open_and_map());
    let whole = [0, 2, 4, 6, 8, 9, 10, 11, 12, 14, 16, 18, 20].map(|shift| 1024u64 << shift);
    rows.extend(whole.into_iter().filter(|size| *size <= largest).map(|size| read_whole(size, 1)));
    rows.push(read_whole(1 << 12, 2));
    rows.push(sum("disk", Filled::on_disk, largest.min(2 << 30)));
    rows.push(sum("tmpfs", Filled::on_tmpfs, largest.min(2 << 30)));
    rows.push(sum_collapsed(largest.min(2 << 30)));
    for size in sizes(largest).filter(|size| *size < 1 << 30) {
        rows.push(bring_in("disk", Filled::on_disk, size));
        rows.push(bring_in("tmpfs", Filled::on_tmpfs, size));
        if size >= 1 << 20 {
            rows.push(release(size));
        }
    }
    rows.push(bring_in_by_two(largest.min(256 << 20)));
    rows.push(bring_in_cold(64 << 20));
    rows
}

/// An open file is mapped and unmapped, and nothing is touched.
fn map_and_unmap(size: usize, threads: usize) -> Row {
    let (with, len) = (threads_in_words(threads), in_words(size as u64));
    Row::new(format!("files/map+unmap{with}/{len}"), move |contest| {
        let file = Filled::sparse(size as u64);
        let (ours, peer, other, bare) = (file.open(), file.open(), file.open(), file.open());
        let ours = by(threads, move || FileMap::new(&ours).expect("a map"));
        let memmap2 = by(threads, move || mapped_by_memmap2(&peer));
        let mmap_rs = by(threads, move || {
            let options = mmap_rs::MmapOptions::new(size).expect("a length");
            // SAFETY: the contents are never looked at.
            unsafe { options.with_file(&other, 0) }.map().expect("a map")
        });
        contest
            .with("FileMap::new", Role::Ours, ours)
            .with("memmap2", Role::Peer, memmap2)
            .with("mmap-rs, length known", Role::Peer, mmap_rs)
            .with("fstat, mmap, munmap", Role::Limit, {
                by(threads, move || raw_map_and_unmap(&bare, size))
            })
    })
}

fn raw_map_and_unmap(file: &File, size: usize) {
    black_box(kind_of(file));
    let (prot, fd) = (libc::PROT_READ, file.as_raw_fd());
    // SAFETY: a new map, at an address that the system picks.
    let start = unsafe { libc::mmap(ptr::null_mut(), size, prot, libc::MAP_SHARED, fd, 0) };
    // SAFETY: it was just mapped, and nobody has its address.
    unsafe { libc::munmap(black_box(start), size) };
}

fn mapped_by_memmap2(file: &File) -> Mmap {
    // SAFETY: nobody writes to the file.
    unsafe { Mmap::map(file) }.expect("a map")
}

/// The same of a page in a process that has so many mappings already.
fn among(count: usize) -> Row {
    Row::new(format!("files/map+unmap among others/{count}"), move |contest| {
        let (file, others) = (Filled::sparse(PAGE as u64), mappings(count));
        let (ours, peer) = (file.open(), file.open());
        contest
            .ours("FileMap::new", move || {
                let _ = &others;
                FileMap::new(&ours).expect("a map")
            })
            .peer("memmap2", move || mapped_by_memmap2(&peer))
    })
}

/// From the path to the map and back.
fn open_and_map() -> Row {
    Row::new("files/open, map, unmap/64 KiB", |contest| {
        let file = Rc::new(Filled::on_disk(1 << 16));
        let (ours, peer) = (Rc::clone(&file), file);
        contest
            .ours("FileMap::open", move || FileMap::open(ours.path()).expect("a map"))
            .peer("memmap2", move || mapped_by_memmap2(&peer.open()))
    })
}

/// The sum of a file by its contents, from the path on.
fn by_contents(file: &Filled) -> u64 {
    let contents = Contents::open(file.path()).expect("contents");
    // SAFETY: nobody writes to the file.
    unsafe { contents.with_slice(.., sum_of) }.expect("all of it")
}

fn by_memmap2(file: &Filled) -> u64 {
    sum_of(&mapped_by_memmap2(&file.open()))
}

fn by_populated_memmap2(file: &Filled) -> u64 {
    // SAFETY: nobody writes to the file.
    let map = unsafe { memmap2::MmapOptions::new().populate().map(&file.open()) };
    sum_of(&map.expect("a map"))
}

/// From the path to all of the bytes, and to the sum of them.
fn read_whole(size: u64, threads: usize) -> Row {
    let (with, len) = (threads_in_words(threads), in_words(size));
    Row::new(format!("files/open, read whole{with}/{len}"), move |contest| {
        let file = Arc::new(Filled::on_disk(size));
        let job = |job: fn(&Filled) -> u64| {
            let file = Arc::clone(&file);
            by(threads, move || job(&file))
        };
        let goal = match size {
            0..=0x1_0000 => 2.0,
            0x1_0001..=0x4_0000 => 1.2,
            _ => EQUAL,
        };
        contest
            .bytes(size)
            .with("Contents", Role::Ours, job(by_contents))
            .with("FileMap", Role::Ours, job(by_map))
            .with("fs::read", Role::Peer, job(by_std))
            .goal(goal)
            .with("memmap2", Role::Peer, job(by_memmap2))
            .goal(EQUAL)
            .with("memmap2, populate", Role::Peer, job(by_populated_memmap2))
    })
}

fn by_map(file: &Filled) -> u64 {
    let map = FileMap::open(file.path()).expect("a map");
    // SAFETY: nobody writes to the file.
    unsafe { map.with_slice(.., sum_of) }.expect("all of it")
}

fn by_std(file: &Filled) -> u64 {
    sum_of(&fs::read(file.path()).expect("contents"))
}

/// A large file that is in memory.
fn sum(place: &str, make: fn(u64) -> Filled, size: u64) -> Row {
    Row::new(format!("files/sum a cached file, {place}/{}", in_words(size)), move |contest| {
        let file = Rc::new(make(size));
        let file = || Rc::clone(&file);
        let (ours, peer, populated, read) = (file(), file(), file(), file());
        let chunks = file();
        let hot = vec![1u8; usize::try_from(size).unwrap_or(usize::MAX)];
        contest
            .bytes(size)
            .ours("Contents", move || by_contents(&ours))
            .ours("FileMap::chunks, 64 KiB", move || {
                let map = FileMap::open(chunks.path()).expect("a map");
                let mut chunks = map.chunks(.., 64 << 10).expect("chunks");
                let mut sum = 0u64;
                while let Some(chunk) = chunks.next_chunk() {
                    sum = sum.wrapping_add(sum_of(chunk.expect("it is there")));
                }
                sum
            })
            .goal(1.2)
            .peer("memmap2", move || by_memmap2(&peer))
            .peer("read, 128 KiB", move || {
                let mut buffer = vec![0; 128 << 10];
                let (mut file, mut sum) = (read.open(), 0u64);
                loop {
                    match file.read(&mut buffer).expect("contents") {
                        0 => return sum,
                        n => sum = sum.wrapping_add(sum_of(buffer.get(..n).unwrap_or_default())),
                    }
                }
            })
            .goal(EQUAL)
            .peer("memmap2, populate", move || by_populated_memmap2(&populated))
            .limit("hot memory", move || sum_of(&hot))
    })
}

/// A file in memory, of huge pages from here on, whoever maps it.
fn collapsed(size: u64) -> Result<Filled, MapError> {
    let file = Filled::on_tmpfs(size);
    aligned(&file)?.advise(.., Advice::Collapse)?;
    Ok(file)
}

/// A map whose huge pages lie as those of the file do.
fn aligned(file: &Filled) -> Result<FileMap, MapError> {
    MapOptions::new().placement(Placement::Aligned(HUGE)).file(file.open(), ..)
}

/// What the advice is worth to those who map such a file later.
fn sum_collapsed(size: u64) -> Row {
    let name = format!("files/sum a collapsed file, tmpfs/{}", in_words(size));
    Row::new(name, move |contest| {
        let file = match collapsed(size) {
            Ok(file) => Rc::new(file),
            // The kernel does not do it, or has no huge pages left.
            Err(error) => {
                eprintln!("no collapsed file: {error}");
                return contest;
            }
        };
        let file = || Rc::clone(&file);
        let (ours, contents, peer) = (file(), file(), file());
        let plain = Filled::on_tmpfs(size);
        let hot = vec![1u8; usize::try_from(size).unwrap_or(usize::MAX)];
        contest
            .bytes(size)
            .ours("FileMap, aligned", move || {
                // SAFETY: nobody writes to the file.
                unsafe { aligned(&ours).expect("a map").with_slice(.., sum_of) }.expect("all of it")
            })
            .ours("Contents", move || by_contents(&contents))
            .goal(1.2)
            .peer("memmap2", move || by_memmap2(&peer))
            .peer("memmap2, not collapsed", move || by_memmap2(&plain))
            .limit("hot memory", move || sum_of(&hot))
    })
}

fn brought_in(file: &Filled) -> FileMap {
    MapOptions::new().prefault(Prefault::Read).file(file.open(), ..).expect("a map")
}

fn brought_in_by_memmap2(file: &Filled) -> Mmap {
    // SAFETY: the contents are never looked at.
    unsafe { memmap2::MmapOptions::new().populate().map(&file.open()) }.expect("a map")
}

/// A map of a cached file that can be read without a fault.
fn bring_in(place: &str, make: fn(u64) -> Filled, size: u64) -> Row {
    Row::new(format!("files/map and bring in, {place}/{}", in_words(size)), move |contest| {
        let file = Rc::new(make(size));
        let (ours, peer, touched) = (Rc::clone(&file), Rc::clone(&file), file);
        contest
            .bytes(size)
            .ours("Prefault::Read", move || brought_in(&ours))
            .peer("memmap2, populate", move || brought_in_by_memmap2(&peer))
            .peer("memmap2, touched", move || {
                let map = mapped_by_memmap2(&touched.open());
                look_at(&map)
            })
    })
}

/// The same of a file that is on the disk alone.
fn bring_in_cold(size: u64) -> Row {
    Row::new(format!("files/map and bring in, not cached/{}", in_words(size)), move |contest| {
        let file = Arc::new(Filled::on_disk(size));
        let evicted = || {
            let file = Arc::clone(&file);
            move || {
                let advice = PosixFadviseAdvice::POSIX_FADV_DONTNEED;
                posix_fadvise(file.open(), 0, 0, advice).expect("its pages are clean");
                Arc::clone(&file)
            }
        };
        contest
            .bytes(size)
            .with("Prefault::Read", Role::Ours, prepared(evicted(), |file| brought_in(&file)))
            .with("memmap2, populate", Role::Peer, {
                prepared(evicted(), |file| brought_in_by_memmap2(&file))
            })
            .with("memmap2, touched", Role::Peer, {
                prepared(evicted(), |file| {
                    let map = mapped_by_memmap2(&file.open());
                    black_box(look_at(&map));
                    map
                })
            })
    })
}

/// Reads a byte of each page.
fn look_at(bytes: &[u8]) -> u8 {
    bytes.iter().step_by(PAGE).fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// The same, half of the file by each of two threads.
fn bring_in_by_two(size: u64) -> Row {
    let name = format!("files/map and bring in, two threads/{}", in_words(size));
    Row::new(name, move |contest| {
        let file = Rc::new(Filled::on_disk(size));
        let half = usize::try_from(size / 2).unwrap_or(usize::MAX);
        let (ours, peer, touched) = (Rc::clone(&file), Rc::clone(&file), file);
        contest
            .bytes(size)
            .ours("FileMap::prefault", move || {
                let map = FileMap::open(ours.path()).expect("a map");
                std::thread::scope(|scope| {
                    scope.spawn(|| map.prefault(..half).expect("its pages"));
                    map.prefault(half..).expect("its pages");
                });
                map
            })
            .peer("memmap2, PopulateRead", move || {
                let map = mapped_by_memmap2(&peer.open());
                let advise = |start| map.advise_range(memmap2::Advice::PopulateRead, start, half);
                std::thread::scope(|scope| {
                    scope.spawn(|| advise(0).expect("its pages"));
                    advise(half).expect("its pages");
                });
                map
            })
            .peer("memmap2, touched", move || {
                let map = mapped_by_memmap2(&touched.open());
                let (one, two) = map.split_at(half);
                std::thread::scope(|scope| {
                    scope.spawn(|| black_box(look_at(one)));
                    black_box(look_at(two));
                });
            })
    })
}

/// The end of such a map.
fn release(size: u64) -> Row {
    Row::new(format!("files/release/{}", in_words(size)), move |contest| {
        let file = Arc::new(Filled::on_disk(size));
        let (ours, peer) = (Arc::clone(&file), file);
        contest
            .bytes(size)
            .with("drop of FileMap", Role::Ours, ending(1, move || brought_in(&ours)))
            .with("memmap2", Role::Peer, ending(1, move || brought_in_by_memmap2(&peer)))
    })
}
