//! Memory of objects: sealed, and shared with others.

use std::{
    cell::RefCell,
    ffi::CString,
    io::{Seek as _, SeekFrom, Write as _},
    os::fd::AsFd as _,
    process,
    rc::Rc,
    sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed},
};

use mman::{Sealed, SealedWriter, Shared, ShmName, UnlinkGuard, sys::stat::Mode};

use super::{
    Value, World, files,
    input::Input,
    model::{Model, accepted},
    tell,
};

/// Shared memory, and what all values of the same object should hold.
pub(super) struct Object {
    shared: Shared,
    model: Rc<RefCell<Model>>,
}

impl Object {
    fn new(shared: Shared, model: Model) -> Self {
        Self { shared, model: Rc::new(RefCell::new(model)) }
    }

    pub(super) fn check(&self) {
        let mut bytes = vec![0; self.shared.len().min(100_000)];
        self.shared.read_at(0, &mut bytes).unwrap();
        if bytes.len() == self.shared.len() {
            self.model.borrow().check(&bytes);
        }
    }
}

fn name(input: &mut Input<'_>) -> Option<ShmName> {
    let name = match input.below(12) {
        0 => CString::new(input.bytes()).unwrap_or_default().into_bytes(),
        1 => b"/.".to_vec(),
        2 => vec![b'/'; 2],
        number => format!("/mman-calls-{}-{}", process::id(), number % 3).into_bytes(),
    };
    // What the input makes up is not created, only looked at.
    let ours = name.starts_with(b"/mman-calls");
    match ShmName::new(name) {
        Ok(name) if ours => Some(name),
        done => {
            tell(done);
            None
        }
    }
}

pub(super) fn make_shared(world: &mut World<'_>) {
    let mut options = world.options();
    let input = &mut world.input;
    let len = input.number(0);
    // An object with a name is as large as it says, at once.
    let short = len % (4 << 20);
    let made = match input.below(8) {
        0 => options.shared(len),
        1 => Shared::anonymous(len),
        2 => options.shared_memfd(input.pick(&[c"", c"calls"]), len),
        3 => Shared::memfd(c"calls", len),
        4 | 5 => {
            let Some(name) = name(input) else { return };
            options.commit(mman::Commit::Account);
            let mode = Mode::from_bits_truncate(input.word() as libc::mode_t) | Mode::S_IRUSR;
            match options.shared_create(&name, short, mode | Mode::S_IWUSR) {
                Ok((shared, guard)) => {
                    world.values.push(Value::Unlink(guard));
                    Ok(shared)
                }
                Err(error) => Err(error),
            }
        }
        6 => {
            let Some(name) = name(input) else { return };
            match options.shared_open(&name) {
                // Somebody else has it too, and writes to it.
                Ok(shared) => {
                    world.values.push(Value::Shared(Object::new(shared, Model::unknown())));
                    for value in &world.values {
                        if let Value::Shared(Object { model, shared }) = value {
                            if shared.fd().is_some() {
                                *model.borrow_mut() = Model::unknown();
                            }
                        }
                    }
                    return;
                }
                failed => failed,
            }
        }
        _ => {
            let (_, file) = world.files.any(input);
            match options.shared_fd(file.try_clone().unwrap().into()) {
                Ok(_) => panic!("a file that is not sealed was taken"),
                failed => return tell(failed),
            }
        }
    };
    match made {
        Ok(shared) => {
            let object = Object::new(shared, Model::zeros(len));
            if object.shared.len() != len {
                *object.model.borrow_mut() = Model::zeros(short);
            }
            object.check();
            world.values.push(Value::Shared(object));
        }
        failed => tell(failed),
    }
}

