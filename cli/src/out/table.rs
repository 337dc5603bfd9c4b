//! The table of files: for people.

use std::{
    fmt,
    io::{self, BufWriter, IsTerminal as _, Write},
    path::PathBuf,
};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use super::sanitize::Sanitized;
use crate::cmd::stat::{Figures, Row, Total};

const HEADER: Style = Style::new().bold().underline();
const TOTAL: Style = Style::new().bold();
const BAR: Style = AnsiColor::Green.on_default();

/// A column of sizes.
struct Column {
    title: &'static str,
    number: fn(&Figures) -> Option<u64>,
    width: usize,
    /// Whether there is a number other than 0: a column without one only takes room.
    told: bool,
}

/// How the table looks.
struct Layout {
    /// The columns before the percentage, and after it.
    front: Vec<Column>,
    back: Vec<Column>,
    /// The cells of the bar; 0 is no bar.
    bar: usize,
    unit: fn(u64) -> Size,
    color: bool,
}

/// Writes a header, a line for each file, and the total.
pub(crate) fn write(rows: &[Row<'_>], total: &Total, bytes: bool) -> io::Result<()> {
    let stdout = io::stdout().lock();
    let unit = if bytes { Size::Exact } else { Size::human };
    let [mut front, mut back] =
        [FRONT, BACK].map(|columns| columns.iter().map(Column::new).collect::<Vec<_>>());
    for figures in rows.iter().map(Row::figures).chain([&total.figures]) {
        front.iter_mut().chain(&mut back).for_each(|column| column.fit(figures, unit));
    }
    back.retain(|column| column.told);
    let layout = Layout {
        front,
        back,
        bar: if stdout.is_terminal() { bar_width() } else { 0 },
        unit,
        color: AutoStream::choice(&stdout) != ColorChoice::Never,
    };
    let mut out = BufWriter::with_capacity(1 << 16, stdout);
    layout.header(&mut out)?;
    let mut path = PathBuf::new();
    for row in rows {
        layout.figures(&mut out, row.figures())?;
        out.write_all(b"  ")?;
        row.path_into(&mut path);
        Sanitized(path.as_os_str()).write(&mut out)?;
        out.write_all(b"\n")?;
    }
    let on = layout.style(TOTAL);
    write!(out, "{on}")?;
    layout.figures(&mut out, &total.figures)?;
    write!(out, "  {on}total of {}", Counted(total.files, "file"))?;
    if total.unknown != 0 {
        write!(out, ", {} unknown", total.unknown)?;
    }
    writeln!(out, "{on:#}")?;
    out.flush()
}

type Number = (&'static str, fn(&Figures) -> Option<u64>);

const FRONT: &[Number] =
    &[("SIZE", |figures| Some(figures.size)), ("RESIDENT", |figures| figures.resident)];

const BACK: &[Number] = &[
    ("DIRTY", |figures| figures.dirty),
    ("WRITEBACK", |figures| figures.writeback),
    ("EVICTED", |figures| figures.evicted),
    ("RECENT", |figures| figures.recently_evicted),
];

impl Column {
    /// A column as wide as its title.
    fn new(&(title, number): &Number) -> Self {
        Self { title, number, width: title.len(), told: false }
    }

    /// Makes it as wide as a number in it.
    fn fit(&mut self, figures: &Figures, unit: fn(u64) -> Size) {
        // What is 0 is no wider than a title.
        if let Some(size) = (self.number)(figures).filter(|size| *size != 0) {
            self.width = self.width.max(unit(size).width());
            self.told = true;
        }
    }
}

/// On a terminal of known width, a tenth of it.
fn bar_width() -> usize {
    terminal_size::terminal_size().map_or(0, |(width, _)| usize::from(width.0 / 10).clamp(5, 20))
}

impl Layout {
    fn style(&self, style: Style) -> Style {
        if self.color { style } else { Style::new() }
    }

    fn header(&self, out: &mut impl Write) -> io::Result<()> {
        let on = self.style(HEADER);
        write!(out, "{on}")?;
        for Column { title, width, .. } in &self.front {
            write!(out, "{title:>width$}  ")?;
        }
        write!(out, "PERCENT")?;
        if self.bar != 0 {
            write!(out, "  {:width$}", "", width = self.bar)?;
        }
        for Column { title, width, .. } in &self.back {
            write!(out, "  {title:>width$}")?;
        }
        writeln!(out, "  PATH{on:#}")
    }

    /// Writes all of a line but the path. There may be millions: `write!` would take longer than to
    /// ask the kernel for one of the numbers.
    fn figures(&self, out: &mut impl Write, figures: &Figures) -> io::Result<()> {
        for column in &self.front {
            self.size(out, column, figures)?;
            out.write_all(b"  ")?;
        }
        percent(out, figures)?;
        if self.bar != 0 {
            let on = self.style(BAR);
            write!(out, "  {on}")?;
            bar(out, figures, self.bar)?;
            write!(out, "{on:#}")?;
        }
        for column in &self.back {
            out.write_all(b"  ")?;
            self.size(out, column, figures)?;
        }
        Ok(())
    }

    fn size(&self, out: &mut impl Write, column: &Column, figures: &Figures) -> io::Result<()> {
        let width = column.width;
        match (column.number)(figures) {
            None => right(out, width, b"-"),
            Some(size) => (self.unit)(size).write(out, width),
        }
    }
}

/// A size as people read it.
enum Size {
    /// `1234`, in bytes.
    Exact(u64),
    /// `12 B`.
    Bytes(u64),
    /// `1.2 MiB`: tenths of a unit.
    Tenths(u64, &'static str),
}

impl Size {
    /// In the largest unit that `size` has one of.
    fn human(size: u64) -> Self {
        if size < 1024 {
            return Self::Bytes(size);
        }
        let tenths = |log2: u32| ((u128::from(size) * 10 + (1 << (log2 - 1))) >> log2) as u64;
        let mut number = tenths(10);
        let mut unit = "KiB";
        for (log2, larger) in [(20, "MiB"), (30, "GiB"), (40, "TiB"), (50, "PiB"), (60, "EiB")] {
            // What would round to 1024.0 is one of the next unit.
            if number < 10240 {
                break;
            }
            (number, unit) = (tenths(log2), larger);
        }
        Self::Tenths(number, unit)
    }

    /// How many characters it is written with.
    fn width(&self) -> usize {
        let digits = |number: u64| number.checked_ilog10().unwrap_or(0) as usize + 1;
        match self {
            Self::Exact(size) => digits(*size),
            Self::Bytes(size) => digits(*size) + " B".len(),
            Self::Tenths(tenths, unit) => digits(tenths / 10) + ".0 ".len() + unit.len(),
        }
    }

    fn write(&self, out: &mut impl Write, width: usize) -> io::Result<()> {
        spaces(out, width.saturating_sub(self.width()))?;
        match self {
            Self::Exact(size) => decimal(out, *size),
            Self::Bytes(size) => {
                decimal(out, *size)?;
                out.write_all(b" B")
            }
            Self::Tenths(tenths, unit) => {
                decimal(out, tenths / 10)?;
                out.write_all(&[b'.', digit(*tenths), b' '])?;
                out.write_all(unit.as_bytes())
            }
        }
    }
}

/// Writes a text behind so many spaces that both take `width`.
fn right(out: &mut impl Write, width: usize, text: &[u8]) -> io::Result<()> {
    spaces(out, width.saturating_sub(text.len()))?;
    out.write_all(text)
}

fn spaces(out: &mut impl Write, mut count: usize) -> io::Result<()> {
    const SPACES: &[u8] = &[b' '; 32];
    while let Some(some) = SPACES.get(..count.min(SPACES.len())).filter(|some| !some.is_empty()) {
        out.write_all(some)?;
        count -= some.len();
    }
    Ok(())
}

fn decimal(out: &mut impl Write, mut number: u64) -> io::Result<()> {
    let mut digits = [0; 20];
    let mut first = digits.len();
    for place in digits.iter_mut().rev() {
        *place = digit(number);
        number /= 10;
        first -= 1;
        if number == 0 {
            break;
        }
    }
    out.write_all(digits.get(first..).unwrap_or_default())
}

/// The last digit of a number.
fn digit(number: u64) -> u8 {
    b'0' + (number % 10) as u8
}

/// Writes a percentage of 7 characters that is 0 or 100 only if that is exact.
fn percent(out: &mut impl Write, figures: &Figures) -> io::Result<()> {
    match figures.resident_of(1000) {
        None => right(out, 7, b"-"),
        Some(0) if figures.resident != Some(0) => right(out, 7, b"<0.1%"),
        Some(1000) => right(out, 7, b"100.0%"),
        Some(tenths) => {
            spaces(out, if tenths < 100 { 3 } else { 2 })?;
            decimal(out, tenths / 10)?;
            out.write_all(&[b'.', digit(tenths), b'%'])
        }
    }
}

/// Writes a bar of `width` cells in eighths of a cell; what is not nothing shows.
fn bar(out: &mut impl Write, figures: &Figures, width: usize) -> io::Result<()> {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = match figures.resident_of(width as u64 * 8) {
        Some(0) if figures.resident != Some(0) => 1,
        eighths => eighths.unwrap_or(0) as usize,
    };
    let part = PARTS.get(eighths % 8).copied().unwrap_or_default();
    let cells = eighths.div_ceil(8);
    write!(out, "{:█<full$}{part}{:rest$}", "", "", full = eighths / 8, rest = width - cells)
}

/// A number of things.
struct Counted(u64, &'static str);

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn file(resident: u64, pages: u64) -> Figures {
        Figures { resident: Some(resident), pages, ..Figures::default() }
    }

    #[test]
    fn sizes_round_to_the_nearest_tenth() {
        for (size, shown) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1024 + 51, "1.0 KiB"),
            (1024 + 52, "1.1 KiB"),
            ((1 << 20) - 52, "1023.9 KiB"),
            ((1 << 20) - 51, "1.0 MiB"),
            ((1 << 30) - 1, "1.0 GiB"),
            (5 << 40, "5.0 TiB"),
            (u64::MAX, "16.0 EiB"),
        ] {
            let size = Size::human(size);
            assert_eq!(text(|out| size.write(out, 0)), shown);
            assert_eq!(size.width(), shown.len(), "{shown}");
            assert_eq!(text(|out| size.write(out, 12)), format!("{shown:>12}"));
        }
    }

    #[test]
    fn none_and_all_are_shown_only_if_exact() {
        for (resident, shown) in [
            (0, "0.0%"),
            (1, "<0.1%"),
            (99, "<0.1%"),
            (100, "0.1%"),
            (29_000, "29.0%"),
            (99_999, "99.9%"),
            (100_000, "100.0%"),
            (200_000, "100.0%"),
        ] {
            let figures = file(resident, 100_000);
            assert_eq!(text(|out| percent(out, &figures)), format!("{shown:>7}"), "{resident}");
        }
        assert_eq!(text(|out| percent(out, &file(0, 0))), "      -");
        assert_eq!(text(|out| percent(out, &Figures::default())), "      -");
    }

    #[test]
    fn a_bar_has_its_width_whatever_it_shows() {
        for resident in 0..=1000 {
            let bar = text(|out| bar(out, &file(resident, 1000), 7));
            assert_eq!(bar.chars().count(), 7, "{resident}: {bar}");
        }
        assert_eq!(text(|out| bar(out, &file(1, 1000), 4)), "▏   ");
        assert_eq!(text(|out| bar(out, &file(500, 1000), 4)), "██  ");
        assert_eq!(text(|out| bar(out, &file(1000, 1000), 4)), "████");
        assert_eq!(text(|out| bar(out, &Figures::default(), 4)), "    ");
    }
}
