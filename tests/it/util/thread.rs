//! Threads of a forked child.
//!
//! std's own take a lock of std when they start and when they end, and a thread of the harness may
//! have held it at the fork: the child's would wait for ever.

use std::{
    mem::MaybeUninit,
    ptr,
    sync::{Arc, Mutex},
};

/// A thread, which nobody waits for on drop.
pub(crate) struct Thread<T> {
    id: libc::pthread_t,
    result: Arc<Mutex<Option<T>>>,
}

/// Runs `f` in a new thread. A panic there aborts the process.
pub(crate) fn spawn<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> Thread<T> {
    type Task = Box<dyn FnOnce() + Send>;
    extern "C" fn start(task: *mut libc::c_void) -> *mut libc::c_void {
        let task = unsafe { Box::from_raw(task.cast::<Task>()) };
        task();
        ptr::null_mut()
    }
    let result = Arc::new(Mutex::new(None));
    let there = Arc::clone(&result);
    let task: Task = Box::new(move || {
        let value = f();
        *there.lock().unwrap() = Some(value);
    });
    let task = Box::into_raw(Box::new(task));
    let mut id = MaybeUninit::uninit();
    let made = unsafe { libc::pthread_create(id.as_mut_ptr(), ptr::null(), start, task.cast()) };
    assert_eq!(0, made);
    Thread { id: unsafe { id.assume_init() }, result }
}

impl<T> Thread<T> {
    pub(crate) fn is_finished(&self) -> bool {
        self.result.lock().unwrap().is_some()
    }

    /// Waits for its end; what it returned.
    pub(crate) fn join(self) -> T {
        assert_eq!(0, unsafe { libc::pthread_join(self.id, ptr::null_mut()) });
        self.result.lock().unwrap().take().unwrap()
    }
}
