//! What is behind some pages: huge ones, and locks.

use std::fs::File;

use super::{
    super::{
        Footprint,
        maps::{Detail, Process},
    },
    smaps::Details,
};
use crate::{
    Result,
    sys::pagemap::{PageIs, PageRegion, PmScanArg, pagemap_scan},
};

pub(crate) fn footprint(start: *const u8, len: usize) -> Footprint {
    let (start, end) = (start.addr() as u64, start.addr().saturating_add(len) as u64);
    let told = by_mappings(start, end).unwrap_or_default();
    // What the scan tells is exact.
    let huge = by_pages(start, end).or(told.huge);
    Footprint { huge, ..told }
}

/// `PAGEMAP_SCAN` (Linux 6.7).
fn by_pages(start: u64, end: u64) -> Option<usize> {
    let pagemap = File::open("/proc/self/pagemap").ok()?;
    let huge = PageIs::PAGE_IS_PRESENT | PageIs::PAGE_IS_HUGE;
    let mut arg =
        PmScanArg { start, end, category_mask: huge, return_mask: huge, ..PmScanArg::default() };
    let mut found = [PageRegion::default(); 64];
    let mut sum = 0;
    while arg.start < end {
        let scan = pagemap_scan(&pagemap, &arg, &mut found).ok()?;
        for region in found.iter().take(scan.regions) {
            sum += region.end.min(end).saturating_sub(region.start);
        }
        if scan.walk_end <= arg.start {
            break;
        }
        arg.start = scan.walk_end;
    }
    Some(usize::try_from(sum).unwrap_or(usize::MAX))
}

/// By `smaps`, which tells of whole mappings.
fn by_mappings(start: u64, end: u64) -> Result<Footprint> {
    let (mut huge, mut locked) = (Some(0), 0);
    let mut details = Details::of(Process::Current)?;
    while let Some((mapping, detail)) = details.next()? {
        if mapping.start >= end {
            break;
        }
        let part = mapping.end.min(end).saturating_sub(mapping.start.max(start));
        if part == 0 {
            continue;
        }
        if detail.flags.as_ref().is_some_and(|flags| flags.has("lo")) {
            locked += part;
        }
        let of_part = match in_huge_pages(&detail) {
            0 => Some(0),
            bytes if bytes == mapping.len() => Some(part),
            bytes if part == mapping.len() => Some(bytes),
            _ => None,
        };
        huge = huge.zip(of_part).map(|(sum, part)| sum + part);
    }
    let bytes = |sum| usize::try_from(sum).unwrap_or(usize::MAX);
    Ok(Footprint { huge: huge.map(bytes), locked: Some(bytes(locked)) })
}

fn in_huge_pages(detail: &Detail) -> u64 {
    let usage = &detail.usage;
    let kinds = [
        usage.anon_huge_pages,
        usage.shmem_pmd_mapped,
        usage.file_pmd_mapped,
        usage.shared_hugetlb,
        usage.private_hugetlb,
    ];
    kinds.into_iter().flatten().sum()
}
