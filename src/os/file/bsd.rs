//! FreeBSD, NetBSD and DragonFly: `posix_fallocate`, a system call.

use std::os::fd::BorrowedFd;

use crate::{Result, errno::Errno, fcntl::posix_fallocate};

pub(crate) fn allocate_blocks(file: BorrowedFd<'_>, offset: u64, len: u64) -> Result<()> {
    loop {
        match posix_fallocate(file, offset, len) {
            Err(Errno::EINTR) => {}
            // EINVAL is how FreeBSD and DragonFly say it; the numbers are right.
            Err(Errno::EOPNOTSUPP | Errno::EINVAL) => return Err(Errno::ENOSYS),
            done => return done,
        }
    }
}
