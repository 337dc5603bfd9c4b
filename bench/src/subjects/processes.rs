//! The maps of a process with few and with many mappings.

use std::{
    fs::{self, File},
    ptr,
    rc::Rc,
};

use mman::{
    observe,
    sys::procmap::{ProcmapQueryFlags, procmap_query},
};

use super::anonymous::mappings;
use crate::row::Row;

pub(super) fn rows() -> Vec<Row> {
    [1, 1000, 60_000].into_iter().flat_map(|count| [walk(count), look(count)]).collect()
}

fn walk(count: usize) -> Row {
    Row::new(format!("process maps/walk/{count}"), move |contest| {
        let memory = Rc::new(mappings(count));
        let (bare, asked) = (Rc::clone(&memory), Rc::clone(&memory));
        let contest = contest
            .things(count as u64)
            .ours("observe::maps", move || {
                let _ = &memory;
                observe::maps(observe::Process::Current).expect("maps").count()
            })
            .ours("without names", move || {
                let _ = &bare;
                observe::maps(observe::Process::Current).expect("maps").without_names().count()
            });
        let contest = match by_queries() {
            Ok(_) => contest.ours("procmap_query for each", move || {
                let _ = &asked;
                by_queries().expect("mappings")
            }),
            Err(error) => {
                eprintln!("no queries for each mapping: {error}");
                contest
            }
        };
        contest
            .peer("procfs", || {
                procfs::process::Process::myself().expect("itself").maps().expect("maps").len()
            })
            .peer("region", || {
                region::query_range(ptr::without_provenance::<u8>(1), isize::MAX as usize)
                    .map_or(0, Iterator::count)
            })
            .limit("fs::read of the text", || {
                fs::read("/proc/self/maps").map_or(0, |text| text.len())
            })
    })
}

/// How many mappings there are, with a question for each, and for its name: what `observe::maps`
/// does not do, since the text takes less.
fn by_queries() -> std::io::Result<usize> {
    let file = File::open("/proc/self/maps")?;
    let (mut name, mut address, mut count) = ([0; 4096], 0, 0);
    let next = ProcmapQueryFlags::PROCMAP_QUERY_COVERING_OR_NEXT_VMA;
    loop {
        match procmap_query(&file, next, address, &mut name, &mut []) {
            Ok(found) => address = found.vma_end,
            // There is none from this address on.
            Err(mman::Error::ENOENT) => return Ok(count),
            Err(error) => return Err(error.into()),
        }
        count += 1;
    }
}

fn look(count: usize) -> Row {
    Row::new(format!("process maps/one address/{count}"), move |contest| {
        let memory = Rc::new(mappings(count));
        let address = memory.as_ptr();
        let again = Rc::clone(&memory);
        let mut open = observe::maps(observe::Process::Current).expect("maps");
        contest
            .ours("observe::mapping_at", move || {
                observe::mapping_at(memory.as_ptr()).expect("an answer")
            })
            .ours("Maps::at, open", move || {
                open.at(again.as_ptr().addr() as u64).expect("an answer")
            })
            .peer("region", move || region::query(address).expect("an answer"))
            .peer("procfs", move || {
                let maps = procfs::process::Process::myself().expect("itself").maps();
                let at = address.addr() as u64;
                let here =
                    |map: &procfs::process::MemoryMap| (map.address.0..map.address.1).contains(&at);
                maps.expect("maps").into_iter().find(here).map(|map| map.address)
            })
    })
}
