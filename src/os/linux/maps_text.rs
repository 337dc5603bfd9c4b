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

use super::{
    super::{
        maps::{FileId, Mapping, Name},
        page_size,
    },
    lines::line_len,
};
use crate::sys::mman::ProtFlags;

/// What a line says, which has become no [`Mapping`] yet.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) protection: ProtFlags,
    pub(super) shared: bool,
    pub(super) offset: u64,
    pub(super) file: Option<FileId>,
    /// As it stands there.
    pub(super) name: &'a [u8],
    /// How many bytes it has without its line feed.
    pub(super) len: usize,
}

impl Line<'_> {
    /// Whether its mapping is to be told: unless that ends below `told` or is the kernel's own, which a
    /// query does not find either.
    #[inline]
    pub(super) fn is_told(&self, told: u64) -> bool {
        self.end > told && self.name != b"[vsyscall]"
    }

    /// Whether its pages are of the system's size. Those of a file system without a disk may be others.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.file.is_none_or(|file| file.device_major != 0)
    }

    /// Whether its name has in it what may be a line feed, or just what it looks like.
    pub(super) fn may_be_escaped(&self) -> bool {
        may_be_escaped(self.name)
    }

    /// What its name means, if that is asked for.
    pub(super) fn meaning(&self, named: bool) -> Name {
        if named { meaning(&unescape(self.name), self.shared) } else { Name::NotAsked }
    }

    /// The mapping with this name.
    #[inline]
    pub(super) fn mapping(&self, name: Name) -> Mapping {
        Mapping {
            start: self.start,
            end: self.end,
            protection: self.protection,
            shared: self.shared,
            offset: self.offset,
            file: self.file,
            page_size: self.is_plain().then(|| page_size() as u64),
            name,
        }
    }
}

/// The first line of a text; `None` if it is no such line.
// Always in place: a line that is written to memory and read again, in pieces of other sizes, takes
// longer than to read its text.
#[inline(always)]
pub(super) fn parse(text: &[u8]) -> Option<Line<'_>> {
    let (start, rest) = hex(text)?;
    let (end, rest) = hex(rest.strip_prefix(b"-")?)?;
    let (perms, rest) = rest.strip_prefix(b" ")?.split_first_chunk::<4>()?;
    let (protection, shared) = rights(perms)?;
    let (offset, file, rest) = match rest.strip_prefix(NO_FILE) {
        Some(rest) if rest.first().is_none_or(|byte| *byte == b' ') => (0, None, rest),
        _ => contents(rest)?,
    };
    let name = match rest.split_first() {
        None | Some((b'\n', _)) => rest,
        Some((b' ', rest)) => {
            let from = rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len());
            rest.get(from..)?
        }
        Some(_) => return None,
    };
    let before = text.len() - name.len();
    let (name, _) = name.split_at_checked(line_len(name))?;
    let len = before + name.len();
    (start < end).then_some(Line { start, end, protection, shared, offset, file, name, len })
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

/// What each byte counts as a digit in hexadecimal, else 255. A number's digits are letters or not by
/// chance, which no processor foretells: so none is asked which it is.
#[allow(clippy::indexing_slicing, reason = "out of bounds it would not compile")]
const DIGITS: [u8; 256] = {
    let mut digits = [255; 256];
    let mut value = 0;
    while value < 16 {
        let (small, large) = (b"0123456789abcdef"[value], b"0123456789ABCDEF"[value]);
        (digits[small as usize], digits[large as usize]) = (value as u8, value as u8);
        value += 1;
    }
    digits
};

/// The number in hexadecimal at the start of `text`, without a sign, and what follows it.
#[inline]
fn hex(text: &[u8]) -> Option<(u64, &[u8])> {
    let (mut value, mut len) = (0_u64, 0);
    for byte in text {
        let digit = *DIGITS.get(usize::from(*byte))?;
        if digit > 15 {
            break;
        }
        value = value << 4 | u64::from(digit);
        len += 1;
    }
    let (number, rest) = text.split_at_checked(len)?;
    let is_lost = |digits: &[u8]| digits.iter().any(|digit| *digit != b'0');
    if len == 0 || len > 16 && is_lost(number.get(..len - 16)?) {
        None
    } else {
        Some((value, rest))
    }
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
fn unescape(name: &[u8]) -> Cow<'_, [u8]> {
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
