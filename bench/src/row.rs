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
    pub(crate) run: Box<dyn FnMut(u64) -> Duration>,
}

/// A job, and who does it.
pub(crate) struct Row {
    /// The subject, a slash, the job, and its size.
    pub(crate) name: String,
    /// How many bytes (or things, if `unit` says so) one run is for; 0 if that means nothing.
    pub(crate) amount: u64,
    pub(crate) unit: Unit,
    /// How many times faster than the best peer we mean to be.
    pub(crate) goal: f64,
    pub(crate) contenders: Vec<Contender>,
}

/// What `amount` counts.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Unit {
    Bytes,
    Things,
}

impl Row {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        let contenders = Vec::new();
        Self { name: name.into(), amount: 0, unit: Unit::Things, goal: 0.95, contenders }
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

    /// We mean to be so many times faster than the best peer.
    pub(crate) fn goal(mut self, goal: f64) -> Self {
        self.goal = goal;
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

    /// A contender that does its own timing: what it prepares does not count.
    pub(crate) fn with(
        mut self,
        name: &'static str,
        role: Role,
        run: impl FnMut(u64) -> Duration + 'static,
    ) -> Self {
        self.contenders.push(Contender { name, role, run: Box::new(run) });
        self
    }
}

/// Times a job, without what its result costs to drop only if it has none.
fn timed<T: 'static>(mut job: impl FnMut() -> T) -> impl FnMut(u64) -> Duration {
    move |times| {
        let start = Instant::now();
        for _ in 0..times {
            std::hint::black_box(job());
        }
        start.elapsed()
    }
}

/// `4 KiB`, `1 GiB`.
pub(crate) fn in_words(bytes: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let unit = units.into_iter().find(|(shift, _)| bytes >> shift != 0);
    match unit {
        Some((shift, unit)) => format!("{} {unit}", bytes >> shift),
        None => format!("{bytes} B"),
    }
}
