//! `map_shadow_stack`.

use std::ptr;

use mman::{
    errno::Errno,
    sys::{
        mman::{ShadowStackFlags, map_shadow_stack, munmap},
        syscall,
    },
};

use crate::util::{
    capability::lacking,
    child::{End, child},
    page,
    seccomp::passes_on,
    smaps,
};

#[test]
fn it_is_mapped_read_and_not_written() {
    let none = ShadowStackFlags::empty();
    let stack = match map_shadow_stack(ptr::null_mut(), 2 * page(), none) {
        Ok(stack) => stack.cast::<u64>(),
        Err(error @ (Errno::ENOSYS | Errno::EOPNOTSUPP)) => {
            lacking("shadow-stack", error.desc());
            return;
        }
        Err(error) => panic!("{error}"),
    };
    assert!(smaps::at(stack).has("ss"));
    assert_eq!(0, unsafe { stack.read_volatile() });
    let end = child(|| unsafe { stack.write_volatile(1) });
    assert!(matches!(end, End::Faulted(libc::SIGSEGV, _, _)), "{end:?}");
    let again = map_shadow_stack(stack.cast(), 2 * page(), none);
    assert_eq!(Err(Errno::EEXIST), again);
    unsafe { munmap(stack.cast(), 2 * page()) }.unwrap();
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    let flags = ShadowStackFlags::empty();
    passes_on(syscall::SYS_map_shadow_stack, || map_shadow_stack(ptr::null_mut(), page(), flags));
}
