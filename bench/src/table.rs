//! The table: times, what they come to, and ratios with their spread.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};

use crate::{
    measure::{Measured, Times},
    row::{Role, Unit},
};

/// A ratio of each round: its median, least and most.
struct Ratio {
    middle: f64,
    least: f64,
    most: f64,
}

pub(crate) fn of(rows: &[Measured]) -> String {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header(["job", "contender", "median", "rate", "ours is faster by", "goal"]);
    for index in [2, 3, 4] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for row in rows {
        let ours = row.times.iter().find(|times| times.role == Role::Ours);
        for (index, times) in row.times.iter().enumerate() {
            let name = if index == 0 { row.name.as_str() } else { "" };
            let ratio = ours.filter(|_| times.role != Role::Ours).map(|ours| ratio(ours, times));
            let by = ratio.as_ref().map_or(String::new(), |ratio| {
                format!("{:.2} [{:.2}, {:.2}]", ratio.middle, ratio.least, ratio.most)
            });
            let goal = ratio.map_or(String::new(), |ratio| verdict(row, times, &ratio));
            let time = median(&times.rounds);
            table.add_row([name, &label(times), &in_words(time), &rate(row, time), &by, &goal]);
        }
    }
    let mut text = String::new();
    let _ = writeln!(text, "{table}");
    text
}

fn label(times: &Times) -> String {
    match times.role {
        Role::Ours => format!("**{}**", times.name),
        Role::Peer => times.name.to_owned(),
        Role::Limit => format!("(limit) {}", times.name),
    }
}

/// Whether a row holds what it is meant to hold, against one contender.
fn verdict(row: &Measured, times: &Times, ratio: &Ratio) -> String {
    let goal = if times.role == Role::Limit { 1.0 / 1.1 } else { row.goal };
    // Within noise: the best round decides.
    let word = if ratio.most >= goal { "holds" } else { "BELOW" };
    format!("{goal:.2} {word}")
}

fn ratio(ours: &Times, other: &Times) -> Ratio {
    let mut ratios: Vec<f64> =
        ours.rounds.iter().zip(&other.rounds).map(|(ours, other)| other / ours).collect();
    ratios.sort_by(f64::total_cmp);
    Ratio {
        middle: median(&ratios),
        least: ratios.first().copied().unwrap_or(f64::NAN),
        most: ratios.last().copied().unwrap_or(f64::NAN),
    }
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
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
