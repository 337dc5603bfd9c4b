//! What is left of `sys`: the neighbours of `<sys/mman.h>`.
//!
//! Not here is `read_uffd_msgs`, which `read_uffd_msg` calls.

#![allow(clippy::undocumented_unsafe_blocks, reason = "said here, for all")]
// SAFETY: as in `more`; what is no userfaultfd obeys none of its requests.

use std::{
    ffi::{c_int, c_long, c_ulong, c_void},
    hint::black_box,
    io::{IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::fd::AsRawFd as _,
    ptr,
};

use mman::sys::{
    mempolicy::*, pagemap::*, pidfd::*, prctl::*, procmap::*, resource::*, syscall, uio::*, unistd,
    userfaultfd::*,
};

use crate::{
    calls::PAGE,
    more::{Answer, Call, LEN, Number, calls, closed, request},
};

const NONE: *const c_void = ptr::null();
const NODE: Node = match Node::new(0) {
    Some(node) => node,
    None => unreachable!(),
};
/// As the calls take it, a whole register.
const ZERO: c_ulong = 0;
const UNPROTECT: UffdioWriteprotectMode = UffdioWriteprotectMode::Unprotect;
const MISSING: UffdioRegisterMode = UffdioRegisterMode::UFFDIO_REGISTER_MODE_MISSING;

fn prctl(operation: c_int) -> c_int {
    unsafe { libc::prctl(operation, ZERO, ZERO, ZERO, ZERO) }
}

/// As it is called by who asks for the nodes too.
#[inline(always)]
fn get_policy(addr: *const c_void, flags: c_ulong) -> c_long {
    let (mut mode, mut mask): (c_int, _) = (0, [ZERO; 16]);
    let (mode, mask) = (ptr::from_mut(black_box(&mut mode)), black_box(&mut mask).as_mut_ptr());
    unsafe { libc::syscall(libc::SYS_get_mempolicy, mode, mask, 1024 as c_ulong, addr, flags) }
}

fn remote(page: *mut c_void) -> RemoteIoVec {
    RemoteIoVec { base: page.expose_provenance(), len: 8 }
}

fn word(iov_base: *mut c_void) -> libc::iovec {
    libc::iovec { iov_base, iov_len: 8 }
}

calls! { on:
    // Of the policy's nodes an array is made, with a word more, which some kernels read.
    "mbind" 93:
        unsafe { libc::syscall(libc::SYS_mbind, on.page, PAGE, ZERO, NONE, ZERO, ZERO) },
        mbind(on.page, PAGE, &Policy::Default, MpolFlags::empty());
    // As above.
    "set_mempolicy" 72:
        unsafe { libc::syscall(libc::SYS_set_mempolicy, ZERO, NONE, ZERO) },
        set_mempolicy(&Policy::Default);
    // Of mode and nodes a policy is made.
    "get_mempolicy" 183:
        get_policy(NONE, 0),
        get_mempolicy();
    // As above.
    "get_mempolicy_addr" 184:
        get_policy(on.page, 2),
        get_mempolicy_addr(on.page);
    "get_mempolicy_node":
        get_policy(NONE, 1),
        get_mempolicy_node();
    "get_mempolicy_node_addr":
        get_policy(on.page, 3),
        get_mempolicy_node_addr(on.page);
    // A set is made of the nodes.
    "get_mempolicy_mems_allowed" 71:
        get_policy(NONE, 4),
        get_mempolicy_mems_allowed();
    // Its arguments are made words.
    "set_mempolicy_home_node" 63:
        {
            let number = syscall::SYS_set_mempolicy_home_node;
            unsafe { libc::syscall(number, on.page, PAGE, ZERO, ZERO) }
        },
        set_mempolicy_home_node(on.page, PAGE, NODE);
    // Whether there are as many answers as pages.
    "move_pages" 74:
        {
            let mut status = [0; 1];
            let (pages, status) = (&raw const on.page, black_box(&mut status).as_mut_ptr());
            unsafe { libc::syscall(libc::SYS_move_pages, ZERO, 1usize, pages, NONE, status, ZERO) }
        },
        {
            let (pages, mut status) = ([on.page.cast_const()], [PageStatus::default()]);
            move_pages(0, &pages, None, black_box(&mut status), MpolFlags::empty())
        };
    // Two arrays, as for `mbind`.
    "migrate_pages" 148:
        {
            let (from, to) = ([ZERO; 17], [ZERO; 17]);
            let (from, to) = (black_box(&from).as_ptr(), black_box(&to).as_ptr());
            unsafe { libc::syscall(syscall::SYS_migrate_pages, ZERO, 1025usize, from, to) }
        },
        migrate_pages(0, black_box(&NodeSet::new()), black_box(&NodeSet::new()));
    "userfaultfd":
        closed(unsafe { libc::syscall(libc::SYS_userfaultfd, libc::O_CLOEXEC | 1) }),
        userfaultfd(UserfaultfdFlags::O_CLOEXEC | UserfaultfdFlags::UFFD_USER_MODE_ONLY);
    "userfaultfd_ioc_new":
        closed(unsafe { libc::ioctl(on.fd(), 0xaa00, libc::O_CLOEXEC as c_ulong) }),
        unsafe { userfaultfd_ioc_new(&on.file, UserfaultfdFlags::O_CLOEXEC) };
    "uffdio_api":
        request(on.fd(), 0xc018_aa3f, [0xaa, 0, 0]),
        uffdio_api(&on.file, UffdFeatures::empty());
    "uffdio_register":
        request(on.fd(), 0xc020_aa00, [on.at(), LEN, 1, 0]),
        unsafe { uffdio_register(&on.file, on.at(), LEN, MISSING) };
    "uffdio_unregister":
        request(on.fd(), 0x8010_aa01, [on.at(), LEN]),
        unsafe { uffdio_unregister(&on.file, on.at(), LEN) };
    "uffdio_wake":
        request(on.fd(), 0x8010_aa02, [on.at(), LEN]),
        uffdio_wake(&on.file, on.at(), LEN);
    // How far it came is in the structure.
    "uffdio_copy" 84:
        request(on.fd(), 0xc028_aa03, [on.at(), on.at(), LEN, 0, 0]),
        unsafe { uffdio_copy(&on.file, on.at(), on.page, LEN, UffdioCopyMode::empty()) };
    // As `uffdio_copy`.
    "uffdio_zeropage" 84:
        request(on.fd(), 0xc020_aa04, [on.at(), LEN, 0, 0]),
        unsafe { uffdio_zeropage(&on.file, on.at(), LEN, UffdioZeropageMode::empty()) };
    // As `uffdio_copy`.
    "uffdio_move" 84:
        request(on.fd(), 0xc028_aa05, [on.at(), on.at(), LEN, 0, 0]),
        unsafe { uffdio_move(&on.file, on.at(), on.at(), LEN, UffdioMoveMode::empty()) };
    "uffdio_writeprotect":
        request(on.fd(), 0xc018_aa06, [on.at(), LEN, 0]),
        unsafe { uffdio_writeprotect(&on.file, on.at(), LEN, UNPROTECT) };
    // As `uffdio_copy`.
    "uffdio_continue" 84:
        request(on.fd(), 0xc020_aa07, [on.at(), LEN, 0, 0]),
        unsafe { uffdio_continue(&on.file, on.at(), LEN, UffdioContinueMode::empty()) };
    // As `uffdio_copy`.
    "uffdio_poison" 84:
        request(on.fd(), 0xc020_aa08, [on.at(), LEN, 0, 0]),
        unsafe { uffdio_poison(&on.file, on.at(), LEN, UffdioPoisonMode::empty()) };
    // Messages that are not taken close the descriptors in them.
    "read_uffd_msg" 80:
        {
            let mut message = [0u64; 4];
            let to = black_box(&mut message).as_mut_ptr().cast();
            unsafe { libc::read(on.event.as_raw_fd(), to, 32) }
        },
        unsafe { read_uffd_msg(&on.event) };
    // The place in the file is counted out of the address.
    "pagemap_read" 53:
        {
            let mut entry = [0u64];
            let (to, at) = (black_box(&mut entry).as_mut_ptr().cast(), on.at() as i64 >> 9);
            unsafe { libc::pread64(on.pagemap.as_raw_fd(), to, 8, at) }
        },
        pagemap_read(&on.pagemap, on.at(), black_box(&mut [PagemapEntry::default()]));
    "pagemap_scan":
        {
            let words = [96, 0, on.at(), on.at() + LEN, 0, 0, 0, 0, 0, 0, 0, 0];
            request(on.pagemap.as_raw_fd(), 0xc060_6610, words)
        },
        {
            let (start, end) = (on.at(), on.at() + LEN);
            pagemap_scan(&on.pagemap, &PmScanArg { start, end, ..PmScanArg::default() }, &mut [])
        };
    "clear_refs":
        unsafe { libc::write(on.clear_refs.as_raw_fd(), b"5".as_ptr().cast(), 1) },
        clear_refs(&on.clear_refs, ClearRefs::PeakRss);
    // As above.
    "procmap_query" 59:
        {
            let words = [104, 0, on.at(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            request(on.maps.as_raw_fd(), 0xc068_6611, words)
        },
        procmap_query(&on.maps, ProcmapQueryFlags::empty(), on.at(), &mut [], &mut []);
    "set_vma_anon_name":
        unsafe { libc::prctl(0x5356_4d41, ZERO, on.page, PAGE, c"page".as_ptr()) },
        set_vma_anon_name(on.page, PAGE, Some(c"page"));
    "set_thp_disable":
        prctl(41),
        set_thp_disable(ThpDisable::No);
    // The answer is a type.
    "get_thp_disable" 55:
        prctl(42),
        get_thp_disable();
    "set_memory_merge":
        prctl(67),
        set_memory_merge(false);
    // As above.
    "get_memory_merge" 49:
        prctl(68),
        get_memory_merge();
    "set_mdwe":
        prctl(65),
        set_mdwe(Mdwe::Off);
    // As above.
    "get_mdwe" 55:
        prctl(66),
        get_mdwe();
    "pidfd_open":
        closed(unsafe { libc::syscall(syscall::SYS_pidfd_open, on.pid, 0) }),
        pidfd_open(on.pid, PidfdFlags::empty());
    // By number, through `syscall`.
    "process_vm_readv" 51:
        {
            let mut bytes = [0u8; 8];
            let to = word(black_box(&mut bytes).as_mut_ptr().cast());
            unsafe { libc::process_vm_readv(on.pid, &to, 1, &word(on.page), 1, 0) }
        },
        {
            let mut bytes = [0; 8];
            let to = &mut [IoSliceMut::new(black_box(&mut bytes))];
            process_vm_readv(on.pid, to, &[remote(on.page)])
        };
    // As above.
    "process_vm_writev" 51:
        {
            let mut bytes = [0u8; 8];
            let from = word(black_box(&mut bytes).as_mut_ptr().cast());
            unsafe { libc::process_vm_writev(on.pid, &from, 1, &word(on.page), 1, 0) }
        },
        {
            let bytes = [0; 8];
            let from = &[IoSlice::new(black_box(&bytes))];
            unsafe { process_vm_writev(on.pid, from, &[remote(on.page)]) }
        };
    "getrlimit":
        {
            let mut limit = MaybeUninit::uninit();
            unsafe { libc::getrlimit64(libc::RLIMIT_MEMLOCK, black_box(&mut limit).as_mut_ptr()) }
        },
        getrlimit(Resource::RLIMIT_MEMLOCK);
    "getpagesize":
        Number((black_box(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }) == 0).into()),
        Number((black_box(unistd::getpagesize()) == 0).into());
    "geteuid":
        Number((black_box(unsafe { libc::geteuid() }) == u32::MAX).into()),
        Number((black_box(unistd::geteuid()) == u32::MAX).into());
}
