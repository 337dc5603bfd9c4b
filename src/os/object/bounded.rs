//! The systems whose objects are files, or like files: beyond this limit comes a signal.

use crate::sys::resource::{Resource, getrlimit};

pub(crate) fn largest() -> u64 {
    getrlimit(Resource::RLIMIT_FSIZE).map_or(u64::MAX, |limit| limit.rlim_cur)
}
