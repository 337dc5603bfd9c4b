//! The processor that a child runs on.

/// Keeps this thread, and all that it forks, on the processor where it is: for a child only.
///
/// Each processor has a list of new pages, and only from there do they come to where the kernel
/// looks for old ones. Advice empties the list of its own processor, and passes over pages in the
/// list of another one.
pub(crate) fn stay() {
    unsafe {
        let cpu = usize::try_from(libc::sched_getcpu()).unwrap();
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(cpu, &mut set);
        let answer = libc::sched_setaffinity(0, size_of_val(&set), &set);
        assert_eq!(0, answer, "{}", std::io::Error::last_os_error());
    }
}
