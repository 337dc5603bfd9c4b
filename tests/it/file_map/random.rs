//! Random sequences of all safe calls on file maps, with any arguments.

use std::{cell::OnceCell, fs::File, mem, ops::Bound, os::unix::fs::FileExt as _, sync::LazyLock};

use mman::{
    Advice, CoreDump, FileMap, FileMapCow, FileMapExec, FileMapMut, Fork, HugePages, Lock,
    MapError, MapOptions, MappedFile, Placement, Prefault, Protection, Reservation, access::Access,
};
use proptest::{prelude::*, sample::select, test_runner::TestRunner};

use super::{
    memfd,
    oracle::{read, scope, write},
};
use crate::util::{child::in_child, map::Area, page, smaps};

/// Addresses for some of the maps.
fn reservation() -> Reservation {
    static ALL: LazyLock<Reservation> = LazyLock::new(|| Reservation::new(64 * page()).unwrap());
    ALL.clone()
}

/// A map of any kind.
enum Any {
    Read(FileMap),
    Write(FileMapMut),
    Copy(FileMapCow),
    Run(FileMapExec),
}
use Any::{Copy, Read, Run, Write};

/// Does the same with a map of any kind.
macro_rules! each {
    ($any:expr, $map:ident => $do:expr) => {
        match $any {
            Read($map) => $do,
            Write($map) => $do,
            Copy($map) => $do,
            Run($map) => $do,
        }
    };
}

impl From<FileMap> for Any {
    fn from(map: FileMap) -> Self {
        Read(map)
    }
}
impl From<FileMapMut> for Any {
    fn from(map: FileMapMut) -> Self {
        Write(map)
    }
}
impl From<FileMapCow> for Any {
    fn from(map: FileMapCow) -> Self {
        Copy(map)
    }
}
impl From<FileMapExec> for Any {
    fn from(map: FileMapExec) -> Self {
        Run(map)
    }
}

fn either<T: Into<Any>, U: Into<Any>>(result: Result<T, (U, MapError)>) -> Any {
    result.map_or_else(|(map, _)| map.into(), Into::into)
}

type Arg = (Bound<usize>, Bound<usize>);
type Part = (Bound<u64>, Bound<u64>);

#[derive(Clone, Debug)]
enum Call {
    New(u8, Part, Policies),
    Advise(Arg, Advice),
    Lock(Arg, bool, bool),
    Residency(Arg),
    Prefault(Arg, bool),
    Flush(Arg, u8),
    Remove(Arg),
    Discard(Arg),
    Resize(usize),
    Split(usize),
    Join,
    Protect(Arg, Protection),
    Convert(u8),
    Parts,
    Unmap,
    Access(u8, usize, usize),
    Scope(Arg),
    Truncate(u64),
    Grow(u64),
}

#[derive(Clone, Debug)]
struct Policies {
    placement: Placement,
    huge: HugePages,
    prefault: Prefault,
    lock: Lock,
    fork: Fork,
    dump: CoreDump,
    guards: (usize, usize),
}

fn number() -> impl Strategy<Value = usize> {
    const EDGES: &[usize] = &[0, 1, usize::MAX, usize::MAX - 1, usize::MAX / 2, usize::MAX / 2 + 1];
    prop_oneof![
        4 => 0..40_000_usize,
        4 => (0..10_usize).prop_map(|pages| pages * page()),
        1 => select(EDGES),
    ]
}

fn range() -> impl Strategy<Value = Arg> {
    let bound = || {
        prop_oneof![
            1 => number().prop_map(Bound::Included),
            1 => number().prop_map(Bound::Excluded),
            2 => Just(Bound::Unbounded),
        ]
    };
    (bound(), bound())
}

fn part() -> impl Strategy<Value = Part> {
    let wide = |bound: Bound<usize>| bound.map(|at| at as u64);
    let near = range().prop_map(move |(start, end)| (wide(start), wide(end)));
    let far = (any::<u64>(), 0..50_000_u64);
    let far = far.prop_map(|(at, n)| (Bound::Included(at), Bound::Excluded(at.wrapping_add(n))));
    prop_oneof![8 => near, 1 => far]
}

fn policies() -> impl Strategy<Value = Policies> {
    let placement = prop_oneof![
        4 => Just(Placement::Anywhere),
        1 => number().prop_map(Placement::Aligned),
        1 => (0..24_u32).prop_map(|log2| Placement::Aligned(1 << log2)),
        1 => number().prop_map(Placement::Near),
        2 => (0..40_usize).prop_map(|number| Placement::Within(reservation(), number * page())),
    ];
    (
        placement,
        select(&[HugePages::Default, HugePages::Never, HugePages::Transparent][..]),
        select(&[Prefault::No, Prefault::No, Prefault::Read, Prefault::Write][..]),
        select(&[Lock::No, Lock::No, Lock::Now, Lock::OnFault][..]),
        select(&[Fork::Inherit, Fork::Exclude, Fork::Wipe][..]),
        select(&[CoreDump::Include, CoreDump::Exclude][..]),
        (0..3_usize, 0..3_usize),
    )
        .prop_map(|(placement, huge, prefault, lock, fork, dump, guards)| Policies {
            placement,
            huge,
            prefault,
            lock,
            fork,
            dump,
            guards,
        })
}

