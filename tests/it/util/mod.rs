//! What the tests share. It calls libc, not the library under test.

#[macro_use]
pub(crate) mod capability;
pub(crate) mod alloc;
pub(crate) mod cgroup;
pub(crate) mod child;
pub(crate) mod code;
pub(crate) mod cpu;
pub(crate) mod machine;
pub(crate) mod map;
pub(crate) mod mount;
pub(crate) mod pass;
pub(crate) mod proc;
pub(crate) mod seccomp;
pub(crate) mod smaps;
pub(crate) mod temp;
pub(crate) mod thread;
pub(crate) mod unprivileged;

/// The size of a page, not by way of the library.
pub(crate) fn page() -> usize {
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(size).unwrap()
}

/// A limit of so many seconds, times `MMAN_TEST_SLOW` where that is set: on an emulated machine.
pub(crate) fn seconds(count: u64) -> std::time::Duration {
    let slow = std::env::var("MMAN_TEST_SLOW").map_or(1, |slow| slow.parse().unwrap());
    std::time::Duration::from_secs(count * slow)
}
