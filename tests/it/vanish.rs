//! Files that another process truncates, punches, unlinks, replaces and grows all the while, on
//! several file systems, and disks that fail: nobody dies, and no byte before a fault is wrong.

mod worker;

use std::{
    ffi::CString,
    fs::{self, File},
    os::{fd::AsRawFd as _, unix::ffi::OsStrExt as _},
    panic,
    path::{Path, PathBuf},
    ptr, thread,
    time::Duration,
};

use mman::{Contents, FileMap, FileMapMut, MapOptions};

use self::worker::Worker;
use crate::util::{
    child::{End, child_within, in_child},
    machine::HugePages,
    mount, page, seconds, temp,
};

/// Whether accesses are made by the processor, so that numbers change in one step.
pub(crate) const ASSEMBLY: bool = cfg!(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64",
    target_endian = "little",
    not(mman_guarded_fallback)
));

/// There are fewer where each is a system call, or many, and on an emulated machine.
fn operations() -> usize {
    let slow = std::env::var_os("MMAN_TEST_SLOW").is_some();
    if ASSEMBLY && !slow { 1_000_000 } else { 20_000 }
}

const THREADS: usize = 2;

/// What the byte at a place is, if it is not 0. It repeats after [`PERIOD`] bytes.
fn mark(at: usize) -> u8 {
    u8::try_from(at % PERIOD + 1).unwrap()
}

const PERIOD: usize = 255;

/// Numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn new(seed: usize) -> Self {
        Self(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed as u64 + 1))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// A file, and what another process does to it.
struct Disturbed<'a> {
    file: &'a File,
    /// Where others find it, if they do.
    path: Option<&'a Path>,
    len: usize,
    /// Its length changes by so many bytes.
    step: usize,
    pause: Duration,
}

/// A process that is ended on drop.
struct Process(libc::pid_t);

impl Drop for Process {
    fn drop(&mut self) {
        unsafe { libc::kill(self.0, libc::SIGKILL) };
        unsafe { libc::waitpid(self.0, ptr::null_mut(), 0) };
    }
}

impl Disturbed<'_> {
    /// What is done to it.
    fn disturber(&self) -> impl FnMut(&[u8]) {
        let name = |path: &Path| CString::new(path.as_os_str().as_bytes()).unwrap();
        let path = self.path.map(name);
        let beside = self.path.map(|path| name(&path.with_extension("new")));
        let itself = name(&self.by_descriptor());
        let (fd, len, step) = (self.file.as_raw_fd(), self.len, self.step);
        let mut numbers = Numbers::new(99);
        let offset = |bytes: usize| libc::off_t::try_from(bytes).unwrap();
        let punch = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
        move |marks| {
            let at = numbers.below(len / step) * step;
            let some = (numbers.below(4) + 1) * step;
            let there = len.min(at + some) - at;
            unsafe {
                match numbers.below(7) {
                    0 => drop(libc::ftruncate(fd, offset(at))),
                    1 => drop(libc::ftruncate(fd, offset(at + step / 3))),
                    2 => drop(libc::ftruncate(fd, offset(len))),
                    3 => drop(libc::fallocate(fd, punch, offset(at), offset(some))),
                    4 => drop(libc::fallocate(fd, 0, offset(at), offset(there))),
                    5 => drop(libc::pwrite(fd, marks[at..].as_ptr().cast(), there, offset(at))),
                    _ => {
                        if let (Some(path), Some(beside)) = (&path, &beside) {
                            libc::unlink(path.as_ptr());
                            match numbers.below(4) {
                                0 => drop(libc::close(libc::creat(beside.as_ptr(), 0o600))),
                                _ => drop(libc::symlink(itself.as_ptr(), beside.as_ptr())),
                            }
                            libc::rename(beside.as_ptr(), path.as_ptr());
                        }
                    }
                }
            }
        }
    }

    /// A path to the file whatever its names are.
    fn by_descriptor(&self) -> PathBuf {
        format!("/proc/self/fd/{}", self.file.as_raw_fd()).into()
    }

    /// Starts a process that does it all the while.
    fn disturb(&self, marks: &[u8]) -> Process {
        let mut disturb = self.disturber();
        let pid = unsafe { libc::fork() };
        if pid != 0 {
            assert!(pid > 0);
            return Process(pid);
        }
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        loop {
            disturb(marks);
            thread::sleep(self.pause);
        }
    }

    /// A million operations in several threads, of every kind.
    fn survive(&self) {
        let marks: Vec<_> = (0..self.len).map(mark).collect();
        let map = FileMapMut::new(self.file).unwrap();
        let _process = self.disturb(&marks);
        let (mut whole, mut short) = (0, 0);
        thread::scope(|scope| {
            let workers: Vec<_> = (0..THREADS)
                .map(|seed| {
                    let mut worker = Worker::new(self, &map, &marks, seed);
                    scope.spawn(move || worker.work(operations() / THREADS))
                })
                .collect();
            for worker in workers {
                let done = worker.join().unwrap_or_else(|why| panic::resume_unwind(why));
                let (some_whole, some_short) = done;
                whole += some_whole;
                short += some_short;
            }
        });
        check(whole, short);
    }

    /// The same in one thread, which disturbs itself.
    fn survive_in_turns(&self) {
        const AT_ONCE: usize = 500;
        let marks: Vec<_> = (0..self.len).map(mark).collect();
        let map = FileMapMut::new(self.file).unwrap();
        let mut worker = Worker::new(self, &map, &marks, 1);
        let mut disturb = self.disturber();
        let (mut whole, mut short) = (0, 0);
        for _ in 0..operations() / AT_ONCE {
            disturb(&marks);
            let (some_whole, some_short) = worker.work(AT_ONCE);
            whole += some_whole;
            short += some_short;
        }
        check(whole, short);
    }
}

