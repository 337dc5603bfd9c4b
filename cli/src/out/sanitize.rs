//! Names of files in text for people.

use std::{
    ffi::OsStr,
    fmt,
    io::{self, Write},
    os::unix::ffi::OsStrExt as _,
};

/// A name that cannot steer a terminal or break a line: as it is, but with escapes for control
/// characters (`\n`, `\u{1b}`), marks that turn the direction of writing, bytes that are no UTF-8
/// (`\xff`), and the backslash, so that no name looks like another's escapes.
pub(crate) struct Sanitized<'a>(pub(crate) &'a OsStr);

impl Sanitized<'_> {
    /// As `write!`, but most names, which need no escapes, in one piece.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let name = self.0.as_bytes();
        match name.iter().all(|byte| matches!(byte, b' '..=b'~') && *byte != b'\\') {
            true => out.write_all(name),
            false => write!(out, "{self}"),
        }
    }
}

impl fmt::Display for Sanitized<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.as_bytes().utf8_chunks() {
            let mut rest = chunk.valid();
            while let Some(at) = rest.find(unsafe_to_print) {
                let (plain, tail) = rest.split_at(at);
                f.write_str(plain)?;
                let mut tail = tail.chars();
                for char in tail.by_ref().take(1) {
                    write!(f, "{}", char.escape_default())?;
                }
                rest = tail.as_str();
            }
            f.write_str(rest)?;
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

fn unsafe_to_print(char: char) -> bool {
    match char {
        '\\' => true,
        ' '..='~' => false,
        // Line and paragraph separators; marks, embeddings, overrides and isolates of direction.
        '\u{2028}' | '\u{2029}' => true,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        char => char.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &[u8]) -> String {
        let name = Sanitized(OsStr::from_bytes(name));
        let mut written = Vec::new();
        name.write(&mut written).unwrap();
        assert_eq!(written, name.to_string().as_bytes());
        name.to_string()
    }

    #[test]
    fn plain_names_stay() {
        for name in ["", "a b", "Grüße/日本語", "'\"$"] {
            assert_eq!(shown(name.as_bytes()), name);
        }
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(shown(b"a\nb\tc\x1b[31m\x7f"), r"a\nb\tc\u{1b}[31m\u{7f}");
        assert_eq!(shown("\u{9b}x\u{202e}y".as_bytes()), r"\u{9b}x\u{202e}y");
    }

    #[test]
    fn bytes_that_are_no_utf8_are_escaped() {
        assert_eq!(shown(b"a\xff\xc3b"), r"a\xff\xc3b");
    }

    #[test]
    fn different_names_look_different() {
        assert_eq!(shown(br"a\nb"), r"a\\nb");
        assert_eq!(shown(br"\xff"), r"\\xff");
    }
}
