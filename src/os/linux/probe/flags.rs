//! Flags of `mmap` and `mprotect`, and advices.

use core::ptr;
use std::os::fd::{AsRawFd, OwnedFd};

use super::{
    super::super::{
        page_size,
        probe::{Kind, Reason, Scratch, Support},
    },
    super::machine::huge_page_size,
    List, Tools, by, refuses,
};
use crate::{
    Result,
    errno::Errno,
    sys::mman::{self, MapFlags, MmapAdvise, ProtFlags},
};

/// The flags that can be told: the kernel ignores most of those that it does not know.
pub(super) fn of_mmap(tools: &Tools, list: &mut List) {
    let mut flag = |name, support| list.add(Kind::Flag, "mmap", name, support);
    flag("MAP_SHARED_VALIDATE", by(&tools.file, |file| validated(file, MapFlags::empty())));
    flag("MAP_FIXED_NOREPLACE", no_replace());
    flag("MAP_DROPPABLE", Support::of(anonymous(MapFlags::MAP_DROPPABLE, page_size()).map(drop)));
    for (name, value) in MapFlags::NAMES {
        let support = match *name {
            "MAP_32BIT" => low(*value),
            "MAP_ABOVE4G" => by(&tools.file, |file| validated(file, *value)),
            "MAP_HUGETLB" => default_huge(),
            name if name.starts_with("MAP_HUGE_") => Support::of(huge(*value, page_of(*value))),
            _ => continue,
        };
        flag(name, support);
    }
    for (name, value) in ProtFlags::NAMES {
        // Those left out are for stacks alone, or as old as the call.
        let old = ["PROT_NONE", "PROT_READ", "PROT_WRITE", "PROT_GROWSDOWN", "PROT_GROWSUP"];
        if !old.contains(name) {
            let answer = Scratch::page().and_then(|page| {
                // SAFETY: nothing refers to the page.
                unsafe { mman::mprotect(page.ptr(), page_size(), *value) }
            });
            list.add(Kind::Flag, "mprotect", name, Support::of(answer));
        }
    }
}

/// A mapping without rights that is gone again: huge pages are neither taken nor promised.
fn anonymous(flags: MapFlags, len: usize) -> Result<usize> {
    // SAFETY: without MAP_FIXED the system picks a free place.
    let start = unsafe { mman::mmap_anonymous(ptr::null_mut(), len, ProtFlags::PROT_NONE, flags) }?;
    // SAFETY: it was just mapped, and nothing refers to it.
    unsafe { mman::munmap(start, len) }?;
    Ok(start.addr())
}

fn default_huge() -> Support {
    match huge_page_size() {
        Some(size) => Support::of(huge(MapFlags::empty(), Some(size))),
        // Kernels without huge pages do not tell a size.
        None => Support::No(Reason::NotKnown, Errno::EINVAL),
    }
}

/// A mapping of one huge page, which the page size must be known for: only so it can be unmapped.
fn huge(size: MapFlags, len: Option<u64>) -> Result<usize> {
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_NORESERVE | MapFlags::MAP_HUGETLB | size;
    let len = len.and_then(|len| usize::try_from(len).ok()).ok_or(Errno::EINVAL)?;
    anonymous(flags, len)
}

/// The size that a flag `MAP_HUGE_…` means: its binary logarithm is in bits 26 to 31.
fn page_of(size: MapFlags) -> Option<u64> {
    1_u64.checked_shl((size.bits() as u32) >> 26)
}

/// A mapping of a file by the type that refuses flags which the kernel does not know.
fn validated(file: &OwnedFd, flag: MapFlags) -> Result<()> {
    let (prot, flags) = (ProtFlags::PROT_READ, MapFlags::MAP_SHARED_VALIDATE | flag);
    // SAFETY: without MAP_FIXED the system picks a free place.
    let start =
        unsafe { mman::mmap64(ptr::null_mut(), page_size(), prot, flags, file.as_raw_fd(), 0) }?;
    // SAFETY: it was just mapped, and nothing refers to it.
    unsafe { mman::munmap(start, page_size()) }
}

/// By a place that is taken. A kernel that does not know the flag takes the place for a hint.
fn no_replace() -> Support {
    let page = match Scratch::page() {
        Ok(page) => page,
        Err(errno) => return Support::Undecided(errno),
    };
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_FIXED_NOREPLACE;
    // SAFETY: the flag never replaces a mapping, known or not.
    let answer =
        unsafe { mman::mmap_anonymous(page.ptr(), page_size(), ProtFlags::PROT_NONE, flags) };
    match answer {
        Ok(start) => {
            // SAFETY: it was just mapped, and nothing refers to it.
            let _ = unsafe { mman::munmap(start, page_size()) };
            Support::No(Reason::NotKnown, Errno::EINVAL)
        }
        Err(errno) => refuses::<()>(Err(errno), Errno::EEXIST),
    }
}

/// By its effect: an address in the first 2 GiB.
fn low(flag: MapFlags) -> Support {
    match anonymous(MapFlags::MAP_PRIVATE | flag, page_size()) {
        Ok(address) if address >> 31 != 0 => Support::No(Reason::NotKnown, Errno::EINVAL),
        other => Support::of(other),
    }
}

/// The advices: to an empty range each that is known can be given.
pub(super) fn of_madvise(list: &mut List) {
    /// No kernel has it.
    const NO_ADVICE: i32 = 9999;
    // SAFETY: an empty range.
    let accepts_all = unsafe { mman::madvise_raw(ptr::null_mut(), 0, NO_ADVICE) }.is_ok();
    for (name, advice) in MmapAdvise::NAMES {
        // SAFETY: an empty range.
        let answer = unsafe { mman::madvise(ptr::null_mut(), 0, *advice) };
        let support = match answer {
            Ok(()) if accepts_all => Support::Undecided(Errno::UnknownErrno),
            other => Support::of(other),
        };
        list.add(Kind::Value, "madvise", name, support);
    }
}
