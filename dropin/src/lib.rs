//! Proof that code written for nix 0.23 compiles on `mman`.
