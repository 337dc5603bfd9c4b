//! `process_madvise` and `process_mrelease`.

use std::{
    ffi::c_void,
    fs,
    io::{Read as _, Write as _},
    os::{
        fd::{AsRawFd as _, OwnedFd},
        unix::fs::FileExt as _,
    },
    ptr,
};

use libc::iovec;
use mman::{
    errno::Errno,
    sys::{
        mman::{MmapAdvise, munmap, process_madvise, process_mrelease},
        pidfd::{PIDFD_SELF, PIDFD_SELF_PROCESS, PidfdFlags, pidfd_open},
        syscall,
    },
};

use crate::util::{
    child::in_child, cpu, machine::huge, map::Area, page, seccomp::passes_on, seconds, temp,
    unprivileged::drop_capabilities,
};

fn range(address: *mut c_void, pages: usize) -> iovec {
    iovec { iov_base: address, iov_len: pages * page() }
}

fn open(pid: i32) -> OwnedFd {
    pidfd_open(pid, PidfdFlags::empty()).unwrap()
}

fn own() -> OwnedFd {
    open(std::process::id() as i32)
}

/// A forked process that waits, and is killed on drop.
struct Other {
    pid: i32,
    pidfd: OwnedFd,
    _end: OwnedFd,
}

impl Other {
    /// The new process is ready when `prepare` has returned in it.
    fn fork(prepare: impl FnOnce()) -> Self {
        let (wait, end) = temp::pipe();
        let (ready, say) = temp::pipe();
        let pid = unsafe { libc::fork() };
        assert!(pid >= 0);
        if pid == 0 {
            unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
            drop(end);
            prepare();
            fs::File::from(say).write_all(&[1]).unwrap();
            let _ = fs::File::from(wait).read(&mut [0]);
            unsafe { libc::_exit(0) };
        }
        drop(say);
        fs::File::from(ready).read_exact(&mut [0]).unwrap();
        Self { pid, pidfd: open(pid), _end: end }
    }

    /// The value of a line of `smaps` for the mapping that starts at `address`, in bytes.
    fn smaps(&self, address: *mut c_void, line: &str) -> usize {
        let all = fs::read_to_string(format!("/proc/{}/smaps", self.pid)).unwrap();
        let head = format!("\n{:x}-", address.addr());
        let (_, vma) = all.split_once(&head).expect("a mapping starts there");
        let (_, value) = vma.split_once(&format!("\n{line}:")).unwrap();
        let kib: usize = value.split_ascii_whitespace().next().unwrap().parse().unwrap();
        kib << 10
    }

    /// What it has at `address`, read from outside.
    fn bytes(&self, address: *mut c_void, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        let memory = fs::File::open(format!("/proc/{}/mem", self.pid)).unwrap();
        memory.read_exact_at(&mut bytes, address.addr() as u64).unwrap();
        bytes
    }

    fn advise(&self, area: &Area, advise: MmapAdvise) -> mman::Result<usize> {
        let range = iovec { iov_base: area.ptr(), iov_len: area.len() };
        unsafe { process_madvise(&self.pidfd, &[range], advise) }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        unsafe {
            libc::kill(self.pid, libc::SIGKILL);
            libc::waitpid(self.pid, ptr::null_mut(), 0);
        }
    }
}

/// Whether each page of a file is in the page cache, by a mapping that touches none.
fn cached(file: &fs::File, pages: usize) -> Vec<bool> {
    let area = Area::file(pages, libc::MAP_SHARED, file.as_raw_fd());
    let mut bytes = vec![0; pages];
    assert_eq!(0, unsafe { libc::mincore(area.ptr(), area.len(), bytes.as_mut_ptr()) });
    bytes.into_iter().map(|byte| byte & 1 == 1).collect()
}

#[test]
fn any_advice_on_oneself_and_the_bytes_are_counted() {
    if !have!("linux-6.13") {
        return;
    }
    let area = Area::anon(4);
    area.fill(0..4, 7);
    let ranges = [range(area.page(0), 1), range(area.page(2), 2)];
    let advised = unsafe { process_madvise(own(), &ranges, MmapAdvise::MADV_DONTNEED) };
    assert_eq!(Ok(3 * page()), advised);
    assert!(area.holds(0..1, 0) && area.holds(1..2, 7) && area.holds(2..4, 0));
}

#[test]
fn oneself_without_a_descriptor() {
    if !have!("linux-6.14") {
        return;
    }
    let process = have!("linux-6.17").then_some(PIDFD_SELF_PROCESS);
    for own in [PIDFD_SELF].into_iter().chain(process) {
        let area = Area::anon(1);
        area.fill(0..1, 7);
        let ranges = [range(area.ptr(), 1)];
        let advised = unsafe { process_madvise(own, &ranges, MmapAdvise::MADV_DONTNEED) };
        assert_eq!(Ok(page()), advised);
        assert!(area.holds(0..1, 0));
    }
}

