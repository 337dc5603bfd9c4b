//! `observe`.

mod detail;
mod machine;
mod maps;
mod page_cache;
mod probe;

use mman::observe::{
    Bound, Detail, DetailedMaps, FileId, HugePool, Kind, Limit, Limits, Machine, Mapping, Maps,
    Name, Overcommit, OvercommitMode, PageCache, Probe, Process, Reason, Support,
    TransparentHugePages, TransparentSize, Usage, VmFlags,
};

/// Threads may share and take a walk over mappings: it has an open file, which it reads by
/// `&mut self`, and a buffer of its own. All else are answers, which do not change.
#[test]
fn they_go_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<(Maps, DetailedMaps)>();
    check::<(Process, Mapping, FileId, Name, Usage, Detail, VmFlags, PageCache)>();
    check::<(Machine, HugePool, TransparentHugePages, TransparentSize)>();
    check::<(Limits, Limit, Bound, Overcommit, OvercommitMode)>();
    check::<(Probe, Kind, Support, Reason)>();
}
