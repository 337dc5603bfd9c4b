//! System calls that fail as on an older kernel or in a container.

const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
const JUMP_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;

fn op(code: u16, jt: u8, k: u32) -> libc::sock_filter {
    libc::sock_filter { code, jt, jf: 0, k }
}

/// From here on, each of these system calls of this process fails with `errno`.
///
/// It cannot be undone: for a child only.
pub(crate) fn deny(calls: &[libc::c_long], errno: i32) {
    let errno = u32::try_from(errno).unwrap();
    // `struct seccomp_data` starts with the number of the call.
    let mut program = vec![op(LOAD, 0, 0)];
    for (index, call) in calls.iter().enumerate() {
        let over = u8::try_from(calls.len() - index).unwrap();
        program.push(op(JUMP_EQUAL, over, u32::try_from(*call).unwrap()));
    }
    program.push(op(RETURN, 0, libc::SECCOMP_RET_ALLOW));
    program.push(op(RETURN, 0, libc::SECCOMP_RET_ERRNO | errno));
    install(program);
}

/// From here on, this system call fails with `errno` where one of `bits` is in an argument, of which
/// the lower 32 bits count.
///
/// It cannot be undone: for a child only.
pub(crate) fn deny_bits(call: libc::c_long, argument: u32, bits: u32, errno: i32) {
    const JUMP_BITS: u16 = (libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K) as u16;
    // In `struct seccomp_data` six arguments of 64 bits follow 16 bytes.
    let upper_half_first = if cfg!(target_endian = "big") { 4 } else { 0 };
    install(vec![
        op(LOAD, 0, 0),
        op(JUMP_EQUAL, 1, u32::try_from(call).unwrap()),
        op(RETURN, 0, libc::SECCOMP_RET_ALLOW),
        op(LOAD, 0, 16 + 8 * argument + upper_half_first),
        op(JUMP_BITS, 1, bits),
        op(RETURN, 0, libc::SECCOMP_RET_ALLOW),
        op(RETURN, 0, libc::SECCOMP_RET_ERRNO | u32::try_from(errno).unwrap()),
    ]);
}

fn install(mut program: Vec<libc::sock_filter>) {
    let filter =
        libc::sock_fprog { len: program.len().try_into().unwrap(), filter: program.as_mut_ptr() };
    unsafe {
        assert_eq!(0, libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        assert_eq!(0, libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &filter));
    }
}

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
