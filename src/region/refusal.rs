//! Why the system refused: the limit, the pool of huge pages, or the file.

use std::{format, os::fd::BorrowedFd};

use super::{Layout, no_huge_pages};
use crate::{
    MapError,
    errno::Errno,
    fcntl::OFlag,
    os::{self, Backing, Protection},
};

/// The system refused to map, protect or lock `len` bytes, and the limit that it refused for.
pub(crate) fn refused(operation: &'static str, errno: Errno, len: usize) -> MapError {
    short(operation, errno, len, len)
}

/// `len` bytes of addresses, and so many of memory.
fn short(operation: &'static str, errno: Errno, len: usize, memory: usize) -> MapError {
    let short = matches!(errno, Errno::ENOMEM | Errno::EAGAIN);
    match short.then(|| os::shortage(len, memory)).flatten() {
        Some(why) => MapError::because(operation, errno, why),
        None => MapError::system(operation, errno),
    }
}

impl Layout<'_> {
    /// Why `body` bytes of it could not be mapped.
    pub(super) fn refused(&self, operation: &'static str, errno: Errno, body: usize) -> MapError {
        if errno == Errno::EEXIST {
            return MapError::because(operation, errno, "something is mapped there");
        }
        let huge = self.granule != os::page_size();
        let (file, memory) = match self.backing {
            Backing::Private | Backing::Shared if huge => {
                return no_huge_pages(operation, errno, self.granule, body);
            }
            Backing::Private | Backing::Shared => (None, body),
            // What the file itself has is not accounted for.
            Backing::File(file, _) => (Some(file), 0),
            Backing::Copy(file, _) => (Some(file), body),
        };
        if huge && errno == Errno::ENOMEM {
            return no_huge_pages(operation, errno, self.granule, body);
        }
        if errno == Errno::ENOSYS && !self.commit {
            return MapError::unsupported(operation, "this system accounts for all memory");
        }
        match file.and_then(|file| self.not_of_file(errno, file)) {
            Some(why) => MapError::because(operation, errno, why),
            None => short(operation, errno, body, memory),
        }
    }

    /// What is wrong with the file, or how it was opened.
    fn not_of_file(&self, errno: Errno, file: BorrowedFd<'_>) -> Option<&'static str> {
        let shared = matches!(self.backing, Backing::File(..));
        let writes = shared && self.protection == Protection::ReadWrite;
        let runs = self.protection == Protection::ReadExecute;
        let mode = || os::open_mode(file).ok();
        match errno {
            Errno::EACCES if mode() == Some(OFlag::O_WRONLY) => {
                Some("the file is not open for reading")
            }
            Errno::EACCES if writes && mode() == Some(OFlag::O_RDONLY) => {
                Some("the file is not open for writing")
            }
            Errno::EBADF => Some("the file is open as a path only"),
            Errno::ENODEV => Some("this kind of file cannot be mapped"),
            Errno::EPERM if runs => {
                Some("the file system is mounted noexec, or a policy forbids to run the file")
            }
            Errno::EPERM if writes => Some("a seal or a policy forbids to write to the file"),
            Errno::EPERM if shared => {
                Some("the file is sealed, and before Linux 6.7 it can be mapped as a copy only")
            }
            Errno::ETXTBSY => Some("the file is swap space"),
            _ => None,
        }
    }
}

/// Why a file got no place for `more` bytes.
pub(crate) fn no_room(
    operation: &'static str,
    errno: Errno,
    file: BorrowedFd<'_>,
    granule: usize,
    more: u64,
) -> MapError {
    let len = usize::try_from(more).unwrap_or(usize::MAX);
    let why = match errno {
        Errno::ENOMEM | Errno::ENOSPC if granule != os::page_size() => {
            return no_huge_pages(operation, errno, granule, len.next_multiple_of(granule));
        }
        Errno::ENOMEM | Errno::ENOSPC => match os::lacks_room(file, more) {
            Some((_, room)) => return lacking(operation, errno, more, &room),
            None if errno == Errno::ENOMEM => return refused(operation, errno, len),
            None => "the file system is full",
        },
        Errno::EDQUOT => "the quota of the file system is used up",
        Errno::EPERM => "a seal or a policy forbids it to grow",
        Errno::EBADF => "the file is not open for writing",
        _ => return refused(operation, errno, len),
    };
    MapError::because(operation, errno, why)
}

/// Whether a file can have a place for `more` bytes, as far as that is told before it is tried.
pub(crate) fn check_room(
    operation: &'static str,
    file: BorrowedFd<'_>,
    more: u64,
) -> crate::Result<(), MapError> {
    match os::lacks_room(file, more) {
        Some((errno, room)) => Err(lacking(operation, errno, more, &room)),
        None => Ok(()),
    }
}

fn lacking(operation: &'static str, errno: Errno, more: u64, room: &str) -> MapError {
    MapError::because(operation, errno, format!("no room for {more} bytes: {room}"))
}
