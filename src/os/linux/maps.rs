//! The mappings of a process: all from the text of `maps`, single ones by `PROCMAP_QUERY` (Linux
//! 6.11).
//!
//! A read of the text gives out dozens of mappings, for half of what as many queries cost. What the
//! text does not tell is asked, of the few mappings where it is in doubt.

use std::{
    format,
    fs::File,
    io,
    os::fd::{AsFd, AsRawFd},
    vec::Vec,
};

use super::{
    super::maps::{FileId, Mapping, Name, Process},
    lines::Lines,
    maps_text::{self, Line},
};
use crate::{
    Result,
    errno::Errno,
    sys::{
        mman::ProtFlags,
        procmap::{ProcmapQuery, ProcmapQueryFlags as Query, procmap_query},
    },
};

/// Queries tell no longer path, with its final zero; the text does.
const PATH_MAX: usize = 4096;

/// The mappings of a process from some address on.
#[derive(Debug)]
pub(crate) struct Maps {
    lines: Lines,
    queries: Queries,
    own: bool,
    /// The end of what has been told: nothing below is told again.
    told: u64,
    /// The file of the last query, and the size of its pages.
    asked: Option<(FileId, u64)>,
}

/// Whether the kernel answers queries.
#[derive(Debug)]
enum Queries {
    /// Of this process: it is found out when one is needed.
    Own,
    /// It does, and here is room for a name once one is asked for.
    Answered(Vec<u8>),
    /// Whatever the reason: then the text is all there is.
    Refused,
}

impl Queries {
    /// Room for a name if it is asked for, and queries are answered.
    fn room(&mut self, file: &File, named: bool) -> Option<&mut [u8]> {
        if matches!(self, Self::Own) {
            *self = Self::of(file);
        }
        let Self::Answered(name) = self else { return None };
        if named {
            name.resize(PATH_MAX, 0);
        }
        Some(if named { name } else { &mut [] })
    }

    fn of(file: &File) -> Self {
        match ask(file, Query::PROCMAP_QUERY_COVERING_OR_NEXT_VMA, 0, &mut []) {
            Ok(_) => Self::Answered(Vec::new()),
            Err(_) => Self::Refused,
        }
    }
}

impl Maps {
    pub(crate) fn of(process: Process) -> Result<Self> {
        let lines = lines(process, "maps")?;
        let own = matches!(process, Process::Current);
        let queries = if own { Queries::Own } else { Queries::of(lines.file()) };
        Ok(Self { lines, own, queries, told: 0, asked: None })
    }

    /// The next mapping, with its name if `named`; `None` at the end.
    #[inline]
    pub(crate) fn next(&mut self, named: bool) -> Result<Option<Mapping>> {
        while let Some(text) = self.lines.ahead()? {
            let line = head(text)?;
            let len = line.len;
            if !line.is_told(self.told) {
                self.lines.skip(len);
                continue;
            }
            let is_nameless = !named || line.name.is_empty();
            if is_nameless && line.is_plain() && line.start >= self.told {
                // As most are. What is made here is nowhere moved.
                self.told = line.end;
                let name = if named { Name::Anonymous } else { Name::NotAsked };
                let mapping = line.mapping(name);
                self.lines.skip(len);
                return Ok(Some(mapping));
            }
            let is_certain = is_nameless || !line.may_be_escaped();
            let mut mapping = line.mapping(line.meaning(named));
            self.lines.skip(len);
            self.complete(&mut mapping, named, is_certain);
            return Ok(cut(&mut mapping, &mut self.told).then_some(mapping));
        }
        let next = self.beyond_the_text(named)?;
        Ok(next.and_then(|mut mapping| cut(&mut mapping, &mut self.told).then_some(mapping)))
    }

