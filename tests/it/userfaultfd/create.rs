//! Making a userfaultfd, and the handshake.

use std::{
    fs::File,
    os::fd::{AsFd as _, AsRawFd as _},
};

use mman::{Error, sys::userfaultfd::*};

use super::*;
use crate::util::{
    capability::have, child::in_child, machine::Setting, seccomp::deny, unprivileged::become_nobody,
};

const USER_MODE: UserfaultfdFlags = UserfaultfdFlags::UFFD_USER_MODE_ONLY;

fn flags_of(uffd: &OwnedFd) -> (bool, bool) {
    let fd = uffd.as_raw_fd();
    let of_fd = unsafe { libc::fcntl(fd, libc::F_GETFD) };
    let of_file = unsafe { libc::fcntl(fd, libc::F_GETFL) };
    assert!(of_fd >= 0 && of_file >= 0);
    (of_fd & libc::FD_CLOEXEC != 0, of_file & libc::O_NONBLOCK != 0)
}

#[test]
fn a_descriptor_has_the_flags_asked_for() {
    let (cloexec, nonblock) = (UserfaultfdFlags::O_CLOEXEC, UserfaultfdFlags::O_NONBLOCK);
    for (flags, are) in [
        (USER_MODE, (false, false)),
        (USER_MODE | cloexec, (true, false)),
        (USER_MODE | nonblock, (false, true)),
        (USER_MODE | cloexec | nonblock, (true, true)),
    ] {
        let uffd = userfaultfd(flags).unwrap();
        assert_eq!(are, flags_of(&uffd), "{flags}");
        let link = fs::read_link(format!("/proc/self/fd/{}", uffd.as_raw_fd())).unwrap();
        assert_eq!("anon_inode:[userfaultfd]", link.to_str().unwrap());
    }
    let unknown = USER_MODE | UserfaultfdFlags::from_bits_retain(1 << 30);
    assert_eq!(Some(Error::EINVAL), userfaultfd(unknown).err());
}

