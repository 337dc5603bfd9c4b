//! `map_shadow_stack`, of Linux.

use core::{
    ffi::{c_uint, c_void},
    ptr,
};

use libc::size_t;

use crate::{Result, errno::Errno, sys::syscall};

table! {
    #[doc = on!(linux, android)]
    /// What `map_shadow_stack` writes to the new stack.
    ///
    /// # Platforms
    ///
    /// Linux 6.6, Android.
    pub struct ShadowStackFlags: c_uint {
        // The call is everywhere, and answers `ENOSYS` where the processor has no such stacks.
        on(linux, android) {}
        on(linux("x86_64", "aarch64", "riscv64"), android("x86_64")) {
            /// A token at the top, by which a thread can switch to the stack (Linux 6.6).
            SHADOW_STACK_SET_TOKEN;
        }
        on(linux("x86_64", "aarch64", "riscv64")) {
            /// A marker at the top, where unwinding ends (Linux 6.13, on aarch64).
            SHADOW_STACK_SET_MARKER;
        }
    }
}

#[doc = on!(linux, android)]
/// Maps a new shadow stack: return addresses, which only calls and returns of the CPU write.
///
/// At `addr` if that is not null, else where the kernel likes. It never replaces a mapping.
/// `munmap` takes it away.
///
/// # Examples
///
/// ```
/// use mman::{Error, sys::mman::{ShadowStackFlags, map_shadow_stack, munmap}};
///
/// match map_shadow_stack(std::ptr::null_mut(), 0x4000, ShadowStackFlags::empty()) {
///     // SAFETY: no thread has switched to the stack.
///     Ok(stack) => unsafe { munmap(stack, 0x4000) }?,
///     Err(Error::ENOSYS) => println!("the kernel has no shadow stacks"),
///     Err(Error::EOPNOTSUPP) => println!("the CPU has no shadow stacks"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
///
/// - `EEXIST`: something is mapped at `addr`.
/// - `EINVAL`: unknown flags; on aarch64 also: `addr` or `size` is not aligned.
/// - `ENOMEM`: no room in the address space, or a limit.
/// - `ENOSPC`: no room for the token in `size` bytes.
/// - `ENOSYS`: the kernel is older, or was made without it.
/// - `EOPNOTSUPP`: the CPU has no shadow stacks.
/// - `ERANGE`: `addr` is below 4 GiB (x86-64).
///
/// # Platforms
///
/// Linux 6.6 on x86-64, 6.13 on aarch64; Android.
#[doc(alias = "SYS_map_shadow_stack")]
#[allow(clippy::not_unsafe_ptr_arg_deref, reason = "a place to map at, where nothing is accessed")]
#[inline]
pub fn map_shadow_stack(
    addr: *mut c_void,
    size: size_t,
    flags: ShadowStackFlags,
) -> Result<*mut c_void> {
    // SAFETY: it makes a new mapping, and replaces none whatever the address.
    let answer = unsafe { libc::syscall(syscall::SYS_map_shadow_stack, addr, size, flags.bits()) };
    Errno::result(answer).map(|address| ptr::with_exposed_provenance_mut(address as usize))
}