fn call() -> impl Strategy<Value = Call> {
    const PROTECTIONS: &[Protection] =
        &[Protection::None, Protection::Read, Protection::ReadWrite, Protection::ReadExecute];
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
        Advice::Dump,
        Advice::NoDump,
    ];
    prop_oneof![
        5 => (0..5_u8, part(), policies()).prop_map(|(k, r, p)| Call::New(k, r, p)),
        2 => (range(), select(ADVICE)).prop_map(|(r, advice)| Call::Advise(r, advice)),
        2 => (range(), any::<bool>(), any::<bool>()).prop_map(|(r, f, g)| Call::Lock(r, f, g)),
        1 => range().prop_map(Call::Residency),
        2 => (range(), any::<bool>()).prop_map(|(r, write)| Call::Prefault(r, write)),
        2 => (range(), 0..3_u8).prop_map(|(r, kind)| Call::Flush(r, kind)),
        2 => range().prop_map(Call::Remove),
        2 => range().prop_map(Call::Discard),
        3 => number().prop_map(Call::Resize),
        3 => number().prop_map(Call::Split),
        3 => Just(Call::Join),
        2 => (range(), select(PROTECTIONS)).prop_map(|(range, now)| Call::Protect(range, now)),
        4 => (0..4_u8).prop_map(Call::Convert),
        1 => Just(Call::Parts),
        1 => Just(Call::Unmap),
        12 => (0..6_u8, number(), 0..30_000_usize).prop_map(|(k, o, l)| Call::Access(k, o, l)),
        3 => range().prop_map(Call::Scope),
        3 => (0..60_000_u64).prop_map(Call::Truncate),
        2 => (0..60_000_u64).prop_map(Call::Grow),
    ]
}

fn make(file: &File, kind: u8, part: Part, policies: &Policies) -> Option<Any> {
    let mut options = MapOptions::new();
    options
        .placement(policies.placement.clone())
        .huge_pages(policies.huge)
        .prefault(policies.prefault)
        .lock(policies.lock)
        .fork(policies.fork)
        .core_dump(policies.dump)
        .guard_pages(policies.guards.0, policies.guards.1)
        .name(c"random");
    match kind {
        0 => options.file(file, part).ok().map(Read),
        1 => options.file_mut(file, part).ok().map(Write),
        2 => options.file_cow(file, part).ok().map(Copy),
        3 => options.file_exec(file, part).ok().map(Run),
        // Not a file of terabytes.
        _ if matches!(part.1, Bound::Included(end) | Bound::Excluded(end) if end > 1 << 20) => None,
        _ => options.file_allocated(file, part).ok().map(Write),
    }
}

/// What a map says of itself is true.
fn check<A: Access>(map: &MappedFile<A>, file: &File) {
    let page = map.page_size();
    assert_eq!(map.is_empty(), map.mapped_len() == 0);
    // What is lost is zeros of its own.
    if map.is_empty() || map.lost().is_some() {
        return;
    }
    assert_eq!(map.file_offset() % page as u64, (map.as_ptr().addr() % page) as u64);
    // Whatever of the file is there is what the map shows, but for what a copy has of its own.
    let len = file.metadata().unwrap().len();
    if map.file_offset() < len && !map.is_private() {
        let mut byte = [0];
        file.read_exact_at(&mut byte, map.file_offset()).unwrap();
        assert_eq!(byte[0], unsafe { map.as_ptr().read_volatile() });
    }
}

fn lock<A: Access>(map: &MappedFile<A>, range: Arg, on_fault: bool, forget: bool) {
    let other = map.lock(..);
    let guard = if on_fault { map.lock_on_fault(range) } else { map.lock(range) };
    drop(other);
    if forget {
        mem::forget(guard);
    }
}

fn flush(map: &FileMapMut, file: &File, range: Arg, kind: u8) -> Result<(), MapError> {
    match kind {
        0 => map.flush(range),
        1 => map.flush_async(range),
        _ => map.flush_durable(file, range),
    }
}

fn convert(any: Any, kind: u8) -> Any {
    match kind {
        0 => each!(any, map => either(map.make_read_only())),
        1 => each!(any, map => either(map.make_mut())),
        2 => each!(any, map => either(map.make_cow())),
        _ => each!(any, map => either(map.make_exec())),
    }
}

fn split<A: Access>(mut map: MappedFile<A>, at: usize, pool: &mut Vec<Any>) -> Any
where
    Any: From<MappedFile<A>>,
{
    if let Ok(tail) = map.split_off(at) {
        pool.insert(0, tail.into());
    }
    map.into()
}

