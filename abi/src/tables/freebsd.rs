// Made by `cargo xtask abi` from `data/abi`. Do not edit.

use crate::Row;

pub(crate) const E: &[Row] = &[
    ("E2BIG", 0x7),
    ("EACCES", 0xd),
    ("EADDRINUSE", 0x30),
    ("EADDRNOTAVAIL", 0x31),
    ("EAFNOSUPPORT", 0x2f),
    ("EAGAIN", 0x23),
    ("EALREADY", 0x25),
    ("EAUTH", 0x50),
    ("EBADF", 0x9),
    ("EBADMSG", 0x59),
    ("EBADRPC", 0x48),
    ("EBUSY", 0x10),
    ("ECANCELED", 0x55),
    ("ECAPMODE", 0x5e),
    ("ECHILD", 0xa),
    ("ECONNABORTED", 0x35),
    ("ECONNREFUSED", 0x3d),
    ("ECONNRESET", 0x36),
    ("EDEADLK", 0xb),
    ("EDESTADDRREQ", 0x27),
    ("EDOM", 0x21),
    ("EDOOFUS", 0x58),
    ("EDQUOT", 0x45),
    ("EEXIST", 0x11),
    ("EFAULT", 0xe),
    ("EFBIG", 0x1b),
    ("EFTYPE", 0x4f),
    ("EHOSTDOWN", 0x40),
    ("EHOSTUNREACH", 0x41),
    ("EIDRM", 0x52),
    ("EILSEQ", 0x56),
    ("EINPROGRESS", 0x24),
    ("EINTEGRITY", 0x61),
    ("EINTR", 0x4),
    ("EINVAL", 0x16),
    ("EIO", 0x5),
    ("EISCONN", 0x38),
    ("EISDIR", 0x15),
    ("ELAST", 0x61),
    ("ELOOP", 0x3e),
    ("EMFILE", 0x18),
    ("EMLINK", 0x1f),
    ("EMSGSIZE", 0x28),
    ("EMULTIHOP", 0x5a),
    ("ENAMETOOLONG", 0x3f),
    ("ENEEDAUTH", 0x51),
    ("ENETDOWN", 0x32),
    ("ENETRESET", 0x34),
    ("ENETUNREACH", 0x33),
    ("ENFILE", 0x17),
    ("ENOATTR", 0x57),
    ("ENOBUFS", 0x37),
    ("ENODEV", 0x13),
    ("ENOENT", 0x2),
    ("ENOEXEC", 0x8),
    ("ENOLCK", 0x4d),
    ("ENOLINK", 0x5b),
    ("ENOMEM", 0xc),
    ("ENOMSG", 0x53),
    ("ENOPROTOOPT", 0x2a),
    ("ENOSPC", 0x1c),
    ("ENOSYS", 0x4e),
    ("ENOTBLK", 0xf),
    ("ENOTCAPABLE", 0x5d),
    ("ENOTCONN", 0x39),
    ("ENOTDIR", 0x14),
    ("ENOTEMPTY", 0x42),
    ("ENOTRECOVERABLE", 0x5f),
    ("ENOTSOCK", 0x26),
    ("ENOTSUP", 0x2d),
    ("ENOTTY", 0x19),
    ("ENXIO", 0x6),
    ("EOPNOTSUPP", 0x2d),
    ("EOVERFLOW", 0x54),
    ("EOWNERDEAD", 0x60),
    ("EPERM", 0x1),
    ("EPFNOSUPPORT", 0x2e),
    ("EPIPE", 0x20),
    ("EPROCLIM", 0x43),
    ("EPROCUNAVAIL", 0x4c),
    ("EPROGMISMATCH", 0x4b),
    ("EPROGUNAVAIL", 0x4a),
    ("EPROTO", 0x5c),
    ("EPROTONOSUPPORT", 0x2b),
    ("EPROTOTYPE", 0x29),
    ("ERANGE", 0x22),
    ("EREMOTE", 0x47),
    ("EROFS", 0x1e),
    ("ERPCMISMATCH", 0x49),
    ("ESHUTDOWN", 0x3a),
    ("ESOCKTNOSUPPORT", 0x2c),
    ("ESPIPE", 0x1d),
    ("ESRCH", 0x3),
    ("ESTALE", 0x46),
    ("ETIMEDOUT", 0x3c),
    ("ETOOMANYREFS", 0x3b),
    ("ETXTBSY", 0x1a),
    ("EUSERS", 0x44),
    ("EWOULDBLOCK", 0x23),
    ("EXDEV", 0x12),
    ("UnknownErrno", 0x0),
];

