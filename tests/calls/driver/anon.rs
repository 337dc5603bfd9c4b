//! Private anonymous memory.

use std::mem;

use mman::{Anon, AnonExec, AnonReadOnly, Appender, ProtectGuard};

use super::{
    Value, World,
    input::{Bounds, Input},
    model::{Model, accepted},
    tell,
};

pub(super) fn make(world: &mut World<'_>) {
    let options = world.options();
    let len = world.input.number(0);
    match options.anon(len) {
        Ok(memory) => {
            assert_eq!((len, len == 0), (memory.len(), memory.is_empty()));
            let model = Model::zeros(len);
            model.check(&memory);
            world.values.push(Value::Anon(memory, model));
        }
        failed => tell(failed),
    }
}

/// Makes a call of memory, and puts that back.
pub(super) fn change(world: &mut World<'_>, mut memory: Anon, mut model: Model) {
    let reserved = world.is_reserved(memory.as_ptr());
    let (input, len) = (&mut world.input, memory.len());
    let range = input.range(len);
    match input.below(28) {
        0..=3 => verbs!(input, &memory, len),
        4 => tell(memory.prefault(range)),
        5 => wipe(memory.discard(range), range, len, &mut model),
        6 => wipe(memory.free_lazily(range), range, len, &mut model),
        7 => {
            let ranges = [range, input.range(len), input.range(len)];
            let done = memory.discard_ranges(ranges);
            if done.is_ok() {
                ranges.into_iter().for_each(|range| model.fill(range, len, 0));
            }
            tell(done);
        }
        8 | 9 => {
            let value = input.byte();
            let guard =
                if input.flag() { memory.lock_mut(range) } else { memory.lock_mut_on_fault(range) };
            match guard {
                Ok(mut guard) => {
                    model.check_part(accepted(range, len), &guard);
                    guard.fill(value);
                    model.fill(range, len, value);
                    if input.flag() {
                        mem::forget(guard);
                    }
                }
                failed => tell(failed),
            }
        }
        10 | 11 => match memory.protect(range, input.protection()) {
            Ok(guard) => protected(input, guard, range, len, &mut model),
            failed => tell(failed),
        },
        12..=14 => {
            let len = input.number(len);
            let done = memory.resize(len);
            if done.is_ok() {
                model.resize(len);
            }
            tell(done);
        }
        15 | 16 => {
            let at = if input.flag() { input.number(len) } else { input.ends(len).start };
            match memory.split_off(at) {
                Ok(tail) => {
                    let rest = model.split_off(at);
                    rest.check(&tail);
                    world.values.push(Value::Anon(tail, rest));
                }
                failed => tell(failed),
            }
        }
        17 | 18 => return join(world, memory, model),
        19 => match memory.make_read_only() {
            Ok(memory) => return world.values.push(Value::ReadOnly(memory, model)),
            Err((back, error)) => {
                tell::<(), _>(Err(error));
                memory = back;
            }
        },
        20 => match memory.make_exec() {
            Ok(memory) => return world.values.push(Value::Exec(memory, model)),
            Err((back, error)) => {
                tell::<(), _>(Err(error));
                memory = back;
            }
        },
        21 if !reserved => {
            let parts = memory.into_raw_parts();
            // SAFETY: the parts are those of this memory, and used once.
            memory = unsafe { Anon::from_raw_parts(parts) };
        }
        22 => return memory.unmap().unwrap(),
        23 => {
            let appender = Appender::new(memory);
            return world.values.push(Value::Appender(appender, model));
        }
        24 => return together(world, memory, model),
        #[cfg(feature = "zerocopy")]
        25 => {
            use mman::Views;
            let (at, count) = (input.number(len), input.number(len));
            tell(memory.view::<u64>(at).map(drop).and(memory.view_mut::<[u16; 9]>(at).map(drop)));
            if let Ok(all) = memory.views::<u128>(at, count) {
                assert_eq!(count, all.len());
                std::hint::black_box(all.iter().fold(0, |sum, value| sum ^ value));
            }
            tell(memory.views_mut::<u8>(at, count).map(drop));
        }
        _ => {
            let (at, value) = (input.number(len), input.byte());
            if let Some(byte) = memory.get_mut(at) {
                *byte = value;
                model.write(at, &[value]);
            }
        }
    }
    model.check(&memory);
    world.values.push(Value::Anon(memory, model));
}

fn wipe(done: Result<(), mman::MapError>, range: Bounds, len: usize, model: &mut Model) {
    if done.is_ok() {
        model.fill(range, len, 0);
    }
    tell(done);
}

