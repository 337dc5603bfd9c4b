//! How flags and choices are written and read, for every type of them.

use std::{collections::HashSet, fmt};

use mman::{
    errno::Errno,
    fcntl::OFlag,
    sys::{
        mman::{MRemapFlags, MapFlags, MlockAllFlags, MmapAdvise, MsFlags, ProtFlags},
        stat::Mode,
    },
};
use proptest::prelude::*;

/// What the tests ask of a set of flags.
trait Flags:
    'static + Copy + Eq + fmt::Debug + fmt::Display + std::str::FromStr<Err: fmt::Debug>
{
    fn names() -> &'static [(&'static str, Self)];
    fn of(bits: u32) -> Self;
    fn to(self) -> u32;
}

macro_rules! flags {
    ($($Name:ident)+) => { $(
        impl Flags for $Name {
            fn names() -> &'static [(&'static str, Self)] {
                Self::NAMES
            }
            #[allow(clippy::cast_possible_wrap, clippy::unnecessary_cast, reason = "two widths")]
            fn of(bits: u32) -> Self {
                Self::from_bits_retain(bits as _)
            }
            #[allow(clippy::cast_sign_loss, clippy::unnecessary_cast, reason = "two widths")]
            fn to(self) -> u32 {
                self.bits() as u32
            }
        }
    )+ };
}

flags!(ProtFlags MapFlags MRemapFlags MsFlags MlockAllFlags OFlag Mode);

/// The set as text holds each name once, no name of value zero, and survives reading.
fn check<F: Flags>(bits: u32) {
    let flags = F::of(bits);
    assert_eq!(bits, flags.to(), "bits got lost");
    let text = flags.to_string();
    assert_eq!(text, format!("{flags:?}"));
    assert_eq!(flags, text.parse().unwrap(), "{text}");
    let words: Vec<_> = text.split(" | ").collect();
    assert_eq!(words.len(), words.iter().collect::<HashSet<_>>().len(), "{text}");
    let mut named = 0;
    for word in &words {
        let alone: F = word.parse().unwrap();
        assert!(words.len() == 1 || alone.to() != 0, "{text}");
        match word.strip_prefix("0x") {
            Some(_) => assert_eq!(words.last(), Some(word), "{text}"),
            None => named |= alone.to(),
        }
    }
    let known = F::names().iter().filter(|(_, flag)| flag.to() & bits == flag.to());
    let known = known.fold(0, |all, (_, flag)| all | flag.to());
    assert_eq!(known, known & named, "a known flag is not named: {text}");
}

fn check_all<F: Flags>(bits: u32, one: u32, other: u32) {
    check::<F>(bits);
    // Few bits at a time are what people use.
    check::<F>(1 << (one % 32));
    check::<F>(1 << (one % 32) | 1 << (other % 32));
    let names = F::names();
    let name = |number: u32| names[number as usize % names.len()].1.to();
    check::<F>(name(one) | name(other));
}

proptest! {
    #[test]
    fn every_set_survives_its_text(bits: u32, one: u32, other: u32) {
        check_all::<ProtFlags>(bits, one, other);
        check_all::<MapFlags>(bits, one, other);
        check_all::<MRemapFlags>(bits, one, other);
        check_all::<MsFlags>(bits, one, other);
        check_all::<MlockAllFlags>(bits, one, other);
        check_all::<OFlag>(bits, one, other);
        check_all::<Mode>(bits, one, other);
    }

    #[test]
    fn no_text_breaks_the_reader(text: String) {
        let _ = text.parse::<ProtFlags>();
        let _ = text.parse::<MmapAdvise>();
        if let Ok(flags) = text.parse::<MapFlags>() {
            prop_assert_eq!(Ok(flags), flags.to_string().parse());
        }
    }

    #[test]
    fn no_word_breaks_the_reader(text in "(MAP_(HUGE_|ALIGNED)?|0x|\\+)?[0-9]{0,25}[BKMG]{0,3}\\|?") {
        if let Ok(flags) = text.parse::<MapFlags>() {
            prop_assert_eq!(Ok(flags), flags.to_string().parse());
        }
    }
}

