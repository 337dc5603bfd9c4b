//! Where `mman` refuses what nix 0.23 lets through, on purpose.

#![cfg(target_os = "linux")]

use std::ptr;

use nix::Error;
use nix::sys::mman::{MRemapFlags, MapFlags, ProtFlags, mmap, mremap, munmap};

const PAGE: usize = 64 << 10;

/// nix 0.23 asks the kernel to move the mapping to address 0, and drops the address given.
#[test]
fn an_address_and_the_flag_for_it_belong_together() {
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_ANON;
    // SAFETY: at an address that the system picks.
    let start = unsafe { mmap(ptr::null_mut(), PAGE, ProtFlags::PROT_WRITE, flags, -1, 0) };
    let start = start.unwrap();
    let fixed = MRemapFlags::MREMAP_MAYMOVE | MRemapFlags::MREMAP_FIXED;
    // SAFETY: refused.
    let nowhere = unsafe { mremap(start, PAGE, PAGE, fixed, None) };
    assert_eq!(nowhere, Err(Error::EINVAL));
    // SAFETY: refused.
    let ignored = unsafe { mremap(start, PAGE, PAGE, MRemapFlags::MREMAP_MAYMOVE, Some(start)) };
    assert_eq!(ignored, Err(Error::EINVAL));
    // SAFETY: nobody uses it; that it is still there is what this proves.
    unsafe { start.cast::<u8>().write(7) };
    // SAFETY: nobody uses it any more.
    unsafe { munmap(start, PAGE) }.unwrap();
}