    /// What is above what has been told: nothing, unless that is new. Of a process that has ended
    /// the text just ends, a query is refused. (This one has not.)
    fn beyond_the_text(&mut self, named: bool) -> Result<Option<Mapping>> {
        if self.own {
            return Ok(None);
        }
        let Some(name) = self.queries.room(self.lines.file(), named) else { return Ok(None) };
        ask(self.lines.file(), Query::PROCMAP_QUERY_COVERING_OR_NEXT_VMA, self.told, name)
    }

    /// Adds what the text does not tell.
    fn complete(&mut self, mapping: &mut Mapping, named: bool, is_certain: bool) {
        if mapping.page_size.is_none() {
            let known = self.asked.filter(|(asked, _)| Some(*asked) == mapping.file);
            mapping.page_size = known.map(|(_, size)| size);
        }
        if mapping.page_size.is_some() && is_certain {
            return;
        }
        let Some(name) = self.queries.room(self.lines.file(), named) else { return };
        let at = mapping.start.max(self.told);
        // It may be gone, or another one's, by now; then it is told as it was.
        if let Ok(Some(asked)) = ask(self.lines.file(), Query::empty(), at, name) {
            if (asked.start, asked.file) == (mapping.start, mapping.file) {
                self.asked = asked.file.zip(asked.page_size);
                *mapping = asked;
            }
        }
    }

    /// The mapping that covers an address.
    pub(crate) fn at(&mut self, address: u64, named: bool) -> Result<Option<Mapping>> {
        if let Some(name) = self.queries.room(self.lines.file(), named) {
            match ask(self.lines.file(), Query::empty(), address, name) {
                Err(Errno::ENAMETOOLONG) => {}
                answer => return answer,
            }
        }
        find(Lines::of(again(self.lines.file())?), address, named)
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
        Err(_) => find(lines(Process::Current, "maps")?, address, named),
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

/// The lines of a file that tells of the memory of a process: `ESRCH` if it has none, since it has
/// ended or is the kernel's.
pub(super) fn lines(process: Process, name: &str) -> Result<Lines> {
    let mut lines = Lines::of(open(process, name)?);
    if matches!(process, Process::Current) && lines.are_none() != Ok(false) {
        // The thread that the process began with has ended, and nothing is told of it any more.
        lines = Lines::of(File::open(format!("/proc/thread-self/{name}")).map_err(errno)?);
    }
    if lines.are_none()? { Err(Errno::ESRCH) } else { Ok(lines) }
}

/// The same file of the same process, from its start, even if the process's number is another's.
fn again(file: &File) -> Result<File> {
    File::open(format!("/proc/thread-self/fd/{}", file.as_raw_fd())).map_err(errno)
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

/// The mapping that covers an address, by the text alone.
fn find(mut lines: Lines, address: u64, named: bool) -> Result<Option<Mapping>> {
    while let Some(line) = lines.next()? {
        let line = head(line)?;
        if line.is_told(address) {
            let mapping = line.mapping(line.meaning(named));
            return Ok(mapping.contains(address).then_some(mapping));
        }
    }
    Ok(None)
}

/// The first line of a text that tells of mappings, or `EBADMSG`.
#[inline(always)]
pub(super) fn head(text: &[u8]) -> Result<Line<'_>> {
    maps_text::parse(text).ok_or(Errno::EBADMSG)
}

/// Cuts off what has been told, in case the mapping has grown downwards or was joined meanwhile;
/// `false` if nothing is left: then it makes no progress.
#[inline]
pub(super) fn cut(mapping: &mut Mapping, told: &mut u64) -> bool {
    if mapping.end <= *told {
        return false;
    }
    let again = told.saturating_sub(mapping.start);
    mapping.start += again;
    if mapping.file.is_some() {
        mapping.offset = mapping.offset.saturating_add(again);
    }
    *told = mapping.end;
    true
}

/// The code of an error of the standard library.
pub(super) fn errno(error: io::Error) -> Errno {
    Errno::try_from(error).unwrap_or(Errno::UnknownErrno)
}
