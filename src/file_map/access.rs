//! What may be done with a mapped file: the parameter of [`MappedFile`](crate::MappedFile).

use crate::Protection;

/// One of the four ways to map a file.
///
/// The types of this module are all there are.
///
/// # Examples
///
/// ```
/// use mman::{FileMap, FileMapCow, MapError, MappedFile, access::Access};
///
/// fn first_line<A: Access>(map: &MappedFile<A>) -> Result<Vec<u8>, MapError> {
///     let bytes = map.to_vec(..)?;
///     Ok(bytes.split(|byte| *byte == b'\n').next().unwrap_or_default().to_vec())
/// }
///
/// assert_eq!(first_line(&FileMap::open("Cargo.toml")?)?, b"[workspace]");
/// assert_eq!(first_line(&FileMapCow::open("Cargo.toml")?)?, b"[workspace]");
/// # Ok::<(), MapError>(())
/// ```
pub trait Access: sealed::Sealed {}

/// One of the two ways whose pages can be written.
///
/// # Examples
///
/// ```
/// use mman::{FileMapCow, MapError, MappedFile, access::Writable};
///
/// fn wipe<A: Writable>(map: &MappedFile<A>) -> Result<(), MapError> {
///     map.fill(.., 0)
/// }
///
/// let map = FileMapCow::open("Cargo.toml")?;
/// wipe(&map)?;
/// assert_eq!(map.to_vec(..4)?, [0; 4]);
/// # Ok::<(), MapError>(())
/// ```
pub trait Writable: Access {}

/// The file is read: [`FileMap`](crate::FileMap).
///
/// # Examples
///
/// ```
/// use mman::{MappedFile, access::ReadOnly};
///
/// let map = MappedFile::<ReadOnly>::open("Cargo.toml")?;
/// assert!(!map.is_private());
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Debug)]
pub enum ReadOnly {}

/// The file is read and written: [`FileMapMut`](crate::FileMapMut).
///
/// # Examples
///
/// ```
/// use mman::{MappedFile, access::ReadWrite};
///
/// let path = std::env::temp_dir().join(format!("mman-read-write-{}", std::process::id()));
/// let map = MappedFile::<ReadWrite>::create_new(&path, 4)?;
/// map.write_at(0, b"both")?;
/// let contents = std::fs::read(&path)?;
/// std::fs::remove_file(&path)?;
/// assert_eq!(contents, b"both");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub enum ReadWrite {}

/// The file is read, and what is written stays in the map: [`FileMapCow`](crate::FileMapCow).
///
/// # Examples
///
/// ```
/// use mman::{MappedFile, access::CopyOnWrite};
///
/// let map = MappedFile::<CopyOnWrite>::open("Cargo.toml")?;
/// map.fill(.., 0)?;
/// assert!(map.is_private() && std::fs::read("Cargo.toml")?[0] != 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub enum CopyOnWrite {}

/// The file is read and run: [`FileMapExec`](crate::FileMapExec).
///
/// # Examples
///
/// ```
/// use mman::{MappedFile, access::Executable};
///
/// let map = MappedFile::<Executable>::open(std::env::current_exe()?)?;
/// assert!(map.is_private());
/// # Ok::<(), std::io::Error>(())
/// ```
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
