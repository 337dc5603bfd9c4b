//! Arm's tagged addresses and memory tags. Both are a thread's, so each test is a child's.

use std::{arch::asm, ffi::c_void, os::fd::AsRawFd as _, ptr};

use mman::{
    Result,
    errno::Errno,
    sys::{
        mman::{ProtFlags, mprotect},
        prctl::*,
    },
};

use crate::util::{
    child::{faults, in_child},
    machine::Setting,
    map::Area,
    page,
    seccomp::passes_on,
    smaps, temp,
    thread::spawn,
};

const NONE: TaggedAddrCtrl = TaggedAddrCtrl::empty();
const ENABLE: TaggedAddrCtrl = TaggedAddrCtrl::PR_TAGGED_ADDR_ENABLE;
const SYNC: TaggedAddrCtrl = TaggedAddrCtrl::PR_MTE_TCF_SYNC;

/// `si_code` of SIGSEGV: the address has another tag than the memory.
const SEGV_MTESERR: i32 = 9;

/// Holds the machine's setting, which one of the tests changes.
fn setting() -> Setting {
    Setting::take("/proc/sys/abi/tagged_addr_disabled").unwrap()
}

fn set(control: TaggedAddrCtrl) -> Result<()> {
    unsafe { set_tagged_addr_ctrl(control) }
}

/// The same address, with a tag.
fn tagged(address: *mut c_void, tag: usize) -> *mut c_void {
    address.map_addr(|address| address | tag << 56)
}

/// Lets the kernel read a byte.
fn kernel_reads(address: *const c_void) -> Result<()> {
    let (_from, to) = temp::pipe();
    Errno::result(unsafe { libc::write(to.as_raw_fd(), address, 1) }).map(drop)
}

/// A page with memory tags, all 0.
fn with_tags() -> Area {
    let area = Area::anon(1);
    let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE | ProtFlags::PROT_MTE;
    assert_eq!(Ok(()), unsafe { mprotect(area.ptr(), page(), prot) });
    assert!(smaps::at(area.ptr()).has("mt"));
    area
}

#[test]
fn the_kernel_takes_tagged_addresses_where_it_is_told_to() {
    let _held = setting();
    in_child(|| {
        let area = Area::anon(1);
        area.set(0, 7);
        let address = tagged(area.ptr(), 0x2a);
        // The CPU ignores the tag.
        assert_eq!(7, unsafe { address.cast::<u8>().read_volatile() });
        assert_eq!(Ok(NONE), get_tagged_addr_ctrl());
        assert_eq!(Err(Errno::EFAULT), kernel_reads(address));
        assert_eq!(Ok(()), set(ENABLE));
        assert_eq!((Ok(ENABLE), Ok(())), (get_tagged_addr_ctrl(), kernel_reads(address)));
        assert_eq!(Ok(ENABLE), spawn(get_tagged_addr_ctrl).join(), "threads inherit it");
        assert_eq!(Ok(()), set(NONE));
        assert_eq!((Ok(NONE), Err(Errno::EFAULT)), (get_tagged_addr_ctrl(), kernel_reads(address)));
    });
}

#[test]
fn errors() {
    let _held = setting();
    in_child(|| {
        for unknown in [1 << 30, 1 << 20] {
            let unknown = TaggedAddrCtrl::from_bits_retain(unknown);
            assert_eq!(Err(Errno::EINVAL), set(ENABLE | unknown));
        }
        if crate::util::capability::probe("mte").is_err() {
            assert_eq!(Err(Errno::EINVAL), set(ENABLE | SYNC));
        }
        assert_eq!(Ok(NONE), get_tagged_addr_ctrl());
    });
}

#[test]
fn the_machine_can_forbid_it() {
    if !have!("root") {
        return;
    }
    let disabled = setting();
    assert!(disabled.set("1"));
    in_child(|| {
        assert_eq!((Err(Errno::EINVAL), Ok(NONE)), (set(ENABLE), get_tagged_addr_ctrl()));
        assert_eq!(Ok(()), set(NONE));
    });
}

#[test]
fn an_access_with_the_wrong_tag_is_a_fault() {
    if !have!("mte") {
        return;
    }
    let _held = setting();
    in_child(|| {
        assert_eq!(Ok(()), set(ENABLE | SYNC));
        assert_eq!(Ok(ENABLE | SYNC), get_tagged_addr_ctrl());
        let area = with_tags();
        area.set(0, 7);
        let third = tagged(area.ptr(), 3).cast::<u8>();
        let read = |address: *mut u8| unsafe { address.read_volatile() };
        faults(libc::SIGSEGV, SEGV_MTESERR, area.at(0), || read(third));
        // Now 16 bytes of the page have this tag.
        unsafe { asm!(".arch_extension memtag", "stg {0}, [{0}]", in(reg) third) };
        assert_eq!(7, read(third));
        faults(libc::SIGSEGV, SEGV_MTESERR, area.at(0), || area.get(0));
        assert_eq!(0, area.get(16));
        // Without the check any tag will do.
        assert_eq!(Ok(()), set(ENABLE));
        assert_eq!((7, 7), (read(third), area.get(0)));
    });
}

#[test]
fn random_tags_are_those_that_are_allowed() {
    if !have!("mte") {
        return;
    }
    let _held = setting();
    in_child(|| {
        for tags in [1 << 5, 1 << 9 | 1 << 12] {
            let control = ENABLE | SYNC | TaggedAddrCtrl::mte_tags(tags);
            assert_eq!(Ok(()), set(control));
            assert_eq!(Ok(control), get_tagged_addr_ctrl());
            assert_eq!(Ok(tags), get_tagged_addr_ctrl().map(TaggedAddrCtrl::tags));
            for _ in 0..100 {
                let mut address = ptr::without_provenance_mut::<u8>(1 << 20);
                unsafe { asm!(".arch_extension memtag", "irg {0}, {0}", inout(reg) address) };
                assert_eq!(1, tags >> (address.addr() >> 56) & 1, "{address:p} of {tags:#x}");
            }
        }
    });
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    passes_on(libc::SYS_prctl, || set(ENABLE));
    passes_on(libc::SYS_prctl, get_tagged_addr_ctrl);
}
