//! NetBSD, OpenBSD and Apple's systems: `MAP_NORESERVE`, and no advice about core dumps.

use super::Advice;
use crate::sys::mman::{MapFlags, MmapAdvise};

pub(crate) const NORESERVE: Option<MapFlags> = Some(MapFlags::MAP_NORESERVE);

pub(super) fn native_dump(_advice: Advice) -> Option<MmapAdvise> {
    None
}