pub(super) fn change_shared(world: &mut World<'_>, object: Object) {
    let Object { mut shared, model } = object;
    let (input, len) = (&mut world.input, shared.len());
    let (at, range, value) = (input.number(len), input.range(len), input.byte());
    match input.below(22) {
        0..=2 => verbs!(input, &shared, len),
        3 => tell(shared.prefault(range)),
        4 | 5 => {
            let mut bytes = input.bytes();
            let done = shared.read_at(at, &mut bytes);
            if done.is_ok() {
                model.borrow().check_part(at..at + bytes.len(), &bytes);
            }
            tell(done);
        }
        6 | 7 => {
            let bytes = input.bytes();
            let done = shared.write_at(at, &bytes);
            if done.is_ok() {
                model.borrow_mut().write(at, &bytes);
            }
            tell(done);
        }
        8 => {
            let done = shared.fill(range, value);
            if done.is_ok() {
                model.borrow_mut().fill(range, len, value);
            }
            tell(done);
        }
        9 => {
            let done = shared.copy_within(range, at);
            if done.is_ok() {
                model.borrow_mut().copy_within(range, len, at);
            }
            tell(done);
        }
        10 | 11 => atomics(input, &shared, &mut model.borrow_mut()),
        12 => shared.forget_atomics(),
        13 => {
            // Another value of the same object.
            if let (Some(fd), true) = (shared.fd(), shared.is_sealed()) {
                let fd = fd.try_clone_to_owned().unwrap();
                let options = world.options();
                match options.shared_fd(fd) {
                    Ok(same) => {
                        let model = Rc::clone(&model);
                        world.values.push(Value::Shared(Object { shared: same, model }));
                    }
                    failed => tell(failed),
                }
            }
        }
        14 => {
            // A map of it, whose writes the model knows nothing of.
            if let (Some(fd), true) = (shared.fd(), shared.is_sealed()) {
                *model.borrow_mut() = Model::unknown();
                let fd = fd.try_clone_to_owned().unwrap();
                files::of_object(world, fd);
            }
        }
        15 => {
            if let Some(fd) = shared.into_fd() {
                tell(Sealed::from_fd(fd));
            }
            return;
        }
        16 => return shared.unmap().unwrap(),
        17 if !world.is_reserved(shared.as_ptr()) => {
            let (parts, fd) = shared.into_raw_parts();
            // SAFETY: the parts are those of this value, and used once.
            shared = unsafe { Shared::from_raw_parts(parts, fd) };
        }
        18 => return,
        _ => {}
    }
    let object = Object { shared, model };
    object.check();
    world.values.push(Value::Shared(object));
}

fn atomics(input: &mut Input<'_>, shared: &Shared, model: &mut Model) {
    let (at, range, value) = (input.number(shared.len()), input.range(shared.len()), input.byte());
    macro_rules! width {
        ($atomic:ty, $number:ty) => {{
            match shared.atomic::<$atomic>(at) {
                Ok(atomic) => {
                    atomic.store(<$number>::from(value), Relaxed);
                    model.write(at, &<$number>::from(value).to_ne_bytes());
                }
                failed => tell(failed),
            }
            match shared.atomics::<$atomic>(range) {
                Ok(all) => {
                    let len = accepted(range, shared.len()).len();
                    assert_eq!(len, size_of::<$number>() * all.len());
                    let sum = all.iter().fold(0, |sum, one| one.load(Relaxed) | sum);
                    std::hint::black_box(sum);
                }
                failed => tell(failed),
            }
        }};
    }
    match input.below(4) {
        0 => width!(AtomicU8, u8),
        1 => width!(AtomicU16, u16),
        2 => width!(AtomicU32, u32),
        _ => width!(AtomicU64, u64),
    }
}

pub(super) fn change_unlink(world: &mut World<'_>, guard: UnlinkGuard) {
    match world.input.below(4) {
        0 => {
            let name = guard.name().clone();
            guard.keep();
            tell(name.unlink());
        }
        1 => tell(guard.unlink()),
        2 => drop(guard),
        _ => {
            tell(guard.name().unlink());
            world.values.push(Value::Unlink(guard));
        }
    }
}

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

pub(super) fn change_sealed(world: &mut World<'_>, mut sealed: Sealed, model: Model) {
    let (input, len) = (&mut world.input, sealed.len());
    match input.below(9) {
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
        }
        5 if !world.is_reserved(sealed.as_ptr()) => {
            let (parts, fd) = sealed.into_raw_parts();
            // SAFETY: the parts are those of this value, and used once.
            sealed = unsafe { Sealed::from_raw_parts(parts, fd) };
        }
        6 => {
            let fd = sealed.as_fd().try_clone_to_owned().unwrap();
            files::of_object(world, fd);
        }
        7 => return sealed.unmap().unwrap(),
        _ => {}
    }
    model.check(&sealed);
    world.values.push(Value::Sealed(sealed, model));
}