/// All were done, and not all of one kind.
fn check(whole: usize, short: usize) {
    assert_eq!(operations(), whole + short);
    let least = operations() / 200;
    assert!(whole > least && short > least, "{whole} whole, {short} short");
}

/// In a child, for a fault that is not caught would end the process.
#[track_caller]
fn survive(f: impl FnOnce()) {
    match child_within(seconds(300), f) {
        End::Exited(0) => {}
        end => panic!("the child ended by {end:?}"),
    }
}

#[test]
fn a_million_operations_in_memory() {
    survive(|| {
        // As contents it is mapped where it is long enough.
        let (file, len, step) = (temp::in_memory(), 2 << 20, 128 << 10);
        file.as_file().set_len(len as u64).unwrap();
        let path = Some(file.path());
        let pause = Duration::from_micros(50);
        Disturbed { file: file.as_file(), path, len, step, pause }.survive();
    });
}

#[test]
fn a_million_operations_on_disk() {
    survive(|| {
        let (file, len) = (temp::on_disk(), 16 * page());
        file.as_file().set_len(len as u64).unwrap();
        let path = Some(file.path());
        let pause = Duration::from_micros(50);
        Disturbed { file: file.as_file(), path, len, step: page(), pause }.survive();
    });
}

/// A file of huge pages that are free.
fn huge(len: usize) -> File {
    let flags = libc::MFD_CLOEXEC | libc::MFD_HUGETLB | libc::MFD_HUGE_2MB;
    let fd = unsafe { libc::memfd_create(c"mman-test".as_ptr(), flags) };
    assert!(fd >= 0);
    let file: File = unsafe { std::os::fd::FromRawFd::from_raw_fd(fd) };
    file.set_len(len as u64).unwrap();
    file
}

#[test]
fn a_million_operations_on_huge_pages() {
    let Some(pool) = HugePages::of_2m(4) else { return };
    survive(|| {
        let (len, step) = (4 * pool.size, pool.size);
        let (file, pause) = (huge(len), Duration::ZERO);
        Disturbed { file: &file, path: None, len, step, pause }.survive_in_turns();
    });
    let promised = "/sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages";
    let promised = fs::read_to_string(promised).unwrap().trim().parse::<u64>().unwrap();
    assert!(i64::try_from(promised).is_ok(), "the kernel counts wrongly: {promised}");
}

/// Faults while another process truncates and punches make Linux 6.18 count its pool of huge pages
/// wrongly, until the machine starts again: fewer are promised than none.
#[test]
fn a_million_operations_on_huge_pages_at_the_same_time() {
    if !have!("expendable") {
        return;
    }
    let Some(pool) = HugePages::of_2m(4) else { return };
    survive(|| {
        let (len, step) = (4 * pool.size, pool.size);
        // A page takes long to become zero.
        let (file, pause) = (huge(len), Duration::from_millis(1));
        Disturbed { file: &file, path: None, len, step, pause }.survive();
    });
}

