// Made by `cargo xtask abi` from `data/abi`. Do not edit.

use crate::Row;

pub(crate) const E: &[Row] = &[
    ("E2BIG", 0x7),
    ("EACCES", 0xd),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EADDRINUSE", 0x30),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EADDRINUSE", 0x62),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EADDRINUSE", 0x7d),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EADDRNOTAVAIL", 0x31),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EADDRNOTAVAIL", 0x63),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EADDRNOTAVAIL", 0x7e),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EADV", 0x44),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EADV", 0x53),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EAFNOSUPPORT", 0x2f),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EAFNOSUPPORT", 0x61),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EAFNOSUPPORT", 0x7c),
    ("EAGAIN", 0xb),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EALREADY", 0x25),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EALREADY", 0x72),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EALREADY", 0x95),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EBADE", 0x32),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EBADE", 0x34),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EBADE", 0x66),
    ("EBADF", 0x9),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EBADFD", 0x4d),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EBADFD", 0x51),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EBADFD", 0x5d),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EBADMSG", 0x4a),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EBADMSG", 0x4c),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EBADMSG", 0x4d),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EBADR", 0x33),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EBADR", 0x35),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EBADR", 0x67),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EBADRQC", 0x36),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EBADRQC", 0x38),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EBADRQC", 0x6a),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EBADSLT", 0x37),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EBADSLT", 0x39),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EBADSLT", 0x6b),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EBFONT", 0x3b),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EBFONT", 0x6d),
    ("EBUSY", 0x10),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ECANCELED", 0x7d),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ECANCELED", 0x7f),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ECANCELED", 0x9e),
    ("ECHILD", 0xa),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ECHRNG", 0x25),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ECHRNG", 0x2c),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ECHRNG", 0x5e),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ECOMM", 0x46),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ECOMM", 0x55),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ECONNABORTED", 0x35),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ECONNABORTED", 0x67),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ECONNABORTED", 0x82),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ECONNREFUSED", 0x3d),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ECONNREFUSED", 0x6f),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ECONNREFUSED", 0x92),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ECONNRESET", 0x36),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ECONNRESET", 0x68),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ECONNRESET", 0x83),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EDEADLK", 0x23),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EDEADLK", 0x2d),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EDEADLK", 0x4e),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EDEADLOCK", 0x23),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EDEADLOCK", 0x38),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("EDEADLOCK", 0x3a),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EDEADLOCK", 0x6c),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EDESTADDRREQ", 0x27),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EDESTADDRREQ", 0x59),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EDESTADDRREQ", 0x60),
    ("EDOM", 0x21),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EDOTDOT", 0x49),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EDOTDOT", 0x58),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EDQUOT", 0x45),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EDQUOT", 0x7a),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EDQUOT", 0x46d),
    ("EEXIST", 0x11),
    ("EFAULT", 0xe),
    ("EFBIG", 0x1b),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EFSBADCRC", 0x4a),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EFSBADCRC", 0x4c),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EFSBADCRC", 0x4d),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("EFSCORRUPTED", 0x75),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EFSCORRUPTED", 0x87),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EFTYPE", 0x86),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EFTYPE", 0x88),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EFTYPE", 0xa9),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EHOSTDOWN", 0x40),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EHOSTDOWN", 0x70),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EHOSTDOWN", 0x93),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EHOSTUNREACH", 0x41),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EHOSTUNREACH", 0x71),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EHOSTUNREACH", 0x94),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EHWPOISON", 0x85),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EHWPOISON", 0x87),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EHWPOISON", 0xa8),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EIDRM", 0x24),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EIDRM", 0x2b),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EIDRM", 0x4d),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EILSEQ", 0x54),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EILSEQ", 0x58),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EILSEQ", 0x7a),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EINIT", 0x8d),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EINPROGRESS", 0x24),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EINPROGRESS", 0x73),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EINPROGRESS", 0x96),
    ("EINTR", 0x4),
    ("EINVAL", 0x16),
    ("EIO", 0x5),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EISCONN", 0x38),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EISCONN", 0x6a),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EISCONN", 0x85),
    ("EISDIR", 0x15),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("EISNAM", 0x78),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EISNAM", 0x8b),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EKEYEXPIRED", 0x7f),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EKEYEXPIRED", 0x81),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EKEYEXPIRED", 0xa2),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EKEYREJECTED", 0x81),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EKEYREJECTED", 0x83),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EKEYREJECTED", 0xa4),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EKEYREVOKED", 0x80),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EKEYREVOKED", 0x82),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EKEYREVOKED", 0xa3),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EL2HLT", 0x2c),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EL2HLT", 0x33),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EL2HLT", 0x65),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EL2NSYNC", 0x26),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EL2NSYNC", 0x2d),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EL2NSYNC", 0x5f),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EL3HLT", 0x27),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EL3HLT", 0x2e),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EL3HLT", 0x60),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EL3RST", 0x28),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EL3RST", 0x2f),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EL3RST", 0x61),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ELIBACC", 0x4f),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ELIBACC", 0x53),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ELIBACC", 0x72),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ELIBBAD", 0x50),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ELIBBAD", 0x54),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ELIBBAD", 0x70),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ELIBEXEC", 0x53),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ELIBEXEC", 0x57),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ELIBEXEC", 0x6e),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ELIBMAX", 0x52),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ELIBMAX", 0x56),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ELIBMAX", 0x7b),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ELIBSCN", 0x51),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ELIBSCN", 0x55),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ELIBSCN", 0x7c),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ELNRNG", 0x29),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ELNRNG", 0x30),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ELNRNG", 0x62),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ELOOP", 0x28),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ELOOP", 0x3e),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ELOOP", 0x5a),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EMEDIUMTYPE", 0x7c),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EMEDIUMTYPE", 0x7e),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EMEDIUMTYPE", 0xa0),
    ("EMFILE", 0x18),
    ("EMLINK", 0x1f),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EMSGSIZE", 0x28),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EMSGSIZE", 0x5a),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EMSGSIZE", 0x61),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EMULTIHOP", 0x48),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EMULTIHOP", 0x4a),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EMULTIHOP", 0x57),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENAMETOOLONG", 0x24),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENAMETOOLONG", 0x3f),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENAMETOOLONG", 0x4e),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("ENAVAIL", 0x77),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENAVAIL", 0x8a),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENETDOWN", 0x32),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENETDOWN", 0x64),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENETDOWN", 0x7f),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENETRESET", 0x34),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENETRESET", 0x66),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENETRESET", 0x81),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENETUNREACH", 0x33),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENETUNREACH", 0x65),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENETUNREACH", 0x80),
    ("ENFILE", 0x17),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOANO", 0x35),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOANO", 0x37),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOANO", 0x69),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOBUFS", 0x37),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOBUFS", 0x69),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOBUFS", 0x84),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOCSI", 0x2b),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOCSI", 0x32),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOCSI", 0x64),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENODATA", 0x3d),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENODATA", 0x6f),
    ("ENODEV", 0x13),
    ("ENOENT", 0x2),
    ("ENOEXEC", 0x8),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOKEY", 0x7e),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOKEY", 0x80),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOKEY", 0xa1),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOLCK", 0x25),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOLCK", 0x2e),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOLCK", 0x4f),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOLINK", 0x43),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOLINK", 0x52),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOMEDIUM", 0x7b),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOMEDIUM", 0x7d),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOMEDIUM", 0x9f),
    ("ENOMEM", 0xc),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOMSG", 0x23),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOMSG", 0x2a),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOMSG", 0x4b),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENONET", 0x40),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENONET", 0x50),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOPKG", 0x41),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOPKG", 0x71),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOPROTOOPT", 0x2a),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOPROTOOPT", 0x5c),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOPROTOOPT", 0x63),
    ("ENOSPC", 0x1c),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOSR", 0x3f),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOSR", 0x4a),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOSTR", 0x3c),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOSTR", 0x48),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOSYS", 0x26),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOSYS", 0x59),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOSYS", 0x5a),
    ("ENOTBLK", 0xf),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOTCONN", 0x39),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOTCONN", 0x6b),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOTCONN", 0x86),
    ("ENOTDIR", 0x14),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOTEMPTY", 0x27),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOTEMPTY", 0x42),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOTEMPTY", 0x5d),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOTNAM", 0x76),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOTNAM", 0x89),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOTRECOVERABLE", 0x83),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOTRECOVERABLE", 0x85),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOTRECOVERABLE", 0xa6),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOTSOCK", 0x26),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOTSOCK", 0x58),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOTSOCK", 0x5f),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOTSUP", 0x2d),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOTSUP", 0x5f),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOTSUP", 0x7a),
    ("ENOTTY", 0x19),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ENOTUNIQ", 0x4c),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ENOTUNIQ", 0x50),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ENOTUNIQ", 0x73),
    ("ENXIO", 0x6),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EOPNOTSUPP", 0x2d),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EOPNOTSUPP", 0x5f),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EOPNOTSUPP", 0x7a),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EOVERFLOW", 0x4b),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EOVERFLOW", 0x4f),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EOVERFLOW", 0x5c),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EOWNERDEAD", 0x82),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EOWNERDEAD", 0x84),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EOWNERDEAD", 0xa5),
    ("EPERM", 0x1),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EPFNOSUPPORT", 0x2e),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EPFNOSUPPORT", 0x60),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EPFNOSUPPORT", 0x7b),
    ("EPIPE", 0x20),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EPROCLIM", 0x43),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EPROTO", 0x47),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EPROTO", 0x56),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EPROTONOSUPPORT", 0x2b),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EPROTONOSUPPORT", 0x5d),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EPROTONOSUPPORT", 0x78),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EPROTOTYPE", 0x29),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EPROTOTYPE", 0x5b),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EPROTOTYPE", 0x62),
    ("ERANGE", 0x22),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EREMCHG", 0x4e),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EREMCHG", 0x52),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EREMCHG", 0x59),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EREMDEV", 0x8e),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EREMOTE", 0x42),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EREMOTE", 0x47),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("EREMOTEIO", 0x79),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EREMOTEIO", 0x8c),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ERESTART", 0x55),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ERESTART", 0x5b),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ERESTART", 0x74),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ERFKILL", 0x84),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ERFKILL", 0x86),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ERFKILL", 0xa7),
    ("EROFS", 0x1e),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ERREMOTE", 0x51),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ESHUTDOWN", 0x3a),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ESHUTDOWN", 0x6c),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ESHUTDOWN", 0x8f),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ESOCKTNOSUPPORT", 0x2c),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ESOCKTNOSUPPORT", 0x5e),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ESOCKTNOSUPPORT", 0x79),
    ("ESPIPE", 0x1d),
    ("ESRCH", 0x3),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ESRMNT", 0x45),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ESRMNT", 0x54),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ESTALE", 0x46),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ESTALE", 0x74),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ESTALE", 0x97),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ESTRPIPE", 0x56),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ESTRPIPE", 0x5b),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ESTRPIPE", 0x5c),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ETIME", 0x3e),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ETIME", 0x49),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ETIMEDOUT", 0x3c),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ETIMEDOUT", 0x6e),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ETIMEDOUT", 0x91),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("ETOOMANYREFS", 0x3b),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("ETOOMANYREFS", 0x6d),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("ETOOMANYREFS", 0x90),
    ("ETXTBSY", 0x1a),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("EUCLEAN", 0x75),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EUCLEAN", 0x87),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EUNATCH", 0x2a),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EUNATCH", 0x31),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EUNATCH", 0x63),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EUSERS", 0x44),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EUSERS", 0x57),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EUSERS", 0x5e),
    ("EWOULDBLOCK", 0xb),
    ("EXDEV", 0x12),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("EXFULL", 0x34),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("EXFULL", 0x36),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("EXFULL", 0x68),
    ("UnknownErrno", 0x0),
];

