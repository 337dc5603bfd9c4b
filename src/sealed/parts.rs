//! Parts of sealed objects, and what is done with their pages.

use core::ops::RangeBounds;
use std::os::fd::AsFd;

use super::Sealed;
use crate::{
    MapError, ProtectGuard, Protection, Result,
    memory::object::{another, check_next},
    protect::check_less,
};

impl Sealed {
    /// Where in the object the first byte is: 0, but in what was [split off](Self::split_off).
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Parts the bytes in two at a multiple of the page size, or at the end.
    ///
    /// This keeps the first `at` bytes. Both have a descriptor of the object, which is sealed as a
    /// whole; [`offset`](Self::offset) tells where each part of it is, and
    /// [`try_clone`](Self::try_clone) maps the same part.
    ///
    /// # Examples
    ///
    /// ```
    /// # if cfg!(target_os = "linux") {
    /// let page = mman::page_size();
    /// let mut first = mman::Sealed::from_bytes(&vec![7; 2 * page])?;
    /// let second = first.split_off(page)?;
    /// assert_eq!((first.len(), second.len(), second.offset()), (page, page, page as u64));
    /// // The part of its own lives on.
    /// drop(first);
    /// assert_eq!(second.try_clone()?[..], vec![7; page]);
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value is as it was.
    ///
    /// - Without a code: `at` is beyond the length, or no multiple of the page size.
    /// - `EMFILE`, `ENFILE`: too many open files.
    pub fn split_off(&mut self, at: usize) -> Result<Self, MapError> {
        let object = another("split_off", &self.object)?;
        let memory = self.memory.split_off(at)?;
        Ok(Self { memory, object, offset: self.offset + at as u64 })
    }

    /// Puts what [`split_off`](Self::split_off) has parted together again.
    ///
    /// Either may be empty.
    ///
    /// # Examples
    ///
    /// ```
    /// # if cfg!(target_os = "linux") {
    /// let page = mman::page_size();
    /// let mut sealed = mman::Sealed::from_bytes(&vec![7; 2 * page])?;
    /// let rest = sealed.split_off(page)?;
    /// sealed.join(rest).map_err(|(_, error)| error)?;
    /// assert_eq!(sealed.len(), 2 * page);
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `other` comes back if it is not the part that follows.
    pub fn join(&mut self, other: Self) -> Result<(), (Self, MapError)> {
        let (one, two) = (Some(self.object.as_fd()), Some(other.object.as_fd()));
        if let Err(error) =
            check_next((&self.memory, one, self.offset), (&other.memory, two, other.offset))
        {
            return Err((other, error));
        }
        let replaced = self.memory.region.mapped() == 0 && other.memory.region.mapped() != 0;
        let Self { memory, object, offset } = other;
        match self.memory.join(memory) {
            Ok(()) => {
                if replaced {
                    (self.object, self.offset) = (object, offset);
                }
                Ok(())
            }
            Err((memory, error)) => Err((Self { memory, object, offset }, error)),
        }
    }

    /// Brings memory in for reading: later accesses do not fault.
    ///
    /// # Examples
    ///
    /// ```
    /// # if cfg!(target_os = "linux") {
    /// let sealed = mman::Sealed::from_bytes(&[7; 10_000])?;
    /// sealed.prefault(..)?;
    /// # }
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
        // SAFETY: the memory is for reading, and no page of it can be taken away.
        unsafe { self.memory.prefault_read(range) }
    }

    /// Makes whole pages inaccessible until the guard is dropped.
    ///
    /// What else reads them dies of it. [`Protection::Read`] is what they have anyway.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::{Protection, Sealed};
    ///
    /// # if cfg!(target_os = "linux") {
    /// let mut sealed = Sealed::from_bytes(b"for good")?;
    /// let guard = sealed.protect(.., Protection::None)?;
    /// assert!(guard.as_slice().is_none());
    /// drop(guard);
    /// assert_eq!(&sealed[..], b"for good");
    /// # }
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value is as it was. (It is empty, and its memory leaks, if the system has changed a part
    /// of it and refuses to undo that.)
    ///
    /// - Without a code: the range is not within the length, or not made of whole pages; the
    ///   protection is more than reading.
    /// - `ENOMEM`: too many mappings would arise.
    /// - `EPERM`: the pages are sealed by `mseal` (Linux).
    #[doc(alias = "mprotect")]
    pub fn protect(
        &mut self,
        range: impl RangeBounds<usize>,
        protection: Protection,
    ) -> Result<ProtectGuard<'_>, MapError> {
        check_less(protection, Protection::Read)?;
        ProtectGuard::new(&mut self.memory, range, protection, Protection::Read)
    }
}
