//! The systems that tell of processes and of the machine by nothing that this crate reads: all but
//! Linux and Android.

use std::vec::Vec;

use super::{
    machine::{Machine, limits},
    maps::{Detail, Mapping, Process, Usage},
    page_size,
    probe::{Kind, Probe, Scratch, Support},
};
use crate::{
    Result,
    errno::Errno,
    sys::mman::{MmapAdvise, madvise},
};

/// There is none.
#[derive(Debug)]
pub(crate) enum Maps {}

impl Maps {
    pub(crate) fn of(_process: Process) -> Result<Self> {
        Err(Errno::ENOSYS)
    }

    pub(crate) fn next(&mut self, _named: bool) -> Result<Option<Mapping>> {
        match *self {}
    }

    pub(crate) fn at(&mut self, _address: u64, _named: bool) -> Result<Option<Mapping>> {
        match *self {}
    }
}

/// There is none.
#[derive(Debug)]
pub(crate) enum Details {}

impl Details {
    pub(crate) fn of(_process: Process) -> Result<Self> {
        Err(Errno::ENOSYS)
    }

    pub(crate) fn next(&mut self) -> Result<Option<(Mapping, Detail)>> {
        match *self {}
    }
}

pub(crate) fn mapping_at(_address: u64, _named: bool) -> Result<Option<Mapping>> {
    Err(Errno::ENOSYS)
}

pub(crate) fn usage(_process: Process) -> Result<Usage> {
    Err(Errno::ENOSYS)
}

pub(crate) fn machine() -> Machine {
    Machine {
        page_size: page_size(),
        huge_page_size: None,
        huge_pools: None,
        transparent: None,
        limits: limits(),
        overcommit: None,
        max_map_count: None,
        min_address: None,
        nodes: None,
    }
}

/// The advices of POSIX and `MADV_FREE`, which all of these systems have, each given to a page of
/// its own. What else there is cannot be told from what does not fit the page.
pub(crate) fn probe() -> Vec<Probe> {
    let advices = [
        MmapAdvise::MADV_NORMAL,
        MmapAdvise::MADV_RANDOM,
        MmapAdvise::MADV_SEQUENTIAL,
        MmapAdvise::MADV_WILLNEED,
        MmapAdvise::MADV_DONTNEED,
        MmapAdvise::MADV_FREE,
    ];
    let advised = |advice: MmapAdvise| {
        let answer = Scratch::page().and_then(|page| {
            // SAFETY: nothing refers to the page, so it may lose what it holds.
            unsafe { madvise(page.ptr(), page_size(), advice) }
        });
        let (name, support) = (advice.name(), Support::of(answer));
        Probe { name, kind: Kind::Value, call: "madvise", since: None, support }
    };
    advices.map(advised).into()
}
