#![doc = on!(linux, android)]
//! `<sys/prctl.h>`: settings of a process, as far as they concern memory.
//!
//! Each operation of C's one function is a function here, by the name of its constant without
//! `PR_`. All of them answer `EINVAL` where the kernel does not know the operation, since the
//! call itself is in every kernel; `ENOSYS` or `EPERM` can come from a seccomp filter.

use core::{
    ffi::{CStr, c_int, c_ulong, c_void},
    ptr,
};

use crate::{Result, errno::Errno, sys::ffi};

#[cfg(any(target_arch = "aarch64", all(doc, not(doctest))))]
mod tagged_addr;

#[cfg(any(target_arch = "aarch64", all(doc, not(doctest))))]
pub use tagged_addr::*;

/// Makes the call with all of its arguments: the kernel insists that those not used are 0.
///
/// # Safety
///
/// - `args` are what the operation expects; where that is an address, it may be used as such.
#[inline]
unsafe fn prctl(operation: c_int, args: [c_ulong; 4]) -> Result<c_int> {
    let [arg2, arg3, arg4, arg5] = args;
    // SAFETY: the caller's promise.
    Errno::result(unsafe { libc::prctl(operation, arg2, arg3, arg4, arg5) })
}

#[doc = on!(linux, android)]
/// Names a range of anonymous memory, or takes its name away.
///
/// `/proc/self/maps` then shows the pages as `[anon:name]`, or `[anon_shmem:name]` if they are
/// shared. `len` is in bytes, and rounded up to whole pages. A name has up to 79 bytes, all of
/// them printable ASCII but none of `` [ ] \ $ ` ``. Neighbours with different names are mappings
/// of their own, of which a process has a limited number.
///
/// # Examples
///
/// ```
/// use std::ptr;
/// use mman::{errno::Errno, sys::mman::*, sys::prctl::set_vma_anon_name};
///
/// let (len, flags) = (1 << 16, MapFlags::MAP_PRIVATE | MapFlags::MAP_ANONYMOUS);
/// // SAFETY: the kernel chooses the place.
/// let memory = unsafe { mmap(ptr::null_mut(), len, ProtFlags::PROT_READ, flags, -1, 0)? };
///
/// match set_vma_anon_name(memory, len, Some(c"buffers")) {
///     Ok(()) => assert!(std::fs::read_to_string("/proc/self/maps").unwrap().contains("buffers")),
///     Err(Errno::EINVAL) => println!("this kernel has no CONFIG_ANON_VMA_NAME"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Errno>(())
/// ```
///
/// # Errors
///
/// - `EBADF`: part of the range maps a file.
/// - `EINVAL`: the kernel has no `CONFIG_ANON_VMA_NAME`, or is older than Linux 5.17; or `addr` is
///   not a multiple of the page size; or the name is too long or has a byte that it may not have.
///   An empty range tells them apart: with `addr` and `len` 0 and no name it fails only for the
///   first reason.
/// - `ENOMEM`: part of the range is not mapped; or there would be too many mappings.
///
/// # Platforms
///
/// Linux 5.17, for shared memory 6.2; Android, whose kernels before that keep the address of the
/// name and not a copy: there it should last as long as the mapping.
///
#[doc = man!(PR_SET_VMA("2const") on linux)]
#[doc(alias = "PR_SET_VMA")]
#[doc(alias = "PR_SET_VMA_ANON_NAME")]
#[inline]
pub fn set_vma_anon_name(addr: *const c_void, len: usize, name: Option<&CStr>) -> Result<()> {
    let name = name.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: the kernel reads the name up to its NUL; of the range it changes the name alone.
    let answer =
        unsafe { libc::prctl(ffi::PR_SET_VMA, ffi::PR_SET_VMA_ANON_NAME, addr.addr(), len, name) };
    Errno::result(answer).map(drop)
}

#[doc = on!(linux, android)]
/// Which of a process's memory may not get transparent huge pages.
///
/// # Platforms
///
/// Linux 3.15, Android.
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ThpDisable {
    /// None: the system's setting holds.
    #[default]
    No,
    /// All of it.
    Yes,
    /// All but the ranges with `MADV_HUGEPAGE`. Linux 6.18.
    #[doc(alias = "PR_THP_DISABLE_EXCEPT_ADVISED")]
    ExceptAdvised,
    /// What a newer kernel answers; it cannot be set.
    Other(c_int),
}

