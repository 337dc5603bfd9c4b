//! What nix's flag types have from bitflags 1.

#![allow(deprecated, reason = "the older names are what is proven")]

use std::collections::hash_map::DefaultHasher;
use std::fmt::{Binary, Debug, LowerHex, Octal, UpperHex};
use std::hash::{Hash, Hasher};
use std::iter::FromIterator;
use std::ops::{
    BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Not, Sub, SubAssign,
};
use std::panic::{RefUnwindSafe, UnwindSafe};

use nix::fcntl::OFlag;
#[cfg(any(target_os = "linux", target_os = "netbsd"))]
use nix::sys::mman::MRemapFlags;
use nix::sys::mman::{MapFlags, MlockAllFlags, MmapAdvise, MsFlags, ProtFlags};
use nix::sys::stat::Mode;

/// The traits of a flag type.
fn is_set<T>()
where
    T: Copy + Eq + Ord + Hash + Debug + Binary + Octal + LowerHex + UpperHex,
    T: BitOr<Output = T> + BitAnd<Output = T> + BitXor<Output = T> + Sub<Output = T>,
    T: BitOrAssign + BitAndAssign + BitXorAssign + SubAssign + Not<Output = T>,
    T: Extend<T> + FromIterator<T> + Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + 'static,
{
}

const _: fn() = is_set::<ProtFlags>;
const _: fn() = is_set::<MapFlags>;
#[cfg(any(target_os = "linux", target_os = "netbsd"))]
const _: fn() = is_set::<MRemapFlags>;
const _: fn() = is_set::<MsFlags>;
const _: fn() = is_set::<MlockAllFlags>;
const _: fn() = is_set::<OFlag>;
const _: fn() = is_set::<Mode>;

/// The traits of an enum.
fn is_choice<T: Copy + Eq + Ord + Hash + Debug + Send + Sync + Unpin + 'static>() {}

const _: fn() = is_choice::<MmapAdvise>;

/// Bits that neither version knows.
const UNKNOWN: u16 = 0x200;

const RW: ProtFlags =
    ProtFlags::from_bits_truncate(ProtFlags::PROT_READ.bits() | ProtFlags::PROT_WRITE.bits());
const RX: ProtFlags = ProtFlags::PROT_READ.union(ProtFlags::PROT_EXEC);
// SAFETY: the bits are those of a flag.
const R: ProtFlags = unsafe { ProtFlags::from_bits_unchecked(ProtFlags::PROT_READ.bits()) };
const _: () = {
    assert!(matches!(ProtFlags::from_bits(RW.bits()), Some(RW)));
    assert!(RW.contains(R) && RW.intersects(RX) && !RW.is_all() && !RW.is_empty());
    assert!(RW.intersection(RX).bits() == R.bits());
    assert!(RW.difference(R).bits() == ProtFlags::PROT_WRITE.bits());
    assert!(RW.symmetric_difference(RX).bits() == RW.bits() ^ RX.bits());
    assert!(!RW.complement().intersects(RW));
    assert!(ProtFlags::empty().is_empty() && ProtFlags::all().is_all());
};

/// Flags in patterns, as constants of the type and of one's own.
pub fn letters(prot: ProtFlags) -> &'static str {
    match prot {
        ProtFlags::PROT_NONE => "-",
        ProtFlags::PROT_READ => "r",
        RW => "rw",
        RX => "rx",
        _ => "?",
    }
}

macro_rules! exercise {
    ($name:ident, $Set:ident, $one:ident, $two:ident) => {
        fn $name(to: &mut Vec<String>) {
            let (one, two) = ($Set::$one, $Set::$two);
            // SAFETY: nothing is done with the flags but what is written here.
            let unknown = unsafe { $Set::from_bits_unchecked(UNKNOWN.into()) };
            let sample = [$Set::empty(), one, two, one | two, one | unknown, unknown];
            for a in sample {
                to.push(format!("{a:?} {a:b} {a:#b} {a:o} {a:#o} {a:x} {a:#010x} {a:X}"));
                to.push(format!("{:?} {:?}", $Set::from_bits(a.bits()), hash(a) == hash(a)));
                to.push(format!("{:?}", $Set::from_bits_truncate(a.bits())));
                // Here only what both versions know: a newer one knows more flags.
                to.push(format!("{:?} {:?}", !a & (one | two), a.complement() & (one | two)));
                to.push(format!("{} {}", a.is_empty(), a.is_all()));
                for b in sample {
                    to.push(pair(a, b));
                    to.push(format!(
                        "{:?} {:?} {:?} {:?}",
                        a.union(b),
                        a.intersection(b),
                        a.difference(b),
                        a.symmetric_difference(b)
                    ));
                    to.push(format!("{} {}", a.contains(b), a.intersects(b)));
                    let mut changed = [a; 5];
                    let [inserted, removed, toggled, set, unset] = &mut changed;
                    inserted.insert(b);
                    removed.remove(b);
                    toggled.toggle(b);
                    set.set(b, true);
                    unset.set(b, false);
                    to.push(format!("{changed:?}"));
                }
            }
        }
    };
}

fn hash<T: Hash>(value: T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The operators and traits on two sets.
fn pair<T>(a: T, b: T) -> String
where
    T: Copy + Debug + Ord + Extend<T> + FromIterator<T>,
    T: BitOr<Output = T> + BitAnd<Output = T> + BitXor<Output = T> + Sub<Output = T>,
    T: BitOrAssign + BitAndAssign + BitXorAssign + SubAssign,
{
    let mut assigned = [a; 4];
    let [or, and, xor, minus] = &mut assigned;
    *or |= b;
    *and &= b;
    *xor ^= b;
    *minus -= b;
    let collected: T = [a, b].iter().copied().collect();
    let mut extended = a;
    extended.extend(Some(b));
    format!(
        "{:?} {assigned:?} {collected:?} {extended:?} {:?} {}",
        [a | b, a & b, a ^ b, a - b],
        a.cmp(&b),
        a == b
    )
}

exercise!(prot, ProtFlags, PROT_READ, PROT_EXEC);
exercise!(map, MapFlags, MAP_SHARED, MAP_FIXED);
#[cfg(target_os = "linux")]
exercise!(mremap, MRemapFlags, MREMAP_MAYMOVE, MREMAP_FIXED);
#[cfg(target_os = "netbsd")]
exercise!(mremap, MRemapFlags, MAP_FIXED, MAP_REMAPDUP);
exercise!(ms, MsFlags, MS_ASYNC, MS_INVALIDATE);
exercise!(mcl, MlockAllFlags, MCL_CURRENT, MCL_FUTURE);

/// What every operation on samples of every set gives.
pub fn all() -> Vec<String> {
    let mut to = Vec::new();
    prot(&mut to);
    map(&mut to);
    #[cfg(any(target_os = "linux", target_os = "netbsd"))]
    mremap(&mut to);
    ms(&mut to);
    mcl(&mut to);
    for prot in [ProtFlags::empty(), R, RW, RX, ProtFlags::all()] {
        to.push(letters(prot).into());
    }
    let mode = Mode::S_IRUSR | Mode::S_IWUSR | Mode::S_IROTH;
    to.push(format!("{mode:?} {mode:o} {:?}", Mode::from_bits(0o10000)));
    let open = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL;
    to.push(format!("{open:x} {:?}", open & OFlag::O_ACCMODE == OFlag::O_RDWR));
    to
}
