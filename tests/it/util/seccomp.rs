//! System calls that fail as on an older kernel or in a container.

/// From here on, each of these system calls of this process fails with `errno`.
///
/// It cannot be undone: for a child only.
pub(crate) fn deny(calls: &[libc::c_long], errno: i32) {
    // `struct seccomp_data` starts with the number of the call.
    let mut program = vec![op(LOAD, 0, 0, 0)];
    for (index, call) in calls.iter().enumerate() {
        let over = u8::try_from(calls.len() - index).unwrap();
        program.push(op(JUMP_EQUAL, over, 0, u32::try_from(*call).unwrap()));
    }
    program.push(op(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW));
    program.push(op(RETURN, 0, 0, libc::SECCOMP_RET_ERRNO | u32::try_from(errno).unwrap()));
    install(&mut program);
}

/// From here on, this system call of this process fails with `errno` where the lower half of an
/// argument is more than `most`.
///
/// It cannot be undone: for a child only.
pub(crate) fn deny_above(call: libc::c_long, argument: u32, most: u32, errno: i32) {
    let half = lower_half(argument);
    install(&mut [
        op(LOAD, 0, 0, 0),
        op(JUMP_EQUAL, 0, 3, u32::try_from(call).unwrap()),
        op(LOAD, 0, 0, half),
        op(JUMP_ABOVE, 0, 1, most),
        op(RETURN, 0, 0, libc::SECCOMP_RET_ERRNO | u32::try_from(errno).unwrap()),
        op(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW),
    ]);
}

/// From here on, this system call fails with `errno` where one of `bits` is in an argument, of which
/// the lower 32 bits count.
///
/// It cannot be undone: for a child only.
pub(crate) fn deny_bits(call: libc::c_long, argument: u32, bits: u32, errno: i32) {
    let half = lower_half(argument);
    install(&mut [
        op(LOAD, 0, 0, 0),
        op(JUMP_EQUAL, 0, 3, u32::try_from(call).unwrap()),
        op(LOAD, 0, 0, half),
        op(JUMP_BITS, 0, 1, bits),
        op(RETURN, 0, 0, libc::SECCOMP_RET_ERRNO | u32::try_from(errno).unwrap()),
        op(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW),
    ]);
}

/// In `struct seccomp_data`, where number, architecture and place come first.
fn lower_half(argument: u32) -> u32 {
    16 + 8 * argument + if cfg!(target_endian = "big") { 4 } else { 0 }
}

const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
const JUMP_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const JUMP_BITS: u16 = (libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K) as u16;
const JUMP_ABOVE: u16 = (libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K) as u16;
const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;

/// An operation; so many of the next ones are left out where it is true, and where it is not.
fn op(code: u16, jt: u8, jf: u8, k: u32) -> libc::sock_filter {
    libc::sock_filter { code, jt, jf, k }
}

fn install(program: &mut [libc::sock_filter]) {
    let filter =
        libc::sock_fprog { len: program.len().try_into().unwrap(), filter: program.as_mut_ptr() };
    unsafe {
        assert_eq!(0, libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        assert_eq!(0, libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &filter));
    }
}

/// The call that `mmap` makes.
#[cfg(target_pointer_width = "64")]
pub(crate) const MMAP: libc::c_long = libc::SYS_mmap;
/// The call that `mmap` makes: it takes the offset in pages.
#[cfg(target_pointer_width = "32")]
pub(crate) const MMAP: libc::c_long = libc::SYS_mmap2;

/// Asserts that where this system call answers `ENOSYS`, or `EPERM`, the caller gets exactly that.
#[track_caller]
pub(crate) fn passes_on<T: std::fmt::Debug>(call: libc::c_long, f: impl Fn() -> mman::Result<T>) {
    for errno in [mman::Error::ENOSYS, mman::Error::EPERM] {
        super::child::in_child(|| {
            deny(&[call], errno as i32);
            assert_eq!(errno, f().unwrap_err());
        });
    }
}

mod tests {
    use super::*;
    use crate::util::child::in_child;

    #[test]
    fn only_the_denied_bits_fail() {
        in_child(|| {
            deny_bits(libc::SYS_umask, 0, 0o70, libc::EXDEV);
            let umask = |mask: u32| unsafe { libc::syscall(libc::SYS_umask, mask) };
            assert!(umask(0o7) >= 0);
            for mask in [0o10, 0o77, 0o40] {
                assert_eq!(-1, umask(mask), "{mask:o}");
            }
        });
    }

    #[test]
    fn only_large_arguments_fail() {
        in_child(|| {
            deny_above(libc::SYS_getpriority, 1, 7, libc::EXDEV);
            let ask = |who: i32| {
                let answer = unsafe { libc::syscall(libc::SYS_getpriority, 0, who) };
                (answer == -1).then(|| std::io::Error::last_os_error().raw_os_error().unwrap())
            };
            // There may be no process with this number.
            assert_ne!(Some(libc::EXDEV), ask(7));
            assert_eq!(Some(libc::EXDEV), ask(8));
            assert!(unsafe { libc::syscall(libc::SYS_getpid) } > 0);
        });
    }

    #[test]
    fn only_the_denied_calls_fail() {
        in_child(|| {
            deny(&[libc::SYS_getppid, libc::SYS_getsid], libc::EXDEV);
            for call in [libc::SYS_getppid, libc::SYS_getsid] {
                assert_eq!(-1, unsafe { libc::syscall(call, 0) });
                assert_eq!(Some(libc::EXDEV), std::io::Error::last_os_error().raw_os_error());
            }
            assert!(unsafe { libc::syscall(libc::SYS_getpid) } > 0);
        });
    }
}
