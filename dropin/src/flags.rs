//! Every flag and advice, on the systems on which nix 0.23 has it, with the value of libc.

use nix::fcntl::OFlag;
use nix::libc;
#[cfg(any(target_os = "linux", target_os = "netbsd"))]
use nix::sys::mman::MRemapFlags;
use nix::sys::mman::{MapFlags, MlockAllFlags, MmapAdvise, MsFlags, ProtFlags};
use nix::sys::stat::{Mode, mode_t};

/// A constant as the dependent sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Constant {
    /// Its type and name.
    pub name: &'static str,
    /// Its bits, or its number.
    pub value: i64,
    /// Its `Debug` text.
    pub debug: String,
}

macro_rules! flags {
    ($list:ident, $Set:ident as $Bits:ty { $($(#[$cfg:meta])* $NAME:ident)+ }) => {
        $(
            $(#[$cfg])*
            const _: () = assert!($Set::$NAME.bits() == libc::$NAME as $Bits);
        )+

        fn $list(to: &mut Vec<Constant>) {
            $(
                $(#[$cfg])*
                to.push(Constant {
                    name: concat!(stringify!($Set), "::", stringify!($NAME)),
                    value: i64::from($Set::$NAME.bits()),
                    debug: format!("{:?}", $Set::$NAME),
                });
            )+
        }
    };
}

macro_rules! choices {
    ($list:ident, $Enum:ident { $($(#[$cfg:meta])* $NAME:ident)+ }) => {
        $(
            $(#[$cfg])*
            const _: () = assert!($Enum::$NAME as i32 == libc::$NAME);
        )+

        fn $list(to: &mut Vec<Constant>) {
            $(
                $(#[$cfg])*
                to.push(Constant {
                    name: concat!(stringify!($Enum), "::", stringify!($NAME)),
                    value: i64::from($Enum::$NAME as i32),
                    debug: format!("{:?}", $Enum::$NAME),
                });
            )+
        }
    };
}

flags! { prot, ProtFlags as libc::c_int {
    PROT_NONE PROT_READ PROT_WRITE PROT_EXEC
    #[cfg(any(target_os = "android", target_os = "linux"))] PROT_GROWSDOWN
    #[cfg(any(target_os = "android", target_os = "linux"))] PROT_GROWSUP
} }

flags! { map, MapFlags as libc::c_int {
    MAP_FILE MAP_SHARED MAP_PRIVATE MAP_FIXED MAP_ANON MAP_ANONYMOUS
    #[cfg(target_os = "freebsd")] MAP_EXCL
    #[cfg(any(
        all(
            any(target_os = "android", target_os = "linux"),
            any(target_arch = "x86", target_arch = "x86_64")
        ),
        all(target_os = "freebsd", target_pointer_width = "64")
    ))]
    MAP_32BIT
    #[cfg(any(target_os = "android", target_os = "linux"))] MAP_GROWSDOWN
    #[cfg(any(target_os = "android", target_os = "linux"))] MAP_DENYWRITE
    #[cfg(any(target_os = "android", target_os = "linux"))] MAP_EXECUTABLE
    #[cfg(any(target_os = "android", target_os = "linux"))] MAP_LOCKED
    #[cfg(not(any(target_os = "dragonfly", target_os = "freebsd")))] MAP_NORESERVE
    #[cfg(any(target_os = "android", target_os = "linux"))] MAP_POPULATE
    #[cfg(any(target_os = "android", target_os = "linux"))] MAP_NONBLOCK
    #[cfg(any(target_os = "android", target_os = "linux"))] MAP_HUGETLB
    #[cfg(target_os = "linux")] MAP_HUGE_64KB
    #[cfg(target_os = "linux")] MAP_HUGE_512KB
    #[cfg(target_os = "linux")] MAP_HUGE_1MB
    #[cfg(target_os = "linux")] MAP_HUGE_2MB
    #[cfg(target_os = "linux")] MAP_HUGE_8MB
    #[cfg(target_os = "linux")] MAP_HUGE_16MB
    #[cfg(target_os = "linux")] MAP_HUGE_32MB
    #[cfg(target_os = "linux")] MAP_HUGE_256MB
    #[cfg(target_os = "linux")] MAP_HUGE_512MB
    #[cfg(target_os = "linux")] MAP_HUGE_1GB
    #[cfg(target_os = "linux")] MAP_HUGE_2GB
    #[cfg(target_os = "linux")] MAP_HUGE_16GB
    #[cfg(target_os = "netbsd")] MAP_WIRED
    #[cfg(any(target_os = "dragonfly", target_os = "freebsd"))] MAP_NOSYNC
    #[cfg(any(target_os = "netbsd", target_os = "openbsd"))] MAP_RENAME
    #[cfg(any(
        target_os = "dragonfly",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd"
    ))]
    MAP_HASSEMAPHORE
    #[cfg(any(
        target_os = "android",
        target_os = "dragonfly",
        target_os = "freebsd",
        target_os = "linux",
        target_os = "openbsd"
    ))]
    MAP_STACK
    #[cfg(any(target_os = "ios", target_os = "macos"))] MAP_NOCACHE
    #[cfg(any(target_os = "ios", target_os = "macos"))] MAP_JIT
    #[cfg(target_os = "freebsd")] MAP_ALIGNED_SUPER
    #[cfg(target_os = "openbsd")] MAP_CONCEAL
} }

#[cfg(any(target_os = "linux", target_os = "netbsd"))]
flags! { mremap, MRemapFlags as libc::c_int {
    #[cfg(target_os = "linux")] MREMAP_MAYMOVE
    #[cfg(target_os = "linux")] MREMAP_FIXED
    #[cfg(target_os = "netbsd")] MAP_FIXED
    #[cfg(target_os = "netbsd")] MAP_REMAPDUP
} }

choices! { advice, MmapAdvise {
    MADV_NORMAL MADV_RANDOM MADV_SEQUENTIAL MADV_WILLNEED MADV_DONTNEED
    #[cfg(any(target_os = "android", target_os = "linux"))] MADV_REMOVE
    #[cfg(any(target_os = "android", target_os = "linux"))] MADV_DONTFORK
    #[cfg(any(target_os = "android", target_os = "linux"))] MADV_DOFORK
    #[cfg(any(target_os = "android", target_os = "linux"))] MADV_HWPOISON
    #[cfg(any(target_os = "android", target_os = "linux"))] MADV_MERGEABLE
    #[cfg(any(target_os = "android", target_os = "linux"))] MADV_UNMERGEABLE
    #[cfg(any(
        target_os = "android",
        all(
            target_os = "linux",
            any(
                target_arch = "aarch64",
                target_arch = "arm",
                target_arch = "s390x",
                target_arch = "x86",
                target_arch = "x86_64",
                target_arch = "sparc64"
            )
        )
    ))]
    MADV_SOFT_OFFLINE
    #[cfg(any(target_os = "android", target_os = "linux"))] MADV_HUGEPAGE
    #[cfg(any(target_os = "android", target_os = "linux"))] MADV_NOHUGEPAGE
    #[cfg(any(target_os = "android", target_os = "linux"))] MADV_DONTDUMP
    #[cfg(any(target_os = "android", target_os = "linux"))] MADV_DODUMP
    MADV_FREE
    #[cfg(any(target_os = "dragonfly", target_os = "freebsd"))] MADV_NOSYNC
    #[cfg(any(target_os = "dragonfly", target_os = "freebsd"))] MADV_AUTOSYNC
    #[cfg(any(target_os = "dragonfly", target_os = "freebsd"))] MADV_NOCORE
    #[cfg(any(target_os = "dragonfly", target_os = "freebsd"))] MADV_CORE
    #[cfg(target_os = "freebsd")] MADV_PROTECT
    #[cfg(target_os = "dragonfly")] MADV_INVAL
    #[cfg(target_os = "dragonfly")] MADV_SETMAP
    #[cfg(any(target_os = "ios", target_os = "macos"))] MADV_ZERO_WIRED_PAGES
    #[cfg(any(target_os = "ios", target_os = "macos"))] MADV_FREE_REUSABLE
    #[cfg(any(target_os = "ios", target_os = "macos"))] MADV_FREE_REUSE
    #[cfg(any(target_os = "ios", target_os = "macos"))] MADV_CAN_REUSE
} }

