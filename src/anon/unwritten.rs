//! What [`AnonReadOnly`](super::AnonReadOnly) and [`AnonExec`](super::AnonExec) have in common.

/// The verbs of memory that is not written, each on the [`Anon`](super::Anon) that it is.
///
/// `$make` is an expression that makes two pages, for the examples.
macro_rules! unwritten {
    ($type:ident, $make:literal) => {
        impl $type {
            /// [`Anon::split_off`](crate::Anon::split_off).
            ///
            /// # Examples
            ///
            /// ```
            /// let page = mman::page_size();
            #[doc = concat!("let mut first = ", $make, ";")]
            /// let second = first.split_off(page)?;
            /// assert_eq!((first.len(), second.len()), (page, page));
            /// first.join(second).map_err(|(_, error)| error)?;
            /// assert_eq!(first.len(), 2 * page);
            /// # Ok::<(), mman::MapError>(())
            /// ```
            ///
            /// # Errors
            ///
            /// As [`Anon::split_off`](crate::Anon::split_off).
            pub fn split_off(&mut self, at: usize) -> crate::Result<Self, crate::MapError> {
                self.0.split_off(at).map(Self)
            }

            /// [`Anon::join`](crate::Anon::join).
            ///
            /// # Examples
            ///
            /// ```
            /// let page = mman::page_size();
            #[doc = concat!("let mut memory = ", $make, ";")]
            /// let rest = memory.split_off(page)?;
            /// memory.join(rest).map_err(|(_, error)| error)?;
            /// assert_eq!(memory.len(), 2 * page);
            /// # Ok::<(), mman::MapError>(())
            /// ```
            ///
            /// # Errors
            ///
            /// As [`Anon::join`](crate::Anon::join).
            pub fn join(&mut self, other: Self) -> crate::Result<(), (Self, crate::MapError)> {
                self.0.join(other.0).map_err(|(other, error)| (Self(other), error))
            }
        }
    };
}
pub(super) use unwritten;
