//! [`AnonReadOnly`].

use core::{
    fmt,
    ops::{Deref, RangeBounds},
};

use super::{Anon, unwritten::unwritten};
use crate::{
    MapError, ProtectGuard, Protection, Result,
    memory::{Memory, verbs},
};

/// Private anonymous memory that nobody may write, not even by mistake.
///
/// Made by [`Anon::make_read_only`].
///
/// # Examples
///
/// ```
/// let mut memory = mman::Anon::new(4096)?;
/// memory[0] = 1;
/// let table = memory.make_read_only().map_err(|(_, error)| error)?;
/// assert_eq!(table[0], 1);
/// let mut memory = table.make_mut().map_err(|(_, error)| error)?;
/// memory[0] = 2;
/// # Ok::<(), mman::MapError>(())
/// ```
///
/// ```compile_fail,E0594
/// let table = mman::Anon::new(4096).unwrap().make_read_only().unwrap();
/// table[0] = 1;
/// ```
pub struct AnonReadOnly(Anon);

verbs!(AnonReadOnly, "mman::Anon::new(10_000)?.make_read_only().map_err(|(_, error)| error)?");
unwritten!(
    AnonReadOnly,
    "mman::Anon::new(2 * page)?.make_read_only().map_err(|(_, error)| error)?"
);

impl AnonReadOnly {
    /// Takes memory that was made read-only.
    pub(super) fn new(memory: Anon) -> Self {
        Self(memory)
    }

    fn memory(&self) -> &Memory {
        &self.0.0
    }

    /// Makes the memory writable again.
    ///
    /// # Examples
    ///
    /// ```
    /// let memory = mman::Anon::new(10_000)?;
    /// let table = memory.make_read_only().map_err(|(_, error)| error)?;
    /// let mut memory = table.make_mut().map_err(|(_, error)| error)?;
    /// memory[0] = 1;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value comes back.
    ///
    /// - `ENOMEM`: too many mappings would arise, or no memory is promised.
    #[doc(alias = "mprotect")]
    pub fn make_mut(self) -> Result<Anon, (Self, MapError)> {
        self.0.writable_again(Protection::Read).map_err(|(memory, error)| (Self(memory), error))
    }

    /// Brings memory in for reading: later accesses do not fault.
    ///
    /// # Examples
    ///
    /// ```
    /// let memory = mman::Anon::new(1 << 20)?.make_read_only().map_err(|(_, error)| error)?;
    /// memory.prefault(..)?;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the range is not within the length.
    /// - `ENOMEM`, `EFAULT`: there is no memory for it. Where a control group's limit ends the
    ///   memory, Linux kills instead; so does a kernel before 5.14 for any shortage.
    #[doc(alias = "MADV_POPULATE_READ")]
    pub fn prefault(&self, range: impl RangeBounds<usize>) -> Result<(), MapError> {
        // SAFETY: the memory is for reading.
        unsafe { self.0.0.prefault_read(range) }
    }

    /// [`Anon::protect`]: the pages become read-only again when the guard is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Anon, Protection};
    ///
    /// let mut memory = Anon::new(10_000)?.make_read_only().map_err(|(_, error)| error)?;
    /// memory.protect(.., Protection::ReadWrite)?.as_mut_slice().unwrap()[0] = 1;
    /// assert_eq!(memory[0], 1);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Anon::protect`].
    #[doc(alias = "mprotect")]
    pub fn protect(
        &mut self,
        range: impl RangeBounds<usize>,
        protection: Protection,
    ) -> Result<ProtectGuard<'_>, MapError> {
        ProtectGuard::new(&mut self.0.0, range, protection, Protection::Read)
    }

    /// [`Anon::unmap`].
    ///
    /// # Examples
    ///
    /// ```
    /// let memory = mman::Anon::new(10_000)?.make_read_only().map_err(|(_, error)| error)?;
    /// memory.unmap().map_err(|(_, error)| error)?;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Anon::unmap`].
    pub fn unmap(self) -> Result<(), (Self, MapError)> {
        self.0.unmap().map_err(|(memory, error)| (Self(memory), error))
    }
}

impl Deref for AnonReadOnly {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for AnonReadOnly {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for AnonReadOnly {
    /// Where it is; not what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnonReadOnly({:?})", self.0.0.region)
    }
}
