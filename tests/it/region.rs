//! The range check, rounding and unmapping, by way of `Anon`; random sequences of all safe calls.

use std::{
    cell::OnceCell,
    mem,
    ops::{Bound, RangeBounds},
};

use mman::{
    Advice, Anon, Commit, CoreDump, Fault, FilePart, Footprint, Fork, HugePages, Lock, MapError,
    MapOptions, Node, NodeSet, Numa, PageNodes, Placement, Prefault, Protection, RawParts,
    Residency,
};
use proptest::{prelude::*, sample::select, test_runner::TestRunner};

use crate::util::{
    child::in_child,
    machine::HugePages as Pool,
    map::{Area, at},
    page, seccomp, smaps,
};

/// Threads may share and take what is told of memory: numbers, as they were when it was asked.
#[test]
fn what_is_told_goes_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<Residency>();
    check::<Footprint>();
    check::<PageNodes>();
    check::<FilePart>();
    // Words that are never changed.
    check::<MapError>();
    check::<Fault>();
}

/// Raw parts stay where they are: they are a pointer, and whoever sends them answers for it.
#[test]
fn raw_parts_stay_on_their_thread() {
    // Which of the two is meant can be told only of a type that has not the property.
    trait NotSend<Choice> {
        const IS: bool = true;
    }
    impl<T> NotSend<()> for T {}
    impl<T: Send> NotSend<u8> for T {}
    trait NotSync<Choice> {
        const IS: bool = true;
    }
    impl<T> NotSync<()> for T {}
    impl<T: Sync> NotSync<u8> for T {}
    const { assert!(<RawParts as NotSend<_>>::IS && <RawParts as NotSync<_>>::IS) };
}

/// A verb that takes any range, and changes nothing.
fn hint(memory: &Anon, range: impl RangeBounds<usize>) -> Result<(), String> {
    memory.advise(range, Advice::Normal).map_err(|error| error.to_string())
}

#[test]
fn ranges_are_checked_without_overflow() {
    let memory = Anon::new(100).unwrap();
    for good in [0..0, 0..100, 99..100, 100..100] {
        assert_eq!(Ok(()), hint(&memory, good));
    }
    assert_eq!(Ok(()), hint(&memory, 100..));
    assert_eq!(Ok(()), hint(&memory, ..=99));
    let outside = |range: &str| Err(format!("advise: {range} is not within 0..100"));
    assert_eq!(outside("0..101"), hint(&memory, ..101));
    assert_eq!(outside("101..101"), hint(&memory, 101..101));
    let most = usize::MAX;
    assert_eq!(outside(&format!("{most}..{most}")), hint(&memory, most..most));
    assert_eq!(outside(&format!("1..{most}")), hint(&memory, 1..most));
    let beyond = Err("advise: offset 101 is beyond the length 100".to_owned());
    assert_eq!(beyond, hint(&memory, 101..));
    let largest = Err("advise: the range is beyond the largest number".to_owned());
    assert_eq!(largest, hint(&memory, ..=most));
    let after = (Bound::Excluded(most), Bound::Unbounded);
    assert_eq!(largest, hint(&memory, after));
    #[allow(clippy::reversed_empty_ranges, reason = "it is what is tested")]
    let backwards = hint(&memory, 9..3);
    assert_eq!(Err("advise: 9..3 ends before it starts".to_owned()), backwards);
}

/// memmap2 0.9.12: `advise_range(advice, len, len)` flags the neighbouring mapping.
#[test]
fn memmap2_advice_at_the_end_leaves_the_neighbour_alone() {
    if !have!("kernel") {
        return;
    }
    let mut memory = Anon::new(2 * page()).unwrap();
    let neighbour = memory.split_off(page()).unwrap();
    memory.advise(page()..page(), Advice::NoDump).unwrap();
    memory.advise(page().., Advice::NoDump).unwrap();
    let _guard = memory.lock(page()..page()).unwrap();
    assert!(!smaps::at(neighbour.as_ptr()).has("dd"));
    assert!(!smaps::at(neighbour.as_ptr()).has("lo"));
    // All of it reaches no further either.
    memory.advise(.., Advice::NoDump).unwrap();
    assert!(smaps::at(memory.as_ptr()).has("dd"));
    assert!(!smaps::at(neighbour.as_ptr()).has("dd"));
}

