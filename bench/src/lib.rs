//! What calls cost through `mman` and through its peers: the programs are in `src/bin`.
