//! Linux and Android.

use core::{
    cmp,
    ffi::{CStr, c_void},
    hash::{BuildHasher as _, Hasher as _},
    sync::atomic::{AtomicUsize, Ordering},
};
use std::{format, fs, hash::RandomState, os::fd::BorrowedFd};

use super::{Advice, Fork, Moved, Pool, known};
use crate::{
    Result,
    errno::Errno,
    os::{page_size, peek},
    sys::{
        mman::{self, MRemapFlags, MapFlags, MlockFlags, MmapAdvise, ProtFlags},
        prctl,
    },
};

pub(crate) const NORESERVE: Option<MapFlags> = Some(MapFlags::MAP_NORESERVE);

/// # Safety
///
/// - The range does not end right below a stack that grows by itself.
pub(super) unsafe fn map_free(
    addr: *mut c_void,
    len: usize,
    protection: ProtFlags,
    flags: MapFlags,
    file: Option<BorrowedFd<'_>>,
    offset: u64,
) -> Result<*mut c_void> {
    // SAFETY: the caller's promise is that of the call.
    unsafe { mman::mmap_noreplace(addr, len, protection, flags, file, offset) }
}

pub(super) fn huge_flags(size: usize) -> Option<MapFlags> {
    let size = MapFlags::huge_page_size(size.checked_ilog2()?)?;
    Some(MapFlags::MAP_HUGETLB | size)
}

pub(super) fn native(advice: Advice) -> Option<MmapAdvise> {
    Some(match advice {
        Advice::Normal => MmapAdvise::MADV_NORMAL,
        Advice::Random => MmapAdvise::MADV_RANDOM,
        Advice::Sequential => MmapAdvise::MADV_SEQUENTIAL,
        Advice::WillNeed => MmapAdvise::MADV_WILLNEED,
        Advice::Cold => MmapAdvise::MADV_COLD,
        Advice::PageOut => MmapAdvise::MADV_PAGEOUT,
        Advice::HugePages => MmapAdvise::MADV_HUGEPAGE,
        Advice::NoHugePages => MmapAdvise::MADV_NOHUGEPAGE,
        Advice::Collapse => MmapAdvise::MADV_COLLAPSE,
        Advice::Mergeable => MmapAdvise::MADV_MERGEABLE,
        Advice::NotMergeable => MmapAdvise::MADV_UNMERGEABLE,
        Advice::Dump => MmapAdvise::MADV_DODUMP,
        Advice::NoDump => MmapAdvise::MADV_DONTDUMP,
    })
}

pub(crate) fn inherit(start: *mut u8, len: usize, fork: Fork) -> Result<()> {
    let advice = match fork {
        Fork::Inherit => return Ok(()),
        Fork::Exclude => MmapAdvise::MADV_DONTFORK,
        Fork::Wipe => MmapAdvise::MADV_WIPEONFORK,
    };
    // SAFETY: it changes nothing of this process.
    unsafe { known(start, len, advice) }
}

/// Linux 5.18 does it on locked pages too.
///
/// # Safety
///
/// - The caller owns the pages, which are private; no reference to them is in use.
pub(crate) unsafe fn discard(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: nothing refers to the pages, which may change.
    let done = unsafe { mman::madvise(start.cast(), len, MmapAdvise::MADV_DONTNEED) };
    if done != Err(Errno::EINVAL) {
        return done;
    }
    // SAFETY: as above.
    unsafe { mman::madvise(start.cast(), len, MmapAdvise::MADV_DONTNEED_LOCKED) }
}

/// Of file systems that can punch holes.
///
/// # Safety
///
/// - No reference to the pages is in use.
pub(crate) unsafe fn remove(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: nothing refers to the pages, which may change.
    unsafe { mman::madvise(start.cast(), len, MmapAdvise::MADV_REMOVE) }
}

pub(crate) fn lock_on_fault(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: the range is the caller's own; that advices fail on locked pages is told there.
    unsafe { mman::mlock2(start.cast(), len, MlockFlags::MLOCK_ONFAULT) }
}

/// Linux 5.14. In steps, since during each other threads can map nothing; of no pages, it tells whether
/// the kernel can.
pub(crate) fn populate(start: *mut u8, len: usize, write: bool) -> Result<()> {
    const STEP: usize = 16 << 20;
    let advice =
        if write { MmapAdvise::MADV_POPULATE_WRITE } else { MmapAdvise::MADV_POPULATE_READ };
    let mut done = 0;
    loop {
        let step = cmp::min(STEP, len - done);
        // SAFETY: it brings pages in as an access would, and changes none.
        unsafe { known(start.wrapping_add(done), step, advice) }?;
        done += step;
        if done == len {
            return Ok(());
        }
    }
}

