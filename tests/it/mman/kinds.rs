//! `mmap`, `mmap64`: who sees what is written, and what is behind the pages.

use std::{
    fs,
    io::{Read as _, Seek as _},
    os::{fd::AsRawFd as _, unix::fs::FileExt as _},
    ptr,
    time::Instant,
};

use mman::{
    errno::Errno,
    sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap, mmap64, munmap},
};

use super::{ANON, RW, map_anon, map_file, plus, read, write};
use crate::util::{
    child::{BUS_ADRERR, faults, in_child},
    page, seconds, smaps, temp,
};

#[test]
fn anonymous_memory_is_zero_and_keeps_what_is_written() {
    let memory = map_anon(3, RW, ANON).unwrap();
    assert_eq!(0, memory.addr() % page());
    let bytes = unsafe { std::slice::from_raw_parts_mut(memory.cast::<u8>(), 3 * page()) };
    assert!(bytes.iter().all(|byte| *byte == 0));
    bytes.fill(7);
    assert!(bytes.iter().all(|byte| *byte == 7));
    assert_eq!(Ok(()), unsafe { munmap(memory, 3 * page()) });
}

#[test]
fn a_length_is_rounded_up_to_whole_pages() {
    in_child(|| {
        let memory = unsafe { mmap(ptr::null_mut(), page() + 1, RW, ANON, -1, 0) }.unwrap();
        write(memory.wrapping_byte_add(2 * page() - 1), 1);
    });
}

#[test]
fn private_memory_is_copied_for_a_child_and_shared_memory_is_not() {
    let private = map_anon(1, RW, ANON).unwrap();
    let shared = map_anon(1, RW, MapFlags::MAP_SHARED | MapFlags::MAP_ANON).unwrap();
    in_child(|| {
        write(private, 5);
        write(shared, 6);
    });
    assert_eq!((0, 6), (read(private), read(shared)));
    assert!(smaps::at(private).perms.ends_with('p'));
    assert!(smaps::at(shared).perms.ends_with('s') && smaps::at(shared).has("sh"));
    unsafe { munmap(private, page()) }.unwrap();
    unsafe { munmap(shared, page()) }.unwrap();
}

#[test]
fn a_shared_write_reaches_the_file_and_a_private_one_does_not() {
    for mut file in [temp::pages_on_disk(2), temp::pages_in_memory(2)] {
        let fd = file.as_file().as_raw_fd();
        let shared = map_file(2, RW, MapFlags::MAP_SHARED, fd).unwrap();
        let private = map_file(2, RW, MapFlags::MAP_PRIVATE, fd).unwrap();
        assert_eq!((1, 2), (read(shared), read(plus(private, 1))));
        write(shared, 70);
        write(plus(private, 1), 80);
        // A private page that was not written shows what the file holds.
        assert_eq!((70, 2, 80), (read(private), read(plus(shared, 1)), read(plus(private, 1))));
        let mut content = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut content).unwrap();
        assert_eq!(
            (2 * page(), 70, 1, 2),
            (content.len(), content[0], content[1], content[page()])
        );
        unsafe { munmap(shared, 2 * page()) }.unwrap();
        unsafe { munmap(private, 2 * page()) }.unwrap();
    }
}

#[test]
fn the_offset_says_which_page_of_the_file() {
    let file = temp::pages_on_disk(4);
    let fd = file.as_raw_fd();
    let (none, prot) = (ptr::null_mut(), ProtFlags::PROT_READ);
    let offset = 2 * page();
    let flags = MapFlags::MAP_SHARED;
    let third = unsafe { mmap(none, page(), prot, flags, fd, offset.try_into().unwrap()) }.unwrap();
    assert_eq!((3, offset as u64), (read(third), smaps::at(third).offset));
    let again = unsafe { mmap64(none, page(), prot, flags, fd, offset as u64) }.unwrap();
    assert_eq!((3, offset as u64), (read(again), smaps::at(again).offset));
    assert_eq!(smaps::at(again).path, file.path().to_str().unwrap());
    unsafe { munmap(third, page()) }.unwrap();
    unsafe { munmap(again, page()) }.unwrap();
}

/// S16: nix cannot reach beyond 2 GiB on 32-bit systems.
#[test]
fn s16_an_offset_beyond_4_gib_arrives_whole() {
    let file = temp::in_memory();
    let far = 5 << 30;
    file.as_file().set_len(far + 2 * page() as u64).unwrap();
    file.as_file().write_all_at(b"far", far).unwrap();
    let (prot, flags) = (ProtFlags::PROT_READ, MapFlags::MAP_SHARED);
    let fd = file.as_raw_fd();
    let map = unsafe { mmap64(ptr::null_mut(), page(), prot, flags, fd, far) }.unwrap();
    assert_eq!(b'f', read(map));
    unsafe { munmap(map, page()) }.unwrap();
    let high = unsafe { mmap64(ptr::null_mut(), page(), prot, flags, fd, far + 1) };
    // rustix drops the low bits on 32-bit systems instead.
    assert_eq!(Err(Errno::EINVAL), high);
}

