//! `mman stat`: what the page cache holds of files.

mod figures;
mod listing;
mod pieces;
mod probe;
mod walk;

use std::{
    cmp::Reverse,
    io, mem,
    path::{Path, PathBuf},
};

use mman::{MapError, errno::Errno};

use crate::{
    args::{SortKey, StatArgs},
    exit::{Exit, complain},
    out::{json, sanitize::Sanitized, table},
};
use probe::Known;

pub(crate) use figures::{Figures, Total};

/// What is written of one file.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    dir: &'a Path,
    /// Of an argument, a whole path.
    name: &'a Path,
    known: &'a Known,
}

impl Row<'_> {
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.join(self.name)
    }

    /// The same in place of another path.
    pub(crate) fn path_into(&self, path: &mut PathBuf) {
        path.as_mut_os_string().clear();
        path.push(self.dir);
        path.push(self.name);
    }

    pub(crate) fn figures(&self) -> &Figures {
        &self.known.figures
    }
}

pub(crate) fn run(args: &StatArgs) -> io::Result<Exit> {
    let found = walk::walk(&args.paths, args.one_file_system);
    let mut rows: Vec<_> =
        found.files().map(|(dir, name, known)| Row { dir, name, known }).collect();
    let total = Total::of(rows.iter().map(|row| (row.known.id, row.figures())));
    let unknown = Unknown::among(&rows);
    match (args.sort, args.top) {
        (Some(key), _) => sort(&mut rows, key),
        (None, Some(_)) => sort(&mut rows, SortKey::Resident),
        (None, None) => {}
    }
    rows.truncate(args.top.map_or(usize::MAX, |top| usize::try_from(top).unwrap_or(usize::MAX)));
    let written = match args.json {
        true => json::write(&rows, &total),
        false => table::write(&rows, &total, args.bytes),
    };
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    for (path, error) in &found.failures {
        let path = Sanitized(path.as_os_str());
        match error.raw_os_error().map(Errno::from_i32) {
            Some(errno) => complain(format_args!("{path}: {} ({})", errno.desc(), errno.name())),
            None => complain(format_args!("{path}: {error}")),
        }
    }
    unknown.iter().for_each(Unknown::complain);
    let exit = match (found.failures.is_empty(), unknown.is_empty()) {
        (false, _) => Exit::Failed,
        (true, false) => Exit::Unknown,
        (true, true) => Exit::Done,
    };
    // The end of the process frees it sooner than to go through each name.
    mem::forget(found);
    Ok(exit)
}

/// Sorts paths from the first, numbers from the largest, unknown last; equals keep their order.
fn sort(rows: &mut [Row<'_>], key: SortKey) {
    let mut by = |number: fn(&Figures) -> Option<u64>| {
        rows.sort_by_key(|row| Reverse(number(row.figures())));
    };
    match key {
        SortKey::Size => by(|figures| Some(figures.size)),
        SortKey::Resident => by(|figures| figures.resident),
        SortKey::Dirty => by(|figures| figures.dirty),
        SortKey::Writeback => by(|figures| figures.writeback),
        SortKey::Evicted => by(|figures| figures.evicted),
        SortKey::Recent => by(|figures| figures.recently_evicted),
        SortKey::Percent => by(|figures| figures.resident_of(1 << 60)),
        SortKey::Path => rows.sort_by(|a, b| {
            let [a, b] = [a, b].map(|row| row.dir.components().chain(row.name.components()));
            a.cmp(b)
        }),
    }
}

/// Files whose numbers are unknown for the same reason.
struct Unknown<'a> {
    error: &'a MapError,
    first: PathBuf,
    count: usize,
}

impl<'a> Unknown<'a> {
    /// The reasons among `rows`: one message each, however many files there are.
    fn among(rows: &[Row<'a>]) -> Vec<Self> {
        let mut reasons: Vec<Self> = Vec::new();
        for row in rows {
            let Some(error) = &row.known.unknown else { continue };
            match reasons.iter_mut().find(|reason| reason.error.to_string() == error.to_string()) {
                Some(reason) => reason.count += 1,
                None => reasons.push(Self { error, first: row.path(), count: 1 }),
            }
        }
        reasons
    }

    fn complain(&self) {
        let Self { error, first, count } = self;
        let path = Sanitized(first.as_os_str());
        match count - 1 {
            0 => complain(format_args!("{path}: {error}")),
            1 => complain(format_args!("{path} and 1 more file: {error}")),
            more => complain(format_args!("{path} and {more} more files: {error}")),
        }
        if error.errno() == Some(Errno::EPERM) {
            complain(format_args!("their numbers are shown as unknown; run as root to see them"));
        }
    }
}
