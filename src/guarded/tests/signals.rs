//! Handlers of `SIGBUS` for tests, and what they were called with.

use core::ffi::{c_int, c_void};
use std::{
    ptr,
    sync::atomic::{AtomicI32, AtomicUsize, Ordering::SeqCst},
};

use super::util::{End, Map, child, gone, page, value};
use crate::{
    guarded::{copy_from, install::ensure, load},
    os::context::Context,
    sys::signal::{self, SA_SIGINFO, SIGBUS, SigAction, SigInfo, SigSet},
};

pub(super) const KILLED: End = End::Killed(SIGBUS);

pub(super) type Handler = extern "C" fn(c_int, *mut SigInfo, *mut c_void);

/// What the handlers below were called with, last.
pub(super) static CALLS: AtomicUsize = AtomicUsize::new(0);
pub(super) static SIGNAL: AtomicI32 = AtomicI32::new(0);
pub(super) static CODE: AtomicI32 = AtomicI32::new(0);
pub(super) static ADDRESS: AtomicUsize = AtomicUsize::new(0);
pub(super) static COUNTER: AtomicUsize = AtomicUsize::new(0);
pub(super) static STACK: AtomicUsize = AtomicUsize::new(0);
/// Of all these, what was blocked meanwhile: one bit for each signal.
pub(super) static BLOCKS: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];

/// Notes its call, and lets the access go on, on a page of zeros.
pub(super) extern "C" fn mend(signal: c_int, info: *mut SigInfo, context: *mut c_void) {
    note(signal);
    let info = unsafe { &*info };
    let address = unsafe { info.si_addr() };
    CODE.store(info.si_code, SeqCst);
    ADDRESS.store(address.addr(), SeqCst);
    let thread = unsafe { Context::new(context) };
    COUNTER.store(thread.registers().map_or(0, |registers| registers.counter()), SeqCst);
    if info.si_code > 0 {
        map_zero(address.addr());
    }
}

/// Notes its call, and lets the access go on, on a page of zeros at [`MENDED`].
pub(super) extern "C" fn mend_plainly(signal: c_int) {
    note(signal);
    map_zero(MENDED.load(SeqCst));
}

pub(super) static MENDED: AtomicUsize = AtomicUsize::new(0);

pub(super) fn note(signal: c_int) {
    let local = 0_u8;
    CALLS.fetch_add(1, SeqCst);
    SIGNAL.store(signal, SeqCst);
    STACK.store(ptr::from_ref(&local).addr(), SeqCst);
    let mask = signal::mask().unwrap();
    for (number, word) in BLOCKS.iter().enumerate() {
        let mut bits = 0;
        for bit in 0..32 {
            let one = SigSet::of(c_int::try_from(number * 32 + bit + 1).unwrap());
            bits |= usize::from(mask.union(one) == mask) << bit;
        }
        word.store(bits, SeqCst);
    }
}

/// Whether the last call blocked this signal.
pub(super) fn blocked(signal: c_int) -> bool {
    let bit = usize::try_from(signal - 1).unwrap();
    BLOCKS[bit / 32].load(SeqCst) >> (bit % 32) & 1 == 1
}

pub(super) fn map_zero(address: usize) {
    let start = address & !(page() - 1);
    let prot = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
    let start = ptr::with_exposed_provenance_mut(start);
    unsafe { libc::mmap(start, page(), prot, flags, -1, 0) };
}

/// Sets what is done at `SIGBUS`.
pub(super) fn set(handler: usize, flags: c_int, mask: SigSet) -> SigAction {
    let action = signal::new_action(handler, flags, mask);
    unsafe { signal::sigaction(SIGBUS, &action) }.unwrap()
}

pub(super) fn set_handler(handler: Handler, flags: c_int) -> SigAction {
    set(handler as *const () as usize, flags | SA_SIGINFO, SigSet::default())
}

/// Whether guarded accesses find what is gone, and what is there.
pub(super) fn guarded_works(map: &Map) {
    assert_eq!(gone(0).err(), unsafe { load(map.at(page()).cast::<u64>()) }.err());
    let mut bytes = [0; 64];
    let at = page() - 30;
    assert_eq!(gone(30), unsafe { copy_from(map.at(at), bytes.as_mut_ptr(), bytes.len()) });
    assert_eq!((value(at), value(at + 29)), (bytes[0], bytes[29]));
}

/// An access that nobody guards.
pub(super) fn stray(map: &Map, offset: usize) -> u8 {
    unsafe { map.at(page() + offset).read_volatile() }
}

/// A map of which all but the first page is gone.
pub(super) fn cut(pages: usize) -> Map {
    let map = Map::new(pages);
    map.resize(page());
    map
}

/// In a child: after this disposition was set and our handler was installed over it.
pub(super) fn with(handler: usize, flags: c_int, f: impl FnOnce(&Map)) -> End {
    let map = cut(4);
    child(|| {
        set(handler, flags, SigSet::default());
        ensure().unwrap();
        guarded_works(&map);
        f(&map);
    })
}

/// Runs `f` with an alternate stack of so many bytes; whether an address was on that.
pub(super) fn with_stack(len: usize, f: impl FnOnce(&dyn Fn(usize) -> bool)) {
    let stack = Map::of_pages(len.div_ceil(page()) + 1, page(), 0);
    let guard = unsafe { libc::mprotect(stack.at(0).cast(), page(), libc::PROT_NONE) };
    assert_eq!(0, guard);
    let top = stack.at(stack.len);
    let base = top.wrapping_sub(len);
    let new = libc::stack_t { ss_sp: base.cast(), ss_flags: 0, ss_size: len };
    let mut old = new;
    assert_eq!(0, unsafe { libc::sigaltstack(&new, &mut old) });
    f(&|address| (base.addr()..top.addr()).contains(&address));
    assert_eq!(0, unsafe { libc::sigaltstack(&old, ptr::null_mut()) });
}