/// memmap2 #156: the length of huge pages is not rounded, so each drop leaks one.
#[test]
fn memmap2_huge_pages_are_all_unmapped() {
    if !have!("kernel") {
        return;
    }
    let Some(pool) = Pool::of_2m(2) else { return };
    in_child(|| {
        let free = pool.free();
        let mut options = MapOptions::new();
        options.huge_pages(HugePages::Explicit(pool.size));
        for guards in [0, 1] {
            let mut memory = options.guard_pages(guards, guards).anon(pool.size + 1).unwrap();
            assert_eq!((pool.size + 1, pool.size), (memory.len(), memory.page_size()));
            assert_eq!(2 * pool.size + 2 * guards * page(), memory.mapped_len());
            assert_eq!(free - 2, pool.free());
            assert!(smaps::at(memory.as_ptr()).has("ht"));
            memory[pool.size] = 7;
            let memory = memory.make_read_only().unwrap();
            assert_eq!("r--p", smaps::at(memory.as_ptr()).perms);
            let mut memory = memory.make_mut().unwrap();
            let tail = memory.split_off(pool.size).unwrap();
            assert_eq!(7, tail[0]);
            drop(tail);
            assert_eq!(free - 1, pool.free());
            memory.unmap().unwrap();
            assert_eq!(free, pool.free());
        }
    });
}

/// region 4.0: `alloc_at` replaces what is there.
#[test]
fn region_memory_at_an_address_replaces_nothing() {
    if !have!("kernel") {
        return;
    }
    let area = Area::anon(3);
    area.fill(0..3, 0xa5);
    for guards in [0, 1] {
        let mut options = MapOptions::new();
        options.guard_pages(guards, guards).placement(at(area.page(1).addr()));
        let error = options.anon(page()).unwrap_err();
        assert_eq!("map: something is mapped there (EEXIST)", error.to_string());
    }
    assert!(area.holds(0..3, 0xa5));
    // Where one page is free, two are not.
    in_child(|| {
        assert_eq!(0, unsafe { libc::munmap(area.page(1), page()) });
        let mut options = MapOptions::new();
        options.placement(at(area.page(1).addr()));
        assert_eq!(Some(mman::Error::EEXIST), options.anon(page() + 1).unwrap_err().errno());
        let memory = options.anon(page()).unwrap();
        assert_eq!(area.page(1).addr(), memory.as_ptr().addr());
        assert!(area.holds(0..1, 0xa5) && area.holds(2..3, 0xa5));
        mem::forget(area);
    });
}

/// memmap2 drops the map when a conversion fails; it comes back here, as it was.
#[test]
fn memmap2_a_failed_conversion_gives_the_memory_back() {
    in_child(|| {
        let mut memory = Anon::new(3 * page()).unwrap();
        memory.fill(7);
        let read_only = Anon::new(page()).unwrap().make_read_only().unwrap();
        seccomp::deny(&[libc::SYS_mprotect], libc::ENOMEM);
        let (returned, error) = read_only.make_mut().unwrap_err();
        assert_eq!(("make_mut", 0), (error.operation(), returned[0]));
        let (mut memory, error) = memory.make_read_only().unwrap_err();
        assert_eq!("make_read_only: Out of memory (ENOMEM)", error.to_string());
        assert!(memory.len() == 3 * page() && memory.iter().all(|byte| *byte == 7));
        memory.fill(8);
        // Where the kernel cannot even say whether the memory can be written, nobody gets it.
        seccomp::deny(&[libc::SYS_openat], libc::EACCES);
        let (memory, _) = memory.make_read_only().unwrap_err();
        assert!(memory.is_empty());
    });
}

