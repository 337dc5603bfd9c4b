//! Maps of files, which others make shorter and longer meanwhile.

use std::{
    env,
    fs::{self, File, OpenOptions},
    os::{
        fd::{AsRawFd as _, OwnedFd},
        unix::{
            fs::{FileExt as _, OpenOptionsExt as _},
            net::UnixStream,
        },
    },
    process,
    sync::OnceLock,
};

use mman::{
    FileMap, FileMapCow, FileMapMut, MapError, MappedFile,
    access::{Access, CopyOnWrite, Executable, ReadOnly, ReadWrite},
    sys::mman::{MemFdFlags, memfd_create},
};

use super::{
    KERNEL, Value, World,
    accesses::{check, cursor, race, read, scoped, write},
    input::Input,
    model::accepted,
    tell,
};

/// Files of all kinds.
pub(super) struct Files {
    memory: File,
    disk: File,
    /// `memory` again.
    reading: File,
}

pub(super) const MEMORY: usize = 0;
const DISK: usize = 1;
/// The last of those that are files.
pub(super) const READING: usize = 2;
/// With those that are no good.
const COUNT: usize = 8;

impl Files {
    pub(super) fn new() -> Self {
        if !KERNEL {
            let none = || File::open("/dev/null").unwrap();
            return Self { memory: none(), disk: none(), reading: none() };
        }
        let memory = File::from(memfd_create("calls", MemFdFlags::MFD_CLOEXEC).unwrap());
        memory.write_all_at(&[7; 30_000], 0).unwrap();
        let path = env::temp_dir().join(format!("mman-calls-disk-{}", process::id()));
        let mut disk = OpenOptions::new();
        let disk = disk.read(true).write(true).create_new(true).open(&path).unwrap();
        fs::remove_file(&path).unwrap();
        disk.write_all_at(b"disk", 0).unwrap();
        let reading = File::open(format!("/proc/self/fd/{}", memory.as_raw_fd())).unwrap();
        Self { memory, disk, reading }
    }

    /// The files that are no good are the same for all calls.
    pub(super) fn get(&self, file: usize) -> &File {
        static OTHERS: OnceLock<[File; COUNT - 3]> = OnceLock::new();
        match file {
            MEMORY => &self.memory,
            DISK => &self.disk,
            READING => &self.reading,
            other => {
                let others = OTHERS.get_or_init(|| {
                    let mut path_only = OpenOptions::new();
                    path_only.read(true).custom_flags(libc::O_PATH);
                    let zero = OpenOptions::new().read(true).write(true).open("/dev/zero");
                    let (socket, _) = UnixStream::pair().unwrap();
                    [
                        File::open("/proc/self/limits").unwrap(),
                        File::open("/").unwrap(),
                        path_only.open("/dev/null").unwrap(),
                        File::from(OwnedFd::from(socket)),
                        zero.unwrap(),
                    ]
                });
                &others[other - 3]
            }
        }
    }

    /// One of the files, with more weight on those that are good.
    pub(super) fn any(&self, input: &mut Input<'_>) -> (usize, &File) {
        let index = match input.below(16) {
            0..=8 => MEMORY,
            9 => DISK,
            10..=11 => READING,
            other => other - 9,
        };
        let index = index.min(COUNT - 1);
        (index, self.get(index))
    }

    /// One that can be read to its end.
    pub(super) fn any_finite(&self, input: &mut Input<'_>) -> &File {
        let (index, file) = self.any(input);
        if index == COUNT - 1 { &self.memory } else { file }
    }

    pub(super) fn changeable(&self, input: &mut Input<'_>) -> &File {
        if input.below(8) == 0 { &self.disk } else { &self.memory }
    }
}

/// What an access to a map of each kind is, and where the map is kept.
pub(super) trait Kind: Access + Sized {
    fn value(map: MappedFile<Self>, file: usize) -> Value;

    /// Where it is, if it is one.
    fn start(value: &Value) -> Option<*const u8>;

    fn of(value: Value) -> Result<(MappedFile<Self>, usize), Value>;

