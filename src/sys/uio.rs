#![doc = on!(linux, android)]
//! `<sys/uio.h>`: memory of other processes, copied without mapping it.
//!
//! Both calls go through all ranges of one side and of the other as if each side were one long
//! range, page by page. The copy ends at the first page that the other process cannot access: the
//! answer is then the number of bytes before it, and the error only where there are none. Pages
//! that the kernel keeps out of its own reach, such as those of `memfd_secret` and guards, count as
//! inaccessible.

use core::ffi::{c_long, c_ulong};
use std::io::{IoSlice, IoSliceMut};

use libc::{c_void, pid_t};

use crate::{Result, errno::Errno};

#[doc = on!(linux, android)]
/// A range of a process's memory, as `struct iovec`: the address is that process's.
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[doc(alias = "struct iovec")]
#[repr(C)]
pub struct RemoteIoVec {
    /// The address of the first byte.
    pub base: usize,
    /// The length in bytes.
    pub len: usize,
}

const _: () = {
    assert!(size_of::<RemoteIoVec>() == size_of::<libc::iovec>());
    assert!(core::mem::offset_of!(RemoteIoVec, len) == core::mem::offset_of!(libc::iovec, iov_len));
};

#[doc = on!(linux, android)]
/// Copies memory of process `pid` into this one; the answer is the number of bytes.
///
/// There are at most `UIO_MAXIOV` (1024) ranges on either side. What the process changes meanwhile
/// may be copied half old and half new.
///
/// # Examples
///
/// ```
/// use std::{io::IoSliceMut, process};
///
/// use mman::{Error, sys::uio::{RemoteIoVec, process_vm_readv}};
///
/// let there = *b"memory";
/// let remote = [RemoteIoVec { base: there.as_ptr().addr(), len: there.len() }];
/// let mut here = [0; 6];
/// match process_vm_readv(process::id() as i32, &mut [IoSliceMut::new(&mut here)], &remote) {
///     Ok(bytes) => assert_eq!(here[..bytes], there[..bytes]),
///     Err(Error::ENOSYS | Error::EPERM) => println!("not here, or not us"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
///
/// - `EFAULT`: the first page is not mapped there, or cannot be read.
/// - `EINVAL`: too many ranges, or too many bytes.
/// - `ENOMEM`: no memory.
/// - `ENOSYS`: the kernel has no `CONFIG_CROSS_MEMORY_ATTACH`.
/// - `EPERM`: the caller may not look into the process (`ptrace`).
/// - `ESRCH`: there is no such process.
///
/// # Platforms
///
/// Linux 3.2, Android.
///
#[doc = man!(process_vm_readv(2) on linux)]
#[inline]
pub fn process_vm_readv(
    pid: pid_t,
    local: &mut [IoSliceMut<'_>],
    remote: &[RemoteIoVec],
) -> Result<usize> {
    let (start, count) = (local.as_mut_ptr().cast(), local.len());
    // SAFETY: `IoSliceMut` has the layout of `struct iovec`, and what is written is borrowed
    // mutably; nothing is read that Rust relies on not being read.
    unsafe { call(libc::SYS_process_vm_readv, pid, start, count, remote) }
}

#[doc = on!(linux, android)]
/// Copies memory of this process into process `pid`; the answer is the number of bytes.
///
/// Otherwise as [`process_vm_readv`].
///
/// # Errors
///
/// As [`process_vm_readv`]; `EFAULT` also where the first page cannot be written.
///
/// # Safety
///
/// If the process is this one, or shares its memory with this one (`vfork`, `clone` with
/// `CLONE_VM`):
///
/// - No reference to the ranges is in use, and nobody counts on what they hold.
///
/// # Platforms
///
/// Linux 3.2, Android.
///
#[doc = man!(process_vm_readv(2) on linux)]
#[inline]
pub unsafe fn process_vm_writev(
    pid: pid_t,
    local: &[IoSlice<'_>],
    remote: &[RemoteIoVec],
) -> Result<usize> {
    let (start, count) = (local.as_ptr().cast(), local.len());
    // SAFETY: `IoSlice` has the layout of `struct iovec`, and what it covers is only read; what is
    // written is the caller's promise.
    unsafe { call(libc::SYS_process_vm_writev, pid, start, count, remote) }
}

/// By number: bionic has functions from API 23 on.
///
/// # Safety
///
/// - `local` are `count` of C's `struct iovec`.
/// - What `number` writes may be written.
#[inline]
unsafe fn call(
    number: c_long,
    pid: pid_t,
    local: *const c_void,
    count: usize,
    remote: &[RemoteIoVec],
) -> Result<usize> {
    let flags: c_ulong = 0;
    // SAFETY: `remote` are as many ranges as it says; the rest is the caller's promise.
    let answer = unsafe {
        libc::syscall(number, c_long::from(pid), local, count, remote.as_ptr(), remote.len(), flags)
    };
    Errno::result(answer).map(|bytes| bytes as usize)
}

/// [`process_vm_readv`] of one range, to memory that need not hold anything yet.
///
/// # Safety
///
/// - The range at `local` is valid for writing.
pub(crate) unsafe fn read_range(
    pid: pid_t,
    local: *mut u8,
    remote: *const u8,
    len: usize,
) -> Result<usize> {
    let range = libc::iovec { iov_base: local.cast(), iov_len: len };
    let remote = [RemoteIoVec { base: remote.expose_provenance(), len }];
    // SAFETY: it is one range; that it may be written is the caller's promise.
    unsafe { call(libc::SYS_process_vm_readv, pid, (&raw const range).cast(), 1, &remote) }
}

/// [`process_vm_writev`] of one range.
///
/// # Safety
///
/// - The range at `local` is valid for reading.
/// - As [`process_vm_writev`], if the process is this one.
pub(crate) unsafe fn write_range(
    pid: pid_t,
    local: *const u8,
    remote: *mut u8,
    len: usize,
) -> Result<usize> {
    let range = libc::iovec { iov_base: local.cast_mut().cast(), iov_len: len };
    let remote = [RemoteIoVec { base: remote.expose_provenance(), len }];
    // SAFETY: it is one range; what is written is the caller's promise.
    unsafe { call(libc::SYS_process_vm_writev, pid, (&raw const range).cast(), 1, &remote) }
}
