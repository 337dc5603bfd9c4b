//! Pages that are gone are errors: access by copy, values, cursors, slices for the time of a call.

use std::{
    fs::{self, File},
    io::{BufRead, Read, Seek, SeekFrom, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use mman::{
    Contents, FileMap, FileMapCow, FileMapMut, Fork, MapError, MapOptions, MappedFile, Placement,
    Reservation, access::Access,
};
use tempfile::NamedTempFile;

use crate::{
    util::{
        child::{BUS_ADRERR, faults, in_child},
        map::at,
        page, seccomp, smaps, temp,
        unprivileged::limit,
    },
    vanish::ASSEMBLY,
};

/// What is left of the file; the rest of it is gone.
fn cut(file: &NamedTempFile, len: usize) {
    file.as_file().set_len(len as u64).unwrap();
}

/// From where, how much was meant, how much was done.
fn fault(error: &MapError) -> (usize, usize, usize) {
    let fault = error.fault().unwrap_or_else(|| panic!("no fault: {error}"));
    (fault.offset, fault.len, fault.done)
}

#[test]
fn what_is_there_is_read_to_the_byte_before_what_is_gone() {
    let file = temp::pages_in_memory(3);
    let map = FileMap::new(file.as_file()).unwrap();
    cut(&file, 2 * page());
    let mut buffer = vec![0; 3 * page()];
    for start in (0..40).map(|back| 2 * page() - back) {
        for len in [1, 2, 7, 8, 31, 64, 65, 200, page() + 3] {
            if start + len > 3 * page() {
                continue;
            }
            buffer.fill(0xee);
            let there = len.min(2 * page() - start);
            match map.read_at(start, &mut buffer[..len]) {
                Ok(()) => assert_eq!(there, len),
                Err(error) => assert_eq!((start, len, there), fault(&error)),
            }
            assert!(buffer[..there].iter().all(|byte| *byte == 2), "{start} {len}");
            assert!(buffer[len..].iter().all(|byte| *byte == 0xee), "{start} {len}");
        }
    }
}

#[test]
fn writing_to_what_is_gone_is_an_error_and_makes_no_file_longer() {
    let file = temp::pages_in_memory(2);
    let map = FileMapMut::new(file.as_file().try_clone().unwrap()).unwrap();
    cut(&file, page());
    let bytes = vec![9; page() + 10];
    let error = map.write_at(page() - 5, &bytes[..10]).unwrap_err();
    assert_eq!((page() - 5, 10, 5), fault(&error));
    let error = map.fill(page() - 3.., 8).unwrap_err();
    assert_eq!((page() - 3, page() + 3, 3), fault(&error));
    let error = map.copy_within(0..100, page()).unwrap_err();
    assert_eq!((0, 100, 0), fault(&error));
    assert_eq!((page(), 4, 0), fault(&map.store(page(), 7u32).unwrap_err()));
    if ASSEMBLY {
        assert_eq!((page(), 8, 0), fault(&map.store_atomic(page(), 7u64).unwrap_err()));
    }
    let mut contents = fs::read(file.path()).unwrap();
    assert_eq!(page(), contents.len());
    assert_eq!([1, 9, 9, 8, 8, 8], contents.split_off(page() - 6)[..]);
    assert!(contents.iter().all(|byte| *byte == 1));
}

#[test]
fn ranges_are_checked() {
    let file = temp::pages_in_memory(1);
    let map = FileMapMut::new(file.as_file()).unwrap();
    let rule = |result: Result<(), MapError>| result.unwrap_err().to_string();
    let all = page();
    let buffer = &mut [0; 8][..];
    let expected = format!("read_at: {}..{} is not within 0..{all}", all - 7, all + 1);
    assert_eq!(expected, rule(map.read_at(all - 7, buffer)));
    let most = usize::MAX;
    let expected = format!("read_at: {most}..{most} is not within 0..{all}");
    assert_eq!(expected, rule(map.read_at(most, buffer)));
    assert_eq!(expected, rule(map.read_at(most, &mut [])));
    let expected = format!("load: {}..{} is not within 0..{all}", all - 3, all + 1);
    assert_eq!(expected, rule(map.load::<u32>(all - 3).map(drop)));
    assert!(rule(map.load_atomic::<u32>(2).map(drop)).contains("not at a multiple of its 4 bytes"));
    assert!(rule(map.copy_within(0..9, all - 8)).contains("is not within"));
    assert!(rule(map.chunks(.., 0).map(drop)).contains("never end"));
    map.read_at(all, &mut []).unwrap();
    // vmap 0.6: `read_unaligned(usize::MAX - 7)` segfaults.
    assert!(map.load::<u64>(most - 7).is_err());
}

#[test]
fn values_at_every_offset() {
    let file = temp::pages_in_memory(1);
    let map = FileMapMut::new(file.as_file()).unwrap();
    for offset in 0..40 {
        map.store(offset, 0x0102_0304_0506_0708u64).unwrap();
        assert_eq!(Ok(0x0102_0304_0506_0708u64), map.load(offset).map_err(drop));
        map.store(offset, [1.5f32, -2.5, 0.0]).unwrap();
        assert_eq!(Ok([1.5f32, -2.5, 0.0]), map.load(offset).map_err(drop));
        map.store(offset, u128::MAX - 1).unwrap();
        assert_eq!(Ok(u128::MAX - 1), map.load(offset).map_err(drop));
        map.store(offset, -5i16).unwrap();
        assert_eq!(Ok(-5i16), map.load(offset).map_err(drop));
        map.store(offset, 0xabu8).unwrap();
        assert_eq!(Ok(0xabu8), map.load(offset).map_err(drop));
    }
    let contents = fs::read(file.path()).unwrap();
    assert_eq!(0xab, contents[39]);
}

#[test]
fn numbers_change_in_one_step() {
    let file = temp::pages_in_memory(1);
    let map = FileMapMut::new(file.as_file()).unwrap();
    if !ASSEMBLY {
        assert!(map.load_atomic::<u8>(8).unwrap_err().is_unsupported());
        assert!(map.store_atomic(8, 5u16).unwrap_err().is_unsupported());
        assert!(map.swap(8, 5i64).unwrap_err().is_unsupported());
        assert!(map.compare_exchange(8, 5u32, 6).unwrap_err().is_unsupported());
        assert!(map.fetch_add(8, 5usize).unwrap_err().is_unsupported());
        assert!(map.fetch_update(8, |number: i8| number).unwrap_err().is_unsupported());
        assert_eq!(Ok([1u8; 8]), map.load(8).map_err(drop));
        return;
    }
    map.store_atomic(8, -1i64).unwrap();
    assert_eq!(Ok(-1i64), map.load_atomic(8).map_err(drop));
    assert_eq!(Ok(-1), map.swap(8, 5i64).map_err(drop));
    assert_eq!(Ok(5), map.swap(8, 6i64).map_err(drop));
    assert_eq!(Ok(Err(6)), map.compare_exchange(8, 5i64, 1).map_err(drop));
    assert_eq!(Ok(Ok(6)), map.compare_exchange(8, 6i64, i64::MAX).map_err(drop));
    assert_eq!(Ok(i64::MAX), map.fetch_add(8, 1i64).map_err(drop));
    assert_eq!(Ok(i64::MIN), map.fetch_update(8, |value: i64| value / 2).map_err(drop));
    assert_eq!(Ok(i64::MIN / 2), map.load_atomic(8).map_err(drop));
    map.store_atomic(16, 0u16).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1000 {
                    map.fetch_add(16, 1u16).unwrap();
                }
            });
        }
    });
    assert_eq!(Ok(4000u16), map.load(16).map_err(drop));
}