pub(crate) const FADV: &[Row] = &[
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("POSIX_FADV_DONTNEED", 0x4),
    #[cfg(target_arch = "s390x")]
    ("POSIX_FADV_DONTNEED", 0x6),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("POSIX_FADV_NOREUSE", 0x5),
    #[cfg(target_arch = "s390x")]
    ("POSIX_FADV_NOREUSE", 0x7),
    ("POSIX_FADV_NORMAL", 0x0),
    ("POSIX_FADV_RANDOM", 0x1),
    ("POSIX_FADV_SEQUENTIAL", 0x2),
    ("POSIX_FADV_WILLNEED", 0x3),
];

pub(crate) const FALLOC: &[Row] = &[
    ("FALLOC_FL_COLLAPSE_RANGE", 0x8),
    ("FALLOC_FL_INSERT_RANGE", 0x20),
    ("FALLOC_FL_KEEP_SIZE", 0x1),
    ("FALLOC_FL_PUNCH_HOLE", 0x2),
    ("FALLOC_FL_UNSHARE_RANGE", 0x40),
    ("FALLOC_FL_WRITE_ZEROES", 0x80),
    ("FALLOC_FL_ZERO_RANGE", 0x10),
];

pub(crate) const INNER: &[Row] = &[
    ("F_ADD_SEALS", 0x409),
    ("F_GET_SEALS", 0x40a),
    ("MPOL_BIND", 0x2),
    ("MPOL_DEFAULT", 0x0),
    ("MPOL_F_ADDR", 0x2),
    ("MPOL_F_MEMS_ALLOWED", 0x4),
    ("MPOL_F_NODE", 0x1),
    ("MPOL_F_NUMA_BALANCING", 0x2000),
    ("MPOL_F_RELATIVE_NODES", 0x4000),
    ("MPOL_F_STATIC_NODES", 0x8000),
    ("MPOL_INTERLEAVE", 0x3),
    ("MPOL_LOCAL", 0x4),
    ("MPOL_PREFERRED", 0x1),
    ("MPOL_PREFERRED_MANY", 0x5),
    ("MPOL_WEIGHTED_INTERLEAVE", 0x6),
    ("PIDFD_SELF", 0xffffd8f0),
    ("PIDFD_SELF_PROCESS", 0xffffd8ef),
    ("PR_GET_MDWE", 0x42),
    ("PR_GET_MEMORY_MERGE", 0x44),
    ("PR_GET_TAGGED_ADDR_CTRL", 0x38),
    ("PR_GET_THP_DISABLE", 0x2a),
    ("PR_MDWE_NO_INHERIT", 0x2),
    ("PR_MDWE_REFUSE_EXEC_GAIN", 0x1),
    ("PR_SET_MDWE", 0x41),
    ("PR_SET_MEMORY_MERGE", 0x43),
    ("PR_SET_TAGGED_ADDR_CTRL", 0x37),
    ("PR_SET_THP_DISABLE", 0x29),
    ("PR_SET_VMA", 0x53564d41),
    ("PR_SET_VMA_ANON_NAME", 0x0),
    ("PR_THP_DISABLE_EXCEPT_ADVISED", 0x2),
];

