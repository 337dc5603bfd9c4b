//! Measures a row: rounds in which its contenders take turns, each measured by criterion.

use std::{fs, path::Path, time::Duration};

use anyhow::Context;
use criterion::Criterion;

use crate::row::{Role, Row, Unit};

/// What takes longer is timed once in a round: criterion would do it ten times at least, and such
/// a time is precise enough as it is.
const LONG: Duration = Duration::from_secs(1);

/// A contender's times of one run in nanoseconds, a median for each round.
pub(crate) struct Times {
    pub(crate) name: &'static str,
    pub(crate) role: Role,
    pub(crate) rounds: Vec<f64>,
}

/// A row, measured.
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) amount: u64,
    pub(crate) unit: Unit,
    pub(crate) goal: f64,
    pub(crate) times: Vec<Times>,
}

pub(crate) fn measure(row: Row, rounds: u8, millis: u64) -> anyhow::Result<Measured> {
    let Row { name, amount, unit, goal, mut contenders } = row;
    let place = tempfile::tempdir()?;
    let mut criterion = Criterion::default()
        .without_plots()
        .output_directory(place.path())
        .sample_size(10)
        .nresamples(1001)
        .warm_up_time(Duration::from_millis(millis / 4 + 1))
        .measurement_time(Duration::from_millis(millis));
    let times = |contender: &crate::row::Contender| Times {
        name: contender.name,
        role: contender.role,
        rounds: Vec::new(),
    };
    let mut times: Vec<Times> = contenders.iter().map(times).collect();
    eprintln!("{name}");
    for round in 0..usize::from(rounds) {
        for turn in 0..contenders.len() {
            // Nobody is always the first.
            let index = (turn + round) % contenders.len();
            let (Some(contender), Some(times)) = (contenders.get_mut(index), times.get_mut(index))
            else {
                continue;
            };
            let once = (contender.run)(1);
            if once > LONG {
                times.rounds.push(once.as_nanos() as f64);
                continue;
            }
            let id = format!("{index}-{round}");
            criterion.bench_function(&id, |bencher| bencher.iter_custom(&mut contender.run));
            times.rounds.push(median(place.path(), &id)?);
        }
    }
    Ok(Measured { name, amount, unit, goal, times })
}

/// Criterion's estimate of the median.
fn median(place: &Path, id: &str) -> anyhow::Result<f64> {
    let path = place.join(id).join("new/estimates.json");
    let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    let estimates: serde_json::Value = serde_json::from_str(&text)?;
    let median = estimates.pointer("/median/point_estimate").and_then(|value| value.as_f64());
    median.context("criterion's estimates have no median")
}