#[test]
fn a_private_map_is_read_and_written_by_copy_too() {
    let file = temp::pages_in_memory(2);
    let map = FileMapCow::new(file.as_file()).unwrap();
    map.write_at(1, b"own").unwrap();
    assert_eq!(b"\x01own\x01".to_vec(), map.to_vec(..5).unwrap());
    assert!(fs::read(file.path()).unwrap()[..page()].iter().all(|byte| *byte == 1));
    map.copy_within(1..4, 2).unwrap();
    assert_eq!(b"\x01oown\x01".to_vec(), map.to_vec(..6).unwrap());
}

#[test]
fn chunks_end_with_the_error() {
    let file = temp::pages_in_memory(3);
    let map = MapOptions::new().file(file.as_file(), 100..).unwrap();
    let mut chunks = map.chunks(50.., page()).unwrap();
    let mut total = 0;
    while let Some(chunk) = chunks.next_chunk() {
        total += chunk.unwrap().len();
    }
    assert_eq!(3 * page() - 150, total);
    cut(&file, page() + 300);
    // What is in the last page beyond the end is zeros, what is behind that page is gone.
    let mut chunks = map.chunks(.., page()).unwrap();
    assert_eq!(page(), chunks.next_chunk().unwrap().unwrap().len());
    assert_eq!(page() - 100, chunks.next_chunk().unwrap().unwrap().len());
    let error = chunks.next_chunk().unwrap().unwrap_err();
    assert_eq!((page(), page(), page() - 100), fault(&error));
    assert!(chunks.next_chunk().is_none());
}

