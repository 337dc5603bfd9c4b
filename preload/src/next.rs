//! The C library's own functions, where a function is not one system call.
//!
//! The C library that comes next is asked for them at their first call. glibc's `dlsym` allocates
//! only what it says of a failure, and none of them is there to be called by signal handlers.

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    mem::transmute,
    ptr,
    sync::atomic::{AtomicPtr, Ordering::Relaxed},
};

use libc::{mode_t, size_t};

use crate::carry::set_errno;

/// A function of the C library, looked up once.
struct Next {
    name: &'static CStr,
    found: AtomicPtr<c_void>,
}

impl Next {
    const fn new(name: &'static CStr) -> Self {
        Self { name, found: AtomicPtr::new(ptr::null_mut()) }
    }

    /// Its address; null if there is none.
    fn get(&self) -> *mut c_void {
        let found = self.found.load(Relaxed);
        if !found.is_null() {
            return found;
        }
        // SAFETY: the name is a C string.
        let found = unsafe { libc::dlsym(libc::RTLD_NEXT, self.name.as_ptr()) };
        self.found.store(found, Relaxed);
        found
    }
}

type ShmOpen = unsafe extern "C" fn(*const c_char, c_int, mode_t) -> c_int;
type ShmUnlink = unsafe extern "C" fn(*const c_char) -> c_int;
type PosixMadvise = unsafe extern "C" fn(*mut c_void, size_t, c_int) -> c_int;

pub(crate) unsafe fn shm_open(name: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    static NEXT: Next = Next::new(c"shm_open");
    // SAFETY: null, or the function of this name, whose prototype this is.
    let next: Option<ShmOpen> = unsafe { transmute(NEXT.get()) };
    let Some(next) = next else { return missing() };
    // SAFETY: the caller's promises are those of the function.
    unsafe { next(name, flags, mode) }
}

pub(crate) unsafe fn shm_unlink(name: *const c_char) -> c_int {
    static NEXT: Next = Next::new(c"shm_unlink");
    // SAFETY: null, or the function of this name, whose prototype this is.
    let next: Option<ShmUnlink> = unsafe { transmute(NEXT.get()) };
    let Some(next) = next else { return missing() };
    // SAFETY: the caller's promises are those of the function.
    unsafe { next(name) }
}

pub(crate) unsafe fn posix_madvise(addr: *mut c_void, length: size_t, advice: c_int) -> c_int {
    static NEXT: Next = Next::new(c"posix_madvise");
    // SAFETY: null, or the function of this name, whose prototype this is.
    let next: Option<PosixMadvise> = unsafe { transmute(NEXT.get()) };
    // SAFETY: the caller's promises are those of the function.
    next.map_or(libc::ENOSYS, |next| unsafe { next(addr, length, advice) })
}

fn missing() -> c_int {
    set_errno(libc::ENOSYS);
    -1
}
