//! Memory for tests: pages between two guards, unmapped on drop.

use std::{
    ffi::c_void,
    fs, ops,
    os::{fd::RawFd, unix::fs::FileExt as _},
    ptr,
};

use super::page;

/// A range of pages of which the test owns every one, with an inaccessible page on either side.
///
/// The guards keep the kernel from joining it with a neighbour: `smaps` speaks of it alone. It
/// is unmapped as a whole on drop, so a test that unmaps a part of it runs in a child: another
/// thread could map something there.
#[derive(Debug)]
pub(crate) struct Area {
    /// The lower guard.
    base: *mut u8,
    pages: usize,
}

impl Area {
    /// Pages that cannot be accessed yet.
    #[track_caller]
    pub(crate) fn reserve(pages: usize) -> Self {
        let len = (pages + 2) * page();
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        let base = unsafe { libc::mmap(ptr::null_mut(), len, libc::PROT_NONE, flags, -1, 0) };
        assert_ne!(base, libc::MAP_FAILED, "{}", std::io::Error::last_os_error());
        Self { base: base.cast(), pages }
    }

    /// Pages whose start is a multiple of `align`.
    #[track_caller]
    pub(crate) fn reserve_aligned(pages: usize, align: usize) -> Self {
        let slack = align / page();
        let wide = Self::reserve(pages + slack);
        let skip = wide.base.wrapping_add(page()).align_offset(align);
        let area = Self { base: wide.base.wrapping_add(skip), pages };
        let after = (slack * page()) - skip;
        unsafe {
            let end = area.base.add((pages + 2) * page());
            assert!(skip == 0 || libc::munmap(wide.base.cast(), skip) == 0);
            assert!(after == 0 || libc::munmap(end.cast(), after) == 0);
        }
        std::mem::forget(wide);
        area
    }

    /// Private anonymous pages for reading and writing, all zero.
    #[track_caller]
    pub(crate) fn anon(pages: usize) -> Self {
        let area = Self::reserve(pages);
        area.place(libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1);
        area
    }

    /// Shared anonymous pages for reading and writing, all zero.
    #[track_caller]
    pub(crate) fn shared(pages: usize) -> Self {
        let area = Self::reserve(pages);
        area.place(libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS, -1);
        area
    }

    /// The first pages of a file, `MAP_SHARED` or `MAP_PRIVATE`, for reading and writing.
    #[track_caller]
    pub(crate) fn file(pages: usize, flags: i32, fd: RawFd) -> Self {
        let area = Self::reserve(pages);
        area.place(libc::PROT_READ | libc::PROT_WRITE, flags, fd);
        area
    }

    /// Maps something over all of it.
    #[track_caller]
    pub(crate) fn place(&self, prot: i32, flags: i32, fd: RawFd) {
        let flags = flags | libc::MAP_FIXED;
        let got = unsafe { libc::mmap(self.ptr(), self.len(), prot, flags, fd, 0) };
        assert_eq!(got, self.ptr(), "{}", std::io::Error::last_os_error());
    }

    /// The first byte.
    pub(crate) fn ptr(&self) -> *mut c_void {
        self.at(0).cast()
    }

    /// The byte at this offset.
    pub(crate) fn at(&self, offset: usize) -> *mut u8 {
        self.base.wrapping_add(page() + offset)
    }

    /// The first byte of this page.
    pub(crate) fn page(&self, number: usize) -> *mut c_void {
        self.at(number * page()).cast()
    }

    /// The length in bytes, without the guards.
    pub(crate) fn len(&self) -> usize {
        self.pages * page()
    }

    /// Fills the pages with a byte.
    pub(crate) fn fill(&self, pages: ops::Range<usize>, value: u8) {
        let word = usize::from_ne_bytes([value; size_of::<usize>()]);
        for offset in (pages.start * page()..pages.end * page()).step_by(size_of::<usize>()) {
            unsafe { self.at(offset).cast::<usize>().write_volatile(word) };
        }
    }

    /// Whether every byte of the pages is `value`.
    pub(crate) fn holds(&self, pages: ops::Range<usize>, value: u8) -> bool {
        let word = usize::from_ne_bytes([value; size_of::<usize>()]);
        let mut offsets = (pages.start * page()..pages.end * page()).step_by(size_of::<usize>());
        offsets.all(|offset| unsafe { self.at(offset).cast::<usize>().read_volatile() } == word)
    }

    pub(crate) fn get(&self, offset: usize) -> u8 {
        unsafe { self.at(offset).read_volatile() }
    }

    pub(crate) fn set(&self, offset: usize, value: u8) {
        unsafe { self.at(offset).write_volatile(value) };
    }

    /// Which pages have memory behind them in this process: bit 63 of `/proc/self/pagemap`.
    pub(crate) fn present(&self) -> Vec<bool> {
        self.pagemap().into_iter().map(|entry| entry >> 63 == 1).collect()
    }

    /// The pages' entries of `/proc/self/pagemap`.
    pub(crate) fn pagemap(&self) -> Vec<u64> {
        let file = fs::File::open("/proc/self/pagemap").unwrap();
        let mut entries = vec![0; self.pages * 8];
        let first = (self.ptr().addr() / page() * 8) as u64;
        file.read_exact_at(&mut entries, first).unwrap();
        entries.chunks(8).map(|entry| u64::from_ne_bytes(entry.try_into().unwrap())).collect()
    }
}

impl Drop for Area {
    fn drop(&mut self) {
        let gone = unsafe { libc::munmap(self.base.cast(), self.len() + 2 * page()) };
        assert!(gone == 0 || std::thread::panicking(), "{}", std::io::Error::last_os_error());
    }
}

/// Exactly there. No test runs on a stack that grows by itself next to where it maps.
pub(crate) fn at(address: usize) -> mman::Placement {
    mman::Placement::At(unsafe { mman::ExactAddress::new(address) })
}
