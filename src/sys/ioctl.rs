//! `<linux/ioctl.h>`: how the number of an `ioctl` is made, and the call itself.
//!
//! A number holds the direction of the data, its size, the driver's letter and the request's own
//! number. Direction and size differ by architecture, so numbers are computed, never copied:
//!
//! ```text
//!             31  30 29 28       16 15      8 7       0
//! most        | dir |    size     |  letter  | number |   none 0, write 1, read 2
//! mips, powerpc,
//! sparc       |  dir  |   size    |  letter  | number |   none 1, write 4, read 2
//! ```

use core::marker::PhantomData;
#[cfg(feature = "std")]
use {
    crate::{Result, errno::Errno},
    core::ffi::{c_int, c_ulong},
    std::os::fd::{AsRawFd, BorrowedFd},
};

/// How an architecture lays a number out.
pub(crate) struct Layout {
    size_bits: u32,
    none: u32,
    write: u32,
    read: u32,
}

impl Layout {
    pub(crate) const MOST: Self = Self { size_bits: 14, none: 0, write: 1, read: 2 };
    pub(crate) const MIPS_POWERPC_SPARC: Self = Self { size_bits: 13, none: 1, write: 4, read: 2 };
    #[rustfmt::skip]
    const HERE: Self = if cfg!(any(
        target_arch = "mips", target_arch = "mips32r6",
        target_arch = "mips64", target_arch = "mips64r6",
        target_arch = "powerpc", target_arch = "powerpc64",
        target_arch = "sparc", target_arch = "sparc64",
    )) {
        Self::MIPS_POWERPC_SPARC
    } else {
        Self::MOST
    };
}

/// The libc crate has this number as a figure.
#[cfg(any(target_os = "linux", target_os = "android"))]
const _: () = assert!(_IO(0x12, 104).number() == libc::BLKSSZGET as u32);

/// A request, and the type of the structure that it takes.
pub(crate) struct Request<T> {
    writes: bool,
    reads: bool,
    letter: u8,
    number: u8,
    argument: PhantomData<fn(T)>,
}

impl<T> Request<T> {
    /// The number as the kernel sees it.
    pub(crate) const fn number(&self) -> u32 {
        self.number_by(&Layout::HERE)
    }

    /// The number on the architectures of a layout.
    pub(crate) const fn number_by(&self, layout: &Layout) -> u32 {
        let size = size_of::<T>() as u32;
        assert!(size < 1 << layout.size_bits, "the structure is too large for its field");
        let direction = match (self.writes, self.reads) {
            (false, false) => layout.none,
            (true, false) => layout.write,
            (false, true) => layout.read,
            (true, true) => layout.write | layout.read,
        };
        direction << (16 + layout.size_bits)
            | size << 16
            | (self.letter as u32) << 8
            | self.number as u32
    }
}

/// A request with a structure that the kernel reads and writes.
#[allow(non_snake_case, reason = "the C name")]
pub(crate) const fn _IOWR<T>(letter: u8, number: u8) -> Request<T> {
    Request { writes: true, reads: true, letter, number, argument: PhantomData }
}

/// A request with a structure that, by its number, the kernel writes.
#[allow(non_snake_case, reason = "the C name")]
pub(crate) const fn _IOR<T>(letter: u8, number: u8) -> Request<T> {
    Request { writes: false, reads: true, letter, number, argument: PhantomData }
}

/// A request without a structure: what it takes, if anything, is a plain number.
#[allow(non_snake_case, reason = "the C name")]
pub(crate) const fn _IO(letter: u8, number: u8) -> Request<()> {
    Request { writes: false, reads: false, letter, number, argument: PhantomData }
}

/// Makes a request, with a structure in and out.
///
/// # Safety
///
/// - What the request does, if `fd` is of the driver that knows it, is allowed to the caller.
/// - `T` has no padding, and any bytes are a valid one.
#[cfg(feature = "std")]
#[inline]
pub(crate) unsafe fn ioctl<T>(
    fd: BorrowedFd<'_>,
    request: &Request<T>,
    argument: &mut T,
) -> Result<c_int> {
    let argument = core::ptr::from_mut(argument);
    // SAFETY: `argument` is of the type whose size is in the request's number, and outlives the
    // call; the rest is the caller's promise.
    let answer = unsafe { libc::ioctl(fd.as_raw_fd(), request.number() as _, argument) };
    Errno::result(answer)
}

/// Makes a request that takes a plain number.
///
/// # Safety
///
/// What the request does, if `fd` is of the driver that knows it, is allowed to the caller.
#[cfg(feature = "std")]
#[inline]
pub(crate) unsafe fn ioctl_with(
    fd: BorrowedFd<'_>,
    request: &Request<()>,
    argument: c_ulong,
) -> Result<c_int> {
    // SAFETY: the request takes no address; the rest is the caller's promise.
    let answer = unsafe { libc::ioctl(fd.as_raw_fd(), request.number() as _, argument) };
    Errno::result(answer)
}
