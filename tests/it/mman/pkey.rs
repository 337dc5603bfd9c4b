//! Memory protection keys.

use mman::{
    errno::Errno,
    sys::{
        mman::{Pkey, PkeyAccess, ProtFlags, pkey_alloc, pkey_free, pkey_mprotect},
        syscall,
    },
};

use super::RW;
use crate::util::{
    child::{SEGV_ACCERR, faults},
    map::Area,
    page,
    seccomp::passes_on,
    smaps,
};

const NONE: PkeyAccess = PkeyAccess::empty();

/// `si_code` of SIGSEGV: the thread's rights of the page's key do not allow the access.
const SEGV_PKUERR: i32 = 4;

#[test]
fn the_rights_of_a_new_key_hold_for_its_pages() {
    if !have!("pkeys") {
        return;
    }
    let area = Area::anon(3);
    area.fill(0..3, 7);
    let key = pkey_alloc(PkeyAccess::PKEY_DISABLE_WRITE).unwrap();
    unsafe { pkey_mprotect(area.page(1), page(), RW, Some(key)) }.unwrap();
    assert!(area.holds(0..3, 7));
    area.set(0, 8);
    faults(libc::SIGSEGV, SEGV_PKUERR, area.at(page()), || area.set(page(), 8));

    let closed = pkey_alloc(PkeyAccess::PKEY_DISABLE_ACCESS).unwrap();
    assert_ne!(key, closed);
    unsafe { pkey_mprotect(area.page(1), page(), RW, Some(closed)) }.unwrap();
    faults(libc::SIGSEGV, SEGV_PKUERR, area.at(page()), || _ = area.get(page()));

    unsafe { pkey_mprotect(area.page(1), page(), RW, Some(Pkey::DEFAULT)) }.unwrap();
    area.set(page(), 8);
    unsafe { pkey_free(key) }.unwrap();
    unsafe { pkey_free(closed) }.unwrap();
    assert_eq!(Err(Errno::EINVAL), unsafe { pkey_free(key) });
}

#[test]
fn there_are_so_many_keys_and_no_more() {
    if !have!("pkeys") {
        return;
    }
    crate::util::child::in_child(|| {
        let mut keys = Vec::new();
        let error = loop {
            match pkey_alloc(NONE) {
                Ok(key) => keys.push(key),
                Err(error) => break error,
            }
        };
        assert_eq!(Errno::ENOSPC, error);
        assert!(!keys.is_empty() && keys.len() < 32, "{keys:?}");
        unsafe { pkey_free(keys[0]) }.unwrap();
        assert_eq!(Ok(keys[0]), pkey_alloc(NONE));
    });
}

#[test]
fn without_a_key_it_is_mprotect() {
    if !have!("linux-4.9") {
        return;
    }
    let area = Area::anon(3);
    area.fill(0..3, 7);
    unsafe { pkey_mprotect(area.page(1), page(), ProtFlags::PROT_READ, None) }.unwrap();
    assert_eq!("r--p", smaps::at(area.page(1)).perms);
    assert_eq!("rw-p", smaps::at(area.page(0)).perms);
    faults(libc::SIGSEGV, SEGV_ACCERR, area.at(page()), || area.set(page(), 8));
    let odd = unsafe { pkey_mprotect(area.at(1).cast(), page(), RW, None) };
    assert_eq!(Err(Errno::EINVAL), odd);
}