#[test]
fn a_cursor_is_a_stream() {
    let file = temp::in_memory();
    fs::write(file.path(), "one\ntwo\nthree").unwrap();
    let map = FileMapMut::new(file.as_file()).unwrap();
    let lines: Vec<String> = map.cursor().lines().map(Result::unwrap).collect();
    assert_eq!(["one", "two", "three"], lines[..]);
    let mut cursor = map.cursor();
    let mut text = String::new();
    cursor.read_line(&mut text).unwrap();
    assert_eq!(4, cursor.position());
    // What was read ahead is not what is written.
    cursor.write_all(b"TWO").unwrap();
    cursor.seek(SeekFrom::Current(-3)).unwrap();
    cursor.read_line(&mut text).unwrap();
    assert_eq!("one\nTWO\n", text);
    assert_eq!(13, cursor.seek(SeekFrom::End(0)).unwrap());
    assert_eq!(0, cursor.write(b"more").unwrap());
    assert_eq!(0, cursor.read(&mut [0; 4]).unwrap());
    cursor.seek(SeekFrom::Start(u64::MAX)).unwrap();
    assert_eq!(0, cursor.read(&mut [0; 4]).unwrap());
    assert!(cursor.seek(SeekFrom::Current(1)).is_err());
    assert!(cursor.seek(SeekFrom::End(-14)).is_err());
    assert_eq!("one\nTWO\nthree", fs::read_to_string(file.path()).unwrap());
}

#[test]
fn a_cursor_tells_what_is_gone_after_what_is_there() {
    let file = temp::pages_in_memory(2);
    let map = FileMap::new(file.as_file()).unwrap();
    cut(&file, page());
    let mut bytes = Vec::new();
    let error = map.cursor().read_to_end(&mut bytes).unwrap_err();
    assert_eq!(vec![1; page()], bytes);
    let inner = error.get_ref().and_then(|error| error.downcast_ref::<MapError>()).unwrap();
    assert_eq!(page(), inner.fault().unwrap().at());
    assert!(error.to_string().contains("was truncated"));
}

/// `f` on a map of three pages, of which the last two go while it runs.
fn truncated<A: Access>(
    map: &mut MappedFile<A>,
    file: &NamedTempFile,
    f: impl FnOnce(&[u8]),
) -> Result<(), MapError> {
    unsafe {
        map.with_slice(.., |bytes| {
            cut(file, page());
            f(bytes);
        })
    }
}

#[test]
fn a_slice_of_what_is_gone_is_zeros_and_an_error() {
    in_child(|| {
        let file = temp::pages_in_memory(3);
        let mut map = FileMap::new(file.as_file()).unwrap();
        assert_eq!(None, map.lost());
        let error = truncated(&mut map, &file, |bytes| {
            assert!(bytes[..page()].iter().all(|byte| *byte == 1));
            assert!(bytes[page()..].iter().all(|byte| *byte == 0));
        });
        assert_eq!((0, 3 * page(), page()), fault(&error.unwrap_err()));
        assert_eq!(Some(page()..3 * page()), map.lost());
        // The zeros are not taken for the file's, even when it has these pages again.
        cut(&file, 3 * page());
        assert_eq!(page(), map.to_vec(..).unwrap_err().fault().unwrap().at());
        assert_eq!((2 * page(), 1, 0), fault(&map.load::<u8>(2 * page()).unwrap_err()));
        assert!(unsafe { map.with_slice(page().., |_| panic!("not called")) }.is_err());
        assert_eq!(vec![1; page()], map.to_vec(..page()).unwrap());
        assert!(map.resize(file.as_file(), page()).is_err());
        // The parts know it too.
        let rest = map.split_off(page()).unwrap();
        assert_eq!((None, Some(0..2 * page())), (map.lost(), rest.lost()));
        map.join(rest).unwrap();
        assert_eq!(Some(page()..3 * page()), map.lost());
        let map = unsafe { FileMap::from_raw_parts(map.into_raw_parts()) };
        assert_eq!(Some(page()..3 * page()), map.lost());
        assert!(map.load::<u8>(page()).is_err() && map.load::<u8>(page() - 1).is_ok());
        // Zeros are not run in place of code.
        let (map, error) = map.make_exec().unwrap_err();
        assert_eq!((0, 3 * page(), page()), fault(&error));
        let map = map.make_read_only().unwrap();
        assert_eq!(Some(page()..3 * page()), map.lost());
        map.unmap().map_err(|(_, error)| error).unwrap();
    });
}

