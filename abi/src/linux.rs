//! The constants of Linux alone.

#[cfg(target_arch = "aarch64")]
use mman::sys::prctl::TaggedAddrCtrl;
use mman::{
    fcntl::{FallocateFlags, SyncFileRangeFlags},
    sys::{
        mempolicy::MpolFlags,
        mman::{MlockFlags, PkeyAccess, ShadowStackFlags},
        pagemap::{PageIs, PmScanFlags},
        pidfd::PidfdFlags,
        procmap::ProcmapQueryFlags,
        userfaultfd::{
            UffdFeatures, UffdPagefaultFlags, UffdioContinueMode, UffdioCopyMode, UffdioMoveMode,
            UffdioPoisonMode, UffdioRegisterMode, UffdioZeropageMode,
        },
    },
};

use crate::{Extent, Row, compare, tables};

prove!(FALLOC: FallocateFlags::NAMES, |flag| flag.bits(), All);
prove!(MLOCK: MlockFlags::NAMES, |flag| flag.bits(), All);
prove!(MPOL_MF: MpolFlags::NAMES, |flag| flag.bits(), All);
prove!(PAGE_IS: PageIs::NAMES, |category| category.bits(), All);
prove!(PIDFD: PidfdFlags::NAMES, |flag| flag.bits(), All);
prove!(PKEY: PkeyAccess::NAMES, |access| access.bits(), All);
prove!(PM_SCAN: PmScanFlags::NAMES, |flag| flag.bits(), All);
prove!(PROCMAP_QUERY: ProcmapQueryFlags::NAMES, |flag| flag.bits(), All);
prove!(SHADOW_STACK: ShadowStackFlags::NAMES, |flag| flag.bits(), Some);
prove!(SYNC_FILE_RANGE: SyncFileRangeFlags::NAMES, |flag| flag.bits(), All);
prove!(UFFDIO_CONTINUE: UffdioContinueMode::NAMES, |flag| flag.bits(), All);
prove!(UFFDIO_COPY: UffdioCopyMode::NAMES, |flag| flag.bits(), All);
prove!(UFFDIO_MOVE: UffdioMoveMode::NAMES, |flag| flag.bits(), All);
prove!(UFFDIO_POISON: UffdioPoisonMode::NAMES, |flag| flag.bits(), All);
prove!(UFFDIO_REGISTER: UffdioRegisterMode::NAMES, |flag| flag.bits(), All);
prove!(UFFDIO_ZEROPAGE: UffdioZeropageMode::NAMES, |flag| flag.bits(), All);
prove!(UFFD_FEATURE: UffdFeatures::NAMES, |feature| feature.bits(), All);
prove!(UFFD_PAGEFAULT: UffdPagefaultFlags::NAMES, |flag| flag.bits(), All);
#[cfg(target_arch = "aarch64")]
prove!(TAGGED_ADDR: TaggedAddrCtrl::NAMES, |flag| flag.bits(), All, TAGS);
#[cfg(not(target_arch = "aarch64"))]
/// Its names are offered on aarch64 only.
pub const TAGGED_ADDR: () = compare(&[], tables::TAGGED_ADDR, Extent::Some);

/// What [`TaggedAddrCtrl::mte_tags`] makes, as the macros of C.
#[cfg(target_arch = "aarch64")]
const TAGS: &[Row] = &[
    ("PR_MTE_TAG_MASK", TaggedAddrCtrl::mte_tags(u16::MAX).bits() as u32),
    ("PR_MTE_TAG_SHIFT", TaggedAddrCtrl::mte_tags(1).bits().trailing_zeros()),
];
