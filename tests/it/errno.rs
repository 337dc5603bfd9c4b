//! `mman::errno`.

use std::{collections::HashSet, io, ptr};

use mman::{Error, Result, errno::Errno};

fn set(number: i32) {
    unsafe { *libc::__errno_location() = number };
}

#[test]
fn last_reads_what_a_call_left_and_clear_removes_it() {
    assert_eq!(-1, unsafe { libc::close(-1) });
    assert_eq!(Errno::EBADF, Errno::last());
    assert_eq!(libc::EBADF, mman::errno::errno());
    Errno::clear();
    assert_eq!(0, mman::errno::errno());
    assert_eq!(Errno::UnknownErrno, Errno::last());
}

#[test]
fn errno_is_each_threads_own() {
    set(libc::EDOM);
    std::thread::spawn(|| set(libc::ERANGE)).join().unwrap();
    assert_eq!(Errno::EDOM, Errno::last());
}

#[test]
fn result_takes_only_the_sentinel_of_the_type_for_a_failure() {
    set(libc::EDOM);
    assert_eq!(Err(Errno::EDOM), Errno::result(-1_i32));
    assert_eq!(Err(Errno::EDOM), Errno::result(-1_i64));
    assert_eq!(Err(Errno::EDOM), Errno::result(-1_isize));
    assert_eq!(Err(Errno::EDOM), Errno::result(libc::MAP_FAILED));
    assert_eq!(Err(Errno::EDOM), Errno::result(libc::SIG_ERR));
    assert_eq!(Ok(0_i32), Errno::result(0));
    assert_eq!(Ok(-2_i64), Errno::result(-2));
    assert_eq!(Ok(isize::MIN), Errno::result(isize::MIN));
    assert_eq!(Ok(ptr::null_mut()), Errno::result(ptr::null_mut()));
    assert_eq!(Ok(libc::SIG_DFL), Errno::result(libc::SIG_DFL));
}

#[test]
fn every_code_survives_its_number_name_and_io_error() {
    assert!(Errno::NAMES.len() > 130);
    for &(name, errno) in Errno::NAMES {
        let number = errno as i32;
        assert_eq!(errno, Errno::from_i32(number));
        assert_eq!(name, errno.name());
        assert_eq!(Ok(errno), name.parse());
        assert_eq!(format!("{name}: {}", errno.desc()), errno.to_string());
        assert!(!errno.desc().is_empty() && errno.desc().trim() == errno.desc());
        let error = io::Error::from(errno);
        assert_eq!(Some(number), error.raw_os_error());
        assert_eq!(errno, Errno::try_from(error).unwrap());
    }
    let numbers: HashSet<_> = Errno::NAMES.iter().map(|(_, errno)| *errno as i32).collect();
    assert_eq!(Errno::NAMES.len(), numbers.len());
}

/// The C library's own names are the oracle.
#[cfg(target_env = "gnu")]
#[test]
fn names_are_those_of_the_c_library() {
    unsafe extern "C" {
        fn strerrorname_np(number: i32) -> *const libc::c_char;
    }
    for number in 1..200 {
        let theirs = unsafe { strerrorname_np(number) };
        if theirs.is_null() {
            continue;
        }
        let theirs = unsafe { std::ffi::CStr::from_ptr(theirs) }.to_str().unwrap();
        let ours = Errno::from_i32(number);
        // Of two names of a code glibc may choose the other.
        let second = [("ENOTSUP", Errno::ENOTSUP), ("EDEADLOCK", Errno::EDEADLOCK)];
        assert!(ours.name() == theirs || second.contains(&(theirs, ours)), "{theirs}, {ours}");
    }
}

#[test]
fn a_number_without_a_code_is_unknown() {
    for number in [0, -1, 135, 4095, i32::MAX, i32::MIN] {
        assert_eq!(Errno::UnknownErrno, Errno::from_i32(number));
    }
    assert!("ENOSUCH".parse::<Errno>().is_err());
    assert!("".parse::<Errno>().is_err());
}

#[test]
fn second_names_are_the_same_code() {
    assert_eq!(Errno::EAGAIN, Errno::EWOULDBLOCK);
    assert_eq!(Errno::EOPNOTSUPP, Errno::ENOTSUP);
    assert_eq!(libc::EDEADLOCK, Errno::EDEADLOCK as i32);
}

#[test]
fn an_error_that_is_not_the_systems_comes_back() {
    let error = Errno::try_from(io::Error::other("mine")).unwrap_err();
    assert_eq!("mine", error.to_string());
}

#[test]
#[allow(deprecated, reason = "what is deprecated must work until it is gone")]
fn the_names_of_older_nix_work() {
    assert_eq!(Error::EINVAL, Errno::invalid_argument());
    assert_eq!(Error::EPERM, Errno::from_errno(Errno::EPERM));
    assert_eq!(Error::EPERM, Errno::Sys(Errno::EPERM));
    assert_eq!(Some(Errno::EPERM), Errno::EPERM.as_errno());
}

#[test]
fn an_error_goes_through_a_question_mark() {
    fn as_io() -> io::Result<()> {
        let failed: Result<()> = Err(Errno::ENOSPC);
        Ok(failed?)
    }
    fn as_any() -> std::result::Result<(), Box<dyn std::error::Error>> {
        let failed: Result<()> = Err(Errno::ENOSPC);
        Ok(failed?)
    }
    assert_eq!(io::ErrorKind::StorageFull, as_io().unwrap_err().kind());
    assert_eq!(Some(&Errno::ENOSPC), as_any().unwrap_err().downcast_ref::<Errno>());
}
