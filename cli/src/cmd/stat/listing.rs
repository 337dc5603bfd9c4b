//! Listing one directory.

use std::{
    ffi::{OsStr, OsString},
    io,
    os::unix::ffi::OsStrExt as _,
    path::Path,
};

use rustix::{
    fs::{AtFlags, CWD, Dev, Dir, FileType, Mode, OFlags, Stat, openat, statat},
    io::retry_on_intr,
};

/// Opens a directory to list it and to open what is in it: so both are of the same one, and a name
/// there is looked up in a third less of the time than a whole path. One that was `listed` is not
/// followed where a symbolic link has taken its place.
pub(crate) fn open(path: &Path, listed: bool) -> io::Result<Dir> {
    let mut flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    flags.set(OFlags::NOFOLLOW, listed);
    Ok(Dir::new(retry_on_intr(|| openat(CWD, path, flags, Mode::empty()))?)?)
}

/// The files and directories in `dir` by name, and whether each is a directory; if there is a
/// `device`, without directories that are on another.
pub(crate) fn entries(
    dir: &mut Dir,
    device: Option<Dev>,
    mut fail: impl FnMut(io::Error),
) -> Vec<(OsString, bool)> {
    let mut entries = Vec::new();
    while let Some(entry) = dir.read() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                fail(error.into());
                continue;
            }
        };
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name == "." || name == ".." {
            continue;
        }
        let kind = match entry.file_type() {
            // Not every file system tells it here.
            FileType::Unknown => stat(dir, name).map(|stat| FileType::from_raw_mode(stat.st_mode)),
            kind => Ok(kind),
        };
        match kind {
            Ok(FileType::RegularFile) => entries.push((name.to_owned(), false)),
            Ok(FileType::Directory) if device.is_none() || device == device_of(dir, name) => {
                entries.push((name.to_owned(), true));
            }
            Ok(_) => {}
            Err(error) => fail(error),
        }
    }
    entries.sort_unstable_by(|(a, _), (b, _)| OsStr::cmp(a, b));
    entries
}

fn device_of(dir: &Dir, name: &OsStr) -> Option<Dev> {
    stat(dir, name).ok().map(|stat| stat.st_dev)
}

/// Without following links.
fn stat(dir: &Dir, name: &OsStr) -> io::Result<Stat> {
    Ok(statat(dir.fd()?, name, AtFlags::SYMLINK_NOFOLLOW)?)
}

#[cfg(test)]
mod tests {
    use super::{super::probe::has_gone, *};

    #[test]
    fn what_has_taken_the_place_of_a_listed_directory_is_not_listed() {
        let root = tempfile::tempdir().unwrap();
        let [link, file, gone] = ["link", "file", "gone"].map(|name| root.path().join(name));
        std::os::unix::fs::symlink(".", &link).unwrap();
        std::fs::write(&file, "").unwrap();
        for path in [&link, &file, &gone] {
            let error = open(path, true).unwrap_err();
            assert!(has_gone(&error), "{}: {error}", path.display());
        }
        let mut followed = open(&link, false).unwrap();
        let entries = entries(&mut followed, None, |error| panic!("{error}"));
        assert_eq!(entries, [("file".into(), false)]);
    }
}
