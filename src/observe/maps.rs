//! The mappings of a process.

use core::iter::FusedIterator;

use crate::{MapError, errno::Errno, os};

pub use crate::os::maps::{Detail, FileId, Mapping, Name, Process, Usage, VmFlags};

/// The mappings of a process, by ascending address.
///
/// What [`maps`] returns. It holds an open file of the kernel and a few KiB, however many mappings
/// there are; each takes the same time.
///
/// A process goes on mapping while it is looked at. Each mapping is told as it was at one moment
/// of the walk, not all of them as at the same one. No address is told twice: a mapping that was
/// joined with its lower neighbour meanwhile is cut off where the last one ended. The walk ends
/// for certain, as each step is above the one before.
///
/// After an error there is nothing more.
///
/// # Examples
///
/// ```
/// use mman::observe::{Process, maps};
///
/// # if cfg!(target_os = "linux") {
/// let mut all = maps(Process::Current)?.without_names();
/// let first = all.next().transpose()?.unwrap();
/// assert_eq!(all.at(first.start)?, Some(first));
/// # }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Debug)]
pub struct Maps {
    port: os::Maps,
    named: bool,
    over: bool,
}

/// The mappings of a process: what is where, and what may be done there.
///
/// The kernel gives a text that is read as it comes, which is quicker than to ask for one mapping
/// after the other. What it does not tell is asked of Linux 6.11 (`PROCMAP_QUERY`), where there is
/// doubt; older kernels do not tell [`Mapping::page_size`] of files that are on no disk.
/// What belongs to the kernel (`[vsyscall]`) is left out.
///
/// # Examples
///
/// ```
/// use mman::observe::{Process, maps};
///
/// match maps(Process::Current) {
///     Ok(maps) => {
///         for mapping in maps {
///             let mapping = mapping?;
///             println!("{:x}-{:x} {:?}", mapping.start, mapping.end, mapping.name);
///         }
///     }
///     Err(error) => println!("{error}"),
/// }
/// # Ok::<(), mman::MapError>(())
/// ```
///
/// # Errors
///
/// - `EACCES`: the process is another user's, or may not be looked at for another reason.
/// - `EMFILE`, `ENFILE`: too many open files.
/// - `ENOENT`: there is no such process, or `/proc` is not mounted.
/// - `ESRCH`, also in the walk: the process has ended, or is a thread of the kernel's.
/// - `EBADMSG`, in the walk: the text is not of the kind that it should be.
/// - Unsupported: this system does not tell.
///
/// # Platforms
///
/// Linux, Android.
#[doc(alias = "PROCMAP_QUERY")]
#[doc(alias = "/proc/self/maps")]
pub fn maps(process: impl Into<Process>) -> Result<Maps, MapError> {
    let port = os::Maps::of(process.into()).map_err(|errno| refused("maps", errno))?;
    Ok(Maps { port, named: true, over: false })
}

impl Maps {
    /// Leaves the names out ([`Name::NotAsked`]): faster, and without an allocation per mapping.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::observe::{Process, maps};
    ///
    /// if let Ok(maps) = maps(Process::Current) {
    ///     let bytes: u64 = maps.without_names().flatten().map(|mapping| mapping.len()).sum();
    ///     println!("{bytes} bytes of address space are in use");
    /// }
    /// ```
    #[must_use]
    pub fn without_names(mut self) -> Self {
        self.named = false;
        self
    }

    /// The mapping that covers an address, wherever the walk is.
    ///
    /// With Linux 6.11 this is one system call; on older kernels the text is read from its start.
    ///
    /// # Examples
    ///
    /// ```
    /// use mman::observe::{Process, maps};
    ///
    /// if let Ok(mut maps) = maps(Process::Current) {
    ///     let here = maps.at(maps_example as fn() as usize as u64)?;
    ///     println!("{here:?}");
    /// }
    /// # fn maps_example() {}
    /// # Ok::<(), mman::MapError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`maps`] in the walk.
    pub fn at(&mut self, address: u64) -> Result<Option<Mapping>, MapError> {
        self.port.at(address, self.named).map_err(|errno| refused("Maps::at", errno))
    }
}

impl Iterator for Maps {
    type Item = Result<Mapping, MapError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        match self.port.next(self.named) {
            Ok(Some(mapping)) => return Some(Ok(mapping)),
            Ok(None) => self.over = true,
            Err(errno) => {
                self.over = true;
                return Some(Err(refused("maps", errno)));
            }
        }
        None
    }
}

