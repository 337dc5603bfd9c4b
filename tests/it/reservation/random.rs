//! Random calls, on one thread against a model and on several against each other.

use std::{
    cell::OnceCell,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use mman::{
    Anon, Commit, CoreDump, Fork, HugePages, Lock, MapOptions, Placement, Prefault, Protection,
    Reservation,
};
use proptest::{prelude::*, sample::select, test_runner::TestRunner};

use super::{all_is_free, at, pages, reserved};
use crate::util::{child::in_child, map::Area, page, smaps};

const PAGES: usize = 40;

#[derive(Clone, Debug)]
enum Call {
    /// At a page; else at the first place that is a multiple of so many.
    Make(Result<usize, usize>, usize, Options),
    Resize(usize, usize),
    Split(usize, usize),
    Join(usize),
    Drop(usize),
    GiveBack(Vec<usize>),
    Reserve(usize, usize),
    DropReserve(usize),
    Commit(usize, usize),
    Decommit(usize, usize),
    DiscardRaw(usize, usize),
    ProtectRaw(usize, usize),
    Discard(usize, Vec<(usize, usize)>),
    ReadOnly(usize),
    Write(usize, usize, u8),
}

#[derive(Clone, Debug)]
struct Options {
    huge: HugePages,
    prefault: Prefault,
    lock: Lock,
    fork: Fork,
    dump: CoreDump,
    commit: Commit,
    guards: (usize, usize),
    step: usize,
}

fn options() -> impl Strategy<Value = Options> {
    let plain = Options {
        huge: HugePages::Default,
        prefault: Prefault::No,
        lock: Lock::No,
        fork: Fork::Inherit,
        dump: CoreDump::Include,
        commit: Commit::Account,
        guards: (0, 0),
        step: 0,
    };
    let any = (
        select(&[HugePages::Default, HugePages::Never, HugePages::Transparent][..]),
        select(&[Prefault::No, Prefault::Read, Prefault::Write][..]),
        select(&[Lock::No, Lock::No, Lock::Now, Lock::OnFault][..]),
        select(&[Fork::Inherit, Fork::Exclude, Fork::Wipe][..]),
        select(&[CoreDump::Include, CoreDump::Exclude][..]),
        select(&[Commit::Account, Commit::NoReserve][..]),
        (0..3_usize, 0..2_usize),
        (0..9_usize).prop_map(|pages| pages * page()),
    );
    let any = any.prop_map(|(huge, prefault, lock, fork, dump, commit, guards, step)| Options {
        huge,
        prefault,
        lock,
        fork,
        dump,
        commit,
        guards,
        step,
    });
    prop_oneof![2 => Just(plain), 1 => any]
}

fn len() -> impl Strategy<Value = usize> {
    prop_oneof![
        (0..12_usize).prop_map(|pages| pages * page()),
        0..12 * page(),
        select(&[usize::MAX, usize::MAX / 2][..]),
    ]
}

fn call() -> impl Strategy<Value = Call> {
    let which = || 0..16_usize;
    let number = || 0..PAGES + 2;
    let place = prop_oneof![
        number().prop_map(Ok),
        (0..4_u32).prop_map(|log2| Err(page() << log2)),
        Just(Err(1)),
    ];
    prop_oneof![
        8 => (place, len(), options()).prop_map(|(place, len, options)| Call::Make(place, len, options)),
        4 => (which(), len()).prop_map(|(which, len)| Call::Resize(which, len)),
        2 => (which(), len()).prop_map(|(which, at)| Call::Split(which, at)),
        2 => which().prop_map(Call::Join),
        3 => which().prop_map(Call::Drop),
        2 => prop::collection::vec(which(), 0..8).prop_map(Call::GiveBack),
        1 => (number(), 0..8_usize).prop_map(|(start, count)| Call::Reserve(start, count)),
        1 => which().prop_map(Call::DropReserve),
        2 => (number(), 0..6_usize).prop_map(|(start, count)| Call::Commit(start, count)),
        2 => (number(), 0..6_usize).prop_map(|(start, count)| Call::Decommit(start, count)),
        1 => (number(), 0..6_usize).prop_map(|(start, count)| Call::DiscardRaw(start, count)),
        1 => (number(), 0..6_usize).prop_map(|(start, count)| Call::ProtectRaw(start, count)),
        1 => (which(), prop::collection::vec((0..6_usize, 0..3_usize), 0..4))
            .prop_map(|(which, ranges)| Call::Discard(which, ranges)),
        1 => which().prop_map(Call::ReadOnly),
        4 => (which(), 0..12 * page(), any::<u8>()).prop_map(|(which, at, value)| Call::Write(which, at, value)),
    ]
}

/// Whose a page is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Whose {
    Nobodys,
    Owned,
    Raw,
}

