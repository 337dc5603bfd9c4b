//! Files of `/proc` of other processes.

use std::{
    fs::OpenOptions,
    io::{Read as _, Write as _},
    os::{fd::OwnedFd, unix::fs::OpenOptionsExt as _},
    process::{Child, Command, Stdio},
};

/// A process that waits for input, ended on drop.
#[derive(Debug)]
pub(crate) struct Waiter(Child);

impl Waiter {
    pub(crate) fn start() -> Self {
        let mut cat = Command::new("cat");
        let mut child = cat.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        // Before it has answered, `/proc` may still show the memory of before its `exec`: ours.
        child.stdin.as_mut().unwrap().write_all(b"?").unwrap();
        child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
        Self(child)
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// The path of its file of this name in `/proc`.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.0.id())
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A file of `/proc` of a process that has ended, open for reading.
pub(crate) fn of_ended(name: &str) -> OwnedFd {
    opened_then_ended(name, OpenOptions::new().read(true))
}

/// A file of `/proc` of a process that has ended, open for writing.
pub(crate) fn of_ended_for_writing(name: &str) -> OwnedFd {
    opened_then_ended(name, OpenOptions::new().write(true))
}

fn opened_then_ended(name: &str, options: &OpenOptions) -> OwnedFd {
    let process = Waiter::start();
    options.open(process.path(name)).unwrap().into()
}

/// A descriptor that only names a file (`O_PATH`).
pub(crate) fn path_only(path: &str) -> OwnedFd {
    OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(path).unwrap().into()
}
