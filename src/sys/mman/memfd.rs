//! Files without a name: `memfd_create` and `memfd_secret`, of Linux.

use core::ffi::{c_int, c_long, c_uint};
use std::os::fd::{FromRawFd, OwnedFd};

use crate::{NixPath, Result, errno::Errno, sys::ffi};

table! {
    /// What kind of file `memfd_create` makes.
    ///
    /// The sizes of huge pages are values of one field: `MFD_HUGE_2MB | MFD_HUGE_1GB` *is*
    /// `MFD_HUGE_2GB`; give one only.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::mman::MemFdFlags;
    ///
    /// let flags = MemFdFlags::MFD_CLOEXEC | MemFdFlags::MFD_HUGETLB | MemFdFlags::MFD_HUGE_2MB;
    /// assert_eq!(flags.to_string(), "MFD_CLOEXEC | MFD_HUGETLB | MFD_HUGE_2MB");
    /// ```
    pub struct MemFdFlags: c_uint {
        on(linux, android) {
            /// Close the descriptor on `exec`.
            MFD_CLOEXEC;
            /// The file can be sealed. Without it, it has `F_SEAL_SEAL` from the start.
            MFD_ALLOW_SEALING;
            /// The file is made of huge pages, of the default size or of a `MFD_HUGE_…` size
            /// (Linux 4.14; together with `MFD_ALLOW_SEALING` 4.16).
            ///
            /// Its size must be a multiple of theirs.
            MFD_HUGETLB;
            /// The file cannot be executed, and is sealed so by `F_SEAL_EXEC` (Linux 6.3).
            ///
            /// Implies `MFD_ALLOW_SEALING`.
            MFD_NOEXEC_SEAL;
            /// The file can be executed (Linux 6.3). Not with `MFD_NOEXEC_SEAL`.
            ///
            /// This is so without either flag too, unless `vm.memfd_noexec` says otherwise.
            MFD_EXEC;
        }
        field MEMFD_HUGE_SIZE(linux, android) {
            /// With `MFD_HUGETLB`: pages of 64 KiB. A value of the size field, not a flag.
            MFD_HUGE_64KB;
            /// With `MFD_HUGETLB`: pages of 512 KiB. A value of the size field, not a flag.
            MFD_HUGE_512KB;
            /// With `MFD_HUGETLB`: pages of 1 MiB. A value of the size field, not a flag.
            MFD_HUGE_1MB;
            /// With `MFD_HUGETLB`: pages of 2 MiB. A value of the size field, not a flag.
            MFD_HUGE_2MB;
            /// With `MFD_HUGETLB`: pages of 8 MiB. A value of the size field, not a flag.
            MFD_HUGE_8MB;
            /// With `MFD_HUGETLB`: pages of 16 MiB. A value of the size field, not a flag.
            MFD_HUGE_16MB;
            /// With `MFD_HUGETLB`: pages of 32 MiB. A value of the size field, not a flag.
            MFD_HUGE_32MB;
            /// With `MFD_HUGETLB`: pages of 256 MiB. A value of the size field, not a flag.
            MFD_HUGE_256MB;
            /// With `MFD_HUGETLB`: pages of 512 MiB. A value of the size field, not a flag.
            MFD_HUGE_512MB;
            /// With `MFD_HUGETLB`: pages of 1 GiB. A value of the size field, not a flag.
            MFD_HUGE_1GB;
            /// With `MFD_HUGETLB`: pages of 2 GiB. A value of the size field, not a flag.
            MFD_HUGE_2GB;
            /// With `MFD_HUGETLB`: pages of 16 GiB. A value of the size field, not a flag.
            MFD_HUGE_16GB;
        }
    }
}

impl MemFdFlags {
    /// With `MFD_HUGETLB`: huge pages of 2 to the power of `log2` bytes.
    ///
    /// `None` if the field of six bits cannot hold `log2`, or `log2` is 0, which means the
    /// default size.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::mman::MemFdFlags;
    ///
    /// assert_eq!(MemFdFlags::huge_page_size(21), Some(MemFdFlags::MFD_HUGE_2MB));
    /// assert_eq!(MemFdFlags::huge_page_size(14).unwrap().to_string(), "MFD_HUGE_16KB");
    /// assert_eq!(MemFdFlags::huge_page_size(64), None);
    /// ```
    #[must_use]
    pub const fn huge_page_size(log2: u32) -> Option<Self> {
        if log2 == 0 || log2 > ffi::MAP_HUGE_MASK as u32 {
            return None;
        }
        Some(Self::from_bits_retain(log2 << ffi::MAP_HUGE_SHIFT))
    }
}