#[test]
fn it_stops_at_the_first_range_that_fails() {
    if !have!("linux-6.13") {
        return;
    }
    in_child(|| {
        let area = Area::anon(4);
        area.fill(0..4, 7);
        unsafe { munmap(area.page(2), page()) }.unwrap();
        let (own, dontneed) = (own(), MmapAdvise::MADV_DONTNEED);
        let ranges = [0, 1, 2, 3].map(|number| range(area.page(number), 1));
        let advised = unsafe { process_madvise(&own, &ranges, dontneed) };
        assert_eq!(Ok(2 * page()), advised);
        assert!(area.holds(0..2, 0) && area.holds(3..4, 7));
        // The rest tells why.
        let rest = unsafe { process_madvise(&own, &ranges[2..], dontneed) };
        assert_eq!(Err(Errno::ENOMEM), rest);
        assert!(area.holds(3..4, 7));
    });
}

#[test]
fn cold_makes_another_process_s_pages_old_and_keeps_what_they_hold() {
    if !have!("linux-5.10", "sys-nice") {
        return;
    }
    in_child(|| {
        cpu::stay();
        let area = Area::anon(4);
        let other = Other::fork(|| area.fill(0..4, 7));
        assert_eq!(area.len(), other.smaps(area.ptr(), "Referenced"));
        assert_eq!(Ok(area.len()), other.advise(&area, MmapAdvise::MADV_COLD));
        assert_eq!(0, other.smaps(area.ptr(), "Referenced"));
        assert_eq!(vec![7; area.len()], other.bytes(area.ptr(), area.len()));
    });
}

#[test]
fn pageout_and_willneed_take_another_process_s_file_out_of_memory_and_back() {
    if !have!("linux-5.10", "sys-nice", "disk") {
        return;
    }
    in_child(|| {
        cpu::stay();
        let pages = 8;
        let file = temp::pages_on_disk(pages);
        file.as_file().sync_all().unwrap();
        let area = Area::file(pages, libc::MAP_SHARED, file.as_file().as_raw_fd());
        let other =
            Other::fork(|| (0..pages).for_each(|n| assert_eq!(n as u8 + 1, area.get(n * page()))));
        assert_eq!(area.len(), other.smaps(area.ptr(), "Rss"));
        assert_eq!(Ok(area.len()), other.advise(&area, MmapAdvise::MADV_PAGEOUT));
        assert_eq!(0, other.smaps(area.ptr(), "Rss"));
        assert_eq!(vec![false; pages], cached(file.as_file(), pages));

        assert_eq!(Ok(area.len()), other.advise(&area, MmapAdvise::MADV_WILLNEED));
        let start = std::time::Instant::now();
        while !cached(file.as_file(), pages).into_iter().all(|there| there) {
            assert!(start.elapsed() < seconds(30), "{:?}", cached(file.as_file(), pages));
            std::thread::yield_now();
        }
    });
}

#[test]
fn collapse_makes_another_process_s_pages_huge() {
    if !have!("linux-6.1", "sys-nice", "thp") {
        return;
    }
    let pages = huge() / page();
    let area = Area::reserve_aligned(pages, huge());
    area.place(libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1);
    let advise = |advice| assert_eq!(0, unsafe { libc::madvise(area.ptr(), huge(), advice) });
    let small = || {
        let other = Other::fork(|| {
            // Where huge pages are for all, it would be one from the start.
            advise(libc::MADV_NOHUGEPAGE);
            area.fill(0..8, 7);
            advise(libc::MADV_HUGEPAGE);
        });
        (other.smaps(area.ptr(), "AnonHugePages") == 0).then_some(other)
    };
    // Sometimes the kernel's own thread, which the advice wakes, is there first.
    let other = (0..20).find_map(|_| small()).expect("a process with small pages");
    assert_eq!(Ok(huge()), other.advise(&area, MmapAdvise::MADV_COLLAPSE));
    assert_eq!(huge(), other.smaps(area.ptr(), "AnonHugePages"));
    assert_eq!(vec![7; 3 * page()], other.bytes(area.page(5), 3 * page()));
}

#[test]
fn another_process_s_contents_are_left_alone() {
    if !have!("linux-5.10") {
        return;
    }
    let area = Area::anon(1);
    let other = Other::fork(|| area.fill(0..1, 7));
    for advice in [MmapAdvise::MADV_DONTNEED, MmapAdvise::MADV_FREE, MmapAdvise::MADV_DONTFORK] {
        assert_eq!(Err(Errno::EINVAL), other.advise(&area, advice));
    }
    assert_eq!(vec![7; page()], other.bytes(area.ptr(), page()));
}

