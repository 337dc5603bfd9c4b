//! How much memory is behind a process: `smaps_rollup` (Linux 4.14) and `smaps`.

use std::{fs::File, io::Read};

use super::{
    super::maps::{Detail, Mapping, Process, Usage, VmFlags},
    lines::Lines,
    maps::{cut, head, lines},
};
use crate::{Result, errno::Errno};

/// The mappings of a process, each with its detail.
#[derive(Debug)]
pub(crate) struct Details<R = File> {
    lines: Lines<R>,
    /// The mapping whose detail comes next.
    pending: Option<Mapping>,
    told: u64,
}

impl Details {
    pub(crate) fn of(process: Process) -> Result<Self> {
        lines(process, "smaps").map(Self::read)
    }
}

impl<R: Read> Details<R> {
    fn read(lines: Lines<R>) -> Self {
        Self { lines, pending: None, told: 0 }
    }

    /// The next mapping; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(Mapping, Detail)>> {
        let mut detail = Detail::default();
        while let Some(line) = self.lines.next()? {
            if let Some((key, value)) = entry(line) {
                note(&mut detail, key, value);
                continue;
            }
            // A line that is no entry starts the next mapping.
            let line = head(line)?;
            let mut next = None;
            if line.is_told(self.told) {
                let mut mapping = line.mapping(line.meaning(true));
                next = cut(&mut mapping, &mut self.told).then_some(mapping);
            }
            let last = core::mem::replace(&mut self.pending, next);
            if let Some(last) = last {
                return Ok(Some((last, detail)));
            }
            detail = Detail::default();
        }
        Ok(self.pending.take().map(|last| (last, detail)))
    }
}

/// What the process has in all: in one step of the kernel, else by adding up.
pub(crate) fn usage(process: Process) -> Result<Usage> {
    match lines(process, "smaps_rollup") {
        Err(Errno::ENOENT) => add_up(lines(process, "smaps")?),
        lines => add_up(lines?),
    }
}

fn add_up(mut lines: Lines<impl Read>) -> Result<Usage> {
    let mut sum = Usage::default();
    while let Some(line) = lines.next()? {
        if let Some((key, value)) = entry(line) {
            if let (Some(field), Some(bytes)) = (figure(&mut sum, key), bytes(value)) {
                *field = Some(field.unwrap_or(0).saturating_add(bytes));
            }
        }
    }
    Ok(sum)
}

/// `Key:   value`; the head of a mapping starts with a number in small letters instead.
fn entry(line: &[u8]) -> Option<(&[u8], &[u8])> {
    line.first().filter(|byte| byte.is_ascii_uppercase())?;
    let colon = line.iter().position(|byte| *byte == b':')?;
    Some((line.get(..colon)?, line.get(colon + 1..)?.trim_ascii()))
}

fn note(detail: &mut Detail, key: &[u8], value: &[u8]) {
    if let Some(field) = figure(&mut detail.usage, key) {
        *field = bytes(value);
        return;
    }
    match key {
        b"KernelPageSize" => detail.kernel_page_size = bytes(value),
        b"MMUPageSize" => detail.mmu_page_size = bytes(value),
        b"THPeligible" => detail.thp_eligible = integer(value).map(|number| number != 0),
        b"ProtectionKey" => {
            detail.protection_key = integer(value).and_then(|key| key.try_into().ok());
        }
        b"VmFlags" => detail.flags = Some(VmFlags::parse(value)),
        _ => {}
    }
}

