//! `observe::probe`.

use std::{collections::HashSet, fs, ptr};

use mman::{
    errno::Errno,
    observe::{Probe, Reason, Support, probe},
};

use crate::util::{
    capability, child::in_child, machine::HugePages, seccomp, smaps, unprivileged::become_nobody,
};

fn support(all: &[Probe], name: &str) -> Support {
    all.iter().find(|probe| probe.name == name).unwrap_or_else(|| panic!("{name}")).support
}

#[test]
fn each_name_is_listed_once() {
    let all = probe();
    let names: HashSet<_> = all.iter().map(|probe| (probe.call, probe.name)).collect();
    assert_eq!(all.len(), names.len());
    assert!(all.len() > 100, "{}", all.len());
}

/// What the machine is known to have by other ways than the library's.
#[test]
fn the_list_agrees_with_direct_calls() {
    let all = probe();
    for (name, advice) in [
        ("MADV_WILLNEED", libc::MADV_WILLNEED),
        ("MADV_FREE", libc::MADV_FREE),
        ("MADV_MERGEABLE", libc::MADV_MERGEABLE),
        ("MADV_HWPOISON", libc::MADV_HWPOISON),
        ("MADV_COLLAPSE", 25),
        ("MADV_GUARD_INSTALL", 102),
    ] {
        let known = unsafe { libc::madvise(ptr::null_mut(), 0, advice) } == 0;
        assert_eq!(known, support(&all, name).is_yes(), "{name}");
    }
    let is = |name: &str| support(&all, name).is_yes();
    let has = |name: &str| capability::probe(name).is_ok();
    assert_eq!(has("pkeys"), is("pkey_alloc"));
    assert_eq!(has("anon-vma-name"), is("PR_SET_VMA_ANON_NAME"));
    assert_eq!(has("memory-failure"), is("MADV_SOFT_OFFLINE"));
    assert_eq!(has("ksm"), is("MADV_UNMERGEABLE"));
    // A later version has it, unless it is an option of the build.
    for (name, version) in [
        ("cachestat", "linux-6.5"),
        ("PROCMAP_QUERY", "linux-6.11"),
        ("PAGEMAP_SCAN", "linux-6.7"),
        ("MAP_FIXED_NOREPLACE", "linux-4.17"),
        ("MAP_SHARED_VALIDATE", "linux-4.15"),
        ("MREMAP_DONTUNMAP", "linux-5.7"),
        ("process_madvise", "linux-5.10"),
        ("any advice on oneself", "linux-6.13"),
        ("PIDFD_SELF", "linux-6.14"),
        ("PR_GET_MDWE", "linux-6.3"),
        ("mlock2", "linux-4.4"),
        ("PIDFD_THREAD", "linux-6.9"),
    ] {
        assert_eq!(has(version), is(name), "{name}: {}", support(&all, name));
    }
}

#[test]
fn sizes_of_huge_pages_are_those_of_the_pools() {
    let Some(_pool) = HugePages::of_2m(1) else { return };
    in_child(|| {
        let all = probe();
        for (kibibytes, name) in [(64, "64KB"), (2048, "2MB"), (1 << 20, "1GB"), (16 << 20, "16GB")]
        {
            let there =
                fs::exists(format!("/sys/kernel/mm/hugepages/hugepages-{kibibytes}kB")).unwrap();
            for name in [format!("MAP_HUGE_{name}"), format!("MFD_HUGE_{name}")] {
                assert_eq!(there, support(&all, &name).is_yes(), "{name}");
            }
        }
        assert!(support(&all, "MAP_HUGETLB").is_yes());
    });
}

#[test]
fn nothing_is_left_behind() {
    in_child(|| {
        let count = |folder: &str| fs::read_dir(folder).unwrap().count();
        let rights = || fs::read_to_string("/proc/self/status").unwrap();
        let settings = || {
            let status = rights();
            let keep = |line: &&str| {
                ["VmLck", "THP_enabled", "Threads"].iter().any(|key| line.starts_with(key))
            };
            let mut kept: Vec<_> = status.lines().filter(keep).map(str::to_owned).collect();
            let mdwe = unsafe { libc::prctl(libc::PR_GET_MDWE, 0, 0, 0, 0) };
            let merge = unsafe { libc::prctl(libc::PR_GET_MEMORY_MERGE, 0, 0, 0, 0) };
            kept.push(format!("{mdwe} {merge}"));
            kept
        };
        // The allocator maps what the list needs.
        let first = probe();
        let before = (smaps::count(), count("/proc/self/fd"), count("/proc/self/task"), settings());
        for _ in 0..10 {
            assert_eq!(first, probe());
        }
        let after = (smaps::count(), count("/proc/self/fd"), count("/proc/self/task"), settings());
        assert_eq!(before, after);
    });
}

