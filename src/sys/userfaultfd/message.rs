//! `struct uffd_msg`: what is read from a userfaultfd.

use core::ffi::c_int;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

use super::{
    UffdPagefaultFlags,
    abi::{
        RawMsg, UFFD_EVENT_FORK, UFFD_EVENT_PAGEFAULT, UFFD_EVENT_REMAP, UFFD_EVENT_REMOVE,
        UFFD_EVENT_UNMAP,
    },
};
use crate::{Result, errno::Errno};

#[doc = on!(linux, android)]
/// What a userfaultfd tells.
///
/// Addresses are those of the process that is watched. A thread that made one of the events
/// (everything but [`Pagefault`](Self::Pagefault)) goes on when the message has been read; until
/// then the requests that resolve faults fail (`EAGAIN`).
///
/// # Platforms
///
/// Linux 4.3, Android.
#[derive(Debug)]
#[doc(alias = "struct uffd_msg")]
#[non_exhaustive]
pub enum UffdMsg {
    /// A thread waits for a page.
    #[doc(alias = "UFFD_EVENT_PAGEFAULT")]
    Pagefault {
        /// The kind of access.
        flags: UffdPagefaultFlags,
        /// The address of the page; with `UFFD_FEATURE_EXACT_ADDRESS` that of the access.
        address: u64,
        /// The number of the thread; 0 without `UFFD_FEATURE_THREAD_ID`.
        ptid: u32,
    },
    /// The process forks (Linux 4.11).
    ///
    /// A C library may hold the locks of its allocator in `fork`, and the call returns when this
    /// message has been read: a handler in the same process must not allocate before.
    #[doc(alias = "UFFD_EVENT_FORK")]
    Fork {
        /// A userfaultfd of the child, with the same ranges and features; its handshake is made.
        ufd: OwnedFd,
    },
    /// `mremap` has moved a range. It stays registered, at its new place (Linux 4.11).
    #[doc(alias = "UFFD_EVENT_REMAP")]
    Remap {
        /// The old address.
        from: u64,
        /// The new address.
        to: u64,
        /// The old length in bytes.
        len: u64,
    },
    /// `madvise` takes the content of a range away: its pages are missing from now on (Linux 4.11).
    #[doc(alias = "UFFD_EVENT_REMOVE")]
    Remove {
        /// The first address.
        start: u64,
        /// The address behind the last byte.
        end: u64,
    },
    /// `munmap`, or another call, has unmapped a range (Linux 4.11).
    #[doc(alias = "UFFD_EVENT_UNMAP")]
    Unmap {
        /// The first address.
        start: u64,
        /// The address behind the last byte.
        end: u64,
    },
    /// A message that this crate does not know.
    Unknown {
        /// Its kind.
        event: u8,
        /// What follows, in words of the machine.
        arg: [u64; 3],
    },
}

impl UffdMsg {
    /// # Safety
    ///
    /// `raw` comes from a userfaultfd, and was not taken before.
    unsafe fn take(raw: &RawMsg) -> Self {
        let [first, second, third] = raw.arg;
        match raw.event {
            UFFD_EVENT_PAGEFAULT => Self::Pagefault {
                flags: UffdPagefaultFlags::from_bits_retain(first),
                address: second,
                ptid: first_half(third),
            },
            UFFD_EVENT_FORK => match c_int::try_from(first_half(first)) {
                // SAFETY: the kernel opened the descriptor for this message, which was not taken
                // before, so that nobody else has it.
                Ok(ufd) => Self::Fork { ufd: unsafe { OwnedFd::from_raw_fd(ufd) } },
                Err(_) => Self::Unknown { event: raw.event, arg: raw.arg },
            },
            UFFD_EVENT_REMAP => Self::Remap { from: first, to: second, len: third },
            UFFD_EVENT_REMOVE => Self::Remove { start: first, end: second },
            UFFD_EVENT_UNMAP => Self::Unmap { start: first, end: second },
            event => Self::Unknown { event, arg: raw.arg },
        }
    }
}

/// The 32-bit field at the start of a word of the union.
fn first_half(word: u64) -> u32 {
    let [a, b, c, d, ..] = word.to_ne_bytes();
    u32::from_ne_bytes([a, b, c, d])
}

#[doc = on!(linux, android)]
/// Messages that were read together, in order.
///
/// Those left over are dropped with it, and a descriptor in them is closed.
#[derive(Debug)]
pub struct UffdMsgs<const N: usize> {
    raw: [RawMsg; N],
    next: usize,
    /// So many of `raw` were read from a userfaultfd; those before `next` are taken.
    end: usize,
}

impl<const N: usize> Iterator for UffdMsgs<N> {
    type Item = UffdMsg;