#[test]
fn reading_waits_unless_told_not_to() {
    let nonblock = open(UffdFeatures::empty());
    assert!(matches!(unsafe { read_uffd_msg(&nonblock) }, Err(Error::EAGAIN)));
    assert!(matches!(unsafe { read_uffd_msgs::<4>(&nonblock) }, Err(Error::EAGAIN)));
    assert!(matches!(unsafe { read_uffd_msgs::<0>(&nonblock) }, Err(Error::EINVAL)));
    let uffd = userfaultfd(UserfaultfdFlags::O_CLOEXEC | USER_MODE).unwrap();
    uffdio_api(&uffd, UffdFeatures::empty()).unwrap();
    let mut poll = libc::pollfd { fd: uffd.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    assert_eq!(1, unsafe { libc::poll(&mut poll, 1, -1) });
    assert_eq!(libc::POLLERR, poll.revents);
}

#[test]
fn a_signal_ends_the_wait() {
    extern "C" fn nothing(_: i32) {}
    in_child(|| {
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = nothing as *const () as usize;
        assert_eq!(0, unsafe { libc::sigaction(libc::SIGALRM, &action, std::ptr::null_mut()) });
        let uffd = userfaultfd(UserfaultfdFlags::O_CLOEXEC | USER_MODE).unwrap();
        uffdio_api(&uffd, UffdFeatures::empty()).unwrap();
        let every = libc::timeval { tv_sec: 0, tv_usec: 20_000 };
        let timer = libc::itimerval { it_interval: every, it_value: every };
        let none = std::ptr::null_mut::<libc::itimerval>();
        unsafe { libc::syscall(libc::SYS_setitimer, libc::ITIMER_REAL, &timer, none) };
        assert!(matches!(unsafe { read_uffd_msg(&uffd) }, Err(Error::EINTR)));
    });
}

#[test]
fn the_device_makes_one_too() {
    let Ok(device) = File::open("/dev/userfaultfd") else {
        assert!(!have!("root", "linux-6.1"), "root can open the device");
        return;
    };
    let uffd = unsafe { userfaultfd_ioc_new(&device, FLAGS) }.unwrap();
    assert_eq!((true, true), flags_of(&uffd));
    in_child(|| {
        uffdio_api(&uffd, UffdFeatures::empty()).unwrap();
    });
    let unknown = USER_MODE | UserfaultfdFlags::from_bits_retain(1 << 30);
    let made = unsafe { userfaultfd_ioc_new(&device, unknown) };
    assert_eq!(Some(Error::EINVAL), made.err());
    // The device is the privilege.
    in_child(|| {
        become_nobody();
        let uffd = unsafe { userfaultfd_ioc_new(&device, UserfaultfdFlags::O_CLOEXEC) }.unwrap();
        uffdio_api(&uffd, UffdFeatures::empty()).unwrap();
    });
    let null = File::open("/dev/null").unwrap();
    let made = unsafe { userfaultfd_ioc_new(&null, FLAGS) };
    assert_eq!(Some(Error::ENOTTY), made.err());
}

#[test]
fn the_handshake_tells_what_there_is() {
    let asked = UffdFeatures::UFFD_FEATURE_THREAD_ID;
    let told = uffdio_api(userfaultfd(FLAGS).unwrap(), asked).unwrap();
    let old = asked
        | UffdFeatures::UFFD_FEATURE_EVENT_FORK
        | UffdFeatures::UFFD_FEATURE_EVENT_REMAP
        | UffdFeatures::UFFD_FEATURE_EVENT_REMOVE
        | UffdFeatures::UFFD_FEATURE_EVENT_UNMAP
        | UffdFeatures::UFFD_FEATURE_SIGBUS;
    assert!(told.features.contains(old), "all, not only those asked for: {told:?}");
    let calls =
        UffdIoctls::_UFFDIO_API | UffdIoctls::_UFFDIO_REGISTER | UffdIoctls::_UFFDIO_UNREGISTER;
    assert_eq!(calls, told.ioctls);
    if have!("linux-6.8") && cfg!(target_arch = "x86_64") {
        assert!(told.features.contains(UffdFeatures::all()), "{told:?}");
    }
}

#[test]
fn nothing_works_before_the_handshake() {
    let uffd = userfaultfd(FLAGS).unwrap();
    let area = Area::anon(1);
    let start = area.ptr() as u64;
    assert_eq!(Err(Error::EINVAL), unsafe { uffdio_register(&uffd, start, size(), MISSING) });
    assert_eq!(Err(Error::EINVAL), uffdio_wake(&uffd, start, size()));
    assert_eq!(Err(Error::EINVAL), copy(&uffd, start, 1, 1));
    assert!(matches!(unsafe { read_uffd_msg(&uffd) }, Err(Error::EINVAL)));
    assert!(!area.present()[0]);

    // An unknown feature is refused, and can be left out then.
    let unknown = UffdFeatures::from_bits_retain(1 << 63);
    assert_eq!(Err(Error::EINVAL), uffdio_api(&uffd, unknown));
    assert_eq!(Err(Error::EINVAL), unsafe { uffdio_register(&uffd, start, size(), MISSING) });
    uffdio_api(&uffd, UffdFeatures::empty()).unwrap();
    // It is made once.
    assert_eq!(Err(Error::EINVAL), uffdio_api(&uffd, UffdFeatures::empty()));
    assert!(unsafe { uffdio_register(&uffd, start, size(), MISSING) }.is_ok());
}

#[test]
fn unprivileged_users_get_faults_of_user_code_only() {
    const FILE: &str = "/proc/sys/vm/unprivileged_userfaultfd";
    let setting = Setting::take(FILE).unwrap();
    let is_set = |value: &str| setting.get() == value || setting.set(value);
    if is_set("0") {
        in_child(|| {
            become_nobody();
            let plain = userfaultfd(UserfaultfdFlags::O_CLOEXEC);
            assert_eq!(Some(Error::EPERM), plain.err());
            let watched = Watched::missing(1, UffdFeatures::empty());
            // A system call cannot wait for the page: it fails.
            let zero = File::open("/dev/zero").unwrap();
            let read = unsafe { libc::read(zero.as_raw_fd(), watched.area.ptr(), 1) };
            assert_eq!((-1, Error::EFAULT), (read, Error::last()));
            // Code can.
            let thread = reader(watched.at(0));
            watched.fault();
            assert_eq!(Ok(size()), watched.copy(0, 1, 5));
            assert_eq!(5, thread.join());
            // Forks of others are none of its business.
            let uffd = userfaultfd(FLAGS).unwrap();
            let fork = UffdFeatures::UFFD_FEATURE_EVENT_FORK;
            assert_eq!(Err(Error::EPERM), uffdio_api(&uffd, fork));
            assert!(uffdio_api(&uffd, UffdFeatures::empty()).is_ok());
        });
    }
    if is_set("1") {
        in_child(|| {
            become_nobody();
            assert!(userfaultfd(UserfaultfdFlags::O_CLOEXEC).is_ok());
        });
    } else {
        have("root");
    }
}

/// Without `UFFD_USER_MODE_ONLY` a system call waits as code does.
#[test]
fn system_calls_wait_for_pages() {
    if !have!("root") {
        return;
    }
    in_child(|| {
        let flags = UserfaultfdFlags::O_CLOEXEC | UserfaultfdFlags::O_NONBLOCK;
        let uffd = userfaultfd(flags).unwrap();
        uffdio_api(&uffd, UffdFeatures::empty()).unwrap();
        let watched = Watched { uffd, area: Area::anon(1) };
        watched.register(MISSING);
        let start = watched.at(0);
        let thread = spawn(move || {
            let zero = File::open("/dev/zero").unwrap();
            unsafe { libc::read(zero.as_raw_fd(), start as *mut libc::c_void, 1) }
        });
        assert_eq!((UffdPagefaultFlags::UFFD_PAGEFAULT_FLAG_WRITE, 0), watched.fault());
        assert_eq!(Ok(size()), watched.copy(0, 1, 5));
        assert_eq!(1, thread.join());
        assert_eq!((0, 5), (watched.area.get(0), watched.area.get(1)));
    });
}

#[test]
fn not_there_and_not_allowed_are_told_apart() {
    for errno in [Error::ENOSYS, Error::EPERM] {
        in_child(|| {
            let uffd = open(UffdFeatures::empty());
            let area = Area::anon(1);
            let (start, len) = (area.ptr() as u64, size());
            deny(&[libc::SYS_userfaultfd, libc::SYS_ioctl, libc::SYS_read], errno as i32);
            let uffd = uffd.as_fd();
            let protect = UffdioWriteprotectMode::Protect;
            let src = area.ptr().cast_const();
            let all = [
                userfaultfd(FLAGS).err(),
                unsafe { userfaultfd_ioc_new(uffd, FLAGS) }.err(),
                uffdio_api(uffd, UffdFeatures::empty()).err(),
                unsafe { uffdio_register(uffd, start, len, MISSING) }.err(),
                unsafe { uffdio_unregister(uffd, start, len) }.err(),
                uffdio_wake(uffd, start, len).err(),
                unsafe { uffdio_copy(uffd, start, src, len, UffdioCopyMode::empty()) }.err(),
                unsafe { uffdio_zeropage(uffd, start, len, UffdioZeropageMode::empty()) }.err(),
                unsafe { uffdio_poison(uffd, start, len, UffdioPoisonMode::empty()) }.err(),
                unsafe { uffdio_move(uffd, start, start, len, UffdioMoveMode::empty()) }.err(),
                unsafe { uffdio_continue(uffd, start, len, UffdioContinueMode::empty()) }.err(),
                unsafe { uffdio_writeprotect(uffd, start, len, protect) }.err(),
                unsafe { read_uffd_msg(uffd) }.err(),
                unsafe { read_uffd_msgs::<2>(uffd) }.err(),
            ];
            assert_eq!([Some(errno); 14], all);
        });
    }
}