/// With the guard of protected memory.
pub(super) fn protected(
    input: &mut Input<'_>,
    mut guard: ProtectGuard<'_>,
    range: Bounds,
    len: usize,
    model: &mut Model,
) {
    assert_eq!(accepted(range, len), guard.range());
    if let Some(bytes) = guard.as_slice() {
        model.check_part(guard.range(), bytes);
    }
    let value = input.byte();
    if let Some(bytes) = guard.as_mut_slice() {
        bytes.fill(value);
        model.fill(range, len, value);
    }
    if input.flag() {
        guard.restore().unwrap();
    }
}

/// Joins memory with another, either way round.
fn join(world: &mut World<'_>, mut memory: Anon, mut model: Model) {
    let end = memory.as_ptr().wrapping_add(memory.len());
    let is = |test: &dyn Fn(&Anon) -> bool| {
        world.values.iter().position(|value| matches!(value, Value::Anon(other, _) if test(other)))
    };
    // That which follows, else any.
    let other = is(&|other| other.as_ptr() == end).or_else(|| is(&|_| true));
    if let Some(Value::Anon(other, others)) = other.map(|index| world.values.swap_remove(index)) {
        match memory.join(other) {
            Ok(()) => model.append(&others),
            Err((mut other, error)) => {
                tell::<(), _>(Err(error));
                let mut others = others;
                match other.join(memory) {
                    Ok(()) => others.append(&model),
                    Err((memory, _)) => {
                        model.check(&memory);
                        world.values.push(Value::Anon(memory, model));
                    }
                }
                others.check(&other);
                return world.values.push(Value::Anon(other, others));
            }
        }
    }
    model.check(&memory);
    world.values.push(Value::Anon(memory, model));
}

/// Memories at once: discarded, or given back to a reservation.
fn together(world: &mut World<'_>, memory: Anon, model: Model) {
    let mut some = vec![(memory, model)];
    for _ in 0..world.input.below(5) {
        let next = world.values.iter().position(|value| matches!(value, Value::Anon(..)));
        if let Some(Value::Anon(memory, model)) = next.map(|index| world.values.swap_remove(index))
        {
            some.push((memory, model));
        }
    }
    match world.reservations.first() {
        Some(_) if world.input.flag() => {
            let home = world.input.pick(&world.reservations);
            home.give_back(some.into_iter().map(|(memory, _)| memory));
        }
        _ => {
            Anon::discard_all(some.iter_mut().map(|(memory, _)| memory));
            for (memory, _) in some {
                let model = Model::zeros(memory.len());
                model.check(&memory);
                world.values.push(Value::Anon(memory, model));
            }
        }
    }
}

/// What is done with memory that is not written to.
macro_rules! unwritten {
    ($change:ident, $memory:ty, $value:path) => {
        pub(super) fn $change(world: &mut World<'_>, mut memory: $memory, mut model: Model) {
            let (input, len) = (&mut world.input, memory.len());
            let range = input.range(len);
            match input.below(12) {
                0 | 1 => verbs!(input, &memory, len),
                2 | 3 => match memory.protect(range, input.protection()) {
                    Ok(guard) => protected(input, guard, range, len, &mut model),
                    failed => tell(failed),
                },
                4 => return memory.unmap().unwrap(),
                5 => return,
                6 => tell(memory.prefault(range)),
                7 | 8 => {
                    let at = if input.flag() { input.number(len) } else { input.ends(len).start };
                    match memory.split_off(at) {
                        Ok(tail) => {
                            let rest = model.split_off(at);
                            rest.check(&tail);
                            world.values.push($value(tail, rest));
                        }
                        failed => tell(failed),
                    }
                }
                9 => {
                    // With that which follows, if one does, else with any.
                    let end = memory.as_ptr().wrapping_add(len);
                    let is = |value: &Value, next: bool| match value {
                        $value(other, _) => !next || other.as_ptr() == end,
                        _ => false,
                    };
                    let values = &world.values;
                    let other = values.iter().position(|value| is(value, true));
                    let other = other.or_else(|| values.iter().position(|value| is(value, false)));
                    if let Some($value(other, its)) =
                        other.map(|index| world.values.swap_remove(index))
                    {
                        match memory.join(other) {
                            Ok(()) => model.append(&its),
                            Err((other, error)) => {
                                tell::<(), _>(Err(error));
                                its.check(&other);
                                world.values.push($value(other, its));
                            }
                        }
                    }
                }
                _ => match memory.make_mut() {
                    Ok(memory) => return world.values.push(Value::Anon(memory, model)),
                    Err((back, error)) => {
                        tell::<(), _>(Err(error));
                        memory = back;
                    }
                },
            }
            model.check(&memory);
            world.values.push($value(memory, model));
        }
    };
}

unwritten!(change_read_only, AnonReadOnly, Value::ReadOnly);
unwritten!(change_exec, AnonExec, Value::Exec);
