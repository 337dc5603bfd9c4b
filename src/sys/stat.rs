//! `<sys/stat.h>`, as far as shared memory needs it.

pub use libc::mode_t;

table! {
    /// Who may do what with a file: its permission bits.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::sys::stat::Mode;
    ///
    /// let mode = Mode::S_IRWXU | Mode::S_IRGRP;
    /// assert_eq!(mode.bits(), 0o740);
    /// assert_eq!(mode.to_string(), "S_IRWXU | S_IRGRP");
    /// ```
    pub struct Mode: mode_t {
        on(unix) {
            /// The owner may read, write and execute.
            S_IRWXU;
            /// The owner may read.
            S_IRUSR;
            /// The owner may write.
            S_IWUSR;
            /// The owner may execute.
            S_IXUSR;
            /// The group may read, write and execute.
            S_IRWXG;
            /// The group may read.
            S_IRGRP;
            /// The group may write.
            S_IWGRP;
            /// The group may execute.
            S_IXGRP;
            /// Others may read, write and execute.
            S_IRWXO;
            /// Others may read.
            S_IROTH;
            /// Others may write.
            S_IWOTH;
            /// Others may execute.
            S_IXOTH;
            /// Run as the owner.
            S_ISUID;
            /// Run as the group.
            S_ISGID;
            /// Only the owner of a file in this directory may remove it.
            S_ISVTX;
        }
    }
}
