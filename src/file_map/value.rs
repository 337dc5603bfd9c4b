//! Values loaded from a map, and stored to it.

use core::mem::MaybeUninit;

use super::{
    MappedFile,
    access::{Access, Writable},
};
use crate::{
    MapError, Result,
    guarded::{self, Word},
};

/// Values that any bytes are, and that are nothing but bytes.
///
/// Numbers are, and arrays of them. The bytes of a number are in the order of this machine. Types that
/// the `zerocopy` crate knows to be such need no `unsafe`: with the feature of that name there are
/// `load_as` and `store_as` for them.
///
/// # Examples
///
/// ```
/// use mman::Plain;
///
/// #[derive(Copy, Clone)]
/// #[repr(C)]
/// struct Header {
///     magic: u32,
///     version: u16,
///     flags: u16,
/// }
///
/// // SAFETY: three numbers without padding between or after them.
/// unsafe impl Plain for Header {}
///
/// let map = mman::FileMap::open("Cargo.toml")?;
/// let header: Header = map.load(0)?;
/// assert_eq!(header.magic.to_ne_bytes(), *b"[wor");
/// # Ok::<(), mman::MapError>(())
/// ```
///
/// # Safety
///
/// - Any bytes are a value of the type: no `bool`, `char`, enum, reference or pointer is in it.
/// - It has no padding.
/// - Nothing of it can change through a shared reference.
pub unsafe trait Plain: Copy + 'static {}

/// Whole numbers of up to 64 bits, which a processor changes in one step.
///
/// The types of this crate are all there are.
///
/// # Examples
///
/// ```
/// use mman::{FileMapCow, Integer, MapError};
///
/// fn take<T: Integer + Default>(map: &FileMapCow, offset: usize) -> Result<T, MapError> {
///     map.swap(offset, T::default())
/// }
///
/// let map = FileMapCow::open("Cargo.toml")?;
/// # if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
/// assert_eq!(take::<u16>(&map, 0)?.to_ne_bytes(), *b"[w");
/// assert_eq!(map.load::<u16>(0)?, 0);
/// # }
/// # Ok::<(), MapError>(())
/// ```
pub trait Integer: Plain + sealed::Sealed {}

pub(super) mod sealed {
    use super::Word;

    #[expect(private_bounds, reason = "only this crate can name it")]
    pub trait Sealed {
        type Word: Word;
        fn to_word(self) -> Self::Word;
        fn of_word(word: Self::Word) -> Self;
    }
}

macro_rules! integers {
    ($($type:ty as $word:ty),+) => {$(
        // SAFETY: a number has no padding, and any bytes are one.
        unsafe impl Plain for $type {}

        impl Integer for $type {}

        impl sealed::Sealed for $type {
            type Word = $word;

            fn to_word(self) -> $word {
                self as $word
            }

            fn of_word(word: $word) -> Self {
                word as Self
            }
        }
    )+};
}

integers! {
    u8 as u8, u16 as u16, u32 as u32, u64 as u64, usize as usize,
    i8 as u8, i16 as u16, i32 as u32, i64 as u64, isize as usize
}

// SAFETY: as for the other numbers.
unsafe impl Plain for u128 {}
// SAFETY: as above.
unsafe impl Plain for i128 {}
// SAFETY: as above; any bits are a float.
unsafe impl Plain for f32 {}
// SAFETY: as above.
unsafe impl Plain for f64 {}
// SAFETY: there is no padding between the elements, and none in them.
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}

/// Values. On x86-64 and 64-bit Arm, those of 1, 2, 4 and 8 bytes at a multiple of their size are
/// accessed in one step; other processors copy them, by way of the kernel.
impl<A: Access> MappedFile<A> {
    /// Loads a value, at any offset.
    ///
    /// In no order with other accesses; [`load_atomic`](Self::load_atomic) has one.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMap::open("Cargo.toml")?;
    /// let word: u32 = map.load(3)?;
    /// assert_eq!(word.to_ne_bytes(), *b"rksp");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the value is not within the length; or a page of it is gone.
    #[inline]
    pub fn load<T: Plain>(&self, offset: usize) -> Result<T, MapError> {
        // SAFETY: any bytes are a value of the type.
        unsafe { self.load_any("load", offset) }
    }

    /// # Safety
    ///
    /// - Any bytes are a value of the type.
    #[inline]
    pub(super) unsafe fn load_any<T>(
        &self,
        operation: &'static str,
        offset: usize,
    ) -> Result<T, MapError> {
        let len = size_of::<T>();
        let from = self.reach(operation, offset, len)?;
        let mut value = MaybeUninit::<T>::uninit();
        let to = value.as_mut_ptr().cast::<u8>();
        macro_rules! word {
            ($word:ty) => {
                // SAFETY: the range is the map's, which is for reading, and the handler is ready.
                unsafe { guarded::load::<$word>(from.cast()) }.map(|word| {
                    // SAFETY: the value is of this size.
                    unsafe { to.cast::<$word>().write_unaligned(word) }
                })
            };
        }
        let done = match len {
            1 => word!(u8),
            2 => word!(u16),
            4 => word!(u32),
            8 => word!(u64),
            // SAFETY: as above; the value is of this size.
            _ => unsafe { guarded::copy_from(from, to, len) },
        };
        // SAFETY: all its bytes were written then, and any are a value.
        let done = done.map(|()| unsafe { value.assume_init() });
        self.outcome(operation, offset, len, done)
    }