/// Both ways round: parts come in any order.
fn join<A: Access>(mut map: MappedFile<A>, mut other: MappedFile<A>, pool: &mut Vec<Any>) -> Any
where
    Any: From<MappedFile<A>>,
{
    if let Err((back, _)) = map.join(other) {
        other = back;
        match other.join(map) {
            Ok(()) => return other.into(),
            Err((back, _)) => map = back,
        }
        pool.push(other.into());
    }
    map.into()
}

fn parts<A: Access>(map: MappedFile<A>) -> MappedFile<A> {
    let start = reservation().as_ptr().addr();
    if (start..start + 64 * page()).contains(&map.as_ptr().addr()) {
        // What is taken apart never gives its place back.
        return map;
    }
    let parts = map.into_raw_parts();
    unsafe { MappedFile::from_raw_parts(parts) }
}

/// Makes the call of the first map, and puts that last.
fn make_call(file: &File, pool: &mut Vec<Any>, call: &Call) {
    match call {
        Call::New(kind, part, policies) => return pool.extend(make(file, *kind, *part, policies)),
        Call::Truncate(len) => return file.set_len(*len).unwrap(),
        Call::Grow(at) => return file.write_all_at(&[1; 10], *at).unwrap(),
        _ => {}
    }
    if pool.is_empty() {
        return;
    }
    let mut any = pool.remove(0);
    match call.clone() {
        Call::Access(kind, offset, len) => match &any {
            Write(map) if kind >= 3 => write(map, file, kind, offset, len),
            Copy(map) if kind >= 3 => write(map, file, kind, offset, len),
            any => each!(any, map => read(map, file, kind, offset, len)),
        },
        Call::Scope(range) => each!(&any, map => scope(map, file, range)),
        Call::New(..) | Call::Truncate(_) | Call::Grow(_) => {}
        Call::Advise(range, advice) => drop(each!(&any, map => map.advise(range, advice))),
        Call::Lock(range, f, g) => each!(&any, map => lock(map, range, f, g)),
        Call::Residency(range) => drop(each!(&any, map => map.residency(range))),
        Call::Prefault(range, write) => match &any {
            Write(map) if write => drop(map.prefault_write(range)),
            Copy(map) if write => drop(map.prefault_write(range)),
            any => drop(each!(any, map => map.prefault(range))),
        },
        Call::Flush(range, kind) => {
            if let Write(map) = &any {
                drop(flush(map, file, range, kind));
            }
        }
        Call::Remove(range) => {
            if let Write(map) = &mut any {
                drop(map.remove(range));
            }
        }
        Call::Discard(range) => {
            if let Copy(map) = &mut any {
                drop(map.discard(range));
            }
        }
        Call::Resize(len) => match &mut any {
            Read(map) => drop(map.resize(file, len)),
            Write(map) => drop(map.resize(file, len)),
            Copy(_) | Run(_) => {}
        },
        Call::Split(at) => any = each!(any, map => split(map, at, pool)),
        Call::Join if !pool.is_empty() => {
            any = match (any, pool.remove(0)) {
                (Read(map), Read(other)) => join(map, other, pool),
                (Write(map), Write(other)) => join(map, other, pool),
                (Copy(map), Copy(other)) => join(map, other, pool),
                (Run(map), Run(other)) => join(map, other, pool),
                (any, other) => {
                    pool.push(other);
                    any
                }
            };
        }
        Call::Join => {}
        Call::Protect(range, now) => each!(&mut any, map => {
            if let Ok(guard) = map.protect(range, now) {
                if let Some(shown) = guard.as_map() {
                    check(shown, file);
                }
            }
        }),
        Call::Convert(kind) => any = convert(any, kind),
        Call::Parts => any = each!(any, map => parts(map).into()),
        Call::Unmap => return each!(any, map => map.unmap().unwrap()),
    }
    each!(&any, map => check(map, file));
    pool.push(any);
}

/// Nothing faults while the file becomes shorter and longer, maps show what the file holds, canaries
/// among them are not touched, and all is unmapped in the end.
#[test]
fn random_calls_keep_to_their_own_memory() {
    const CASES: u32 = 96;
    in_child(|| {
        let config =
            ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
        let before = OnceCell::new();
        let mut runner = TestRunner::new(config);
        let calls = prop::collection::vec(call(), 1..60);
        let outcome = runner.run(&calls, |calls| {
            let file = memfd();
            file.write_all_at(&[7; 30_000], 0).unwrap();
            let canaries: Vec<_> = (0..4).map(|_| Area::anon(2)).collect();
            canaries.iter().for_each(|canary| canary.fill(0..2, 0xa5));
            let flags: Vec<_> =
                canaries.iter().map(|canary| smaps::at(canary.ptr()).flags()).collect();
            let mut pool = Vec::new();
            calls.iter().for_each(|call| make_call(&file, &mut pool, call));
            drop(pool);
            // All of it is free again.
            reservation().anon(0..64 * page()).unwrap();
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
