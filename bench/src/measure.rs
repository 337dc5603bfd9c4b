//! Measures a row: rounds in which its contenders take turns, each measured by criterion.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context;
use criterion::Criterion;

use crate::row::{Contender, Contest, Role, Row, Unit};

/// A contender's times of one run in nanoseconds, a median for each round.
pub(crate) struct Times {
    pub(crate) name: &'static str,
    pub(crate) role: Role,
    pub(crate) goal: f64,
    pub(crate) rounds: Vec<f64>,
}

/// A row, measured.
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) amount: u64,
    pub(crate) unit: Unit,
    pub(crate) times: Vec<Times>,
}

pub(crate) fn measure(row: Row, rounds: u8, millis: u64) -> anyhow::Result<Measured> {
    let Row { name, make } = row;
    eprintln!("{name}");
    let Contest { amount, unit, mut contenders, rounds: enough, .. } = make();
    let place = tempfile::tempdir()?;
    let mut criterion = Criterion::default()
        .without_plots()
        .output_directory(place.path())
        .sample_size(10)
        .nresamples(1001)
        .warm_up_time(Duration::from_millis(millis / 4 + 1))
        .measurement_time(Duration::from_millis(millis));
    let mut times: Vec<Times> = contenders.iter().map(times_of).collect();
    let (least, began) = (usize::from(rounds.min(enough)), Instant::now());
    for round in 0..2 * least {
        if round >= least && (are_settled(&times) || began.elapsed() > LONG_ROW) {
            break;
        }
        for turn in 0..contenders.len() {
            // Nobody is always the first.
            let index = (turn + round) % contenders.len();
            let (Some(contender), Some(times)) = (contenders.get_mut(index), times.get_mut(index))
            else {
                continue;
            };
            // Criterion would do it ten times at least; what takes long is precise as it is.
            if let Some(once) = long(contender, Duration::from_millis(millis / 2)) {
                times.rounds.push(once.as_nanos() as f64);
                continue;
            }
            let id = format!("{index}-{round}");
            criterion.bench_function(&id, |bencher| bencher.iter_custom(&mut contender.run));
            times.rounds.push(median(place.path(), &id)?);
        }
    }
    Ok(Measured { name, amount, unit, times })
}

/// A row that has taken so long gets no more rounds than it has to.
const LONG_ROW: Duration = Duration::from_secs(3);

/// Whether the two best rounds of each agree, so that the best one was not disturbed.
fn are_settled(times: &[Times]) -> bool {
    times.iter().all(|times| {
        let mut rounds = times.rounds.clone();
        rounds.sort_by(f64::total_cmp);
        matches!(rounds.as_slice(), [best, second, ..] if *second < best * 1.03)
    })
}

/// The time of one run, if that is longer than `least`.
fn long(contender: &mut Contender, least: Duration) -> Option<Duration> {
    /// Twice that would be too long, and what others have left behind matters little.
    const VERY: Duration = Duration::from_secs(9);
    // The first run of a turn finds caches and huge pages as others have left them: a virtual
    // machine's memory that was free for two seconds has gone back to the host.
    let start = Instant::now();
    let first = (contender.run)(1);
    match start.elapsed() {
        whole if whole > VERY => Some(first),
        whole if whole > least => Some((contender.run)(1)),
        _ => None,
    }
}

fn times_of(contender: &Contender) -> Times {
    let Contender { name, role, goal, .. } = *contender;
    Times { name, role, goal, rounds: Vec::new() }
}

/// Criterion's estimate of the median.
fn median(place: &Path, id: &str) -> anyhow::Result<f64> {
    let path = place.join(id).join("new/estimates.json");
    let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    let estimates: serde_json::Value = serde_json::from_str(&text)?;
    let median = estimates.pointer("/median/point_estimate").and_then(|value| value.as_f64());
    median.context("criterion's estimates have no median")
}
