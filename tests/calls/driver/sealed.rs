//! Sealed memory, and who writes what will be.

use std::{
    io::{Seek as _, SeekFrom, Write as _},
    os::fd::AsFd as _,
};

use mman::{Sealed, SealedWriter};

use super::{Value, World, anon::protected, files, model::Model, tell};

pub(super) fn make_sealed(world: &mut World<'_>) {
    let input = &mut world.input;
    match input.below(4) {
        0 => {
            let bytes = input.bytes();
            match Sealed::from_bytes(&bytes) {
                Ok(sealed) => world.values.push(Value::Sealed(sealed, Model::of(&bytes))),
                failed => tell(failed),
            }
        }
        1 => {
            let (_, file) = world.files.any(input);
            match Sealed::from_fd(file.try_clone().unwrap().into()) {
                Ok(_) => panic!("a file that is not sealed was taken"),
                failed => tell(failed),
            }
        }
        _ => match SealedWriter::new(input.pick(&[c"", c"calls"])) {
            Ok(writer) => world.values.push(Value::Writer(writer, Model::zeros(0), 0)),
            failed => tell(failed),
        },
    }
}

pub(super) fn change_writer(
    world: &mut World<'_>,
    mut writer: SealedWriter,
    mut model: Model,
    mut at: u64,
) {
    let input = &mut world.input;
    match input.below(7) {
        0..=2 => {
            let bytes = input.bytes();
            match writer.write(&bytes) {
                Ok(done) => {
                    if done != 0 {
                        model.write_file(at, &bytes[..done]);
                    }
                    at += done as u64;
                }
                Err(error) => drop(error.to_string()),
            }
        }
        3 => {
            let by = input.number(10_000);
            let to = match input.below(3) {
                0 => SeekFrom::Start(by as u64),
                1 => SeekFrom::End((by as i64).wrapping_neg()),
                _ => SeekFrom::Current(by as i64),
            };
            if let Ok(now) = writer.seek(to) {
                at = now;
            }
            assert_eq!(at, writer.stream_position().unwrap());
        }
        4 => {
            model = Model::unknown();
            let fd = writer.as_fd().try_clone_to_owned().unwrap();
            files::of_object(world, fd);
        }
        _ => match writer.seal() {
            Ok(sealed) => {
                model.check(&sealed);
                return world.values.push(Value::Sealed(sealed, model));
            }
            Err((back, error)) => {
                tell::<(), _>(Err(error));
                writer = back;
            }
        },
    }
    world.values.push(Value::Writer(writer, model, at));
}

pub(super) fn change_sealed(world: &mut World<'_>, mut sealed: Sealed, mut model: Model) {
    let reserved = world.is_reserved(sealed.as_ptr());
    let (input, len) = (&mut world.input, sealed.len());
    let range = input.range(len);
    match input.below(16) {
        0..=2 => verbs!(input, &sealed, len),
        3 => match sealed.try_clone() {
            Ok(same) => world.values.push(Value::Sealed(same, model.clone())),
            failed => tell(failed),
        },
        4 => {
            let fd = sealed.into_fd();
            let options = world.options();
            match options.sealed(fd) {
                Ok(same) => sealed = same,
                Err((fd, error)) => {
                    tell::<(), _>(Err(error));
                    sealed = Sealed::from_fd(fd).unwrap();
                }
            }
            if sealed.len() != len {
                // It was a part of this.
                model = Model::unknown();
            }
        }
        5 if !reserved => {
            let offset = sealed.offset();
            let (parts, fd) = sealed.into_raw_parts();
            // SAFETY: the parts are those of this value, and used once.
            sealed = unsafe { Sealed::from_raw_parts(parts, fd) };
            assert_eq!(offset, sealed.offset());
        }
        6 => {
            let fd = sealed.as_fd().try_clone_to_owned().unwrap();
            files::of_object(world, fd);
        }
        7 => return sealed.unmap().unwrap(),
        8 | 9 => {
            let at = if input.flag() { input.number(len) } else { input.ends(len).start };
            match sealed.split_off(at) {
                Ok(tail) => {
                    assert_eq!(sealed.offset() + at as u64, tail.offset());
                    let rest = model.split_off(at);
                    rest.check(&tail);
                    world.values.push(Value::Sealed(tail, rest));
                }
                failed => tell(failed),
            }
        }
        10 | 11 => return join(world, sealed, model),
        13 => tell(sealed.prefault(range)),
        12 => match sealed.protect(range, input.protection()) {
            Ok(guard) => protected(input, guard, range, len, &mut model),
            failed => tell(failed),
        },
        _ => {}
    }
    model.check(&sealed);
    world.values.push(Value::Sealed(sealed, model));
}

/// Joins bytes with others, either way round.
fn join(world: &mut World<'_>, mut sealed: Sealed, mut model: Model) {
    let end = sealed.as_ptr().wrapping_add(sealed.len());
    let is = |test: &dyn Fn(&Sealed) -> bool| {
        world.values.iter().position(|value| matches!(value, Value::Sealed(it, _) if test(it)))
    };
    // That which follows, else any.
    let other = is(&|other| other.as_ptr() == end).or_else(|| is(&|_| true));
    if let Some(Value::Sealed(other, others)) = other.map(|index| world.values.swap_remove(index)) {
        match sealed.join(other) {
            Ok(()) => model.append(&others),
            Err((mut other, error)) => {
                tell::<(), _>(Err(error));
                let mut others = others;
                match other.join(sealed) {
                    Ok(()) => others.append(&model),
                    Err((sealed, _)) => {
                        model.check(&sealed);
                        world.values.push(Value::Sealed(sealed, model));
                    }
                }
                others.check(&other);
                return world.values.push(Value::Sealed(other, others));
            }
        }
    }
    model.check(&sealed);
    world.values.push(Value::Sealed(sealed, model));
}
