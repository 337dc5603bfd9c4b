//! Pages that are touched: all of them, or exactly those before the one that is gone.

use super::util::{ASSEMBLY, Map, deny, gone, huge_pages, in_child, page};
use crate::{
    errno::Errno,
    guarded::{Broken, fallback, install::ensure, native, touch},
    sys::signal::{self, SIG_DFL, SIGBUS, SigSet},
};

/// How many pages of the map this process has in its page tables.
fn present(map: &Map) -> usize {
    let first = map.at(0).addr() / page() * 8;
    let file = std::fs::File::open("/proc/self/pagemap").unwrap();
    let mut entries = std::vec![0; map.len / page() * 8];
    std::os::unix::fs::FileExt::read_exact_at(&file, &mut entries, first as u64).unwrap();
    let is_present = |entry: &&[u8]| entry.last().is_some_and(|byte| byte >> 7 == 1);
    entries.chunks(8).filter(is_present).count()
}

/// More than is gone through at a time, and no multiple of it.
const PAGES: usize = 1030;

#[test]
fn each_page_of_a_range_is_brought_in() {
    // Around none of these pages is another one that could be brought in along with it.
    let map = Map::of_pages(PAGES, page(), 0);
    assert_eq!(Ok(()), unsafe { touch(map.at(0), 0, page()) });
    assert_eq!(0, present(&map));
    assert_eq!(Ok(()), unsafe { touch(map.at(5 * page()), 3 * page(), page()) });
    assert_eq!(3, present(&map));
    assert_eq!(Ok(()), unsafe { touch(map.at(0), map.len, page()) });
    assert_eq!(PAGES, present(&map));
    assert_eq!(map.contents(0, map.len), std::vec![0; map.len]);
}

#[test]
fn exactly_those_before_the_gone_page_are_told() {
    ensure().unwrap();
    let map = Map::of_pages(PAGES, page(), 0);
    for there in (0..40).chain([500, 511, 512, 513, 1023, 1024, 1025, PAGES - 1]) {
        map.resize(there * page());
        for first in [0, 1, 16, 17, there.saturating_sub(1), there] {
            let before = there.saturating_sub(first) * page();
            let (start, len) = (map.at(first * page()), map.len - first * page());
            assert_eq!(gone(before), unsafe { touch(start, len, page()) });
            assert_eq!(gone(before), fallback::populate(start, len, page()));
            assert_eq!(gone(before), unsafe { native::touch(start, len, page()) });
            assert_eq!(Ok(()), unsafe { touch(start, before, page()) });
            assert_eq!(Ok(()), fallback::populate(start, before, page()));
        }
    }
}

/// Each step, and nothing between: the last byte of the range need not be one.
#[test]
fn a_step_has_any_length() {
    if !ASSEMBLY {
        return;
    }
    ensure().unwrap();
    let map = Map::of_pages(8, page(), 0);
    let touch = |from: usize, len, step| unsafe { native::touch(map.at(from), len, step) };
    assert_eq!(Ok(()), touch(page(), 5 * page(), 3 * page()));
    assert_eq!(2, present(&map));
    map.resize(4 * page());
    assert_eq!(Ok(()), touch(0, 4 * page() + 1, 3 * page()));
    assert_eq!(gone(4 * page()), touch(0, 4 * page() + 1, 2 * page()));
    assert_eq!(Ok(()), touch(0, 4 * page(), 2 * page()));
    assert_eq!(gone(1), touch(4 * page() - 1, 2, 1));
    assert_eq!(gone(0), touch(4 * page(), 1, page()));
}

#[test]
fn huge_pages_are_touched_once_each() {
    const HUGE: usize = 2 << 20;
    let Some(_pool) = huge_pages(2) else { return };
    in_child(|| {
        let map = Map::of_pages(2, HUGE, libc::MFD_HUGETLB | libc::MFD_HUGE_2MB);
        assert_eq!(Ok(()), unsafe { touch(map.at(0), 2 * HUGE, HUGE) });
        assert_eq!(map.len / page(), present(&map));
        map.resize(HUGE);
        assert_eq!(gone(HUGE), unsafe { touch(map.at(0), 2 * HUGE, HUGE) });
    });
}

/// Where no handler would be called the kernel is asked; where that cannot be either, nothing is done.
#[test]
fn nobody_dies_where_touches_are_not_guarded() {
    let cut = || {
        let map = Map::of_pages(40, page(), 0);
        map.resize(20 * page());
        map
    };
    let all = |map: &Map| unsafe { touch(map.at(0), map.len, page()) };
    in_child(|| {
        let map = cut();
        signal::set_mask(SigSet::of(SIGBUS)).unwrap();
        assert_eq!(gone(20 * page()), all(&map));
        assert_eq!(20, present(&map));
        let map = cut();
        deny(libc::SYS_madvise, libc::EINVAL);
        assert_eq!(Err(Broken::refused(Errno::ENOSYS)), all(&map));
        assert_eq!(0, present(&map));
    });
    in_child(|| {
        // No handler can be installed.
        deny(libc::SYS_rt_sigaction, libc::EPERM);
        let map = cut();
        assert_eq!(gone(20 * page()), all(&map));
    });
    in_child(|| {
        ensure().unwrap();
        let default = signal::new_action(SIG_DFL, 0, SigSet::default());
        unsafe { signal::sigaction(SIGBUS, &default) }.unwrap();
        assert_eq!(gone(20 * page()), all(&cut()));
    });
}
