//! `table!`: a set of C constants on one page, grouped by the systems that have them.
//!
//! This is the only place that translates a system's name into a `cfg`.
//!
//! ```text
//! table! {
//!     /// What the set is.
//!     pub struct MapFlags: c_int {               // or: pub enum MmapAdvise: i32
//!         on(unix) {
//!             /// What the constant means.
//!             MAP_SHARED;
//!         }
//!         on(linux("x86", "x86_64"), macos) { … }   // on some architectures only
//!         on(linux(not "mips"), android) { … }      // on all but some
//!     }
//! }
//! ```
//!
//! Values come from [`ffi`](super::ffi), which is the libc crate where it is right and our own
//! figures where it is wrong or silent. A misspelt system is a compile error. A set exists where one
//! of its groups does, even an empty one.
//!
//! The documentation shows the constants of all systems, on each of them: there every group is in,
//! and one that is not this system's has no values. Doctests compile against the crate itself, so
//! they do not get it (`not(doctest)`). A name that has another meaning on another system stands
//! in two groups: one that shows it, for both, `on(linux) shown(linux, netbsd) { … }`, and one that
//! does not, `on(netbsd) shown() { … }`.
//!
//! Two kinds of constants in a `struct` are no flags of their own:
//! - `field HUGE_SIZE(…) { … }`: values of a field of several bits, described by the
//!   [`text::Field`](super::text::Field) of that name. Its bits count as known, and are in `all()`
//!   as they were in nix; its values are plain associated constants, and no flags to iterate. A
//!   field without named values is written and read, and no more.
//! - `later(…) { … }`: flags that `all()` leaves out, because code written for nix 0.23 passes
//!   `all()` to the kernel and means what it was then.