    /// Loads a number in one step, sequentially consistent.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMap::open("Cargo.toml")?;
    /// # if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
    /// assert_eq!(map.load_atomic::<u32>(4)?.to_ne_bytes(), *b"kspa");
    /// let error = map.load_atomic::<u32>(5).unwrap_err();
    /// assert_eq!(error.to_string(), "load_atomic: the number at 5 is not at a multiple of its 4 bytes");
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the offset is no multiple of the size (as an address, and so in the file
    ///   too unless the map starts at an odd offset of it), or not within the length; the page is
    ///   gone; or [unsupported](MapError::is_unsupported) (all processors but x86-64 and 64-bit Arm).
    #[inline]
    pub fn load_atomic<T: Integer>(&self, offset: usize) -> Result<T, MapError> {
        const OPERATION: &str = "load_atomic";
        let at = self.aligned::<T>(OPERATION, offset)?;
        // SAFETY: the aligned number is the map's, which is for reading, and the handler is ready.
        let done = unsafe { guarded::load_seq(at) };
        self.outcome(OPERATION, offset, size_of::<T>(), done).map(T::of_word)
    }

    #[inline]
    fn aligned<T: Integer>(
        &self,
        operation: &'static str,
        offset: usize,
    ) -> Result<*mut T::Word, MapError> {
        let len = size_of::<T>();
        let at = self.reach(operation, offset, len)?;
        if at.addr() % len != 0 {
            let rule =
                std::format!("the number at {offset} is not at a multiple of its {len} bytes");
            return Err(MapError::rule(operation, rule));
        }
        Ok(at.cast())
    }
}

/// Values stored, and numbers changed in one step. What is called atomic is so for all processes
/// that map the file, and sequentially consistent.
impl<A: Writable> MappedFile<A> {
    /// Stores a value, at any offset.
    ///
    /// In no order with other accesses; [`store_atomic`](Self::store_atomic) has one.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMapCow::open("Cargo.toml")?;
    /// map.store(3, u64::from_ne_bytes(*b"12345678"))?;
    /// assert_eq!(map.to_vec(..11)?, b"[wo12345678");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the value is not within the length; or a page of it is gone, or cannot be
    ///   had (the disk is full).
    #[inline]
    pub fn store<T: Plain>(&self, offset: usize, value: T) -> Result<(), MapError> {
        let bytes = (&raw const value).cast();
        // SAFETY: the value is of this size, and has no padding.
        unsafe { self.store_any("store", offset, bytes, size_of::<T>()) }
    }

    /// # Safety
    ///
    /// - `len` bytes at `from` are valid for reads, and nobody changes them meanwhile.
    #[inline]
    pub(super) unsafe fn store_any(
        &self,
        operation: &'static str,
        offset: usize,
        from: *const u8,
        len: usize,
    ) -> Result<(), MapError> {
        let to = self.reach(operation, offset, len)?;
        macro_rules! word {
            ($word:ty) => {{
                // SAFETY: so many bytes are there.
                let word = unsafe { from.cast::<$word>().read_unaligned() };
                // SAFETY: the range is the map's, which is for writing, and the handler is ready.
                unsafe { guarded::store::<$word>(to.cast(), word) }
            }};
        }
        let done = match len {
            1 => word!(u8),
            2 => word!(u16),
            4 => word!(u32),
            8 => word!(u64),
            // SAFETY: as above.
            _ => unsafe { guarded::copy_to(from, to, len) },
        };
        self.outcome(operation, offset, len, done)
    }

    /// Stores a number in one step.
    ///
    /// # Examples
    ///
    /// ```
    /// let path = std::env::temp_dir().join(format!("mman-store-atomic-{}", std::process::id()));
    /// let map = mman::FileMapMut::create_new(&path, 8)?;
    /// # std::fs::remove_file(&path)?;
    /// # if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
    /// map.store_atomic(0, 7u64)?;
    /// assert_eq!(map.load_atomic::<u64>(0)?, 7);
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - As [`load_atomic`](Self::load_atomic).
    #[inline]
    pub fn store_atomic<T: Integer>(&self, offset: usize, value: T) -> Result<(), MapError> {
        const OPERATION: &str = "store_atomic";
        let at = self.aligned::<T>(OPERATION, offset)?;
        // SAFETY: the aligned number is the map's, which is for writing, and the handler is ready.
        let done = unsafe { guarded::store_seq(at, value.to_word()) };
        self.outcome(OPERATION, offset, size_of::<T>(), done)
    }