/// What a part has lost is gone with it: a map that grows to where it was has the file's pages.
#[test]
fn a_part_takes_its_loss_along() {
    in_child(|| {
        let file = temp::pages_in_memory(3);
        let place = Placement::Within(Reservation::new(4 * page()).unwrap(), 0);
        let map = MapOptions::new().placement(place).file(file.as_file(), ..);
        let mut map = map.unwrap();
        let lost = truncated(&mut map, &file, |bytes| assert_eq!(0, bytes[page()]));
        assert_eq!((0, 3 * page(), page()), fault(&lost.unwrap_err()));
        let rest = map.split_off(page()).unwrap();
        assert_eq!((None, Some(0..2 * page())), (map.lost(), rest.lost()));
        let start = map.as_ptr();
        drop(rest);
        fs::write(file.path(), vec![7; 3 * page()]).unwrap();
        map.resize(file.as_file(), 3 * page()).unwrap();
        assert_eq!((start, None), (map.as_ptr(), map.lost()));
        assert_eq!(vec![7; 3 * page()], map.to_vec(..).unwrap());
        // The part that stays may be the one that has lost.
        let lost = truncated(&mut map, &file, |bytes| assert_eq!(0, bytes[page()]));
        assert_eq!((0, 3 * page(), page()), fault(&lost.unwrap_err()));
        let rest = map.split_off(2 * page()).unwrap();
        assert_eq!(Some(page()..2 * page()), map.lost());
        assert_eq!(Some(0..page()), rest.lost());
        map.join(rest).unwrap();
        assert_eq!(Some(page()..3 * page()), map.lost());
    });
}

#[test]
fn writes_to_pages_that_are_lost_are_an_error() {
    in_child(|| {
        let file = temp::pages_in_memory(2);
        let mut map = FileMapMut::new(file.as_file()).unwrap();
        let done = unsafe {
            map.with_slice_mut(.., |bytes| {
                bytes[0] = 7;
                cut(&file, page());
                bytes[page()] = 8;
                bytes[page()]
            })
        };
        assert_eq!(page(), done.unwrap_err().fault().unwrap().done);
        assert!(map.write_at(page(), &[1]).is_err());
        assert!(map.flush(..).is_err());
        map.flush(..page()).unwrap();
        assert_eq!(7, fs::read(file.path()).unwrap()[0]);
        // Nor is a hole made, there or beside it.
        assert_eq!((0, 2 * page(), page()), fault(&map.remove(..).unwrap_err()));
        assert_eq!(7, fs::read(file.path()).unwrap()[0]);
        map.remove(..page()).unwrap();
        assert_eq!(vec![0; page()], fs::read(file.path()).unwrap());
    });
}

/// What is lost of a copy does not become the file's again.
#[test]
fn a_copy_does_not_discard_what_is_lost() {
    in_child(|| {
        let file = temp::pages_in_memory(2);
        let mut map = FileMapCow::new(file.as_file()).unwrap();
        map.fill(.., 9).unwrap();
        // What was written is the map's own, and stays there.
        map.discard(page()..).unwrap();
        let lost = truncated(&mut map, &file, |bytes| assert_eq!(0, bytes[page()]));
        assert_eq!((0, 2 * page(), page()), fault(&lost.unwrap_err()));
        cut(&file, 2 * page());
        assert_eq!((0, 2 * page(), page()), fault(&map.discard(..).unwrap_err()));
        assert_eq!(9, map.load::<u8>(0).unwrap());
        map.discard(..page()).unwrap();
        assert_eq!(1, map.load::<u8>(0).unwrap());
        assert_eq!(Some(page()..2 * page()), map.lost());
    });
}

