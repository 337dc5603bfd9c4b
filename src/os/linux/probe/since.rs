//! Since when something exists.

/// The version of Linux that came with a name; `None` for what is older than Linux 3.2, the oldest
/// that Rust's standard library runs on.
pub(super) fn since(name: &str) -> Option<&'static str> {
    if name.starts_with("MAP_HUGE_") {
        return Some("Linux 3.8");
    }
    if name.starts_with("MFD_HUGE_") {
        return Some("Linux 4.14");
    }
    let version = VERSIONS.iter().find(|(_, names)| names.contains(&name));
    version.map(|(version, _)| *version)
}

const VERSIONS: &[(&str, &[&str])] = &[
    ("Linux 3.4", &["MADV_DONTDUMP", "MADV_DODUMP"]),
    ("Linux 3.8", &["MPOL_LOCAL"]),
    ("Linux 3.15", &["PR_GET_THP_DISABLE"]),
    (
        "Linux 3.17",
        &[
            "memfd_create",
            "MFD_CLOEXEC",
            "MFD_ALLOW_SEALING",
            "F_SEAL_SEAL",
            "F_SEAL_SHRINK",
            "F_SEAL_GROW",
            "F_SEAL_WRITE",
        ],
    ),
    ("Linux 4.3", &["userfaultfd"]),
    ("Linux 4.4", &["mlock2", "MLOCK_ONFAULT"]),
    ("Linux 4.5", &["MADV_FREE"]),
    ("Linux 4.9", &["pkey_alloc", "pkey_mprotect"]),
    (
        "Linux 4.11",
        &[
            "UFFD_FEATURE_EVENT_FORK",
            "UFFD_FEATURE_EVENT_REMAP",
            "UFFD_FEATURE_EVENT_REMOVE",
            "UFFD_FEATURE_EVENT_UNMAP",
            "UFFD_FEATURE_MISSING_HUGETLBFS",
            "UFFD_FEATURE_MISSING_SHMEM",
        ],
    ),
    (
        "Linux 4.14",
        &[
            "MADV_WIPEONFORK",
            "MADV_KEEPONFORK",
            "MFD_HUGETLB",
            "UFFD_FEATURE_SIGBUS",
            "UFFD_FEATURE_THREAD_ID",
        ],
    ),
    ("Linux 4.15", &["MAP_SHARED_VALIDATE"]),
    ("Linux 4.17", &["MAP_FIXED_NOREPLACE"]),
    ("Linux 5.1", &["F_SEAL_FUTURE_WRITE"]),
    ("Linux 5.3", &["pidfd_open"]),
    ("Linux 5.4", &["MADV_COLD", "MADV_PAGEOUT"]),
    ("Linux 5.7", &["MREMAP_DONTUNMAP", "UFFD_FEATURE_PAGEFAULT_FLAG_WP"]),
    ("Linux 5.8", &["PROT_BTI"]),
    ("Linux 5.10", &["process_madvise", "PIDFD_NONBLOCK", "PROT_MTE"]),
    ("Linux 5.11", &["UFFD_USER_MODE_ONLY"]),
    ("Linux 5.12", &["MPOL_F_NUMA_BALANCING"]),
    ("Linux 5.13", &["UFFD_FEATURE_MINOR_HUGETLBFS"]),
    (
        "Linux 5.14",
        &["memfd_secret", "MADV_POPULATE_READ", "MADV_POPULATE_WRITE", "UFFD_FEATURE_MINOR_SHMEM"],
    ),
    ("Linux 5.15", &["process_mrelease", "MPOL_PREFERRED_MANY"]),
    ("Linux 5.17", &["set_mempolicy_home_node", "PR_SET_VMA_ANON_NAME"]),
    ("Linux 5.18", &["MADV_DONTNEED_LOCKED", "UFFD_FEATURE_EXACT_ADDRESS"]),
    ("Linux 5.19", &["UFFD_FEATURE_WP_HUGETLBFS_SHMEM"]),
    ("Linux 6.1", &["MADV_COLLAPSE"]),
    ("Linux 6.3", &["MFD_NOEXEC_SEAL", "MFD_EXEC", "F_SEAL_EXEC", "PR_GET_MDWE"]),
    ("Linux 6.4", &["PR_GET_MEMORY_MERGE", "UFFD_FEATURE_WP_UNPOPULATED"]),
    ("Linux 6.5", &["cachestat"]),
    ("Linux 6.6", &["map_shadow_stack", "MAP_ABOVE4G", "UFFD_FEATURE_POISON"]),
    (
        "Linux 6.7",
        &[
            "PAGEMAP_SCAN",
            "PAGE_IS_WPALLOWED",
            "PAGE_IS_WRITTEN",
            "PAGE_IS_FILE",
            "PAGE_IS_PRESENT",
            "PAGE_IS_SWAPPED",
            "PAGE_IS_PFNZERO",
            "PAGE_IS_HUGE",
            "PAGE_IS_SOFT_DIRTY",
            "UFFD_FEATURE_WP_ASYNC",
        ],
    ),
    ("Linux 6.8", &["UFFD_FEATURE_MOVE"]),
    ("Linux 6.9", &["MPOL_WEIGHTED_INTERLEAVE", "PIDFD_THREAD"]),
    ("Linux 6.10", &["mseal"]),
    ("Linux 6.11", &["MAP_DROPPABLE", "PROCMAP_QUERY"]),
    ("Linux 6.13", &["MADV_GUARD_INSTALL", "MADV_GUARD_REMOVE", "any advice on oneself"]),
    ("Linux 6.14", &["PIDFD_SELF"]),
    ("Linux 6.16", &["PAGE_IS_GUARD"]),
];

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;
    use crate::sys::{
        mman::{MapFlags, MemFdFlags},
        platforms::since_on_linux,
    };

    /// A use of a call that has no name.
    const NAMELESS: &str = "any advice on oneself";

    /// The documentation of each name says the same.
    #[test]
    fn versions_are_those_of_the_documentation() {
        let listed = VERSIONS.iter().flat_map(|(_, names)| names.iter().copied());
        let flags = MapFlags::NAMES.iter().map(|(name, _)| *name);
        let flags = flags.chain(MemFdFlags::NAMES.iter().map(|(name, _)| *name));
        let sizes = flags.filter(|name| name.contains("_HUGE_"));
        let probed = super::super::probe();
        let probed = probed.iter().map(|probe| probe.name);
        for name in listed.chain(sizes).chain(probed).filter(|name| *name != NAMELESS) {
            let documented = since_on_linux(name).unwrap_or_else(|| panic!("no {name}"));
            let documented = documented.map(|version| format!("Linux {version}"));
            assert_eq!(documented.as_deref(), since(name), "{name}");
        }
    }
}
