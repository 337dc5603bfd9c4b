//! The systems whose objects the limit of files is not for: FreeBSD, Apple's.

pub(crate) fn largest() -> u64 {
    u64::MAX
}
