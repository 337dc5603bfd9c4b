//! Descriptors sent over a socket, as `SCM_RIGHTS`.

use std::{
    io::Error,
    os::{
        fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd},
        unix::net::UnixStream,
    },
};

/// Room for one descriptor and the head of its message, aligned for it.
#[repr(align(16))]
struct Control([u8; 64]);

pub(crate) fn send(socket: &UnixStream, fd: BorrowedFd<'_>) {
    let mut control = Control([0; 64]);
    let done = unsafe {
        let len = libc::CMSG_SPACE(4) as usize;
        with_message(&mut control, len, |message| {
            let head = &mut *libc::CMSG_FIRSTHDR(message);
            head.cmsg_level = libc::SOL_SOCKET;
            head.cmsg_type = libc::SCM_RIGHTS;
            head.cmsg_len = libc::CMSG_LEN(4) as _;
            libc::CMSG_DATA(head).cast::<i32>().write_unaligned(fd.as_raw_fd());
            libc::sendmsg(socket.as_raw_fd(), message, 0)
        })
    };
    assert_eq!(1, done, "{}", Error::last_os_error());
}

/// Waits for one.
pub(crate) fn receive(socket: &UnixStream) -> OwnedFd {
    let mut control = Control([0; 64]);
    unsafe {
        with_message(&mut control, 64, |message| {
            let flags = libc::MSG_CMSG_CLOEXEC;
            let done = libc::recvmsg(socket.as_raw_fd(), message, flags);
            assert_eq!(1, done, "{}", Error::last_os_error());
            let head = libc::CMSG_FIRSTHDR(message);
            assert_eq!(libc::SCM_RIGHTS, (*head).cmsg_type);
            OwnedFd::from_raw_fd(libc::CMSG_DATA(head).cast::<i32>().read_unaligned())
        })
    }
}

/// A message of one byte that has `len` bytes of `control`.
unsafe fn with_message<T>(
    control: &mut Control,
    len: usize,
    f: impl FnOnce(&mut libc::msghdr) -> T,
) -> T {
    let mut byte = [0_u8];
    let mut part = libc::iovec { iov_base: byte.as_mut_ptr().cast(), iov_len: 1 };
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = &mut part;
    message.msg_iovlen = 1;
    message.msg_control = control.0.as_mut_ptr().cast();
    message.msg_controllen = len as _;
    f(&mut message)
}

mod tests {
    use std::{
        fs::File,
        io::{Read as _, Write as _},
    };

    use super::*;
    use crate::util::{child::in_child, temp};

    #[test]
    fn a_descriptor_arrives_in_another_process() {
        use std::os::fd::AsFd as _;
        let (here, there) = UnixStream::pair().unwrap();
        let (read, write) = temp::pipe();
        send(&here, write.as_fd());
        drop(write);
        in_child(|| File::from(receive(&there)).write_all(b"x").unwrap());
        let mut byte = [0];
        File::from(read).read_exact(&mut byte).unwrap();
        assert_eq!(b"x", &byte);
    }
}