struct Piece {
    memory: Anon,
    /// What it should hold.
    model: Vec<u8>,
    /// The bytes of guard pages before it, and of those that it gets when it is no longer empty.
    before: usize,
    guards: usize,
}

impl Piece {
    fn is_in(&self, home: &Reservation) -> bool {
        let start = home.as_ptr().addr();
        (start..start + home.len()).contains(&self.memory.as_ptr().addr())
    }
}

struct World {
    /// The outermost, and those within it, each within the one before.
    homes: Vec<Reservation>,
    pieces: Vec<Piece>,
    /// The raw pages of the outermost.
    raw: Vec<Whose>,
}

impl World {
    fn new() -> Self {
        let raw = vec![Whose::Nobodys; PAGES];
        Self { homes: vec![reserved(PAGES)], pieces: Vec::new(), raw }
    }

    fn take(&mut self, which: usize) -> Option<Piece> {
        let count = self.pieces.len();
        (count != 0).then(|| self.pieces.swap_remove(which % count))
    }

    /// The pages of the outermost reservation as the values have them.
    fn map(&self) -> Vec<Whose> {
        let (home, inner) = (&self.homes[0], self.homes.get(1).filter(|home| !home.is_empty()));
        let mut map = self.raw.clone();
        let mut own = |start: *const u8, len: usize| {
            let first = (start.addr() - home.as_ptr().addr()) / page();
            for whose in &mut map[first..first + len / page()] {
                assert_eq!(Whose::Nobodys, *whose, "two have it");
                *whose = Whose::Owned;
            }
        };
        if let Some(inner) = inner {
            own(inner.as_ptr(), inner.len());
        }
        for piece in &self.pieces {
            let mapped = piece.memory.mapped_len();
            if mapped != 0 && !inner.is_some_and(|inner| piece.is_in(inner)) {
                own(piece.memory.as_ptr().wrapping_sub(piece.before), mapped);
            }
        }
        map
    }

    /// What the reservation says is free is what no value has, and all of that.
    fn check(&self, call: &Call) {
        let (free, map) = (self.homes[0].free_ranges(), self.map());
        for (number, whose) in map.into_iter().enumerate() {
            let told = free.iter().any(|range| range.contains(&(number * page())));
            assert_eq!(whose == Whose::Nobodys, told, "page {number} after {call:?}");
        }
        for Piece { memory, model, .. } in &self.pieces {
            assert!(memory[..] == model[..], "contents after {call:?}");
        }
    }
}

fn make(
    home: &Reservation,
    place: Result<usize, usize>,
    len: usize,
    options: &Options,
) -> Option<Piece> {
    let placement = match place {
        Ok(number) => Placement::Within(home.clone(), number * page()),
        Err(align) => Placement::FirstFit(home.clone(), align),
    };
    let made = MapOptions::new()
        .placement(placement)
        .huge_pages(options.huge)
        .prefault(options.prefault)
        .lock(options.lock)
        .fork(options.fork)
        .core_dump(options.dump)
        .commit(options.commit)
        .guard_pages(options.guards.0, options.guards.1)
        .growth_step(options.step)
        .anon(len);
    let memory = made.ok()?;
    assert!(memory.iter().all(|byte| *byte == 0), "not zero: {place:?} {options:?}");
    let guards = options.guards.0 * page();
    Some(Piece { memory, model: vec![0; len], before: guards, guards })
}