pub(crate) const MADV: &[Row] = &[
    ("MADV_COLD", 0x14),
    ("MADV_COLLAPSE", 0x19),
    ("MADV_DODUMP", 0x11),
    ("MADV_DOFORK", 0xb),
    ("MADV_DONTDUMP", 0x10),
    ("MADV_DONTFORK", 0xa),
    ("MADV_DONTNEED", 0x4),
    ("MADV_DONTNEED_LOCKED", 0x18),
    ("MADV_FREE", 0x8),
    ("MADV_GUARD_INSTALL", 0x66),
    ("MADV_GUARD_REMOVE", 0x67),
    ("MADV_HUGEPAGE", 0xe),
    ("MADV_HWPOISON", 0x64),
    ("MADV_KEEPONFORK", 0x13),
    ("MADV_MERGEABLE", 0xc),
    ("MADV_NOHUGEPAGE", 0xf),
    ("MADV_NORMAL", 0x0),
    ("MADV_PAGEOUT", 0x15),
    ("MADV_POPULATE_READ", 0x16),
    ("MADV_POPULATE_WRITE", 0x17),
    ("MADV_RANDOM", 0x1),
    ("MADV_REMOVE", 0x9),
    ("MADV_SEQUENTIAL", 0x2),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("MADV_SOFT_OFFLINE", 0x65),
    ("MADV_UNMERGEABLE", 0xd),
    ("MADV_WILLNEED", 0x3),
    ("MADV_WIPEONFORK", 0x12),
];

pub(crate) const MAP: &[Row] = &[
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_32BIT", 0x40),
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_ABOVE4G", 0x80),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_ANON", 0x20),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("MAP_ANON", 0x800),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_ANONYMOUS", 0x20),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("MAP_ANONYMOUS", 0x800),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_DENYWRITE", 0x800),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("MAP_DENYWRITE", 0x2000),
    ("MAP_DROPPABLE", 0x8),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_EXECUTABLE", 0x1000),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("MAP_EXECUTABLE", 0x4000),
    ("MAP_FILE", 0x0),
    ("MAP_FIXED", 0x10),
    ("MAP_FIXED_NOREPLACE", 0x100000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_GROWSDOWN", 0x100),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("MAP_GROWSDOWN", 0x200),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("MAP_GROWSDOWN", 0x1000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_HUGETLB", 0x40000),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("MAP_HUGETLB", 0x80000),
    ("MAP_HUGE_16GB", 0x88000000),
    ("MAP_HUGE_16KB", 0x38000000),
    ("MAP_HUGE_16MB", 0x60000000),
    ("MAP_HUGE_1GB", 0x78000000),
    ("MAP_HUGE_1MB", 0x50000000),
    ("MAP_HUGE_256MB", 0x70000000),
    ("MAP_HUGE_2GB", 0x7c000000),
    ("MAP_HUGE_2MB", 0x54000000),
    ("MAP_HUGE_32MB", 0x64000000),
    ("MAP_HUGE_512KB", 0x4c000000),
    ("MAP_HUGE_512MB", 0x74000000),
    ("MAP_HUGE_64KB", 0x40000000),
    ("MAP_HUGE_8MB", 0x5c000000),
    ("MAP_HUGE_MASK", 0x3f),
    ("MAP_HUGE_SHIFT", 0x1a),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("MAP_LOCKED", 0x80),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("MAP_LOCKED", 0x100),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_LOCKED", 0x2000),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("MAP_LOCKED", 0x8000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_NONBLOCK", 0x10000),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("MAP_NONBLOCK", 0x20000),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64", target_arch = "sparc", target_arch = "sparc64"))]
    ("MAP_NORESERVE", 0x40),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("MAP_NORESERVE", 0x400),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_NORESERVE", 0x4000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_POPULATE", 0x8000),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("MAP_POPULATE", 0x10000),
    ("MAP_PRIVATE", 0x2),
    ("MAP_SHARED", 0x1),
    ("MAP_SHARED_VALIDATE", 0x3),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_STACK", 0x20000),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("MAP_STACK", 0x40000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_SYNC", 0x80000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("MAP_UNINITIALIZED", 0x4000000),
];