/// The first page is read-only already when the kernel comes to a sealed one.
#[test]
fn a_half_done_conversion_is_undone() {
    if !have!("linux-6.10") {
        return;
    }
    in_child(|| {
        let mut memory = Anon::new(4 * page()).unwrap();
        let third = memory[2 * page()..].as_mut_ptr();
        unsafe { mman::sys::mman::mseal(third.cast(), page()) }.unwrap();
        let (mut memory, error) = memory.make_read_only().unwrap_err();
        assert_eq!("make_read_only: Operation not permitted (EPERM)", error.to_string());
        memory.fill(8);
        assert_eq!(4 * page(), memory.len());
        let (memory, error) = memory.unmap().unwrap_err();
        assert_eq!("unmap: Operation not permitted (EPERM)", error.to_string());
        assert_eq!(8, memory[3 * page()]);
    });
}

/// mapr, wasmtime, region: a failed `munmap` panics in `Drop`.
#[test]
fn drop_does_not_panic_where_munmap_fails() {
    in_child(|| {
        let memory = Anon::new(page()).unwrap();
        let mut other = Anon::new(3 * page()).unwrap();
        other.fill(3);
        seccomp::deny(&[libc::SYS_munmap], libc::EPERM);
        drop(memory);
        let error = other.resize(1).unwrap_err();
        assert_eq!("resize: Operation not permitted (EPERM)", error.to_string());
        assert_eq!(other.len(), 3 * page());
        assert!(other.resize(0).is_err());
        let (other, error) = other.unmap().unwrap_err();
        assert_eq!("unmap: Operation not permitted (EPERM)", error.to_string());
        assert!(other.iter().all(|byte| *byte == 3));
    });
}

/// Five policies among the peers; here it is a value like any other.
#[test]
fn zero_length_is_a_value_that_maps_nothing() {
    in_child(|| {
        smaps::count();
        let before = smaps::count();
        let mut memory = MapOptions::new().guard_pages(1, 1).anon(0).unwrap();
        assert_eq!((0, 0), (memory.len(), memory.mapped_len()));
        assert_eq!(before, smaps::count());
        memory.advise(.., Advice::Cold).unwrap();
        memory.discard(..).unwrap();
        memory.free_lazily(0..0).unwrap();
        memory.prefault(..).unwrap();
        assert_eq!(0, memory.residency(..).unwrap().pages());
        drop(memory.lock(..).unwrap());
        assert!(memory.split_off(0).unwrap().is_empty());
        assert!(memory.split_off(1).is_err());
        memory.join(Anon::default()).unwrap();
        let memory = memory.make_read_only().unwrap();
        assert!(memory.is_empty());
        let mut memory = memory.make_mut().unwrap();
        memory.resize(3).unwrap();
        assert_eq!([0, 0, 0], memory[..]);
        memory.resize(0).unwrap();
        let parts = memory.into_raw_parts();
        unsafe { Anon::from_raw_parts(parts) }.unmap().unwrap();
        assert_eq!(before, smaps::count());
    });
}

#[test]
fn what_destroys_takes_whole_pages_only() {
    let mut memory = Anon::new(3 * page() - 10).unwrap();
    memory.fill(1);
    let size = page();
    let rule = |result: Result<(), MapError>| result.unwrap_err().to_string();
    let offset = format!("discard: offset 100 is not a multiple of the page size {size}");
    assert_eq!(offset, rule(memory.discard(100..)));
    let end = format!("discard: end 100 is not a multiple of the page size {size}");
    assert_eq!(end, rule(memory.discard(..100)));
    let lazily = format!("free_lazily: offset 1 is not a multiple of the page size {size}");
    assert_eq!(lazily, rule(memory.free_lazily(1..)));
    let split = memory.split_off(5).unwrap_err().to_string();
    assert_eq!(format!("split_off: offset 5 is not a multiple of the page size {size}"), split);
    assert!(memory.iter().all(|byte| *byte == 1));
    memory.discard(2 * size..).unwrap();
    assert!(memory[..2 * size].iter().all(|byte| *byte == 1));
    assert!(memory[2 * size..].iter().all(|byte| *byte == 0));
}

