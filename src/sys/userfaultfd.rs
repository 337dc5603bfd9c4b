#![doc = on!(linux, android)]
//! `<linux/userfaultfd.h>`: page faults of one process handled by another thread or process.
//!
//! The order of things: [`userfaultfd`] makes a descriptor, [`uffdio_api`] agrees on the features,
//! [`uffdio_register`] names the ranges of memory. From then on an access to a page there that is
//! missing (or write-protected, or not yet mapped) stops the thread that makes it, and a message
//! can be read from the descriptor ([`read_uffd_msg`]). The handler resolves the fault with
//! [`uffdio_copy`], [`uffdio_zeropage`], [`uffdio_continue`], [`uffdio_writeprotect`],
//! [`uffdio_poison`] or [`uffdio_move`], which wake the thread.
//!
//! A descriptor speaks of the address space of the process that made it, whoever holds it now.
//! Addresses are therefore plain numbers, and as in the header they and the lengths are `u64`:
//! they may belong to another process. Both are multiples of the page size, of the huge page size
//! in hugetlbfs.
//!
//! Most requests are `unsafe`, those too that look harmless: the kernel does not ask whether the
//! range is registered with this descriptor or with another one, whose owner may rely on it.
//!
//! # Errors
//!
//! How the requests fail that are not there, apart from what each function lists:
//!
//! - `EBADF`: not an open file.
//! - `EINVAL`: the handshake was not made yet; or the kernel is older than the request.
//! - `ENOTTY`: not a userfaultfd.
//!
//! # Examples
//!
//! Pages that come into being when they are touched:
//!
//! ```
//! use std::{ptr, thread};
//!
//! use mman::{
//!     Error,
//!     sys::{mman::*, userfaultfd::*},
//! };
//!
//! let flags = UserfaultfdFlags::O_CLOEXEC | UserfaultfdFlags::UFFD_USER_MODE_ONLY;
//! let uffd = match userfaultfd(flags) {
//!     Err(Error::ENOSYS | Error::EPERM | Error::EINVAL) => return Ok(()), // not here, or not us
//!     other => other?,
//! };
//! uffdio_api(&uffd, UffdFeatures::empty())?;
//!
//! let size = mman::page_size();
//! let prot = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
//! let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_ANONYMOUS;
//! // SAFETY: a new mapping, at a place that the kernel chooses.
//! let pages = unsafe { mmap(ptr::null_mut(), 4 * size, prot, flags, -1, 0) }?;
//! let mode = UffdioRegisterMode::UFFDIO_REGISTER_MODE_MISSING;
//! // SAFETY: the mapping is not registered yet.
//! unsafe { uffdio_register(&uffd, pages as u64, 4 * size as u64, mode) }?;
//!
//! thread::spawn(move || {
//!     // SAFETY: `uffd` is a userfaultfd.
//!     let Ok(UffdMsg::Pagefault { address, .. }) = (unsafe { read_uffd_msg(&uffd) }) else { return };
//!     let content = vec![b'm'; size];
//!     let page = address & !(size as u64 - 1);
//!     // SAFETY: the page was missing, so nothing refers to what it held.
//!     let copied = unsafe {
//!         uffdio_copy(&uffd, page, content.as_ptr().cast(), size as u64, UffdioCopyMode::empty())
//!     };
//!     assert_eq!(copied, Ok(size as u64));
//! });
//! // SAFETY: a byte of the mapping, which nothing else uses.
//! let byte = unsafe { pages.cast::<u8>().add(size).read_volatile() };
//! assert_eq!(byte, b'm');
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Platforms
//!
//! Linux 4.3, Android; what came later says so.
//!
#![doc = man!(userfaultfd(2) on linux)]
#![doc = man!(ioctl_userfaultfd(2) on linux)]

#[cfg_attr(not(feature = "std"), allow(dead_code, reason = "its figures are checked all the same"))]
mod abi;
mod flags;
#[cfg(feature = "std")]
mod message;
#[cfg(feature = "std")]
mod register;
#[cfg(feature = "std")]
mod resolve;

pub use flags::*;
#[cfg(feature = "std")]
pub use message::{UffdMsg, UffdMsgs, read_uffd_msg, read_uffd_msgs};
#[cfg(feature = "std")]
pub use register::*;
#[cfg(feature = "std")]
pub use resolve::*;
