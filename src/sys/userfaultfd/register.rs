//! Making a userfaultfd, the handshake, and the ranges.

use core::ffi::c_ulong;
use std::os::fd::{AsFd, FromRawFd, OwnedFd, RawFd};

use super::{
    UffdFeatures, UffdIoctls, UffdioRegisterMode, UserfaultfdFlags,
    abi::{
        Api, Range, Register, UFFD_API, UFFDIO_API, UFFDIO_REGISTER, UFFDIO_UNREGISTER,
        UFFDIO_WAKE, USERFAULTFD_IOC_NEW,
    },
};
use crate::{
    Result,
    errno::Errno,
    sys::ioctl::{ioctl, ioctl_with},
};

#[doc = on!(linux, android)]
/// Makes a userfaultfd of this process.
///
/// Nothing works on it before the handshake, [`uffdio_api`].
///
/// # Errors
///
/// - `EINVAL`: unknown flags; before Linux 5.11 also `UFFD_USER_MODE_ONLY`.
/// - `EMFILE`, `ENFILE`, `ENOMEM`: a limit.
/// - `ENOSYS`: the kernel has no userfaultfd.
/// - `EPERM`: without `UFFD_USER_MODE_ONLY`, the caller needs `CAP_SYS_PTRACE` or a 1 in
///   `/proc/sys/vm/unprivileged_userfaultfd`; or a filter of a container forbids it.
///
/// # Platforms
///
/// Linux 4.3, Android.
///
#[doc = man!(userfaultfd(2) on linux)]
#[doc(alias = "SYS_userfaultfd")]
#[inline]
pub fn userfaultfd(flags: UserfaultfdFlags) -> Result<OwnedFd> {
    // SAFETY: the call takes any number.
    let answer = unsafe { libc::syscall(libc::SYS_userfaultfd, flags.bits()) };
    let fd = Errno::result(answer)?;
    // SAFETY: the call has succeeded, and then it has opened this descriptor for the caller.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

#[doc = on!(linux, android)]
/// Makes a userfaultfd of this process by way of the device `/dev/userfaultfd`.
///
/// Who may open the device needs no other privilege.
///
/// # Examples
///
/// ```
/// use mman::sys::userfaultfd::*;
///
/// if let Ok(device) = std::fs::File::open("/dev/userfaultfd") {
///     // SAFETY: `device` is that device.
///     let uffd = unsafe { userfaultfd_ioc_new(&device, UserfaultfdFlags::O_CLOEXEC) }?;
///     let offered = uffdio_api(&uffd, UffdFeatures::empty())?;
///     println!("{}", offered.features);
/// }
/// # Ok::<(), mman::Error>(())
/// ```
///
/// # Errors
///
/// - `EINVAL`: unknown flags.
/// - `EMFILE`, `ENFILE`, `ENOMEM`: a limit.
/// - `ENOTTY`: not the device.
///
/// # Safety
///
/// `device` is `/dev/userfaultfd`. (Another driver could answer with a number that is no new
/// descriptor.)
///
/// # Platforms
///
/// Linux 6.1, Android.
///
#[doc = man!(userfaultfd(2) on linux)]
#[doc(alias = "USERFAULTFD_IOC_NEW")]
#[inline]
pub unsafe fn userfaultfd_ioc_new(device: impl AsFd, flags: UserfaultfdFlags) -> Result<OwnedFd> {
    let flags = flags.bits() as c_ulong;
    // SAFETY: the request of this device only opens a descriptor.
    let fd = unsafe { ioctl_with(device.as_fd(), &USERFAULTFD_IOC_NEW, flags) }?;
    // SAFETY: the caller promises the device, which answers with a new descriptor.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

#[doc = on!(linux, android)]
/// What a kernel offers, told by the handshake.
///
/// # Platforms
///
/// Linux 4.3, Android.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[doc(alias = "struct uffdio_api")]
#[non_exhaustive]
pub struct UffdioApi {
    /// All features of the kernel, not only those asked for.
    pub features: UffdFeatures,
    /// The requests that a descriptor takes; [`uffdio_register`] tells those for a range.
    pub ioctls: UffdIoctls,
}

#[doc = on!(linux, android)]
/// Makes the handshake: asks for features, and learns which there are.
///
/// It can be made once. To ask for what the kernel has, make it on another userfaultfd with no
/// features, and drop that.
///
/// # Examples
///
/// ```
/// use mman::{Error, sys::userfaultfd::*};
///
/// fn offered() -> mman::Result<UffdFeatures> {
///     let flags = UserfaultfdFlags::O_CLOEXEC | UserfaultfdFlags::UFFD_USER_MODE_ONLY;
///     Ok(uffdio_api(userfaultfd(flags)?, UffdFeatures::empty())?.features)
/// }
///
/// match offered() {
///     Ok(features) => println!("{features}"),
///     Err(Error::ENOSYS) => println!("this kernel has no userfaultfd"),
///     Err(error) => println!("not allowed, or older than Linux 5.11: {error}"),
/// }
/// ```
///
/// # Errors
///
/// - `EINVAL`: the kernel does not know one of the features; or the handshake was made before.
/// - `EPERM`: `UFFD_FEATURE_EVENT_FORK` without `CAP_SYS_PTRACE`.
/// - `EBADF`, `ENOTTY`: not a userfaultfd.
///
/// # Platforms
///
/// Linux 4.3, Android.
///
#[doc = man!(ioctl_userfaultfd(2) on linux)]
#[doc(alias = "UFFDIO_API")]
#[inline]
pub fn uffdio_api(fd: impl AsFd, features: UffdFeatures) -> Result<UffdioApi> {
    let mut api = Api { api: UFFD_API, features: features.bits(), ioctls: 0 };
    // SAFETY: the handshake changes no memory; the structure is integers without padding.
    unsafe { ioctl(fd.as_fd(), &UFFDIO_API, &mut api) }?;
    Ok(UffdioApi {
        features: UffdFeatures::from_bits_retain(api.features),
        ioctls: UffdIoctls::from_bits_retain(api.ioctls),
    })
}

#[doc = on!(linux, android)]
/// Handles the faults of a range from now on; tells which requests can be used there.
///
/// Where the range is registered already with all of these modes, and perhaps more, it stays so;
/// else they replace its modes.
///
/// # Errors
///
/// - `EBUSY`: another userfaultfd has part of the range.
/// - `EINVAL`: the range is empty, not of whole pages, or has nothing mapped in it; no mode; a
///   mode that the kernel does not know, or that the kind of memory does not have; the handshake
///   was not made.
/// - `ENOMEM`: the process is gone; no memory; on older kernels also, nothing is mapped there or
///   above.
/// - `EPERM`: shared memory that may not be written to.
/// - `EBADF`, `ENOTTY`: not a userfaultfd.
///
/// # Safety
///
/// Nothing relies on faults of a mode that `fd` handles in the range already and that `mode` leaves
/// out. (A fault that is handled breaks nothing: the access waits, or gets a SIGBUS.)
///
/// # Platforms
///
/// Linux 4.3, Android; shared memory and hugetlbfs Linux 4.11.
///
#[doc = man!(ioctl_userfaultfd(2) on linux)]
#[doc(alias = "UFFDIO_REGISTER")]
#[inline]
pub unsafe fn uffdio_register(
    fd: impl AsFd,
    start: u64,
    len: u64,
    mode: UffdioRegisterMode,
) -> Result<UffdIoctls> {
    let range = Range { start, len };
    let mut register = Register { range, mode: mode.bits(), ioctls: 0 };
    // SAFETY: a new mode only makes accesses wait, and the caller promises that an old one may end;
    // the structure is integers without padding.
    unsafe { ioctl(fd.as_fd(), &UFFDIO_REGISTER, &mut register) }?;
    Ok(UffdIoctls::from_bits_retain(register.ioctls))
}

#[doc = on!(linux, android)]
/// Handles the faults of a range no more, takes its write protection away, and wakes who waits.
///
/// Dropping the last copy of the descriptor does this to all its ranges.
///
/// # Errors
///
/// - `EINVAL`: the range is empty, not of whole pages, has nothing mapped in it, or part of it
///   cannot be registered; newer kernels: part of it belongs to another userfaultfd; the
///   handshake was not made.
/// - `ENOMEM`: the process is gone; no memory; on older kernels also, nothing is mapped there or
///   above.
/// - `EBADF`, `ENOTTY`: not a userfaultfd.
///
/// # Safety
///
/// Nothing relies on faults of the `len` bytes at `start` being handled: from now on missing pages
/// read as zeros, or as what the file has, and protected pages can be written. (Older kernels do
/// this to the range of another userfaultfd as well.)
///
/// # Platforms
///
/// Linux 4.3, Android.
///
#[doc = man!(ioctl_userfaultfd(2) on linux)]
#[doc(alias = "UFFDIO_UNREGISTER")]
#[inline]
pub unsafe fn uffdio_unregister(fd: impl AsFd, start: u64, len: u64) -> Result<()> {
    let mut range = Range { start, len };
    // SAFETY: the caller promises that faults need not be handled; the structure is integers without
    // padding.
    unsafe { ioctl(fd.as_fd(), &UFFDIO_UNREGISTER, &mut range) }.map(drop)
}

#[doc = on!(linux, android)]
/// Wakes the threads that wait for a range, to try their accesses again.
///
/// For after requests with a `DONTWAKE` mode.
///
/// # Errors
///
/// - `EINVAL`: the range is empty or not of whole pages; the handshake was not made.
/// - `EBADF`, `ENOTTY`: not a userfaultfd.
///
/// # Platforms
///
/// Linux 4.3, Android.
///
#[doc = man!(ioctl_userfaultfd(2) on linux)]
#[doc(alias = "UFFDIO_WAKE")]
#[inline]
pub fn uffdio_wake(fd: impl AsFd, start: u64, len: u64) -> Result<()> {
    let mut range = Range { start, len };
    // SAFETY: an access that is tried again is as one that waits on; the structure is integers
    // without padding.
    unsafe { ioctl(fd.as_fd(), &UFFDIO_WAKE, &mut range) }.map(drop)
}
