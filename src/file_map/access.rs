//! What may be done with a mapped file: the parameter of [`MappedFile`](crate::MappedFile).

use crate::Protection;

/// One of the four ways to map a file.
///
/// The types of this module are all there are.
pub trait Access: sealed::Sealed {}

/// One of the two ways whose pages can be written.
pub trait Writable: Access {}

/// The file is read: [`FileMap`](crate::FileMap).
#[derive(Debug)]
pub enum ReadOnly {}

/// The file is read and written: [`FileMapMut`](crate::FileMapMut).
#[derive(Debug)]
pub enum ReadWrite {}

/// The file is read, and what is written stays in the map: [`FileMapCow`](crate::FileMapCow).
#[derive(Debug)]
pub enum CopyOnWrite {}

/// The file is read and run: [`FileMapExec`](crate::FileMapExec).
#[derive(Debug)]
pub enum Executable {}

/// Only this crate can name it.
pub(crate) mod sealed {
    use super::Protection;

    pub trait Sealed {
        /// The type's name.
        const NAME: &'static str;
        const PROTECTION: Protection;
        /// Whether what is written stays in the map.
        const PRIVATE: bool;
    }
}

impl Access for ReadOnly {}
impl Access for ReadWrite {}
impl Access for CopyOnWrite {}
impl Access for Executable {}

impl Writable for ReadWrite {}
impl Writable for CopyOnWrite {}

impl sealed::Sealed for ReadOnly {
    const NAME: &'static str = "FileMap";
    const PROTECTION: Protection = Protection::Read;
    const PRIVATE: bool = false;
}

impl sealed::Sealed for ReadWrite {
    const NAME: &'static str = "FileMapMut";
    const PROTECTION: Protection = Protection::ReadWrite;
    const PRIVATE: bool = false;
}

impl sealed::Sealed for CopyOnWrite {
    const NAME: &'static str = "FileMapCow";
    const PROTECTION: Protection = Protection::ReadWrite;
    const PRIVATE: bool = true;
}

/// As a loader maps it: what a debugger writes into the code does not reach the file.
impl sealed::Sealed for Executable {
    const NAME: &'static str = "FileMapExec";
    const PROTECTION: Protection = Protection::ReadExecute;
    const PRIVATE: bool = true;
}
