//! FreeBSD and DragonFly: advice about core dumps, and no `MAP_NORESERVE`.

use super::Advice;
use crate::sys::mman::{MapFlags, MmapAdvise};

pub(crate) const NORESERVE: Option<MapFlags> = None;

pub(super) fn native_dump(advice: Advice) -> Option<MmapAdvise> {
    match advice {
        Advice::Dump => Some(MmapAdvise::MADV_CORE),
        Advice::NoDump => Some(MmapAdvise::MADV_NOCORE),
        _ => None,
    }
}
