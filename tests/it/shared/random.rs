//! Random sequences of all safe calls of `Shared` and `Sealed`.

use std::{
    cell::OnceCell,
    collections::VecDeque,
    ops::{Bound, Range},
    os::fd::OwnedFd,
    sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed},
};

use mman::{
    Advice, Commit, Fork, HugePages, Lock, MapOptions, Placement, Prefault, Protection, Sealed,
    SealedWriter, Shared, ShmName, sys::stat::Mode,
};
use proptest::{prelude::*, sample::select, test_runner::TestRunner};

use super::open_files;
use crate::util::{child::in_child, machine::HugePages as Pool, map::Area, page, smaps};

type Arg = (Bound<usize>, Bound<usize>);

#[derive(Clone, Debug)]
enum Call {
    New(Kind, usize, Box<MapOptions>),
    Again,
    Read(usize, usize),
    Write(usize, Vec<u8>),
    Fill(Arg, u8),
    Within(Arg, usize),
    Atomic(u32, usize, u8),
    Atomics(u32, Arg),
    Forget,
    Split(usize),
    Join,
    Protect(Arg, Protection, usize),
    Advise(Arg, Advice),
    Lock(Arg),
    Prefault(Arg),
    Residency(Arg),
    Parts,
    Unmap,
    Seal,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Anonymous,
    Memfd,
    Named,
}

fn number() -> impl Strategy<Value = usize> {
    const EDGES: &[usize] = &[0, 1, usize::MAX, usize::MAX - 7, isize::MAX as usize];
    prop_oneof![
        6 => 0..20_000_usize,
        2 => (0..5_usize).prop_map(|pages| pages * page()),
        1 => select(EDGES),
    ]
}

fn range() -> impl Strategy<Value = Arg> {
    let bound = || {
        prop_oneof![
            number().prop_map(Bound::Included),
            number().prop_map(Bound::Excluded),
            Just(Bound::Unbounded),
        ]
    };
    (bound(), bound())
}

fn options() -> impl Strategy<Value = Box<MapOptions>> {
    let placement = prop_oneof![
        3 => Just(Placement::Anywhere),
        1 => number().prop_map(Placement::Aligned),
        1 => (0..22_u32).prop_map(|log2| Placement::Aligned(1 << log2)),
        1 => number().prop_map(Placement::Near),
    ];
    let huge = prop_oneof![
        4 => Just(HugePages::Default),
        1 => Just(HugePages::Transparent),
        1 => number().prop_map(HugePages::Explicit),
        1 => Just(HugePages::ExplicitElseTransparent(2 << 20)),
    ];
    (
        placement,
        huge,
        select(&[Prefault::No, Prefault::No, Prefault::Read, Prefault::Write][..]),
        select(&[Lock::No, Lock::No, Lock::Now, Lock::OnFault][..]),
        select(&[Fork::Inherit, Fork::Inherit, Fork::Exclude, Fork::Wipe][..]),
        select(&[Commit::Account, Commit::NoReserve][..]),
        (0..3_usize, 0..3_usize),
    )
        .prop_map(|(placement, huge, prefault, lock, fork, commit, (before, after))| {
            let mut options = MapOptions::new();
            options.placement(placement).huge_pages(huge).prefault(prefault).lock(lock).fork(fork);
            options.commit(commit).guard_pages(before, after).name(c"random");
            Box::new(options)
        })
}

fn call() -> impl Strategy<Value = Call> {
    const ADVICE: &[Advice] =
        &[Advice::Normal, Advice::Cold, Advice::PageOut, Advice::Collapse, Advice::NoDump];
    const PROTECTIONS: &[Protection] =
        &[Protection::None, Protection::Read, Protection::ReadWrite, Protection::ReadExecute];
    let kind = select(&[Kind::Anonymous, Kind::Memfd, Kind::Named][..]);
    let width = select(&[8_u32, 16, 32, 64][..]);
    let data = || prop::collection::vec(any::<u8>(), 0..200);
    prop_oneof![
        4 => (kind, number(), options()).prop_map(|(kind, len, with)| Call::New(kind, len, with)),
        1 => Just(Call::Again),
        4 => (number(), 0..500_usize).prop_map(|(at, len)| Call::Read(at, len)),
        4 => (number(), data()).prop_map(|(at, data)| Call::Write(at, data)),
        2 => (range(), any::<u8>()).prop_map(|(range, value)| Call::Fill(range, value)),
        2 => (range(), number()).prop_map(|(range, to)| Call::Within(range, to)),
        3 => (width.clone(), number(), any::<u8>()).prop_map(|(w, at, v)| Call::Atomic(w, at, v)),
        2 => (width, range()).prop_map(|(width, range)| Call::Atomics(width, range)),
        1 => Just(Call::Forget),
        2 => number().prop_map(Call::Split),
        2 => (0..5_usize).prop_map(|pages| Call::Split(pages * page())),
        2 => Just(Call::Join),
        2 => (range(), select(PROTECTIONS), number())
            .prop_map(|(range, now, at)| Call::Protect(range, now, at)),
        1 => (range(), select(ADVICE)).prop_map(|(range, advice)| Call::Advise(range, advice)),
        1 => range().prop_map(Call::Lock),
        1 => range().prop_map(Call::Prefault),
        1 => range().prop_map(Call::Residency),
        1 => Just(Call::Parts),
        1 => Just(Call::Unmap),
        1 => Just(Call::Seal),
    ]
}