#[test]
fn not_everyone_may_advise_another_process() {
    if !have!("linux-5.10") {
        return;
    }
    let area = Area::anon(1);
    let privileged = Other::fork(|| area.fill(0..1, 7));
    let privileged = have!("sys-nice").then_some(privileged);
    in_child(|| {
        drop_capabilities();
        // It may look into an equal, but needs CAP_SYS_NICE.
        let equal = Other::fork(|| area.fill(0..1, 7));
        assert_eq!(Err(Errno::EPERM), equal.advise(&area, MmapAdvise::MADV_COLD));
        if let Some(privileged) = &privileged {
            // It may not even look.
            assert_eq!(Err(Errno::EACCES), privileged.advise(&area, MmapAdvise::MADV_COLD));
        }
    });
}

#[test]
fn arguments_of_advice() {
    if !have!("linux-6.13") {
        return;
    }
    let (own, cold) = (own(), MmapAdvise::MADV_COLD);
    let area = Area::anon(2);
    let one = range(area.ptr(), 1);
    assert_eq!(Ok(0), unsafe { process_madvise(&own, &[], cold) });
    let many = vec![one; 1024];
    assert_eq!(Ok(1024 * page()), unsafe { process_madvise(&own, &many, cold) });
    let too_many = vec![one; 1025];
    assert_eq!(Err(Errno::EINVAL), unsafe { process_madvise(&own, &too_many, cold) });
    let odd = range(area.at(1).cast(), 1);
    assert_eq!(Err(Errno::EINVAL), unsafe { process_madvise(&own, &[odd], cold) });
    let null = fs::File::open("/dev/null").unwrap();
    assert_eq!(Err(Errno::EBADF), unsafe { process_madvise(&null, &[one], cold) });

    let gone = Other::fork(|| ()).pidfd.try_clone().unwrap();
    assert_eq!(Err(Errno::ESRCH), unsafe { process_madvise(&gone, &[one], cold) });
}

#[test]
fn a_killed_process_is_freed_before_it_ends() {
    if !have!("linux-5.15") {
        return;
    }
    in_child(|| {
        let area = Area::reserve(64);
        let other = Other::fork(|| {
            let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            area.place(libc::PROT_READ | libc::PROT_WRITE, kind, -1);
            area.fill(0..64, 7);
        });
        assert_eq!(area.len(), other.smaps(area.ptr(), "Rss"));
        assert_eq!(Err(Errno::EINVAL), process_mrelease(&other.pidfd));
        assert_eq!(area.len(), other.smaps(area.ptr(), "Rss"));

        stop_at_the_end(other.pid);
        assert_eq!(area.len(), other.smaps(area.ptr(), "Rss"));
        assert_eq!(Ok(()), process_mrelease(&other.pidfd));
        assert_eq!(0, other.smaps(area.ptr(), "Rss"));

        let gone = other.pidfd.try_clone().unwrap();
        unsafe { libc::ptrace(libc::PTRACE_DETACH, other.pid, 0, 0) };
        drop(other);
        assert_eq!(Err(Errno::ESRCH), process_mrelease(&gone));
    });
}

/// Kills a process, and holds it when it is about to end, but has its memory still.
fn stop_at_the_end(pid: i32) {
    unsafe {
        let options = libc::PTRACE_O_TRACEEXIT;
        assert_eq!(0, libc::ptrace(libc::PTRACE_SEIZE, pid, 0, options), "{}", Errno::last());
        assert_eq!(0, libc::kill(pid, libc::SIGKILL));
        let mut status = 0;
        assert_eq!(pid, libc::waitpid(pid, &mut status, 0));
        let event = libc::SIGTRAP | libc::PTRACE_EVENT_EXIT << 8;
        assert_eq!((true, event), (libc::WIFSTOPPED(status), status >> 8));
    }
}

#[test]
fn arguments_of_release() {
    if !have!("linux-5.15") {
        return;
    }
    assert_eq!(Err(Errno::EINVAL), process_mrelease(own()));
    let null = fs::File::open("/dev/null").unwrap();
    assert_eq!(Err(Errno::EBADF), process_mrelease(&null));
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let (own, area) = (own(), Area::anon(1));
    let ranges = [range(area.ptr(), 1)];
    passes_on(syscall::SYS_process_madvise, || unsafe {
        process_madvise(&own, &ranges, MmapAdvise::MADV_COLD)
    });
    passes_on(syscall::SYS_process_mrelease, || process_mrelease(&own));
}
