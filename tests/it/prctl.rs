//! `sys::prctl`: settings of a process, so each test is a child's.

#[cfg(target_arch = "aarch64")]
mod tagged_addr;

use std::{collections::BTreeSet, io::Error, os::fd::AsRawFd as _, ptr};

use mman::{errno::Errno, sys::prctl::*};

use crate::util::{
    child::{End, child, in_child},
    machine::{Setting, huge},
    map::Area,
    page,
    seccomp::deny,
    smaps, temp,
};

// Names.

#[test]
fn set_vma_anon_name_shows_in_maps() {
    if !have!("anon-vma-name") {
        return;
    }
    let area = Area::anon(4);
    set_vma_anon_name(area.page(1), 2 * page(), Some(c"buffers: 1/2")).unwrap();
    let named = smaps::at(area.page(2).cast_const());
    assert_eq!("[anon:buffers: 1/2]", named.path);
    assert_eq!(area.page(1).addr()..area.page(3).addr(), named.range);
    assert_eq!("", smaps::at(area.ptr().cast_const()).path);
    set_vma_anon_name(area.ptr(), area.len(), None).unwrap();
    assert_eq!("", smaps::at(area.page(1).cast_const()).path);
    if have!("linux-6.2") {
        let shared = Area::shared(1);
        set_vma_anon_name(shared.ptr(), page(), Some(c"ring")).unwrap();
        assert_eq!("[anon_shmem:ring]", smaps::at(shared.ptr().cast_const()).path);
    }
}

#[test]
fn set_vma_anon_name_errors() {
    if !have!("anon-vma-name") {
        return;
    }
    let area = Area::anon(1);
    let name = |name| set_vma_anon_name(area.ptr(), page(), Some(name));
    for bad in [c"[", c"]", c"\\", c"$", c"`", c"\n", c"\xc3\xa4"] {
        assert_eq!(Err(Errno::EINVAL), name(bad), "{bad:?}");
    }
    let longest = std::ffi::CString::new([b'n'; 79]).unwrap();
    let longer = std::ffi::CString::new([b'n'; 80]).unwrap();
    assert_eq!(Ok(()), name(&longest));
    assert_eq!(Err(Errno::EINVAL), name(&longer));
    assert_eq!(Err(Errno::EINVAL), set_vma_anon_name(area.at(1).cast(), page(), Some(c"n")));
    let nowhere = ptr::without_provenance(page());
    assert_eq!(Err(Errno::ENOMEM), set_vma_anon_name(nowhere, page(), Some(c"n")));
    let file = temp::pages_on_disk(1);
    let file = Area::file(1, libc::MAP_PRIVATE, file.as_file().as_raw_fd());
    assert_eq!(Err(Errno::EBADF), set_vma_anon_name(file.ptr(), page(), Some(c"n")));
}

/// The call says `EINVAL` for a kernel without names and for a bad name: this tells which.
#[test]
fn an_empty_range_tells_whether_there_are_names() {
    let area = Area::anon(1);
    let good = set_vma_anon_name(area.ptr(), page(), Some(c"name"));
    assert_eq!(good, set_vma_anon_name(ptr::null(), 0, None));
    assert!(matches!(good, Ok(()) | Err(Errno::EINVAL)), "{good:?}");
}

// Transparent huge pages.

/// How much of a range that asked for huge pages got them.
fn huge_bytes() -> usize {
    let area = Area::reserve_aligned(huge() / page(), huge());
    let access = libc::PROT_READ | libc::PROT_WRITE;
    area.place(access, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1);
    let advised = unsafe { libc::madvise(area.ptr(), area.len(), libc::MADV_HUGEPAGE) };
    assert_eq!(0, advised, "{}", Error::last_os_error());
    area.set(0, 1);
    smaps::at(area.ptr().cast_const()).bytes("AnonHugePages")
}

/// Holds the machine's setting; `None` is a skip.
#[track_caller]
fn thp() -> Option<Setting> {
    let held = Setting::take("/sys/kernel/mm/transparent_hugepage/enabled");
    have!("thp").then_some(held?)
}

#[test]
fn set_thp_disable_keeps_huge_pages_away() {
    let Some(_held) = thp() else { return };
    in_child(|| {
        assert_eq!(Ok(ThpDisable::No), get_thp_disable());
        assert_eq!(huge(), huge_bytes());
        set_thp_disable(ThpDisable::Yes).unwrap();
        assert_eq!(Ok(ThpDisable::Yes), get_thp_disable());
        assert_eq!(0, huge_bytes());
        in_child(|| assert_eq!((Ok(ThpDisable::Yes), 0), (get_thp_disable(), huge_bytes())));
        set_thp_disable(ThpDisable::No).unwrap();
        assert_eq!(Ok(ThpDisable::No), get_thp_disable());
        assert_eq!(huge(), huge_bytes());
    });
}

#[test]
fn set_thp_disable_can_spare_those_who_ask() {
    let Some(_held) = thp() else { return };
    if !have!("linux-6.18") {
        return;
    }
    in_child(|| {
        set_thp_disable(ThpDisable::ExceptAdvised).unwrap();
        assert_eq!(Ok(ThpDisable::ExceptAdvised), get_thp_disable());
        assert_eq!(huge(), huge_bytes());
    });
}

#[test]
fn set_thp_disable_errors() {
    in_child(|| {
        assert_eq!(Err(Errno::EINVAL), set_thp_disable(ThpDisable::Other(5)));
        assert_eq!(Ok(ThpDisable::No), get_thp_disable());
    });
}

// Merging.

