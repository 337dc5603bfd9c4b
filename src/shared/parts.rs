//! Shared memory in parts.

use super::Shared;
use crate::{
    MapError, Result,
    memory::object::{another, check_next},
};

impl Shared {
    /// Where in the object the first byte is, or in the [`anonymous`](Self::anonymous) memory as it
    /// was made: 0, but in what was [split off](Self::split_off).
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Parts the memory in two at a multiple of the page size, or at the end.
    ///
    /// This keeps the first `at` bytes, and the guard pages before them. Both have a descriptor of
    /// the object, which others map as a whole; [`offset`](Self::offset) tells where each part of it
    /// is. Locations may be atomics of any width again, as after
    /// [`forget_atomics`](Self::forget_atomics): no reference to one is left.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::Shared;
    ///
    /// let page = mman::page_size();
    /// let mut requests = Shared::memfd(c"queues", 2 * page)?;
    /// let answers = requests.split_off(page)?;
    /// answers.write_at(0, b"done")?;
    /// assert_eq!((requests.len(), answers.offset()), (page, page as u64));
    /// requests.join(answers).map_err(|(_, error)| error)?;
    /// let mut bytes = [0; 4];
    /// requests.read_at(page, &mut bytes)?;
    /// assert_eq!(&bytes, b"done");
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The memory is as it was.
    ///
    /// - Without a code: `at` is beyond the length, or no multiple of the page size.
    /// - `EMFILE`, `ENFILE`: too many open files.
    pub fn split_off(&mut self, at: usize) -> Result<Self, MapError> {
        let object = self.object.as_ref().map(|object| another("split_off", object));
        let object = object.transpose()?;
        let memory = self.memory.split_off(at)?;
        self.widths.clear();
        Ok(Self::part(memory, object, self.offset + at as u64))
    }

    /// Puts what [`split_off`](Self::split_off) has parted together again.
    ///
    /// Either may be empty. Neighbours in a [`Reservation`](crate::Reservation) that were made one
    /// by one join too, if they are [`anonymous`](Self::anonymous), or show an object one part after
    /// the other. Of atomics it is as with `split_off`.
    ///
    /// # Examples
    ///
    /// ```
    /// let page = mman::page_size();
    /// let mut shared = mman::Shared::anonymous(2 * page)?;
    /// let rest = shared.split_off(page)?;
    /// shared.join(rest).map_err(|(_, error)| error)?;
    /// assert_eq!(shared.len(), 2 * page);
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `other` comes back if it is not the part that follows, or is of another kind.
    pub fn join(&mut self, other: Self) -> Result<(), (Self, MapError)> {
        let next = (&other.memory, other.fd(), other.offset);
        if let Err(error) = check_next((&self.memory, self.fd(), self.offset), next) {
            return Err((other, error));
        }
        let replaced = self.memory.region.mapped() == 0 && other.memory.region.mapped() != 0;
        let Self { memory, object, offset, widths } = other;
        match self.memory.join(memory) {
            Ok(()) => {
                if replaced {
                    (self.object, self.offset) = (object, offset);
                }
                self.widths.clear();
                Ok(())
            }
            Err((memory, error)) => Err((Self { memory, object, offset, widths }, error)),
        }
    }
}
