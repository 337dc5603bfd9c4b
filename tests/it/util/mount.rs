//! File systems of a child's own.

use std::{ffi::CString, fs, path::Path, process::Command};

use tempfile::NamedTempFile;

use super::{capability::lacking, temp};

/// Mounts a file system where only this child sees it. It is gone with the child.
pub(crate) fn privately(kind: &str, at: &str, options: &str) {
    privately_with(kind, at, 0, options);
}

/// [`privately`] with flags: `MS_NOEXEC` and the like.
pub(crate) fn privately_with(kind: &str, at: &str, flags: libc::c_ulong, options: &str) {
    let [kind, at, options] = [kind, at, options].map(|text| CString::new(text).unwrap());
    go_private();
    let mounted = unsafe {
        libc::mount(kind.as_ptr(), at.as_ptr(), kind.as_ptr(), flags, options.as_ptr().cast())
    };
    assert_eq!(0, mounted, "{kind:?}: {}", std::io::Error::last_os_error());
}

/// Puts a file in place of another where only this child sees it.
pub(crate) fn in_place_of(at: &str, file: &Path) {
    use std::os::unix::ffi::OsStrExt as _;
    let (at, file) = (CString::new(at).unwrap(), file.as_os_str().as_bytes());
    let file = CString::new(file).unwrap();
    let nothing = std::ptr::null();
    go_private();
    let mounted =
        unsafe { libc::mount(file.as_ptr(), at.as_ptr(), nothing, libc::MS_BIND, nothing.cast()) };
    assert_eq!(0, mounted, "{file:?}: {}", std::io::Error::last_os_error());
}

/// A file that holds an ext4, to be mounted by way of a loop device.
#[derive(Debug)]
pub(crate) struct Ext4(pub(crate) NamedTempFile);

impl Ext4 {
    /// One of so many bytes; `None` is a skip (`loop-ext4`).
    #[track_caller]
    pub(crate) fn new(len: u64) -> Option<Self> {
        Self::make(len).map_err(|why| lacking("loop-ext4", &why)).ok()
    }

    fn make(len: u64) -> Result<Self, String> {
        image("ext4", len, &["-q", "-F", "-b", "4096", "-m", "0", "-O", "^has_journal"]).map(Self)
    }

    /// Mounts it where only this child sees it. It is gone with the child.
    pub(crate) fn mount(&self, at: &Path) {
        go_private();
        let image = [self.0.path(), at].map(|path| path.to_str().unwrap());
        run("mount", &["-t", "ext4", "-o", "loop", image[0], image[1]]).unwrap();
    }
}

/// A file that holds a btrfs, whose quotas need nothing but itself.
#[derive(Debug)]
pub(crate) struct Quota(NamedTempFile);

impl Quota {
    /// `None` is a skip (`quota`).
    #[track_caller]
    pub(crate) fn new() -> Option<Self> {
        /// The smallest that it makes has 109 MiB.
        const LEN: u64 = 128 << 20;
        let made = run("btrfs", &["--version"]).and_then(|()| image("btrfs", LEN, &["-q"]));
        made.map(Self).map_err(|why| lacking("quota", &why)).ok()
    }

    /// Mounts it where only this child sees it, with so many bytes for all that is there.
    pub(crate) fn mount(&self, at: &Path, limit: usize) {
        go_private();
        let [image, at] = [self.0.path(), at].map(|path| path.to_str().unwrap());
        run("mount", &["-t", "btrfs", "-o", "loop", image, at]).unwrap();
        run("btrfs", &["quota", "enable", at]).unwrap();
        run("btrfs", &["qgroup", "limit", &limit.to_string(), "0/5", at]).unwrap();
    }
}

/// A file of so many bytes that holds an empty file system, to be mounted by way of a loop device.
fn image(kind: &str, len: u64, options: &[&str]) -> Result<NamedTempFile, String> {
    super::capability::probe("sys-admin")?;
    let known = fs::read_to_string("/proc/filesystems").unwrap().contains(&format!("\t{kind}\n"));
    if !known || !fs::exists("/dev/loop-control").unwrap() {
        return Err(format!("the kernel has no {kind} or no loop devices"));
    }
    let image = temp::in_memory();
    image.as_file().set_len(len).unwrap();
    let path = image.path().to_str().unwrap();
    run(&format!("mkfs.{kind}"), &[options, &[path]].concat()).map(|()| image)
}

fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(program);
    command.args(arguments).env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin");
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr))),
        Err(error) => Err(format!("{program}: {error}")),
    }
}

/// From here on nobody else sees what this process mounts.
fn go_private() {
    let nothing = std::ptr::null();
    let private = libc::MS_REC | libc::MS_PRIVATE;
    unsafe {
        assert_eq!(0, libc::unshare(libc::CLONE_NEWNS));
        assert_eq!(0, libc::mount(nothing, c"/".as_ptr(), nothing, private, nothing.cast()));
    }
}
