//! [`AnonExec`].

use core::{
    fmt,
    ops::{Deref, RangeBounds},
};

use super::{Anon, unwritten::unwritten};
use crate::{
    MapError, ProtectGuard, Protection, Result,
    memory::{Memory, verbs},
};

/// Private anonymous memory that may be read and executed, and not written.
///
/// Made by [`Anon::make_exec`]. That code is there to be executed is all that it promises: to call
/// it is `unsafe`, and ends before the memory is dropped, changed or protected otherwise.
///
/// # Examples
///
/// ```
/// # #[cfg(target_arch = "x86_64")] {
/// use mman::{Anon, Protection};
///
/// let mut memory = Anon::new(4096)?;
/// memory[..6].copy_from_slice(&[0xb8, 42, 0, 0, 0, 0xc3]); // mov eax, 42; ret
/// let mut code = memory.make_exec().map_err(|(_, error)| error)?;
/// // SAFETY: the bytes are a function of this type, for as long as `code` is not changed.
/// let answer: extern "C" fn() -> i32 = unsafe { std::mem::transmute(code.as_ptr()) };
/// assert_eq!(answer(), 42);
///
/// // To change it, it is made writable for a while, and not executed meanwhile.
/// code.protect(.., Protection::ReadWrite)?.as_mut_slice().unwrap()[1] = 43;
/// assert_eq!(answer(), 43);
/// # }
/// # Ok::<(), mman::MapError>(())
/// ```
pub struct AnonExec(Anon);

verbs!(AnonExec, "mman::Anon::new(10_000)?.make_exec().map_err(|(_, error)| error)?");
unwritten!(AnonExec, "mman::Anon::new(2 * page)?.make_exec().map_err(|(_, error)| error)?");

impl AnonExec {
    /// Takes memory that was made executable.
    pub(super) fn new(memory: Anon) -> Self {
        Self(memory)
    }

    fn memory(&self) -> &Memory {
        &self.0.0
    }

    /// Makes the memory writable again, and not executable.
    ///
    /// # Examples
    ///
    /// ```
    /// let code = mman::Anon::new(4096)?.make_exec().map_err(|(_, error)| error)?;
    /// let mut memory = code.make_mut().map_err(|(_, error)| error)?;
    /// memory[0] = 0xc3;
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
        self.0
            .writable_again(Protection::ReadExecute)
            .map_err(|(memory, error)| (Self(memory), error))
    }

    /// Brings memory in for reading: later accesses do not fault.
    ///
    /// # Examples
    ///
    /// ```
    /// let memory = mman::Anon::new(1 << 20)?.make_exec().map_err(|(_, error)| error)?;
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

    /// [`Anon::protect`]: the pages become executable again when the guard is dropped, with what
    /// was written to them.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Anon, Protection};
    ///
    /// let mut memory = Anon::new(10_000)?.make_exec().map_err(|(_, error)| error)?;
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
        ProtectGuard::new(&mut self.0.0, range, protection, Protection::ReadExecute)
    }

    /// [`Anon::unmap`].
    ///
    /// # Examples
    ///
    /// ```
    /// let memory = mman::Anon::new(10_000)?.make_exec().map_err(|(_, error)| error)?;
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

impl Deref for AnonExec {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for AnonExec {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for AnonExec {
    /// Where it is; not what it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnonExec({:?})", self.0.0.region)
    }
}
