//! The comparison, as the compiler makes it.

use crate::Row;

/// Which names of the headers must be offered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Extent {
    /// All of them.
    All,
    /// Those that are needed: what is offered must be right.
    Some,
}

/// Compares what the library offers with a table of what the headers say.
///
/// # Examples
///
/// ```
/// use mman_abi::{Extent, compare};
///
/// const _: () = compare(&[&[("MAP_FIXED", 0x10)]], &[("MAP_FIXED", 0x10)], Extent::All);
/// ```
///
/// A wrong number does not compile:
///
/// ```compile_fail
/// use mman_abi::{Extent, compare};
///
/// const _: () = compare(&[&[("MAP_FIXED", 0x11)]], &[("MAP_FIXED", 0x10)], Extent::All);
/// ```
///
/// # Panics
///
/// - A name that is offered has another number in the table, or is not there.
/// - A name of the table is not offered, although [`Extent::All`] of them must be.
/// - The table is not in the order of its names.
pub const fn compare(offered: &[&[Row]], table: &[Row], extent: Extent) {
    let mut i = 1;
    while i < table.len() {
        if !is_less(table[i - 1].0, table[i].0) {
            panic!("{}", Text::new(table[i].0).and(" is out of order in the table").as_str());
        }
        i += 1;
    }

    // More than any table has; a longer one is an index out of bounds.
    let mut found = [false; 1024];
    let mut part = 0;
    while part < offered.len() {
        let mut i = 0;
        while i < offered[part].len() {
            found[find(offered[part][i], table)] = true;
            i += 1;
        }
        part += 1;
    }

    let mut i = 0;
    while i < table.len() {
        if matches!(extent, Extent::All) && !found[i] {
            let text = Text::new(table[i].0).and(" is in the headers and not offered");
            panic!("{}", text.and(": offer it, or omit it in data/abi/omitted.csv").as_str());
        }
        i += 1;
    }
}

/// The place of a row in the table.
const fn find((name, here): Row, table: &[Row]) -> usize {
    let (mut low, mut high) = (0, table.len());
    while low < high {
        let middle = low.midpoint(high);
        if is_less(table[middle].0, name) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if low == table.len() || is_less(name, table[low].0) {
        panic!("{}", Text::new(name).and(" is not in the table of this target").as_str());
    }
    let there = table[low].1;
    if here != there {
        let text = Text::new(name).and(" is ").and_hex(here).and(" here and ").and_hex(there);
        panic!("{}", text.and(" in the headers").as_str());
    }
    low
}

/// Whether `a` comes before `b` in the order of bytes.
const fn is_less(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() {
        if a[i] != b[i] {
            return a[i] < b[i];
        }
        i += 1;
    }
    a.len() < b.len()
}

/// A message: `panic!` in a constant takes a `&str` and formats nothing.
struct Text {
    bytes: [u8; 256],
    len: usize,
}

impl Text {
    const fn new(text: &str) -> Self {
        Self { bytes: [0; 256], len: 0 }.and(text)
    }

    const fn and(mut self, text: &str) -> Self {
        let mut i = 0;
        while i < text.len() {
            self.bytes[self.len] = text.as_bytes()[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    const fn and_hex(mut self, number: u32) -> Self {
        self = self.and("0x");
        let mut digits = 1;
        while digits < 8 && number >> (4 * digits) != 0 {
            digits += 1;
        }
        while digits > 0 {
            digits -= 1;
            self.bytes[self.len] = b"0123456789abcdef"[(number >> (4 * digits)) as usize & 0xf];
            self.len += 1;
        }
        self
    }

    const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "?",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Row] = &[("A", 1), ("AB", 0x8800_0000), ("B", 0)];

    #[test]
    fn equal_rows_pass_in_any_order() {
        compare(&[&[("B", 0), ("A", 1)], &[("AB", 0x8800_0000)]], TABLE, Extent::All);
        compare(&[&[("AB", 0x8800_0000)]], TABLE, Extent::Some);
    }

    #[test]
    #[should_panic(expected = "AB is 0x88000001 here and 0x88000000 in the headers")]
    fn a_wrong_number_fails() {
        compare(&[&[("A", 1), ("AB", 0x8800_0001)]], TABLE, Extent::Some);
    }

    #[test]
    #[should_panic(expected = "B is 0x10 here and 0x0 in the headers")]
    fn numbers_are_written_without_leading_zeros() {
        compare(&[&[("B", 0x10)]], TABLE, Extent::Some);
    }

    #[test]
    #[should_panic(expected = "AA is not in the table of this target")]
    fn a_name_without_a_row_fails() {
        compare(&[&[("AA", 1)]], TABLE, Extent::Some);
    }

    #[test]
    #[should_panic(expected = "C is not in the table of this target")]
    fn a_name_beyond_the_last_row_fails() {
        compare(&[&[("C", 1)]], TABLE, Extent::Some);
    }

    #[test]
    #[should_panic(expected = "AB is in the headers and not offered")]
    fn a_row_that_is_not_offered_fails() {
        compare(&[&[("B", 0), ("A", 1)]], TABLE, Extent::All);
    }

    #[test]
    #[should_panic(expected = "A is out of order")]
    fn a_table_out_of_order_fails() {
        compare(&[], &[("B", 0), ("A", 1)], Extent::Some);
    }
}