pub(crate) const FADV: &[Row] = &[
    ("POSIX_FADV_DONTNEED", 0x4),
    ("POSIX_FADV_NOREUSE", 0x5),
    ("POSIX_FADV_NORMAL", 0x0),
    ("POSIX_FADV_RANDOM", 0x1),
    ("POSIX_FADV_SEQUENTIAL", 0x2),
    ("POSIX_FADV_WILLNEED", 0x3),
];

pub(crate) const INHERIT: &[Row] = &[
    ("INHERIT_COPY", 0x1),
    ("INHERIT_NONE", 0x2),
    ("INHERIT_SHARE", 0x0),
    ("INHERIT_ZERO", 0x3),
];

pub(crate) const INNER: &[Row] = &[
    ("F_ADD_SEALS", 0x13),
    ("F_GET_SEALS", 0x14),
    ("SYS_shm_open2", 0x23b),
];

pub(crate) const MADV: &[Row] = &[
    ("MADV_AUTOSYNC", 0x7),
    ("MADV_CORE", 0x9),
    ("MADV_DONTNEED", 0x4),
    ("MADV_FREE", 0x5),
    ("MADV_NOCORE", 0x8),
    ("MADV_NORMAL", 0x0),
    ("MADV_NOSYNC", 0x6),
    ("MADV_PROTECT", 0xa),
    ("MADV_RANDOM", 0x1),
    ("MADV_SEQUENTIAL", 0x2),
    ("MADV_WILLNEED", 0x3),
];

pub(crate) const MAP: &[Row] = &[
    ("MAP_32BIT", 0x80000),
    ("MAP_ALIGNED(12)", 0xc000000),
    ("MAP_ALIGNED_SUPER", 0x1000000),
    ("MAP_ANON", 0x1000),
    ("MAP_ANONYMOUS", 0x1000),
    ("MAP_EXCL", 0x4000),
    ("MAP_FILE", 0x0),
    ("MAP_FIXED", 0x10),
    ("MAP_GUARD", 0x2000),
    ("MAP_HASSEMAPHORE", 0x200),
    ("MAP_NOCORE", 0x20000),
    ("MAP_NOSYNC", 0x800),
    ("MAP_PREFAULT_READ", 0x40000),
    ("MAP_PRIVATE", 0x2),
    ("MAP_SHARED", 0x1),
    ("MAP_STACK", 0x400),
];

pub(crate) const MCL: &[Row] = &[
    ("MCL_CURRENT", 0x1),
    ("MCL_FUTURE", 0x2),
];

pub(crate) const MFD: &[Row] = &[
    ("MFD_ALLOW_SEALING", 0x2),
    ("MFD_CLOEXEC", 0x1),
    ("MFD_HUGETLB", 0x4),
    ("MFD_HUGE_16GB", 0x88000000),
    ("MFD_HUGE_16MB", 0x60000000),
    ("MFD_HUGE_1GB", 0x78000000),
    ("MFD_HUGE_1MB", 0x50000000),
    ("MFD_HUGE_256MB", 0x70000000),
    ("MFD_HUGE_2GB", 0x7c000000),
    ("MFD_HUGE_2MB", 0x54000000),
    ("MFD_HUGE_32MB", 0x64000000),
    ("MFD_HUGE_512KB", 0x4c000000),
    ("MFD_HUGE_512MB", 0x74000000),
    ("MFD_HUGE_64KB", 0x40000000),
    ("MFD_HUGE_8MB", 0x5c000000),
    ("MFD_HUGE_MASK", 0xfc000000),
    ("MFD_HUGE_SHIFT", 0x1a),
];

