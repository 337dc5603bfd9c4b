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

use core::ffi::{c_int, c_ulong};
use std::os::fd::{AsRawFd, BorrowedFd};

use crate::{Result, errno::Errno};

/// The architectures with three bits of direction and thirteen of size.
const THREE_BITS: bool = cfg!(any(
    target_arch = "mips",
    target_arch = "mips32r6",
    target_arch = "mips64",
    target_arch = "mips64r6",
    target_arch = "powerpc",
    target_arch = "powerpc64",
    target_arch = "sparc",
    target_arch = "sparc64"
));
const SIZE_BITS: u32 = if THREE_BITS { 13 } else { 14 };
const NONE: u32 = if THREE_BITS { 1 } else { 0 };
const WRITE: u32 = if THREE_BITS { 4 } else { 1 };
const READ: u32 = 2;

/// A number of a request, and the type of the structure that it takes.
#[derive(Debug)]
pub(crate) struct Request<T> {
    number: u32,
    argument: core::marker::PhantomData<fn(*mut T)>,
}

impl<T> Request<T> {
    const fn new(direction: u32, letter: u8, number: u8, size: usize) -> Self {
        assert!(size < 1 << SIZE_BITS, "the structure is too large for its field");
        let head = direction << (16 + SIZE_BITS) | (size as u32) << 16;
        let number = head | (letter as u32) << 8 | number as u32;
        Self { number, argument: core::marker::PhantomData }
    }

    /// The number as the kernel sees it.
    pub(crate) const fn number(&self) -> u32 {
        self.number
    }
}

/// A request with a structure that the kernel reads and writes.
#[allow(non_snake_case, reason = "the C name")]
pub(crate) const fn _IOWR<T>(letter: u8, number: u8) -> Request<T> {
    Request::new(READ | WRITE, letter, number, size_of::<T>())
}

/// A request with a structure that the kernel writes, by its number.
#[allow(non_snake_case, reason = "the C name")]
pub(crate) const fn _IOR<T>(letter: u8, number: u8) -> Request<T> {
    Request::new(READ, letter, number, size_of::<T>())
}

/// A request without a structure: the argument is a plain number.
#[allow(non_snake_case, reason = "the C name")]
pub(crate) const fn _IO(letter: u8, number: u8) -> Request<()> {
    Request::new(NONE, letter, number, 0)
}

/// Makes a request, with a structure in and out.
///
/// # Safety
///
/// - What the request does, if `fd` is of a driver that knows it, is allowed to the caller.
/// - `T` is the structure of that request, with every padding byte set, and for every address in
///   it the caller grants what the request does there.
pub(crate) unsafe fn ioctl<T>(
    fd: BorrowedFd<'_>,
    request: &Request<T>,
    argument: &mut T,
) -> Result<c_int> {
    // SAFETY: `argument` is of the type that the request's number was made from and outlives the
    // call; the rest is the caller's promise.
    let answer =
        unsafe { libc::ioctl(fd.as_raw_fd(), request.number as _, core::ptr::from_mut(argument)) };
    Errno::result(answer)
}

/// Makes a request whose argument is a number.
///
/// # Safety
///
/// What the request does, if `fd` is of a driver that knows it, is allowed to the caller.
pub(crate) unsafe fn ioctl_with_number(
    fd: BorrowedFd<'_>,
    request: &Request<()>,
    argument: c_ulong,
) -> Result<c_int> {
    // SAFETY: the request takes no address; the rest is the caller's promise.
    let answer = unsafe { libc::ioctl(fd.as_raw_fd(), request.number as _, argument) };
    Errno::result(answer)
}
