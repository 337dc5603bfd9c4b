//! Any bytes as a sequence of safe calls with any arguments, over values of all owned types at once.
//!
//! The calls come with hostile acts on the files. Contents that nobody else can change are compared
//! with a model; files with what reading them gives. Whatever a call says, it must not fault, touch
//! a canary, or leave anything of the process other than it was: [`run`] compares all mappings with
//! their flags, and the open files, before and after.

use std::ops::Range;

use mman::{
    Anon, AnonExec, AnonReadOnly, Appended, Appender, Contents, FileMap, FileMapCow, FileMapExec,
    FileMapMut, MapError, MapOptions, Reservation, Sealed, SealedWriter, UnlinkGuard,
};

use self::{
    files::Files,
    input::Input,
    model::Model,
    objects::Object,
    process::{KERNEL, Snapshot},
};

/// The verbs that all types have, any of them.
macro_rules! verbs {
    ($input:expr, $value:expr, $len:expr) => {{
        let (input, value, len) = ($input, $value, $len);
        let range = input.range(len);
        match input.below(8) {
            0 => tell(value.lock(range)),
            1 => {
                let guards = (value.lock_on_fault(range), value.lock(input.range(len)));
                drop(value.advise(input.range(len), input.advice()));
                // In either order, or never.
                match input.below(3) {
                    0 => drop((guards.1, guards.0)),
                    1 => std::mem::forget((guards.0.ok(), guards.1.ok())),
                    _ => drop(guards),
                }
            }
            2 => {
                let told = value.residency(range);
                if let (Ok(told), Ok(nodes)) = (&told, value.nodes(range)) {
                    assert_eq!(told.pages(), nodes.pages());
                    assert!(told.resident() <= told.pages());
                }
                tell(told);
            }
            3 => tell(value.footprint(range)),
            4 => {
                assert!(value.page_size().is_power_of_two() && value.mapped_len() >= len);
                let _ = (format!("{value:?}"), value.is_locked());
            }
            _ => tell(value.advise(range, input.advice())),
        }
    }};
}

mod accesses;
mod anon;
mod files;
mod input;
mod model;
mod objects;
mod places;
#[cfg_attr(any(miri, mman_heap), path = "heap.rs")]
mod process;
mod sealed;
mod values;

/// A live value, with what it should hold where that is known.
enum Value {
    Anon(Anon, Model),
    ReadOnly(AnonReadOnly, Model),
    Exec(AnonExec, Model),
    Read(FileMap, usize),
    Write(FileMapMut, usize),
    Copy(FileMapCow, usize),
    Run(FileMapExec, usize),
    Sealed(Sealed, Model),
    Writer(SealedWriter, Model, u64),
    Shared(Object),
    Unlink(UnlinkGuard),
    Appender(Appender, Model),
    Appended(Appended, Vec<u8>),
    Contents(Contents),
}

struct World<'a> {
    input: Input<'a>,
    values: Vec<Value>,
    reservations: Vec<Reservation>,
    /// Where reservations are, or were.
    places: Vec<Range<usize>>,
    /// Whether raw pages were ever committed in them.
    raw: bool,
    files: Files,
}

/// An error has a message, whatever it is.
fn tell<T, E: Told>(result: Result<T, E>) {
    if let Err(error) = result {
        error.told();
    }
}

trait Told {
    fn told(&self);
}

impl Told for MapError {
    fn told(&self) {
        assert!(!self.to_string().is_empty() && !self.operation().is_empty());
    }
}

impl<T> Told for (T, MapError) {
    fn told(&self) {
        self.1.told();
    }
}

