//! Calls and requests.

use core::ptr;
use std::os::fd::OwnedFd;

use super::{
    super::super::{
        page_size,
        probe::{Kind, Reason, Scratch, Support},
    },
    List, Tools, by, refuses,
};
use crate::{
    Result,
    errno::Errno,
    fcntl::{SealFlags, fcntl_add_seals},
    sys::{
        mempolicy::{
            self, MpolFlags, Node, NodeSet, Policy, Rebind, get_mempolicy_mems_allowed, mbind,
        },
        mman::{
            self, MRemapFlags, MemFdFlags, MlockFlags, MmapAdvise, PkeyAccess, ProtFlags,
            ShadowStackFlags,
        },
        pagemap::{PageIs, PmScanArg, pagemap_scan},
        pidfd::{PIDFD_SELF, PidfdFlags, pidfd_open},
        prctl,
        procmap::{ProcmapQueryFlags, procmap_query},
        userfaultfd::{UffdFeatures, UserfaultfdFlags, uffdio_api, userfaultfd},
    },
};

/// Calls on a range of memory.
pub(super) fn memory(_: &Tools, list: &mut List) {
    let on_page =
        |f: &dyn Fn(&Scratch) -> Result<()>| Support::of(Scratch::page().and_then(|p| f(&p)));
    list.call("mincore", on_page(&|page| mman::mincore(page.ptr(), page_size(), &mut [0])));
    // SAFETY: an empty range: no page is locked.
    let lock = |flags| unsafe { mman::mlock2(ptr::null(), 0, flags) };
    list.call("mlock2", Support::of(lock(MlockFlags::empty())));
    let on_fault = Support::of(lock(MlockFlags::MLOCK_ONFAULT));
    list.add(Kind::Flag, "mlock2", "MLOCK_ONFAULT", on_fault);
    list.add(Kind::Flag, "mremap", "MREMAP_DONTUNMAP", on_page(&leave_behind));
    // SAFETY: an empty range: no page is sealed.
    list.call("mseal", Support::of(unsafe { mman::mseal(ptr::null_mut(), 0) }));
    list.call("pkey_alloc", pkey());
    list.call(
        "pkey_mprotect",
        // SAFETY: nothing refers to the page.
        on_page(&|page| unsafe {
            mman::pkey_mprotect(page.ptr(), page_size(), ProtFlags::PROT_READ, None)
        }),
    );
    list.call("map_shadow_stack", shadow_stack());
}

/// Moves the page away and keeps its place; what was moved is unmapped.
fn leave_behind(page: &Scratch) -> Result<()> {
    let flags = MRemapFlags::MREMAP_MAYMOVE | MRemapFlags::MREMAP_DONTUNMAP;
    // SAFETY: nothing refers to the page, and the system picks a free place.
    let moved = unsafe { mman::mremap(page.ptr(), page_size(), page_size(), flags, None) }?;
    // SAFETY: the page was just mapped there, and nothing refers to it.
    unsafe { mman::munmap(moved, page_size()) }
}

/// A key with the rights of a key that nobody has, so that the thread's rights stay.
fn pkey() -> Support {
    if !has_keys() {
        // Rights that do not exist: a right call could use a key up for nothing.
        let answer = mman::pkey_alloc(PkeyAccess::from_bits_retain(1 << 31));
        return match answer {
            Err(Errno::EINVAL) => Support::No(Reason::Hardware, Errno::EINVAL),
            other => Support::of(other),
        };
    }
    match mman::pkey_alloc(PkeyAccess::PKEY_DISABLE_ACCESS) {
        // SAFETY: no page carries the key.
        Ok(key) => Support::of(unsafe { mman::pkey_free(key) }),
        Err(errno @ (Errno::EINVAL | Errno::ENOSPC)) => Support::No(Reason::Hardware, errno),
        Err(errno) => Support::of::<()>(Err(errno)),
    }
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn has_keys() -> bool {
    mman::pkey_get(mman::Pkey::from_raw(0)).is_ok()
}

/// The other architectures tell by the call alone.
#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
fn has_keys() -> bool {
    true
}

/// By a flag that does not exist: which processor it is, is looked at first.
fn shadow_stack() -> Support {
    let flags = ShadowStackFlags::from_bits_retain(1 << 31);
    match mman::map_shadow_stack(ptr::null_mut(), 0, flags) {
        Err(Errno::EOPNOTSUPP) => Support::No(Reason::Hardware, Errno::EOPNOTSUPP),
        other => refuses(other, Errno::EINVAL),
    }
}

/// Files of memory, and what is told of files.
pub(super) fn descriptors(tools: &Tools, list: &mut List) {
    let create = |flags| mman::memfd_create(c"", MemFdFlags::MFD_CLOEXEC | flags);
    list.call("memfd_create", Support::of(create(MemFdFlags::empty())));
    for (name, flag) in MemFdFlags::NAMES {
        let is_size = name.starts_with("MFD_HUGE_");
        let flags = if is_size { MemFdFlags::MFD_HUGETLB | *flag } else { *flag };
        list.add(Kind::Flag, "memfd_create", name, Support::of(create(flags)));
    }
    for (name, seal) in SealFlags::NAMES {
        let sealed =
            create(MemFdFlags::MFD_ALLOW_SEALING).and_then(|fd| fcntl_add_seals(fd, *seal));
        list.add(Kind::Flag, "fcntl(F_ADD_SEALS)", name, Support::of(sealed));
    }
    list.call("memfd_secret", Support::of(secret()));
    list.call("cachestat", by(&tools.file, |file| mman::cachestat(file, 0, 0)));
}

#[cfg(any(
    target_arch = "x86",
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv32",
    target_arch = "riscv64",
    target_arch = "s390x",
    target_arch = "loongarch64"
))]
fn secret() -> Result<OwnedFd> {
    mman::memfd_secret(crate::fcntl::OFlag::O_CLOEXEC)
}

