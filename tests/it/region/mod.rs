//! The range check, rounding and unmapping, by way of `Anon`.

mod random;

use std::{
    mem,
    ops::{Bound, RangeBounds},
};

use mman::{
    Advice, Anon, Fault, FilePart, Footprint, HugePages, MapError, MapOptions, PageNodes,
    Placement, RawParts, Residency,
};

use crate::util::{
    child::in_child,
    machine::HugePages as Pool,
    map::{Area, at},
    page, seccomp, smaps,
};

/// Threads may share and take what is told of memory: numbers, as they were when it was asked.
#[test]
fn what_is_told_goes_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<Residency>();
    check::<Footprint>();
    check::<PageNodes>();
    check::<FilePart>();
    // Words that are never changed.
    check::<MapError>();
    check::<Fault>();
}

/// Raw parts stay where they are: they are a pointer, and whoever sends them answers for it.
#[test]
fn raw_parts_stay_on_their_thread() {
    // Which of the two is meant can be told only of a type that has not the property.
    trait NotSend<Choice> {
        const IS: bool = true;
    }
    impl<T> NotSend<()> for T {}
    impl<T: Send> NotSend<u8> for T {}
    trait NotSync<Choice> {
        const IS: bool = true;
    }
    impl<T> NotSync<()> for T {}
    impl<T: Sync> NotSync<u8> for T {}
    const { assert!(<RawParts as NotSend<_>>::IS && <RawParts as NotSync<_>>::IS) };
}

/// A verb that takes any range, and changes nothing.
fn hint(memory: &Anon, range: impl RangeBounds<usize>) -> Result<(), String> {
    memory.advise(range, Advice::Normal).map_err(|error| error.to_string())
}

#[test]
fn ranges_are_checked_without_overflow() {
    let memory = Anon::new(100).unwrap();
    for good in [0..0, 0..100, 99..100, 100..100] {
        assert_eq!(Ok(()), hint(&memory, good));
    }
    assert_eq!(Ok(()), hint(&memory, 100..));
    assert_eq!(Ok(()), hint(&memory, ..=99));
    let outside = |range: &str| Err(format!("advise: {range} is not within 0..100"));
    assert_eq!(outside("0..101"), hint(&memory, ..101));
    assert_eq!(outside("101..101"), hint(&memory, 101..101));
    let most = usize::MAX;
    assert_eq!(outside(&format!("{most}..{most}")), hint(&memory, most..most));
    assert_eq!(outside(&format!("1..{most}")), hint(&memory, 1..most));
    let beyond = Err("advise: offset 101 is beyond the length 100".to_owned());
    assert_eq!(beyond, hint(&memory, 101..));
    let largest = Err("advise: the range is beyond the largest number".to_owned());
    assert_eq!(largest, hint(&memory, ..=most));
    let after = (Bound::Excluded(most), Bound::Unbounded);
    assert_eq!(largest, hint(&memory, after));
    #[allow(clippy::reversed_empty_ranges, reason = "it is what is tested")]
    let backwards = hint(&memory, 9..3);
    assert_eq!(Err("advise: 9..3 ends before it starts".to_owned()), backwards);
}

/// memmap2 0.9.12: `advise_range(advice, len, len)` flags the neighbouring mapping.
#[test]
fn memmap2_advice_at_the_end_leaves_the_neighbour_alone() {
    if !have!("kernel") {
        return;
    }
    let mut memory = Anon::new(2 * page()).unwrap();
    let neighbour = memory.split_off(page()).unwrap();
    memory.advise(page()..page(), Advice::NoDump).unwrap();
    memory.advise(page().., Advice::NoDump).unwrap();
    let _guard = memory.lock(page()..page()).unwrap();
    assert!(!smaps::at(neighbour.as_ptr()).has("dd"));
    assert!(!smaps::at(neighbour.as_ptr()).has("lo"));
    // All of it reaches no further either.
    memory.advise(.., Advice::NoDump).unwrap();
    assert!(smaps::at(memory.as_ptr()).has("dd"));
    assert!(!smaps::at(neighbour.as_ptr()).has("dd"));
}

