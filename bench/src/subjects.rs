//! The rows, by subject. A new subject is a file here and a line below.

mod anonymous;
mod calls;
mod files;
mod guarded;
mod processes;
mod reservation;
mod residency;

use crate::row::Row;

/// All rows; those that grow do so up to `largest` bytes.
pub(crate) fn rows(largest: u64) -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(calls::rows());
    rows.extend(anonymous::rows(largest));
    rows.extend(files::rows(largest));
    rows.extend(guarded::rows());
    rows.extend(processes::rows());
    rows.extend(reservation::rows(largest));
    rows.extend(residency::rows(largest));
    rows
}

/// 4 KiB, 64 KiB … up to `largest`.
fn sizes(largest: u64) -> impl Iterator<Item = u64> {
    (0..).map(|step| 4096u64 << (4 * step)).take_while(move |size| *size <= largest)
}