#[test]
fn slices_are_nested_and_panic() {
    in_child(|| {
        let file = temp::pages_in_memory(3);
        let map = FileMap::new(file.as_file()).unwrap();
        let outer = unsafe {
            map.with_slice(..2 * page(), |outer| {
                let inner = map.with_slice(page().., |inner| {
                    cut(&file, page());
                    assert_eq!([0, 0], [inner[0], inner[2 * page() - 1]]);
                });
                assert_eq!((page(), 2 * page(), 0), fault(&inner.unwrap_err()));
                outer[0]
            })
        };
        assert_eq!((0, 2 * page(), page()), fault(&outer.unwrap_err()));

        let file = temp::pages_in_memory(2);
        let mut map = FileMap::new(file.as_file()).unwrap();
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            truncated(&mut map, &file, |bytes| assert_eq!(1, bytes[page()]))
        }));
        assert!(panicked.is_err());
        assert_eq!(Some(page()..2 * page()), map.lost());
        // The scope is over: what goes now kills as ever.
        let file = temp::pages_in_memory(2);
        let map = FileMap::new(file.as_file()).unwrap();
        let _ = unsafe { map.with_slice(.., |bytes| bytes[0]) };
        cut(&file, 0);
        faults(libc::SIGBUS, BUS_ADRERR, map.as_ptr(), || unsafe { map.as_ptr().read_volatile() });
    });
}

/// Of memory that a child does not get its scope is none there: what is mapped in its place then has
/// its own, and a fault without one kills.
#[test]
fn a_scope_over_what_a_child_does_not_get_is_none_in_the_child() {
    let (file, other) = (temp::pages_in_memory(2), temp::pages_in_memory(2));
    let map = MapOptions::new().fork(Fork::Exclude).file(file.as_file(), ..).unwrap();
    let start = map.as_ptr();
    let in_its_place = || {
        let placement = at(start.addr());
        let map = MapOptions::new().placement(placement).file(other.as_file(), ..).unwrap();
        cut(&other, page());
        map
    };
    let all = unsafe {
        map.with_slice(.., |_| {
            in_child(|| {
                let map = in_its_place();
                let last = map.with_slice(.., |bytes| bytes[page()]);
                assert_eq!((0, 2 * page(), page()), fault(&last.unwrap_err()));
                assert_eq!(Some(page()..2 * page()), map.lost());
            });
            fs::write(other.path(), vec![1; 2 * page()]).unwrap();
            faults(libc::SIGBUS, BUS_ADRERR, start.wrapping_add(page()), || {
                in_its_place().as_ptr().add(page()).read_volatile()
            });
        })
    };
    all.unwrap();
    assert_eq!(None, map.lost());
}

/// Of nothing nothing is lost.
#[test]
fn nothing_is_read_and_written_anywhere() {
    in_child(|| {
        let file = temp::pages_in_memory(2);
        cut(&file, page() + 10);
        let mut map = FileMapMut::new(file.as_file()).unwrap();
        let lost = truncated(&mut map, &file, |bytes| assert_eq!(0, bytes[page()]));
        assert_eq!((0, page() + 10, page()), fault(&lost.unwrap_err()));
        for offset in [0, page() - 1, page(), page() + 5, map.len()] {
            map.read_at(offset, &mut []).unwrap();
            map.write_at(offset, &[]).unwrap();
            map.fill(offset..offset, 1).unwrap();
            assert!(map.to_vec(offset..offset).unwrap().is_empty());
        }
        let mut cursor = map.cursor();
        cursor.seek(SeekFrom::End(0)).unwrap();
        assert_eq!(0, cursor.read(&mut [0; 9]).unwrap());
        assert_eq!(0, cursor.write(&[0; 9]).unwrap());
        assert!(cursor.fill_buf().unwrap().is_empty());
        cursor.seek(SeekFrom::End(-1)).unwrap();
        assert!(cursor.read(&mut [0; 9]).is_err() && cursor.fill_buf().is_err());
    });
}

#[test]
fn small_contents_are_read_and_large_ones_mapped() {
    let file = temp::in_memory();
    for size in [0, 1, 4096, (1 << 20) - 1] {
        cut(&file, size);
        let contents = Contents::open(file.path()).unwrap();
        assert_eq!(Some(&vec![0; size][..]), contents.as_bytes());
        cut(&file, 0);
        assert_eq!(size, contents.len());
        contents.read_at(0, &mut vec![1; size]).unwrap();
        assert!(contents.read_at(1, &mut vec![1; size]).is_err());
    }
    cut(&file, 1 << 20);
    let contents = Contents::open(file.path()).unwrap();
    assert!(contents.as_bytes().is_none() && contents.as_map().is_some());
    let mut half = vec![1; 1 << 19];
    contents.read_at(1 << 19, &mut half).unwrap();
    assert_eq!(vec![0; 1 << 19], half);
    cut(&file, 0);
    assert_eq!((0, 1 << 19, 0), fault(&contents.read_at(0, &mut half).unwrap_err()));
}