pub(crate) const MCL: &[Row] = &[
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("MCL_CURRENT", 0x1),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64", target_arch = "sparc", target_arch = "sparc64"))]
    ("MCL_CURRENT", 0x2000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("MCL_FUTURE", 0x2),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64", target_arch = "sparc", target_arch = "sparc64"))]
    ("MCL_FUTURE", 0x4000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("MCL_ONFAULT", 0x4),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64", target_arch = "sparc", target_arch = "sparc64"))]
    ("MCL_ONFAULT", 0x8000),
];

pub(crate) const MFD: &[Row] = &[
    ("MFD_ALLOW_SEALING", 0x2),
    ("MFD_CLOEXEC", 0x1),
    ("MFD_EXEC", 0x10),
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
    ("MFD_HUGE_MASK", 0x3f),
    ("MFD_HUGE_SHIFT", 0x1a),
    ("MFD_NOEXEC_SEAL", 0x8),
];

pub(crate) const MLOCK: &[Row] = &[
    ("MLOCK_ONFAULT", 0x1),
];

pub(crate) const MPOL_MF: &[Row] = &[
    ("MPOL_MF_MOVE", 0x2),
    ("MPOL_MF_MOVE_ALL", 0x4),
    ("MPOL_MF_STRICT", 0x1),
];

pub(crate) const MREMAP: &[Row] = &[
    ("MREMAP_DONTUNMAP", 0x4),
    ("MREMAP_FIXED", 0x2),
    ("MREMAP_MAYMOVE", 0x1),
];

pub(crate) const MS: &[Row] = &[
    ("MS_ASYNC", 0x1),
    ("MS_INVALIDATE", 0x2),
    ("MS_SYNC", 0x4),
];

pub(crate) const O: &[Row] = &[
    #[cfg(target_env = "gnu")]
    ("O_ACCMODE", 0x3),
    #[cfg(not(target_env = "gnu"))]
    ("O_ACCMODE", 0x200003),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "sparc", target_arch = "sparc64"))]
    ("O_APPEND", 0x8),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_APPEND", 0x400),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_ASYNC", 0x40),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("O_ASYNC", 0x1000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_ASYNC", 0x2000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_CLOEXEC", 0x80000),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_CLOEXEC", 0x400000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_CREAT", 0x40),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("O_CREAT", 0x100),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_CREAT", 0x200),
    #[cfg(any(target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_DIRECT", 0x4000),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("O_DIRECT", 0x8000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "m68k"))]
    ("O_DIRECT", 0x10000),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("O_DIRECT", 0x20000),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_DIRECT", 0x100000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64"))]
    ("O_DIRECTORY", 0x4000),
    #[cfg(any(target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("O_DIRECTORY", 0x10000),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("O_DSYNC", 0x10),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_DSYNC", 0x1000),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_DSYNC", 0x2000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_EXCL", 0x80),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("O_EXCL", 0x400),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_EXCL", 0x800),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("O_FSYNC", 0x4010),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_FSYNC", 0x101000),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_FSYNC", 0x802000),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("O_LARGEFILE", 0x2000),
    #[cfg(any(target_arch = "csky", target_arch = "hexagon", target_arch = "riscv32", target_arch = "x86"))]
    ("O_LARGEFILE", 0x8000),
    #[cfg(target_arch = "powerpc")]
    ("O_LARGEFILE", 0x10000),
    #[cfg(any(target_arch = "arm", target_arch = "m68k"))]
    ("O_LARGEFILE", 0x20000),
    #[cfg(target_arch = "sparc")]
    ("O_LARGEFILE", 0x40000),
    #[cfg(all(any(target_arch = "aarch64", target_arch = "loongarch64", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc64", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc64", target_arch = "x86_64"), target_env = "gnu"))]
    ("O_LARGEFILE", 0x0),
    #[cfg(all(any(target_arch = "mips64", target_arch = "mips64r6"), not(target_env = "gnu")))]
    ("O_LARGEFILE", 0x2000),
    #[cfg(all(any(target_arch = "loongarch64", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86_64"), not(target_env = "gnu")))]
    ("O_LARGEFILE", 0x8000),
    #[cfg(all(target_arch = "powerpc64", not(target_env = "gnu")))]
    ("O_LARGEFILE", 0x10000),
    #[cfg(all(target_arch = "aarch64", not(target_env = "gnu")))]
    ("O_LARGEFILE", 0x20000),
    #[cfg(all(target_arch = "sparc64", not(target_env = "gnu")))]
    ("O_LARGEFILE", 0x40000),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("O_NDELAY", 0x80),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_NDELAY", 0x800),
    #[cfg(target_arch = "sparc")]
    ("O_NDELAY", 0x4004),
    #[cfg(all(target_arch = "sparc64", target_env = "gnu"))]
    ("O_NDELAY", 0x4004),
    #[cfg(all(target_arch = "sparc64", not(target_env = "gnu")))]
    ("O_NDELAY", 0x4),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_NOATIME", 0x40000),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_NOATIME", 0x200000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_NOCTTY", 0x100),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("O_NOCTTY", 0x800),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_NOCTTY", 0x8000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64"))]
    ("O_NOFOLLOW", 0x8000),
    #[cfg(any(target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("O_NOFOLLOW", 0x20000),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("O_NONBLOCK", 0x80),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_NONBLOCK", 0x800),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_NONBLOCK", 0x4000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_PATH", 0x200000),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_PATH", 0x1000000),
    ("O_RDONLY", 0x0),
    ("O_RDWR", 0x2),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("O_RSYNC", 0x4010),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_RSYNC", 0x101000),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_RSYNC", 0x802000),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("O_SYNC", 0x4010),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_SYNC", 0x101000),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_SYNC", 0x802000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64"))]
    ("O_TMPFILE", 0x404000),
    #[cfg(any(target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_TMPFILE", 0x410000),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_TMPFILE", 0x2010000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("O_TRUNC", 0x200),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("O_TRUNC", 0x400),
    ("O_WRONLY", 0x1),
];

pub(crate) const PAGE_IS: &[Row] = &[
    ("PAGE_IS_FILE", 0x4),
    ("PAGE_IS_GUARD", 0x100),
    ("PAGE_IS_HUGE", 0x40),
    ("PAGE_IS_PFNZERO", 0x20),
    ("PAGE_IS_PRESENT", 0x8),
    ("PAGE_IS_SOFT_DIRTY", 0x80),
    ("PAGE_IS_SWAPPED", 0x10),
    ("PAGE_IS_WPALLOWED", 0x1),
    ("PAGE_IS_WRITTEN", 0x2),
];

pub(crate) const PIDFD: &[Row] = &[
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("PIDFD_NONBLOCK", 0x80),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("PIDFD_NONBLOCK", 0x800),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("PIDFD_NONBLOCK", 0x4000),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("PIDFD_THREAD", 0x80),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("PIDFD_THREAD", 0x400),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("PIDFD_THREAD", 0x800),
];

pub(crate) const PKEY: &[Row] = &[
    ("PKEY_DISABLE_ACCESS", 0x1),
    #[cfg(any(target_arch = "aarch64", target_arch = "powerpc", target_arch = "powerpc64"))]
    ("PKEY_DISABLE_EXECUTE", 0x4),
    #[cfg(target_arch = "aarch64")]
    ("PKEY_DISABLE_READ", 0x8),
    ("PKEY_DISABLE_WRITE", 0x2),
    ("PKEY_UNRESTRICTED", 0x0),
];

pub(crate) const PM_SCAN: &[Row] = &[
    ("PM_SCAN_CHECK_WPASYNC", 0x2),
    ("PM_SCAN_WP_MATCHING", 0x1),
];

pub(crate) const POSIX_MADV: &[Row] = &[
    ("POSIX_MADV_DONTNEED", 0x4),
    ("POSIX_MADV_NORMAL", 0x0),
    ("POSIX_MADV_RANDOM", 0x1),
    ("POSIX_MADV_SEQUENTIAL", 0x2),
    ("POSIX_MADV_WILLNEED", 0x3),
];

pub(crate) const PROCMAP_QUERY: &[Row] = &[
    ("PROCMAP_QUERY_COVERING_OR_NEXT_VMA", 0x10),
    ("PROCMAP_QUERY_FILE_BACKED_VMA", 0x20),
    ("PROCMAP_QUERY_VMA_EXECUTABLE", 0x4),
    ("PROCMAP_QUERY_VMA_READABLE", 0x1),
    ("PROCMAP_QUERY_VMA_SHARED", 0x8),
    ("PROCMAP_QUERY_VMA_WRITABLE", 0x2),
];