flags! { ms, MsFlags as libc::c_int {
    MS_ASYNC MS_INVALIDATE
    #[cfg(any(target_os = "ios", target_os = "macos"))] MS_KILLPAGES
    #[cfg(any(target_os = "ios", target_os = "macos"))] MS_DEACTIVATE
    MS_SYNC
} }

flags! { mcl, MlockAllFlags as libc::c_int { MCL_CURRENT MCL_FUTURE } }

flags! { open, OFlag as libc::c_int {
    O_ACCMODE
    #[cfg(target_os = "netbsd")] O_ALT_IO
    O_APPEND O_ASYNC O_CLOEXEC O_CREAT
    #[cfg(any(
        target_os = "android",
        target_os = "dragonfly",
        target_os = "freebsd",
        target_os = "linux",
        target_os = "netbsd"
    ))]
    O_DIRECT
    O_DIRECTORY
    #[cfg(any(
        target_os = "android",
        target_os = "ios",
        target_os = "linux",
        target_os = "macos",
        target_os = "netbsd",
        target_os = "openbsd"
    ))]
    O_DSYNC
    O_EXCL
    #[cfg(target_os = "freebsd")] O_EXEC
    #[cfg(not(any(target_os = "android", target_os = "linux")))] O_EXLOCK
    #[cfg(not(any(target_os = "android", all(target_os = "linux", target_env = "musl"))))] O_FSYNC
    #[cfg(any(target_os = "android", target_os = "linux"))] O_LARGEFILE
    #[cfg(any(target_os = "android", target_os = "linux"))] O_NOATIME
    O_NOCTTY O_NDELAY O_NOFOLLOW O_NONBLOCK
    #[cfg(target_os = "netbsd")] O_NOSIGPIPE
    #[cfg(any(target_os = "android", target_os = "linux"))] O_PATH
    O_RDONLY O_RDWR
    #[cfg(any(target_os = "linux", target_os = "netbsd", target_os = "openbsd"))] O_RSYNC
    #[cfg(target_os = "netbsd")] O_SEARCH
    #[cfg(not(any(target_os = "android", target_os = "linux")))] O_SHLOCK
    O_SYNC
    #[cfg(any(target_os = "android", target_os = "linux"))] O_TMPFILE
    O_TRUNC
    #[cfg(target_os = "freebsd")] O_TTY_INIT
    O_WRONLY
} }

flags! { mode, Mode as mode_t {
    S_IRWXU S_IRUSR S_IWUSR S_IXUSR
    S_IRWXG S_IRGRP S_IWGRP S_IXGRP
    S_IRWXO S_IROTH S_IWOTH S_IXOTH
    S_ISUID S_ISGID S_ISVTX
} }

/// Every constant that nix 0.23 has on this system.
pub fn all() -> Vec<Constant> {
    let mut to = Vec::new();
    prot(&mut to);
    map(&mut to);
    #[cfg(any(target_os = "linux", target_os = "netbsd"))]
    mremap(&mut to);
    advice(&mut to);
    ms(&mut to);
    mcl(&mut to);
    open(&mut to);
    mode(&mut to);
    to
}

/// An enum that may grow is matched with a rest.
pub fn loses_contents(advice: MmapAdvise) -> bool {
    match advice {
        MmapAdvise::MADV_NORMAL | MmapAdvise::MADV_RANDOM | MmapAdvise::MADV_WILLNEED => false,
        MmapAdvise::MADV_FREE => true,
        #[cfg(any(target_os = "android", target_os = "linux"))]
        MmapAdvise::MADV_DONTNEED | MmapAdvise::MADV_REMOVE => true,
        _ => false,
    }
}
