//! The maps of a process with few and with many mappings.

use std::{fs, ptr, rc::Rc};

use mman::observe;

use super::anonymous::mappings;
use crate::row::Row;

pub(super) fn rows() -> Vec<Row> {
    [1, 1000, 60_000].into_iter().flat_map(|count| [walk(count), look(count)]).collect()
}

fn walk(count: usize) -> Row {
    Row::new(format!("process maps/walk/{count}"), move |contest| {
        let memory = Rc::new(mappings(count));
        let bare = Rc::clone(&memory);
        contest
            .things(count as u64)
            .ours("observe::maps", move || {
                let _ = &memory;
                observe::maps(observe::Process::Current).expect("maps").count()
            })
            .ours("without names", move || {
                let _ = &bare;
                observe::maps(observe::Process::Current).expect("maps").without_names().count()
            })
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