pub(crate) const PROT: &[Row] = &[
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("PROT_ADI", 0x10),
    #[cfg(target_arch = "aarch64")]
    ("PROT_BTI", 0x10),
    ("PROT_EXEC", 0x4),
    ("PROT_GROWSDOWN", 0x1000000),
    ("PROT_GROWSUP", 0x2000000),
    #[cfg(target_arch = "aarch64")]
    ("PROT_MTE", 0x20),
    ("PROT_NONE", 0x0),
    ("PROT_READ", 0x1),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("PROT_SAO", 0x10),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", target_arch = "x86_64"))]
    ("PROT_SEM", 0x8),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"))]
    ("PROT_SEM", 0x10),
    ("PROT_WRITE", 0x2),
];

pub(crate) const SEAL: &[Row] = &[
    ("F_SEAL_EXEC", 0x20),
    ("F_SEAL_FUTURE_WRITE", 0x10),
    ("F_SEAL_GROW", 0x4),
    ("F_SEAL_SEAL", 0x1),
    ("F_SEAL_SHRINK", 0x2),
    ("F_SEAL_WRITE", 0x8),
];

pub(crate) const SHADOW_STACK: &[Row] = &[
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("SHADOW_STACK_SET_MARKER", 0x2),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))]
    ("SHADOW_STACK_SET_TOKEN", 0x1),
];

pub(crate) const SYNC_FILE_RANGE: &[Row] = &[
    ("SYNC_FILE_RANGE_WAIT_AFTER", 0x4),
    ("SYNC_FILE_RANGE_WAIT_BEFORE", 0x1),
    ("SYNC_FILE_RANGE_WRITE", 0x2),
];

