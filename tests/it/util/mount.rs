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
        super::capability::probe("sys-admin")?;
        let known = fs::read_to_string("/proc/filesystems").unwrap().contains("\text4\n");
        if !known || !fs::exists("/dev/loop-control").unwrap() {
            return Err("the kernel has no ext4 or no loop devices".to_owned());
        }
        let image = temp::in_memory();
        image.as_file().set_len(len).unwrap();
        let mut command = Command::new("mkfs.ext4");
        command.args(["-q", "-F", "-b", "4096", "-m", "0", "-O", "^has_journal"]).arg(image.path());
        let made = command.env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin").status();
        match made {
            Ok(status) if status.success() => Ok(Self(image)),
            Ok(status) => Err(format!("mkfs.ext4: {status}")),
            Err(error) => Err(format!("mkfs.ext4: {error}")),
        }
    }

    /// Mounts it where only this child sees it. It is gone with the child.
    pub(crate) fn mount(&self, at: &Path) {
        go_private();
        let mut command = Command::new("mount");
        let done = command.args(["-t", "ext4", "-o", "loop"]).arg(self.0.path()).arg(at).status();
        assert!(done.is_ok_and(|status| status.success()), "mount: {}", self.0.path().display());
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
