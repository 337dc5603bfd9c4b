//! File systems of a child's own.

use std::ffi::CString;

/// Mounts a file system where only this child sees it. It is gone with the child.
pub(crate) fn privately(kind: &str, at: &str, options: &str) {
    privately_with(kind, at, 0, options);
}

/// [`privately`] with flags: `MS_NOEXEC` and the like.
pub(crate) fn privately_with(kind: &str, at: &str, flags: libc::c_ulong, options: &str) {
    let [kind, at, options] = [kind, at, options].map(|text| CString::new(text).unwrap());
    let nothing = std::ptr::null();
    let private = libc::MS_REC | libc::MS_PRIVATE;
    unsafe {
        assert_eq!(0, libc::unshare(libc::CLONE_NEWNS));
        let root = c"/".as_ptr();
        assert_eq!(0, libc::mount(nothing, root, nothing, private, nothing.cast()));
        let mounted =
            libc::mount(kind.as_ptr(), at.as_ptr(), kind.as_ptr(), flags, options.as_ptr().cast());
        assert_eq!(0, mounted, "{kind:?}: {}", std::io::Error::last_os_error());
    }
}
