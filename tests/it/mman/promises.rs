//! `mmap`: the flags that promise something about the pages.

use std::{fs, ptr};

use mman::{
    errno::Errno,
    sys::mman::{MapFlags, ProtFlags, mmap, munmap},
};

use super::{ANON, RW, map_anon, map_file, read, write};
use crate::util::{
    child::in_child,
    machine::HugePages,
    map::Area,
    page,
    smaps::{self, Vma},
    temp,
};

/// Maps anonymous memory over an area of its own, so that `smaps` tells of it alone.
fn in_area(pages: usize, flags: MapFlags) -> Area {
    let area = Area::reserve(pages);
    let flags = ANON | MapFlags::MAP_FIXED | flags;
    let memory = unsafe { mmap(area.ptr(), area.len(), RW, flags, -1, 0) };
    assert_eq!(Ok(area.ptr()), memory);
    area
}

#[test]
fn locked_pages_are_in_memory_and_stay() {
    in_child(|| {
        let area = in_area(4, MapFlags::MAP_LOCKED);
        let vma = smaps::at(area.ptr());
        assert!(vma.has("lo"), "{vma:?}");
        assert_eq!((area.len(), area.len()), (vma.bytes("Rss"), vma.bytes("Locked")));
        assert_eq!(area.len(), smaps::status("VmLck"));
    });
    in_child(|| {
        let area = in_area(4, MapFlags::empty());
        let vma = smaps::at(area.ptr());
        assert!(!vma.has("lo"), "{vma:?}");
        assert_eq!((0, 0), (vma.bytes("Rss"), smaps::status("VmLck")));
    });
}

#[test]
fn populate_faults_the_pages_in_and_nonblock_takes_it_back() {
    let populated = in_area(4, MapFlags::MAP_POPULATE);
    assert_eq!([true; 4], populated.present()[..]);
    for flags in [MapFlags::empty(), MapFlags::MAP_POPULATE | MapFlags::MAP_NONBLOCK] {
        assert_eq!([false; 4], in_area(4, flags).present()[..]);
    }
}

#[test]
fn noreserve_counts_nothing() {
    let (with, without) = (in_area(1, MapFlags::MAP_NORESERVE), in_area(1, MapFlags::empty()));
    let (with, without) = (smaps::at(with.ptr()), smaps::at(without.ptr()));
    assert!(with.has("nr") && !with.has("ac"), "{with:?}");
    assert!(!without.has("nr") && without.has("ac"), "{without:?}");
    let policy = fs::read_to_string("/proc/sys/vm/overcommit_memory").unwrap();
    if usize::BITS == 64 && policy.trim() == "0" {
        let much = (1_usize << (usize::BITS - 18)) >> page().trailing_zeros();
        assert_eq!(Err(Errno::ENOMEM), map_anon(much, RW, ANON));
        let memory = map_anon(much, RW, ANON | MapFlags::MAP_NORESERVE).unwrap();
        unsafe { munmap(memory, much * page()) }.unwrap();
    }
}

/// Some change nothing at all: this is what is to be shown of them.
#[test]
fn flags_that_linux_ignores_change_nothing() {
    let plain = told(&smaps::at(in_area(1, MapFlags::empty()).ptr()));
    for flag in [MapFlags::MAP_DENYWRITE, MapFlags::MAP_EXECUTABLE, MapFlags::MAP_FILE] {
        assert_eq!(plain, told(&smaps::at(in_area(1, flag).ptr())), "{flag}");
    }
    // A file that is mapped so can still be opened for writing, unlike a running program.
    let file = temp::pages_on_disk(1);
    let fd = std::os::fd::AsRawFd::as_raw_fd(&file);
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_DENYWRITE | MapFlags::MAP_EXECUTABLE;
    let map = map_file(1, ProtFlags::PROT_READ, flags, fd).unwrap();
    fs::OpenOptions::new().write(true).open(file.path()).unwrap();
    unsafe { munmap(map, page()) }.unwrap();
}

#[test]
fn a_stack_gets_no_huge_pages() {
    if !have!("linux-6.7", "thp") {
        return;
    }
    assert!(smaps::at(in_area(1, MapFlags::MAP_STACK).ptr()).has("nh"));
    assert!(!smaps::at(in_area(1, MapFlags::empty()).ptr()).has("nh"));
}

/// Its bit is one of the huge page's size; no kernel with an MMU leaves memory uninitialized.
#[test]
fn uninitialized_memory_is_zero() {
    let area = in_area(8, MapFlags::MAP_UNINITIALIZED);
    assert!(area.holds(0..8, 0));
}

fn told(vma: &Vma) -> (String, Vec<String>) {
    (vma.perms.clone(), vma.flags())
}

#[test]
fn a_huge_page_is_one_page_of_its_size() {
    if let Some(pool) = HugePages::of_2m(2) {
        in_child(|| huge_page(&pool, MapFlags::MAP_HUGE_2MB));
    }
    if let Some(pool) = HugePages::of_1g(1) {
        // The kernel zeroes 1 GiB here: in the harness's own memory that would hold up every fork.
        in_child(|| huge_page(&pool, MapFlags::MAP_HUGE_1GB));
    }
}

fn huge_page(pool: &HugePages, size: MapFlags) {
    let free = pool.free();
    let flags = ANON | MapFlags::MAP_HUGETLB | size;
    let memory = unsafe { mmap(ptr::null_mut(), 1, RW, flags, -1, 0) }.unwrap();
    assert_eq!(free - 1, pool.free());
    assert_eq!(0, memory.addr() % pool.size);
    // The length is rounded up: its last byte is there.
    write(memory.wrapping_byte_add(pool.size - 1), 7);
    let vma = smaps::at(memory);
    assert!(vma.has("ht"), "{vma:?}");
    assert_eq!(pool.size, vma.range.len());
    assert_eq!(pool.size, vma.bytes("KernelPageSize"));
    assert_eq!(pool.size, vma.hugetlb());
    // A part of a huge page cannot be unmapped.
    assert_eq!(Err(Errno::EINVAL), unsafe { munmap(memory, page()) });
    let inside = memory.wrapping_byte_add(page());
    assert_eq!(Err(Errno::EINVAL), unsafe { munmap(inside, pool.size - page()) });
    assert_eq!(0, read(memory));
    assert_eq!(Ok(()), unsafe { munmap(memory, pool.size) });
    assert_eq!(free, pool.free());
}

#[test]
fn more_huge_pages_than_there_are_is_an_error_at_once() {
    let Some(pool) = HugePages::of_2m(1) else { return };
    in_child(|| {
        let flags = ANON | MapFlags::MAP_HUGETLB | MapFlags::MAP_HUGE_2MB;
        let too_long = (pool.free() + 1) * pool.size;
        let memory = unsafe { mmap(ptr::null_mut(), too_long, RW, flags, -1, 0) };
        assert_eq!(Err(Errno::ENOMEM), memory);
        // Without a reservation they are missed only when touched.
        let unsure = flags | MapFlags::MAP_NORESERVE;
        let memory = unsafe { mmap(ptr::null_mut(), too_long, RW, unsure, -1, 0) }.unwrap();
        assert_eq!(Ok(()), unsafe { munmap(memory, too_long) });
    });
}

#[cfg(target_arch = "x86_64")]
#[test]
fn a_size_that_the_processor_lacks_is_refused() {
    for size in [MapFlags::MAP_HUGE_16KB, MapFlags::MAP_HUGE_16GB] {
        let flags = ANON | MapFlags::MAP_HUGETLB | size;
        assert_eq!(Err(Errno::EINVAL), map_anon(512, RW, flags), "{size}");
    }
}
