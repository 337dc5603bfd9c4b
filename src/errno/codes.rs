//! The codes of `<errno.h>`, by system.

table! {
    /// A code of `<errno.h>`: why a system call failed.
    ///
    /// Each system has its own set of codes and its own numbers for them; this enum has those of
    /// the system it is compiled for, with the texts of nix 0.23. Names that are a second name of
    /// another code there (`EWOULDBLOCK`, mostly `EDEADLOCK`, on some systems `ENOTSUP` or
    /// `EOPNOTSUPP`) are associated constants.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::errno::Errno;
    ///
    /// let error = Errno::from_i32(libc::ENOMEM);
    /// assert_eq!(error, Errno::ENOMEM);
    /// assert_eq!(error.to_string(), "ENOMEM: Out of memory");
    /// # #[cfg(feature = "std")]
    /// assert_eq!(std::io::Error::from(error).kind(), std::io::ErrorKind::OutOfMemory);
    /// ```
    pub enum Errno: i32 {
        on(unix) {
            /// Unknown errno
            UnknownErrno;
            /// Operation not permitted
            EPERM;
            /// No such file or directory
            ENOENT;
            /// No such process
            ESRCH;
            /// Interrupted system call
            EINTR;
            /// I/O error
            EIO;
            /// No such device or address
            ENXIO;
            /// Argument list too long
            E2BIG;
            /// Exec format error
            ENOEXEC;
            /// Bad file number
            EBADF;
            /// No child processes
            ECHILD;
            /// Try again
            EAGAIN;
            /// Out of memory
            ENOMEM;
            /// Permission denied
            EACCES;
            /// Bad address
            EFAULT;
            /// Block device required
            ENOTBLK;
            /// Device or resource busy
            EBUSY;
            /// File exists
            EEXIST;
            /// Cross-device link
            EXDEV;
            /// No such device
            ENODEV;
            /// Not a directory
            ENOTDIR;
            /// Is a directory
            EISDIR;
            /// Invalid argument
            EINVAL;
            /// File table overflow
            ENFILE;
            /// Too many open files
            EMFILE;
            /// Not a typewriter
            ENOTTY;
            /// Text file busy
            ETXTBSY;
            /// File too large
            EFBIG;
            /// No space left on device
            ENOSPC;
            /// Illegal seek
            ESPIPE;
            /// Read-only file system
            EROFS;
            /// Too many links
            EMLINK;
            /// Broken pipe
            EPIPE;
            /// Math argument out of domain of func
            EDOM;
            /// Math result not representable
            ERANGE;
            /// Resource deadlock would occur
            EDEADLK;
            /// File name too long
            ENAMETOOLONG;
            /// No record locks available
            ENOLCK;
            /// Function not implemented
            ENOSYS;
            /// Directory not empty
            ENOTEMPTY;
            /// Too many symbolic links encountered
            ELOOP;
            /// No message of desired type
            ENOMSG;
            /// Identifier removed
            EIDRM;
            /// Protocol error
            EPROTO;
            /// Illegal byte sequence
            EILSEQ;
            /// Too many users
            EUSERS;
            /// Socket operation on non-socket
            ENOTSOCK;
            /// Destination address required
            EDESTADDRREQ;
            /// Message too long
            EMSGSIZE;
            /// Protocol wrong type for socket
            EPROTOTYPE;
            /// Protocol not available
            ENOPROTOOPT;
            /// Protocol not supported
            EPROTONOSUPPORT;
            /// Socket type not supported
            ESOCKTNOSUPPORT;
            /// Protocol family not supported
            EPFNOSUPPORT;
            /// Address family not supported by protocol
            EAFNOSUPPORT;
            /// Address already in use
            EADDRINUSE;
            /// Cannot assign requested address
            EADDRNOTAVAIL;
            /// Network is down
            ENETDOWN;
            /// Network is unreachable
            ENETUNREACH;
            /// Network dropped connection because of reset
            ENETRESET;
            /// Software caused connection abort
            ECONNABORTED;
            /// Connection reset by peer
            ECONNRESET;
            /// No buffer space available
            ENOBUFS;
            /// Transport endpoint is already connected
            EISCONN;
            /// Transport endpoint is not connected
            ENOTCONN;
            /// Cannot send after transport endpoint shutdown
            ESHUTDOWN;
            /// Too many references: cannot splice
            ETOOMANYREFS;
            /// Connection timed out
            ETIMEDOUT;
            /// Connection refused
            ECONNREFUSED;
            /// Host is down
            EHOSTDOWN;
            /// No route to host
            EHOSTUNREACH;
            /// Operation already in progress
            EALREADY;
            /// Operation now in progress
            EINPROGRESS;
            /// Operation canceled
            ECANCELED;
            /// State not recoverable
            ENOTRECOVERABLE;
        }
        on(linux, android) {
            /// Channel number out of range
            ECHRNG;
            /// Level 2 not synchronized
            EL2NSYNC;
            /// Level 3 halted
            EL3HLT;
            /// Level 3 reset
            EL3RST;
            /// Link number out of range
            ELNRNG;
            /// Protocol driver not attached
            EUNATCH;
            /// No CSI structure available
            ENOCSI;
            /// Level 2 halted
            EL2HLT;
            /// Invalid exchange
            EBADE;
            /// Invalid request descriptor
            EBADR;
            /// Exchange full
            EXFULL;
            /// No anode
            ENOANO;
            /// Invalid request code
            EBADRQC;
            /// Invalid slot
            EBADSLT;
            /// Bad font file format
            EBFONT;
            /// Machine is not on the network
            ENONET;
            /// Package not installed
            ENOPKG;
            /// Advertise error
            EADV;
            /// Srmount error
            ESRMNT;
            /// Communication error on send
            ECOMM;
            /// RFS specific error
            EDOTDOT;
            /// Name not unique on network
            ENOTUNIQ;
            /// File descriptor in bad state
            EBADFD;
            /// Remote address changed
            EREMCHG;
            /// Can not access a needed shared library
            ELIBACC;
            /// Accessing a corrupted shared library
            ELIBBAD;
            /// .lib section in a.out corrupted
            ELIBSCN;
            /// Attempting to link in too many shared libraries
            ELIBMAX;
            /// Cannot exec a shared library directly
            ELIBEXEC;
            /// Interrupted system call should be restarted
            ERESTART;
            /// Streams pipe error
            ESTRPIPE;
            /// Structure needs cleaning
            EUCLEAN;
            /// Not a XENIX named type file
            ENOTNAM;
            /// No XENIX semaphores available
            ENAVAIL;
            /// Is a named type file
            EISNAM;
            /// Remote I/O error
            EREMOTEIO;
            /// Required key not available
            ENOKEY;
            /// Key has expired
            EKEYEXPIRED;
            /// Key has been revoked
            EKEYREVOKED;
            /// Key was rejected by service
            EKEYREJECTED;
            /// Operation not possible due to RF-kill
            ERFKILL;
            /// Memory page has hardware error
            EHWPOISON;
        }
        on(linux, android) shown(unix) {
            /// Object is remote
            EREMOTE;
            /// Not a data message
            EBADMSG;
            /// Value too large for defined data type
            EOVERFLOW;
            /// Stale file handle
            ESTALE;
            /// Quota exceeded
            EDQUOT;
            /// Owner died
            EOWNERDEAD;
        }
        on(linux, android) shown(linux, android, netbsd, apple) {
            /// Device not a stream
            ENOSTR;
            /// No data available
            ENODATA;
            /// Timer expired
            ETIME;
            /// Out of streams resources
            ENOSR;
        }
        on(linux, android, freebsd, dragonfly)
        shown(linux, android, freebsd, netbsd, dragonfly, apple) {
            /// Link has been severed
            ENOLINK;
            /// Multihop attempted
            EMULTIHOP;
        }
        on(freebsd, dragonfly, netbsd, openbsd, apple) shown() {
            /// Too many levels of remote in path
            EREMOTE;
            /// Bad message
            EBADMSG;
            /// Value too large to be stored in data type
            EOVERFLOW;
            /// Stale NFS file handle
            ESTALE;
            /// Disc quota exceeded
            EDQUOT;
            /// Previous owner died
            EOWNERDEAD;
        }
        on(freebsd, dragonfly, netbsd, openbsd, apple) {
            /// RPC struct is bad
            EBADRPC;
            /// RPC version wrong
            ERPCMISMATCH;
            /// RPC prog. not avail
            EPROGUNAVAIL;
            /// Program version wrong
            EPROGMISMATCH;
            /// Bad procedure for program
            EPROCUNAVAIL;
            /// Authentication error
            EAUTH;
            /// Need authenticator
            ENEEDAUTH;
            /// Attribute not found
            ENOATTR;
        }
        on(netbsd, apple) shown() {
            /// Not a STREAM
            ENOSTR;
            /// No message available on STREAM
            ENODATA;
            /// STREAM ioctl timeout
            ETIME;
            /// No STREAM resources
            ENOSR;
            /// Reserved
            ENOLINK;
            /// Reserved
            EMULTIHOP;
        }
        on(linux("sparc", "sparc64"), freebsd, dragonfly, netbsd, openbsd, apple) {
            /// Too many processes
            EPROCLIM;
        }
        on(linux("sparc", "sparc64")) {
            /// Object is remote
            ERREMOTE;
        }
        on(linux, android, dragonfly, openbsd) {
            /// No medium found
            ENOMEDIUM;
        }
        on(linux, android, openbsd) {
            /// Wrong medium type
            EMEDIUMTYPE;
        }
        on(linux, freebsd, dragonfly, netbsd, openbsd, apple) {
            /// Inappropriate file type or format
            EFTYPE;
        }
        on(linux("mips", "mips32r6", "mips64", "mips64r6")) {
            /// Reserved
            EINIT;
            /// Remote device
            EREMDEV;
        }
        on(freebsd, dragonfly, netbsd, openbsd, apple) {
            /// Operation not supported
            ENOTSUP;
        }
        on(freebsd, dragonfly) {
            /// Programming error
            EDOOFUS;
        }
        on(freebsd, apple) {
            /// Capabilities insufficient
            ENOTCAPABLE;
        }
        on(freebsd) {
            /// Not permitted in capability mode
            ECAPMODE;
            /// Integrity check failed
            EINTEGRITY;
        }
        on(dragonfly) {
            /// Async
            EASYNC;
        }
        on(openbsd) {
            /// IPsec processing failure
            EIPSEC;
        }
        on(apple) {
            /// Device power is off
            EPWROFF;
            /// Device error, e.g. paper out
            EDEVERR;
            /// Bad executable
            EBADEXEC;
            /// Bad CPU type in executable
            EBADARCH;
            /// Shared library version mismatch
            ESHLIBVERS;
            /// Malformed Macho file
            EBADMACHO;
            /// No such policy registered
            ENOPOLICY;
            /// Interface output queue is full
            EQFULL;
        }
        on(linux("mips", "mips32r6", "mips64", "mips64r6", "powerpc", "powerpc64", "sparc", "sparc64")) {
            /// File locking deadlock error
            EDEADLOCK;
        }
        on(linux, android, netbsd) shown(linux, android, netbsd, openbsd, apple) {
            /// Operation not supported on transport endpoint
            EOPNOTSUPP;
        }
        on(openbsd) shown() {
            /// Operation not supported
            EOPNOTSUPP;
        }
        on(apple) shown() {
            /// Operation not supported on socket
            EOPNOTSUPP;
        }
    }
}