/// The other architectures have no number for it.
#[cfg(not(any(
    target_arch = "x86",
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv32",
    target_arch = "riscv64",
    target_arch = "s390x",
    target_arch = "loongarch64"
)))]
fn secret() -> Result<OwnedFd> {
    Err(Errno::ENOSYS)
}

/// Calls on processes.
pub(super) fn processes(tools: &Tools, list: &mut List) {
    let own = std::process::id() as libc::pid_t;
    list.call("pidfd_open", Support::of(tools.pidfd.as_ref().map_err(|errno| *errno)));
    for (name, flag) in PidfdFlags::NAMES {
        list.add(Kind::Flag, "pidfd_open", name, Support::of(pidfd_open(own, *flag)));
    }
    let cold = MmapAdvise::MADV_COLD;
    // SAFETY: no range is advised.
    let advise = |fd: &OwnedFd| unsafe { mman::process_madvise(fd, &[], cold) };
    let call = match &tools.pidfd {
        Ok(pidfd) => Support::of(advise(pidfd)),
        // Without a process: that the descriptor is none is seen after the call is.
        Err(_) => match &tools.file {
            Ok(file) => refuses(advise(file), Errno::EBADF),
            Err(errno) => Support::Undecided(*errno),
        },
    };
    list.call("process_madvise", call);
    list.add(
        Kind::Value,
        "process_madvise",
        "PIDFD_SELF",
        // SAFETY: no range is advised.
        Support::of(unsafe { mman::process_madvise(PIDFD_SELF, &[], cold) }),
    );
    let any = |pidfd: &OwnedFd| {
        let page = Scratch::page()?;
        let range = libc::iovec { iov_base: page.ptr(), iov_len: page_size() };
        // SAFETY: nothing refers to the page; it is advised as it is already.
        unsafe { mman::process_madvise(pidfd, &[range], MmapAdvise::MADV_NORMAL) }
    };
    let any = by(&tools.pidfd, any);
    list.add(Kind::Value, "process_madvise", "any advice on oneself", any);
    let release = match &tools.file {
        Ok(file) => refuses(mman::process_mrelease(file), Errno::EBADF),
        Err(errno) => Support::Undecided(*errno),
    };
    list.call("process_mrelease", release);
}