pub(crate) const SYS: &[Row] = &[
    #[cfg(target_arch = "arm")]
    ("SYS_arm_fadvise64_64", 0x10e),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_brk", 0xc),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_brk", 0x11),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_brk", 0x2d),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_brk", 0xd6),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_brk", 0xfcd),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_brk", 0x1394),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_brk", 0x4000000c),
    #[cfg(target_arch = "m68k")]
    ("SYS_cacheflush", 0x7b),
    #[cfg(target_arch = "csky")]
    ("SYS_cacheflush", 0xf5),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_cacheflush", 0x1033),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_cacheflush", 0x144d),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")))]
    ("SYS_cachestat", 0x1c3),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_cachestat", 0x1163),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_cachestat", 0x154b),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_cachestat", 0x400001c3),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_close", 0x3),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86"))]
    ("SYS_close", 0x6),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_close", 0x39),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_close", 0xfa6),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_close", 0x138b),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_close", 0x40000003),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_fadvise64", 0xd1),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_fadvise64", 0xdd),
    #[cfg(any(target_arch = "aarch64", target_arch = "loongarch64", target_arch = "riscv64"))]
    ("SYS_fadvise64", 0xdf),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_fadvise64", 0xe9),
    #[cfg(target_arch = "m68k")]
    ("SYS_fadvise64", 0xf6),
    #[cfg(target_arch = "x86")]
    ("SYS_fadvise64", 0xfa),
    #[cfg(target_arch = "s390x")]
    ("SYS_fadvise64", 0xfd),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_fadvise64", 0x109e),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_fadvise64", 0x145f),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_fadvise64", 0x400000dd),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_fadvise64_64", 0xd2),
    #[cfg(any(target_arch = "csky", target_arch = "hexagon", target_arch = "riscv32"))]
    ("SYS_fadvise64_64", 0xdf),
    #[cfg(target_arch = "powerpc")]
    ("SYS_fadvise64_64", 0xfe),
    #[cfg(target_arch = "m68k")]
    ("SYS_fadvise64_64", 0x10b),
    #[cfg(target_arch = "x86")]
    ("SYS_fadvise64_64", 0x110),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_fallocate", 0x2f),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_fallocate", 0x11d),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_fallocate", 0x135),
    #[cfg(any(target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_fallocate", 0x13a),
    #[cfg(target_arch = "m68k")]
    ("SYS_fallocate", 0x140),
    #[cfg(target_arch = "x86")]
    ("SYS_fallocate", 0x144),
    #[cfg(target_arch = "arm")]
    ("SYS_fallocate", 0x160),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_fallocate", 0x10e0),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_fallocate", 0x149f),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_fallocate", 0x4000011d),
    #[cfg(any(target_arch = "aarch64", target_arch = "loongarch64", target_arch = "riscv64"))]
    ("SYS_fcntl", 0x19),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_fcntl", 0x37),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_fcntl", 0x48),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_fcntl", 0x5c),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_fcntl", 0xfd7),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_fcntl", 0x13ce),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_fcntl", 0x40000048),
    #[cfg(any(target_arch = "csky", target_arch = "hexagon", target_arch = "riscv32"))]
    ("SYS_fcntl64", 0x19),
    #[cfg(target_arch = "sparc")]
    ("SYS_fcntl64", 0x9b),
    #[cfg(target_arch = "powerpc")]
    ("SYS_fcntl64", 0xcc),
    #[cfg(any(target_arch = "arm", target_arch = "x86"))]
    ("SYS_fcntl64", 0xdd),
    #[cfg(target_arch = "m68k")]
    ("SYS_fcntl64", 0xef),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_fcntl64", 0x107c),
    #[cfg(any(target_arch = "aarch64", target_arch = "loongarch64", target_arch = "riscv64"))]
    ("SYS_ftruncate", 0x2e),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_ftruncate", 0x4d),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_ftruncate", 0x5d),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_ftruncate", 0x82),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_ftruncate", 0xffd),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_ftruncate", 0x13d3),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_ftruncate", 0x4000004d),
    #[cfg(any(target_arch = "csky", target_arch = "hexagon", target_arch = "riscv32"))]
    ("SYS_ftruncate64", 0x2e),
    #[cfg(target_arch = "sparc")]
    ("SYS_ftruncate64", 0x54),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "x86"))]
    ("SYS_ftruncate64", 0xc2),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_ftruncate64", 0x1074),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_get_mempolicy", 0xec),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_get_mempolicy", 0xef),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_get_mempolicy", 0x104),
    #[cfg(any(target_arch = "m68k", target_arch = "s390x"))]
    ("SYS_get_mempolicy", 0x10d),
    #[cfg(target_arch = "x86")]
    ("SYS_get_mempolicy", 0x113),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_get_mempolicy", 0x130),
    #[cfg(target_arch = "arm")]
    ("SYS_get_mempolicy", 0x140),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_get_mempolicy", 0x10ad),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_get_mempolicy", 0x146c),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_get_mempolicy", 0x400000ef),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_getpagesize", 0x40),
    #[cfg(target_arch = "m68k")]
    ("SYS_getpagesize", 0xa6),
    #[cfg(any(target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_ipc", 0x75),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_ipc", 0xd7),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_ipc", 0x1015),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_madvise", 0x1c),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_madvise", 0x4b),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_madvise", 0xcd),
    #[cfg(any(target_arch = "s390x", target_arch = "x86"))]
    ("SYS_madvise", 0xdb),
    #[cfg(target_arch = "arm")]
    ("SYS_madvise", 0xdc),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_madvise", 0xe9),
    #[cfg(target_arch = "m68k")]
    ("SYS_madvise", 0xee),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_madvise", 0x107a),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_madvise", 0x13a3),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_madvise", 0x4000001c),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")))]
    ("SYS_map_shadow_stack", 0x1c5),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_map_shadow_stack", 0x1165),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_map_shadow_stack", 0x154d),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_map_shadow_stack", 0x400001c5),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_mbind", 0xeb),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_mbind", 0xed),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_mbind", 0x103),
    #[cfg(any(target_arch = "m68k", target_arch = "s390x"))]
    ("SYS_mbind", 0x10c),
    #[cfg(target_arch = "x86")]
    ("SYS_mbind", 0x112),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_mbind", 0x12f),
    #[cfg(target_arch = "arm")]
    ("SYS_mbind", 0x13f),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_mbind", 0x10ac),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_mbind", 0x146b),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_mbind", 0x400000ed),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_membarrier", 0x11b),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_membarrier", 0x144),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_membarrier", 0x15f),
    #[cfg(target_arch = "s390x")]
    ("SYS_membarrier", 0x164),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_membarrier", 0x16d),
    #[cfg(target_arch = "m68k")]
    ("SYS_membarrier", 0x176),
    #[cfg(target_arch = "x86")]
    ("SYS_membarrier", 0x177),
    #[cfg(target_arch = "arm")]
    ("SYS_membarrier", 0x185),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_membarrier", 0x1106),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_membarrier", 0x14c6),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_membarrier", 0x40000144),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_memfd_create", 0x117),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_memfd_create", 0x13f),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_memfd_create", 0x15c),
    #[cfg(target_arch = "s390x")]
    ("SYS_memfd_create", 0x15e),
    #[cfg(target_arch = "m68k")]
    ("SYS_memfd_create", 0x161),
    #[cfg(target_arch = "x86")]
    ("SYS_memfd_create", 0x164),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_memfd_create", 0x168),
    #[cfg(target_arch = "arm")]
    ("SYS_memfd_create", 0x181),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_memfd_create", 0x1102),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_memfd_create", 0x14c2),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_memfd_create", 0x4000013f),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")))]
    ("SYS_memfd_secret", 0x1bf),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_memfd_secret", 0x115f),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_memfd_secret", 0x1547),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_memfd_secret", 0x400001bf),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_migrate_pages", 0xee),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_migrate_pages", 0x100),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_migrate_pages", 0x102),
    #[cfg(any(target_arch = "m68k", target_arch = "s390x"))]
    ("SYS_migrate_pages", 0x11f),
    #[cfg(target_arch = "x86")]
    ("SYS_migrate_pages", 0x126),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_migrate_pages", 0x12e),
    #[cfg(target_arch = "arm")]
    ("SYS_migrate_pages", 0x190),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_migrate_pages", 0x10bf),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_migrate_pages", 0x147e),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_migrate_pages", 0x40000100),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_mincore", 0x1b),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_mincore", 0x4e),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_mincore", 0xce),
    #[cfg(any(target_arch = "s390x", target_arch = "x86"))]
    ("SYS_mincore", 0xda),
    #[cfg(target_arch = "arm")]
    ("SYS_mincore", 0xdb),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_mincore", 0xe8),
    #[cfg(target_arch = "m68k")]
    ("SYS_mincore", 0xed),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_mincore", 0x1079),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_mincore", 0x13a2),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_mincore", 0x4000001b),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_mlock", 0x95),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_mlock", 0x96),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_mlock", 0xe4),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_mlock", 0xed),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_mlock", 0x103a),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_mlock", 0x141a),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_mlock", 0x40000095),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_mlock2", 0x11c),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_mlock2", 0x145),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_mlock2", 0x164),
    #[cfg(target_arch = "s390x")]
    ("SYS_mlock2", 0x176),
    #[cfg(target_arch = "m68k")]
    ("SYS_mlock2", 0x177),
    #[cfg(target_arch = "x86")]
    ("SYS_mlock2", 0x178),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_mlock2", 0x17a),
    #[cfg(target_arch = "arm")]
    ("SYS_mlock2", 0x186),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_mlock2", 0x1107),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_mlock2", 0x14c7),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_mlock2", 0x40000145),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_mlockall", 0x97),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_mlockall", 0x98),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_mlockall", 0xe6),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_mlockall", 0xef),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_mlockall", 0x103c),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_mlockall", 0x141c),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_mlockall", 0x40000097),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_mmap", 0x9),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_mmap", 0x47),
    #[cfg(any(target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_mmap", 0x5a),
    #[cfg(any(target_arch = "aarch64", target_arch = "loongarch64", target_arch = "riscv64"))]
    ("SYS_mmap", 0xde),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_mmap", 0xffa),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_mmap", 0x1391),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_mmap", 0x40000009),
    #[cfg(target_arch = "sparc")]
    ("SYS_mmap2", 0x38),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "x86"))]
    ("SYS_mmap2", 0xc0),
    #[cfg(any(target_arch = "csky", target_arch = "hexagon", target_arch = "riscv32"))]
    ("SYS_mmap2", 0xde),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_mmap2", 0x1072),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_move_pages", 0xef),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_move_pages", 0x117),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_move_pages", 0x12d),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_move_pages", 0x133),
    #[cfg(any(target_arch = "m68k", target_arch = "s390x"))]
    ("SYS_move_pages", 0x136),
    #[cfg(target_arch = "x86")]
    ("SYS_move_pages", 0x13d),
    #[cfg(target_arch = "arm")]
    ("SYS_move_pages", 0x158),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_move_pages", 0x10d4),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_move_pages", 0x1493),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_move_pages", 0x40000215),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_mprotect", 0xa),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_mprotect", 0x4a),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_mprotect", 0x7d),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_mprotect", 0xe2),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_mprotect", 0x101d),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_mprotect", 0x1392),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_mprotect", 0x4000000a),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_mremap", 0x19),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_mremap", 0xa3),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_mremap", 0xd8),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_mremap", 0xfa),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_mremap", 0x1047),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_mremap", 0x13a0),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_mremap", 0x40000019),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")))]
    ("SYS_mseal", 0x1ce),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_mseal", 0x116e),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_mseal", 0x1556),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_mseal", 0x400001ce),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_msync", 0x1a),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_msync", 0x41),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_msync", 0x90),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_msync", 0xe3),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_msync", 0x1030),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_msync", 0x13a1),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_msync", 0x4000001a),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_munlock", 0x96),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_munlock", 0x97),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_munlock", 0xe5),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_munlock", 0xee),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_munlock", 0x103b),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_munlock", 0x141b),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_munlock", 0x40000096),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_munlockall", 0x98),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_munlockall", 0x99),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_munlockall", 0xe7),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_munlockall", 0xf0),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_munlockall", 0x103d),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_munlockall", 0x141d),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_munlockall", 0x40000098),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_munmap", 0xb),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_munmap", 0x49),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_munmap", 0x5b),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_munmap", 0xd7),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_munmap", 0xffb),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_munmap", 0x1393),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_munmap", 0x4000000b),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_openat", 0x38),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_openat", 0x101),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_openat", 0x11c),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_openat", 0x11e),
    #[cfg(any(target_arch = "m68k", target_arch = "s390x"))]
    ("SYS_openat", 0x120),
    #[cfg(target_arch = "x86")]
    ("SYS_openat", 0x127),
    #[cfg(target_arch = "arm")]
    ("SYS_openat", 0x142),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_openat", 0x10c0),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_openat", 0x147f),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_openat", 0x40000101),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")))]
    ("SYS_pidfd_open", 0x1b2),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_pidfd_open", 0x1152),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_pidfd_open", 0x153a),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_pidfd_open", 0x400001b2),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_pkey_alloc", 0x121),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_pkey_alloc", 0x14a),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_pkey_alloc", 0x16b),
    #[cfg(target_arch = "x86")]
    ("SYS_pkey_alloc", 0x17d),
    #[cfg(target_arch = "m68k")]
    ("SYS_pkey_alloc", 0x17e),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_pkey_alloc", 0x180),
    #[cfg(target_arch = "s390x")]
    ("SYS_pkey_alloc", 0x181),
    #[cfg(target_arch = "arm")]
    ("SYS_pkey_alloc", 0x18b),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_pkey_alloc", 0x110c),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_pkey_alloc", 0x14cc),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_pkey_alloc", 0x4000014a),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_pkey_free", 0x122),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_pkey_free", 0x14b),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_pkey_free", 0x16c),
    #[cfg(target_arch = "x86")]
    ("SYS_pkey_free", 0x17e),
    #[cfg(target_arch = "m68k")]
    ("SYS_pkey_free", 0x17f),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_pkey_free", 0x181),
    #[cfg(target_arch = "s390x")]
    ("SYS_pkey_free", 0x182),
    #[cfg(target_arch = "arm")]
    ("SYS_pkey_free", 0x18c),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_pkey_free", 0x110d),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_pkey_free", 0x14cd),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_pkey_free", 0x4000014b),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_pkey_mprotect", 0x120),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_pkey_mprotect", 0x149),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_pkey_mprotect", 0x16a),
    #[cfg(target_arch = "x86")]
    ("SYS_pkey_mprotect", 0x17c),
    #[cfg(target_arch = "m68k")]
    ("SYS_pkey_mprotect", 0x17d),
    #[cfg(target_arch = "s390x")]
    ("SYS_pkey_mprotect", 0x180),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_pkey_mprotect", 0x182),
    #[cfg(target_arch = "arm")]
    ("SYS_pkey_mprotect", 0x18a),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_pkey_mprotect", 0x110b),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_pkey_mprotect", 0x14cb),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_pkey_mprotect", 0x40000149),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_prctl", 0x93),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_prctl", 0x9d),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_prctl", 0xa7),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_prctl", 0xab),
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "s390x", target_arch = "x86"))]
    ("SYS_prctl", 0xac),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_prctl", 0x1060),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_prctl", 0x1421),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_prctl", 0x4000009d),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")))]
    ("SYS_process_madvise", 0x1b8),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_process_madvise", 0x1158),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_process_madvise", 0x1540),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_process_madvise", 0x400001b8),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")))]
    ("SYS_process_mrelease", 0x1c0),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_process_mrelease", 0x1160),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_process_mrelease", 0x1548),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_process_mrelease", 0x400001c0),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_process_vm_readv", 0x10e),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_process_vm_readv", 0x136),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_process_vm_readv", 0x152),
    #[cfg(target_arch = "s390x")]
    ("SYS_process_vm_readv", 0x154),
    #[cfg(target_arch = "m68k")]
    ("SYS_process_vm_readv", 0x159),
    #[cfg(target_arch = "x86")]
    ("SYS_process_vm_readv", 0x15b),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_process_vm_readv", 0x15f),
    #[cfg(target_arch = "arm")]
    ("SYS_process_vm_readv", 0x178),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_process_vm_readv", 0x10f9),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_process_vm_readv", 0x14b8),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_process_vm_readv", 0x4000021b),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_process_vm_writev", 0x10f),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_process_vm_writev", 0x137),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_process_vm_writev", 0x153),
    #[cfg(target_arch = "s390x")]
    ("SYS_process_vm_writev", 0x155),
    #[cfg(target_arch = "m68k")]
    ("SYS_process_vm_writev", 0x15a),
    #[cfg(target_arch = "x86")]
    ("SYS_process_vm_writev", 0x15c),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_process_vm_writev", 0x160),
    #[cfg(target_arch = "arm")]
    ("SYS_process_vm_writev", 0x179),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_process_vm_writev", 0x10fa),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_process_vm_writev", 0x14b9),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_process_vm_writev", 0x4000021c),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_readahead", 0xbb),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_readahead", 0xbf),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_readahead", 0xcd),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_readahead", 0xd5),
    #[cfg(target_arch = "s390x")]
    ("SYS_readahead", 0xde),
    #[cfg(any(target_arch = "arm", target_arch = "x86"))]
    ("SYS_readahead", 0xe1),
    #[cfg(target_arch = "m68k")]
    ("SYS_readahead", 0xf0),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_readahead", 0x107f),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_readahead", 0x143b),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_readahead", 0x400000bb),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_remap_file_pages", 0xc0),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_remap_file_pages", 0xd8),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_remap_file_pages", 0xea),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_remap_file_pages", 0xef),
    #[cfg(target_arch = "m68k")]
    ("SYS_remap_file_pages", 0xfc),
    #[cfg(target_arch = "arm")]
    ("SYS_remap_file_pages", 0xfd),
    #[cfg(target_arch = "x86")]
    ("SYS_remap_file_pages", 0x101),
    #[cfg(target_arch = "s390x")]
    ("SYS_remap_file_pages", 0x10b),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_remap_file_pages", 0x109b),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_remap_file_pages", 0x145a),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_remap_file_pages", 0x400000d8),
    #[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_riscv_flush_icache", 0x103),
    #[cfg(target_arch = "s390x")]
    ("SYS_s390_guarded_storage", 0x17a),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_set_mempolicy", 0xed),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_set_mempolicy", 0xee),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_set_mempolicy", 0x105),
    #[cfg(any(target_arch = "m68k", target_arch = "s390x"))]
    ("SYS_set_mempolicy", 0x10e),
    #[cfg(target_arch = "x86")]
    ("SYS_set_mempolicy", 0x114),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_set_mempolicy", 0x131),
    #[cfg(target_arch = "arm")]
    ("SYS_set_mempolicy", 0x141),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_set_mempolicy", 0x10ae),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_set_mempolicy", 0x146d),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_set_mempolicy", 0x400000ee),
    #[cfg(any(target_arch = "aarch64", target_arch = "arm", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "riscv32", target_arch = "riscv64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86", all(target_arch = "x86_64", target_pointer_width = "64")))]
    ("SYS_set_mempolicy_home_node", 0x1c2),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_set_mempolicy_home_node", 0x1162),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_set_mempolicy_home_node", 0x154a),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_set_mempolicy_home_node", 0x400001c2),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_shmat", 0x1e),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_shmat", 0xc4),
    #[cfg(target_arch = "arm")]
    ("SYS_shmat", 0x131),
    #[cfg(any(target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86"))]
    ("SYS_shmat", 0x18d),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_shmat", 0x112d),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_shmat", 0x13a5),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_shmat", 0x4000001e),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_shmctl", 0x1f),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_shmctl", 0xc3),
    #[cfg(target_arch = "arm")]
    ("SYS_shmctl", 0x134),
    #[cfg(any(target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86"))]
    ("SYS_shmctl", 0x18c),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_shmctl", 0x112c),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_shmctl", 0x13a6),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_shmctl", 0x4000001f),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_shmdt", 0x43),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_shmdt", 0xc5),
    #[cfg(target_arch = "arm")]
    ("SYS_shmdt", 0x132),
    #[cfg(any(target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86"))]
    ("SYS_shmdt", 0x18e),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_shmdt", 0x112e),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_shmdt", 0x13c9),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_shmdt", 0x40000043),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_shmget", 0x1d),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_shmget", 0xc2),
    #[cfg(target_arch = "arm")]
    ("SYS_shmget", 0x133),
    #[cfg(any(target_arch = "m68k", target_arch = "powerpc", target_arch = "powerpc64", target_arch = "s390x", target_arch = "sparc", target_arch = "sparc64", target_arch = "x86"))]
    ("SYS_shmget", 0x18b),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_shmget", 0x112b),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_shmget", 0x13a4),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_shmget", 0x4000001d),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_subpage_prot", 0x136),
    #[cfg(any(target_arch = "aarch64", target_arch = "csky", target_arch = "hexagon", target_arch = "loongarch64", target_arch = "riscv32", target_arch = "riscv64"))]
    ("SYS_userfaultfd", 0x11a),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
    ("SYS_userfaultfd", 0x143),
    #[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
    ("SYS_userfaultfd", 0x160),
    #[cfg(target_arch = "s390x")]
    ("SYS_userfaultfd", 0x163),
    #[cfg(any(target_arch = "powerpc", target_arch = "powerpc64"))]
    ("SYS_userfaultfd", 0x16c),
    #[cfg(target_arch = "m68k")]
    ("SYS_userfaultfd", 0x175),
    #[cfg(target_arch = "x86")]
    ("SYS_userfaultfd", 0x176),
    #[cfg(target_arch = "arm")]
    ("SYS_userfaultfd", 0x184),
    #[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
    ("SYS_userfaultfd", 0x1105),
    #[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
    ("SYS_userfaultfd", 0x14c5),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    ("SYS_userfaultfd", 0x40000143),
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

