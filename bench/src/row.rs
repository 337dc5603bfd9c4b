//! A row of the table: a job, and who does it.

use std::time::{Duration, Instant};

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

    /// A contender that does its own timing: see [`prepared`], [`ending`], [`on_two_threads`].
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
            let result = job(thing);
            let spent = start.elapsed();
            drop(result);
            sum + spent
        })
    }
}

/// Times the end of what is made.
pub(crate) fn ending<T>(make: impl FnMut() -> T) -> impl FnMut(u64) -> Duration {
    prepared(make, drop)
}

/// Two threads do the job, each so many times.
pub(crate) fn on_two_threads<T>(job: impl Fn() -> T + Sync) -> impl FnMut(u64) -> Duration {
    move |times| {
        let work = || {
            for _ in 0..times {
                std::hint::black_box(job());
            }
        };
        let start = Instant::now();
        std::thread::scope(|scope| {
            scope.spawn(work);
            work();
        });
        start.elapsed()
    }
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