/// Memories, each with what it should hold.
type Pool2 = VecDeque<(Shared, Vec<u8>)>;

fn make(kind: Kind, len: usize, options: &MapOptions) -> Option<Shared> {
    match kind {
        Kind::Anonymous => options.shared(len).ok(),
        Kind::Memfd => options.shared_memfd(c"random", len).ok(),
        Kind::Named => {
            let name = ShmName::new(format!("/mman-test-random-{}", std::process::id())).unwrap();
            let made = options.shared_create(&name, len, Mode::S_IRUSR | Mode::S_IWUSR);
            let (shared, guard) = made.ok()?;
            if let Ok(same) = Shared::open(&name) {
                assert_eq!(len, same.len());
            }
            drop(guard);
            assert!(Shared::open(&name).is_err());
            Some(shared)
        }
    }
}

/// The range as the model has it.
fn of(range: &Arg, len: usize) -> Range<usize> {
    let start = match range.0 {
        Bound::Included(start) => start,
        Bound::Excluded(before) => before + 1,
        Bound::Unbounded => 0,
    };
    let end = match range.1 {
        Bound::Included(last) => last + 1,
        Bound::Excluded(end) => end,
        Bound::Unbounded => len,
    };
    start..end
}

/// Whether an atomic could be had at the offset; then it has been stored.
fn store(shared: &Shared, width: u32, at: usize, value: u8) -> bool {
    let stored = match width {
        8 => shared.atomic::<AtomicU8>(at).map(|it| it.store(value, Relaxed)),
        16 => shared.atomic::<AtomicU16>(at).map(|it| it.store(u16::from(value) * 0x101, Relaxed)),
        32 => shared
            .atomic::<AtomicU32>(at)
            .map(|it| it.store(u32::from(value) * 0x0101_0101, Relaxed)),
        _ => shared
            .atomic::<AtomicU64>(at)
            .map(|it| it.store(u64::from(value) * 0x0101_0101_0101_0101, Relaxed)),
    };
    stored.is_ok()
}

