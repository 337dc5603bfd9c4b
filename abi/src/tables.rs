//! What the headers of this system say: the names that the library must offer, in order.

#![deny(dead_code, reason = "a table that is not used proves nothing")]

#[cfg(target_os = "android")]
mod android;
#[cfg(target_os = "dragonfly")]
mod dragonfly;
#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(all(target_vendor = "apple", not(target_os = "macos")))]
mod ios;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "netbsd")]
mod netbsd;
#[cfg(target_os = "openbsd")]
mod openbsd;

#[cfg(target_os = "android")]
pub(crate) use android::*;
#[cfg(target_os = "dragonfly")]
pub(crate) use dragonfly::*;
#[cfg(target_os = "freebsd")]
pub(crate) use freebsd::*;
#[cfg(all(target_vendor = "apple", not(target_os = "macos")))]
pub(crate) use ios::*;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;
#[cfg(target_os = "macos")]
pub(crate) use macos::*;
#[cfg(target_os = "netbsd")]
pub(crate) use netbsd::*;
#[cfg(target_os = "openbsd")]
pub(crate) use openbsd::*;
