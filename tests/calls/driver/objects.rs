//! Memory shared with others.

use std::{
    cell::RefCell,
    ffi::CString,
    ops::{Bound, Range},
    process,
    rc::Rc,
    sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed},
};

use mman::{Protection, Sealed, Shared, ShmName, UnlinkGuard, sys::stat::Mode};

use super::{
    Value, World, files,
    input::{Bounds, Input},
    model::{Model, accepted},
    tell,
};

/// Shared memory, what all values of the same object should hold, and where in that it starts.
pub(super) struct Object {
    shared: Shared,
    model: Rc<RefCell<Model>>,
    from: usize,
}

impl Object {
    fn new(shared: Shared, model: Model) -> Self {
        Self { shared, model: Rc::new(RefCell::new(model)), from: 0 }
    }

    pub(super) fn check(&self) {
        let mut bytes = vec![0; self.shared.len().min(100_000)];
        self.shared.read_at(0, &mut bytes).unwrap();
        if bytes.len() == self.shared.len() {
            self.model.borrow().check_part(self.from..self.from + bytes.len(), &bytes);
        }
    }

    /// A range of the memory as one of the model.
    fn within(&self, range: Bounds) -> Bounds {
        let Range { start, end } = accepted(range, self.shared.len());
        (Bound::Included(self.from + start), Bound::Excluded(self.from + end))
    }

    fn start(&self) -> *const u8 {
        self.shared.as_ptr()
    }

    fn end(&self) -> *const u8 {
        self.shared.as_ptr().wrapping_add(self.shared.len())
    }

    /// Both as one, or as two.
    fn join(mut self, other: Self) -> (Self, Option<Self>) {
        let (len, more) = (self.shared.len(), other.shared.len());
        match self.shared.join(other.shared) {
            Ok(()) if more == 0 => {}
            Ok(()) if len == 0 => (self.model, self.from) = (other.model, other.from),
            Ok(()) => {
                let same = Rc::ptr_eq(&self.model, &other.model);
                if !(same && self.from + len == other.from) {
                    // The others of either object know nothing of what is written by this.
                    for model in [&self.model, &other.model] {
                        *model.borrow_mut() = Model::unknown();
                    }
                    (self.model, self.from) = (Rc::clone(&other.model), 0);
                }
                assert_eq!(len + more, self.shared.len());
            }
            Err((shared, error)) => {
                tell::<(), _>(Err(error));
                assert_eq!(more, shared.len());
                return (self, Some(Self { shared, ..other }));
            }
        }
        (self, None)
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
                        if let Value::Shared(Object { model, shared, .. }) = value {
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

pub(super) fn change_shared(world: &mut World<'_>, mut object: Object) {
    let reserved = world.is_reserved(object.start());
    let (input, len) = (&mut world.input, object.shared.len());
    let (at, range, value) = (input.number(len), input.range(len), input.byte());
    let (shared, model, from) = (&mut object.shared, &object.model, object.from);
    match input.below(28) {
        0..=2 => verbs!(input, &*shared, len),
        3 => tell(shared.prefault(range)),
        4 | 5 => {
            let mut bytes = input.bytes();
            let done = shared.read_at(at, &mut bytes);
            if done.is_ok() {
                model.borrow().check_part(from + at..from + at + bytes.len(), &bytes);
            }
            tell(done);
        }
        6 | 7 => {
            let bytes = input.bytes();
            let done = shared.write_at(at, &bytes);
            if done.is_ok() {
                model.borrow_mut().write(from + at, &bytes);
            }
            tell(done);
        }
        8 => {
            let done = shared.fill(range, value);
            if done.is_ok() {
                model.borrow_mut().fill(object.within(range), usize::MAX, value);
            }
            tell(done);
        }
        9 => {
            let done = shared.copy_within(range, at);
            if done.is_ok() {
                model.borrow_mut().copy_within(object.within(range), usize::MAX, from + at);
            }
            tell(done);
        }
        10 | 11 => atomics(input, &object),
        12 => shared.forget_atomics(),
        13 => {
            // Another value of the same object.
            if let (Some(fd), true) = (shared.fd(), shared.is_sealed()) {
                let fd = fd.try_clone_to_owned().unwrap();
                let options = world.options();
                match options.shared_fd(fd) {
                    Ok(same) => {
                        let model = Rc::clone(model);
                        world.values.push(Value::Shared(Object { shared: same, model, from: 0 }));
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
            if let Some(fd) = object.shared.into_fd() {
                tell(Sealed::from_fd(fd));
            }
            return;
        }
        16 => return object.shared.unmap().unwrap(),
        17 if !reserved => {
            let offset = shared.offset();
            let (parts, fd) = object.shared.into_raw_parts();
            let is_object = fd.is_some();
            // SAFETY: the parts are those of this value, and used once.
            object.shared = unsafe { Shared::from_raw_parts(parts, fd) };
            assert!(!is_object || offset == object.shared.offset());
        }
        18 => return,
        19 | 20 => {
            let at = if input.flag() { at } else { input.ends(len).start };
            match shared.split_off(at) {
                Ok(tail) => {
                    assert_eq!((at, len - at), (shared.len(), tail.len()));
                    assert_eq!(shared.offset() + at as u64, tail.offset());
                    let (model, from) = (Rc::clone(model), from + at);
                    world.values.push(Value::Shared(Object { shared: tail, model, from }));
                }
                failed => tell(failed),
            }
        }
        21 | 22 => return join(world, object),
        23 => match shared.protect(range, input.protection()) {
            Ok(guard) => {
                let shut = guard.range();
                assert_eq!(accepted(range, len), shut);
                let first = guard.read_at(shut.start, &mut [0; 1]);
                let readable = guard.protection() != Protection::None;
                assert!(shut.is_empty() || first.is_ok() == readable);
                let mut bytes = input.bytes();
                let done = guard.read_at(at, &mut bytes);
                if done.is_ok() {
                    model.borrow().check_part(from + at..from + at + bytes.len(), &bytes);
                }
                tell(done);
                if input.flag() {
                    guard.restore().unwrap();
                }
            }
            failed => tell(failed),
        },
        _ => {}
    }
    object.check();
    world.values.push(Value::Shared(object));
}

/// Joins memory with another, either way round.
fn join(world: &mut World<'_>, object: Object) {
    let is = |test: &dyn Fn(&Object) -> bool| {
        world.values.iter().position(|value| matches!(value, Value::Shared(it) if test(it)))
    };
    // That which follows, else any.
    let other = is(&|other| other.start() == object.end()).or_else(|| is(&|_| true));
    let kept = match other.map(|index| world.values.swap_remove(index)) {
        Some(Value::Shared(other)) => match object.join(other) {
            (object, Some(other)) => other.join(object),
            one => one,
        },
        _ => (object, None),
    };
    for object in [Some(kept.0), kept.1].into_iter().flatten() {
        object.check();
        world.values.push(Value::Shared(object));
    }
}

fn atomics(input: &mut Input<'_>, object: &Object) {
    let (shared, mut model) = (&object.shared, object.model.borrow_mut());
    let (at, range, value) = (input.number(shared.len()), input.range(shared.len()), input.byte());
    macro_rules! width {
        ($atomic:ty, $number:ty) => {{
            match shared.atomic::<$atomic>(at) {
                Ok(atomic) => {
                    atomic.store(<$number>::from(value), Relaxed);
                    let bytes = <$number>::from(value).to_ne_bytes();
                    model.write(object.from + at, &bytes);
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
