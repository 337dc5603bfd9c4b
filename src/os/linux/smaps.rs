//! How much memory is behind a process: `smaps_rollup` (Linux 4.14) and `smaps`.

use super::{
    super::maps::{Detail, Mapping, Process, Usage, VmFlags},
    lines::Lines,
    maps::{cut, head, keep, open},
};
use crate::{Result, errno::Errno};

/// The mappings of a process, each with its detail.
#[derive(Debug)]
pub(crate) struct Details {
    lines: Lines,
    /// The mapping whose detail comes next.
    pending: Option<Mapping>,
    told: u64,
}

impl Details {
    pub(crate) fn of(process: Process) -> Result<Self> {
        let lines = Lines::of(open(process, "smaps")?);
        Ok(Self { lines, pending: None, told: 0 })
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
            let (mapping, name) = head(line)?;
            let next = keep(mapping, name, true, self.told);
            let next = next.and_then(|mapping| cut(mapping, &mut self.told));
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
    let file = match open(process, "smaps_rollup") {
        Ok(file) => file,
        Err(Errno::ENOENT) => open(process, "smaps")?,
        Err(errno) => return Err(errno),
    };
    let mut lines = Lines::of(file);
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
