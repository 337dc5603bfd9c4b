//! `NixPath`: names of every type, and a type of one's own.

use std::ffi::{CStr, CString, OsStr};
use std::path::{Path, PathBuf};

use nix::{NixPath, Result};

/// A type of the dependent's own that is a name.
#[derive(Debug)]
pub struct Own(pub CString);

impl NixPath for Own {
    fn is_empty(&self) -> bool {
        self.0.as_bytes().is_empty()
    }

    fn len(&self) -> usize {
        self.0.as_bytes().len()
    }

    fn with_nix_path<T, F>(&self, f: F) -> Result<T>
    where
        F: FnOnce(&CStr) -> T,
    {
        Ok(f(&self.0))
    }
}

fn seen<P: ?Sized + NixPath>(name: &P) -> String {
    let bytes = name.with_nix_path(|c| (c.to_bytes().len(), c.to_bytes().last().copied()));
    format!("{} {} {bytes:?}", name.is_empty(), name.len())
}

/// What names of every type and length are turned into.
pub fn all() -> Vec<String> {
    let mut to = Vec::new();
    let lengths = [0, 1, 254, 255, 256, 257, 1023, 1024, 4094, 4095, 4096, 5000];
    for name in lengths.map(|length| "n".repeat(length)) {
        to.push(seen(name.as_str()));
        to.push(seen(name.as_bytes()));
        to.push(seen(OsStr::new(&name)));
        to.push(seen(Path::new(&name)));
        to.push(seen(&PathBuf::from(&name)));
        to.extend(CString::new(name).iter().map(|name| seen(name.as_c_str())));
    }
    for name in ["a\0b", "\0", "a\0"] {
        to.extend([seen(name), seen(name.as_bytes()), seen(Path::new(name))]);
    }
    to.push(seen("n\0".repeat(3000).as_str()));
    to.extend(CString::new("own").map(|name| seen(&Own(name))));
    to
}