    /// Stores a number, and tells the one that was there.
    ///
    /// # Examples
    ///
    /// ```
    /// let path = std::env::temp_dir().join(format!("mman-swap-{}", std::process::id()));
    /// let map = mman::FileMapMut::create_new(&path, 8)?;
    /// # std::fs::remove_file(&path)?;
    /// # if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
    /// assert_eq!(map.swap(0, 7u64)?, 0);
    /// assert_eq!(map.swap(0, 8u64)?, 7);
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - As [`load_atomic`](Self::load_atomic).
    #[inline]
    pub fn swap<T: Integer>(&self, offset: usize, value: T) -> Result<T, MapError> {
        const OPERATION: &str = "swap";
        let at = self.aligned::<T>(OPERATION, offset)?;
        // SAFETY: as in `store_atomic`, and for reading.
        let done = unsafe { guarded::swap(at, value.to_word()) };
        self.outcome(OPERATION, offset, size_of::<T>(), done).map(T::of_word)
    }

    /// Stores `new` if `current` is there: `Ok(Ok(current))`; else tells what is: `Ok(Err(it))`.
    ///
    /// # Examples
    ///
    /// ```
    /// let path = std::env::temp_dir().join(format!("mman-exchange-{}", std::process::id()));
    /// let map = mman::FileMapMut::create_new(&path, 8)?;
    /// # std::fs::remove_file(&path)?;
    /// # if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
    /// assert_eq!(map.compare_exchange(0, 0u64, 1)?, Ok(0));
    /// assert_eq!(map.compare_exchange(0, 0u64, 2)?, Err(1));
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - As [`load_atomic`](Self::load_atomic).
    #[inline]
    pub fn compare_exchange<T: Integer>(
        &self,
        offset: usize,
        current: T,
        new: T,
    ) -> Result<Result<T, T>, MapError> {
        const OPERATION: &str = "compare_exchange";
        let at = self.aligned::<T>(OPERATION, offset)?;
        // SAFETY: as in `store_atomic`, and for reading.
        let done = unsafe { guarded::compare_exchange(at, current.to_word(), new.to_word()) };
        let found = self.outcome(OPERATION, offset, size_of::<T>(), done)?;
        Ok(found.map(T::of_word).map_err(T::of_word))
    }

    /// Adds to a number, wrapping around, and tells the one that was there.
    ///
    /// # Examples
    ///
    /// ```
    /// let path = std::env::temp_dir().join(format!("mman-fetch-add-{}", std::process::id()));
    /// let map = mman::FileMapMut::create_new(&path, 8)?;
    /// # std::fs::remove_file(&path)?;
    /// # if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
    /// assert_eq!(map.fetch_add(0, 2u64)?, 0);
    /// // It wraps around: this subtracts 1.
    /// assert_eq!(map.fetch_add(0, u64::MAX)?, 2);
    /// assert_eq!(map.load::<u64>(0)?, 1);
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - As [`load_atomic`](Self::load_atomic).
    #[inline]
    pub fn fetch_add<T: Integer>(&self, offset: usize, value: T) -> Result<T, MapError> {
        const OPERATION: &str = "fetch_add";
        let at = self.aligned::<T>(OPERATION, offset)?;
        // SAFETY: as in `store_atomic`, and for reading.
        let done = unsafe { guarded::fetch_add(at, value.to_word()) };
        self.outcome(OPERATION, offset, size_of::<T>(), done).map(T::of_word)
    }

    /// Changes a number to what `change` makes of it, and tells the one that was there. It is called
    /// again where others change the number meanwhile.
    ///
    /// # Examples
    ///
    /// ```
    /// let path = std::env::temp_dir().join(format!("mman-fetch-update-{}", std::process::id()));
    /// let map = mman::FileMapMut::create_new(&path, 8)?;
    /// # std::fs::remove_file(&path)?;
    /// # if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
    /// map.store(0, 20u64)?;
    /// assert_eq!(map.fetch_update(0, |count: u64| count.min(10))?, 20);
    /// assert_eq!(map.load::<u64>(0)?, 10);
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - As [`load_atomic`](Self::load_atomic).
    pub fn fetch_update<T: Integer>(
        &self,
        offset: usize,
        mut change: impl FnMut(T) -> T,
    ) -> Result<T, MapError> {
        const OPERATION: &str = "fetch_update";
        let at = self.aligned::<T>(OPERATION, offset)?;
        // SAFETY: as in `store_atomic`, and for reading.
        let done = unsafe { guarded::fetch_update(at, |word| change(T::of_word(word)).to_word()) };
        self.outcome(OPERATION, offset, size_of::<T>(), done).map(T::of_word)
    }
}
