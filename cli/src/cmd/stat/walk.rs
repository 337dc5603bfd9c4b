//! Walking trees and asking about their files on all processors.
//!
//! The work is a stack of tasks: list a directory, or ask about some files of one. Each task has a
//! slot for what it finds. A listing puts new tasks, in the order of their names, into new slots
//! that follow each other. So the slots are a tree, and reading it from the root gives every file
//! in order, whichever thread found it when.

use std::{
    ffi::OsString,
    io, iter,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use rustix::fs::{Dev, Dir, FileType, stat};

use super::{
    listing,
    pieces::Idle,
    probe::{Known, NO_PAGES, Origin, Prober, has_gone},
};

/// How many files are asked about in one task: few enough that all threads have work.
const BATCH: usize = 128;

/// More threads than this wait for each other in the kernel.
const MAX_THREADS: usize = 16;

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    slots: Vec<Slot>,
    /// Paths that could not be listed or opened, in order.
    pub(crate) failures: Vec<(PathBuf, io::Error)>,
}

/// What a task has found.
#[derive(Debug)]
enum Slot {
    /// Files of a directory, by name.
    Files(Arc<Path>, Vec<(OsString, Known)>),
    /// What other tasks find.
    Slots(Range<usize>),
}

#[derive(Debug)]
enum Task {
    /// List a directory, which is an argument unless it was `listed` itself; `device` is the only one
    /// to stay on.
    List { dir: Arc<Path>, listed: bool, device: Option<Dev> },
    /// Ask about files of a directory, which is open; if it is not, they are arguments.
    Ask { dir: Arc<Path>, open: Option<Arc<Dir>>, names: Vec<OsString> },
}

/// What the threads share.
#[derive(Debug, Default)]
struct State {
    /// Tasks to do, each with its slot; the next one last.
    tasks: Vec<(usize, Task)>,
    /// How many tasks are being done.
    running: usize,
    slots: Vec<Slot>,
    failures: Vec<(PathBuf, io::Error)>,
}

#[derive(Debug)]
struct Walk {
    state: Mutex<State>,
    /// There are tasks, or there will be no more.
    news: Condvar,
    prober: Prober,
}

/// Finds the files that `paths` are or that are below them.
pub(crate) fn walk(paths: &[OsString], one_file_system: bool) -> Found {
    let mut state = State::default();
    let tasks = arguments(paths, one_file_system, &mut state.failures);
    let busy = tasks.iter().any(|task| matches!(task, Task::List { .. }));
    let useful = if busy { MAX_THREADS } else { tasks.len().min(MAX_THREADS) };
    state.slots.push(Slot::Slots(0..0));
    state.add(0, tasks);
    let processors = thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
    let threads = processors.min(useful);
    let prober = Prober::new(Idle::new(processors - threads));
    let walk = Walk { state: Mutex::new(state), news: Condvar::new(), prober };
    thread::scope(|scope| {
        for _ in 1..threads {
            // Without more threads this one does it all.
            let _ = thread::Builder::new().spawn_scoped(scope, || walk.work());
        }
        walk.work();
    });
    let State { slots, mut failures, .. } =
        walk.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    failures.sort_by(|(a, _), (b, _)| a.cmp(b));
    Found { slots, failures }
}

impl Found {
    /// Every file with the directory that its name is relative to, in order.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&Path, &Path, &Known)> {
        let mut stack: Vec<_> = iter::once(0..1).collect();
        iter::from_fn(move || {
            loop {
                let range = stack.last_mut()?;
                match range.next().and_then(|slot| self.slots.get(slot)) {
                    None => drop(stack.pop()),
                    Some(Slot::Slots(slots)) => stack.push(slots.clone()),
                    Some(Slot::Files(dir, files)) => return Some((&**dir, files)),
                }
            }
        })
        .flat_map(|(dir, files)| {
            files.iter().map(move |(name, known)| (dir, Path::new(name), known))
        })
    }
}