#[test]
fn set_memory_merge_marks_every_mapping() {
    if !have!("ksm", "linux-6.4") {
        return;
    }
    in_child(|| {
        let marked = |area: &Area| smaps::at(area.ptr().cast_const()).has("mg");
        let old = Area::anon(1);
        assert_eq!((Ok(false), false), (get_memory_merge(), marked(&old)));
        set_memory_merge(true).unwrap();
        let new = Area::anon(1);
        assert_eq!(Ok(true), get_memory_merge());
        assert!(marked(&old) && marked(&new));
        assert!(!marked(&Area::shared(1)), "shared memory is not merged");
        in_child(|| assert_eq!((Ok(true), true), (get_memory_merge(), marked(&Area::anon(1)))));
        set_memory_merge(false).unwrap();
        assert_eq!(Ok(false), get_memory_merge());
        assert!(!marked(&old) && !marked(&new) && !marked(&Area::anon(1)));
    });
}

#[test]
fn merged_pages_keep_what_they_hold() {
    if !have!("ksm", "linux-6.4", "root") {
        return;
    }
    let setting = |name| Setting::take(format!("/sys/kernel/mm/ksm/{name}")).unwrap();
    let [run, pages, pause] = ["run", "pages_to_scan", "sleep_millisecs"].map(setting);
    // The kernel's thread goes through all memory of the process, 100 pages at a time with a pause
    // of 20 ms: on a busy machine that takes a minute.
    assert!(pages.set("5000") && pause.set("1") && run.set("1"));
    in_child(|| {
        set_memory_merge(true).unwrap();
        let area = Area::anon(64);
        area.fill(0..64, 42);
        // The pages' numbers in the machine's memory, which root may see.
        let behind = || {
            let numbers = area.pagemap().into_iter().map(|entry| entry & ((1 << 55) - 1));
            numbers.collect::<BTreeSet<_>>().len()
        };
        while behind() > 32 {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert!(area.holds(0..64, 42));
        area.set(page(), 43);
        assert!(area.get(page()) == 43 && area.holds(2..64, 42), "the others are unchanged");
        set_memory_merge(false).unwrap();
        assert_eq!(64, behind(), "each page is its own again");
        assert!(area.get(page()) == 43 && area.holds(2..64, 42));
    });
}

// Write xor execute.

/// What `mprotect` that adds `PROT_EXEC` says.
fn gain_exec() -> Option<i32> {
    let area = Area::anon(1);
    let access = libc::PROT_READ | libc::PROT_EXEC;
    let answer = unsafe { libc::mprotect(area.ptr(), area.len(), access) };
    (answer != 0).then(|| Error::last_os_error().raw_os_error().unwrap())
}

#[test]
fn set_mdwe_refuses_to_make_memory_executable() {
    if !have!("linux-6.3") {
        return;
    }
    in_child(|| {
        assert_eq!((Ok(Mdwe::Off), None), (get_mdwe(), gain_exec()));
        set_mdwe(Mdwe::RefuseExecGain).unwrap();
        assert_eq!((Ok(Mdwe::RefuseExecGain), Some(libc::EACCES)), (get_mdwe(), gain_exec()));
        let access = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let at = unsafe { libc::mmap(ptr::null_mut(), page(), access, flags, -1, 0) };
        assert_eq!(
            (libc::MAP_FAILED, Some(libc::EACCES)),
            (at, Error::last_os_error().raw_os_error())
        );
        in_child(|| assert_eq!(Some(libc::EACCES), gain_exec(), "children inherit it"));
    });
}

#[test]
fn set_mdwe_may_end_with_the_process() {
    if !have!("linux-6.6") {
        return;
    }
    in_child(|| {
        set_mdwe(Mdwe::RefuseExecGainNoInherit).unwrap();
        assert_eq!(Ok(Mdwe::RefuseExecGainNoInherit), get_mdwe());
        assert_eq!(Some(libc::EACCES), gain_exec());
        in_child(|| assert_eq!((Ok(Mdwe::Off), None), (get_mdwe(), gain_exec())));
    });
}

#[test]
fn set_mdwe_is_for_good() {
    if !have!("linux-6.6") {
        return;
    }
    in_child(|| {
        assert_eq!(Ok(()), set_mdwe(Mdwe::Off));
        assert_eq!(Err(Errno::EINVAL), set_mdwe(Mdwe::Other(7)));
        set_mdwe(Mdwe::RefuseExecGain).unwrap();
        assert_eq!(Ok(()), set_mdwe(Mdwe::RefuseExecGain));
        assert_eq!(Err(Errno::EPERM), set_mdwe(Mdwe::Off));
        assert_eq!(Err(Errno::EPERM), set_mdwe(Mdwe::RefuseExecGainNoInherit));
        assert_eq!(Ok(Mdwe::RefuseExecGain), get_mdwe());
    });
}

/// "Not there" and "not allowed" reach the caller as what they are.
#[test]
fn missing_and_forbidden_calls_are_told_apart() {
    for errno in [Errno::ENOSYS, Errno::EPERM] {
        let end = child(|| {
            deny(&[libc::SYS_prctl], errno as i32);
            assert_eq!(Err(errno), set_vma_anon_name(ptr::null(), 0, None));
            assert_eq!(Err(errno), set_thp_disable(ThpDisable::Yes));
            assert_eq!(Err(errno), get_thp_disable());
            assert_eq!(Err(errno), set_memory_merge(true));
            assert_eq!(Err(errno), get_memory_merge());
            assert_eq!(Err(errno), set_mdwe(Mdwe::RefuseExecGain));
            assert_eq!(Err(errno), get_mdwe());
        });
        assert_eq!(End::Exited(0), end);
    }
}
