//! The safe functions of `sys` that take places, sizes and descriptors: whatever they are given, they
//! change no memory but what is borrowed to them.

use std::{
    fs::{File, OpenOptions},
    io::IoSliceMut,
    os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd},
    ptr::{self, without_provenance_mut},
};

use mman::{
    fcntl::*,
    sys::{
        mempolicy::*,
        mman::*,
        pagemap::*,
        pidfd::PIDFD_SELF,
        prctl::set_vma_anon_name,
        procmap::{ProcmapQueryFlags, procmap_query},
        uio::{RemoteIoVec, process_vm_readv},
        userfaultfd::{UffdFeatures, UserfaultfdFlags, uffdio_api, uffdio_wake, userfaultfd},
        vfs::fstatfs,
    },
};
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

use crate::util::{child::in_child, map::Area, page, temp};

const PAGES: usize = 6;

/// Memory that nobody lends: private, shared, and of a file.
struct Memory([Area; 3]);

impl Memory {
    fn new() -> Self {
        let file = temp::pages_in_memory(PAGES);
        let mapped = Area::file(PAGES, libc::MAP_SHARED, file.as_file().as_raw_fd());
        let memory = Self([Area::anon(PAGES), Area::shared(PAGES), mapped]);
        memory.0.iter().for_each(|area| area.fill(0..PAGES, 0x5a));
        memory
    }

    /// Every byte is as it was, and can still be written.
    fn is_untouched(&self) -> bool {
        let whole = |area: &Area| area.holds(0..PAGES, 0x5a);
        self.0.iter().all(whole) && {
            self.0.iter().for_each(|area| area.fill(0..PAGES, 0x5a));
            self.0.iter().all(whole)
        }
    }

    /// A place: most often in the memory, also odd, outside, or none.
    fn place(&self, seed: u64) -> *mut libc::c_void {
        let area = &self.0[(seed >> 8) as usize % 3];
        let number = (seed >> 16) as usize % (PAGES + 2);
        match seed % 8 {
            0 => ptr::null_mut(),
            1 => without_provenance_mut(seed as usize),
            2 => area.at(number * 7 + 1).cast(),
            3 => (&raw const seed).cast_mut().cast(),
            _ => area.page(number),
        }
    }
}

/// A size: most often some pages, also nothing, odd, or too much.
fn size(seed: u64) -> usize {
    let number = (seed >> 8) as usize % (PAGES + 2);
    match seed % 8 {
        0 => 0,
        1 => seed as usize,
        2 => usize::MAX - number,
        3 => number * page() + 1,
        _ => number * page(),
    }
}

/// A buffer, with room on both sides that nobody may write.
struct Lent<T>(Vec<T>, usize);

impl<T: Copy + Default + PartialEq> Lent<T> {
    const AROUND: usize = 64;

    fn new(seed: u64) -> Self {
        let len = (seed >> 8) as usize % 9;
        Self(vec![T::default(); len + 2 * Self::AROUND], len)
    }

    fn get(&mut self) -> &mut [T] {
        &mut self.0[Self::AROUND..Self::AROUND + self.1]
    }

    fn is_kept(&self) -> bool {
        let (before, rest) = self.0.split_at(Self::AROUND);
        let outside = before.iter().chain(&rest[self.1..]);
        outside.copied().all(|value| value == T::default())
    }
}

/// Descriptors of all kinds that have something to do with memory.
struct Files(Vec<OwnedFd>);

impl Files {
    fn new() -> Self {
        let open = |path| File::open(path).unwrap().into();
        let mut files = vec![
            open("/proc/self/pagemap"),
            open("/proc/self/maps"),
            open("/proc/self/smaps"),
            temp::pages_on_disk(1).into_file().into(),
            OpenOptions::new().write(true).open("/proc/self/clear_refs").unwrap().into(),
            memfd_create("harmless", MemFdFlags::MFD_ALLOW_SEALING).unwrap(),
        ];
        let flags = UserfaultfdFlags::O_NONBLOCK | UserfaultfdFlags::UFFD_USER_MODE_ONLY;
        files.extend(userfaultfd(flags));
        Self(files)
    }

    fn get(&self, seed: u64) -> BorrowedFd<'_> {
        let number = (seed >> 8) as usize % (self.0.len() + 1);
        self.0.get(number).map_or(PIDFD_SELF, |file| file.as_fd())
    }
}

fn policy(seed: u64) -> Policy {
    let nodes = (0..8).filter(|bit| seed >> (16 + bit) & 1 == 1).filter_map(Node::new).collect();
    match seed % 6 {
        0 => Policy::Default,
        1 => Policy::Local,
        2 => Policy::preferred_many(nodes),
        3 => Policy::interleave(nodes),
        4 => Policy::Other { mode: (seed >> 32) as i32, nodes },
        _ => Policy::bind(nodes),
    }
}