    fn next(&mut self) -> Option<UffdMsg> {
        let raw = self.raw.get(self.next..self.end)?.first()?;
        self.next += 1;
        // SAFETY: messages before `end` come from a userfaultfd, and `next` has just moved on
        // behind this one.
        Some(unsafe { UffdMsg::take(raw) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.end - self.next;
        (left, Some(left))
    }
}

impl<const N: usize> ExactSizeIterator for UffdMsgs<N> {}

impl<const N: usize> Drop for UffdMsgs<N> {
    fn drop(&mut self) {
        self.for_each(drop);
    }
}

#[doc = on!(linux, android)]
/// Reads the next message; waits for one if the descriptor is not `O_NONBLOCK`.
///
/// # Errors
///
/// - `EAGAIN`: there is none (`O_NONBLOCK`).
/// - `EBADF`: not an open file.
/// - `EINTR`: a signal came first.
/// - `EINVAL`: the handshake ([`uffdio_api`](super::uffdio_api)) was not made.
/// - `EMFILE`, `ENFILE`: no descriptor is left for the child of a fork; the message can be read
///   later.
///
/// # Safety
///
/// `fd` is a userfaultfd. (Another file could name a descriptor that belongs to somebody.)
///
/// # Platforms
///
/// Linux 4.3, Android.
///
#[doc = man!(userfaultfd(2) on linux)]
pub unsafe fn read_uffd_msg(fd: impl AsFd) -> Result<UffdMsg> {
    // SAFETY: the caller's promise is the same.
    let mut msgs = unsafe { read_uffd_msgs::<1>(fd) }?;
    msgs.next().ok_or(Errno::EAGAIN)
}

#[doc = on!(linux, android)]
/// Reads as many messages as there are, up to `N`; waits as [`read_uffd_msg`] does for the first.
///
/// # Errors
///
/// As [`read_uffd_msg`]; `EINVAL` also if `N` is 0.
///
/// # Safety
///
/// `fd` is a userfaultfd. (Another file could name a descriptor that belongs to somebody.)
///
/// # Platforms
///
/// Linux 4.3, Android.
///
#[doc = man!(userfaultfd(2) on linux)]
pub unsafe fn read_uffd_msgs<const N: usize>(fd: impl AsFd) -> Result<UffdMsgs<N>> {
    let mut raw = [RawMsg::default(); N];
    // SAFETY: `raw` has this size and outlives the call, and any bytes are a valid message.
    let answer =
        unsafe { libc::read(fd.as_fd().as_raw_fd(), raw.as_mut_ptr().cast(), size_of_val(&raw)) };
    let bytes = Errno::result(answer)?.unsigned_abs();
    Ok(UffdMsgs { raw, next: 0, end: bytes / size_of::<RawMsg>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message of these bytes, which follow the event and its reserved fields.
    fn take(event: u8, bytes: [&[u8]; 3]) -> UffdMsg {
        let mut arg = [0; 3];
        for (word, bytes) in arg.iter_mut().zip(bytes) {
            let mut whole = [0xee; 8];
            whole[..bytes.len()].copy_from_slice(bytes);
            *word = u64::from_ne_bytes(whole);
        }
        let raw = RawMsg { event, reserved1: 0xee, reserved2: 0xeeee, reserved3: 0xeeee_eeee, arg };
        // SAFETY: no test gives the event of a fork a descriptor.
        unsafe { UffdMsg::take(&raw) }
    }

    #[test]
    fn a_field_of_32_bits_is_the_first_half_of_its_word() {
        let [flags, address] = [u64::MAX, 1 << 40].map(u64::to_ne_bytes);
        let ptid = 0x0102_0304_u32;
        let msg = take(0x12, [&flags, &address, &ptid.to_ne_bytes()]);
        let UffdMsg::Pagefault { flags, address, ptid: told } = msg else { panic!("{msg:?}") };
        assert_eq!((flags.bits(), address, told), (u64::MAX, 1 << 40, ptid));
    }

    #[test]
    fn unknown_messages_are_kept() {
        let words = [1_u64, 2, 3].map(u64::to_ne_bytes);
        for event in [0, 0x11, 0x17, 0xff] {
            let msg = take(event, [&words[0], &words[1], &words[2]]);
            let UffdMsg::Unknown { event: told, arg } = msg else { panic!("{msg:?}") };
            assert_eq!((told, arg), (event, [1, 2, 3]));
        }
    }

    #[test]
    fn a_negative_descriptor_is_none() {
        let msg = take(0x13, [&(-1_i32).to_ne_bytes(), &[], &[]]);
        assert!(matches!(msg, UffdMsg::Unknown { event: 0x13, .. }), "{msg:?}");
    }
}
