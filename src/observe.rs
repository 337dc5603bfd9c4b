//! What is in memory: of files, of processes, of the machine; and what this kernel can do.
//!
//! - [`page_cache`]: what is in memory of a file.
//! - [`maps`], [`mapping_at`], [`maps_in_detail`], [`usage`]: what a process has mapped, and how much
//!   memory is behind it.
//! - [`machine`]: page sizes, pools of huge pages, limits.
//! - [`probe`]: what this kernel supports, call by call, flag by flag, and why not.

mod machine;
mod maps;
mod page_cache;
mod probe;

pub use machine::*;
pub use maps::*;
pub use page_cache::{
    PageCache, page_cache, page_cache_at_once, page_cache_range, page_cache_with,
};
pub use probe::*;
