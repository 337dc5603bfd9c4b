//! `<sys/sysinfo.h>`: how much memory there is.

use core::mem::MaybeUninit;

use crate::{Result, errno::Errno};

/// How much swap space there is, used or not, in bytes.
#[allow(clippy::useless_conversion, reason = "the field's type differs by architecture")]
pub(crate) fn total_swap() -> Result<u64> {
    let mut info = MaybeUninit::<libc::sysinfo>::uninit();
    // SAFETY: `info` has the layout of `struct sysinfo` and outlives the call.
    let answer = unsafe { libc::sysinfo(info.as_mut_ptr()) };
    Errno::result(answer)?;
    // SAFETY: the call has succeeded, and then it has filled the structure in.
    let info = unsafe { info.assume_init() };
    Ok(u64::from(info.totalswap).saturating_mul(u64::from(info.mem_unit)))
}