fn make_call(pool: &mut Pool2, call: &Call) {
    if let Call::New(kind, len, options) = call {
        if let Some(shared) = make(*kind, *len, options) {
            assert_eq!(*len, shared.len());
            pool.push_back((shared, vec![0; *len]));
        }
        return;
    }
    let Some((mut shared, mut model)) = pool.pop_front() else { return };
    let len = model.len();
    match call {
        Call::New(..) => {}
        Call::Again => {
            // The same object once more, which sees what is written.
            let fd = shared.fd().and_then(|fd| fd.try_clone_to_owned().ok());
            if let Some(Ok(same)) = fd.map(Shared::from_fd) {
                let from = usize::try_from(shared.offset()).unwrap();
                same.fill(from..from + len.min(9), 5).unwrap();
                model[..len.min(9)].fill(5);
            }
        }
        Call::Read(at, n) => {
            let mut out = vec![0xee; *n];
            match shared.read_at(*at, &mut out) {
                Ok(()) => assert!(model[*at..*at + n] == out),
                Err(_) => assert!(at.checked_add(*n).is_none_or(|end| end > len)),
            }
        }
        Call::Write(at, data) => {
            if shared.write_at(*at, data).is_ok() {
                model[*at..*at + data.len()].copy_from_slice(data);
            }
        }
        Call::Fill(range, value) => {
            if shared.fill(*range, *value).is_ok() {
                model[of(range, len)].fill(*value);
            }
        }
        Call::Within(range, to) => {
            if shared.copy_within(*range, *to).is_ok() {
                model.copy_within(of(range, len), *to);
            }
        }
        Call::Atomic(width, at, value) => {
            if store(&shared, *width, *at, *value) {
                model[*at..*at + *width as usize / 8].fill(*value);
            }
        }
        Call::Atomics(width, range) => {
            let count = match width {
                8 => shared.atomics::<AtomicU8>(*range).map(<[_]>::len),
                16 => shared.atomics::<AtomicU16>(*range).map(<[_]>::len),
                32 => shared.atomics::<AtomicU32>(*range).map(<[_]>::len),
                _ => shared.atomics::<AtomicU64>(*range).map(<[_]>::len),
            };
            if let Ok(count) = count {
                assert_eq!(count * *width as usize / 8, of(range, len).len());
            }
        }
        Call::Forget => shared.forget_atomics(),
        Call::Split(at) => {
            if let Ok(tail) = shared.split_off(*at) {
                assert_eq!(shared.offset() + *at as u64, tail.offset());
                pool.push_front((tail, model.split_off(*at)));
            }
        }
        Call::Join => {
            if let Some((other, rest)) = pool.pop_front() {
                match shared.join(other) {
                    Ok(()) => model.extend(rest),
                    Err((other, _)) => pool.push_back((other, rest)),
                }
            }
        }
        Call::Protect(range, now, at) => {
            if let Ok(guard) = shared.protect(*range, *now) {
                let shut = guard.range();
                assert_eq!(of(range, len), shut);
                let mut out = [0xee; 300];
                let read = guard.read_at(*at, &mut out).is_ok();
                assert!(!read || model[*at..*at + 300] == out);
                let opens = *now != Protection::None;
                assert!(
                    !read || opens || *at >= shut.end || *at + 300 <= shut.start || shut.is_empty()
                );
            }
        }
        Call::Advise(range, advice) => drop(shared.advise(*range, *advice)),
        Call::Lock(range) => drop(shared.lock(*range)),
        Call::Prefault(range) => drop(shared.prefault(*range)),
        Call::Residency(range) => drop(shared.residency(*range)),
        Call::Parts => {
            let (parts, fd) = shared.into_raw_parts();
            shared = unsafe { Shared::from_raw_parts(parts, fd) };
        }
        Call::Unmap => return shared.unmap().unwrap(),
        Call::Seal => {
            let sealed = Sealed::from_bytes(&model).unwrap();
            assert!(sealed[..] == model[..]);
            let mut first = sealed.try_clone().unwrap();
            if let Ok(rest) = first.split_off(page()) {
                assert!(first[..] == model[..page()] && rest[..] == model[page()..]);
                first.join(rest).unwrap();
            }
            drop(first.protect(.., Protection::None).unwrap());
            assert!(first[..] == model[..]);
            let fd: OwnedFd = sealed.try_clone().unwrap().into_fd();
            assert!(Shared::from_fd(fd).is_err());
            drop(SealedWriter::new(c"random").unwrap().seal().unwrap());
        }
    }
    let mut all = vec![0xee; model.len()];
    shared.read_at(0, &mut all).unwrap();
    assert!(all == model, "{call:?}");
    pool.push_back((shared, model));
}

/// All safe calls with any arguments: nothing faults, contents are as a model's, canaries among
/// the memories are not touched, and all is unmapped and closed in the end.
#[test]
fn random_calls_keep_to_their_own_memory() {
    const CASES: u32 = 96;
    // Some calls get explicit huge pages where there are any, and other tests count those.
    let _pool = Pool::of_2m(4);
    in_child(|| {
        let config =
            ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
        let before = OnceCell::new();
        let mut runner = TestRunner::new(config);
        let outcome = runner.run(&prop::collection::vec(call(), 1..60), |calls| {
            let canaries: Vec<_> = (0..4).map(|_| Area::anon(2)).collect();
            canaries.iter().for_each(|canary| canary.fill(0..2, 0xa5));
            let mut pool = VecDeque::new();
            calls.iter().for_each(|call| make_call(&mut pool, call));
            drop(pool);
            assert!(canaries.iter().all(|canary| canary.holds(0..2, 0xa5)));
            drop(canaries);
            before.get_or_init(|| (smaps::count(), open_files()));
            Ok(())
        });
        outcome.unwrap();
        // The allocator's own mappings come and go; a leak would be one for each case or more.
        let (maps, files) = before.into_inner().unwrap();
        assert_eq!(files, open_files());
        assert!(smaps::count() <= maps + 8, "{maps} mappings became {}", smaps::count());
    });
}