/// The field of a line's key.
fn figure<'a>(usage: &'a mut Usage, key: &[u8]) -> Option<&'a mut Option<u64>> {
    Some(match key {
        b"Rss" => &mut usage.rss,
        b"Pss" => &mut usage.pss,
        b"Pss_Dirty" => &mut usage.pss_dirty,
        b"Pss_Anon" => &mut usage.pss_anon,
        b"Pss_File" => &mut usage.pss_file,
        b"Pss_Shmem" => &mut usage.pss_shmem,
        b"Shared_Clean" => &mut usage.shared_clean,
        b"Shared_Dirty" => &mut usage.shared_dirty,
        b"Private_Clean" => &mut usage.private_clean,
        b"Private_Dirty" => &mut usage.private_dirty,
        b"Referenced" => &mut usage.referenced,
        b"Anonymous" => &mut usage.anonymous,
        b"KSM" => &mut usage.ksm,
        b"LazyFree" => &mut usage.lazy_free,
        b"AnonHugePages" => &mut usage.anon_huge_pages,
        b"ShmemPmdMapped" => &mut usage.shmem_pmd_mapped,
        b"FilePmdMapped" => &mut usage.file_pmd_mapped,
        b"Shared_Hugetlb" => &mut usage.shared_hugetlb,
        b"Private_Hugetlb" => &mut usage.private_hugetlb,
        b"Swap" => &mut usage.swap,
        b"SwapPss" => &mut usage.swap_pss,
        b"Locked" => &mut usage.locked,
        _ => return None,
    })
}

/// `12 kB` in bytes.
pub(super) fn bytes(value: &[u8]) -> Option<u64> {
    integer(value.strip_suffix(b" kB")?)?.checked_mul(1024)
}

/// A number in decimal without a sign.
pub(super) fn integer(text: &[u8]) -> Option<u64> {
    let text = core::str::from_utf8(text).ok()?.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use std::{format, string::String, vec::Vec};

    use proptest::prelude::*;

    use super::*;

    const TWO: &str = "\
1000-3000 rw-p 00000000 00:00 0
Size:                  8 kB
Rss:                   8 kB
Pss:                   4 kB
NewLine:               1 kB
KernelPageSize:        4 kB
THPeligible:           1
ProtectionKey:         3
VmFlags: rd wr lo
2000-5000 r--s 00002000 fe:00 7                          /file
Rss:                   4 kB
Swap:                 18446744073709551615 kB
7000-8000 r--p 00000000 00:00 0
";

    fn details(text: &[u8]) -> Result<Vec<(Mapping, Detail)>> {
        let mut details = Details::read(Lines::of(text));
        let mut all = Vec::new();
        while let Some(next) = details.next()? {
            all.push(next);
        }
        Ok(all)
    }

    #[test]
    fn each_mapping_has_its_figures() {
        let all = details(TWO.as_bytes()).unwrap();
        let [(_, first), (joined, second), (_, last)] = &all[..] else { panic!("{all:?}") };
        let usage = &first.usage;
        assert_eq!((Some(8192), Some(4096), None), (usage.rss, usage.pss, usage.swap));
        assert_eq!((Some(4096), None), (first.kernel_page_size, first.mmu_page_size));
        assert_eq!((Some(true), Some(3)), (first.thp_eligible, first.protection_key));
        let flags = first.flags.as_ref().unwrap();
        assert!(flags.has("lo") && !flags.has("ex") && !flags.has("l"));
        assert_eq!(["rd", "wr", "lo"], flags.iter().collect::<Vec<_>>()[..]);
        // It grew downwards: what was told is cut off, in the file too.
        assert_eq!((0x3000, 0x5000, 0x3000), (joined.start, joined.end, joined.offset));
        assert_eq!((Some(4096), None), (second.usage.rss, second.usage.swap));
        assert_eq!(&Detail::default(), last);
    }

    #[test]
    fn the_figures_of_all_mappings_are_added_up() {
        let sum = add_up(Lines::of(TWO.as_bytes())).unwrap();
        assert_eq!((Some(12288), Some(4096), None), (sum.rss, sum.pss, sum.swap));
        assert_eq!(None, sum.locked);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(
            bytes in prop::collection::vec(any::<u8>(), 0..300),
            lines in prop::collection::vec(
                "([0-9a-f]{1,4}-[0-9a-f]{1,4} rw-p 0 0:0 0|(Rss|VmFlags|Pss): {1,3}[0-9]{0,22} kB)", 0..20,
            ),
        ) {
            let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
            for text in [&bytes[..], text.as_bytes()] {
                let _ = add_up(Lines::of(text));
                if let Ok(all) = details(text) {
                    let mut told = 0;
                    for (mapping, _) in all {
                        prop_assert!(told <= mapping.start && mapping.start < mapping.end);
                        told = mapping.end;
                    }
                }
            }
        }
    }
}