#[test]
fn a_mapping_outlives_the_descriptor_and_the_name() {
    let file = temp::pages_on_disk(1);
    let map = map_file(1, RW, MapFlags::MAP_SHARED, file.as_raw_fd()).unwrap();
    let path = file.path().to_owned();
    drop(file);
    assert!(!fs::exists(path).unwrap());
    assert_eq!(1, read(map));
    write(map, 9);
    assert_eq!(9, read(map));
    unsafe { munmap(map, page()) }.unwrap();
}

#[test]
fn beyond_the_end_a_part_of_a_page_is_zero_and_a_whole_one_is_a_bus_error() {
    let file = temp::in_memory();
    file.as_file().write_all_at(b"abc", 0).unwrap();
    let map = map_file(2, RW, MapFlags::MAP_SHARED, file.as_raw_fd()).unwrap();
    let bytes = unsafe { std::slice::from_raw_parts(map.cast::<u8>(), page()) };
    assert!(bytes.starts_with(b"abc") && bytes[3..].iter().all(|byte| *byte == 0));
    write(map.wrapping_byte_add(3), b'x');
    assert_eq!(b"abc", &fs::read(file.path()).unwrap()[..]);
    faults(libc::SIGBUS, BUS_ADRERR, plus(map, 1), || read(plus(map, 1)));
    unsafe { munmap(map, 2 * page()) }.unwrap();
}

#[test]
fn a_truncated_files_page_is_a_bus_error() {
    let file = temp::pages_on_disk(2);
    let map = map_file(2, ProtFlags::PROT_READ, MapFlags::MAP_PRIVATE, file.as_raw_fd()).unwrap();
    assert_eq!(2, read(plus(map, 1)));
    file.as_file().set_len(page() as u64).unwrap();
    faults(libc::SIGBUS, BUS_ADRERR, plus(map, 1), || read(plus(map, 1)));
    assert_eq!(1, read(map));
    unsafe { munmap(map, 2 * page()) }.unwrap();
}

#[test]
fn shared_validate_refuses_a_flag_that_shared_ignores() {
    let file = temp::pages_on_disk(1);
    let fd = file.as_raw_fd();
    let unknown = MapFlags::from_bits_retain(0x0200_0000);
    let ignored = map_file(1, RW, MapFlags::MAP_SHARED | unknown, fd).unwrap();
    unsafe { munmap(ignored, page()) }.unwrap();
    let validate = MapFlags::MAP_SHARED_VALIDATE;
    assert_eq!(Err(Errno::EOPNOTSUPP), map_file(1, RW, validate | unknown, fd));
    let map = map_file(1, RW, validate, fd).unwrap();
    write(map, 33);
    assert_eq!(33, fs::read(file.path()).unwrap()[0]);
    unsafe { munmap(map, page()) }.unwrap();
    assert_eq!(Err(Errno::EINVAL), map_anon(1, RW, validate | MapFlags::MAP_ANON));
}

#[test]
fn sync_is_refused_where_the_file_is_not_persistent_memory() {
    let file = temp::pages_on_disk(1);
    let flags = MapFlags::MAP_SHARED_VALIDATE | MapFlags::MAP_SYNC;
    assert_eq!(Err(Errno::EOPNOTSUPP), map_file(1, RW, flags, file.as_raw_fd()));
}

#[test]
fn droppable_memory_is_wiped_for_a_child_and_never_dumped() {
    if !have!("linux-6.11") {
        return;
    }
    let memory = map_anon(1, RW, MapFlags::MAP_DROPPABLE | MapFlags::MAP_ANON).unwrap();
    write(memory, 7);
    let vma = smaps::at(memory);
    assert!(["dp", "wf", "dd", "nr"].iter().all(|flag| vma.has(flag)), "{vma:?}");
    in_child(|| assert_eq!(0, read(memory)));
    assert_eq!(7, read(memory));
    let keep = unsafe { madvise(memory, page(), MmapAdvise::MADV_KEEPONFORK) };
    assert_eq!(Err(Errno::EINVAL), keep);
    unsafe { munmap(memory, page()) }.unwrap();
}

/// Without swap space, too.
#[test]
fn droppable_memory_is_dropped_when_memory_is_short() {
    if !have!("linux-6.11") {
        return;
    }
    in_child(|| {
        let memory = map_anon(64, RW, MapFlags::MAP_DROPPABLE | MapFlags::MAP_ANON).unwrap();
        let fill = || (0..64).for_each(|number| write(plus(memory, number), 7));
        let kept = || (0..64).filter(|number| read(plus(memory, *number)) == 7).count();
        fill();
        assert_eq!(64, kept());
        // A page that is in flight between lists of the kernel is passed over.
        let start = Instant::now();
        while kept() == 64 {
            assert!(start.elapsed() < seconds(10), "nothing is dropped");
            unsafe { madvise(memory, 64 * page(), MmapAdvise::MADV_PAGEOUT) }.unwrap();
        }
        assert_eq!(0, smaps::at(memory).bytes("Swap"));
        fill();
        assert_eq!(64, kept());
    });
}
