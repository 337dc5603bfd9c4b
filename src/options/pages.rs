//! Which pages memory is made of: huge or small ones, and of which nodes.

use std::format;

use super::{Commit, HugePages, MapOptions, Placement, refused_policy};
use crate::{
    MapError, Numa, Result,
    errno::Errno,
    os::{self, Advice, Backing, Protection},
    region::{Layout, Region},
};

/// What is shorter is not made of transparent huge pages unasked: no system has two that fit.
pub(crate) const LARGE: usize = 4 << 20;

impl MapOptions {
    /// Maps what no page has come to yet, except explicit huge ones.
    pub(super) fn region(
        &self,
        operation: &'static str,
        layout: Layout<'_>,
    ) -> Result<Region, MapError> {
        match self.huge_pages {
            HugePages::Default => self.usual(operation, layout),
            HugePages::System => self.advised(operation, &layout, None),
            HugePages::Never => self.advised(operation, &layout, Some(Advice::NoHugePages)),
            HugePages::Transparent => self.transparent(operation, layout),
            HugePages::Explicit(size) => self.explicit(operation, &layout, size),
            HugePages::ExplicitElseTransparent(size) => {
                match self.explicit(operation, &layout, size) {
                    Err(error) if is_lack(&error) => self.transparent(operation, layout),
                    done => done,
                }
            }
        }
    }

    /// With transparent huge pages where they are worth it.
    fn usual(&self, operation: &'static str, layout: Layout<'_>) -> Result<Region, MapError> {
        let usual = matches!(layout.backing, Backing::Private)
            && layout.protection == Protection::ReadWrite;
        if let Some(align) = self.worthwhile(layout.len).filter(|_| usual) {
            // Without room for aligning it, or advice, there is memory all the same.
            if let Ok(region) = self.advised(operation, &Layout { align, ..layout.clone() }, None) {
                prefer_huge_pages(&region);
                return Ok(region);
            }
        }
        self.advised(operation, &layout, None)
    }

    /// The size of transparent huge pages, if memory of this length is better made of them.
    fn worthwhile(&self, len: usize) -> Option<usize> {
        let anywhere = matches!(self.placement, Placement::Anywhere | Placement::Aligned(_));
        if len < LARGE || !anywhere || self.commit != Commit::Account {
            return None;
        }
        os::transparent_size().filter(|size| len / 2 >= *size)
    }

    /// At a multiple of what memory of this length belongs.
    pub(crate) fn alignment(&self, len: usize) -> usize {
        let asked = if let Placement::Aligned(align) = self.placement { align } else { 1 };
        let huge = match self.huge_pages {
            HugePages::Default => self.worthwhile(len),
            HugePages::Transparent | HugePages::ExplicitElseTransparent(_) => {
                os::transparent_size().filter(|size| len >= *size)
            }
            HugePages::System | HugePages::Never | HugePages::Explicit(_) => None,
        };
        asked.max(huge.unwrap_or(1))
    }

    /// Does for memory that was shorter what is done for such as long as it is now.
    pub(crate) fn has_grown(&self, region: &Region, old: usize) {
        let by_default = self.huge_pages == HugePages::Default && self.worthwhile(old).is_none();
        if by_default && self.worthwhile(region.len()).is_some() {
            prefer_huge_pages(region);
        }
    }

    /// Aligned for huge pages, if it is large enough for one.
    fn transparent(&self, operation: &'static str, layout: Layout<'_>) -> Result<Region, MapError> {
        let Some(size) = os::transparent_size() else {
            let why = "this system has no transparent huge pages";
            return Err(MapError::unsupported(operation, why));
        };
        let align = if layout.len >= size { size } else { 1 };
        self.advised(operation, &Layout { align, ..layout }, Some(Advice::HugePages))
    }

    fn advised(
        &self,
        operation: &'static str,
        layout: &Layout<'_>,
        advice: Option<Advice>,
    ) -> Result<Region, MapError> {
        let region = Region::map(operation, layout)?;
        take_from(operation, &region, self.numa)?;
        let all = region.all_pages();
        if let Some(advice) = advice.filter(|_| all.len != 0) {
            let told = os::advise(all.start, all.len, advice);
            told.map_err(|errno| refused_policy(operation, errno, "transparent huge pages"))?;
        }
        Ok(region)
    }

    /// The pages are taken now: a pool's promise is not kept in every control group.
    fn explicit(
        &self,
        operation: &'static str,
        layout: &Layout<'_>,
        size: usize,
    ) -> Result<Region, MapError> {
        if !size.is_power_of_two() || size <= os::page_size() {
            let rule = format!("{size} bytes are not the size of a huge page");
            return Err(MapError::rule(operation, rule));
        }
        if !layout.backing.is_anonymous() {
            let rule = "a file has the pages of its file system, not those of the machine's pool";
            return Err(MapError::rule(operation, rule));
        }
        let layout = Layout { granule: size, ..layout.clone() };
        let region = self.advised(operation, &layout, None)?;
        let shortage = |len| os::huge_shortage(size, len, self.numa);
        // Before Linux 5.14 pages are brought in by touching them, which kills if there are none: it
        // is looked for as well as can be.
        let touches = layout.len != 0 && os::populate(region.start(), 0, true).is_err();
        if let Some(why) = touches.then(|| shortage(region.body())).flatten() {
            return Err(MapError::because(operation, Errno::ENOMEM, why));
        }
        // SAFETY: anonymous memory is mapped for reading and writing.
        let taken = unsafe { region.populate(operation, &(0..layout.len), true, self.threads()) };
        taken.map_err(|error| match (error.errno(), shortage(size)) {
            (Some(errno @ Errno::EFAULT), Some(why)) => MapError::because(operation, errno, why),
            _ => error,
        })?;
        Ok(region)
    }
}

/// A hint.
fn prefer_huge_pages(region: &Region) {
    let all = region.all_pages();
    let _ = os::advise(all.start, all.len, Advice::HugePages);
}

/// Whether there are no huge pages to be had; `EFAULT` is the want of a node or a control group.
pub(crate) fn is_lack(error: &MapError) -> bool {
    let errno = error.errno();
    error.is_unsupported() || matches!(errno, Some(Errno::ENOMEM | Errno::ENOSPC | Errno::EFAULT))
}

/// Sets from which nodes the pages come that are not there yet.
fn take_from(operation: &'static str, region: &Region, numa: Numa) -> Result<(), MapError> {
    let all = region.all_pages();
    if numa == Numa::Default || all.len == 0 {
        return Ok(());
    }
    let refused = |errno| match errno {
        Errno::EPERM => MapError::because(operation, errno, "NUMA policies are forbidden here"),
        _ => refused_policy(operation, errno, "such NUMA policy"),
    };
    if let Some(nodes) = numa.nodes() {
        let allowed = os::allowed_nodes().map_err(refused)?;
        if nodes.is_empty() {
            return Err(MapError::rule(operation, "the NUMA policy names no node"));
        }
        if let Some(node) = nodes.iter().find(|node| !allowed.contains(*node)) {
            let rule = format!("NUMA node {node} is none of {allowed}, which are allowed here");
            return Err(MapError::rule(operation, rule));
        }
    }
    os::take_from(all.start, all.len, numa).map_err(refused)
}