/// Makes a file in memory that has no place in any file system, and opens it for both.
///
/// `name` is up to 249 bytes, which need not be unique: `/proc/self/maps` shows it as
/// `/memfd:name`. The new file has size 0. It lives while it is open or mapped.
///
/// # Examples
///
/// ```
/// use std::{fs::File, io::Write};
///
/// use mman::{
///     fcntl::{SealFlags, fcntl_add_seals},
///     sys::mman::{MemFdFlags, memfd_create},
/// };
///
/// let flags = MemFdFlags::MFD_CLOEXEC | MemFdFlags::MFD_ALLOW_SEALING;
/// let mut file = File::from(memfd_create("example", flags)?);
/// file.write_all(b"for good")?;
/// fcntl_add_seals(&file, SealFlags::F_SEAL_WRITE | SealFlags::F_SEAL_SHRINK)?;
/// assert_eq!(file.write(b"x").unwrap_err().kind(), std::io::ErrorKind::PermissionDenied);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// - `EACCES`: `vm.memfd_noexec` is 2, and `MFD_NOEXEC_SEAL` is not given.
/// - `EINVAL`: the name is longer than 249 bytes, or has a NUL; flags that contradict each other
///   or that the kernel does not know.
/// - `EMFILE`, `ENFILE`: too many open files.
/// - `ENAMETOOLONG`: the name is longer than any path.
/// - `ENODEV`: the kernel has no huge pages of this size.
/// - `ENOMEM`: no memory.
/// - `ENOSYS`: the kernel is older than Linux 3.17.
/// - `EPERM`: `MFD_HUGETLB` on a kernel that allows it to a group only.
///
/// # Platforms
///
/// Linux 3.17, Android.
///
#[doc = man!(memfd_create(2) on linux)]
#[doc(alias = "SYS_memfd_create")]
pub fn memfd_create<P: ?Sized + NixPath>(name: &P, flags: MemFdFlags) -> Result<OwnedFd> {
    let answer = name.with_nix_path(|name| {
        // SAFETY: `name` is a C string that outlives the call. glibc has a function since 2.27.
        unsafe { libc::syscall(libc::SYS_memfd_create, name.as_ptr(), flags.bits()) }
    })?;
    // SAFETY: it is the answer of the call, whose descriptor nobody else has.
    unsafe { owned(answer) }
}

/// Makes a file in memory that only this process and its children can read, not the kernel.
///
/// The kernel takes the pages out of its own map of memory: they are never swapped out, and nobody
/// reaches them from outside (`ptrace`, `/proc/self/mem`, `process_vm_readv`, direct I/O). What the
/// process itself hands to the kernel, as in `write` from the mapped memory, is copied as usual.
/// The only flag is [`O_CLOEXEC`](crate::fcntl::OFlag::O_CLOEXEC).
///
/// The file has size 0; `ftruncate` gives it a size once. It can be mapped `MAP_SHARED` only, not
/// for execution (`EPERM`). Most kernels count the pages for `RLIMIT_MEMLOCK` (`EAGAIN`); those
/// since Linux 7.2, and later releases of older ones, do not.
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
/// - `ENOSYS`: the kernel is older than Linux 5.14, or of an architecture without it, or it is
///   turned off: before Linux 6.5 it must be turned on by `secretmem.enable=1` at boot.
///
/// # Platforms
///
/// Linux 5.14 on aarch64, loongarch64, riscv32, riscv64, s390x, x86, x86-64; Android.
///
#[doc = man!(memfd_secret(2) on linux)]
#[doc(alias = "SYS_memfd_secret")]
#[cfg(any(
    target_arch = "x86",
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv32",
    target_arch = "riscv64",
    target_arch = "s390x",
    target_arch = "loongarch64"
))]
pub fn memfd_secret(flags: crate::fcntl::OFlag) -> Result<OwnedFd> {
    // SAFETY: it takes any number, and touches no memory.
    let answer = unsafe { libc::syscall(crate::sys::syscall::SYS_memfd_secret, flags.bits()) };
    // SAFETY: it is the answer of the call, whose descriptor nobody else has.
    unsafe { owned(answer) }
}

/// The descriptor that a system call answered.
///
/// # Safety
///
/// - If `answer` is not −1, it is an open file descriptor that nobody else owns.
unsafe fn owned(answer: c_long) -> Result<OwnedFd> {
    let fd = Errno::result(answer)? as c_int;
    // SAFETY: the caller's promise is that of this function.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