/// Calls on one piece.
fn change(world: &mut World, mut piece: Piece, call: &Call) {
    match call.clone() {
        Call::Resize(_, len) => {
            let (start, old) = (piece.memory.as_ptr(), piece.model.len());
            if piece.memory.resize(len).is_ok() {
                assert!(old == 0 || len == 0 || start == piece.memory.as_ptr(), "it moved");
                piece.model.resize(len, 0);
                if old == 0 {
                    piece.before = piece.guards;
                }
            }
        }
        Call::Split(_, at) => {
            if let Ok(tail) = piece.memory.split_off(at) {
                let model = piece.model.split_off(at);
                // Each has the guard pages at its end; one that is empty has none from now on.
                let before = if at == 0 { piece.before } else { 0 };
                let guards = if model.is_empty() { 0 } else { before };
                piece.guards = if piece.model.is_empty() { 0 } else { piece.before };
                world.pieces.push(Piece { memory: tail, model, before, guards });
            }
        }
        Call::Join(which) => {
            // Its neighbour, if there is one.
            let end = piece.memory.as_ptr().wrapping_add(piece.memory.len());
            let next = world.pieces.iter().position(|other| other.memory.as_ptr() == end);
            if let Some(mut other) = world.take(next.unwrap_or(which)) {
                let replaced = piece.memory.mapped_len() == 0 && other.memory.mapped_len() != 0;
                match piece.memory.join(other.memory) {
                    Ok(()) => {
                        piece.model.extend(other.model);
                        if replaced {
                            (piece.before, piece.guards) = (other.before, other.guards);
                        }
                    }
                    Err((memory, _)) => {
                        other.memory = memory;
                        world.pieces.push(other);
                    }
                }
            }
        }
        Call::Discard(_, ranges) => {
            let ranges: Vec<_> =
                ranges.into_iter().map(|(start, count)| pages(start..start + count)).collect();
            if piece.memory.discard_ranges(ranges.clone()).is_ok() {
                ranges.into_iter().for_each(|range| piece.model[range].fill(0));
            }
        }
        Call::ReadOnly(_) => {
            let memory = piece.memory.make_read_only().unwrap();
            piece.memory = memory.make_mut().unwrap();
        }
        Call::Write(_, at, value) => {
            if let Some(byte) = piece.memory.get_mut(at) {
                *byte = value;
                piece.model[at] = value;
            }
        }
        Call::Drop(_) => return,
        other => panic!("{other:?} is not a call on a piece"),
    }
    world.pieces.push(piece);
}

fn make_call(world: &mut World, call: &Call) {
    let home = world.homes.last().unwrap().clone();
    let raw = world.homes[0].clone();
    match call.clone() {
        Call::Make(place, len, options) => world.pieces.extend(make(&home, place, len, &options)),
        Call::GiveBack(which) => {
            let pieces: Vec<_> = which.into_iter().filter_map(|which| world.take(which)).collect();
            home.give_back(pieces.into_iter().map(|piece| piece.memory));
        }
        Call::Reserve(start, count) => {
            if let Ok(inner) = home.reserve(pages(start..start + count)) {
                world.homes.push(inner);
            }
        }
        Call::DropReserve(which) => {
            if world.homes.len() > 1 {
                // With what is in it, or would grow there, which keeps it.
                let index = 1 + which % (world.homes.len() - 1);
                let inner: Vec<_> = world.homes.drain(index..).collect();
                world.pieces.retain(|piece| {
                    !piece.memory.is_empty() && !inner.iter().any(|inner| piece.is_in(inner))
                });
            }
        }
        Call::Commit(start, count) => {
            if let Ok(first) = raw.commit(pages(start..start + count)) {
                for offset in 0..count * page() {
                    assert_eq!(0, unsafe { first.add(offset).replace(1) });
                }
                world.raw[start..start + count].fill(Whose::Raw);
            }
        }
        Call::Decommit(start, count) => {
            if unsafe { raw.decommit(pages(start..start + count)) }.is_ok() {
                world.raw[start..start + count].fill(Whose::Nobodys);
            }
        }
        Call::DiscardRaw(start, count) => {
            let range = pages(start..start + count);
            if unsafe { raw.protect(range.clone(), Protection::ReadWrite) }.is_ok() {
                unsafe { raw.discard(std::slice::from_ref(&range)) }.unwrap();
                assert!(range.clone().all(|at| unsafe { raw.as_ptr().add(at).read() } == 0));
            }
        }
        Call::ProtectRaw(start, count) => {
            drop(unsafe { raw.protect(pages(start..start + count), Protection::Read) });
        }
        Call::Resize(which, _)
        | Call::Split(which, _)
        | Call::Join(which)
        | Call::Drop(which)
        | Call::Discard(which, _)
        | Call::ReadOnly(which)
        | Call::Write(which, ..) => {
            if let Some(piece) = world.take(which) {
                change(world, piece, call);
            }
        }
    }
}