/// Calls for NUMA, and the policies, by an empty range.
pub(super) fn policies(list: &mut List) {
    list.call("get_mempolicy", Support::of(mempolicy::get_mempolicy()));
    let none = Policy::Other { mode: 0xfff, nodes: NodeSet::new() };
    list.call("set_mempolicy", refuses(mempolicy::set_mempolicy(&none), Errno::EINVAL));
    let bound = |policy: &Policy| mbind(ptr::null_mut(), 0, policy, MpolFlags::empty());
    list.call("mbind", Support::of(bound(&Policy::Default)));
    let allowed = get_mempolicy_mems_allowed();
    type Row = (&'static str, fn(NodeSet) -> Policy);
    let policies: [Row; 7] = [
        ("MPOL_LOCAL", |_| Policy::Local),
        ("MPOL_BIND", Policy::bind),
        ("MPOL_INTERLEAVE", Policy::interleave),
        ("MPOL_PREFERRED_MANY", Policy::preferred_many),
        ("MPOL_WEIGHTED_INTERLEAVE", Policy::weighted_interleave),
        ("MPOL_F_STATIC_NODES", |nodes| Policy::Bind {
            nodes,
            rebind: Rebind::StaticNodes,
            numa_balancing: false,
        }),
        ("MPOL_F_NUMA_BALANCING", |nodes| Policy::Bind {
            nodes,
            rebind: Rebind::Remap,
            numa_balancing: true,
        }),
    ];
    for (name, policy) in policies {
        let answer = allowed.and_then(|nodes| bound(&policy(nodes)));
        let kind = if name.starts_with("MPOL_F_") { Kind::Flag } else { Kind::Value };
        list.add(kind, "mbind", name, Support::of(answer));
    }
    let first = allowed.and_then(|nodes| nodes.iter().next().ok_or(Errno::ENODEV));
    let home = |node: Node| mempolicy::set_mempolicy_home_node(ptr::null_mut(), 0, node);
    list.call("set_mempolicy_home_node", Support::of(first.and_then(home)));
    let moved = mempolicy::move_pages(0, &[], None, &mut [], MpolFlags::empty());
    list.call("move_pages", Support::of(moved));
    // No process has the highest number.
    let nodes = NodeSet::new();
    let migrated = mempolicy::migrate_pages(libc::pid_t::MAX, &nodes, &nodes);
    list.call("migrate_pages", refuses(migrated, Errno::ESRCH));
}

/// Settings of the process, of which only the present value is asked.
pub(super) fn settings(list: &mut List) {
    let mut setting = |name, support| list.add(Kind::Request, "prctl", name, support);
    let named = Scratch::page()
        .and_then(|page| prctl::set_vma_anon_name(page.ptr(), page_size(), Some(c"mman probe")));
    setting("PR_SET_VMA_ANON_NAME", Support::of(named));
    setting("PR_GET_THP_DISABLE", Support::of(prctl::get_thp_disable()));
    setting("PR_GET_MEMORY_MERGE", Support::of(prctl::get_memory_merge()));
    setting("PR_GET_MDWE", Support::of(prctl::get_mdwe()));
}

/// `userfaultfd` and its features, which the handshake of a descriptor tells.
pub(super) fn faults(list: &mut List) {
    let user_mode = UserfaultfdFlags::UFFD_USER_MODE_ONLY;
    let open = |flags| userfaultfd(UserfaultfdFlags::O_CLOEXEC | flags);
    let plain = open(UserfaultfdFlags::empty());
    let limited = open(user_mode);
    list.call("userfaultfd", Support::of(plain.as_ref().map_err(|errno| *errno)));
    let support = Support::of(limited.as_ref().map_err(|errno| *errno));
    list.add(Kind::Flag, "userfaultfd", "UFFD_USER_MODE_ONLY", support);
    let told = plain.or(limited).and_then(|fd| uffdio_api(fd, UffdFeatures::empty()));
    for (name, feature) in UffdFeatures::NAMES {
        let support = match told {
            Ok(told) if told.features.contains(*feature) => Support::Yes,
            Ok(_) => Support::No(Reason::NotKnown, Errno::EINVAL),
            Err(errno) => Support::of::<()>(Err(errno)),
        };
        list.add(Kind::Flag, "ioctl(UFFDIO_API)", name, support);
    }
}

/// Requests to files of `/proc`.
pub(super) fn requests(tools: &Tools, list: &mut List) {
    let next = ProcmapQueryFlags::PROCMAP_QUERY_COVERING_OR_NEXT_VMA;
    let query = by(&tools.maps, |maps| procmap_query(maps, next, 0, &mut [], &mut []).map(|_| ()));
    list.add(Kind::Request, "ioctl", "PROCMAP_QUERY", query);
    let scan = |arg: &PmScanArg| by(&tools.pagemap, |pagemap| pagemap_scan(pagemap, arg, &mut []));
    list.add(Kind::Request, "ioctl", "PAGEMAP_SCAN", scan(&PmScanArg::default()));
    for (name, category) in PageIs::NAMES {
        let support = scan(&PmScanArg { category_mask: *category, ..PmScanArg::default() });
        list.add(Kind::Flag, "ioctl(PAGEMAP_SCAN)", name, support);
    }
}