/// Declares C constants as a set of flags (`struct`), or as exclusive choices (`enum`).
macro_rules! table {
    // Entry. The state is three lists of groups: flags, fields, later flags.
    ($(#[$m:meta])* pub $kind:ident $Name:ident: $T:ident { $($groups:tt)+ }) => {
        table! { @next { $(#[$m])* $kind $Name $T } { [] [] [] } $($groups)+ }
    };

    // Take the next group: its kind, what the documentation says of where it is, its names.
    (@next $head:tt $done:tt on $names:tt shown() $rows:tt $($rest:tt)*) => {
        table! { @names $head $done {hidden} () [] $names $rows $($rest)* }
    };
    (@next $head:tt $done:tt on $names:tt shown $shown:tt $rows:tt $($rest:tt)*) => {
        table! { @names $head $done {flag} $shown [] $names $rows $($rest)* }
    };
    (@next $head:tt $done:tt on $names:tt $rows:tt $($rest:tt)*) => {
        table! { @names $head $done {flag} $names [] $names $rows $($rest)* }
    };
    (@next $head:tt $done:tt field $Field:ident $names:tt $rows:tt $($rest:tt)*) => {
        table! { @names $head $done {field $Field} $names [] $names $rows $($rest)* }
    };
    (@next $head:tt $done:tt later $names:tt $rows:tt $($rest:tt)*) => {
        table! { @names $head $done {later} $names [] $names $rows $($rest)* }
    };

    // Translate its names into predicates, one per step, then file the group under its kind, with
    // two of them: where it is, and where it is or is documented.
    (@names $h:tt { [$($f:tt)*] $v:tt $l:tt } {flag} $n:tt [$($p:tt)+] () $rows:tt $($r:tt)*) => {
        table! { @next $h { [$($f)*
            { $n (any($($p)+)) (any($($p)+ all(doc, not(doctest)))) $rows }] $v $l } $($r)* }
    };
    (@names $h:tt { [$($f:tt)*] $v:tt $l:tt } {hidden} $n:tt [$($p:tt)+] () $rows:tt $($r:tt)*) => {
        table! { @next $h { [$($f)*
            { $n (any($($p)+)) (all(any($($p)+), any(not(doc), doctest))) $rows }] $v $l } $($r)* }
    };
    (@names $h:tt { $f:tt [$($v:tt)*] $l:tt } {field $F:ident} $n:tt [$($p:tt)+] () $rows:tt $($r:tt)*) => {
        table! { @next $h { $f [$($v)*
            { $F $n (any($($p)+)) (any($($p)+ all(doc, not(doctest)))) $rows }] $l } $($r)* }
    };
    (@names $h:tt { $f:tt $v:tt [$($l:tt)*] } {later} $n:tt [$($p:tt)+] () $rows:tt $($r:tt)*) => {
        table! { @next $h { $f $v [$($l)*
            { $n (any($($p)+)) (any($($p)+ all(doc, not(doctest)))) $rows }] } $($r)* }
    };
    (@names $h:tt $d:tt $k:tt $n:tt $p:tt (unix $($t:tt)*) $($r:tt)*) => {
        table! { @arch $h $d $k $n $p (unix) ($($t)*) $($r)* }
    };
    (@names $h:tt $d:tt $k:tt $n:tt $p:tt (linux $($t:tt)*) $($r:tt)*) => {
        table! { @arch $h $d $k $n $p (target_os = "linux") ($($t)*) $($r)* }
    };
    (@names $h:tt $d:tt $k:tt $n:tt $p:tt (android $($t:tt)*) $($r:tt)*) => {
        table! { @arch $h $d $k $n $p (target_os = "android") ($($t)*) $($r)* }
    };
    (@names $h:tt $d:tt $k:tt $n:tt $p:tt (freebsd $($t:tt)*) $($r:tt)*) => {
        table! { @arch $h $d $k $n $p (target_os = "freebsd") ($($t)*) $($r)* }
    };
    (@names $h:tt $d:tt $k:tt $n:tt $p:tt (dragonfly $($t:tt)*) $($r:tt)*) => {
        table! { @arch $h $d $k $n $p (target_os = "dragonfly") ($($t)*) $($r)* }
    };
    (@names $h:tt $d:tt $k:tt $n:tt $p:tt (netbsd $($t:tt)*) $($r:tt)*) => {
        table! { @arch $h $d $k $n $p (target_os = "netbsd") ($($t)*) $($r)* }
    };
    (@names $h:tt $d:tt $k:tt $n:tt $p:tt (openbsd $($t:tt)*) $($r:tt)*) => {
        table! { @arch $h $d $k $n $p (target_os = "openbsd") ($($t)*) $($r)* }
    };
    (@names $h:tt $d:tt $k:tt $n:tt $p:tt (apple $($t:tt)*) $($r:tt)*) => {
        table! { @arch $h $d $k $n $p (target_vendor = "apple") ($($t)*) $($r)* }
    };
    (@names $h:tt $d:tt $k:tt $n:tt $p:tt (macos $($t:tt)*) $($r:tt)*) => {
        table! { @arch $h $d $k $n $p (target_os = "macos") ($($t)*) $($r)* }
    };

    // A list of architectures may follow a name.
    (@arch $h:tt $d:tt $k:tt $n:tt [$($p:tt)*] ($($os:tt)+) ((not $($a:tt),+) $(, $($t:tt)*)?) $($r:tt)*) => {
        table! { @names $h $d $k $n
            [$($p)* all($($os)+, not(any($(target_arch = $a),+))),] ($($($t)*)?) $($r)* }
    };
    (@arch $h:tt $d:tt $k:tt $n:tt [$($p:tt)*] ($($os:tt)+) (($($a:tt),+) $(, $($t:tt)*)?) $($r:tt)*) => {
        table! { @names $h $d $k $n
            [$($p)* all($($os)+, any($(target_arch = $a),+)),] ($($($t)*)?) $($r)* }
    };
    (@arch $h:tt $d:tt $k:tt $n:tt [$($p:tt)*] ($($os:tt)+) ($(, $($t:tt)*)?) $($r:tt)*) => {
        table! { @names $h $d $k $n [$($p)* $($os)+,] ($($($t)*)?) $($r)* }
    };

    // Emit a set where one of its groups is.
    (@next { $(#[$m:meta])* $kind:ident $Name:ident $T:ident } {
        [$({ $fn:tt ($($fp:tt)+) $fe:tt $fr:tt })*]
        [$({ $Field:ident $vn:tt ($($vp:tt)+) $ve:tt $vr:tt })*]
        [$({ $ln:tt ($($lp:tt)+) $le:tt $lr:tt })*]
    }) => {
        #[cfg(any($($($fp)+,)* $($($vp)+,)* $($($lp)+,)* all(doc, not(doctest))))]
        table! { @$kind { $(#[$m])* $Name $T } {
            [$({ $fn ($($fp)+) $fe $fr })*]
            [$({ $Field $vn ($($vp)+) $ve $vr })*]
            [$({ $ln ($($lp)+) $le $lr })*]
        } }
    };

    // Emit a set of flags.
    (@struct { $(#[$m:meta])* $Name:ident $T:ident } {
        [$({ $fn:tt $fp:tt $fe:tt { $($(#[doc = $fd:literal])+ $F:ident;)* } })*]
        [$({ $Field:ident $vn:tt $vp:tt $ve:tt { $($(#[doc = $vd:literal])+ $V:ident;)* } })*]
        [$({ $ln:tt $lp:tt $le:tt { $($(#[doc = $ld:literal])+ $L:ident;)+ } })*]
    }) => {
        bitflags::bitflags! {
            $(#[$m])*
            ///
            /// # Bits without a name
            ///
            /// They survive in every operation but `!` and [`complement`](Self::complement);
            /// [`from_bits_retain`](Self::from_bits_retain) takes them in, `Debug` and `Display`
            /// show them in hexadecimal.
            #[derive(Copy, Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
            #[repr(transparent)]
            pub struct $Name: $T {
                $($(
                    #[doc = on! $fn]
                    $(#[doc = $fd])+
                    #[cfg $fe]
                    const $F = table! { @value $fp $F $T };
                )*)*
                $(
                    #[cfg $vp]
                    const _ = 0 $(| $crate::sys::ffi::$V as $T)*;
                )*
            }
        }

        impl $Name {
            $($(
                #[doc = on! $vn]
                $(#[doc = $vd])+
                #[cfg $ve]
                pub const $V: Self = Self::from_bits_retain(table! { @value $vp $V $T });
            )*)*
            $($(
                #[doc = on! $ln]
                $(#[doc = $ld])+
                ///
                /// Not part of [`all()`](Self::all).
                #[cfg $le]
                pub const $L: Self = Self::from_bits_retain(table! { @value $lp $L $T });
            )+)*

            /// Every name of this set that this system has, with its value.
            ///
            /// Where names overlap, the one with more bits comes first.
            pub const NAMES: &'static [(&'static str, Self)] = &[
                $($( #[cfg $fp] (stringify!($F), Self::$F), )*)*
                $($( #[cfg $lp] (stringify!($L), Self::$L), )+)*
                $($( #[cfg $vp] (stringify!($V), Self::$V), )*)*
            ];

            /// Takes `bits` as they are, unknown ones included.
            ///
            /// # Safety
            ///
            /// None is needed: every value is allowed. It is `unsafe` because it was so in nix 0.23.
            #[deprecated = "use `from_bits_retain`"]
            #[must_use]
            pub const unsafe fn from_bits_unchecked(bits: $T) -> Self {
                Self::from_bits_retain(bits)
            }
        }

        impl $crate::sys::text::FlagText for $Name {
            const NAMES: &'static [(&'static str, Self)] = Self::NAMES;
            const FIELDS: &'static [$crate::sys::text::Field] = &[
                $( #[cfg $vp] $crate::sys::text::$Field, )*
            ];
            const ZERO: Self = Self::empty();

            #[allow(clippy::cast_lossless, clippy::unnecessary_cast, reason = "one macro for all widths")]
            fn to_u64(self) -> u64 {
                // A C type with a sign must not spread it over the upper bits.
                self.bits() as u64 & (u64::MAX >> (u64::BITS - <$T>::BITS))
            }

            #[allow(clippy::cast_lossless, clippy::unnecessary_cast, reason = "one macro for all widths")]
            fn from_u64(bits: u64) -> Option<Self> {
                let flags = Self::from_bits_retain(bits as $T);
                (flags.to_u64() == bits).then_some(flags)
            }
        }

        impl core::fmt::Debug for $Name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::sys::text::write(*self, f)
            }
        }

        impl core::fmt::Display for $Name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::sys::text::write(*self, f)
            }
        }

        impl core::str::FromStr for $Name {
            type Err = $crate::sys::ParseError;

            fn from_str(text: &str) -> core::result::Result<Self, Self::Err> {
                $crate::sys::text::parse(stringify!($Name), text)
            }
        }
    };

    // The number of a constant. Documentation of another system has none, and shows none.
    (@value $pred:tt $C:ident $T:ident) => {{
        #[cfg $pred]
        const BITS: $T = $crate::sys::ffi::$C as $T;
        #[cfg(not $pred)]
        const BITS: $T = 0;
        BITS
    }};

    // Emit a set of exclusive choices.
    (@enum { $(#[$m:meta])* $Name:ident $T:ident } {
        [$({ $fn:tt $fp:tt $fe:tt { $($(#[doc = $fd:literal])+ $F:ident;)+ } })+] [] []
    }) => {
        $(#[$m])*
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the C names")]
        #[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[cfg(not(all(doc, not(doctest))))]
        #[non_exhaustive]
        #[repr($T)]
        pub enum $Name {
            $($(
                $(#[doc = $fd])+
                #[cfg $fp]
                $F = $crate::sys::ffi::$F,
            )+)+
        }

        // As it is documented: without numbers, which differ by system.
        $(#[$m])*
        ///
        /// # Numbers
        ///
        #[doc = concat!("It is a `repr(", stringify!($T), ")`: `as` gives this system's number.")]
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the C names")]
        #[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[cfg(all(doc, not(doctest)))]
        #[non_exhaustive]
        pub enum $Name {
            $($(
                #[doc = on! $fn]
                $(#[doc = $fd])+
                #[cfg $fe]
                $F,
            )+)+
        }

        impl $Name {
            /// Every value that this system has, with its name.
            pub const NAMES: &'static [(&'static str, Self)] = &[
                $($( #[cfg $fp] (stringify!($F), Self::$F), )+)+
            ];

            /// The C name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $($( #[cfg $fp] Self::$F => stringify!($F), )+)+
                }
            }

            /// The first line of the value's documentation.
            #[must_use]
            pub const fn desc(self) -> &'static str {
                match self {
                    $($( #[cfg $fp] Self::$F => first!($($fd)+).trim_ascii_start(), )+)+
                }
            }

            /// The value of this number, if it has one here.
            #[allow(dead_code, reason = "not every choice is read from a number")]
            pub(crate) const fn from_number(number: $T) -> Option<Self> {
                match number {
                    $($( #[cfg $fp] $crate::sys::ffi::$F => Some(Self::$F), )+)+
                    _ => None,
                }
            }
        }

        impl core::str::FromStr for $Name {
            type Err = $crate::sys::ParseError;

            fn from_str(text: &str) -> core::result::Result<Self, Self::Err> {
                $crate::sys::text::choose(stringify!($Name), Self::NAMES, text)
            }
        }
    };
}

/// How the documentation of an item begins that not all systems have: `**FreeBSD.**`.
///
/// It takes the systems as a [`table!`] does, and says nothing of those on all.
macro_rules! on {
    () => { "" };
    (unix) => { "" };
    (@ [$($text:tt)+] $system:ident (not $first:tt $(, $arch:tt)*) $($rest:tt)*) => {
        on!(@@ [$($text)+, on!(= $system), " (not ", $first $(, ", ", $arch)*, ")"] $($rest)*)
    };
    (@ [$($text:tt)+] $system:ident ($first:tt $(, $arch:tt)*) $($rest:tt)*) => {
        on!(@@ [$($text)+, on!(= $system), " (", $first $(, ", ", $arch)*, ")"] $($rest)*)
    };
    (@ [$($text:tt)+] $system:ident $($rest:tt)*) => {
        on!(@@ [$($text)+, on!(= $system)] $($rest)*)
    };
    (@@ [$($text:tt)+]) => { concat!($($text)+, ".**") };
    (@@ [$($text:tt)+], $($rest:tt)+) => { on!(@ [$($text)+, ", "] $($rest)+) };
    (= linux) => { "Linux" };
    (= android) => { "Android" };
    (= freebsd) => { "FreeBSD" };
    (= netbsd) => { "NetBSD" };
    (= openbsd) => { "OpenBSD" };
    (= dragonfly) => { "DragonFly" };
    (= apple) => { "macOS, iOS" };
    (= macos) => { "macOS" };
    ($($names:tt)+) => { on!(@ ["**"] $($names)+) };
}

/// The first of several tokens.
macro_rules! first {
    ($first:tt $($rest:tt)*) => {
        $first
    };
}
