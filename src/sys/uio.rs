//! `<sys/uio.h>`: memory by way of the kernel, of Linux.
//!
//! Both calls copy one range between this process's own memory and that of a process, which may be
//! this one, and tell how many bytes were copied. A page that cannot be accessed ends the copy; it
//! is an error (`EFAULT`) only where nothing was copied before.

use core::ffi::{c_long, c_ulong, c_void};

use crate::{Result, errno::Errno};

/// `process_vm_readv`: from `remote` to `local`.
///
/// # Safety
///
/// - Nothing refers to the range at `local`.
pub(crate) unsafe fn process_vm_readv(
    process: libc::pid_t,
    local: *mut u8,
    remote: *const u8,
    len: usize,
) -> Result<usize> {
    // SAFETY: the caller's promise is that of the call.
    unsafe { call(libc::SYS_process_vm_readv, process, local, remote.cast_mut(), len) }
}

/// `process_vm_writev`: from `local` to `remote`.
///
/// # Safety
///
/// - Nothing refers to the range at `remote`.
pub(crate) unsafe fn process_vm_writev(
    process: libc::pid_t,
    local: *const u8,
    remote: *mut u8,
    len: usize,
) -> Result<usize> {
    // SAFETY: the caller's promise is that of the call.
    unsafe { call(libc::SYS_process_vm_writev, process, local.cast_mut(), remote, len) }
}

/// By number, since bionic has functions only from API 23 on.
///
/// # Safety
///
/// - Nothing refers to the range that is written.
unsafe fn call(
    number: c_long,
    process: libc::pid_t,
    local: *mut u8,
    remote: *mut u8,
    len: usize,
) -> Result<usize> {
    const NO_FLAGS: c_ulong = 0;
    let range = |start: *mut u8| libc::iovec { iov_base: start.cast::<c_void>(), iov_len: len };
    let (local, remote, one) = (range(local), range(remote), 1 as c_ulong);
    let (local, remote) = (&raw const local, &raw const remote);
    // SAFETY: both are arrays of one range; what is written is the caller's promise.
    let answer = unsafe { libc::syscall(number, process, local, one, remote, one, NO_FLAGS) };
    Errno::result(answer).map(|bytes| bytes as usize)
}
