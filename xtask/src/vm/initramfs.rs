//! An initramfs: a `cpio` archive in the form that the kernel calls `newc`.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use crate::Result;

const DIRECTORY: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;

/// Writes an archive of `init`, of these files, and of the directories that a system needs.
pub(super) fn write(image: &Path, init: &str, files: &[(String, PathBuf)]) -> Result {
    let mut archive = Vec::new();
    let mut directories: BTreeSet<&str> = ["dev", "proc", "sys", "tmp"].into();
    directories.extend(files.iter().filter_map(|(name, _)| name.rsplit_once('/')).map(|cut| cut.0));
    for directory in directories {
        entry(&mut archive, directory, DIRECTORY, &[]);
    }
    entry(&mut archive, "init", PROGRAM, init.as_bytes());
    for (name, path) in files {
        let content = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        entry(&mut archive, name, PROGRAM, &content);
    }
    entry(&mut archive, "TRAILER!!!", 0, &[]);
    let mut file =
        fs::File::create(image).map_err(|error| format!("{}: {error}", image.display()))?;
    file.write_all(&archive).map_err(|error| format!("{}: {error}", image.display()))
}

fn entry(archive: &mut Vec<u8>, name: &str, mode: u32, content: &[u8]) {
    let [inode, owner, group, links, time, device, check] = [0_u32, 0, 0, 1, 0, 0, 0];
    let (size, name_size) = (content.len(), name.len() + 1);
    let header = format!(
        "070701{inode:08x}{mode:08x}{owner:08x}{group:08x}{links:08x}{time:08x}{size:08x}\
         {device:08x}{device:08x}{device:08x}{device:08x}{name_size:08x}{check:08x}{name}\0"
    );
    archive.extend_from_slice(header.as_bytes());
    pad(archive);
    archive.extend_from_slice(content);
    pad(archive);
}

/// Each part begins at a multiple of four bytes.
fn pad(archive: &mut Vec<u8>) {
    archive.resize(archive.len().next_multiple_of(4), 0);
}
