//! Every public name of `sys`, `fcntl` and `errno`, and where it is: it is there, and nowhere else.
//!
//! Written by `MMAN_BLESS=1 cargo test --lib platforms`, from what `docs/platforms.md` is written
//! from. That this compiles for a target is the proof that the page is right about it.

#![allow(
    dead_code,
    deprecated,
    non_camel_case_types,
    unused_imports,
    clippy::upper_case_acronyms,
    reason = "names of all kinds"
)]

macro_rules! names {
    ($module:ident is $($path:ident)::+; $($name:ident if $cfg:meta;)+) => {
        mod $module {
            use ::$($path)::+ as module;
            mod absent {
                $( #[cfg(not($cfg))] pub(super) struct $name; )+
            }
            use absent::*;
            use module::*;

            $(
                #[cfg($cfg)]
                use self::module::$name as _;
                // Were it there all the same, it would not be clear which of the two is meant.
                #[cfg(not($cfg))]
                const _: $name = $name;
            )+
        }
    };
}

names! { sys is mman::sys;
    mempolicy if any(target_os = "linux", target_os = "android");
    mman if unix;
    pagemap if any(target_os = "linux", target_os = "android");
    pidfd if any(target_os = "linux", target_os = "android");
    prctl if any(target_os = "linux", target_os = "android");
    procmap if any(target_os = "linux", target_os = "android");
    resource if unix;
    stat if unix;
    syscall if any(target_os = "linux", target_os = "android");
    uio if all(feature = "std", any(target_os = "linux", target_os = "android"));
    unistd if unix;
    userfaultfd if any(target_os = "linux", target_os = "android");
    vfs if all(feature = "std", any(target_os = "linux", target_os = "android"));
}

#[cfg(any(target_os = "linux", target_os = "android"))]
names! { sys_mempolicy is mman::sys::mempolicy;
    MpolFlags if any(target_os = "linux", target_os = "android");
    Node if any(target_os = "linux", target_os = "android");
    NodeSet if any(target_os = "linux", target_os = "android");
    PageStatus if any(target_os = "linux", target_os = "android");
    Policy if any(target_os = "linux", target_os = "android");
    Rebind if any(target_os = "linux", target_os = "android");
    get_mempolicy if any(target_os = "linux", target_os = "android");
    get_mempolicy_addr if any(target_os = "linux", target_os = "android");
    get_mempolicy_mems_allowed if any(target_os = "linux", target_os = "android");
    get_mempolicy_node if any(target_os = "linux", target_os = "android");
    get_mempolicy_node_addr if any(target_os = "linux", target_os = "android");
    mbind if any(target_os = "linux", target_os = "android");
    migrate_pages if any(target_os = "linux", target_os = "android");
    move_pages if any(target_os = "linux", target_os = "android");
    set_mempolicy if any(target_os = "linux", target_os = "android");
    set_mempolicy_home_node if any(target_os = "linux", target_os = "android");
}

names! { sys_mman is mman::sys::mman;
    CacheStat if all(feature = "std", any(target_os = "linux", target_os = "android"));
    Inherit if any(target_os = "freebsd", target_os = "netbsd", target_os = "openbsd", target_os = "dragonfly", target_vendor = "apple");
    MRemapFlags if any(target_os = "linux", target_os = "android", target_os = "netbsd");
    MapFlags if unix;
    MemFdFlags if any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd");
    MincoreFlags if any(target_os = "freebsd", target_os = "dragonfly", target_vendor = "apple");
    MlockAllFlags if unix;
    MlockFlags if any(target_os = "linux", target_os = "android");
    MmapAdvise if unix;
    MsFlags if unix;
    Pkey if any(target_os = "linux", target_os = "android");
    PkeyAccess if any(target_os = "linux", target_os = "android");
    PosixMadvAdvice if unix;
    ProtFlags if unix;
    ShadowStackFlags if any(target_os = "linux", target_os = "android");
    ShmFlags if any(target_os = "freebsd");
    ShmLargepageAlloc if any(target_os = "freebsd");
    ShmRenameFlags if any(target_os = "freebsd");
    cachestat if all(feature = "std", any(target_os = "linux", target_os = "android"));
    getpagesizes if all(feature = "std", any(target_os = "freebsd"));
    madvise if unix;
    madvise_raw if unix;
    map_shadow_stack if any(target_os = "linux", target_os = "android");
    mcontrol if any(target_os = "dragonfly");
    memfd_create if all(feature = "std", any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd"));
    memfd_secret if all(feature = "std", any(all(target_os = "linux", any(target_arch = "aarch64", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64")), all(target_os = "android", not(any(target_arch = "arm")))));
    mimmutable if any(target_os = "openbsd");
    mincore if any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd", target_os = "dragonfly", target_vendor = "apple");
    minherit if any(target_os = "freebsd", target_os = "netbsd", target_os = "openbsd", target_os = "dragonfly", target_vendor = "apple");
    mlock if unix;
    mlock2 if any(target_os = "linux", target_os = "android");
    mlockall if unix;
    mmap if unix;
    mmap64 if unix;
    mmap_anonymous if unix;
    mmap_noreplace if all(feature = "std", any(target_os = "linux", target_os = "android"));
    mprotect if unix;
    mquery if all(feature = "std", any(target_os = "openbsd"));
    mremap if any(target_os = "linux", target_os = "android", target_os = "netbsd");
    mseal if any(target_os = "linux", target_os = "android");
    msync if unix;
    munlock if unix;
    munlockall if unix;
    munmap if unix;
    pkey_alloc if any(target_os = "linux", target_os = "android");
    pkey_free if any(target_os = "linux", target_os = "android");
    pkey_get if any(all(target_os = "linux", any(target_arch = "x86", target_arch = "x86_64")), all(target_os = "android", any(target_arch = "x86", target_arch = "x86_64")));
    pkey_mprotect if any(target_os = "linux", target_os = "android");
    pkey_set if any(all(target_os = "linux", any(target_arch = "x86", target_arch = "x86_64")), all(target_os = "android", any(target_arch = "x86", target_arch = "x86_64")));
    posix_madvise if unix;
    process_madvise if all(feature = "std", any(target_os = "linux", target_os = "android"));
    process_mrelease if all(feature = "std", any(target_os = "linux", target_os = "android"));
    pthread_jit_write_protect_np if any(target_os = "macos");
    pthread_jit_write_protect_supported_np if any(target_os = "macos");
    shm_create_largepage if all(feature = "std", any(target_os = "freebsd"));
    shm_mkstemp if all(feature = "std", any(target_os = "openbsd"));
    shm_open if any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "openbsd", target_os = "dragonfly", target_vendor = "apple");
    shm_open2 if all(feature = "std", any(target_os = "freebsd"));
    shm_open_owned if all(feature = "std", any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "openbsd", target_os = "dragonfly", target_vendor = "apple"));
    shm_rename if all(feature = "std", any(target_os = "freebsd"));
    shm_unlink if any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "openbsd", target_os = "dragonfly", target_vendor = "apple");
}

#[cfg(any(target_os = "linux", target_os = "android"))]
names! { sys_pagemap is mman::sys::pagemap;
    ClearRefs if all(feature = "std", any(target_os = "linux", target_os = "android"));
    PageIs if any(target_os = "linux", target_os = "android");
    PageRegion if any(target_os = "linux", target_os = "android");
    PagemapEntry if any(target_os = "linux", target_os = "android");
    PmScan if any(target_os = "linux", target_os = "android");
    PmScanArg if any(target_os = "linux", target_os = "android");
    PmScanFlags if any(target_os = "linux", target_os = "android");
    SwapEntry if any(target_os = "linux", target_os = "android");
    clear_refs if all(feature = "std", any(target_os = "linux", target_os = "android"));
    pagemap_read if all(feature = "std", any(target_os = "linux", target_os = "android"));
    pagemap_scan if all(feature = "std", any(target_os = "linux", target_os = "android"));
}

#[cfg(any(target_os = "linux", target_os = "android"))]
names! { sys_pidfd is mman::sys::pidfd;
    PIDFD_SELF if all(feature = "std", any(target_os = "linux", target_os = "android"));
    PIDFD_SELF_PROCESS if all(feature = "std", any(target_os = "linux", target_os = "android"));
    PidfdFlags if any(target_os = "linux", target_os = "android");
    pidfd_open if all(feature = "std", any(target_os = "linux", target_os = "android"));
}

#[cfg(any(target_os = "linux", target_os = "android"))]
names! { sys_prctl is mman::sys::prctl;
    Mdwe if any(target_os = "linux", target_os = "android");
    TaggedAddrCtrl if any(all(target_os = "linux", any(target_arch = "aarch64")), all(target_os = "android", any(target_arch = "aarch64")));
    ThpDisable if any(target_os = "linux", target_os = "android");
    get_mdwe if any(target_os = "linux", target_os = "android");
    get_memory_merge if any(target_os = "linux", target_os = "android");
    get_tagged_addr_ctrl if any(all(target_os = "linux", any(target_arch = "aarch64")), all(target_os = "android", any(target_arch = "aarch64")));
    get_thp_disable if any(target_os = "linux", target_os = "android");
    set_mdwe if any(target_os = "linux", target_os = "android");
    set_memory_merge if any(target_os = "linux", target_os = "android");
    set_tagged_addr_ctrl if any(all(target_os = "linux", any(target_arch = "aarch64")), all(target_os = "android", any(target_arch = "aarch64")));
    set_thp_disable if any(target_os = "linux", target_os = "android");
    set_vma_anon_name if any(target_os = "linux", target_os = "android");
}

#[cfg(any(target_os = "linux", target_os = "android"))]
names! { sys_procmap is mman::sys::procmap;
    ProcmapQuery if any(target_os = "linux", target_os = "android");
    ProcmapQueryFlags if any(target_os = "linux", target_os = "android");
    procmap_query if all(feature = "std", any(target_os = "linux", target_os = "android"));
}

names! { sys_resource is mman::sys::resource;
    RLimit if unix;
    Resource if unix;
    getrlimit if unix;
}

names! { sys_stat is mman::sys::stat;
    Mode if unix;
}

#[cfg(any(target_os = "linux", target_os = "android"))]
names! { sys_syscall is mman::sys::syscall;
    SYS_cachestat if any(target_os = "linux", target_os = "android");
    SYS_map_shadow_stack if any(target_os = "linux", target_os = "android");
    SYS_memfd_secret if any(all(target_os = "linux", any(target_arch = "aarch64", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64")), all(target_os = "android", not(any(target_arch = "arm"))));
    SYS_migrate_pages if any(target_os = "linux", target_os = "android");
    SYS_mseal if any(target_os = "linux", target_os = "android");
    SYS_pidfd_open if any(target_os = "linux", target_os = "android");
    SYS_pkey_alloc if any(target_os = "linux", target_os = "android");
    SYS_pkey_free if any(target_os = "linux", target_os = "android");
    SYS_pkey_mprotect if any(target_os = "linux", target_os = "android");
    SYS_process_madvise if any(target_os = "linux", target_os = "android");
    SYS_process_mrelease if any(target_os = "linux", target_os = "android");
    SYS_set_mempolicy_home_node if any(target_os = "linux", target_os = "android");
}

#[cfg(all(feature = "std", any(target_os = "linux", target_os = "android")))]
names! { sys_uio is mman::sys::uio;
    RemoteIoVec if all(feature = "std", any(target_os = "linux", target_os = "android"));
    process_vm_readv if all(feature = "std", any(target_os = "linux", target_os = "android"));
    process_vm_writev if all(feature = "std", any(target_os = "linux", target_os = "android"));
}

names! { sys_unistd is mman::sys::unistd;
    geteuid if unix;
    getpagesize if unix;
}

#[cfg(any(target_os = "linux", target_os = "android"))]
names! { sys_userfaultfd is mman::sys::userfaultfd;
    UffdFeatures if any(target_os = "linux", target_os = "android");
    UffdIoctls if any(target_os = "linux", target_os = "android");
    UffdMsg if all(feature = "std", any(target_os = "linux", target_os = "android"));
    UffdMsgs if all(feature = "std", any(target_os = "linux", target_os = "android"));
    UffdPagefaultFlags if any(target_os = "linux", target_os = "android");
    UffdioApi if all(feature = "std", any(target_os = "linux", target_os = "android"));
    UffdioContinueMode if any(target_os = "linux", target_os = "android");
    UffdioCopyMode if any(target_os = "linux", target_os = "android");
    UffdioMoveMode if any(target_os = "linux", target_os = "android");
    UffdioPoisonMode if any(target_os = "linux", target_os = "android");
    UffdioRegisterMode if any(target_os = "linux", target_os = "android");
    UffdioWriteprotectMode if any(target_os = "linux", target_os = "android");
    UffdioZeropageMode if any(target_os = "linux", target_os = "android");
    UserfaultfdFlags if any(target_os = "linux", target_os = "android");
    read_uffd_msg if all(feature = "std", any(target_os = "linux", target_os = "android"));
    read_uffd_msgs if all(feature = "std", any(target_os = "linux", target_os = "android"));
    uffdio_api if all(feature = "std", any(target_os = "linux", target_os = "android"));
    uffdio_continue if all(feature = "std", any(target_os = "linux", target_os = "android"));
    uffdio_copy if all(feature = "std", any(target_os = "linux", target_os = "android"));
    uffdio_move if all(feature = "std", any(target_os = "linux", target_os = "android"));
    uffdio_poison if all(feature = "std", any(target_os = "linux", target_os = "android"));
    uffdio_register if all(feature = "std", any(target_os = "linux", target_os = "android"));
    uffdio_unregister if all(feature = "std", any(target_os = "linux", target_os = "android"));
    uffdio_wake if all(feature = "std", any(target_os = "linux", target_os = "android"));
    uffdio_writeprotect if all(feature = "std", any(target_os = "linux", target_os = "android"));
    uffdio_zeropage if all(feature = "std", any(target_os = "linux", target_os = "android"));
    userfaultfd if all(feature = "std", any(target_os = "linux", target_os = "android"));
    userfaultfd_ioc_new if all(feature = "std", any(target_os = "linux", target_os = "android"));
}

#[cfg(all(feature = "std", any(target_os = "linux", target_os = "android")))]
names! { sys_vfs is mman::sys::vfs;
    HUGETLBFS_MAGIC if all(feature = "std", any(target_os = "linux", target_os = "android"));
    OVERLAYFS_SUPER_MAGIC if all(feature = "std", any(target_os = "linux", target_os = "android"));
    RAMFS_MAGIC if all(feature = "std", any(target_os = "linux", target_os = "android"));
    StatFs if all(feature = "std", any(target_os = "linux", target_os = "android"));
    TMPFS_MAGIC if all(feature = "std", any(target_os = "linux", target_os = "android"));
    fstatfs if all(feature = "std", any(target_os = "linux", target_os = "android"));
}

names! { fcntl is mman::fcntl;
    FallocateFlags if any(target_os = "linux", target_os = "android");
    OFlag if unix;
    PosixFadviseAdvice if any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd");
    SealFlags if any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd");
    SyncFileRangeFlags if any(target_os = "linux", target_os = "android");
    fallocate if all(feature = "std", any(target_os = "linux", target_os = "android"));
    fcntl_add_seals if all(feature = "std", any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd"));
    fcntl_get_seals if all(feature = "std", any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd"));
    posix_fadvise if all(feature = "std", any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd"));
    posix_fallocate if all(feature = "std", any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd", target_os = "dragonfly"));
    readahead if all(feature = "std", any(target_os = "linux", target_os = "android"));
    sync_file_range if all(feature = "std", any(target_os = "linux", target_os = "android"));
}

names! { errno is mman::errno;
    EDEADLOCK if any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "dragonfly", target_vendor = "apple");
    ELAST if any(target_os = "freebsd", target_os = "netbsd", target_os = "openbsd", target_os = "dragonfly", target_vendor = "apple");
    ENOTSUP if any(target_os = "linux", target_os = "android");
    EOPNOTSUPP if any(target_os = "freebsd", target_os = "dragonfly");
    EWOULDBLOCK if unix;
    Errno if unix;
    ErrnoSentinel if unix;
    errno if unix;
    from_i32 if unix;
}
