//! How sets of flags are written and read: `MAP_PRIVATE | MAP_HUGETLB | MAP_HUGE_2MB | 0x8`.

use core::fmt;

/// What a set of flags tells of itself so that it can be written and read.
pub(crate) trait FlagText: Copy + 'static {
    /// Every name with its value; of names that overlap, the one with more bits first.
    const NAMES: &'static [(&'static str, Self)];
    /// The fields of several bits.
    const FIELDS: &'static [Field];
    /// No bit set.
    const ZERO: Self;

    /// The bits; those beyond the C type are zero.
    fn to_u64(self) -> u64;

    /// The set of exactly these bits; `None` where the C type is too narrow for them.
    fn from_u64(bits: u64) -> Option<Self>;
}

/// A field of several bits in a C flag word: its values are a number, not flags.
#[derive(Copy, Clone)]
pub(crate) struct Field {
    /// The field's bits.
    mask: u64,
    /// What the C names of its values start with.
    prefix: &'static str,
    /// Writes the rest of the name of a value that is not zero and has no constant.
    write: fn(u64, &mut fmt::Formatter<'_>) -> fmt::Result,
    /// Reads what `write` has written.
    read: fn(&str) -> Option<u64>,
}

impl Field {
    const fn shift(&self) -> u32 {
        self.mask.trailing_zeros()
    }
}

/// Linux: the binary logarithm of a huge page's size, in bits 26 to 31.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) const HUGE_SIZE: Field =
    Field { mask: 0x3f << 26, prefix: "MAP_HUGE_", write: write_size, read: read_size };

/// Linux and FreeBSD: the same, under the names of `memfd_create`.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub(crate) const MEMFD_HUGE_SIZE: Field =
    Field { mask: 0x3f << 26, prefix: "MFD_HUGE_", write: write_size, read: read_size };

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
fn write_size(log2: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (unit, name) = match log2 {
        0..10 => (0, "B"),
        10..20 => (10, "KB"),
        20..30 => (20, "MB"),
        _ => (30, "GB"),
    };
    write!(f, "{}{name}", 1_u64 << (log2 - unit))
}

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
fn read_size(text: &str) -> Option<u64> {
    let size = text.strip_suffix('B')?;
    let (number, unit) = match size.as_bytes().last()? {
        b'K' => (size.strip_suffix('K')?, 10),
        b'M' => (size.strip_suffix('M')?, 20),
        b'G' => (size.strip_suffix('G')?, 30),
        _ => (size, 0),
    };
    let number: u64 = number.parse().ok()?;
    let log2 = number.is_power_of_two().then(|| u64::from(number.trailing_zeros()) + unit)?;
    (log2 != 0 && log2 < 64).then_some(log2)
}

/// FreeBSD and NetBSD: the binary logarithm of a mapping's alignment, in bits 24 to 31.
#[cfg(any(target_os = "freebsd", target_os = "netbsd"))]
pub(crate) const ALIGNMENT: Field = Field {
    mask: 0xff << 24,
    prefix: "MAP_ALIGNED(",
    write: |log2, f| write!(f, "{log2})"),
    read: |text| {
        let log2 = text.strip_suffix(')')?.parse().ok()?;
        (log2 != 0 && log2 < 256).then_some(log2)
    },
};

/// FreeBSD: the greatest protection that a mapping can get, in bits 16 to 18.
#[cfg(any(target_os = "freebsd", test))]
pub(crate) const PROT_MAX: Field = Field {
    mask: 7 << 16,
    prefix: "PROT_MAX(",
    write: |prot, f| write_prot(prot, ") | PROT_MAX(", f),
    read: read_prot,
};

/// NetBSD: the protection that a mapping can get later, in bits 3 to 5.
#[cfg(any(target_os = "netbsd", test))]
pub(crate) const PROT_MPROTECT: Field = Field {
    mask: 7 << 3,
    prefix: "PROT_MPROTECT(",
    write: |prot, f| write_prot(prot, ") | PROT_MPROTECT(", f),
    read: read_prot,
};

#[cfg(any(target_os = "freebsd", target_os = "netbsd", test))]
const PROT: [(&str, u64); 3] = [("PROT_READ", 1), ("PROT_WRITE", 2), ("PROT_EXEC", 4)];

/// A word for each: a macro around several names would fall apart at their `|` when it is read.
#[cfg(any(target_os = "freebsd", target_os = "netbsd", test))]
fn write_prot(prot: u64, between: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut separator = "";
    for (name, _) in PROT.iter().filter(|(_, bit)| prot & bit != 0) {
        write!(f, "{separator}{name}")?;
        separator = between;
    }
    f.write_str(")")
}

#[cfg(any(target_os = "freebsd", target_os = "netbsd", test))]
fn read_prot(text: &str) -> Option<u64> {
    let word = text.strip_suffix(')')?;
    PROT.iter().find(|(name, _)| *name == word).map(|(_, bit)| *bit)
}

/// Writes the names in `flags`, each once, then the bits without a name in hexadecimal.
///
/// A name of value zero is written only where nothing else is.
pub(crate) fn write<F: FlagText>(flags: F, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let all = flags.to_u64();
    if all == 0 {
        let zero = F::NAMES.iter().find(|(_, flag)| flag.to_u64() == 0);
        return f.write_str(zero.map_or("(empty)", |(name, _)| name));
    }
    let plain = F::FIELDS.iter().fold(all, |bits, field| bits & !field.mask);
    let mut left = plain;
    let mut separator = "";
    for (name, flag) in F::NAMES {
        let bits = flag.to_u64();
        if bits & plain == bits && bits & left != 0 {
            left &= !bits;
            write!(f, "{separator}{name}")?;
            separator = " | ";
        }
    }
    let mut in_fields = all & !plain;
    for field in F::FIELDS {
        let bits = in_fields & field.mask;
        if bits != 0 {
            in_fields &= !bits;
            f.write_str(separator)?;
            match F::NAMES.iter().find(|(_, value)| value.to_u64() == bits) {
                Some((name, _)) => f.write_str(name)?,
                None => {
                    f.write_str(field.prefix)?;
                    (field.write)(bits >> field.shift(), f)?;
                }
            }
            separator = " | ";
        }
    }
    if left != 0 {
        write!(f, "{separator}{left:#x}")?;
    }
    Ok(())
}

/// Reads names and numbers separated by `|`, as [`write`] writes them, in any order.
pub(crate) fn parse<F: FlagText>(set: &'static str, text: &str) -> Result<F, ParseError> {
    let mut bits = 0;
    let mut at = 0;
    if text.trim().is_empty() {
        return Ok(F::ZERO);
    }
    for word in text.split('|') {
        let error = ParseError { set, at: at + word.len() - word.trim_start().len() };
        at += word.len() + 1;
        let fits = |new: &u64| F::from_u64(*new).is_some() && !collide::<F>(bits, *new);
        bits |= parse_word::<F>(word.trim()).filter(fits).ok_or(error)?;
    }
    F::from_u64(bits).ok_or(ParseError { set, at: 0 })
}

/// Whether two words give a field two values, which joined would be a third.
fn collide<F: FlagText>(bits: u64, new: u64) -> bool {
    F::FIELDS.iter().any(|field| {
        let (old, new) = (bits & field.mask, new & field.mask);
        old != 0 && new != 0 && old != new
    })
}

fn parse_word<F: FlagText>(word: &str) -> Option<u64> {
    if word == "(empty)" {
        return Some(0);
    }
    if let Some(hex) = word.strip_prefix("0x") {
        let digits = !hex.starts_with('+');
        return digits.then(|| u64::from_str_radix(hex, 16).ok())?;
    }
    let named = F::NAMES.iter().find(|(name, _)| *name == word).map(|(_, flag)| flag.to_u64());
    named.or_else(|| {
        F::FIELDS.iter().find_map(|field| {
            let value = (field.read)(word.strip_prefix(field.prefix)?)?;
            Some(value << field.shift())
        })
    })
}

/// Reads one of `names`.
pub(crate) fn choose<E: Copy>(
    set: &'static str,
    names: &[(&'static str, E)],
    text: &str,
) -> Result<E, ParseError> {
    let word = text.trim();
    let found = names.iter().find(|(name, _)| *name == word);
    found.map(|(_, value)| *value).ok_or(ParseError { set, at: 0 })
}

/// A text that names no flag or value of a set on this system.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct ParseError {
    pub(crate) set: &'static str,
    pub(crate) at: usize,
}

impl ParseError {
    /// The offset in bytes of the first word that is no name of the set.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.at
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "parse: the word at byte {} is no name of {} on this system", self.at, self.set)
    }
}

impl core::error::Error for ParseError {}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    struct Written(Field, u64);

    impl fmt::Display for Written {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0.prefix)?;
            (self.0.write)(self.1, f)
        }
    }

    /// On this system no set has these fields.
    #[test]
    fn protections_in_fields_survive_their_text() {
        assert_eq!("PROT_MAX(PROT_READ) | PROT_MAX(PROT_EXEC)", Written(PROT_MAX, 5).to_string());
        assert_eq!((16, 3), (PROT_MAX.shift(), PROT_MPROTECT.shift()));
        for field in [PROT_MAX, PROT_MPROTECT] {
            for prot in 1..8 {
                let text = Written(field, prot).to_string();
                let words = text.split(" | ").map(|word| word.strip_prefix(field.prefix).unwrap());
                let read = words.fold(0, |bits, word| bits | (field.read)(word).unwrap());
                assert_eq!(prot, read, "{text}");
            }
            for wrong in ["PROT_READ", ")", "PROT_NONE)", "PROT_READ))"] {
                assert_eq!(None, (field.read)(wrong));
            }
        }
    }
}
