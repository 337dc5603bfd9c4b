//! The mappings of a process, by `PROCMAP_QUERY` (Linux 6.11), else from the text of `maps`.

use std::{
    format,
    fs::File,
    io,
    os::fd::{AsFd, AsRawFd},
    vec,
    vec::Vec,
};

use super::{
    super::maps::{Mapping, Name, Process},
    lines::Lines,
    maps_text,
};
use crate::{
    Result,
    errno::Errno,
    sys::{
        mman::ProtFlags,
        procmap::{ProcmapQuery, ProcmapQueryFlags as Query, procmap_query},
    },
};

/// No path is longer, with its final zero.
const PATH_MAX: usize = 4096;

/// The mappings of a process from some address on.
#[derive(Debug)]
pub(crate) struct Maps {
    way: Way,
    /// The end of what has been told: nothing below is told again.
    told: u64,
}

#[derive(Debug)]
enum Way {
    /// With room for a name.
    Query(File, Vec<u8>),
    Text(Lines),
}

impl Maps {
    pub(crate) fn of(process: Process) -> Result<Self> {
        let file = open(process, "maps")?;
        // Whatever the reason for which it cannot be asked: the text decides.
        let way = match ask(&file, Query::PROCMAP_QUERY_COVERING_OR_NEXT_VMA, 0, &mut []) {
            Ok(_) => Way::Query(file, vec![0; PATH_MAX]),
            Err(_) => Way::Text(Lines::of(file)),
        };
        Ok(Self { way, told: 0 })
    }

    /// The next mapping, with its name if `named`; `None` at the end.
    pub(crate) fn next(&mut self, named: bool) -> Result<Option<Mapping>> {
        let next = match &mut self.way {
            Way::Query(file, name) => {
                let name = if named { name.as_mut_slice() } else { &mut [] };
                ask(file, Query::PROCMAP_QUERY_COVERING_OR_NEXT_VMA, self.told, name)?
            }
            Way::Text(lines) => read(lines, named, self.told)?,
        };
        Ok(next.and_then(|mapping| cut(mapping, &mut self.told)))
    }

    /// The mapping that covers an address.
    pub(crate) fn at(&mut self, address: u64, named: bool) -> Result<Option<Mapping>> {
        match &mut self.way {
            Way::Query(file, name) => {
                let name = if named { name.as_mut_slice() } else { &mut [] };
                ask(file, Query::empty(), address, name)
            }
            Way::Text(lines) => find(again(lines.file())?, address, named),
        }
    }
}

/// The mapping of the calling process that covers an address. Nothing is allocated but a name,
/// unless the text must be read.
pub(crate) fn mapping_at(address: u64, named: bool) -> Result<Option<Mapping>> {
    let file = File::open("/proc/self/maps").map_err(errno)?;
    let mut name = [0; PATH_MAX];
    let name = if named { name.as_mut_slice() } else { &mut [] };
    match ask(&file, Query::empty(), address, name) {
        Ok(found) => Ok(found),
        Err(_) => find(file, address, named),
    }
}

/// Opens a file of a process in `/proc`.
pub(super) fn open(process: Process, name: &str) -> Result<File> {
    let path = match process {
        Process::Current => format!("/proc/self/{name}"),
        Process::Id(id) => format!("/proc/{id}/{name}"),
    };
    File::open(path).map_err(errno)
}

/// The same file of the same process, from its start, even if the process's number is another's.
fn again(file: &File) -> Result<File> {
    File::open(format!("/proc/self/fd/{}", file.as_raw_fd())).map_err(errno)
}

/// One query; without room for the name it is not asked for. `None`: there is no such mapping.
fn ask(file: impl AsFd, which: Query, address: u64, name: &mut [u8]) -> Result<Option<Mapping>> {
    let named = !name.is_empty();
    match procmap_query(file, which, address, name, &mut []) {
        Ok(told) => Ok(Some(from_query(&told, named))),
        Err(Errno::ENOENT) => Ok(None),
        Err(errno) => Err(errno),
    }
}

fn from_query(told: &ProcmapQuery<'_>, named: bool) -> Mapping {
    let rights = [
        (Query::PROCMAP_QUERY_VMA_READABLE, ProtFlags::PROT_READ),
        (Query::PROCMAP_QUERY_VMA_WRITABLE, ProtFlags::PROT_WRITE),
        (Query::PROCMAP_QUERY_VMA_EXECUTABLE, ProtFlags::PROT_EXEC),
    ];
    let allowed = rights.iter().filter(|(flag, _)| told.vma_flags.contains(*flag));
    let shared = told.vma_flags.contains(Query::PROCMAP_QUERY_VMA_SHARED);
    Mapping {
        start: told.vma_start,
        end: told.vma_end,
        protection: allowed.map(|(_, right)| *right).collect(),
        shared,
        offset: told.vma_offset,
        file: maps_text::file_id(told.dev_major, told.dev_minor, told.inode),
        page_size: Some(told.vma_page_size),
        name: if named { maps_text::meaning(told.vma_name, shared) } else { Name::NotAsked },
    }
}

/// The next line that tells of anything above `told`.
fn read(lines: &mut Lines, named: bool, told: u64) -> Result<Option<Mapping>> {
    while let Some(line) = lines.next()? {
        let (mapping, name) = head(line)?;
        if let Some(mapping) = keep(mapping, name, named, told) {
            return Ok(Some(mapping));
        }
    }
    Ok(None)
}

fn find(file: File, address: u64, named: bool) -> Result<Option<Mapping>> {
    let mut lines = Lines::of(file);
    let above = read(&mut lines, named, address)?;
    Ok(above.filter(|mapping| mapping.contains(address)))
}

/// What the head line of a mapping says, or `EBADMSG`.
pub(super) fn head(line: &[u8]) -> Result<(Mapping, &[u8])> {
    maps_text::parse(line).ok_or(Errno::EBADMSG)
}

/// A mapping of the text with its name, unless it ends below `told` or is the kernel's own, which
/// a query does not find either.
pub(super) fn keep(mut mapping: Mapping, name: &[u8], named: bool, told: u64) -> Option<Mapping> {
    if mapping.end <= told || name == b"[vsyscall]" {
        return None;
    }
    if named {
        mapping.name = maps_text::meaning(&maps_text::unescape(name), mapping.shared);
    }
    Some(mapping)
}

/// Cuts off what has been told, in case the mapping has grown downwards or was joined meanwhile.
/// `None`: it makes no progress.
pub(super) fn cut(mut mapping: Mapping, told: &mut u64) -> Option<Mapping> {
    if mapping.end <= *told {
        return None;
    }
    let again = told.saturating_sub(mapping.start);
    mapping.start += again;
    if mapping.file.is_some() {
        mapping.offset = mapping.offset.saturating_add(again);
    }
    *told = mapping.end;
    Some(mapping)
}

/// The code of an error of the standard library.
pub(super) fn errno(error: io::Error) -> Errno {
    Errno::try_from(error).unwrap_or(Errno::UnknownErrno)
}