/// One call of what takes ranges; whether it kept to the buffers that were lent.
fn call_on_range(memory: &Memory, number: u8, [a, b, c, d, e, f]: [u64; 6]) -> bool {
    let (place, other, len) = (memory.place(a), memory.place(c), size(b));
    let (mut bytes, mut more) = (Lent::<u8>::new(e), Lent::<u8>::new(f));
    let mut status = Lent::<PageStatus>::new(e);
    // The answers do not count: what was changed does.
    match number {
        0 => _ = mincore(place, len, bytes.get()),
        1 => {
            let advices = PosixMadvAdvice::NAMES;
            _ = posix_madvise(place, len, advices[c as usize % advices.len()].1);
        }
        2 => _ = mbind(place, len, &policy(c), MpolFlags::from_bits_retain(d as u32 % 16)),
        3 => _ = set_mempolicy(&policy(c)).and_then(|()| set_mempolicy(&Policy::Default)),
        4 => {
            _ = get_mempolicy_addr(place);
            _ = get_mempolicy_node_addr(place);
        }
        5 => _ = set_mempolicy_home_node(place, len, Node::new(c as u32 % 4).unwrap()),
        6 => {
            let nodes = [Node::new(0).unwrap(); 3];
            let nodes = (b % 2 == 0).then_some(&nodes[..b as usize / 2 % 4]);
            let flags = MpolFlags::from_bits_retain(d as u32 % 8);
            _ = move_pages(0, &[place, other, place], nodes, status.get(), flags);
        }
        7 => {
            let remote = [
                RemoteIoVec { base: place.addr(), len },
                RemoteIoVec { base: other.addr(), len: size(f) },
            ];
            let mut local = [IoSliceMut::new(bytes.get()), IoSliceMut::new(more.get())];
            _ = process_vm_readv(std::process::id() as i32, &mut local, &remote);
        }
        8 => _ = set_vma_anon_name(place, len, (c % 2 == 0).then_some(c"harmless")),
        _ => {
            let (flags, len) = (ShadowStackFlags::from_bits_retain(c as u32 % 4), len % (1 << 20));
            if let Ok(stack) = map_shadow_stack(place, len, flags) {
                unsafe { munmap(stack, len) }.unwrap();
            }
        }
    }
    bytes.is_kept() && more.is_kept() && status.is_kept()
}

/// One call of what takes a descriptor; whether it kept to the buffers that were lent.
fn call_on_file(memory: &Memory, fd: BorrowedFd<'_>, number: u8, seeds: [u64; 6]) -> bool {
    let [a, b, c, d, e, f] = seeds;
    let (place, len) = (memory.place(a), size(b));
    let (mut bytes, mut more) = (Lent::<u8>::new(e), Lent::<u8>::new(f));
    let (mut entries, mut regions) = (Lent::<PagemapEntry>::new(e), Lent::<PageRegion>::new(e));
    match number {
        0 => _ = pagemap_read(fd, place.addr() as u64 ^ (a >> (b % 64)), entries.get()),
        1 => {
            let arg = PmScanArg {
                flags: PmScanFlags::from_bits_retain(c % 8),
                start: place.addr() as u64,
                end: place.addr().wrapping_add(len) as u64,
                max_pages: f % 7,
                category_inverted: PageIs::from_bits_retain(a >> 55),
                category_mask: PageIs::from_bits_retain(b >> 55),
                category_anyof_mask: PageIs::from_bits_retain(c >> 55),
                return_mask: PageIs::from_bits_retain(d >> 55),
            };
            _ = pagemap_scan(fd, &arg, regions.get());
        }
        2 => {
            let flags = ProcmapQueryFlags::from_bits_retain(c % 64);
            _ = procmap_query(fd, flags, place.addr() as u64, bytes.get(), more.get());
        }
        3 => _ = uffdio_api(fd, UffdFeatures::from_bits_retain(a >> (b % 64))),
        4 => _ = uffdio_wake(fd, place.addr() as u64, len as u64),
        5 => _ = process_mrelease(fd),
        6 => {
            _ = cachestat(fd, a, b);
            _ = fstatfs(fd);
            _ = readahead(fd, a >> 8, len);
            _ = sync_file_range(fd, a, b, SyncFileRangeFlags::from_bits_retain(c as u32 % 16));
        }
        7 => {
            let advices = PosixFadviseAdvice::NAMES;
            _ = posix_fadvise(fd, a, b, advices[c as usize % advices.len()].1);
            _ = fcntl_get_seals(fd);
            _ = fcntl_add_seals(fd, SealFlags::from_bits_retain(c as i32 % 128));
        }
        _ => _ = clear_refs(fd, ClearRefs::All),
    }
    bytes.is_kept() && more.is_kept() && entries.is_kept() && regions.is_kept()
}

#[test]
fn safe_calls_change_nothing_that_was_not_lent() {
    in_child(|| {
        let (memory, files) = (Memory::new(), Files::new());
        let calls = vec((any::<bool>(), 0..10_u8, any::<[u64; 6]>()), 1..40);
        let config = ProptestConfig { failure_persistence: None, cases: 32, ..Default::default() };
        let run = TestRunner::new(config).run(&calls, |calls| {
            for (on_file, number, seeds) in calls {
                let kept = if on_file {
                    call_on_file(&memory, files.get(seeds[3]), number, seeds)
                } else {
                    call_on_range(&memory, number, seeds)
                };
                prop_assert!(kept && memory.is_untouched(), "{on_file} {number} {seeds:x?}");
            }
            Ok(())
        });
        run.unwrap();
    });
}
