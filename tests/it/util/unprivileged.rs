//! Privileges and limits given up, in a child.

use std::io::Error;

/// Makes this process an ordinary user's, for good: for a child only.
pub(crate) fn become_nobody() {
    const NOBODY: u32 = 65534;
    unsafe {
        if libc::geteuid() == 0 {
            assert_eq!(0, libc::setgroups(0, std::ptr::null()), "{}", Error::last_os_error());
            assert_eq!(0, libc::setresgid(NOBODY, NOBODY, NOBODY), "{}", Error::last_os_error());
            assert_eq!(0, libc::setresuid(NOBODY, NOBODY, NOBODY), "{}", Error::last_os_error());
        }
        drop_capabilities();
        // Changing the user hid /proc/self from its owner.
        assert_eq!(0, libc::prctl(libc::PR_SET_DUMPABLE, 1));
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let effective = status.lines().find(|line| line.starts_with("CapEff:")).unwrap();
    assert!(effective.ends_with("\t0000000000000000"), "{effective}");
}

/// Gives all capabilities up, and stays the same user.
pub(crate) fn drop_capabilities() {
    #[repr(C)]
    struct Header {
        version: u32,
        pid: i32,
    }
    // _LINUX_CAPABILITY_VERSION_3: two times effective, permitted, inheritable.
    let header = Header { version: 0x2008_0522, pid: 0 };
    let none = [0_u32; 6];
    let answer = unsafe { libc::syscall(libc::SYS_capset, &header, &none) };
    assert_eq!(0, answer, "{}", Error::last_os_error());
}

/// Lowers a limit, soft and hard, for good: for a child only.
pub(crate) fn limit(resource: libc::__rlimit_resource_t, value: u64) {
    let limit = libc::rlimit { rlim_cur: value, rlim_max: value };
    assert_eq!(0, unsafe { libc::setrlimit(resource, &limit) }, "{}", Error::last_os_error());
}
