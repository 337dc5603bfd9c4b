//! [`NixPath`]: names as C strings.

use core::{ffi::CStr, mem::MaybeUninit, slice};

#[cfg(feature = "std")]
use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use crate::{Result, errno::Errno};

/// The longest name that is copied to the stack for a system call, with its NUL.
const PATH_MAX: usize = libc::PATH_MAX as usize;

/// Names shorter than this are copied to a small buffer.
const SHORT: usize = 256;

/// A name that can be handed to the system as a C string.
///
/// Nothing is allocated: the name is copied to the stack, unless it is a C string already.
///
/// # Examples
///
/// ```
/// use mman::{Error, NixPath};
///
/// assert_eq!("/shm".with_nix_path(|name| name.to_bytes().len()), Ok(4));
/// assert_eq!("a\0b".with_nix_path(|_| ()), Err(Error::EINVAL));
/// assert_eq!("x".repeat(5000).as_str().with_nix_path(|_| ()), Err(Error::ENAMETOOLONG));
/// ```
pub trait NixPath {
    /// Whether the name is empty.
    fn is_empty(&self) -> bool;

    /// The name's length in bytes.
    fn len(&self) -> usize;

    /// Calls `f` with the name as a C string.
    ///
    /// # Errors
    ///
    /// - `ENAMETOOLONG`: the name has `PATH_MAX` bytes or more.
    /// - `EINVAL`: there is a NUL inside the name.
    fn with_nix_path<T, F>(&self, f: F) -> Result<T>
    where
        F: FnOnce(&CStr) -> T;
}

impl NixPath for [u8] {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn len(&self) -> usize {
        self.len()
    }

    #[inline]
    fn with_nix_path<T, F>(&self, f: F) -> Result<T>
    where
        F: FnOnce(&CStr) -> T,
    {
        if self.len() < SHORT {
            copied::<SHORT, T, F>(self, f)
        } else if self.len() < PATH_MAX {
            long(self, f)
        } else {
            Err(Errno::ENAMETOOLONG)
        }
    }
}

/// Apart, so that the common case does not carry a large stack frame.
#[cold]
#[inline(never)]
fn long<T, F: FnOnce(&CStr) -> T>(name: &[u8], f: F) -> Result<T> {
    copied::<PATH_MAX, T, F>(name, f)
}

/// Copies a name of less than `N` bytes to the stack.
#[inline]
fn copied<const N: usize, T, F: FnOnce(&CStr) -> T>(name: &[u8], f: F) -> Result<T> {
    let mut buffer = [MaybeUninit::<u8>::uninit(); N];
    let with_nul = name.iter().chain(&[0]);
    for (to, from) in buffer.iter_mut().zip(with_nul) {
        to.write(*from);
    }
    // SAFETY: the first `name.len() + 1 <= N` bytes have just been written.
    let bytes = unsafe { slice::from_raw_parts(buffer.as_ptr().cast::<u8>(), name.len() + 1) };
    CStr::from_bytes_with_nul(bytes).map(f).map_err(|_| Errno::EINVAL)
}

impl NixPath for CStr {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn len(&self) -> usize {
        self.count_bytes()
    }

    fn with_nix_path<T, F>(&self, f: F) -> Result<T>
    where
        F: FnOnce(&CStr) -> T,
    {
        if NixPath::len(self) < PATH_MAX { Ok(f(self)) } else { Err(Errno::ENAMETOOLONG) }
    }
}

/// Implements the trait by way of another view of the same name.
macro_rules! view {
    ($($Name:ty as $view:expr;)+) => { $(
        impl NixPath for $Name {
            fn is_empty(&self) -> bool {
                let view: fn(&Self) -> &[u8] = $view;
                view(self).is_empty()
            }

            fn len(&self) -> usize {
                let view: fn(&Self) -> &[u8] = $view;
                view(self).len()
            }

            #[inline]
            fn with_nix_path<T, F>(&self, f: F) -> Result<T>
            where
                F: FnOnce(&CStr) -> T,
            {
                let view: fn(&Self) -> &[u8] = $view;
                view(self).with_nix_path(f)
            }
        }
    )+ };
}

view! {
    str as str::as_bytes;
}

#[cfg(feature = "std")]
view! {
    OsStr as OsStr::as_bytes;
    Path as |path| path.as_os_str().as_bytes();
    PathBuf as |path| path.as_os_str().as_bytes();
}

/// No name is the empty name.
impl<P: ?Sized + NixPath> NixPath for Option<&P> {
    fn is_empty(&self) -> bool {
        self.is_none_or(NixPath::is_empty)
    }

    fn len(&self) -> usize {
        self.map_or(0, NixPath::len)
    }

    fn with_nix_path<T, F>(&self, f: F) -> Result<T>
    where
        F: FnOnce(&CStr) -> T,
    {
        match self {
            Some(name) => name.with_nix_path(f),
            None => Ok(f(c"")),
        }
    }
}
