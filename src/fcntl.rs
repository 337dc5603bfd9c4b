//! `<fcntl.h>`, as far as shared memory and mapped files need it.

use core::ffi::c_int;

#[cfg(all(
    any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "netbsd",
        all(doc, not(doctest))
    ),
    feature = "std"
))]
mod fadvise;
#[cfg(all(
    any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "dragonfly",
        all(doc, not(doctest))
    ),
    feature = "std"
))]
mod fallocate;
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd",
    all(doc, not(doctest))
))]
mod flags;
#[cfg(all(
    any(target_os = "linux", target_os = "android", all(doc, not(doctest))),
    feature = "std"
))]
mod linux;
#[cfg(all(
    any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "netbsd",
        all(doc, not(doctest))
    ),
    feature = "std"
))]
mod seals;
#[cfg(feature = "std")]
mod status;

#[cfg(all(
    any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "netbsd",
        all(doc, not(doctest))
    ),
    feature = "std"
))]
pub use fadvise::*;
#[cfg(all(
    any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "dragonfly",
        all(doc, not(doctest))
    ),
    feature = "std"
))]
pub use fallocate::*;
#[cfg(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd",
    all(doc, not(doctest))
))]
pub use flags::*;
#[cfg(all(
    any(target_os = "linux", target_os = "android", all(doc, not(doctest))),
    feature = "std"
))]
pub use linux::*;
#[cfg(all(
    any(
        target_os = "linux",
        target_os = "android",
        target_os = "freebsd",
        target_os = "netbsd",
        all(doc, not(doctest))
    ),
    feature = "std"
))]
pub use seals::*;
#[cfg(feature = "std")]
pub(crate) use status::*;

table! {
    /// How a file is opened.
    ///
    /// The access mode is a field, not flags: `O_RDONLY` is zero, `O_WRONLY` and `O_RDWR` exclude
    /// each other. `flags & OFlag::O_ACCMODE` takes it out.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::fcntl::OFlag;
    ///
    /// let flags = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL;
    /// assert_eq!(flags & OFlag::O_ACCMODE, OFlag::O_RDWR);
    /// assert_eq!(flags.to_string(), "O_RDWR | O_CREAT | O_EXCL");
    /// ```
    pub struct OFlag: c_int {
        on(unix) {
            /// The mask of the access mode.
            O_ACCMODE;
            /// Open for reading only.
            O_RDONLY;
            /// Open for writing only.
            O_WRONLY;
            /// Open for reading and writing.
            O_RDWR;
        }
        on(linux, android) {
            /// A new file without a name, in the directory given (Linux 3.11).
            O_TMPFILE;
        }
        on(unix) {
            /// Each write is complete, metadata included, before `write` returns.
            O_SYNC;
        }
        on(linux, android, netbsd, openbsd) {
            /// As `O_SYNC`, for reading.
            O_RSYNC;
        }
        on(linux, freebsd, netbsd, openbsd, dragonfly, apple) {
            /// A second name of `O_SYNC`.
            O_FSYNC;
        }
        on(linux, android, freebsd, netbsd, openbsd, apple) {
            /// Each write is complete, as far as reading it back needs, before `write` returns.
            O_DSYNC;
        }
        on(unix) {
            /// Each write goes to the end of the file.
            O_APPEND;
            /// A signal comes when input or output is possible.
            O_ASYNC;
            /// Close the descriptor on `exec`.
            O_CLOEXEC;
            /// Create the file if it does not exist.
            O_CREAT;
            /// The path must be a directory.
            O_DIRECTORY;
            /// With `O_CREAT`: fail if it exists.
            O_EXCL;
            /// Do not make a terminal the controlling one.
            O_NOCTTY;
            /// Fail if the last part of the path is a symbolic link.
            O_NOFOLLOW;
            /// Do not wait in `open`, `read` and `write`.
            O_NONBLOCK;
            /// A second name of `O_NONBLOCK`.
            O_NDELAY;
            /// Shorten the file to 0 bytes.
            O_TRUNC;
        }
        on(linux, android, freebsd, netbsd, dragonfly) {
            /// Read and write past the cache.
            O_DIRECT;
        }
        on(linux, android) {
            /// Files of 2 GiB and more may be opened. Zero where that is so anyway.
            O_LARGEFILE;
            /// Reading does not change the access time.
            O_NOATIME;
            /// The descriptor names a place in the file system, and cannot be read or written.
            O_PATH;
        }
        on(freebsd, netbsd, openbsd, dragonfly, apple) {
            /// Take a shared lock of the file.
            O_SHLOCK;
            /// Take an exclusive lock of the file.
            O_EXLOCK;
        }
        on(freebsd) {
            /// Open for executing only.
            O_EXEC;
            /// Restore a terminal's default attributes.
            O_TTY_INIT;
        }
        on(netbsd) {
            /// Other semantics of input and output.
            O_ALT_IO;
            /// No `SIGPIPE` on a broken pipe.
            O_NOSIGPIPE;
            /// Skip checks of search permission.
            O_SEARCH;
        }
    }
}