#[test]
fn keys_that_are_none() {
    let area = Area::anon(1);
    // 14 is a key of x86-64, but a high one that nobody has allocated here.
    for number in [14, 99, -2] {
        let key = Pkey::from_raw(number);
        assert_eq!(number, key.as_raw());
        let freed = unsafe { pkey_free(key) };
        assert!(matches!(freed, Err(Errno::EINVAL | Errno::ENOSYS)), "{freed:?}");
        let given = unsafe { pkey_mprotect(area.ptr(), page(), RW, Some(key)) };
        assert!(matches!(given, Err(Errno::EINVAL | Errno::ENOSYS)), "{given:?}");
    }
    let unknown = PkeyAccess::from_bits_retain(0x100);
    let answer = pkey_alloc(unknown);
    assert!(matches!(answer, Err(Errno::EINVAL | Errno::ENOSYS)), "{answer:?}");
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let (area, key) = (Area::anon(1), Pkey::from_raw(1));
    passes_on(syscall::SYS_pkey_alloc, || pkey_alloc(NONE));
    passes_on(syscall::SYS_pkey_free, || unsafe { pkey_free(key) });
    passes_on(syscall::SYS_pkey_mprotect, || unsafe {
        pkey_mprotect(area.ptr(), page(), RW, Some(key))
    });
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
mod register {
    use std::sync::atomic::{AtomicI32, AtomicU32, Ordering::Relaxed};

    use mman::sys::mman::{pkey_get, pkey_set};

    use super::*;
    use crate::util::child::in_child;

    /// Whether the kernel says that it has turned the keys on.
    fn ospke() -> bool {
        let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap();
        let flags = cpu.lines().find(|line| line.starts_with("flags")).unwrap();
        flags.split_ascii_whitespace().any(|flag| flag == "ospke")
    }

    #[test]
    fn it_is_there_exactly_where_the_kernel_has_turned_it_on() {
        let expected = if ospke() { Ok(NONE) } else { Err(Errno::ENOSYS) };
        // Twice: asked, and remembered.
        for _ in 0..2 {
            assert_eq!(expected, pkey_get(Pkey::DEFAULT));
            let set = unsafe { pkey_set(Pkey::DEFAULT, NONE) };
            assert_eq!(expected.map(|_| ()), set);
        }
    }

    #[test]
    fn rights_are_set_and_told_and_hold_for_this_thread() {
        if !have!("pkeys") {
            return;
        }
        let area = Area::anon(1);
        let (access, write) = (PkeyAccess::PKEY_DISABLE_ACCESS, PkeyAccess::PKEY_DISABLE_WRITE);
        let key = pkey_alloc(access).unwrap();
        let other = pkey_alloc(write).unwrap();
        assert_eq!((Ok(access), Ok(write)), (pkey_get(key), pkey_get(other)));
        unsafe { pkey_mprotect(area.ptr(), page(), RW, Some(key)) }.unwrap();
        faults(libc::SIGSEGV, SEGV_PKUERR, area.at(0), || _ = area.get(0));

        unsafe { pkey_set(key, write) }.unwrap();
        assert_eq!(0, area.get(0));
        faults(libc::SIGSEGV, SEGV_PKUERR, area.at(0), || area.set(0, 1));

        unsafe { pkey_set(key, NONE) }.unwrap();
        area.set(0, 1);
        assert_eq!((Ok(NONE), Ok(write)), (pkey_get(key), pkey_get(other)));

        unsafe { pkey_mprotect(area.ptr(), page(), RW, Some(Pkey::DEFAULT)) }.unwrap();
        unsafe { pkey_free(key) }.unwrap();
        unsafe { pkey_free(other) }.unwrap();
    }

    /// The key, and the rights that the handler has found.
    static KEY: AtomicI32 = AtomicI32::new(0);
    static FOUND: AtomicU32 = AtomicU32::new(u32::MAX);

    extern "C" fn look_and_change(_: i32) {
        let key = Pkey::from_raw(KEY.load(Relaxed));
        FOUND.store(pkey_get(key).map_or(u32::MAX, |access| access.bits()), Relaxed);
        _ = unsafe { pkey_set(key, PkeyAccess::PKEY_DISABLE_WRITE) };
    }

    #[test]
    fn a_signal_handler_has_rights_of_its_own() {
        if !have!("pkeys") {
            return;
        }
        in_child(|| {
            let key = pkey_alloc(NONE).unwrap();
            KEY.store(key.as_raw(), Relaxed);
            let handler = look_and_change as extern "C" fn(i32) as usize;
            unsafe { libc::signal(libc::SIGUSR1, handler) };
            assert_eq!(0, unsafe { libc::raise(libc::SIGUSR1) });
            // Those of a new process, which may use no page of any key but 0.
            assert_eq!(PkeyAccess::PKEY_DISABLE_ACCESS.bits(), FOUND.load(Relaxed));
            assert_eq!(Ok(NONE), pkey_get(key));
        });
    }

    #[test]
    fn keys_and_rights_that_are_none() {
        let error = if ospke() { Errno::EINVAL } else { Errno::ENOSYS };
        for number in [-1, 16, i32::MAX] {
            let key = Pkey::from_raw(number);
            assert_eq!(Err(error), pkey_get(key));
            assert_eq!(Err(error), unsafe { pkey_set(key, NONE) });
        }
        let unknown = PkeyAccess::from_bits_retain(4);
        assert_eq!(Err(error), unsafe { pkey_set(Pkey::from_raw(15), unknown) });
    }
}
