//! The structures and the requests, as the kernel has them.

#[cfg(test)]
use crate::sys::ioctl::Layout;
use crate::sys::ioctl::{_IO, _IOR, _IOWR, Request};

const UFFDIO: u8 = 0xaa;

/// The only version of the interface.
pub(super) const UFFD_API: u64 = 0xaa;

pub(super) const UFFD_EVENT_PAGEFAULT: u8 = 0x12;
pub(super) const UFFD_EVENT_FORK: u8 = 0x13;
pub(super) const UFFD_EVENT_REMAP: u8 = 0x14;
pub(super) const UFFD_EVENT_REMOVE: u8 = 0x15;
pub(super) const UFFD_EVENT_UNMAP: u8 = 0x16;

/// `struct uffd_msg`: any bytes are a valid one.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub(super) struct RawMsg {
    pub(super) event: u8,
    pub(super) reserved1: u8,
    pub(super) reserved2: u16,
    pub(super) reserved3: u32,
    /// The `union arg`: its members are words, or the first half of one.
    pub(super) arg: [u64; 3],
}

#[derive(Debug)]
#[repr(C)]
pub(super) struct Api {
    pub(super) api: u64,
    pub(super) features: u64,
    pub(super) ioctls: u64,
}

#[derive(Debug)]
#[repr(C)]
pub(super) struct Range {
    pub(super) start: u64,
    pub(super) len: u64,
}

#[derive(Debug)]
#[repr(C)]
pub(super) struct Register {
    pub(super) range: Range,
    pub(super) mode: u64,
    pub(super) ioctls: u64,
}

/// `struct uffdio_zeropage`, `uffdio_continue` and `uffdio_poison`, which differ by the name of
/// the last field.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Fill {
    pub(super) range: Range,
    pub(super) mode: u64,
    /// The kernel's answer: the bytes done, or an errno times −1.
    pub(super) done: i64,
}

/// `struct uffdio_copy` and `uffdio_move`, which differ by the name of the last field.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Transfer {
    pub(super) dst: u64,
    pub(super) src: u64,
    pub(super) len: u64,
    pub(super) mode: u64,
    /// The kernel's answer: the bytes done, or an errno times −1.
    pub(super) done: i64,
}

#[derive(Debug)]
#[repr(C)]
pub(super) struct WriteProtect {
    pub(super) range: Range,
    pub(super) mode: u64,
}

const _: () = {
    assert!(size_of::<RawMsg>() == 32);
    assert!(size_of::<Api>() == 24);
    assert!(size_of::<Range>() == 16);
    assert!(size_of::<Register>() == 32);
    assert!(size_of::<Fill>() == 32);
    assert!(size_of::<Transfer>() == 40);
    assert!(size_of::<WriteProtect>() == 24);
};

/// Declares requests, and lists them for the test against the headers.
macro_rules! requests {
    ($($name:ident: $Argument:ty = $number:expr;)+) => {
        $(pub(super) const $name: Request<$Argument> = $number;)+

        #[cfg(test)]
        const REQUESTS: &[(&str, fn(&Layout) -> u32)] =
            &[$((stringify!($name), |layout| $name.number_by(layout))),+];
    };
}

requests! {
    USERFAULTFD_IOC_NEW: () = _IO(UFFDIO, 0x00);
    UFFDIO_API: Api = _IOWR(UFFDIO, 0x3f);
    UFFDIO_REGISTER: Register = _IOWR(UFFDIO, 0x00);
    // The header has the directions of these two the wrong way round, and keeps them.
    UFFDIO_UNREGISTER: Range = _IOR(UFFDIO, 0x01);
    UFFDIO_WAKE: Range = _IOR(UFFDIO, 0x02);
    UFFDIO_COPY: Transfer = _IOWR(UFFDIO, 0x03);
    UFFDIO_ZEROPAGE: Fill = _IOWR(UFFDIO, 0x04);
    UFFDIO_MOVE: Transfer = _IOWR(UFFDIO, 0x05);
    UFFDIO_WRITEPROTECT: WriteProtect = _IOWR(UFFDIO, 0x06);
    UFFDIO_CONTINUE: Fill = _IOWR(UFFDIO, 0x07);
    UFFDIO_POISON: Fill = _IOWR(UFFDIO, 0x08);
}

/// Against `data/abi/uapi.csv`, which has the figures of the headers for every architecture.
#[cfg(test)]
mod tests {
    use core::mem::offset_of;
    use std::collections::BTreeMap;

    use super::*;
    use crate::sys::{ffi, uapi, userfaultfd::*};

