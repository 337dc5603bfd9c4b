//! Random sequences of all safe calls on anonymous memory, with any arguments.

use std::{cell::OnceCell, mem, ops::Bound};

use mman::{
    Advice, Anon, Commit, CoreDump, Fork, HugePages, Lock, MapError, MapOptions, Node, NodeSet,
    Numa, Placement, Prefault, Protection,
};
use proptest::{prelude::*, sample::select, test_runner::TestRunner};

use crate::util::{
    child::in_child,
    machine::HugePages as Pool,
    map::{Area, at},
    page, smaps,
};

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