/// `None` where it is more than one mapping, or of a kind that does not grow; `ENOMEM` where it may
/// not move and there is no room behind it.
///
/// # Safety
///
/// - The caller owns the pages, and no reference to them is in use: they may move.
pub(crate) unsafe fn grow(
    start: *mut u8,
    old: usize,
    new: usize,
    may_move: bool,
) -> Result<Option<*mut u8>> {
    let flags = if may_move { MRemapFlags::MREMAP_MAYMOVE } else { MRemapFlags::empty() };
    // SAFETY: the caller's promise is that of the call.
    match unsafe { mman::mremap(start.cast(), old, new, flags, None) } {
        Ok(moved) => Ok(Some(moved.cast())),
        Err(Errno::EFAULT | Errno::EINVAL) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// # Safety
///
/// - The caller owns both ranges, and nothing uses them. They are apart, and the place is of pages
///   that nobody else has.
pub(crate) unsafe fn grow_onto(start: *mut u8, old: usize, new: usize, place: *mut u8) -> Moved {
    // Limits are met by what grows.
    // SAFETY: the caller's promise.
    let mark = match (new > old).then(|| unsafe { Mark::leave(place) }).transpose() {
        Ok(mark) => mark,
        Err(errno) => return Moved::Stayed(errno),
    };
    let flags = MRemapFlags::MREMAP_MAYMOVE | MRemapFlags::MREMAP_FIXED;
    // SAFETY: the caller's promise is that of the call.
    match unsafe { mman::mremap(start.cast(), old, new, flags, Some(place.cast())) } {
        Ok(_) => Moved::There,
        // It did not come to that.
        Err(errno @ (Errno::ENOSYS | Errno::EPERM)) => Moved::Stayed(errno),
        Err(errno) => {
            // Before Linux 6.17 the kernel unmaps the place before it meets most limits: if so, it is
            // taken again.
            let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_ANON;
            let nothing = ProtFlags::PROT_NONE;
            // SAFETY: pages of the caller have been there, which no stack has grown next to.
            match unsafe { map_free(place.cast(), new, nothing, flags, None, 0) } {
                Ok(_) => Moved::Stayed(errno),
                Err(_) if mark.is_some_and(|mark| mark.is_there()) => Moved::Stayed(errno),
                Err(_) => Moved::Lost(errno),
            }
        }
    }
}

/// What tells pages from those that another thread maps in their place: numbers that nobody else
/// knows.
struct Mark {
    place: *mut u8,
    numbers: [u64; 2],
}

impl Mark {
    /// Leaves it on the first page.
    ///
    /// # Safety
    ///
    /// - The caller owns the page, and nothing uses it.
    unsafe fn leave(place: *mut u8) -> Result<Self> {
        let numbers = [(); 2].map(|()| RandomState::new().build_hasher().finish());
        // A mapping of its own, so that it never takes a huge page.
        let writable = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: the caller's promise.
        unsafe { mman::mprotect(place.cast(), page_size(), writable) }?;
        // SAFETY: it is the start of a page, which can be written now.
        unsafe { place.cast::<[u64; 2]>().write(numbers) };
        Ok(Self { place, numbers })
    }

    /// Whether it is there still, in the caller's page then.
    fn is_there(&self) -> bool {
        let mut found = [0; 2];
        let to = (&raw mut found).cast();
        // SAFETY: the array is ours; whatever is at the place now, or is not, the kernel reads.
        let read = unsafe { peek(self.place, to, size_of_val(&found)) };
        read == Ok(size_of_val(&found)) && found == self.numbers
    }
}

/// Linux 5.17 with `CONFIG_ANON_VMA_NAME`.
pub(crate) fn name(start: *mut u8, len: usize, name: &'static CStr) {
    // It is a hint: a kernel without names, or one that dislikes this one, does nothing.
    let _ = prctl::set_vma_anon_name(start.cast(), len, Some(name));
}

pub(crate) fn transparent_size() -> Option<usize> {
    const UNKNOWN: usize = 1;
    static SIZE: AtomicUsize = AtomicUsize::new(UNKNOWN);
    let size = match SIZE.load(Ordering::Relaxed) {
        UNKNOWN => {
            let path = "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size";
            let size = number(path).filter(|size| size.is_power_of_two()).unwrap_or(0);
            SIZE.store(size, Ordering::Relaxed);
            size
        }
        size => size,
    };
    (size != 0).then_some(size)
}

/// `None` if the machine has no huge pages of this size.
pub(crate) fn huge_pool(size: usize) -> Option<Pool> {
    let folder = format!("/sys/kernel/mm/hugepages/hugepages-{}kB", size >> 10);
    let total = number(&format!("{folder}/nr_hugepages"))?;
    let free = number(&format!("{folder}/free_hugepages"))?;
    // Pages that are free, but promised to mappings that have not touched them yet.
    let promised = number(&format!("{folder}/resv_hugepages"))?;
    Some(Pool { free: free.saturating_sub(promised), total })
}

pub(super) fn number(path: &str) -> Option<usize> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// Android's headers have no number for guards without a mapping of their own.
///
/// # Safety
///
/// - The caller owns the pages, and nothing uses them.
#[cfg(target_os = "android")]
pub(crate) unsafe fn guard(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: the caller's promise is more than the call needs.
    unsafe { super::protect(start, len, super::Protection::None) }
}
