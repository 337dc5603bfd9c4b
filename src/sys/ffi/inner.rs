//! The constants that no public name shows, for the proof in `abi/`.

use core::ffi::c_long;

use super::*;

macro_rules! names {
    ($($NAME:ident)+) => {
        /// Constants that the calls make use of and no public name shows, with their numbers.
        pub const INNER: &[(&str, c_long)] = &[$((stringify!($NAME), $NAME as c_long)),+];
    };
}

#[cfg(target_os = "freebsd")]
names! {
    F_ADD_SEALS
    F_GET_SEALS
    SYS_shm_open2
}

#[cfg(target_os = "netbsd")]
names! {
    F_ADD_SEALS
    F_GET_SEALS
}

#[cfg(any(target_os = "linux", target_os = "android"))]
names! {
    F_ADD_SEALS
    F_GET_SEALS
    PIDFD_SELF
    PIDFD_SELF_PROCESS
    MPOL_DEFAULT
    MPOL_PREFERRED
    MPOL_BIND
    MPOL_INTERLEAVE
    MPOL_LOCAL
    MPOL_PREFERRED_MANY
    MPOL_WEIGHTED_INTERLEAVE
    MPOL_F_STATIC_NODES
    MPOL_F_RELATIVE_NODES
    MPOL_F_NUMA_BALANCING
    MPOL_F_NODE
    MPOL_F_ADDR
    MPOL_F_MEMS_ALLOWED
    PR_SET_VMA
    PR_SET_VMA_ANON_NAME
    PR_SET_THP_DISABLE
    PR_GET_THP_DISABLE
    PR_THP_DISABLE_EXCEPT_ADVISED
    PR_SET_MDWE
    PR_GET_MDWE
    PR_MDWE_REFUSE_EXEC_GAIN
    PR_MDWE_NO_INHERIT
    PR_SET_MEMORY_MERGE
    PR_GET_MEMORY_MERGE
    PR_SET_TAGGED_ADDR_CTRL
    PR_GET_TAGGED_ADDR_CTRL
}
