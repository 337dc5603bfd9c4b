//! `sys::pagemap`: entries, scans, and resetting what was noted.

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd},
};

use mman::{
    errno::Errno,
    sys::pagemap::{
        ClearRefs, PageIs, PageRegion, PagemapEntry, PmScan, PmScanArg, PmScanFlags, clear_refs,
        pagemap_read, pagemap_scan,
    },
};

use crate::util::{
    capability::lacking,
    child::in_child,
    cpu,
    machine::HugePages,
    map::Area,
    page,
    proc::{of_ended, of_ended_for_writing, path_only},
    seccomp::deny,
    smaps, temp,
    unprivileged::{become_nobody, drop_capabilities},
};

mod clear;
mod entry;
mod read;
mod scan;

fn own() -> File {
    File::open("/proc/self/pagemap").unwrap()
}

/// The entries of all pages of `area`.
fn entries(area: &Area) -> Vec<PagemapEntry> {
    let mut entries = vec![PagemapEntry::default(); area.len() / page()];
    let read = pagemap_read(own(), area.ptr().addr() as u64, &mut entries).unwrap();
    assert_eq!(entries.len(), read);
    let raw: Vec<u64> = entries.iter().map(|entry| entry.0).collect();
    // The frame of a page that moves in between changes, and bit 56 when another test forks.
    let flags = |all: &[u64]| all.iter().map(|bits| bits >> 55 & !2).collect::<Vec<_>>();
    assert_eq!(flags(&area.pagemap()), flags(&raw));
    entries
}

/// Whether there is nothing: where the kernel keeps soft-dirty marks, a new mapping has them all.
fn is_nothing(entry: PagemapEntry) -> bool {
    entry.0 & !(1 << 55) == 0
}

/// A userfaultfd that tracks writes: features `WP_UNPOPULATED` and `WP_ASYNC`.
struct Tracker(OwnedFd);

impl Tracker {
    /// `None` is a skip.
    fn new() -> Option<Self> {
        if !have!("linux-6.7") {
            return None;
        }
        const USER_MODE_ONLY: i32 = 1;
        let fd = unsafe { libc::syscall(libc::SYS_userfaultfd, libc::O_CLOEXEC | USER_MODE_ONLY) };
        assert!(fd >= 0, "{}", std::io::Error::last_os_error());
        let tracker = Self(unsafe { OwnedFd::from_raw_fd(i32::try_from(fd).unwrap()) });
        // struct uffdio_api: version, features, ioctls.
        tracker.ioctl(0xc018_aa3f, &mut [0xaa, 1 << 13 | 1 << 15, 0]);
        Some(tracker)
    }

    /// Registers for write protection.
    fn track(&self, area: &Area) {
        // struct uffdio_register: start, length, mode, ioctls.
        self.ioctl(0xc020_aa00, &mut [area.ptr().addr() as u64, area.len() as u64, 2, 0]);
    }

    fn protect(&self, area: &Area) {
        // struct uffdio_writeprotect: start, length, mode.
        self.ioctl(0xc018_aa06, &mut [area.ptr().addr() as u64, area.len() as u64, 1]);
    }

    fn ioctl(&self, number: u32, argument: &mut [u64]) {
        let answer = unsafe { libc::ioctl(self.0.as_raw_fd(), number as _, argument.as_mut_ptr()) };
        assert_eq!(0, answer, "{number:#x}: {}", std::io::Error::last_os_error());
    }
}