pub(crate) const TAGGED_ADDR: &[Row] = &[
    ("PR_MTE_STORE_ONLY", 0x80000),
    ("PR_MTE_TAG_MASK", 0x7fff8),
    ("PR_MTE_TAG_SHIFT", 0x3),
    ("PR_MTE_TCF_ASYNC", 0x4),
    ("PR_MTE_TCF_SYNC", 0x2),
    ("PR_TAGGED_ADDR_ENABLE", 0x1),
];

pub(crate) const UFFDIO_CONTINUE: &[Row] = &[
    ("UFFDIO_CONTINUE_MODE_DONTWAKE", 0x1),
    ("UFFDIO_CONTINUE_MODE_WP", 0x2),
];

pub(crate) const UFFDIO_COPY: &[Row] = &[
    ("UFFDIO_COPY_MODE_DONTWAKE", 0x1),
    ("UFFDIO_COPY_MODE_WP", 0x2),
];

pub(crate) const UFFDIO_MOVE: &[Row] = &[
    ("UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES", 0x2),
    ("UFFDIO_MOVE_MODE_DONTWAKE", 0x1),
];

pub(crate) const UFFDIO_POISON: &[Row] = &[
    ("UFFDIO_POISON_MODE_DONTWAKE", 0x1),
];

pub(crate) const UFFDIO_REGISTER: &[Row] = &[
    ("UFFDIO_REGISTER_MODE_MINOR", 0x4),
    ("UFFDIO_REGISTER_MODE_MISSING", 0x1),
    ("UFFDIO_REGISTER_MODE_WP", 0x2),
];