    /// A call that only some kinds have.
    fn own(_: &mut World<'_>, _: &mut MappedFile<Self>, _: usize) {}
}

macro_rules! kind {
    ($variant:ident) => {
        fn value(map: MappedFile<Self>, file: usize) -> Value {
            Value::$variant(map, file)
        }

        fn start(value: &Value) -> Option<*const u8> {
            match value {
                Value::$variant(map, _) => Some(map.as_ptr()),
                _ => None,
            }
        }

        fn of(value: Value) -> Result<(MappedFile<Self>, usize), Value> {
            match value {
                Value::$variant(map, file) => Ok((map, file)),
                other => Err(other),
            }
        }
    };
}

impl Kind for ReadOnly {
    kind!(Read);

    fn own(world: &mut World<'_>, map: &mut FileMap, _: usize) {
        let (_, file) = world.files.any(&mut world.input);
        let old = map.len();
        let len = world.input.number(old);
        let done = map.resize(file, len);
        assert_eq!(if done.is_ok() { len } else { old }, map.len());
        tell(done);
    }
}

impl Kind for Executable {
    kind!(Run);
}

impl Kind for ReadWrite {
    kind!(Write);

    fn own(world: &mut World<'_>, map: &mut FileMapMut, _: usize) {
        let input = &mut world.input;
        let len = map.len();
        let range = input.range(len);
        let (_, file) = world.files.any(input);
        match input.below(12) {
            0 => tell(map.flush(range)),
            1 => tell(map.flush_async(range)),
            2 => tell(map.flush_durable(file, range)),
            3 | 4 => tell(map.remove(range)),
            5..=7 => {
                let new = input.number(len);
                let done = map.resize(file, new);
                assert_eq!(if done.is_ok() { new } else { len }, map.len());
                tell(done);
            }
            _ => write(input, map),
        }
    }
}

impl Kind for CopyOnWrite {
    kind!(Copy);