pub(crate) const MINCORE: &[Row] = &[
    ("MINCORE_INCORE", 0x1),
    ("MINCORE_MODIFIED", 0x4),
    ("MINCORE_MODIFIED_OTHER", 0x10),
    ("MINCORE_REFERENCED", 0x2),
    ("MINCORE_REFERENCED_OTHER", 0x8),
];

pub(crate) const MS: &[Row] = &[
    ("MS_ASYNC", 0x1),
    ("MS_INVALIDATE", 0x2),
    ("MS_SYNC", 0x0),
];

pub(crate) const O: &[Row] = &[
    ("O_ACCMODE", 0x3),
    ("O_APPEND", 0x8),
    ("O_ASYNC", 0x40),
    ("O_CLOEXEC", 0x100000),
    ("O_CREAT", 0x200),
    ("O_DIRECT", 0x10000),
    ("O_DIRECTORY", 0x20000),
    ("O_DSYNC", 0x1000000),
    ("O_EXCL", 0x800),
    ("O_EXEC", 0x40000),
    ("O_EXLOCK", 0x20),
    ("O_FSYNC", 0x80),
    ("O_NDELAY", 0x4),
    ("O_NOCTTY", 0x8000),
    ("O_NOFOLLOW", 0x100),
    ("O_NONBLOCK", 0x4),
    ("O_RDONLY", 0x0),
    ("O_RDWR", 0x2),
    ("O_SHLOCK", 0x10),
    ("O_SYNC", 0x80),
    ("O_TRUNC", 0x400),
    ("O_TTY_INIT", 0x80000),
    ("O_WRONLY", 0x1),
];

pub(crate) const POSIX_MADV: &[Row] = &[
    ("POSIX_MADV_DONTNEED", 0x4),
    ("POSIX_MADV_NORMAL", 0x0),
    ("POSIX_MADV_RANDOM", 0x1),
    ("POSIX_MADV_SEQUENTIAL", 0x2),
    ("POSIX_MADV_WILLNEED", 0x3),
];

pub(crate) const PROT: &[Row] = &[
    ("PROT_EXEC", 0x4),
    ("PROT_MAX(PROT_READ|PROT_WRITE|PROT_EXEC)", 0x70000),
    ("PROT_NONE", 0x0),
    ("PROT_READ", 0x1),
    ("PROT_WRITE", 0x2),
];

pub(crate) const SEAL: &[Row] = &[
    ("F_SEAL_GROW", 0x4),
    ("F_SEAL_SEAL", 0x1),
    ("F_SEAL_SHRINK", 0x2),
    ("F_SEAL_WRITE", 0x8),
];

pub(crate) const SHM: &[Row] = &[
    ("SHM_ALLOW_SEALING", 0x1),
    ("SHM_GROW_ON_WRITE", 0x2),
    ("SHM_LARGEPAGE", 0x4),
];

pub(crate) const SHM_ALLOC: &[Row] = &[
    ("SHM_LARGEPAGE_ALLOC_DEFAULT", 0x0),
    ("SHM_LARGEPAGE_ALLOC_HARD", 0x2),
    ("SHM_LARGEPAGE_ALLOC_NOWAIT", 0x1),
];

pub(crate) const SHM_RENAME: &[Row] = &[
    ("SHM_RENAME_EXCHANGE", 0x2),
    ("SHM_RENAME_NOREPLACE", 0x1),
];

pub(crate) const S_I: &[Row] = &[
    ("S_IRGRP", 0x20),
    ("S_IROTH", 0x4),
    ("S_IRUSR", 0x100),
    ("S_IRWXG", 0x38),
    ("S_IRWXO", 0x7),
    ("S_IRWXU", 0x1c0),
    ("S_ISGID", 0x400),
    ("S_ISUID", 0x800),
    ("S_ISVTX", 0x200),
    ("S_IWGRP", 0x10),
    ("S_IWOTH", 0x2),
    ("S_IWUSR", 0x80),
    ("S_IXGRP", 0x8),
    ("S_IXOTH", 0x1),
    ("S_IXUSR", 0x40),
];