/// memmap2 #156: the length of huge pages is not rounded, so each drop leaks one.
#[test]
fn memmap2_huge_pages_are_all_unmapped() {
    if !have!("kernel") {
        return;
    }
    let Some(pool) = Pool::of_2m(2) else { return };
    in_child(|| {
        let free = pool.free();
        let mut options = MapOptions::new();
        options.huge_pages(HugePages::Explicit(pool.size));
        for guards in [0, 1] {
            let mut memory = options.guard_pages(guards, guards).anon(pool.size + 1).unwrap();
            assert_eq!((pool.size + 1, pool.size), (memory.len(), memory.page_size()));
            assert_eq!(2 * pool.size + 2 * guards * page(), memory.mapped_len());
            assert_eq!(free - 2, pool.free());
            assert!(smaps::at(memory.as_ptr()).has("ht"));
            memory[pool.size] = 7;
            let memory = memory.make_read_only().unwrap();
            assert_eq!("r--p", smaps::at(memory.as_ptr()).perms);
            let mut memory = memory.make_mut().unwrap();
            let tail = memory.split_off(pool.size).unwrap();
            assert_eq!(7, tail[0]);
            drop(tail);
            assert_eq!(free - 1, pool.free());
            memory.unmap().unwrap();
            assert_eq!(free, pool.free());
        }
    });
}

/// region 4.0: `alloc_at` replaces what is there.
#[test]
fn region_memory_at_an_address_replaces_nothing() {
    if !have!("kernel") {
        return;
    }
    let area = Area::anon(3);
    area.fill(0..3, 0xa5);
    for guards in [0, 1] {
        let mut options = MapOptions::new();
        options.guard_pages(guards, guards).placement(at(area.page(1).addr()));
        let error = options.anon(page()).unwrap_err();
        assert_eq!("map: something is mapped there (EEXIST)", error.to_string());
    }
    assert!(area.holds(0..3, 0xa5));
    // Where one page is free, two are not.
    in_child(|| {
        assert_eq!(0, unsafe { libc::munmap(area.page(1), page()) });
        let mut options = MapOptions::new();
        options.placement(at(area.page(1).addr()));
        assert_eq!(Some(mman::Error::EEXIST), options.anon(page() + 1).unwrap_err().errno());
        let memory = options.anon(page()).unwrap();
        assert_eq!(area.page(1).addr(), memory.as_ptr().addr());
        assert!(area.holds(0..1, 0xa5) && area.holds(2..3, 0xa5));
        mem::forget(area);
    });
}

/// memmap2 drops the map when a conversion fails; it comes back here, as it was.
#[test]
fn memmap2_a_failed_conversion_gives_the_memory_back() {
    in_child(|| {
        let mut memory = Anon::new(3 * page()).unwrap();
        memory.fill(7);
        let read_only = Anon::new(page()).unwrap().make_read_only().unwrap();
        seccomp::deny(&[libc::SYS_mprotect], libc::ENOMEM);
        let (returned, error) = read_only.make_mut().unwrap_err();
        assert_eq!(("make_mut", 0), (error.operation(), returned[0]));
        let (mut memory, error) = memory.make_read_only().unwrap_err();
        assert_eq!("make_read_only: Out of memory (ENOMEM)", error.to_string());
        assert!(memory.len() == 3 * page() && memory.iter().all(|byte| *byte == 7));
        memory.fill(8);
        // Where the kernel cannot even say whether the memory can be written, nobody gets it.
        seccomp::deny(&[libc::SYS_openat], libc::EACCES);
        let (memory, _) = memory.make_read_only().unwrap_err();
        assert!(memory.is_empty());
    });
}

/// The first page is read-only already when the kernel comes to a sealed one.
#[test]
fn a_half_done_conversion_is_undone() {
    if !have!("linux-6.10") {
        return;
    }
    in_child(|| {
        let mut memory = Anon::new(4 * page()).unwrap();
        let third = memory[2 * page()..].as_mut_ptr();
        unsafe { mman::sys::mman::mseal(third.cast(), page()) }.unwrap();
        let (mut memory, error) = memory.make_read_only().unwrap_err();
        assert_eq!("make_read_only: Operation not permitted (EPERM)", error.to_string());
        memory.fill(8);
        assert_eq!(4 * page(), memory.len());
        let (memory, error) = memory.unmap().unwrap_err();
        assert_eq!("unmap: Operation not permitted (EPERM)", error.to_string());
        assert_eq!(8, memory[3 * page()]);
    });
}