#[doc = on!(linux, android)]
/// Keeps transparent huge pages away from the process's memory.
///
/// Pages that are huge already stay so. Children inherit it, and programs that the process
/// executes.
///
/// # Examples
///
/// ```
/// use mman::sys::prctl::{ThpDisable, get_thp_disable, set_thp_disable};
///
/// set_thp_disable(ThpDisable::Yes)?;
/// assert_eq!(get_thp_disable()?, ThpDisable::Yes);
/// # Ok::<(), mman::Error>(())
/// ```
///
/// # Errors
///
/// - `EINVAL`: the kernel is older than Linux 3.15, or than 6.18 for
///   [`ExceptAdvised`](ThpDisable::ExceptAdvised); or, found before the kernel is asked,
///   [`Other`](ThpDisable::Other).
///
/// # Platforms
///
/// Linux 3.15, Android.
///
#[doc = man!(PR_SET_THP_DISABLE("2const") on linux)]
#[doc(alias = "PR_SET_THP_DISABLE")]
#[inline]
pub fn set_thp_disable(thp_disable: ThpDisable) -> Result<()> {
    let (disable, flags) = match thp_disable {
        ThpDisable::No => (0, 0),
        ThpDisable::Yes => (1, 0),
        ThpDisable::ExceptAdvised => (1, ffi::PR_THP_DISABLE_EXCEPT_ADVISED as c_ulong),
        ThpDisable::Other(_) => return Err(Errno::EINVAL),
    };
    // SAFETY: the operation takes two numbers, and changes no memory.
    unsafe { prctl(ffi::PR_SET_THP_DISABLE, [disable, flags, 0, 0]) }.map(drop)
}

#[doc = on!(linux, android)]
/// Tells what [`set_thp_disable`] has set.
///
/// # Errors
///
/// - `EINVAL`: the kernel is older than Linux 3.15.
///
/// # Platforms
///
/// Linux 3.15, Android.
///
#[doc = man!(PR_GET_THP_DISABLE("2const") on linux)]
#[doc(alias = "PR_GET_THP_DISABLE")]
#[inline]
pub fn get_thp_disable() -> Result<ThpDisable> {
    const EXCEPT_ADVISED: c_int = 1 | ffi::PR_THP_DISABLE_EXCEPT_ADVISED;
    // SAFETY: the operation takes nothing.
    let answer = unsafe { prctl(ffi::PR_GET_THP_DISABLE, [0; 4]) }?;
    Ok(match answer {
        0 => ThpDisable::No,
        1 => ThpDisable::Yes,
        EXCEPT_ADVISED => ThpDisable::ExceptAdvised,
        other => ThpDisable::Other(other),
    })
}

#[doc = on!(linux, android)]
/// Lets the kernel merge equal pages of all of the process's private anonymous memory, or none.
///
/// It is `MADV_MERGEABLE` for every mapping, old and new, as far as it can be merged; to switch
/// it off parts the pages again. Children inherit it, and programs that the process executes. Pages
/// are merged only while `/sys/kernel/mm/ksm/run` is 1.
///
/// # Examples
///
/// ```
/// use mman::{errno::Errno, sys::prctl::{get_memory_merge, set_memory_merge}};
///
/// match set_memory_merge(true) {
///     Ok(()) => assert!(get_memory_merge()?),
///     Err(Errno::EINVAL) => println!("this kernel has no CONFIG_KSM, or is older than 6.4"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Errno>(())
/// ```
///
/// # Errors
///
/// - `EINVAL`: the kernel has no `CONFIG_KSM`, or is older than Linux 6.4.
/// - `ENOMEM`: the kernel has no memory for it.
///
/// # Platforms
///
/// Linux 6.4, Android.
///
#[doc = man!(PR_SET_MEMORY_MERGE("2const") on linux)]
#[doc(alias = "PR_SET_MEMORY_MERGE")]
#[inline]
pub fn set_memory_merge(merge: bool) -> Result<()> {
    // SAFETY: the operation takes a number; to merge pages changes nothing of what they hold.
    unsafe { prctl(ffi::PR_SET_MEMORY_MERGE, [c_ulong::from(merge), 0, 0, 0]) }.map(drop)
}

