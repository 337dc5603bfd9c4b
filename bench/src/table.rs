//! The table: times, what they come to, and ratios with their spread.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};

use crate::{
    measure::{Measured, Times},
    row::{Role, Unit},
};

/// How many times faster ours is: by the best rounds of both, and in the least, the middle and the
/// most of rounds.
struct Ratio {
    best: f64,
    median: f64,
    least: f64,
    most: f64,
}

/// A line for each contender.
pub(crate) fn of(rows: &[Measured]) -> String {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header(["job", "contender", "time", "rate", "ours is faster by", "goal"]);
    for index in [2, 3, 4] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for row in rows {
        for (index, times) in row.times.iter().enumerate() {
            let name = if index == 0 { row.name.as_str() } else { "" };
            let ratio = row.ours().filter(|_| times.role != Role::Ours);
            let ratio = ratio.map(|ours| ratio_of(ours, times));
            let by = ratio.as_ref().map_or(String::new(), |ratio| {
                format!("{:.2} [{:.2}, {:.2}]", ratio.best, ratio.least, ratio.most)
            });
            let goal = ratio.map_or(String::new(), |ratio| {
                format!(
                    "{:.2} {}",
                    times.goal,
                    if ratio.holds(times.goal) { "holds" } else { "BELOW" }
                )
            });
            let time = best(&times.rounds);
            table.add_row([name, &label(times), &in_words(time), &rate(row, time), &by, &goal]);
        }
    }
    format!("{table}\n")
}

/// A line for each job, a table for each subject, in Markdown.
pub(crate) fn page(rows: &[Measured]) -> String {
    let mut text = String::new();
    let mut last = "";
    for row in rows {
        let (subject, job) = row.name.split_once('/').unwrap_or(("", &row.name));
        if subject != last {
            last = subject;
            let _ = write!(text, "\n## {subject}\n\n");
            text.push_str("| job | ours | peers: time, how many times faster ours is | limit |\n");
            text.push_str("|---|---|---|---|\n");
        }
        let cell = |role| {
            let of_role = row.times.iter().filter(|times| times.role == role);
            of_role.map(|times| entry(row, times)).collect::<Vec<_>>().join("<br>")
        };
        let [ours, peers, limit] = [Role::Ours, Role::Peer, Role::Limit].map(cell);
        let _ = writeln!(text, "| {job} | {ours} | {peers} | {limit} |");
    }
    text
}

/// `memmap2 5.1 µs: 2.31 [2.2, 2.4]`, and whether that is below what is meant to be.
fn entry(row: &Measured, times: &Times) -> String {
    let time = best(&times.rounds);
    let mut text = format!("{} {}", times.name, in_words(time));
    match row.ours() {
        Some(ours) if times.role != Role::Ours => {
            let ratio = ratio_of(ours, times);
            let Ratio { best, least, most, .. } = ratio;
            let _ = write!(text, ": **{best:.2}** [{least:.2}, {most:.2}]");
            if !ratio.holds(times.goal) {
                let _ = write!(text, " (goal {:.2})", times.goal);
            }
        }
        _ => {
            let rate = rate(row, time);
            if !rate.is_empty() {
                let _ = write!(text, ", {rate}");
            }
        }
    }
    text
}

fn label(times: &Times) -> String {
    match times.role {
        Role::Ours => format!("**{}**", times.name),
        Role::Peer => times.name.to_owned(),
        Role::Limit => format!("(limit) {}", times.name),
    }
}

impl Ratio {
    /// Whether it is what it is meant to be, in the middle one of the rounds: one that was lucky, or
    /// disturbed, tells nothing.
    fn holds(&self, goal: f64) -> bool {
        self.median >= goal
    }
}

impl Measured {
    fn ours(&self) -> Option<&Times> {
        self.times.iter().find(|times| times.role == Role::Ours)
    }
}

fn ratio_of(ours: &Times, other: &Times) -> Ratio {
    let ratios = ours.rounds.iter().zip(&other.rounds).map(|(ours, other)| other / ours);
    let mut ratios: Vec<f64> = ratios.collect();
    ratios.sort_by(f64::total_cmp);
    let at = |index: usize| ratios.get(index).copied().unwrap_or(f64::NAN);
    let last = ratios.len().saturating_sub(1);
    Ratio {
        best: best(&other.rounds) / best(&ours.rounds),
        median: f64::midpoint(at(last / 2), at(last.div_ceil(2))),
        least: at(0),
        most: at(last),
    }
}

/// Noise only ever adds.
fn best(rounds: &[f64]) -> f64 {
    rounds.iter().copied().fold(f64::INFINITY, f64::min)
}

/// How much is done in a second, or what one of many things costs.
fn rate(row: &Measured, nanoseconds: f64) -> String {
    match (row.amount, row.unit) {
        (0 | 1, _) => String::new(),
        (bytes, Unit::Bytes) => {
            format!("{:.2} GiB/s", bytes as f64 / nanoseconds * 1e9 / (1u64 << 30) as f64)
        }
        (things, Unit::Things) => format!("{} each", in_words(nanoseconds / things as f64)),
    }
}

fn in_words(nanoseconds: f64) -> String {
    match nanoseconds {
        time if time < 1e3 => format!("{time:.1} ns"),
        time if time < 1e6 => format!("{:.2} µs", time / 1e3),
        time if time < 1e9 => format!("{:.2} ms", time / 1e6),
        time => format!("{:.2} s", time / 1e9),
    }
}