fn each_name_is_read<F: Flags>() {
    for (name, flag) in F::names() {
        assert_eq!(*flag, name.parse().unwrap(), "{name}");
    }
    assert_eq!(0, "".parse::<F>().unwrap().to());
    assert_eq!(0, " \t".parse::<F>().unwrap().to());
    assert_eq!(0, "(empty)".parse::<F>().unwrap().to());
    assert_eq!(u32::MAX, "0xffffffff".parse::<F>().unwrap().to());
}

#[test]
fn every_name_is_read() {
    each_name_is_read::<ProtFlags>();
    each_name_is_read::<MapFlags>();
    each_name_is_read::<MRemapFlags>();
    each_name_is_read::<MsFlags>();
    each_name_is_read::<MlockAllFlags>();
    each_name_is_read::<OFlag>();
    each_name_is_read::<Mode>();
}

#[test]
fn what_is_no_name_is_refused_with_its_place() {
    let place = |text: &str| text.parse::<MapFlags>().unwrap_err().offset();
    assert_eq!(0, place("MAP_NONSENSE"));
    assert_eq!(0, place("map_private"));
    assert_eq!(14, place("MAP_PRIVATE | MAP_NONSENSE | MAP_ANON"));
    assert_eq!(13, place("MAP_PRIVATE |"));
    assert_eq!(0, place("| MAP_PRIVATE"));
    assert_eq!(0, place("0x"));
    assert_eq!(0, place("0x1ffffffff"));
    assert_eq!(0, place("0x+1"));
    assert_eq!(0, place("MAP_HUGE_3MB"));
    assert_eq!(0, place("MAP_HUGE_1B"));
    let error = "PROT_READ | X".parse::<ProtFlags>().unwrap_err();
    assert_eq!(
        "parse: the word at byte 12 is no name of ProtFlags on this system",
        error.to_string()
    );
}

/// S3: sizes of huge pages are values of a field, and are written as sizes.
#[test]
fn s3_a_huge_page_size_is_written_as_a_size() {
    let huge = MapFlags::MAP_PRIVATE | MapFlags::MAP_HUGETLB;
    assert_eq!(
        "MAP_PRIVATE | MAP_HUGETLB | MAP_HUGE_2MB",
        (huge | MapFlags::MAP_HUGE_2MB).to_string()
    );
    assert_eq!(
        "MAP_PRIVATE | MAP_HUGETLB | MAP_HUGE_16GB",
        (huge | MapFlags::MAP_HUGE_16GB).to_string()
    );
    // The trap that the C header sets, and that the documentation names.
    assert_eq!(MapFlags::MAP_HUGE_2GB, MapFlags::MAP_HUGE_2MB | MapFlags::MAP_HUGE_1GB);
    for log2 in 1..64 {
        let size = MapFlags::huge_page_size(log2).unwrap();
        assert_eq!(log2, Flags::to(size) >> 26);
        assert_eq!(Ok(size), size.to_string().parse());
        assert!(!size.to_string().contains(" | "), "{size}");
    }
    assert_eq!("MAP_HUGE_4KB", MapFlags::huge_page_size(12).unwrap().to_string());
    assert_eq!("MAP_HUGE_131072GB", MapFlags::huge_page_size(47).unwrap().to_string());
    assert_eq!((None, None), (MapFlags::huge_page_size(0), MapFlags::huge_page_size(64)));
}

/// rustix refuses pages of 16 KiB, whose logarithm has bits in common with no named size.
#[test]
fn a_size_of_16_kib_is_accepted() {
    assert_eq!(MapFlags::MAP_HUGE_16KB, MapFlags::huge_page_size(14).unwrap());
    assert_eq!(14 << 26, MapFlags::MAP_HUGE_16KB.bits());
}

/// S4: a flag of value zero is written alone or not at all.
#[test]
fn s4_a_zero_flag_is_written_only_alone() {
    assert_eq!("PROT_NONE", ProtFlags::PROT_NONE.to_string());
    assert_eq!("PROT_READ", (ProtFlags::PROT_READ | ProtFlags::PROT_NONE).to_string());
    assert!(ProtFlags::PROT_READ.contains(ProtFlags::PROT_NONE));
    assert_ne!(ProtFlags::PROT_READ, ProtFlags::PROT_NONE);
    assert_eq!("MAP_PRIVATE", (MapFlags::MAP_FILE | MapFlags::MAP_PRIVATE).to_string());
    assert_eq!("O_RDONLY", OFlag::empty().to_string());
    assert_eq!("O_CREAT", (OFlag::O_RDONLY | OFlag::O_CREAT).to_string());
    assert_eq!("(empty)", MRemapFlags::empty().to_string());
}