/// Places are never two's, what is free is what nobody has, contents are as a model's, canaries
/// are not touched, and all is unmapped in the end.
#[test]
fn random_calls_keep_the_account() {
    const CASES: u32 = 128;
    in_child(|| {
        let config =
            ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
        let before = OnceCell::new();
        let calls = prop::collection::vec(call(), 1..60);
        let outcome = TestRunner::new(config).run(&calls, |calls| {
            let canaries: Vec<_> = (0..2).map(|_| Area::anon(2)).collect();
            canaries.iter().for_each(|canary| canary.fill(0..2, 0xa5));
            let mut world = World::new();
            for call in &calls {
                make_call(&mut world, call);
                world.check(call);
            }
            let World { mut homes, pieces, .. } = world;
            // In either order.
            if calls.len() % 2 == 0 {
                drop(pieces);
                homes.drain(1..).rev().for_each(drop);
                let base = homes[0].as_ptr();
                drop(homes);
                assert!(smaps::find(base).is_none());
            } else {
                drop(homes);
                drop(pieces);
            }
            assert!(canaries.iter().all(|canary| canary.holds(0..2, 0xa5)));
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

/// Threads carve, grow and give back in one reservation, each sure of its own memory.
#[test]
fn threads_get_along() {
    const THREADS: usize = 4;
    const ROUNDS: usize = if cfg!(miri) { 12 } else { 300 };
    let reservation = reserved(256);
    let made = AtomicUsize::new(0);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (reservation, made) = (reservation.clone(), &made);
            scope.spawn(move || {
                let value = thread as u8 + 1;
                let mut mine: Vec<Anon> = Vec::new();
                for round in 0..ROUNDS {
                    let count = 1 + (round * 7 + thread) % 5;
                    if let Ok(mut memory) = reservation.carve(count * page()) {
                        assert!(memory.iter().all(|byte| *byte == 0));
                        memory.fill(value);
                        if memory.resize((count + 2) * page()).is_ok() {
                            assert!(memory[count * page()..].iter().all(|byte| *byte == 0));
                            memory.fill(value);
                        }
                        mine.push(memory);
                        made.fetch_add(1, Ordering::Relaxed);
                    }
                    assert!(mine.iter().all(|memory| memory.iter().all(|byte| *byte == value)));
                    match round % 4 {
                        0 => drop(mine.drain(..mine.len() / 2)),
                        1 => reservation.give_back(mine.drain(mine.len() / 2..)),
                        2 => drop(reservation.reserve(pages(200..210))),
                        _ => {
                            let own = pages(210 + thread * 4..214 + thread * 4);
                            if let Ok(start) = reservation.commit(own.clone()) {
                                unsafe { start.write_bytes(value, own.len()) };
                                unsafe { reservation.decommit(own) }.unwrap();
                            }
                        }
                    }
                }
            });
        }
    });
    assert!(made.into_inner() > THREADS * ROUNDS / 2);
    all_is_free(&reservation);
    assert_eq!(0, unsafe { reservation.commit(0..reservation.len()).unwrap().read() });
    assert_eq!(at(&reservation, 0), reservation.as_ptr());
}