#[test]
fn lengths_that_no_slice_has_are_refused() {
    for len in [usize::MAX, usize::MAX / 2 + 1, usize::MAX / 2] {
        let error = Anon::new(len).unwrap_err();
        assert_eq!(format!("map: {len} bytes are more than a slice can have"), error.to_string());
        let mut memory = Anon::new(1).unwrap();
        let error = memory.resize(len).unwrap_err();
        assert_eq!(
            format!("resize: {len} bytes are more than a slice can have"),
            error.to_string()
        );
        assert_eq!(1, memory.len());
    }
    let aligned = Placement::Aligned(1 << (usize::BITS - 1));
    for options in
        [MapOptions::new().guard_pages(usize::MAX, 0), MapOptions::new().placement(aligned)]
    {
        let error = options.anon(1).unwrap_err().to_string();
        assert_eq!("map: guard pages and alignment leave no room for 1 bytes", error);
    }
}

/// One of the safe calls, with its arguments.
#[derive(Clone, Debug)]
enum Call {
    New(usize, Policies),
    Advise(Arg, Advice),
    Prefault(Arg),
    Discard(Arg),
    FreeLazily(Arg),
    Lock(Arg, bool, bool),
    LockMut(Arg, bool, u8),
    Protect(Arg, Protection, u8),
    Residency(Arg),
    Resize(usize),
    Split(usize),
    Join,
    ReadOnly,
    Exec,
    Parts,
    Unmap,
    Write(usize, u8),
}

type Arg = (Bound<usize>, Bound<usize>);

#[derive(Clone, Debug)]
struct Policies {
    placement: Placement,
    huge: HugePages,
    prefault: Prefault,
    lock: Lock,
    numa: Numa,
    fork: Fork,
    dump: CoreDump,
    commit: Commit,
    guards: (usize, usize),
}

fn number() -> impl Strategy<Value = usize> {
    const EDGES: &[usize] = &[0, 1, usize::MAX, usize::MAX - 1, usize::MAX / 2, usize::MAX / 2 + 1];
    prop_oneof![
        12 => 0..40_000_usize,
        12 => (0..10_usize).prop_map(|pages| pages * page()),
        1 => 4_100_000..4_300_000_usize,
        3 => select(EDGES),
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

fn policies() -> impl Strategy<Value = Policies> {
    let placement = prop_oneof![
        3 => Just(Placement::Anywhere),
        1 => number().prop_map(Placement::Aligned),
        1 => (0..24_u32).prop_map(|log2| Placement::Aligned(1 << log2)),
        1 => number().prop_map(Placement::Near),
        1 => number().prop_map(at),
    ];
    let huge = prop_oneof![
        4 => Just(HugePages::Default),
        1 => Just(HugePages::System),
        1 => Just(HugePages::Never),
        1 => Just(HugePages::Transparent),
        1 => number().prop_map(HugePages::Explicit),
        1 => Just(HugePages::ExplicitElseTransparent(2 << 20)),
    ];
    let guards = prop_oneof![4 => 0..3_usize, 1 => number()];
    let nodes = || {
        prop_oneof![4 => 0..2_u32, 1 => 0..Node::LIMIT]
            .prop_map(|number| Node::new(number).unwrap())
    };
    let numa = prop_oneof![
        6 => Just(Numa::Default),
        1 => Just(Numa::Local),
        1 => nodes().prop_map(|node| Numa::Prefer(node.into())),
        1 => nodes().prop_map(|node| Numa::Bind(node.into())),
        1 => (nodes(), nodes()).prop_map(|(a, b)| Numa::Interleave(NodeSet::from_iter([a, b]))),
    ];
    (
        placement,
        huge,
        select(&[Prefault::No, Prefault::Read, Prefault::Write][..]),
        select(&[Lock::No, Lock::No, Lock::Now, Lock::OnFault][..]),
        numa,
        select(&[Fork::Inherit, Fork::Exclude, Fork::Wipe][..]),
        select(&[CoreDump::Include, CoreDump::Exclude][..]),
        select(&[Commit::Account, Commit::NoReserve][..]),
        (guards, 0..3_usize),
    )
        .prop_map(|(placement, huge, prefault, lock, numa, fork, dump, commit, guards)| {
            Policies { placement, huge, prefault, lock, numa, fork, dump, commit, guards }
        })
}

const ADVICE: &[Advice] = &[
    Advice::Normal,
    Advice::Random,
    Advice::Sequential,
    Advice::WillNeed,
    Advice::Cold,
    Advice::PageOut,
    Advice::HugePages,
    Advice::NoHugePages,
    Advice::Collapse,
    Advice::Mergeable,
    Advice::NotMergeable,
    Advice::Dump,
    Advice::NoDump,
];

const PROTECTIONS: &[Protection] =
    &[Protection::None, Protection::Read, Protection::ReadWrite, Protection::ReadExecute];

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        4 => (number(), policies()).prop_map(|(len, policies)| Call::New(len, policies)),
        3 => (range(), select(ADVICE)).prop_map(|(range, advice)| Call::Advise(range, advice)),
        1 => range().prop_map(Call::Prefault),
        2 => range().prop_map(Call::Discard),
        2 => range().prop_map(Call::FreeLazily),
        2 => (range(), any::<bool>(), any::<bool>()).prop_map(|(r, f, g)| Call::Lock(r, f, g)),
        2 => (range(), any::<bool>(), any::<u8>()).prop_map(|(r, f, v)| Call::LockMut(r, f, v)),
        2 => (range(), select(PROTECTIONS), any::<u8>())
            .prop_map(|(range, protection, value)| Call::Protect(range, protection, value)),
        1 => range().prop_map(Call::Residency),
        3 => number().prop_map(Call::Resize),
        3 => number().prop_map(Call::Split),
        3 => Just(Call::Join),
        1 => Just(Call::ReadOnly),
        1 => Just(Call::Exec),
        1 => Just(Call::Parts),
        1 => Just(Call::Unmap),
        4 => (number(), any::<u8>()).prop_map(|(at, value)| Call::Write(at, value)),
    ]
}

