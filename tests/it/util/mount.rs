//! File systems of a child's own.

use std::ffi::CString;

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
pub(crate) fn in_place_of(at: &str, file: &std::path::Path) {
    use std::os::unix::ffi::OsStrExt as _;
    let (at, file) = (CString::new(at).unwrap(), file.as_os_str().as_bytes());
    let file = CString::new(file).unwrap();
    let nothing = std::ptr::null();
    go_private();
    let mounted =
        unsafe { libc::mount(file.as_ptr(), at.as_ptr(), nothing, libc::MS_BIND, nothing.cast()) };
    assert_eq!(0, mounted, "{file:?}: {}", std::io::Error::last_os_error());
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
