//! Values whose types the `zerocopy` crate answers for, with the feature of that name.

use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::{
    MappedFile,
    access::{Access, Writable},
};
use crate::{MapError, Result};

/// Values of the types for which the `zerocopy` crate has derived that they are nothing but bytes
/// (feature `zerocopy`).
impl<A: Access> MappedFile<A> {
    /// [`load`](Self::load) of any type that all bytes are a value of.
    ///
    /// Fields are in the order of bytes of this machine, unless their types say otherwise
    /// (`zerocopy::byteorder`).
    ///
    /// # Examples
    ///
    /// ```
    /// use zerocopy::{FromBytes, byteorder::little_endian::U32};
    ///
    /// #[derive(FromBytes)]
    /// #[repr(C)]
    /// struct Header {
    ///     magic: [u8; 4],
    ///     version: U32,
    /// }
    ///
    /// let map = mman::FileMap::open("Cargo.toml")?;
    /// let header: Header = map.load_as(1)?;
    /// assert_eq!(&header.magic, b"work");
    /// assert_eq!(header.version.get(), u32::from_le_bytes(*b"spac"));
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - As [`load`](Self::load).
    #[inline]
    pub fn load_as<T: FromBytes>(&self, offset: usize) -> Result<T, MapError> {
        // SAFETY: any bytes are a value of the type, as its trait says.
        unsafe { self.load_any("load_as", offset) }
    }
}

/// The same for maps whose pages can be written.
impl<A: Writable> MappedFile<A> {
    /// [`store`](Self::store) of any value without padding; slices are such too.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMapCow::open("Cargo.toml")?;
    /// map.store_as(3, &[1u16, 2, 3][..])?;
    /// assert_eq!(map.load::<u16>(5)?, 2);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// What has padding is no value to be stored, for its bytes are not all known:
    ///
    /// ```compile_fail,E0277
    /// #[derive(zerocopy::FromBytes, zerocopy::Immutable)]
    /// #[repr(C)]
    /// struct Padded(u8, u32);
    ///
    /// let map = mman::FileMapCow::open("Cargo.toml").unwrap();
    /// map.store_as(0, &Padded(1, 2)).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// - As [`store`](Self::store).
    #[inline]
    pub fn store_as<T: IntoBytes + Immutable + ?Sized>(
        &self,
        offset: usize,
        value: &T,
    ) -> Result<(), MapError> {
        let bytes = value.as_bytes();
        // SAFETY: the bytes are borrowed.
        unsafe { self.store_any("store_as", offset, bytes.as_ptr(), bytes.len()) }
    }
}
