//! The machine.

use crate::os;

pub use crate::os::machine::{
    Bound, HugePool, Limit, Limits, Machine, Overcommit, OvercommitMode, TransparentHugePages,
    TransparentSize,
};

/// The page sizes, the pools of huge pages, and the limits here and now.
///
/// What the system does not tell, or hides in a container, is `None`.
///
/// # Examples
///
/// ```
/// let machine = mman::observe::machine();
/// println!("pages of {} bytes", machine.page_size);
/// for pool in machine.huge_pools.iter().flatten() {
///     println!("{:?} free huge pages of {} bytes", pool.free, pool.page_size);
/// }
/// if let Some(memlock) = machine.limits.memlock {
///     println!("may lock: {:?}", memlock.soft);
/// }
/// ```
///
/// # Platforms
///
/// All; other than Linux and Android tell of the page size and the limits only.
#[must_use]
pub fn machine() -> Machine {
    os::machine()
}
