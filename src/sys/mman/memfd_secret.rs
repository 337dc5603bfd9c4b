//! `memfd_secret`, of Linux.

use core::ffi::c_int;
use std::os::fd::{FromRawFd, OwnedFd};

use crate::{Result, errno::Errno, fcntl::OFlag, sys::syscall};

#[doc = on!(linux("aarch64", "loongarch64", "riscv32", "riscv64", "s390x", "x86", "x86_64"), android("aarch64", "riscv64", "x86", "x86_64"))]
/// Makes a file in memory that only this process and its children can read, not the kernel.
///
/// The kernel takes the pages out of its own map of memory: they are never swapped out, and nobody
/// reaches them from outside (`ptrace`, `/proc/self/mem`, `process_vm_readv`, direct I/O). What the
/// process itself hands to the kernel, as in `write` from the mapped memory, is copied as usual.
/// The only flag is [`OFlag::O_CLOEXEC`].
///
/// The file has size 0; `ftruncate` gives it a size once. It can be mapped `MAP_SHARED` only, not
/// for execution (`EPERM`).
///
/// The pages count for `RLIMIT_MEMLOCK`. Most kernels count what the process maps: `mmap` ends in
/// `EAGAIN`. Newer ones, among them late releases of Linux 6.12, count a page when it is first
/// touched and until the file is gone, for all processes of the user, privileged ones too: the
/// touch of one page too many ends in SIGBUS. There, leave room under the limit.
///
/// # Examples
///
/// ```
/// use mman::{Error, fcntl::OFlag, sys::mman::memfd_secret};
///
/// match memfd_secret(OFlag::O_CLOEXEC) {
///     Ok(secret) => std::fs::File::from(secret).set_len(4096)?,
///     Err(Error::ENOSYS) => println!("the kernel has no secret memory, or it is turned off"),
///     Err(error) => return Err(error.into()),
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EINVAL`: a flag other than `O_CLOEXEC`.
/// - `EMFILE`, `ENFILE`: too many open files.
/// - `ENOMEM`: no memory.
/// - `ENOSYS`: the kernel is older than Linux 5.14, or it is turned off: before Linux 6.5 it must
///   be turned on by `secretmem.enable=1` at boot.
///
/// # Platforms
///
/// Linux 5.14 on aarch64, loongarch64, riscv32, riscv64, s390x, x86, x86-64; Android.
///
#[doc = man!(memfd_secret(2) on linux)]
#[doc(alias = "SYS_memfd_secret")]
#[inline]
pub fn memfd_secret(flags: OFlag) -> Result<OwnedFd> {
    // SAFETY: it takes any number, and touches no memory.
    let answer = unsafe { libc::syscall(syscall::SYS_memfd_secret, flags.bits()) };
    let fd = Errno::result(answer)? as c_int;
    // SAFETY: the descriptor was just opened, and nobody else has its number.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