impl World<'_> {
    fn options(&mut self) -> MapOptions {
        self.input.options(&self.reservations)
    }

    /// Makes one call, or more that belong together.
    fn step(&mut self) {
        const MOST: usize = 40;
        let choice = self.input.byte();
        if self.values.len() < MOST && (choice < 80 || self.values.is_empty()) {
            match choice % 16 {
                0..=4 => anon::make(self),
                5..=9 if KERNEL => files::make(self),
                10 | 11 if KERNEL => objects::make_shared(self),
                12 | 13 if KERNEL => sealed::make_sealed(self),
                5..=8 => anon::make(self),
                _ => places::make(self),
            }
        } else if choice < 100 && KERNEL {
            files::act(self);
        } else if choice < 115 {
            places::act(self);
        } else {
            let index = self.input.below(self.values.len().max(1));
            if index < self.values.len() {
                let value = self.values.swap_remove(index);
                self.change(value);
            }
        }
    }

    /// Makes a call of one value.
    fn change(&mut self, value: Value) {
        match value {
            Value::Anon(memory, model) => anon::change(self, memory, model),
            Value::ReadOnly(memory, model) => anon::change_read_only(self, memory, model),
            Value::Exec(memory, model) => anon::change_exec(self, memory, model),
            Value::Read(map, file) => files::change(self, map, file),
            Value::Write(map, file) => files::change(self, map, file),
            Value::Copy(map, file) => files::change(self, map, file),
            Value::Run(map, file) => files::change(self, map, file),
            Value::Sealed(sealed, model) => sealed::change_sealed(self, sealed, model),
            Value::Writer(writer, model, at) => sealed::change_writer(self, writer, model, at),
            Value::Shared(object) => objects::change_shared(self, object),
            Value::Unlink(guard) => objects::change_unlink(self, guard),
            Value::Appender(appender, model) => places::change_appender(self, appender, model),
            Value::Appended(reader, seen) => places::change_reader(self, reader, seen),
            Value::Contents(contents) => places::change_contents(self, contents),
        }
    }

    /// Notes where a reservation is.
    fn note(&mut self, home: &Reservation) {
        let start = home.as_ptr().addr();
        self.places.push(start..start + home.len());
    }

    /// Whether an address lies in a reservation, or did.
    fn is_reserved(&self, address: *const u8) -> bool {
        self.places.iter().any(|place| place.contains(&address.addr()))
    }
}

/// Makes the calls that the bytes stand for, and drops everything, in an order that they choose.
fn make_calls(bytes: &[u8]) {
    const MOST: usize = 150;
    let mut world = World {
        input: Input::new(bytes),
        values: Vec::new(),
        reservations: Vec::new(),
        places: Vec::new(),
        raw: false,
        files: Files::new(),
    };
    let order = world.input.byte();
    if order & 4 == 0 {
        let home = Reservation::new(64 * mman::page_size()).unwrap();
        world.note(&home);
        world.reservations.push(home);
    }
    for _ in 0..MOST {
        if world.input.is_over() {
            break;
        }
        world.step();
    }
    for value in &world.values {
        value.check();
    }
    let World { mut values, reservations, raw, files, .. } = world;
    match order % 4 {
        0 => drop(values),
        1 => values.into_iter().rev().for_each(drop),
        2 => {
            // The reservations are there until the last value in them is gone.
            drop(reservations);
            drop(values);
            drop(files);
            return;
        }
        _ => {
            while let Some(value) = (!values.is_empty()).then(|| values.swap_remove(0)) {
                drop(value);
            }
        }
    }
    // Of several, one may lie in another.
    if let ([home], false) = (reservations.as_slice(), raw) {
        let free: usize = home.free_ranges().iter().map(|range| range.len()).sum();
        assert_eq!(home.len(), free, "not all is free when all is dropped");
    }
    drop((reservations, files));
}

/// Makes the calls, and looks whether the process is as it was.
///
/// What the first such call in a process leaves behind for the next ones is no leak: a sequence that
/// leaks does so each time.
pub(crate) fn run(bytes: &[u8]) {
    const TRIES: usize = 3;
    process::prepare();
    // One sequence in 32 has the flags of all mappings looked at.
    let flags = bytes.first().is_some_and(|first| first >> 3 == 0);
    let mut before = Snapshot::take(flags);
    for left in (0..TRIES).rev() {
        make_calls(bytes);
        let after = Snapshot::like(&before, flags);
        if before == after {
            return;
        }
        let (lost, new) = (before.beyond(&after), after.beyond(&before));
        assert!(!new.is_empty() && left != 0, "not as before: {lost:#?} became {new:#?}");
        before = after;
    }
}