pub(crate) const UFFDIO_ZEROPAGE: &[Row] = &[
    ("UFFDIO_ZEROPAGE_MODE_DONTWAKE", 0x1),
];

pub(crate) const UFFD_FEATURE: &[Row] = &[
    ("UFFD_FEATURE_EVENT_FORK", 0x2),
    ("UFFD_FEATURE_EVENT_REMAP", 0x4),
    ("UFFD_FEATURE_EVENT_REMOVE", 0x8),
    ("UFFD_FEATURE_EVENT_UNMAP", 0x40),
    ("UFFD_FEATURE_EXACT_ADDRESS", 0x800),
    ("UFFD_FEATURE_MINOR_HUGETLBFS", 0x200),
    ("UFFD_FEATURE_MINOR_SHMEM", 0x400),
    ("UFFD_FEATURE_MISSING_HUGETLBFS", 0x10),
    ("UFFD_FEATURE_MISSING_SHMEM", 0x20),
    ("UFFD_FEATURE_MOVE", 0x10000),
    ("UFFD_FEATURE_PAGEFAULT_FLAG_WP", 0x1),
    ("UFFD_FEATURE_POISON", 0x4000),
    ("UFFD_FEATURE_SIGBUS", 0x80),
    ("UFFD_FEATURE_THREAD_ID", 0x100),
    ("UFFD_FEATURE_WP_ASYNC", 0x8000),
    ("UFFD_FEATURE_WP_HUGETLBFS_SHMEM", 0x1000),
    ("UFFD_FEATURE_WP_UNPOPULATED", 0x2000),
];

pub(crate) const UFFD_PAGEFAULT: &[Row] = &[
    ("UFFD_PAGEFAULT_FLAG_MINOR", 0x4),
    ("UFFD_PAGEFAULT_FLAG_WP", 0x2),
    ("UFFD_PAGEFAULT_FLAG_WRITE", 0x1),
];
