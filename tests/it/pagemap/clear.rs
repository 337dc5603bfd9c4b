//! `clear_refs`.

use super::*;

fn file() -> File {
    OpenOptions::new().write(true).open("/proc/self/clear_refs").unwrap()
}

/// Each kind of page is reset by its own choice and by all.
#[test]
fn accesses_are_forgotten() {
    in_child(|| {
        let on_disk = temp::pages_on_disk(4);
        for (what, left) in [
            (ClearRefs::All, (0, 0)),
            (ClearRefs::Anonymous, (0, 4)),
            (ClearRefs::Mapped, (4, 0)),
            (ClearRefs::SoftDirty, (4, 4)),
            (ClearRefs::PeakRss, (4, 4)),
        ] {
            // Fresh mappings: an access by way of the processor's cache is not noted again.
            let anon = Area::anon(4);
            let mapped = Area::file(4, libc::MAP_SHARED, on_disk.as_file().as_raw_fd());
            for number in 0..4 {
                anon.set(number * page(), 1);
                mapped.get(number * page());
            }
            assert_eq!((4, 4), referenced(&anon, &mapped), "touched");
            clear_refs(file(), what).unwrap();
            assert_eq!(left, referenced(&anon, &mapped), "{what:?}");
        }
    });
}

/// The pages of either that count as accessed.
fn referenced(anon: &Area, mapped: &Area) -> (usize, usize) {
    let pages = |area: &Area| smaps::at(area.ptr()).bytes("Referenced") / page();
    (pages(anon), pages(mapped))
}

#[test]
fn the_peak_becomes_the_present() {
    const SIZE: usize = 64 << 20;
    in_child(|| {
        let area = Area::anon(SIZE / page());
        (0..SIZE).step_by(page()).for_each(|offset| area.set(offset, 1));
        drop(area);
        let before = smaps::status("VmHWM");
        let now = smaps::status("VmRSS");
        assert!(before > now + SIZE / 2, "the peak is {before}, now it is {now}");
        clear_refs(file(), ClearRefs::PeakRss).unwrap();
        let after = smaps::status("VmHWM");
        assert!(after < before - SIZE / 2, "the peak was {before}, now it is {after}");
    });
}

/// The mark is set at the next write, where the kernel keeps it.
#[test]
fn soft_dirty_is_cleared() {
    let area = Area::anon(2);
    area.fill(0..2, 1);
    if !entries(&area)[0].is_soft_dirty() {
        lacking("soft-dirty", "the kernel has no CONFIG_MEM_SOFT_DIRTY");
        return;
    }
    in_child(|| {
        clear_refs(file(), ClearRefs::SoftDirty).unwrap();
        area.set(page(), 2);
        let all = entries(&area);
        assert!(!all[0].is_soft_dirty() && all[1].is_soft_dirty(), "{all:?}");
    });
}

/// The choices are all that the kernel has.
#[test]
fn there_is_no_other_choice() {
    in_child(|| {
        for text in ["0", "6"] {
            let error = file().write_all(text.as_bytes()).unwrap_err();
            assert_eq!(Some(libc::EINVAL), error.raw_os_error(), "{text}");
        }
    });
}

#[test]
fn each_fault_has_its_errno() {
    let read_only = File::open("/proc/self/status").unwrap();
    assert_eq!(Err(Errno::EBADF), clear_refs(read_only, ClearRefs::All));
    let ended = of_ended_for_writing("clear_refs");
    assert_eq!(Err(Errno::ESRCH), clear_refs(ended, ClearRefs::All));
    for errno in [Errno::ENOSYS, Errno::EPERM] {
        in_child(|| {
            let file = file();
            deny(&[libc::SYS_write], errno as i32);
            assert_eq!(Err(errno), clear_refs(&file, ClearRefs::All));
        });
    }
}

#[test]
fn a_process_without_privileges_resets_its_own() {
    in_child(|| {
        drop_capabilities();
        clear_refs(file(), ClearRefs::PeakRss).unwrap();
    });
}
