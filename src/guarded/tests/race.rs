//! Another process cuts, fills, punches and grows the file all the while.

use std::{
    os::fd::AsRawFd,
    ptr,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    thread, vec,
};

use super::util::{ASSEMBLY, Map, operations, page, value, values};
use crate::guarded::{
    Broken, Why, compare_exchange, copy_from, copy_to, copy_within, fetch_add, fill,
    install::ensure,
    load,
    scope::{Damage, Pages, enter},
    store, touch,
};

const PAGES: usize = 16;

/// Ends a child on drop.
struct Child(libc::pid_t);

impl Drop for Child {
    fn drop(&mut self) {
        unsafe { libc::kill(self.0, libc::SIGKILL) };
        unsafe { libc::waitpid(self.0, ptr::null_mut(), 0) };
    }
}

/// Numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// A process that changes the file until it is ended: of the bytes that are there, each is
/// [`value`]'s, or zero.
fn disturb(map: &Map) -> Child {
    let pid = unsafe { libc::fork() };
    if pid != 0 {
        assert!(pid > 0);
        return Child(pid);
    }
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    let fd = map.file.as_raw_fd();
    let bytes = values(0, map.len);
    let mut numbers = Numbers(88_172_645_463_325_252);
    loop {
        let len = libc::off_t::try_from(numbers.below(PAGES + 1) * page()).unwrap();
        let punch = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
        unsafe {
            match numbers.below(4) {
                0 => drop(libc::ftruncate(fd, len)),
                1 => drop(libc::fallocate(fd, punch, len / 2, 4096 * 3)),
                2 => drop(libc::ftruncate(fd, libc::off_t::try_from(map.len).unwrap())),
                _ => drop(libc::pwrite(fd, bytes.as_ptr().cast(), map.len, 0)),
            }
        }
    }
}

/// What becomes of operations.
#[derive(Default)]
struct Tally {
    whole: AtomicUsize,
    broken: AtomicUsize,
}

impl Tally {
    /// Counts it, and tells how many bytes were done.
    fn count(&self, answer: Result<(), Broken>, len: usize) -> usize {
        match answer {
            Ok(()) => {
                self.whole.fetch_add(1, SeqCst);
                len
            }
            Err(Broken { done, why }) => {
                assert_eq!(Why::Gone, why);
                assert!(done < len);
                self.broken.fetch_add(1, SeqCst);
                done
            }
        }
    }
}

/// Reads, or brings in: no byte before the fault is wrong.
fn read(map: &Map, tally: &Tally, numbers: &mut Numbers, own: &mut [u8]) {
    let at = numbers.below(map.len);
    let limit = if numbers.below(50) == 0 { map.len } else { 300 };
    let len = numbers.below((map.len - at).min(limit)) + 1;
    own[..len].fill(0xff);
    if numbers.below(10) == 0 {
        let at = at & !(page() - 1);
        tally.count(unsafe { touch(map.at(at), map.len - at, page()) }, map.len - at);
        return;
    }
    let done = tally.count(unsafe { copy_from(map.at(at), own.as_mut_ptr(), len) }, len);
    for (offset, byte) in own[..done].iter().enumerate() {
        assert!(
            [0, value(at + offset)].contains(byte),
            "{len} bytes from {at}: {offset} is {byte}"
        );
    }
}

/// Writes what is to be there, in every way.
fn write(map: &Map, tally: &Tally, numbers: &mut Numbers, own: &mut [u8]) {
    let at = numbers.below(map.len - 4096);
    let len = numbers.below(2000) + 1;
    let (place, word) = (map.at(at), map.at(at & !7).cast::<u64>());
    let answer = match numbers.below(if ASSEMBLY { 7 } else { 5 }) {
        0 | 1 => {
            own.iter_mut().zip(at..at + len).for_each(|(byte, at)| *byte = value(at));
            (unsafe { copy_to(own.as_ptr(), place, len) }, len)
        }
        // The values repeat at this distance.
        2 => (unsafe { copy_within(map.at(at + 251 * 8), place, len) }, len),
        3 => (unsafe { fill(place, 0, len) }, len),
        4 => (unsafe { store(place.cast::<u32>(), 0) }, 4),
        5 => (unsafe { fetch_add(word, 0) }.map(drop), 8),
        _ => (unsafe { compare_exchange(word, 1, 1) }.map(drop), 8),
    };
    tally.count(answer.0, answer.1);
}

/// A million operations in four threads, and nothing ends this process.
#[test]
fn a_million_operations() {
    // Where each is a system call, or each of many, fewer of them.
    let count = operations(if ASSEMBLY { 1_000_000 } else { 20_000 });
    ensure().unwrap();
    let (map, tally) = (Map::new(PAGES), Tally::default());
    let _child = disturb(&map);
    thread::scope(|scope| {
        let (map, tally) = (&map, &tally);
        for seed in 1..=4 {
            scope.spawn(move || {
                let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
                let mut own = vec![0; map.len];
                for _ in 0..count / 4 {
                    match numbers.below(3) {
                        0 => write(map, tally, &mut numbers, &mut own),
                        1 => {
                            let at = numbers.below(map.len - 8);
                            let found = unsafe { load(map.at(at).cast::<u64>()) };
                            tally.count(found.map(drop), 8);
                            for (number, byte) in
                                found.unwrap_or(0).to_ne_bytes().iter().enumerate()
                            {
                                assert!([0, value(at + number)].contains(byte));
                            }
                        }
                        _ => read(map, tally, &mut numbers, &mut own),
                    }
                }
            });
        }
    });
    let (whole, broken) = (tally.whole.load(SeqCst), tally.broken.load(SeqCst));
    assert_eq!(count, whole + broken);
    assert!(whole > count / 100 && broken > count / 100, "{whole} whole, {broken} broken");
}

/// Scopes in four threads over one map: every zero that should not be is told.
#[test]
fn scopes_while_the_file_changes() {
    ensure().unwrap();
    let map = Map::new(PAGES);
    let file = map.file.as_raw_fd();
    let _child = disturb(&map);
    let told = AtomicUsize::new(0);
    for _ in 0..40 {
        let damage = Damage::none();
        thread::scope(|threads| {
            let (map, damage, told) = (&map, &damage, &told);
            for seed in 1..=4 {
                threads.spawn(move || {
                    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
                    for _ in 0..25 {
                        let first = numbers.below(PAGES / 2);
                        let range = Pages {
                            start: map.at(first * page()),
                            len: PAGES / 2 * page(),
                            granule: page(),
                            writable: false,
                            owner: None,
                        };
                        let scope = unsafe { enter(range, damage) }.unwrap();
                        let sum = (0..range.len).step_by(64).fold(0, |sum: usize, offset| {
                            let at = first * page() + offset;
                            let byte = unsafe { map.at(at).read_volatile() };
                            assert!([0, value(at)].contains(&byte));
                            sum + usize::from(byte)
                        });
                        std::hint::black_box(sum);
                        told.fetch_add(usize::from(scope.leave().is_some()), SeqCst);
                    }
                });
            }
        });
        // No scope is open: the owner maps the file anew.
        let prot = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_SHARED | libc::MAP_FIXED;
        let start = map.at(0).cast();
        assert_eq!(start, unsafe { libc::mmap(start, map.len, prot, flags, file, 0) });
    }
    assert_ne!(0, told.load(SeqCst));
}