    /// The figures of this crate, on the architectures of a layout.
    fn ours(layout: &Layout) -> BTreeMap<&'static str, u64> {
        let mut all = BTreeMap::from(SIZES);
        all.extend(OFFSETS);
        all.extend(REQUESTS.iter().map(|(name, number)| (*name, u64::from(number(layout)))));
        all.extend(UffdFeatures::NAMES.iter().map(|(name, flag)| (*name, flag.bits())));
        all.extend(UffdioRegisterMode::NAMES.iter().map(|(name, flag)| (*name, flag.bits())));
        all.extend(UffdioCopyMode::NAMES.iter().map(|(name, flag)| (*name, flag.bits())));
        all.extend(UffdioZeropageMode::NAMES.iter().map(|(name, flag)| (*name, flag.bits())));
        all.extend(UffdioContinueMode::NAMES.iter().map(|(name, flag)| (*name, flag.bits())));
        all.extend(UffdioPoisonMode::NAMES.iter().map(|(name, flag)| (*name, flag.bits())));
        all.extend(UffdioMoveMode::NAMES.iter().map(|(name, flag)| (*name, flag.bits())));
        all.extend(UffdPagefaultFlags::NAMES.iter().map(|(name, flag)| (*name, flag.bits())));
        all.extend(UffdIoctls::all().iter_names().map(|(name, flag)| {
            (name, u64::from(flag.bits().trailing_zeros())) // The header has the bits' numbers.
        }));
        all.extend([
            ("UFFDIO_WRITEPROTECT_MODE_WP", UffdioWriteprotectMode::Protect.bits()),
            ("UFFDIO_WRITEPROTECT_MODE_DONTWAKE", UffdioWriteprotectMode::UnprotectDontwake.bits()),
            ("UFFD_USER_MODE_ONLY", ffi::UFFD_USER_MODE_ONLY as u64),
            ("USERFAULTFD_IOC", u64::from(UFFDIO)),
            ("UFFDIO", u64::from(UFFDIO)),
            ("UFFD_API", UFFD_API),
            ("UFFD_API_FEATURES", UffdFeatures::all().bits()),
            ("UFFD_API_REGISTER_MODES", UffdioRegisterMode::all().bits()),
            ("UFFD_EVENT_PAGEFAULT", UFFD_EVENT_PAGEFAULT.into()),
            ("UFFD_EVENT_FORK", UFFD_EVENT_FORK.into()),
            ("UFFD_EVENT_REMAP", UFFD_EVENT_REMAP.into()),
            ("UFFD_EVENT_REMOVE", UFFD_EVENT_REMOVE.into()),
            ("UFFD_EVENT_UNMAP", UFFD_EVENT_UNMAP.into()),
        ]);
        all
    }

    const SIZES: [(&str, u64); 10] = [
        ("sizeof(struct uffd_msg)", size_of::<RawMsg>() as u64),
        ("sizeof(struct uffdio_api)", size_of::<Api>() as u64),
        ("sizeof(struct uffdio_range)", size_of::<Range>() as u64),
        ("sizeof(struct uffdio_register)", size_of::<Register>() as u64),
        ("sizeof(struct uffdio_copy)", size_of::<Transfer>() as u64),
        ("sizeof(struct uffdio_zeropage)", size_of::<Fill>() as u64),
        ("sizeof(struct uffdio_writeprotect)", size_of::<WriteProtect>() as u64),
        ("sizeof(struct uffdio_continue)", size_of::<Fill>() as u64),
        ("sizeof(struct uffdio_poison)", size_of::<Fill>() as u64),
        ("sizeof(struct uffdio_move)", size_of::<Transfer>() as u64),
    ];

    const ARG: u64 = offset_of!(RawMsg, arg) as u64;

    const OFFSETS: [(&str, u64); 17] = [
        ("offsetof(struct uffd_msg.arg.pagefault.flags)", ARG),
        ("offsetof(struct uffd_msg.arg.pagefault.address)", ARG + 8),
        ("offsetof(struct uffd_msg.arg.pagefault.feat.ptid)", ARG + 16),
        ("offsetof(struct uffd_msg.arg.fork.ufd)", ARG),
        ("offsetof(struct uffd_msg.arg.remap.from)", ARG),
        ("offsetof(struct uffd_msg.arg.remap.to)", ARG + 8),
        ("offsetof(struct uffd_msg.arg.remap.len)", ARG + 16),
        ("offsetof(struct uffd_msg.arg.remove.start)", ARG),
        ("offsetof(struct uffd_msg.arg.remove.end)", ARG + 8),
        ("offsetof(struct uffdio_api.ioctls)", offset_of!(Api, ioctls) as u64),
        ("offsetof(struct uffdio_register.ioctls)", offset_of!(Register, ioctls) as u64),
        ("offsetof(struct uffdio_copy.copy)", offset_of!(Transfer, done) as u64),
        ("offsetof(struct uffdio_zeropage.zeropage)", offset_of!(Fill, done) as u64),
        ("offsetof(struct uffdio_continue.mapped)", offset_of!(Fill, done) as u64),
        ("offsetof(struct uffdio_poison.updated)", offset_of!(Fill, done) as u64),
        ("offsetof(struct uffdio_move.move)", offset_of!(Transfer, done) as u64),
        ("offsetof(struct uffdio_writeprotect.mode)", offset_of!(WriteProtect, mode) as u64),
    ];

    /// Sums of the bits above, which say what one kernel has: it says so itself.
    const LEFT_OUT: [&str; 3] =
        ["UFFD_API_IOCTLS", "UFFD_API_RANGE_IOCTLS", "UFFD_API_RANGE_IOCTLS_BASIC"];

    #[test]
    fn figures_are_those_of_the_header() {
        let most = ours(&Layout::MOST);
        let others = ours(&Layout::MIPS_POWERPC_SPARC);
        let mut seen = 0;
        for row in uapi::rows("linux/userfaultfd.h") {
            let name = row.name.as_str();
            if LEFT_OUT.contains(&name) {
                continue;
            }
            let start = ["mips", "powerpc", "sparc"];
            let swapped = start.iter().any(|start| row.arch.starts_with(start));
            if !swapped {
                assert_eq!(Some(&row.value), most.get(name), "{row:?}");
            }
            if swapped || row.arch == "*" {
                assert_eq!(Some(&row.value), others.get(name), "{row:?}");
            }
            seen += 1;
        }
        assert_eq!(140, seen);
    }
}