/// Memories, each with what it should hold.
type Memories = Vec<(Anon, Vec<u8>)>;

fn make(len: usize, policies: &Policies) -> Result<Anon, MapError> {
    MapOptions::new()
        .placement(policies.placement.clone())
        .huge_pages(policies.huge)
        .prefault(policies.prefault)
        .lock(policies.lock)
        .numa(policies.numa)
        .fork(policies.fork)
        .core_dump(policies.dump)
        .commit(policies.commit)
        .guard_pages(policies.guards.0, policies.guards.1)
        .name(c"random")
        .anon(len)
}

/// The range as the model has it.
fn of(range: Arg, len: usize) -> std::ops::Range<usize> {
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

/// Makes the call of the first memory, and puts that last.
fn make_call(pool: &mut Memories, call: &Call) {
    if let Call::New(len, policies) = call {
        if let Ok(memory) = make(*len, policies) {
            assert_eq!(*len, memory.len());
            pool.push((memory, vec![0; *len]));
        }
        return;
    }
    if pool.is_empty() {
        return;
    }
    let (mut memory, mut model) = pool.remove(0);
    match call.clone() {
        Call::New(..) => {}
        Call::Advise(range, advice) => drop(memory.advise(range, advice)),
        Call::Prefault(range) => drop(memory.prefault(range)),
        Call::Discard(range) => {
            if memory.discard(range).is_ok() {
                let len = model.len();
                model[of(range, len)].fill(0);
            }
        }
        Call::FreeLazily(range) => {
            if memory.free_lazily(range).is_ok() {
                let len = model.len();
                model[of(range, len)].fill(0);
            }
        }
        Call::Lock(range, on_fault, forget) => {
            let other = memory.lock(..);
            let guard = if on_fault { memory.lock_on_fault(range) } else { memory.lock(range) };
            drop(other);
            if forget {
                mem::forget(guard);
            }
        }
        Call::LockMut(range, on_fault, value) => {
            let guard =
                if on_fault { memory.lock_mut_on_fault(range) } else { memory.lock_mut(range) };
            if let Ok(mut guard) = guard {
                guard.fill(value);
                let len = model.len();
                model[of(range, len)].fill(value);
            }
        }
        Call::Protect(range, protection, value) => {
            if let Ok(mut guard) = memory.protect(range, protection) {
                let len = model.len();
                let range = of(range, len);
                assert!(guard.as_slice().is_none_or(|bytes| *bytes == model[range.clone()]));
                if let Some(bytes) = guard.as_mut_slice() {
                    bytes.fill(value);
                    model[range].fill(value);
                }
            }
        }
        Call::Residency(range) => {
            let told = memory.residency(range);
            let nodes = memory.nodes(range);
            assert!(nodes.is_err() || nodes.unwrap().pages() == told.unwrap().pages());
            drop(memory.footprint(range));
        }
        Call::Resize(len) => {
            if memory.resize(len).is_ok() {
                model.resize(len, 0);
            }
        }
        Call::Split(at) => {
            if let Ok(tail) = memory.split_off(at) {
                pool.insert(0, (tail, model.split_off(at)));
            }
        }
        Call::Join => {
            if !pool.is_empty() {
                let (other, theirs) = pool.remove(0);
                // Both ways round: parts come in any order.
                match memory.join(other) {
                    Ok(()) => model.extend(theirs),
                    Err((mut other, _)) => match other.join(memory) {
                        Ok(()) => {
                            model = [theirs, model].concat();
                            memory = other;
                        }
                        Err((same, _)) => {
                            pool.push((other, theirs));
                            memory = same;
                        }
                    },
                }
            }
        }
        Call::ReadOnly => {
            let fixed = memory.make_read_only().unwrap();
            assert!(fixed[..] == model[..]);
            memory = fixed.make_mut().unwrap();
        }
        Call::Exec => {
            let code = memory.make_exec().unwrap();
            assert!(code[..] == model[..]);
            memory = code.make_mut().unwrap();
        }
        Call::Parts => {
            let parts = memory.into_raw_parts();
            memory = unsafe { Anon::from_raw_parts(parts) };
        }
        Call::Unmap => {
            memory.unmap().unwrap();
            return;
        }
        Call::Write(at, value) => {
            if let Some(byte) = memory.get_mut(at) {
                *byte = value;
                model[at] = value;
            }
        }
    }
    assert!(memory[..] == model[..], "{call:?}");
    pool.push((memory, model));
}

/// All safe calls with any arguments: nothing faults, contents are as a model's, canaries among
/// the memories are not touched, and all is unmapped in the end.
#[test]
fn random_calls_keep_to_their_own_memory() {
    if !have!("kernel") {
        return;
    }
    const CASES: u32 = 96;
    // Some calls get explicit huge pages where there are any, and other tests count those.
    let _pool = Pool::of_2m(4);
    in_child(|| {
        let config =
            ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
        let before = OnceCell::new();
        let mut runner = TestRunner::new(config);
        let calls = prop::collection::vec(call(), 1..60);
        let outcome = runner.run(&calls, |calls| {
            // The allocator has grown by the second case.
            let canaries: Vec<_> = (0..4).map(|_| Area::anon(2)).collect();
            canaries.iter().for_each(|canary| canary.fill(0..2, 0xa5));
            let flags: Vec<_> =
                canaries.iter().map(|canary| smaps::at(canary.ptr()).flags()).collect();
            let mut pool = Vec::new();
            calls.iter().for_each(|call| make_call(&mut pool, call));
            drop(pool);
            for (canary, flags) in canaries.iter().zip(flags) {
                assert!(canary.holds(0..2, 0xa5));
                assert_eq!(flags, smaps::at(canary.ptr()).flags());
            }
            drop(canaries);
            before.get_or_init(smaps::count);
            Ok(())
        });
        outcome.unwrap();
        // The allocator's own mappings come and go; a leak would be one for each case or more.
        let (before, after) = (before.into_inner().unwrap(), smaps::count());
        assert!(after <= before + 8, "{before} mappings became {after}");
    });
}
