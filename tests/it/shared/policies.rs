//! Policies of shared memory: what the kernel says of each.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use mman::{
    Commit, CoreDump, Fork, HugePages, Lock, MapError, MapOptions, Placement, Prefault,
    Reservation, Shared, ShmName, sys::stat::Mode,
};

use super::bytes;
use crate::util::{
    child::{End, SEGV_MAPERR, child, faults, in_child},
    map::Area,
    page, smaps,
};

/// Each kind of memory with these options, one after the other.
fn each_kind(options: &MapOptions) -> impl Iterator<Item = Result<Shared, MapError>> {
    type Make = fn(&MapOptions, usize) -> Result<Shared, MapError>;
    const KINDS: [Make; 4] = [
        |options, len| options.shared(len),
        |options, len| options.shared_memfd(c"made", len),
        |options, len| {
            let received = Shared::memfd(c"received", len).unwrap().into_fd().unwrap();
            options.shared_fd(received).map_err(|(_, error)| error)
        },
        |options, len| {
            static COUNT: AtomicUsize = AtomicUsize::new(0);
            let (process, count) = (std::process::id(), COUNT.fetch_add(1, SeqCst));
            let name = ShmName::new(format!("/mman-test-policies-{process}-{count}")).unwrap();
            let mode = Mode::S_IRUSR | Mode::S_IWUSR;
            options.shared_create(&name, len, mode).map(|(shared, _)| shared)
        },
    ];
    KINDS.into_iter().map(|make| make(options, 3 * page()))
}

#[test]
fn plain_memory_has_no_policy() {
    for shared in each_kind(&MapOptions::new()) {
        let shared = shared.unwrap();
        let about = smaps::at(shared.as_ptr());
        assert_eq!("rw-s", about.perms);
        for flag in ["dc", "wf", "dd", "lo", "nr", "hg", "nh", "ht"] {
            assert!(!about.has(flag), "{flag}");
        }
    }
}

#[test]
fn a_child_shares_it() {
    for shared in each_kind(&MapOptions::new()) {
        let shared = shared.unwrap();
        in_child(|| shared.write_at(7, b"child").unwrap());
        assert_eq!(b"child", &bytes(&shared)[7..12]);
    }
}

#[test]
fn a_child_may_not_get_it() {
    for shared in each_kind(MapOptions::new().fork(Fork::Exclude)) {
        let shared = shared.unwrap();
        assert!(smaps::at(shared.as_ptr()).has("dc"));
        faults(libc::SIGSEGV, SEGV_MAPERR, shared.as_ptr(), || shared.fill(.., 1));
        // Dropping it there unmaps nothing, whatever is there by then.
        in_child(|| {
            let len = shared.mapped_len();
            let area = Area::reserve(len / page());
            let there = shared.as_ptr();
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
            let got = unsafe { libc::mmap(there.cast(), len, libc::PROT_READ, flags, -1, 0) };
            assert_eq!(there.cast(), got);
            drop(shared);
            assert!(smaps::find(there).is_some());
            drop(area);
        });
    }
}

#[test]
fn only_private_memory_is_wiped() {
    for refused in each_kind(MapOptions::new().fork(Fork::Wipe)) {
        let error = refused.unwrap_err();
        let text = error.to_string();
        let rule = "only private memory can be wiped for children: this is shared";
        assert_eq!(format!("{}: {rule}", error.operation()), text);
        assert_eq!(None, error.errno());
    }
}

#[test]
fn locks_dumps_and_prefault() {
    in_child(|| {
        let mut options = MapOptions::new();
        options.lock(Lock::OnFault).core_dump(CoreDump::Exclude).name(c"shared");
        for shared in each_kind(&options) {
            let shared = shared.unwrap();
            let about = smaps::at(shared.as_ptr());
            assert!(about.has("lo") && about.has("dd") && shared.is_locked());
        }
        for prefault in [Prefault::Read, Prefault::Write] {
            for shared in each_kind(MapOptions::new().prefault(prefault)) {
                assert_eq!(3 * page(), smaps::at(shared.unwrap().as_ptr()).bytes("Rss"));
            }
        }
        let locked = MapOptions::new().lock(Lock::Now).shared(page()).unwrap();
        assert_eq!(1, locked.residency(..).unwrap().resident());
    });
}

#[test]
fn nothing_is_promised() {
    for shared in each_kind(MapOptions::new().commit(Commit::NoReserve)) {
        let shared = shared.unwrap();
        assert!(smaps::at(shared.as_ptr()).has("nr"));
        shared.fill(.., 1).unwrap();
    }
}

#[test]
fn places_and_guards() {
    let mut options = MapOptions::new();
    options.placement(Placement::Aligned(1 << 21)).guard_pages(1, 1);
    for shared in each_kind(&options) {
        let shared = shared.unwrap();
        assert_eq!(0, shared.as_ptr().addr() % (1 << 21));
        assert_eq!(5 * page(), shared.mapped_len());
        shared.fill(.., 1).unwrap();
        for at in [shared.as_ptr().wrapping_sub(1), shared.as_ptr().wrapping_add(3 * page())] {
            let end = child(|| unsafe { at.write_volatile(1) });
            assert!(matches!(end, End::Faulted(libc::SIGSEGV, _, there) if there == at.addr()));
        }
    }
    let reservation = Reservation::new(64 * page()).unwrap();
    let mut options = MapOptions::new();
    options.placement(Placement::Within(reservation.clone(), 16 * page()));
    for shared in each_kind(&options) {
        let shared = shared.unwrap();
        assert_eq!(reservation.as_ptr().addr() + 16 * page(), shared.as_ptr().addr());
        assert!(options.shared(1).is_err());
        shared.fill(.., 1).unwrap();
    }
}

#[test]
fn transparent_huge_pages_are_asked_for() {
    if !have!("thp") {
        return;
    }
    for (huge, flag) in [(HugePages::Transparent, "hg"), (HugePages::Never, "nh")] {
        for shared in each_kind(MapOptions::new().huge_pages(huge)) {
            assert!(smaps::at(shared.unwrap().as_ptr()).has(flag), "{huge:?}");
        }
    }
}

#[test]
fn locks_of_its_pages_are_guards() {
    in_child(|| {
        let shared = Shared::memfd(c"locks", 3 * page()).unwrap();
        let guard = shared.lock(page()..page() + 1).unwrap();
        assert_eq!(page()..2 * page(), guard.range());
        assert_eq!(page(), smaps::status("VmLck"));
        drop(guard);
        assert_eq!(0, smaps::status("VmLck"));
    });
}
