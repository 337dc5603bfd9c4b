//! A line of `/proc/PID/maps`, and what the names in it mean.
//!
//! ```text
//! 7f6c1b200000-7f6c1b222000 r-xp 00026000 fe:00 1234                       /usr/lib/libc.so.6
//! start        end          perms offset  device inode                     name
//! ```

use std::{
    borrow::{Cow, ToOwned},
    ffi::{OsStr, OsString},
    os::unix::ffi::OsStrExt,
    path::PathBuf,
    vec::Vec,
};

use super::super::maps::{FileId, Mapping, Name};
use crate::sys::mman::ProtFlags;

/// The mapping of a line, and its name as it stands there; `None` if it is no such line.
#[inline]
pub(super) fn parse(line: &[u8]) -> Option<(Mapping, &[u8])> {
    let (start, rest) = hex(line)?;
    let (end, rest) = hex(rest.strip_prefix(b"-")?)?;
    let (perms, rest) = rest.strip_prefix(b" ")?.split_first_chunk::<4>()?;
    let (protection, shared) = rights(perms)?;
    let (offset, file, rest) = match rest.strip_prefix(NO_FILE) {
        Some(rest) if rest.first().is_none_or(|byte| *byte == b' ') => (0, None, rest),
        _ => contents(rest)?,
    };
    let name = match rest.split_first() {
        None => rest,
        Some((b' ', rest)) => {
            let from = rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len());
            rest.get(from..)?
        }
        Some(_) => return None,
    };
    let (page_size, not_asked) = (None, Name::NotAsked);
    let mapping =
        Mapping { start, end, protection, shared, offset, file, page_size, name: not_asked };
    (start < end).then_some((mapping, name))
}

/// What the kernel tells of most mappings: it is not looked at digit by digit.
const NO_FILE: &[u8] = b" 00000000 00:00 0";

/// Offset, device and inode.
fn contents(rest: &[u8]) -> Option<(u64, Option<FileId>, &[u8])> {
    let (offset, rest) = hex(rest.strip_prefix(b" ")?)?;
    let (major, rest) = hex(rest.strip_prefix(b" ")?)?;
    let (minor, rest) = hex(rest.strip_prefix(b":")?)?;
    let (inode, rest) = decimal(rest.strip_prefix(b" ")?)?;
    Some((offset, file_id(major.try_into().ok()?, minor.try_into().ok()?, inode), rest))
}

/// Without a file the kernel tells zeros.
pub(super) fn file_id(device_major: u32, device_minor: u32, inode: u64) -> Option<FileId> {
    let none = (device_major, device_minor, inode) == (0, 0, 0);
    (!none).then_some(FileId { device_major, device_minor, inode })
}

/// `rwxp`, with `-` for what is not allowed and `s` in place of `p` for shared.
fn rights(perms: &[u8; 4]) -> Option<(ProtFlags, bool)> {
    let mut protection = ProtFlags::empty();
    let rights =
        [(b'r', ProtFlags::PROT_READ), (b'w', ProtFlags::PROT_WRITE), (b'x', ProtFlags::PROT_EXEC)];
    for (byte, (letter, right)) in perms.iter().zip(rights) {
        match *byte {
            b'-' => {}
            byte if byte == letter => protection |= right,
            _ => return None,
        }
    }
    match perms.last()? {
        b's' => Some((protection, true)),
        b'p' => Some((protection, false)),
        _ => None,
    }
}

/// The number in hexadecimal at the start of `text`, without a sign, and what follows it.
#[inline]
fn hex(text: &[u8]) -> Option<(u64, &[u8])> {
    let (mut value, mut len) = (0_u64, 0);
    for byte in text {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            _ => break,
        };
        if value >> 60 != 0 {
            return None;
        }
        value = value << 4 | u64::from(digit);
        len += 1;
    }
    if len == 0 { None } else { Some((value, text.get(len..)?)) }
}

/// The same in decimal.
#[inline]
fn decimal(text: &[u8]) -> Option<(u64, &[u8])> {
    let (mut value, mut len) = (0_u64, 0);
    for byte in text.iter().take_while(|byte| byte.is_ascii_digit()) {
        value = value.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
        len += 1;
    }
    if len == 0 { None } else { Some((value, text.get(len..)?)) }
}

/// How the kernel writes a line feed of a name; it escapes nothing else.
const LINE_FEED: &[u8] = b"\\012";

/// Whether a name of the text has in it what may be a line feed, or just what it looks like.
fn may_be_escaped(name: &[u8]) -> bool {
    name.contains(&b'\\') && name.windows(LINE_FEED.len()).any(|bytes| bytes == LINE_FEED)
}

/// A name of the text as it is: borrowed if nothing in it looks like an escape.
pub(super) fn unescape(name: &[u8]) -> Cow<'_, [u8]> {
    if !may_be_escaped(name) {
        return Cow::Borrowed(name);
    }
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((byte, behind)) = rest.split_first() {
        if let Some(behind) = rest.strip_prefix(LINE_FEED) {
            plain.push(b'\n');
            rest = behind;
        } else {
            plain.push(*byte);
            rest = behind;
        }
    }
    Cow::Owned(plain)
}

/// What the kernel's name for a mapping means.
pub(super) fn meaning(name: &[u8], shared: bool) -> Name {
    let (path, deleted) = match name.strip_suffix(b" (deleted)") {
        Some(path) => (path, true),
        None => (name, false),
    };
    match path {
        b"" if !deleted => Name::Anonymous,
        b"/dev/zero" if deleted => Name::SharedAnonymous,
        b"/anon_hugepage" if deleted && shared => Name::SharedAnonymous,
        b"/anon_hugepage" if deleted => Name::Anonymous,
        [b'/', ..] => in_a_file_system(path, deleted),
        b"[heap]" => Name::Heap,
        b"[stack]" => Name::Stack,
        b"[vdso]" => Name::Vdso,
        _ => match given(name) {
            Some(given) => Name::Named(owned(given)),
            None => Name::Other(owned(name)),
        },
    }
}

/// The name that the program gave: `[anon:NAME]`, or `[anon_shmem:NAME]` if it is shared.
fn given(name: &[u8]) -> Option<&[u8]> {
    let name = name.strip_suffix(b"]")?;
    name.strip_prefix(b"[anon:").or_else(|| name.strip_prefix(b"[anon_shmem:"))
}

fn in_a_file_system(path: &[u8], deleted: bool) -> Name {
    if deleted {
        if let Some(name) = path.strip_prefix(b"/memfd:") {
            return Name::Memfd(owned(name));
        }
        let key = path.strip_prefix(b"/SYSV").filter(|digits| digits.len() == 8);
        if let Some((key, [])) = key.and_then(hex) {
            return Name::SysV(key as u32);
        }
    }
    Name::File { path: PathBuf::from(owned(path)), deleted }
}

fn owned(bytes: &[u8]) -> OsString {
    OsStr::from_bytes(bytes).to_owned()
}

#[cfg(test)]
#[path = "maps_text_tests.rs"]
mod tests;
