//! Memory protection keys, of Linux.

use core::ffi::{c_int, c_uint, c_ulong, c_void};

use libc::size_t;

use super::ProtFlags;
use crate::{Result, errno::Errno, sys::syscall};

#[cfg(any(target_arch = "x86", target_arch = "x86_64", all(doc, not(doctest))))]
mod pkru;

#[cfg(any(target_arch = "x86", target_arch = "x86_64", all(doc, not(doctest))))]
pub use pkru::{pkey_get, pkey_set};

table! {
    #[doc = on!(linux, android)]
    /// What a thread may not do with the pages of a protection key.
    ///
    /// # Platforms
    ///
    /// Linux 4.9, Android.
    pub struct PkeyAccess: c_uint {
        on(linux) {
            /// Nothing is taken away (a name since Linux 6.15).
            PKEY_UNRESTRICTED;
        }
        on(linux, android) {
            /// Neither read nor write.
            PKEY_DISABLE_ACCESS;
            /// Do not write.
            PKEY_DISABLE_WRITE;
        }
        on(linux("aarch64", "powerpc", "powerpc64"), android("aarch64")) {
            /// Do not execute (Linux 4.16 on PowerPC, 6.12 on aarch64).
            PKEY_DISABLE_EXECUTE;
        }
        on(linux("aarch64"), android("aarch64")) {
            /// Do not read (Linux 6.12).
            PKEY_DISABLE_READ;
        }
    }
}

#[doc = on!(linux, android)]
/// A memory protection key: a number that pages carry, and whose rights each thread sets.
///
/// # Platforms
///
/// Linux 4.9, Android.
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Pkey(c_int);

impl Pkey {
    /// The key of pages that were given no other.
    pub const DEFAULT: Self = Self(0);

    /// The key of this number; the calls answer `EINVAL` to one that is none.
    #[must_use]
    pub const fn from_raw(number: c_int) -> Self {
        Self(number)
    }

    /// The key's number.
    #[must_use]
    pub const fn as_raw(self) -> c_int {
        self.0
    }
}

#[doc = on!(linux, android)]
/// Allocates a protection key, and sets what the calling thread may not do with its pages.
///
/// Other threads have no access to its pages (x86-64) until they set their rights.
///
/// # Examples
///
/// ```
/// use mman::{Error, sys::mman::{PkeyAccess, pkey_alloc, pkey_free}};
///
/// match pkey_alloc(PkeyAccess::PKEY_DISABLE_WRITE) {
///     // SAFETY: no page was given the key.
///     Ok(key) => unsafe { pkey_free(key) }?,
///     Err(Error::EINVAL | Error::ENOSPC | Error::ENOSYS) => println!("no protection keys"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
///
/// - `EINVAL`: unknown rights; on x86-64 also: the CPU has no keys, or the kernel has not turned
///   them on (it may say so once, and `ENOSPC` from then on).
/// - `ENOSPC`: all keys are allocated (x86-64 has 15, aarch64 7), or there are none.
/// - `ENOSYS`: the kernel is older than Linux 4.9, or was made without keys.
///
/// # Platforms
///
/// Linux 4.9 on x86-64, 4.16 on powerpc64, 6.12 on aarch64; Android.
///
#[doc = man!(pkey_alloc(2) on linux)]
#[doc(alias = "SYS_pkey_alloc")]
pub fn pkey_alloc(access: PkeyAccess) -> Result<Pkey> {
    // The kernel reads both arguments as `unsigned long`, whole registers.
    let (flags, access): (c_ulong, _) = (0, c_ulong::from(access.bits()));
    // SAFETY: a new key; that no page carries it is what `pkey_free` asks for.
    let answer = unsafe { libc::syscall(syscall::SYS_pkey_alloc, flags, access) };
    Errno::result(answer).map(|key| Pkey(key as c_int))
}

#[doc = on!(linux, android)]
/// Gives a protection key back.
///
/// # Errors
///
/// - `EINVAL`: the key is not allocated; on x86-64 also: there are no keys.
/// - `ENOSYS`: as for [`pkey_alloc`].
///
/// # Safety
///
/// - No page carries the key: whoever gets it next decides over the page.
///
/// # Platforms
///
/// Linux 4.9 on x86-64, as [`pkey_alloc`].
///
#[doc = man!(pkey_free(2) on linux)]
#[doc(alias = "SYS_pkey_free")]
#[inline]
pub unsafe fn pkey_free(key: Pkey) -> Result<()> {
    // SAFETY: the caller's promise is that of the system call.
    Errno::result(unsafe { libc::syscall(syscall::SYS_pkey_free, key.0) }).map(drop)
}

#[doc = on!(linux, android)]
/// [`mprotect`](super::mprotect) that gives the pages a protection key as well.
///
/// Without a key it is `mprotect`, which leaves the pages the keys that they have.
///
/// # Errors
///
/// As [`mprotect`](super::mprotect), and:
///
/// - `EINVAL`: the key is not allocated.
/// - `ENOSYS`: as for [`pkey_alloc`].
///
/// # Safety
///
/// - No reference to the pages may be in use, in any thread, for an access that is taken away, be
///   it by `prot` or by the thread's rights of the key.
/// - The range holds no mapping that others own.
///
/// # Platforms
///
/// As [`pkey_alloc`]. Without a key on any architecture, since Linux 4.9.
///
#[doc = man!(pkey_mprotect(2) on linux)]
#[doc(alias = "SYS_pkey_mprotect")]
#[inline]
pub unsafe fn pkey_mprotect(
    addr: *mut c_void,
    length: size_t,
    prot: ProtFlags,
    key: Option<Pkey>,
) -> Result<()> {
    // The kernel reads the protection as `unsigned long`, a whole register.
    let (prot, key) = (prot.bits() as c_ulong, key.map_or(-1, Pkey::as_raw));
    // SAFETY: the caller's promises are those of the system call.
    let answer = unsafe { libc::syscall(syscall::SYS_pkey_mprotect, addr, length, prot, key) };
    Errno::result(answer).map(drop)
}