/// An ext4 with room for a part of the file: what is written to the rest finds no block.
#[test]
fn a_million_operations_on_a_disk_that_is_full() {
    let Some(disk) = mount::Ext4::new(4 << 20) else { return };
    let folder = tempfile::tempdir().unwrap();
    survive(|| {
        disk.mount(folder.path());
        let path = folder.path().join("file");
        let file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        let len = 8 << 20;
        file.set_len(len as u64).unwrap();
        // It does run full.
        let map = FileMapMut::new(&file).unwrap();
        let fault = map.fill(.., 1).unwrap_err().fault().unwrap();
        assert!((1 << 20..4 << 20).contains(&fault.done), "{fault:?}");
        file.set_len(0).unwrap();
        file.set_len(len as u64).unwrap();
        let pause = Duration::from_micros(200);
        Disturbed { file: &file, path: Some(&path), len, step: 64 << 10, pause }.survive();
    });
}

/// The numbers of the blocks of a file.
fn blocks(file: &File, count: usize) -> Vec<u64> {
    const FIBMAP: libc::c_ulong = 1;
    (0..count)
        .map(|number| {
            let mut block = libc::c_int::try_from(number).unwrap();
            let answer = unsafe { libc::ioctl(file.as_raw_fd(), FIBMAP as _, &mut block) };
            assert_eq!(0, answer, "{}", std::io::Error::last_os_error());
            u64::try_from(block).unwrap()
        })
        .collect()
}

/// An ext4 whose disk ends in the midst of a file: what is behind cannot be read (`EIO`).
#[test]
fn a_disk_that_fails_is_an_error() {
    const BLOCK: usize = 4096;
    let Some(disk) = mount::Ext4::new(16 << 20) else { return };
    if !have!("sys-rawio") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    in_child(|| {
        disk.mount(folder.path());
        let path = folder.path().join("file");
        let (count, good) = (512, 300);
        let len = count * BLOCK;
        let marks: Vec<_> = (0..len).map(mark).collect();
        fs::write(&path, &marks).unwrap();
        let file = File::options().read(true).write(true).open(&path).unwrap();
        file.sync_all().unwrap();
        let blocks = blocks(&file, count);
        assert!(blocks.windows(2).all(|pair| pair[0] < pair[1]), "not in order: {blocks:?}");
        let (fd, drop) = (file.as_raw_fd(), libc::POSIX_FADV_DONTNEED);
        assert_eq!(0, unsafe { libc::posix_fadvise(fd, 0, 0, drop) });
        disk.0.as_file().set_len(blocks[good] * BLOCK as u64).unwrap();

        // Not by a fault, to know what to expect.
        let mut byte = [0];
        let direct = std::os::unix::fs::FileExt::read_at(&file, &mut byte, (good * BLOCK) as u64);
        assert_eq!(Some(libc::EIO), direct.unwrap_err().raw_os_error());

        let map = FileMap::new(&file).unwrap();
        let mut buffer = vec![0; len];
        let error = map.read_at(0, &mut buffer).unwrap_err();
        let fault = error.fault().unwrap();
        // A page holds more than a block where it is larger.
        let there = good * BLOCK / page() * page();
        assert_eq!((0, len, there), (fault.offset, fault.len, fault.done));
        assert!(marks[..there] == buffer[..there]);
        assert!(error.to_string().contains("or its storage failed"), "{error}");
        assert_eq!(0, map.load::<u8>(there + page()).unwrap_err().fault().unwrap().done);
        assert_eq!(mark(there - 1), map.load::<u8>(there - 1).unwrap());

        let contents = Contents::open(&path).unwrap();
        assert!(contents.as_map().is_some());
        assert_eq!(there, contents.read_at(0, &mut buffer).unwrap_err().fault().unwrap().done);
        let sum = unsafe {
            contents.with_slice(.., |bytes| {
                assert!(marks[..there] == bytes[..there]);
                bytes[there..].iter().map(|byte| u64::from(*byte)).sum::<u64>()
            })
        };
        assert_eq!(there, sum.unwrap_err().fault().unwrap().done);

        let writer = MapOptions::new().file_mut(&file, ..).unwrap();
        let fault = writer.write_at(there - 5, &[1; 10]).unwrap_err().fault().unwrap();
        assert_eq!((there - 5, 10, 5), (fault.offset, fault.len, fault.done));
    });
}
