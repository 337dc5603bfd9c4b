//! `observe`.

mod detail;
mod machine;
mod maps;
mod page_cache;
mod probe;