/// Whatever the file's length says: the position is elsewhere, or there is more by then.
#[test]
fn contents_are_read_from_the_position_to_the_end() {
    let file = temp::in_memory();
    file.as_file().write_all(&[1, 2, 3, 4, 5]).unwrap();
    for from in [0, 2, 5, 9] {
        file.as_file().seek(SeekFrom::Start(from)).unwrap();
        let contents = Contents::new(file.as_file()).unwrap();
        let rest = [1, 2, 3, 4, 5].get(from as usize..).unwrap_or_default();
        assert_eq!(Some(rest), contents.as_bytes());
    }
    // It claims to have a page, and has a line.
    let line = Contents::open("/sys/kernel/mm/transparent_hugepage/enabled");
    if let Ok(line) = line {
        assert!(line.as_bytes().unwrap().ends_with(b"\n"));
    }
}

#[test]
fn what_cannot_be_mapped_is_read() {
    let status = Contents::open("/proc/self/status").unwrap();
    assert!(status.as_bytes().unwrap().starts_with(b"Name:"));
    let (reader, writer) = temp::pipe();
    thread::scope(|scope| {
        scope.spawn(move || File::from(writer).write_all(&vec![5; 3 << 20]).unwrap());
        let contents = Contents::new(&File::from(reader)).unwrap();
        assert_eq!(Some(&vec![5; 3 << 20][..]), contents.as_bytes());
    });
    // Nor is what the system refuses to map, whatever its size.
    let file = temp::in_memory();
    fs::write(file.path(), vec![6; 3 << 20]).unwrap();
    for errno in [libc::ENODEV, libc::ENOMEM, libc::EPERM] {
        in_child(|| {
            seccomp::deny_bits(seccomp::MMAP, 3, libc::MAP_SHARED as u32, errno);
            assert!(FileMap::open(file.path()).is_err());
            let contents = Contents::open(file.path()).unwrap();
            assert_eq!(Some(&vec![6; 3 << 20][..]), contents.as_bytes());
        });
    }
    let missing = Contents::open("/no/such/file").unwrap_err();
    assert_eq!(Some(mman::Error::ENOENT), missing.errno());
    assert_eq!(Some(mman::Error::EISDIR), Contents::open("/").unwrap_err().errno());
    let zero = Contents::open("a\0b").unwrap_err();
    assert_eq!(Some(mman::Error::EINVAL), zero.errno());
}

/// Where the kernel makes the accesses, none of them is a fault, and the signal is left alone until
/// there is a slice.
#[test]
fn the_handler_is_installed_by_who_needs_it() {
    let file = temp::pages_in_memory(2);
    in_child(|| {
        let handler = || {
            let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
            assert_eq!(0, unsafe { libc::sigaction(libc::SIGBUS, std::ptr::null(), &mut action) });
            action.sa_sigaction
        };
        // Another test may have had it installed.
        unsafe { libc::signal(libc::SIGBUS, libc::SIG_DFL) };
        let map = FileMapMut::new(file.as_file()).unwrap();
        cut(&file, page());
        assert_eq!(libc::SIG_DFL, handler());
        assert_eq!(
            (page(), 0),
            (fault(&map.fill(.., 1).unwrap_err()).2, fault(&map.load::<u8>(page()).unwrap_err()).2)
        );
        map.read_at(0, &mut [0; 9]).unwrap();
        assert_eq!(ASSEMBLY, handler() != libc::SIG_DFL);
        assert!(unsafe { map.with_slice(.., |bytes| bytes[page()]) }.is_err());
        assert_ne!(libc::SIG_DFL, handler());
    });
}

#[test]
fn contents_without_an_end_are_more_than_there_is_memory_for() {
    assert!(Contents::open("/dev/null").unwrap().is_empty());
    in_child(|| {
        limit(libc::RLIMIT_AS, smaps::status("VmSize") + (64 << 20));
        let error = Contents::open("/dev/zero").unwrap_err();
        assert_eq!(Some(mman::Error::ENOMEM), error.errno());
        assert_eq!("read", error.operation());
    });
}