impl Walk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does tasks until there will be no more.
    fn work(&self) {
        let mut state = self.lock();
        loop {
            if let Some((slot, task)) = state.tasks.pop() {
                state.running += 1;
                drop(state);
                let mut failures = Vec::new();
                let done = self.perform(task, &mut failures);
                state = self.lock();
                state.running -= 1;
                state.failures.append(&mut failures);
                match done {
                    Done::Files(dir, files) => state.fill(slot, Slot::Files(dir, files)),
                    Done::Tasks(tasks) => state.add(slot, tasks),
                }
                self.news.notify_all();
            } else if state.running == 0 {
                return;
            } else {
                self.prober.idle.one_more();
                state = self.news.wait(state).unwrap_or_else(PoisonError::into_inner);
                self.prober.idle.one_less();
            }
        }
    }

    fn perform(&self, task: Task, failures: &mut Vec<(PathBuf, io::Error)>) -> Done {
        match task {
            Task::List { dir, listed, device } => Done::Tasks(list(&dir, listed, device, failures)),
            Task::Ask { dir, open, names } => {
                let origin = match &open {
                    Some(open) => Origin::Listing(open),
                    None => Origin::Argument,
                };
                let mut files = Vec::with_capacity(names.len());
                for name in names {
                    match self.prober.ask(&name, origin) {
                        Ok(known) => files.extend(known.map(|known| (name, known))),
                        Err(error) => failures.push((dir.join(&name), error)),
                    }
                }
                Done::Files(dir, files)
            }
        }
    }
}

/// The outcome of a task.
enum Done {
    Files(Arc<Path>, Vec<(OsString, Known)>),
    Tasks(Vec<Task>),
}

impl State {
    fn fill(&mut self, slot: usize, found: Slot) {
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = found;
        }
    }

    /// Adds tasks whose findings belong where `slot` is.
    fn add(&mut self, slot: usize, tasks: Vec<Task>) {
        let first = self.slots.len();
        let new = first..first + tasks.len();
        self.slots.resize_with(new.end, || Slot::Slots(0..0));
        // The stack gives the last one first: so the tree is walked in order, and little waits; but
        // files before directories, so that no directory stays open while those in it are walked.
        let (files, directories): (Vec<_>, Vec<_>) =
            new.clone().zip(tasks).rev().partition(|(_, task)| matches!(task, Task::Ask { .. }));
        self.tasks.extend(directories.into_iter().chain(files));
        self.fill(slot, Slot::Slots(new));
    }
}

/// Collects files into batches, keeping their place among the directories.
struct Batches {
    dir: Arc<Path>,
    open: Option<Arc<Dir>>,
    tasks: Vec<Task>,
    names: Vec<OsString>,
}

impl Batches {
    fn new(dir: Arc<Path>, open: Option<Dir>) -> Self {
        Self { dir, open: open.map(Arc::new), tasks: Vec::new(), names: Vec::new() }
    }

    fn file(&mut self, name: OsString) {
        self.names.push(name);
        if self.names.len() == BATCH {
            self.flush();
        }
    }

    fn directory(&mut self, path: &Path, device: Option<Dev>) {
        self.flush();
        self.tasks.push(Task::List { dir: path.into(), listed: self.open.is_some(), device });
    }

    fn flush(&mut self) {
        if !self.names.is_empty() {
            let names = std::mem::take(&mut self.names);
            let (dir, open) = (Arc::clone(&self.dir), self.open.clone());
            self.tasks.push(Task::Ask { dir, open, names });
        }
    }

    fn finish(mut self) -> Vec<Task> {
        self.flush();
        self.tasks
    }
}

/// The tasks that the arguments are.
fn arguments(
    paths: &[OsString],
    one_file_system: bool,
    failures: &mut Vec<(PathBuf, io::Error)>,
) -> Vec<Task> {
    let mut batches = Batches::new(Path::new("").into(), None);
    for path in paths.iter().map(PathBuf::from) {
        let stat = match stat(&path) {
            Ok(stat) => stat,
            Err(error) => {
                failures.push((path, error.into()));
                continue;
            }
        };
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => batches.directory(&path, one_file_system.then_some(stat.st_dev)),
            FileType::RegularFile | FileType::BlockDevice => batches.file(path.into_os_string()),
            _ => failures.push((path, io::Error::other(NO_PAGES))),
        }
    }
    batches.finish()
}

/// The tasks that a directory is: its files and its directories, in the order of their names.
fn list(
    dir: &Arc<Path>,
    listed: bool,
    device: Option<Dev>,
    failures: &mut Vec<(PathBuf, io::Error)>,
) -> Vec<Task> {
    let mut open = match listing::open(dir, listed) {
        Ok(open) => open,
        Err(error) => {
            if !(listed && has_gone(&error)) {
                failures.push((dir.to_path_buf(), error));
            }
            return Vec::new();
        }
    };
    let entries = listing::entries(&mut open, device, |error| {
        if !has_gone(&error) {
            failures.push((dir.to_path_buf(), error));
        }
    });
    let mut batches = Batches::new(Arc::clone(dir), Some(open));
    for (name, is_dir) in entries {
        match is_dir {
            true => batches.directory(&dir.join(name), device),
            false => batches.file(name),
        }
    }
    batches.finish()
}
