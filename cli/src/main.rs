//! The tool `mman`.

fn main() {}