/// mapr, wasmtime, region: a failed `munmap` panics in `Drop`.
#[test]
fn drop_does_not_panic_where_munmap_fails() {
    in_child(|| {
        let memory = Anon::new(page()).unwrap();
        let mut other = Anon::new(3 * page()).unwrap();
        other.fill(3);
        seccomp::deny(&[libc::SYS_munmap], libc::EPERM);
        drop(memory);
        let error = other.resize(1).unwrap_err();
        assert_eq!("resize: Operation not permitted (EPERM)", error.to_string());
        assert_eq!(other.len(), 3 * page());
        assert!(other.resize(0).is_err());
        let (other, error) = other.unmap().unwrap_err();
        assert_eq!("unmap: Operation not permitted (EPERM)", error.to_string());
        assert!(other.iter().all(|byte| *byte == 3));
    });
}

/// Five policies among the peers; here it is a value like any other.
#[test]
fn zero_length_is_a_value_that_maps_nothing() {
    in_child(|| {
        smaps::count();
        let before = smaps::count();
        let mut memory = MapOptions::new().guard_pages(1, 1).anon(0).unwrap();
        assert_eq!((0, 0), (memory.len(), memory.mapped_len()));
        assert_eq!(before, smaps::count());
        memory.advise(.., Advice::Cold).unwrap();
        memory.discard(..).unwrap();
        memory.free_lazily(0..0).unwrap();
        memory.prefault(..).unwrap();
        assert_eq!(0, memory.residency(..).unwrap().pages());
        drop(memory.lock(..).unwrap());
        assert!(memory.split_off(0).unwrap().is_empty());
        assert!(memory.split_off(1).is_err());
        memory.join(Anon::default()).unwrap();
        let memory = memory.make_read_only().unwrap();
        assert!(memory.is_empty());
        let mut memory = memory.make_mut().unwrap();
        memory.resize(3).unwrap();
        assert_eq!([0, 0, 0], memory[..]);
        memory.resize(0).unwrap();
        let parts = memory.into_raw_parts();
        unsafe { Anon::from_raw_parts(parts) }.unmap().unwrap();
        assert_eq!(before, smaps::count());
    });
}

#[test]
fn what_destroys_takes_whole_pages_only() {
    let mut memory = Anon::new(3 * page() - 10).unwrap();
    memory.fill(1);
    let size = page();
    let rule = |result: Result<(), MapError>| result.unwrap_err().to_string();
    let offset = format!("discard: offset 100 is not a multiple of the page size {size}");
    assert_eq!(offset, rule(memory.discard(100..)));
    let end = format!("discard: end 100 is not a multiple of the page size {size}");
    assert_eq!(end, rule(memory.discard(..100)));
    let lazily = format!("free_lazily: offset 1 is not a multiple of the page size {size}");
    assert_eq!(lazily, rule(memory.free_lazily(1..)));
    let split = memory.split_off(5).unwrap_err().to_string();
    assert_eq!(format!("split_off: offset 5 is not a multiple of the page size {size}"), split);
    assert!(memory.iter().all(|byte| *byte == 1));
    memory.discard(2 * size..).unwrap();
    assert!(memory[..2 * size].iter().all(|byte| *byte == 1));
    assert!(memory[2 * size..].iter().all(|byte| *byte == 0));
}

#[test]
fn lengths_that_no_slice_has_are_refused() {
    for len in [usize::MAX, usize::MAX / 2 + 1, usize::MAX / 2] {
        let error = Anon::new(len).unwrap_err();
        assert_eq!(format!("map: {len} bytes are more than a slice can have"), error.to_string());
        let mut memory = Anon::new(1).unwrap();
        let error = memory.resize(len).unwrap_err();
        assert_eq!(
            format!("resize: {len} bytes are more than a slice can have"),
            error.to_string()
        );
        assert_eq!(1, memory.len());
    }
    let aligned = Placement::Aligned(1 << (usize::BITS - 1));
    for options in
        [MapOptions::new().guard_pages(usize::MAX, 0), MapOptions::new().placement(aligned)]
    {
        let error = options.anon(1).unwrap_err().to_string();
        assert_eq!("map: guard pages and alignment leave no room for 1 bytes", error);
    }
}
