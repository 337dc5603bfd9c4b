//! Atomics: which offsets they have, one width for each location, and other processes.

use std::sync::atomic::{
    AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32,
    AtomicU64, AtomicUsize, Ordering::Relaxed,
};

use mman::{Atomic, Shared};

use super::bytes;
use crate::util::{child::in_child, page};

fn error<T: Atomic>(shared: &Shared, offset: usize) -> String {
    shared.atomic::<T>(offset).map(drop).unwrap_err().to_string()
}

#[test]
fn each_type_is_the_bytes_at_its_offset() {
    macro_rules! check {
        ($($name:ident $of:ty),+ $(,)?) => {$(
            let shared = Shared::anonymous(64).unwrap();
            let size = size_of::<$of>();
            let last = shared.atomic::<$name>(64 - size).unwrap();
            last.store(!3, Relaxed);
            assert_eq!((!3 as $of).to_ne_bytes(), bytes(&shared)[64 - size..]);
            shared.write_at(0, &[0x11; 8]).unwrap();
            let first = shared.atomic::<$name>(0).unwrap();
            assert_eq!(<$of>::from_ne_bytes([0x11; size_of::<$of>()]), first.load(Relaxed));
            let outside = error::<$name>(&shared, 64);
            assert_eq!(format!("atomic: 64..{} is not within 0..64", 64 + size), outside);
            if size > 1 {
                let odd = error::<$name>(&shared, size / 2);
                let rule = format!("offset {} is not a multiple of the size {size}", size / 2);
                assert_eq!(format!("atomic: {rule}"), odd);
                assert!(shared.atomic::<$name>(65 - size).is_err());
            }
        )+};
    }
    check!(AtomicU8 u8, AtomicU16 u16, AtomicU32 u32, AtomicU64 u64, AtomicUsize usize);
    check!(AtomicI8 i8, AtomicI16 i16, AtomicI32 i32, AtomicI64 i64, AtomicIsize isize);
}

#[test]
fn an_offset_that_no_memory_has() {
    let shared = Shared::anonymous(64).unwrap();
    let most = usize::MAX;
    let beyond = format!("atomic: 8 bytes from offset {most} on are beyond the largest number");
    assert_eq!(beyond, error::<AtomicU64>(&shared, most));
    assert!(shared.atomic::<AtomicU64>(most - 7).is_err());
    assert!(Shared::anonymous(0).unwrap().atomic::<AtomicU8>(0).is_err());
}

#[test]
fn many_are_a_slice() {
    let shared = Shared::anonymous(100).unwrap();
    let slots = shared.atomics::<AtomicU32>(4..100).unwrap();
    assert_eq!(24, slots.len());
    for (number, slot) in slots.iter().enumerate() {
        slot.store(number as u32 + 1, Relaxed);
    }
    assert_eq!(24, shared.atomic::<AtomicU32>(96).unwrap().load(Relaxed));
    assert_eq!([0; 4], bytes(&shared)[..4]);
    let error = |result: Result<&[AtomicU32], mman::MapError>| result.unwrap_err().to_string();
    assert_eq!("atomics: 6 bytes are not a multiple of the size 4", error(shared.atomics(4..10)));
    let odd = "atomics: offset 2 is not a multiple of the size 4";
    assert_eq!(odd, error(shared.atomics(2..6)));
    assert_eq!("atomics: 4..104 is not within 0..100", error(shared.atomics(4..104)));
    assert_eq!(0, shared.atomics::<AtomicU64>(8..8).unwrap().len());
    assert_eq!(0, Shared::anonymous(0).unwrap().atomics::<AtomicU64>(..).unwrap().len());
}

/// Rust wants accesses that race to be of one width where they overlap.
#[test]
fn a_location_has_one_width() {
    let mut shared = Shared::anonymous(page()).unwrap();
    shared.atomics::<AtomicU64>(64..128).unwrap();
    shared.atomic::<AtomicI64>(64).unwrap();
    shared.atomic::<AtomicU64>(128).unwrap();
    for offset in (64..136).step_by(4) {
        let used = format!("atomic: offset {offset} is used by atomics of 8 bytes");
        assert_eq!(used, error::<AtomicU32>(&shared, offset));
        assert_eq!(used, error::<AtomicU8>(&shared, offset));
    }
    shared.atomic::<AtomicU32>(60).unwrap();
    shared.atomic::<AtomicU16>(136).unwrap();
    let taken = shared.atomics::<AtomicU64>(56..64).unwrap_err().to_string();
    assert_eq!("atomics: offset 60 is used by atomics of 4 bytes", taken);
    let taken = shared.atomics::<AtomicU64>(..).unwrap_err().to_string();
    assert!(taken.starts_with("atomics: offset "), "{taken}");
    // What was refused was not noted.
    shared.atomic::<AtomicU8>(56).unwrap();
    // Copies are for every location.
    shared.fill(.., 1).unwrap();
    let width = shared.atomic::<AtomicU64>(64).unwrap();
    assert_eq!(0x0101_0101_0101_0101, width.load(Relaxed));
    shared.forget_atomics();
    assert_eq!(page() / 4, shared.atomics::<AtomicU32>(..).unwrap().len());
}

/// Each of several processes adds, by each width, and nothing is lost.
#[test]
fn all_processes_add_up() {
    const ROUNDS: u32 = 20_000;
    let shared = Shared::memfd(c"sums", 4096).unwrap();
    let bytes = shared.atomic::<AtomicU8>(1).unwrap();
    let halves = shared.atomic::<AtomicU16>(2).unwrap();
    let words = shared.atomic::<AtomicU32>(4).unwrap();
    let doubles = shared.atomic::<AtomicU64>(8).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                in_child(|| {
                    for _ in 0..ROUNDS {
                        bytes.fetch_add(1, Relaxed);
                        halves.fetch_add(1, Relaxed);
                        words.fetch_add(1, Relaxed);
                        doubles.fetch_add(1 << 32, Relaxed);
                    }
                });
            });
        }
    });
    let all = 3 * ROUNDS;
    assert_eq!((all as u8, all as u16), (bytes.load(Relaxed), halves.load(Relaxed)));
    assert_eq!((all, u64::from(all) << 32), (words.load(Relaxed), doubles.load(Relaxed)));
    // The byte beside them is nobody's.
    let mut first = [9];
    shared.read_at(0, &mut first).unwrap();
    assert_eq!([0], first);
}
