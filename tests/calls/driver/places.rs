//! Reservations, what grows in them, and what is read whole; the process as it is told.

use mman::{Appended, Appender, Contents, Reservation, observe, page_size};

use super::{KERNEL, Value, World, model::Model, tell};

pub(super) fn make(world: &mut World<'_>) {
    const MOST: usize = 4;
    let placement = world.input.placement(&world.reservations);
    let len = world.input.number(64 * page_size());
    if KERNEL && world.input.below(4) == 0 {
        let (_, file) = (0, world.files.any_finite(&mut world.input));
        return match Contents::new(file) {
            Ok(contents) => world.values.push(Value::Contents(contents)),
            failed => tell(failed),
        };
    }
    let made = match world.input.below(3) {
        0 => Reservation::new(len),
        1 => Reservation::at(placement, len),
        _ => Reservation::new((1 + world.input.below(80)) * page_size()),
    };
    match made {
        Ok(home) if world.reservations.len() < MOST => {
            assert!(home.len() >= len || home.len() % page_size() == 0);
            world.note(&home);
            world.reservations.push(home);
        }
        done => tell(done),
    }
}

/// Makes a call of a reservation, or asks about the process.
pub(super) fn act(world: &mut World<'_>) {
    if world.reservations.is_empty() {
        return look(world);
    }
    let input = &mut world.input;
    let index = input.below(world.reservations.len());
    let home = world.reservations[index].clone();
    let (range, len) = (input.ends(home.len()), input.number(home.len()));
    match input.below(12) {
        0..=2 => match home.anon(range.clone()) {
            Ok(memory) => {
                let model = Model::zeros(range.len());
                model.check(&memory);
                assert_eq!(range.len(), memory.len());
                world.values.push(Value::Anon(memory, model));
            }
            failed => tell(failed),
        },
        3..=5 => match home.carve(len) {
            Ok(memory) => {
                let model = Model::zeros(len);
                model.check(&memory);
                world.values.push(Value::Anon(memory, model));
            }
            failed => tell(failed),
        },
        6 => match home.reserve(range) {
            Ok(inner) if world.reservations.len() < 6 => {
                world.note(&inner);
                world.reservations.push(inner);
            }
            done => tell(done),
        },
        7 => {
            let free = home.free_ranges();
            assert!(free.iter().all(|range| !range.is_empty() && range.end <= home.len()));
            assert!(free.windows(2).all(|pair| pair[0].end < pair[1].start));
            assert!(!format!("{home:?}").is_empty());
        }
        8 => drop(world.reservations.swap_remove(index)),
        9 => raw(world, &home, range),
        _ => look(world),
    }
}

/// Pages that belong to no value.
fn raw(world: &mut World<'_>, home: &Reservation, range: std::ops::Range<usize>) {
    match home.commit(range.clone()) {
        Ok(start) => {
            if !range.is_empty() {
                // SAFETY: the pages are there, and nobody else knows of them.
                unsafe { start.write_bytes(1, range.len()) };
            }
            if world.input.flag() {
                // SAFETY: nobody uses them.
                unsafe { home.decommit(range) }.unwrap();
            } else {
                world.raw = true;
            }
        }
        failed => tell(failed),
    }
}

fn look(world: &mut World<'_>) {
    if !KERNEL {
        return;
    }
    // Most of these are slow, and change nothing.
    match world.input.below(32) {
        0 => tell(observe::usage(observe::Process::Current)),
        1 => assert!(observe::maps(observe::Process::Current).unwrap().all(|map| map.is_ok())),
        2 => {
            let mut all = observe::maps_in_detail(observe::Process::Current).unwrap();
            assert!(all.all(|map| map.is_ok()));
        }
        3 => assert_eq!(page_size(), observe::machine().page_size),
        _ => {
            let address = world.input.number(1 << 20);
            tell(observe::mapping_at(std::ptr::without_provenance::<u8>(address)));
        }
    }
}

pub(super) fn change_appender(world: &mut World<'_>, mut appender: Appender, mut model: Model) {
    let (input, old) = (&mut world.input, appender.len());
    match input.below(8) {
        0..=2 => {
            let bytes = input.bytes();
            match appender.append(&bytes) {
                Ok(at) => {
                    assert_eq!(old, at);
                    model.append(&Model::of(&bytes));
                }
                failed => tell(failed),
            }
        }
        3 => {
            let (len, value) = (input.number(old), input.byte());
            match appender.spare(len) {
                Ok(spare) => {
                    assert_eq!(len, spare.len());
                    spare.fill(value);
                    let len = if len == 0 { 0 } else { input.number(len) % (len + 1) };
                    appender.publish(len).unwrap();
                    model.append(&Model::of(&vec![value; len]));
                }
                failed => tell(failed),
            }
        }
        4 => {
            let len = input.number(0);
            let done = appender.publish(len);
            if done.is_ok() {
                // Whatever was there, of a failed call or of the step by which it grows.
                model = Model::of(&appender);
            }
            tell(done);
        }
        5 | 6 => {
            let reader = appender.reader();
            world.values.push(Value::Appended(reader, appender[..old.min(1000)].to_vec()));
        }
        _ => match appender.into_anon() {
            Ok(memory) => {
                model.check(&memory);
                return world.values.push(Value::Anon(memory, model));
            }
            Err(back) => appender = back,
        },
    }
    model.check(&appender);
    world.values.push(Value::Appender(appender, model));
}

pub(super) fn change_reader(world: &mut World<'_>, reader: Appended, seen: Vec<u8>) {
    assert!(reader.starts_with(&seen));
    match world.input.below(3) {
        0 => {}
        1 => {
            world.values.push(Value::Appended(reader.clone(), seen.clone()));
            world.values.push(Value::Appended(reader, seen));
        }
        _ => {
            let seen = reader[..reader.len().min(1000)].to_vec();
            world.values.push(Value::Appended(reader, seen));
        }
    }
}

pub(super) fn change_contents(world: &mut World<'_>, contents: Contents) {
    let (input, len) = (&mut world.input, contents.len());
    let range = input.range(len);
    match input.below(4) {
        0 => {
            let mut bytes = input.bytes();
            tell(contents.read_at(input.number(len), &mut bytes));
        }
        1 => {
            let sum =
                |bytes: &[u8]| bytes.iter().step_by(97).map(|byte| u64::from(*byte)).sum::<u64>();
            // SAFETY: this thread alone has the file.
            tell(unsafe { contents.with_slice(range, sum) });
        }
        2 => {
            assert_eq!(contents.is_empty(), len == 0);
            if let Some(map) = contents.as_map() {
                verbs!(input, map, len);
            }
            assert!(contents.as_bytes().is_none_or(|bytes| bytes.len() == len));
        }
        _ => return,
    }
    world.values.push(Value::Contents(contents));
}
