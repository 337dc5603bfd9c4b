//! `Shared`: memory of several processes, by what they see of each other.

mod atomics;
mod copies;
mod named;
mod objects;
mod parts;
mod policies;
mod protect;
mod random;

use std::fs;

use mman::{Atomic, MapOptions, Shared, SharedProtectGuard, ShmName, UnlinkGuard};

/// Threads may share and take it: whatever is done by `&self` is atomic, or done by the kernel.
/// The guards have what they guard, and restore or unlink it on any thread.
#[test]
fn it_goes_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<Shared>();
    check::<SharedProtectGuard<'_>>();
    check::<ShmName>();
    check::<UnlinkGuard>();
    check::<MapOptions>();
    fn atomics<T: Atomic + Send + Sync>() {}
    atomics::<std::sync::atomic::AtomicU8>();
    atomics::<std::sync::atomic::AtomicI64>();
}

fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// All bytes, by a copy.
fn bytes(shared: &Shared) -> Vec<u8> {
    let mut bytes = vec![0xee; shared.len()];
    shared.read_at(0, &mut bytes).unwrap();
    bytes
}