/// Calls, and what the list says of them, where a filter refuses them.
#[test]
fn a_filter_is_told_by_its_errno() {
    const CALLS: &[(&str, libc::c_long)] = &[
        ("mincore", libc::SYS_mincore),
        ("mlock2", libc::SYS_mlock2),
        ("memfd_create", libc::SYS_memfd_create),
        ("memfd_secret", libc::SYS_memfd_secret),
        ("pkey_alloc", libc::SYS_pkey_alloc),
        ("pkey_mprotect", libc::SYS_pkey_mprotect),
        ("pidfd_open", libc::SYS_pidfd_open),
        ("process_madvise", libc::SYS_process_madvise),
        ("process_mrelease", libc::SYS_process_mrelease),
        ("cachestat", 451),
        ("map_shadow_stack", 453),
        ("mseal", 462),
        ("userfaultfd", libc::SYS_userfaultfd),
        ("get_mempolicy", libc::SYS_get_mempolicy),
        ("set_mempolicy", libc::SYS_set_mempolicy),
        ("mbind", libc::SYS_mbind),
        ("set_mempolicy_home_node", 450),
        ("move_pages", libc::SYS_move_pages),
        ("migrate_pages", libc::SYS_migrate_pages),
        ("MREMAP_DONTUNMAP", libc::SYS_mremap),
        ("PROCMAP_QUERY", libc::SYS_ioctl),
        ("PAGEMAP_SCAN", libc::SYS_ioctl),
        ("MADV_COLD", libc::SYS_madvise),
    ];
    for (errno, reason) in [(Errno::ENOSYS, Reason::NotInKernel), (Errno::EPERM, Reason::Forbidden)]
    {
        for (name, call) in CALLS {
            in_child(|| {
                seccomp::deny(&[*call], errno as i32);
                let expected = Support::No(reason, errno);
                assert_eq!(expected, support(&probe(), name), "{name}");
            });
        }
    }
}

/// With all of it refused at once, there is an answer all the same.
#[test]
fn a_strict_filter_is_survived() {
    in_child(|| {
        let calls = [
            libc::SYS_memfd_create,
            libc::SYS_pidfd_open,
            libc::SYS_ioctl,
            libc::SYS_madvise,
            libc::SYS_mremap,
            libc::SYS_get_mempolicy,
        ];
        seccomp::deny(&calls, libc::EPERM);
        let all = probe();
        let text = support(&all, "memfd_create").to_string();
        assert_eq!("no: forbidden here (EPERM)", text);
        // It does not need what is refused.
        assert!(support(&all, "mlock2").is_yes());
        assert_eq!(capability::probe("linux-6.5").is_ok(), support(&all, "cachestat").is_yes());
        assert_eq!(
            capability::probe("linux-5.10").is_ok(),
            support(&all, "process_madvise").is_yes()
        );
    });
}

#[test]
fn what_a_user_may_not_do_is_forbidden() {
    if !have!("root") {
        return;
    }
    let setting = fs::read_to_string("/proc/sys/vm/unprivileged_userfaultfd").unwrap_or_default();
    in_child(|| {
        become_nobody();
        let all = probe();
        assert_eq!(setting.trim() == "1", support(&all, "userfaultfd").is_yes());
        let forbidden = Support::No(Reason::Forbidden, Errno::EPERM);
        if setting.trim() == "0" {
            assert_eq!(forbidden, support(&all, "userfaultfd"));
        }
        // No memory may be locked: so the kernel says before it looks further.
        let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        assert_eq!(0, unsafe { libc::setrlimit(libc::RLIMIT_MEMLOCK, &none) });
        assert_eq!(forbidden, support(&probe(), "mlock2"));
    });
}