    fn own(world: &mut World<'_>, map: &mut FileMapCow, _: usize) {
        let range = world.input.range(map.len());
        if world.input.below(4) == 0 {
            tell(map.discard(range));
        } else {
            write(&mut world.input, map);
        }
    }
}

/// Makes a map, or more of one kind, which in a reservation may lie side by side.
pub(super) fn make(world: &mut World<'_>) {
    let options = world.options();
    let (kind, count) = (world.input.below(9), 1 + world.input.below(3));
    for _ in 0..count {
        let (index, file) = world.files.any(&mut world.input);
        let part = world.input.part(file.metadata().map_or(0, |about| about.len()));
        let made = match kind {
            0 | 1 => options.file(file, part).map(|map| Value::Read(map, index)),
            2 => options.file_mut(file, part).map(|map| Value::Write(map, index)),
            3 => options.file_cow(file, part).map(|map| Value::Copy(map, index)),
            4 => options.file_exec(file, part).map(|map| Value::Run(map, index)),
            5 => options.file_allocated(file, part).map(|map| Value::Write(map, index)),
            6 => {
                let len = world.input.number(0);
                FileMapMut::with_len(file, len).map(|map| Value::Write(map, index))
            }
            7 => FileMapMut::new(file).map(|map| Value::Write(map, index)),
            // Of no file of those here: what looks at that has to notice.
            _ => new_file(world.input.number(0)).map(|map| Value::Write(map, COUNT - 1)),
        };
        match made {
            Ok(value) => world.values.push(value),
            failed => tell(failed),
        }
    }
}

fn new_file(len: usize) -> Result<FileMapMut, MapError> {
    let path = env::temp_dir().join(format!("mman-calls-{}", process::id()));
    let made = FileMapMut::create_new(&path, len).inspect(|map| {
        tell(FileMapCow::open(&path));
        fs::remove_file(&path).unwrap();
        assert_eq!(len, map.len());
    });
    assert!(!path.exists());
    made
}

/// What others do to the files, and what can be asked of them.
pub(super) fn act(world: &mut World<'_>) {
    let input = &mut world.input;
    let file = world.files.changeable(input);
    let len = file.metadata().unwrap().len();
    let at = input.number(usize::try_from(len).unwrap()) as u64 % (1 << 20);
    match input.below(10) {
        0..=3 => file.set_len(at).unwrap(),
        4..=6 => {
            let bytes = input.bytes();
            file.write_all_at(&bytes, at).unwrap();
        }
        7 => {
            let (at, len) = (at as libc::off_t, 1 + input.number(0) % 100_000);
            let mode = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
            // SAFETY: the file is open.
            unsafe { libc::fallocate(file.as_raw_fd(), mode, at, len as libc::off_t) };
        }
        _ => {
            let (_, file) = world.files.any(input);
            tell(mman::observe::page_cache(file));
        }
    }
}

/// Makes a call of a map, and puts that back.
pub(super) fn change<A: Kind>(world: &mut World<'_>, mut map: MappedFile<A>, file: usize) {
    let reserved = world.is_reserved(map.as_ptr());
    let (input, len) = (&mut world.input, map.len());
    match input.below(28) {
        0..=2 => verbs!(input, &map, len),
        3 => tell(map.prefault(input.range(len))),
        4..=6 => read(input, &map),
        7 => cursor(input, &map),
        8 => scoped(world, &map),
        9 if input.below(3) == 0 => race(world, &map),
        10..=15 => A::own(world, &mut map, file),
        16 | 17 => {
            let at = if input.flag() { input.number(len) } else { input.ends(len).start };
            match map.split_off(at) {
                Ok(tail) => {
                    assert_eq!((at, len - at), (map.len(), tail.len()));
                    world.values.push(A::value(tail, file));
                }
                failed => tell(failed),
            }
        }
        18 | 19 => return join(world, map, file),
        20 | 21 => {
            let value = match input.below(4) {
                0 => either(map.make_read_only(), file),
                1 => either(map.make_mut(), file),
                2 => either(map.make_cow(), file),
                _ => either(map.make_exec(), file),
            };
            return world.values.push(value);
        }
        22 if !reserved => {
            let parts = map.into_raw_parts();
            // SAFETY: the parts are those of this map, and used once.
            map = unsafe { MappedFile::from_raw_parts(parts) };
        }
        23 => return map.unmap().unwrap(),
        24 => return,
        25 | 26 => {
            let (range, protection) = (input.range(len), input.protection());
            match map.protect(range, protection) {
                Ok(guard) => {
                    assert_eq!(
                        (accepted(range, len), protection),
                        (guard.range(), guard.protection())
                    );
                    if let Some(shown) = guard.as_map() {
                        read(input, shown);
                        scoped(world, shown);
                        check(world, shown, file);
                    }
                    if world.input.flag() {
                        guard.restore().unwrap();
                    }
                }
                failed => tell(failed),
            }
        }
        _ => {}
    }
    check(world, &map, file);
    world.values.push(A::value(map, file));
}

fn either<A: Kind, B: Kind>(
    result: Result<MappedFile<A>, (MappedFile<B>, MapError)>,
    file: usize,
) -> Value {
    match result {
        Ok(map) => A::value(map, file),
        Err((map, error)) => {
            tell::<(), _>(Err(error));
            B::value(map, file)
        }
    }
}

/// Joins a map with another of its kind, either way round.
fn join<A: Kind>(world: &mut World<'_>, mut map: MappedFile<A>, mut file: usize) {
    let end = map.as_ptr().wrapping_add(map.len());
    let mut others = world.values.iter();
    // That which follows, else one that was split off of late.
    let next = others.position(|value| A::start(value) == Some(end));
    let other = next.or_else(|| world.values.iter().rposition(|value| A::start(value).is_some()));
    if let Some(Ok((other, its))) = other.map(|index| A::of(world.values.remove(index))) {
        let lens = (map.len(), other.len());
        match map.join(other) {
            Ok(()) => {
                assert_eq!(lens.0 + lens.1, map.len());
                if lens.0 == 0 && lens.1 != 0 {
                    file = its;
                }
            }
            Err((mut other, error)) => {
                tell::<(), _>(Err(error));
                match other.join(map) {
                    Ok(()) => {
                        check(world, &other, its);
                        return world.values.push(A::value(other, its));
                    }
                    Err((back, _)) => map = back,
                }
                world.values.push(A::value(other, its));
            }
        }
    }
    check(world, &map, file);
    world.values.push(A::value(map, file));
}

/// That the map of an object is one of the files: what they all have in common.
pub(super) fn of_object(world: &mut World<'_>, object: impl std::os::fd::AsFd) {
    let options = world.options();
    let part = world.input.part(10_000);
    match options.file_mut(object.as_fd(), part) {
        Ok(map) => world.values.push(Value::Write(map, COUNT - 1)),
        failed => tell(failed),
    }
}
