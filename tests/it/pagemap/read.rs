//! `pagemap_read`.

use super::*;

#[test]
fn another_process_is_read_by_its_descriptor() {
    let area = Area::anon(2);
    area.set(0, 1);
    let parent = own();
    in_child(|| {
        area.set(page(), 1);
        let mut theirs = [PagemapEntry::default(); 2];
        let at = area.ptr().addr() as u64;
        assert_eq!(Ok(2), pagemap_read(&parent, at, &mut theirs));
        assert!(theirs[0].is_present() && !theirs[1].is_present(), "{theirs:?}");
        assert!(entries(&area)[1].is_present());
    });
}

/// An address within a page means the page; the kernel's half has no entries.
#[test]
fn any_address_is_taken() {
    let area = Area::anon(1);
    area.set(0, 1);
    let mut one = [PagemapEntry::default()];
    assert_eq!(Ok(1), pagemap_read(own(), area.at(page() - 1).addr() as u64, &mut one));
    assert!(one[0].is_present());
    assert_eq!(Ok(0), pagemap_read(own(), area.ptr().addr() as u64, &mut []));
    assert_eq!(Ok(0), pagemap_read(own(), u64::MAX, &mut one));
}

/// The last page below the end of the address space has an entry, the next one none.
#[test]
fn the_end_of_the_address_space_cuts_it_short() {
    let mut one = [PagemapEntry::default()];
    let has =
        |number: u64, one: &mut _| pagemap_read(own(), number * page() as u64, one).unwrap() == 1;
    let (mut there, mut beyond) = (0_u64, u64::MAX / page() as u64 / 2);
    while there + 1 < beyond {
        let middle = there.midpoint(beyond);
        *if has(middle, &mut one) { &mut there } else { &mut beyond } = middle;
    }
    let mut three = [PagemapEntry(1); 3];
    assert_eq!(Ok(2), pagemap_read(own(), (there - 1) * page() as u64, &mut three));
    assert_eq!(PagemapEntry(1), three[2], "untouched");
}

#[test]
fn an_ended_process_has_no_entries() {
    let pagemap = of_ended("pagemap");
    assert_eq!(Ok(0), pagemap_read(pagemap, 0, &mut [PagemapEntry::default()]));
}

#[test]
fn bad_descriptors_are_refused() {
    let mut one = [PagemapEntry::default()];
    let write_only = OpenOptions::new().write(true).open("/dev/null").unwrap();
    assert_eq!(Err(Errno::EBADF), pagemap_read(write_only, 0, &mut one));
    let (pipe, _other) = temp::pipe();
    assert_eq!(Err(Errno::ESPIPE), pagemap_read(pipe, 0, &mut one));
}

#[test]
fn a_filter_is_told_from_the_rest() {
    for errno in [Errno::ENOSYS, Errno::EPERM] {
        in_child(|| {
            let pagemap = own();
            deny(&[libc::SYS_pread64], errno as i32);
            let mut one = [PagemapEntry::default()];
            assert_eq!(Err(errno), pagemap_read(&pagemap, 0, &mut one));
        });
    }
}