#[doc = on!(linux, android)]
/// Tells what [`set_memory_merge`] has set.
///
/// # Errors
///
/// - `EINVAL`: the kernel has no `CONFIG_KSM`, or is older than Linux 6.4.
///
/// # Platforms
///
/// Linux 6.4, Android.
///
#[doc = man!(PR_GET_MEMORY_MERGE("2const") on linux)]
#[doc(alias = "PR_GET_MEMORY_MERGE")]
#[inline]
pub fn get_memory_merge() -> Result<bool> {
    // SAFETY: the operation takes nothing.
    unsafe { prctl(ffi::PR_GET_MEMORY_MERGE, [0; 4]) }.map(|answer| answer != 0)
}

#[doc = on!(linux, android)]
/// Whether memory that could be written may become executable ("memory-deny-write-execute").
///
/// # Platforms
///
/// Linux 6.3, Android.
#[derive(Copy, Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Mdwe {
    /// It may.
    #[default]
    Off,
    /// It may not, in this process and in its children.
    #[doc(alias = "PR_MDWE_REFUSE_EXEC_GAIN")]
    RefuseExecGain,
    /// It may not, in this process; its children start with [`Off`](Self::Off). Linux 6.6.
    #[doc(alias = "PR_MDWE_NO_INHERIT")]
    RefuseExecGainNoInherit,
    /// What a newer kernel answers; it cannot be set.
    Other(c_int),
}

#[doc = on!(linux, android)]
/// Forbids, for good, that memory becomes executable which is writable, or is not executable yet.
///
/// From then on `mmap` of writable and executable memory, and `mprotect` that makes memory
/// executable, fail with `EACCES`. It cannot be taken back.
///
/// # Examples
///
/// ```
/// use mman::{errno::Errno, sys::prctl::{Mdwe, get_mdwe, set_mdwe}};
///
/// match set_mdwe(Mdwe::RefuseExecGain) {
///     Ok(()) => assert_eq!(get_mdwe()?, Mdwe::RefuseExecGain),
///     Err(Errno::EINVAL) => println!("this kernel is older than Linux 6.3"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Errno>(())
/// ```
///
/// # Errors
///
/// - `EINVAL`: the kernel is older than Linux 6.3, or than 6.6 for
///   [`RefuseExecGainNoInherit`](Mdwe::RefuseExecGainNoInherit); or, found before the kernel is
///   asked, [`Other`](Mdwe::Other).
/// - `EPERM`: it is on already, and this is something else.
///
/// # Platforms
///
/// Linux 6.3, Android.
///
#[doc = man!(PR_SET_MDWE("2const") on linux)]
#[doc(alias = "PR_SET_MDWE")]
#[inline]
pub fn set_mdwe(mdwe: Mdwe) -> Result<()> {
    let flags = match mdwe {
        Mdwe::Off => 0,
        Mdwe::RefuseExecGain => ffi::PR_MDWE_REFUSE_EXEC_GAIN,
        Mdwe::RefuseExecGainNoInherit => NO_INHERIT,
        Mdwe::Other(_) => return Err(Errno::EINVAL),
    };
    // SAFETY: the operation takes a number, and changes no memory.
    unsafe { prctl(ffi::PR_SET_MDWE, [flags as c_ulong, 0, 0, 0]) }.map(drop)
}

#[doc = on!(linux, android)]
/// Tells what [`set_mdwe`] has set.
///
/// # Errors
///
/// - `EINVAL`: the kernel is older than Linux 6.3.
///
/// # Platforms
///
/// Linux 6.3, Android.
///
#[doc = man!(PR_GET_MDWE("2const") on linux)]
#[doc(alias = "PR_GET_MDWE")]
#[inline]
pub fn get_mdwe() -> Result<Mdwe> {
    // SAFETY: the operation takes nothing.
    let answer = unsafe { prctl(ffi::PR_GET_MDWE, [0; 4]) }?;
    Ok(match answer {
        0 => Mdwe::Off,
        ffi::PR_MDWE_REFUSE_EXEC_GAIN => Mdwe::RefuseExecGain,
        NO_INHERIT => Mdwe::RefuseExecGainNoInherit,
        other => Mdwe::Other(other),
    })
}

/// `PR_MDWE_NO_INHERIT` has no meaning, and the kernel refuses it, on its own.
const NO_INHERIT: c_int = ffi::PR_MDWE_REFUSE_EXEC_GAIN | ffi::PR_MDWE_NO_INHERIT;
