//! How one kind of map is made another.

use core::{marker::PhantomData, mem};

use super::{
    FileMap, FileMapCow, FileMapExec, FileMapMut, MappedFile,
    access::{Access, CopyOnWrite, Executable, ReadOnly, ReadWrite},
};
use crate::{MapError, Result, errno::Errno, os};

/// Conversions. Each takes the map, and gives it back as it was if it fails. (It gives an empty map
/// back, and the memory leaks, if the system has changed a part of it and refuses to undo that.)
impl<A: Access> MappedFile<A> {
    /// Makes the pages read-only.
    ///
    /// # Examples
    ///
    /// ```
    /// let copy = mman::FileMapCow::open("Cargo.toml")?;
    /// copy.write_at(0, b"#")?;
    /// let table = copy.make_read_only().map_err(|(_, error)| error)?;
    /// assert_eq!(table.load::<u8>(0)?, b'#');
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `ENOMEM`: too many mappings would arise.
    /// - `EPERM`: pages are sealed (Linux).
    #[doc(alias = "mprotect")]
    pub fn make_read_only(self) -> Result<FileMap, (Self, MapError)> {
        self.change::<ReadOnly>("make_read_only")
    }

    /// Makes the pages writable, and what is written reach the file.
    ///
    /// # Examples
    ///
    /// ```
    /// // The file is opened for reading only.
    /// let map = mman::FileMap::open("Cargo.toml")?;
    /// let (map, error) = map.make_mut().unwrap_err();
    /// assert_eq!(error.errno(), Some(mman::Error::EACCES));
    /// assert!(!map.is_empty());
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the map is private, so it never reaches the file.
    /// - `EACCES`: the file was not open for writing, or is sealed.
    /// - `ENOMEM`: too many mappings would arise.
    #[doc(alias = "mprotect")]
    pub fn make_mut(self) -> Result<FileMapMut, (Self, MapError)> {
        const OPERATION: &str = "make_mut";
        if self.part.private {
            return Err((self, MapError::rule(OPERATION, "a private map does not reach the file")));
        }
        self.change::<ReadWrite>(OPERATION)
    }

    /// Makes the pages of a private map writable: of what was copy-on-write, or is executable.
    ///
    /// # Examples
    ///
    /// ```
    /// let copy = mman::FileMapCow::open("Cargo.toml")?;
    /// let table = copy.make_read_only().map_err(|(_, error)| error)?;
    /// let copy = table.make_cow().map_err(|(_, error)| error)?;
    /// copy.write_at(0, b"#")?;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: the map is shared, so what is written would reach the file.
    /// - `ENOMEM`: too many mappings would arise, or no memory is promised.
    #[doc(alias = "mprotect")]
    pub fn make_cow(self) -> Result<FileMapCow, (Self, MapError)> {
        const OPERATION: &str = "make_cow";
        if !self.part.private {
            return Err((self, MapError::rule(OPERATION, "a shared map reaches the file")));
        }
        self.change::<CopyOnWrite>(OPERATION)
    }

    /// Makes the pages be for reading and running, and no more for writing.
    ///
    /// What was stored there is run, also where the processor has to be told of it: this does so.
    /// On 64-bit Arm that reads all of the map, so it fails where a page is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// let map = mman::FileMapCow::open("Cargo.toml")?;
    /// // Here a loader would change what depends on the address.
    /// let code = map.make_exec().map_err(|(_, error)| error)?;
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Without a code: pages are [`lost`](Self::lost), or gone (64-bit Arm): [`MapError::fault`]
    ///   tells from where on.
    /// - `EACCES`: the file system is mounted `noexec`, or a policy forbids it.
    /// - `ENOMEM`: too many mappings would arise.
    /// - [Unsupported](MapError::is_unsupported): PowerPC and SPARC, whose processors cannot be told.
    #[doc(alias = "mprotect")]
    pub fn make_exec(self) -> Result<FileMapExec, (Self, MapError)> {
        const OPERATION: &str = "make_exec";
        // Nobody wants to run zeros in place of code.
        let intact = self.intact(OPERATION, 0, self.len());
        match intact.and_then(|()| self.flush_instructions(OPERATION)) {
            Ok(()) => self.change::<Executable>(OPERATION),
            Err(error) => Err((self, error)),
        }
    }

    fn flush_instructions(&self, operation: &'static str) -> Result<(), MapError> {
        let region = &self.memory.region;
        if os::FLUSH_READS {
            region.bring_in(operation, &(0..region.len()), false, 1)?;
            // A page may go all the same.
            let (offset, len, scope) = self.scope(operation, ..)?;
            self.tell_of_code(operation)?;
            return self.left(operation, offset, len, scope);
        }
        self.tell_of_code(operation)
    }

    fn tell_of_code(&self, operation: &'static str) -> Result<(), MapError> {
        let region = &self.memory.region;
        // SAFETY: the pages are for reading, whichever the access is; where that matters, those that
        // are gone become zeros.
        let done = unsafe { os::flush_instructions(region.start(), region.len()) };
        done.map_err(|errno| match errno {
            Errno::ENOSYS => {
                MapError::unsupported(operation, "this processor cannot be told of it")
            }
            _ => MapError::system(operation, errno),
        })
    }

    fn change<B: Access>(
        mut self,
        operation: &'static str,
    ) -> Result<MappedFile<B>, (Self, MapError)> {
        // SAFETY: the value is taken, so no reference that it has given is left.
        let changed = unsafe { self.memory.region.protect(operation, .., B::PROTECTION) };
        let Err(error) = changed else {
            let Self { memory, part, guard, .. } = self;
            return Ok(MappedFile { memory, part, guard, access: PhantomData });
        };
        // The first pages may be changed, which none of this type may be.
        // SAFETY: as above.
        let restored = unsafe { self.memory.region.protect(operation, .., A::PROTECTION) };
        if restored.is_err() && !self.memory.region.permits(&(0..self.len()), A::PROTECTION) {
            mem::forget(mem::take(&mut self));
        }
        let error = match error.errno() {
            Some(errno @ Errno::EACCES) => MapError::because(operation, errno, refusal::<B>()),
            _ => error,
        };
        Err((self, error))
    }
}

/// Why the system does not allow this access.
fn refusal<B: Access>() -> &'static str {
    match B::PROTECTION {
        crate::Protection::ReadWrite => "the file was not open for writing, or is sealed",
        _ => "the file system is mounted noexec, or a policy forbids it",
    }
}