impl FusedIterator for Maps {}

/// The mapping of the calling process that covers an address; `None` if nothing is mapped there.
///
/// For single look-ups, as of a return address or of generated code: with Linux 6.11 three system
/// calls, and no allocation but that of a file's path. Who looks up often keeps [`maps`] open and
/// asks [`Maps::at`].
///
/// # Examples
///
/// ```
/// use mman::observe::{Name, mapping_at};
///
/// let local = 1;
/// match mapping_at(&local) {
///     Ok(Some(mapping)) => assert!(mapping.contains((&raw const local).addr() as u64)),
///     Ok(None) => unreachable!("a local variable is in memory"),
///     Err(error) => println!("{error}"),
/// }
/// ```
///
/// # Errors
///
/// Those of [`maps`].
///
/// # Platforms
///
/// Linux, Android.
pub fn mapping_at<T: ?Sized>(address: *const T) -> Result<Option<Mapping>, MapError> {
    let address = address.cast::<u8>().addr() as u64;
    os::mapping_at(address, true).map_err(|errno| refused("mapping_at", errno))
}

/// The mappings of a process, by ascending address, each with how much memory is behind it.
///
/// What [`maps_in_detail`] returns; what is said of [`Maps`] holds here too. The figures of a
/// mapping that was cut off are those of the whole.
///
/// # Examples
///
/// ```
/// use mman::observe::{Process, maps_in_detail};
///
/// # if cfg!(target_os = "linux") {
/// for told in maps_in_detail(Process::Current)?.take(3) {
///     let (mapping, detail) = told?;
///     println!("{:#x}: {:?} bytes in RAM", mapping.start, detail.usage.rss);
/// }
/// # }
/// # Ok::<(), mman::MapError>(())
/// ```
#[derive(Debug)]
pub struct DetailedMaps {
    port: os::Details,
    over: bool,
}

/// The mappings of a process with how much memory is behind each.
///
/// The kernel visits every page of the process for this, which takes far longer than [`maps`].
///
/// # Examples
///
/// ```
/// use mman::observe::{Process, maps_in_detail};
///
/// match maps_in_detail(Process::Current) {
///     Ok(maps) => {
///         for mapping in maps {
///             let (mapping, detail) = mapping?;
///             println!("{:?}: {:?} bytes in memory", mapping.name, detail.usage.rss);
///         }
///     }
///     Err(error) => println!("{error}"),
/// }
/// # Ok::<(), mman::MapError>(())
/// ```
///
/// # Errors
///
/// Those of [`maps`].
///
/// # Platforms
///
/// Linux, Android.
#[doc(alias = "/proc/self/smaps")]
pub fn maps_in_detail(process: impl Into<Process>) -> Result<DetailedMaps, MapError> {
    let port = os::Details::of(process.into());
    let port = port.map_err(|errno| refused("maps_in_detail", errno))?;
    Ok(DetailedMaps { port, over: false })
}

impl Iterator for DetailedMaps {
    type Item = Result<(Mapping, Detail), MapError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let next = self.port.next().map_err(|errno| refused("maps_in_detail", errno)).transpose();
        self.over = !matches!(next, Some(Ok(_)));
        next
    }
}

impl FusedIterator for DetailedMaps {}

/// How much memory a process has in all.
///
/// # Examples
///
/// ```
/// use mman::observe::{Process, usage};
///
/// match usage(Process::Current) {
///     Ok(usage) => println!("{:?} bytes in memory, {:?} in swap", usage.rss, usage.swap),
///     Err(error) => println!("{error}"),
/// }
/// ```
///
/// # Errors
///
/// Those of [`maps`].
///
/// # Platforms
///
/// Linux (before 4.14, the figures of all mappings are added up), Android.
#[doc(alias = "/proc/self/smaps_rollup")]
pub fn usage(process: impl Into<Process>) -> Result<Usage, MapError> {
    os::usage(process.into()).map_err(|errno| refused("usage", errno))
}

fn refused(operation: &'static str, errno: Errno) -> MapError {
    match errno {
        Errno::ENOSYS => MapError::unsupported(operation, "this system does not tell"),
        Errno::ENOENT => {
            MapError::because(operation, errno, "no such process, or /proc is not mounted")
        }
        Errno::EACCES => MapError::because(operation, errno, "the process may not be looked at"),
        _ => MapError::system(operation, errno),
    }
}
