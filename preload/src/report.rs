//! How often each function was called, written to the file that `MMAN_PRELOAD_CALLS` names.

use std::{
    fmt::{self, Write as _},
    sync::atomic::Ordering::Relaxed,
};

use crate::exports::FUNCTIONS;

/// Run by the C library when the process exits.
#[used]
#[unsafe(link_section = ".fini_array")]
static AT_EXIT: extern "C" fn() = report;

/// Run by the C library at the start.
#[used]
#[unsafe(link_section = ".init_array")]
static AT_START: extern "C" fn() = start;

const VARIABLE: *const libc::c_char = c"MMAN_PRELOAD_CALLS".as_ptr();

extern "C" fn start() {
    // SAFETY: the name is a C string, and other threads have not been started yet.
    if !unsafe { libc::getenv(VARIABLE) }.is_null() {
        // SAFETY: the handler does what a child of `fork` may do. Without room for it, a child
        // reports its parent's calls as well.
        unsafe { libc::pthread_atfork(None, None, Some(forget)) };
    }
}

/// A child of `fork` has made no calls yet.
extern "C" fn forget() {
    for function in FUNCTIONS {
        for count in [&function.carried, &function.inner, &function.plain] {
            count.store(0, Relaxed);
        }
    }
}

extern "C" fn report() {
    // SAFETY: the name is a C string, and at the exit nobody changes the environment.
    let path = unsafe { libc::getenv(VARIABLE) };
    let mut text = Text { bytes: [0; ROOM], len: 0 };
    if path.is_null() || write_counts(&mut text).is_err() || text.len == 0 {
        return;
    }
    let flags = libc::O_WRONLY | libc::O_APPEND | libc::O_CREAT | libc::O_CLOEXEC;
    // SAFETY: the path is a C string of the environment.
    let file = unsafe { libc::open(path, flags, 0o666) };
    // SAFETY: the first `len` bytes of the text, and any descriptor. Nobody is left to be told of a
    // failure; who reads the file misses the line. Closing is the exit's.
    unsafe { libc::write(file, text.bytes.as_ptr().cast(), text.len) };
}

fn write_counts(text: &mut Text) -> fmt::Result {
    for function in FUNCTIONS {
        let count = [&function.carried, &function.inner, &function.plain];
        let [carried, inner, plain] = count.map(|count| count.load(Relaxed));
        if carried + inner + plain > 0 {
            writeln!(text, "{} {carried} {inner} {plain}", function.name)?;
        }
    }
    Ok(())
}

/// A line is a name of at most 13 bytes and three numbers of at most 20 digits.
const ROOM: usize = FUNCTIONS.len() * 80;

/// Text that allocates nothing.
struct Text {
    bytes: [u8; ROOM],
    len: usize,
}

impl fmt::Write for Text {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let end = self.len + more.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        room.copy_from_slice(more.as_bytes());
        self.len = end;
        Ok(())
    }
}