/// S5: both kinds of sharing are a third kind.
#[test]
fn s5_shared_and_private_are_shared_validate() {
    let both = MapFlags::MAP_SHARED | MapFlags::MAP_PRIVATE;
    assert_eq!(MapFlags::MAP_SHARED_VALIDATE, both);
    assert_eq!("MAP_SHARED_VALIDATE", both.to_string());
}

/// S6: of two names of one flag, one is written.
#[test]
fn s6_an_alias_is_written_once() {
    assert_eq!(MapFlags::MAP_ANON, MapFlags::MAP_ANONYMOUS);
    assert_eq!(
        "MAP_PRIVATE | MAP_ANON",
        format!("{:?}", MapFlags::MAP_PRIVATE | MapFlags::MAP_ANONYMOUS)
    );
    assert_eq!(Ok(MapFlags::MAP_ANON), "MAP_ANONYMOUS".parse());
    assert_eq!("O_SYNC", OFlag::O_FSYNC.to_string());
    assert_eq!("O_NONBLOCK", OFlag::O_NDELAY.to_string());
}

/// nix #1102: bits that this version does not know are lost.
#[test]
fn unknown_bits_survive_every_operation() {
    let odd = MapFlags::from_bits_retain(0x0200_0000);
    let set = MapFlags::MAP_PRIVATE | odd;
    assert_eq!(0x0200_0002, set.bits());
    assert_eq!("MAP_PRIVATE | 0x2000000", set.to_string());
    assert_eq!(odd, set & odd);
    assert_eq!(odd, set ^ MapFlags::MAP_PRIVATE);
    assert_eq!(odd, set - MapFlags::MAP_PRIVATE);
    assert_eq!(odd, set.difference(MapFlags::MAP_PRIVATE));
    let mut set = MapFlags::empty();
    set.insert(odd);
    set.set(MapFlags::MAP_FIXED, true);
    assert_eq!(0x0200_0010, set.bits());
    let rest: MapFlags = set.iter().collect();
    assert_eq!(set, rest);
    #[allow(deprecated, reason = "programs for nix 0.23 use it")]
    let unchecked = unsafe { MapFlags::from_bits_unchecked(0x0200_0000) };
    assert_eq!(odd, unchecked);
}

#[test]
fn iteration_gives_each_flag_once() {
    let set = MapFlags::MAP_PRIVATE | MapFlags::MAP_ANON | MapFlags::MAP_NORESERVE;
    let names: Vec<_> = set.iter_names().map(|(name, _)| name).collect();
    assert_eq!(["MAP_PRIVATE", "MAP_ANON", "MAP_NORESERVE"], names[..]);
    assert_eq!(set, set.iter().collect());
}

/// What programs for nix 0.23 pass to the kernel as `all()`.
#[test]
fn all_is_what_it_was_in_nix() {
    assert_eq!(MlockAllFlags::MCL_CURRENT | MlockAllFlags::MCL_FUTURE, MlockAllFlags::all());
    assert!(MlockAllFlags::NAMES.contains(&("MCL_ONFAULT", MlockAllFlags::MCL_ONFAULT)));
}

#[test]
fn every_advice_survives_its_number_and_name() {
    assert!(MmapAdvise::NAMES.len() >= 26);
    for &(name, advice) in MmapAdvise::NAMES {
        assert_eq!(Ok(advice), MmapAdvise::try_from(advice as i32));
        assert_eq!(Ok(advice), name.parse());
        assert_eq!(name, advice.name());
        assert_eq!(name, format!("{advice:?}"));
        assert!(!advice.desc().is_empty());
    }
    for number in [-1, 5, 26, 99, 9999] {
        assert_eq!(Err(Errno::EINVAL), MmapAdvise::try_from(number));
    }
    assert!("MADV_NONSENSE".parse::<MmapAdvise>().is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn s3_two_sizes_of_huge_pages_are_refused() {
    let error = "MAP_HUGETLB | MAP_HUGE_2MB | MAP_HUGE_1GB".parse::<MapFlags>().unwrap_err();
    assert_eq!(29, error.offset());
    assert!("MAP_HUGE_2MB | MAP_HUGE_2MB".parse::<MapFlags>().is_ok());
}
