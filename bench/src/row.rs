//! A row of the table: a job, and who does it.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

/// What a contender is to us.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    /// `mman`.
    Ours,
    /// What people use today.
    Peer,
    /// What no library can beat: `memset`, `memcpy`, the bare system call.
    Limit,
}

/// One who does the job so many times, and says how long that took.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) role: Role,
    /// How many times faster than this one we mean to be.
    pub(crate) goal: f64,
    pub(crate) run: Box<dyn FnMut(u64) -> Duration>,
}

/// A job by name. What it needs (files, memory) is made when its turn comes, and goes after it.
pub(crate) struct Row {
    /// The subject, a slash, the job, and its size.
    pub(crate) name: String,
    pub(crate) make: Box<dyn FnOnce() -> Contest>,
}

impl Row {
    /// `make` names the contenders, from an empty contest on.
    pub(crate) fn new(
        name: impl Into<String>,
        make: impl FnOnce(Contest) -> Contest + 'static,
    ) -> Self {
        Self { name: name.into(), make: Box::new(|| make(Contest::new())) }
    }
}

/// Who does a job. The first of ours is the one that the others are compared with.
pub(crate) struct Contest {
    /// How many bytes (or things, if `unit` says so) one run is for; 0 if that means nothing.
    pub(crate) amount: u64,
    pub(crate) unit: Unit,
    pub(crate) contenders: Vec<Contender>,
    /// How many rounds are enough.
    pub(crate) rounds: u8,
    goal: f64,
    limit_goal: f64,
}

/// What `amount` counts.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Unit {
    Bytes,
    Things,
}

/// As fast as a peer, within noise.
pub(crate) const EQUAL: f64 = 0.95;

/// Next to what cannot be beaten.
const NEXT_TO: f64 = 1.0 / 1.1;

impl Contest {
    fn new() -> Self {
        Self {
            amount: 0,
            unit: Unit::Things,
            contenders: Vec::new(),
            rounds: u8::MAX,
            goal: EQUAL,
            limit_goal: NEXT_TO,
        }
    }

    /// One run is for so many bytes.
    pub(crate) fn bytes(mut self, bytes: u64) -> Self {
        (self.amount, self.unit) = (bytes, Unit::Bytes);
        self
    }

    /// One run is for so many things.
    pub(crate) fn things(mut self, things: u64) -> Self {
        (self.amount, self.unit) = (things, Unit::Things);
        self
    }

    /// Two rounds are enough where so many bytes of small pages take seconds.
    pub(crate) fn fewer_rounds(mut self, bytes: usize) -> Self {
        self.rounds = if bytes > 1 << 30 { 2 } else { u8::MAX };
        self
    }

    /// We mean to be so many times faster than the peers from here on.
    pub(crate) fn goal(mut self, goal: f64) -> Self {
        self.goal = goal;
        self
    }

    /// We mean to be so near to the limits from here on.
    pub(crate) fn limit_goal(mut self, goal: f64) -> Self {
        self.limit_goal = goal;
        self
    }

    pub(crate) fn ours<T: 'static>(
        self,
        name: &'static str,
        job: impl FnMut() -> T + 'static,
    ) -> Self {
        self.with(name, Role::Ours, timed(job))
    }

    pub(crate) fn peer<T: 'static>(
        self,
        name: &'static str,
        job: impl FnMut() -> T + 'static,
    ) -> Self {
        self.with(name, Role::Peer, timed(job))
    }

    pub(crate) fn limit<T: 'static>(
        self,
        name: &'static str,
        job: impl FnMut() -> T + 'static,
    ) -> Self {
        self.with(name, Role::Limit, timed(job))
    }

    /// A contender that does its own timing: see [`prepared`], [`by`], [`with_own`], [`ending`].
    pub(crate) fn with(
        mut self,
        name: &'static str,
        role: Role,
        run: impl FnMut(u64) -> Duration + 'static,
    ) -> Self {
        let goal = if role == Role::Limit { self.limit_goal } else { self.goal };
        self.contenders.push(Contender { name, role, goal, run: Box::new(run) });
        self
    }
}

/// Times a job, with what its result costs to drop.
fn timed<T: 'static>(mut job: impl FnMut() -> T) -> impl FnMut(u64) -> Duration {
    move |times| {
        let start = Instant::now();
        for _ in 0..times {
            std::hint::black_box(job());
        }
        start.elapsed()
    }
}

/// Times what comes after the preparation, without what its result costs to drop.
pub(crate) fn prepared<T, R>(
    mut prepare: impl FnMut() -> T,
    mut job: impl FnMut(T) -> R,
) -> impl FnMut(u64) -> Duration {
    move |times| {
        (0..times).fold(Duration::ZERO, |sum, _| {
            let thing = prepare();
            let start = Instant::now();
            let result = std::hint::black_box(job(thing));
            let spent = start.elapsed();
            drop(result);
            sum + spent
        })
    }
}

/// So many threads do the job at once, each so many times.
pub(crate) fn by<T>(threads: usize, job: impl Fn() -> T + Sync) -> impl FnMut(u64) -> Duration {
    with_own(threads, || (), move |()| job())
}

/// So many threads do the job at once, each so many times, and each on a thing of its own, which is
/// made before.
pub(crate) fn with_own<T, R>(
    threads: usize,
    make: impl Fn() -> T + Sync,
    job: impl Fn(&mut T) -> R + Sync,
) -> impl FnMut(u64) -> Duration {
    move |times| {
        at_once(threads, |ready| {
            let mut thing = make();
            ready.wait();
            let start = Instant::now();
            for _ in 0..times {
                std::hint::black_box(job(&mut thing));
            }
            start.elapsed()
        })
    }
}

/// Times the end of what is made, by so many threads at once, each of its own.
pub(crate) fn ending<T>(
    threads: usize,
    make: impl Fn() -> T + Sync,
) -> impl FnMut(u64) -> Duration {
    move |times| {
        at_once(threads, |ready| {
            (0..times).fold(Duration::ZERO, |sum, _| {
                let thing = make();
                ready.wait();
                let start = Instant::now();
                drop(thing);
                sum + start.elapsed()
            })
        })
    }
}

/// The time of the thread that takes longest.
fn at_once(threads: usize, work: impl Fn(&Barrier) -> Duration + Sync) -> Duration {
    let ready = Barrier::new(threads);
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(|| work(&ready))).collect();
        let own = work(&ready);
        others.into_iter().fold(own, |most, other| most.max(other.join().expect("a time")))
    })
}

/// `""`, `", two threads"`: a part of a name.
pub(crate) fn threads_in_words(threads: usize) -> &'static str {
    if threads == 1 { "" } else { ", two threads" }
}

/// `4 KiB`, `1 GiB`.
pub(crate) fn in_words(bytes: u64) -> String {
    let units = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
    let unit = units.into_iter().find(|(shift, _)| bytes >> shift != 0);
    match unit {
        Some((shift, unit)) => format!("{} {unit}", bytes >> shift),
        None => format!("{bytes} B"),
    }
}
