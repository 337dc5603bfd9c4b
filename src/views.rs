//! [`Views`]: typed references, with the feature `zerocopy`.

use std::format;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, error::CastError};

use crate::{MapError, Result};

/// Typed references into bytes that nobody else changes, without a copy.
///
/// It is for slices, and so for every memory that is one: [`Anon`](crate::Anon), guards that let one
/// write, memory that was made read-only. The traits of the `zerocopy` crate say which types any
/// bytes are values of; numbers are in the processor's order of bytes unless the type says
/// otherwise (`zerocopy::byteorder`).
///
/// # Examples
///
/// ```
/// use mman::{Anon, Views};
/// use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};
///
/// #[derive(FromBytes, IntoBytes, Immutable, KnownLayout)]
/// #[repr(C)]
/// struct Head {
///     count: u64,
///     next: u32,
///     kind: u32,
/// }
///
/// let mut memory = Anon::new(1 << 16)?;
/// let head: &mut Head = memory.view_mut(0)?;
/// head.count = 3;
/// memory.views_mut::<u32>(16, 3)?.copy_from_slice(&[5, 6, 7]);
///
/// let table = memory.make_read_only().map_err(|(_, error)| error)?;
/// let head: &Head = table.view(0)?;
/// assert_eq!(table.views::<u32>(16, head.count as usize)?, [5, 6, 7]);
/// # Ok::<(), mman::MapError>(())
/// ```
///
/// There are no views of what not all bytes are values of, and none for change that would show what
/// lies between the fields of a type:
///
/// ```compile_fail,E0277
/// # use mman::Views;
/// let memory = mman::Anon::new(4096).unwrap();
/// let text: &bool = memory.view(0).unwrap();
/// ```
///
/// ```compile_fail,E0277
/// # use mman::Views;
/// #[derive(zerocopy::FromBytes, zerocopy::KnownLayout)]
/// #[repr(C)]
/// struct Gap(u8, u32);
/// let mut memory = mman::Anon::new(4096).unwrap();
/// let gap: &mut Gap = memory.view_mut(0).unwrap();
/// ```
pub trait Views {
    /// The value that begins at an offset.
    ///
    /// # Errors
    ///
    /// - Without a code: it does not end within the length, or it is not aligned.
    fn view<T: FromBytes + KnownLayout + Immutable>(&self, offset: usize) -> Result<&T, MapError>;

    /// So many values, the first of which begins at an offset.
    ///
    /// # Errors
    ///
    /// As [`view`](Self::view).
    fn views<T: FromBytes + Immutable>(
        &self,
        offset: usize,
        count: usize,
    ) -> Result<&[T], MapError>;

    /// [`view`](Self::view) for change.
    ///
    /// # Errors
    ///
    /// As [`view`](Self::view).
    fn view_mut<T: FromBytes + IntoBytes + KnownLayout>(
        &mut self,
        offset: usize,
    ) -> Result<&mut T, MapError>;

    /// [`views`](Self::views) for change.
    ///
    /// # Errors
    ///
    /// As [`view`](Self::view).
    fn views_mut<T: FromBytes + IntoBytes>(
        &mut self,
        offset: usize,
        count: usize,
    ) -> Result<&mut [T], MapError>;
}

impl Views for [u8] {
    fn view<T: FromBytes + KnownLayout + Immutable>(&self, offset: usize) -> Result<&T, MapError> {
        let len = self.len();
        let bytes = self.get(offset..).ok_or_else(|| beyond("view", offset, len))?;
        let found = T::ref_from_prefix(bytes).map(|(value, _)| value);
        found.map_err(|error| refused::<T, _>("view", offset, len, error))
    }

    fn views<T: FromBytes + Immutable>(
        &self,
        offset: usize,
        count: usize,
    ) -> Result<&[T], MapError> {
        let len = self.len();
        let bytes = self.get(offset..).ok_or_else(|| beyond("views", offset, len))?;
        let found = <[T]>::ref_from_prefix_with_elems(bytes, count).map(|(values, _)| values);
        found.map_err(|error| refused::<T, _>("views", offset, len, error))
    }

    fn view_mut<T: FromBytes + IntoBytes + KnownLayout>(
        &mut self,
        offset: usize,
    ) -> Result<&mut T, MapError> {
        let len = self.len();
        let bytes = self.get_mut(offset..).ok_or_else(|| beyond("view_mut", offset, len))?;
        let found = T::mut_from_prefix(bytes).map(|(value, _)| value);
        found.map_err(|error| refused::<T, _>("view_mut", offset, len, error))
    }

    fn views_mut<T: FromBytes + IntoBytes>(
        &mut self,
        offset: usize,
        count: usize,
    ) -> Result<&mut [T], MapError> {
        let len = self.len();
        let bytes = self.get_mut(offset..).ok_or_else(|| beyond("views_mut", offset, len))?;
        let found = <[T]>::mut_from_prefix_with_elems(bytes, count).map(|(values, _)| values);
        found.map_err(|error| refused::<T, _>("views_mut", offset, len, error))
    }
}

fn beyond(operation: &'static str, offset: usize, len: usize) -> MapError {
    MapError::rule(operation, format!("offset {offset} is beyond the length {len}"))
}

fn refused<T, S>(
    operation: &'static str,
    offset: usize,
    len: usize,
    error: CastError<S, impl ?Sized>,
) -> MapError {
    let rule = match error {
        CastError::Alignment(_) => {
            let align = align_of::<T>();
            format!("the address of offset {offset} is not a multiple of {align}")
        }
        _ => format!("what begins at {offset} does not end within the length {len}"),
    };
    MapError::rule(operation, rule)
}
